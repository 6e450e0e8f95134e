"""What the console makes of values before a template prints them. Pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.console.bars import draw_days
from courseway.console.dispatching import administrator_text, empty_form, fill_form, keep_expiry, read_changes
from courseway.console.exports import render_line
from courseway.console.formats import (
    count_of,
    initials,
    say_duration,
    say_number,
    say_percent,
    say_score,
    say_size,
    say_standard,
)
from courseway.console.forms import Form, read_form
from courseway.console.frame import environment, is_own_path
from courseway.console.http.uploads import shown_uploads
from courseway.console.lists import Choice, read_listing
from courseway.console.lms import lms_state, say_refusal
from courseway.console.looking import list_answers, say_agent, say_calls, say_statement
from courseway.courses import Upload, UploadState
from courseway.dispatch import CourseChange, Dispatch, DispatchOptions, Messages, VersionPolicy
from courseway.kit.ids import new_id
from courseway.learning import ActivityView, LaunchRecord, LoggedCall, Mode

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 kB"), (5_347_737, "5.1 MB"), (536_870_912, "512 MB"), (None, "–")],
)
def test_sizes_are_said_with_their_unit(value: int | None, said: str) -> None:
    assert say_size(value) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (286, "4 min 46 s"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (90_000, "1 d 1 h"),
        (None, "–"),
    ],
)
def test_durations_are_said_in_their_two_largest_units(seconds: float | None, said: str) -> None:
    assert say_duration(seconds) == said


def test_numbers_shares_and_scores_are_said_plainly() -> None:
    assert say_number(1_234_567) == "1\u202f234\u202f567"
    assert say_number(3.5) == "3.5"
    assert say_percent(3, 4) == "75 %"
    assert say_percent(0, 0) == "–"
    assert (say_score(0.875), say_score(None, 87), say_score(None)) == ("88 %", "87", "–")
    assert (count_of(1, "dispatch", "dispatches"), count_of(2, "dispatch", "dispatches")) == (
        "1 dispatch",
        "2 dispatches",
    )
    assert say_standard("scorm2004", "2004-3") == "SCORM 2004 3rd edition"
    assert (initials("Ana Maria Souza"), initials("ana@example.com"), initials("")) == ("AS", "AC", "?")


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=90))
def test_no_bar_leaves_its_chart(values: list[tuple[int, int]]) -> None:
    rows = [(date(2026, 1, 1 + index % 28), pair) for index, pair in enumerate(values)]
    chart = draw_days(("Launches", "Completions"), rows)
    for column in chart.columns:
        for bar in column.bars:
            assert 0 <= bar.y <= 100
            assert bar.y + bar.height <= 100.01
            assert 0 <= bar.x < chart.width
    assert chart.total == (sum(a for a, _ in values), sum(b for _, b in values))
    assert chart.scale[0] >= max(max(pair) for pair in values)


def test_a_list_keeps_its_state_in_its_address() -> None:
    state = Choice("state", "State", (("deleted", "In the bin"),))
    listing = read_listing(
        "/courses", {"q": " fire & water ", "state": "deleted", "cursor": "abc", "standard": ""}, [state]
    )
    assert listing.search == "fire & water"
    assert listing.value("state") == "deleted"
    assert listing.link(sort="title") == "/courses?q=+fire+%26+water+&state=deleted&sort=title"
    assert listing.link(cursor="x", q=None) == "/courses?state=deleted&cursor=x"
    assert listing.export_link() == "/courses.csv?q=+fire+%26+water+&state=deleted"
    assert read_listing("/courses", {"state": "anything"}, [state]).value("state") == ""


def test_a_form_says_everything_that_is_wrong_at_once_and_keeps_what_was_typed() -> None:
    form = read_form([("name", "  "), ("seats", "many"), ("day", "31.1.2027"), ("scopes", "a"), ("scopes", "b")])
    form.text("name", required="Name it.")
    form.number("seats")
    form.day("day")
    form.uuid("course", required="Choose.")
    assert set(form.wrong) == {"name", "seats", "day", "course"}
    assert form["seats"] == "many"
    assert form.lists["scopes"] == ["a", "b"]


def test_a_date_means_the_end_of_that_day() -> None:
    assert Form({"day": "2027-01-31"}).day("day") == datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)


def dispatch(**values: object) -> Dispatch:
    given: dict[str, object] = {
        "id": UUID(int=1), "tenant_id": UUID(int=2), "destination_id": UUID(int=3), "destination_name": "Fabrikam", "course_id": UUID(int=4),
        "course_title": "Fire safety", "current_version_id": UUID(int=5), "name": "Fire safety", "enabled": True, "allow_new_registrations": False,
        "registration_cap": 25, "registration_count": 3, "count_reset_at": None, "expires_at": datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC),
        "instanced": True, "version_policy": VersionPolicy.CANARY, "pinned_version_id": UUID(int=6), "previous_version_id": None, "canary_percent": 10,
        "on_course_change": CourseChange.FAILED, "options": DispatchOptions(messages=Messages(limit_reached="Ask Ben.")), "postback_url": "https://x.example/in",
        "owner_email": "a@b.example", "tags": ("one", "two"), "notes": "n", "launches": 4, "completions": 2, "last_launch_at": None, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return Dispatch(**{**given, **values})  # type: ignore[arg-type]


def test_a_dispatch_comes_out_of_its_form_as_it_went_in() -> None:
    one = dispatch()
    form = fill_form(one)
    changes = read_changes(form)
    assert form.wrong == {}
    for name in changes.__struct_fields__:
        assert getattr(changes, name) == getattr(one, name), name


def test_a_form_that_names_the_same_last_day_keeps_its_hour() -> None:
    noon = datetime(2027, 1, 31, 12, tzinfo=UTC)
    changes = read_changes(fill_form(dispatch(expires_at=noon)))
    assert keep_expiry(changes, noon).expires_at == noon
    assert keep_expiry(changes, noon.replace(day=30)).expires_at == changes.expires_at
    assert keep_expiry(changes, None) is changes


def test_a_pinned_version_has_to_be_chosen() -> None:
    form = empty_form("", "")
    form.values["version_policy"] = "pinned"
    read_changes(form)
    assert "pinned_version_id" in form.wrong


def test_the_letter_names_seats_and_the_last_day() -> None:
    letter = administrator_text(dispatch())
    assert "25 learners" in letter
    assert "covers 1 learner." in administrator_text(dispatch(registration_cap=1))
    assert "31 January 2027" in letter
    assert "learners" not in administrator_text(dispatch(registration_cap=0)).split("small because")[0]


def test_calls_are_said_with_their_time_and_what_was_wrong() -> None:
    def logged(call: list[Any], delivery: int = 1, *, refused: bool = False) -> LoggedCall:
        return LoggedCall(
            seq=1, delivery=delivery, activity_id="a", received_at=NOW, delivered_at=NOW, refused=refused, call=call
        )  # fmt: skip

    fine, wrong, later, taken = say_calls(
        [
            logged([10, "Initialize", "", "", "true", "0"]),
            logged([1250, "SetValue", "cmi.score.scaled", "1.5", "false", "407"]),
            logged([75_000, "GetValue", "cmi.location", "", "", "403"], 2),
            logged([None, "", "cmi.mode", "browse", "cmi.mode can be read, not set.", "404"], 2, refused=True),
        ],
        "scorm2004",
    )
    assert (fine.begins, fine.failed, fine.time) == ("a", False, "0.01 s")
    assert (wrong.begins, wrong.time, wrong.moment) == ("", "1.25 s", "2026-11-23 12:00:01.25 UTC")
    assert (wrong.code, wrong.text) == ("407", "Data Model Element Value Out Of Range")
    assert wrong.wrong == 'cmi.score.scaled takes a decimal number from -1 to 1, not "1.5".'
    assert wrong.copied == 'SetValue("cmi.score.scaled", "1.5")  // \'false\', error 407'
    assert (later.begins, later.time, later.wrong) == ("a", "1 min 15 s", "Nothing has been set here yet.")
    assert (taken.failed, taken.text, taken.wrong) == (True, "Refused by the server", "cmi.mode can be read, not set.")


def test_a_call_log_that_a_browser_made_up_is_shown_as_it_is() -> None:
    call: list[Any] = ["soon", {"a": 1}, None]
    [line] = say_calls(
        [LoggedCall(seq=1, delivery=1, activity_id="a", received_at=NOW, delivered_at=None, refused=False, call=call)],
        "scorm12",
    )
    assert (line.method, line.element, line.time) == ("{'a': 1}", "", "")


def test_answers_are_said_without_the_delimiters_of_the_standard() -> None:
    activity = ActivityView(
        id="a",
        title="Quiz",
        kind="sco",
        depth=1,
        status="",
        interactions=[
            {
                "id": "q1",
                "type": "choice",
                "response": "a[,]b",
                "right": False,
                "correct": ["a[,]c"],
                "latency": "PT1M5S",
            }
        ],
    )
    [answer] = list_answers([activity])
    assert (answer.response, answer.correct, answer.result, answer.latency) == (
        "a, b",
        "a, c",
        "incorrect",
        "1 min 5 s",
    )


def test_a_statement_is_said_in_words() -> None:
    line = say_statement(
        {
            "actor": {"mbox": "mailto:ana@example.com"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
            "object": {"id": "https://x.example/a", "definition": {"name": {"de": "Brandschutz"}}},
            "result": {"success": True, "score": {"scaled": 0.8}},
        }
    )
    assert (line.actor, line.verb, line.object, line.result) == (
        "ana@example.com",
        "passed",
        "Brandschutz",
        "80 %, passed",
    )
    assert say_statement({}).actor == "somebody"
    assert say_agent("ana@example.com") == {"mbox": "mailto:ana@example.com"}


def test_a_spreadsheet_runs_nothing_out_of_an_export() -> None:
    assert render_line(["=1+1", "@x", -3, None, True]) == b"'=1+1,'@x,-3,,yes\r\n"


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/courses?q=a", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_console_are_gone_back_to(path: str, own: bool) -> None:
    assert is_own_path(path) is own


def test_uploads_that_are_ready_for_a_while_are_folded_away() -> None:
    def upload(state: UploadState, minutes: float) -> Upload:
        at = NOW - timedelta(minutes=minutes)
        return Upload(id=new_id(), state=state, file_name="a.zip", created_at=at, updated_at=at)

    busy, fresh = upload(UploadState.UNPACKING, 30), upload(UploadState.READY, 0.5)
    old, failed, gone = upload(UploadState.READY, 2), upload(UploadState.FAILED, 600), upload(UploadState.READY, 16)
    shown = shown_uploads([busy, fresh, old, failed, gone], NOW)
    assert (shown.open, shown.finished, shown.busy) == ([busy, fresh, failed], [old], True)
    assert not shown_uploads([gone], NOW)


@pytest.mark.parametrize(
    ("error", "taken", "newest", "state"),
    [("", 20, 21, "behind"), ("", 21, 21, "taken"), ("101", 20, 21, "refused"), ("", None, 21, "nothing yet")],
)
def test_their_lms_has_it_all_only_with_the_newest_revision(
    error: str, taken: int | None, newest: int, state: str
) -> None:
    assert lms_state(error, taken, newest) == state
    page = environment().from_string('{% from "parts/ui.html" import lms %}{{ lms(error, taken, newest) }}')
    assert ("Has it all" in page.render(error=error, taken=taken, newest=newest)) is (state == "taken")


@pytest.mark.parametrize(
    ("error", "diagnostic", "elements", "said"),
    [
        ("101 error 101", "", ("cmi.core.lesson_status",), "101 General exception"),
        ("101 error 101", "101", (), "101 General exception"),
        ("101", "error 101", ("cmi.completion_status",), "101 General Exception"),
        ("401 error 401", "", ("cmi.core.score.min",), "401 Not implemented error"),
        ("401 error 401", "", (), "401"),
        ("finish 101 error 101", "", (), "finish 101 General exception"),
        ("391 General Commit Failure", "disk full", (), "391 General Commit Failure: disk full"),
        ("no answer", "", (), "no answer"),
    ],
)
def test_what_an_lms_refused_is_said_once_and_in_words(
    error: str, diagnostic: str, elements: tuple[str, ...], said: str
) -> None:
    assert say_refusal(error, diagnostic, elements) == said


@pytest.mark.parametrize(
    ("started", "ended", "reason", "said"),
    [
        (NOW, NOW, "exitAll", "finished"),
        (NOW, NOW, "lost", "not heard of again"),
        (NOW, None, "away", "window closed, last sign of life"),
        (NOW, None, "", "not ended"),
        (None, None, "", "never started"),
    ],
)
def test_a_launch_whose_window_was_closed_says_so_with_its_last_sign_of_life(
    started: datetime | None, ended: datetime | None, reason: str, said: str
) -> None:
    launch = LaunchRecord(
        id=UUID(int=1), registration_id=None, mode=Mode.NORMAL, created_at=NOW, started_at=started, last_seen_at=NOW,
        ended_at=ended, end_reason=reason, commits=0, navigations=0, user_agent="", address="",
    )  # fmt: skip
    page = (
        environment().from_string('{% from "parts/ui.html" import ending %}{{ ending(launch) }}').render(launch=launch)
    )
    assert page.startswith(said)
    assert ("2026-11-23 12:00 UTC" in page) is (reason == "away")
