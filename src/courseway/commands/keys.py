"""`courseway keys`: API and LRS keys of one's tenant."""

from datetime import UTC, datetime
from typing import Any

import click

from courseway.commands.dispatches import parse_moment
from courseway.commands.remote import ID, LIMIT, Remote, joined, remote_command
from courseway.commands.speech import NOT_UNDERSTOOD, Stop, examples, say_done, show_json

EVERYTHING = "admin:*"
# The platform's own words, written out here: loading the rooms would make every short command wait.
RIGHTS = (
    *("course:read", "course:write", "course:delete", "dispatch:read", "dispatch:write", "dispatch:delete"),
    *("analytics:read", "xapi:read", "xapi:write", EVERYTHING),
)
COLUMNS = {
    "id": "ID",
    "name": "Name",
    "kind": "Kind",
    "public_id": "Public part",
    "scopes": "Rights",
    "state": "State",
    "last_used_at": "Last used",
}


@click.group()
def keys() -> None:
    """Make, list and revoke API keys and LRS keys."""


@keys.command(
    "create",
    epilog=examples(
        'courseway keys create "Nightly export" --scope course:read,analytics:read --expires 2030-12-31',
        'courseway keys create "Authoring tool" --lrs',
    ),
)
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help=f"Right; repeatable. One of {', '.join(RIGHTS)}")
@click.option("--lrs", is_flag=True, help="A key for the Learning Record Store (Basic authentication)")
@click.option("--expires", help="Last moment it works: 2030-12-31 or 2030-12-31T18:00:00Z")
@remote_command
def create_key(remote: Remote, name: str, scopes: tuple[str, ...], lrs: bool, expires: str | None) -> None:
    """Make a key called NAME. Its secret is shown this once and kept nowhere."""
    chosen = joined(scopes)
    if not chosen and not lrs:
        raise Stop(f"Choose at least one right with --scope: {', '.join(RIGHTS)}", NOT_UNDERSTOOD)
    body = {"name": name, "kind": "lrs" if lrs else "api", "scopes": chosen, "expires_at": parse_moment(expires)}
    made = remote.post("/api/keys", body)
    if remote.as_json:
        show_json(made)
        return
    say_done(f"Key {made['key']['name']}. It is shown this once; keep it now:")
    if lrs:
        click.echo(f"key:    {made['key']['public_id']}\nsecret: {made['secret']}")
    else:
        click.echo(made["credential"])


@keys.command("list", epilog=examples("courseway keys list --json"))
@LIMIT
@remote_command
def list_keys(remote: Remote, limit: int) -> None:
    """List keys, revoked ones too; never their secrets."""
    rows = remote.items("/api/keys", limit=limit)
    if not remote.as_json:
        rows = [_shown(row) for row in rows]
    remote.table(rows, COLUMNS, empty="No keys.")


@keys.command("revoke", epilog=examples("courseway keys revoke 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"))
@click.argument("key", type=ID)
@remote_command
def revoke_key(remote: Remote, key: str) -> None:
    """Revoke KEY; it stops working everywhere within five seconds."""
    remote.delete(f"/api/keys/{key}")
    remote.tell({"id": key, "revoked": True}, "The key is revoked")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    scopes = "everything" if EVERYTHING in row["scopes"] else row["scopes"]
    return {**row, "scopes": scopes, "state": _state(row["revoked_at"], row["expires_at"])}


def _state(revoked_at: str | None, expires_at: str | None) -> str:
    if revoked_at:
        return "revoked"
    if expires_at and datetime.fromisoformat(expires_at) <= datetime.now(UTC):
        return "expired"
    return "valid"
