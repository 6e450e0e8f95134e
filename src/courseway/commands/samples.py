"""The sample courses of a first start: found or built, and imported through the same door as everybody's."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from courseway.commands.provision import Credentials
from courseway.ops.folder import DataFolder

SECONDS_FOR_AN_IMPORT = 120.0
OPEN_OR_DONE = {"receiving", "queued", "checking", "unpacking", "ready"}


class SamplesMissing(Exception):
    """The sample courses are neither in the package nor can they be built here."""


def find_samples() -> list[Path]:
    """Return the sample packages, built now when this is a checkout that has not built them yet."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1] / "samples"
    for folder in (package / "_samples", checkout / "build"):
        if found := sorted(folder.glob("*.zip")):
            return found
    script = checkout / "build.py"
    if not script.exists():
        raise SamplesMissing("The sample courses are not part of this installation.")
    done = subprocess.run(
        [sys.executable, str(script), "--out", str(checkout / "build")], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SamplesMissing(f"The sample courses could not be built: {done.stderr.strip()[-300:]}")
    return sorted((checkout / "build").glob("*.zip"))


def import_samples(credentials: Credentials, folder: DataFolder, address: str) -> int:
    """
    Import what was not imported before, wait for it, and return how many courses that were.

    `address` is where this machine reaches the console, which may be known to others under a name that is not served
    yet. What was done is kept in the data folder: a sample that somebody deleted stays deleted.
    """
    kept = folder.read("samples.json")
    headers = {"X-API-Key": credentials.api_key, "Host": urlsplit(credentials.console_url).netloc}
    fresh = 0
    with httpx.Client(base_url=address, headers=headers, timeout=120, trust_env=False) as client:
        for package in find_samples():
            if kept.get(package.name) == "imported":
                continue
            upload_id = _find_upload(client, package.name) or _upload(client, package)
            _wait(client, upload_id, package.name)
            kept[package.name] = "imported"
            folder.write("samples.json", kept)
            fresh += 1
    return fresh


def _find_upload(client: httpx.Client, name: str) -> str | None:
    """An upload of an earlier start that was killed before it could be noted."""
    answer = client.get("/api/uploads", params={"limit": 100})
    if answer.status_code != 200:
        return None
    for upload in answer.json()["items"]:
        if upload["file_name"] == name and upload["state"] in OPEN_OR_DONE - {"receiving"}:
            return str(upload["id"])
    return None


def _upload(client: httpx.Client, package: Path) -> str:
    with package.open("rb") as body:
        answer = client.post(
            "/api/courses",
            content=body,
            headers={
                "Content-Type": "application/zip",
                "Content-Length": str(package.stat().st_size),
                "Content-Disposition": f'attachment; filename="{package.name}"',
            },
        )
    if answer.status_code != 202:
        raise SamplesMissing(f"{package.name} was refused: {answer.text[:300]}")
    return str(answer.json()["id"])


def _wait(client: httpx.Client, upload_id: str, name: str) -> None:
    deadline = time.monotonic() + SECONDS_FOR_AN_IMPORT
    while time.monotonic() < deadline:
        upload = client.get(f"/api/uploads/{upload_id}").raise_for_status().json()
        if upload["state"] == "ready":
            return
        if upload["state"] in {"failed", "cancelled"}:
            raise SamplesMissing(f"{name} could not be imported: {upload.get('error') or upload['state']}")
        time.sleep(0.25)
    raise SamplesMissing(f"{name} was not imported within {SECONDS_FOR_AN_IMPORT:.0f} s; it may still be.")
