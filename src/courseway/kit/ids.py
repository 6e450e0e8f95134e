"""New identifiers. UUIDv7: unique, and ordered by the time they were made, so that lists can be keyset-paged by id."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """Return a fresh UUIDv7."""
    return uuid7()


def parse_id(text: str) -> uuid.UUID | None:
    """Read an id from an address or a body; None when it is not one."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
