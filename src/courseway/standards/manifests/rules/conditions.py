"""
Rules about sequencing rules and rollup rules: their conditions, thresholds, counts and the objectives they ask.

Here: rules of a course that can never fire, always fire, or ask for something that is not there. Not here: other
sequencing.
"""

from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Activity, Subject
from courseway.standards.manifests.sequencing import ChildActivitySet, RuleAction, RuleCondition, SequencingRule
from courseway.standards.manifests.values import parse_number, uri
from courseway.standards.manifests.xml import Element, attribute, child, children, local

_RULES = ("preconditionrule", "exitconditionrule", "postconditionrule", "rolluprule")
_COMPARING = {"objectivemeasuregreaterthan", "objectivemeasurelessthan"}
_OF_OBJECTIVES = _COMPARING | {"satisfied", "objectivestatusknown", "objectivemeasureknown"}
_OF_OBJECTIVES_4TH = {"completed", "activityprogressknown"}
_NOT_IN_RULES = {"never"}
_NOT_IN_ROLLUP = _COMPARING | {"always"}
_NOT_LOOKED_AT = {"timelimitexceeded", "outsideavailabletimerange"}


def _conditions(subject: Subject) -> Iterator[tuple[Element, str]]:
    """Yield the conditions of sequencing and rollup rules, with their names in lower case."""
    for one in subject.called("rulecondition", "rollupcondition"):
        yield one, (attribute(one, "condition") or "").strip().lower()


@rule(
    "sequencing.rule_without_conditions",
    Severity.WARNING,
    'Add a condition; for a rule that always holds write condition="always".',
    v2004="sequencingRules",
)
def rules_have_conditions(subject: Subject) -> Breaches:
    """Every sequencing rule and rollup rule has at least one condition; without one it never holds."""
    for one in subject.called(*_RULES):
        group = child(one, "rollupConditions" if local(one) == "rolluprule" else "ruleConditions")
        if group is None or next(children(group), None) is None:
            yield Breach("The rule has no conditions.", one)


@rule(
    "sequencing.condition_of_other_kind",
    Severity.WARNING,
    "Use a condition of the list for this kind of rule.",
    v2004="ruleCondition",
)
def conditions_fit_their_kind_of_rule(subject: Subject) -> Breaches:
    """Sequencing rules do not ask for never, rollup rules neither for always nor for a measure above or below."""
    for one, name in _conditions(subject):
        if name in (_NOT_IN_RULES if local(one) == "rulecondition" else _NOT_IN_ROLLUP):
            yield Breach(f"This kind of rule has no condition {attribute(one, 'condition')}.", one)


@rule(
    "sequencing.condition_not_looked_at",
    Severity.INFO,
    "Use another condition; SCORM asks no system to look at this one.",
    v2004="ruleCondition",
)
def conditions_are_those_that_count(subject: Subject) -> Breaches:
    """Rules do not ask whether a time limit is exceeded or the activity is outside its time."""
    for one, name in _conditions(subject):
        if name in _NOT_LOOKED_AT:
            yield Breach(f"{attribute(one, 'condition')} need not be looked at by any system.", one)


@rule(
    "sequencing.threshold_missing",
    Severity.WARNING,
    "Add measureThreshold; 0 was used.",
    v2004="ruleCondition",
)
def comparing_conditions_have_a_threshold(subject: Subject) -> Breaches:
    """A condition that compares the measure says with what."""
    for one, name in _conditions(subject):
        if local(one) == "rulecondition" and name in _COMPARING and attribute(one, "measureThreshold") is None:
            yield Breach(f"{attribute(one, 'condition')} has no measureThreshold.", one)


@rule(
    "sequencing.threshold_unused",
    Severity.INFO,
    "Remove measureThreshold; only comparing conditions use it.",
    v2004="ruleCondition",
)
def thresholds_stand_on_comparing_conditions(subject: Subject) -> Breaches:
    """Only a condition that compares the measure has a threshold."""
    for one, name in _conditions(subject):
        if name and name not in _COMPARING and parse_number((attribute(one, "measureThreshold") or "").strip()):
            yield Breach(f"{attribute(one, 'condition')} does not look at its measureThreshold.", one)


@rule(
    "sequencing.rule_objective",
    Severity.WARNING,
    "Declare the objective among those of the same activity, or correct referencedObjective.",
    v2004="ruleCondition",
)
def conditions_ask_objectives_of_their_activity(subject: Subject) -> Breaches:
    """A condition refers to an objective that its own activity declares."""
    for activity in subject.distinct("sequencingrules", "objectives"):
        rules = activity.parts.get("sequencingrules")
        known = {one.identifier for one in activity.sequencing.objectives}
        for one in rules.iter() if rules is not None else ():
            wanted = uri(attribute(one, "referencedObjective")) if local(one) == "rulecondition" else ""
            if wanted and wanted not in known:
                yield Breach(
                    f'A condition of {subject.named(activity.element)} asks for the objective "{wanted[:80]}", '
                    "which that activity does not have.",
                    one,
                )


