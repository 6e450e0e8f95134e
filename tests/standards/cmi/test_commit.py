"""The server believes a browser only what its own rules allow."""

import pytest

from courseway.standards.cmi import apply_commit


def test_a_commit_is_applied_in_its_order() -> None:
    state = {"cmi.learner_id": "jo"}
    changes = {"cmi.objectives.0.id": "a", "cmi.objectives.0.success_status": "passed", "cmi.location": ""}
    applied = apply_commit("scorm2004", state, changes)
    assert applied.rejected == ()
    assert applied.state == state | changes | {"cmi.objectives._count": "1"}
    assert state == {"cmi.learner_id": "jo"}


@pytest.mark.parametrize(
    ("standard", "element", "value", "code"),
    [
        ("scorm2004", "cmi.learner_id", "someone else", "404"),
        ("scorm2004", "cmi.total_time", "PT99H", "404"),
        ("scorm2004", "cmi.objectives._count", "99", "404"),
        ("scorm2004", "adl.data.0._access", "rw", "401"),
        ("scorm2004", "cmi.score.scaled", "7", "407"),
        ("scorm2004", "cmi.completion_status", "yes", "406"),
        ("scorm2004", "cmi.objectives.4.id", "x", "351"),
        ("scorm2004", "cmi.interactions.0.learner_response", "x", "408"),
        ("scorm2004", "made.up", "x", "401"),
        ("scorm12", "cmi.core.student_id", "someone else", "403"),
        ("scorm12", "cmi.core.lesson_status", "Completed", "405"),
        ("scorm12", "cmi.core.score.raw", "101", "405"),
        ("scorm12", "cmi.suspend_data", "x" * 4097, "405"),
        ("scorm12", "cmi.interactions._count", "7", "402"),
    ],
)
def test_what_a_browser_could_not_have_set_is_refused_and_the_rest_kept(
    standard: str, element: str, value: str, code: str
) -> None:
    location = "cmi.core.lesson_location" if standard == "scorm12" else "cmi.location"
    applied = apply_commit(standard, {}, {element: value, location: "p1"})
    assert [(one.element, one.value, one.code) for one in applied.rejected] == [(element, value, code)]
    assert applied.rejected[0].reason
    assert applied.state == {location: "p1"}


def test_values_in_between_that_a_commit_no_longer_shows_are_not_held_against_it() -> None:
    state = {
        "cmi.interactions.0.id": "q",
        "cmi.interactions.0.type": "choice",
        "cmi.interactions.0.correct_responses.0.pattern": "a",
        "cmi.interactions.0.correct_responses.1.pattern": "b",
    }
    swapped = {
        "cmi.interactions.0.correct_responses.0.pattern": "b",
        "cmi.interactions.0.correct_responses.1.pattern": "a",
        "cmi.interactions.0.learner_response": "1.5",
        "cmi.interactions.0.type": "numeric",
    }
    assert apply_commit("scorm2004", state, swapped).rejected == ()


def test_an_objective_stays_who_it_is() -> None:
    state = {"cmi.objectives.0.id": "a"}
    applied = apply_commit("scorm2004", state, {"cmi.objectives.0.id": "b", "cmi.objectives.1.id": "a"})
    assert [one.code for one in applied.rejected] == ["351", "351"]
    assert applied.state["cmi.objectives.0.id"] == "a"
