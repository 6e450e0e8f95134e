"""
Playing, decided from values alone: commits into states, sessions that end, activities that are delivered, and what of it is news.

Every function changes the `Play` it is given and touches nothing else; the time is an argument.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from courseway.learning.model.play import ActivityRecord, Delivered, Entered, News, Play, Playable
from courseway.learning.model.protocol import Commit
from courseway.learning.model.standing import ended_activity, judge_summary
from courseway.learning.model.values import Completion, Gap, LaunchEnded, Score, Success, Summary
from courseway.standards import cmi, xapi
from courseway.standards.cmi import ActivitySummary
from courseway.standards.manifests.structure import ItemKind
from courseway.standards.sequencing import overall
from courseway.standards.sequencing.overall import Outlook
from courseway.standards.sequencing.values import Standing
from courseway.standards.xapi.scorm import Verb

_ANSWERED = re.compile(r"cmi\.interactions\.(\d{1,9})\.(?:learner_response|student_response|result)")
_STORE = re.compile(r"adl\.data\.(\d{1,9})\.store")
# An escape of JSON: a whole pair of surrogates, one code unit, or anything else after a backslash.
_ESCAPED = re.compile(rb"\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([0-9a-fA-F]{4})|\\.", re.DOTALL)
_logs = msgspec.json.Decoder(list[list[str | float | bool | None]])
_LATEST_MS = 1e12
_LESSON_STATUS = "cmi.core.lesson_status"
_VERDICTS, _NO_VERDICT = ("passed", "failed"), ("completed", "browsed")
_LONGEST_GUESS_SECONDS = 4 * 3600.0


def take_commits(course: Playable, play: Play, commits: Sequence[Commit]) -> Outlook | None:
    """
    Apply commits to the activity being played; what came before is passed over.

    Answers with what is so now when a status changed. Raises Gap and LaunchEnded.
    """
    fresh = _without_repeats(play, commits)
    if not fresh:
        return None
    if play.launch.ended:
        raise LaunchEnded
    record = play.record
    if record is None:
        for commit in fresh:
            _enter(play, commit, [{"reason": "nothing is being played"}])
        return None
    before = cmi.summarize(course.standard, record.cmi)
    answered: list[int] = []
    over = False
    for commit in fresh:
        over = _apply(course, play, commit, answered) or over
    if over:
        _close_session(course, play, finished=True)
    return _settle(course, play, before, answered)


def end_content(course: Playable, play: Play, now: datetime, *, suspending: bool, timed_out: bool = False) -> None:
    """
    Close the session of the activity being played when its content has not done so, and tell how it was left.

    An attempt whose time is over ends, although its content asked to be suspended. [RTE 4.2.23]
    """
    record = play.record
    if record is None:
        return
    if not play.delivered.over:
        before = cmi.summarize(course.standard, record.cmi)
        _time_what_does_not_tell(course, play, now)
        _close_session(course, play, finished=False)
        _settle(course, play, before, [])
    if timed_out:
        play.delivered.exit = play.delivered.exit.replace("suspend", "")
        record.suspended = False
        play.touched.add(play.launch.activity_id)
    left = Verb.SUSPENDED if suspending or play.delivered.exit == "suspend" else Verb.TERMINATED
    play.news.append(
        News(play.launch.activity_id, xapi.Change(ended=left, duration_seconds=_session_seconds(play, now)))
    )


def tear_off(course: Playable, play: Play, seen_at: datetime) -> None:
    """Close what a window that vanished, or was reloaded, left open. Its later commits are counted from here on."""
    record = play.record
    if record is None or play.delivered.over:
        return
    before = cmi.summarize(course.standard, record.cmi)
    _time_what_does_not_tell(course, play, seen_at)
    play.delivered.folded_seconds += _told_seconds(course, record.cmi)
    _close_session(course, play, finished=False)
    _settle(course, play, before, [])


def begin_delivery(play: Play, activity_id: str, *, again: bool, resumed: bool, now: datetime) -> None:
    """Count a delivery and note its beginning. `again`: the same activity in the same window, reloaded."""
    launch, last = play.launch, play.delivered
    launch.delivery += 1
    launch.activity_id = activity_id
    play.delivered = Delivered(
        first=last.first if again else launch.delivery,
        begun_at=now,
        folded_seconds=last.folded_seconds if again else 0.0,
        verdict=last.verdict if again else _verdict(play.record),
        stores=(),
    )
    if not again:
        play.news.append(News(activity_id, xapi.Change(begun=Verb.RESUMED if resumed else Verb.INITIALIZED)))


def see_asset(course: Playable, play: Play) -> Outlook | None:
    """
    Complete what only has to be seen, as soon as it is: it can say nothing itself, and closing a window says nothing either.

    Answers like `take_commits`.
    """
    record, activity = play.record, course.tree.by_id[play.launch.activity_id]
    item, controls = activity.item, activity.sequencing.delivery_controls
    if record is None or item is None or item.kind is not ItemKind.ASSET or controls.completion_set_by_content:
        return None
    before = cmi.summarize(course.standard, record.cmi)
    name = _LESSON_STATUS if course.is_scorm12 else "cmi.completion_status"
    record.cmi = {**record.cmi, name: Completion.COMPLETED.value}
    return _settle(course, play, before, [])


def take_standing(course: Playable, play: Play, standing: Standing) -> None:
    """Bring the summary to what the whole course has reached, and note what of it is news."""
    record = play.record
    own = cmi.summarize(course.standard, record.cmi) if record else None
    before = play.summary
    after = judge_summary(course, before, own, standing, play.held.floor)
    if after == before:
        return
    play.summary = msgspec.structs.replace(after, revision=before.revision + 1)
    play.finished_now = play.finished_now or (
        after.completion is Completion.COMPLETED and before.completion is not Completion.COMPLETED
    )
    if not course.single:
        change = _course_change(before, after)
        if xapi.count_statements(change):
            play.news.append(News("", change))


def _without_repeats(play: Play, commits: Sequence[Commit]) -> list[Commit]:
    expected = play.launch.last_seq + 1
    fresh = []
    for commit in commits:
        if commit.seq < expected:
            continue
        if commit.seq > expected:
            raise Gap(f"Commit {expected} is missing before {commit.seq}.", expected=expected)
        fresh.append(commit)
        expected += 1
    return fresh


def _apply(course: Playable, play: Play, commit: Commit, answered: list[int]) -> bool:
    """Apply one commit; say whether the content ended its session with it."""
    record, here = play.record, play.delivered
    assert record is not None
    if not here.first <= commit.delivery <= play.launch.delivery or here.over:
        _enter(play, commit, [{"reason": "this delivery is over"}] if commit.set else [])
        return False
    changes = _recounted(course, play, commit)
    applied = cmi.apply_commit(course.standard, record.cmi, changes)
    record.cmi = applied.state
    _keep_verdict(play)
    play.touched.add(play.launch.activity_id)
    answered.extend(int(found[1]) for name in changes if (found := _ANSWERED.fullmatch(name)))
    refused = [msgspec.to_builtins(one) for one in applied.rejected]
    _note_stores(play, changes, {one["element"] for one in refused})
    _enter(play, commit, refused)
    return commit.kind == "terminate"


def _verdict(record: ActivityRecord | None) -> str:
    status = record.cmi.get(_LESSON_STATUS, "") if record else ""
    return status if status in _VERDICTS else ""


def _keep_verdict(play: Play) -> None:
    """
    Keep "passed" or "failed" of an earlier session when SCORM 1.2 content now only says that it has been gone through.

    One word stands for two facts there; of success the new word says nothing, so it takes nothing back.
    """
    record, here = play.record, play.delivered
    assert record is not None
    if here.verdict and record.cmi.get(_LESSON_STATUS) in _NO_VERDICT:
        record.cmi = {**record.cmi, _LESSON_STATUS: here.verdict}
    elif here.verdict:
        here.verdict = _verdict(record) or here.verdict


def _note_stores(play: Play, changes: dict[str, str], refused: set[str]) -> None:
    """Note which shared data stores the content has written: only those are given to the learner's other courses."""
    record, here = play.record, play.delivered
    assert record is not None
    if here.stores is None:
        return
    found = [_STORE.fullmatch(name) for name in changes if name.startswith("adl.data.") and name not in refused]
    written = [record.cmi.get(f"adl.data.{one[1]}.id", "") for one in found if one is not None]
    if written:
        here.stores = tuple(dict.fromkeys((*here.stores, *written)))


