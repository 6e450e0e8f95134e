"""
Who is calling, what they may do, and what the tenants room says no to.

Pure values and decisions; nothing here touches the database, the clock or randomness.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from courseway.errors import Conflict, Forbidden, Invalid, Kind, NotFound, Refusal, Unauthenticated

SESSION_COOKIE = "courseway_session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ATTEMPT_WINDOW = timedelta(minutes=15)
EMAIL_ATTEMPTS = 10
ADDRESS_ATTEMPTS = 50


class Scope(StrEnum):
    """What a caller may do."""

    COURSE_READ = "course:read"
    COURSE_WRITE = "course:write"
    COURSE_DELETE = "course:delete"
    DISPATCH_READ = "dispatch:read"
    DISPATCH_WRITE = "dispatch:write"
    DISPATCH_DELETE = "dispatch:delete"
    ANALYTICS_READ = "analytics:read"
    XAPI_READ = "xapi:read"
    XAPI_WRITE = "xapi:write"
    ADMIN = "admin:*"


class Role(StrEnum):
    """A user's place in a tenant."""

    OWNER = "owner"
    AUTHOR = "author"
    VIEWER = "viewer"


class KeyKind(StrEnum):
    """What a key opens: the REST interface, or the Learning Record Store by Basic authentication."""

    API = "api"
    LRS = "lrs"


READING = frozenset({Scope.COURSE_READ, Scope.DISPATCH_READ, Scope.ANALYTICS_READ, Scope.XAPI_READ})
ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.OWNER: frozenset(Scope),
    Role.AUTHOR: READING | {Scope.COURSE_WRITE, Scope.COURSE_DELETE, Scope.DISPATCH_WRITE, Scope.DISPATCH_DELETE},
    Role.VIEWER: READING,
}
LRS_SCOPES = frozenset({Scope.XAPI_READ, Scope.XAPI_WRITE})


class ScopeMissing(Forbidden):
    """This needs a right that the caller does not have."""

    code, title = "forbidden.scope", "A right is missing"


class SignInRefused(Unauthenticated):
    """The e-mail address or the password is not right."""

    code, title = "tenants.sign_in_refused", "Signing in was refused"


class SignInLocked(Refusal):
    """Too many attempts to sign in; wait a while."""

    kind, code, title = Kind.TOO_MANY, "tenants.sign_in_locked", "Too many attempts"


class KeyRefused(Unauthenticated):
    """This key is not valid: it is unknown, revoked or has expired."""

    code, title = "tenants.key_refused", "The key is not valid"

    tenant_id: UUID | None = None  # whose key it pretended to be; for the audit trail only, never in the answer
    key_id: str = ""


class SessionEnded(Unauthenticated):
    """Your sign-in has ended. Sign in again."""

    code, title = "tenants.session_ended", "Signed out"


class CsrfRefused(Forbidden):
    """This request did not come from a page of this console. Reload the page and try again."""

    code, title = "tenants.csrf", "The request did not come from this console"


class EmailTaken(Conflict):
    """Somebody with this e-mail address is in this tenant already."""

    code, title = "tenants.email_taken", "Already a user"


class LastOwner(Conflict):
    """A tenant keeps at least one owner. Make somebody else an owner first."""

    code, title = "tenants.last_owner", "The last owner stays"


class UserNotFound(NotFound):
    """No such user in this tenant."""

    code, title = "tenants.user_not_found", "No such user"


class KeyNotFound(NotFound):
    """No such key in this tenant."""

    code, title = "tenants.key_not_found", "No such key"


class SlugTaken(Conflict):
    """Another tenant has this short name already."""

    code, title = "tenants.slug_taken", "The short name is taken"


@dataclass(frozen=True)
class Caller:
    """Somebody authenticated, in one tenant."""

    tenant_id: UUID
    kind: str  # user, api_key, lrs_key, platform
    id: str
    name: str
    scopes: frozenset[Scope]
    address: str = ""
    role: Role | None = None
    csrf_token: str = field(default="", repr=False)
    account_id: UUID | None = None
    session_hash: bytes = field(default=b"", repr=False)

    def may(self, scope: Scope) -> bool:
        """Tell whether the caller has a right; `admin:*` includes every other."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def csrf_matches(self, sent: str) -> bool:
        """Tell whether a form or a script sent the token of this session, in constant time."""
        return bool(self.csrf_token) and hmac.compare_digest(sent.encode(), self.csrf_token.encode())

    def require(self, scope: Scope) -> None:
        """Refuse a caller without the right."""
        if not self.may(scope):
            raise ScopeMissing(
                f"This needs the right {scope.value}, which {self.name or self.kind} does not have.", scope=scope.value
            )


class Tenant(msgspec.Struct, frozen=True):
    """A tenant as its own users see it."""

    id: UUID
    name: str
    slug: str
    settings: dict[str, Any]
    created_at: datetime


class User(msgspec.Struct, frozen=True):
    """A person in a tenant."""

    id: UUID
    account_id: UUID
    email: str
    name: str
    role: Role
    created_at: datetime
    last_login_at: datetime | None


class Membership(msgspec.Struct, frozen=True):
    """A tenant that an account may switch to."""

    tenant_id: UUID
    tenant_name: str
    user_id: UUID
    role: Role


class Session(msgspec.Struct, frozen=True):
    """One sign-in of an account; `id` is the start of the stored digest and opens nothing."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    address: str
    current: bool


class SignedIn(msgspec.Struct, frozen=True):
    """A fresh session: `token` goes into the cookie and is kept nowhere else."""

    token: str
    csrf_token: str
    expires_at: datetime
    tenant_id: UUID
    tenant_name: str
    user_id: UUID
    email: str
    name: str
    role: Role

    def __repr__(self) -> str:
        return f"SignedIn(user_id={self.user_id})"


