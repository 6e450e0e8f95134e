"""
Write the element tables of SCORM 1.2 and 2004 as one compact JSON file for the player's data model.

The tables are kept once, in src/courseway/standards/cmi; the file is built before the front end and never committed.
"""

import json
from pathlib import Path
from typing import Any

from courseway.standards.cmi.elements import Access, Element, Format, Model, Response
from courseway.standards.cmi.languages import LANGUAGES
from courseway.standards.cmi.scorm12 import SCORM_12
from courseway.standards.cmi.scorm2004 import SCORM_2004

TARGET = Path(__file__).parents[1] / "frontend" / "player" / "src" / "generated" / "cmi.json"


def _given(**members: Any) -> dict[str, Any]:
    """Leave out what says nothing; a bound of zero says something."""
    return {name: value for name, value in members.items() if value or (value is not None and name in ("low", "high"))}


def render_format(form: Format) -> dict[str, Any]:
    return _given(
        words=form.words,
        pattern=form.pattern,
        low=form.low,
        high=form.high,
        limit=form.limit,
        cut=form.cut,
        localized=form.localized,
        language=form.language,
        means=form.means,
    )


def render_response(shape: Response) -> dict[str, Any]:
    return _given(
        item=shape.item,
        between=shape.between,
        within=shape.within,
        second=shape.second,
        marks=shape.marks,
        localized=shape.localized,
        distinct=shape.distinct,
        ascending=shape.ascending,
        blank=shape.blank,
        most=shape.most,
        unlike=shape.unlike,
        means=shape.means,
    )


def render_element(element: Element) -> list[Any]:
    """Return [format, access, default, everything else]; content never sets a read-only element: no format."""
    derived = element.derived
    rest = _given(
        needs=element.needs,
        once=element.once,
        unique=element.unique,
        response=element.response,
        derived=derived and [derived.threshold, derived.measure, derived.met, derived.unmet],
        emptyUnset=element.empty_unset,
        granted=element.granted,
        appends=element.appends,
    )
    form = "" if element.access is Access.READ else element.format
    row = [form, element.access.value, element.default, rest]
    return row if rest else row[:3]


def render_model(model: Model) -> dict[str, Any]:
    settable = {element.format for element in model.elements.values() if element.access is not Access.READ}
    return {
        "title": model.title,
        "version": model.version,
        "codes": {fault.value: code for fault, code in model.codes.items()},
        "texts": {code: list(texts) for code, texts in model.texts.items()},
        "formats": {name: render_format(form) for name, form in model.formats.items() if name in settable},
        "elements": {name: render_element(element) for name, element in model.elements.items()},
        "children": dict(model.children),
        "collections": dict(model.collections),
        "unsetIsBlank": model.unset_is_blank,
        "mostCharacters": model.most_characters,
        "responses": {
            role: {kind: render_response(shape) for kind, shape in shapes.items()}
            for role, shapes in model.responses.items()
        },
        "typeElement": model.type_element,
        "targets": list(model.targets),
    }


def render_tables() -> str:
    tables = {
        "languages": " ".join(sorted(LANGUAGES)),
        "scorm12": render_model(SCORM_12),
        "scorm2004": render_model(SCORM_2004),
    }
    return json.dumps(tables, ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render_tables() + "\n", encoding="utf-8")
