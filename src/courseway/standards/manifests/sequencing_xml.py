"""
Reading `imsss:sequencing` with its ADL extensions into a `Sequencing`. [SCORM 2004 CAM 5.1]

Here: every element and attribute of the binding, and `sequencingCollection`. Not here: objectives
(`objectives_xml`) and what the values mean for a learner (`standards/sequencing`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courseway.standards.issues import Findings
from courseway.standards.manifests.objectives_xml import read_objectives
from courseway.standards.manifests.rules.clauses import written_name
from courseway.standards.manifests.sequencing import (
    AuxiliaryResource,
    ChildActivitySet,
    Combination,
    ConditionName,
    ConstrainedChoice,
    ControlMode,
    DeliveryControls,
    LimitConditions,
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
from courseway.standards.manifests.values import Values, Word, known_word, uri
from courseway.standards.manifests.xml import Document, Element, attribute, child, children, local, namespace

CLAUSE = "SCORM 2004 CAM 5.1"

_PRE = frozenset(
    {RuleAction.SKIP, RuleAction.DISABLED, RuleAction.HIDDEN_FROM_CHOICE, RuleAction.STOP_FORWARD_TRAVERSAL}
)
_POST = frozenset(
    {
        RuleAction.EXIT_PARENT,
        RuleAction.EXIT_ALL,
        RuleAction.RETRY,
        RuleAction.RETRY_ALL,
        RuleAction.CONTINUE,
        RuleAction.PREVIOUS,
    }
)
_EXIT = frozenset({RuleAction.EXIT})
_ELEMENTS = frozenset(
    {
        "controlmode",
        "sequencingrules",
        "limitconditions",
        "auxiliaryresources",
        "rolluprules",
        "objectives",
        "adl:objectives",
        "randomizationcontrols",
        "deliverycontrols",
        "constrainedchoiceconsiderations",
        "rollupconsiderations",
    }
)

Parts = dict[str, Element]


_MOST_SHARED_ELEMENTS = 500_000


@dataclass(slots=True)
class SequencingReader:
    """Reads the sequencing of one manifest's activities, its collection at hand."""

    values: Values
    collection: dict[str, Element]
    addresses: Mapping[str, str]
    shared_elements: int = 0

    def read(self, parent: Element) -> tuple[Sequencing, str] | None:
        """
        Read the sequencing of an item or organization; None when it has none.

        The second value is its attempt time limit as written, "" for none. An element written in place replaces the
        same element of the collection; the two kinds of objectives count separately. [SCORM 2004 CAM 5.1.1]
        """
        element = child(parent, "sequencing")
        if element is None:
            return None
        parts = self.parts(element)
        return self.sequencing(parts), _time_limit(parts, self.values)

    def sequencing(self, parts: Parts) -> Sequencing:
        """Read a definition from its parts."""
        values, rules = self.values, parts.get("sequencingrules")
        return Sequencing(
            control_mode=_control_mode(parts.get("controlmode"), values),
            constrained_choice=_constrained_choice(parts.get("constrainedchoiceconsiderations"), values),
            pre_condition_rules=_rules(rules, "preConditionRule", _PRE, values),
            post_condition_rules=_rules(rules, "postConditionRule", _POST, values),
            exit_condition_rules=_rules(rules, "exitConditionRule", _EXIT, values),
            limit_conditions=_limits(parts.get("limitconditions"), values),
            rollup_rules=_rollup(parts.get("rolluprules"), values),
            rollup_considerations=_considerations(parts.get("rollupconsiderations"), values),
            objectives=read_objectives(parts.get("objectives"), parts.get("adl:objectives"), values),
            randomization=_randomization(parts.get("randomizationcontrols"), values),
            delivery_controls=_delivery(parts.get("deliverycontrols"), values),
            auxiliary_resources=_auxiliary(parts.get("auxiliaryresources"), self.addresses, values),
        )

    def parts(self, element: Element) -> Parts:
        """Return the elements a `sequencing` consists of by name, those of the collection it refers to merged in."""
        parts: Parts = {}
        reference = (attribute(element, "IDRef") or "").strip()
        if reference and reference not in self.collection:
            self._warn(
                element,
                "sequencing.dangling_idref",
                f'The sequencing refers to "{reference}", which the collection does not have.',
            )
        for source in (self._shared(reference, element) if reference else None, element):
            if source is not None:
                parts.update(self._own_parts(source))
        return parts

    def _shared(self, reference: str, element: Element) -> Element | None:
        """
        Return a definition of the collection, None when there is none or too much was shared already.

        Every reference is a copy; a large definition many items refer to would grow without end.
        """
        source = self.collection.get(reference)
        if source is None or self.shared_elements > _MOST_SHARED_ELEMENTS:
            return None
        self.shared_elements += sum(1 for _ in source.iter())
        if self.shared_elements <= _MOST_SHARED_ELEMENTS:
            return source
        self.values.findings.error(
            "sequencing.too_much_shared",
            f"Written out, the shared sequencing would have more than {_MOST_SHARED_ELEMENTS:,} elements.",
            self.values.document.where(element),
            CLAUSE,
            "Share smaller definitions; no course needs so much.",
        )
        return None

    def _own_parts(self, element: Element) -> Parts:
        parts: Parts = {}
        for part in children(element):
            key = ("adl:" if local(part) == "objectives" and "adlseq" in namespace(part) else "") + local(part)
            if key not in _ELEMENTS:
                self._warn(
                    part,
                    "sequencing.unknown_element",
                    f"<{written_name(part)}> is no part of sequencing and was left out.",
                )
            elif key in parts:
                self._warn(
                    part,
                    "sequencing.repeated_element",
                    f"<{written_name(part)}> stands here twice; the last one counts.",
                )
            if key in _ELEMENTS:
                parts[key] = part
        return parts

    def _warn(self, element: Element, code: str, message: str) -> None:
        where = self.values.document.where(element)
        self.values.findings.warn(code, message, where, CLAUSE, "Correct the sequencing definition.")


