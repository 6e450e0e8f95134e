"""What the operator of the platform does beside it: tenants, migrations, health."""

import asyncio
import dataclasses
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from courseway import __version__, tenants
from courseway.commands.remote import LIMIT, Remote, remote_command
from courseway.commands.speech import (
    Stop,
    examples,
    refusals_spoken,
    say_done,
    show_fields,
    show_json,
    show_table,
    step,
)
from courseway.commands.up import DATABASE
from courseway.kit.db import Database
from courseway.ops.migrate import newest_revision, upgrade
from courseway.ops.postgres import Cluster
from courseway.settings import Settings, read_settings

TENANT_COLUMNS = {"id": "ID", "name": "Name", "slug": "Short name", "created_at": "Made"}
USER_COLUMNS = {"id": "ID", "email": "E-mail", "name": "Name", "role": "Role", "last_login_at": "Last sign-in"}
DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder of `courseway up`  [default: ./data]"
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines")


@click.group(name="tenants")
def tenants_group() -> None:
    """Tenants of this platform (operator), and the users of yours."""


@tenants_group.command(
    "create",
    epilog=examples('courseway tenants create "Contoso" --owner ada@contoso.example', "courseway tenants list"),
)
@click.argument("name")
@click.option("--owner", required=True, help="E-mail address of the first owner")
@click.option("--slug", default="", help="Short name, used in addresses  [default: from NAME]")
@DATA
@JSON
@refusals_spoken
def create_tenant(name: str, owner: str, slug: str, data: Path | None, as_json: bool) -> None:
    """Make a tenant called NAME with an owner and an API key. Works on the database directly."""

    async def make(service: tenants.Service) -> dict[str, Any]:
        made = await service.create_tenant(name=name, slug=slug)
        caller = tenants.platform_caller(made.id, "operator")
        user = await service.add_user(caller, email=owner, role=tenants.Role.OWNER)
        key = await service.create_key(caller, name="First key", scopes=tuple(tenants.Scope))
        return {
            **_plain(made),
            "email": user.user.email,
            "password": user.initial_password,
            "api_key": key.credential,
        }

    found = asyncio.run(_with_service(data, make))
    if as_json:
        show_json(found)
        return
    say_done("The tenant is made. Password and key are shown this once:")
    titles = {**TENANT_COLUMNS, "email": "Owner", "password": "Password", "api_key": "API key"}
    show_fields({**found, "password": found["password"] or "as before: the account existed"}, titles)


@tenants_group.command("list", epilog=examples("courseway tenants list --json"))
@DATA
@JSON
@refusals_spoken
def list_tenants(data: Path | None, as_json: bool) -> None:
    """List every tenant of the platform. Works on the database directly."""

    async def read(service: tenants.Service) -> list[dict[str, Any]]:
        return [_plain(tenant) for tenant in await service.list_tenants()]

    rows = asyncio.run(_with_service(data, read))
    if as_json:
        show_json(rows)
    else:
        show_table(rows, TENANT_COLUMNS, empty="No tenants.")


@tenants_group.command("users", epilog=examples("courseway tenants users", "courseway tenants users --json"))
@LIMIT
@remote_command
def list_users(remote: Remote, limit: int) -> None:
    """List the users of the tenant whose API key is used."""
    remote.table(remote.items("/api/users", limit=limit), USER_COLUMNS, empty="No users.")


@tenants_group.command("reset-password", epilog=examples("courseway tenants reset-password ada@contoso.example"))
@click.argument("email")
@DATA
@JSON
@refusals_spoken
def reset_password(email: str, data: Path | None, as_json: bool) -> None:
    """Give the account EMAIL a new password and end its sessions. Works on the database directly."""

    async def reset(service: tenants.Service) -> str:
        return await service.reset_password(email)

    password = asyncio.run(_with_service(data, reset))
    if as_json:
        show_json({"email": email, "password": password})
        return
    say_done(f"The new password of {email}, shown this once:")
    click.echo(password)


@click.command(
    epilog=examples("DATABASE_URL=postgresql://… courseway migrate", "courseway migrate --data /srv/courseway")
)
@DATA
@refusals_spoken
def migrate(data: Path | None) -> None:
    """Bring the tables of the database to the newest schema."""
    url = find_database(_settings(data)).database_url
    with step(f"Tables are at revision {newest_revision()}"):
        upgrade(url)


@click.command(epilog=examples("courseway version --json"))
@JSON
def version(as_json: bool) -> None:
    """Print the version and the schema it needs."""
    if as_json:
        show_json({"version": __version__, "schema": newest_revision()})
    else:
        click.echo(f"courseway {__version__}, schema {newest_revision()}")


def _settings(data: Path | None) -> Settings:
    read = read_settings(os.environ)
    return dataclasses.replace(read, data_dir=str((data or Path(read.data_dir)).expanduser().resolve()))


def find_database(settings: Settings) -> Settings:
    """Return the settings with the database of DATABASE_URL, or the embedded one that must be running."""
    if settings.database_url:
        return settings
    folder = Path(settings.data_dir) / "postgres"
    if not (folder / "pgdata").is_dir():
        raise Stop(
            f"There is no database in {settings.data_dir}. Set DATABASE_URL, name the folder with --data, or run: courseway up"
        )
    cluster = Cluster(folder)
    if not cluster.answers():
        raise Stop(f"The database in {settings.data_dir} is not running. Start it with: courseway up")
    return dataclasses.replace(settings, database_url=cluster.url(DATABASE))


async def _with_service(data: Path | None, act: Callable[[tenants.Service], Awaitable[Any]]) -> Any:
    settings = find_database(_settings(data))
    db = Database(settings.database_url, min_size=1, max_size=1)
    await db.open()
    try:
        return await act(tenants.Service(db=db, console_url=settings.console_url))
    finally:
        await db.close()


def _plain(value: Any) -> dict[str, Any]:
    return dict(msgspec.to_builtins(value))
