"""What is handed to the player: the tree of the course, one activity ready to be opened, and refusals in words. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from courseway.learning.model.play import ActivityRecord, Play, Playable
from courseway.learning.model.playing import begin_delivery, see_asset
from courseway.learning.model.protocol import Delivery, Node, RefusedView, ResourceLink
from courseway.learning.model.standing import launch_objectives
from courseway.learning.model.values import LearnerIdentity, Mode
from courseway.standards import cmi
from courseway.standards.manifests.structure import Item
from courseway.standards.sequencing import overall
from courseway.standards.sequencing.overall import Entry, Outcome
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import Refused

_WORDS = {
    Refused.BEYOND_END: "This was the last part of the course.",
    Refused.BEFORE_START: "This is the first part of the course.",
    Refused.FLOW_NOT_ALLOWED: "This part of the course does not lead on by itself; choose the next part from the contents.",
    Refused.CONTINUE_NO_FLOW: "This part of the course does not lead on by itself; choose the next part from the contents.",
    Refused.PREVIOUS_NOT_ALLOWED: "This part of the course cannot be left backwards.",
    Refused.FORWARD_ONLY: "This part of the course goes forward only.",
    Refused.CHOICE_NOT_ALLOWED: "This part cannot be chosen; go on with Continue.",
    Refused.CHOICE_PARENT_FORBIDS: "This part cannot be chosen; go on with Continue.",
    Refused.CHOICE_EXIT_NOT_ALLOWED: "Finish this part before choosing another.",
    Refused.CHOICE_EXIT: "Finish this part before choosing another.",
    Refused.TRAVERSAL_STOPPED: "Something before this part has to be finished first.",
    Refused.CHOICE_CONSTRAINED: "Only the neighbouring parts can be chosen from here.",
    Refused.CHOICE_NOT_ACTIVATED: "This part has to be entered from its beginning.",
    Refused.DELIVERY_NOT_ALLOWED: "The course does not open this part now: a rule closes it, or its attempts are used up.",
    Refused.ACTIVITY_NOT_ALLOWED: "The course does not open the next part now: a rule closes it, or its attempts are used up.",
    Refused.TARGET_UNKNOWN: "This part is not in the course.",
    Refused.PREREQUISITES: "The parts that come next open when others are finished. What is open can be chosen from the contents.",
    Refused.CHOICE_HIDDEN: "This part cannot be chosen now.",
    Refused.CHOICE_NOT_AVAILABLE: "This part does not belong to your selection.",
    Refused.JUMP_NO_TARGET: "This part is not in the course, or does not belong to your selection.",
    Refused.CHOICE_LEADS_NOWHERE: "Nothing in this part is available now.",
    Refused.NO_FLOW_IN_PARENT: "The course does not lead on by itself from here; choose the next part from the contents.",
    Refused.NOTHING_DELIVERED: "No part of this course is open to you now.",
}


def render_tree(course: Playable, state: SequencingState) -> Node:
    """Return the course's tree for the player; children in a random order stand as they were drawn."""
    drawn = overall.children_in_order(course.tree, state)
    nodes: dict[int, Node] = {}
    for one in reversed(course.tree.activities):
        children = [nodes.pop(child.position) for child in one.children]
        if one.identifier in drawn:
            by_id = {node.id: node for node in children}
            children = [by_id[name] for name in drawn[one.identifier]]
        item = one.item
        kind = item.kind.value if item is not None and not one.children else "cluster"
        nodes[one.position] = Node(one.identifier, one.title, kind, item.visible if item else True, children)
    return nodes[course.tree.root.position]


def render_refused(refused: Refused | None) -> RefusedView | None:
    """Put a refused navigation into words for the learner."""
    if refused is None:
        return None
    return RefusedView(refused.value, _WORDS.get(refused, "The course does not allow this now."))


def launch_record(
    course: Playable,
    outcome: Outcome,
    learner: LearnerIdentity,
    stored: ActivityRecord | None,
    mode: str,
    shared: Mapping[str, str],
) -> ActivityRecord:
    """
    Make the values the delivered activity begins with.

    A new attempt of SCORM 2004 begins with none, except to look back (`mode` "review"); SCORM 1.2 knows no attempts and
    keeps them.
    """
    activity = _delivered(course, outcome)
    assert activity.item is not None
    looking_back = mode == "review" and stored is not None
    new = stored is None or (outcome.entry is Entry.AB_INITIO and not looking_back)
    entry = Entry.RESUME if looking_back else outcome.entry
    known = overall.objectives_at(course.tree, outcome.state, activity.identifier)
    values = cmi.initial_values(
        course.standard,
        activity.item,
        cmi.Learner(learner.shown_id, learner.name),
        {} if new or stored is None else stored.cmi,
        entry=entry.value,
        mode=mode,
        objectives=launch_objectives(known),
        shared=shared,
    )
    total = 0.0 if new or stored is None else stored.total_time_seconds
    attempts = outcome.state.activities[activity.identifier].attempts
    return ActivityRecord(values, attempts, total, suspended=False)


