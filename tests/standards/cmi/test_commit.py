"""The server believes a browser only what its own rules allow."""

import pytest

from courseway.standards.cmi import RuntimeApi, apply_commit, model_of


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
        ("scorm2004", "", "x", "351"),
        ("scorm2004", "__proto__", "x", "401"),
        ("scorm2004", "cmi.__proto__.location", "x", "401"),
        ("scorm2004", "cmi", "{}", "401"),
        ("scorm2004", "cmi._version", "2.0", "404"),
        ("scorm2004", "cmi.objectives._children", "id", "404"),
        ("scorm2004", "cmi.interactions._count", "0", "404"),
        ("scorm2004", "cmi.interactions.0.objectives._count", "3", "404"),
        ("scorm2004", "cmi.entry", "resume", "404"),
        ("scorm2004", "cmi.mode", "review", "404"),
        ("scorm2004", "cmi.credit", "credit", "404"),
        ("scorm2004", "cmi.completion_threshold", "0", "404"),
        ("scorm2004", "cmi.scaled_passing_score", "-1", "404"),
        ("scorm2004", "cmi.comments_from_lms.0.comment", "well done", "404"),
        ("scorm2004", "cmi.objectives.00.id", "x", "351"),
        ("scorm2004", "cmi.objectives.0.success_status", "passed", "408"),
        ("scorm2004", "cmi.objectives.0.id", "", "406"),
        ("scorm2004", "cmi.interactions.999999999.id", "x", "351"),
        ("scorm2004", "adl.data.0.id", "other", "404"),
        ("scorm2004", "adl.data.0.store", "x", "351"),
        ("scorm2004", "adl.nav.request", "{target=}choice", "406"),
        ("scorm2004", "adl.nav.request_valid.continue", "true", "404"),
        ("scorm2004", "adl.nav.request_valid.choice.{target=a}", "true", "404"),
        ("scorm2004", "cmi.session_time", "-PT1H", "406"),
        ("scorm2004", "cmi.progress_measure", "Infinity", "406"),
        ("scorm12", "cmi.core.student_id", "someone else", "403"),
        ("scorm12", "cmi.core.lesson_status", "Completed", "405"),
        ("scorm12", "cmi.core.score.raw", "101", "405"),
        ("scorm12", "cmi.suspend_data", "x" * 4097, "405"),
        ("scorm12", "cmi.interactions._count", "7", "402"),
        ("scorm12", "cmi.core.lesson_status", "not attempted", "405"),
        ("scorm12", "cmi.core.total_time", "9999:00:00", "403"),
        ("scorm12", "cmi.core.credit", "credit", "403"),
        ("scorm12", "cmi.student_data.mastery_score", "0", "403"),
        ("scorm12", "cmi.core.session_time", "PT1H", "405"),
        ("scorm12", "cmi.objectives.3.id", "x", "201"),
        ("scorm12", "cmi.core", "x", "201"),
        ("scorm12", "cmi.completion_status", "completed", "401"),
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


def test_a_shared_store_is_written_only_where_the_course_granted_it() -> None:
    state = {"adl.data.0.id": "t", "adl.data.0._access": "r", "adl.data.1.id": "u", "adl.data.1._access": "w"}
    applied = apply_commit("scorm2004", state, {"adl.data.0.store": "x", "adl.data.1.store": "y"})
    assert [(one.element, one.code) for one in applied.rejected] == [("adl.data.0.store", "404")]
    assert applied.state["adl.data.1.store"] == "y"
    assert "adl.data.0.store" not in applied.state


def test_a_list_does_not_grow_beyond_its_limit_whoever_sends_it() -> None:
    changes = {f"cmi.objectives.{number}.id": f"o{number}" for number in range(1_002)}
    applied = apply_commit("scorm2004", {}, changes)
    assert [one.element for one in applied.rejected] == ["cmi.objectives.1000.id", "cmi.objectives.1001.id"]
    assert "no more than 1000" in applied.rejected[0].reason
    assert applied.state["cmi.objectives._count"] == "1000"


def test_a_state_does_not_grow_beyond_its_room_whoever_sends_it() -> None:
    answer = "x" * 100_000
    changes = [("cmi.interactions.0.id", "q"), ("cmi.interactions.0.type", "other")]
    changes += [(f"cmi.interactions.{number}.id", "q") for number in range(1, 100)]
    changes += [(f"cmi.interactions.{number}.type", "other") for number in range(1, 100)]
    changes += [(f"cmi.interactions.{number}.learner_response", answer) for number in range(100)]
    applied = apply_commit("scorm2004", {}, changes)
    kept = sum(len(name) + len(value) for name, value in applied.state.items())
    assert 7_800_000 < kept <= 8_000_000
    assert {one.code for one in applied.rejected} == {"351"}
    assert "8000000 characters" in applied.rejected[0].reason
    smaller = apply_commit("scorm2004", applied.state, {"cmi.interactions.0.learner_response": "short"})
    assert smaller.rejected == ()


def test_a_commit_may_come_in_another_order_than_its_values_without_running_out_of_room() -> None:
    model = model_of("scorm12")
    full = {"cmi.comments_from_lms": "x" * (model.most_characters - 5_000), "cmi.suspend_data": "y" * 4_000}
    api = RuntimeApi(model, full)
    api.initialize("")
    for name, value in (
        ("cmi.comments", "c"),
        ("cmi.suspend_data", ""),
        ("cmi.comments", "d" * 4_000),
    ):
        assert api.set_value(name, value) == "true"
    assert api.set_value("cmi.suspend_data", "z" * 4_000) == "false"
    assert api.get_last_error() == "101"
    assert apply_commit("scorm12", full, api.changes).rejected == ()


def test_comments_set_again_are_not_doubled_by_the_commit() -> None:
    api = RuntimeApi(model_of("scorm12"), {"cmi.comments": "kept. "})
    api.initialize("")
    api.set_value("cmi.comments", "One. ")
    api.set_value("cmi.comments", "Two.")
    assert api.changes == {"cmi.comments": "kept. One. Two."}
    once = apply_commit("scorm12", {"cmi.comments": "kept. "}, api.changes)
    assert once.state["cmi.comments"] == "kept. One. Two."


def test_reasons_stay_short_whatever_was_sent() -> None:
    applied = apply_commit("scorm2004", {}, {"x" * 100_000: "y", "cmi.exit": "z" * 100_000})
    assert len(applied.rejected) == 2
    assert all(len(one.reason) <= 250 for one in applied.rejected)


def test_a_response_to_the_type_an_interaction_had_before_is_not_held_against_it() -> None:
    api = RuntimeApi(model_of("scorm12"), {})
    api.initialize("")
    for name, value in (
        ("cmi.interactions.0.type", "choice"),
        ("cmi.interactions.0.correct_responses.0.pattern", "a"),
        ("cmi.interactions.0.type", "true-false"),
    ):
        assert api.set_value(name, value) == "true"
    applied = apply_commit("scorm12", {}, api.changes)
    assert applied.rejected == ()
    assert applied.state["cmi.interactions.0.correct_responses._count"] == "1"


@pytest.mark.parametrize("name", ["." * 400_000, "cmi" + ".1" * 200_000, "cmi.interactions" + ".0" * 100_000 + ".id"])
def test_a_name_of_endless_parts_is_refused_without_taking_it_apart(name: str) -> None:
    applied = apply_commit("scorm2004", {}, {name: "x"})
    assert [one.code for one in applied.rejected] == ["401"]
