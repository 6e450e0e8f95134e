"""What run-time values amount to, and what becomes of them when a session ends."""

import pytest

from courseway.standards.cmi import ActivitySummary, Score, end_session, summarize


@pytest.mark.parametrize(
    ("status", "completion", "success"),
    [
        ("passed", "completed", "passed"),
        ("completed", "completed", "unknown"),
        ("failed", "completed", "failed"),
        ("browsed", "completed", "unknown"),
        ("incomplete", "incomplete", "unknown"),
    ],
)
def test_lesson_status_says_completion_and_success_at_once(status: str, completion: str, success: str) -> None:
    summary = summarize("scorm12", {"cmi.core.lesson_status": status})
    assert (summary.completion, summary.success) == (completion, success)


def test_an_activity_nobody_opened_has_reached_nothing() -> None:
    assert summarize("scorm12", {}).completion == "not attempted"
    assert summarize("scorm2004", {}) == ActivitySummary(completion="unknown")


@pytest.mark.parametrize(
    ("reported", "scaled"),
    [
        ({"raw": "85"}, 0.85),
        ({"raw": "8", "min": "0", "max": "10"}, 0.8),
        ({"raw": "8", "max": "10"}, 0.8),
        ({"raw": "15", "min": "10", "max": "20"}, 0.5),
        ({"raw": "50", "min": "0", "max": "0"}, 0.5),
        ({"raw": "50", "min": "100", "max": "0"}, None),
        ({"raw": ""}, None),
        ({"min": "0", "max": "10"}, None),
    ],
)
def test_a_raw_score_of_scorm_12_is_scaled_by_its_bounds(reported: dict[str, str], scaled: float | None) -> None:
    state = {f"cmi.core.score.{name}": value for name, value in reported.items()}
    assert summarize("scorm12", state).score.scaled == scaled


def test_scorm_2004_is_summarized_as_reported() -> None:
    state = {
        "cmi.completion_status": "incomplete",
        "cmi.success_status": "failed",
        "cmi.score.scaled": "0.25",
        "cmi.score.raw": "1",
        "cmi.progress_measure": "0.5",
        "cmi.location": "page-3",
        "cmi.total_time": "PT1H",
        "cmi.session_time": "PT30S",
        "cmi.exit": "suspend",
    }
    summary = summarize("scorm2004", state)
    assert (summary.completion, summary.success, summary.progress) == ("incomplete", "failed", 0.5)
    assert summary.score == Score(scaled=0.25, raw=1)
    assert (summary.total_time_seconds, summary.location, summary.exit) == (3_630, "page-3", "suspend")
    assert summary.completion_set and summary.success_set


@pytest.mark.parametrize(("progress", "completion"), [("0.8", "completed"), ("0.79", "incomplete"), (None, "unknown")])
def test_a_completion_threshold_decides_over_the_content(progress: str | None, completion: str) -> None:
    state = {"cmi.completion_threshold": "0.8", "cmi.completion_status": "completed"}
    if progress is not None:
        state["cmi.progress_measure"] = progress
    assert summarize("scorm2004", state).completion == completion


@pytest.mark.parametrize(("scaled", "success"), [("-0.5", "passed"), ("-0.6", "failed"), (None, "unknown")])
def test_a_passing_score_decides_over_the_content(scaled: str | None, success: str) -> None:
    state = {"cmi.scaled_passing_score": "-0.5", "cmi.success_status": "passed"}
    if scaled is not None:
        state["cmi.score.scaled"] = scaled
    assert summarize("scorm2004", state).success == success


def test_a_number_beyond_arithmetic_is_not_a_score() -> None:
    assert summarize("scorm2004", {"cmi.score.raw": "9" * 400}).score == Score()


