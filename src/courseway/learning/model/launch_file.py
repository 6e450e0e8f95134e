"""
A launch as a file: everything that is needed to play it again, as JSON of this one format. Pure.

Here: the format, reading and writing it, and taking the learner out of it. Playing it again is `replay`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from courseway.errors import Kind, Refusal
from courseway.learning.model.play import ActivityRecord, Beginning, Shared
from courseway.learning.model.values import Completion, Mode, Success
from courseway.standards.manifests.structure import CourseStructure, Organization
from courseway.standards.sequencing.values import RequestKind, Step

FORMAT, VERSION = "courseway-launch", 1
SHORTEST_NAME = 5
_PERSONAL = frozenset(("cmi.learner_id", "cmi.learner_name", "cmi.core.student_id", "cmi.core.student_name"))


class NotLaunchFile(Refusal):
    """This is not an exported launch."""

    kind, code, title = Kind.INVALID, "learning.not_launch_file", "Not an exported launch"


class FileLearner(msgspec.Struct, frozen=True):
    """Who learned, as the content was told."""

    id: str = "learner"
    name: str = "Learner"


class Reached(msgspec.Struct, frozen=True):
    """What a navigation left: the whole course's result, the status of every item, and what may be asked for next."""

    completion: Completion
    success: Success
    scaled: float | None = None
    activities: dict[str, str] = {}
    offers: list[str] = []


class FileCommit(msgspec.Struct, frozen=True, kw_only=True, tag="commit", tag_field="step"):
    """
    One commit: the elements in the order set, the calls it carried, and what the server refused of it.

    Commits one after another with the same `at` came in one request.
    """

    seq: int
    at: datetime
    delivery: int
    kind: str
    set: dict[str, str] = {}
    calls: list[list[Any]] = []
    rejected: list[dict[str, Any]] = []


class FileMove(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="navigation", tag_field="step"):
    """
    One start, reload (`nav` below 0) or navigation, and what came of it. `timed_out`: the time for the part was over.

    `recalled` are values of the delivered activity from before this launch; `heard` is what the learner's other courses
    had written since the move before. `trace` and `reached` are compared where
    they are present.
    """

    nav: int
    at: datetime
    request: RequestKind
    target: str = ""
    delivered: str = ""
    refused: str = ""
    seen_at: datetime | None = None
    timed_out: bool = False
    recalled: ActivityRecord | None = None
    heard: Shared | None = None
    trace: list[Step] = []
    reached: Reached | None = None


FileStep = FileCommit | FileMove


class LaunchFile(msgspec.Struct, frozen=True, kw_only=True):
    """
    A launch as a file. Within one `version` fields may come, and none changes its meaning.

    `seed` is what selections and random orders are drawn with.
    """

    format: str = FORMAT
    version: int = VERSION
    launch: str = ""
    mode: Mode = Mode.NORMAL
    course: CourseStructure
    learner: FileLearner = FileLearner()
    seed: str = ""
    start: Beginning
    steps: list[FileStep]


def render_launch_file(file: LaunchFile) -> bytes:
    """Write a launch as JSON that people can read and compare."""
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def parse_launch_file(document: bytes) -> LaunchFile:
    """Read a launch; NotLaunchFile says what is wrong, and where."""
    try:
        found = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotLaunchFile(f"This is not an exported launch: it is not JSON ({error}).") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotLaunchFile(
            f'This is not an exported launch: its "format" is not "{FORMAT}". Export one with: courseway launches export LAUNCH'
        )
    version = found.get("version")
    if not isinstance(version, int) or version < 1:
        raise NotLaunchFile('This exported launch has no "version" that is a whole number from 1 on.')
    if version > VERSION:
        raise NotLaunchFile(
            f"This launch was exported by a newer Courseway: its format is {version}, and this one reads up to {VERSION}. Update Courseway."
        )
    try:
        file = msgspec.convert(found, LaunchFile)
    except (msgspec.ValidationError, RecursionError) as error:
        raise NotLaunchFile(f"This exported launch is damaged: {error}.") from error
    _check_order(file)
    return file


