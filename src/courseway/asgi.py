"""
The web door: one process, two origins.

The console origin has the console, the API and the statement store; the content origin has the player and the courses
and never sees a cookie. Which is which is decided by the Host header, before anything else.
"""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog

from courseway.kit.repeats import Idempotent
from courseway.kit.web import Receive, Scope, Send, loggable_path, render_problem, send_bytes
from courseway.ops.processes import die_with_parent
from courseway.settings import read_settings
from courseway.tenants.http import make_identify
from courseway.wiring import Platform, build, configure_logging, console_app, content_app, hot_apps

log = structlog.get_logger(__name__)
JSON = (b"content-type", b"application/json")
# Packages issued before the content address changed call the old one; they are told there where the service is now.
DISPATCH_PATH = "/dispatch/"
NO_STORE = (b"cache-control", b"no-store")


class Site:
    """The whole site as one ASGI application."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._content_host = urlsplit(platform.settings.content_url).netloc.lower().encode()
        self._console = Idempotent(
            console_app(platform),  # type: ignore[arg-type]
            db=platform.db,
            identify=make_identify(platform.tenants),
        )
        self._content = content_app(platform)
        self._hot = hot_apps(platform)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the life of the process."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path == "/health":
            await self._answer_ready(send)
        elif path == "/api/health":
            await self._answer_health(send)
        elif _host(scope) == self._content_host or path.startswith(DISPATCH_PATH):
            await self._serve_content(path, scope, receive, send)
        else:
            await self._console(scope, receive, send)

    async def _serve_content(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        for prefix, app in self._hot.items():
            if path.startswith(prefix):
                await app(scope, receive, send)
                return
        await self._content(scope, receive, send)  # type: ignore[arg-type]

    async def _answer_ready(self, send: Send) -> None:
        ready = self.platform.health.ready()
        await send_bytes(
            send, 200 if ready else 503, b'{"status":"ok"}' if ready else b'{"status":"draining"}', [JSON, NO_STORE]
        )

    async def _answer_health(self, send: Send) -> None:
        well, report = await self.platform.health.report()
        await send_bytes(send, 200 if well else 503, self.platform.encode(report), [JSON, NO_STORE])

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.platform.open()
                except Exception as error:
                    log.exception("start.failed")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.platform.health.draining = True
                await self.platform.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _host(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"host":
            return bytes(value).lower()
    return b""


class Guarded:
    """The last net: whatever escapes a handler becomes a problem document with an id, never a bare closed connection."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def watched(message: dict[str, object]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._site(scope, receive, watched)
        except Exception:
            log.exception("unexpected", path=loggable_path(str(scope.get("path", ""))))
            if started or scope["type"] != "http":
                raise
            body = render_problem(
                500,
                "unexpected",
                "Something went wrong",
                "This is our fault. Try again; if it stays, tell support the id.",
            )
            await send_bytes(send, 500, body, [(b"content-type", b"application/problem+json"), NO_STORE])


def create_app(environment: Mapping[str, str] | None = None) -> Guarded:
    """Build the application from the environment; the factory that the web server calls."""
    values = os.environ if environment is None else environment
    if values.get("COURSEWAY_SUPERVISED"):
        die_with_parent()  # the server's own parent process dies hard, too, when `courseway up` is killed
    settings = read_settings(values)
    configure_logging(settings)
    return Guarded(Site(build(settings)))
