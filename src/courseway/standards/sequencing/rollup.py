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
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ObjectiveStatus
from courseway.standards.sequencing.tree import Activity

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
_MOST_PASSES = 8


def roll_up(run: Run, activity: Activity) -> None:
    """
    Roll up from an activity to the root, and from every activity that reads a global objective written meanwhile. [SN RB.1.5]

    Maps may form circles; passes are limited, and the order is from the deepest up.
    """
    tracking.publish(run, activity)
    pending = {one.identifier: one for one in activity.path()[:-1]}
    for _ in range(_MOST_PASSES):
        for one in sorted(pending.values(), key=lambda found: -len(found.path())):
            _roll_up_one(run, one)
            tracking.publish(run, one)
        readers = [one for target in run.touched_globals for one in run.tree.readers.get(target, ())]
        run.touched_globals.clear()
        pending = {above.identifier: above for reader in readers for above in reader.path()[:-1]}
        if not pending:
            return


def _roll_up_one(run: Run, activity: Activity) -> None:
    if not activity.is_tracked or activity.is_leaf:
        return
    roll_up_measure(run, activity)
    roll_up_progress_measure(run, activity)
    roll_up_objective(run, activity)
    roll_up_completion(run, activity)


def roll_up_measure(run: Run, activity: Activity) -> None:
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
        reached = (
            tracking.measure(run, child, child.primary) if _counts_now(run, activity, child, objective=True) else None
        )
        if reached is not None:
            known = True
            total += weight * reached
    _own_primary(run, activity).measure = round(total / weights, 7) if known and weights else None


def roll_up_progress_measure(run: Run, activity: Activity) -> None:
    """Weigh the children's progress into the activity's own. [SN RB.1.1 b]"""
    total = weights = 0.0
    known = False
    for child in run.available_children(activity):
        weight = child.threshold.progress_weight
        if not child.is_tracked or weight <= 0:
            continue
        weights += weight
        reached = tracking.progress(run, child) if _counts_now(run, activity, child, objective=False) else None
        if reached is not None:
            known = True
            total += weight * reached
    run.written(activity).progress = round(total / weights, 7) if known and weights else None


def roll_up_objective(run: Run, activity: Activity) -> None:
    """Set the activity's satisfied status by its rollup rules; by measure it is derived when read. [SN RB.1.2]"""
    if activity.primary.satisfied_by_measure:
        return
    verdict = _by_rules(run, activity, _STATUS)
    if verdict is not None:
        _own_primary(run, activity).satisfied = verdict


def roll_up_completion(run: Run, activity: Activity) -> None:
    """Set the activity's completion by its rollup rules; by measure it is derived when read. [SN RB.1.3]"""
    if activity.threshold.completed_by_measure:
        return
    verdict = _by_rules(run, activity, _PROGRESS)
    if verdict is not None:
        run.written(activity).completed = verdict


def _by_rules(run: Run, activity: Activity, actions: tuple[RollupAction, RollupAction]) -> bool | None:
    """Try the rules for the negative, then those for the positive action: the later wins. [SN RB.1.2 b, RB.1.3 b]"""
    explicit = [one for one in activity.sequencing.rollup_rules.rules if one.action in actions]
    verdict: bool | None = None
    for action in actions:
        candidates = [one for one in explicit if one.action is action] if explicit else [_DEFAULTS[action]]
        if any(_rule_holds(run, activity, one, by_default=not explicit) for one in candidates):
            verdict = action is actions[1]
            run.note("RB.1.4", f"{activity.identifier}: {action.value}")
    return verdict


def _rule_holds(run: Run, activity: Activity, rule: RollupRule, *, by_default: bool) -> bool:
    """Ask the children that count. An explicit "all" over none holds, a default one does not. [SN RB.1.4]"""
    found = [
        rules.combine((_evaluate(run, activity, child, one) for one in rule.conditions), rule.combination)
        for child in run.available_children(activity)
        if child.is_tracked and _child_counts(run, child, rule.action)
    ]
    if not found and by_default:
        return False
    wanted = rule.child_activity_set
    if wanted is ChildActivitySet.ALL:
        return all(one is True for one in found)
    if wanted is ChildActivitySet.ANY:
        return True in found
    if wanted is ChildActivitySet.NONE:
        return not any(one is True or one is None for one in found)
    held = found.count(True)
    if wanted is ChildActivitySet.AT_LEAST_COUNT:
        return held >= rule.minimum_count
    return bool(found) and held / len(found) >= rule.minimum_percent


_OF_PROGRESS = {ConditionName.COMPLETED, ConditionName.ACTIVITY_PROGRESS_KNOWN, ConditionName.ATTEMPTED}


def _evaluate(run: Run, activity: Activity, child: Activity, condition: RuleCondition) -> bool | None:
    objective = condition.condition not in _OF_PROGRESS
    if _counts_now(run, activity, child, objective=objective):
        return rules.evaluate(run, child, condition)
    known = condition.condition in (
        ConditionName.ACTIVITY_PROGRESS_KNOWN,
        ConditionName.OBJECTIVE_STATUS_KNOWN,
        ConditionName.OBJECTIVE_MEASURE_KNOWN,
        ConditionName.ATTEMPTED,
    )
    return condition.negated if known else None


def _counts_now(run: Run, activity: Activity, child: Activity, *, objective: bool) -> bool:
    """Say whether the child's information belongs to the parent's present attempt, or need not. [SN 3.2.5, 3.2.6]"""
    control = activity.sequencing.control_mode
    only_current = (
        control.use_current_attempt_objective_info if objective else control.use_current_attempt_progress_info
    )
    held = run.tracking(child)
    return not only_current or held.attempts == 0 or held.of_attempt == run.tracking(activity).attempts


def _child_counts(run: Run, child: Activity, action: RollupAction) -> bool:
    """Say whether a child takes part in a rollup of this action. [SN RB.1.4.2]"""
    own, considerations = child.sequencing.rollup_rules, child.sequencing.rollup_considerations
    takes_part = own.rollup_objective_satisfied if action in _STATUS else own.rollup_progress_completion
    if not takes_part:
        return False
    requirement = {
        RollupAction.SATISFIED: considerations.required_for_satisfied,
        RollupAction.NOT_SATISFIED: considerations.required_for_not_satisfied,
        RollupAction.COMPLETED: considerations.required_for_completed,
        RollupAction.INCOMPLETE: considerations.required_for_incomplete,
    }[action]
    held = run.tracking(child)
    if requirement is Requirement.IF_NOT_SUSPENDED:
        return not (held.attempts > 0 and held.suspended)
    if requirement is Requirement.IF_ATTEMPTED:
        return held.attempts > 0
    if requirement is Requirement.IF_NOT_SKIPPED:
        return not rules.pre_condition(run, child, RuleAction.SKIP)
    return True


def _own_primary(run: Run, activity: Activity) -> ObjectiveStatus:
    return run.written(activity).objectives.setdefault(activity.primary.identifier, ObjectiveStatus())
