"""
The files of courses on the content origin: plain ASGI, the hottest path there is. [RFC 9110]

Courses are strangers' pages. What keeps them harmless is where they are: an origin that never sees a cookie, under an
address that dies. The headers here add what costs honest courses nothing.
"""

import zlib
from collections.abc import AsyncIterator

from courseway.courses.http.ranges import ByteRange, matches, read_range
from courseway.courses.model import SMALL_BYTES
from courseway.courses.service import Service
from courseway.courses.service.index import Asset
from courseway.errors import Forbidden, Kind, NotFound, Refusal
from courseway.kit.content_types import accepts_gzip
from courseway.kit.web import Receive, Scope, Send, send_bytes, send_refusal

PREFIX = "/api/preview/"
Headers = list[tuple[bytes, bytes]]

IMMUTABLE = (b"cache-control", b"public, max-age=604800, s-maxage=2592000, immutable")
# Anybody may frame a course (the player does, and the LMS frames the player), so there is no X-Frame-Options.
# Scripts, styles and connections stay open: half of all courses build themselves with eval or load a video from elsewhere.
POLICY = (
    b"default-src 'self' http: https: data: blob: 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'; "
    b"connect-src 'self' http: https: ws: wss: data: blob:; worker-src 'self' blob:; manifest-src 'none'; frame-ancestors *"
)
GUARDS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", POLICY),
]
VARY = (b"vary", b"accept-encoding")
NO_STORE = (b"cache-control", b"no-store")
MISSING_FOR_A_MINUTE = (b"cache-control", b"public, max-age=60")


class AssetMissing(NotFound):
    """This course has no such file."""

    code, title = "asset.not_found", "No such file"


class AssetLinkExpired(Refusal):
    """The address of this file has expired; open the course again."""

    kind, code, title = Kind.GONE, "asset.link_expired", "The address has expired"


