"""
The real platform and a real browser for the conformance cases: PostgreSQL, web, worker and Chromium, each started once.

A case that begins anew gets a tenant of its own, so that nothing a learner did before is there any more.
"""

import asyncio
import contextlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from courseway import tenants
from courseway.kit.db import Database
from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster
from courseway.standards.issues import Findings
from courseway.standards.manifests.xml import parse_document
from tests.browser.chromium import Chromium, open_chromium
from tests.conftest import FAST
from tests.live import LiveServer

CONTENT = Path(__file__).with_name("content") / "part.html"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"

Result = TypeVar("Result")


class Stage:
    """A platform, a browser, and the tenant of the present case."""

    def __init__(self, server: LiveServer, chromium: Chromium) -> None:
        self.server = server
        self.chromium = chromium
        self._tenants = 0
        self._threads = ThreadPoolExecutor(1)

    def renew(self) -> None:
        """Begin on a new system: a tenant in which nobody has learned anything yet."""
        self._tenants += 1
        self.server.api_key = self._run(_make_tenant(self.server, f"case-{self._tenants}"))

    def register(self, course_id: str, learner: dict[str, str]) -> str:
        """Register a learner; returns the registration's id."""
        body = {"course_id": course_id, "learner": learner, "new_instance": True}
        return str(self._post("/api/registrations", body)["id"])

    def link(self, registration: str) -> str:
        """Make a launch link."""
        return str(self._post(f"/api/registrations/{registration}/launch-link", {})["url"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        with self.server.api() as api:
            return dict(api.post(path, json=body).raise_for_status().json())

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run beside Playwright, which has an event loop of its own in this thread."""
        return self._threads.submit(asyncio.run, work).result()


async def _make_tenant(server: LiveServer, slug: str) -> str:
    db = Database(server.database_url, min_size=1, max_size=1)
    await db.open()
    try:
        service = tenants.Service(db=db, console_url=server.console)
        tenant = await service.create_tenant(name=slug, slug=slug)
        caller = tenants.platform_caller(tenant.id, "conformance")
        return (await service.create_key(caller, name="conformance", scopes=tuple(tenants.Scope))).credential
    finally:
        await db.close()


def pack_course(manifest: Path) -> bytes:
    """Make a package of a manifest where it lies, with our own page for every page it names."""
    document = manifest.read_bytes()
    page, packed = CONTENT.read_bytes(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", document)
        for name in sorted(_files(document)):
            archive.writestr(name, page if name.endswith((".htm", ".html")) else b"")
    return packed.getvalue()


def _files(manifest: bytes) -> set[str]:
    """Return the path of every file the manifest names, under the bases it names. [CAM 3.4.3]"""
    document = parse_document(manifest, "imsmanifest.xml", Findings())
    assert document is not None
    found = set()
    for element in document.root.iter("{*}resource", "{*}file"):
        address = element.get("href", "")
        for around in (element, *element.iterancestors()):
            address = urljoin(around.get(XML_BASE, ""), address)
        if address and not urlsplit(address).scheme:
            found.add(urlsplit(address).path)
    return found


@contextlib.contextmanager
def open_stage() -> Iterator[Stage]:
    """Start everything for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="courseway-conformance-"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "cluster", settings=FAST)
    try:
        cluster.start()
        cluster.create_database("courseway")
        upgrade(cluster.url())
        data = folder / "data"
        data.mkdir()
        server = LiveServer(cluster.url(), data)
        try:
            server.start()
            with open_chromium() as chromium:
                yield Stage(server, chromium)
        finally:
            server.stop()
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)
