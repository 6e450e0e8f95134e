"""`courseway launches`: what happened in a launch, why, and playing it again as a regression test."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from courseway.commands.registrations import SOME_ID
from courseway.commands.remote import ID, Remote, remote_command
from courseway.commands.speech import NOT_UNDERSTOOD, Stop, examples, printable, refusals_spoken, say_done, show_json
from courseway.learning.model.explaining import Explained, explain, say
from courseway.learning.model.launch_file import (
    LaunchFile,
    NotLaunchFile,
    anonymous,
    parse_launch_file,
    render_launch_file,
)
from courseway.learning.model.replay import Replayed, replay_launch
from courseway.learning.model.values import NavigationRecord

COLUMNS = {
    "id": "ID",
    "mode": "Mode",
    "started_at": "Started",
    "last_seen_at": "Last seen",
    "end_reason": "Ended by",
    "commits": "Commits",
    "navigations": "Navigations",
}
CALL_COLUMNS = {
    "commit": "Commit",
    "at": "ms",
    "method": "Call",
    "element": "Element",
    "value": "Value",
    "result": "Answer",
    "error": "Error",
}
DETAIL = {
    "id": "Launch",
    "course_title": "Course",
    "standard": "Standard",
    "edition": "Edition",
    **{field: title for field, title in COLUMNS.items() if field != "id"},
    "exportable": "Can be exported",
}
MOST_BYTES = 512 * 1024 * 1024


@click.group()
def launches() -> None:
    """See what happened in a launch and why; export one and play it again."""


@launches.command(
    "list",
    epilog=examples(
        f"courseway launches list --registration {SOME_ID}", f"courseway launches list --previews-of {SOME_ID}"
    ),
)
@click.option("--registration", type=ID, help="Launches of this registration")
@click.option("--previews-of", "course", type=ID, help="The last previews of this course")
@remote_command
def list_launches(remote: Remote, registration: str | None, course: str | None) -> None:
    """List the launches of a registration, or the last previews of a course, the newest first."""
    if (registration is None) == (course is None):
        raise Stop("Say whose launches: --registration ID, or --previews-of COURSE.", NOT_UNDERSTOOD)
    path = f"/api/registrations/{registration}/launches" if registration else f"/api/courses/{course}/previews"
    remote.table(remote.get(path)["items"], COLUMNS, empty="No launches yet.")


@launches.command("show", epilog=examples(f"courseway launches show {SOME_ID}"))
@click.argument("launch", type=ID)
@remote_command
def show_launch(remote: Remote, launch: str) -> None:
    """Show LAUNCH: of which course, when, and how it ended."""
    found = remote.get(f"/api/launches/{launch}")
    remote.fields(found if remote.as_json else {**found, **found["launch"]}, DETAIL)


@launches.command(
    "calls",
    epilog=examples(f"courseway launches calls {SOME_ID}", f"courseway launches calls {SOME_ID} --failed --json"),
)
@click.argument("launch", type=ID)
@click.option("--element", default="", help="Only calls about elements with this in their name")
@click.option("--failed", is_flag=True, help="Only calls that were answered with an error")
@remote_command
def show_calls(remote: Remote, launch: str, element: str, failed: bool) -> None:
    """Show every call the course made in LAUNCH: element, value, answer, error, time."""
    rows = []
    after: int | None = 0
    while after is not None:
        page = remote.get(f"/api/launches/{launch}/calls", {"after": after})
        rows += [_call_row(commit, call) for commit in page["items"] for call in commit["calls"]]
        after = page["next_after"]
    rows = [one for one in rows if element.lower() in one["element"].lower()]
    rows = [one for one in rows if one["error"] not in ("", "0")] if failed else rows
    remote.table(rows, CALL_COLUMNS, empty="No calls." if not (element or failed) else "No call fits.")


def _call_row(commit: dict[str, Any], call: Sequence[Any]) -> dict[str, Any]:
    at, method, element, value, result, error = [*call, *([""] * 6)][:6]
    return {
        "commit": commit["seq"], "delivery": commit["delivery"], "activity": commit["activity_id"], "at": at,
        "method": str(method), "element": str(element), "value": value, "result": result, "error": str(error),
    }  # fmt: skip


@launches.command(
    "why", epilog=examples(f"courseway launches why {SOME_ID}", f"courseway launches why {SOME_ID} --nav 2")
)
@click.argument("launch", type=ID)
@click.option("--nav", type=int, help="Only this navigation; 0 is the start")
@remote_command
def say_why(remote: Remote, launch: str, nav: int | None) -> None:
    """Say why each navigation of LAUNCH went as it did, in the steps of the book, and what was off afterwards."""
    found = remote.get(f"/api/launches/{launch}/navigations")["items"]
    found = [one for one in found if nav is None or one["nav"] == nav]
    if not found:
        raise Stop("There is no such navigation in this launch." if nav is not None else "This launch never started.")
    if remote.as_json:
        show_json(found)
        return
    titles = remote.get(f"/api/launches/{launch}")["activities"]
    for row in found:
        record = msgspec.convert(row, NavigationRecord)
        _print_explained(record, explain(record, titles))


def _print_explained(record: NavigationRecord, explained: Explained) -> None:
    where = "reload" if record.nav < 0 else "start" if record.nav == 0 else f"navigation {record.nav}"
    mark = click.style("refused: ", fg="red") if explained.outcome == "refused" else ""
    code = f" ({explained.code})" if explained.code else ""
    click.echo(
        click.style(f"{where}: {printable(say(explained.request))}", bold=True)
        + f" → {mark}{printable(say(explained.result))}{code}"
    )
    for process in explained.processes:
        click.echo(f"  {process.name}")
        for reason in process.reasons:
            click.echo(f"    {printable(reason.clause):<10} {printable(say(reason.words))}")
    if explained.off:
        click.echo("  Off afterwards")
        for off in explained.off:
            what = printable(", ".join(say(one) for one in off.what))
            click.echo(f"    {f'{what}: ' if what else ''}{printable(say(off.why))}")
    click.echo()


@launches.command(
    "export",
    epilog=examples(
        f"courseway launches export {SOME_ID} -o launch.json", f"courseway launches export {SOME_ID} --anonymous"
    ),
)
@click.argument("launch", type=ID)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File  [default: launch-ID.json]")
@click.option("--anonymous", "without_learner", is_flag=True, help="Leave the learner's id and name out")
@remote_command
def export_launch(remote: Remote, launch: str, output: Path | None, without_learner: bool) -> None:
    """Download LAUNCH as a file that `replay` plays again."""
    target = output or Path(f"launch-{launch}.json")
    if target.exists():
        raise Stop(f"{target} exists already. Name another file with -o, or remove it first.")
    size_bytes = remote.call_for_file(f"/api/launches/{launch}/export", target, {"anonymous": without_learner})
    remote.tell({"file": str(target), "size_bytes": size_bytes}, f"{target}. Next: courseway launches replay {target}")


@launches.command(
    "replay",
    epilog=examples(
        "courseway launches replay launch.json",
        "courseway launches replay launch.json --trace --json",
        "courseway launches replay launch.json --keep tests/replays",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--trace", is_flag=True, help="Compare the reasons of navigations too")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a copy without the learner into this folder, expecting what happens now",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines")
@refusals_spoken
def replay(file: Path, trace: bool, keep: Path | None, as_json: bool) -> None:
    """
    Play the exported launch in FILE again, here and without a platform, and show what is different.

    Exit codes: 0 everything went as recorded, 1 something is different, 2 not an exported launch.
    """
    document = _read(file)
    try:
        launch = parse_launch_file(document)
    except NotLaunchFile as refusal:
        raise Stop(f"{file}: {refusal.detail}", NOT_UNDERSTOOD) from refusal
    found = replay_launch(launch, traces=trace)
    kept = _keep(launch, keep, file.stem) if keep is not None else None
    if as_json:
        show_json({**_as_json(found), "kept": str(kept) if kept else None})
    else:
        _print_replayed(launch, found)
        if kept is not None:
            say_done(f"Kept as {kept}")
    if not found.same:
        raise SystemExit(1)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Stop(f"{file} is larger than any exported launch.", NOT_UNDERSTOOD)
        return file.read_bytes()
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}.", NOT_UNDERSTOOD) from error


def _keep(launch: LaunchFile, folder: Path, name: str) -> Path:
    """Write a regression test: the learner and the reasons left out, every answer as it is now."""
    plain = anonymous(launch)
    now = msgspec.structs.replace(plain, steps=[_without_trace(one) for one in replay_launch(plain).steps])
    target = folder / f"{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as made:
            made.write(render_launch_file(now))
    except FileExistsError as error:
        raise Stop(f"{target} exists already; nothing was kept. Rename {name}.json, or remove the old one.") from error
    except OSError as error:
        raise Stop(f"{target} cannot be written: {error.strerror}.") from error
    return target


def _without_trace(step: Any) -> Any:
    return msgspec.structs.replace(step, trace=[]) if hasattr(step, "trace") else step


def _as_json(found: Replayed) -> dict[str, Any]:
    return {
        "same": found.same,
        "calls": found.calls,
        "calls_not_compared": found.calls_not_compared,
        "commits": found.commits,
        "navigations": found.navigations,
        "stopped": found.stopped,
        "differences": msgspec.to_builtins(found.differences),
    }


def _print_replayed(launch: LaunchFile, found: Replayed) -> None:
    for one in found.differences:
        click.echo(click.style(f"step {one.step}, {printable(f'{one.where}: {one.what}')}", bold=True))
        click.echo(f"  recorded  {printable(one.recorded)}")
        click.echo(f"  now       {printable(one.now)}")
    if found.stopped:
        click.echo(found.stopped)
    if found.calls_not_compared:
        click.echo(
            f"Calls not compared, for the log does not hold all that came before them: {found.calls_not_compared}"
        )
    counted = f"{found.calls} calls, {found.commits} commits, {found.navigations} navigations"
    if found.same:
        say_done(f"“{launch.course.title}” plays as recorded: {counted}.")
    else:
        number = len(found.differences)
        click.echo(f"{number} difference{'' if number == 1 else 's'} in {counted}.", err=True)
