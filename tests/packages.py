"""
Packages made for tests: ordinary ones of every standard, hostile ones and odd ones.

`HOSTILE` and `ODD` map a name to the bytes of an archive; each is built when first asked for. Everything in HOSTILE
must be refused with nothing left behind, everything in ODD must import and play.
"""

import codecs
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from xml.sax.saxutils import escape, quoteattr

_WHEN = (2026, 1, 1, 0, 0, 0)

# Content -----------------------------------------------------------------------------------------------------------

PAGE_12 = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1 id="title">{title}</h1>
<button id="complete">Complete</button> <button id="leave">Leave</button>
<script>
function find(start) {{ for (let w = start, n = 0; w && n < 50; n++) {{ try {{ if (w.API) return w.API; }} catch (e) {{ return null; }}
  if (w === w.parent) return null; w = w.parent; }} return null; }}
const api = find(window) || (window.opener && find(window.opener));
window.api = api;
if (api) api.LMSInitialize("");
document.getElementById("complete").onclick = () => {{ api.LMSSetValue("cmi.core.score.raw", "90");
  api.LMSSetValue("cmi.core.lesson_status", "completed"); api.LMSCommit(""); document.title = "done"; }};
document.getElementById("leave").onclick = () => {{ api.LMSFinish(""); }};
</script></html>"""

PAGE_2004 = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1 id="title">{title}</h1>
<button id="complete">Complete</button> <button id="leave">Leave</button>
<script>
function find(start) {{ for (let w = start, n = 0; w && n < 50; n++) {{ try {{ if (w.API_1484_11) return w.API_1484_11; }} catch (e) {{ return null; }}
  if (w === w.parent) return null; w = w.parent; }} return null; }}
const api = find(window) || (window.opener && find(window.opener));
window.api = api;
if (api) api.Initialize("");
document.getElementById("complete").onclick = () => {{ api.SetValue("cmi.score.scaled", "0.9");
  api.SetValue("cmi.success_status", "passed"); api.SetValue("cmi.completion_status", "completed"); api.Commit(""); document.title = "done"; }};
document.getElementById("leave").onclick = () => {{ api.SetValue("adl.nav.request", "continue"); api.Terminate(""); }};
</script></html>"""


@dataclass(frozen=True)
class Sco:
    """One thing to play in a built package."""

    title: str = "Lesson"
    href: str = "index.html"
    identifier: str = ""
    kind: str = "sco"
    extra: str = ""  # XML inside the item
    attributes: str = ""  # further attributes of the item
    children: tuple["Sco", ...] = field(default=())


def zip_of(files: Mapping[str, bytes | str]) -> bytes:
    """Return an ordinary zip archive; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return target.getvalue()


def _items(scos: tuple[Sco, ...], prefix: str = "") -> str:
    parts = []
    for number, sco in enumerate(scos, 1):
        name = sco.identifier or f"item{prefix}-{number}"
        reference = "" if sco.children else f" identifierref={quoteattr('res-' + name)}"
        parts.append(
            f"<item identifier={quoteattr(name)}{reference} {sco.attributes}><title>{escape(sco.title)}</title>"
            f"{sco.extra if not sco.children else ''}{_items(sco.children, f'{prefix}-{number}')}"
            f"{sco.extra if sco.children else ''}</item>"
        )
    return "".join(parts)


def _leaves(scos: tuple[Sco, ...], prefix: str = "") -> Iterator[tuple[str, Sco]]:
    for number, sco in enumerate(scos, 1):
        if sco.children:
            yield from _leaves(sco.children, f"{prefix}-{number}")
        else:
            yield sco.identifier or f"item{prefix}-{number}", sco


def _resources(scos: tuple[Sco, ...], attribute: str) -> str:
    return "".join(
        f'<resource identifier={quoteattr("res-" + name)} type="webcontent" {attribute}={quoteattr(sco.kind)} '
        f"href={quoteattr(sco.href)}><file href={quoteattr(sco.href)}/></resource>"
        for name, sco in _leaves(scos)
    )


def scorm12_manifest(title: str = "A course", scos: tuple[Sco, ...] = (Sco(),), version: str = "1.2") -> str:
    """Return a SCORM 1.2 manifest."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest identifier="course" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">\n'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{escape(version)}</schemaversion></metadata>\n"
        f'<organizations default="org"><organization identifier="org"><title>{escape(title)}</title>\n'
        f"{_items(scos)}\n</organization></organizations>\n"
        f"<resources>{_resources(scos, 'adlcp:scormtype')}</resources>\n</manifest>"
    )


