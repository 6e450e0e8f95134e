"""The applications the benchmark of courses serves: the bare file response, receiving and delivering alone, and the whole site."""

import os
from pathlib import Path
from typing import Any
from uuid import UUID

from courseway.asgi import create_app
from courseway.courses import Service, UploadRules
from courseway.courses.http import hot_routes
from courseway.courses.http.delivery import PREFIX
from courseway.kit.db import Database
from courseway.kit.objects import open_store
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.tenants import platform_caller

SECRET = "for benchmarks only, for benchmarks only"


def make_service(database_url: str, data: Path) -> Service:
    db = Database(database_url, min_size=1, max_size=4)
    queue = Queue(database_url)
    return Service(
        db=db,
        queue=queue,
        signer=Signer(SECRET),
        objects=open_store(str(data / "objects")),
        staging_dir=data / "staging",
        rules=UploadRules(max_upload_bytes=1024**3),
    )


def bare() -> Any:
    """A granian file response and nothing around it."""
    path = os.environ["BENCH_FILE"]
    size = str(Path(path).stat().st_size).encode()
    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", size)]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.pathsend", "path": path})

    return app


def assets() -> Any:
    """The delivery of files as the platform mounts it."""
    service = make_service(os.environ["DATABASE_URL"], Path(os.environ["BENCH_DATA"]))
    serve = hot_routes(service)[PREFIX]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await service._db.open()
            await service._queue.open()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["path"] == "/upload":
            await _upload(service, receive, send)
        else:
            await serve(scope, receive, send)

    return app


def site() -> Any:
    """The whole platform, as `courseway up` serves it."""
    content_url = f"http://127.0.0.1:{os.environ['BENCH_PORT']}"
    names = {"DATABASE_URL": "DATABASE_URL", "DATA_DIR": "BENCH_DATA"}
    settings = {name: os.environ[source] for name, source in names.items()}
    return create_app({**settings, "SESSION_SECRET": SECRET, "CONTENT_URL": content_url})


async def _upload(service: Service, receive: Any, send: Any) -> None:
    """Receive a package as the API does, without the framework around it."""

    async def parts() -> Any:
        while True:
            message = await receive()
            yield message.get("body", b"")
            if not message.get("more_body"):
                return

    upload = await service.receive_package(
        platform_caller(UUID(os.environ["BENCH_TENANT"])), parts(), file_name="b.zip"
    )
    body = str(upload.id).encode()
    await send(
        {"type": "http.response.start", "status": 202, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})
