"""
The data model at run time: one activity's values, and what reading and setting an element does to them. Pure.

Here: names resolved against the table, access, indexes, dependencies, uniqueness, derived statuses, limits. Not here:
the tables (scorm12.py, scorm2004.py), the judgement of a single value (checks.py), what is said of a failure
(diagnostics.py), the session around it (runtime.py).
Counts are kept in the values as `<collection>._count`, so that a list whose entries are write-only still goes on
where it stopped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from courseway.standards.cmi import diagnostics
from courseway.standards.cmi.checks import check_response, check_value
from courseway.standards.cmi.elements import Access, Derived, Element, Fault, Model, Response

KEYWORDS = ("_children", "_count", "_version")

_INDEX = re.compile(r"[0-9]+")
_CANONICAL_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_ENTRY = re.compile(r"\.(0|[1-9][0-9]{0,8})(?=\.)")
_SLACK = 2
"""
What the server lets an activity keep, as a multiple of what the browser does: a commit comes in another order than the
values were set in, and what content cannot read stays on the server.
"""
_TARGET = re.compile(r"([A-Za-z_.]+)\.\{target=([^}]*)\}")


@dataclass(frozen=True)
class Entry:
    """One index in an element's name: of which list, and which number; `number` is None when it is malformed."""

    collection: str
    kind: str
    number: int | None


@dataclass(frozen=True)
class Place:
    """An element's name, understood: its name in the table and the list entries it goes through."""

    name: str
    generic: str
    entries: tuple[Entry, ...]
    element: Element | None
    keyword: str = ""


@dataclass(frozen=True)
class Read:
    """What GetValue answers."""

    value: str
    fault: Fault
    detail: str = ""


@dataclass(frozen=True)
class Written:
    """What SetValue answers; `value` is what is now stored."""

    fault: Fault
    value: str = ""
    detail: str = ""


def size_of(text: str) -> int:
    """Return the length of a text in the units a browser counts in (UTF-16), so that both ends find the same."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


DEEPEST = 12
"""No element has so many parts; a name that has more is not taken apart."""


def find_place(model: Model, name: str) -> Place:
    """Understand an element's name; `element` and `keyword` are empty when the table does not know it."""
    target = _TARGET.fullmatch(name)
    if target is not None and target[1] in model.targets:
        return Place(name, target[1], (), model.elements[target[1]])
    parts = name.split(".", DEEPEST)
    if len(parts) > DEEPEST or "n" in parts or name in model.targets:
        return Place(name, "", (), None)
    generics: list[str] = []
    entries = []
    for position, part in enumerate(parts):
        is_index = _INDEX.fullmatch(part) is not None
        if is_index:
            number = int(part) if _CANONICAL_INDEX.fullmatch(part) else None
            entries.append(Entry(".".join(parts[:position]), ".".join(generics), number))
        generics.append("n" if is_index else part)
    keyword = parts[-1] if parts[-1] in KEYWORDS else ""
    generic = ".".join(generics[:-1] if keyword else generics)
    return Place(name, generic, tuple(entries), None if keyword else model.elements.get(generic), keyword)