def scorm2004_manifest(
    title: str = "A course",
    scos: tuple[Sco, ...] = (Sco(),),
    version: str = "2004 4th Edition",
    sequencing: str = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>',
    collection: str = "",
) -> str:
    """Return a SCORM 2004 manifest; `sequencing` is that of the organization."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest identifier="course" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" '
        'xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">\n'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{escape(version)}</schemaversion></metadata>\n"
        f'<organizations default="org"><organization identifier="org"><title>{escape(title)}</title>\n'
        f"{_items(scos)}{sequencing}\n</organization></organizations>\n"
        f"<resources>{_resources(scos, 'adlcp:scormType')}</resources>{collection}\n</manifest>"
    )


def _package(manifest: str, page: str, scos: tuple[Sco, ...], files: Mapping[str, bytes | str] | None) -> bytes:
    pages = {sco.href.partition("?")[0]: page.format(title=escape(sco.title)) for _, sco in _leaves(scos)}
    return zip_of({"imsmanifest.xml": manifest, **pages, **(files or {})})


def scorm12_package(
    title: str = "A course", scos: tuple[Sco, ...] = (Sco(),), files: Mapping[str, bytes | str] | None = None
) -> bytes:
    """Return a playable SCORM 1.2 package; its pages have buttons #complete and #leave, and `window.api`."""
    return _package(scorm12_manifest(title, scos), PAGE_12, scos, files)


def scorm2004_package(
    title: str = "A course",
    scos: tuple[Sco, ...] = (Sco(),),
    files: Mapping[str, bytes | str] | None = None,
    version: str = "2004 4th Edition",
    sequencing: str = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>',
) -> bytes:
    """Return a playable SCORM 2004 package; its pages have buttons #complete and #leave, and `window.api`."""
    return _package(scorm2004_manifest(title, scos, version, sequencing), PAGE_2004, scos, files)


def organizations_package(organizations: Mapping[str, tuple[str, tuple[Sco, ...]]]) -> bytes:
    """Return a playable SCORM 1.2 package of several organizations by identifier, each with its title; the first is the default."""
    scos = tuple(sco for _, found in organizations.values() for sco in found)
    one, whole = scorm12_manifest("", scos), ""
    for name, (title, found) in organizations.items():
        whole += (
            f"<organization identifier={quoteattr(name)}><title>{escape(title)}</title>{_items(found)}</organization>"
        )
    before, after = one.index("<organizations"), one.index("</organizations>")
    manifest = f"{one[:before]}<organizations default={quoteattr(next(iter(organizations)))}>{whole}{one[after:]}"
    return _package(manifest, PAGE_12, scos, None)


def aicc_files() -> dict[str, bytes | str]:
    """Return the files of an AICC course of two units in one block."""
    return {
        "course.crs": "[Course]\r\nCourse_ID=C1\r\nCourse_Title=Knots\r\nCourse_System=Test\r\nVersion=4.0\r\n"
        "[Course_Description]\r\nTying them,\r\nand undoing them.\r\n",
        "course.au": '"System_ID","Type","Command_Line","File_Name","Max_Score","Mastery_Score","Max_Time_Allowed",'
        '"Time_Limit_Action","System_Vendor","Core_Vendor","Web_Launch","AU_Password"\r\n'
        '"A1","lesson","","reef.html","100","80","01:00:00","C,N","Test","rope=3","mode=a",""\r\n'
        '"A2","lesson","","bowline.html?x=1","100","","","","Test","","mode=b",""\r\n',
        "course.des": '"System_ID","Developer_ID","Title","Description"\r\n"A1","d1","Reef knot","Two bights"\r\n'
        '"A2","d2","Bowline","A loop"\r\n"B1","d3","Knots to know","All"\r\n',
        "course.cst": '"Block","Member","Member"\r\n"ROOT","B1",""\r\n"B1","A1","A2"\r\n',
        "reef.html": "<p>reef",
        "bowline.html": "<p>bowline",
    }


def aicc_package() -> bytes:
    """Return an AICC package of two units."""
    return zip_of(aicc_files())


