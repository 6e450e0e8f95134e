"""
Sequencing: the CPU of a navigation on small and on very large trees, the conformance run, and the size of a launch.

A navigation is what the server does for it besides its statements: read the state from JSON, carry out the request,
work out what may come next, write the state. Run alone: `python -m benchmarks sequencing`.
"""

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks.figure import Figure
from courseway.learning.model import LearnerIdentity, PlayerSettings, Summary
from courseway.learning.model.delivering import launch_record, render_delivery, render_tree
from courseway.learning.model.play import Playable
from courseway.learning.model.protocol import StartAnswer
from courseway.standards.manifests.sequencing import ControlMode, Sequencing
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from courseway.standards.sequencing.overall import navigate, open_session
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.tree import ActivityTree
from courseway.standards.sequencing.values import EndedActivity, Request, RequestKind

SUITE = Path(__file__).parents[2] / "shared" / "conformance" / "scorm2004"
FLOW = Sequencing(control_mode=ControlMode(flow=True))
DONE = EndedActivity(completed=True, satisfied=True, measure=0.8, completion_set=True, success_set=True)
ROUNDS = 15
_states = msgspec.json.Decoder(SequencingState)


def main() -> list[Figure]:
    small, middle, large = _tree(4, 4), _tree(10, 99), _tree(100, 99)
    flat = ActivityTree(_organization(tuple(_leaf(f"a{n}") for n in range(10_000))), Standard.SCORM_2004)
    twenty, thousand, ten_thousand = (_navigation(tree, played=True) for tree in (small, middle, large))
    growth = (ten_thousand / len(large.activities)) / (thousand / len(middle.activities))
    fresh, wide = _navigation(large, played=False), _navigation(flat, played=True)
    figures = [
        Figure(f"A navigation on {len(small.activities)} activities, CPU", twenty, "ms", at_most=2),
        Figure(f"A navigation on {len(large.activities):,} activities, all played, CPU", ten_thousand, "ms", at_most=50),
        Figure("The same, nothing played yet", fresh, "ms", at_most=50),
        Figure("The same, 10,000 in one cluster, all played", wide, "ms", at_most=50),
        Figure("Cost an activity at 10,000 against 1,000", growth, "×", at_most=1.25),
        Figure("Launch data of 500 activities, compressed", _launch_size() / 1000, "kB", at_most=100),
    ]  # fmt: skip
    return figures + _conformance()


def _leaf(name: str) -> Item:
    return Item(identifier=name, title=f"Lesson {name}", kind=ItemKind.SCO, href=f"{name}/index.html")


def _organization(items: tuple[Item, ...]) -> Organization:
    return Organization(identifier="course", title="A course", items=items, sequencing=FLOW)


def _modules(clusters: int, leaves: int) -> tuple[Item, ...]:
    return tuple(
        Item(
            identifier=f"m{n}", title=f"Module {n}", sequencing=FLOW,
            children=tuple(_leaf(f"m{n}-{k}") for k in range(leaves)),
        )
        for n in range(clusters)
    )  # fmt: skip


def _tree(clusters: int, leaves: int) -> ActivityTree:
    return ActivityTree(_organization(_modules(clusters, leaves)), Standard.SCORM_2004)


def _navigation(tree: ActivityTree, *, played: bool) -> float:
    """Return the median milliseconds of CPU of Continue in the middle of a tree."""
    state = open_session(tree, SequencingState()).state
    if played:
        while (outcome := navigate(tree, state, Request(RequestKind.CONTINUE), DONE)).delivered is not None:
            state = outcome.state
    middle = Request(RequestKind.CHOICE, tree.leaves[len(tree.leaves) // 2].identifier)
    stored = msgspec.json.encode(navigate(tree, state, middle, DONE).state)
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        outcome = navigate(tree, _states.decode(stored), Request(RequestKind.CONTINUE), DONE)
        msgspec.json.encode(outcome.state)
        spent.append((time.process_time() - before) * 1000)
        assert outcome.delivered is not None
    return statistics.median(spent)


def _launch_size() -> int:
    """Return the bytes of the answer that starts a course of 500 activities, as the server compresses it."""
    structure = CourseStructure(
        standard=Standard.SCORM_2004, edition="2004-4", title="A course", default_organization="course",
        organizations=(_organization(_modules(50, 9)),),
    )  # fmt: skip
    course, learner = Playable(UUID(int=1), UUID(int=2), structure), LearnerIdentity("ann", "Ann")
    outcome = open_session(course.tree, SequencingState())
    delivery = render_delivery(course, outcome, launch_record(course, outcome, learner, None, "normal", {}), 1, str)
    answer = StartAnswer(
        session="x" * 400, launch_id=str(UUID(int=3)), registration_id=str(UUID(int=4)), mode="normal",
        course={"title": course.title}, learner={"id": "ann", "name": "Ann"}, settings=PlayerSettings(), exit_url=None,
        tree=render_tree(course, outcome.state), next_seq=1, next_nav=1, delivery=delivery, ended=False, refused=None, summary=Summary(),
        revision=0, toc=outcome.toc, valid=outcome.valid,
    )  # fmt: skip
    return len(gzip.compress(msgspec.json.encode(answer), 3))


def _conformance() -> list[Figure]:
    """Time the decoded cases of ADL's suite, where they lie beside the checkout."""
    if not (SUITE / "run.py").exists():
        return []
    driver = f"{sys.executable} -m tests.conformance.engine_driver"
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [sys.executable, str(SUITE / "run.py"), "--driver", driver, "--strict", "--out", out.name]
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
        seconds = time.perf_counter() - began
        passed = [one["pass"] for one in json.loads(Path(out.name).read_text())["results"]]
    note = f"{sum(passed)} of {len(passed)} pass, strict"
    return [Figure("The conformance cases with the engine in process", seconds, "s", at_most=10, note=note)]


if __name__ == "__main__":
    print(main())
