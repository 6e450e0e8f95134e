"""Settings: the tenant, its users and their roles, API keys, LRS keys."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from courseway.console.forms import Form, read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.errors import Refusal
from courseway.tenants import KeyKind, NewKey, NewUser, Role, Scope
from courseway.tenants import Service as Tenants

ROLES = (
    (Role.VIEWER, "Viewer: sees everything, changes nothing"),
    (Role.AUTHOR, "Author: courses, destinations, dispatches"),
    (Role.OWNER, "Owner: also users, keys, settings"),
)
SCOPES = (
    (Scope.COURSE_READ, "See courses"),
    (Scope.COURSE_WRITE, "Upload and change courses, register learners"),
    (Scope.COURSE_DELETE, "Delete courses and registrations"),
    (Scope.DISPATCH_READ, "See destinations and dispatches, download packages"),
    (Scope.DISPATCH_WRITE, "Make and change dispatches"),
    (Scope.DISPATCH_DELETE, "Delete dispatches"),
    (Scope.ANALYTICS_READ, "See learners and results"),
    (Scope.XAPI_READ, "Read statements"),
    (Scope.XAPI_WRITE, "Write statements"),
    (Scope.ADMIN, "Everything, with users and keys"),
)


@get("/settings")
async def show_settings(frame: NamedDependency[Frame]) -> Response[Any]:
    """Show the tenant, or to those who may not change it their own account."""
    if not frame.caller.may(Scope.ADMIN):
        return frame.go("/settings/account")
    return _tenant_page(frame, Form({"name": frame.tenant.name}))


def _tenant_page(frame: Frame, form: Form, status: int = 200) -> Response[str]:
    return frame.page(
        "settings/tenant.html", here="settings", title="Tenant", status=status, form=form, section="tenant"
    )


@post("/settings", status_code=200)
async def change_tenant(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]
) -> Response[Any]:
    """Rename the tenant."""
    form = read_form((await request.form()).multi_items())
    name = form.text("name", required="A tenant needs a name.", longest=200)
    if not form.wrong:
        try:
            await tenants.update_tenant(frame.caller, name=name)
            return frame.go("/settings", "The tenant is saved.")
        except Refusal as refusal:
            form.refuse(refusal)
    return _tenant_page(frame, form, 400)


async def _users_page(
    frame: Frame, tenants: Tenants, form: Form, status: int = 200, added: NewUser | None = None
) -> Response[str]:
    cursor = frame.request.query_params.get("cursor")
    page = await tenants.list_users(frame.caller, cursor=cursor, limit=100)
    return frame.page(
        "settings/users.html",
        here="settings",
        title="Users and roles",
        status=status,
        page=page,
        form=form,
        added=added,
        roles=ROLES,
        section="users",
    )


@get("/settings/users")
async def show_users(frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]) -> Response[str]:
    """Show the users of the tenant."""
    return await _users_page(frame, tenants, Form({"role": "author"}))


@post("/settings/users", status_code=200)
async def add_user(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]
) -> Response[Any]:
    """Add a user; a password made for her is shown this once."""
    form = read_form((await request.form()).multi_items())
    email = form.text("email", required="Whose e-mail address?", longest=254)
    role = Role(form.choice("role", [role.value for role in Role], "viewer"))
    if not form.wrong:
        try:
            added = await tenants.add_user(
                frame.caller, email=email, role=role, name=form.text("user_name", longest=200)
            )
            return await _users_page(frame, tenants, Form({"role": "author"}), added=added)
        except Refusal as refusal:
            form.refuse(refusal, "email")
    return await _users_page(frame, tenants, form, 400)


@post("/settings/users/{user_id:uuid}/role", status_code=303)
async def change_role(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants], user_id: FromPath[UUID]
) -> Redirect:
    """Give a user another role."""
    form = read_form((await request.form()).multi_items())
    try:
        user = await tenants.change_role(
            frame.caller, user_id, Role(form.choice("role", [role.value for role in Role], "viewer"))
        )
    except Refusal as refusal:
        return frame.go("/settings/users", refusal.detail, tone="bad")
    return frame.go("/settings/users", f"{user.email} is {user.role.value} now.")


@post("/settings/users/{user_id:uuid}/remove", status_code=303)
async def remove_user(
    frame: NamedDependency[Frame], tenants: NamedDependency[Tenants], user_id: FromPath[UUID]
) -> Redirect:
    """Take a user out of the tenant."""
    try:
        await tenants.remove_user(frame.caller, user_id)
    except Refusal as refusal:
        return frame.go("/settings/users", refusal.detail, tone="bad")
    return frame.go("/settings/users", "The user is removed, and signed out everywhere.")


async def _keys_page(
    frame: Frame, tenants: Tenants, kind: KeyKind, form: Form, status: int = 200, made: NewKey | None = None
) -> Response[str]:
    page = await tenants.list_keys(frame.caller, limit=100)
    return frame.page(
        "settings/keys.html",
        here="settings",
        title="API keys" if kind is KeyKind.API else "LRS keys",
        status=status,
        kind=kind.value,
        keys=[key for key in page.items if key.kind is kind],
        form=form,
        made=made,
        scopes=SCOPES if kind is KeyKind.API else [pair for pair in SCOPES if pair[0].startswith("xapi")],
        endpoint=frame.back_to("/xapi"),
        section=f"{kind.value}-keys",
    )


@get(["/settings/api-keys", "/settings/lrs-keys"])
async def show_keys(frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]) -> Response[str]:
    """Show keys, without their secrets."""
    return await _keys_page(frame, tenants, _kind(frame), Form())


def _kind(frame: Frame) -> KeyKind:
    return KeyKind.LRS if frame.path.endswith("/lrs-keys") else KeyKind.API


@post(["/settings/api-keys", "/settings/lrs-keys"], status_code=200)
async def create_key(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]
) -> Response[Any]:
    """Make a key; its secret is on this answer and nowhere else."""
    form, kind = read_form((await request.form()).multi_items()), _kind(frame)
    name = form.text("name", required="Name what will use the key.", longest=200)
    chosen = [scope for scope, _ in SCOPES if scope.value in form.lists.get("scopes", [])]
    if not chosen:
        form.wrong["scopes"] = "Choose at least one right."
    expires_at = form.day("expires_at")
    if not form.wrong:
        try:
            made = await tenants.create_key(frame.caller, name=name, kind=kind, scopes=chosen, expires_at=expires_at)
            return await _keys_page(frame, tenants, kind, Form(), made=made)
        except Refusal as refusal:
            form.refuse(refusal)
    return await _keys_page(frame, tenants, kind, form, 400)


@post(["/settings/api-keys/{key_id:uuid}/revoke", "/settings/lrs-keys/{key_id:uuid}/revoke"], status_code=303)
async def revoke_key(
    frame: NamedDependency[Frame], tenants: NamedDependency[Tenants], key_id: FromPath[UUID]
) -> Redirect:
    """Revoke a key."""
    await tenants.revoke_key(frame.caller, key_id)
    return frame.go(frame.path.rsplit("/", 2)[0], "The key is revoked: it opens nothing any more.")


ROUTES = [
    show_settings,
    change_tenant,
    show_users,
    add_user,
    change_role,
    remove_user,
    show_keys,
    create_key,
    revoke_key,
]
