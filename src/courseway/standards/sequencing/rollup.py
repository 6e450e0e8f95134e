"""From the children's status to the parent's. [SN RB.1.1 - RB.1.5]"""

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
from courseway.standards.sequencing.run import UNTOUCHED, Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.words import describe_rollup_rule, describe_value

_STATUS = (RollupAction.NOT_SATISFIED, RollupAction.SATISFIED)
_PROGRESS = (RollupAction.INCOMPLETE, RollupAction.COMPLETED)
_DEFAULTS = {
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
    total = weights = 0.0
    known = False
    for child in run.available_children(activity):
        weight = child.sequencing.rollup_rules.objective_measure_weight
        if not child.is_tracked or weight <= 0:
            continue
        weights += weight
        if child.is_plain and child.identifier not in run.state.activities:
            continue
        reached = (
            tracking.measure(run, child, child.primary) if _counts_now(run, activity, child, objective=True) else None
        )
        if reached is not None:
            known = True
            total += weight * reached
    _set(run, activity, "RB.1.1 a", "measure", round(total / weights, 7) if known and weights else None)


def completion_measure_rollup_process(run: Run, activity: Activity) -> None:
    """Weigh the children's progress into the activity's own; the 4th edition began with it. [SN RB.1.1 b]"""
    if not run.tree.rolls_up_progress:
        return
    total = weights = 0.0
    known = False
    for child in run.available_children(activity):
        weight = child.threshold.progress_weight
        if not child.is_tracked or weight <= 0:
            continue
        weights += weight
        if child.is_plain and child.identifier not in run.state.activities:
            continue
        reached = tracking.progress(run, child) if _counts_now(run, activity, child, objective=False) else None
        if reached is not None:
            known = True
            total += weight * reached
    _set(run, activity, "RB.1.1 b", "progress", round(total / weights, 7) if known and weights else None)


def objective_rollup_process(run: Run, activity: Activity) -> None:
    """Set the activity's satisfied status by its rollup rules; by measure it is derived when it is read. [SN RB.1.2]"""
    if activity.primary.satisfied_by_measure:
        return
    verdict = _verdict(run, activity, _STATUS)
    if verdict is not None:
        _set(run, activity, "RB.1.2 b", "satisfied", verdict)


def activity_progress_rollup_process(run: Run, activity: Activity) -> None:
    """Set the activity's completion by its rollup rules; by measure it is derived when it is read. [SN RB.1.3]"""
    if activity.completes_by_measure:
        return
    verdict = _verdict(run, activity, _PROGRESS)
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
        return _default_verdict(run, activity, actions)
    verdict: bool | None = None
    for action in actions:
        candidates = [one for one in explicit if one.action is action]
        if any(rollup_rule_check_subprocess(run, activity, one) for one in candidates):
            verdict = action is actions[1]
    return verdict


def _default_verdict(run: Run, activity: Activity, actions: tuple[RollupAction, RollupAction]) -> bool | None:
    """
    Apply the two default rules: negative when all is known, positive when all is done. [SN RB.1.2 c, RB.1.3 c]

    Both ask "all", so the first child that is not known decides against both: most clusters are asked one child.
    """
    negative, positive = (
        rollup_rule_check_subprocess(run, activity, _DEFAULTS[action], by_default=True) for action in actions
    )
    return True if positive else (False if negative else None)


def rollup_rule_check_subprocess(run: Run, activity: Activity, rule: RollupRule, *, by_default: bool = False) -> bool:
    """Ask the children that count. An explicit "all" over none holds, a default one does not. [SN RB.1.4]"""
    verdict = _ask_children(run, activity, rule, by_default=by_default)
    if run.tracing and (verdict or not by_default):
        words = describe_rollup_rule(rule, by_default=by_default)
        run.note("RB.1.4", f'"{activity.identifier}", {words}: {"holds" if verdict else "does not hold"}', activity)
    return verdict


def _ask_children(run: Run, activity: Activity, rule: RollupRule, *, by_default: bool) -> bool:
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
    return wanted is not ChildActivitySet.ANY and (asked > 0 or not by_default)


def evaluate_rollup_conditions_subprocess(
    run: Run, activity: Activity, child: Activity, rule: RollupRule
) -> bool | None:
    """Say whether one child meets a rule's conditions. [SN RB.1.4.1]"""
    if len(rule.conditions) == 1:
        return _evaluate(run, activity, child, rule.conditions[0])
    return rules.combine((_evaluate(run, activity, child, one) for one in rule.conditions), rule.combination)


def _evaluate(run: Run, activity: Activity, child: Activity, condition: RuleCondition) -> bool | None:
    name = condition.condition
    if _counts_now(run, activity, child, objective=name not in _OF_PROGRESS):
        return rules.evaluate(run, child, condition)
    return condition.negated if name in _ASKS_WHAT_IS_KNOWN else None


def _counts_now(run: Run, activity: Activity, child: Activity, *, objective: bool) -> bool:
    """Say whether the child's information belongs to the parent's present attempt, or need not. [SN 3.2.5, 3.2.6]"""
    control = activity.control
    only_current = (
        control.use_current_attempt_objective_info if objective else control.use_current_attempt_progress_info
    )
    if not only_current:
        return True
    held = run.state.activities.get(child.identifier, UNTOUCHED)
    return held.attempts == 0 or held.of_attempt == run.tracking(activity).attempts


def check_child_for_rollup_subprocess(run: Run, child: Activity, action: RollupAction) -> bool:
    """Say whether a child takes part in a rollup of this action. [SN RB.1.4.2]"""
    own, considerations = child.sequencing.rollup_rules, child.sequencing.rollup_considerations
    takes_part = own.rollup_objective_satisfied if action in _STATUS else own.rollup_progress_completion
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
