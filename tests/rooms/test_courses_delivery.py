"""Files of courses as browsers and CDNs ask for them; and what strangers try."""

import datetime
import gzip
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from courseway.courses.http import hot_routes
from courseway.courses.http.delivery import PREFIX
from courseway.courses.http.ranges import ByteRange, read_range
from courseway.kit.content_types import accepts_gzip
from courseway.kit.db import Database
from courseway.kit.queue import Queue
from courseway.tenants import Caller, platform_caller
from tests import packages
from tests.conftest import make_tenant
from tests.rooms.courses_room import Room, make_service

SCRIPT = "let words = 'again and again';\n" * 400
MOVIE = bytes(range(251)) * 2000
FILES: dict[str, bytes | str] = {
    "scripts/app.js": SCRIPT,
    "media/movie.mp4": MOVIE,
    "small.css": "p{}",
    "Bilder/Größe.PNG": b"\x89PNG",
    "a b+c&d;e=f.html": "<p>",
    "twice.txt": "1",
    "TWICE.txt": "2",
    "x.mjs": "",
    "page.xhtml": "<p/>",
}


@dataclass
class Site:
    """A content origin with one course."""

    client: httpx.AsyncClient
    room: Room
    course_id: uuid.UUID
    version_id: uuid.UUID

    def url(self, path: str) -> str:
        """The address of a file today."""
        return self.room.service.content_url(self.room.caller.tenant_id, self.course_id, self.version_id, path)

    async def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Ask for a file by its path in the package."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, self.url(path), headers={"Accept-Encoding": "identity", **sent})


@pytest.fixture
async def site(db: Database, database_url: str, caller: Caller, tmp_path: Path) -> AsyncIterator[Site]:
    queue = Queue(database_url)
    service = make_service(db, queue, tmp_path / "objects", tmp_path / "staging")
    await queue.open()
    room = Room(service, db, queue, tmp_path / "objects", caller)
    course_id = await room.import_course(packages.scorm12_package(files=FILES))
    version_id = (await service.show(caller, course_id)).version.id
    transport = httpx.ASGITransport(hot_routes(service)[PREFIX])  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://content.test") as client:
        yield Site(client, room, course_id, version_id)
    await queue.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("scripts/app.js", "text/javascript"),
        ("media/movie.mp4", "video/mp4"),
        ("small.css", "text/css"),
        ("index.html", "text/html"),
        ("x.mjs", "text/javascript"),
        ("Bilder/Größe.PNG", "image/png"),
        ("a b+c&d;e=f.html", "text/html"),
        ("page.xhtml", "application/xhtml+xml"),
        ("imsmanifest.xml", "application/xml"),
    ],
)
async def test_a_file_is_served_whole_with_its_type_and_for_long(site: Site, path: str, kind: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    expected = FILES.get(path)
    if expected is not None:
        assert answer.content == (expected.encode() if isinstance(expected, str) else expected)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "public, max-age=604800, s-maxage=2592000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


async def test_what_compresses_is_sent_compressed_to_those_who_take_it(site: Site) -> None:
    zipped = await site.client.get(site.url("scripts/app.js"), headers={"Accept-Encoding": "br, gzip"})
    plain = await site.get("scripts/app.js")
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) < len(SCRIPT) / 10
    assert zipped.text == plain.text == SCRIPT
    assert zipped.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in plain.headers
    movie = await site.client.get(site.url("media/movie.mp4"), headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in movie.headers
    assert "vary" not in movie.headers
    refused = await site.client.get(site.url("scripts/app.js"), headers={"Accept-Encoding": "gzip;q=0, *"})
    assert "content-encoding" not in refused.headers


async def test_the_packed_bytes_of_the_package_are_the_compressed_answer(site: Site) -> None:
    async with site.client.stream("GET", site.url("scripts/app.js"), headers={"Accept-Encoding": "gzip"}) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])
    assert gzip.decompress(body) == SCRIPT.encode()


