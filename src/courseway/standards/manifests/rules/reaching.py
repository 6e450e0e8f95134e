"""
Rules about what learners can reach, as far as the manifest alone proves it. [SN 3.2, CAM 5.1 (controlMode)]

Here: activities that neither the contents nor Continue lead to. Not here: what depends on a learner's progress.
"""

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Activity, Subject


def _plays_alone(root: Activity) -> bool:
    """Say whether the course has one thing to play, which the LMS starts in any case."""
    return sum(not one.children for one in root.walk()) <= 1


@rule(
    "sequencing.unreachable",
    Severity.WARNING,
    "Allow choice or flow in the cluster, or remove what is in it.",
    v2004="controlMode",
)
def every_cluster_can_be_entered(subject: Subject) -> Breaches:
    """A cluster allows choice or flow; otherwise learners reach nothing in it but by a jump the content asks for."""
    for root in subject.roots:
        for activity in root.walk() if not _plays_alone(root) else ():
            mode = activity.sequencing.control_mode
            if activity.children and not mode.choice and not mode.flow:
                yield Breach(
                    f"{subject.named(activity.element)} allows neither choice nor flow; nothing in it can be reached.",
                    activity.place("controlmode"),
                )


@rule(
    "sequencing.hidden_and_without_flow",
    Severity.WARNING,
    "Show the item, or allow flow in its cluster.",
    v2004="controlMode",
)
def hidden_items_can_be_reached(subject: Subject) -> Breaches:
    """An item that the contents do not show is reached by flow."""
    for root in subject.roots:
        for parent in root.walk() if not _plays_alone(root) else ():
            mode = parent.sequencing.control_mode
            for activity in parent.children if mode.choice and not mode.flow else ():
                if not activity.visible and not activity.children:
                    yield Breach(
                        f"{subject.named(activity.element)} is hidden and its cluster has no flow; only content can ask "
                        "for it.",
                        activity.element,
                    )


@rule(
    "sequencing.flow_stops",
    Severity.INFO,
    'Add flow="true" to the cluster, unless learners are meant to choose there.',
    v2004="controlMode",
)
def flow_goes_through(subject: Subject) -> Breaches:
    """Where an activity flows, the clusters in it flow as well; Continue cannot enter one that does not."""
    for parent in subject.activities:
        for activity in parent.children if parent.sequencing.control_mode.flow else ():
            if activity.children and not activity.sequencing.control_mode.flow:
                yield Breach(
                    f"Continue does not lead into {subject.named(activity.element)}, which has no flow.",
                    activity.place("controlmode"),
                )


@rule(
    "sequencing.nothing_begins",
    Severity.INFO,
    'Add flow="true" to the organization, so that the course begins without a choice.',
    v2004="controlMode",
)
def the_course_can_begin_by_itself(subject: Subject) -> Breaches:
    """The organization of several activities flows, so that the LMS can begin with one; else the learner must choose."""
    for root in subject.roots:
        if root.children and not _plays_alone(root) and not root.sequencing.control_mode.flow:
            yield Breach("The course has no flow at its top; learners begin by choosing.", root.place("controlmode"))


RULES = (every_cluster_can_be_entered, hidden_items_can_be_reached, flow_goes_through, the_course_can_begin_by_itself)
