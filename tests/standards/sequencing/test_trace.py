"""What a person reads of the reasoning: which rule decided, with which values, and why a button is off."""

import msgspec
import pytest

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    LimitConditions,
    Objective,
    ObjectiveMap,
    Requirement,
    RollupConsiderations,
    RuleAction,
    RuleCondition,
    SequencingRule,
)
from courseway.standards.manifests.structure import Item
from courseway.standards.sequencing.outlook import MOST_REASONS
from courseway.standards.sequencing.run import LAST_STEPS, MOST_CHARACTERS, MOST_OF_LAST, MOST_STEPS
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind, Step
from courseway.standards.sequencing.words import REASONS, describe_report, describe_value
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner, primary, rule

C, A = ConditionName, RuleAction


def steps(ann: Learner, clause: str) -> list[str]:
    return [one.words for one in ann.last.trace if one.clause == clause]


def test_every_refusal_has_its_own_words_with_its_code() -> None:
    assert set(REASONS) == set(Refused)
    assert all(words and words[0].islower() and not words.endswith(".") for words in REASONS.values())


def test_a_request_begins_the_story_with_its_target() -> None:
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    assert ann.last.trace[0] == Step("OP.1", "asked for: begin the course")
    ann.choose("b")
    assert [one for one in ann.last.trace if one.clause == "OP.1"] == [Step("OP.1", 'asked for: a choice of "b"')]


def test_a_rule_that_fires_is_told_with_the_values_it_found() -> None:
    """[SN UP.2.1]"""
    low = SequencingRule(
        A.RETRY, (RuleCondition(C.OBJECTIVE_MEASURE_LESS_THAN, measure_threshold=0.5), RuleCondition(C.SATISFIED, True))
    )
    ann = learner(leaf("a", post_condition_rules=(low,)), leaf("b"))
    ann.open()
    ann.next(FAILED)
    assert steps(ann, "UP.2.1") == [
        'rule of "a": if score below 0.5 and not satisfied then retry: true, true, so it fires'
    ]
    assert steps(ann, "TB.2.3") == ["a rule asks for another attempt on this part in the place of Continue"]
    ann.next(DONE)
    assert steps(ann, "UP.2.1") == [
        'rule of "a": if score below 0.5 and not satisfied then retry: false, false, so it does not fire'
    ]
    assert steps(ann, "TB.2.3") == []


def test_a_rule_that_asks_for_what_was_asked_anyway_is_not_told_as_a_change() -> None:
    ann = learner(leaf("a", post_condition_rules=(rule(A.CONTINUE, C.ALWAYS),)), leaf("b"))
    ann.open()
    assert ann.next() == "b"
    assert steps(ann, "TB.2.3") == []


def test_what_the_content_reported_is_told() -> None:
    """[SN UP.4]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.next(EndedActivity(completed=True, satisfied=False, measure=0.25, progress=0.5, exit="normal"))
    assert ann.says("UP.4", '"a" reports completed, failed, score 0.25, progress 0.5, leaving with normal', "a")
    assert describe_report(UNSAID) == "no completion, no success"
    assert describe_report(EndedActivity(completed=False, satisfied=True, measure=0.0)) == "incomplete, passed, score 0"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("satisfied", True, '"satisfied"'), ("satisfied", False, '"not satisfied"'), ("satisfied", None, "an unknown satisfied"),
        ("completed", True, '"completed"'), ("completed", False, '"not completed"'), ("measure", 0.5, "measure 0.5"),
        ("measure", None, "an unknown measure"),
    ],
)  # fmt: skip
def test_a_value_is_told_in_the_words_of_the_standard(name: str, value: bool | float | None, words: str) -> None:
    assert describe_value(name, value) == words


def test_a_global_objective_that_is_written_is_told_once() -> None:
    """[SN 4.2.1.3]"""
    writing = ObjectiveMap("g", write_satisfied_status=True, write_normalized_measure=True)
    ann = learner(leaf("a", objectives=primary(maps=(writing,))), leaf("b"))
    ann.open()
    ann.next(DONE)
    assert steps(ann, "4.2.1") == [
        '"a" writes "satisfied" to the global objective "g"', '"a" writes measure 1 to the global objective "g"',
    ]  # fmt: skip
    ann.back(DONE)
    ann.next(DONE)
    assert steps(ann, "4.2.1") == []


def test_content_that_timed_out_is_told_as_the_reason_for_ending_everything() -> None:
    """[RTE 4.2.8]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.next(EndedActivity(exit="time-out"))
    assert "the content left with time-out, which ends the whole course" in steps(ann, "OP.1")
    assert "the session ended" in steps(ann, "OP.1")


