"""What the product says no to, as values. HTTP statuses and exit codes are looked up from `kind` at the edge."""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """Why something was refused, in words every edge can translate."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    GONE = "gone"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNSUPPORTED = "unsupported"
    UNAVAILABLE = "unavailable"


class Refusal(Exception):
    """
    A clear no, with what to do about it.

    Subclasses set `kind`, a stable dotted `code` and a `title`; `detail` is one sentence for a person;
    `extra` are machine-readable members of the problem document (never secrets).
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "This was refused"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or (self.__doc__ or self.title).strip().splitlines()[0]
        self.extra = extra


class Invalid(Refusal):
    """The request could not be understood."""

    kind, code, title = Kind.INVALID, "invalid", "The request is not valid"


class Unauthenticated(Refusal):
    """Sign in, or send a valid API key."""

    kind, code, title = Kind.UNAUTHENTICATED, "unauthenticated", "Who you are is not known"


class Forbidden(Refusal):
    """You may not do this."""

    kind, code, title = Kind.FORBIDDEN, "forbidden", "Not allowed"


class NotFound(Refusal):
    """Nothing is here under this address, or it is not yours."""

    kind, code, title = Kind.NOT_FOUND, "not_found", "Not found"


class Conflict(Refusal):
    """This does not fit the present state."""

    kind, code, title = Kind.CONFLICT, "conflict", "Conflict"
