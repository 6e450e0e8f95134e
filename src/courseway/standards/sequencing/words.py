"""
The reasoning in words, for people who build courses: conditions, rules, values and refusals. Nothing is decided here.

Identifiers stand in double quotes, so that whoever shows a step can put titles in their place.
"""

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    Combination,
    ConditionName,
    RollupAction,
    RollupRule,
    RuleCondition,
    SequencingRule,
)
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind

MOST_CONDITIONS = 12
LONGEST_NAME = 200
_CONDITIONS = {
    ConditionName.SATISFIED: "satisfied",
    ConditionName.OBJECTIVE_STATUS_KNOWN: "success known",
    ConditionName.OBJECTIVE_MEASURE_KNOWN: "score known",
    ConditionName.COMPLETED: "completed",
    ConditionName.ACTIVITY_PROGRESS_KNOWN: "completion known",
    ConditionName.ATTEMPTED: "attempted",
    ConditionName.ATTEMPT_LIMIT_EXCEEDED: "attempt limit reached",
    ConditionName.TIME_LIMIT_EXCEEDED: "time limit exceeded",
    ConditionName.OUTSIDE_AVAILABLE_TIME_RANGE: "outside its dates",
    ConditionName.ALWAYS: "always",
    ConditionName.NEVER: "never",
}
_VALUES = {
    "satisfied": ("satisfied", "not satisfied"),
    "completed": ("completed", "not completed"),
}
_SETS = {
    ChildActivitySet.ALL: "all children",
    ChildActivitySet.ANY: "any child",
    ChildActivitySet.NONE: "no child",
}
_ROLLED_UP = {
    RollupAction.SATISFIED: "satisfied",
    RollupAction.NOT_SATISFIED: "not satisfied",
    RollupAction.COMPLETED: "completed",
    RollupAction.INCOMPLETE: "incomplete",
}
REQUESTS = {
    RequestKind.START: "begin the course",
    RequestKind.RESUME_ALL: "go on where it was suspended",
    RequestKind.CONTINUE: "Continue",
    RequestKind.PREVIOUS: "Previous",
    RequestKind.CHOICE: "a choice",
    RequestKind.JUMP: "a jump",
    RequestKind.EXIT: "leave this part",
    RequestKind.EXIT_ALL: "finish the course",
    RequestKind.ABANDON: "leave this part without keeping it",
    RequestKind.ABANDON_ALL: "leave the course without keeping it",
    RequestKind.SUSPEND_ALL: "suspend the course",
    RequestKind.RETRY: "another attempt on this part",
    RequestKind.RETRY_ALL: "another attempt on the whole course",
}
REASONS = {
    Refused.ALREADY_STARTED: "the course is running already",
    Refused.NOT_STARTED: "the course is not running",
    Refused.NOTHING_SUSPENDED: "nothing was suspended",
    Refused.FLOW_NOT_ALLOWED: "the cluster it is in does not flow",
    Refused.PREVIOUS_NOT_ALLOWED: "the cluster it is in does not flow, or only forward",
    Refused.NO_PREVIOUS_OF_ROOT: "there is nothing before the course itself",
    Refused.CHOICE_EXIT_NOT_ALLOWED: "an activity in progress may not be left by choice",
    Refused.CHOICE_NOT_ALLOWED: "its cluster does not allow choice",
    Refused.TARGET_UNKNOWN: "there is no such activity",
    Refused.ALREADY_ENDED: "the current activity has ended already",
    Refused.UNDEFINED_REQUEST: "there is no such request",
    Refused.NOTHING_TO_END: "nothing is running that could end",
    Refused.ENDED_BEFORE: "the current activity has ended already",
    Refused.NOTHING_TO_SUSPEND: "nothing is running that could be suspended",
    Refused.ROOT_HAS_NO_PARENT: "the course itself has no parent to exit",
    Refused.BEYOND_END: "this is the end of the course",
    Refused.NO_CHILDREN: "the cluster has no available children",
    Refused.BEFORE_START: "this is the beginning of the course",
    Refused.FORWARD_ONLY: "the cluster goes forward only",
    Refused.NO_FLOW_IN_PARENT: "the cluster on the way does not flow",
    Refused.ACTIVITY_NOT_ALLOWED: "the next activity is disabled or its limits are reached",
    Refused.TRAVERSAL_STOPPED: "a rule on the way stops forward traversal",
    Refused.CHOICE_FORWARD_ONLY: "the cluster goes forward only",
    Refused.CHOICE_BEFORE_ROOT: "there is nothing before the course itself",
    Refused.START_RUNNING: "the course is running already",
    Refused.RESUME_RUNNING: "the course is running already",
    Refused.RESUME_NOTHING: "nothing was suspended",
    Refused.CONTINUE_NOT_RUNNING: "the course is not running",
    Refused.CONTINUE_NO_FLOW: "the cluster it is in does not flow",
    Refused.PREVIOUS_NOT_RUNNING: "the course is not running",
    Refused.PREVIOUS_NO_FLOW: "the cluster it is in does not flow",
    Refused.CHOICE_NO_TARGET: "there is no such activity",
    Refused.CHOICE_NOT_AVAILABLE: "it was not selected for this attempt",
    Refused.CHOICE_HIDDEN: "a rule hides it from choice",
    Refused.CHOICE_PARENT_FORBIDS: "its cluster does not allow choice",
    Refused.CHOICE_NO_PATH: "no way leads there",
    Refused.CHOICE_NOT_ACTIVATED: "a cluster on the way can only be entered from its beginning",
    Refused.CHOICE_EXIT: "a cluster on the way may not be left by choice",
    Refused.CHOICE_CONSTRAINED: "only the neighbours of the present cluster can be chosen",
    Refused.CHOICE_LEADS_NOWHERE: "nothing in it can be delivered",
    Refused.RETRY_NOT_RUNNING: "the course is not running",
    Refused.RETRY_ACTIVE: "it is still active or suspended",
    Refused.RETRY_LEADS_NOWHERE: "nothing in it can be delivered",
    Refused.EXIT_NOT_RUNNING: "the course is not running",
    Refused.EXIT_ACTIVE: "the current activity has not ended",
    Refused.JUMP_NO_TARGET: "there is no such activity, or it was not selected for this attempt",
    Refused.NOT_A_LEAF: "a cluster cannot be delivered",
    Refused.NOTHING_DELIVERED: "there is nothing to deliver",
    Refused.DELIVERY_NOT_ALLOWED: "it, or a cluster it is in, is disabled or its limits are reached",
    Refused.PREREQUISITES: "its prerequisites are not met",
}


