"""
Playing a recorded launch again, in process, and saying where it now goes another way. Pure.

A replay takes the place of the browser and of the service: its API answers the recorded calls, its commits and
navigations go through the functions that play a course. Reading the file is `launch_file`, the calls are `recalling`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from courseway.learning.model.across import keep_unheard, take_shared
from courseway.learning.model.delivering import begin_activity
from courseway.learning.model.launch_file import FileCommit, FileMove, FileStep, LaunchFile, NotLaunchFile, Reached
from courseway.learning.model.moving import move_play, open_play
from courseway.learning.model.play import Beginning, Launch, Play, Playable
from courseway.learning.model.playing import take_commits
from courseway.learning.model.protocol import Commit, CommitKind
from courseway.learning.model.recalling import Answered, RecalledApi
from courseway.learning.model.values import LearnerIdentity
from courseway.standards.sequencing.overall import Entry, Outcome
from courseway.standards.sequencing.values import Request, RequestKind, Step

_NOBODY = UUID(int=0)


class Difference(msgspec.Struct, frozen=True):
    """One place where the launch now goes another way: the step of the file, where and what, and both answers in words."""

    step: int
    where: str
    what: str
    recorded: str
    now: str


@dataclass
class Replayed:
    """What came of a replay. `steps` are the steps as they are now; `stopped` says why the rest was not compared, "" when all was."""

    differences: list[Difference] = field(default_factory=list)
    calls: int = 0
    calls_not_compared: int = 0
    commits: int = 0
    navigations: int = 0
    stopped: str = ""
    steps: list[FileStep] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Tell whether everything went as it was recorded."""
        return not self.differences


def replay_launch(file: LaunchFile, *, traces: bool = False) -> Replayed:
    """
    Play a launch again and compare every answer; `traces` compares the reasons of navigations too.

    After a navigation that delivers something else the rest is not compared: it belongs to another way. NotLaunchFile
    when the course cannot be played.
    """
    course = Playable(_NOBODY, _NOBODY, file.course)
    if not course.is_playable:
        raise NotLaunchFile("The course in this exported launch cannot be played.")
    replay = _Replay(course, file, traces)
    # What an engine of today raises on a launch of yesterday is a difference to be shown, not an end to it.
    for place, batch in _requests(file.steps):
        try:
            goes_on = replay.take(place, batch)
        except Exception as error:
            replay.differ(place, _name(batch[0]), "what came of it", "an answer", f"{type(error).__name__}: {error}")
            goes_on = False
        if not goes_on:
            left = len(file.steps) - place - len(batch)
            replay.found.stopped = f"The {left} steps after it were not compared." if left else ""
            break
    return replay.found


def _requests(steps: Sequence[FileStep]) -> Iterator[tuple[int, list[FileStep]]]:
    """Yield what came in one request: a navigation, or commits of one moment; with the place of the first."""
    batch: list[FileStep] = []
    for place, step in enumerate(steps):
        joins = isinstance(step, FileCommit) and batch and isinstance(batch[-1], FileCommit) and batch[-1].at == step.at
        if batch and not joins:
            yield place - len(batch), batch
            batch = []
        batch.append(step)
    if batch:
        yield len(steps) - len(batch), batch


def _name(step: FileStep) -> str:
    if isinstance(step, FileCommit):
        return f"commit {step.seq}"
    if step.nav < 0:
        return "reload of the window"
    return "start" if step.nav == 0 else f"navigation {step.nav}"


