"""Bringing a database to the newest schema, and saying which one it has."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def migrations_folder() -> Path:
    """Return where the migrations lie: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    scheme, _, rest = url.partition("://")
    config.set_main_option(
        "sqlalchemy.url",
        f"{scheme.split('+')[0]}+psycopg://{rest}".replace("postgres+", "postgresql+").replace("%", "%%"),
    )
    return config


def upgrade(url: str) -> None:
    """Apply every migration that is missing. Safe to run from many nodes at once: they take turns."""
    command.upgrade(_config(url), "head")


def newest_revision() -> str:
    """Return the newest revision that this code knows."""
    return ScriptDirectory.from_config(_config("postgresql://")).get_current_head() or ""
