"""Sequencing definitions are read whole. Clauses: SCORM 2004 CAM 5.1, SN 3."""

import pytest

from courseway.standards.manifests.package import Reading
from courseway.standards.manifests.sequencing import (
    AuxiliaryResource,
    ChildActivitySet,
    Combination,
    ConditionName,
    ConstrainedChoice,
    ControlMode,
    DeliveryControls,
    LimitConditions,
    Objective,
    ObjectiveMap,
    Randomization,
    Requirement,
    RollupAction,
    RollupConsiderations,
    RollupRule,
    RollupRules,
    RuleAction,
    RuleCondition,
    Sequencing,
    SequencingRule,
    Timing,
)
from tests.packages import Sco
from tests.standards.manifests.reading import codes, read2004


def sequenced(xml: str, collection: str = "", attributes: str = "") -> tuple[Sequencing, Reading]:
    extra = f"<imsss:sequencing {attributes}>{xml}</imsss:sequencing>"
    reading = read2004(scos=(Sco(extra=extra),), collection=collection)
    assert reading.structure is not None
    sequencing = reading.structure.launchable()[0].sequencing
    assert sequencing is not None
    return sequencing, reading


def test_an_empty_definition_has_the_books_defaults() -> None:
    sequencing, reading = sequenced("")
    assert sequencing == Sequencing()
    assert sequencing.control_mode == ControlMode(True, True, False, False, True, True)
    assert codes(reading) == set()


def test_an_activity_without_a_definition_has_none() -> None:
    structure = read2004().structure
    assert structure is not None
    assert structure.launchable()[0].sequencing is None
    assert structure.organization.sequencing == Sequencing(control_mode=ControlMode(flow=True))


def test_control_modes_and_constraints_are_read() -> None:
    sequencing, reading = sequenced(
        '<imsss:controlMode choice="false" choiceExit=" 0 " flow="1" forwardOnly="true" '
        'useCurrentAttemptObjectiveInfo="false" useCurrentAttemptProgressInfo="FALSE"/>'
        '<adlseq:constrainedChoiceConsiderations preventActivation="true" constrainChoice="true"/>'
    )
    assert sequencing.control_mode == ControlMode(False, False, True, True, False, False)
    assert sequencing.constrained_choice == ConstrainedChoice(True, True)
    assert codes(reading) == set()


def test_rules_are_read_in_their_order_and_kinds() -> None:
    sequencing, reading = sequenced(
        "<imsss:sequencingRules>"
        '<imsss:preConditionRule><imsss:ruleConditions conditionCombination="any">'
        '<imsss:ruleCondition condition="satisfied" operator="not" referencedObjective=" %20a%20b "/>'
        '<imsss:ruleCondition condition="objectiveMeasureGreaterThan" measureThreshold="-0.5"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="skip"/></imsss:preConditionRule>'
        '<imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="always"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="disabled"/></imsss:preConditionRule>'
        '<imsss:exitConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="completed"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="exit"/></imsss:exitConditionRule>'
        '<imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="attempted"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="retryAll"/></imsss:postConditionRule></imsss:sequencingRules>'
    )
    assert sequencing.pre_condition_rules == (
        SequencingRule(
            RuleAction.SKIP,
            (
                RuleCondition(ConditionName.SATISFIED, negated=True, referenced_objective="a b"),
                RuleCondition(ConditionName.OBJECTIVE_MEASURE_GREATER_THAN, measure_threshold=-0.5),
            ),
            Combination.ANY,
        ),
        SequencingRule(RuleAction.DISABLED, (RuleCondition(ConditionName.ALWAYS),), Combination.ALL),
    )
    assert sequencing.exit_condition_rules == (
        SequencingRule(RuleAction.EXIT, (RuleCondition(ConditionName.COMPLETED),)),
    )
    assert sequencing.post_condition_rules[0].action is RuleAction.RETRY_ALL
    assert codes(reading) == set()


def test_a_rule_that_could_do_nothing_or_something_else_is_left_out_and_told() -> None:
    sequencing, reading = sequenced(
        "<imsss:sequencingRules>"
        '<imsss:preConditionRule><imsss:ruleAction action="exit"/></imsss:preConditionRule>'
        "<imsss:postConditionRule/>"
        '<imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="sunny"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="continue"/></imsss:postConditionRule></imsss:sequencingRules>'
        "<imsss:rollupRules><imsss:rollupRule/></imsss:rollupRules>"
    )
    assert sequencing.pre_condition_rules == ()
    assert sequencing.post_condition_rules == (SequencingRule(RuleAction.CONTINUE),)
    assert sequencing.rollup_rules.rules == ()
    assert {"sequencing.rule_without_action", "sequencing.unknown_condition"} <= codes(reading)
    assert reading.report.playable


