"""Every element of both data models, read and set well and badly, gives the code the books demand."""

from pathlib import Path
from typing import Any

import pytest

from courseway.standards.cmi import RuntimeApi, model_of
from tests.standards.cmi.golden import golden_cases, read_golden
from tests.standards.cmi.in_player import play_in_player

STANDARDS = ("scorm12", "scorm2004")
CASES = [
    pytest.param(case, id=f"{standard} {case['name']}") for standard in STANDARDS for case in golden_cases(standard)
]


@pytest.mark.parametrize("case", CASES)
def test_every_element_gives_the_code_of_the_book(case: dict[str, Any]) -> None:
    api = RuntimeApi(model_of(case["standard"]), case["values"])
    for number, (method, *arguments, expected, error) in enumerate(case["calls"]):
        value = api.call(method, *arguments)
        said = (number, method, *(argument[:80] for argument in arguments))
        assert (*said, value, api.get_last_error()) == (*said, expected, error)
        assert error == "0" or api.get_diagnostic("").endswith("."), said


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_player_gives_the_same_codes(standard: str, tmp_path: Path) -> None:
    play_in_player(list(golden_cases(standard)), tmp_path)


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_golden_table_leaves_no_element_and_no_group_out(standard: str) -> None:
    model, golden = model_of(standard), read_golden(standard)
    named = {line[0].replace(".0", ".n").removesuffix(".{target=a}") for line in golden["elements"]}
    assert named == set(model.elements)
    groups = {line[0].replace(".0", ".n") for line in golden["groups"]}
    parents = {name.rsplit(".", depth)[0] for name in model.elements for depth in range(1, name.count(".") + 1)}
    assert groups - set(model.targets) == parents


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_element_that_can_be_set_badly_is_set_badly_once(standard: str) -> None:
    model = model_of(standard)
    for name, _, _, _, late, _, bad, _, _ in read_golden(standard)["elements"]:
        element = model.elements[name.replace(".0", ".n").removesuffix(".{target=a}")]
        form = model.formats[element.format]
        takes_everything = form.cut and not (form.pattern or form.localized)
        assert bad or late in ("403", "404") or takes_everything, name
