"""What a dispatch package contains."""

import json
import re

import pytest
from lxml import etree

from courseway.standards.issues import Severity
from courseway.standards.manifests.package import read_package
from courseway.standards.shells import (
    SHELL_FILES,
    Endpoints,
    PackageFormat,
    PackageSpec,
    Window,
    plan_collection,
    plan_package,
    render_signed_text,
)

SHELL = {name: f"/* {name} */".encode() for name in SHELL_FILES}


def spec(**change: object) -> PackageSpec:
    values: dict[str, object] = {
        "dispatch_id": "0198c0de-0000-7000-8000-000000000001",
        "key": "cw1.t.m",
        "format": PackageFormat.SCORM_12,
        "title": 'Fire & <Safety> "Basics"',
        "version": "0.1.0",
        "endpoints": Endpoints(7, ("https://content.example.com",), "c2ln"),
        "verify_key": "a2V5",
        **change,
    }
    return PackageSpec(**values)  # type: ignore[arg-type]


def files(one: PackageSpec) -> dict[str, bytes]:
    return {file.path: file.content for file in plan_package(one, SHELL)}


def config_of(page: bytes) -> dict[str, object]:
    found = re.search(rb'<script type="application/json" id="courseway-config">(.*?)</script>', page, re.S)
    assert found
    config: dict[str, object] = json.loads(found[1])
    return config


@pytest.mark.parametrize(
    ("package_format", "schema_version", "attribute"),
    [
        (PackageFormat.SCORM_12, "1.2", "scormtype"),
        (PackageFormat.SCORM_2004_3, "2004 3rd Edition", "scormType"),
        (PackageFormat.SCORM_2004_4, "2004 4th Edition", "scormType"),
    ],
)
def test_a_manifest_names_its_edition_and_one_sco_that_starts_the_shell(
    package_format: PackageFormat, schema_version: str, attribute: str
) -> None:
    manifest = etree.fromstring(files(spec(format=package_format))["imsmanifest.xml"])
    assert manifest.findtext(".//{*}schemaversion") == schema_version
    (resource,) = manifest.iter("{*}resource")
    assert resource.get("href") == "index.html"
    assert [value for name, value in resource.attrib.items() if name.endswith(attribute)] == ["sco"]
    (item,) = manifest.iter("{*}item")
    assert item.get("identifierref") == resource.get("identifier")


@pytest.mark.parametrize("package_format", list(PackageFormat))
def test_a_manifest_has_no_mastery_score_and_lists_every_other_file(package_format: PackageFormat) -> None:
    package = files(spec(format=package_format))
    assert b"mastery" not in package["imsmanifest.xml"].lower()
    manifest = etree.fromstring(package["imsmanifest.xml"])
    assert {node.get("href") for node in manifest.iter("{*}file")} == set(package) - {"imsmanifest.xml"}


@pytest.mark.parametrize("package_format", list(PackageFormat))
def test_our_own_reader_finds_nothing_wrong_with_a_package(package_format: PackageFormat) -> None:
    package = files(spec(format=package_format))
    reading = read_package({path: len(content) for path, content in package.items()}, package.__getitem__)
    assert reading.structure is not None
    assert reading.structure.edition == {"scorm12": "1.2"}.get(
        package_format.value, package_format.value.replace("scorm", "")
    )
    assert [issue for issue in reading.report.issues if issue.severity is not Severity.INFO] == []
    (organization,) = reading.structure.organizations
    assert [item.href for item in organization.items] == ["index.html"]


def test_a_title_survives_markup_and_control_characters() -> None:
    package = files(spec(title="A\x00B </script><!-- ]]> & \ud800 ü"))
    assert etree.fromstring(package["imsmanifest.xml"]).findtext(".//{*}title") == "AB </script><!-- ]]> &  ü"
    assert config_of(package["index.html"])["title"] == "AB </script><!-- ]]> &  ü"
    assert package["index.html"].count(b"</script>") == 2


def test_both_pages_carry_the_configuration_and_no_secret_but_the_key() -> None:
    package = files(spec(window=Window.POPUP, support="Call 123"))
    for page in ("index.html", "selftest.html"):
        config = config_of(package[page])
        assert config["key"] == "cw1.t.m"
        assert config["endpoints"] == {"serial": 7, "urls": ["https://content.example.com"], "signature": "c2ln"}
        assert config["window"] == "popup"
        assert config["messages"] == {"support": "Call 123"}
        assert "hash_key" not in config
    assert config_of(files(spec(hash_key="aGFzaA=="))["index.html"])["hash_key"] == "aGFzaA=="


def test_what_is_signed_names_the_dispatch_the_serial_and_every_address() -> None:
    text = render_signed_text("d1", 7, ("https://a.example", "https://b.example"))
    assert text == b"courseway endpoints\nd1\n7\nhttps://a.example\nhttps://b.example"


@pytest.mark.parametrize("package_format", list(PackageFormat))
def test_one_package_for_a_whole_destination_has_an_item_for_each_dispatch(package_format: PackageFormat) -> None:
    specs = [
        spec(dispatch_id=f"d{number}", title=f"Course {number}", key=f"k{number}", format=package_format)
        for number in (1, 2)
    ]
    package = {file.path: file.content for file in plan_collection("dest", "Contoso & Co", specs, SHELL)}
    reading = read_package({path: len(content) for path, content in package.items()}, package.__getitem__)
    assert reading.structure is not None
    assert [issue for issue in reading.report.issues if issue.severity is not Severity.INFO] == []
    assert reading.structure.title == "Contoso & Co"
    items = [(item.title, item.href, item.parameters) for item in reading.structure.organizations[0].items]
    assert items == [("Course 1", "index.html", "?d=d1"), ("Course 2", "index.html", "?d=d2")]
    dispatches = config_of(package["index.html"])["dispatches"]
    assert isinstance(dispatches, list)
    assert [one["key"] for one in dispatches] == ["k1", "k2"]