def _recounted(course: Playable, play: Play, commit: Commit) -> dict[str, str]:
    """Take from an earlier page's session time what has been counted already."""
    name = "cmi.core.session_time" if course.is_scorm12 else "cmi.session_time"
    folded = play.delivered.folded_seconds
    if commit.delivery == play.launch.delivery or not folded or name not in commit.set:
        return commit.set
    parse, render = (
        (cmi.parse_timespan, cmi.render_timespan) if course.is_scorm12 else (cmi.parse_duration, cmi.render_duration)
    )
    return {**commit.set, name: render(max(0.0, (parse(commit.set[name]) or 0.0) - folded))}


def _enter(play: Play, commit: Commit, rejected: list[dict[str, str]]) -> None:
    play.launch.last_seq = commit.seq
    calls = _keepable(b"[" + b",".join(bytes(one) for one in commit.calls) + b"]")
    if not _is_log(calls):
        # Numbers nobody can read back, or no calls at all: the values count, the log does not.
        calls, rejected = b"[]", [*rejected, {"reason": "the log of its calls could not be read"}]
    play.entered.append(
        Entered(commit.seq, commit.delivery, play.launch.activity_id, commit.kind, commit.set, calls, rejected)
    )


def _is_log(calls: bytes) -> bool:
    try:
        return all(
            isinstance(part, str) or part is None or -_LATEST_MS <= part <= _LATEST_MS
            for one in _logs.decode(calls)
            for part in one
        )
    except msgspec.DecodeError:
        return False


