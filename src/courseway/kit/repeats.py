"""
Idempotency-Key: a request that is sent again gets the first one's answer, and nothing is made twice.

What lives here: an ASGI wrapper around the API. What does not: the table of keys and answers (`idempotency`), and who is
calling, which is a function that the web door gives.

A request is the same when method, address, type and body are (of a body above 1 MiB the first MiB and the length).
Answers of success are kept for a day. A refusal made nothing, so the next request with the key is tried afresh.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from courseway.errors import Invalid, Refusal
from courseway.kit import idempotency
from courseway.kit.db import Database
from courseway.kit.idempotency import OnceKey
from courseway.kit.web import Receive, Scope, Send, send_bytes, send_refusal

HEADER = b"idempotency-key"
LONGEST_KEY = 200
COMPARED_BYTES = 1024 * 1024
KEPT_BYTES = 256 * 1024
TAKE_OVER_SECONDS = 60.0

App = Callable[[Scope, Receive, Send], Awaitable[None]]
Identify = Callable[[Scope], Awaitable[tuple[UUID, str] | None]]


class Idempotent:
    """Wraps the application; only POST requests with the header and a key of the API are touched."""

    def __init__(self, app: App, *, db: Database, identify: Identify) -> None:
        self._app = app
        self._db = db
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, refuse, or let the request through and remember its answer."""
        key = _header(scope, HEADER) if scope["type"] == "http" and scope["method"] == "POST" else None
        who = await self._identify(scope) if key is not None else None
        if key is None or who is None:
            await self._app(scope, receive, send)
            return
        tenant_id, caller_id = who
        try:
            text = _check_key(key)
            receive, request_hash = await _fingerprint(scope, receive)
            once = OnceKey(text, f"POST {scope['path']} {caller_id}"[:500], request_hash)
            async with self._db.tenant(tenant_id) as tx:
                earlier = await idempotency.reserve(tx, once, busy_seconds=TAKE_OVER_SECONDS)
        except Refusal as refusal:
            await send_refusal(send, refusal)
            return
        if earlier is None:
            await self._run(tenant_id, once, scope, receive, send)
        else:
            headers = [(b"content-type", earlier.content_type.encode()), (b"idempotent-replayed", b"true")]
            await send_bytes(send, earlier.status, earlier.body, headers)

    async def _run(self, tenant_id: UUID, once: OnceKey, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)
        # Kept as it is for whoever asks again, so it must not be compressed for whoever asks first.
        plain = [one for one in scope["headers"] if bytes(one[0]).lower() != b"accept-encoding"]
        try:
            await self._app({**scope, "headers": plain}, receive, answer.send)
        finally:
            async with self._db.tenant(tenant_id) as tx:
                if answer.is_kept():
                    secret = "no-store" in answer.header(b"cache-control")
                    body = None if secret else b"".join(answer.parts)
                    await idempotency.finish(tx, once, answer.status, body, answer.header(b"content-type"))
                else:
                    await idempotency.release(tx, once)
            await answer.flush()


@dataclass
class _Answer:
    """Holds an answer back until it is kept; one that is too large is passed on as it comes and not kept."""

    out: Send
    messages: list[dict[str, Any]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    status: int = 0
    complete: bool = False
    passing: bool = False

    async def send(self, message: dict[str, Any]) -> None:
        if self.passing:
            await self.out(message)
            return
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            self.complete = not message.get("more_body", False)
        if sum(map(len, self.parts)) > KEPT_BYTES:
            self.passing = True
            await self.flush()

    async def flush(self) -> None:
        messages, self.messages = self.messages, []
        for message in messages:
            await self.out(message)

    def is_kept(self) -> bool:
        return self.complete and not self.passing and 200 <= self.status < 300

    def header(self, name: bytes) -> str:
        start = self.messages[0] if self.messages else {"headers": []}
        return next((bytes(v).decode("latin-1") for n, v in start["headers"] if bytes(n).lower() == name), "")


def _check_key(key: bytes) -> str:
    text = key.decode("latin-1").strip()
    if not 1 <= len(text) <= LONGEST_KEY or not text.isprintable():
        raise Invalid(f"Idempotency-Key has between 1 and {LONGEST_KEY} printable characters.")
    return text


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((bytes(v) for n, v in scope["headers"] if bytes(n).lower() == name), None)


async def _fingerprint(scope: Scope, receive: Receive) -> tuple[Receive, bytes]:
    """Read the start of the body, return a `receive` that gives it again, and the request's digest."""
    read: list[dict[str, Any]] = []
    size, more = 0, True
    while more and size < COMPARED_BYTES:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    body = b"".join(message.get("body", b"") for message in read)[:COMPARED_BYTES]
    known = (
        scope["path"].encode(),
        scope.get("query_string", b""),
        _header(scope, b"content-type") or b"",
        _header(scope, b"content-length") or b"",
        body,
    )
    digest = hashlib.sha256()
    for part in known:
        digest.update(len(part).to_bytes(8, "big") + part)

    async def again() -> dict[str, Any]:
        return read.pop(0) if read else await receive()

    return again, digest.digest()