def sequencing_reader(document: Document, findings: Findings, addresses: Mapping[str, str]) -> SequencingReader:
    """Return a reader that knows the manifest's `sequencingCollection`, and each resource's address by identifier."""
    values = Values(document, findings)
    collection: dict[str, Element] = {}
    for group in children(document.root, "sequencingCollection"):
        for element in children(group, "sequencing"):
            identifier = (attribute(element, "ID") or "").strip()
            if not identifier or identifier in collection:
                findings.warn(
                    "sequencing.collection_id",
                    "A sequencing of the collection has no ID of its own and cannot be referred to.",
                    document.where(element),
                    CLAUSE,
                    advice="Give every sequencing of the collection an ID of its own.",
                )
            else:
                collection[identifier] = element
    return SequencingReader(values, collection, addresses)


def _auxiliary(group: Element | None, addresses: Mapping[str, str], values: Values) -> tuple[AuxiliaryResource, ...]:
    found: list[AuxiliaryResource] = []
    for element in children(group, "auxiliaryResource") if group is not None else ():
        identifier = (attribute(element, "auxiliaryResourceID") or "").strip()
        if not addresses.get(identifier):
            values.findings.warn(
                "sequencing.auxiliary_resource",
                f'The auxiliary resource "{identifier[:80]}" is no resource of the package with an address.',
                values.document.where(element),
                CLAUSE,
                "Let auxiliaryResourceID name a resource that has an href.",
            )
        purpose = " ".join((attribute(element, "purpose") or "").split())
        if identifier:
            found.append(AuxiliaryResource(identifier, purpose, addresses.get(identifier, "")))
    return tuple(found)


def _control_mode(element: Element | None, values: Values) -> ControlMode:
    return ControlMode(
        choice=values.boolean(element, "choice", True),
        choice_exit=values.boolean(element, "choiceExit", True),
        flow=values.boolean(element, "flow", False),
        forward_only=values.boolean(element, "forwardOnly", False),
        use_current_attempt_objective_info=values.boolean(element, "useCurrentAttemptObjectiveInfo", True),
        use_current_attempt_progress_info=values.boolean(element, "useCurrentAttemptProgressInfo", True),
    )


def _constrained_choice(element: Element | None, values: Values) -> ConstrainedChoice:
    return ConstrainedChoice(
        prevent_activation=values.boolean(element, "preventActivation", False),
        constrain_choice=values.boolean(element, "constrainChoice", False),
    )


def _rules(
    group: Element | None, name: str, allowed: frozenset[RuleAction], values: Values
) -> tuple[SequencingRule, ...]:
    rules: list[SequencingRule] = []
    for element in children(group, name) if group is not None else ():
        action = _action(element, name, "ruleAction", sorted(allowed), values)
        if action is None:
            continue
        conditions = child(element, "ruleConditions")
        rules.append(
            SequencingRule(
                action=action,
                conditions=_conditions(conditions, "ruleCondition", values),
                combination=values.word(conditions, "conditionCombination", Combination, None) or Combination.ALL,
            )
        )
    return tuple(rules)


def _action(rule: Element, kind: str, name: str, allowed: Sequence[Word], values: Values) -> Word | None:
    """Read a rule's action, one its kind can have; None, told once and with those alone, when it is no such."""
    element = child(rule, name)
    written = (attribute(element, "action") if element is not None else None) or ""
    action = known_word(written, allowed)
    if action is None:
        values.findings.warn(
            "sequencing.rule_without_action",
            f'<{kind}> cannot have the action "{written.strip()[:60]}"; the rule was left out.'
            if written.strip()
            else f"<{kind}> has no action; the rule was left out.",
            values.document.where(rule if element is None else element),
            CLAUSE,
            f"Let the action of <{name}> be one of: " + ", ".join(allowed) + ".",
        )
    return action


