"""
Our engine behind the driver protocol of the conformance cases (README.md beside this file): one JSON object a line
each way.

In process, without database or browser: manifests, run-time data, sequencing and the pure part of playing.
"""

import json
import re
import sys
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from courseway.learning.model import LearnerIdentity, Mode, Summary
from courseway.learning.model.across import keep_unheard, plan_shared, take_shared
from courseway.learning.model.delivering import launch_record
from courseway.learning.model.moving import move_play, open_play
from courseway.learning.model.play import Delivered, Held, Launch, Play, Playable, Shared
from courseway.learning.model.playing import begin_delivery, take_commits
from courseway.learning.model.protocol import Commit
from courseway.learning.model.recalling import request_values
from courseway.standards import cmi
from courseway.standards.cmi import RuntimeApi, model_of
from courseway.standards.manifests.package import read_package
from courseway.standards.sequencing.overall import Entry, Outcome
from courseway.standards.sequencing.state import ObjectiveStatus
from courseway.standards.sequencing.values import Request, RequestKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = UUID(int=0)


class Course:
    """One package with one learner's registration of it."""

    def __init__(self, manifest: Path, organization: str = "") -> None:
        document = manifest.read_bytes()
        listing = dict.fromkeys(("imsmanifest.xml", *_files(document)), 1)
        structure = read_package(listing, lambda path: document if path == "imsmanifest.xml" else b"").structure
        assert structure is not None
        self.playable = Playable(NOBODY, NOBODY, structure, organization)
        self.held = Held(keeps_time_limits=True)
        self.records: dict[str, Any] = {}


def _files(document: bytes) -> list[str]:
    return [one.decode() for one in re.findall(rb'href="([^"#?]+)', document)]


