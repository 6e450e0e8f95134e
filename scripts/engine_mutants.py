"""What can be changed in the source of the sequencing engine, and how a change is put into a running process."""

import ast
import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import EnumMeta
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

ENGINE = Path(__file__).parents[1] / "src" / "courseway" / "standards" / "sequencing"

TABLE = "(table)"
_COMPLEMENTS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_BOUNDARIES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One change: `line` to `last` are the lines of what changes, `before` and `after` the statement in one line."""

    file: str
    function: str
    line: int
    last: int
    before: str
    after: str
    statement: ast.stmt
    tree: ast.Module
    apply: Callable[[], None]

    @property
    def is_table(self) -> bool:
        """Say whether it changes a value of the module and no function."""
        return self.function == TABLE

    @property
    def identity(self) -> tuple[str, str, str]:
        """What stays the same when lines move."""
        return (f"{self.file.removesuffix('.py')}.{self.function}", self.before, self.after)


def mutants_of(path: Path, module: ModuleType) -> list[Mutant]:
    """Return every mutant of one file; equal ones of one function once."""
    tree = ast.parse(path.read_text("utf-8"))
    found: dict[tuple[str, str, str], Mutant] = {}
    for function, statement in _statements(tree, ""):
        for apply, undo, node in _changes(statement, function, module):
            before = _header(statement)
            apply()
            after = _header(statement)
            undo()
            first, last = node.lineno, node.end_lineno or node.lineno
            if before != after:
                one = Mutant(path.name, function or TABLE, first, last, before, after, statement, tree, apply)
                found.setdefault(one.identity, one)
    return list(found.values())


def _statements(node: ast.Module | ast.ClassDef | ast.FunctionDef, function: str) -> Iterator[tuple[str, ast.stmt]]:
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            yield from _statements(one, f"{function}.{one.name}".lstrip("."))
        elif isinstance(node, ast.FunctionDef):
            yield from _nested(function, one)
        elif isinstance(node, ast.Module) and isinstance(one, ast.Assign | ast.AnnAssign):
            yield "", one


def _nested(function: str, statement: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    if isinstance(statement, ast.FunctionDef):
        yield from _statements(statement, f"{function}.{statement.name}")
        return
    yield function, statement
    for below in ast.iter_child_nodes(statement):
        if isinstance(below, ast.stmt):
            yield from _nested(function, below)
        elif isinstance(below, ast.match_case | ast.ExceptHandler):
            for one in below.body:
                yield from _nested(function, one)


def _header(statement: ast.stmt) -> str:
    bare = copy.copy(statement)
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        if isinstance(getattr(bare, field, None), list):
            setattr(bare, field, [ast.Pass()] if field == "body" else [])
    return ast.unparse(bare).splitlines()[0]


Change = tuple[Callable[[], None], Callable[[], None], ast.expr | ast.stmt]


def _changes(statement: ast.stmt, function: str, module: ModuleType) -> Iterator[Change]:
    """Yield every change of a statement itself, not of the statements in it."""
    if isinstance(statement, ast.Assert | ast.Pass) or _is_documentation(statement):
        return
    if _may_be_dropped(statement, function):
        yield _dropping(statement)
    if _is_of_the_trace(statement):
        return
    for node, parent, field, place in _expressions(statement):
        for other in _alternatives(node, parent, field, module):
            new = ast.fix_missing_locations(ast.copy_location(other, node))
            yield _replacing(parent, field, place, node, new, node)
    if isinstance(statement, ast.AugAssign) and type(statement.op) in _ARITHMETIC:
        other_operator = _ARITHMETIC[type(statement.op)]()
        yield _replacing(statement, "op", None, statement.op, other_operator, statement)


def _expressions(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.AST, str, int | None]]:
    """Yield every expression of a statement with where it stands; texts and types are left out."""
    pending: list[ast.AST] = [statement]
    while pending:
        parent = pending.pop()
        for field, value in ast.iter_fields(parent):
            for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if field == "annotation" or not isinstance(
                    child, ast.expr | ast.comprehension | ast.keyword | ast.Slice
                ):
                    continue
                if isinstance(child, ast.JoinedStr):
                    continue
                pending.append(child)
                if isinstance(child, ast.expr):
                    yield child, parent, field, place


def _replacing(
    parent: ast.AST, field: str, place: int | None, old: Any, new: Any, where: ast.expr | ast.stmt
) -> Change:
    def put(one: Any) -> None:
        if place is None:
            setattr(parent, field, one)
        else:
            getattr(parent, field)[place] = one

    return lambda: put(new), lambda: put(old), where


def _dropping(statement: ast.stmt) -> Change:
    kind = type(statement)

    def drop() -> None:
        statement.__class__ = ast.Pass

    def restore() -> None:
        statement.__class__ = kind

    return drop, restore, statement


def _may_be_dropped(statement: ast.stmt, function: str) -> bool:
    """Say whether a statement is a call, or an assignment to something that is there without it."""
    if function.endswith("__init__"):
        return False
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    if isinstance(statement, ast.Assign):
        return not all(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return isinstance(statement, ast.AugAssign)


def _is_documentation(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_of_the_trace(statement: ast.stmt) -> bool:
    """Say whether a statement only puts the reasoning into words: of those only whole steps are dropped."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func).endswith((".note", "._note"))
    if isinstance(statement, ast.If) and "tracing" in ast.unparse(statement.test):
        return True
    targets = getattr(statement, "targets", [])
    return any(isinstance(one, ast.Name) and one.id in ("words", "names", "outcome", "kept") for one in targets)


