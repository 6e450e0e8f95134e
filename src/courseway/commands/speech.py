"""How commands speak: lines of progress, a box, tables for people and JSON for machines, refusals as one sentence."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from courseway.errors import Kind, Refusal

P = ParamSpec("P")
R = TypeVar("R")
WIDEST_CELL = 60
REFUSED, NOT_UNDERSTOOD = 1, 2


class Stop(click.ClickException):
    """A refusal on its way to the terminal: one sentence and an exit code, never a traceback."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        """Print the sentence to standard error."""
        click.echo(f"{click.style('✗', fg='red') if unicode_works(sys.stderr) else 'Error:'} {self.message}", err=True)


def refusals_spoken(function: Callable[P, R]) -> Callable[P, R]:
    """Turn refusals into a sentence and the exit code of their kind: 1 refused, 2 not understood."""

    @wraps(function)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Refusal as refusal:
            raise Stop(refusal.detail, NOT_UNDERSTOOD if refusal.kind is Kind.INVALID else REFUSED) from refusal

    return spoken


def unicode_works(stream: Any) -> bool:
    """Tell whether a stream can show a check mark."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") in {"utf8", "utf16"}


@contextmanager
def step(done: str) -> Iterator[None]:
    """Run one step and say afterwards that it is done and how long it took."""
    started = time.monotonic()
    watched = sys.stdout.isatty()
    if watched:
        click.echo(f"  {done} …", nl=False)
        sys.stdout.flush()
    try:
        yield
    finally:
        if watched:
            click.echo("\r\x1b[K", nl=False)
    say_done(f"{done} ({time.monotonic() - started:.1f} s)")


def say_done(sentence: str) -> None:
    """Print a line with a check mark."""
    mark = click.style("✓", fg="green") if unicode_works(sys.stdout) else "ok"
    click.echo(f"{mark} {sentence}")
    sys.stdout.flush()


def box(title: str, pairs: Mapping[str, str]) -> str:
    """Render names and values in a box."""
    plain = not unicode_works(sys.stdout)
    corner = ("+", "+", "+", "+", "-", "|") if plain else ("╭", "╮", "╰", "╯", "─", "│")
    names = max(len(name) for name in pairs)
    lines = [title, "", *(f"{name.ljust(names)}  {value}" for name, value in pairs.items())]
    width = max(len(line) for line in lines)
    top, bottom = corner[0] + corner[4] * (width + 4) + corner[1], corner[2] + corner[4] * (width + 4) + corner[3]
    return "\n".join([top, *(f"{corner[5]}  {line.ljust(width)}  {corner[5]}" for line in lines), bottom])


def show_json(value: Any) -> None:
    """Print JSON for machines."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def show_table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, empty: str) -> None:
    """Print rows as a table; `columns` are titles by field."""
    if not rows:
        click.echo(empty)
        return
    cells = [[format_cell(row.get(field)) for field in columns] for row in rows]
    widths = [max(len(title), *(len(line[i]) for line in cells)) for i, title in enumerate(columns.values())]
    header = "  ".join(title.ljust(width) for title, width in zip(columns.values(), widths, strict=True))
    click.echo(click.style(header.rstrip(), bold=True))
    for line in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def show_fields(row: Mapping[str, Any], titles: Mapping[str, str]) -> None:
    """Print one thing, a field a line."""
    width = max(len(title) for title in titles.values())
    for field, title in titles.items():
        click.echo(f"{click.style(title.ljust(width), bold=True)}  {format_cell(row.get(field), WIDEST_CELL * 4)}")


def printable(text: str) -> str:
    """Return a text that is safe to print: one line, without characters that move the cursor or turn the writing."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def format_cell(value: Any, widest: int = WIDEST_CELL) -> str:
    """Render one value for a person."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return printable(", ".join(str(one) for one in value)) or "-"
    text = printable(" ".join(str(value).split()))
    if len(text) > 18 and text[4:5] == "-" and text[10:11] == "T":
        with suppress(ValueError):
            text = datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M UTC")
    return text if len(text) <= widest else text[: widest - 1] + "…"


def format_size(size_bytes: float | None) -> str:
    """Render a number of bytes with its unit."""
    if size_bytes is None:
        return "-"
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def examples(*lines: str) -> str:
    """Render the examples at the end of a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
