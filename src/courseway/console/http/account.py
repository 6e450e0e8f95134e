"""Signing in and out, one's own sessions and password, and switching between tenants."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from courseway.console.forms import Form, read_form
from courseway.console.frame import NOTE_COOKIE, AnyRequest, Frame, is_own_path, read_theme, render
from courseway.errors import Refusal
from courseway.tenants import (
    SESSION_COOKIE,
    Caller,
    SignedIn,
    SignInLocked,
    SignInRefused,
    check_origin,
    client_address,
    ended_cookie,
    session_cookie,
)
from courseway.tenants import Service as Tenants


def _sign_in_page(request: AnyRequest, form: Form, *, status: int = 200, locked: bool = False) -> Response[str]:
    context = {"title": "Sign in", "form": form, "locked": locked, "theme": read_theme(request)}
    return render("sign_in.html", context, status=status)


@get("/sign-in")
async def show_sign_in(request: AnyRequest) -> Response[str]:
    """Show the way in."""
    return _sign_in_page(request, Form({"next": request.query_params.get("next", "")}))


@post("/sign-in", status_code=200)
async def sign_in(request: AnyRequest, tenants: NamedDependency[Tenants]) -> Response[Any]:
    """Sign in, and go where the person wanted to."""
    check_origin(request, tenants)
    form = read_form((await request.form()).multi_items())
    email = form.text("email", required="Your e-mail address is needed.", longest=254)
    if not form["password"]:
        form.wrong |= {"password": "Your password is needed."}
    if form.wrong:
        return _sign_in_page(request, form, status=400)
    try:
        signed_in = await tenants.sign_in(
            email,
            form["password"],
            address=client_address(request),
            user_agent=request.headers.get("user-agent", ""),
            previous_token=request.cookies.get(SESSION_COOKIE, ""),
        )
    except SignInLocked as refusal:
        form.wrong["form"] = refusal.detail
        return _sign_in_page(request, form, status=429, locked=True)
    except SignInRefused as refusal:
        form.wrong["form"] = refusal.detail
        return _sign_in_page(request, form, status=401)
    return _enter(signed_in, tenants, form["next"])


def _enter(signed_in: SignedIn, tenants: Tenants, wanted: str = "/") -> Redirect:
    return Redirect(
        wanted if is_own_path(wanted) else "/", status_code=303, cookies=[session_cookie(signed_in, tenants)]
    )


@post("/sign-out", status_code=303)
async def sign_out(caller: NamedDependency[Caller], tenants: NamedDependency[Tenants]) -> Redirect:
    """Sign out."""
    await tenants.sign_out(caller)
    gone = Cookie(key=NOTE_COOKIE, value="", max_age=0, path="/")
    return Redirect("/sign-in", status_code=303, cookies=[ended_cookie(tenants), gone])


@get("/settings/tenants")
async def show_tenants(frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]) -> Response[str]:
    """Show the tenants one may switch to."""
    memberships = await tenants.list_memberships(frame.caller)
    return frame.page(
        "settings/tenants.html", here="settings", title="Your tenants", memberships=memberships, section=""
    )


@get("/frame/tenants")
async def list_tenants(frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]) -> Response[str]:
    """Fill the tenant switcher."""
    return frame.fragment("settings/switcher.html", memberships=await tenants.list_memberships(frame.caller))


@post("/settings/tenants/{tenant_id:uuid}", status_code=303)
async def switch_tenant(
    request: AnyRequest, caller: NamedDependency[Caller], tenants: NamedDependency[Tenants], tenant_id: FromPath[UUID]
) -> Redirect:
    """Go over to another tenant."""
    signed_in = await tenants.switch_tenant(caller, tenant_id, user_agent=request.headers.get("user-agent", ""))
    return _enter(signed_in, tenants)


async def _account_page(frame: Frame, tenants: Tenants, form: Form, status: int = 200) -> Response[str]:
    sessions = await tenants.list_sessions(frame.caller)
    return frame.page(
        "settings/account.html",
        here="settings",
        title="Account and sessions",
        status=status,
        sessions=sessions,
        form=form,
        section="account",
    )


@get("/settings/account")
async def show_account(frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]) -> Response[str]:
    """Show one's own sessions, and a way to change one's password."""
    return await _account_page(frame, tenants, Form())


@post("/settings/account/password", status_code=200)
async def change_password(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]
) -> Response[Any]:
    """Change one's own password."""
    form = read_form((await request.form()).multi_items())
    if form["new_password"] != form["again"]:
        form.wrong["again"] = "The two new passwords differ."
    if not form.wrong:
        try:
            await tenants.change_password(frame.caller, form["current_password"], form["new_password"])
        except SignInRefused as refusal:
            form.wrong["current_password"] = refusal.detail
        except Refusal as refusal:
            form.wrong["new_password" if refusal.extra.get("field") == "password" else "form"] = refusal.detail
    if form.wrong:
        return await _account_page(frame, tenants, form, 400)
    return frame.go("/settings/account", "Your password is changed. Every other session has ended.")


@post("/settings/account/sessions/{session_id:str}/end", status_code=303)
async def end_session(
    frame: NamedDependency[Frame], tenants: NamedDependency[Tenants], session_id: FromPath[str]
) -> Redirect:
    """End one of one's own sessions, or all others."""
    if session_id == "others":
        ended = await tenants.revoke_other_sessions(frame.caller)
        return frame.go(
            "/settings/account", f"{ended} other sessions ended." if ended != 1 else "The other session ended."
        )
    await tenants.revoke_session(frame.caller, session_id)
    return frame.go("/settings/account", "The session ended.")


ROUTES = [
    show_sign_in,
    sign_in,
    sign_out,
    show_tenants,
    list_tenants,
    switch_tenant,
    show_account,
    change_password,
    end_session,
]
