"""`courseway health`: how a running platform is."""

import click

from courseway.commands.remote import Remote, remote_command
from courseway.commands.speech import REFUSED, Stop, examples, say_done, show_json, show_table


@click.command(epilog=examples("courseway health", "courseway health --json --url https://courses.example.com"))
@remote_command
def health(remote: Remote) -> None:
    """Ask the platform how it is; exit code 1 when a part of it is down."""
    answer = remote.probe("/api/health")
    if answer.headers.get("content-type", "").split(";")[0] != "application/json":
        raise Stop(f"{remote.url} answers, but is not Courseway ({answer.status_code}).", REFUSED)
    report = answer.json()
    if remote.as_json:
        show_json(report)
    else:
        show_table(
            [{"part": name, **state} for name, state in report["checks"].items()],
            {"part": "Part", "status": "State", "milliseconds": "Milliseconds"},
            empty="No parts.",
        )
    if answer.status_code != 200:
        raise Stop(f"The platform is {report['status']}.", REFUSED)
    if not remote.as_json:
        say_done(f"The platform is {report['status']}, up for {report['uptime'] / 60:.0f} minutes")
