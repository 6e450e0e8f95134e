"""What the documentation says exists: generated pages are fresh, commands and settings it names are real."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from courseway.cli import main as courseway

REPOSITORY = Path(__file__).parents[2]
GUIDE = sorted((REPOSITORY / "docs" / "guide").glob("*.md"))


def test_generated_pages_are_fresh() -> None:
    script = REPOSITORY / "scripts" / "generate_docs.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.stem)
def test_every_link_of_the_guide_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.stem)
def test_every_command_of_the_guide_exists(page: Path) -> None:
    for group, name in re.findall(r"(?<![/\w.])courseway ([a-z]+)(?: ([a-z-]+))?", page.read_text()):
        context = click.Context(courseway)
        command = courseway.get_command(context, group)
        assert command is not None, group
        if isinstance(command, click.Group) and name:
            assert name in command.commands, f"{group} {name}"