def _alternatives(  # noqa: C901  # one case a kind of change
    node: ast.AST, parent: ast.AST, field: str, module: ModuleType
) -> Iterator[ast.expr]:
    """Yield what may stand in the place of an expression."""
    is_condition = field == "ifs" or (field == "test" and isinstance(parent, ast.If | ast.While | ast.IfExp))
    if is_condition and isinstance(node, ast.expr) and not _is_complemented(node):
        yield ast.UnaryOp(ast.Not(), node)
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                other = (_COMPLEMENTS | _BOUNDARIES).get(type(operator))
                if other is not None:
                    yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as number) if not isinstance(
            parent, ast.BinOp | ast.Subscript | ast.UnaryOp
        ):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.BinOp() if type(node.op) in _ARITHMETIC and not _holds_text(node):
            yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
        case ast.Attribute(value=ast.Name(id=name)) if isinstance(vars(module).get(name), EnumMeta):
            names = list(vars(module)[name].__members__)
            if node.attr in names:
                yield ast.Attribute(node.value, names[(names.index(node.attr) + 1) % len(names)], node.ctx)
        case ast.Subscript(slice=ast.Slice(step=None, lower=lower, upper=upper)):
            yield ast.Subscript(node.value, ast.Slice(upper, lower), node.ctx)
        case ast.Subscript(slice=ast.Slice(step=ast.expr(), lower=None, upper=None)):
            yield node.value
        case ast.Subscript(slice=ast.Constant(value=0)):
            yield ast.Subscript(node.value, ast.UnaryOp(ast.USub(), ast.Constant(1)), node.ctx)
        case ast.Subscript(slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1))):
            yield ast.Subscript(node.value, ast.Constant(0), node.ctx)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield ast.Call(ast.Name(_CALLS[name], ast.Load()), node.args, node.keywords)
        case ast.Call(func=ast.Name(id="reversed"), args=[only]):
            yield only


def _is_complemented(test: ast.expr) -> bool:
    """Say whether another change of this condition already is its negation."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not)
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _COMPLEMENTS


def _holds_text(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and isinstance(one.value, str))
        for one in ast.walk(node)
    )


def put_in_place(mutant: Mutant, module: ModuleType) -> None:
    """Give the functions of a loaded module the changed code, or a table of it the changed value."""
    file = str(module.__file__)
    if not mutant.is_table:
        codes = dict(_codes(compile(mutant.tree, file, "exec")))
        for function in _functions(module):
            function.__code__ = codes[function.__code__.co_qualname, function.__code__.co_firstlineno]
        return
    before = dict(vars(module))
    space = dict(before)
    exec(compile(ast.Module([mutant.statement], []), file, "exec"), space)
    for name, value in space.items():
        if name in before and value is not before[name]:
            for other in list(sys.modules.values()):
                if getattr(other, name, None) is before[name]:
                    setattr(other, name, value)


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield (one.co_qualname, one.co_firstlineno), one
            yield from _codes(one)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    owned = [one for one in vars(module).values() if getattr(one, "__module__", None) == module.__name__]
    for one in [*owned, *(member for owner in owned if isinstance(owner, type) for member in vars(owner).values())]:
        for found in (one, getattr(one, "__wrapped__", None), getattr(one, "fget", None), getattr(one, "fset", None)):
            if isinstance(found, FunctionType) and found.__code__.co_filename == module.__file__:
                yield found
