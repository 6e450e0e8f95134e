"""Under what a statement is filed and found: digests of actors, verb, activity, registration, time. [xAPI Data 2.4.2, Communication 2.1.3]"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid")


class Filed(msgspec.Struct, frozen=True):
    """One statement with its keys; `body` is the statement as JSON."""

    id: UUID
    actor_digest: bytes
    verb: str
    activity: str
    registration: UUID | None
    timestamp: datetime
    body: bytes


def file_statement(statement: Mapping[str, Any]) -> Filed:
    """Work out the keys of a statement of our own making, which is valid and has an id and a timestamp."""
    target = statement["object"]
    registration = statement.get("context", {}).get("registration")
    return Filed(
        id=UUID(statement["id"]),
        actor_digest=agent_digest(statement["actor"]),
        verb=statement["verb"]["id"],
        activity=target["id"] if target.get("objectType", "Activity") == "Activity" else "",
        registration=UUID(registration) if registration else None,
        timestamp=datetime.fromisoformat(statement["timestamp"]).astimezone(UTC),
        body=msgspec.json.encode(statement),
    )


def agent_digest(agent: Mapping[str, Any]) -> bytes:
    """Return 16 bytes that are the same for every spelling of one agent: of its inverse functional identifier alone."""
    for name in _IDENTIFIERS:
        if name in agent:
            return _digest(name, str(agent[name]))
    account = agent.get("account")
    if isinstance(account, Mapping):
        return _digest("account", str(account.get("homePage", "")), str(account.get("name", "")))
    members = sorted(agent_digest(one).hex() for one in agent.get("member", ()))
    return _digest("group", *members)


def parse_agent(text: str) -> dict[str, Any] | None:
    """Read the `agent` parameter of a query; None when it does not name exactly one agent. [xAPI Communication 2.1.3]"""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    named = [name for name in (*_IDENTIFIERS, "account") if name in found]
    if len(named) != 1:
        return None
    account = found.get("account")
    if named == ["account"] and not (
        isinstance(account, dict) and isinstance(account.get("homePage"), str) and isinstance(account.get("name"), str)
    ):
        return None
    return found


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\x00".join(parts).encode()).digest()[:16]
