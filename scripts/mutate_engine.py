"""
Break each rule of the sequencing engine in turn: a test must notice.

A mutant is the engine with one expression or statement changed. Each runs in a process forked from one in which the
tests are collected already, against the unit tests that reach the changed lines (the quickest first), then properties
of random trees, then ADL's cases where their data lies beside the checkout; the first failure kills it, and so does an
endless loop. What survives and is not in the list of equivalents with its reason makes the exit code 1.

    .venv/bin/python scripts/mutate_engine.py --only flow.py
    .venv/bin/python scripts/mutate_engine.py --sample 40 --json
"""

import argparse
import importlib.util
import inspect
import json
import os
import resource
import sys
import time
import tomllib
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]
from engine_mutants import ENGINE, Mutant, mutants_of, put_in_place  # noqa: E402

TESTS = REPOSITORY / "tests" / "standards" / "sequencing"
EQUIVALENTS = TESTS / "equivalent_mutants.toml"
CASES = REPOSITORY.parent / "shared" / "conformance" / "scorm2004"
PROCESSOR_SECONDS = 12
MEMORY_BYTES = 3 * 2**30
TREES = 40
"""Random trees a property is asked about, for each mutant that the unit tests let live."""


@dataclass
class Verdict:
    """What became of a mutant: the test that noticed it, or None."""

    mutant: Mutant
    noticed_by: str | None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        mutant = self.mutant
        return {
            "function": mutant.identity[0], "before": mutant.before, "after": mutant.after,
            "place": f"{mutant.file}:{mutant.line}", "noticed_by": self.noticed_by, "equivalent": self.reason or None,
        }  # fmt: skip


class Check:
    """The tests, as pytest collected them, and the lines of the engine each one reaches."""

    def __init__(self, items: list[pytest.Item], cases: Path | None) -> None:
        self.units: list[tuple[float, pytest.Item, set[tuple[str, int]]]] = []
        self.properties: list[pytest.Function] = []
        self.proven: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        """By function: what noticed earlier mutants of it, and is likely to notice the next."""
        self.cases = cases
        for item in items:
            if isinstance(item, pytest.Function) and hasattr(item.obj, "hypothesis"):
                if list(inspect.signature(item.obj.hypothesis.inner_test).parameters) == ["number"]:
                    self.properties.append(item)
            else:
                self.units.append(_reach(item))
        self.units.sort(key=lambda one: one[0])
        if failed := self._ask_properties():
            raise SystemExit(f"{failed} fails on the engine as it is; nothing can be said of mutants")

    def ask(self, mutant: Mutant) -> str:
        """Name the test that fails, "" when none does."""
        lines = {(mutant.file, line) for line in range(mutant.line, mutant.last + 1)}
        proven = self.proven[mutant.file, mutant.function]
        for _, item, reached in sorted(self.units, key=lambda one: one[1].nodeid not in proven):
            if (mutant.is_table or reached & lines) and _fails(item):
                return item.nodeid
        return self._ask_properties() or (_ask_cases(self.cases) if self.cases else "")

    def _ask_properties(self) -> str:
        for item in self.properties:
            _limit_time()
            for number in range(TREES):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # that `assume` is asked outside of hypothesis
                    try:
                        item.obj.hypothesis.inner_test(number)
                    except Exception as problem:
                        # Imported here, hypothesis would come before pytest's rewriting of its assertions.
                        if type(problem).__name__ != "UnsatisfiedAssumption":
                            return f"{item.nodeid} with {number}"
        return ""


def _fails(item: pytest.Item) -> bool:
    _limit_time()
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _limit_time() -> None:
    """End this process when the test that begins now takes too long."""
    limit = int(time.process_time()) + PROCESSOR_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _reach(item: pytest.Item) -> tuple[float, pytest.Item, set[tuple[str, int]]]:
    """Run a test once and note which lines of the engine it reaches."""
    reached: set[tuple[str, int]] = set()
    files = {str(path): path.name for path in ENGINE.glob("*.py")}

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        file = files.get(frame.f_code.co_filename)
        if file is None:
            return None

        def step(frame: FrameType, event: str, _: Any) -> Any:
            reached.add((file, frame.f_lineno))
            return step

        return step

    began = time.process_time()
    sys.settrace(enter)
    failed = _fails(item)
    sys.settrace(None)
    if failed:
        raise SystemExit(f"{item.nodeid} fails on the engine as it is; nothing can be said of mutants")
    return time.process_time() - began, item, reached


def _ask_cases(suite: Path) -> str:
    """Play ADL's cases against the engine of this process; name the first that fails."""
    spec = importlib.util.spec_from_file_location("adl_cases", suite / "run.py")
    assert spec is not None
    assert spec.loader is not None
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    engine = importlib.import_module("tests.conformance.engine_driver").Driver()

    def drive(**asked: Any) -> Any:
        return json.loads(json.dumps(engine.answer(json.loads(json.dumps(asked)))))

    for path in sorted((suite / "cases").glob("*.json")):
        if path.stem == "index":
            continue
        _limit_time()
        case = json.loads(path.read_text("utf-8"))
        before = case.get("requires_cases") or []
        try:
            for number, name in enumerate(before):
                earlier = json.loads((suite / "cases" / f"{name}.json").read_text("utf-8"))
                runner.Run(earlier, drive, True, "full", keep=number > 0).run()
            passed = runner.Run(case, drive, True, "full", keep=bool(before)).run()["pass"]
        except Exception:
            passed = False
        if not passed:
            return f"ADL {path.stem}"
    return ""


