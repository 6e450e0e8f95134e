"""What content finds when it is launched."""

from courseway.standards.cmi import (
    SCORM_12,
    SCORM_2004,
    LaunchObjective,
    Learner,
    RuntimeApi,
    delivered_values,
    end_session,
    entry_of,
    initial_values,
    shared_stores,
)
from courseway.standards.manifests.sequencing import Objective, Sequencing
from courseway.standards.manifests.structure import CompletionThreshold, DataMap, Item

JO = Learner("jo-1", "Doe, Jo")


def read(api: RuntimeApi, name: str) -> str:
    if api.state.value != "running":
        api.initialize("")
    return api.get_value(name)


def test_a_sco_of_scorm_12_finds_course_and_learner() -> None:
    item = Item(
        identifier="i1",
        launch_data="x=1",
        mastery_score=80.0,
        max_time_allowed="01:00:00",
        time_limit_action="exit,message",
    )
    api = RuntimeApi(SCORM_12, initial_values("scorm12", item, JO, {}, entry="ab-initio"))
    assert read(api, "cmi.core.student_id") == "jo-1"
    assert read(api, "cmi.core.student_name") == "Doe, Jo"
    assert read(api, "cmi.launch_data") == "x=1"
    assert read(api, "cmi.student_data.mastery_score") == "80"
    assert read(api, "cmi.student_data.max_time_allowed") == "01:00:00"
    assert read(api, "cmi.student_data.time_limit_action") == "exit,message"
    assert read(api, "cmi.core.entry") == "ab-initio"
    assert read(api, "cmi.core.credit") == "credit"


def test_a_sco_of_scorm_2004_finds_thresholds_and_objectives() -> None:
    item = Item(
        identifier="i1",
        launch_data="x=1",
        completion_threshold=CompletionThreshold(completed_by_measure=True, min_progress_measure=0.8),
        sequencing=Sequencing(
            objectives=(Objective("main", primary=True, satisfied_by_measure=True, min_normalized_measure=0.6),)
        ),
    )
    objectives = (LaunchObjective("main", "passed", "", 0.5, 0.7), LaunchObjective("other"), LaunchObjective(""))
    values = initial_values("scorm2004", item, JO, {}, entry="ab-initio", objectives=objectives)
    api = RuntimeApi(SCORM_2004, values)
    assert read(api, "cmi.completion_threshold") == "0.8"
    assert read(api, "cmi.scaled_passing_score") == "0.6"
    assert read(api, "cmi.objectives._count") == "2"
    assert read(api, "cmi.objectives.0.success_status") == "passed"
    assert read(api, "cmi.objectives.0.completion_status") == "unknown"
    assert read(api, "cmi.objectives.0.score.scaled") == "0.7"
    assert read(api, "cmi.objectives.1.id") == "other"


def test_objectives_the_content_added_stay_when_sequencing_names_its_own() -> None:
    stored = {"cmi.objectives.0.id": "mine", "cmi.objectives.1.id": "main", "cmi.objectives._count": "2"}
    objectives = (LaunchObjective("main", "failed"), LaunchObjective("new"))
    values = initial_values("scorm2004", Item(identifier="i"), JO, stored, entry="resume", objectives=objectives)
    assert [values[f"cmi.objectives.{number}.id"] for number in range(3)] == ["mine", "main", "new"]
    assert values["cmi.objectives.1.success_status"] == "failed"
    assert values["cmi.objectives._count"] == "3"


def test_a_suspended_session_is_resumed_with_what_it_left() -> None:
    first = RuntimeApi(SCORM_2004, initial_values("scorm2004", Item(identifier="i"), JO, {}, entry="ab-initio"))
    first.initialize("")
    for name, value in (
        ("cmi.location", "p3"),
        ("cmi.suspend_data", "state"),
        ("cmi.interactions.0.id", "q1"),
        ("cmi.session_time", "PT1M"),
        ("cmi.exit", "suspend"),
    ):
        assert first.set_value(name, value) == "true"
    ended = end_session("scorm2004", first.data.values)
    entry = entry_of(ended.state, suspended=ended.suspended)
    second = RuntimeApi(SCORM_2004, initial_values("scorm2004", Item(identifier="i"), JO, ended.state, entry=entry))
    assert read(second, "cmi.entry") == "resume"
    assert read(second, "cmi.location") == "p3"
    assert read(second, "cmi.suspend_data") == "state"
    assert read(second, "cmi.interactions._count") == "1"
    assert read(second, "cmi.total_time") == "PT1M"
    assert read(second, "adl.nav.request") == "_none_"


def test_entry_tells_a_new_attempt_from_a_resumed_one() -> None:
    assert entry_of({}, suspended=False) == "ab-initio"
    assert entry_of({"cmi.location": "x"}, suspended=True) == "resume"
    assert entry_of({"cmi.location": "x"}, suspended=False) == ""


def test_interactions_of_scorm_12_stay_on_the_server_and_keep_counting() -> None:
    first = RuntimeApi(SCORM_12, {})
    first.initialize("")
    first.set_value("cmi.interactions.0.id", "q1")
    first.set_value("cmi.interactions.0.correct_responses.0.pattern", "a")
    values = initial_values("scorm12", Item(identifier="i"), JO, first.data.values, entry="resume")
    assert values["cmi.interactions.0.id"] == "q1"
    delivered = delivered_values("scorm12", values)
    assert "cmi.interactions.0.id" not in delivered
    second = RuntimeApi(SCORM_12, delivered)
    assert read(second, "cmi.interactions._count") == "1"
    assert read(second, "cmi.interactions.0.correct_responses._count") == "1"
    assert second.set_value("cmi.interactions.1.id", "q2") == "true"


def test_looking_around_is_without_credit() -> None:
    values = initial_values("scorm12", Item(identifier="i"), JO, {}, entry="", mode="browse")
    assert (values["cmi.core.lesson_mode"], values["cmi.core.credit"]) == ("browse", "no-credit")
    values = initial_values("scorm2004", Item(identifier="i"), JO, {}, entry="", mode="review")
    assert (values["cmi.mode"], values["cmi.credit"]) == ("review", "no-credit")


def test_shared_stores_come_and_go_by_their_identifier() -> None:
    item = Item(
        identifier="i", data=(DataMap("t1"), DataMap("t2", write_shared_data=False), DataMap("t3", False, True))
    )
    values = initial_values("scorm2004", item, JO, {}, entry="", shared={"t1": "one", "t2": "two", "elsewhere": "x"})
    api = RuntimeApi(SCORM_2004, values)
    assert read(api, "adl.data._count") == "3"
    assert (read(api, "adl.data.0.store"), read(api, "adl.data.1.store")) == ("one", "two")
    assert api.set_value("adl.data.0.store", "new") == "true"
    assert api.set_value("adl.data.1.store", "new") == "false"
    assert api.set_value("adl.data.2.store", "three") == "true"
    assert shared_stores(api.data.values) == {"t1": "new", "t3": "three"}


def test_a_long_name_is_cut_to_what_content_may_expect() -> None:
    values = initial_values("scorm12", Item(identifier="i"), Learner("i" * 300, "n" * 300), {}, entry="")
    assert len(values["cmi.core.student_id"]) == len(values["cmi.core.student_name"]) == 255
