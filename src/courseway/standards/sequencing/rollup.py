"""From the children's status to the parent's. [SN RB.1.1 - RB.1.5]"""

from collections.abc import Iterable

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    ConditionName,
    Requirement,
    RollupAction,
    RollupRule,
    RuleAction,
    RuleCondition,
)
from courseway.standards.sequencing import rules, tracking
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.words import describe_rollup_rule, describe_value

STATUS = (RollupAction.NOT_SATISFIED, RollupAction.SATISFIED)
PROGRESS = (RollupAction.INCOMPLETE, RollupAction.COMPLETED)
DEFAULTS = {
    RollupAction.NOT_SATISFIED: RollupRule(
        RollupAction.NOT_SATISFIED, (RuleCondition(ConditionName.OBJECTIVE_STATUS_KNOWN),)
    ),
    RollupAction.SATISFIED: RollupRule(RollupAction.SATISFIED, (RuleCondition(ConditionName.SATISFIED),)),
    RollupAction.INCOMPLETE: RollupRule(
        RollupAction.INCOMPLETE, (RuleCondition(ConditionName.ACTIVITY_PROGRESS_KNOWN),)
    ),
    RollupAction.COMPLETED: RollupRule(RollupAction.COMPLETED, (RuleCondition(ConditionName.COMPLETED),)),
}
_OF_PROGRESS = {ConditionName.COMPLETED, ConditionName.ACTIVITY_PROGRESS_KNOWN, ConditionName.ATTEMPTED}
_ASKS_WHAT_IS_KNOWN = {
    ConditionName.ACTIVITY_PROGRESS_KNOWN,
    ConditionName.OBJECTIVE_STATUS_KNOWN,
    ConditionName.OBJECTIVE_MEASURE_KNOWN,
    ConditionName.ATTEMPTED,
}
_MOST_PASSES = 8


def overall_rollup_process(run: Run, activity: Activity) -> None:
    """
    Roll up from an activity to the root, and from every activity that reads a global objective written meanwhile. [SN RB.1.5]

    Maps may form circles; passes are limited, and the order is from the deepest up.
    """
    tracking.publish(run, activity)
    pending = {one.identifier: one for one in activity.path()[:-1]}
    for _ in range(_MOST_PASSES):
        for one in sorted(pending.values(), key=lambda found: -found.depth):
            _roll_up_one(run, one)
            tracking.publish(run, one)
        readers = [one for target in sorted(run.touched_globals) for one in run.tree.readers.get(target, ())]
        run.touched_globals.clear()
        pending = {above.identifier: above for reader in readers for above in reader.path()[:-1]}
        if not pending:
            return


def _roll_up_one(run: Run, activity: Activity) -> None:
    if not activity.is_tracked or activity.is_leaf:
        return
    measure_rollup_process(run, activity)
    completion_measure_rollup_process(run, activity)
    objective_rollup_process(run, activity)
    activity_progress_rollup_process(run, activity)


def measure_rollup_process(run: Run, activity: Activity) -> None:
    """
    Weigh the children's measures into the activity's own. [SN RB.1.1 a]

    Divided by the weights of all tracked children, also of those without a measure.
    """
    weighed = (
        (child, child.sequencing.rollup_rules.objective_measure_weight) for child in run.available_children(activity)
    )
    _set(run, activity, "RB.1.1 a", "measure", _weigh(run, activity, weighed, objective=True))


def completion_measure_rollup_process(run: Run, activity: Activity) -> None:
    """Weigh the children's progress into the activity's own; the 4th edition began with it. [SN RB.1.1 b]"""
    if not run.tree.rolls_up_progress:
        return
    weighed = ((child, child.threshold.progress_weight) for child in run.available_children(activity))
    _set(run, activity, "RB.1.1 b", "progress", _weigh(run, activity, weighed, objective=False))


