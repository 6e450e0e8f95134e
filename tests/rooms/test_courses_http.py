"""The REST interface of courses: uploads as they come over the wire, lists, changes, the bin, the original."""

import hashlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide

from courseway.courses import UploadRules
from courseway.courses.http import ROUTES
from courseway.kit.db import Database
from courseway.kit.queue import Queue
from courseway.kit.web import EXCEPTION_HANDLERS
from courseway.tenants import Caller, Scope, platform_caller
from tests import packages
from tests.conftest import make_tenant
from tests.rooms.courses_room import CONTENT, Room, make_service

ZIP = {"Content-Type": "application/zip"}


@dataclass
class Api:
    """The API with one caller."""

    http: httpx.AsyncClient
    room: Room
    callers: list[Caller]

    async def upload(self, package: bytes, **options: Any) -> dict[str, Any]:
        """Upload raw and import."""
        answer = await self.http.post("/api/courses", content=package, headers=ZIP, **options)
        assert answer.status_code == 202, answer.text
        await self.room.service.import_upload(self.room.caller.tenant_id, uuid.UUID(answer.json()["id"]))
        done = await self.http.get(answer.headers["location"])
        return dict(done.json())


@pytest.fixture
async def api(db: Database, database_url: str, caller: Caller, tmp_path: Path) -> AsyncIterator[Api]:
    queue = Queue(database_url)
    service = make_service(
        db, queue, tmp_path / "objects", tmp_path / "staging", rules=UploadRules(max_upload_bytes=2_000_000)
    )
    await queue.open()
    callers = [caller]
    app = Litestar(
        ROUTES,
        dependencies={
            "caller": Provide(lambda: callers[-1], sync_to_thread=False, use_cache=False),
            "courses": Provide(lambda: service, sync_to_thread=False),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        logging_config=None,
        request_max_body_size=10_000,
    )
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as http:
        yield Api(http, Room(service, db, queue, tmp_path / "objects", caller), callers)
    await queue.close()


async def test_a_raw_upload_is_accepted_and_its_address_tells_how_it_goes(api: Api) -> None:
    answer = await api.http.post(
        "/api/courses?title=Knots&tag=sea&tag=rope",
        content=packages.scorm12_package(),
        headers={**ZIP, "Content-Disposition": "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.zip"},
    )
    assert answer.status_code == 202
    upload = answer.json()
    assert (upload["state"], upload["file_name"]) == ("queued", "Größe.zip")
    assert answer.headers["location"] == f"/api/uploads/{upload['id']}"
    await api.room.service.import_upload(api.room.caller.tenant_id, uuid.UUID(upload["id"]))
    done = (await api.http.get(answer.headers["location"])).json()
    assert done["state"] == "ready"
    assert done["progress_done"] == done["progress_total"] > 0
    course = (await api.http.get(f"/api/courses/{done['course_id']}")).json()
    assert (course["title"], course["tags"]) == ("Knots", ["sea", "rope"])
    assert course["structure"]["organizations"][0]["items"]
    assert course["totals"] == {"registrations": 0, "launches": 0, "completions": 0, "last_launch_at": None}
    assert course["version"]["number"] == 1


async def test_a_form_upload_is_read_as_a_stream_and_gives_the_same_bytes(api: Api) -> None:
    package = packages.scorm12_package(files={"noise.bin": bytes(range(256)) * 3000})
    answer = await api.http.post(
        "/api/courses", data={"title": "From a form"}, files={"file": ("my course.zip", package, "application/zip")}
    )
    assert answer.status_code == 202, answer.text
    upload = answer.json()
    assert (upload["file_name"], upload["size_bytes"]) == ("my course.zip", len(package))
    await api.room.service.import_upload(api.room.caller.tenant_id, uuid.UUID(upload["id"]))
    course_id = (await api.http.get(f"/api/uploads/{upload['id']}")).json()["course_id"]
    course = (await api.http.get(f"/api/courses/{course_id}")).json()
    assert course["title"] == "From a form"
    assert course["version"]["original_sha256"] == hashlib.sha256(package).hexdigest()


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{}", {"Content-Type": "application/json"}, 415, "upload.body_unsupported"),
        (b"", ZIP, 400, "upload.cut_off"),
        (b"--x\r\n\r\n", {"Content-Type": "multipart/form-data"}, 400, "invalid"),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
            {"Content-Type": "multipart/form-data; boundary=x"},
            400,
            "invalid",
        ),
        (
            b"--x\r\nContent-Disposition: form-data; name=a; filename=b.zip\r\n\r\nPK",
            {"Content-Type": "multipart/form-data; boundary=x"},
            400,
            "upload.cut_off",
        ),
        (b"x" * 2_000_001, ZIP, 413, "upload.too_large"),
        (b"x", {**ZIP, "Idempotency-Key": "k" * 201}, 400, "invalid"),
    ],
)
async def test_a_body_that_is_no_package_is_refused_with_a_problem_document(
    api: Api, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await api.http.post("/api/courses", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.room.objects() == []


async def test_a_package_too_large_is_refused_in_a_form_and_in_chunks_too(api: Api) -> None:
    form = await api.http.post("/api/courses", files={"file": ("x.zip", b"x" * 3_000_000)})
    assert form.status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield bytes(100_000)

    assert (await api.http.post("/api/courses", content=chunks(), headers=ZIP)).status_code == 413
    assert api.room.objects() == []


async def test_a_repeated_upload_with_a_key_gives_the_first_answer(api: Api) -> None:
    sent = {"content": packages.scorm12_package(), "headers": {**ZIP, "Idempotency-Key": "one"}}
    first, again = await api.http.post("/api/courses", **sent), await api.http.post("/api/courses", **sent)  # type: ignore[arg-type]
    assert first.json() == again.json()
    other = await api.http.post("/api/courses", content=packages.scorm2004_package(), headers=sent["headers"])  # type: ignore[arg-type]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")


async def test_lists_go_on_by_cursor_in_every_order(api: Api) -> None:
    titles = ["delta", "Alpha", "charlie", "Bravo", "echo"]
    for title in titles:
        await api.upload(packages.scorm12_package(title))
    expected = {"title": sorted(titles, key=str.lower), "created": titles[::-1], "updated": titles[::-1]}
    for sort, order in expected.items():
        seen, cursor = [], ""
        while True:
            page = (await api.http.get("/api/courses", params={"sort": sort, "limit": 2, "cursor": cursor})).json()
            seen += [course["title"] for course in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == order
    assert (await api.http.get("/api/courses?limit=101")).status_code == 400
    assert (await api.http.get("/api/courses?cursor=nonsense")).status_code == 400


async def test_lists_are_searched_and_filtered(api: Api) -> None:
    await api.upload(packages.scorm12_package("100% sure"), params={"tag": "blue"})
    await api.upload(packages.scorm2004_package("Knots"))
    await api.upload(packages.cmi5_package())

    async def found(**params: str) -> list[str]:
        return [course["title"] for course in (await api.http.get("/api/courses", params=params)).json()["items"]]

    assert await found(search="KNOT", sort="created") == ["Knots", "Knots"]
    assert await found(search="100%") == ["100% sure"]
    assert await found(search="%") == ["100% sure"]
    assert await found(search="blue") == await found(tag="blue") == ["100% sure"]
    assert await found(standard="scorm2004") == ["Knots"]
    assert await found(standard="1.2") == ["100% sure"]
    assert await found(state="deleted") == []


async def test_what_is_changed_is_kept_and_what_is_not_given_stays(api: Api) -> None:
    address = f"/api/courses/{(await api.upload(packages.scorm12_package('Old')))['course_id']}"
    changed = (
        await api.http.patch(
            address, json={"title": "  New   title ", "tags": ["a", " a ", "b"], "player_settings": {"show_toc": False}}
        )
    ).json()
    assert (changed["title"], changed["tags"], changed["player_settings"]) == (
        "New title",
        ["a", "b"],
        {"show_toc": False},
    )
    assert (await api.http.patch(address, json={"description": "x"})).json()["title"] == "New title"
    for wrong in (
        {"title": " "},
        {"title": "x" * 301},
        {"tags": ["x" * 61]},
        {"player_settings": {"a": "x" * 9000}},
        {"title": 5},
    ):
        assert (await api.http.patch(address, json=wrong)).status_code == 400, wrong


async def test_a_deleted_course_lies_in_the_bin_and_comes_back_as_it_was(api: Api) -> None:
    course_id = (await api.upload(packages.scorm12_package("Gone")))["course_id"]
    address = f"/api/courses/{course_id}"
    assert (await api.http.delete(address)).status_code == 204
    assert (await api.http.get("/api/courses")).json()["items"] == []
    assert [one["id"] for one in (await api.http.get("/api/courses?state=deleted")).json()["items"]] == [course_id]
    assert (await api.http.patch(address, json={"title": "x"})).status_code == 404
    assert (await api.http.delete(address)).status_code == 404
    assert (await api.http.get(f"/api/preview/{course_id}/assets/index.html")).status_code == 404
    assert (await api.http.post(f"{address}/restore")).json()["deleted_at"] is None
    assert (await api.http.get("/api/courses")).json()["items"][0]["title"] == "Gone"


async def test_versions_are_listed_shown_and_made_current(api: Api) -> None:
    course_id = (await api.upload(packages.scorm12_package("One")))["course_id"]
    address = f"/api/courses/{course_id}"
    second = await api.http.post(
        f"{address}/versions", content=packages.scorm2004_package("Two"), headers=ZIP, params={"note": "better"}
    )
    assert second.status_code == 202
    await api.room.service.import_upload(api.room.caller.tenant_id, uuid.UUID(second.json()["id"]))
    assert [one["number"] for one in (await api.http.get(f"{address}/versions")).json()["items"]] == [2, 1]
    page = (await api.http.get(f"{address}/versions?limit=1")).json()
    assert [
        one["number"]
        for one in (await api.http.get(f"{address}/versions", params={"cursor": page["next_cursor"]})).json()["items"]
    ] == [1]
    shown = (await api.http.get(f"{address}/versions/2")).json()
    assert (shown["note"], shown["structure"]["title"], "prefix" in shown) == ("better", "Two", False)
    assert (await api.http.get(f"{address}/versions/9")).status_code == 404
    assert (await api.http.post(f"{address}/versions/1/current")).json()["current_version_number"] == 1
    assert (await api.http.get(f"{address}/report")).json()["issues"] == []
    missing = await api.http.post(f"/api/courses/{uuid.uuid4()}/versions", content=b"PK", headers=ZIP)
    assert missing.json()["code"] == "course.not_found"


async def test_the_original_comes_back_whole_and_in_ranges(api: Api) -> None:
    package = packages.scorm12_package(files={"noise.bin": bytes(range(256)) * 50})
    address = f"/api/courses/{(await api.upload(package, params={'file_name': 'Mein Kürs.zip'}))['course_id']}/versions/1/original"
    whole = await api.http.get(address)
    assert whole.content == package
    assert whole.headers["content-type"] == "application/zip"
    assert "filename*=UTF-8''Mein%20K%C3%BCrs.zip" in whole.headers["content-disposition"]
    part = await api.http.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, package[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(package)}"
    resumed = await api.http.get(address, headers={"Range": "bytes=100-", "If-Range": whole.headers["etag"]})
    assert resumed.content == package[100:]
    assert (await api.http.get(address, headers={"Range": "bytes=99999999-"})).status_code == 416
    assert (await api.http.get(address, headers={"If-None-Match": whole.headers["etag"]})).status_code == 304


async def test_what_a_version_changed_is_told_file_by_file(api: Api) -> None:
    course_id = (
        await api.upload(packages.scorm12_package(files={"same.js": "1;", "old.js": "2;", "text.html": "before"}))
    )["course_id"]
    newer = packages.scorm12_package(files={"same.js": "1;", "new.js": "3;", "text.html": "after!"})
    sent = await api.http.post(f"/api/courses/{course_id}/versions", content=newer, headers=ZIP)
    await api.room.service.import_upload(api.room.caller.tenant_id, uuid.UUID(sent.json()["id"]))
    changes = (await api.http.get(f"/api/courses/{course_id}/versions/2/changes")).json()
    assert (changes["against"], changes["added"], changes["removed"], changes["changed"]) == (
        1,
        ["new.js"],
        ["old.js"],
        ["text.html"],
    )
    assert (changes["added_count"], changes["removed_count"], changes["changed_count"]) == (1, 1, 1)
    assert (await api.http.get(f"/api/courses/{course_id}/versions/1/changes")).json()["against"] is None
    back = (await api.http.get(f"/api/courses/{course_id}/versions/1/changes?against=2")).json()
    assert back["added"] == ["old.js"]


async def test_the_files_of_a_course_are_listed_by_path(api: Api) -> None:
    course_id = (await api.upload(packages.scorm12_package(files={"b/c.js": "1;", "a.css": "p{}"})))["course_id"]
    first = (await api.http.get(f"/api/courses/{course_id}/files?limit=2")).json()
    assert [(one["path"], one["size_bytes"], one["content_type"]) for one in first["items"]] == [
        ("a.css", 3, "text/css"),
        ("b/c.js", 2, "text/javascript"),
    ]
    rest = (await api.http.get(f"/api/courses/{course_id}/files", params={"cursor": first["next_cursor"]})).json()
    assert [one["path"] for one in rest["items"]] == ["imsmanifest.xml", "index.html"]


async def test_preview_sends_the_caller_to_the_content_origin(api: Api) -> None:
    course_id = (await api.upload(packages.scorm12_package()))["course_id"]
    answer = await api.http.get(f"/api/preview/{course_id}/assets/a%20b/index.html")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{CONTENT}/api/preview/{course_id}/assets/")
    assert answer.headers["location"].endswith("/a%20b/index.html")
    again = await api.http.get(answer.headers["location"].removeprefix(CONTENT))
    assert again.status_code == 302
    assert again.headers["location"] == answer.headers["location"]


async def test_uploads_are_listed_and_cancelled(api: Api) -> None:
    await api.upload(packages.scorm12_package())
    waiting = (await api.http.post("/api/courses", content=packages.scorm12_package(), headers=ZIP)).json()
    assert len((await api.http.get("/api/uploads")).json()["items"]) == 2
    assert [one["id"] for one in (await api.http.get("/api/uploads?open=true")).json()["items"]] == [waiting["id"]]
    assert (await api.http.delete(f"/api/uploads/{waiting['id']}")).json()["state"] == "cancelled"
    assert (await api.http.delete(f"/api/uploads/{waiting['id']}")).status_code == 409
    assert (await api.http.get(f"/api/uploads/{uuid.uuid4()}")).json()["code"] == "upload.not_found"


async def test_a_stranger_gets_nothing_and_a_reader_changes_nothing(api: Api, db: Database) -> None:
    done = await api.upload(packages.scorm12_package())
    course, upload = f"/api/courses/{done['course_id']}", f"/api/uploads/{done['id']}"
    reading = [
        ("GET", course),
        ("GET", f"{course}/versions"),
        ("GET", f"{course}/versions/1"),
        ("GET", f"{course}/versions/1/original"),
        ("GET", f"{course}/versions/1/changes"),
        ("GET", f"{course}/report"),
        ("GET", f"{course}/files"),
        ("GET", upload),
        ("GET", f"/api/preview/{done['course_id']}/assets/index.html"),
    ]
    writing = [
        ("PATCH", course),
        ("DELETE", course),
        ("POST", f"{course}/restore"),
        ("POST", f"{course}/versions/1/current"),
        ("DELETE", upload),
        ("POST", f"{course}/versions"),
    ]
    api.callers.append(platform_caller(await make_tenant(db, "Stranger")))
    for method, address in reading + writing:
        answer = await api.http.request(
            method,
            address,
            json={} if method == "PATCH" else None,
            content=b"PK" if address.endswith("versions") and method == "POST" else None,
        )
        assert answer.status_code == 404, (method, address, answer.text)
    assert (await api.http.get("/api/courses")).json()["items"] == []
    assert (await api.http.get("/api/uploads")).json()["items"] == []
    api.callers.append(Caller(api.room.caller.tenant_id, "api_key", "k", "reader", frozenset({Scope.COURSE_READ})))
    for method, address in writing:
        answer = await api.http.request(
            method,
            address,
            json={} if method == "PATCH" else None,
            content=b"PK" if address.endswith("versions") and method == "POST" else None,
        )
        assert answer.status_code == 403, (method, address)
    assert (await api.http.get(course)).status_code == 200


async def test_the_interface_describes_itself(api: Api) -> None:
    described = (await api.http.get("/schema/openapi.json")).json()
    assert "/api/courses" in described["paths"]
    assert "/api/courses/{course_id}/versions/{number}/original" in described["paths"]
