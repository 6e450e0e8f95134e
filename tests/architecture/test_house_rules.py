"""The rules of ARCHITECTURE.md that import contracts cannot express, read from the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "courseway"
ROOMS = ("tenants", "courses", "lrs", "learning", "dispatch", "reports")
ROOM_FILES = {"__init__", "model", "store", "service", "http", "jobs"}
LONGEST_FILE = 450
LONGEST_FUNCTION = 60
# 95 % of functions are shorter than this.
USUAL_FUNCTION = 40
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.S)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                documented = 0
                if ast.get_docstring(node) is not None:
                    first = node.body[0]
                    documented = (first.end_lineno or first.lineno) - first.lineno + 1
                yield (
                    f"{name_of(path)}:{node.lineno} {node.name}",
                    node,
                    (node.end_lineno or node.lineno) - node.lineno + 1 - documented,
                )


def test_no_file_is_longer_than_a_person_keeps_in_mind() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path, _ in modules()}
    assert {name: count for name, count in lengths.items() if count > LONGEST_FILE} == {}


def test_functions_are_short_and_the_tail_is_too() -> None:
    lengths = sorted((length, name) for name, _, length in functions())
    assert [row for row in lengths if row[0] > LONGEST_FUNCTION] == []
    assert lengths[int(len(lengths) * 0.95)][0] <= USUAL_FUNCTION


def test_every_module_says_what_lives_in_it() -> None:
    assert [name_of(path) for path, tree in modules() if not ast.get_docstring(tree)] == []


def test_public_functions_of_rooms_standards_and_kit_are_documented() -> None:
    missing = []
    for path, tree in modules():
        if path.parts[len(SOURCE.parts)] not in {*ROOMS, "standards", "kit"}:
            continue
        missing += [
            f"{name_of(path)} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_only_the_files_of_its_convention(room: str) -> None:
    folder = SOURCE / room
    # A part that outgrew one file is a package of the same name.
    names = {
        path.stem for path in folder.iterdir() if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    assert names <= ROOM_FILES


def test_names_say_what_they_hold() -> None:
    assert [name_of(path) for path, _ in modules() if path.stem in FORBIDDEN_NAMES] == []


def may_hold_sql(name: str) -> bool:
    return (
        name.startswith("ops/")
        or name in {"kit/db.py", "kit/queue.py", "kit/outbox.py", "kit/idempotency.py"}
        or "/store" in name
    )


def test_sql_lives_in_stores_only() -> None:
    found = []
    for path, tree in modules():
        if may_hold_sql(name_of(path)):
            continue
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in documentation
                and SQL.search(node.value)
            ):
                found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


TENANT_TABLES = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(users|sessions|api_keys|audit_events|idempotency_keys|outbox|courses|course_versions|version_files|uploads|"
    r"course_totals|daily_totals|learners|registrations|activity_states|launches|launch_commits|navigations|xapi_statements|destinations|"
    r"dispatches|dispatch_users|dispatch_receipts|self_tests)\b"
)
# Statements that run before a tenant is known, or for the whole platform; each with its reason.
ACROSS_TENANTS = re.compile(r"--\s*across tenants:\s*\S+")


def test_every_statement_on_a_tenants_table_names_the_tenant_or_says_why_not() -> None:
    """A statement is one string constant; fragments that are joined carry the tenant in the first."""
    bare = []
    for path, tree in modules():
        name = name_of(path)
        if not may_hold_sql(name):
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)):
                continue
            if (
                TENANT_TABLES.search(node.value)
                and "%(tenant_id)s" not in node.value
                and not ACROSS_TENANTS.search(node.value)
            ):
                bare.append(f"{name}:{node.lineno}")
    assert bare == []


def test_no_import_hides_in_a_function_and_no_client_is_made_at_import() -> None:
    hidden = [
        f"{name}"
        for name, node, _ in functions()
        if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]
    assert hidden == []


def test_only_wiring_and_operations_read_the_environment() -> None:
    readers = []
    for path, tree in modules():
        name = name_of(path)
        if name.startswith(("ops/", "commands/")) or name in {"wiring.py", "asgi.py", "worker.py", "cli.py"}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                readers.append(f"{name}:{node.lineno}")
    assert readers == []


def test_committed_files_speak_of_the_project_alone() -> None:
    top = SOURCE.parents[1]
    words = ["py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js", "deb.debian" + ".org"]
    texts = [
        path
        for pattern in (
            "*.md",
            "*.toml",
            "requirements/*.txt",
            "docs/**/*.md",
            "src/**/*.py",
            "frontend/package*.json",
            ".ci/run",
            "Makefile",
        )
        for path in top.glob(pattern)
    ]
    assert texts
    assert [f"{path.name}: {word}" for path in texts for word in words if word in path.read_text("utf-8")] == []


def test_cases_of_a_test_have_the_same_name_in_every_run() -> None:
    """Workers that run tests side by side must agree on their names."""
    changing = {"uuid4", "new_id", "token_hex", "token_urlsafe", "random", "now", "utc_now", "time"}
    found = []
    for path in sorted(Path(__file__).parents[1].rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize":
                calls = {
                    c.func.id if isinstance(c.func, ast.Name) else getattr(c.func, "attr", "")
                    for c in ast.walk(node)
                    if isinstance(c, ast.Call)
                }
                if calls & changing:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
