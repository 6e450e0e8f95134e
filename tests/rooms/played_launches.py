"""Launches that were played to the end: content that calls the API as in a browser, and courses it goes through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from courseway.learning import Registration
from courseway.learning.model.protocol import Commit
from courseway.standards.cmi import RuntimeApi, model_of
from courseway.standards.manifests.package import read_package
from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    DeliveryControls,
    Objective,
    ObjectiveMap,
    RuleAction,
    RuleCondition,
    Sequencing,
    SequencingRule,
)
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from tests.live import REPOSITORY
from tests.rooms.learning_room import Room, Window, course, sco

LONGEST_LOGGED = 240


def sample(folder: str) -> CourseStructure:
    """The structure of a sample course, read from its manifest."""
    content = REPOSITORY / "samples" / "content"
    files = {
        one.relative_to(content / folder).as_posix(): one for one in (content / folder).rglob("*") if one.is_file()
    }
    files |= {one.name: one for one in (content / "shared").iterdir()}
    listing = {name: one.stat().st_size for name, one in files.items()}
    structure = read_package(listing, lambda path: Path(files[path]).read_bytes()).structure
    assert structure is not None
    return structure


def shorten(text: str) -> str:
    """Shorten a value of the log as the player does."""
    return text if len(text) <= LONGEST_LOGGED else f"{text[:LONGEST_LOGGED]}… ({len(text)} characters)"


@dataclass
class Content:
    """The course's side in a window: each delivery gets an API that logs its calls, as the player's does."""

    window: Window
    room: Room
    standard: str = ""
    api: RuntimeApi | None = None
    calls: list[list[Any]] = field(default_factory=list)
    number: int = 0

    async def open(self, **more: Any) -> "Content":
        """Start the launch, or reload the window."""
        start = await self.window.open(**more)
        self.standard = start["course"]["standard"]
        self._take()
        return self

    def _take(self) -> None:
        delivery = self.window.delivery
        if delivery is None or delivery["number"] == self.number:
            return
        values = dict(delivery["cmi"])
        if self.standard == "scorm2004":
            for kind, answer in delivery["valid"].items():
                for target, allowed in answer.items() if isinstance(answer, dict) else [("", answer)]:
                    name = f"adl.nav.request_valid.{kind}" + (f".{{target={target}}}" if target else "")
                    values[name] = "true" if allowed else "false"
        self.api, self.number, self.calls = RuntimeApi(model_of(self.standard), values), delivery["number"], []

    def call(self, method: str, *arguments: str) -> str:
        """Call a function of the API."""
        assert self.api is not None
        name = method if self.standard == "scorm2004" else "LMS" + {"Terminate": "Finish"}.get(method, method)
        result = self.api.call(name, *(arguments or ("",)))
        element, value = (*arguments, "", "")[:2]
        self.calls.append(
            [5 * len(self.calls), name, element, shorten(value), shorten(result), self.api.get_last_error()]
        )
        return result

    def set(self, **values: str) -> None:
        """Set elements; names with __ for dots and no leading cmi."""
        for name, value in values.items():
            self.call("SetValue", "cmi." + name.replace("__", "."), value)

    def gather(self, kind: Any = "commit") -> Commit:
        """Gather what was set and called into a commit."""
        assert self.api is not None
        changes, calls = dict(self.api.changes), [msgspec.Raw(msgspec.json.encode(one)) for one in self.calls]
        self.api.changes.clear()
        self.calls = []
        self.window.seq += 1
        return Commit(self.window.seq - 1, self.number, kind, changes, None, calls)

    async def commit(self, kind: Any = "commit") -> None:
        """Send what was set and called."""
        self.room.clock.forward(seconds=7)
        await self.window.send(self.gather(kind))

    async def leave(self) -> None:
        """End the session of the content."""
        self.call("Terminate")
        await self.commit("terminate")

    async def go(self, kind: str, target: str | None = None) -> Any:
        """Ask for a navigation."""
        self.room.clock.forward(seconds=3)
        answer = await self.window.go(kind, target)
        self._take()
        return answer


async def launched(room: Room, registration: Registration, **more: Any) -> Content:
    """A launch of a registration, opened."""
    room.clock.forward(minutes=5)
    return await Content(await room.window(registration), room).open(**more)


def launch_of(content: Content) -> UUID:
    """The id of a launch."""
    return UUID(content.window.start["launch_id"])


def rule(action: RuleAction, condition: ConditionName, objective: str = "", *, negated: bool = False) -> SequencingRule:
    """If one condition holds, then the action."""
    return SequencingRule(action, (RuleCondition(condition, negated, objective),))


TOLD = DeliveryControls(completion_set_by_content=True, objective_set_by_content=True)


def remedial() -> CourseStructure:
    """A lesson for those who need it, a test that is tried again until it is passed, and an end."""
    known = ObjectiveMap("test.known", write_satisfied_status=True, write_normalized_measure=True)
    reads = ObjectiveMap("test.known")
    lesson = sco(
        "lesson",
        sequencing=Sequencing(
            pre_condition_rules=(rule(RuleAction.SKIP, ConditionName.SATISFIED, "known"),),
            objectives=(Objective(primary=True), Objective("known", maps=(reads,))),
            delivery_controls=TOLD,
        ),
    )
    test = sco(
        "test",
        sequencing=Sequencing(
            post_condition_rules=(rule(RuleAction.EXIT_PARENT, ConditionName.ALWAYS),),
            objectives=(Objective("score", primary=True, satisfied_by_measure=True, min_normalized_measure=0.6, maps=(known,)),),
            delivery_controls=TOLD,
        ),
    )  # fmt: skip
    module = Item(
        identifier="module",
        title="Module",
        kind=ItemKind.CLUSTER,
        children=(lesson, test),
        sequencing=Sequencing(
            control_mode=ControlMode(choice=False, flow=True, forward_only=True),
            post_condition_rules=(rule(RuleAction.RETRY, ConditionName.SATISFIED, negated=True),),
        ),
    )
    flow = Sequencing(control_mode=ControlMode(choice=True, flow=True))
    organization = Organization(identifier="org", title="Ropes", items=(module, sco("end")), sequencing=flow)
    return CourseStructure(
        standard=Standard.SCORM_2004, edition="2004-4", title="Ropes", organizations=(organization,), default_organization="org"
    )  # fmt: skip


async def play_rules(room: Room) -> UUID:
    """The sample of SCORM 2004: who knows enough at the warm-up skips a page."""
    content = await launched(room, await room.register(sample("first-week")))
    content.call("Initialize")
    content.call("GetValue", "cmi.learner_name")
    content.call("GetValue", "cmi.location")
    content.set(progress_measure="0.5", location="page 2", exit="normal")
    await content.commit()
    content.set(progress_measure="1", completion_status="completed", session_time="PT30S")
    await content.leave()
    await content.go("continue")
    content.call("Initialize")
    content.set(score__scaled="0.8", score__raw="4", score__min="0", score__max="5", completion_status="completed")
    content.set(interactions__0__id="urn:q:1", interactions__0__type="choice", interactions__0__learner_response="a")
    content.set(score__scaled="1.8", success_status="passed")
    await content.leave()
    answer = await content.go("continue")
    assert answer["delivery"]["activity"] == "safety"
    content.call("Initialize")
    content.call("GetValue", "adl.nav.request_valid.previous")
    content.set(completion_status="completed", success_status="passed")
    await content.leave()
    await content.go("choice", "final")
    content.call("Initialize")
    content.set(score__scaled="0.9", completion_status="completed", success_status="passed")
    await content.leave()
    await content.go("exitAll")
    return launch_of(content)


async def play_remediation(room: Room) -> UUID:
    """A failed test begins the module anew, lesson and all; a passed one leads to the end."""
    content = await launched(room, await room.register(remedial()))
    for scaled in ("0.2", "0.7"):
        content.call("Initialize")
        content.set(completion_status="completed", success_status="passed")
        await content.leave()
        await content.go("continue")
        content.call("Initialize")
        content.call("GetValue", "cmi.scaled_passing_score")
        content.set(score__scaled=scaled, completion_status="completed")
        await content.leave()
        await content.go("continue")
    await content.go("exitAll")
    return launch_of(content)


async def play_scorm12(room: Room) -> UUID:
    """SCORM 1.2 with calls that are wrong in every way, long values, and a value set twice."""
    content = await launched(
        room, await room.register(course(Standard.SCORM_12, sco("one", mastery_score=80.0), sco("two")))
    )
    content.call("GetValue", "cmi.core.lesson_status")
    content.call("Initialize")
    content.call("GetValue", "cmi.core.student_name")
    content.call("GetValue", "cmi.core.exit")
    content.call("GetValue", "cmi.core._count")
    content.set(core__lesson_status="wonderful", core__score__raw="120", core__student_name="Eve")
    content.set(suspend_data="a" * 900, core__lesson_location="3")
    content.set(suspend_data="b" * 1000)
    content.call("GetValue", "cmi.suspend_data")
    await content.commit()
    content.set(core__score__raw="90", core__lesson_status="passed", core__session_time="00:01:30")
    await content.leave()
    content.call("SetValue", "cmi.core.lesson_location", "4")
    await content.go("continue")
    content.call("Initialize")
    content.set(core__lesson_status="incomplete")
    await content.commit()
    await content.go("exitAll")
    return launch_of(content)


async def play_resumed(room: Room) -> UUID:
    """A second launch that goes on where the first was suspended, back at an activity it had finished before."""
    registration = await room.register(course(Standard.SCORM_2004, sco("one"), sco("two"), sco("three")))
    first = await launched(room, registration)
    first.call("Initialize")
    first.set(exit="suspend", location="7", suspend_data="in the middle", session_time="PT1M")
    await first.leave()
    await first.go("continue")
    first.call("Initialize")
    first.set(exit="suspend", suspend_data="of the second", location="2")
    await first.leave()
    await first.go("suspendAll")
    second = await launched(room, registration)
    second.call("Initialize")
    second.call("GetValue", "cmi.entry")
    assert second.call("GetValue", "cmi.suspend_data") == "of the second"
    second.set(completion_status="completed")
    await second.leave()
    await second.go("previous")
    second.call("Initialize")
    second.call("GetValue", "cmi.total_time")
    assert second.call("GetValue", "cmi.suspend_data") == "in the middle"
    second.set(exit="suspend")
    await second.leave()
    await second.go("suspendAll")
    return launch_of(second)


async def play_refused(room: Room) -> UUID:
    """Navigation that is refused: beyond the end, backwards where it is forbidden, and to what is not in the course."""
    content = await launched(room, await room.register(remedial()))
    content.call("Initialize")
    await content.commit()
    for kind, target in (("previous", None), ("choice", "test"), ("choice", "nowhere")):
        assert (await content.go(kind, target))["refused"] is not None
    content.set(completion_status="completed", success_status="passed")
    await content.leave()
    await content.go("jump", "end")
    content.call("Initialize")
    await content.leave()
    await content.go("exitAll")
    return launch_of(content)


async def play_reloaded(room: Room) -> UUID:
    """A window reloaded in the middle, whose earlier page still sends what it had, after a window that vanished."""
    registration = await room.register(course(Standard.SCORM_2004, sco("one"), sco("two")))
    vanished = await launched(room, registration)
    vanished.call("Initialize")
    vanished.set(location="1", suspend_data="lost and found", exit="suspend")
    await vanished.commit()
    content = await launched(room, registration)
    content.call("Initialize")
    content.call("GetValue", "cmi.location")
    content.set(location="2", exit="suspend", session_time="PT20S")
    await content.commit()
    content.set(location="3", session_time="PT40S")
    late = content.gather()
    room.clock.forward(seconds=20)
    await content.window.beat()
    room.clock.forward(seconds=20)
    await content.open()
    content.window.seq += 1
    await content.window.send(late)
    content.call("Initialize")
    content.call("GetValue", "cmi.location")
    content.call("GetValue", "cmi.total_time")
    content.set(completion_status="completed", exit="normal")
    await content.leave()
    await content.go("continue")
    await content.open()
    await content.go("suspendAll")
    return launch_of(content)


PLAYED: dict[str, Callable[[Room], Awaitable[UUID]]] = {
    "first-week-rules": play_rules,
    "remediation": play_remediation,
    "scorm12-wrong-calls": play_scorm12,
    "suspended-and-resumed": play_resumed,
    "refused-navigation": play_refused,
    "reloaded-window": play_reloaded,
}
