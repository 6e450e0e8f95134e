"""
Capabilities: the part of an address that opens one version's files.

No cookie, no query: a keyed digest that is the same for everybody for a day, so that relative links work, a CDN can
cache, and a leaked link dies.
"""

import hashlib
import hmac
import re
from datetime import date, timedelta
from uuid import UUID

_CAPABILITY = re.compile(r"([0-9a-f]{32})\.([0-9]{8})\.([0-9a-f]{32})")


def make_capability(key: bytes, course_id: UUID, version_id: UUID, day: date) -> str:
    """
    Return the part of an address that opens one version's files, the same for everybody for a day.

    Bound to the course, so that it opens nothing under another course's address.
    """
    signed = f"{version_id.hex}.{day:%Y%m%d}"
    mac = hmac.new(key, f"{course_id.hex}.{signed}".encode(), hashlib.sha256).hexdigest()
    return f"{signed}.{mac[:32]}"


def read_capability(key: bytes, course_id: UUID, text: str, today: date) -> UUID | None:
    """Return the version a capability opens; None when it is forged, for another course, or older than yesterday."""
    matched = _CAPABILITY.fullmatch(text)
    if matched is None:
        return None
    version_id = UUID(matched[1])
    for day in (today, today - timedelta(days=1)):
        if hmac.compare_digest(make_capability(key, course_id, version_id, day), text):
            return version_id
    return None


def was_capability(key: bytes, course_id: UUID, text: str) -> bool:
    """Tell whether a capability opened this course on some day, so that its holder can be told that it is over."""
    matched = _CAPABILITY.fullmatch(text)
    if matched is None:
        return False
    try:
        day = date.fromisoformat(matched[2])
    except ValueError:
        return False
    return hmac.compare_digest(make_capability(key, course_id, UUID(matched[1]), day), text)


def looks_like_capability(text: str) -> bool:
    """Tell whether a part of a path has the form of a capability, good or not."""
    return _CAPABILITY.fullmatch(text) is not None
