"""The command line against a real platform: every group, as a person and as a script uses it."""

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from courseway.cli import main as courseway
from courseway.commands.keys import RIGHTS
from courseway.tenants import Scope
from tests.journeys.up_process import COURSEWAY, Up, up_folder
from tests.live import REPOSITORY
from tests.packages import Sco, organizations_package

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("up")]
MANIFEST = """<?xml version="1.0"?>
<manifest identifier="golf" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
          xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Golf – für Anfänger</title>
    <item identifier="i" identifierref="r"><title>Golf</title></item></organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>"""
NOWHERE = "0193f2a4-7c1e-7b3a-9d54-3f0c8a9b1e22"


class Terminal:
    """Runs commands as a shell would, in a folder of its own."""

    def __init__(self, up: Up, folder: Path) -> None:
        self.up = up
        self.folder = folder

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """Run a command that ends with `code`; returns what it printed (for refusals, on standard error)."""
        done = subprocess.run(
            [COURSEWAY, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=self.folder,
            env={**os.environ, **environment},
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    def json(self, *arguments: str) -> object:
        """Run a command for machines and return its answer."""
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    with up_folder() as made:
        made.start("--no-demo")
        yield made
        made.interrupt()


@pytest.fixture
def terminal(up: Up, tmp_path: Path) -> Terminal:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "credentials.json").write_text((up.data / "credentials.json").read_text())
    return Terminal(up, tmp_path)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "gölf.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("index.html", "<!doctype html><title>Golf</title>")
    return path


def test_a_course_goes_in_and_comes_back_as_it_was(terminal: Terminal, package: Path) -> None:
    made = terminal.json("courses", "import", str(package))
    assert isinstance(made, dict)
    course = made["course_id"]
    assert "Golf – für Anfänger" in terminal.run("courses", "list")
    shown = terminal.run("courses", "show", course)
    assert "scorm12" in shown
    again = terminal.run("courses", "import", str(package), "--course", course)
    assert "version 2" in again
    assert "2" in terminal.run("courses", "versions", course)
    terminal.run("courses", "download", course, "--version", "1", "-o", "back.zip")
    assert (terminal.folder / "back.zip").read_bytes() == package.read_bytes()
    terminal.run("courses", "delete", course, "--yes")
    assert course not in terminal.run("courses", "list")
    assert course in terminal.run("courses", "list", "--deleted")
    terminal.run("courses", "restore", course)
    assert course in terminal.run("courses", "list")
    assert made["id"] in terminal.run("uploads", "list")


def test_one_of_several_organizations_is_chosen_by_its_name(terminal: Terminal) -> None:
    one, other = Sco("All of it", "all.html", "all"), Sco("In short", "short.html", "short")
    package = organizations_package({"whole": ("The whole course", (one,)), "refresher": ("Refresher", (other,))})
    (terminal.folder / "two.zip").write_bytes(package)
    course = terminal.json("courses", "import", "two.zip")["course_id"]  # type: ignore[index]
    shown = terminal.run("courses", "show", course)
    again = [COURSEWAY, "courses", "import", "two.zip", "--course", course]
    found = subprocess.run(again, capture_output=True, text=True, cwd=terminal.folder, timeout=60).stderr
    assert '  note: The package has 2 organizations: "whole" (default), "refresher".' in found
    assert "info:" not in found
    assert "The whole course  [organization whole, default]" in shown
    assert "Refresher  [organization refresher]" in shown
    create = ("registrations", "create", "--course", course, "--learner", "ada")
    made = terminal.json(*create, "--organization", "refresher")
    assert made["organization"] == "refresher"  # type: ignore[index, call-overload]
    assert "Refresher" in terminal.run("registrations", "show", made["id"])  # type: ignore[index, call-overload]
    said = terminal.run(*create, "--organization", "nowhere", code=2)
    assert "no organization “nowhere”. It has: whole (The whole course); refresher (Refresher)" in said
    for chosen, title in (((), "All of it"), (("--organization", "refresher"), "In short")):
        link = terminal.run("courses", "preview", course, "--version", "1", *chosen).strip()
        body = {"link": link.rsplit("/", 1)[1], "tab_key": "k" * 32}
        assert httpx.post(link.split("/play/")[0] + "/play/api/start", json=body).json()["delivery"]["title"] == title
    assert "no organization “nowhere”" in terminal.run(
        "courses", "preview", course, "--organization", "nowhere", code=2
    )
    destination = terminal.json("destinations", "create", "Fabrikam")["id"]  # type: ignore[index, call-overload]
    sent = ("dispatches", "create", "--course", course, "--destination", destination, "--organization")
    assert terminal.json(*sent, "refresher")["options"]["organization"] == "refresher"  # type: ignore[index, call-overload]
    assert "no organization “nowhere”" in terminal.run(*sent, "nowhere", code=2)


def test_a_package_that_is_none_is_refused_with_a_reason(terminal: Terminal) -> None:
    (terminal.folder / "broken.zip").write_bytes(b"PK this is no archive")
    said = terminal.run("courses", "import", "broken.zip", code=1)
    assert "broken.zip was not imported" in said
    (terminal.folder / "zero.zip").write_bytes(b"")
    said = terminal.run("courses", "import", "zero.zip", code=1)
    assert "zero.zip was not imported: The file is empty (0 bytes)." in said
    assert "zero.zip" not in terminal.run("uploads", "list")


def test_a_course_is_dispatched_packaged_and_paused(terminal: Terminal, package: Path) -> None:
    course = terminal.json("courses", "import", str(package))["course_id"]  # type: ignore[index]
    destination = terminal.json("destinations", "create", "Contoso", "--lms-origin", "https://lms.contoso.example")
    made = terminal.json(
        *("dispatches", "create", "--course", course, "--destination", destination["id"]),  # type: ignore[index]
        *("--seats", "5", "--expires", "2099-12-31"),
    )
    dispatch = made["id"]  # type: ignore[index]
    assert made["expires_at"].startswith("2099-12-31T23:59:59")  # type: ignore[index]
    assert "0 of 5" in terminal.run("dispatches", "list")
    for package_format in ("scorm12", "scorm2004-3", "scorm2004-4"):
        terminal.run("dispatches", "package", dispatch, "--format", package_format, "-o", "out.zip")
        assert "imsmanifest.xml" in zipfile.ZipFile(terminal.folder / "out.zip").namelist()
    terminal.run("dispatches", "pause", dispatch)
    assert terminal.json("dispatches", "show", dispatch)["enabled"] is False  # type: ignore[index, call-overload]
    terminal.run("dispatches", "resume", dispatch)
    assert terminal.json("dispatches", "users", dispatch) == []
    assert "Nobody has launched" in terminal.run("dispatches", "users", dispatch)
    terminal.run("dispatches", "delete", dispatch)


def test_a_learner_is_registered_and_gets_a_link(terminal: Terminal, package: Path) -> None:
    course = terminal.json("courses", "import", str(package))["course_id"]  # type: ignore[index]
    made = terminal.json("registrations", "create", "--course", course, "--learner", "ada", "--name", "Ada")
    registration = made["id"]  # type: ignore[index]
    link = terminal.run("registrations", "launch-link", registration).strip()
    assert link.startswith(f"{terminal.up.credentials()['content_url']}/play/")
    assert "Ada" in terminal.run("registrations", "list", "--course", course)
    assert "not attempted" in terminal.run("registrations", "show", registration)
    terminal.run("registrations", "delete", registration)


def play(terminal: Terminal, course: str) -> tuple[str, str]:
    """Play a course as the player does, over HTTP; returns its registration and its launch."""
    made = terminal.json("registrations", "create", "--course", course, "--learner", "ada", "--name", "Ada Lovelace")
    registration = str(made["id"])  # type: ignore[index]
    link = terminal.run("registrations", "launch-link", registration).strip().rsplit("/", 1)[1]
    with httpx.Client(base_url=f"{terminal.up.credentials()['content_url']}/play/api", timeout=20) as player:
        start = player.post("/start", json={"link": link, "tab_key": "one"}).raise_for_status().json()
        calls = [
            [1, "LMSInitialize", "", "", "true", "0"],
            [2, "LMSGetValue", "cmi.core.student_name", "", "Ada Lovelace", "0"],
            [3, "LMSSetValue", "cmi.core.lesson_status", "wonderful", "false", "405"],
            [4, "LMSSetValue", "cmi.core.lesson_status", "completed", "true", "0"],
            [5, "LMSFinish", "", "", "true", "0"],
        ]
        commit = {
            "seq": 1,
            "delivery": 1,
            "kind": "terminate",
            "set": {"cmi.core.lesson_status": "completed"},
            "calls": calls,
        }
        body = {"session": start["session"], "nav": 1, "request": {"kind": "exitAll"}, "commits": [commit]}
        assert player.post("/navigate", json=body).raise_for_status().json()["ended"]
    return registration, str(start["launch_id"])


def test_a_launch_is_looked_into_exported_and_kept_as_a_regression_test(terminal: Terminal, package: Path) -> None:
    course = terminal.json("courses", "import", str(package))["course_id"]  # type: ignore[index]
    registration, launch = play(terminal, course)
    assert launch in terminal.run("launches", "list", "--registration", registration)
    assert "Golf" in terminal.run("launches", "show", launch)
    [failed] = terminal.json("launches", "calls", launch, "--failed")  # type: ignore[misc]
    assert (failed["element"], failed["value"], failed["error"]) == ("cmi.core.lesson_status", "wonderful", "405")
    why = terminal.run("launches", "why", launch)
    assert "start: The launch began → “Golf” was delivered" in why
    assert "navigation 1: Exit of the course → The session ended" in why
    assert "no such navigation" in terminal.run("launches", "why", launch, "--nav", "9", code=1)
    terminal.run("launches", "export", launch, "-o", "launch.json")
    assert "Ada Lovelace" in (terminal.folder / "launch.json").read_text()
    assert "plays as recorded: 5 calls, 1 commits, 2 navigations" in terminal.run("launches", "replay", "launch.json")
    terminal.run("launches", "replay", "launch.json", "--trace", "--keep", "kept")
    kept = (terminal.folder / "kept" / "launch.json").read_text()
    assert "Ada" not in kept
    assert json.loads(terminal.run("launches", "replay", "kept/launch.json", "--json"))["same"] is True
    assert "exists already" in terminal.run("launches", "replay", "launch.json", "--keep", "kept", code=1)


def test_an_exported_launch_without_its_learner_names_her_nowhere(terminal: Terminal, package: Path) -> None:
    course = terminal.json("courses", "import", str(package))["course_id"]  # type: ignore[index]
    _, launch = play(terminal, course)
    terminal.run("launches", "export", launch, "--anonymous", "-o", "nobody.json")
    assert "Ada" not in (terminal.folder / "nobody.json").read_text()
    terminal.run("launches", "replay", "nobody.json")


def test_a_replay_shows_what_is_different_and_says_so_with_its_exit_code(terminal: Terminal) -> None:
    document = json.loads((REPOSITORY / "tests" / "replays" / "scorm12-wrong-calls.json").read_text())
    document["steps"][1]["calls"][2][4] = "Somebody Else"
    (terminal.folder / "changed.json").write_text(json.dumps(document))
    done = subprocess.run(
        [COURSEWAY, "launches", "replay", "changed.json"], capture_output=True, text=True, cwd=terminal.folder
    )
    assert done.returncode == 1
    assert "step 1, commit 1, call 3: LMSGetValue('cmi.core.student_name')" in done.stdout
    assert "recorded  'Somebody Else', no error" in done.stdout
    assert "now       'Learner', no error" in done.stdout
    document["version"] = 99
    (terminal.folder / "newer.json").write_text(json.dumps(document))
    assert "newer Courseway" in terminal.run("launches", "replay", "newer.json", code=2)
    assert "not JSON" in terminal.run("launches", "replay", str(Path(COURSEWAY)), code=2)
    assert "No such file" in terminal.run("launches", "replay", "nothing.json", code=2)
    assert "--registration" in terminal.run("launches", "list", code=2)


def test_keys_are_made_used_and_revoked(terminal: Terminal) -> None:
    made = terminal.json("keys", "create", "Robot", "--scope", "course:read,analytics:read")
    environment = {"COURSEWAY_URL": f"http://localhost:{terminal.up.port}", "COURSEWAY_API_KEY": made["credential"]}  # type: ignore[index]
    terminal.run("courses", "list", **environment)
    refused = terminal.run("keys", "list", code=1, **environment)
    assert "admin:*" in refused
    assert made["secret"] not in terminal.run("keys", "list")  # type: ignore[index]
    terminal.run("keys", "revoke", made["key"]["id"])  # type: ignore[index]
    assert "revoked" in terminal.run("keys", "list")
    assert "secret:" in terminal.run("keys", "create", "Authoring tool", "--lrs")


def test_the_operator_makes_a_tenant_whose_key_works(terminal: Terminal) -> None:
    data = ("--data", str(terminal.up.data))
    made = json.loads(terminal.run("tenants", "create", "Contoso", "--owner", "ada@contoso.example", *data, "--json"))
    assert made["password"]
    assert "Contoso" in terminal.run("tenants", "list", *data)
    environment = {"COURSEWAY_URL": f"http://localhost:{terminal.up.port}", "COURSEWAY_API_KEY": made["api_key"]}
    assert "ada@contoso.example" in terminal.run("tenants", "users", **environment)
    assert "No courses" in terminal.run("courses", "list", **environment)
    reset = json.loads(terminal.run("tenants", "reset-password", "ada@contoso.example", *data, "--json"))
    assert reset["password"] != made["password"]
    assert "no account" in terminal.run("tenants", "reset-password", "x@contoso.example", *data, code=1)
    taken = terminal.run("tenants", "create", "Contoso", "--owner", "ada@contoso.example", *data, code=1)
    assert "short name contoso already" in taken


def test_it_says_how_the_platform_is(terminal: Terminal) -> None:
    assert "healthy" in terminal.run("health")
    assert terminal.json("health")["checks"]["database"]["status"] == "up"  # type: ignore[index, call-overload]
    assert terminal.json("version")["schema"]  # type: ignore[index, call-overload]
    terminal.run("migrate", "--data", str(terminal.up.data))


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("courses", "show", NOWHERE), 1, "course"),
        (("courses", "show", "golf"), 2, "is not an id"),
        (("courses", "import", "nothing.zip"), 2, "does not exist"),
        (("courses", "frobnicate"), 2, "No such command"),
        (("courses", "list", "--url", "http://localhost:1"), 1, "Is it running"),
        (("courses", "list", "--credentials", "nowhere.json"), 2, "does not exist"),
        (("keys", "create", "Robot"), 2, "at least one right"),
        (("keys", "create", "Robot", "--scope", "course:destroy"), 2, "course:read"),
        (("dispatches", "create", "--course", NOWHERE, "--destination", NOWHERE, "--expires", "soon"), 2, "not a date"),
        (("tenants", "list", "--data", "nowhere"), 1, "courseway up"),
    ],
)
def test_what_cannot_be_done_is_one_clear_sentence(
    terminal: Terminal, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    assert sentence in terminal.run(*arguments, code=code)


def test_without_a_key_it_says_where_one_comes_from(terminal: Terminal) -> None:
    (terminal.folder / "data" / "credentials.json").unlink()
    assert "credentials.json" in terminal.run("courses", "list", code=2)
    wrong = {"COURSEWAY_URL": f"http://localhost:{terminal.up.port}", "COURSEWAY_API_KEY": "cw_nobody_wrong"}
    assert "COURSEWAY_API_KEY" in terminal.run("courses", "list", code=1, **wrong)


def test_a_pipe_that_closes_early_is_nobodys_mistake(terminal: Terminal) -> None:
    command = f"{COURSEWAY} courses list --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=terminal.folder)
    assert "Traceback" not in done.stderr


def test_every_command_explains_itself_with_an_example() -> None:
    context = courseway.make_context("courseway", ["--help"], resilient_parsing=True)
    for group_name in courseway.list_commands(context):
        group = courseway.get_command(context, group_name)
        assert group is not None
        commands = getattr(group, "commands", {group_name: group})
        for name, command in commands.items():
            assert command.help, name
            assert "Examples:" in (command.epilog or ""), name
            for parameter in command.params:
                assert getattr(parameter, "help", "") is not None or parameter.param_type_name == "argument", name


def test_rights_are_written_out_as_they_are() -> None:
    assert set(RIGHTS) == {scope.value for scope in Scope}