def _weigh(run: Run, activity: Activity, weighed: Iterable[tuple[Activity, float]], *, objective: bool) -> float | None:
    total = weights = 0.0
    known = False
    attempt = _attempt_that_counts(run, activity, objective=objective)
    for child, weight in weighed:
        if not child.is_tracked or weight <= 0:
            continue
        weights += weight
        if not _counts_now(run, child, attempt):
            continue
        reached = tracking.measure(run, child, child.primary) if objective else tracking.progress(run, child)
        if reached is not None:
            known = True
            total += weight * reached
    return round(total / weights, 7) if known and weights else None


def objective_rollup_process(run: Run, activity: Activity) -> None:
    """Set the activity's satisfied status by its rollup rules; by measure it is derived when it is read. [SN RB.1.2]"""
    if activity.primary.satisfied_by_measure:
        return
    verdict = _verdict(run, activity, STATUS)
    if verdict is not None:
        _set(run, activity, "RB.1.2 b", "satisfied", verdict)


def activity_progress_rollup_process(run: Run, activity: Activity) -> None:
    """Set the activity's completion by its rollup rules; by measure it is derived when it is read. [SN RB.1.3]"""
    if activity.completes_by_measure:
        return
    verdict = _verdict(run, activity, PROGRESS)
    if verdict is not None:
        _set(run, activity, "RB.1.3", "completed", verdict)


def _set(run: Run, activity: Activity, clause: str, name: str, value: bool | float | None) -> None:
    """Write what was rolled up, and say so when it is news."""
    of_objective = name in ("satisfied", "measure")
    held = tracking.local(run, activity, activity.primary) if of_objective else run.tracking(activity)
    if getattr(held, name) == value:
        return
    setattr(run.objective(activity) if of_objective else run.written(activity), name, value)
    if run.tracing:
        run.note(clause, f'"{activity.identifier}" now has {describe_value(name, value)}', activity)


def _verdict(run: Run, activity: Activity, actions: tuple[RollupAction, RollupAction]) -> bool | None:
    """Try the rules for the negative, then those for the positive action: the later wins. [SN RB.1.2 b, RB.1.3 b]"""
    explicit = [one for one in activity.sequencing.rollup_rules.rules if one.action in actions]
    if not explicit:
        return default_verdict(run, activity, actions)
    verdict: bool | None = None
    for action in actions:
        candidates = [one for one in explicit if one.action is action]
        if any(rollup_rule_check_subprocess(run, activity, one) for one in candidates):
            verdict = action is actions[1]
    return verdict


def default_verdict(run: Run, activity: Activity, actions: tuple[RollupAction, RollupAction]) -> bool | None:
    """
    Apply the two default rules: negative when all is known, positive when all is done. [SN RB.1.2 c, RB.1.3 c]

    Both ask all children for the same status, so they are asked once, until one decides against both: in most clusters
    that is the first. An "all" over no child that counts does not hold here.
    """
    objective = actions is STATUS
    attempt = _attempt_that_counts(run, activity, objective=objective)
    all_known = all_done = True
    some_known = some_done = False
    for child in run.available_children(activity):
        if not child.is_tracked:
            continue
        status = None
        if _counts_now(run, child, attempt):
            status = tracking.satisfied(run, child, child.primary) if objective else tracking.completed(run, child)
        if child.always_counts or check_child_for_rollup_subprocess(run, child, actions[0]):
            all_known, some_known = all_known and status is not None, True
        if child.always_counts or check_child_for_rollup_subprocess(run, child, actions[1]):
            all_done, some_done = all_done and status is True, True
        if not (all_known or all_done):
            return None
    if all_done and some_done:
        return _by_default(run, activity, actions[1], verdict=True)
    return _by_default(run, activity, actions[0], verdict=False) if all_known and some_known else None


def _by_default(run: Run, activity: Activity, action: RollupAction, *, verdict: bool) -> bool:
    if run.tracing:
        words = describe_rollup_rule(DEFAULTS[action], by_default=True)
        run.note("RB.1.4", f'"{activity.identifier}", {words}: holds', activity)
    return verdict


