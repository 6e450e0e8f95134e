"""Reading the request headers that decide which bytes of a file are sent. [RFC 9110 8.8, 13, 14]"""

import re
from typing import NamedTuple

_RANGE = re.compile(rb"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.I)


class ByteRange(NamedTuple):
    """From `start` up to, not including, `end`; empty when nothing of what was asked for exists."""

    start: int
    end: int


def read_range(text: bytes, size: int) -> ByteRange | None:
    """
    Return the one range asked for; None when the whole file is the right answer. [RFC 9110 14.2]

    Several ranges at once, other units and malformed ones are ignored, as the standard allows.
    """
    matched = _RANGE.fullmatch(text.strip())
    if matched is None or matched[1] == matched[2] == b"":
        return None
    if matched[1] == b"":
        count = int(matched[2])
        return ByteRange(max(0, size - count), size) if count else ByteRange(size, size)
    start = int(matched[1])
    if matched[2] == b"":
        return ByteRange(start, max(start, size))
    last = int(matched[2])
    if last < start:
        return None
    return ByteRange(start, min(last + 1, size)) if start < size else ByteRange(start, start)


def matches(header: bytes, *etags: bytes) -> bool:
    """Tell whether a client already holds one of the forms of a file (weak comparison). [RFC 9110 13.1.2]"""
    if header.strip() == b"*":
        return True
    return any(one.strip().removeprefix(b"W/") in etags for one in header.split(b","))