def cmi5_package() -> bytes:
    """Return a cmi5 package of two units, one of them in a block."""
    return zip_of(
        {
            "cmi5.xml": '<?xml version="1.0" encoding="utf-8"?>'
            '<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">'
            '<course id="https://example.com/knots"><title><langstring lang="en-GB">Knots</langstring></title>'
            '<description><langstring lang="en-GB">Tying them</langstring></description></course>'
            '<au id="https://example.com/knots/reef" moveOn="Passed" masteryScore="0.8" launchMethod="OwnWindow">'
            '<title><langstring lang="en-GB">Reef knot</langstring></title>'
            '<description><langstring lang="en-GB">-</langstring></description><url>reef.html?a=1</url></au>'
            '<block id="https://example.com/knots/loops"><title><langstring lang="en-GB">Loops</langstring></title>'
            '<au id="https://example.com/knots/bowline"><title><langstring lang="en-GB">Bowline</langstring></title>'
            "<url>https://example.com/bowline</url><launchParameters>deep</launchParameters></au></block>"
            "</courseStructure>",
            "reef.html": "<p>reef",
        }
    )


def tincan_package() -> bytes:
    """Return a Tin Can package of one launchable activity."""
    return zip_of(
        {
            "tincan.xml": '<?xml version="1.0" encoding="utf-8"?><tincan xmlns="http://projecttincan.com/tincan.xsd">'
            '<activities><activity id="https://example.com/knots" type="http://adlnet.gov/expapi/activities/course">'
            '<name lang="en-GB">Knots</name><description lang="en-GB">Tying them</description>'
            '<launch lang="en-GB">reef.html</launch></activity>'
            '<activity id="https://example.com/knots/q1" type="http://adlnet.gov/expapi/activities/interaction">'
            '<name lang="en-GB">Which knot?</name></activity></activities></tincan>',
            "reef.html": "<p>reef",
        }
    )