def judge(check: Check, mutant: Mutant, modules: dict[str, ModuleType]) -> str | None:
    """Ask the tests about a mutant in a process of its own; name what noticed it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        noticed = "the change cannot be put in place"
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            mutant.apply()
            put_in_place(mutant, modules[mutant.file])
            noticed = check.ask(mutant)
        finally:
            os.write(writer, (noticed or "").encode()[:4000])
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        noticed = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    check.proven[mutant.file, mutant.function].add(noticed)
    return noticed or ("an endless loop" if status != 0 else None)


def sample(mutants: list[Mutant], count: int) -> list[Mutant]:
    """Choose so many, the same ones each time: of every process of the book first."""
    by_process: dict[tuple[str, str], list[Mutant]] = {}
    for one in mutants:
        by_process.setdefault((one.file, one.function), []).append(one)
    chosen: list[Mutant] = []
    named = sorted(by_process, key=lambda key: not key[1].endswith("process"))
    for round_ in range(max((len(group) for group in by_process.values()), default=0)):
        for key in named:
            group = by_process[key]
            if round_ < len(group) and len(chosen) < count:
                chosen.append(group[(round_ + len(group) // 2) % len(group)])
    return chosen


def read_equivalents(file: Path) -> dict[tuple[str, str, str], str]:
    """Read why some mutants are the same engine: by function, what stood there, and what stands there instead."""
    listed = tomllib.loads(file.read_text("utf-8")).get("mutant", [])
    return {(one["function"], one["before"], after): one["reason"] for one in listed for after in _texts(one["after"])}


def _texts(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _survivors(file: Path) -> set[tuple[str, str, str]]:
    verdicts = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return {
        (one["function"], one["before"], one["after"])
        for one in verdicts
        if one["noticed_by"] is None and one["equivalent"] is None
    }


class Breaking:
    """A plugin of pytest that runs mutants in the place of tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.verdicts: list[Verdict] = []
        self.stale: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        cases = self.options.cases if (self.options.cases / "run.py").exists() else None
        check = Check(list(session.items), cases)
        files = sorted(path for path in ENGINE.glob("*.py") if path.name not in ("words.py", "__init__.py"))
        modules = {path.name: importlib.import_module(f"courseway.standards.sequencing.{path.stem}") for path in files}
        mutants = [one for path in files for one in mutants_of(path, modules[path.name])]
        reasons = read_equivalents(self.options.equivalents)
        known = {one.identity for one in mutants}
        self.stale = [" ".join(key) for key in reasons if key not in known]
        if self.options.only:
            mutants = [one for one in mutants if one.file in self.options.only]
        if self.options.function:
            mutants = [one for one in mutants if one.function == self.options.function]
        if self.options.again:
            survivors = _survivors(self.options.again)
            mutants = [one for one in mutants if one.identity in survivors]
        if self.options.sample:
            mutants = sample([one for one in mutants if one.identity not in reasons], self.options.sample)
        for number, mutant in enumerate(mutants, 1):
            reason = reasons.get(mutant.identity, "")
            self.verdicts.append(Verdict(mutant, None if reason else judge(check, mutant, modules), reason))
            self._tell(number, len(mutants))
        return True

    def _tell(self, number: int, total: int) -> None:
        last = self.verdicts[-1]
        if self.options.json:
            print(json.dumps(last.as_json()), flush=True)
        elif last.noticed_by is None and not last.reason:
            one = last.mutant
            print(f"\r{one.file}:{one.line} {one.function}\n    - {one.before}\n    + {one.after}", flush=True)
        if sys.stderr.isatty():
            print(f"\r{number} of {total} mutants", end="" if number < total else "\n", file=sys.stderr, flush=True)


def main() -> int:
    """Run the mutants and tell which survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="FILE", help="mutants of these files alone, such as flow.py")
    parser.add_argument("--function", metavar="NAME", help="mutants of this function alone")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="so many mutants, always the same, of every process first"
    )
    parser.add_argument("--cases", type=Path, default=CASES, metavar="DIR", help="where ADL's decoded cases lie")
    parser.add_argument(
        "--equivalents",
        type=Path,
        default=EQUIVALENTS,
        metavar="FILE",
        help="changes that change nothing, with reasons",
    )
    parser.add_argument("--json", action="store_true", help="print every verdict as a line of JSON")
    parser.add_argument("--again", type=Path, metavar="FILE", help="the survivors of an earlier run's --json alone")
    options = parser.parse_args()
    began, breaking = time.monotonic(), Breaking(options)
    quiet = [
        "-q",
        "-s",
        "-n",
        "0",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "--tb=line",
        "--no-header",
        "--no-summary",
    ]
    code = pytest.main([str(TESTS), *quiet, "--ignore", str(TESTS / "test_mutants.py")], plugins=[breaking])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) or not breaking.verdicts:
        print("the tests could not be collected, or there is no such mutant", file=sys.stderr)
        return 2
    found = Counter(
        "equivalent" if one.reason else "killed" if one.noticed_by else "survived" for one in breaking.verdicts
    )
    figures = ", ".join(f"{found[name]} {name}" for name in ("killed", "equivalent", "survived"))
    told = f"{len(breaking.verdicts)} mutants: {figures}; {time.monotonic() - began:.0f} s"
    print(told, file=sys.stderr if options.json else sys.stdout)
    for one in breaking.stale:
        print(f"listed as equivalent, but there is no such mutant: {one}", file=sys.stderr)
    return 1 if found["survived"] or breaking.stale else 0


if __name__ == "__main__":
    sys.exit(main())
