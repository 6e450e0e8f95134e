"""The REST interface of tenants, users, sessions, keys and the audit trail: parse, one call of the service, render."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from courseway.errors import Invalid
from courseway.tenants.http.edge import AnyRequest, check_origin, client_address, ended_cookie, session_cookie
from courseway.tenants.model import (
    SESSION_COOKIE,
    ApiKey,
    AuditEvent,
    AuditQuery,
    Caller,
    KeyKind,
    Membership,
    NewKey,
    NewUser,
    Role,
    Scope,
    Session,
    SignedIn,
    Tenant,
    User,
    parse_scopes,
)
from courseway.tenants.service import Service

Calling = NamedDependency[Caller]
Tenants = NamedDependency[Service]
NOT_STORED = {"Cache-Control": "no-store"}  # answers with a secret in them are kept nowhere


class SignInBody(msgspec.Struct):
    """Who signs in."""

    email: str
    password: str


class PasswordBody(msgspec.Struct):
    """One's own password, before and after."""

    current_password: str
    new_password: str


class SwitchBody(msgspec.Struct):
    """Which tenant to go to."""

    tenant_id: UUID


class UserBody(msgspec.Struct):
    """A person to add; without a password a random one is made and answered once."""

    email: str
    role: Role = Role.VIEWER
    name: str = ""
    password: str | None = None


class RoleBody(msgspec.Struct):
    """The role a user is to have."""

    role: Role


class KeyBody(msgspec.Struct):
    """A key to make; an LRS key needs no `scopes`."""

    name: str
    kind: KeyKind = KeyKind.API
    scopes: list[str] = msgspec.field(default_factory=list)
    expires_at: datetime | None = None


class TenantBody(msgspec.Struct):
    """What to change about the tenant; a setting of null is removed."""

    name: str | None = None
    settings: dict[str, Any] | None = None


class Me(msgspec.Struct):
    """Who is calling, as `/api/me` tells."""

    kind: str
    id: str
    name: str
    role: Role | None
    scopes: list[str]
    tenant: Tenant
    csrf_token: str | None
    memberships: list[Membership]


class SessionStarted(msgspec.Struct):
    """A fresh session; its cookie is in the headers."""

    csrf_token: str
    expires_at: datetime
    tenant_id: UUID
    user_id: UUID
    role: Role


class Users(msgspec.Struct):
    """A page of users."""

    items: tuple[User, ...]
    next_cursor: str | None


class ApiKeys(msgspec.Struct):
    """A page of keys."""

    items: tuple[ApiKey, ...]
    next_cursor: str | None


class AuditEvents(msgspec.Struct):
    """A page of the audit trail, the newest first."""

    items: tuple[AuditEvent, ...]
    next_cursor: str | None


class Sessions(msgspec.Struct):
    """One's own live sessions."""

    items: list[Session]


# routes -----------------------------------------------------------------------------------------------------------


def _started(signed_in: SignedIn, tenants: Service) -> Response[SessionStarted]:
    body = SessionStarted(
        signed_in.csrf_token, signed_in.expires_at, signed_in.tenant_id, signed_in.user_id, signed_in.role
    )
    return Response(body, cookies=[session_cookie(signed_in, tenants)], headers=NOT_STORED)


@post("/api/session", status_code=200, tags=["Sessions"], summary="Sign in")
async def sign_in(request: AnyRequest, data: JSONBody[SignInBody], tenants: Tenants) -> Response[SessionStarted]:
    """Start a session; the answer's CSRF token goes into X-CSRF-Token of every change made with the cookie."""
    check_origin(request, tenants)
    signed_in = await tenants.sign_in(
        data.email,
        data.password,
        address=client_address(request),
        user_agent=request.headers.get("user-agent", ""),
        previous_token=request.cookies.get(SESSION_COOKIE, ""),
    )
    return _started(signed_in, tenants)


@delete("/api/session", status_code=204, tags=["Sessions"], summary="Sign out")
async def sign_out(caller: Calling, tenants: Tenants) -> Response[None]:
    """End the session this request came with."""
    await tenants.sign_out(caller)
    return Response(None, status_code=204, cookies=[ended_cookie(tenants)])


@get("/api/sessions", tags=["Sessions"], summary="List your own sessions")
async def list_sessions(caller: Calling, tenants: Tenants) -> Sessions:
    """List your own live sessions."""
    return Sessions(await tenants.list_sessions(caller))


@delete("/api/sessions/{session_id:str}", status_code=204, tags=["Sessions"], summary="End one of your sessions")
async def revoke_session(caller: Calling, tenants: Tenants, session_id: FromPath[str]) -> None:
    """End one of your own sessions."""
    await tenants.revoke_session(caller, session_id)


@get("/api/me", tags=["Tenant"], summary="Who is calling")
async def show_me(caller: Calling, tenants: Tenants) -> Me:
    """Tell who is calling, with which rights, in which tenant."""
    tenant = await tenants.current_tenant(caller)
    memberships = await tenants.list_memberships(caller) if caller.account_id else []
    scopes = sorted(scope.value for scope in caller.scopes)
    return Me(caller.kind, caller.id, caller.name, caller.role, scopes, tenant, caller.csrf_token or None, memberships)


@post("/api/me/password", status_code=204, tags=["Sessions"], summary="Change your password")
async def change_password(caller: Calling, tenants: Tenants, data: JSONBody[PasswordBody]) -> None:
    """Change your own password; every other session of yours ends."""
    await tenants.change_password(caller, data.current_password, data.new_password)


