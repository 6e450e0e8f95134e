"""The command-line door: `courseway`. The commands themselves are in the room `commands`."""

import click

from courseway import __version__
from courseway.commands.courses import courses, uploads
from courseway.commands.dispatches import destinations, dispatches
from courseway.commands.keys import keys
from courseway.commands.operate import health, migrate, tenants_group, version
from courseway.commands.registrations import registrations
from courseway.commands.remote import examples
from courseway.commands.up import up


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples("courseway up", "courseway courses import golf.zip", "courseway dispatches list --json"),
)
@click.version_option(__version__, "--version", prog_name="courseway", message="%(prog)s %(version)s")
def main() -> None:
    """
    Courseway: host courses, dispatch them to any LMS, keep every result.

    Commands speak to the platform of COURSEWAY_URL with COURSEWAY_API_KEY, or to the one whose `courseway up` wrote
    data/credentials.json. Exit codes: 0 done, 1 refused, 2 not understood.
    """


for _command in (
    up,
    courses,
    uploads,
    destinations,
    dispatches,
    registrations,
    tenants_group,
    keys,
    health,
    migrate,
    version,
):
    main.add_command(_command)


if __name__ == "__main__":
    main()
