"""`courseway up`: starts from nothing, stops cleanly, goes on where it was, survives being killed."""

import io
import os
import signal
import socket
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.up_process import Up, up_folder, wait_until

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("up")]


@pytest.fixture
def up() -> Iterator[Up]:
    with up_folder() as made:
        yield made


def package() -> bytes:
    """A course with enough in it that its import takes a moment."""
    manifest = """<?xml version="1.0"?>
<manifest identifier="golf" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
          xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Golf</title>
    <item identifier="i" identifierref="r"><title>Golf</title></item></organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html"/></resources>
</manifest>"""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest)
        archive.writestr("index.html", "<!doctype html><title>Golf</title>")
        for number in range(1500):
            archive.writestr(f"files/{number}.txt", f"file {number}")
    return body.getvalue()


def titles(up: Up) -> list[str]:
    """The courses that are there."""
    with up.api() as api:
        return sorted(course["title"] for course in api.get("/api/courses").raise_for_status().json()["items"])


def test_it_starts_from_nothing_stops_with_ctrl_c_and_goes_on_where_it_was(up: Up) -> None:
    up.start("--demo")
    found = up.credentials()
    assert list(found) == [
        *("console_url", "content_url", "email", "password", "api_key", "lrs_endpoint", "lrs_key", "lrs_secret")
    ]
    for name in ("credentials.json", "secrets.json"):
        assert (up.data / name).stat().st_mode & 0o777 == 0o600
    for value in (found["console_url"], found["email"], found["password"]):
        assert value in up.output
    assert found["api_key"] not in up.output
    first = titles(up)
    assert len(first) == 3
    with httpx.Client(base_url=found["console_url"], timeout=20) as browser:
        signed_in = browser.post("/api/session", json={"email": found["email"], "password": found["password"]})
        assert signed_in.status_code == 200
        assert browser.get("/api/me").json()["role"] == "owner"
    lrs = httpx.get(
        f"{found['lrs_endpoint']}/statements",
        auth=(found["lrs_key"], found["lrs_secret"]),
        headers={"X-Experience-API-Version": "1.0.3"},
        timeout=20,
    )
    assert lrs.status_code == 200
    assert httpx.get(f"http://localhost:{up.port}/health").status_code == 200

    assert up.interrupt() == 0
    assert "Stopped" in up.output
    assert up.children() == {}

    up.start("--demo")
    assert up.credentials() == found
    assert titles(up) == first
    assert up.interrupt() == 0


def test_no_secret_is_in_its_logs(up: Up) -> None:
    up.start("--no-demo")
    found = up.credentials()
    with up.api() as api:
        api.get("/api/users")
        api.get("/api/users", params={"api_key": found["api_key"]})
        api.post("/api/session", json={"email": found["email"], "password": "not the password"})
        made = api.post("/api/keys", json={"name": "Robot", "scopes": ["course:read"]}).json()
    assert up.interrupt() == 0
    written = "".join(log.read_text(errors="replace") for log in up.data.glob("logs/*.log"))
    written += (up.data / "postgres" / "postgres.log").read_text(errors="replace")
    for secret in (found["password"], found["api_key"], found["lrs_secret"], made["secret"], "not the password"):
        assert secret not in written


def test_a_second_one_on_the_same_folder_and_one_on_a_taken_port_say_so(up: Up) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", up.port))
        listener.listen()
        assert up.spawn("--no-demo").wait(60) == 1
        assert f"Port {up.port} is taken" in up.output
        assert f"--port {up.port + 1}" in up.output
    up.start("--no-demo")
    (up.folder / "second").mkdir()
    second, first = Up(up.folder / "second", data=up.data), up.process
    process = second.spawn("--no-demo")
    assert process.wait(60) == 1
    assert first is not None
    assert f"runs on {up.data} already (process {first.pid})" in second.output
    assert "Traceback" not in second.output
    assert up.interrupt() == 0


def test_killed_it_leaves_nothing_running_and_recovers(up: Up) -> None:
    up.start("--no-demo")
    found = up.credentials()
    with up.api() as api:
        made = api.post("/api/users", json={"email": "ada@northwind.example", "role": "viewer"})
        assert made.status_code == 201
        accepted = api.post(
            "/api/courses",
            content=package(),
            headers={"Content-Type": "application/zip", "Content-Disposition": "attachment; filename=golf.zip"},
        )
        assert accepted.status_code == 202
    up.kill()
    wait_until(lambda: up.children() == {}, 15, up.children)
    up.start("--no-demo")
    assert up.credentials() == found
    with up.api() as api:
        emails = [user["email"] for user in api.get("/api/users").json()["items"]]
        assert "ada@northwind.example" in emails, "what was acknowledged is still there"
        upload = f"/api/uploads/{accepted.json()['id']}"
        wait_until(lambda: api.get(upload).json()["state"] == "ready", 60, lambda: api.get(upload).text)
        assert len(api.get("/api/courses").json()["items"]) == 1, "an accepted upload becomes one course"
    assert up.interrupt() == 0


def test_a_part_that_dies_is_started_again(up: Up) -> None:
    up.start("--no-demo")

    def well() -> bool:
        try:
            with up.api() as api:
                return api.get("/api/health").status_code == 200 and api.get("/api/users").status_code == 200
        except httpx.HTTPError:
            return False

    for part in ("courseway.worker", "granian", "bin/postgres"):
        victim = up.child(part)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda victim=victim: victim not in up.children(), 10)  # type: ignore[misc]
        wait_until(lambda part=part: any(part in command for command in up.children().values()), 30)  # type: ignore[misc]
        wait_until(well, 40, lambda: up.output)
    assert "worker ended (SIGKILL)" in up.output
    assert up.interrupt() == 0
    assert up.children() == {}
