"""Every setting once: name, type, default, help. Read from the environment by wiring and ops, nobody else."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courseway.errors import Refusal


class SettingRefused(Refusal):
    """A setting has a value that cannot be used."""

    code, title = "setting.invalid", "A setting is not valid"


def _setting(default: Any, help_text: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"help": help_text, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Environment variables have the same names in capitals."""

    database_url: str = _setting(
        "", "PostgreSQL to write to; empty: the embedded one that `courseway up` starts", secret=True
    )
    database_read_url: str = _setting(
        "", "PostgreSQL to read from, one or more hosts; empty: DATABASE_URL", secret=True
    )
    redis_host: str = _setting("", "Redis for sessions, cache and rate limits; empty: PostgreSQL and the process do it")
    redis_port: int = _setting(6379, "Port of Redis")
    redis_password: str = _setting("", "Password of Redis", secret=True)
    session_secret: str = _setting("", "Key material of every signature, at least 32 characters", secret=True)
    console_url: str = _setting("http://localhost:5000", "Where the console and the API are found")
    content_url: str = _setting(
        "http://127.0.0.1:5000", "Where player and courses are found; another origin than the console"
    )
    cdn_url: str = _setting("", "CDN in front of the content origin; empty: none")
    dd_agent_host: str = _setting("", "DogStatsD agent; empty: none")
    host: str = _setting("127.0.0.1", "Address to listen on")
    port: int = _setting(5000, "Port to listen on")
    workers: int = _setting(2, "Web processes of this node")
    pool_size: int = _setting(8, "Database connections of one web process, at most")
    data_dir: str = _setting("data", "Folder of the embedded database, staging and, by default, the objects")
    storage_url: str = _setting(
        "", "Object store: a folder or s3://bucket/prefix; empty: DATA_DIR/objects", secret=True
    )
    max_upload_bytes: int = _setting(512 * 1024 * 1024, "Largest package that may be uploaded, in bytes")
    max_package_files: int = _setting(20_000, "Most files a package may hold")
    max_unpacked_bytes: int = _setting(4 * 1024**3, "Largest size of a package once unpacked, in bytes")
    launch_link_seconds: int = _setting(900, "How long a launch link can be opened, in seconds")
    launch_session_seconds: int = _setting(12 * 3600, "How long a launch may last, in seconds")
    session_seconds: int = _setting(24 * 3600, "How long a sign-in lasts, in seconds")
    upload_staging_seconds: int = _setting(24 * 3600, "How long an unfinished upload is kept, in seconds")
    allow_private_postbacks: bool = _setting(False, "Let postbacks go to private addresses (tests, intranets)")
    log_level: str = _setting("info", "debug, info, warning or error")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings; an unreadable value is refused by name, and its value is not repeated when it is a secret."""
    values: dict[str, Any] = {}
    for one in dataclasses.fields(Settings):
        text = environment.get(one.name.upper())
        if text is None or (text == "" and one.type is not str):
            continue
        values[one.name] = _read(one.name, one.type, text)
    settings = Settings(**values)
    if settings.session_secret and len(settings.session_secret) < 32:
        raise SettingRefused("SESSION_SECRET needs at least 32 characters. Make one with: openssl rand -hex 32")
    if "{tenant}" in settings.content_url:
        raise SettingRefused("CONTENT_URL cannot carry {tenant} yet: all tenants' courses share one content origin.")
    return settings


def _read(name: str, kind: Any, text: str) -> Any:
    if kind is bool:
        if text.lower() not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
            raise SettingRefused(f"{name.upper()} is yes or no, not {text!r}")
        return text.lower() in {"1", "true", "yes", "on"}
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise SettingRefused(f"{name.upper()} is a whole number, not {text!r}") from None
    return text
