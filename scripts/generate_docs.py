"""
Write the generated pages: docs/settings.md from the settings, docs/cli.md from the commands, docs/api.md from the routes,
docs/package-rules.md from the rules about packages.

`python scripts/generate_docs.py` writes them; with `--check` it only says which are stale, exit code 1.
"""

import argparse
import dataclasses
import inspect
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from courseway.cli import main as courseway
from courseway.commands.findings import LEVELS
from courseway.settings import Settings, read_settings
from courseway.standards.manifests.rules.catalogue import RULES
from courseway.wiring import build, console_app

DOCS = Path(__file__).parents[1] / "docs"


def render_settings() -> str:
    """Render the page of settings."""
    lines = [
        "# Settings",
        "",
        "Every setting is an environment variable. `courseway up` sets those it knows better for the processes it starts:",
        "`DATABASE_URL` (unless you set it), `SESSION_SECRET`, `CONSOLE_URL`, `CONTENT_URL`, `HOST`, `PORT`, `WORKERS`, `DATA_DIR`.",
        "",
        "| Variable | Default | What it says |",
        "|---|---|---|",
    ]
    for one in dataclasses.fields(Settings):
        default = f"`{_default(one.default)}`" if one.default != "" else "-"
        secret = " *(secret)*" if one.metadata["secret"] else ""
        lines.append(f"| `{one.name.upper()}` | {default} | {one.metadata['help']}{secret} |")
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def render_commands() -> str:
    """Render the page of commands."""
    lines = [
        "# Commands",
        "",
        inspect.cleandoc(courseway.help or ""),
        "",
        "Every command explains itself with `--help`; `--json` prints JSON for machines. Commands that speak to a platform take",
        "`--url` and `--credentials FILE` as well.",
    ]
    for path, command in _walk("courseway", courseway):
        lines += _render(path, command)
    return "\n".join(lines) + "\n"


def _walk(path: str, group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _walk(f"{path} {name}", command)


def _render(path: str, command: click.Command) -> list[str]:
    help_text = inspect.cleandoc(command.help or "")
    if isinstance(command, click.Group):
        return ["", f"## {path}", "", help_text]
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
    level = "##" if path.count(" ") == 1 else "###"
    lines = ["", f"{level} {' '.join([path, *arguments])}", "", help_text]
    if options := list(_options(command)):
        lines += ["", "| Option | What it does |", "|---|---|", *options]
    if command.epilog:
        examples = [line.strip() for line in command.epilog.splitlines() if line.startswith("  ")]
        lines += ["", "```sh", *examples, "```"]
    return lines


def _options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in {"url", "credentials", "as_json"}:
            names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
            required = " *(required)*" if option.required else ""
            kinds = f" One of: {', '.join(option.type.choices)}." if isinstance(option.type, click.Choice) else ""
            help_text = (option.help or "").replace("|", "\\|").replace("  [default", " [default")
            yield f"| {names} | {help_text}{kinds}{required} |"


def render_api() -> str:
    """Render the page of the REST interface."""
    description = _describe_api()
    by_subject: dict[str, list[str]] = {}
    for path, operations in sorted(description["paths"].items()):
        for method, operation in operations.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                subject = operation.get("tags", ["Other"])[0]
                by_subject.setdefault(subject, []).append(f"| `{method.upper()}` | `{path}` | {operation['summary']} |")
    lines = [
        "# API",
        "",
        "A running platform shows this with every field, to read and to try, at `/api/docs`; for programs it is at `/api/openapi.json`.",
        "",
        "Keys go in the header `X-API-Key` or `Authorization: Bearer`. Errors are problem documents (RFC 9457) with a `code` that stays",
        "and an `id` to quote. Lists take `limit` (50, at most 100) and `cursor`, and answer `items` and `next_cursor`. A `POST` with an",
        "`Idempotency-Key` can be repeated without doing anything twice.",
    ]
    for subject in sorted(by_subject):
        lines += ["", f"## {subject}", "", "| Method | Address | What it does |", "|---|---|---|", *by_subject[subject]]
    return "\n".join(lines) + "\n"


def _describe_api() -> dict[str, Any]:
    environment = {"DATABASE_URL": "postgresql://", "SESSION_SECRET": "never used, but long enough to be taken"}
    with tempfile.TemporaryDirectory() as folder:
        application = console_app(build(read_settings({**environment, "DATA_DIR": folder})))
        return application.openapi_schema.to_schema()


_SUBJECTS = {
    "manifest": "Manifest, items and resources",
    "sequencing": "Sequencing",
    "metadata": "Metadata",
    "package": "Package",
    "archive": "Archive",
    "xml": "XML",
    "text": "Encoding",
    "aicc": "AICC",
    "cmi5": "cmi5",
    "tincan": "Tin Can",
    "report": "Report",
}


def render_rules() -> str:
    """Render the page of rules about packages."""
    lines = [
        "# Rules about packages",
        "",
        "What `courseway lint` and every import check, by the code that stands in reports. An **error** keeps a package from being",
        "played, a **warning** is a breach of the standard that is tolerated or repaired here, a **note** is worth knowing. The rule is",
        "what holds in a good package. How to use this in an author's build: [Checking packages](guide/checking-packages.md).",
        "",
        f"There are {len(RULES)} rules.",
    ]
    for subject, title in _SUBJECTS.items():
        rules = sorted((rule for rule in RULES if rule.code.partition(".")[0] == subject), key=lambda rule: rule.code)
        lines += ["", f"## {title}", "", "| Code | Level | Rule | Clause |", "|---|---|---|---|"]
        for rule in rules:
            cells = (
                f"`{rule.code}`",
                LEVELS[rule.severity],
                rule.says.replace("<", "&lt;"),
                "<br>".join(clause.replace("<", "&lt;") for clause in rule.listed) or "-",
            )
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


PAGES = {
    "settings.md": render_settings,
    "cli.md": render_commands,
    "api.md": render_api,
    "package-rules.md": render_rules,
}


def stale_pages() -> list[str]:
    """Return the names of pages that are not what would be written now."""
    return [
        name for name, render in PAGES.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != render()
    ]


def main() -> int:
    """Write or check the pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[1])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a page is stale")
    if parser.parse_args().check:
        stale = stale_pages()
        for name in stale:
            print(f"docs/{name} is stale; write it again with: make docs", file=sys.stderr)
        return 1 if stale else 0
    DOCS.mkdir(exist_ok=True)
    for name, render in PAGES.items():
        (DOCS / name).write_text(render())
    return 0


if __name__ == "__main__":
    sys.exit(main())
