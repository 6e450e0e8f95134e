"""
Forms: what was typed is kept, what is wrong is said beside its field. Pure.

A page reads each field once through a `Form`, then asks `form.wrong`; nothing is thrown until everything was read.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from courseway.errors import Refusal

T = TypeVar("T")


class Form:
    """A submitted form, or an empty one to be filled in."""

    def __init__(
        self, values: Mapping[str, str] | None = None, *, lists: Mapping[str, list[str]] | None = None
    ) -> None:
        self.values: dict[str, str] = dict(values or {})
        self.lists: dict[str, list[str]] = dict(lists or {})
        self.wrong: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def text(self, name: str, *, required: str = "", longest: int = 500) -> str:
        """Read a line or a paragraph; `required` is the sentence said when it is empty."""
        value = self.values.get(name, "").strip()
        if required and not value:
            self.wrong[name] = required
        if len(value) > longest:
            self.wrong[name] = f"At most {longest} characters; this has {len(value)}."
        return value

    def number(self, name: str, *, least: int = 0, greatest: int = 2_000_000_000, empty: int = 0) -> int:
        """Read a whole number."""
        value = self.values.get(name, "").strip().replace(" ", "").replace("\u202f", "")
        if not value:
            return empty
        if not value.isdigit() or not least <= int(value) <= greatest:
            self.wrong[name] = f"A whole number from {least} to {greatest}."
            return empty
        return int(value)

    def flag(self, name: str) -> bool:
        """Read a check box."""
        return bool(self.values.get(name))

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """Read one of several; anything else is the default."""
        value = self.values.get(name, "")
        return value if value in set(allowed) else default

    def uuid(self, name: str, *, required: str = "") -> UUID | None:
        """Read an id chosen from a list."""
        value = self.values.get(name, "").strip()
        if not value:
            if required:
                self.wrong[name] = required
            return None
        try:
            return UUID(value)
        except ValueError:
            self.wrong[name] = required or "Choose one of the list."
            return None

    def day(self, name: str) -> datetime | None:
        """Read a date as the end of that day in UTC; None when empty."""
        value = self.values.get(name, "").strip()
        if not value:
            return None
        try:
            return datetime.strptime(value, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
        except ValueError:
            self.wrong[name] = "A date as year-month-day, for example 2027-01-31."
            return None

    def words(self, name: str) -> tuple[str, ...]:
        """Read words separated by commas or lines, each once, in their order."""
        parts = self.values.get(name, "").replace("\n", ",").split(",")
        return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def refuse(self, refusal: Refusal, fallback: str = "form") -> None:
        """Put a refusal of a service beside the field it names, or above the form."""
        self.wrong[str(refusal.extra.get("field", fallback))] = refusal.detail


def read_form(items: Iterable[tuple[str, object]]) -> Form:
    """Read a submitted form; a field sent several times keeps all its values in `lists` and the last in `values`."""
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in items:
        if isinstance(value, str):
            values[name] = value
            lists.setdefault(name, []).append(value)
    return Form(values, lists=lists)
