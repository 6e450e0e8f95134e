"""What may be asked of the room: new destinations and dispatches, changes, lists; and whether it makes sense."""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from courseway.dispatch.model.values import CourseChange, DispatchOptions, VersionPolicy
from courseway.errors import Invalid

GREATEST_CAP = 10_000_000
LONGEST_NAME = 200


class NewDestination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a destination is made from."""

    name: str
    lms_origins: tuple[str, ...] = ()
    owner_email: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    hash_learners: bool = False


class DestinationChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to change about a destination; what is not given stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    lms_origins: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    owner_email: str | msgspec.UnsetType = msgspec.UNSET
    tags: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    notes: str | msgspec.UnsetType = msgspec.UNSET
    hash_learners: bool | msgspec.UnsetType = msgspec.UNSET


class NewDispatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a dispatch is made from; without a name it takes the course's title."""

    destination_id: UUID
    course_id: UUID
    name: str = ""
    enabled: bool = True
    allow_new_registrations: bool = True
    registration_cap: int = 0
    expires_at: datetime | None = None
    instanced: bool = False
    version_policy: VersionPolicy = VersionPolicy.NEWEST
    pinned_version_id: UUID | None = None
    canary_percent: int = 0
    on_course_change: CourseChange = CourseChange.NEVER
    options: DispatchOptions = DispatchOptions()
    postback_url: str = ""
    owner_email: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""


class DispatchChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to change about a dispatch; what is not given stays, null takes away."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET
    allow_new_registrations: bool | msgspec.UnsetType = msgspec.UNSET
    registration_cap: int | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    instanced: bool | msgspec.UnsetType = msgspec.UNSET
    version_policy: VersionPolicy | msgspec.UnsetType = msgspec.UNSET
    pinned_version_id: UUID | msgspec.UnsetType | None = msgspec.UNSET
    canary_percent: int | msgspec.UnsetType = msgspec.UNSET
    on_course_change: CourseChange | msgspec.UnsetType = msgspec.UNSET
    options: DispatchOptions | msgspec.UnsetType = msgspec.UNSET
    postback_url: str | msgspec.UnsetType = msgspec.UNSET
    owner_email: str | msgspec.UnsetType = msgspec.UNSET
    tags: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    notes: str | msgspec.UnsetType = msgspec.UNSET


class DestinationQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which destinations are wanted, in which order (the newest first, or by name), and from where on."""

    search: str = ""
    tag: str = ""
    deleted: bool = False
    by_name: bool = False
    limit: int | None = None
    cursor: str = ""


class DispatchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    Which dispatches are wanted, in which order (the newest first, or by name), and from where on.

    `standing` is the word that `Dispatch.state` gives: open, paused, expired, full or closed; empty: any.
    """

    search: str = ""
    destination_id: UUID | None = None
    course_id: UUID | None = None
    tag: str = ""
    standing: str = ""
    deleted: bool = False
    by_name: bool = False
    limit: int | None = None
    cursor: str = ""


class DispatchUserQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which learners of a dispatch are wanted. `lms`: "" all, "behind": those whose LMS has not taken their newest result."""

    search: str = ""
    lms: str = ""
    limit: int | None = None
    cursor: str = ""


def check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Return origins as browsers write them (scheme, host, port); Invalid names the first that is none."""
    checked = []
    for origin in origins:
        parts = urlsplit(origin.strip().rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            raise Invalid(f"{origin!r} is not an origin; write it as https://lms.example.com", field="lms_origins")
        checked.append(f"{parts.scheme}://{parts.netloc.lower()}")
    return tuple(dict.fromkeys(checked))


def check_name(name: str, field: str = "name") -> str:
    """Return a name without surrounding blanks; Invalid when nothing is left or it is too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not text or len(text) > LONGEST_NAME:
        raise Invalid(f"{field} has between 1 and {LONGEST_NAME} characters", field=field)
    return text


def check_limits(registration_cap: int, canary_percent: int) -> None:
    """Refuse numbers that make no sense."""
    if not 0 <= registration_cap <= GREATEST_CAP:
        raise Invalid(f"registration_cap is between 0 (unlimited) and {GREATEST_CAP}", field="registration_cap")
    if not 0 <= canary_percent <= 100:
        raise Invalid("canary_percent is between 0 and 100", field="canary_percent")


def check_expiry(expires_at: datetime | None, before: datetime | None, now: datetime) -> None:
    """Refuse a new last moment that is over already; one that a dispatch has stays, so that it can still be changed."""
    if expires_at is None or expires_at == before:
        return
    moment = expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC)
    if moment < now:
        raise Invalid("This moment is over already; give a later one, or pause the dispatch.", field="expires_at")


def check_versions(policy: VersionPolicy, pinned_version_id: UUID | None) -> None:
    """Refuse a pinned or canary policy that does not say which version is the safe one."""
    if policy is not VersionPolicy.NEWEST and pinned_version_id is None:
        raise Invalid(f"version_policy {policy.value} needs pinned_version_id", field="pinned_version_id")


def check_postback(url: str) -> str:
    """Return the address results are posted to; Invalid when it is not http or https."""
    text = url.strip()
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username):
        raise Invalid("postback_url is an http or https address without credentials", field="postback_url")
    return text
