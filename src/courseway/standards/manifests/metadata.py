"""
What a package says about itself: title, description, language.

Here: IEEE and IMS learning object metadata, inside the manifest or in a file beside it. Not here: anything played.
"""

from dataclasses import dataclass

from courseway.standards.issues import Findings
from courseway.standards.manifests.links import PackageFiles, follow
from courseway.standards.manifests.xml import (
    Document,
    Element,
    attribute,
    child,
    children,
    local,
    parse_document,
    text_of,
)

MAX_METADATA_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found; empty strings where nothing was."""

    title: str = ""
    description: str = ""
    language: str = ""


def read_metadata(document: Document, files: PackageFiles) -> Metadata:
    """Read the manifest's own metadata; a broken file of metadata counts as none, for nothing depends on it."""
    element = child(document.root, "metadata")
    if element is None:
        return Metadata(language=_language(document.root))
    lom = child(element, "lom")
    if lom is None:
        lom = _outside(element, files)
    general = child(lom, "general") if lom is not None else None
    if general is None:
        return Metadata(language=_language(document.root))
    language = text_of(child(general, "language"))
    return Metadata(
        title=_best(child(general, "title"), language),
        description=_best(child(general, "description"), language),
        language=language if language.lower() not in {"", "none", "x-none"} else _language(document.root),
    )


def _outside(element: Element, files: PackageFiles) -> Element | None:
    location = text_of(child(element, "location"))
    link = follow(location, (), files) if location else None
    if link is None or link.remote or not link.found or files.sizes.get(link.path, 0) > MAX_METADATA_BYTES:
        return None
    document = parse_document(files.read(link.path), link.path, Findings())
    if document is None:
        return None
    return document.root if local(document.root) == "lom" else child(document.root, "lom")


def _best(element: Element | None, language: str) -> str:
    """Return the text in the wanted language, or the first there is."""
    if element is None:
        return ""
    texts = list(children(element, "string", "langstring"))
    wanted = [one for one in texts if language and _language(one).lower().startswith(language.lower()[:2])]
    return text_of(next(iter([*wanted, *texts]), None)) if texts else text_of(element)


def _language(element: Element) -> str:
    value = element.get("{http://www.w3.org/XML/1998/namespace}lang")
    return (value or attribute(element, "language", "lang") or "").strip()
