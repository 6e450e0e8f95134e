"""Conditions, rules and limits: what they say about one activity now. [SN UP.1, UP.2, UP.5, RB.1.4.1]"""

from collections.abc import Iterable

from courseway.standards.manifests.sequencing import (
    Combination,
    ConditionName,
    RuleAction,
    RuleCondition,
    SequencingRule,
)
from courseway.standards.sequencing import tracking
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity


def limits_reached(run: Run, activity: Activity) -> bool:
    """Say whether an attempt limit forbids another attempt. [SN UP.1]"""
    held = run.tracking(activity)
    if not activity.is_tracked or held.active or held.suspended:
        return False
    limit = activity.sequencing.limit_conditions.attempt_limit
    if limit is not None and held.attempts >= limit:
        run.note("UP.1", f"{activity.identifier}: {held.attempts} attempts reach the limit of {limit}")
        return True
    return False


def first_action(
    run: Run, activity: Activity, rules: Iterable[SequencingRule], wanted: set[RuleAction]
) -> RuleAction | None:
    """Return the action of the first rule of the wanted kind that holds. [SN UP.2]"""
    for rule in rules:
        if rule.action in wanted and rule_holds(run, activity, rule):
            run.note("UP.2", f"{activity.identifier}: {rule.action.value}")
            return rule.action
    return None


def pre_condition(run: Run, activity: Activity, action: RuleAction) -> bool:
    """Say whether a pre-condition rule of this action holds. [SN UP.2]"""
    return first_action(run, activity, activity.sequencing.pre_condition_rules, {action}) is not None


def is_forbidden(run: Run, activity: Activity) -> bool:
    """Say whether an activity is disabled or at its limits. [SN UP.5]"""
    return pre_condition(run, activity, RuleAction.DISABLED) or limits_reached(run, activity)


def rule_holds(run: Run, activity: Activity, rule: SequencingRule) -> bool:
    """Say whether a rule's conditions hold; unknown is no. [SN UP.2.1]"""
    return combine((evaluate(run, activity, one) for one in rule.conditions), rule.combination) is True


def combine(values: Iterable[bool | None], combination: Combination) -> bool | None:
    """Combine conditions in three-valued logic; no conditions are unknown. [SN UP.2.1, RB.1.4.1]"""
    found = list(values)
    if not found:
        return None
    decisive = combination is Combination.ANY
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def evaluate(run: Run, activity: Activity, condition: RuleCondition) -> bool | None:
    """Evaluate one condition, with its operator. [SN UP.2.1, RB.1.4.1]"""
    value = _plain(run, activity, condition)
    return None if value is None else value is not condition.negated


def _plain(run: Run, activity: Activity, condition: RuleCondition) -> bool | None:
    name = condition.condition
    if name is ConditionName.ALWAYS:
        return True
    if name is ConditionName.NEVER:
        return False
    if not activity.is_tracked:
        return None
    if name is ConditionName.ATTEMPTED:
        return run.tracking(activity).attempts > 0
    if name is ConditionName.ATTEMPT_LIMIT_EXCEEDED:
        limit = activity.sequencing.limit_conditions.attempt_limit
        return limit is not None and run.tracking(activity).attempts >= limit
    if name in (ConditionName.TIME_LIMIT_EXCEEDED, ConditionName.OUTSIDE_AVAILABLE_TIME_RANGE):
        return False  # nothing but the attempt limit has to be evaluated [SN 3.5]
    return _of_objective(run, activity, condition)


def _of_objective(run: Run, activity: Activity, condition: RuleCondition) -> bool | None:
    objective = tracking.find_objective(activity, condition.referenced_objective)
    if objective is None:
        return None
    name = condition.condition
    if name is ConditionName.COMPLETED:
        return tracking.completed_of(run, activity, objective)
    if name is ConditionName.ACTIVITY_PROGRESS_KNOWN:
        return tracking.completed_of(run, activity, objective) is not None
    status = tracking.satisfied(run, activity, objective)
    if name is ConditionName.SATISFIED:
        return status
    if name is ConditionName.OBJECTIVE_STATUS_KNOWN:
        return status is not None
    reached = tracking.measure(run, activity, objective)
    if name is ConditionName.OBJECTIVE_MEASURE_KNOWN:
        return reached is not None
    if reached is None:
        return None
    if name is ConditionName.OBJECTIVE_MEASURE_GREATER_THAN:
        return reached > condition.measure_threshold
    return reached < condition.measure_threshold
