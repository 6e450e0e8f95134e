"""
Who is calling: reading credentials from a request, the CSRF rule, the session cookie, and refusals for the audit trail.

What does not live here: deciding whether a credential is good (service).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from courseway.errors import Refusal, Unauthenticated
from courseway.kit.web import refusal_response
from courseway.tenants.model import (
    CSRF_FIELD,
    CSRF_HEADER,
    SAFE_METHODS,
    SESSION_COOKIE,
    Caller,
    CsrfRefused,
    KeyKind,
    KeyRefused,
    SignedIn,
    holds_key,
    parse_api_credential,
    parse_basic,
    same_origin,
    sender_address,
)
from courseway.tenants.service import Attempt, Service

AnyRequest = Request[Any, Any, Any]
LARGEST_FORM_BYTES = 1024 * 1024
CALLER_STATE = "courseway_caller"


async def provide_caller(request: AnyRequest, tenants: NamedDependency[Service]) -> Caller:
    """
    Return who is calling: an API key, LRS credentials (under /xapi only), or the session of a browser.

    Unauthenticated without any; KeyRefused, SessionEnded or CsrfRefused when they are no good.
    """
    caller = await _authenticate(request, tenants)
    request.scope["state"][CALLER_STATE] = caller
    return caller


async def _authenticate(request: AnyRequest, tenants: Service) -> Caller:
    address = client_address(request)
    if holds_key(request.query_params.multi_items()):
        raise KeyRefused(
            "Send the key in a header, never in the address, and revoke this one: addresses end up in logs."
        )
    header, authorization = request.headers.get("x-api-key"), request.headers.get("authorization", "")
    scheme, _, value = authorization.partition(" ")
    if header or scheme.lower() == "bearer":
        public_id, secret = parse_api_credential(header or value)
        return await tenants.find_key_caller(public_id, secret, KeyKind.API, address)
    if scheme.lower() == "basic":
        if not request.scope["path"].startswith("/xapi"):
            raise KeyRefused("Basic credentials open the Learning Record Store under /xapi only; use an API key here.")
        public_id, secret = parse_basic(value)
        return await tenants.find_key_caller(public_id, secret, KeyKind.LRS, address)
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise Unauthenticated("Sign in, or send an API key in the header X-API-Key.")
    caller = await tenants.find_session(token, address)
    if request.method not in SAFE_METHODS:
        await _check_csrf(request, tenants, caller)
    return caller


def client_address(request: AnyRequest) -> str:
    """Return the network address a request came from; a proxy on this machine is believed, nobody else is."""
    peer = request.client.host if request.client else ""
    return sender_address(peer, request.headers.get("x-forwarded-for", ""))


def check_origin(request: AnyRequest, tenants: Service) -> None:
    """Refuse an unsafe request that another site's page sent; for forms that are posted before anybody is signed in."""
    origin = request.headers.get("origin")
    if origin is not None and not same_origin(origin, tenants.console_url):
        raise CsrfRefused
    if origin is None and request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise CsrfRefused


async def _check_csrf(request: AnyRequest, tenants: Service, caller: Caller) -> None:
    # Known before anything is refused: the refusal is written into the right tenant's trail.
    request.scope["state"][CALLER_STATE] = caller
    check_origin(request, tenants)
    sent = request.headers.get(CSRF_HEADER.lower()) or await _form_token(request)
    if not caller.csrf_matches(sent):
        raise CsrfRefused


async def _form_token(request: AnyRequest) -> str:
    kind = request.headers.get("content-type", "")
    if not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return ""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_FORM_BYTES:
        return ""  # an upload: its token comes in the header, so that the body can be streamed
    return str((await request.form()).get(CSRF_FIELD, ""))


def session_cookie(signed_in: SignedIn, tenants: Service) -> Cookie:
    """Return the cookie that carries a fresh session."""
    return Cookie(
        key=SESSION_COOKIE,
        value=signed_in.token,
        max_age=tenants.session_seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=tenants.console_url.startswith("https:"),
    )


def ended_cookie(tenants: Service) -> Cookie:
    """Return the cookie that removes the session from the browser."""
    return Cookie(
        key=SESSION_COOKIE,
        value="",
        max_age=0,
        path="/",
        httponly=True,
        samesite="lax",
        secure=tenants.console_url.startswith("https:"),
    )


def make_refusal_handler(tenants: Service) -> Callable[[AnyRequest, Refusal], Response[bytes]]:
    """Return an exception handler that answers a refusal and, once the answer is out, writes it into the audit trail."""

    def answer(request: AnyRequest, refusal: Refusal) -> Response[bytes]:
        response = refusal_response(request, refusal)
        response.background = refusal_task(request, refusal, tenants)
        return response

    return answer


def refusal_task(request: AnyRequest, refusal: Refusal, tenants: Service) -> BackgroundTask:
    """Return the task that writes a refused request into the audit trail; for edges that render refusals themselves."""
    attempt = Attempt(
        refusal=refusal,
        method=request.method,
        path=request.scope["path"],
        address=client_address(request),
        caller=request.scope.get("state", {}).get(CALLER_STATE),
    )
    return BackgroundTask(tenants.record_refusal, attempt)


def make_identify(tenants: Service) -> Callable[[Mapping[str, Any]], Awaitable[tuple[UUID, str] | None]]:
    """Return a function that tells tenant and caller of a request with an API key, None for every other request."""

    async def identify(scope: Mapping[str, Any]) -> tuple[UUID, str] | None:
        headers = {bytes(name).lower(): bytes(value).decode("latin-1") for name, value in scope["headers"]}
        scheme, _, value = headers.get(b"authorization", "").partition(" ")
        presented = headers.get(b"x-api-key") or (value if scheme.lower() == "bearer" else "")
        try:
            public_id, secret = parse_api_credential(presented)
            caller = await tenants.find_key_caller(public_id, secret, KeyKind.API)
        except Refusal:
            return None  # the application says so, with everything around it
        return caller.tenant_id, caller.id

    return identify