@post("/api/me/tenant", status_code=200, tags=["Sessions"], summary="Switch to another of your tenants")
async def switch_tenant(
    request: AnyRequest, caller: Calling, tenants: Tenants, data: JSONBody[SwitchBody]
) -> Response[SessionStarted]:
    """Go on in another of your tenants, with a new session."""
    signed_in = await tenants.switch_tenant(caller, data.tenant_id, user_agent=request.headers.get("user-agent", ""))
    return _started(signed_in, tenants)


@get("/api/tenants/current", tags=["Tenant"], summary="Your tenant")
async def show_tenant(caller: Calling, tenants: Tenants) -> Tenant:
    """Show the tenant you are in."""
    return await tenants.current_tenant(caller)


@patch("/api/tenants/current", tags=["Tenant"], summary="Rename your tenant, change its settings")
async def update_tenant(caller: Calling, tenants: Tenants, data: JSONBody[TenantBody]) -> Tenant:
    """Change the tenant's name or some of its settings."""
    return await tenants.update_tenant(caller, name=data.name, settings=data.settings)


@get("/api/users", tags=["Users"], summary="List users")
async def list_users(
    caller: Calling, tenants: Tenants, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
) -> Users:
    """List the tenant's users, oldest first."""
    page = await tenants.list_users(caller, cursor=cursor, limit=limit)
    return Users(page.items, page.next_cursor)


@post("/api/users", tags=["Users"], summary="Add a user")
async def add_user(caller: Calling, tenants: Tenants, data: JSONBody[UserBody]) -> Response[NewUser]:
    """Put a person into the tenant."""
    added = await tenants.add_user(caller, email=data.email, role=data.role, name=data.name, password=data.password)
    return Response(added, status_code=201, headers=NOT_STORED if added.initial_password else {})


@get("/api/users/{user_id:uuid}", tags=["Users"], summary="Show a user")
async def show_user(caller: Calling, tenants: Tenants, user_id: FromPath[UUID]) -> User:
    """Show one user."""
    return await tenants.get_user(caller, user_id)


@patch("/api/users/{user_id:uuid}", tags=["Users"], summary="Change a user's role")
async def change_role(caller: Calling, tenants: Tenants, user_id: FromPath[UUID], data: JSONBody[RoleBody]) -> User:
    """Give a user another role; the last owner stays one."""
    return await tenants.change_role(caller, user_id, data.role)


@delete("/api/users/{user_id:uuid}", status_code=204, tags=["Users"], summary="Remove a user")
async def remove_user(caller: Calling, tenants: Tenants, user_id: FromPath[UUID]) -> None:
    """Take a user out of the tenant; her sessions in it end."""
    await tenants.remove_user(caller, user_id)


@get("/api/keys", tags=["Keys"], summary="List keys")
async def list_keys(
    caller: Calling, tenants: Tenants, cursor: FromQuery[str | None] = None, limit: FromQuery[int | None] = None
) -> ApiKeys:
    """List the tenant's keys, newest first, without their secrets."""
    page = await tenants.list_keys(caller, cursor=cursor, limit=limit)
    return ApiKeys(page.items, page.next_cursor)


@post("/api/keys", tags=["Keys"], summary="Make a key; its secret is shown this once")
async def create_key(caller: Calling, tenants: Tenants, data: JSONBody[KeyBody]) -> Response[NewKey]:
    """Make a key. `credential` is what to send; it cannot be read again."""
    try:
        scopes = parse_scopes(data.scopes)
    except ValueError:
        known = ", ".join(scope.value for scope in Scope)
        raise Invalid(f"A right in `scopes` is not known. Known are: {known}.", field="scopes") from None
    if data.expires_at is not None and data.expires_at.tzinfo is None:
        raise Invalid("expires_at needs a time zone, for example 2030-01-31T12:00:00Z.", field="expires_at")
    made = await tenants.create_key(caller, name=data.name, kind=data.kind, scopes=scopes, expires_at=data.expires_at)
    return Response(made, status_code=201, headers=NOT_STORED)


@delete("/api/keys/{key_id:uuid}", status_code=204, tags=["Keys"], summary="Revoke a key")
async def revoke_key(caller: Calling, tenants: Tenants, key_id: FromPath[UUID]) -> None:
    """Revoke a key: at once here, within five seconds everywhere."""
    await tenants.revoke_key(caller, key_id)


@get("/api/audit", tags=["Audit trail"], summary="What was done and what was refused")
async def list_audit(
    caller: Calling,
    tenants: Tenants,
    action: FromQuery[str] = "",
    target_id: FromQuery[str] = "",
    outcome: FromQuery[str] = "",
    actor: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int | None] = None,
) -> AuditEvents:
    """List what was done and what was refused, newest first. `action` also matches its first words (`user` matches `user.added`)."""
    query = AuditQuery(action, target_id, outcome, actor, cursor, limit)
    page = await tenants.list_audit(caller, query)
    return AuditEvents(page.items, page.next_cursor)


ROUTES: list[ControllerRouterHandler] = [
    sign_in,
    sign_out,
    list_sessions,
    revoke_session,
    show_me,
    change_password,
    switch_tenant,
    show_tenant,
    update_tenant,
    list_users,
    add_user,
    show_user,
    change_role,
    remove_user,
    list_keys,
    create_key,
    revoke_key,
    list_audit,
]
