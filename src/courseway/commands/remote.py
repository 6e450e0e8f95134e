"""Speaking to a running platform over HTTP: where it is, which key, and refusals as one sentence."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

import click
import httpx

from courseway.commands.speech import NOT_UNDERSTOOD, REFUSED, Stop, say_done, show_fields, show_json, show_table

P = ParamSpec("P")
DEFAULT_CREDENTIALS = Path("data/credentials.json")
Parameters = Mapping[str, str | int | float | bool | None]


@dataclass
class Remote:
    """A platform to speak to, and how answers are wanted."""

    url: str
    client: httpx.Client
    as_json: bool

    def get(self, path: str, params: Parameters | None = None) -> Any:
        """Read something."""
        return self.call("GET", path, params=_present(params))

    def post(self, path: str, body: Any = None) -> Any:
        """Make or do something."""
        return self.call("POST", path, json=body)

    def delete(self, path: str) -> Any:
        """Remove something."""
        return self.call("DELETE", path)

    def items(self, path: str, params: Parameters | None = None, *, limit: int = 50) -> list[dict[str, Any]]:
        """Read a list, page by page, until there are `limit` rows or no more."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while len(found) < limit:
            asked = {**(params or {}), "limit": min(100, limit - len(found)), "cursor": cursor}
            page = self.get(path, asked)
            found += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                break
        return found

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Send one request; Stop with the platform's own sentence when it refuses."""
        answer = self._send(method, path, options)
        return answer.json() if answer.content else None

    def call_for_file(self, path: str, target: Path, params: Parameters | None = None) -> int:
        """Download into a file, whole or not at all; returns its size in bytes."""
        making = target.with_name(f".{target.name}.part")
        try:
            with self.client.stream("GET", path, params=_present(params)) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise _refusal(answer)
                with making.open("wb") as file:
                    for part in answer.iter_bytes():
                        file.write(part)
            making.replace(target)
        except httpx.HTTPError as error:
            raise _unreachable(self.url, error) from error
        except OSError as error:
            raise Stop(f"{target} cannot be written: {error.strerror}.") from error
        finally:
            making.unlink(missing_ok=True)
        return target.stat().st_size

    def probe(self, path: str) -> httpx.Response:
        """Read something whose refusal is an answer too."""
        try:
            return self.client.get(path)
        except httpx.HTTPError as error:
            raise _unreachable(self.url, error) from error

    def tell(self, value: Any, sentence: str) -> None:
        """Say that something is done; machines get the value."""
        if self.as_json:
            show_json(value)
        else:
            say_done(sentence)

    def table(self, rows: list[dict[str, Any]], columns: Mapping[str, str], *, empty: str) -> None:
        """Print a list; `columns` are titles by field, `empty` is said when there are no rows."""
        if self.as_json:
            show_json(rows)
        else:
            show_table(rows, columns, empty=empty)

    def fields(self, row: dict[str, Any], titles: Mapping[str, str]) -> None:
        """Print one thing."""
        if self.as_json:
            show_json(row)
        else:
            show_fields(row, titles)

    def _send(self, method: str, path: str, options: Mapping[str, Any]) -> httpx.Response:
        try:
            answer = self.client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise _unreachable(self.url, error) from error
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer


def _present(params: Parameters | None) -> dict[str, str | int | float | bool]:
    return {name: value for name, value in (params or {}).items() if value is not None and value != ""}


def _unreachable(url: str, error: httpx.HTTPError) -> Stop:
    if isinstance(error, httpx.TimeoutException):
        return Stop(f"{url} did not answer in time. Try again, or look at its log.")
    if isinstance(error, httpx.WriteError | httpx.ReadError | httpx.RemoteProtocolError):
        return Stop(f"{url} closed the connection in the middle. Try again, or look at its log.")
    return Stop(f"{url} cannot be reached ({error}). Is it running? Start it with: courseway up")


def _refusal(answer: httpx.Response) -> Stop:
    try:
        problem = answer.json()
        sentence = str(problem.get("detail") or problem.get("title") or answer.reason_phrase)
        reference = problem.get("id")
    except (ValueError, AttributeError):
        sentence, reference = f"The answer was {answer.status_code} {answer.reason_phrase}.", None
    if answer.status_code == 401:
        sentence += " Check COURSEWAY_API_KEY or --credentials."
    if answer.status_code >= 500 and reference:
        sentence += f" (id {reference})"
    return Stop(sentence, NOT_UNDERSTOOD if answer.status_code == 400 else REFUSED)


def remote_command(function: Callable[Concatenate[Remote, P], None]) -> Callable[..., None]:
    """Give a command the options that say which platform is meant, and a Remote as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON for machines")
    @click.option("--url", help="Address of the console  [env COURSEWAY_URL]")
    @click.option(
        "--credentials",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"File written by `courseway up`  [default: {DEFAULT_CREDENTIALS}]",
    )
    @wraps(function)
    def with_remote(*, as_json: bool, url: str | None, credentials: Path | None, **rest: Any) -> None:
        found_url, key = find_credentials(os.environ, url, credentials)
        headers = {"X-API-Key": key, "User-Agent": "courseway-cli"}
        with httpx.Client(base_url=found_url, headers=headers, timeout=60, follow_redirects=False) as client:
            cast(Callable[..., None], function)(Remote(found_url, client, as_json), **rest)

    return with_remote


def find_credentials(environment: Mapping[str, str], url: str | None, file: Path | None) -> tuple[str, str]:
    """Return address and API key: --credentials first, then the environment, then ./data/credentials.json."""
    found_url, key = url or environment.get("COURSEWAY_URL", ""), environment.get("COURSEWAY_API_KEY", "")
    if file is not None or not (found_url and key):
        chosen = file or DEFAULT_CREDENTIALS
        kept = _read_credentials(chosen, required=file is not None)
        if file is not None or not key:
            key = kept.get("api_key", key)
        found_url = url or (
            kept.get("console_url", "") if file is not None else found_url or kept.get("console_url", "")
        )
    if not key:
        raise Stop(
            "No API key was given. Set COURSEWAY_URL and COURSEWAY_API_KEY, or name the file that `courseway up` "
            "wrote: --credentials data/credentials.json",
            NOT_UNDERSTOOD,
        )
    return (found_url or "http://localhost:5000").rstrip("/"), key


def _read_credentials(file: Path, *, required: bool) -> dict[str, str]:
    try:
        return dict(json.loads(file.read_text()))
    except FileNotFoundError:
        if required:
            raise Stop(f"{file} does not exist.", NOT_UNDERSTOOD) from None
        return {}
    except (OSError, ValueError) as error:
        raise Stop(f"{file} cannot be read: {error}", NOT_UNDERSTOOD) from error


class IdParameter(click.ParamType):  # type: ignore[type-arg]
    """An id as lists show it; anything else is a mistake in the command line, not a request."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id in its usual form."""
        try:
            return str(UUID(str(value)))
        except ValueError:
            self.fail(f"{value!r} is not an id. Ids look like 0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22.", param, ctx)


ID = IdParameter()
LIMIT = click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Most rows to list"
)


def joined(values: Iterable[str]) -> list[str]:
    """Split options that may be repeated or written with commas."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]
