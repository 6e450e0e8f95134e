"""`courseway registrations`: learners put into courses, launch links, results."""

from typing import Any

import click

from courseway.commands.remote import ID, LIMIT, Remote, remote_command
from courseway.commands.speech import examples, show_fields, show_json, show_table

SOME_ID = "0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"
COLUMNS = {
    "id": "ID",
    "learner_name": "Learner",
    "course_title": "Course",
    "completion": "Completion",
    "success": "Success",
    "score": "Score",
    "time": "Time",
    "last_activity_at": "Last activity",
}

ACTIVITY_COLUMNS = {
    "title": "Activity",
    "kind": "Kind",
    "completion": "Completion",
    "success": "Success",
    "attempts": "Attempts",
}


@click.group()
def registrations() -> None:
    """Put learners into courses, make launch links, read results."""


@registrations.command(
    "create",
    epilog=examples(
        f"courseway registrations create --course {SOME_ID} --learner ada --name 'Ada Lovelace'",
        f"courseway registrations create --course {SOME_ID} --learner ada --json",
        f"courseway registrations create --course {SOME_ID} --learner ada --organization refresher",
    ),
)
@click.option("--course", type=ID, required=True, help="The course")
@click.option("--learner", required=True, help="Your own id of the learner")
@click.option("--name", default="", help="Name to show to the learner")
@click.option("--email", default="", help="The learner's e-mail address")
@click.option("--organization", default="", help="Which of the course's organizations  [default: its default one]")
@remote_command
def create_registration(remote: Remote, course: str, learner: str, name: str, email: str, organization: str) -> None:
    """Register a learner for a course."""
    body = {
        "course_id": course,
        "learner": {"id": learner, "name": name, "email": email},
        "organization": organization,
    }
    made = remote.post("/api/registrations", body)
    remote.tell(made, f"Registration {made['id']}. Next: courseway registrations launch-link {made['id']}")


@registrations.command("list", epilog=examples(f"courseway registrations list --course {SOME_ID} --json"))
@click.option("--course", type=ID, help="Only of this course")
@click.option("--search", help="Words of the learner's name or id")
@LIMIT
@remote_command
def list_registrations(remote: Remote, course: str | None, search: str | None, limit: int) -> None:
    """List registrations, the newest first."""
    rows = remote.items("/api/registrations", {"course_id": course, "search": search}, limit=limit)
    if not remote.as_json:
        rows = [_flat(row) for row in rows]
    remote.table(rows, COLUMNS, empty="No registrations. Make one: courseway registrations create --help")


@registrations.command("show", epilog=examples(f"courseway registrations show {SOME_ID}"))
@click.argument("registration", type=ID)
@remote_command
def show_registration(remote: Remote, registration: str) -> None:
    """Show REGISTRATION: what the learner has reached."""
    found = remote.get(f"/api/registrations/{registration}")
    titles = {
        **COLUMNS,
        "organization": "Organization",
        "launch_count": "Launches",
        "created_at": "Made",
        "completed_at": "Completed",
    }
    if remote.as_json:
        show_json(found)
        return
    played = {"organization": found["organization_title"]} if found.get("organization_title") else {}
    show_fields(_flat({**found["registration"], **played}), titles)
    click.echo()
    show_table(found["activities"], ACTIVITY_COLUMNS, empty="No activities yet.")


@registrations.command(
    "launch-link",
    epilog=examples(
        f"courseway registrations launch-link {SOME_ID}",
        f"xdg-open $(courseway registrations launch-link {SOME_ID})",
    ),
)
@click.argument("registration", type=ID)
@click.option("--exit-url", help="Where the player goes when the learner leaves")
@remote_command
def make_launch_link(remote: Remote, registration: str, exit_url: str | None) -> None:
    """Make a short-lived link that launches REGISTRATION; prints only the link."""
    body = {"exit_url": exit_url} if exit_url else {}
    made = remote.post(f"/api/registrations/{registration}/launch-link", body)
    if remote.as_json:
        remote.tell(made, "")
    else:
        click.echo(made["url"])


@registrations.command("delete", epilog=examples(f"courseway registrations delete {SOME_ID}"))
@click.argument("registration", type=ID)
@remote_command
def delete_registration(remote: Remote, registration: str) -> None:
    """Delete REGISTRATION."""
    remote.delete(f"/api/registrations/{registration}")
    remote.tell({"id": registration, "deleted": True}, "The registration is deleted")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    summary, learner = row.get("summary") or {}, row.get("learner") or {}
    score = summary.get("score") or {}
    scaled, raw = score.get("scaled"), score.get("raw")
    return {
        **row,
        "learner_name": learner.get("name") or learner.get("external_id"),
        "completion": summary.get("completion"),
        "success": summary.get("success"),
        "score": f"{scaled:.0%}" if scaled is not None else raw,
        "time": f"{summary.get('total_time_seconds', 0) / 60:.0f} min",
    }
