"""
The command-line door: `courseway`. The commands themselves are in the room `commands`.

Each command's module is loaded when it is used, so that a short command does not wait for the web framework and the
database's tools, which only an operator's commands need.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from courseway import __version__
from courseway.commands.speech import Stop, examples

COMMANDS = {
    "up": "up:up",
    "courses": "courses:courses",
    "uploads": "courses:uploads",
    "lint": "lint:lint",
    "destinations": "dispatches:destinations",
    "dispatches": "dispatches:dispatches",
    "registrations": "registrations:registrations",
    "launches": "launches:launches",
    "tenants": "operate:tenants_group",
    "keys": "keys:keys",
    "health": "health:health",
    "migrate": "operate:migrate",
    "version": "operate:version",
}


class Door(click.Group):
    """The group of all commands. Whatever goes wrong inside is said in a sentence; COURSEWAY_DEBUG=1 shows where."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"courseway.commands.{module}"), name)
        return command

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command line; a defect becomes a sentence and exit code 1."""
        try:
            return super().main(args, *rest, **extra)
        except BrokenPipeError:
            # `courseway ... | head` ends early; that is nobody's mistake. Nothing more may be written on the way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except Exception as error:
            if os.environ.get("COURSEWAY_DEBUG"):
                raise
            Stop(f"{type(error).__name__}: {error}. COURSEWAY_DEBUG=1 shows where it happened.").show()
            sys.exit(1)


@click.group(
    cls=Door,
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


if __name__ == "__main__":
    main()