class _Replay:
    """One replay in progress."""

    def __init__(self, course: Playable, file: LaunchFile, traces: bool) -> None:
        self.course, self.traces = course, traces
        self.found = Replayed()
        self.apis: dict[int, RecalledApi] = {}
        # A copy: playing changes what it is given, and the file stays as it was.
        start = msgspec.convert(msgspec.to_builtins(file.start), Beginning)
        before = _launch(file)
        before.activity_id, before.last_seen_at = start.activity, start.seen_at
        learner = LearnerIdentity(file.learner.id, file.learner.name)
        self.play = Play(before, learner, start.summary, start.held, start.delivered, start.records)
        self.launch = _launch(file)

    def differ(self, step: int, where: str, what: str, recorded: str, now: str) -> None:
        """Note a difference."""
        self.found.differences.append(Difference(step, where, what, recorded, now))

    def take(self, place: int, batch: list[FileStep]) -> bool:
        """Take one request; say whether it makes sense to go on."""
        if isinstance(batch[0], FileMove):
            return self.move(place, batch[0])
        self.commit(place, [step for step in batch if isinstance(step, FileCommit)])
        return True

    # Commits ----------------------------------------------------------------------------------------------------

    def commit(self, place: int, commits: list[FileCommit]) -> None:
        """Answer the calls of commits, then take them as the service would."""
        answered = [self.call(place + number, one) for number, one in enumerate(commits)]
        kept = len(self.play.entered)
        take_commits(self.course, self.play, [_commit(one) for one in commits])
        entered = self.play.entered[kept:]
        for number, (one, calls, taken) in enumerate(zip(commits, answered, entered, strict=True)):
            self.found.commits += 1
            if taken.rejected != one.rejected:
                self.differ(
                    place + number, _name(one), "what the server refused", _say_rejected(one.rejected), _say_rejected(taken.rejected)
                )  # fmt: skip
            self.found.steps.append(msgspec.structs.replace(one, calls=calls, rejected=list(taken.rejected)))

    def call(self, place: int, commit: FileCommit) -> list[list[object]]:
        """Answer the calls of one commit; returns them as they are answered now."""
        api = self.apis.get(commit.delivery)
        if api is None:
            self.found.calls_not_compared += len(commit.calls)
            return commit.calls
        answers = api.answer(commit)
        for one in answers:
            if one.compared:
                self.found.calls += 1
            else:
                self.found.calls_not_compared += 1
            if one.differs:
                self._differ_call(place, commit, one)
        for name, recorded, now in api.kept_otherwise(commit):
            self.differ(place, _name(commit), f"what is kept of {name}", recorded, now)
        return [one.as_now for one in answers]

    def _differ_call(self, place: int, commit: FileCommit, one: Answered) -> None:
        where = f"{_name(commit)}, call {one.number}"
        self.differ(place, where, one.said, one.say(one.recorded), one.say(one.now))

    # Navigations ------------------------------------------------------------------------------------------------

    def move(self, place: int, move: FileMove) -> bool:
        """Carry out a start, a reload or a navigation as the service would; says whether it leads where it led."""
        play = self.play
        if move.heard is not None:
            take_shared(self.course, play, move.heard)
        outcome, again = self._ask(move)
        keep_unheard(play)
        if outcome.delivered is not None:
            if move.recalled is not None:
                recalled = msgspec.structs.replace(move.recalled, cmi=dict(move.recalled.cmi))
                play.records.setdefault(outcome.delivered, recalled)
            outcome, record = begin_activity(self.course, play, outcome, move.at, again=again)
            self.apis[play.launch.delivery] = RecalledApi(self.course.standard, record.cmi, outcome.valid)
        elif move.nav <= 0:
            play.launch.activity_id = ""
        if move.nav > 0:
            play.launch.last_nav, play.launch.ended = move.nav, outcome.ended
        now = _now(move, outcome, _reached(play, outcome))
        self.found.navigations += 1
        self.found.steps.append(now)
        return self._compare(place, move, now)

    def _ask(self, move: FileMove) -> tuple[Outcome, bool]:
        if move.nav > 0:
            request = Request(move.request, move.target or None)
            return move_play(self.course, self.play, request, move.at, timed_out=move.timed_out), False
        if move.nav < 0:
            self.play.launch.last_seen_at = move.seen_at
            return open_play(self.course, self.play, self.play.launch, move.at)
        return open_play(self.course, self.play, self.launch, move.at)

    def _compare(self, place: int, recorded: FileMove, now: FileMove) -> bool:
        where = _name(recorded)
        for what, one, other in (
            ("what was asked", recorded.request.value, now.request.value),
            ("what was delivered", recorded.delivered, now.delivered),
            ("what was refused", recorded.refused, now.refused),
        ):
            if one != other:
                self.differ(place, where, what, one or "nothing", other or "nothing")
        if self.traces and recorded.trace:
            self._compare_traces(place, where, recorded.trace, now.trace)
        if recorded.reached is not None and now.reached is not None:
            self._compare_reached(place, where, recorded.reached, now.reached)
        return recorded.delivered == now.delivered and bool(recorded.refused) == bool(now.refused)

    def _compare_traces(self, place: int, where: str, recorded: list[Step], now: list[Step]) -> None:
        for number in range(max(len(recorded), len(now))):
            one = _say_step(recorded[number]) if number < len(recorded) else "no further step"
            other = _say_step(now[number]) if number < len(now) else "no further step"
            if one != other:
                self.differ(place, where, f"the reasons, from step {number + 1} on", one, other)
                return

    def _compare_reached(self, place: int, where: str, recorded: Reached, now: Reached) -> None:
        one, other = _say_result(recorded), _say_result(now)
        if one != other:
            self.differ(place, where, "the result of the whole course", one, other)
        for name in sorted({*recorded.activities, *now.activities}):
            before, after = recorded.activities.get(name, "none"), now.activities.get(name, "none")
            if before != after:
                self.differ(place, where, f'the status of "{name}"', before, after)
        for offer in sorted({*recorded.offers} ^ {*now.offers}):
            was = offer in recorded.offers
            self.differ(place, where, f"whether {offer} is possible", "yes" if was else "no", "no" if was else "yes")


