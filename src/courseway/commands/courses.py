"""`courseway courses` and `courseway uploads`: packages in, courses listed, deleted, restored, downloaded."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from courseway.commands.findings import LEVELS
from courseway.commands.remote import ID, LIMIT, Remote, remote_command
from courseway.commands.speech import REFUSED, Stop, examples, format_size, say_done, show_fields, show_json
from courseway.standards.issues import Severity

PART_BYTES = 1024 * 1024
STATE_WORDS = {"queued": "Waiting", "checking": "Checking", "unpacking": "Unpacking", "receiving": "Receiving"}
COURSE_COLUMNS = {
    "id": "ID",
    "title": "Title",
    "kind": "Standard",
    "current_version_number": "Version",
    "item_count": "Items",
    "size": "Size",
    "updated_at": "Updated",
}
VERSION_COLUMNS = {
    "number": "Version",
    "title": "Title",
    "item_count": "Items",
    "file_count": "Files",
    "size": "Size",
    "original_name": "Package",
    "created_by": "By",
    "created_at": "Uploaded",
}
UPLOAD_COLUMNS = {
    "id": "ID",
    "file_name": "Package",
    "state": "State",
    "size": "Size",
    "course_id": "Course",
    "created_at": "Started",
    "error": "Error",
}


@click.group()
def courses() -> None:
    """Import courses, look at them, delete and restore them."""


@courses.command(
    "import",
    epilog=examples(
        "courseway courses import golf.zip",
        "courseway courses import golf-2.zip --course 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22",
        "courseway courses import golf.zip --json | jq -r .course_id",
    ),
)
@click.argument("package", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--course", type=ID, help="Make it a new version of this course")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until the course is ready")
@remote_command
def import_course(remote: Remote, package: Path, course: str | None, wait: bool) -> None:
    """Upload PACKAGE and import it; prints what was found in it. Exit code 1 when it cannot be played."""
    upload = _send_package(remote, package, course)
    if wait:
        upload = _wait(remote, upload)
    if remote.as_json:
        show_json(upload)
    if upload["state"] in {"failed", "cancelled"}:
        if not remote.as_json:
            _show_findings(upload)
        raise Stop(f"{package.name} was not imported: {upload['error'] or upload['state']}", REFUSED)
    if remote.as_json:
        return
    if not wait:
        say_done(f"Uploaded; follow it with: courseway uploads show {upload['id']}")
        return
    found = remote.get(f"/api/courses/{upload['course_id']}")
    _show_findings(upload)
    say_done(f"{found['title']} is ready: course {found['id']}, version {found['current_version_number']}")


def _send_package(remote: Remote, package: Path, course: str | None) -> dict[str, Any]:
    size = package.stat().st_size
    if size == 0:
        raise Stop(
            f"{package.name} was not imported: The file is empty (0 bytes). Export or download the package again.",
            REFUSED,
        )
    headers = {
        "Content-Type": "application/zip",
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(package.name)}",
    }
    path = f"/api/courses/{course}/versions" if course else "/api/courses"
    with _bar("Uploading", size) as bar:

        def parts() -> Iterator[bytes]:
            with package.open("rb") as file:
                while part := file.read(PART_BYTES):
                    yield part
                    bar.update(len(part))

        return dict(remote.call("POST", path, content=parts(), headers=headers, timeout=600))


def _wait(remote: Remote, upload: dict[str, Any]) -> dict[str, Any]:
    with _bar("Importing", 1000) as bar:
        shown = 0
        while upload["state"] in STATE_WORDS:
            time.sleep(0.3)
            upload = remote.get(f"/api/uploads/{upload['id']}")
            bar.label = STATE_WORDS.get(upload["state"], "Done").ljust(9)
            share = 1000 * upload["progress_done"] // max(1, upload["progress_total"])
            bar.update(max(0, min(1000, share) - shown))
            shown = max(shown, min(1000, share))
    return upload


def _bar(label: str, length: int) -> Any:
    # On standard error, so that a pipe gets the answer only; hidden when nobody watches.
    return click.progressbar(
        length=length, label=label.ljust(9), file=sys.stderr, hidden=not sys.stderr.isatty(), show_eta=True
    )


def _show_findings(upload: dict[str, Any]) -> None:
    for issue in (upload.get("report") or {}).get("issues", []):
        place = f" ({issue['where']})" if issue.get("where") else ""
        advice = f" {issue['advice']}" if issue.get("advice") else ""
        click.echo(f"  {LEVELS[Severity(issue['severity'])]}: {issue['message']}{place}{advice}", err=True)


@courses.command("list", epilog=examples("courseway courses list", "courseway courses list --search golf --json"))
@click.option("--search", help="Words of the title")
@click.option("--deleted", is_flag=True, help="Those in the bin")
@LIMIT
@remote_command
def list_courses(remote: Remote, search: str | None, deleted: bool, limit: int) -> None:
    """List courses."""
    params = {"search": search, "state": "deleted" if deleted else None}
    rows = remote.items("/api/courses", params, limit=limit)
    remote.table(
        [_shown(row) for row in rows], COURSE_COLUMNS, empty="No courses. Import one: courseway courses import FILE"
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "size": format_size(row.get("size_bytes")),
        "kind": f"{row['standard']} {row['edition']}" if "standard" in row else "",
    }


@courses.command("show", epilog=examples("courseway courses show 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"))
@click.argument("course", type=ID)
@remote_command
def show_course(remote: Remote, course: str) -> None:
    """Show COURSE: what it consists of and what was found in its package."""
    found = remote.get(f"/api/courses/{course}")
    if remote.as_json:
        show_json(found)
        return
    titles = {**COURSE_COLUMNS, "description": "Description", "playable": "Can be played", "created_by": "By"}
    show_fields(_shown(found), titles)
    structure = found.get("structure") or {}
    organizations = structure.get("organizations", [])
    for organization in organizations:
        title = organization.get("title") or organization["identifier"]
        if len(organizations) > 1:
            default = ", default" if organization["identifier"] == structure.get("default_organization") else ""
            title += f"  [organization {organization['identifier']}{default}]"
        click.echo(f"\n{title}")
        _show_items(organization.get("items", []), 1)
    _show_findings(found)


def _show_items(items: list[dict[str, Any]], depth: int) -> None:
    for item in items:
        click.echo(f"{'  ' * depth}{item['title']}  [{item.get('kind', 'cluster')}]")
        _show_items(item.get("children", []), depth + 1)


@courses.command(
    "preview",
    epilog=examples(
        "courseway courses preview 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22",
        "courseway courses preview 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22 --organization refresher",
        "xdg-open $(courseway courses preview 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22)",
    ),
)
@click.argument("course", type=ID)
@click.option("--version", "number", type=click.IntRange(1), help="Which version  [default: the current one]")
@click.option("--organization", default="", help="Which of its organizations  [default: its default one]")
@remote_command
def preview_course(remote: Remote, course: str, number: int | None, organization: str) -> None:
    """Make a short-lived link that plays COURSE without tracking; prints only the link."""
    body: dict[str, Any] = {"organization": organization}
    if number is not None:
        body["version_id"] = remote.get(f"/api/courses/{course}/versions/{number}")["id"]
    made = remote.post(f"/api/courses/{course}/preview-link", body)
    if remote.as_json:
        show_json(made)
    else:
        click.echo(made["url"])


@courses.command("delete", epilog=examples("courseway courses delete 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22 --yes"))
@click.argument("course", type=ID)
@click.option("--yes", is_flag=True, help="Do not ask")
@remote_command
def delete_course(remote: Remote, course: str, yes: bool) -> None:
    """Put COURSE into the bin. Its results stay, and it can be restored."""
    found = remote.get(f"/api/courses/{course}")
    if not yes and sys.stdin.isatty():
        click.confirm(f"Put {found['title']} into the bin? Nobody can launch it until it is restored.", abort=True)
    remote.delete(f"/api/courses/{course}")
    remote.tell({"id": course, "deleted": True}, f"{found['title']} is in the bin; courseway courses restore {course}")


@courses.command("restore", epilog=examples("courseway courses restore 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"))
@click.argument("course", type=ID)
@remote_command
def restore_course(remote: Remote, course: str) -> None:
    """Take COURSE out of the bin."""
    found = remote.post(f"/api/courses/{course}/restore")
    remote.tell(found, f"{found['title']} is back")


@courses.command("versions", epilog=examples("courseway courses versions 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"))
@click.argument("course", type=ID)
@LIMIT
@remote_command
def list_versions(remote: Remote, course: str, limit: int) -> None:
    """List the versions of COURSE, the newest first."""
    rows = remote.items(f"/api/courses/{course}/versions", limit=limit)
    remote.table([_shown(row) for row in rows], VERSION_COLUMNS, empty="No versions.")


@courses.command(
    "download", epilog=examples("courseway courses download 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22 -o golf.zip")
)
@click.argument("course", type=ID)
@click.option("--version", "number", type=click.IntRange(1), help="Which version  [default: the current one]")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write")
@remote_command
def download_course(remote: Remote, course: str, number: int | None, output: Path | None) -> None:
    """Download the package of COURSE as it was uploaded."""
    chosen = number or remote.get(f"/api/courses/{course}")["current_version_number"]
    version = remote.get(f"/api/courses/{course}/versions/{chosen}")
    target = output or Path(Path(version["original_name"]).name or f"{course}.zip")
    size = remote.call_for_file(f"/api/courses/{course}/versions/{chosen}/original", target)
    remote.tell({"file": str(target), "size_bytes": size}, f"{target} ({format_size(size)})")


@click.group()
def uploads() -> None:
    """Follow packages on their way in."""


@uploads.command("list", epilog=examples("courseway uploads list", "courseway uploads list --open --json"))
@click.option("--open", "open_only", is_flag=True, help="Only those still under way")
@LIMIT
@remote_command
def list_uploads(remote: Remote, open_only: bool, limit: int) -> None:
    """List uploads, the newest first."""
    rows = remote.items("/api/uploads", {"open": "true" if open_only else None}, limit=limit)
    remote.table([_shown(row) for row in rows], UPLOAD_COLUMNS, empty="No uploads.")


@uploads.command("show", epilog=examples("courseway uploads show 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"))
@click.argument("upload", type=ID)
@remote_command
def show_upload(remote: Remote, upload: str) -> None:
    """Show how far UPLOAD has come and what was found."""
    found = remote.get(f"/api/uploads/{upload}")
    if remote.as_json:
        show_json(found)
        return
    show_fields(_shown(found), UPLOAD_COLUMNS)
    _show_findings(found)