@rule(
    "sequencing.objective_not_asked",
    Severity.INFO,
    "Remove referencedObjective; this condition is about the activity.",
    v2004="ruleCondition",
)
def conditions_about_the_activity_name_no_objective(subject: Subject) -> Breaches:
    """Only a condition about objectives refers to one; since the 4th edition objectives are completed as well."""
    known = _OF_OBJECTIVES | _OF_OBJECTIVES_4TH if subject.fourth else _OF_OBJECTIVES
    for one, name in _conditions(subject):
        if name and name not in known and uri(attribute(one, "referencedObjective")):
            yield Breach(f"{attribute(one, 'condition')} does not look at its referencedObjective.", one)


def _rollup(subject: Subject) -> Iterator[tuple[Activity, Element, str]]:
    """Yield each rollup rule of an activity with the set of children it asks."""
    for activity in subject.activities:
        group = activity.parts.get("rolluprules")
        for one in children(group, "rollupRule") if group is not None else ():
            yield activity, one, (attribute(one, "childActivitySet") or "all").strip().lower()


@rule(
    "sequencing.rollup_minimum_missing",
    Severity.WARNING,
    "Add minimumCount or minimumPercent; with 0 the rule always holds.",
    v2004="rollupRules",
)
def counting_rollup_rules_have_a_minimum(subject: Subject) -> Breaches:
    """A rollup rule over a number or share of the children says how many."""
    names = {"atleastcount": "minimumCount", "atleastpercent": "minimumPercent"}
    for _, one, asked in _rollup(subject):
        if asked in names and not parse_number((attribute(one, names[asked]) or "0").strip()):
            yield Breach(f"The rollup rule has no {names[asked]}.", one)


@rule(
    "sequencing.rollup_minimum_unused",
    Severity.INFO,
    "Set childActivitySet to atLeastCount or atLeastPercent, or remove the minimum.",
    v2004="rollupRules",
)
def minimums_stand_on_counting_rollup_rules(subject: Subject) -> Breaches:
    """Only a rollup rule over a number or share of the children has a minimum."""
    names = {"minimumCount": ChildActivitySet.AT_LEAST_COUNT, "minimumPercent": ChildActivitySet.AT_LEAST_PERCENT}
    for _, one, asked in _rollup(subject):
        for name, wanted in names.items():
            if asked != wanted.lower() and parse_number((attribute(one, name) or "0").strip()):
                yield Breach(f"{name} has no effect without {wanted.value}.", one)


@rule(
    "sequencing.rollup_minimum_unreachable",
    Severity.WARNING,
    "Ask for no more children than there are.",
    v2004="rollupRules",
)
def rollup_asks_for_no_more_children_than_there_are(subject: Subject) -> Breaches:
    """A rollup rule asks for no more children than the activity has."""
    for activity, one, asked in _rollup(subject):
        count = parse_number((attribute(one, "minimumCount") or "0").strip()) or 0
        if asked == "atleastcount" and activity.children and count > len(activity.children):
            yield Breach(f"The rollup rule asks for {count:g} of {len(activity.children)} children.", one)


@rule(
    "sequencing.rollup_on_leaf",
    Severity.INFO,
    "Move the rules to the cluster.",
    v2004="rollupRules",
)
def rollup_rules_stand_on_clusters(subject: Subject) -> Breaches:
    """Rollup rules are said of activities that have children."""
    for activity, one, _ in _rollup(subject):
        if not activity.children:
            yield Breach(f"{subject.named(activity.element)} has no children to roll up.", one)


@rule(
    "sequencing.always_disabled",
    Severity.INFO,
    "If it is meant to be out of reach, nothing is to be done.",
    v2004="sequencingRules",
)
def no_activity_is_always_closed(subject: Subject) -> Breaches:
    """No activity is disabled or skipped by a rule that always holds."""
    for activity in subject.activities:
        for one in activity.sequencing.pre_condition_rules:
            if one.action in {RuleAction.DISABLED, RuleAction.SKIP} and _always(one):
                closed = "skipped" if one.action is RuleAction.SKIP else "disabled"
                yield Breach(
                    f"{subject.named(activity.element)} is always {closed}.", activity.place("sequencingrules")
                )


def _always(one: SequencingRule) -> bool:
    always = [condition for condition in one.conditions if _holds_always(condition)]
    return bool(always) and (len(always) == len(one.conditions) or one.combination.value == "any")


def _holds_always(condition: RuleCondition) -> bool:
    return condition.condition.value == ("never" if condition.negated else "always")


RULES = (
    rules_have_conditions,
    conditions_fit_their_kind_of_rule,
    conditions_are_those_that_count,
    comparing_conditions_have_a_threshold,
    thresholds_stand_on_comparing_conditions,
    conditions_ask_objectives_of_their_activity,
    conditions_about_the_activity_name_no_objective,
    counting_rollup_rules_have_a_minimum,
    minimums_stand_on_counting_rollup_rules,
    rollup_asks_for_no_more_children_than_there_are,
    rollup_rules_stand_on_clusters,
    no_activity_is_always_closed,
)