def test_objectives_are_summarized_by_their_identifier() -> None:
    state = {
        "cmi.objectives._count": "2",
        "cmi.objectives.0.id": "a",
        "cmi.objectives.0.success_status": "passed",
        "cmi.objectives.0.score.scaled": "1",
        "cmi.objectives.1.id": "b",
    }
    objectives = summarize("scorm2004", state).objectives
    assert set(objectives) == {"a", "b"}
    assert (objectives["a"].success, objectives["a"].score.scaled, objectives["b"].success) == ("passed", 1, "unknown")
    old = {"cmi.objectives._count": "1", "cmi.objectives.0.id": "a", "cmi.objectives.0.status": "failed"}
    assert summarize("scorm12", old).objectives["a"].success == "failed"


def test_session_time_goes_into_total_time_once() -> None:
    ended = end_session("scorm2004", {"cmi.total_time": "PT1M", "cmi.session_time": "PT01H059M020S"})
    assert ended.state == {"cmi.total_time": "PT2H20S"}
    assert end_session("scorm2004", ended.state).state == ended.state
    old = end_session("scorm12", {"cmi.core.total_time": "0000:01:00.00", "cmi.core.session_time": "00:00:30.5"})
    assert old.state["cmi.core.total_time"] == "0000:01:30.50"
    assert "cmi.core.session_time" not in old.state


@pytest.mark.parametrize(
    ("left", "suspended", "leaves_all"),
    [
        ("suspend", True, False),
        ("normal", False, False),
        ("", False, False),
        ("time-out", False, True),
        ("logout", False, True),
    ],
)
def test_how_the_content_leaves_says_whether_it_will_be_resumed(left: str, suspended: bool, leaves_all: bool) -> None:
    ended = end_session("scorm2004", {"cmi.exit": left, "cmi.suspend_data": "x"})
    assert (ended.exit, ended.suspended, ended.leaves_all) == (left, suspended, leaves_all)
    assert ended.state["cmi.suspend_data"] == "x"
    assert "cmi.exit" not in ended.state


def test_a_request_to_suspend_all_suspends_whatever_exit_says() -> None:
    ended = end_session("scorm2004", {"cmi.exit": "normal", "adl.nav.request": "suspendAll"})
    assert (ended.suspended, ended.navigation) == (True, "suspendAll")
    assert "adl.nav.request" not in ended.state
    assert end_session("scorm2004", {"adl.nav.request": "_none_"}).navigation is None


@pytest.mark.parametrize(
    ("state", "finished", "status"),
    [
        ({}, True, "completed"),
        ({}, False, None),
        ({"cmi.core.exit": "suspend"}, True, None),
        ({"cmi.core.lesson_mode": "browse"}, True, "browsed"),
        ({"cmi.core.lesson_status": "failed"}, True, "failed"),
        ({"cmi.core.lesson_status": "passed"}, False, "passed"),
    ],
)
def test_a_sco_that_never_sets_its_status_is_given_one_when_it_has_finished(
    state: dict[str, str], finished: bool, status: str | None
) -> None:
    after = end_session("scorm12", state, finished=finished).state
    assert after.get("cmi.core.lesson_status") == status
    assert summarize("scorm12", after).completion == ("incomplete" if status is None else "completed")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "passed"),
        ({"cmi.core.score.raw": "79.9"}, "failed"),
        ({"cmi.core.score.raw": ""}, "completed"),
        ({"cmi.core.credit": "no-credit"}, "completed"),
        ({"cmi.student_data.mastery_score": ""}, "completed"),
        ({"cmi.core.lesson_status": "failed"}, "passed"),
        ({"cmi.core.lesson_status": "incomplete"}, "incomplete"),
        ({"cmi.core.lesson_status": "completed", "cmi.core.exit": "suspend"}, "passed"),
    ],
)
def test_the_mastery_score_judges_a_finished_sco(changed: dict[str, str], status: str) -> None:
    state = {
        "cmi.core.lesson_status": "completed",
        "cmi.core.score.raw": "80",
        "cmi.student_data.mastery_score": "80",
        "cmi.core.credit": "credit",
    }
    assert end_session("scorm12", state | changed).state["cmi.core.lesson_status"] == status
    assert end_session("scorm12", state | changed, finished=False).state["cmi.core.lesson_status"] == (
        changed.get("cmi.core.lesson_status", "completed")
    )
