"""
Cases of calls with the answer and the error each must give, played against the data model.

frontend/player/src/cmi/cases.test.ts plays the same files against the player's, so the two cannot drift.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from courseway.standards.cmi import RuntimeApi, model_of

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


def spelled(argument: Any) -> str:
    """Write out an argument; long texts are noted as what is repeated how often."""
    if isinstance(argument, str):
        return argument
    return str(argument["before"]) + str(argument["repeat"]) * int(argument["times"])


@pytest.mark.parametrize("case", CASES)
def test_every_call_answers_and_leaves_the_error_it_must(case: dict[str, Any]) -> None:
    values = {name: spelled(value) for name, value in case.get("values", {}).items()}
    api = RuntimeApi(model_of(case["standard"]), values)
    for number, (method, *arguments, expected, error) in enumerate(case["calls"]):
        value = api.call(method, *(spelled(argument) for argument in arguments))
        said = (number, method, [str(argument)[:80] for argument in arguments])
        assert (*said, value, api.get_last_error()) == (*said, spelled(expected), error)
        assert len(api.get_diagnostic("")) <= 255
