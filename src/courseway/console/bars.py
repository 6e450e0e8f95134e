"""
Charts of days, drawn on the server: what a template needs to put an SVG into the page. Pure.

Drawn here and not in the browser, a chart is there with script switched off, follows the colours of the page, costs no
download, and never breaks the page's policy against inline styles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT = 100.0
DAY_WIDTH = 20.0
GAP = 5.0


@dataclass(frozen=True)
class Bar:
    """One bar, in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    ink: int


@dataclass(frozen=True)
class Column:
    """A day: its bars, and the sentence that is read when a pointer rests on it."""

    x: float
    reads: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """A whole chart: `width` by 100 units, scale labels from the top down, and days to write beneath."""

    width: float
    columns: tuple[Column, ...]
    scale: tuple[int, ...]
    days: tuple[date, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[date, tuple[int, ...]], ...]

    @property
    def total(self) -> tuple[int, ...]:
        """Return the sum of each series."""
        return tuple(sum(values[index] for _, values in self.rows) for index in range(len(self.names)))


def draw_days(names: Sequence[str], rows: Sequence[tuple[date, Sequence[int]]]) -> Chart:
    """Lay out one group of bars a day; `rows` are in the order of the days, each with one value a series."""
    top = _round_up(max((max(values, default=0) for _, values in rows), default=0))
    bar_width = (DAY_WIDTH - GAP) / max(1, len(names))
    columns = tuple(
        Column(
            index * DAY_WIDTH,
            _read(day, names, values),
            tuple(_bar(index, series, value, top, bar_width) for series, value in enumerate(values) if value > 0),
        )
        for index, (day, values) in enumerate(rows)
    )
    return Chart(
        width=DAY_WIDTH * max(1, len(rows)),
        columns=columns,
        scale=(top, top // 2, 0) if top % 2 == 0 else (top, 0),
        days=_label_days([day for day, _ in rows]),
        names=tuple(names),
        rows=tuple((day, tuple(values)) for day, values in rows),
    )


def _bar(index: int, series: int, value: int, top: int, bar_width: float) -> Bar:
    height = max(0.8, HEIGHT * value / top)
    x = index * DAY_WIDTH + GAP / 2 + series * bar_width
    return Bar(round(x, 2), round(HEIGHT - height, 2), round(bar_width - 0.8, 2), round(height, 2), series + 1)


def _read(day: date, names: Sequence[str], values: Sequence[int]) -> str:
    return "\n".join(
        [f"{day:%a} {day.day} {day:%b}", *(f"{name}: {value}" for name, value in zip(names, values, strict=True))]
    )


def _label_days(days: Sequence[date]) -> tuple[date, ...]:
    if len(days) < 2:
        return tuple(days)
    step = max(1, (len(days) - 1) // 4)
    return tuple(days[index] for index in range(0, len(days), step))


def _round_up(greatest: int) -> int:
    """Return a round number no smaller than the greatest value: 2, 4, 6, 10, 20, 40, 60, 100, ..."""
    scale = 1
    while True:
        for step in (2, 4, 6, 10):
            if greatest <= step * scale:
                return step * scale
        scale *= 10