def test_rollup_is_read() -> None:
    sequencing, reading = sequenced(
        '<imsss:rollupRules rollupObjectiveSatisfied="false" rollupProgressCompletion="false" objectiveMeasureWeight="0.25">'
        '<imsss:rollupRule childActivitySet="atLeastPercent" minimumCount="2" minimumPercent="0.5">'
        '<imsss:rollupConditions conditionCombination="all"><imsss:rollupCondition condition="completed" operator="not"/></imsss:rollupConditions>'
        '<imsss:rollupAction action="notSatisfied"/></imsss:rollupRule>'
        '<imsss:rollupRule><imsss:rollupConditions><imsss:rollupCondition condition="satisfied"/></imsss:rollupConditions>'
        '<imsss:rollupAction action="completed"/></imsss:rollupRule></imsss:rollupRules>'
        '<adlseq:rollupConsiderations requiredForSatisfied="ifAttempted" requiredForNotSatisfied="ifNotSkipped" '
        'requiredForCompleted="ifNotSuspended" requiredForIncomplete="always" measureSatisfactionIfActive="false"/>'
    )
    assert sequencing.rollup_rules == RollupRules(
        rules=(
            RollupRule(
                RollupAction.NOT_SATISFIED,
                (RuleCondition(ConditionName.COMPLETED, negated=True),),
                Combination.ALL,
                ChildActivitySet.AT_LEAST_PERCENT,
                2,
                0.5,
            ),
            RollupRule(
                RollupAction.COMPLETED, (RuleCondition(ConditionName.SATISFIED),), Combination.ANY, ChildActivitySet.ALL
            ),
        ),
        rollup_objective_satisfied=False,
        rollup_progress_completion=False,
        objective_measure_weight=0.25,
    )
    assert sequencing.rollup_considerations == RollupConsiderations(
        Requirement.IF_ATTEMPTED, Requirement.IF_NOT_SKIPPED, Requirement.IF_NOT_SUSPENDED, Requirement.ALWAYS, False
    )
    assert codes(reading) == set()


def test_limits_randomization_and_delivery_controls_are_read() -> None:
    sequencing, reading = sequenced(
        '<imsss:limitConditions attemptLimit="3" attemptAbsoluteDurationLimit="PT1H" activityExperiencedDurationLimit="P1DT0.5S" beginTimeLimit="2026-01-01"/>'
        '<imsss:randomizationControls selectionTiming="once" selectCount="2" randomizationTiming="onEachNewAttempt" reorderChildren="true"/>'
        '<imsss:deliveryControls tracked="false" completionSetByContent="true" objectiveSetByContent="true"/>'
    )
    assert sequencing.limit_conditions == LimitConditions(
        attempt_limit=3,
        attempt_absolute_duration_seconds=3600.0,
        activity_experienced_duration_seconds=86400.5,
        begin_time_limit="2026-01-01",
    )
    assert sequencing.randomization == Randomization(Timing.ONCE, 2, Timing.ON_EACH_NEW_ATTEMPT, True)
    assert sequencing.delivery_controls == DeliveryControls(False, True, True)
    assert codes(reading) == set()


def test_auxiliary_resources_are_read_with_the_addresses_of_their_resources() -> None:
    sequencing, reading = sequenced(
        '<imsss:auxiliaryResources><imsss:auxiliaryResource auxiliaryResourceID=" res-item-1 " purpose="A  glossary"/>'
        '<imsss:auxiliaryResource auxiliaryResourceID="gone" purpose="Nothing"/></imsss:auxiliaryResources>'
    )
    assert sequencing.auxiliary_resources == (
        AuxiliaryResource("res-item-1", "A glossary", "index.html"),
        AuxiliaryResource("gone", "Nothing", ""),
    )
    assert codes(reading) == {"sequencing.auxiliary_resource"}