def test_a_refusal_is_told_under_its_process() -> None:
    ann = learner(leaf("a"), leaf("b", pre_condition_rules=(rule(A.DISABLED, C.ALWAYS),)))
    ann.open()
    ann.next(DONE)
    assert steps(ann, "SB.2.2")[-1] == "refused: the next activity is disabled or its limits are reached (SB.2.2-2)"


def test_why_continue_and_previous_are_off_is_told_of_the_current_activity() -> None:
    """[SN NB.2.1, SB.2.8]"""
    still = learner(leaf("a"), leaf("b"), control_mode=ControlMode(flow=False))
    still.choose("a", None)
    assert (
        steps(still, "NB.2.1")
        == [
            "Continue is off: the cluster it is in does not flow (NB.2.1-4)",
            "Previous is off: the cluster it is in does not flow, or only forward (NB.2.1-5)",
            'Choice of "root" is off: nothing in it can be delivered (SB.2.9-9)',
        ][:2]
    )
    first = learner(leaf("a"), leaf("b"))
    first.open()
    assert first.says("NB.2.1", "Previous is off: this is the beginning of the course (SB.2.1-3)", "a")
    shut = learner(leaf("a", limit_conditions=LimitConditions(attempt_limit=1)), leaf("b"))
    shut.open()
    shut.next(DONE)
    words = "Previous is off: the next activity is disabled or its limits are reached (SB.2.2-2)"
    assert shut.says("NB.2.1", words, "b")


def test_why_a_choice_is_off_is_told_and_equal_reasons_of_one_cluster_once() -> None:
    """[SN NB.2.1]"""
    closed = ControlMode(flow=True, choice=False)
    ann = learner(
        leaf("a"), cluster("m", leaf("b"), leaf("c"), control_mode=closed), cluster("n", leaf("d"), control_mode=closed)
    )
    ann.open()
    assert [one for one in ann.last.trace if "Choice" in one.words] == [
        Step("NB.2.1", 'Choice of 2 of the children of "m" is off: its cluster does not allow choice (NB.2.1-10)', "m"),
        Step("NB.2.1", 'Choice of "d" is off: its cluster does not allow choice (NB.2.1-10)', "d"),
    ]


def test_nothing_is_said_of_buttons_when_nothing_runs() -> None:
    ann = learner(leaf("a"), leaf("b", pre_condition_rules=(rule(A.HIDDEN_FROM_CHOICE, C.ALWAYS),)))
    ann.open()
    assert any(" is off: " in one.words for one in ann.last.trace)
    ann.go(RequestKind.EXIT_ALL)
    assert not any(" is off: " in one.words for one in ann.last.trace)


def test_looking_ahead_leaves_no_trace() -> None:
    """What could be chosen is worked out at every delivery; only what was done is told, and what is off."""
    ann = learner(leaf("a"), leaf("b", pre_condition_rules=(rule(A.HIDDEN_FROM_CHOICE, C.SATISFIED),)))
    ann.open()
    assert steps(ann, "UP.2.1") == []


def test_asking_who_counts_in_rollup_leaves_no_trace() -> None:
    """[SN RB.1.4.2]"""
    counted = RollupConsiderations(required_for_completed=Requirement.IF_NOT_SKIPPED)
    part = leaf("a", pre_condition_rules=(rule(A.SKIP, C.COMPLETED),), rollup_considerations=counted)
    ann = learner(leaf("x"), part)
    ann.open()
    ann.go(RequestKind.EXIT, DONE)
    assert steps(ann, "UP.2.1") == []


def test_a_resume_that_is_refused_keeps_its_reason_when_the_course_begins_anew() -> None:
    """[SN DB.1.1] The part that was suspended is disabled by what it reached."""
    done = rule(A.DISABLED, C.COMPLETED)
    ann = learner(leaf("a"), cluster("m", leaf("b", pre_condition_rules=(done,))), leaf("c"))
    ann.open()
    ann.next()
    ann.go(RequestKind.SUSPEND_ALL, DONE)
    assert ann.state.suspended == "b"
    assert ann.open() == "a"
    told = [(one.clause, one.words) for one in ann.last.trace]
    order = [
        told.index(step)
        for step in (
            ("OP.1", "asked for: go on where it was suspended"),
            ("DB.1.1", "refused: it, or a cluster it is in, is disabled or its limits are reached (DB.1.1-3)"),
            ("OP.1", "asked for: begin the course"),
            ("DB.2", '"a" is delivered, in attempt 2'),
        )
    ]
    assert order == sorted(order)
    assert (ann.last.refused, ann.state.suspended) == (None, None)


