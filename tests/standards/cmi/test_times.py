"""Durations of both standards, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.cmi import (
    SCORM_12,
    SCORM_2004,
    parse_duration,
    parse_timespan,
    render_duration,
    render_timespan,
)
from courseway.standards.cmi.checks import check_value
from courseway.standards.cmi.elements import Fault

hundredths = st.integers(min_value=0, max_value=9_999 * 3_600 * 100)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("00:00:00", 0), ("0001:02:03.5", 3_723.5), ("00:90:90", 5_490), ("9999:59:59.99", 35_999_999.99)],
)
def test_a_timespan_of_scorm_12_is_hours_minutes_seconds(written: str, seconds: float) -> None:
    assert parse_timespan(written) == pytest.approx(seconds)


@pytest.mark.parametrize("written", ["", "1:00:00", "00:00", "PT1S", "00:00:00.123"])
def test_what_is_no_timespan_has_no_seconds(written: str) -> None:
    assert parse_timespan(written) is None


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("PT0S", 0),
        ("P1Y2M3DT4H5M6.78S", 365 * 86_400 + 60 * 86_400 + 3 * 86_400 + 4 * 3_600 + 5 * 60 + 6.78),
        ("PT01H059M020S", 7_160),
        ("P0Y029DT0H", 29 * 86_400),
        ("PT90M", 5_400),
        ("P1M", 30 * 86_400),
        ("PT1M", 60),
    ],
)
def test_a_duration_of_scorm_2004_is_iso_8601(written: str, seconds: float) -> None:
    assert parse_duration(written) == pytest.approx(seconds)


@pytest.mark.parametrize("written", ["", "P", "PT", "P1DT", "1S", "PT1", "P1W"])
def test_what_is_no_duration_has_no_seconds(written: str) -> None:
    assert parse_duration(written) is None


def test_absurd_durations_end_at_a_century() -> None:
    assert parse_duration("P" + "9" * 5_000 + "Y") == 100 * 365 * 86_400
    assert parse_duration("PT" + "0" * 5_000 + "1S") == 1
    assert render_duration(1e300) == render_duration(100 * 365 * 86_400)
    assert render_timespan(1e12) == "9999:59:59.99"
    assert render_timespan(-5) == "0000:00:00.00"


@given(hundredths)
def test_seconds_survive_being_written_and_read(amount: int) -> None:
    assert parse_timespan(render_timespan(amount / 100)) == pytest.approx(amount / 100)
    assert parse_duration(render_duration(amount / 100)) == pytest.approx(amount / 100)


@given(hundredths)
def test_what_we_write_is_what_content_may_write(amount: int) -> None:
    span, duration = render_timespan(amount / 100), render_duration(amount / 100)
    assert check_value(SCORM_12.formats["timespan"], span).fault is Fault.NONE
    assert check_value(SCORM_2004.formats["duration"], duration).fault is Fault.NONE


def test_durations_are_written_without_what_is_zero() -> None:
    assert [render_duration(seconds) for seconds in (0, 60, 3_600.5, 7_325.25, 360_000)] == [
        "PT0S",
        "PT1M",
        "PT1H0.5S",
        "PT2H2M5.25S",
        "PT100H",
    ]
