"""
The xAPI over HTTP, as far as it goes: reading statements, and what this LRS is. [xAPI Communication 2.1, 2.8]

Writing statements, documents, agents and activities are answered with 501 until they are here.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod

from courseway.errors import Refusal
from courseway.kit.ids import parse_id
from courseway.kit.web import PROBLEM_TYPE, render_problem, render_refusal
from courseway.lrs.model import QueryRefused, StatementQuery, page_limit
from courseway.lrs.service import Service
from courseway.standards.xapi import parse_agent
from courseway.tenants import Caller

VERSIONS = ("1.0.3", "2.0.0")
_PARAMETERS = {
    "statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "related_activities",
    "related_agents", "since", "until", "limit", "format", "attachments", "ascending", "after",
}  # fmt: skip
_LATER = ("related_activities", "related_agents")


def router(service: Service) -> Router:
    """Return the routes below /xapi; every one but `about` needs a `caller`."""

    @get("/about", summary="Which versions of the xAPI are spoken")
    async def about() -> Response[bytes]:
        """Say which versions of the xAPI are spoken."""
        return _answer(msgspec.json.encode({"version": list(VERSIONS)}), VERSIONS[0])

    @get("/statements", summary="Find statements")
    async def statements(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> Response[bytes]:
        """Find statements."""
        asked = request.headers.get("x-experience-api-version", "")
        try:
            version = _version(asked)
            return await _find(service, caller, dict(request.query_params), version)
        except Refusal as refusal:
            status, body = render_refusal(refusal)
            return _answer(body, _spoken(asked), status=status, media_type=PROBLEM_TYPE)

    @route(
        ["/statements", "/activities/{rest:path}", "/agents/{rest:path}", "/activities", "/agents"],
        http_method=[HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE],
        include_in_schema=False,
    )
    async def not_yet(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> Response[bytes]:
        """Answer clearly what cannot be done yet."""
        return _not_yet(
            "Statements and documents cannot be written over HTTP yet; courses played here write their own."
        )

    return Router("/xapi", route_handlers=[about, statements, not_yet], tags=["xAPI"])


async def _find(service: Service, caller: Caller, asked: dict[str, Any], version: str) -> Response[bytes]:
    unknown = set(asked) - _PARAMETERS
    if unknown:
        raise QueryRefused(f"{', '.join(sorted(unknown))}: not a parameter of statements")
    through = {"X-Experience-API-Consistent-Through": _moment(service.consistent_through())}
    for name in ("statementId", "voidedStatementId"):
        if name in asked:
            if set(asked) - {name, "format", "attachments"}:
                raise QueryRefused(f"{name} goes with format and attachments only")
            found = await service.statement(caller, _uuid(name, asked[name]), voided=name != "statementId")
            return _answer(msgspec.json.encode(found.statement), version, headers=through)
    query = read_query(asked)
    page = await service.list_statements(caller, query)
    more = ""
    if page.next_after is not None:
        more = f"/xapi/statements?{urlencode({**asked, 'after': page.next_after})}"
    body = {"statements": [one.statement for one in page.statements], "more": more}
    return _answer(msgspec.json.encode(body), version, headers=through)


def read_query(asked: dict[str, Any]) -> StatementQuery:
    """Read the parameters of a search; QueryRefused says which one is wrong and why."""
    for name in _LATER:
        if asked.get(name, "false") != "false":
            raise QueryRefused(f"{name} is not available yet")
    agent = parse_agent(asked["agent"]) if "agent" in asked else None
    if "agent" in asked and agent is None:
        raise QueryRefused("agent is a JSON object with exactly one of mbox, mbox_sha1sum, openid and account")
    return StatementQuery(
        agent=agent,
        verb=asked.get("verb"),
        activity=asked.get("activity"),
        registration=_uuid("registration", asked["registration"]) if "registration" in asked else None,
        since=_time("since", asked.get("since")),
        until=_time("until", asked.get("until")),
        ascending=_flag("ascending", asked.get("ascending", "false")),
        limit=page_limit(_number("limit", asked.get("limit"))),
        after=_number("after", asked.get("after")),
    )


def _version(asked: str) -> str:
    if asked not in ("1.0", "2.0") and not asked.startswith(("1.0.", "2.0.")):
        raise QueryRefused("X-Experience-API-Version is 1.0.3 or 2.0.0")
    return _spoken(asked)


def _spoken(asked: str) -> str:
    return VERSIONS[1] if asked.startswith("2.0") else VERSIONS[0]


def _answer(
    body: bytes, version: str, *, status: int = 200, media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    known = {"X-Experience-API-Version": version, **(headers or {})}
    return Response(body, status_code=status, media_type=media_type, headers=known)


def _not_yet(detail: str) -> Response[bytes]:
    body = render_problem(501, "lrs.not_yet", "Not here yet", detail)
    return _answer(body, VERSIONS[0], status=501, media_type=PROBLEM_TYPE)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uuid(name: str, text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise QueryRefused(f"{name} is a UUID, not {text[:60]!r}")
    return found


def _time(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise QueryRefused(f"{name} is an ISO 8601 timestamp, not {text[:60]!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise QueryRefused(f"{name} is a whole number, not {text[:60]!r}") from None


def _flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise QueryRefused(f"{name} is true or false, not {text[:60]!r}")
    return text == "true"
