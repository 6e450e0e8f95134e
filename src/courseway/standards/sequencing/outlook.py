"""What the learner may do next and how far the course is, worked out once at each delivery. Nothing is changed here."""

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import delivery, navigation, requests, rules, tracking
from courseway.standards.sequencing.choice import choice_sequencing_request_process, is_available
from courseway.standards.sequencing.choosing import Choosing
from courseway.standards.sequencing.run import UNKNOWN, Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import (
    Refused,
    Request,
    RequestKind,
    Standing,
    Step,
    TocEntry,
    ValidRequests,
    toc_entry,
)
from courseway.standards.sequencing.words import explain

MOST_REASONS = 100
_CONTROLS = {
    "continue": "Continue",
    "previous": "Previous",
    "suspendAll": "Save and exit",
    "exitAll": "Finish",
    "abandonAll": "Leave without saving",
}


class Outlook:
    """What may be asked for now, what the contents show, and why what is off is off."""

    def __init__(self, run: Run) -> None:
        self.run = run
        with run.silent():
            self.standing = Reading(run).standing_of(run.tree.root)
            self.choosing = Choosing(run)
            self.why_no_continue = _refuse_continue(run)
            self.why_no_previous = _refuse_previous(run)
            self.valid = self._valid_requests()
            self.contents = self._table_of_contents()

    def _valid_requests(self) -> ValidRequests:
        """
        Say which requests would be honoured now.

        Continue depends on the parent's flow alone; Previous, Choice and Jump are tried on the tree as it is.
        """
        run, current = self.run, self.run.current
        active = current is not None and run.tracking(current).active
        here, refusals = current is not None, self.choosing.refusals
        return ValidRequests(
            continue_=here and self.why_no_continue is None,
            previous=here and self.why_no_previous is None,
            exit=active,
            exit_all=here,
            abandon=active,
            abandon_all=here,
            suspend_all=here,
            choice={one.identifier: refusals[one.position] is None for one in run.tree.activities},
            jump={one.identifier: self.choosing.may_jump(one) for one in run.tree.leaves},
        )

    def _table_of_contents(self) -> dict[str, TocEntry]:
        """Return every item with its status, and whether it is shown and can be chosen."""
        run, hidden, refusals, absent = self.run, self.choosing.hidden, self.choosing.refusals, self.choosing.absent
        entries: dict[str, TocEntry] = {}
        for one in run.tree.activities:
            if one.item is not None:
                visible = one.item.visible and not hidden[one.position] and not absent[one.position]
                entries[one.identifier] = toc_entry(_status_of(run, one), refusals[one.position] is None, visible)
        return entries

    def reasons(self) -> list[Step]:
        """Say why Continue, Previous and the choices that are off are off; equal reasons of one cluster once."""
        current = self.run.current
        if current is None:
            return []
        steps = []
        for name, refused in (("Continue", self.why_no_continue), ("Previous", self.why_no_previous)):
            if refused is not None:
                steps.append(Step("NB.2.1", f"{name} is off: {explain(refused)}", current.identifier))
        open_item = current.item if self.run.tracking(current).active else None
        for name in open_item.hide_lms_ui if open_item is not None else ():
            words = f"{_CONTROLS.get(name, name)} is off: the course hides this control here (hideLMSUI)"
            steps.append(Step("5.1", words, current.identifier))
        return steps + self._choice_reasons()

    def _choice_reasons(self) -> list[Step]:
        together: dict[tuple[Refused, Activity | None], list[Activity]] = {}
        for one in self.run.tree.activities:
            refused = self.choosing.refusals[one.position]
            if refused is not None and one.item is not None:
                together.setdefault((refused, one.parent), []).append(one)
        steps = []
        for (refused, parent), activities in list(together.items())[:MOST_REASONS]:
            if len(activities) == 1 or parent is None:
                about, which = activities[0], f'"{activities[0].identifier}"'
            else:
                about, which = parent, f'{len(activities)} of the children of "{parent.identifier}"'
            steps.append(Step("NB.2.1", f"Choice of {which} is off: {explain(refused)}", about.identifier))
        return steps


def contents_line(run: Run, activity: Activity) -> TocEntry:
    """Return one line of the table of contents."""
    with run.silent():
        hidden = any(rules.pre_condition(run, one, RuleAction.HIDDEN_FROM_CHOICE) for one in activity.path())
        shown = activity.item is not None and activity.item.visible and is_available(run, activity)
        visible = shown and not hidden
        return toc_entry(_status_of(run, activity), refuse_choice(run, activity) is None, visible)


class Reading:
    """What activities have reached, in the words of the contents and of results."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def status_of(self, activity: Activity) -> str:
        """Put an activity's status in one word for the learner."""
        return _status_of(self._run, activity)

    def standing_of(self, top: Activity) -> Standing:
        """
        Read what an activity and everything below it has reached.

        What is completed is done, whatever measure of progress its parts left behind. Without such a measure the
        share of completed leaves is the progress.
        """
        run, reached = self._run, tracking.progress(self._run, top)
        completed = tracking.completed(run, top)
        if completed:
            reached = 1.0
        elif reached is None:
            leaves = [
                one for one in run.tree.activities[top.position : top.end] if one.is_deliverable and one.is_tracked
            ]
            held = run.state.activities
            known = [one for one in leaves if not one.is_plain or one.identifier in held]
            done = sum(1 for one in known if tracking.completed(run, one))
            reached = done / len(leaves) if leaves else None
        return Standing(
            attempted=run.tracking(top).attempts > 0,
            completed=completed,
            satisfied=tracking.satisfied(run, top, top.primary),
            measure=tracking.measure(run, top, top.primary),
            progress=reached,
        )


def _status_of(run: Run, activity: Activity) -> str:
    done: bool | None
    passed: bool | None
    held = run.state.activities.get(activity.identifier)
    if activity.is_plain:
        if held is None:
            return "not attempted"
        known = held.objectives.get(activity.primary.identifier, UNKNOWN)
        done, passed, measured = held.completed, known.satisfied, known.measure is not None
    else:
        done, passed = tracking.completed(run, activity), tracking.satisfied(run, activity, activity.primary)
        measured = tracking.measure(run, activity, activity.primary) is not None
    if passed is False:
        return "failed"
    if passed and (done is None or measured):
        return "passed"
    if done:
        return "completed"
    return "incomplete" if held is not None and held.attempts else "not attempted"


def shows_contents(run: Run) -> bool:
    """Say whether there is a table of contents: a course of one activity has none."""
    return len(run.tree.leaves) > 1


def refuse_choice(run: Run, activity: Activity) -> Refused | None:
    """Say why an activity cannot be chosen now, None when it can: the processes of the book, one after the other."""
    refused = navigation.navigation_request_process(run, Request(RequestKind.CHOICE, activity.identifier)).refused
    if refused is not None:
        return refused
    found = choice_sequencing_request_process(run, activity)
    if found.deliver is None:
        return found.refused
    return delivery.delivery_request_process(run, found.deliver)


def _refuse_continue(run: Run) -> Refused | None:
    return navigation.navigation_request_process(run, Request(RequestKind.CONTINUE)).refused


def _refuse_previous(run: Run) -> Refused | None:
    refused = navigation.navigation_request_process(run, Request(RequestKind.PREVIOUS)).refused
    if refused is not None:
        return refused
    found = requests.previous_sequencing_request_process(run)
    return found.refused if found.deliver is None else delivery.delivery_request_process(run, found.deliver)
