"""
What GetDiagnostic says of a call that failed: what was wrong, and what would be right. Pure.

The player says the same words (frontend/player/src/cmi/diagnostics.ts), so that a call log reads the same wherever it
was judged. Not here: the short texts and explanations of the codes (errors.py), and deciding what is wrong (model.py).
"""

from courseway.standards.cmi.elements import Format, Model, Response

LONGEST = 250
_LONGEST_NAME, _LONGEST_VALUE, _LONGEST_LIST = 120, 40, 130

NO_NAME = "The name of an element must be given as the first argument."


def shown(text: str, most: int = _LONGEST_NAME) -> str:
    """Return the beginning of what content passed, enough to recognise it."""
    return text if len(text) <= most else text[:most] + "…"


def quoted(value: str) -> str:
    """Return the beginning of a value in quotation marks."""
    return f'"{shown(value, _LONGEST_VALUE)}"'


def bad_argument(argument: str) -> str:
    """Say what Initialize, Terminate and Commit take."""
    return f"The argument must be an empty string, not {quoted(argument)}."


def group_members(model: Model, generic: str) -> str:
    """Return the names below a group or in an entry of a list, "" where the standard lists none."""
    return model.children.get(generic.removesuffix(".n") if generic.endswith(".n") else generic, "")


def not_an_element(model: Model, name: str, generic: str, *, is_group: bool) -> str:
    """Say that a name is none of an element, and what there is nearby."""
    if name in model.targets:
        return f"{name} needs a target: {name}.{{target=identifier}}."
    if is_group:
        members = _few(group_members(model, generic))
        return f"{shown(name)} is a group, not an element." + (f" It holds {members}." if members else "")
    parts = generic.split(".")
    words = f"{shown(name)} is not an element of {model.title}."
    if ".n." in f".{name}.":
        return words + " An index is a number."
    for length in range(len(parts) - 1, 0, -1):
        members = _few(group_members(model, ".".join(parts[:length])))
        if members:
            return f"{words} {shown(_written(name, length))} holds {members}."
    return words


def _few(members: str) -> str:
    """Return what a group holds, nothing where that is the whole model: it would fill the sentence."""
    return ", ".join(members.split(",")) if len(members) < _LONGEST_LIST else ""


def _written(name: str, length: int) -> str:
    return ".".join(name.split(".")[:length])


def no_keyword(name: str, keyword: str) -> str:
    """Say where a keyword can be read."""
    where = {
        "_children": "Only groups and lists have _children",
        "_count": "Only lists have a _count",
        "_version": "Only cmi has a _version",
    }
    return f"{where[keyword]}, not {shown(name.removesuffix('.' + keyword))}."


def bad_index(name: str) -> str:
    """Say what an index is."""
    return f"{shown(name)}: an index is a whole number without leading zeros, below a thousand million."


def no_entry(name: str, collection: str, count: int) -> str:
    """Say which entries a list has."""
    return f"{shown(name)}: {shown(collection)} has {count} entries, counted from 0."


def skipped(name: str, collection: str, count: int, most: int) -> str:
    """Say which entry of a list may be set next."""
    words = no_entry(name, collection, count)
    if most == 0:
        return words + " Content cannot add one."
    return words + (f" It can hold no more than {most}." if count >= most else f" The next to be set is {count}.")


def bad_value(name: str, form: Format, value: str) -> str:
    """Say what an element takes."""
    means = form.means or "one of: " + " | ".join(word or '""' for word in form.words)
    return f"{shown(name)} takes {means}, not {quoted(value)}."


def bad_response(name: str, shape: Response, kind: str, value: str) -> str:
    """Say how a response is built."""
    return f"{shown(name)} takes {shape.means} for the type {kind}, not {quoted(value)}."


def too_many_patterns(name: str, kind: str, most: int) -> str:
    """Say how many patterns an interaction of a type has."""
    return f"{shown(name)}: an interaction of type {kind} has at most {most} pattern."


def no_room(name: str, most: int) -> str:
    """Say how much an activity may keep."""
    return f"{shown(name)}: an activity's values may come to {most} characters in all; set shorter ones."


def cut_short(name: str, limit: int) -> str:
    """Say that a value was kept in part."""
    return f"{shown(name)} was kept up to its first {limit} characters."