class DataModel:
    """One activity's values under one standard's rules."""

    def __init__(self, model: Model, values: Mapping[str, str]) -> None:
        self.model = model
        self.values = dict(values)
        self._size: int | None = None
        self._count_entries()

    def _count_entries(self) -> None:
        """Bring the counts up to the entries there are; a state has thousands of names, so they are only scanned."""
        highest: dict[str, int] = {}
        for name in self.values:
            for found in _ENTRY.finditer(name) if "{" not in name else ():
                collection, number = name[: found.start()], int(found[1])
                if number > highest.get(collection, -1):
                    highest[collection] = number
        for collection, number in highest.items():
            self._raise_count(Entry(collection, "", number))

    def _raise_count(self, entry: Entry) -> None:
        if entry.number is not None and entry.number >= self.count(entry.collection):
            self.values[f"{entry.collection}._count"] = str(entry.number + 1)

    def count(self, collection: str) -> int:
        """Return how many entries a list has."""
        stored = self.values.get(f"{collection}._count", "0")
        return int(stored) if _CANONICAL_INDEX.fullmatch(stored) else 0

    # -- reading ------------------------------------------------------------------------------------------------

    def read(self, name: str) -> Read:
        """Return an element's value as GetValue gives it. [RTE 3.1.4.1]"""
        if name == "":
            return Read("", Fault.GET_FAILED, diagnostics.NO_NAME)
        place = find_place(self.model, name)
        if place.keyword:
            return self._read_keyword(place)
        element = place.element
        if element is None:
            return Read("", self._unknown(place), self._say_unknown(place))
        if element.access is Access.WRITE:
            return Read("", Fault.WRITE_ONLY, f"{name} can be set, not read.")
        missing = self._say_missing(place)
        if missing:
            return Read("", Fault.GET_FAILED, missing)
        if "r" not in self._grants(place):
            return Read("", Fault.WRITE_ONLY, f"{name}: this activity may write this store, not read it.")
        value = self._value(place, element)
        if value is None or (value == "" and element.empty_unset):
            return Read("", Fault.UNSET, f"{name} has no value yet: neither the course nor the content has set one.")
        return Read(value, Fault.NONE)

    def _value(self, place: Place, element: Element) -> str | None:
        if element.derived is not None and element.derived.threshold in self.values:
            return self._derive(element.derived)
        value = self.values.get(place.name, element.default)
        return "" if value is None and self.model.unset_is_blank else value

    def _derive(self, rule: Derived) -> str:
        measure = self.values.get(rule.measure)
        if measure is None:
            return "unknown"
        return rule.met if float(measure) >= float(self.values[rule.threshold]) else rule.unmet

    def _read_keyword(self, place: Place) -> Read:
        if not self._is_known(place.generic):
            return Read("", Fault.UNDEFINED, self._say_unknown(place))
        if not self._has_keyword(place):
            fault = {"_children": Fault.NO_CHILDREN, "_count": Fault.NO_COUNT, "_version": Fault.NO_VERSION}
            return Read("", fault[place.keyword], diagnostics.no_keyword(place.name, place.keyword))
        missing = self._say_missing(place)
        if missing:
            return Read("", Fault.GET_FAILED, missing)
        if place.keyword == "_version":
            return Read(self.model.version, Fault.NONE)
        if place.keyword == "_children":
            return Read(self.model.children[place.generic], Fault.NONE)
        return Read(str(self.count(place.name[: -len("._count")])), Fault.NONE)

    def _has_keyword(self, place: Place) -> bool:
        if place.keyword == "_version":
            return place.name == "cmi._version"
        return place.generic in (self.model.children if place.keyword == "_children" else self.model.collections)

    def _unknown(self, place: Place) -> Fault:
        return Fault.GROUP if self._is_known(place.generic) else Fault.UNDEFINED

    def _is_known(self, generic: str) -> bool:
        model = self.model
        if generic == "" or generic in model.elements or generic in model.children or generic in model.collections:
            return generic != ""
        return any(name.startswith(generic + ".") for name in model.elements)

    def _say_unknown(self, place: Place) -> str:
        return diagnostics.not_an_element(
            self.model, place.name, place.generic, is_group=not place.keyword and self._is_known(place.generic)
        )

    def _say_missing(self, place: Place) -> str:
        """Say which entry a name goes through is not there; "" when all are."""
        for entry in place.entries:
            if entry.number is None:
                return diagnostics.bad_index(place.name)
            count = self.count(entry.collection)
            if entry.number >= count:
                return diagnostics.no_entry(place.name, entry.collection, count)
        return ""

    def _grants(self, place: Place) -> str:
        if place.element is None or not place.element.granted:
            return "rw"
        entry = place.entries[-1]
        return self.values.get(f"{entry.collection}.{entry.number}.{place.element.granted}", "rw")

    # -- setting ------------------------------------------------------------------------------------------------

    def write(self, name: str, value: str, *, squashed: bool = False) -> Written:
        """
        Set an element as SetValue does. [RTE 3.1.4.2]

        `squashed`: the value comes from a commit that holds only the last of several values of each element, so what
        depends on values set in between (an interaction's type, uniqueness of what may change) is not asked.
        """
        if name == "":
            return Written(Fault.SET_FAILED, "", diagnostics.NO_NAME)
        place = find_place(self.model, name)
        element = place.element
        if place.keyword or element is None:
            return self._refuse_name(place)
        if element.access is Access.READ:
            return Written(Fault.READ_ONLY, "", f"{name} can be read, not set.")
        refused = self._refuse_entry(place) or self._refuse_dependency(place, element, squashed)
        if refused is not None:
            return refused
        room = self.model.most_characters * (_SLACK if squashed else 1)
        if size_of(value) > room:
            return Written(Fault.FULL, "", diagnostics.no_room(name, room))
        written = self._judge(place, element, self._appended(place, element, value), squashed)
        if written.fault is not Fault.NONE:
            return written
        return self._keep(place, written, room)

    def _keep(self, place: Place, written: Written, room: int) -> Written:
        """Put a judged value in its place, where there is room."""
        if self._size is None:
            self._size = sum(size_of(name) + size_of(value) for name, value in self.values.items())
        before = self.values.get(place.name)
        grown = self._size + size_of(written.value)
        grown += size_of(place.name) if before is None else -size_of(before)
        if grown > max(room, self._size):
            return Written(Fault.FULL, "", diagnostics.no_room(place.name, room))
        self._size = grown
        for entry in place.entries:
            self._raise_count(entry)
        self.values[place.name] = written.value
        return written

    def _appended(self, place: Place, element: Element, value: str) -> str:
        """Put a value behind what is there, unless it begins with all of that already. [RTE 1.2 3.4.4]"""
        before = self.values.get(place.name, "") if element.appends else ""
        return value if value.startswith(before) else before + value

    def _refuse_name(self, place: Place) -> Written:
        if place.keyword and self._is_known(place.generic):
            if self._has_keyword(place):
                return Written(Fault.KEYWORD, "", f"{place.name} can be read, not set.")
            return Written(Fault.NO_KEYWORD, "", diagnostics.no_keyword(place.name, place.keyword))
        return Written(self._unknown(place), "", self._say_unknown(place))

    def _refuse_entry(self, place: Place) -> Written | None:
        for entry in place.entries:
            count, most = self.count(entry.collection), self.model.collections[entry.kind]
            if entry.number is None:
                return Written(Fault.SET_FAILED, "", diagnostics.bad_index(place.name))
            if entry.number > count or (entry.number == count and count >= most):
                fault = Fault.FULL if entry.number == count and most else Fault.SET_FAILED
                return Written(fault, "", diagnostics.skipped(place.name, entry.collection, count, most))
        if "w" not in self._grants(place):
            return Written(Fault.READ_ONLY, "", f"{place.name}: this activity may read this store, not write it.")
        return None

    def _refuse_dependency(self, place: Place, element: Element, squashed: bool) -> Written | None:
        for need in element.needs:
            if self._at(place, need) not in self.values:
                return Written(Fault.DEPENDENCY, "", f"{place.name}: {self._at(place, need)} must be set first.")
        most = self._shape(place, element).most if element.response and not squashed else 0
        if most and (place.entries[-1].number or 0) >= most and element.response == "pattern":
            return Written(Fault.SET_FAILED, "", diagnostics.too_many_patterns(place.name, self._kind(place), most))
        return None

    @staticmethod
    def _at(place: Place, generic: str) -> str:
        for entry in place.entries:
            generic = generic.replace(".n.", f".{entry.number}.", 1)
        return generic

    def _kind(self, place: Place) -> str:
        return self.values.get(self._at(place, self.model.type_element), "")

    def _shape(self, place: Place, element: Element) -> Response:
        return self.model.responses[element.response].get(self._kind(place), Response(item=r"[\s\S]*"))

    def _judge(self, place: Place, element: Element, value: str, squashed: bool) -> Written:
        form = self.model.formats[element.format]
        checked = check_value(form, value)
        if checked.fault is not Fault.NONE:
            return Written(checked.fault, "", diagnostics.bad_value(place.name, form, value))
        if element.response and not self._fits_response(place, element, value, squashed):
            shape = self._shape(place, element)
            return Written(Fault.TYPE, "", diagnostics.bad_response(place.name, shape, self._kind(place), value))
        if element.once and self.values.get(place.name, checked.value) != checked.value:
            return Written(Fault.SET_FAILED, "", f"{place.name} has been set and cannot change.")
        if self._must_differ(place, element, squashed) and self._is_taken(place, checked.value):
            return Written(Fault.SET_FAILED, "", f"{place.name}: another entry has this value already.")
        is_cut = checked.value != value
        return Written(Fault.NONE, checked.value, diagnostics.cut_short(place.name, form.limit) if is_cut else "")

    def _fits_response(self, place: Place, element: Element, value: str, squashed: bool) -> bool:
        if check_response(self._shape(place, element), value):
            return True
        if not squashed:
            return False
        shapes = self.model.responses[element.response]
        kinds = self.model.formats[self.model.elements[self.model.type_element].format].words
        return any(kind not in shapes or check_response(shapes[kind], value) for kind in kinds)

    def _must_differ(self, place: Place, element: Element, squashed: bool) -> bool:
        if squashed:
            return element.unique and element.once
        return element.unique or (bool(element.response) and self._shape(place, element).unlike)

    def _is_taken(self, place: Place, value: str) -> bool:
        entry = place.entries[-1]
        leaf = place.name.rsplit(".", 1)[1]
        return any(
            number != entry.number and self.values.get(f"{entry.collection}.{number}.{leaf}") == value
            for number in range(self.count(entry.collection))
        )