def explain(refused: Refused) -> str:
    """Put a refusal into words, with its code."""
    return f"{REASONS[refused]} ({refused.value})"


def clause_of(refused: Refused) -> str:
    """Return the process a refusal comes from."""
    return refused.value.rsplit("-", 1)[0]


def describe_truth(value: bool | None) -> str:
    """Say true, false or unknown."""
    return {True: "true", False: "false", None: "unknown"}[value]


def describe_value(name: str, value: bool | float | None) -> str:
    """Say one value of an objective."""
    if value is None:
        return f"an unknown {name}"
    if name in _VALUES:
        return f'"{_VALUES[name][0 if value else 1]}"'
    return f"{name} {value:g}"


def describe_condition(condition: RuleCondition) -> str:
    """Say what a condition asks."""
    name = condition.condition
    if name is ConditionName.OBJECTIVE_MEASURE_GREATER_THAN:
        words = f"score above {condition.measure_threshold:g}"
    elif name is ConditionName.OBJECTIVE_MEASURE_LESS_THAN:
        words = f"score below {condition.measure_threshold:g}"
    else:
        words = _CONDITIONS[name]
    if condition.referenced_objective:
        words += f' (objective "{shorten(condition.referenced_objective)}")'
    return f"not {words}" if condition.negated else words


def describe_conditions(conditions: tuple[RuleCondition, ...], combination: Combination) -> str:
    """Say what a rule asks; of very many conditions the first."""
    between = " and " if combination is Combination.ALL else " or "
    said = [describe_condition(one) for one in conditions[:MOST_CONDITIONS]]
    if len(conditions) > MOST_CONDITIONS:
        said.append(f"{len(conditions) - MOST_CONDITIONS} more")
    return between.join(said) or "nothing"


def shorten(text: str) -> str:
    """Return an identifier as it fits into a sentence."""
    return text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "…"


def describe_rule(rule: SequencingRule) -> str:
    """Say a sequencing rule."""
    return f"if {describe_conditions(rule.conditions, rule.combination)} then {rule.action.value}"


def describe_rollup_rule(rule: RollupRule, *, by_default: bool) -> str:
    """Say a rollup rule."""
    if rule.child_activity_set is ChildActivitySet.AT_LEAST_COUNT:
        children = f"at least {rule.minimum_count} children"
    elif rule.child_activity_set is ChildActivitySet.AT_LEAST_PERCENT:
        children = f"at least {rule.minimum_percent:.0%} of the children"
    else:
        children = _SETS[rule.child_activity_set]
    kind = "default rule" if by_default else "rule"
    asked = describe_conditions(rule.conditions, rule.combination)
    return f"{kind}: {_ROLLED_UP[rule.action]} if {children}: {asked}"


def describe_report(ended: EndedActivity) -> str:
    """Say what content reported of itself."""
    parts = [
        {True: "completed", False: "incomplete", None: "no completion"}[ended.completed],
        {True: "passed", False: "failed", None: "no success"}[ended.satisfied],
    ]
    if ended.measure is not None:
        parts.append(f"score {ended.measure:g}")
    if ended.progress is not None:
        parts.append(f"progress {ended.progress:g}")
    if ended.exit:
        parts.append(f"leaving with {ended.exit}")
    return ", ".join(parts)