def test_objectives_and_both_kinds_of_maps_are_read_as_one() -> None:
    sequencing, reading = sequenced(
        '<imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true">'
        "<imsss:minNormalizedMeasure> 0.6 </imsss:minNormalizedMeasure>"
        '<imsss:mapInfo targetObjectiveID="g1" readSatisfiedStatus="false" writeSatisfiedStatus="true" writeNormalizedMeasure="true"/>'
        '</imsss:primaryObjective><imsss:objective objectiveID=" o%20%20one "/></imsss:objectives>'
        '<adlseq:objectives><adlseq:objective objectiveID="p"><adlseq:mapInfo targetObjectiveID="g1" readRawScore="false" writeMaxScore="true"/>'
        '</adlseq:objective><adlseq:objective objectiveID="o one"><adlseq:mapInfo targetObjectiveID="g2" writeCompletionStatus="true"/>'
        "</adlseq:objective></adlseq:objectives>"
    )
    assert sequencing.objectives == (
        Objective(
            "p",
            primary=True,
            satisfied_by_measure=True,
            min_normalized_measure=0.6,
            maps=(
                ObjectiveMap(
                    "g1",
                    read_satisfied_status=False,
                    write_satisfied_status=True,
                    write_normalized_measure=True,
                    read_raw_score=False,
                    write_max_score=True,
                ),
            ),
        ),
        Objective(
            "o one",
            maps=(
                ObjectiveMap(
                    "g2", read_satisfied_status=False, read_normalized_measure=False, write_completion_status=True
                ),
            ),
        ),
    )
    assert codes(reading) == set()


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ('<imsss:objectives><imsss:objective objectiveID="a"/></imsss:objectives>', "sequencing.missing_primary_objective"),
        ("<imsss:objectives><imsss:primaryObjective/><imsss:objective/></imsss:objectives>", "sequencing.objective_identifier"),
        ('<adlseq:objectives><adlseq:objective objectiveID="a"/></adlseq:objectives>', "sequencing.unknown_objective"),
        ('<imsss:controlMode choice="maybe"/>', "manifest.invalid_value"),
        ('<imsss:limitConditions attemptLimit="-1"/>', "manifest.invalid_value"),
        ('<imsss:limitConditions attemptAbsoluteDurationLimit="1 hour"/>', "manifest.invalid_value"),
        ('<imsss:rollupRules objectiveMeasureWeight="7"/>', "manifest.invalid_value"),
        ('<imsss:randomizationControls selectionTiming="daily"/>', "manifest.invalid_value"),
        ("<imsss:objectives><imsss:primaryObjective><imsss:minNormalizedMeasure>x</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>", "manifest.invalid_value"),
        ('<imsss:auxiliaryResources><imsss:auxiliaryResource auxiliaryResourceID="no" purpose="x"/></imsss:auxiliaryResources>', "sequencing.auxiliary_resource"),
        ("<imsss:magic/>", "sequencing.unknown_element"),
        ("<imsss:controlMode/><imsss:controlMode/>", "sequencing.repeated_element"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_definition_is_told_and_the_default_used(xml: str, code: str) -> None:
    sequencing, reading = sequenced(xml)
    assert codes(reading) == {code}
    [issue] = [one for one in reading.report.issues if one.code == code]
    assert issue.clause.startswith("SCORM 2004 CAM 5.1 (")
    assert "<" not in issue.message or issue.message.partition("<")[2].partition(">")[0] in xml
    assert sequencing.control_mode == ControlMode()
    assert reading.report.playable


@pytest.mark.parametrize(
    ("xml", "told", "offered"),
    [
        (
            '<imsss:preConditionRule><imsss:ruleAction action="exitParent"/></imsss:preConditionRule>',
            '<preConditionRule> cannot have the action "exitParent"; the rule was left out.',
            "disabled, hiddenFromChoice, skip, stopForwardTraversal.",
        ),
        (
            '<imsss:exitConditionRule><imsss:ruleAction action="leave"/></imsss:exitConditionRule>',
            '<exitConditionRule> cannot have the action "leave"; the rule was left out.',
            "exit.",
        ),
        (
            "<imsss:postConditionRule/>",
            "<postConditionRule> has no action; the rule was left out.",
            "continue, exitAll, exitParent, previous, retry, retryAll.",
        ),
    ],
)
def test_a_wrong_action_is_told_once_with_those_its_kind_of_rule_can_have(xml: str, told: str, offered: str) -> None:
    _, reading = sequenced(f"<imsss:sequencingRules>{xml}</imsss:sequencingRules>")
    issues = [
        one for one in reading.report.issues if one.code in {"sequencing.rule_without_action", "manifest.invalid_value"}
    ]
    assert [(one.message, one.advice.partition(": ")[2]) for one in issues] == [(told, offered)]


def test_an_unknown_condition_is_told_once_with_those_there_are() -> None:
    rule = '<imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="happy"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule>'
    _, reading = sequenced(f"<imsss:sequencingRules>{rule}</imsss:sequencingRules>")
    [issue] = [
        one for one in reading.report.issues if one.code in {"sequencing.unknown_condition", "manifest.invalid_value"}
    ]
    assert issue.message == 'The condition "happy" is unknown and was left out.'
    assert "objectiveMeasureGreaterThan" in issue.advice


_COLLECTION = (
    '<imsss:sequencingCollection><imsss:sequencing ID="shared"><imsss:controlMode flow="true" choice="false"/>'
    '<imsss:deliveryControls tracked="false"/><imsss:objectives><imsss:primaryObjective objectiveID="c"/></imsss:objectives>'
    "</imsss:sequencing></imsss:sequencingCollection>"
)


def test_an_element_in_place_replaces_the_whole_one_of_the_collection() -> None:
    sequencing, reading = sequenced('<imsss:controlMode choiceExit="false"/>', _COLLECTION, 'IDRef=" shared "')
    assert sequencing.control_mode == ControlMode(choice_exit=False)
    assert sequencing.delivery_controls == DeliveryControls(tracked=False)
    assert sequencing.objectives == (Objective("c", primary=True),)
    assert codes(reading) == set()


def test_the_two_kinds_of_objectives_count_separately_against_the_collection() -> None:
    extended = '<adlseq:objectives><adlseq:objective objectiveID="c"><adlseq:mapInfo targetObjectiveID="g"/></adlseq:objective></adlseq:objectives>'
    sequencing, _ = sequenced(extended, _COLLECTION, 'IDRef="shared"')
    assert sequencing.objectives[0].maps[0].target == "g"


def test_a_reference_into_nothing_and_a_collection_without_names_are_told() -> None:
    _, reading = sequenced("", _COLLECTION.replace('ID="shared"', ""), 'IDRef="shared"')
    assert codes(reading) == {"sequencing.dangling_idref", "sequencing.collection_id"}
