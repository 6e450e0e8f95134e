"""Conditions, rules and limits: what they say about one activity now. [SN UP.1, UP.2, UP.5]"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

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
from courseway.standards.sequencing.words import MOST_CONDITIONS, describe_rule, describe_truth


def limit_conditions_check_process(run: Run, activity: Activity) -> bool:
    """Say whether a limit forbids another attempt; one under way may go on. [SN UP.1]"""
    if not activity.limited or not activity.is_tracked:
        return False
    held = run.tracking(activity)
    if held.active or held.suspended:
        return False
    if attempt_limit_exceeded(run, activity):
        if run.tracing:
            limit = activity.sequencing.limit_conditions.attempt_limit
            words = f'{held.attempts} attempts on "{activity.identifier}" reach the limit of {limit}'
            run.note("UP.1", words, activity)
        return True
    if time_limit_exceeded(run, activity):
        run.note("UP.1", f'the time for "{activity.identifier}" is used up', activity)
        return True
    if outside_available_time_range(run, activity):
        run.note("UP.1", f'"{activity.identifier}" is outside its dates', activity)
        return True
    return False


def attempt_limit_exceeded(run: Run, activity: Activity) -> bool:
    """Say whether as many attempts were begun as there may be. [SN UP.1 1]"""
    limit = activity.sequencing.limit_conditions.attempt_limit
    return limit is not None and run.tracking(activity).attempts >= limit


def time_limit_exceeded(run: Run, activity: Activity) -> bool:
    """
    Say whether the time for the attempt or for the activity is used up. [SN UP.1 2-5]

    An attempt that is over leaves its time behind; the next one begins with all of it.
    """
    if run.now is None or not activity.limited:
        return False
    limits, held = activity.sequencing.limit_conditions, run.tracking(activity)
    going_on = held.active or held.suspended
    since_began = run.now - held.began if going_on and held.began is not None else 0.0
    since_first = run.now - held.first_began if held.first_began is not None else 0.0
    spent = (
        (limits.attempt_absolute_duration_seconds, since_began),
        (limits.attempt_experienced_duration_seconds, held.seconds if going_on else 0.0),
        (limits.activity_absolute_duration_seconds, since_first),
        (limits.activity_experienced_duration_seconds, held.earlier_seconds + held.seconds),
    )
    return any(limit is not None and used >= limit for limit, used in spent)


def outside_available_time_range(run: Run, activity: Activity) -> bool:
    """Say whether it is too early or too late for an activity. [SN UP.1 6-7]"""
    if run.now is None or not activity.limited:
        return False
    limits = activity.sequencing.limit_conditions
    begin, end = _moment(limits.begin_time_limit), _moment(limits.end_time_limit)
    return (begin is not None and run.now < begin) or (end is not None and run.now > end)


def _moment(text: str) -> float | None:
    """Read a date and time in seconds since 1970; without a zone it is UTC, and what is no date is no limit."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def sequencing_rules_check_process(
    run: Run, activity: Activity, rules: Iterable[SequencingRule], wanted: Iterable[RuleAction]
) -> RuleAction | None:
    """Return the action of the first rule of the wanted kinds that holds. [SN UP.2]"""
    for rule in rules:
        if rule.action in wanted and sequencing_rule_check_subprocess(run, activity, rule):
            return rule.action
    return None


def sequencing_rule_check_subprocess(run: Run, activity: Activity, rule: SequencingRule) -> bool:
    """Say whether a rule's conditions hold; unknown is no. [SN UP.2.1]"""
    values = [evaluate(run, activity, one) for one in rule.conditions]
    verdict = combine(values, rule.combination)
    if run.tracing:
        found = ", ".join(describe_truth(one) for one in values[:MOST_CONDITIONS]) or "nothing asked"
        outcome = "it fires" if verdict else "it does not fire"
        run.note("UP.2.1", f'rule of "{activity.identifier}": {describe_rule(rule)}: {found}, so {outcome}', activity)
    return verdict is True


def pre_condition(run: Run, activity: Activity, action: RuleAction) -> bool:
    """Say whether a pre-condition rule of this action holds. [SN UP.2]"""
    rules = activity.pre_conditions.get(action)
    return rules is not None and sequencing_rules_check_process(run, activity, rules, (action,)) is not None


def check_activity_process(run: Run, activity: Activity) -> bool:
    """Say whether an activity is disabled or at its limits. [SN UP.5]"""
    if not activity.pre_conditions and not activity.limited:
        return False
    return pre_condition(run, activity, RuleAction.DISABLED) or limit_conditions_check_process(run, activity)


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
    name = condition.condition
    if name is ConditionName.ALWAYS:
        value: bool | None = True
    elif name is ConditionName.NEVER:
        value = False
    elif not activity.is_tracked:
        value = None
    else:
        asked = _OF_ACTIVITY.get(name)
        value = asked(run, activity) if asked is not None else _of_objective(run, activity, condition)
    return None if value is None else value is not condition.negated


_OF_ACTIVITY: dict[ConditionName, Callable[[Run, Activity], bool]] = {
    ConditionName.ATTEMPTED: lambda run, activity: run.tracking(activity).attempts > 0,
    ConditionName.ATTEMPT_LIMIT_EXCEEDED: attempt_limit_exceeded,
    ConditionName.TIME_LIMIT_EXCEEDED: time_limit_exceeded,
    ConditionName.OUTSIDE_AVAILABLE_TIME_RANGE: outside_available_time_range,
}


def _of_objective(run: Run, activity: Activity, condition: RuleCondition) -> bool | None:
    objective = tracking.find_objective(activity, condition.referenced_objective)
    if objective is None:
        return None
    name = condition.condition
    if name is ConditionName.COMPLETED:
        return tracking.completed_of(run, activity, objective)
    if name is ConditionName.ACTIVITY_PROGRESS_KNOWN:
        return tracking.completed_of(run, activity, objective) is not None
    if name is ConditionName.SATISFIED:
        return tracking.satisfied(run, activity, objective)
    if name is ConditionName.OBJECTIVE_STATUS_KNOWN:
        return tracking.satisfied(run, activity, objective) is not None
    reached = tracking.measure(run, activity, objective)
    if name is ConditionName.OBJECTIVE_MEASURE_KNOWN:
        return reached is not None
    if reached is None:
        return None
    if name is ConditionName.OBJECTIVE_MEASURE_GREATER_THAN:
        return reached > condition.measure_threshold
    return reached < condition.measure_threshold
