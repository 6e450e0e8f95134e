"""
Idempotency-Key: a request that is sent again gets the first one's answer, and nothing is made twice.

What lives here: an ASGI wrapper around the API, and the table of answers. What does not: who is calling, which is a
function that wiring gives.

A request is the same when method, address, type and body are (of a body above 1 MiB the first MiB and the length).
Answers of success are kept for a day. A refusal made nothing, so the next request with the key is tried afresh.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from courseway.errors import Conflict, Invalid, Refusal
from courseway.kit.clock import Clock
from courseway.kit.db import Database, Row
from courseway.kit.web import Receive, Scope, Send, send_bytes, send_refusal

HEADER = b"idempotency-key"
LONGEST_KEY = 200
COMPARED_BYTES = 1024 * 1024
KEPT_BYTES = 256 * 1024
TAKE_OVER_AFTER = timedelta(seconds=60)

App = Callable[[Scope, Receive, Send], Awaitable[None]]
Identify = Callable[[Scope], Awaitable[tuple[UUID, str] | None]]


class KeyReused(Conflict):
    """This Idempotency-Key came with another request before. Choose a new one for a new request."""

    code, title = "idempotency.reused", "The key belongs to another request"


class UnderWay(Conflict):
    """The first request with this Idempotency-Key is still under way. Ask again in a moment."""

    code, title = "idempotency.under_way", "The first request is under way"


class AnswerNotKept(Conflict):
    """The first request with this key succeeded; its answer held a secret and is not kept. Make another one if it is lost."""

    code, title = "idempotency.answer_not_kept", "Done before, and the answer is not kept"


class Idempotent:
    """Wraps the application; only POST requests with the header and a key of the API are touched."""

    def __init__(self, app: App, *, db: Database, clock: Clock, identify: Identify) -> None:
        self._app = app
        self._db = db
        self._clock = clock
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, refuse, or let the request through and remember its answer."""
        key = _header(scope, HEADER) if scope["type"] == "http" and scope["method"] == "POST" else None
        who = await self._identify(scope) if key is not None else None
        if key is None or who is None:
            await self._app(scope, receive, send)
            return
        try:
            text = _check_key(key)
            receive, request_hash = await _fingerprint(scope, receive)
            entry = _Entry(who[0], text, f"POST {scope['path']} {who[1]}"[:500], request_hash)
            earlier = await self._begin(entry)
        except Refusal as refusal:
            await send_refusal(send, refusal)
            return
        if earlier is None:
            await self._run(entry, scope, receive, send)
        else:
            headers = [(b"content-type", str(earlier["content_type"]).encode()), (b"idempotent-replayed", b"true")]
            await send_bytes(send, earlier["status"], bytes(earlier["body"]), headers)

    async def _begin(self, entry: "_Entry") -> Row | None:
        """Take the key for this request (None), or return the answer it got before."""
        now = self._clock()
        async with self._db.tenant(entry.tenant_id) as tx:
            taken = await tx.run(
                """
                INSERT INTO idempotency_keys (tenant_id, key, route, request_hash, created_at)
                VALUES (%(tenant_id)s, %(key)s, %(route)s, %(request_hash)s, %(now)s)
                ON CONFLICT (tenant_id, key, route) DO UPDATE SET created_at = %(now)s
                WHERE idempotency_keys.status IS NULL AND idempotency_keys.created_at < %(stale)s
                  AND idempotency_keys.request_hash = %(request_hash)s
                """,
                {**entry.values(), "now": now, "stale": now - TAKE_OVER_AFTER},
            )
            if taken:
                return None
            found = await tx.row(
                "SELECT request_hash, status, content_type, body FROM idempotency_keys "
                "WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s",
                entry.values(),
            )
        return _judge(found, entry.request_hash)

    async def _run(self, entry: "_Entry", scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)
        try:
            # Kept as it is for whoever asks again, so it must not be compressed for whoever asks first.
            plain = [one for one in scope["headers"] if bytes(one[0]).lower() != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, answer.send)
        finally:
            await self._finish(entry, answer, self._clock())
            await answer.flush()

    async def _finish(self, entry: "_Entry", answer: "_Answer", now: datetime) -> None:
        async with self._db.tenant(entry.tenant_id) as tx:
            if not answer.is_kept():
                await tx.run(
                    "DELETE FROM idempotency_keys WHERE tenant_id = %(tenant_id)s AND key = %(key)s "
                    "AND route = %(route)s AND status IS NULL",
                    entry.values(),
                )
                return
            await tx.run(
                "UPDATE idempotency_keys SET status = %(status)s, content_type = %(content_type)s, body = %(body)s "
                "WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s",
                {
                    **entry.values(),
                    "status": answer.status,
                    "content_type": answer.header(b"content-type"),
                    "body": None if "no-store" in answer.header(b"cache-control") else b"".join(answer.parts),
                },
            )


@dataclass(frozen=True)
class _Entry:
    tenant_id: UUID
    key: str
    route: str
    request_hash: bytes

    def values(self) -> dict[str, Any]:
        return {"key": self.key, "route": self.route, "request_hash": self.request_hash}


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


def _judge(found: Row | None, request_hash: bytes) -> Row:
    if found is None:
        raise UnderWay  # it was taken back between the two statements: the first one was refused just now
    if bytes(found["request_hash"]) != request_hash:
        raise KeyReused
    if found["status"] is None:
        raise UnderWay
    if found["body"] is None:
        raise AnswerNotKept
    return found


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
