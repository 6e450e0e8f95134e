"""
From bytes in whatever encoding to text.

Here: byte order marks, declared, missing and wrong encodings, characters no document may hold. Not here: XML itself.
"""

import re

from courseway.standards.issues import Findings

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._:-]*)["']""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ILLEGAL_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")
_SINGLE_BYTE = ("iso-8859", "latin", "windows-125", "cp125", "us-ascii", "ascii")
_WIDE = ("utf-16", "utf16", "ucs-2", "unicode", "utf-32", "utf32")


def decode_text(data: bytes, name: str, findings: Findings) -> str:
    """
    Decode a text file; always succeeds, every repair is found and warned about. [XML 1.0 4.3.3, appendix F]

    A byte order mark wins over a declaration; a declaration that cannot be right gives way to UTF-8 and then to
    windows-1252, which decodes anything.
    """
    marked = next(((mark, codec) for mark, codec in _BOMS if data.startswith(mark)), None)
    if marked is not None:
        return data[len(marked[0]) :].decode(marked[1], "replace")
    wide = _wide_without_mark(data)
    if wide:
        return data.decode(wide, "replace")
    match = _DECLARED.match(data[:512])
    declared = match.group(1).decode("ascii").lower() if match else ""
    codec = _fitting(data, declared)
    if declared and codec != declared:
        findings.warn(
            "text.wrong_encoding",
            f"The file says it is {declared} but is {codec}; it was read as {codec}.",
            name,
            "XML 1.0 4.3.3",
            "Save the file in the encoding it declares, best as UTF-8.",
        )
    elif not declared and codec != "utf-8":
        findings.warn(
            "text.undeclared_encoding",
            f"The file declares no encoding and is not UTF-8; it was read as {codec}.",
            name,
            "XML 1.0 4.3.3",
            "Save the file as UTF-8.",
        )
    return data.decode(codec, "replace")


def without_illegal_characters(text: str) -> str:
    """Return the text without the characters, and references to them, that XML does not allow. [XML 1.0 2.2]"""
    return _ILLEGAL_REFERENCE.sub("", _ILLEGAL.sub("", text))


def _wide_without_mark(data: bytes) -> str:
    head = data[:4]
    if head[:1] == b"<" and head[1:2] == b"\x00":
        return "utf-32-le" if head[2:4] == b"\x00\x00" else "utf-16-le"
    if head[:2] == b"\x00<":
        return "utf-16-be"
    return "utf-32-be" if head == b"\x00\x00\x00<" else ""


def _fitting(data: bytes, declared: str) -> str:
    """Return the declared codec when it can be right, else the likeliest."""
    if declared.startswith(_WIDE):  # the declaration itself was readable as bytes, so it lies
        return "utf-8" if _decodes(data, "utf-8") else "windows-1252"
    if declared.startswith(_SINGLE_BYTE) and not data.isascii() and _decodes(data, "utf-8"):
        return "utf-8"
    if not declared:
        return "utf-8" if _decodes(data, "utf-8") else "windows-1252"
    if _decodes(data, declared):
        return declared
    return "utf-8" if _decodes(data, "utf-8") else "windows-1252"


def _decodes(data: bytes, codec: str) -> bool:
    try:
        return isinstance(data.decode(codec), str)
    except (UnicodeDecodeError, LookupError, ValueError, TypeError):
        return False
