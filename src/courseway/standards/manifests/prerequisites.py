"""
The prerequisites of SCORM 1.2, `adlcp:prerequisites` with the type `aicc_script`. [SCORM 1.2 CAM 2.3 (prerequisites)]

Here: from the expression to values and back. Not here: which items exist, and whether a learner meets what is asked.

    expression  one or more terms joined by |
    term        one or more factors joined by &
    factor      ~ factor | ( expression ) | number * { expression, expression, ... } | name | name = status | name <> status
"""

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec

MOST_CHARACTERS = 10_000
DEEPEST = 40
_GREATEST_COUNT = 10_000
_TOKEN = re.compile(r"""\s*(?:(?P<name>[\w.:-]+)|(?P<word>"[^"]*"|'[^']*')|(?P<sign><>|[&|~=(){},*]))""")


class LessonStatus(StrEnum):
    """The statuses an expression can ask for; one letter of each is enough."""

    PASSED = "passed"
    COMPLETED = "completed"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    BROWSED = "browsed"
    NOT_ATTEMPTED = "not attempted"


_STATUSES = {word.value: word for word in LessonStatus} | {word.value[0]: word for word in LessonStatus}


class Reached(msgspec.Struct, frozen=True, tag=True):
    """The item of this identifier is passed or completed."""

    name: str


class StatusIs(msgspec.Struct, frozen=True, tag=True):
    """The item's status is this one, or is another one when `negated`."""

    name: str
    status: LessonStatus
    negated: bool = False


class Not(msgspec.Struct, frozen=True, tag=True):
    """The one does not hold."""

    one: "Prerequisite"


class Every(msgspec.Struct, frozen=True, tag=True):
    """All parts hold; there are at least two."""

    parts: tuple["Prerequisite", ...]


class Some(msgspec.Struct, frozen=True, tag=True):
    """At least one part holds; there are at least two."""

    parts: tuple["Prerequisite", ...]


class AtLeast(msgspec.Struct, frozen=True, tag=True):
    """So many of the parts hold, or more; `count` may be 0 or beyond their number, as written."""

    count: int
    parts: tuple["Prerequisite", ...]


Prerequisite = Reached | StatusIs | Not | Every | Some | AtLeast


class PrerequisiteError(ValueError):
    """The expression is not one of the language; `position` is the character, from 0, where that shows."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(f"{sentence} (at character {position + 1})")
        self.position = position


def parse_prerequisites(text: str) -> Prerequisite:
    """
    Parse an expression; `&` binds stronger than `|`, names are taken as written.

    Raises PrerequisiteError for anything else, also for what is longer than MOST_CHARACTERS or nested deeper than
    DEEPEST. [SCORM 1.2 CAM 2.3 (prerequisites)]
    """
    if len(text) > MOST_CHARACTERS:
        raise PrerequisiteError(f"The expression has more than {MOST_CHARACTERS:,} characters", MOST_CHARACTERS)
    reader = _Reader(text)
    found = reader.expression(0)
    reader.expect_end()
    return found


def render_prerequisites(one: Prerequisite) -> str:
    """Render the expression that parses to the same value."""
    match one:
        case Reached(name):
            return name
        case StatusIs(name, status, negated):
            return f'{name}{"<>" if negated else "="}"{status.value}"'
        case Not(inner):
            return "~" + _enclosed(inner)
        case Every(parts):
            return "&".join(_enclosed(part) for part in parts)
        case Some(parts):
            return "|".join(_enclosed(part) for part in parts)
        case AtLeast(count, parts):
            return f"{count}*{{{','.join(render_prerequisites(part) for part in parts)}}}"


def names_of(one: Prerequisite) -> Iterator[str]:
    """Yield the identifiers an expression speaks of, in its order, each as often as it stands there."""
    match one:
        case Reached(name) | StatusIs(name):
            yield name
        case Not(inner):
            yield from names_of(inner)
        case Every(parts) | Some(parts) | AtLeast(_, parts):
            for part in parts:
                yield from names_of(part)


def _enclosed(one: Prerequisite) -> str:
    text = render_prerequisites(one)
    return f"({text})" if isinstance(one, Every | Some) else text


class _Token(msgspec.Struct, frozen=True):
    kind: str
    text: str
    position: int


class _Reader:
    """Goes through the tokens of one expression, one method a line of the grammar."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def expression(self, depth: int) -> Prerequisite:
        """Read terms joined by |."""
        if depth > DEEPEST:
            raise PrerequisiteError(f"The expression is nested deeper than {DEEPEST}", self._next.position)
        parts = [self._term(depth)]
        while self._take("|"):
            parts.append(self._term(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def expect_end(self) -> None:
        """Refuse what stands behind the expression."""
        if self._next.kind != "end":
            raise self._unexpected("& or |")

    def _term(self, depth: int) -> Prerequisite:
        parts = [self._factor(depth)]
        while self._take("&"):
            parts.append(self._factor(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _factor(self, depth: int) -> Prerequisite:
        if depth > DEEPEST:
            raise PrerequisiteError(f"The expression is nested deeper than {DEEPEST}", self._next.position)
        if self._take("~"):
            return Not(self._factor(depth + 1))
        if self._take("("):
            inner = self.expression(depth + 1)
            self._expect(")")
            return inner
        name = self._next
        if name.kind != "name":
            raise self._unexpected("an identifier")
        self._at += 1
        if self._take("*"):
            return self._set(name, depth)
        if self._take("="):
            return StatusIs(name.text, self._status())
        if self._take("<>"):
            return StatusIs(name.text, self._status(), negated=True)
        return Reached(name.text)

    def _set(self, count: _Token, depth: int) -> AtLeast:
        if not (count.text.isascii() and count.text.isdigit()) or len(count.text) > 9:
            raise PrerequisiteError(f'Before * there must be a whole number, not "{count.text[:40]}"', count.position)
        if int(count.text) > _GREATEST_COUNT:
            raise PrerequisiteError(f"Before * there may be at most {_GREATEST_COUNT:,}", count.position)
        self._expect("{")
        parts = [self.expression(depth + 1)]
        while self._take(","):
            parts.append(self.expression(depth + 1))
        self._expect("}")
        return AtLeast(int(count.text), tuple(parts))

    def _status(self) -> LessonStatus:
        token = self._next
        if token.kind not in {"word", "name"}:
            raise self._unexpected("a status")
        self._at += 1
        words = token.text.strip("\"'").replace("_", " ").lower().split()
        if token.kind == "name" and words == ["not"] and self._next.text.lower() == "attempted":
            words.append("attempted")
            self._at += 1
        status = _STATUSES.get(" ".join(words))
        if status is None:
            known = ", ".join(word.value for word in LessonStatus)
            raise PrerequisiteError(f"{token.text[:40]} is no status; there are {known}", token.position)
        return status

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, sign: str) -> bool:
        found = self._next.kind == "sign" and self._next.text == sign
        self._at += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected(sign)

    def _unexpected(self, wanted: str) -> PrerequisiteError:
        token = self._next
        found = "the expression ends" if token.kind == "end" else f"there is {token.text[:40]}"
        return PrerequisiteError(f"Where {wanted} should be, {found}", token.position)


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise PrerequisiteError(f"{text[at]!r} means nothing here", at)
        kind = match.lastgroup or ""
        yield _Token(kind, match.group(kind), match.start(kind))
        at = match.end()
    yield _Token("end", "", end)