class AssetServer:
    """`/api/preview/{course}/assets/{capability}/{path}` as an ASGI application."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method: str = scope["method"]
        if method not in {"GET", "HEAD"}:
            await _send_not_allowed(send)
            return
        try:
            asset = await self._find(scope["path"])
        except AssetMissing as missing:
            await send_refusal(send, missing, [MISSING_FOR_A_MINUTE, *GUARDS])
            return
        except Refusal as refusal:
            await send_refusal(send, refusal, [NO_STORE, *GUARDS])
            return
        asked = {name: value for name, value in scope["headers"] if name in ASKED}
        if b"service-worker" in asked:
            await send_refusal(send, Forbidden("Courses may not install service workers."), [NO_STORE, *GUARDS])
            return
        answer = _Answer(self._service, asset, asked, method == "HEAD", scope, send)
        try:
            await answer.send()
        except Refusal as refusal:  # the store is away, or the object is gone
            if answer.started:
                raise
            await send_refusal(send, refusal, [NO_STORE, *GUARDS])

    async def _find(self, path: str) -> Asset:
        course, _, rest = path[len(PREFIX) :].partition("/assets/")
        capability, slash, wanted = rest.partition("/")
        opened = self._service.open_capability(course, capability)
        if opened is None:
            if self._service.has_expired(course, capability):
                raise AssetLinkExpired
            raise NotFound
        index = self._service.known_files(opened.version_id)
        if index is None:
            index = await self._service.load_files(opened.version_id)
        asset = index.find(wanted) if slash else None
        if asset is None:
            raise AssetMissing
        return asset


ASKED = frozenset(
    {b"accept-encoding", b"range", b"if-range", b"if-none-match", b"service-worker"},
)


class _Answer:
    """One file on its way to one client."""

    def __init__(
        self, service: Service, asset: Asset, asked: dict[bytes, bytes], head: bool, scope: Scope, send: Send
    ) -> None:
        self._service = service
        self._asset = asset
        self._asked = asked
        self._head = head
        self._send = send
        self._may_send_path = "http.response.pathsend" in (scope.get("extensions") or ())
        self._etag = b'"' + asset.file.etag.encode() + b'"'
        self._packed = asset.file.encoding == "gzip"
        self.started = False

    async def send(self) -> None:
        """Decide between 200, 206, 304 and 416, and send it."""
        wanted = self._wanted_range()
        as_stored = not self._packed or (wanted is None and accepts_gzip(self._asked.get(b"accept-encoding", b"")))
        headers = self._headers(zipped=self._packed and as_stored)
        held = self._asked.get(b"if-none-match")
        if held is not None and matches(held, self._etag, self._zipped_etag()):
            await self._start(304, headers)
            await self._send({"type": "http.response.body", "body": b""})
            return
        size = self._asset.file.stored_bytes if as_stored else self._asset.file.size_bytes
        if wanted is None:
            await self._send_whole(headers, size, as_stored)
        elif wanted.start >= wanted.end:
            refused = [(b"content-range", b"bytes */%d" % size), NO_STORE, *GUARDS]
            await send_bytes(self._send, 416, b"", refused)
        else:
            await self._send_range(headers, wanted, size, as_stored)

    def _wanted_range(self) -> ByteRange | None:
        text = self._asked.get(b"range")
        if text is None or self._head:
            return None
        condition = self._asked.get(b"if-range")
        if condition is not None and condition.strip() != self._etag:
            return None
        return read_range(text, self._asset.file.size_bytes)

    def _zipped_etag(self) -> bytes:
        return self._etag[:-1] + b'-gz"'

    def _headers(self, *, zipped: bool) -> Headers:
        headers = [
            (b"content-type", self._asset.file.content_type.encode()),
            (b"etag", self._zipped_etag() if zipped else self._etag),
            (b"accept-ranges", b"bytes"),
            IMMUTABLE,
            *GUARDS,
        ]
        if self._packed:
            headers.append(VARY)
        if zipped:
            headers.append((b"content-encoding", b"gzip"))
        return headers

    async def _start(self, status: int, headers: Headers, size: int | None = None) -> None:
        if size is not None:
            headers.append((b"content-length", b"%d" % size))
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def _send_whole(self, headers: Headers, size: int, as_stored: bool) -> None:
        if self._head:
            await self._start(200, headers, size)
            await self._send({"type": "http.response.body", "body": b""})
        elif as_stored and size <= SMALL_BYTES:
            body = self._service.kept_body(self._asset)
            if body is None:
                body = await self._service.load_body(self._asset)
            await self._start(200, headers, size)
            await self._send({"type": "http.response.body", "body": body})
        elif as_stored and self._may_send_path and (path := self._service.local_path(self._asset)) is not None:
            await self._start(200, headers, size)
            await self._send({"type": "http.response.pathsend", "path": str(path)})
        else:
            await self._start(200, headers, size)
            stored = self._service.stream_stored(self._asset)
            await self._send_parts(stored if as_stored else _unpacked(stored))

    async def _send_range(self, headers: Headers, wanted: ByteRange, size: int, as_stored: bool) -> None:
        headers.append((b"content-range", b"bytes %d-%d/%d" % (wanted.start, wanted.end - 1, size)))
        await self._start(206, headers, wanted.end - wanted.start)
        if as_stored:
            await self._send_parts(self._service.stream_stored(self._asset, wanted.start, wanted.end))
        else:
            await self._send_parts(_cut(_unpacked(self._service.stream_stored(self._asset)), wanted))

    async def _send_parts(self, parts: AsyncIterator[bytes]) -> None:
        async for part in parts:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})


async def _unpacked(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(31)
    async for part in parts:
        rest = part
        while rest:
            yield unpacker.decompress(rest, 1024 * 1024)
            rest = unpacker.unconsumed_tail
    if last := unpacker.flush():
        yield last


async def _cut(parts: AsyncIterator[bytes], wanted: ByteRange) -> AsyncIterator[bytes]:
    at = 0
    async for part in parts:
        piece = part[max(0, wanted.start - at) : max(0, wanted.end - at)]
        at += len(part)
        if piece:
            yield piece
        if at >= wanted.end:
            return


async def _send_not_allowed(send: Send) -> None:
    await send_bytes(send, 405, b"", [(b"allow", b"GET, HEAD"), NO_STORE, *GUARDS])


def hot_routes(service: Service) -> dict[str, AssetServer]:
    """Return the plain ASGI applications of the content origin by the prefix of their paths."""
    return {PREFIX: AssetServer(service)}
