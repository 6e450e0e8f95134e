"""`courseway destinations` and `courseway dispatches`: who gets a course, within which limits, and who uses it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from courseway.commands.remote import ID, LIMIT, Remote, joined, remote_command
from courseway.commands.speech import NOT_UNDERSTOOD, Stop, examples, format_size

SOME_ID = "0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"
FORMATS = ["scorm12", "scorm2004-3", "scorm2004-4"]
DESTINATION_COLUMNS = {
    "id": "ID",
    "name": "Name",
    "lms_origins": "LMS addresses",
    "owner_email": "Contact",
    "dispatch_count": "Dispatches",
    "created_at": "Made",
}
DISPATCH_COLUMNS = {
    "id": "ID",
    "name": "Name",
    "destination_name": "Destination",
    "course_title": "Course",
    "seats": "Seats",
    "state": "State",
    "expires_at": "Expires",
    "last_launch_at": "Last launch",
}
USER_COLUMNS = {
    "learner_key": "Learner",
    "name": "Name",
    "completion": "Completion",
    "success": "Success",
    "score_scaled": "Score",
    "revision": "Result",
    "lms_revision": "Taken by the LMS",
    "last_launch_at": "Last launch",
}


@click.group()
def destinations() -> None:
    """Keep the customers' LMSs that courses are dispatched to."""


@destinations.command(
    "create", epilog=examples('courseway destinations create "Contoso" --lms-origin https://lms.contoso.example')
)
@click.argument("name")
@click.option("--lms-origin", "origins", multiple=True, help="Address of the LMS that may show the player; repeatable")
@click.option("--email", default="", help="Contact at the customer")
@click.option("--tag", "tags", multiple=True, help="Tag; repeatable")
@click.option("--hash-learners", is_flag=True, help="Keep learners' ids as keyed hashes only")
@remote_command
def create_destination(
    remote: Remote, name: str, origins: tuple[str, ...], email: str, tags: tuple[str, ...], hash_learners: bool
) -> None:
    """Make a destination called NAME."""
    body = {
        "name": name,
        "lms_origins": joined(origins),
        "owner_email": email,
        "tags": joined(tags),
        "hash_learners": hash_learners,
    }
    remote.tell(made := remote.post("/api/destinations", body), f"Destination {made['name']}: {made['id']}")


@destinations.command("list", epilog=examples("courseway destinations list --json"))
@click.option("--search", help="Words of the name")
@LIMIT
@remote_command
def list_destinations(remote: Remote, search: str | None, limit: int) -> None:
    """List destinations."""
    rows = remote.items("/api/destinations", {"search": search}, limit=limit)
    remote.table(rows, DESTINATION_COLUMNS, empty="No destinations. Make one: courseway destinations create NAME")


@destinations.command("show", epilog=examples(f"courseway destinations show {SOME_ID}"))
@click.argument("destination", type=ID)
@remote_command
def show_destination(remote: Remote, destination: str) -> None:
    """Show DESTINATION."""
    remote.fields(remote.get(f"/api/destinations/{destination}"), {**DESTINATION_COLUMNS, "notes": "Notes"})


@destinations.command("delete", epilog=examples(f"courseway destinations delete {SOME_ID}"))
@click.argument("destination", type=ID)
@remote_command
def delete_destination(remote: Remote, destination: str) -> None:
    """Put DESTINATION into the bin; it must have no dispatches."""
    remote.delete(f"/api/destinations/{destination}")
    remote.tell({"id": destination, "deleted": True}, "The destination is in the bin")


@click.group()
def dispatches() -> None:
    """Dispatch courses, package them, pause them, see who uses them."""


@dispatches.command(
    "create",
    epilog=examples(
        f"courseway dispatches create --course {SOME_ID} --destination {SOME_ID} --seats 50",
        f"courseway dispatches create --course {SOME_ID} --destination {SOME_ID} --expires 2030-12-31",
    ),
)
@click.option("--course", type=ID, required=True, help="The course")
@click.option("--destination", type=ID, required=True, help="Who gets it")
@click.option("--name", default="", help="Name  [default: the course's title]")
@click.option("--seats", type=click.IntRange(0), default=0, help="Most learners; 0 for any number  [default: 0]")
@click.option("--expires", help="Last moment of launching: 2030-12-31 or 2030-12-31T18:00:00Z")
@click.option("--closed", is_flag=True, help="No new learners, only those who began")
@click.option("--tag", "tags", multiple=True, help="Tag; repeatable")
@click.option("--organization", default="", help="Which of the course's organizations  [default: its default one]")
@remote_command
def create_dispatch(
    remote: Remote,
    course: str,
    destination: str,
    name: str,
    seats: int,
    expires: str | None,
    closed: bool,
    tags: tuple[str, ...],
    organization: str,
) -> None:
    """Send a course to a destination."""
    body = {
        "course_id": course,
        "destination_id": destination,
        "name": name,
        "registration_cap": seats,
        "expires_at": parse_moment(expires),
        "allow_new_registrations": not closed,
        "tags": joined(tags),
        "options": {"organization": organization},
    }
    made = remote.post("/api/dispatches", body)
    remote.tell(made, f"Dispatch {made['name']}: {made['id']}. Next: courseway dispatches package {made['id']}")