async def test_head_tells_the_same_and_sends_nothing(site: Site) -> None:
    for path in ("scripts/app.js", "media/movie.mp4"):
        whole, head = await site.get(path), await site.get(path, "HEAD")
        assert head.status_code == 200
        assert head.content == b""
        assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=500000-", 500000, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
    ],
)
@pytest.mark.parametrize("path", ["media/movie.mp4", "scripts/app.js"])
async def test_a_range_is_answered_with_exactly_its_bytes(
    site: Site, path: str, asked: str, start: int, end: int | None
) -> None:
    content = MOVIE if path.endswith("mp4") else SCRIPT.encode()
    if start > len(content):
        start = 12000 if len(content) > 12000 else 1
        asked = f"bytes={start}-"
    answer = await site.get(path, Range=asked, Accept_Encoding="gzip")
    assert answer.status_code == 206
    assert answer.content == content[start:end]
    first = start if start >= 0 else len(content) + start
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(content)}"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("asked", [f"bytes={len(MOVIE)}-", "bytes=99999999-", "bytes=-0"])
async def test_a_range_beyond_the_end_is_416_and_tells_the_size(site: Site, asked: str) -> None:
    answer = await site.get("media/movie.mp4", Range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(MOVIE)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=5-2", "bytes=a-b", "bytes=-", "bytes"])
async def test_several_ranges_and_nonsense_get_the_whole_file(site: Site, asked: str) -> None:
    answer = await site.get("media/movie.mp4", Range=asked)
    assert answer.status_code == 200
    assert answer.content == MOVIE


async def test_who_holds_the_file_already_gets_304(site: Site) -> None:
    etag = (await site.get("media/movie.mp4")).headers["etag"]
    for held in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await site.get("media/movie.mp4", If_None_Match=held)
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == etag
    assert (await site.get("media/movie.mp4", If_None_Match='"other"')).status_code == 200
    zipped = (await site.client.get(site.url("scripts/app.js"), headers={"Accept-Encoding": "gzip"})).headers["etag"]
    assert (await site.get("scripts/app.js", If_None_Match=zipped, Accept_Encoding="gzip")).status_code == 304


async def test_a_range_counts_only_if_the_file_is_the_one_that_was_begun(site: Site) -> None:
    etag = (await site.get("media/movie.mp4")).headers["etag"]
    assert (await site.get("media/movie.mp4", Range="bytes=0-9", If_Range=etag)).status_code == 206
    assert (await site.get("media/movie.mp4", Range="bytes=0-9", If_Range='"old"')).status_code == 200
    assert (
        await site.get("media/movie.mp4", Range="bytes=0-9", If_Range="Mon, 23 Nov 2026 10:00:00 GMT")
    ).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_files_can_be_read_and_nothing_else(site: Site, method: str) -> None:
    answer = await site.get("index.html", method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_wrong_case_and_repeated_slashes_find_the_file_unless_two_could_be_meant(site: Site) -> None:
    assert (await site.get("SCRIPTS/App.JS")).text == SCRIPT
    assert (await site.get("scripts//app.js")).text == SCRIPT
    assert (await site.get("/scripts/app.js")).text == SCRIPT
    assert (await site.get("bilder/größe.png")).content == b"\x89PNG"
    assert (await site.get("Bilder/Gro\u0308ße.PNG")).content == b"\x89PNG"
    assert (await site.get("twice.txt")).text == "1"
    assert (await site.get("TWICE.txt")).text == "2"
    assert (await site.get("Twice.txt")).status_code == 404


@pytest.mark.parametrize("path", ["", "scripts/", "scripts", "nothing.html", "index.html/", "/index.html/x", "%00"])
async def test_there_are_no_listings_and_a_missing_file_is_404(site: Site, path: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "tail",
    [
        "../../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2f..%2fetc/passwd",
        "%252e%252e/x",
        "..\\..\\x",
        "/etc/passwd",
        "scripts/%2e%2e/index.html",
        "a%00.html",
    ],
)
async def test_no_address_leads_out_of_the_course(site: Site, tail: str) -> None:
    answer = await site.client.get(f"http://content.test{site.url('')}{tail}")
    assert answer.status_code == 404


async def test_a_capability_opens_its_own_course_for_two_days_and_nothing_else(site: Site) -> None:
    service, tenant = site.room.service, site.room.caller.tenant_id
    base = site.url("index.html")
    other_course = str(uuid.uuid4())
    assert (await site.client.get(base)).status_code == 200
    assert (await site.client.get(base.replace(str(site.course_id), other_course))).status_code == 404
    forged = base.replace(site.version_id.hex, uuid.uuid4().hex)
    assert (await site.client.get(forged)).status_code == 404
    assert (await site.client.get(f"/api/preview/{site.course_id}/assets/index.html")).status_code == 404
    assert (
        await site.client.get(f"/api/preview/{str(site.course_id).upper()}" + base[base.index("/assets") :])
    ).status_code == 404
    now = datetime.datetime.now(datetime.UTC)
    for days, status in {0: 200, 1: 200, 2: 410, 400: 410}.items():
        service._clock = lambda days=days: now - datetime.timedelta(days=days)  # type: ignore[misc]
        signed = service.content_url(tenant, site.course_id, site.version_id, "index.html")
        service._clock = lambda: now
        assert (await site.client.get(signed)).status_code == status, days


async def test_a_strangers_capability_opens_nothing_of_mine(site: Site, db: Database) -> None:
    stranger = platform_caller(await make_tenant(db, "Stranger"))
    theirs = Room(site.room.service, db, site.room.queue, site.room.folder, stranger)
    course = await theirs.import_course(packages.scorm12_package("Theirs", files={"only-theirs.txt": "x"}))
    version = (await theirs.service.show(stranger, course)).version.id
    capability = theirs.service.content_url(stranger.tenant_id, course, version, "").split("/")[5]
    answer = await site.client.get(f"/api/preview/{site.course_id}/assets/{capability}/only-theirs.txt")
    assert answer.status_code == 404


async def test_a_course_may_not_install_a_service_worker(site: Site) -> None:
    answer = await site.get("scripts/app.js", Service_Worker="script")
    assert answer.status_code == 403


async def test_a_known_file_is_served_without_asking_the_database(site: Site) -> None:
    assert (await site.get("index.html")).status_code == 200
    await site.room.db.close()
    assert (await site.get("index.html")).status_code == 200
    assert (await site.get("nothing.html")).status_code == 404


async def test_a_file_that_is_gone_from_the_store_is_said_to_be_missing(site: Site) -> None:
    await site.room.service._objects.delete_prefix(f"t/{site.room.caller.tenant_id.hex}/versions")
    answer = await site.get("small.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


def test_ranges_are_read_as_the_standard_says() -> None:
    assert read_range(b"bytes=0-4", 10) == ByteRange(0, 5)
    assert read_range(b"bytes = 2 - ", 10) == ByteRange(2, 10)
    assert read_range(b"bytes=-20", 10) == ByteRange(0, 10)
    assert read_range(b"bytes=0-", 0) == ByteRange(0, 0)


def test_gzip_is_sent_only_when_it_is_wanted() -> None:
    assert accepts_gzip(b"gzip, deflate, br")
    assert accepts_gzip(b"*")
    assert accepts_gzip(b"gzip;q=0.1")
    assert not accepts_gzip(b"")
    assert not accepts_gzip(b"br")
    assert not accepts_gzip(b"gzip;q=0")
    assert not accepts_gzip(b"*;q=0")
    assert not accepts_gzip(b"gzip;q=x")
