"""The command-line door: `courseway`. The commands themselves are in the room `commands`."""

import click

from courseway import __version__
from courseway.commands.up import up


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Examples:\n\n  courseway up\n\n  courseway courses import course.zip\n\n  courseway dispatches list --json",
)
@click.version_option(__version__, "--version", prog_name="courseway", message="%(prog)s %(version)s")
def main() -> None:
    """Courseway: host courses, dispatch them to any LMS, keep every result."""


main.add_command(up)
