"""
From an address in a manifest to a file of the package.

Here: `xml:base`, queries, percent signs, backslashes and wrong case, and the rule for an item's parameters. Not here:
reading elements.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urljoin

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_REMOTE = re.compile(r"(?:https?:)?//[^/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """
    Where an address leads.

    `path` is the file in the package, or the whole address when `remote`. `found` says whether the file is there;
    `repairs` names what had to be repaired to find it.
    """

    path: str
    query: str = ""
    fragment: str = ""
    remote: bool = False
    found: bool = False
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackageFiles:
    """The files of a package by path, and a way to read one."""

    sizes: Mapping[str, int]
    read: Callable[[str], bytes]

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {_fold(path): path for path in sorted(self.sizes, reverse=True)}

    def find(self, path: str) -> str | None:
        """Return the real path of a file, in spite of case and Unicode form; None when there is none."""
        if path in self.sizes:
            return path
        composed = unicodedata.normalize("NFC", path)
        return composed if composed in self.sizes else self._folded.get(_fold(path))


def follow(href: str, bases: tuple[str, ...], files: PackageFiles) -> Link:
    """
    Find the file an address leads to.

    `bases` are the `xml:base` values from the manifest inwards. Tried in this order: the name as it stands, without
    query and fragment, percent-decoded, and with a base that lacks its closing slash taken for a folder.
    """
    repairs: list[str] = []
    address = href.strip()
    if "\\" in address.partition("?")[0]:
        address = address.replace("\\", "/")
        repairs.append("backslash")
    clean = tuple(base.strip().replace("\\", "/") for base in bases if base.strip())
    joined = _joined(address, clean)
    if _REMOTE.match(joined):
        return Link("https:" + joined if joined.startswith("//") else joined, remote=True, found=True)
    if _SCHEME.match(address):
        return Link(address, repairs=("scheme",))
    strict = _locate(joined, files, repairs)
    if strict.found or all(base.endswith("/") for base in clean):
        return strict
    folders = tuple(base if base.endswith("/") else base + "/" for base in clean)
    lenient = _locate(_joined(address, folders), files, [*repairs, "base"])
    return lenient if lenient.found else strict


def with_parameters(link: Link, parameters: str) -> str:
    """
    Return what is to be appended to a link's path: its own query and fragment and the item's parameters.
    [SCORM 1.2 CAM 2.3, SCORM 2004 CAM 3.4.1.9]

    Leading ? and & of the parameters are dropped; parameters that are a fragment lose against the link's own.
    """
    extra = parameters.strip().lstrip("?&")
    query_part, sharp, fragment_part = extra.partition("#")
    if link.remote:
        glue = "&" if "?" in link.path else "?"
        tail = sharp + fragment_part if "#" not in link.path else ""
        return (glue + query_part if query_part else "") + tail
    query = "&".join(part for part in (link.query, query_part) if part)
    fragment = link.fragment or (fragment_part if sharp else "")
    return ("?" + query if query else "") + ("#" + fragment if fragment else "")


def _joined(address: str, bases: tuple[str, ...]) -> str:
    joined = ""
    for step in (*bases, address):
        joined = _join(joined, step)
    return joined


def _join(base: str, step: str) -> str:
    if _REMOTE.match(base):
        try:
            return urljoin(base, step)
        except ValueError:
            return step
    if _REMOTE.match(step) or not base or step.startswith("/"):
        return step
    return base.rpartition("/")[0] + "/" + step if "/" in base else step


def _locate(address: str, files: PackageFiles, repairs: list[str]) -> Link:
    repairs = list(repairs)
    if address.startswith("/"):
        repairs.append("absolute")
    whole = _flattened(address)
    if whole and whole in files.sizes:
        return Link(whole, found=True, repairs=tuple(repairs))
    rest, _, fragment = address.partition("#")
    plain, _, query = rest.partition("?")
    flat = _flattened(plain)
    if flat is None:
        inside = _flattened("/".join(part for part in plain.split("/") if part != "..")) or ""
        return Link(inside, query, fragment, repairs=(*repairs, "outside"))
    for candidate in dict.fromkeys((flat, _decoded(plain), _decoded(plain, "windows-1252"))):
        real = files.find(candidate) if candidate else None
        if real is not None:
            case = () if real in (candidate, unicodedata.normalize("NFC", candidate)) else ("case",)
            return Link(real, query, fragment, found=True, repairs=(*repairs, *case))
    return Link(_decoded(plain) or flat, query, fragment, repairs=tuple(repairs))


def _decoded(path: str, encoding: str = "utf-8") -> str:
    return _flattened(unquote(path, encoding=encoding).replace("\\", "/")) or ""


def _flattened(path: str) -> str | None:
    """Return the path without empty, `.` and `..` parts; None when it climbs out of the package."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
