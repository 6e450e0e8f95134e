"""
Errors of recorded calls in words: what a code means, and what was wrong with just this call. Pure.

The log of a launch keeps codes alone. What a value or a name did wrong can be told from the call; what depended on
the values around it cannot, and is left at the code's own explanation.
"""

from courseway.standards.cmi.commit import model_of
from courseway.standards.cmi.elements import Fault, Model
from courseway.standards.cmi.model import DataModel, Place, find_place

_IN_THE_CALL = {
    Fault.NO_CHILDREN,
    Fault.NO_COUNT,
    Fault.NO_VERSION,
    Fault.KEYWORD,
    Fault.GROUP,
    Fault.UNDEFINED,
    Fault.READ_ONLY,
    Fault.WRITE_ONLY,
    Fault.TYPE,
    Fault.RANGE,
}


def explain_error(standard: str, method: str, element: str, value: str, code: str) -> tuple[str, str]:
    """Return a code's text, and what was wrong: of this call where it alone tells, else what the code means."""
    model = model_of(standard)
    text, meaning = model.texts.get(code, ("Unknown error code", f"{code} is not a code of this standard."))
    return text, _judge_again(model, method, element, value, code) or meaning


def _judge_again(model: Model, method: str, element: str, value: str, code: str) -> str:
    name = method.removeprefix("LMS")
    if name not in ("SetValue", "GetValue") or not element:
        return ""
    data = DataModel(model, _assumed(model, find_place(model, element)))
    judged = data.write(element, value) if name == "SetValue" else data.read(element)
    told = judged.fault in _IN_THE_CALL and model.codes[judged.fault] == code
    return judged.detail if told else ""


def _assumed(model: Model, place: Place) -> dict[str, str]:
    """Return values under which everything around an element is as it should be: its entries exist, its needs are set."""
    values = {f"{one.collection}._count": str(one.number + 1) for one in place.entries if one.number is not None}
    for need in place.element.needs if place.element is not None else ():
        name = need
        for one in place.entries:
            name = name.replace(".n", f".{one.number}", 1)
        values[name] = ""
    return values
