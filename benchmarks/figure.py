"""One measured figure with its target."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A ratio or a count; `at_most` or `at_least` is the target. `note` tells what lies behind it."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    def met(self) -> bool:
        """Tell whether the target is reached."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    def shown(self) -> str:
        """Return the value as a person reads it."""
        text = f"{self.value:,.2f}".rstrip("0").rstrip(".")
        return f"{text}{' ' + self.unit if self.unit else ''}{' (' + self.note + ')' if self.note else ''}"

    def target_shown(self) -> str:
        """Return the target as a person reads it."""
        unit = f" {self.unit}" if self.unit else ""
        if self.at_most is not None:
            return f"at most {self.at_most:g}{unit}"
        return f"at least {self.at_least:g}{unit}" if self.at_least is not None else "-"
