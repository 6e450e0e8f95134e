"""
The door of sequencing: one request in, what is delivered next out. [SN OP.1]

`navigate` and `open_session` change a state into a new one; `foresee` only looks. All are pure.
"""

from enum import StrEnum

import msgspec

from courseway.standards.manifests.structure import Standard
from courseway.standards.sequencing import delivery, outlook, requests, scorm12, tracking
from courseway.standards.sequencing.choice import Sequenced
from courseway.standards.sequencing.navigation import navigation_request_process
from courseway.standards.sequencing.rollup import overall_rollup_process
from courseway.standards.sequencing.run import UNTOUCHED, Run
from courseway.standards.sequencing.scorm12_status import Standings
from courseway.standards.sequencing.state import ObjectiveStatus, SequencingState
from courseway.standards.sequencing.termination import (
    end_attempt_process,
    terminate_descendent_attempts_process,
    termination_request_process,
)
from courseway.standards.sequencing.tree import Activity, ActivityTree
from courseway.standards.sequencing.values import (
    EndedActivity,
    Given,
    Refused,
    Request,
    RequestKind,
    Standing,
    Step,
    TocEntry,
    ValidRequests,
    toc_entry,
)
from courseway.standards.sequencing.words import REQUESTS, clause_of, explain

_NOTHING = Given()


class Entry(StrEnum):
    """How content is entered: a new attempt, a suspended one, or another session of the same. [RTE 4.2.7]"""

    AB_INITIO = "ab-initio"
    RESUME = "resume"
    NEITHER = ""


class Outcome(msgspec.Struct, frozen=True):
    """
    What came of a request.

    `delivered` is the activity to play now, None when there is none; `ended` says the whole session is over.
    A refused request may still have ended the attempt before it: `state` is always the one to keep.
    """

    state: SequencingState
    delivered: str | None
    entry: Entry
    ended: bool
    refused: Refused | None
    valid: ValidRequests
    toc: dict[str, TocEntry]
    toc_visible: bool
    standing: Standing
    trace: tuple[Step, ...]


class Outlook(msgspec.Struct, frozen=True):
    """
    What is so with what the content of the current activity has reported; `toc` has only the lines that are news.

    `ways` says of Continue and Previous whether they lead anywhere, where a result can change that: in SCORM 1.2.
    """

    standing: Standing
    toc: dict[str, TocEntry]
    ways: dict[str, bool] = {}


def navigate(
    tree: ActivityTree,
    state: SequencingState,
    request: Request,
    ended: EndedActivity | None = None,
    given: Given = _NOTHING,
) -> Outcome:
    """
    Carry out one navigation request. [SN OP.1]

    `ended` is what the content of the current activity has reported; its time-out or logout makes any request an exit of all.
    """
    run = Run(tree, state, given)
    _take_over(run, ended)
    if ended is not None and ended.exit in ("time-out", "logout"):
        run.note("OP.1", f"the content left with {ended.exit}, which ends the whole course")
        request = Request(RequestKind.EXIT_ALL)
    leaves = request.kind is RequestKind.EXIT and not outlook.shows_contents(run)
    if tree.standard is Standard.SCORM_12:
        return _navigate_flat(run, Request(RequestKind.EXIT_ALL) if leaves else request)
    outcome = overall_sequencing_process(run, request)
    if not leaves or outcome.delivered is not None or outcome.ended:
        return outcome
    # Without contents there is nowhere to go from here; what the rules asked for instead has come to nothing.
    ended_all = navigate(tree, outcome.state, Request(RequestKind.EXIT_ALL), given=given)
    return msgspec.structs.replace(ended_all, trace=(*outcome.trace, *ended_all.trace))


