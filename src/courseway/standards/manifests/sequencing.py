"""
The sequencing definition of an activity as values, with the book's defaults. [SN 3.2 - 3.13]

Here: what `imsss:sequencing` and its `adlseq` extensions can say. Not here: reading it from XML (`sequencing_xml`)
and acting on it (`standards/sequencing`).
"""

from enum import StrEnum

import msgspec


class ConditionName(StrEnum):
    """What a rule can look at. [SN 3.4, 3.7]"""

    SATISFIED = "satisfied"
    OBJECTIVE_STATUS_KNOWN = "objectiveStatusKnown"
    OBJECTIVE_MEASURE_KNOWN = "objectiveMeasureKnown"
    OBJECTIVE_MEASURE_GREATER_THAN = "objectiveMeasureGreaterThan"
    OBJECTIVE_MEASURE_LESS_THAN = "objectiveMeasureLessThan"
    COMPLETED = "completed"
    ACTIVITY_PROGRESS_KNOWN = "activityProgressKnown"
    ATTEMPTED = "attempted"
    ATTEMPT_LIMIT_EXCEEDED = "attemptLimitExceeded"
    TIME_LIMIT_EXCEEDED = "timeLimitExceeded"
    OUTSIDE_AVAILABLE_TIME_RANGE = "outsideAvailableTimeRange"
    ALWAYS = "always"
    NEVER = "never"


class Combination(StrEnum):
    """How several conditions make one."""

    ALL = "all"
    ANY = "any"


class RuleAction(StrEnum):
    """What a sequencing rule does; the three kinds of rule share one vocabulary. [SN 3.4]"""

    SKIP = "skip"
    DISABLED = "disabled"
    HIDDEN_FROM_CHOICE = "hiddenFromChoice"
    STOP_FORWARD_TRAVERSAL = "stopForwardTraversal"
    EXIT_PARENT = "exitParent"
    EXIT_ALL = "exitAll"
    RETRY = "retry"
    RETRY_ALL = "retryAll"
    CONTINUE = "continue"
    PREVIOUS = "previous"
    EXIT = "exit"


class RollupAction(StrEnum):
    """What a rollup rule sets on the parent. [SN 3.7]"""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "notSatisfied"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"


class ChildActivitySet(StrEnum):
    """Which children a rollup rule asks. [SN 3.7]"""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    AT_LEAST_COUNT = "atLeastCount"
    AT_LEAST_PERCENT = "atLeastPercent"


class Requirement(StrEnum):
    """When a child counts in its parent's rollup. [SN 3.8]"""

    ALWAYS = "always"
    IF_ATTEMPTED = "ifAttempted"
    IF_NOT_SKIPPED = "ifNotSkipped"
    IF_NOT_SUSPENDED = "ifNotSuspended"


class Timing(StrEnum):
    """When children are selected or put in a random order. [SN 3.11, 3.12]"""

    NEVER = "never"
    ONCE = "once"
    ON_EACH_NEW_ATTEMPT = "onEachNewAttempt"


