"""
Plays conformance cases of our own against a driver, and says where it does otherwise than the case demands.

    python -m tests.conformance.run_cases [--driver "COMMAND"] [--only scorm12/] [-v]

A case is a JSON file under `cases/`; README.md beside this file says how it is written, and what is asked of a driver.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"
ENGINE = f"{shlex.quote(sys.executable)} -m tests.conformance.engine_driver"
LEARNER = {"id": "learner-1", "name": "One, Learner"}

Ask = Callable[..., dict[str, Any]]


class Gone(RuntimeError):
    """The driver died, or said that it cannot go on."""


class Driver:
    """A driver as a child process: one JSON object a line each way."""

    def __init__(self, command: str = ENGINE) -> None:
        self._process = subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
        )

    def __call__(self, **message: Any) -> dict[str, Any]:
        """Ask one thing; Gone when there is no answer."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise Gone("the driver died before") from None
        line = process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"fatal": "the driver died"}
        if "fatal" in answer:
            raise Gone(answer["fatal"])
        return answer

    def close(self) -> None:
        """Let the driver end."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()


def read_cases(folder: Path = CASES) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and content of every case, in the order of their names."""
    for path in sorted(folder.glob("*/*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        case["packages"] = {name: str(path.parent / manifest) for name, manifest in case["packages"].items()}
        yield f"{path.parent.name}/{path.stem}", case


def play_case(case: Mapping[str, Any], ask: Ask) -> list[str]:
    """Play a case; return what was otherwise than it demands, nothing when all was right."""
    drawn = case.get("draws")
    if drawn is None:
        return _Play(case, ask).run("")
    failures: list[str] = []
    orders: dict[str, list[str]] = {}
    for seed in drawn["seeds"]:
        first, again = _Play(case, ask), _Play(case, ask)
        failures += first.run(seed) + again.run(seed)
        orders[seed] = first.delivered
        if first.delivered != again.delivered:
            failures.append(f"seed {seed}: {first.delivered}, but the second time {again.delivered}")
        pinned = drawn["seeds"][seed]
        if pinned and first.delivered != pinned:
            failures.append(f"seed {seed}: {first.delivered} instead of {pinned}")
    if drawn.get("differ", True) and len({tuple(order) for order in orders.values()}) < 2:
        failures.append(f"every seed gives the same: {orders}")
    return failures


class _Play:
    """One pass through a case. `names` holds which activity was met under a name of the case."""

    def __init__(self, case: Mapping[str, Any], ask: Ask) -> None:
        self.case, self.ask = case, ask
        self.failures: list[str] = []
        self.delivered: list[str] = []
        self.names: dict[str, str] = {}
        self.state: dict[str, Any] = {"delivery": 0}

    def run(self, seed: str) -> list[str]:
        case = self.case
        opened = {"learner": case.get("learner", LEARNER), "keep": False, "layer": "full", "packages": case["packages"]}
        where = "opening"
        try:
            named = case.get("organizations", {})
            self.ask(cmd="open", case=case["title"], seed=seed, organizations=named, **opened)
            for number, step in enumerate(case["steps"]):
                where = f"step {number} {json.dumps(step, ensure_ascii=False)[:150]}"
                if not (self._call(step, where) if isinstance(step, list) else self._do(step, where)):
                    break
        except Gone as error:
            self.failures.append(f"{where}: {error}")
        return self.failures

    def _check(self, right: bool, where: str, wanted: Any, found: Any) -> bool:
        if not right:
            self.failures.append(f"{where}: expected {wanted!r}, found {found!r}")
        return right

    def _call(self, step: list[Any], where: str) -> bool:
        method, *args, value, error = step
        answer = self.ask(cmd="call", method=method, args=[spelled(one) for one in args])
        self._check(_is_like(value, answer["value"]), where, value, answer["value"])
        self._check(error == answer["error"], where, f"error {error}", f"error {answer['error']}")
        return True

    def _do(self, step: dict[str, Any], where: str) -> bool:
        if "wait" in step:
            self.ask(cmd="wait", seconds=step["wait"])
            return True
        if "ui" in step:
            self._look(step["ui"], where)
            return True
        before = self.state["delivery"]
        if not self._act(step, where):
            return "refused" in step
        return self._judge(step, before, where)

    def _act(self, step: dict[str, Any], where: str) -> bool:
        if step["do"] == "launch":
            given = {name: step[name] for name in ("mode",) if name in step}
            self.state = self.ask(cmd="launch", package=step["package"], target=step.get("target"), **given)
            return True
        if step["do"] != "settle":
            answer = self.ask(cmd="act", do=step["do"], target=step.get("target"))
            offered = answer.get("ok", True)
            if not self._check(offered != ("refused" in step), where, "refused" if offered else "offered", answer):
                return False
            if not offered:
                return False
            for method, *args in step.get("unload", ()):
                self.ask(cmd="call", method=method, args=args)
        self.state = self.ask(cmd="settle")
        return True

    def _judge(self, step: dict[str, Any], before: int, where: str) -> bool:
        state, current = self.state, (self.state.get("current") or "").strip()
        fresh = state["delivery"] > before
        if fresh:
            self.delivered.append(current)
        if step.get("ended"):
            return self._check(state["session"] == "ended", where, "the session ended", state)
        if step.get("idle"):
            right = state["session"] == "active" and not state.get("content")
            return self._check(right, where, "nothing delivered, session active", state)
        if step.get("undelivered"):
            return self._check(not fresh and state["session"] == "active", where, "nothing new, session active", state)
        if "stays" in step:
            return self._check(not fresh and current == step["stays"], where, step["stays"], state)
        wanted = step["delivers"]
        if not self._check(fresh, where, wanted, state):
            return False
        if isinstance(wanted, str):
            return self._check(current == wanted, where, wanted, current)
        return self._match(wanted, current, where)

    def _match(self, wanted: dict[str, Any], current: str, where: str) -> bool:
        """Judge a delivery that the case leaves open in part: one of several, not one before, the same as before."""
        if "is" in wanted:
            return self._check(current == self.names[wanted["is"]], where, self.names[wanted["is"]], current)
        taken = [self.names[name] for name in wanted.get("not", ())]
        after = [self.names[name] for name in wanted.get("after", ())]
        order = wanted["of"]
        right = current in order and current not in taken
        right = right and all(order.index(one) < order.index(current) for one in after)
        self.names[wanted["as"]] = current
        return self._check(right, where, wanted, current)

    def _look(self, wanted: dict[str, Any], where: str) -> None:
        found = self.ask(cmd="ui")
        items = {("" if one.get("root") else one["title"]): one for one in found["toc"]["items"]}
        for name in ("continue", "previous", "toc"):
            if name in wanted:
                self._check(found[name]["enabled"] == wanted[name], where, f"{name} {wanted[name]}", found[name])
        for quality in ("selectable", "visible"):
            for title, answer in wanted.get(quality, {}).items():
                has = bool(items.get(title, {}).get(quality, False))
                self._check(has == answer, where, f"{title} {quality}: {answer}", has)
        if "count_selectable" in wanted:
            counted = wanted["count_selectable"]
            many = sum(bool(items.get(title, {}).get("selectable")) for title in counted["of"])
            self._check(many == counted["are"], where, f"{counted['are']} selectable", many)


def spelled(value: Any) -> str:
    """Write out an argument; long texts are noted as what is repeated how often."""
    if isinstance(value, str):
        return value
    return str(value.get("before", "")) + str(value["repeat"]) * int(value["times"])


def _is_like(wanted: Any, found: str) -> bool:
    if isinstance(wanted, dict) and "like" in wanted:
        return re.fullmatch(wanted["like"], found) is not None
    return found == spelled(wanted)


def missing_abilities(case: Mapping[str, Any], hello: Mapping[str, Any]) -> set[str]:
    """Return what a case needs and a driver does not say it can."""
    return set(case.get("needs", ())) - set(hello.get("can", ()))


def main() -> int:
    """Play all cases and print how many pass; the exit code is 1 when one does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--driver", default=ENGINE, help="the command of a driver; the engine in process unless given")
    parser.add_argument("--only", default="", help="beginnings of names of cases, with commas between them")
    parser.add_argument("-v", action="store_true", help="name every case, not only those that fail")
    given = parser.parse_args()
    ask = Driver(given.driver)
    hello, counted = ask(cmd="hello"), {"passed": 0, "failed": 0, "beyond the driver": 0}
    for name, case in read_cases():
        if not name.startswith(tuple(given.only.split(","))):
            continue
        missing = missing_abilities(case, hello)
        failures = [] if missing else play_case(case, ask)
        verdict = "beyond the driver" if missing else "failed" if failures else "passed"
        counted[verdict] += 1
        if failures or missing or given.v:
            print(f"{verdict:8} {name}", *failures, *sorted(missing), sep="\n    ")
    ask.close()
    print(f"{hello['name']}:", ", ".join(f"{number} {verdict}" for verdict, number in counted.items()))
    return 1 if counted["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
