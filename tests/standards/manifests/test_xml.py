"""Manifests are hostile, broken and wrongly encoded; what can be read is read."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.issues import Findings, Report
from courseway.standards.manifests.xml import Document, attribute, child, namespace, parse_document, text_of


def parse(data: bytes | str) -> tuple[Document | None, Report]:
    findings = Findings()
    document = parse_document(data.encode() if isinstance(data, str) else data, "imsmanifest.xml", findings)
    return document, findings.report()


def only(report: Report) -> str:
    assert len(report.issues) == 1
    return report.issues[0].code


_UMLAUT = '<?xml version="1.0" encoding="{}"?>\n<m>Größe</m>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_UMLAUT.format("UTF-8").encode(), ""),
        (codecs.BOM_UTF8 + _UMLAUT.format("UTF-8").encode(), ""),
        (codecs.BOM_UTF8 + _UMLAUT.format("iso-8859-1").encode(), ""),
        (_UMLAUT.format("UTF-16").encode("utf-16"), ""),
        (_UMLAUT.format("UTF-16").encode("utf-16-le"), ""),
        (_UMLAUT.format("UTF-16").encode("utf-16-be"), ""),
        (_UMLAUT.format("UTF-32").encode("utf-32"), ""),
        (_UMLAUT.format("iso-8859-1").encode("iso-8859-1"), ""),
        (_UMLAUT.format("windows-1252").encode("windows-1252"), ""),
        (_UMLAUT.format("UTF-16").encode(), "text.wrong_encoding"),
        (_UMLAUT.format("UTF-8").encode("latin-1"), "text.wrong_encoding"),
        (_UMLAUT.format("iso-8859-1").encode(), "text.wrong_encoding"),
        (_UMLAUT.format("no-such-thing").encode(), "text.wrong_encoding"),
        ("<m>Größe</m>".encode("latin-1"), "text.undeclared_encoding"),
    ],
)
def test_text_is_read_whatever_its_encoding_claims(data: bytes, code: str) -> None:
    document, report = parse(data)
    assert document is not None
    assert text_of(document.root) == "Größe"
    assert (report.issues == ()) if not code else (only(report) == code)
    assert report.playable


@pytest.mark.parametrize(
    "data",
    [
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>',
        '<!DOCTYPE m [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><m>&c;</m>',
        '<!DOCTYPE m [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><m/>',
        '<!DOCTYPE m SYSTEM "http://127.0.0.1/x.dtd"><m/>',
        '<!DOCTYPE m PUBLIC "-//X//Y" "x.dtd"><m/>',
        '<?xml version="1.0"?>\n<!-- hello -->\n<!doctype m [<!ENTITY x "y">]><m/>',
        '<!DOCTYPE m [ <!-- ]> --> <!ENTITY x "y"> ]><m/>',
    ],
)
def test_entities_and_external_document_types_are_refused(data: str) -> None:
    document, report = parse(data)
    assert document is None
    assert only(report) == "xml.doctype"
    assert not report.playable


@pytest.mark.parametrize(
    "data", ['<m><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]>&x;</m>', "<m>&unknown;</m>"]
)
def test_no_entity_is_ever_followed_even_in_the_wrong_place(data: str) -> None:
    document, _ = parse(data)
    assert document is None or "localhost" not in text_of(document.root)


def test_a_document_type_without_content_is_skipped() -> None:
    document, report = parse("<!DOCTYPE m>\n<m>a</m>")
    assert document is not None
    assert only(report) == "xml.plain_doctype"
    assert document.root.sourceline == 2


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<m>Salt & Pepper</m>", "Salt & Pepper"),
        ("<m>caf&eacute;&nbsp;au lait</m>", "café au lait"),
        ("<m>a\x01b&#2;c</m>", "abc"),
        ("<m>a<br>b</m>", "ab"),
        ("<m>cut o", "cut o"),
        ("junk before <m>a</m>", "a"),
        ("\n\n<?xml version='1.0'?><m>a</m>", "a"),
    ],
)
def test_small_breaches_are_repaired_with_a_warning(data: str, text: str) -> None:
    document, report = parse(data)
    assert document is not None
    assert text_of(document.root) == text
    assert report.playable


@pytest.mark.parametrize("data", [b"", b"   ", b"\x00\x00", b"<", b"PK\x03\x04", b"\xff\xfe", bytes(range(256))])
def test_what_is_no_xml_is_an_error_and_no_exception(data: bytes) -> None:
    document, report = parse(data)
    assert document is None
    assert not report.playable


def test_endless_nesting_and_endless_length_are_refused() -> None:
    assert only(parse("<a>" * 9999 + "</a>" * 9999)[1]) == "xml.too_deep"
    assert only(parse(b"<m>" + b" " * (25 * 1024 * 1024) + b"</m>")[1]) == "xml.too_large"
    assert only(parse("<m>" + "<i/>" * 260_000 + "</m>")[1]) == "xml.too_many_elements"


def test_names_are_found_whatever_their_namespace_prefix_and_case() -> None:
    document, report = parse('<M xmlns:a="urn:a" xmlns="urn:d"><a:Item A:Kind="x" scormtype="sco"/></M>')
    assert document is not None
    assert report.issues[0].code == "xml.repaired"
    item = child(document.root, "item")
    assert item is not None
    assert namespace(item) == "urn:a"
    assert attribute(item, "kind") == "x"
    assert attribute(item, "scormType") == "sco"


def test_lines_are_those_of_the_file() -> None:
    document, _ = parse('<?xml version="1.0"\n encoding="utf-8"?>\n<!-- a\nb -->\n<m>\n<i/></m>')
    assert document is not None
    assert document.where(document.root[0]) == "imsmanifest.xml:6"


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_no_exception_escapes(data: bytes) -> None:
    document, report = parse(data)
    assert document is not None or not report.playable


@given(st.text(alphabet="<>&;!?-[]\"'/= \n\x00abmDOCTYPE#x1é", max_size=200))
def test_whatever_looks_like_markup_no_exception_escapes(text: str) -> None:
    document, report = parse("<m>" + text)
    assert document is not None or not report.playable
