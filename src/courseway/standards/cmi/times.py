"""
Durations of both standards as seconds, and back. Pure arithmetic.

A year counts 365 days and a month 30, as ADL's own test suite does; no course has yet been seen that reports either.
"""

import re

_TIMESPAN = re.compile(r"([0-9]{2,4}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,2})?)")
_DURATION = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_SECONDS = (365 * 86_400, 30 * 86_400, 86_400, 3_600, 60, 1)
_MOST_DIGITS = 9
_MOST_HUNDREDTHS_12 = (9_999 * 3_600 + 59 * 60 + 59) * 100 + 99
LONGEST_SECONDS = 100 * 365 * 86_400.0
"""No learner is credited with more than a century."""


def parse_timespan(value: str) -> float | None:
    """Return the seconds of a SCORM 1.2 CMITimespan (HHHH:MM:SS.SS), None when it is none. [RTE 1.2 3.4.3]"""
    found = _TIMESPAN.fullmatch(value)
    if found is None:
        return None
    return int(found[1]) * 3_600 + int(found[2]) * 60 + float(found[3])


def render_timespan(seconds: float) -> str:
    """Write seconds as a CMITimespan; what does not fit becomes the longest there is. [RTE 1.2 3.4.3]"""
    hundredths = min(max(round(seconds * 100), 0), _MOST_HUNDREDTHS_12)
    whole, rest = divmod(hundredths, 100)
    return f"{whole // 3_600:04}:{whole % 3_600 // 60:02}:{whole % 60:02}.{rest:02}"


def parse_duration(value: str) -> float | None:
    """Return the seconds of an ISO 8601 duration, at most a century; None when it is none. [RTE 4.1.1.8]"""
    found = _DURATION.fullmatch(value)
    if found is None or value.endswith(("P", "T")):
        return None
    total = 0.0
    for part, unit in zip(found.groups(), _SECONDS, strict=True):
        if part:
            too_long = len(part.lstrip("0").split(".")[0]) > _MOST_DIGITS
            total += LONGEST_SECONDS if too_long else float(part) * unit
    return min(total, LONGEST_SECONDS)


def render_duration(seconds: float) -> str:
    """Write seconds as an ISO 8601 duration in hours, minutes and seconds, to a hundredth. [RTE 4.1.1.8]"""
    hundredths = round(min(max(seconds, 0.0), LONGEST_SECONDS) * 100)
    whole, rest = divmod(hundredths, 100)
    hours, minutes, last = whole // 3_600, whole % 3_600 // 60, f"{whole % 60}"
    if rest:
        last += f".{rest:02}".rstrip("0")
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{last}S" if last != "0" else "")
    return f"PT{parts or '0S'}"
