"""What the learner may do next and how far the course is, worked out once at each delivery. Nothing is changed here."""

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import delivery, navigation, requests, rules, tracking
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity, is_deliverable
from courseway.standards.sequencing.values import Request, RequestKind, Standing, TocEntry, ValidRequests


def valid_requests(run: Run) -> ValidRequests:
    """
    Say which requests would be honoured now.

    Continue depends on the parent's flow alone; Previous and Choice are tried on the tree as it is.
    """
    current, kept = run.current, len(run.trace)
    active = current is not None and run.tracking(current).active
    choices = {one.identifier: _may_choose(run, one) for one in run.tree.activities}
    leaves = {one.identifier: requests.jump(run, one).deliver is not None for one in run.tree.leaves}
    flows = current is not None and current.parent is not None and current.parent.sequencing.control_mode.flow
    valid = ValidRequests(
        continue_=flows,
        previous=_may_go_back(run),
        exit=active,
        exit_all=current is not None,
        abandon=active,
        abandon_all=current is not None,
        suspend_all=current is not None,
        choice=choices,
        jump=leaves,
    )
    del run.trace[kept:]
    return valid


def table_of_contents(run: Run, valid: ValidRequests) -> dict[str, TocEntry]:
    """Return every item with its status, and whether it is shown and can be chosen."""
    kept = len(run.trace)
    hidden: set[str] = set()
    entries: dict[str, TocEntry] = {}
    for one in run.tree.activities:
        above = one.parent is not None and one.parent.identifier in hidden
        if above or rules.pre_condition(run, one, RuleAction.HIDDEN_FROM_CHOICE):
            hidden.add(one.identifier)
        if one.item is not None:
            visible = one.item.visible and one.identifier not in hidden
            enabled = valid.choice.get(one.identifier, False)
            entries[one.identifier] = TocEntry(status_of(run, one), enabled, visible)
    del run.trace[kept:]
    return entries


def contents_line(run: Run, activity: Activity) -> TocEntry:
    """Return one line of the table of contents."""
    kept = len(run.trace)
    hidden = any(rules.pre_condition(run, one, RuleAction.HIDDEN_FROM_CHOICE) for one in activity.path())
    visible = activity.item is not None and activity.item.visible and not hidden
    line = TocEntry(status_of(run, activity), _may_choose(run, activity), visible)
    del run.trace[kept:]
    return line


def status_of(run: Run, activity: Activity) -> str:
    """Put an activity's status in one word for the learner."""
    done, passed = tracking.completed(run, activity), tracking.satisfied(run, activity, activity.primary)
    if passed is False:
        return "failed"
    if passed and (done is None or tracking.measure(run, activity, activity.primary) is not None):
        return "passed"
    if done:
        return "completed"
    return "incomplete" if run.tracking(activity).attempts else "not attempted"


def standing(run: Run) -> Standing:
    """Read what the whole course has reached. Without a progress measure, the share of completed leaves is the progress."""
    return standing_of(run, run.tree.root)


def standing_of(run: Run, top: Activity) -> Standing:
    """Read what an activity and everything below it has reached."""
    reached = tracking.progress(run, top)
    if reached is None:
        leaves = [one for one in run.tree.leaves if one.is_tracked and one.is_within(top)]
        done = sum(1 for one in leaves if tracking.completed(run, one))
        reached = done / len(leaves) if leaves else None
    return Standing(
        attempted=run.tracking(top).attempts > 0,
        completed=tracking.completed(run, top),
        satisfied=tracking.satisfied(run, top, top.primary),
        measure=tracking.measure(run, top, top.primary),
        progress=reached,
    )


def shows_contents(run: Run) -> bool:
    """Say whether there is a table of contents: a course of one activity has none."""
    return sum(1 for one in run.tree.activities if is_deliverable(one)) > 1


def _may_choose(run: Run, activity: Activity) -> bool:
    if navigation.judge(run, Request(RequestKind.CHOICE, activity.identifier)).refused is not None:
        return False
    found = requests.choice(run, activity).deliver
    if found is None:
        return False
    # The present attempt would end before a new one counts against a limit.
    return found is run.current or delivery.check(run, found) is None


def _may_go_back(run: Run) -> bool:
    if navigation.judge(run, Request(RequestKind.PREVIOUS)).refused is not None:
        return False
    found = requests.previous(run).deliver
    return found is not None and delivery.check(run, found) is None