def _keepable(calls: bytes) -> bytes:
    """
    Put U+FFFD in the place of what the database cannot keep: NUL and half of a pair.

    A log that was shortened in the middle of an emoji, or a call with rubbish in it, is no reason to lose a commit.
    """
    if b"\\u" not in calls:
        return calls

    def kept(found: re.Match[bytes]) -> bytes:
        unit = int(found[1], 16) if found[1] else 1
        return b"\\ufffd" if unit == 0 or 0xD800 <= unit <= 0xDFFF else found[0]

    return _ESCAPED.sub(kept, calls)


def _close_session(course: Playable, play: Play, *, finished: bool) -> None:
    record = play.record
    assert record is not None
    closed = cmi.end_session(course.standard, record.cmi, finished=finished)
    record.cmi, record.suspended = closed.state, closed.suspended
    play.delivered.over, play.delivered.exit, play.delivered.ended_by_content = True, closed.exit, finished
    play.touched.add(play.launch.activity_id)


def _settle(course: Playable, play: Play, before: ActivitySummary, answered: list[int]) -> Outlook | None:
    """Compare an activity before and after, note the news, and bring the registration's summary up to date."""
    record, activity = play.record, play.launch.activity_id
    assert record is not None
    after = cmi.summarize(course.standard, record.cmi)
    spent = after.total_time_seconds - record.total_time_seconds
    record.total_time_seconds = after.total_time_seconds
    change = _activity_change(course, record.cmi, before, after, answered)
    if xapi.count_statements(change):
        play.news.append(News(activity, change))
    if spent or after.location != before.location:
        play.summary = msgspec.structs.replace(
            play.summary,
            total_time_seconds=round(play.summary.total_time_seconds + max(0.0, spent), 2),
            location=after.location,
            revision=play.summary.revision + 1,
        )
    if _status_of(before) == _status_of(after):
        return None
    ended = ended_activity(after, play.delivered.exit)
    foreseen = overall.foresee(course.tree, play.held.sequencing, ended)
    take_standing(course, play, foreseen.standing)
    return foreseen


def _status_of(summary: ActivitySummary) -> tuple[object, ...]:
    return (
        summary.completion, summary.completion_set, summary.success, summary.score, summary.progress, summary.objectives,
    )  # fmt: skip


def _activity_change(
    course: Playable, values: dict[str, str], before: ActivitySummary, after: ActivitySummary, answered: list[int]
) -> xapi.Change:
    found = (xapi.read_interaction(values, one, scorm12=course.is_scorm12) for one in dict.fromkeys(answered))
    score = after.score
    turned = after.success != before.success and after.success != Success.UNKNOWN
    return xapi.Change(
        interactions=tuple(one for one in found if one is not None),
        score=xapi.Score(score.scaled, score.raw, score.min, score.max) if score != before.score else None,
        passed=after.success == Success.PASSED if turned else None,
        completed=after.completion == Completion.COMPLETED and before.completion != Completion.COMPLETED,
    )


def _course_change(before: Summary, after: Summary) -> xapi.Change:
    score: Score = after.score
    turned = after.success is not before.success and after.success is not Success.UNKNOWN
    return xapi.Change(
        score=xapi.Score(score.scaled, score.raw, score.min, score.max) if score != before.score else None,
        passed=after.success is Success.PASSED if turned else None,
        completed=after.completion is Completion.COMPLETED and before.completion is not Completion.COMPLETED,
    )


def _time_what_does_not_tell(course: Playable, play: Play, until: datetime) -> None:
    """Count the time an activity was open when its content reported none."""
    record, begun = play.record, play.delivered.begun_at
    name = "cmi.core.session_time" if course.is_scorm12 else "cmi.session_time"
    if record is None or begun is None or name in record.cmi:
        return
    seconds = min(max(0.0, (until - begun).total_seconds()), _LONGEST_GUESS_SECONDS)
    render = cmi.render_timespan if course.is_scorm12 else cmi.render_duration
    record.cmi = {**record.cmi, name: render(seconds)}


def _session_seconds(play: Play, now: datetime) -> float | None:
    begun = play.delivered.begun_at
    return max(0.0, (now - begun).total_seconds()) if begun else None


def _told_seconds(course: Playable, values: dict[str, str]) -> float:
    """Return the open session's time as its content told it."""
    if course.is_scorm12:
        return cmi.parse_timespan(values.get("cmi.core.session_time", "")) or 0.0
    return cmi.parse_duration(values.get("cmi.session_time", "")) or 0.0
