"""
The web edge: refusals become problem documents (RFC 9457) here, in one table, and nowhere else.

What lives here: statuses, problem bodies, reading and writing small ASGI messages for the hot handlers.
What does not: routes and product words.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from courseway.errors import Kind, Refusal

log = structlog.get_logger(__name__)

STATUS: Mapping[Kind, int] = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
EXIT_CODE: Mapping[Kind, int] = {kind: 2 if kind is Kind.INVALID else 1 for kind in Kind}
PROBLEM_TYPE = "application/problem+json"
LONGEST_LOGGED_SEGMENT = 40

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def render_problem(status: int, code: str, title: str, detail: str, extra: Mapping[str, Any] | None = None) -> bytes:
    """Render a problem document with an id that support can look up in the log."""
    reference = uuid.uuid4().hex[:12]
    log.info("refused", status=status, code=code, reference=reference)
    return msgspec.json.encode(
        {
            "type": f"urn:courseway:problem:{code}",
            "title": title,
            "status": status,
            "code": code,
            "detail": detail,
            "id": reference,
            **(extra or {}),
        }
    )


def render_refusal(refusal: Refusal) -> tuple[int, bytes]:
    """Return the status and the body of a refusal."""
    status = STATUS[refusal.kind]
    return status, render_problem(status, refusal.code, refusal.title, refusal.detail, refusal.extra)


def refusal_response(request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """Answer a refusal on an API route."""
    status, body = render_refusal(refusal)
    headers = {"Retry-After": "2"} if refusal.kind is Kind.UNAVAILABLE else {}
    if refusal.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="courseway"'
    return Response(body, status_code=status, media_type=PROBLEM_TYPE, headers=headers)


def http_exception_response(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer what the framework itself refuses (unknown route, wrong method, a body of the wrong shape)."""
    title = HTTPStatus(error.status_code).phrase
    extra = {"errors": _in_callers_words(request, error.extra)} if error.extra else None
    body = render_problem(error.status_code, title.lower().replace(" ", "_"), title, str(error.detail), extra)
    return Response(body, status_code=error.status_code, media_type=PROBLEM_TYPE, headers=dict(error.headers or {}))


def _in_callers_words(request: Request[Any, Any, Any], errors: Any) -> Any:
    """Name a wrong query parameter as callers write it, and list what it may be when only a few words are allowed."""
    signature = getattr(request.scope.get("route_handler"), "parsed_fn_signature", None)
    if signature is None or not isinstance(errors, list):
        return errors
    return [_in_callers_word(signature.parameters, one) if isinstance(one, dict) else one for one in errors]


def _in_callers_word(parameters: Mapping[str, Any], error: dict[str, Any]) -> dict[str, Any]:
    field = parameters.get(error.get("key", ""))
    if field is None or error.get("source") != "query":
        return error
    named = {**error, "key": getattr(field.kwarg_definition, "name", None) or error["key"]}
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        allowed = [one.value for one in field.annotation]
        named |= {"message": f"{error['message']}; it is one of {', '.join(map(str, allowed))}", "allowed": allowed}
    return named


def unexpected_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer a defect: a sentence and an id, the traceback only in the log."""
    body = render_problem(
        500, "unexpected", "Something went wrong", "This is our fault. Try again; if it stays, tell support the id."
    )
    log.exception("unexpected", path=loggable_path(str(request.scope.get("path", ""))), exc_info=error)
    return Response(body, status_code=500, media_type=PROBLEM_TYPE)


def loggable_path(path: str) -> str:
    """Return a path without its long segments: those are tokens and capabilities, which never reach a log."""
    return "/".join(part if len(part) <= LONGEST_LOGGED_SEGMENT else "…" for part in path.split("/"))


async def read_body(receive: Receive, limit_bytes: int) -> bytes | None:
    """Read a whole small body; None when it is larger than the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > limit_bytes:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def send_bytes(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """Send a whole small answer from a plain ASGI handler."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-length", str(len(body)).encode()), *headers],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def send_refusal(send: Send, refusal: Refusal, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    """Send a refusal from a plain ASGI handler."""
    status, body = render_refusal(refusal)
    await send_bytes(send, status, body, [(b"content-type", PROBLEM_TYPE.encode()), *(headers or [])])


EXCEPTION_HANDLERS: dict[Any, Any] = {
    Refusal: refusal_response,
    HTTPException: http_exception_response,
    Exception: unexpected_response,
}
JSON = MediaType.JSON
