"""
What every list of the console has in common: its search, filters, order and place, read from the address. Pure.

An address is the whole state of a list, so that it can be shared; changing the search or a filter starts at the top.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from courseway.errors import NotFound

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Choice:
    """A filter that is offered: its name in the address, its label, and its options as (value, label)."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Listing:
    """The state of a list as its address says it."""

    path: str
    params: Mapping[str, str]
    choices: Sequence[Choice] = field(default_factory=tuple)
    default_sort: str = ""

    @property
    def search(self) -> str:
        """Return what is searched for."""
        return self.params.get("q", "").strip()[:LONGEST_SEARCH]

    @property
    def cursor(self) -> str:
        """Return where in the list this page starts; empty at the top."""
        return self.params.get("cursor", "")

    @property
    def sort(self) -> str:
        """Return the chosen order."""
        return self.params.get("sort", "") or self.default_sort

    @property
    def narrowed(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.search) or any(self.value(choice.name) for choice in self.choices)

    def value(self, name: str) -> str:
        """Return the chosen option of a filter; empty when it is not one that is offered."""
        chosen = self.params.get(name, "")
        for choice in self.choices:
            if choice.name == name:
                return chosen if chosen in {value for value, _ in choice.options} else ""
        return chosen

    def uuid(self, name: str) -> UUID | None:
        """Return a filter that is an id; NotFound when it is not one."""
        text = self.params.get(name, "")
        if not text:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise NotFound(f"{name} is not an id.") from None

    def link(self, **changes: str | None) -> str:
        """Return the address of this list with some things changed; None or empty removes one."""
        kept = {name: value for name, value in self.params.items() if name != "cursor"}
        merged = {**kept, **{name: value or "" for name, value in changes.items()}}
        query = urlencode({name: value for name, value in merged.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def export_link(self) -> str:
        """Return where this list is downloaded as CSV, narrowed as it is."""
        query = urlencode({name: value for name, value in self.params.items() if value and name != "cursor"})
        return f"{self.path}.csv?{query}" if query else f"{self.path}.csv"


def read_listing(
    path: str, params: Mapping[str, str], choices: Sequence[Choice] = (), default_sort: str = ""
) -> Listing:
    """Read the state of a list from its address."""
    return Listing(path, {name: value for name, value in params.items() if value}, tuple(choices), default_sort)
