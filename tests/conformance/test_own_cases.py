"""The conformance cases of our own, played against the engine in process."""

import json
import shlex
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.run_cases import CASES, Ask, Driver, missing_abilities, play_case, read_cases

PLAYED = [pytest.param(case, id=name) for name, case in read_cases()]


@pytest.fixture(scope="module")
def engine() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


@pytest.mark.parametrize("case", PLAYED)
def test_the_engine_does_what_the_case_demands(case: dict[str, Any], engine: Driver) -> None:
    assert missing_abilities(case, engine(cmd="hello")) == set()
    assert play_case(case, engine) == []


def test_every_manifest_is_played_by_a_case() -> None:
    played = {path for _, case in read_cases() for path in case["packages"].values()}
    assert played == {str(path) for path in CASES.glob("*/manifests/*.xml")}


def test_the_cases_of_scorm_12_meet_every_error_code() -> None:
    codes = {
        step[-1]
        for _, case in read_cases()
        if case["standard"] == "scorm12"
        for step in case["steps"]
        if isinstance(step, list)
    }
    assert codes == {"0", "101", "201", "202", "203", "301", "401", "402", "403", "404", "405"}


def test_a_case_is_lost_on_a_wrong_value_a_wrong_error_and_a_wrong_delivery(engine: Driver) -> None:
    case = {"title": "", "packages": {"main": str(CASES / "scorm12/manifests/several.xml")}}
    launch: dict[str, Any] = {"do": "launch", "package": "main", "delivers": "intro"}
    call = ["LMSInitialize", "", "true", "0"]
    wrong: list[list[Any]] = [
        [{**launch, "delivers": "summary"}],
        [launch, ["LMSInitialize", "", "false", "0"]],
        [launch, ["LMSInitialize", "", "true", "101"]],
        [launch, {"ui": {"continue": False}}],
        [launch, {"ui": {"selectable": {"Summary": False}}}],
        [launch, call, {"do": "continue", "stays": "intro"}],
        [launch, call, {"do": "continue", "refused": True}],
        [launch, {"do": "previous", "delivers": "intro"}],
        [launch, call, {"do": "exitAll", "delivers": "first"}],
    ]
    for steps in wrong:
        assert len(play_case({**case, "steps": steps}, engine)) == 1, steps
    assert play_case({**case, "steps": [launch, call]}, engine) == []


def test_a_draw_that_changes_with_the_same_seed_is_noticed() -> None:
    answers = iter(["a", "b", "a", "a"])

    def driver(**asked: Any) -> dict[str, Any]:
        return {"session": "active", "current": next(answers), "delivery": 1} if asked["cmd"] == "launch" else {}

    ask: Ask = driver
    step = {"do": "launch", "package": "main", "delivers": {"as": "x", "of": ["a", "b"]}}
    case = {"title": "", "packages": {}, "steps": [step], "draws": {"seeds": {"one": [], "two": ["b"]}}}
    said = json.dumps(play_case(case, ask))
    assert "the second time" in said
    assert "instead of" in said


def test_a_driver_that_dies_loses_the_case_and_says_where() -> None:
    driver = Driver(f"{shlex.quote(sys.executable)} -c \"input(); print('{{}}', flush=True); input()\"")
    case = {"title": "", "packages": {}, "steps": [{"do": "settle", "ended": True}, ["Initialize", "", "true", "0"]]}
    first, then = play_case(case, driver), play_case(case, driver)
    driver.close()
    assert len(first) == len(then) == 1
    assert first[0].startswith("step 0")
    assert then[0].startswith("opening")