def _launch(file: LaunchFile) -> Launch:
    return Launch(_NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY, file.mode, seed=file.seed)


def _commit(one: FileCommit) -> Commit:
    kind: CommitKind = "terminate" if one.kind == "terminate" else "commit"
    return Commit(one.seq, one.delivery, kind, one.set)


def _now(move: FileMove, outcome: Outcome, reached: Reached) -> FileMove:
    request = move.request
    if move.nav <= 0:
        request = RequestKind.RESUME_ALL if outcome.entry is Entry.RESUME else RequestKind.START
    return msgspec.structs.replace(
        move,
        request=request,
        delivered=outcome.delivered or "",
        refused=outcome.refused.value if outcome.refused else "",
        trace=list(outcome.trace),
        reached=reached,
    )


def _reached(play: Play, outcome: Outcome) -> Reached:
    valid = msgspec.to_builtins(outcome.valid)
    offers = [name for name, possible in valid.items() if possible is True]
    for kind in ("choice", "jump"):
        offers += [f'{kind} of "{name}"' for name, possible in valid[kind].items() if possible]
    summary = play.summary
    statuses = {name: entry.status for name, entry in outcome.toc.items()}
    return Reached(summary.completion, summary.success, summary.score.scaled, statuses, sorted(offers))


def _say_rejected(rejected: Sequence[object]) -> str:
    said = []
    for one in rejected:
        if isinstance(one, dict) and one.get("element"):
            said.append(f"{one['element']} = {str(one.get('value', ''))[:80]!r} (error {one.get('code', '')})")
        else:
            said.append(str(one.get("reason", one)) if isinstance(one, dict) else str(one))
    return "; ".join(said) or "nothing"


def _say_step(step: Step) -> str:
    return f"{step.clause}: {step.words}"


def _say_result(reached: Reached) -> str:
    scaled = "no score" if reached.scaled is None else f"score {reached.scaled:g}"
    return f"{reached.completion.value}, {reached.success.value}, {scaled}"
