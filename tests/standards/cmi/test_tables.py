"""The element tables are whole and agree with themselves."""

import gzip
import json
import re
import runpy
from pathlib import Path

import pytest

from courseway.standards.cmi import SCORM_12, SCORM_2004
from courseway.standards.cmi.elements import Access, Fault, Model

MODELS = pytest.mark.parametrize("model", (SCORM_12, SCORM_2004), ids=lambda model: str(model.name))


def below(model: Model, group: str) -> set[str]:
    prefix = group + (".n." if group in model.collections else ".")
    return {name.removeprefix(prefix).split(".")[0] for name in model.elements if name.startswith(prefix)} - {"n"}


@MODELS
def test_children_are_exactly_the_elements_there_are(model: Model) -> None:
    for group, children in model.children.items():
        assert set(children.split(",")) - {"_version"} == below(model, group), group


@MODELS
def test_every_list_in_a_name_is_a_collection(model: Model) -> None:
    lists = {name[: found.start()] for name in model.elements for found in re.finditer(r"\.n\.", name)}
    assert lists == set(model.collections)


@MODELS
def test_every_fault_has_a_code_and_every_code_a_short_text_and_an_explanation(model: Model) -> None:
    assert set(model.codes) == set(Fault)
    for fault in Fault:
        text, explanation = model.texts[model.codes[fault]]
        assert 0 < len(text) <= 255
        assert 0 < len(explanation) < 255


@MODELS
def test_every_format_and_response_an_element_names_exists_and_is_used(model: Model) -> None:
    assert {element.format for element in model.elements.values()} == set(model.formats)
    assert {element.response for element in model.elements.values()} - {""} == set(model.responses)
    assert all(need in model.elements for element in model.elements.values() for need in element.needs)


@MODELS
def test_every_value_content_may_set_is_described_to_its_author(model: Model) -> None:
    for element in model.elements.values():
        form = model.formats[element.format]
        assert form.means or form.words or element.access is Access.READ, element.name
    assert all(shape.means for shapes in model.responses.values() for shape in shapes.values())


@MODELS
def test_patterns_stay_within_what_python_and_javascript_share(model: Model) -> None:
    patterns = [form.pattern for form in model.formats.values()]
    patterns += [shape.item for shapes in model.responses.values() for shape in shapes.values()]
    for pattern in filter(None, patterns):
        re.compile(pattern)
        assert not re.search(r"\(\?[<P]|\\[dwbAZ]|\$|(?<!\[)\^|[*+?]\+", pattern), pattern


def test_the_tables_hold_every_element_of_their_books() -> None:
    assert len(SCORM_12.elements) == 38
    assert len([name for name in SCORM_2004.elements if name.startswith("cmi.")]) == 51
    assert {code for code, _ in SCORM_12.texts.items()} == {
        "0",
        "101",
        "201",
        "202",
        "203",
        "301",
        "401",
        "402",
        "403",
        "404",
        "405",
    }
    assert set(SCORM_2004.texts) == {
        "0",
        "101",
        "102",
        "103",
        "104",
        "111",
        "112",
        "113",
        "122",
        "123",
        "132",
        "133",
        "142",
        "143",
        "201",
        "301",
        "351",
        "391",
        "401",
        "402",
        "403",
        "404",
        "405",
        "406",
        "407",
        "408",
    }


def test_the_tables_the_player_ships_are_small_and_always_the_same() -> None:
    script = runpy.run_path(str(Path(__file__).parents[3] / "scripts" / "generate_cmi_tables.py"))
    written = script["render_tables"]()
    assert written == script["render_tables"]()
    assert len(gzip.compress(written.encode())) < 8_000
    assert set(json.loads(written)) == {"languages", "scorm12", "scorm2004"}