class Driver:
    """One learner before the screen."""

    def __init__(self) -> None:
        self.courses: dict[str, Course] = {}
        self.shared = Shared()
        self.now = NOW
        self.deliveries = 0
        self.number = 0

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do one thing."""
        return getattr(self, f"do_{asked['cmd']}")(asked)  # type: ignore[no-any-return]

    def do_hello(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"name": "courseway engine", "can": ["mode", "organization", "seed", "wait"]}

    def do_open(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked["keep"]:
            self.shared = Shared()
        self.now = NOW
        self.learner = LearnerIdentity(asked["learner"]["id"], asked["learner"]["name"])
        named = asked.get("organizations", {})
        self.courses = {name: Course(Path(path), named.get(name, "")) for name, path in asked["packages"].items()}
        for course in self.courses.values() if asked.get("seed") else ():
            course.held.sequencing.seed = asked["seed"]
        self.play: Play | None = None
        self.api: RuntimeApi | None = None
        self.deliveries = 0
        self.current: str | None = None
        self.active = self.content = False
        return {}

    def do_launch(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.course = self.courses[asked["package"]]
        self.mode = asked.get("mode", "normal")
        launch = Launch(NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, Mode.NORMAL, delivery=self.deliveries)
        self.play = Play(launch, self.learner, Summary(), self.course.held, Delivered(), self.course.records)
        self.play.learner_id = NOBODY
        take_shared(self.course.playable, self.play, self.shared)
        self.number = 0
        self.active = True
        target = asked.get("target")
        if target:
            kind, name = RequestKind.CHOICE, self._target(target)
            self._take(move_play(self.course.playable, self.play, Request(kind, name), self.now))
        else:
            self._take(open_play(self.course.playable, self.play, launch, self.now)[0])
        return self._state()

    def do_wait(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.now += timedelta(seconds=asked["seconds"])
        return {}

    def do_call(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.api is None:
            return {"value": "false", "error": "0"}
        value = self.api.call(asked["method"], *asked["args"])
        return {"value": value, "error": self.api.get_last_error()}

    def do_settle(self, asked: dict[str, Any]) -> dict[str, Any]:
        wish = self.pending if hasattr(self, "pending") else None
        self.pending: tuple[RequestKind, str | None] | None = None
        if self.api is not None and self.play is not None and self.active and self.api.state == "terminated":
            asked_for = self.api.changes.get("adl.nav.request", "_none_")
            self._commit("terminate")
            leaves_all = self.play.delivered.exit in ("time-out", "logout")
            wish = wish or ((RequestKind.EXIT_ALL, None) if leaves_all else _read_wish(asked_for))
        if wish is not None and self.active and self.play is not None:
            take_shared(self.course.playable, self.play, self.shared)
            self._take(move_play(self.course.playable, self.play, Request(*wish), self.now))
        return self._state()

    def do_act(self, asked: dict[str, Any]) -> dict[str, Any]:
        kind = RequestKind(asked["do"])
        self._push()
        outcome = self.outcome
        target = self._target(asked["target"]) if asked.get("target") else None
        if kind is RequestKind.CONTINUE and not outcome.valid.continue_:
            return {"ok": False, "reason": "continue is disabled"}
        if kind is RequestKind.PREVIOUS and not outcome.valid.previous:
            return {"ok": False, "reason": "previous is disabled"}
        if kind is RequestKind.CHOICE and not outcome.valid.choice.get(target or "", False):
            return {"ok": False, "reason": f"{target} cannot be chosen"}
        self.pending = (kind, target)
        return {"ok": True}

    def do_ui(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._push()
        outcome, tree = self.outcome, self.course.playable.tree
        item = tree.by_id[self.current].item if self.current else None
        hidden = item.hide_lms_ui if item else ()
        toc = [
            {"id": one.identifier, "title": one.title, "root": one.item is None, "visible": self._visible(one.identifier),
             "selectable": outcome.valid.choice.get(one.identifier, False)}
            for one in tree.activities
        ]  # fmt: skip
        return {
            "continue": {"enabled": outcome.valid.continue_ and "continue" not in hidden},
            "previous": {"enabled": outcome.valid.previous and "previous" not in hidden},
            "toc": {
                "enabled": outcome.toc_visible and any(one["selectable"] and one["id"] != self.current for one in toc),
                "items": toc,
            },
        }

    def do_api_version(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"value": "1.0"}

    def _visible(self, name: str) -> bool:
        return name not in self.outcome.toc or self.outcome.toc[name].visible

    def _target(self, target: dict[str, Any]) -> str:
        tree = self.course.playable.tree
        if target.get("root"):
            return tree.root.identifier
        return next((one.identifier for one in tree.activities if one.title == target["title"]), "?")

    def _commit(self, kind: Any) -> None:
        assert self.api is not None
        assert self.play is not None
        self.number += 1
        commit = Commit(self.number, self.play.launch.delivery, kind, dict(self.api.changes))
        self.api.changes.clear()
        self.play.launch.last_seq = self.number - 1
        seen = take_commits(self.course.playable, self.play, [commit])
        if seen is not None and seen.ways:
            ways = {"continue_": seen.ways["continue"], "previous": seen.ways["previous"]}
            valid = msgspec.structs.replace(self.outcome.valid, **ways)
            self.outcome = msgspec.structs.replace(self.outcome, valid=valid, toc={**self.outcome.toc, **seen.toc})
        self.api_done = True

    def _push(self) -> None:
        """Send what was set, as the player does before anybody looks; in SCORM 1.2 results open other parts at once."""
        if self.course.playable.is_scorm12 and self.api is not None and self.api.changes:
            self._commit("push")

    def _take(self, outcome: Outcome) -> None:
        assert self.play is not None
        self.outcome, play = outcome, self.play
        self.active = not outcome.ended
        self._give_back()
        if outcome.delivered is None:
            if outcome.refused is None or outcome.ended:
                self.content, self.current, self.api = False, None, None
            return
        record = launch_record(
            self.course.playable,
            outcome,
            self.learner,
            play.records.get(outcome.delivered),
            self.mode,
            play.held.shared,
        )
        play.records[outcome.delivered] = record
        begin_delivery(play, outcome.delivered, again=False, resumed=outcome.entry is Entry.RESUME, now=self.now)
        self.deliveries = play.launch.delivery
        self.current, self.content = outcome.delivered, True
        values = cmi.delivered_values(self.course.playable.standard, record.cmi)
        if not self.course.playable.is_scorm12:
            values |= request_values(outcome.valid)
        self.api = RuntimeApi(model_of(self.course.playable.standard), values)

    def _give_back(self) -> None:
        """Keep what the learner's courses share, as the tables would."""
        assert self.play is not None
        self.course.held = self.play.held
        keep_unheard(self.play)
        change = plan_shared(self.course.playable, self.play)
        for name, fields in change.objectives.items():
            known = self.shared.objectives.get(name, ObjectiveStatus())
            self.shared.objectives[name] = msgspec.structs.replace(known, **fields)
        self.shared.stores.update(change.stores)

    def _state(self) -> dict[str, Any]:
        session = "active" if self.active else "ended"
        return {"session": session, "current": self.current, "delivery": self.deliveries, "content": self.content}


def _read_wish(text: str) -> tuple[RequestKind, str | None] | None:
    if text in ("", "_none_"):
        return None
    if text.startswith("{target="):
        target, kind = text[len("{target=") :].split("}", 1)
        return RequestKind(kind), target
    return RequestKind(text), None


def main() -> None:
    """Answer until nobody asks."""
    driver = Driver()
    for line in sys.stdin:
        try:
            answer = driver.answer(json.loads(line))
        except Exception:
            traceback.print_exc()
            answer = {"fatal": traceback.format_exc().strip().splitlines()[-1]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
