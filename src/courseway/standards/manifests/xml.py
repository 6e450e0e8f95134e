"""
The only place manifests become trees: hardened, repaired, and read without minding namespaces.

Here: refusing entities and DTDs, limits, parsing, and looking at elements by their local names. Not here: repairing
encodings (`text`) and what any element means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.entities import name2codepoint

from lxml import etree

from courseway.standards.issues import Findings
from courseway.standards.manifests.text import decode_text, without_illegal_characters

Element = etree._Element

_MAX_BYTES = 24 * 1024 * 1024
_MAX_ELEMENTS = 250_000
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARATION = re.compile(r"<\?xml\b.*?\?>", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,8});")
_TOO_DEEP = "depth in document"
_XML_WORDS = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE\s+[\w:.-]+\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its root and its name, for saying where something is."""

    root: Element
    name: str

    def where(self, element: Element) -> str:
        """Return file and line of an element."""
        return f"{self.name}:{element.sourceline}" if element.sourceline else self.name


def parse_document(data: bytes, name: str, findings: Findings) -> Document | None:
    """
    Parse a manifest; None, with an error found, when nothing usable is in it.

    Repaired with a warning: byte order marks, wrong encodings, junk before the first tag, illegal characters, bare
    ampersands, small breaches of well-formedness. Refused: entities, DTDs, documents beyond the limits.
    """
    if len(data) > _MAX_BYTES:
        findings.error(
            "xml.too_large",
            f"The file has more than {_MAX_BYTES // 1024 // 1024} MiB.",
            name,
            advice="No manifest needs to be so long; export the package again.",
        )
        return None
    text = _without_prolog(decode_text(data, name, findings), name, findings)
    root = _parse(text, name, findings) if text is not None else None
    if root is None:
        return None
    if sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        findings.error(
            "xml.too_many_elements",
            f"The file has more than {_MAX_ELEMENTS:,} elements.",
            name,
            advice="No manifest needs so many; export the package again.",
        )
        return None
    return Document(root, name)


def local(element: Element) -> str:
    """Return an element's name without namespace or prefix, in lower case."""
    tag = element.tag
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=512)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def namespace(element: Element) -> str:
    """Return an element's namespace, or its prefix when that was never declared."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag[1:].partition("}")[0] if tag.startswith("{") else tag.rpartition(":")[0]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the child elements with one of the local names; all of them when none is named."""
    wanted = {name.lower() for name in names}
    for child in element:
        if isinstance(child.tag, str) and (not wanted or local(child) in wanted):
            yield child


def child(element: Element, name: str) -> Element | None:
    """Return the first child element with the local name."""
    return next(children(element, name), None)


def text_of(element: Element | None) -> str:
    """Return all text inside an element, white space collapsed."""
    if element is None:
        return ""
    return " ".join("".join(part for part in element.itertext() if isinstance(part, str)).split())


def raw_text_of(element: Element | None) -> str:
    """Return all text inside an element as written, without the white space around it."""
    if element is None:
        return ""
    return "".join(part for part in element.itertext() if isinstance(part, str)).strip()


def attribute(element: Element, *names: str) -> str | None:
    """Return the first attribute with one of the local names, whatever its namespace and case."""
    if len(names) == 1 and (value := element.get(names[0])) is not None:
        return str(value)
    if len(names) == 1 and not element.attrib:
        return None
    found = {_local_name(str(key)): str(value) for key, value in element.items()}
    return next((found[name.lower()] for name in names if name.lower() in found), None)


def xml_base(element: Element) -> str:
    """Return the element's own `xml:base`, stripped, "" when absent."""
    value = element.get("{http://www.w3.org/XML/1998/namespace}base") or element.get("xml:base") or ""
    return str(value).strip()


def _without_prolog(text: str, name: str, findings: Findings) -> str | None:
    """Return the text from the root element on, line numbers kept; None when the prolog asks for what is refused."""
    start = text.find("<")
    if start < 0:
        findings.error(
            "xml.not_xml", "The file holds no XML.", name, "XML 1.0 2.1", "Export the package again from its tool."
        )
        return None
    if text[:start].strip():
        findings.warn(
            "xml.junk_before",
            "Something stands before the first tag; it was skipped.",
            name,
            "XML 1.0 2.8",
            advice="Let the file begin with <?xml or its first tag.",
        )
    text = "\n" * text.count("\n", 0, start) + text[start:]
    prolog = _PROLOG.match(text)
    end = prolog.end() if prolog else 0
    if _DOCTYPE.match(text, end):
        plain = _PLAIN_DOCTYPE.match(text, end)
        if plain is None:
            findings.error(
                "xml.doctype",
                "The file declares a document type with entities or an external DTD. Such files are not read.",
                f"{name}:{text.count(chr(10), 0, end) + 1}",
                "XML 1.0 2.8",
                "Remove the <!DOCTYPE ...> declaration.",
            )
            return None
        findings.warn(
            "xml.plain_doctype",
            "A document type without content was skipped.",
            name,
            "XML 1.0 2.8",
            advice="Remove the <!DOCTYPE ...> declaration.",
        )
        text = text[:end] + "\n" * plain.group().count("\n") + text[plain.end() :]
    return _DECLARATION.sub(lambda match: "\n" * match.group().count("\n"), text, count=1)


def _html_character(match: re.Match[str]) -> str:
    """Return the character behind an entity that only HTML knows, the entity itself when XML knows it or nobody does."""
    word = match.group(1)
    return (
        match.group() if word in _XML_WORDS else chr(name2codepoint[word]) if word in name2codepoint else match.group()
    )


def _parse(text: str, name: str, findings: Findings) -> Element | None:
    try:
        return _tree(text, recover=False)
    except etree.XMLSyntaxError as broken:
        first = broken
    if _TOO_DEEP in str(first.msg):
        findings.error(
            "xml.too_deep",
            "The elements are nested too deeply to be a manifest.",
            name,
            advice="Export the package again from its tool.",
        )
        return None
    repaired = _BARE_AMPERSAND.sub("&amp;", _NAMED.sub(_html_character, without_illegal_characters(text)))
    for attempt, recover in ((repaired, False), (repaired, True)):
        try:
            root = _tree(attempt, recover=recover)
        except etree.XMLSyntaxError:
            continue
        if root is not None:
            findings.warn(
                "xml.repaired",
                f"The file is not well-formed and was repaired: {first.msg}.",
                f"{name}:{first.lineno}",
                "XML 1.0 2.1",
                "Export the package again, or correct the file by hand.",
            )
            return root
    findings.error(
        "xml.not_well_formed",
        f"The file cannot be read as XML: {first.msg}.",
        f"{name}:{first.lineno}",
        "XML 1.0 2.1",
        "Export the package again, or correct the file by hand.",
    )
    return None


def _tree(text: str, *, recover: bool) -> Element | None:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    root: Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        return None
    for entity in list(root.iter(etree.Entity)):
        parent = entity.getparent()
        if parent is not None:
            parent.remove(entity)
    return root