@dispatches.command("list", epilog=examples("courseway dispatches list", "courseway dispatches list --json"))
@click.option("--search", help="Words of the name")
@click.option("--course", type=ID, help="Only of this course")
@click.option("--destination", type=ID, help="Only to this destination")
@LIMIT
@remote_command
def list_dispatches(
    remote: Remote, search: str | None, course: str | None, destination: str | None, limit: int
) -> None:
    """List dispatches."""
    params = {"search": search, "course_id": course, "destination_id": destination}
    rows = remote.items("/api/dispatches", params, limit=limit)
    empty = "No dispatches. Make one: courseway dispatches create --help"
    remote.table([_with_seats(row) for row in rows], DISPATCH_COLUMNS, empty=empty)


@dispatches.command("show", epilog=examples(f"courseway dispatches show {SOME_ID}"))
@click.argument("dispatch", type=ID)
@remote_command
def show_dispatch(remote: Remote, dispatch: str) -> None:
    """Show DISPATCH and how much of it is used."""
    found = remote.get(f"/api/dispatches/{dispatch}")
    titles = {**DISPATCH_COLUMNS, "launches": "Launches", "completions": "Completions", "notes": "Notes"}
    remote.fields(_with_seats(found), titles)


@dispatches.command(
    "package", epilog=examples(f"courseway dispatches package {SOME_ID} --format scorm2004-4 -o contoso.zip")
)
@click.argument("dispatch", type=ID)
@click.option(
    "--format",
    "package_format",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="Format of the package",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write")
@remote_command
def package_dispatch(remote: Remote, dispatch: str, package_format: str, output: Path | None) -> None:
    """Download the package of DISPATCH that the customer imports into the LMS."""
    target = output or Path(f"dispatch-{dispatch[-8:]}-{package_format}.zip")
    size = remote.call_for_file(f"/api/dispatches/{dispatch}/package", target, {"format": package_format})
    remote.tell({"file": str(target), "size_bytes": size}, f"{target} ({format_size(size)})")


@dispatches.command("pause", epilog=examples(f"courseway dispatches pause {SOME_ID}"))
@click.argument("dispatch", type=ID)
@remote_command
def pause_dispatch(remote: Remote, dispatch: str) -> None:
    """Let nobody launch DISPATCH until it is resumed."""
    found = remote.post(f"/api/dispatches/{dispatch}/pause")
    remote.tell(found, f"{found['name']} is paused")


@dispatches.command("resume", epilog=examples(f"courseway dispatches resume {SOME_ID}"))
@click.argument("dispatch", type=ID)
@remote_command
def resume_dispatch(remote: Remote, dispatch: str) -> None:
    """Let learners launch DISPATCH again."""
    found = remote.post(f"/api/dispatches/{dispatch}/resume")
    remote.tell(found, f"{found['name']} can be launched again")


@dispatches.command("delete", epilog=examples(f"courseway dispatches delete {SOME_ID}"))
@click.argument("dispatch", type=ID)
@remote_command
def delete_dispatch(remote: Remote, dispatch: str) -> None:
    """Put DISPATCH into the bin; its packages stop working, its results stay."""
    remote.delete(f"/api/dispatches/{dispatch}")
    remote.tell({"id": dispatch, "deleted": True}, "The dispatch is in the bin")


@dispatches.command("users", epilog=examples(f"courseway dispatches users {SOME_ID} --json"))
@click.argument("dispatch", type=ID)
@click.option("--search", help="Words of the name or id")
@LIMIT
@remote_command
def list_users(remote: Remote, dispatch: str, search: str | None, limit: int) -> None:
    """List the learners of DISPATCH: how far they are here, and what their LMS took."""
    rows = remote.items(f"/api/dispatches/{dispatch}/users", {"search": search}, limit=limit)
    remote.table(rows, USER_COLUMNS, empty="Nobody has launched this dispatch yet.")


def parse_moment(text: str | None) -> str | None:
    """Read a date or a date with a time; without a zone it is UTC, a bare date means its last second."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Stop(f"{text!r} is not a date. Write 2030-12-31 or 2030-12-31T18:00:00Z.", NOT_UNDERSTOOD) from None
    if len(text) == 10:
        moment = moment.replace(hour=23, minute=59, second=59)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _with_seats(row: dict[str, Any]) -> dict[str, Any]:
    cap = row["registration_cap"]
    return {**row, "seats": f"{row['registration_count']} of {cap}" if cap else str(row["registration_count"])}