class ControlMode(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which requests the children of a cluster accept. [SN 3.2]"""

    choice: bool = True
    choice_exit: bool = True
    flow: bool = False
    forward_only: bool = False
    use_current_attempt_objective_info: bool = True
    use_current_attempt_progress_info: bool = True


class ConstrainedChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a learner may jump to from outside or inside. [SN 3.3]"""

    prevent_activation: bool = False
    constrain_choice: bool = False


class RuleCondition(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    One condition of a rule.

    `referenced_objective` is empty for the primary objective. `negated` is the operator "not".
    """

    condition: ConditionName
    negated: bool = False
    referenced_objective: str = ""
    measure_threshold: float = 0.0


class SequencingRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """If the conditions hold, then the action. [SN 3.4]"""

    action: RuleAction
    conditions: tuple[RuleCondition, ...] = ()
    combination: Combination = Combination.ALL


class LimitConditions(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    When an activity may no longer be delivered; None and "" mean no limit. [SN 3.5]

    Begin and end limits stay as written (ISO 8601); SCORM asks nobody to evaluate anything but the attempt limit.
    """

    attempt_limit: int | None = None
    attempt_absolute_duration_seconds: float | None = None
    attempt_experienced_duration_seconds: float | None = None
    activity_absolute_duration_seconds: float | None = None
    activity_experienced_duration_seconds: float | None = None
    begin_time_limit: str = ""
    end_time_limit: str = ""


class RollupRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """If enough children meet the conditions, then the action on the parent. [SN 3.7]"""

    action: RollupAction
    conditions: tuple[RuleCondition, ...] = ()
    combination: Combination = Combination.ANY
    child_activity_set: ChildActivitySet = ChildActivitySet.ALL
    minimum_count: int = 0
    minimum_percent: float = 0.0


class RollupRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an activity's children become its own status, and what it counts itself. [SN 3.7]"""

    rules: tuple[RollupRule, ...] = ()
    rollup_objective_satisfied: bool = True
    rollup_progress_completion: bool = True
    objective_measure_weight: float = 1.0


class RollupConsiderations(msgspec.Struct, frozen=True, omit_defaults=True):
    """When this activity counts in its parent's rollup. [SN 3.8]"""

    required_for_satisfied: Requirement = Requirement.ALWAYS
    required_for_not_satisfied: Requirement = Requirement.ALWAYS
    required_for_completed: Requirement = Requirement.ALWAYS
    required_for_incomplete: Requirement = Requirement.ALWAYS
    measure_satisfaction_if_active: bool = True


class ObjectiveMap(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    How a local objective reads from and writes to one global objective. [SN 3.10]

    One value holds the `imsss` and the `adlseq` map to the same target. Reading is on and writing off unless the
    manifest says otherwise; where only an `adlseq` map names the target, satisfied status and measure are not read.
    """

    target: str
    read_satisfied_status: bool = True
    read_normalized_measure: bool = True
    write_satisfied_status: bool = False
    write_normalized_measure: bool = False
    read_raw_score: bool = True
    read_min_score: bool = True
    read_max_score: bool = True
    read_completion_status: bool = True
    read_progress_measure: bool = True
    write_raw_score: bool = False
    write_min_score: bool = False
    write_max_score: bool = False
    write_completion_status: bool = False
    write_progress_measure: bool = False


class Objective(msgspec.Struct, frozen=True, omit_defaults=True):
    """A local objective; exactly one of an activity is primary, and it may have no identifier. [SN 3.9]"""

    identifier: str = ""
    primary: bool = False
    satisfied_by_measure: bool = False
    min_normalized_measure: float = 1.0
    maps: tuple[ObjectiveMap, ...] = ()


class Randomization(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which children take part, and in what order. `select_count` None means all. [SN 3.11, 3.12]"""

    selection_timing: Timing = Timing.NEVER
    select_count: int | None = None
    randomization_timing: Timing = Timing.NEVER
    reorder_children: bool = False


class DeliveryControls(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is tracked, and what the content promises to set itself. [SN 3.13]"""

    tracked: bool = True
    completion_set_by_content: bool = False
    objective_set_by_content: bool = False


class AuxiliaryResource(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    Something offered beside an activity: a glossary, a calculator. [SN 3.6]

    `href` is the path inside the package, or the whole address of a page elsewhere; "" where the package has none.
    """

    resource_id: str
    purpose: str = ""
    href: str = ""


class Sequencing(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    The whole sequencing definition of one activity, the collection it refers to already merged in.

    `objectives` is empty when none was declared: the activity then has one primary objective without an identifier.
    """

    control_mode: ControlMode = ControlMode()
    constrained_choice: ConstrainedChoice = ConstrainedChoice()
    pre_condition_rules: tuple[SequencingRule, ...] = ()
    post_condition_rules: tuple[SequencingRule, ...] = ()
    exit_condition_rules: tuple[SequencingRule, ...] = ()
    limit_conditions: LimitConditions = LimitConditions()
    rollup_rules: RollupRules = RollupRules()
    rollup_considerations: RollupConsiderations = RollupConsiderations()
    objectives: tuple[Objective, ...] = ()
    randomization: Randomization = Randomization()
    delivery_controls: DeliveryControls = DeliveryControls()
    auxiliary_resources: tuple[AuxiliaryResource, ...] = ()