def test_a_resume_that_works_is_told_as_such() -> None:
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.go(RequestKind.SUSPEND_ALL, UNSAID)
    ann.open()
    assert steps(ann, "OP.1") == ["asked for: go on where it was suspended"]
    assert steps(ann, "DB.2") == ['"a" is delivered, going on with attempt 1']


def test_a_session_that_was_torn_off_says_only_how_it_goes_on() -> None:
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.open(UNSAID)
    assert steps(ann, "OP.1") == ["asked for: go on where it was suspended"]


def test_the_story_of_a_huge_course_stays_short_enough_to_keep() -> None:
    closed = ControlMode(flow=True, choice=False)
    rules = (*(rule(A.SKIP, C.NEVER) for _ in range(20)), rule(A.SKIP, C.ALWAYS))
    clusters: list[Item] = [
        cluster(f"m{n}", leaf(f"l{n}", pre_condition_rules=rules), control_mode=closed)
        for n in range(MOST_REASONS + 10)
    ]
    ann = learner(*clusters, leaf("end"))
    assert ann.open() == "end"
    assert sum("Choice of" in one.words for one in ann.last.trace) == MOST_REASONS
    gap = ann.last.trace[MOST_STEPS]
    # 21 rules of each part, and that it is skipped; the request, the way, the delivery and Previous; the choices.
    told = 22 * (MOST_REASONS + 10) + 4 + MOST_REASONS
    assert gap == Step("OP.1", f"{told - MOST_STEPS - LAST_STEPS} more decisions are not kept here")
    assert len(ann.last.trace) == MOST_STEPS + 1 + LAST_STEPS


def test_of_very_many_steps_the_first_and_the_last_are_kept_in_their_order() -> None:
    run = learner(leaf("a")).run()
    for number in range(MOST_STEPS + LAST_STEPS):
        run.note("X", str(number))
    assert [one.words for one in run.trace] == [str(number) for number in range(MOST_STEPS + LAST_STEPS)]
    run.note("X", "late 0")
    assert run.trace[MOST_STEPS].words.startswith("1 more ")
    for number in range(1, 1_000):
        run.note("X", f"late {number}")
    assert run.trace[MOST_STEPS] == Step("OP.1", "1,000 more decisions are not kept here")
    assert [one.words for one in run.trace[:MOST_STEPS]] == [str(number) for number in range(MOST_STEPS)]
    assert [one.words for one in run.trace[MOST_STEPS + 1 :]] == [
        f"late {number}" for number in range(1_000 - LAST_STEPS, 1_000)
    ]


def test_of_very_long_steps_the_first_are_kept_whole_and_the_last_shortened() -> None:
    """What is over the bound in characters is words and identifiers together; a step that just fits is kept whole."""
    run = learner(leaf("a")).run()
    half = MOST_CHARACTERS // 2
    run.keep(Step("X", "w" * half))
    run.keep(Step("X", "", "i" * half))
    long = Step("X", "w" * (MOST_OF_LAST + 1), "i" * (MOST_OF_LAST + 1))
    run.keep(long)
    short = Step("X", "w" * MOST_OF_LAST, "i" * MOST_OF_LAST)
    assert run.trace == (Step("X", "w" * half), Step("X", "", "i" * half), short)
    with run.silent():
        run.keep(long)
        run.note("X", "nothing")
    assert len(run.trace) == 3


def test_why_a_control_is_off_that_the_course_hides_is_told() -> None:
    """[SN 5.1]"""
    hiding = msgspec.structs.replace(leaf("a"), hide_lms_ui=("continue", "abandon"))
    ann = learner(hiding, leaf("b"))
    ann.open()
    assert [one for one in ann.last.trace if one.clause == "5.1"] == [
        Step("5.1", "Continue is off: the course hides this control here (hideLMSUI)", "a"),
        Step("5.1", "abandon is off: the course hides this control here (hideLMSUI)", "a"),
    ]
    ann.next()
    assert steps(ann, "5.1") == []


def test_the_trace_of_a_course_without_identifiers_in_its_objectives_reads_well() -> None:
    named = (Objective("p", primary=True), Objective("quiz"))
    asked = SequencingRule(A.SKIP, (RuleCondition(C.OBJECTIVE_STATUS_KNOWN, True, "quiz"), RuleCondition(C.NEVER)))
    ann = learner(leaf("a"), leaf("b", objectives=named, pre_condition_rules=(asked,)))
    ann.state = SequencingState()
    ann.open()
    ann.next()
    assert steps(ann, "UP.2.1") == [
        'rule of "b": if not success known (objective "quiz") and never then skip: true, false, so it does not fire'
    ]