def begin_activity(
    course: Playable, play: Play, outcome: Outcome, now: datetime, *, again: bool = False
) -> tuple[Outcome, ActivityRecord]:
    """
    Make the outcome's activity the one being played, with the values it begins with.

    What only has to be seen is complete with it: the outcome comes back with the contents as they then are.
    """
    activity = outcome.delivered
    assert activity is not None
    mode = "review" if play.launch.mode is Mode.REVIEW else "normal"
    record = launch_record(course, outcome, play.learner, play.records.get(activity), mode, play.held.shared)
    play.records[activity] = record
    play.touched.add(activity)
    begin_delivery(play, activity, again=again, resumed=outcome.entry is Entry.RESUME, now=now)
    seen = see_asset(course, play) if play.launch.mode is not Mode.REVIEW else None
    if seen is not None:
        ways = {"continue_": seen.ways.get("continue", outcome.valid.continue_)}
        valid = msgspec.structs.replace(outcome.valid, **ways)
        outcome = msgspec.structs.replace(outcome, toc={**outcome.toc, **seen.toc}, valid=valid)
    return outcome, record


def render_delivery(
    course: Playable, outcome: Outcome, record: ActivityRecord, number: int, locate: Callable[[str], str]
) -> Delivery:
    """Write one delivery for the player; `locate` says where a file of the package is served."""
    activity = _delivered(course, outcome)
    item = activity.item
    assert item is not None
    return Delivery(
        number=number,
        activity=activity.identifier,
        title=activity.title,
        kind=item.kind.value,
        url=(item.href or "" if item.remote else locate(item.href or "")) + item.parameters,
        cmi=cmi.delivered_values(course.standard, record.cmi),
        valid=outcome.valid,
        hide=item.hide_lms_ui,
        toc=outcome.toc,
        toc_visible=outcome.toc_visible,
        time_limit_seconds=_time_left(course, item, record),
        time_limit_action=item.time_limit_action,
        resources=_resources(activity, locate),
    )


def _resources(activity: Activity, locate: Callable[[str], str]) -> list[ResourceLink]:
    """Return what is offered beside an activity, its own and that of the clusters it is in, each address once. [SN 3.6]"""
    found: dict[str, ResourceLink] = {}
    for one in reversed(activity.path()):
        for resource in one.sequencing.auxiliary_resources:
            if resource.href:
                elsewhere = urlsplit(resource.href).scheme in ("http", "https")
                url = resource.href if elsewhere else locate(resource.href)
                found.setdefault(url, ResourceLink(resource.purpose or resource.resource_id, url))
    return list(found.values())


def _time_left(course: Playable, item: Item, record: ActivityRecord) -> float | None:
    """
    Return what earlier sessions of the attempt have left of the time allowed; None when time does not count.

    It does not for who looks back. SCORM 1.2 knows no attempts: there it does not once the lesson is done either.
    [RTE 4.2.10, RTE 1.2 3.4.4]
    """
    allowed = _time_allowed(course, item)
    if allowed is None:
        return None
    mode, status = ("cmi.core.lesson_mode", "cmi.core.lesson_status") if course.is_scorm12 else ("cmi.mode", "")
    if record.cmi.get(mode) == "review" or record.cmi.get(status) in ("passed", "completed"):
        return None
    return max(0.0, allowed - record.total_time_seconds)


def _time_allowed(course: Playable, item: Item) -> float | None:
    limits = item.sequencing.limit_conditions if item.sequencing else None
    if limits is not None and limits.attempt_absolute_duration_seconds is not None:
        return limits.attempt_absolute_duration_seconds
    if not item.max_time_allowed:
        return None
    parse = cmi.parse_timespan if course.is_scorm12 else cmi.parse_duration
    return parse(item.max_time_allowed)


def _delivered(course: Playable, outcome: Outcome) -> Activity:
    assert outcome.delivered is not None
    return course.tree.by_id[outcome.delivered]