# Archives written field by field -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Raw:
    """One entry of a forged archive; None means: as it should be."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    external_attr: int = 0o100644 << 16
    create_system: int = 3
    packed: bytes | None = None
    offset_of: int | None = None  # use the data of this earlier entry


def forge(entries: list[Raw], junk: bytes = b"") -> bytes:
    """Return a zip archive that says exactly what it is told to."""
    body, central, offsets = io.BytesIO(), io.BytesIO(), []
    for entry in entries:
        packed = entry.packed if entry.packed is not None else _packed(entry)
        size = len(entry.data) if entry.size is None else entry.size
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        fields = (entry.flags, entry.method, 0, 0x5C21, crc, len(packed), size, len(entry.name), 0)
        if entry.offset_of is None:
            offsets.append(body.tell())
            body.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *fields) + entry.name + packed)
        else:
            offsets.append(offsets[entry.offset_of])
        central.write(
            struct.pack(
                "<4sBB5H3L5H2L",
                b"PK\x01\x02",
                20,
                entry.create_system,
                20,
                *fields,
                0,
                0,
                0,
                entry.external_attr,
                offsets[-1],
            )
            + entry.name
        )
    start = body.tell()
    count = min(len(entries), 0xFFFE)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(central.getvalue()), start, 0)
    return body.getvalue() + central.getvalue() + end + junk


def _packed(entry: Raw) -> bytes:
    if entry.method != 8:
        return entry.data
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(entry.data) + packer.flush()


def _course(*more: Raw) -> bytes:
    return forge(
        [
            Raw(b"imsmanifest.xml", scorm12_manifest().encode()),
            Raw(b"index.html", PAGE_12.format(title="x").encode()),
            *more,
        ]
    )


def _with_manifest(manifest: bytes | str, files: Mapping[str, bytes | str] | None = None) -> bytes:
    return zip_of({"imsmanifest.xml": manifest, "index.html": PAGE_12.format(title="Lesson"), **(files or {})})


def _zeros(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1024 * 1024)
    return b"".join([packer.compress(block) for _ in range(mebibytes)]) + packer.flush()


def _noise(kibibytes: int) -> bytes:
    """Return bytes that do not compress, the same ones every time."""
    return b"".join(hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(kibibytes * 32))


def _ratio_bomb() -> bytes:
    return _course(Raw(b"zeros.bin", packed=_zeros(64), size=64 * 1024 * 1024, crc=0))


def _lying_size() -> bytes:
    packed = _zeros(16)
    return _course(Raw(b"small.bin", packed=packed, size=len(packed), crc=0))


def _total_bomb() -> bytes:
    block = 1900 * 1024 * 1024
    packed = bytes(12 * 1024 * 1024)
    return _course(*[Raw(b"big%d.bin" % number, packed=packed, size=block, crc=0) for number in range(3)])


def _swapped_header() -> bytes:
    """A local header that names another file than the table of contents does."""
    data = _course(Raw(b"harmless.txt", b"x"))
    at = data.index(b"harmless.txt")
    return data[:at] + b"../../x.html" + data[at + 12 :]


_XXE = """<?xml version="1.0"?><!DOCTYPE manifest [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<manifest identifier="x"><organizations><organization identifier="o"><title>&secret;</title></organization></organizations></manifest>"""

_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE manifest [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><manifest identifier="x"><organizations><organization identifier="o"><title>&j;</title></organization></organizations></manifest>'
)

_DTD = scorm12_manifest().replace(
    "<manifest ", '<!DOCTYPE manifest SYSTEM "http://127.0.0.1:9/evil.dtd">\n<manifest ', 1
)


class _Built(Mapping[str, bytes]):
    """A table whose rows are built when first asked for."""

    def __init__(self, builders: dict[str, Callable[[], bytes]]) -> None:
        self._builders = {name: cache(builder) for name, builder in builders.items()}

    def __getitem__(self, name: str) -> bytes:
        return self._builders[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)


HOSTILE: Mapping[str, bytes] = _Built(
    {
        "traversal": lambda: _course(Raw(b"../../evil.html", b"x")),
        "traversal in the middle": lambda: _course(Raw(b"a/../../evil.html", b"x")),
        "traversal by backslashes": lambda: _course(Raw(b"..\\..\\evil.html", b"x")),
        "traversal by dots and spaces": lambda: _course(Raw(b"a/.. /evil.html", b"x")),
        "absolute path": lambda: _course(Raw(b"/etc/cron.d/evil", b"x")),
        "absolute path by backslash": lambda: _course(Raw(b"\\evil", b"x")),
        "drive letter": lambda: _course(Raw(b"C:\\evil.exe", b"x")),
        "NUL in a name": lambda: _course(Raw(b"good.html\x00.exe", b"x")),
        "control character in a name": lambda: _course(Raw(b"bad\x1b[2Jname.html", b"x")),
        "symlink": lambda: _course(Raw(b"link", b"/etc/passwd", external_attr=0o120777 << 16)),
        "device": lambda: _course(Raw(b"tty", external_attr=0o020666 << 16)),
        "encrypted": lambda: _course(Raw(b"secret.html", b"x" * 20, flags=1)),
        "strongly encrypted": lambda: _course(Raw(b"secret.html", b"x" * 20, flags=0x41)),
        "AES": lambda: _course(Raw(b"secret.html", b"x" * 40, method=99, flags=1)),
        "unknown method": lambda: _course(Raw(b"odd.html", b"x" * 40, method=97)),
        "ratio bomb": _ratio_bomb,
        "total size bomb": _total_bomb,
        "count bomb": lambda: forge([Raw(b"%d" % number, method=0) for number in range(20_001)]),
        "hidden in another archive": lambda: zip_of({"course.zip": scorm12_package()}),
        "overlap": lambda: _course(Raw(b"again.html", PAGE_12.format(title="x").encode(), offset_of=1)),
        "duplicates": lambda: _course(Raw(b"a.html", b"1"), Raw(b"a.html", b"2")),
        "duplicates by Unicode form": lambda: _course(
            Raw("é.html".encode(), b"1", flags=0x800), Raw("e\u0301.html".encode(), b"2", flags=0x800)
        ),
        "duplicates by backslash": lambda: _course(Raw(b"a/b.html", b"1"), Raw(b"a\\b.html", b"2")),
        "file and folder": lambda: _course(Raw(b"a", b"1"), Raw(b"a/b.html", b"2")),
        "several packages": lambda: zip_of(
            {"a/imsmanifest.xml": scorm12_manifest(), "a/index.html": "x", "b/imsmanifest.xml": scorm12_manifest()}
        ),
        "truncated": lambda: scorm12_package(files={"noise.bin": _noise(64)})[:-9000],
        "truncated in the data": lambda: scorm12_package()[200:],
        "lying size": _lying_size,
        "impossible size": lambda: _course(Raw(b"x.bin", b"x", size=500_000_000)),
        "lying CRC": lambda: _course(Raw(b"x.html", b"content", crc=1)),
        "lying local header": _swapped_header,
        "not a zip": lambda: b"%PDF-1.7 this is no archive",
        "empty file": lambda: b"",
        "no manifest": lambda: zip_of({"index.html": "<p>hello"}),
        "XXE": lambda: _with_manifest(_XXE),
        "billion laughs": lambda: _with_manifest(_LAUGHS),
        "external DTD": lambda: _with_manifest(_DTD),
        "launch file missing": lambda: zip_of({"imsmanifest.xml": scorm12_manifest()}),
        "manifest is garbage": lambda: _with_manifest(bytes(range(256))),
        "deep manifest": lambda: _with_manifest("<manifest>" + "<item>" * 5000),
    }
)


def _renamed(old: str, new: str) -> str:
    return scorm12_manifest().replace(old, new)


def _cp437_names() -> bytes:
    name = "Übung/Prüfung.html"
    manifest = scorm12_manifest(scos=(Sco("Prüfung", name),)).encode()
    page = PAGE_12.format(title="x").encode()
    return forge(
        [Raw(b"imsmanifest.xml", manifest), Raw(name.encode("cp437"), page, create_system=0, external_attr=0x20)]
    )


def _xml_base() -> bytes:
    manifest = _renamed("<resources>", '<resources xml:base="content/">').replace(
        'type="webcontent"', 'xml:base="lessons/one/" type="webcontent"'
    )
    return zip_of({"imsmanifest.xml": manifest, "content/lessons/one/index.html": PAGE_12.format(title="x")})


def _backslashes() -> bytes:
    manifest = _renamed('href="index.html"', 'href="content\\index.html"').encode()
    return forge([Raw(b"imsmanifest.xml", manifest), Raw(b"content\\index.html", PAGE_12.format(title="x").encode())])


def _shared_resources() -> bytes:
    manifest = _renamed(
        "</organization>",
        '<item identifier="second" identifierref="res-item-1" parameters="?part=2"><title>Again</title></item></organization>',
    )
    return _with_manifest(manifest)


ODD: Mapping[str, bytes] = _Built(
    {
        "byte order mark": lambda: _with_manifest(codecs.BOM_UTF8 + scorm12_manifest("Größe").encode()),
        "UTF-16 manifest": lambda: _with_manifest(
            scorm12_manifest("Größe").replace("UTF-8", "UTF-16").encode("utf-16")
        ),
        "UTF-8 declared UTF-16": lambda: _with_manifest(scorm12_manifest("Größe").replace("UTF-8", "UTF-16").encode()),
        "Latin-1 declared UTF-8": lambda: _with_manifest(scorm12_manifest("Größe").encode("latin-1")),
        "wrapper folder": lambda: zip_of(
            {
                "__MACOSX/._course": "x",
                "course/imsmanifest.xml": scorm12_manifest(),
                "course/index.html": PAGE_12.format(title="x"),
                "course/.DS_Store": "x",
            }
        ),
        "backslashes": _backslashes,
        "wrong case": lambda: zip_of({"imsmanifest.xml": scorm12_manifest(), "Index.HTML": PAGE_12.format(title="x")}),
        "manifest in capitals": lambda: zip_of(
            {"IMSMANIFEST.XML": scorm12_manifest(), "index.html": PAGE_12.format(title="x")}
        ),
        "xml:base": _xml_base,
        "dangling default": lambda: _with_manifest(_renamed('default="org"', 'default="nothing"')),
        "no default": lambda: _with_manifest(_renamed(' default="org"', "")),
        "shared resources": _shared_resources,
        "percent-encoded": lambda: zip_of(
            {
                "imsmanifest.xml": scorm12_manifest(scos=(Sco("x", "my%20lesson/p%C3%A5ge.html?a=1"),)),
                "my lesson/påge.html": PAGE_12.format(title="x"),
            }
        ),
        "cp437 names": _cp437_names,
        "no scormtype": lambda: _with_manifest(_renamed('adlcp:scormtype="sco"', "")),
        "undeclared prefix": lambda: _with_manifest(
            _renamed(' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"', "")
        ),
        "no organization": lambda: _with_manifest(
            _renamed("<organizations", "<!--").replace("</organizations>", "--><organizations/>")
        ),
        "unknown version": lambda: _with_manifest(scorm12_manifest(version="7.5 beta")),
        "bare ampersand": lambda: _with_manifest(_renamed("A course", "Salt & Pepper")),
        "wrong mastery score": lambda: _with_manifest(
            scorm12_manifest(scos=(Sco(extra="<adlcp:masteryscore>eighty</adlcp:masteryscore>"),))
        ),
        "duplicate identifiers": lambda: _with_manifest(
            scorm12_manifest(scos=(Sco(identifier="same"), Sco(identifier="same")))
        ),
        "remote page beside": lambda: _with_manifest(
            scorm12_manifest(scos=(Sco(), Sco("Out", "https://example.com/page")))
        ),
    }
)