class ApiKey(msgspec.Struct, frozen=True):
    """A key as lists show it."""

    id: UUID
    kind: KeyKind
    name: str
    public_id: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKey(msgspec.Struct, frozen=True):
    """A fresh key with its secret, shown this once. `credential` is what the client sends."""

    key: ApiKey
    secret: str
    credential: str

    def __repr__(self) -> str:
        return f"NewKey(public_id={self.key.public_id})"


class NewUser(msgspec.Struct, frozen=True):
    """An added user; `initial_password` is set once, and only when the account was made now without one."""

    user: User
    initial_password: str | None

    def __repr__(self) -> str:
        return f"NewUser(user_id={self.user.id})"


class AuditEvent(msgspec.Struct, frozen=True):
    """Something that was done, or refused."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    target_kind: str
    target_id: str
    target_name: str
    outcome: str
    detail: dict[str, Any]
    address: str


class AuditQuery(msgspec.Struct, frozen=True):
    """What part of the audit trail is asked for; empty fields do not narrow."""

    action: str = ""
    target_id: str = ""
    outcome: str = ""
    actor: str = ""
    cursor: str | None = None
    limit: int | None = None


def platform_caller(tenant_id: UUID, name: str = "platform") -> Caller:
    """Return the caller for the platform's own work in a tenant (jobs, the operator's commands)."""
    return Caller(tenant_id, "platform", name, name, frozenset(Scope))


def parse_scopes(texts: Iterable[str]) -> frozenset[Scope]:
    """Read scopes by name; ValueError names the first unknown one."""
    return frozenset(Scope(text) for text in texts)


def digest(secret: str) -> bytes:
    """Return what is stored of a random secret: SHA-256, for there is nothing to guess in 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def render_credential(kind: KeyKind, public_id: str, secret: str) -> str:
    """Return what a client sends: `cw_<public id>_<secret>`, or `<key>:<secret>` for Basic authentication."""
    return f"cw_{public_id}_{secret}" if kind is KeyKind.API else f"{public_id}:{secret}"


def parse_api_credential(text: str) -> tuple[str, str]:
    """Split `cw_<public id>_<secret>`; KeyRefused when it has another form."""
    parts = text.strip().split("_", 2)
    if len(parts) != 3 or parts[0] != "cw" or not parts[1] or not parts[2]:
        raise KeyRefused("This is not an API key of Courseway: those start with cw_ and have three parts.")
    return parts[1], parts[2]


def parse_basic(text: str) -> tuple[str, str]:
    """Split the value of a Basic authorization; KeyRefused when it cannot be read."""
    try:
        user, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise KeyRefused("The Basic credentials cannot be read.") from None
    if not colon:
        raise KeyRefused("The Basic credentials have no password.")
    return user, secret


def check_password(password: str, email: str = "") -> None:
    """Refuse a password that is too short, too long, or the address itself."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.", field="password")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(f"A password has at most {LONGEST_PASSWORD} characters.", field="password")
    if email and password.lower() == email.lower():
        raise Invalid("The password must not be the e-mail address.", field="password")


def check_email(email: str) -> str:
    """Return the address without surrounding blanks; Invalid when it cannot be one."""
    text = email.strip()
    name, at, domain = text.rpartition("@")
    if not at or not name or not domain or any(c.isspace() or ord(c) < 32 for c in text) or len(text) > 254:
        raise Invalid("This is not an e-mail address.", field="email")
    return text


def check_attempts(failed_for_email: int, failed_from_address: int) -> None:
    """Refuse to look at a password when too many were wrong lately, whether the address is known or not."""
    if failed_for_email >= EMAIL_ATTEMPTS or failed_from_address >= ADDRESS_ATTEMPTS:
        minutes = int(ATTEMPT_WINDOW.total_seconds() // 60)
        raise SignInLocked(
            f"Too many attempts to sign in failed. Wait {minutes} minutes and try again.",
            retry_after_seconds=int(ATTEMPT_WINDOW.total_seconds()),
        )


def check_last_owner(owners: int, role_before: Role, role_after: Role | None) -> None:
    """Refuse a change that would leave a tenant without an owner."""
    if role_before is Role.OWNER and role_after is not Role.OWNER and owners <= 1:
        raise LastOwner


def same_origin(origin: str, console_url: str) -> bool:
    """Tell whether an Origin header names the console; `null` and everything else does not."""
    own, sent = urlsplit(console_url), urlsplit(origin)
    return (sent.scheme, sent.netloc) == (own.scheme, own.netloc)


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own: a proxy in front of us, or somebody sitting here."""
    return address in {"::1", "localhost"} or address.startswith(("127.", "::ffff:127."))


def sender_address(peer: str, forwarded: str) -> str:
    """
    Return who sent a request: the peer, or what a proxy on this machine says.

    Of X-Forwarded-For only the last entry counts, which our own proxy wrote; the others were the client's to choose.
    """
    last = forwarded.rpartition(",")[2].strip()
    return last[:64] if last and is_loopback(peer) else peer


def holds_key(query: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a query string carries a key, which would end up in logs and histories."""
    names = {"api_key", "apikey", "x-api-key", "access_token"}
    return any(name.lower() in names or value.startswith("cw_") for name, value in query)


def safe_path(path: str) -> str:
    """Return a path without the launch links and capabilities that open what they name."""
    parts = path.split("/")
    for marker in ("play", "assets"):
        if marker in parts:
            parts = [*parts[: parts.index(marker) + 1], "…"]
    return "/".join(parts)[:250]


def merge_settings(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tenant's settings after a partial change; a value of None removes its name."""
    merged = {**before, **change}
    return {name: value for name, value in merged.items() if value is not None}