def _conditions(group: Element | None, name: str, values: Values) -> tuple[RuleCondition, ...]:
    found: list[RuleCondition] = []
    for element in children(group, name) if group is not None else ():
        written = (attribute(element, "condition") or "").strip()
        condition = known_word(written, ConditionName)
        if condition is None:
            values.findings.warn(
                "sequencing.unknown_condition",
                f'The condition "{written[:60]}" is unknown and was left out.'
                if written
                else "A condition without a name was left out.",
                values.document.where(element),
                CLAUSE,
                "Write one of: " + ", ".join(ConditionName) + ".",
            )
            continue
        operator = (attribute(element, "operator") or "noOp").strip().lower()
        found.append(
            RuleCondition(
                condition=condition,
                negated=operator == "not",
                referenced_objective=uri(attribute(element, "referencedObjective")),
                measure_threshold=values.number(element, "measureThreshold", 0.0, -1.0, 1.0),
            )
        )
    return tuple(found)


def _limits(element: Element | None, values: Values) -> LimitConditions:
    return LimitConditions(
        attempt_limit=values.whole(element, "attemptLimit", None),
        attempt_absolute_duration_seconds=values.duration(element, "attemptAbsoluteDurationLimit"),
        attempt_experienced_duration_seconds=values.duration(element, "attemptExperiencedDurationLimit"),
        activity_absolute_duration_seconds=values.duration(element, "activityAbsoluteDurationLimit"),
        activity_experienced_duration_seconds=values.duration(element, "activityExperiencedDurationLimit"),
        begin_time_limit=((attribute(element, "beginTimeLimit") if element is not None else None) or "").strip(),
        end_time_limit=((attribute(element, "endTimeLimit") if element is not None else None) or "").strip(),
    )


def _time_limit(parts: Parts, values: Values) -> str:
    element = parts.get("limitconditions")
    if element is None or values.duration(element, "attemptAbsoluteDurationLimit") is None:
        return ""
    return (attribute(element, "attemptAbsoluteDurationLimit") or "").strip()


def _rollup(element: Element | None, values: Values) -> RollupRules:
    found = [_rollup_rule(rule, values) for rule in children(element, "rollupRule")] if element is not None else []
    return RollupRules(
        rules=tuple(rule for rule in found if rule is not None),
        rollup_objective_satisfied=values.boolean(element, "rollupObjectiveSatisfied", True),
        rollup_progress_completion=values.boolean(element, "rollupProgressCompletion", True),
        objective_measure_weight=values.number(element, "objectiveMeasureWeight", 1.0, 0.0, 1.0),
    )


def _rollup_rule(element: Element, values: Values) -> RollupRule | None:
    action = _action(element, "rollupRule", "rollupAction", list(RollupAction), values)
    if action is None:
        return None
    conditions = child(element, "rollupConditions")
    return RollupRule(
        action=action,
        conditions=_conditions(conditions, "rollupCondition", values),
        combination=values.word(conditions, "conditionCombination", Combination, None) or Combination.ANY,
        child_activity_set=values.word(element, "childActivitySet", ChildActivitySet, None) or ChildActivitySet.ALL,
        minimum_count=values.whole(element, "minimumCount", 0) or 0,
        minimum_percent=values.number(element, "minimumPercent", 0.0, 0.0, 1.0),
    )


def _considerations(element: Element | None, values: Values) -> RollupConsiderations:
    def requirement(name: str) -> Requirement:
        return values.word(element, name, Requirement, None) or Requirement.ALWAYS

    return RollupConsiderations(
        required_for_satisfied=requirement("requiredForSatisfied"),
        required_for_not_satisfied=requirement("requiredForNotSatisfied"),
        required_for_completed=requirement("requiredForCompleted"),
        required_for_incomplete=requirement("requiredForIncomplete"),
        measure_satisfaction_if_active=values.boolean(element, "measureSatisfactionIfActive", True),
    )


def _randomization(element: Element | None, values: Values) -> Randomization:
    return Randomization(
        selection_timing=values.word(element, "selectionTiming", Timing, None) or Timing.NEVER,
        select_count=values.whole(element, "selectCount", None),
        randomization_timing=values.word(element, "randomizationTiming", Timing, None) or Timing.NEVER,
        reorder_children=values.boolean(element, "reorderChildren", False),
    )


def _delivery(element: Element | None, values: Values) -> DeliveryControls:
    return DeliveryControls(
        tracked=values.boolean(element, "tracked", True),
        completion_set_by_content=values.boolean(element, "completionSetByContent", False),
        objective_set_by_content=values.boolean(element, "objectiveSetByContent", False),
    )
