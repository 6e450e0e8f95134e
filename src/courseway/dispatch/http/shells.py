"""
What the shells in customers' LMSs call, on the content origin.

Any page may call it (CORS `*`) and no cookie is read or set. Bodies are JSON whatever their type says: the shell sends
them as text/plain, so that no preflight is needed and a beacon arrives.
"""

import base64
import hashlib
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, Router, get, post, route
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from courseway.dispatch.model.values import (
    Launched,
    LaunchRequest,
    ReachedState,
    ReceiptsSent,
    SelfTestSent,
)
from courseway.dispatch.service import Service
from courseway.errors import Invalid, Refusal
from courseway.kit.clock import utc_now
from courseway.kit.web import http_exception_response, refusal_response, unexpected_response

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")
Dispatches = NamedDependency[Service]
LARGEST_BODY_BYTES = 64 * 1024
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
PREFLIGHT = {
    **OPEN,
    "Access-Control-Allow-Methods": "POST, GET, OPTIONS",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
}
# Tells the page around it, or the one that opened it, that it was allowed to appear. It knows nothing worth keeping.
FRAME_SCRIPT = "(window.opener||window.parent).postMessage({type:'frame-test'},'*')"
FRAME_POLICY = (
    "default-src 'none'; frame-ancestors *; script-src 'sha256-"
    + base64.b64encode(hashlib.sha256(FRAME_SCRIPT.encode()).digest()).decode()
    + "'"
)


class Kept(msgspec.Struct):
    """How many receipts were kept."""

    kept: int


class SelfTestAnswer(msgspec.Struct):
    """The short id to quote to support."""

    id: str


class Pong(msgspec.Struct):
    """The service's clock."""

    now: datetime


async def _read(request: AnyRequest, kind: type[T]) -> T:
    body = await request.body()
    if len(body) > LARGEST_BODY_BYTES:
        raise Invalid("The request is too large.")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Invalid(f"The request cannot be read: {error}") from error


@post("/dispatch/{dispatch_id:uuid}/launch", status_code=200)
async def launch(request: AnyRequest, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> Launched:
    """Give a learner her seat and the way to the player."""
    return await dispatch.launch(dispatch_id, await _read(request, LaunchRequest))


@post("/dispatch/receipts", status_code=200)
async def receive_receipts(request: AnyRequest, dispatch: Dispatches) -> Kept:
    """Keep what an LMS answered."""
    return Kept(await dispatch.receive_receipts(await _read(request, ReceiptsSent)))


class TokenSent(msgspec.Struct):
    """Whose state is asked for."""

    token: str


@post("/dispatch/state", status_code=200)
async def read_state(request: AnyRequest, dispatch: Dispatches) -> ReachedState:
    """Tell how far a launch is."""
    return await dispatch.state((await _read(request, TokenSent)).token)


@post("/dispatch/selftest", status_code=200)
async def receive_self_test(request: AnyRequest, dispatch: Dispatches) -> SelfTestAnswer:
    """Keep what a self-test page found."""
    sent = await _read(request, SelfTestSent)
    return SelfTestAnswer(await dispatch.receive_self_test(sent, request.headers.get("user-agent", "")))


@post("/dispatch/ping", status_code=200)
async def ping() -> Pong:
    """Answer, with the time."""
    return Pong(utc_now())


@get("/dispatch/frame-test", media_type=MediaType.HTML)
async def frame_test() -> Response[str]:
    """Show that this origin may appear in a frame or a window."""
    page = f"<!doctype html><meta charset=utf-8><title>Connection check</title><script>{FRAME_SCRIPT}</script>"
    return Response(page, media_type=MediaType.HTML, headers={"Content-Security-Policy": FRAME_POLICY})


@route(
    ["/dispatch/receipts", "/dispatch/state", "/dispatch/selftest", "/dispatch/ping"],
    http_method=HttpMethod.OPTIONS,
    status_code=204,
)
async def preflight() -> Response[None]:
    """Let a page ask that insists on asking first."""
    return Response(None, headers=PREFLIGHT)


@route("/dispatch/{dispatch_id:uuid}/launch", http_method=HttpMethod.OPTIONS, status_code=204)
async def preflight_launch(dispatch_id: FromPath[UUID]) -> Response[None]:
    """Let a page ask that insists on asking first."""
    return Response(None, headers=PREFLIGHT)


def _opened(response: Response[bytes]) -> Response[bytes]:
    response.headers.update(OPEN)
    return response


def _refused(request: AnyRequest, refusal: Refusal) -> Response[bytes]:
    return _opened(refusal_response(request, refusal))


def _not_served(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    return _opened(http_exception_response(request, error))


def _failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    return _opened(unexpected_response(request, error))


CONTENT_ROUTES: list[ControllerRouterHandler] = [
    Router(
        "/",
        route_handlers=[
            launch,
            receive_receipts,
            read_state,
            receive_self_test,
            ping,
            frame_test,
            preflight,
            preflight_launch,
        ],
        response_headers=[ResponseHeader(name=name, value=value) for name, value in OPEN.items()],
        exception_handlers={Refusal: _refused, HTTPException: _not_served, Exception: _failed},
        include_in_schema=False,
    )
]
