"""
The composition root: settings become engines, engines become services, services become routes.

The one file that knows everything; nothing here decides anything about the product.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import CacheControlHeader, ResponseHeader
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from courseway import __version__, courses, dispatch, learning, lrs, reports, tenants
from courseway.console import http as console_http
from courseway.courses import http as courses_http
from courseway.courses import jobs as courses_jobs
from courseway.dispatch import http as dispatch_http
from courseway.dispatch import jobs as dispatch_jobs
from courseway.errors import Refusal
from courseway.kit.clock import utc_now
from courseway.kit.db import Database
from courseway.kit.health import Health
from courseway.kit.objects import ObjectStore, open_store
from courseway.kit.outgoing import Outgoing
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.kit.web import EXCEPTION_HANDLERS
from courseway.learning import http as learning_http
from courseway.lrs import http as lrs_http
from courseway.settings import SettingRefused, Settings
from courseway.standards.archives.values import Limits
from courseway.tenants import http as tenants_http
from courseway.tenants import jobs as tenants_jobs

FRONTEND = Path(__file__).parent / "_frontend"
# Answers of the API and the console belong to one person; what may be cached says so itself.
CONSOLE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
CONTENT_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
ASSET_SECONDS = 31_536_000  # the names of built files change with their content


@dataclass(frozen=True)
class Platform:
    """Everything one process consists of."""

    settings: Settings
    db: Database
    queue: Queue
    objects: ObjectStore
    health: Health
    tenants: tenants.Service
    courses: courses.Service
    lrs: lrs.Service
    learning: learning.Service
    dispatch: dispatch.Service
    reports: reports.Service

    async def open(self) -> None:
        """Connect."""
        await self.db.open()
        await self.queue.open()

    async def close(self) -> None:
        """Give everything back."""
        await self.queue.close()
        await self.db.close()

    def encode(self, value: Mapping[str, Any]) -> bytes:
        """Render a small JSON answer."""
        return msgspec.json.encode(value)

    def services(self) -> dict[str, Any]:
        """Return the services by the names that handlers ask for."""
        return {name: getattr(self, name) for name in ("tenants", "courses", "lrs", "learning", "dispatch", "reports")}


def build(settings: Settings) -> Platform:
    """Put a process together; nothing is connected yet."""
    if not settings.database_url:
        raise SettingRefused("DATABASE_URL is not set. `courseway up` starts a database of its own and sets it.")
    if not settings.session_secret:
        raise SettingRefused("SESSION_SECRET is not set. Make one with: openssl rand -hex 32")
    db = Database(settings.database_url, min_size=1, max_size=settings.pool_size)
    queue = Queue(settings.database_url)
    signer = Signer(settings.session_secret)
    data = Path(settings.data_dir).absolute()
    objects = open_store(settings.storage_url or str(data / "objects"))
    outgoing = Outgoing(allow_private=settings.allow_private_postbacks)
    tenants_service = tenants.Service(db=db, console_url=settings.console_url, session_seconds=settings.session_seconds)
    courses_service = _courses(settings, db, queue, signer, objects, data / "staging")
    lrs_service = lrs.Service(db=db, home_page=settings.console_url)
    learning_service = _learning(settings, db, signer, courses_service, lrs_service)
    dispatch_service = dispatch.Service(
        db=db,
        queue=queue,
        signer=signer,
        courses=courses_service,
        learning=learning_service,
        outgoing=outgoing,
        content_url=settings.content_url,
        shell_folder=FRONTEND / "shell",
    )
    platform = Platform(
        settings=settings,
        db=db,
        queue=queue,
        objects=objects,
        health=Health(clock=utc_now, checks={"database": db.ping, "redis": None, "storage": objects.ping}),
        tenants=tenants_service,
        courses=courses_service,
        lrs=lrs_service,
        learning=learning_service,
        dispatch=dispatch_service,
        reports=reports.Service(db=db),
    )
    for jobs in (
        tenants_jobs.jobs(tenants_service),
        courses_jobs.jobs(courses_service),
        dispatch_jobs.jobs(dispatch_service),
    ):
        queue.register(jobs)
    return platform


def _courses(
    settings: Settings, db: Database, queue: Queue, signer: Signer, objects: ObjectStore, staging: Path
) -> courses.Service:
    limits = Limits(files=settings.max_package_files, unpacked_size=settings.max_unpacked_bytes)
    rules = courses.UploadRules(
        max_upload_bytes=settings.max_upload_bytes, limits=limits, unfinished_seconds=settings.upload_staging_seconds
    )
    return courses.Service(
        db=db,
        queue=queue,
        signer=signer,
        objects=objects,
        staging_dir=staging,
        rules=rules,
        content_origin=settings.content_url,
    )


def _learning(
    settings: Settings, db: Database, signer: Signer, courses_service: courses.Service, lrs_service: lrs.Service
) -> learning.Service:
    return learning.Service(
        db=db,
        signer=signer,
        courses=courses_service,
        lrs=lrs_service,
        content_url=settings.content_url,
        home_page=settings.console_url,
        player_folder=FRONTEND / "player",
        link_seconds=settings.launch_link_seconds,
        session_seconds=settings.launch_session_seconds,
    )


def hot_apps(platform: Platform) -> dict[str, Any]:
    """Return the plain ASGI handlers of the content origin by path prefix, most specific first."""
    apps = {**courses_http.hot_routes(platform.courses), **learning_http.hot_routes(platform.learning)}
    return dict(sorted(apps.items(), key=lambda item: -len(item[0])))


def console_app(platform: Platform) -> Litestar:
    """Return the application of the console origin: pages, API, statement store, their static files."""
    return _litestar(
        platform,
        [
            *tenants_http.ROUTES,
            *courses_http.ROUTES,
            *learning_http.ROUTES,
            *dispatch_http.ROUTES,
            lrs_http.router(platform.lrs),
            console_http.router(platform.tenants),
            _static("/static", FRONTEND / "console", ASSET_SECONDS),
            _static("/api/docs-assets", FRONTEND / "docs", 3600),
        ],
        CONSOLE_HEADERS,
        OpenAPIConfig(
            title="Courseway API",
            version=__version__,
            path="/api/openapi",
            render_plugins=[JsonRenderPlugin(path="/schema.json")],
            components=Components(
                security_schemes={
                    "ApiKey": SecurityScheme(type="apiKey", name="X-API-Key", security_scheme_in="header"),
                    "Bearer": SecurityScheme(type="http", scheme="bearer"),
                }
            ),
            security=[{"ApiKey": []}, {"Bearer": []}],
        ),
        {HTTPException: console_http.answer_unrouted},
    )


def content_app(platform: Platform) -> Litestar:
    """Return the application of the content origin: the player, and what dispatch packages call. It reads no cookie."""
    return _litestar(
        platform,
        [
            *learning_http.CONTENT_ROUTES,
            *dispatch_http.CONTENT_ROUTES,
            _static("/player-assets", FRONTEND / "player", ASSET_SECONDS),
        ],
        CONTENT_HEADERS,
        None,
    )


def _litestar(
    platform: Platform,
    routes: list[Any],
    headers: Mapping[str, str],
    openapi: OpenAPIConfig | None,
    own_handlers: Mapping[Any, Any] | None = None,
) -> Litestar:
    dependencies: dict[str, Provide] = {"caller": Provide(tenants.provide_caller)}
    for name, service in platform.services().items():
        dependencies[name] = _always(service)
    handlers = {
        **EXCEPTION_HANDLERS,
        Refusal: tenants_http.make_refusal_handler(platform.tenants),
        **(own_handlers or {}),
    }
    return Litestar(
        routes,
        dependencies=dependencies,
        exception_handlers=handlers,
        openapi_config=openapi,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1024, gzip_compress_level=5, exclude_opt_key="uncompressed"
        ),
        response_headers=[ResponseHeader(name=name, value=value) for name, value in headers.items()],
        response_cache_config=ResponseCacheConfig(),
        request_max_body_size=2 * 1024 * 1024,
        logging_config=None,
        debug=False,
    )


def _always(service: Any) -> Provide:
    return Provide(lambda: service, sync_to_thread=False, use_cache=True)


def _static(path: str, folder: Path, seconds: int) -> Router:
    folder.mkdir(parents=True, exist_ok=True)
    lifetime = CacheControlHeader(public=True, max_age=seconds, immutable=seconds == ASSET_SECONDS or None)
    return create_static_files_router(
        path=path, directories=[folder], cache_control=lifetime, name=f"static:{path}", include_in_schema=False
    )


def configure_logging(settings: Settings) -> None:
    """Write log lines as JSON to standard output; values named like secrets are struck out."""
    level = getattr(logging, settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _strike_out_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(level, logging.WARNING),
        format='{"level": "%(levelname)s", "logger": "%(name)s", "event": "%(message)s"}',
    )


SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "api_key")


def _strike_out_secrets(logger: Any, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = "***"
    return event