def rollup_rule_check_subprocess(run: Run, activity: Activity, rule: RollupRule) -> bool:
    """Ask the children that count; "all" over none of them holds. [SN RB.1.4]"""
    verdict = _ask_children(run, activity, rule)
    if run.tracing:
        words = describe_rollup_rule(rule, by_default=False)
        run.note("RB.1.4", f'"{activity.identifier}", {words}: {"holds" if verdict else "does not hold"}', activity)
    return verdict


def _ask_children(run: Run, activity: Activity, rule: RollupRule) -> bool:
    wanted = rule.child_activity_set
    asked = held = 0
    for child in run.available_children(activity):
        if not child.is_tracked or not check_child_for_rollup_subprocess(run, child, rule.action):
            continue
        value = evaluate_rollup_conditions_subprocess(run, activity, child, rule)
        asked += 1
        if wanted is ChildActivitySet.ALL:
            if value is not True:
                return False
        elif wanted is ChildActivitySet.ANY:
            if value is True:
                return True
        elif wanted is ChildActivitySet.NONE and value is not False:
            return False
        held += value is True
    if wanted is ChildActivitySet.AT_LEAST_COUNT:
        return held >= rule.minimum_count
    if wanted is ChildActivitySet.AT_LEAST_PERCENT:
        return asked > 0 and held / asked >= rule.minimum_percent
    return wanted is not ChildActivitySet.ANY


def evaluate_rollup_conditions_subprocess(
    run: Run, activity: Activity, child: Activity, rule: RollupRule
) -> bool | None:
    """Say whether one child meets a rule's conditions. [SN RB.1.4.1]"""
    if len(rule.conditions) == 1:
        return _evaluate(run, activity, child, rule.conditions[0])
    return rules.combine((_evaluate(run, activity, child, one) for one in rule.conditions), rule.combination)


def _evaluate(run: Run, activity: Activity, child: Activity, condition: RuleCondition) -> bool | None:
    name = condition.condition
    if _counts_now(run, child, _attempt_that_counts(run, activity, objective=name not in _OF_PROGRESS)):
        return rules.evaluate(run, child, condition)
    return condition.negated if name in _ASKS_WHAT_IS_KNOWN else None


def _attempt_that_counts(run: Run, activity: Activity, *, objective: bool) -> int | None:
    """Return the attempt on a cluster whose results of its children count alone; None when earlier ones do, too. [SN 3.2.5, 3.2.6]"""
    control = activity.control
    only_current = (
        control.use_current_attempt_objective_info if objective else control.use_current_attempt_progress_info
    )
    return run.tracking(activity).attempts if only_current else None


def _counts_now(run: Run, child: Activity, attempt: int | None) -> bool:
    """Say whether the child's information belongs to that attempt, or to none yet."""
    if attempt is None:
        return True
    held = run.state.activities.get(child.identifier)
    return held is None or held.of_attempt == attempt or held.attempts == 0


def check_child_for_rollup_subprocess(run: Run, child: Activity, action: RollupAction) -> bool:
    """Say whether a child takes part in a rollup of this action. [SN RB.1.4.2]"""
    own, considerations = child.sequencing.rollup_rules, child.sequencing.rollup_considerations
    takes_part = own.rollup_objective_satisfied if action in STATUS else own.rollup_progress_completion
    if not takes_part:
        return False
    requirement = getattr(considerations, _REQUIRED[action])
    if requirement is Requirement.ALWAYS:
        return True
    held = run.tracking(child)
    if requirement is Requirement.IF_NOT_SUSPENDED:
        return not (held.attempts > 0 and held.suspended)
    if requirement is Requirement.IF_ATTEMPTED:
        return held.attempts > 0
    with run.silent():
        return not rules.pre_condition(run, child, RuleAction.SKIP)


_REQUIRED = {
    RollupAction.SATISFIED: "required_for_satisfied",
    RollupAction.NOT_SATISFIED: "required_for_not_satisfied",
    RollupAction.COMPLETED: "required_for_completed",
    RollupAction.INCOMPLETE: "required_for_incomplete",
}
