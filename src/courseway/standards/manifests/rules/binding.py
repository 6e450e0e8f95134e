"""
The vocabulary of the XML bindings: which elements and attributes there are, spelled how, and in what order.

Here: tables. Not here: the rules that use them (`spelling`), and what the words mean.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    Combination,
    ConditionName,
    Requirement,
    RollupAction,
    RuleAction,
    Timing,
)
from courseway.standards.manifests.xml import Element, local, namespace


class Form(NamedTuple):
    """
    An element: its attributes without a namespace, and its children of the same vocabulary in their order.

    `least` is the child it must have. Children of other vocabularies come behind.
    """

    attributes: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    least: str = ""


class Vocabulary(dict[str, Form]):
    """The elements of one namespace by name."""

    @cached_property
    def lowered(self) -> dict[str, tuple[str, Form]]:
        """Return name and form by the name in lower case."""
        return {name.lower(): (name, form) for name, form in self.items()}


BOOLEAN = ("true", "false", "1", "0")
_READS = ("readSatisfiedStatus", "readNormalizedMeasure", "writeSatisfiedStatus", "writeNormalizedMeasure")
_EXTENDED = tuple(
    verb + what
    for verb in ("read", "write")
    for what in ("RawScore", "MinScore", "MaxScore", "CompletionStatus", "ProgressMeasure")
)
_RULE = Form(children=("ruleConditions", "ruleAction"))
_MODES = (
    "choice",
    "choiceExit",
    "flow",
    "forwardOnly",
    "useCurrentAttemptObjectiveInfo",
    "useCurrentAttemptProgressInfo",
)
_DURATIONS = tuple(
    f"{whose}{kind}DurationLimit" for whose in ("attempt", "activity") for kind in ("Absolute", "Experienced")
)

CONTENT_PACKAGING = Vocabulary(
    {
        "manifest": Form(
            ("identifier", "version", "base"), ("metadata", "organizations", "resources", "manifest"), ("manifest",)
        ),
        "metadata": Form((), ("schema", "schemaversion")),
        "schema": Form(),
        "schemaversion": Form(),
        "organizations": Form(("default",), ("organization",), ("organization",)),
        "organization": Form(("identifier", "structure"), ("title", "item", "metadata"), ("item",)),
        "item": Form(
            ("identifier", "identifierref", "isvisible", "parameters"), ("title", "item", "metadata"), ("item",)
        ),
        "title": Form(),
        "resources": Form(("base",), ("resource",), ("resource",)),
        "resource": Form(
            ("identifier", "type", "base", "href"),
            ("metadata", "file", "dependency"),
            ("file", "dependency"),
            required=("type",),
        ),
        "file": Form(("href",), ("metadata",)),
        "dependency": Form(("identifierref",), required=("identifierref",)),
    }
)
ADLCP_12 = Vocabulary(
    {
        "location": Form(parents=("metadata",)),
        "prerequisites": Form(("type",), parents=("item",), required=("type",)),
        "maxtimeallowed": Form(parents=("item",)),
        "timelimitaction": Form(parents=("item",)),
        "datafromlms": Form(parents=("item",)),
        "masteryscore": Form(parents=("item",)),
    }
)
ADLCP_2004 = Vocabulary(
    {
        "location": Form(parents=("metadata",)),
        "timeLimitAction": Form(parents=("item",)),
        "dataFromLMS": Form(parents=("item",)),
        "completionThreshold": Form(
            ("completedByMeasure", "minProgressMeasure", "progressWeight"), parents=("item", "organization")
        ),
        "data": Form((), ("map",), ("map",), parents=("item",)),
        "map": Form(("targetID", "readSharedData", "writeSharedData"), required=("targetID",)),
    }
)
ADLNAV = Vocabulary(
    {
        "presentation": Form((), ("navigationInterface",), parents=("item",)),
        "navigationInterface": Form((), ("hideLMSUI",), ("hideLMSUI",)),
        "hideLMSUI": Form(),
    }
)
ADLSEQ = Vocabulary(
    {
        "constrainedChoiceConsiderations": Form(("preventActivation", "constrainChoice")),
        "rollupConsiderations": Form(
            (
                "requiredForSatisfied",
                "requiredForNotSatisfied",
                "requiredForCompleted",
                "requiredForIncomplete",
                "measureSatisfactionIfActive",
            )
        ),
        "objectives": Form((), ("objective",), ("objective",), least="objective"),
        "objective": Form(("objectiveID",), ("mapInfo",), ("mapInfo",), ("objectiveID",), least="mapInfo"),
        "mapInfo": Form(("targetObjectiveID", *_EXTENDED), required=("targetObjectiveID",)),
    }
)
IMSSS = Vocabulary(
    {
        "sequencingCollection": Form((), ("sequencing",), ("sequencing",), parents=("manifest",), least="sequencing"),
        "sequencing": Form(
            ("ID", "IDRef"),
            (
                "controlMode",
                "sequencingRules",
                "limitConditions",
                "auxiliaryResources",
                "rollupRules",
                "objectives",
                "randomizationControls",
                "deliveryControls",
            ),
            parents=("item", "organization", "sequencingCollection"),
        ),
        "controlMode": Form(_MODES),
        "sequencingRules": Form(
            (),
            ("preConditionRule", "exitConditionRule", "postConditionRule"),
            ("preConditionRule", "exitConditionRule", "postConditionRule"),
        ),
        "preConditionRule": _RULE,
        "exitConditionRule": _RULE,
        "postConditionRule": _RULE,
        "ruleConditions": Form(("conditionCombination",), ("ruleCondition",), ("ruleCondition",)),
        "ruleCondition": Form(("condition", "operator", "referencedObjective", "measureThreshold")),
        "ruleAction": Form(("action",)),
        "limitConditions": Form(("attemptLimit", *_DURATIONS, "beginTimeLimit", "endTimeLimit")),
        "auxiliaryResources": Form((), ("auxiliaryResource",), ("auxiliaryResource",), least="auxiliaryResource"),
        "auxiliaryResource": Form(("auxiliaryResourceID", "purpose"), required=("purpose",)),
        "rollupRules": Form(
            ("rollupObjectiveSatisfied", "rollupProgressCompletion", "objectiveMeasureWeight"),
            ("rollupRule",),
            ("rollupRule",),
        ),
        "rollupRule": Form(
            ("childActivitySet", "minimumCount", "minimumPercent"), ("rollupConditions", "rollupAction")
        ),
        "rollupConditions": Form(("conditionCombination",), ("rollupCondition",), ("rollupCondition",)),
        "rollupCondition": Form(("condition", "operator")),
        "rollupAction": Form(("action",)),
        "objectives": Form((), ("primaryObjective", "objective"), ("objective",)),
        "primaryObjective": Form(
            ("objectiveID", "satisfiedByMeasure"), ("minNormalizedMeasure", "mapInfo"), ("mapInfo",)
        ),
        "objective": Form(
            ("objectiveID", "satisfiedByMeasure"),
            ("minNormalizedMeasure", "mapInfo"),
            ("mapInfo",),
        ),
        "minNormalizedMeasure": Form(),
        "mapInfo": Form(("targetObjectiveID", *_READS), required=("targetObjectiveID",)),
        "randomizationControls": Form(("selectionTiming", "selectCount", "randomizationTiming", "reorderChildren")),
        "deliveryControls": Form(("tracked", "completionSetByContent", "objectiveSetByContent")),
    }
)
EXTENDED_ATTRIBUTES = {
    "1.2": {"scormtype": ("resource",)},
    "2004": {
        "scormType": ("resource",),
        "objectivesGlobalToSystem": ("organization",),
        "sharedDataGlobalToSystem": ("organization",),
    },
}

WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*_MODES, *_READS, *_EXTENDED), BOOLEAN),
    **dict.fromkeys(
        (
            "isvisible",
            "completedByMeasure",
            "readSharedData",
            "writeSharedData",
            "preventActivation",
            "constrainChoice",
            "measureSatisfactionIfActive",
            "rollupObjectiveSatisfied",
            "rollupProgressCompletion",
            "satisfiedByMeasure",
            "reorderChildren",
            "tracked",
            "completionSetByContent",
            "objectiveSetByContent",
            "objectivesGlobalToSystem",
            "sharedDataGlobalToSystem",
        ),
        BOOLEAN,
    ),
    **dict.fromkeys(
        ("requiredForSatisfied", "requiredForNotSatisfied", "requiredForCompleted", "requiredForIncomplete"),
        tuple(Requirement),
    ),
    "conditionCombination": tuple(Combination),
    "condition": tuple(ConditionName),
    "operator": ("not", "noOp"),
    "action": (*RuleAction, *RollupAction),
    "childActivitySet": tuple(ChildActivitySet),
    "selectionTiming": tuple(Timing),
    "randomizationTiming": tuple(Timing),
    "scormType": ("sco", "asset"),
    "scormtype": ("sco", "asset"),
    "type": (),
}


TEXTS = (
    *("previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"),
    *("exit,message", "exit,no message", "continue,message", "continue,no message"),
)


class Written(NamedTuple):
    """An element of the specification's own vocabularies as it is written; `form` is None for an unknown name."""

    element: Element
    tag: str
    name: str
    form: Form | None
    vocabulary: Vocabulary
    attributes: tuple[tuple[str, str, str], ...]


