"""
What the player calls while a course runs: plain ASGI, no cookies, JSON sent as text/plain or application/json.

`/play/api/start`, `/commit`, `/navigate`, `/heartbeat`; refusals are problem documents.
"""

import gzip
import json
from typing import Any, TypeVar

import msgspec
import structlog

from courseway.errors import Invalid, Kind, Refusal
from courseway.kit.content_types import accepts_gzip
from courseway.kit.web import Receive, Scope, Send, read_body, render_problem, send_bytes, send_refusal
from courseway.learning.model.protocol import CommitBody, HeartbeatBody, NavigateBody, StartBody
from courseway.learning.service import Service

log = structlog.get_logger(__name__)

LARGEST_BODY_BYTES = 4 * 1024 * 1024
WORTH_COMPRESSING_BYTES = 4096
"""A table of contents of hundreds of lines repeats itself; a commit's answer is smaller than what compressing it costs."""
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_NO_STORE = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_starts = msgspec.json.Decoder(StartBody)
_commits = msgspec.json.Decoder(CommitBody)
_navigations = msgspec.json.Decoder(NavigateBody)
_beats = msgspec.json.Decoder(HeartbeatBody)
_encode = msgspec.json.Encoder().encode

B = TypeVar("B")


class BodyTooLarge(Refusal):
    """This is more than a player sends at once."""

    kind, code, title = Kind.TOO_LARGE, "learning.too_large", "The request is too large"


def hot_routes(service: Service) -> dict[str, Any]:
    """Return the player's endpoints by their prefix."""
    return {"/play/api": PlayerEndpoints(service)}


class PlayerEndpoints:
    """The four endpoints as one ASGI application."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._answer(scope, receive, send)
        except Refusal as refusal:
            await send_refusal(send, refusal, _NO_STORE)
        except Exception as error:
            log.exception("unexpected", path=scope["path"], exc_info=error)
            body = render_problem(500, "unexpected", "Something went wrong", "This is our fault; it is tried again.")
            await send_bytes(send, 500, body, [(b"content-type", b"application/problem+json"), *_NO_STORE])

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].rsplit("/", 1)[-1]
        if name not in ("start", "commit", "navigate", "heartbeat"):
            body = render_problem(404, "not_found", "Not found", "Nothing is here under this address.")
            await send_bytes(send, 404, body, [(b"content-type", b"application/problem+json")])
            return
        if scope["method"] != "POST":
            body = render_problem(405, "method_not_allowed", "Method not allowed", "Send this with POST.")
            headers = [(b"content-type", b"application/problem+json"), (b"allow", b"POST")]
            await send_bytes(send, 405, body, headers)
            return
        sent = await read_body(receive, LARGEST_BODY_BYTES)
        if sent is None:
            raise BodyTooLarge
        body, headers = await self._call(name, sent, scope), _HEADERS
        if len(body) >= WORTH_COMPRESSING_BYTES:
            headers = [*_HEADERS, (b"vary", b"accept-encoding")]
            if accepts_gzip(dict(scope["headers"]).get(b"accept-encoding", b"")):
                body, headers = gzip.compress(body, 3, mtime=0), [*headers, (b"content-encoding", b"gzip")]
        await send_bytes(send, 200, body, headers)

    async def _call(self, name: str, sent: bytes, scope: Scope) -> bytes:
        if name == "commit":
            return _encode(await self._service.commit(decode(_commits, sent)))
        if name == "heartbeat":
            await self._service.heartbeat(decode(_beats, sent))
            return b"{}"
        if name == "navigate":
            return await self._service.navigate(decode(_navigations, sent))
        agent = next((value for key, value in scope["headers"] if key == b"user-agent"), b"").decode("latin-1")
        client = scope.get("client") or ("",)
        return _encode(await self._service.start(decode(_starts, sent), user_agent=agent, address=str(client[0])))


def decode(decoder: msgspec.json.Decoder[B], sent: bytes) -> B:
    """
    Read a body; Invalid says where it is wrong.

    Characters that no database keeps (NUL, halves of surrogate pairs) are replaced: content may set them, and a commit
    that could never be taken would block every later one.
    """
    if b"\\u0000" not in sent and b"\\ud" not in sent and b"\\uD" not in sent:
        try:
            return decoder.decode(sent)
        except UnicodeDecodeError:
            raise Invalid("the body is not UTF-8") from None
        except msgspec.DecodeError as error:
            raise Invalid(str(error)) from None
    try:
        return decoder.decode(msgspec.json.encode(_cleaned(json.loads(sent))))
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise Invalid(str(error)[:300]) from None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(one) for name, one in value.items()}
    return value
