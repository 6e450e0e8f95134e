"""
Findings in the Static Analysis Results Interchange Format, which code hosts show beside the lines. [SARIF 2.1.0]

Here: rules, results, and where they are: in a folder as files, in an archive as nested artifacts.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from courseway import __version__
from courseway.commands.findings import LEVELS, Linted, dumped, place_of
from courseway.standards.issues import Issue
from courseway.standards.manifests.rules.catalogue import BY_CODE

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(packages: Sequence[Linted], unusable: Sequence[str] = ()) -> str:
    """Render one run over all packages; what could not be read becomes a notification of the tool."""
    codes = sorted({issue.code for package in packages for issue in package.issues})
    artifacts = _Artifacts()
    results = [
        _result(issue, codes.index(issue.code), package, artifacts) for package in packages for issue in package.issues
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not unusable}
    if unusable:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": sentence}} for sentence in unusable
        ]
    run = {
        "tool": {"driver": {"name": "courseway", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "columnKind": "utf16CodeUnits",
        "invocations": [invocation],
        "artifacts": artifacts.listed,
        "results": results,
    }
    return dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


class _Artifacts:
    """The files results are in, each listed once. [SARIF 2.1.0 3.24]"""

    def __init__(self) -> None:
        self.listed: list[dict[str, Any]] = []
        self._known: dict[tuple[int, str], int] = {}

    def index(self, uri: str, parent: int = -1) -> int:
        """Return the index of a file, listing it if it is new; `parent` is the archive it is in."""
        key = (parent, uri)
        if key not in self._known:
            self._known[key] = len(self.listed)
            self.listed.append({"location": {"uri": uri}, **({"parentIndex": parent} if parent >= 0 else {})})
        return self._known[key]


def _rule(code: str) -> dict[str, Any]:
    rule = BY_CODE[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.says},
        "help": {"text": " ".join((rule.advice or rule.says, *(f"[{clause}]" for clause in rule.listed)))},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(issue: Issue, index: int, package: Linted, artifacts: _Artifacts) -> dict[str, Any]:
    parts = (issue.message, issue.advice, f"[{issue.clause}]" if issue.clause else "")
    return {
        "ruleId": issue.code,
        "ruleIndex": index,
        "level": LEVELS[issue.severity],
        "message": {"text": " ".join(part for part in parts if part)},
        "locations": [_location(issue, package, artifacts)],
        "partialFingerprints": {"findingHash/v1": _fingerprint(issue, package)},
    }


def _location(issue: Issue, package: Linted, artifacts: _Artifacts) -> dict[str, Any]:
    file, line = place_of(issue)
    whole = _uri(package.path)
    if package.folder:
        uri = f"{whole}/{_quoted(file)}" if file else whole
        index = artifacts.index(uri)
    else:
        uri, index = whole, artifacts.index(whole)
        if file:
            uri, index = _quoted(file), artifacts.index(_quoted(file), index)
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "index": index}}
    if line:
        physical["region"] = {"startLine": line}
    name = "/".join(part for part in (package.path.as_posix(), file) if part)
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": name}]}


def _uri(path: Path) -> str:
    """Return an address relative to the working folder where the path is below it."""
    whole = path.resolve()
    try:
        return _quoted(whole.relative_to(Path.cwd().resolve()).as_posix())
    except ValueError:
        return whole.as_uri()


def _quoted(path: str) -> str:
    return quote(path, errors="surrogateescape")


def _fingerprint(issue: Issue, package: Linted) -> str:
    """Return what stays the same when lines move, so that a finding is known again."""
    text = "\n".join((issue.code, package.path.name, place_of(issue)[0], issue.message))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