def open_session(
    tree: ActivityTree, state: SequencingState, ended: EndedActivity | None = None, given: Given = _NOTHING
) -> Outcome:
    """
    Begin a session: go on with what was suspended or torn off, or start.

    A session that never ended (a killed browser) counts as suspended where it was.
    """
    torn = tree.find(state.current)
    if torn is not None and state.activities.get(torn.identifier, UNTOUCHED).active:
        state = navigate(tree, state, Request(RequestKind.SUSPEND_ALL), _unhurried(ended), given).state
    before: tuple[Step, ...] = ()
    state = msgspec.structs.replace(state, current=None)
    if tree.find(state.suspended) is not None:
        outcome = navigate(tree, state, Request(RequestKind.RESUME_ALL), given=given)
        if outcome.delivered is not None:
            return outcome
        before = outcome.trace
    begun = msgspec.structs.replace(state, suspended=None)
    outcome = navigate(tree, begun, Request(RequestKind.START), given=given)
    if outcome.delivered is None:
        # Nothing took its place: what was suspended can still be gone back to another time.
        outcome.state.suspended = state.suspended
    return msgspec.structs.replace(outcome, trace=(*before, *outcome.trace))


def foresee(tree: ActivityTree, state: SequencingState, ended: EndedActivity) -> Outlook:
    """
    Work out the standing, and the lines of the contents that are other ones, with what the content has reported so far.

    In SCORM 2004 what can be chosen is as it was at delivery: that changes only when the attempt ends. In SCORM 1.2 a
    result may meet the prerequisites of other parts at once.
    """
    before, run = Run(tree, state), _reported(tree, state, ended)
    if tree.standard is Standard.SCORM_12:
        old, new = scorm12.Outlook(before).contents, scorm12.Outlook(run)
        ways = {"continue": new.valid.continue_, "previous": new.valid.previous} if tree.asks_prerequisites else {}
        return Outlook(new.standing, {name: line for name, line in new.contents.items() if line != old[name]}, ways)
    touched = {one.identifier for readers in tree.readers.values() for one in readers} | set(run.state.activities)
    reading, lines = outlook.Reading(run), {}
    for name in sorted(touched):
        activity = tree.find(name)
        if activity is not None and activity.item is not None:
            status = reading.status_of(activity)
            if status != outlook.Reading(before).status_of(activity):
                line = outlook.contents_line(before, activity)
                lines[name] = toc_entry(status, line.enabled, line.visible)
    return Outlook(reading.standing_of(tree.root), lines)


def survey(tree: ActivityTree, state: SequencingState, ended: EndedActivity) -> dict[str, str]:
    """Return the status of every item with what the content has reported so far, in words."""
    reading = _read(_reported(tree, state, ended))
    return {one.identifier: reading.status_of(one) for one in tree.activities if one.item is not None}


def sum_up(tree: ActivityTree, state: SequencingState, ended: EndedActivity) -> dict[str, Standing]:
    """Return what every cluster, the root among them, has reached with what the content has reported so far."""
    reading = _read(_reported(tree, state, ended))
    return {one.identifier: reading.standing_of(one) for one in tree.clusters}


def _reported(tree: ActivityTree, state: SequencingState, ended: EndedActivity) -> Run:
    run = Run(tree, state)
    _take_over(run, ended)
    if tree.standard is not Standard.SCORM_12 and run.current is not None:
        overall_rollup_process(run, run.current)
    return run


def _read(run: Run) -> outlook.Reading | Standings:
    return Standings(run) if run.tree.standard is Standard.SCORM_12 else outlook.Reading(run)


def children_in_order(tree: ActivityTree, state: SequencingState) -> dict[str, tuple[str, ...]]:
    """Return the children of every cluster that selects or reorders them: as drawn, then those that take no part. [SN SR]"""
    run = Run(tree, state)
    found = {}
    for cluster in tree.clusters if tree.arranges else ():
        if cluster.arranges:
            drawn = run.available_children(cluster)
            rest = [one for one in cluster.children if run.place_of(one) is None]
            found[cluster.identifier] = tuple(one.identifier for one in (*drawn, *rest))
    return found


def objectives_at(tree: ActivityTree, state: SequencingState, activity_id: str) -> dict[str, ObjectiveStatus]:
    """
    Return the objectives of an activity as its content is to find them, in their order. [RTE 4.2.17]

    Read maps count, also for an activity that is not tracked; the satisfied status is derived where the measure decides.
    """
    run, activity = Run(tree, state), tree.by_id[activity_id]
    return {one.identifier: tracking.as_launched(run, activity, one) for one in activity.objectives}


