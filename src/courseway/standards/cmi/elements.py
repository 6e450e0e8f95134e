"""
The shapes the element tables are made of: formats, elements, collections, a whole data model.

The tables themselves are in scorm12.py and scorm2004.py; the engine that obeys them is model.py, and the player's
engine is driven by the same tables, written out by scripts/generate_cmi_tables.py.

Patterns are regular expressions that mean the same in Python and in JavaScript (ASCII classes, no flags); a pattern
always has to match the whole value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Access(StrEnum):
    """What content may do with an element."""

    READ = "r"
    WRITE = "w"
    BOTH = "rw"


class Fault(StrEnum):
    """What can go wrong in a call, before a standard gives it a code."""

    NONE = "none"
    GENERAL = "general"
    ARGUMENT = "argument"
    ALREADY_INITIALIZED = "already_initialized"
    INITIALIZE_AFTER = "initialize_after"
    TERMINATE_BEFORE = "terminate_before"
    TERMINATE_AFTER = "terminate_after"
    GET_BEFORE = "get_before"
    GET_AFTER = "get_after"
    SET_BEFORE = "set_before"
    SET_AFTER = "set_after"
    COMMIT_BEFORE = "commit_before"
    COMMIT_AFTER = "commit_after"
    GET_FAILED = "get_failed"
    SET_FAILED = "set_failed"
    NO_CHILDREN = "no_children"
    NO_COUNT = "no_count"
    NO_VERSION = "no_version"
    KEYWORD = "keyword"
    NO_KEYWORD = "no_keyword"
    GROUP = "group"
    UNDEFINED = "undefined"
    UNSET = "unset"
    READ_ONLY = "read_only"
    WRITE_ONLY = "write_only"
    TYPE = "type"
    RANGE = "range"
    DEPENDENCY = "dependency"
    FULL = "full"


@dataclass(frozen=True)
class Format:
    """
    What a value may look like.

    A value is good when it is one of `words`, or matches `pattern`; both empty means any text. `low` and `high` bound
    a number. `limit` counts characters: a longer value is cut there when `cut`, otherwise refused. A `localized` text
    may open with {lang=code}, which must be a real language and does not count. `means` says all this in words that
    complete "takes ...".
    """

    words: tuple[str, ...] = ()
    pattern: str = ""
    low: float | None = None
    high: float | None = None
    limit: int = 0
    cut: bool = False
    localized: bool = False
    language: bool = False
    means: str = ""


@dataclass(frozen=True)
class Response:
    """
    How a learner's response, or a pattern of a correct one, is built for one type of interaction.

    `marks` may come first ({case_matters=...}); then items, with `between` as separator; an item has two parts when
    `within` is given, the first matching `item`, the second `second`. `distinct`: no item twice. `ascending`: two
    numbers, the first not above the second. `most`: how many patterns there may be (0: any). `unlike`: no two patterns
    of an interaction may be the same.
    """

    item: str = ""
    between: str = ""
    within: str = ""
    second: str = ""
    marks: tuple[str, ...] = ()
    localized: bool = False
    distinct: bool = False
    ascending: bool = False
    blank: bool = False
    most: int = 0
    unlike: bool = False
    means: str = ""


@dataclass(frozen=True)
class Derived:
    """A status the LMS works out from a measure as soon as the course states a threshold."""

    threshold: str
    measure: str
    met: str
    unmet: str


@dataclass(frozen=True)
class Element:
    """
    One element of a data model.

    `n` in the name stands for an index. `default` is read while nothing was set; None means there is nothing to read.
    `needs` must have been set before. A `once` element keeps its first value; a `unique` one differs from the same
    element of every other entry. `response` names the table its format is taken from, by the interaction's type.
    `empty_unset`: an empty value reads as if never set. `granted`: a companion element says who may read and write.
    `appends`: a further value goes behind what is there, unless it already begins with that.
    """

    name: str
    format: str
    access: Access = Access.BOTH
    default: str | None = None
    needs: tuple[str, ...] = ()
    once: bool = False
    unique: bool = False
    response: str = ""
    derived: Derived | None = None
    empty_unset: bool = False
    granted: str = ""
    appends: bool = False


@dataclass(frozen=True)
class Model:
    """A whole data model: what there is, what each thing may be, and which code stands for which fault."""

    name: str
    title: str
    version: str
    codes: Mapping[Fault, str]
    texts: Mapping[str, tuple[str, str]]
    formats: Mapping[str, Format]
    elements: Mapping[str, Element]
    children: Mapping[str, str]
    collections: Mapping[str, int]
    """Collection name -> how many entries content may bring it to; 0: none of its own."""
    unset_is_blank: bool
    most_characters: int = 4_000_000
    """How much an activity's names and values may come to together."""
    responses: Mapping[str, Mapping[str, Response]] = field(default_factory=dict)
    type_element: str = ""
    targets: tuple[str, ...] = ()
    """Elements that end in {target=identifier}."""
