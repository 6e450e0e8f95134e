"""Who is calling and what they may do. Pure values and decisions; nothing here touches the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from courseway.errors import Forbidden


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


READING = frozenset({Scope.COURSE_READ, Scope.DISPATCH_READ, Scope.ANALYTICS_READ, Scope.XAPI_READ})
ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.OWNER: frozenset(Scope),
    Role.AUTHOR: READING | {Scope.COURSE_WRITE, Scope.COURSE_DELETE, Scope.DISPATCH_WRITE, Scope.DISPATCH_DELETE},
    Role.VIEWER: READING,
}


class ScopeMissing(Forbidden):
    """This needs a right that the caller does not have."""

    code, title = "forbidden.scope", "A right is missing"


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

    def may(self, scope: Scope) -> bool:
        """Tell whether the caller has a right; `admin:*` includes every other."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def require(self, scope: Scope) -> None:
        """Refuse a caller without the right."""
        if not self.may(scope):
            raise ScopeMissing(
                f"This needs the right {scope.value}, which {self.name or self.kind} does not have.", scope=scope.value
            )


def platform_caller(tenant_id: UUID, name: str = "platform") -> Caller:
    """Return the caller for the platform's own work in a tenant (jobs, the operator's commands)."""
    return Caller(tenant_id, "platform", name, name, frozenset(Scope))


def parse_scopes(texts: Iterable[str]) -> frozenset[Scope]:
    """Read scopes by name; ValueError names the first unknown one."""
    return frozenset(Scope(text) for text in texts)
