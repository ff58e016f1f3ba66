"""Small faults that can be put into a module: what each changes, and the module with it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.mutants.script import CALL, list_script_faults

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_QUOTED_CHARS = 90
_WORDS = 5
"""From how many on a text counts as a list of words."""
_GENERIC = ("dict", "list", "set", "tuple", "frozenset")
_TYPES = ("TypeVar(", "Literal[", "Callable[")
_NEVER = ("log", "_log", "__slots__", "__all__")


Undo = Callable[[], None]
Change = tuple[str, Callable[[], Undo]]
"""What a change is called, and what makes it; that gives what takes it back."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault in a file: `name` says where it is and what it changes, and stays when lines move."""

    path: str
    name: str
    tree: ast.Module
    change: Callable[[], Undo]

    def build_source(self) -> str:
        """The module with this fault alone."""
        undo = self.change()
        source = ast.unparse(self.tree)
        undo()
        return source


def list_mutants(path: Path, root: Path) -> list[Mutant]:
    """All faults of one change each that this file can have, in the order of the text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for node, scope in _walk(tree, ()):
        for text, change in _list_changes(node, scope):
            label = f"{'.'.join(scope) or 'module'}: {text}"
            seen[label] += 1
            name = label if seen[label] == 1 else f"{label} (no. {seen[label]})"
            found.append(Mutant(path.relative_to(root).as_posix(), name, tree, change))
    return found


def _walk(node: ast.AST, scope: tuple[str, ...]) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Every node that runs, with the names of what it stands in."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        scope = (*scope, node.name)
        children: Sequence[ast.AST] = node.body
        if not isinstance(node, ast.ClassDef):
            children = [*node.args.defaults, *(one for one in node.args.kw_defaults if one), *children]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        scope = (*scope, ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target))
        children = [node.value] if node.value else []
    elif isinstance(node, ast.keyword) and node.arg:
        scope = (*scope, node.arg)
        children = [node.value]
    else:
        children = list(ast.iter_child_nodes(node))
    yield node, scope
    for child in children:
        if not _is_left_alone(child):
            yield from _walk(child, scope)


def _is_left_alone(node: ast.AST) -> bool:
    """Whether it is none of the behaviour: documentation, imports, types, what is logged, the words of an error."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.Raise):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in _GENERIC:
        return True
    text = ast.unparse(node)
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) and text.startswith(_NEVER):
        return True
    return isinstance(node, ast.Assign) and any(kind in text for kind in _TYPES)


def _list_changes(node: ast.AST, scope: tuple[str, ...]) -> Iterator[Change]:
    """What can be changed at this node. Only a text with a name of its own is a list of words; others are sentences."""
    yield from _list_operator_changes(node)
    yield from _list_test_changes(node)
    named = len(scope) == 1 and not scope[0].islower()
    if named and isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) >= _WORDS:
        if CALL in node.value:
            yield from ((name, _set(node, "value", text)) for name, text in list_script_faults(node.value))
        else:
            yield from (_drop_word(node, word) for word in dict.fromkeys(node.value.split()))
    if isinstance(node, ast.Set | ast.List | ast.Tuple) and len(node.elts) > 1:
        yield from (_drop(node.elts, index) for index in range(len(node.elts)))
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if isinstance(statements, list) and not isinstance(node, ast.ClassDef | ast.Module):
            yield from _list_statement_changes(cast("list[ast.stmt]", statements))


def _list_operator_changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        yield _name(node, _set(node, "ops", [_COMPARE[type(node.ops[0])]()]))
    elif isinstance(node, ast.BoolOp):
        yield _name(node, _set(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And()))
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield _name(node, _set(node, "op", _ARITHMETIC[type(node.op)]()))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        yield _name(node, _set(node, "value", value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield _name(node, _set(node.func, "id", _CALLS[node.func.id]))


def _list_test_changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield _name(node, _set(node, "test", _negate(node.test)))
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield _name(node, _set(node, "value", _negate(node.value)))


def _list_statement_changes(statements: list[ast.stmt]) -> Iterator[Change]:
    for index, statement in enumerate(statements):
        if _is_left_alone(statement):
            continue
        if isinstance(statement, ast.Expr | ast.AugAssign | ast.Delete):
            yield _replace(statements, index, ast.Pass())
        elif isinstance(statement, ast.Break | ast.Continue):
            yield _replace(statements, index, ast.Continue() if isinstance(statement, ast.Break) else ast.Break())


def _negate(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def _set(node: ast.AST, field: str, value: object) -> Callable[[], Undo]:
    def change() -> Undo:
        old = getattr(node, field)
        setattr(node, field, value)
        return lambda: setattr(node, field, old)

    return change


def _replace(statements: list[ast.stmt], index: int, statement: ast.stmt) -> Change:
    old = statements[index]

    def change() -> Undo:
        statements[index] = statement
        return lambda: statements.__setitem__(index, old)

    return f"{_quote(old)} -> {_quote(statement)}", change


def _drop(items: list[ast.expr], index: int) -> Change:
    def change() -> Undo:
        old = items.pop(index)
        return lambda: items.insert(index, old)

    return f"without {_quote(items[index])}", change


def _drop_word(node: ast.Constant, word: str) -> Change:
    kept = " ".join(other for other in str(node.value).split() if other != word)
    return f"without {word!r}", _set(node, "value", kept)


def _name(node: ast.AST, change: Callable[[], Undo]) -> Change:
    before = _quote(node)
    undo = change()
    after = _quote(node)
    undo()
    return f"{before} -> {after}", change


def _quote(node: ast.AST) -> str:
    """What is changed, in a line of text."""
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {_quote(node.test)}"
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _QUOTED_CHARS else f"{text[:_QUOTED_CHARS]}…"