def written(element: Element, edition: str) -> Written | None:
    """Look an element up in the vocabularies; None when its namespace is not the specification's."""
    vocabulary = vocabulary_of(element, edition)
    if vocabulary is None:
        return None
    name, form = vocabulary.lowered.get(local(element), ("", None))
    tag = str(element.tag).rpartition("}")[2].rpartition(":")[2]
    return Written(element, tag, name, form, vocabulary, tuple(_attributes(element)))


def _attributes(element: Element) -> Iterator[tuple[str, str, str]]:
    """Yield namespace or prefix, name and value of each attribute."""
    for key, value in element.items():
        space, _, name = str(key).rpartition("}") if str(key).startswith("{") else str(key).rpartition(":")
        yield space.lstrip("{"), name, str(value)


def vocabulary_of(element: Element, edition: str) -> Vocabulary | None:
    """Return the vocabulary an element's namespace belongs to, None for one that is not the specification's."""
    return _vocabulary(namespace(element).lower(), edition)


@lru_cache(maxsize=256)
def _vocabulary(space: str, edition: str) -> Vocabulary | None:
    if not space or "imscp" in space:
        return CONTENT_PACKAGING
    if "adlcp" in space:
        return ADLCP_12 if edition == "1.2" else ADLCP_2004
    if edition == "1.2":
        return None
    for mark, vocabulary in (("imsss", IMSSS), ("adlseq", ADLSEQ), ("adlnav", ADLNAV)):
        if mark in space:
            return vocabulary
    return None