def _take_over(run: Run, ended: EndedActivity | None) -> None:
    current = run.current
    if ended is None or current is None or not run.tracking(current).active:
        return
    # In SCORM 1.2 a cluster may have a file of its own, and is played like a leaf.
    if current.is_leaf or current.is_deliverable:
        tracking.record(run, current, ended)


def _unhurried(ended: EndedActivity | None) -> EndedActivity | None:
    return msgspec.structs.replace(ended, exit="suspend") if ended is not None else None


def overall_sequencing_process(run: Run, request: Request) -> Outcome:
    """Take a navigation request through termination, sequencing and delivery. [SN OP.1]"""
    of_target = f' of "{request.target}"' if request.target else ""
    run.note("OP.1", f"asked for: {REQUESTS[request.kind]}{of_target}")
    plan = navigation_request_process(run, request)
    if plan.refused is not None:
        return _outcome(run, refused=plan.refused)
    wanted = plan.sequencing
    if plan.termination is not None:
        terminated = termination_request_process(run, plan.termination)
        if terminated.refused is not None:
            return _outcome(run, refused=terminated.refused)
        if terminated.request is not None and terminated.request is not wanted:
            run.note(
                "TB.2.3", f"a rule asks for {REQUESTS[terminated.request]} in the place of {REQUESTS[request.kind]}"
            )
        wanted = terminated.request or wanted
    found = requests.sequencing_request_process(run, wanted, plan.target)
    if found.deliver is None:
        return _end_or_stay(run, found)
    refused = delivery.delivery_request_process(run, found.deliver)
    if refused is not None:
        return _outcome(run, refused=refused)
    resumed = delivery.content_delivery_environment_process(run, found.deliver)
    return _outcome(run, delivered=found.deliver, resumed=resumed)


def _end_or_stay(run: Run, found: Sequenced) -> Outcome:
    """End the session when the request asked for it, or the learner walked off the end of the course. [SN SB.2.1, OP.1]"""
    if not found.ends:
        return _outcome(run, refused=found.refused)
    root = run.tree.root
    if run.current is not root:
        terminate_descendent_attempts_process(run, root)
    if run.tracking(root).active:
        end_attempt_process(run, root)
    run.current = None
    run.note("OP.1", "the session ended")
    return _outcome(run, ended=True)


def _navigate_flat(run: Run, request: Request) -> Outcome:
    activity, refused = scorm12.find_next(run, request)
    if refused is not None:
        return _outcome(run, refused=refused)
    stays = request.kind in (RequestKind.EXIT, RequestKind.ABANDON)
    scorm12.leave(run, request) if run.current is not None else None
    if activity is None:
        return _outcome(run, ended=not stays)
    run.note("1.2", f'asked for: {REQUESTS[request.kind]}; that leads to "{activity.identifier}"', activity)
    return _outcome(run, delivered=activity, resumed=scorm12.deliver(run, activity))


def _outcome(
    run: Run,
    *,
    delivered: Activity | None = None,
    resumed: bool = False,
    ended: bool = False,
    refused: Refused | None = None,
) -> Outcome:
    if refused is not None:
        run.note(clause_of(refused), f"refused: {explain(refused)}")
    run.arranged.clear()
    seen = scorm12.Outlook(run) if run.tree.standard is Standard.SCORM_12 else outlook.Outlook(run)
    for step in seen.reasons():
        run.keep(step)
    return Outcome(
        state=run.state,
        delivered=delivered.identifier if delivered else None,
        entry=_entry(run, delivered, resumed),
        ended=ended,
        refused=refused,
        valid=seen.valid,
        toc=seen.contents,
        toc_visible=outlook.shows_contents(run),
        standing=seen.standing,
        trace=run.trace,
    )


def _entry(run: Run, delivered: Activity | None, resumed: bool) -> Entry:
    if delivered is None or resumed:
        return Entry.RESUME if resumed else Entry.NEITHER
    again = run.tree.standard is Standard.SCORM_12 and run.tracking(delivered).attempts > 1
    return Entry.NEITHER if again else Entry.AB_INITIO
