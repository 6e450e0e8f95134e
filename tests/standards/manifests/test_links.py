"""From an address in a manifest to a file of the package."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.manifests.links import Link, PackageFiles, follow, with_parameters

FILES = (
    "index.html", "a/b.html", "a/My Page.html", "påge.html", "Case/File.HTML", "what?.html", "50%.html", "x#y.html", "common/lib/a.js",
)  # fmt: skip


def files(*names: str) -> PackageFiles:
    return PackageFiles(dict.fromkeys(names or FILES, 1), lambda _: b"")


@pytest.mark.parametrize(
    ("href", "bases", "path", "query", "fragment"),
    [
        ("index.html", (), "index.html", "", ""),
        (" index.html ", (), "index.html", "", ""),
        ("index.html?a=1&b=2#top", (), "index.html", "a=1&b=2", "top"),
        ("b.html", ("a/",), "a/b.html", "", ""),
        ("b.html", ("", "a/", ""), "a/b.html", "", ""),
        ("lib/a.js", ("common/", ""), "common/lib/a.js", "", ""),
        ("a.js", ("common/", "lib/"), "common/lib/a.js", "", ""),
        ("../index.html", ("a/",), "index.html", "", ""),
        ("a/My%20Page.html", (), "a/My Page.html", "", ""),
        ("a/My Page.html", (), "a/My Page.html", "", ""),
        ("p%C3%A5ge.html", (), "påge.html", "", ""),
        ("p%E5ge.html", (), "påge.html", "", ""),
        ("pa\u030age.html", (), "påge.html", "", ""),
        ("what?.html", (), "what?.html", "", ""),
        ("x#y.html", (), "x#y.html", "", ""),
        ("50%.html", (), "50%.html", "", ""),
        ("./a//b.html", (), "a/b.html", "", ""),
    ],
)
def test_an_address_finds_its_file_without_a_word(
    href: str, bases: tuple[str, ...], path: str, query: str, fragment: str
) -> None:
    assert follow(href, bases, files()) == Link(path, query, fragment, found=True)


@pytest.mark.parametrize(
    ("href", "bases", "path", "repair"),
    [
        ("case/file.html", (), "Case/File.HTML", "case"),
        ("a\\b.html", (), "a/b.html", "backslash"),
        ("/index.html", (), "index.html", "absolute"),
        ("b.html", ("a",), "a/b.html", "base"),
        ("b.html", ("\\a\\",), "a/b.html", "absolute"),
    ],
)
def test_an_odd_address_finds_its_file_and_says_what_was_odd(
    href: str, bases: tuple[str, ...], path: str, repair: str
) -> None:
    link = follow(href, bases, files())
    assert (link.path, link.found) == (path, True)
    assert repair in link.repairs


@pytest.mark.parametrize("href", ["../index.html", "a/../../index.html", "..\\index.html", "%2e%2e/index.html"])
def test_an_address_that_climbs_out_finds_nothing(href: str) -> None:
    link = follow(href, (), files("other.html"))
    assert not link.found
    assert ".." not in link.path.split("/")


@pytest.mark.parametrize(
    ("href", "bases", "path"),
    [
        ("https://example.com/a?b=1", (), "https://example.com/a?b=1"),
        ("HTTP://example.com/", (), "HTTP://example.com/"),
        ("//cdn.example.com/x.html", (), "https://cdn.example.com/x.html"),
        ("x.html", ("https://example.com/course/",), "https://example.com/course/x.html"),
    ],
)
def test_an_address_on_the_web_stays_one(href: str, bases: tuple[str, ...], path: str) -> None:
    link = follow(href, bases, files())
    assert (link.path, link.remote) == (path, True)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.c"])
def test_other_schemes_lead_nowhere(href: str) -> None:
    link = follow(href, (), files())
    assert not link.found
    assert not link.remote


@pytest.mark.parametrize(
    ("href", "parameters", "expected"),
    [
        ("index.html", "", ""),
        ("index.html", "a=1", "?a=1"),
        ("index.html", "?a=1", "?a=1"),
        ("index.html", "&a=1", "?a=1"),
        ("index.html", "?&?a=1", "?a=1"),
        ("index.html", "#part", "#part"),
        ("index.html", "?a=1#part", "?a=1#part"),
        ("index.html?x=1", "a=1", "?x=1&a=1"),
        ("index.html?x=1", "&a=1", "?x=1&a=1"),
        ("index.html#here", "#part", "#here"),
        ("index.html#here", "a=1", "?a=1#here"),
        ("https://e.org/x", "a=1", "?a=1"),
        ("https://e.org/x?b=2", "?a=1", "&a=1"),
    ],
)
def test_parameters_join_the_address_as_the_book_says(href: str, parameters: str, expected: str) -> None:
    assert with_parameters(follow(href, (), files()), parameters) == expected


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3), st.text(max_size=20))
def test_whatever_the_address_only_real_files_are_found(href: str, bases: list[str], parameters: str) -> None:
    table = files()
    link = follow(href, tuple(bases), table)
    assert not link.found or link.remote or link.path in table.sizes
    assert link.remote or ".." not in link.path.split("/")
    joined = with_parameters(link, parameters)
    assert link.remote or joined == "" or joined[0] in "?#"
