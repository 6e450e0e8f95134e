"""
What a dispatch package contains, as values: its manifest, its two pages and the shell's files.

What lives here: the formats, the manifest of each, the configuration the shell reads, the text that is signed.
What does not: zipping, keys, signing, and the shell itself (TypeScript, handed in as built files).
"""

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from html import escape
from typing import Any, NamedTuple

import msgspec

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SHELL_FILES = ("shell.js", "selftest.js", "shell.css")


class PackageFormat(StrEnum):
    """The formats a dispatch package can have."""

    SCORM_12 = "scorm12"
    SCORM_2004_3 = "scorm2004-3"
    SCORM_2004_4 = "scorm2004-4"


class Window(StrEnum):
    """Where the course opens first. In a frame, a window of its own is still offered when the frame stays empty."""

    FRAME = "frame"
    POPUP = "popup"


class Endpoints(msgspec.Struct, frozen=True):
    """Where the service is reached; a list with a higher serial, signed by the same key, replaces it."""

    serial: int
    urls: tuple[str, ...]
    signature: str


class PackageSpec(msgspec.Struct, frozen=True, kw_only=True):
    """
    Everything that makes one package differ from another.

    `key` grants nothing but launching this dispatch. `verify_key` is the public key of the endpoint lists (P-256,
    SubjectPublicKeyInfo, base64). With `hash_key` (base64) learner ids leave the browser only as keyed hashes.
    """

    dispatch_id: str
    key: str
    format: PackageFormat
    title: str
    version: str
    endpoints: Endpoints
    verify_key: str
    window: Window = Window.FRAME
    hash_key: str = ""
    welcome: str = ""
    support: str = ""


class PackageFile(msgspec.Struct, frozen=True):
    """One file of a package."""

    path: str
    content: bytes


def render_signed_text(dispatch_id: str, serial: int, urls: Sequence[str]) -> bytes:
    """Return what is signed of an endpoint list; the shell builds the same text and verifies it."""
    return "\n".join(["courseway endpoints", dispatch_id, str(serial), *urls]).encode()


def plan_package(spec: PackageSpec, shell: Mapping[str, bytes]) -> tuple[PackageFile, ...]:
    """Return the files of a package, the manifest first. `shell` has the built files by name (`SHELL_FILES`)."""
    item = Item("launch", _plain(spec.title) or "Course")
    return _plan(spec.dispatch_id, item.title, (item,), spec.format, shell_config(spec), shell)


def plan_collection(
    identifier: str, title: str, specs: Sequence[PackageSpec], shell: Mapping[str, bytes]
) -> tuple[PackageFile, ...]:
    """
    Return the files of one package for several dispatches of one format, an item for each.

    Every item starts the same page; its parameters say which dispatch it is.
    """
    items = [
        Item(f"launch-{spec.dispatch_id}", _plain(spec.title) or "Course", f"?d={spec.dispatch_id}") for spec in specs
    ]
    config = {"v": 1, "dispatches": [shell_config(spec) for spec in specs]}
    return _plan(identifier, _plain(title) or "Courses", items, specs[0].format, config, shell)


class Item(NamedTuple):
    """One line of the package's contents in the LMS."""

    identifier: str
    title: str
    parameters: str = ""


def _plan(
    identifier: str,
    title: str,
    items: Sequence[Item],
    package_format: PackageFormat,
    config: Mapping[str, Any],
    shell: Mapping[str, bytes],
) -> tuple[PackageFile, ...]:
    return (
        PackageFile("imsmanifest.xml", render_manifest(identifier, title, items, package_format).encode()),
        PackageFile("index.html", _page(config, title, "shell.js").encode()),
        PackageFile("selftest.html", _page(config, f"Connection check: {title}", "selftest.js").encode()),
        *(PackageFile(name, shell[name]) for name in SHELL_FILES),
    )


def render_manifest(identifier: str, title: str, items: Sequence[Item], package_format: PackageFormat) -> str:
    """
    Return the manifest: one organization, an item for each dispatch, one SCO that they share.

    It has no mastery score, for an LMS would override the course's own result with it.
    """
    scorm12 = package_format is PackageFormat.SCORM_12
    files = "".join(f'<file href="{name}"/>' for name in ("index.html", "selftest.html", *SHELL_FILES))
    kind = 'adlcp:scormtype="sco"' if scorm12 else 'adlcp:scormType="sco"'
    several = not scorm12 and len(items) > 1
    flow = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>' if several else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest identifier="courseway-{identifier}" version="1.0" {_namespaces(scorm12)}>\n'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{_schema_version(package_format)}</schemaversion></metadata>\n"
        '<organizations default="course"><organization identifier="course">'
        f"<title>{escape(title)}</title>{''.join(_item(item, scorm12) for item in items)}{flow}</organization></organizations>\n"
        f'<resources><resource identifier="shell" type="webcontent" {kind} href="index.html">{files}</resource></resources>\n'
        "</manifest>\n"
    )


def _item(item: Item, scorm12: bool) -> str:
    parameters = f' parameters="{escape(item.parameters)}"' if item.parameters else ""
    return (
        f'<item identifier="{item.identifier}" identifierref="shell" isvisible="true"{parameters}>'
        f"<title>{escape(item.title)}</title>{'' if scorm12 else _sequencing()}</item>"
    )


def _plain(text: str) -> str:
    """Drop what neither XML nor UTF-8 can carry."""
    return NOT_XML.sub("", text).strip()


def _namespaces(scorm12: bool) -> str:
    if scorm12:
        return (
            'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
            'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
        )
    return (
        'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
        'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
    )


def _schema_version(package_format: PackageFormat) -> str:
    return {
        PackageFormat.SCORM_12: "1.2",
        PackageFormat.SCORM_2004_3: "2004 3rd Edition",
        PackageFormat.SCORM_2004_4: "2004 4th Edition",
    }[package_format]


def _sequencing() -> str:
    """The result is what the shell says, never what an LMS concludes from a silent exit."""
    return (
        "<imsss:sequencing>"
        '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>'
        "</imsss:sequencing>"
    )


def shell_config(spec: PackageSpec) -> dict[str, Any]:
    """Return the configuration as the shell reads it."""
    config: dict[str, Any] = {
        "v": 1,
        "dispatch": spec.dispatch_id,
        "key": spec.key,
        "format": spec.format.value,
        "version": spec.version,
        "title": _plain(spec.title),
        "window": spec.window.value,
        "endpoints": msgspec.to_builtins(spec.endpoints),
        "verify": spec.verify_key,
    }
    if spec.hash_key:
        config["hash_key"] = spec.hash_key
    messages = {"welcome": spec.welcome, "support": spec.support}
    if any(messages.values()):
        config["messages"] = {name: text for name, text in messages.items() if text}
    return config


def _page(config: Mapping[str, Any], title: str, script: str) -> str:
    # A data block is not script, so no content policy stops it; "<" is escaped so that nothing can end it early.
    text = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="stylesheet" href="shell.css">\n</head>\n<body>\n'
        '<main id="courseway"><noscript><p>This course needs JavaScript. Switch it on and load this page again.</p>'
        "</noscript></main>\n"
        f'<script type="application/json" id="courseway-config">{text}</script>\n'
        f'<script src="{script}"></script>\n</body>\n</html>\n'
    )