def _check_order(file: LaunchFile) -> None:
    """Refuse what cannot be played in order: no start, or commits that are not numbered one after another."""
    if not file.course.organizations:
        raise NotLaunchFile("This exported launch is damaged: its course has no organization.")
    if not file.steps or not isinstance(file.steps[0], FileMove):
        raise NotLaunchFile("This exported launch is damaged: its first step is not the start.")
    expected = 1
    for place, step in enumerate(file.steps):
        if isinstance(step, FileCommit):
            if step.seq != expected:
                raise NotLaunchFile(
                    f"This exported launch is damaged: at $.steps[{place}] commit {expected} comes next, not {step.seq}."
                )
            expected += 1


def played_only(course: CourseStructure, played: Organization) -> CourseStructure:
    """Return a course with the organization that is played alone."""
    return msgspec.structs.replace(
        course, organizations=(played,), default_organization=played.identifier, description=""
    )


def anonymous(file: LaunchFile) -> LaunchFile:
    """
    Take the learner out: her id and name wherever they stand as a value, and inside texts where they are long enough to be told apart.

    What she typed herself stays, for the course's way may hang on it.
    """
    swap = _Swap(file.learner, FileLearner())
    return msgspec.structs.replace(
        file,
        launch="",
        learner=swap.after,
        start=msgspec.structs.replace(
            file.start,
            records={name: swap.record(one) for name, one in file.start.records.items()},
            held=msgspec.structs.replace(file.start.held, shared=swap.values(file.start.held.shared)),
            summary=msgspec.structs.replace(file.start.summary, location=swap.text(file.start.summary.location)),
        ),
        steps=[swap.step(step) for step in file.steps],
    )


class _Swap:
    """One learner in the place of another."""

    def __init__(self, before: FileLearner, after: FileLearner) -> None:
        self.before, self.after = before, after

    def text(self, text: str) -> str:
        """Return a text with the other learner in it."""
        if text and text == self.before.id:
            return self.after.id
        if text and text == self.before.name:
            return self.after.name
        # What is short is also a part of other words.
        for old, new in ((self.before.name, self.after.name), (self.before.id, self.after.id)):
            text = text.replace(old, new) if len(old) >= SHORTEST_NAME else text
        return text

    def values(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return run-time values with the other learner in them."""
        return {name: self._value(name, value) for name, value in values.items()}

    def _value(self, element: str, value: str) -> str:
        if element in _PERSONAL:
            return self.after.name if element.endswith("_name") else self.after.id
        return self.text(value)

    def record(self, record: ActivityRecord) -> ActivityRecord:
        """Return an activity's record with the other learner in it."""
        return msgspec.structs.replace(record, cmi=self.values(record.cmi))

    def step(self, step: FileStep) -> FileStep:
        """Return a step with the other learner in it."""
        if isinstance(step, FileMove):
            recalled = self.record(step.recalled) if step.recalled is not None else None
            heard = step.heard
            if heard is not None:
                heard = msgspec.structs.replace(heard, stores=self.values(heard.stores))
            return msgspec.structs.replace(step, recalled=recalled, heard=heard)
        return msgspec.structs.replace(
            step,
            set=self.values(step.set),
            calls=[self._call(call) for call in step.calls],
            rejected=[
                {name: self.text(part) if isinstance(part, str) else part for name, part in one.items()}
                for one in step.rejected
            ],
        )

    def _call(self, call: Sequence[Any]) -> list[Any]:
        swapped = [self.text(part) if isinstance(part, str) else part for part in call]
        if len(call) >= 6 and call[2] in _PERSONAL and call[5] == "0" and str(call[1]).endswith("GetValue"):
            swapped[4] = self.after.name if str(call[2]).endswith("_name") else self.after.id
        return swapped
