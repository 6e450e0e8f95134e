"""
Plays ADL's data-model cases against our data model in process: one JSON request a line in, one answer a line out.

Every visit of an activity stands on its own here (the layer "dm" of the runner): launch values from the manifest and
what the last visit left when it asked to be resumed. Sequencing has no part in it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from courseway.standards.cmi import (
    SCORM_2004,
    LaunchObjective,
    Learner,
    RuntimeApi,
    apply_commit,
    end_session,
    entry_of,
    initial_values,
    shared_stores,
)
from courseway.standards.manifests.package import read_package
from courseway.standards.manifests.structure import Item


def read_items(manifest: Path) -> dict[str, Item]:
    """Return a manifest's items by identifier; the files it names are taken to be there."""
    content = manifest.read_bytes()
    reading = read_package({"imsmanifest.xml": len(content)}, lambda _: content)
    assert reading.structure is not None, reading.report
    return {item.identifier: item for item in reading.structure.organization.walk()}


class Visits:
    """What a learner's visits of activities leave behind."""

    def __init__(self, packages: dict[str, str], learner: dict[str, str]) -> None:
        self.packages = {name: read_items(Path(path)) for name, path in packages.items()}
        self.learner = Learner(learner.get("id", ""), learner.get("name", ""))
        self.left: dict[str, dict[str, str]] = {}
        self.shared: dict[str, str] = {}
        self.activity = ""
        self.values: dict[str, str] = {}
        self.api = RuntimeApi(SCORM_2004, {})

    def visit(self, package: str, identifier: str) -> None:
        """Launch an activity."""
        item = self.packages[package][identifier]
        stored = self.left.get(identifier, {})
        objectives = item.sequencing.objectives if item.sequencing else ()
        self.activity = identifier
        self.values = initial_values(
            "scorm2004",
            item,
            self.learner,
            stored,
            entry=entry_of(stored, suspended=bool(stored)),
            objectives=[LaunchObjective(objective.identifier) for objective in objectives],
            shared=self.shared,
        )
        self.api = RuntimeApi(SCORM_2004, self.values)

    def settle(self) -> None:
        """Commit what the activity set, as the player would, and end its session."""
        applied = apply_commit("scorm2004", self.values, self.api.changes)
        assert applied.rejected == (), applied.rejected
        assert applied.state == self.api.data.values
        ended = end_session("scorm2004", applied.state)
        self.shared |= shared_stores(ended.state)
        self.left[self.activity] = ended.state if ended.suspended else {}


def answer(visits: Visits, request: dict[str, Any]) -> dict[str, str]:
    """Do what the runner asks."""
    match request["cmd"]:
        case "force":
            visits.visit(request["package"], request["identifier"])
        case "call":
            value = visits.api.call(request["method"], *request["args"])
            return {"value": value, "error": visits.api.get_last_error()}
        case "settle":
            visits.settle()
    return {}


def main() -> None:
    visits = Visits({}, {})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["cmd"] == "open":
                visits = Visits(request["packages"], request["learner"])
            said: dict[str, str] = answer(visits, request)
        except Exception as error:
            said = {"fatal": repr(error)}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
