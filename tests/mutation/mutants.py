"""The small errors that can be put into a module.

Mutated are comparisons, ``and`` and ``or``, arithmetic, constants, conditions (negated), returned values (``None``
instead), statements (left out) and arguments (left out: each keyword, and the last of several others). Left as they
are: annotations, docstrings, ``__all__``, ``__slots__``, ``__repr__``, decorators, assertions, and strings that are
messages alone: those in a ``raise`` and those that ``misfit`` is called with.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

__all__ = ["Mutant", "Source"]

_OPPOSITES: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_FOR_TYPES_ALONE = {"cast", "TypeVar", "isinstance", "len", "super"}  # their arguments stay
_UNTOUCHED = {"__all__", "__slots__", "__match_args__"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, eq=False)
class Mutant:
    """One small error.

    Attributes:
        file: The module's file, relative to the root of the repository.
        line: Where the error is.
        column: Where in the line.
        lines: Those of what is mutated.
        kind: What kind of error.
        before: What the code says.
        after: What the mutant says instead.
        in_function: A function's body holds it; what else runs when the module is imported.
    """

    file: str
    line: int
    column: int
    lines: range
    kind: str
    before: str
    after: str
    in_function: bool
    site: tuple[ast.AST, str, int | None]
    node: ast.AST

    @property
    def name(self) -> str:
        """A name that stays the same as long as the file does."""
        return f"{self.file}:{self.line}:{self.column} {self.kind}: {self.before} -> {self.after}"


class Source:
    """A module's text and its mutants.

    Args:
        file: Its path, relative to ``root``.
        root: The root of the repository.
    """

    def __init__(self, file: str, root: Path) -> None:
        self.file = file
        self.path = root / file
        self._tree = ast.parse(self.path.read_text("utf-8"))

    def mutants(self) -> list[Mutant]:
        """Every mutant, in the order of the text."""
        return sorted(_Walk(self.file).walk(self._tree), key=lambda mutant: (mutant.line, mutant.column))

    def code(self, mutant: Mutant | None = None) -> CodeType:
        """The compiled module, with an error of its own :meth:`mutants` or without."""
        if mutant is None:
            return compile(self._tree, str(self.path), "exec")
        before = _put(mutant.site, mutant.node)
        try:
            return compile(self._tree, str(self.path), "exec")
        finally:
            _put(mutant.site, before)


def _put(site: tuple[ast.AST, str, int | None], node: Any) -> Any:
    parent, field, index = site
    if index is None:
        before = getattr(parent, field)
        setattr(parent, field, node)
    else:
        before = getattr(parent, field)[index]
        getattr(parent, field)[index] = node
    return before


class _Walk:
    def __init__(self, file: str) -> None:
        self._file = file
        self._in_function = self._in_message = False
        self._bound: dict[str, int] = {}

    def walk(self, node: ast.AST) -> Iterator[Mutant]:
        for field, value in ast.iter_fields(node):
            if field in _fields_left_alone(node):
                continue
            children = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, child in children:
                if isinstance(child, ast.AST) and not (_is_docstring(node, field, index) or _is_left_alone(child)):
                    yield from self._child((node, field, index), child)

    def _child(self, site: tuple[ast.AST, str, int | None], node: ast.AST) -> Iterator[Mutant]:
        kept = self._in_function, self._in_message, self._bound
        parent, field, _ = site
        if isinstance(parent, (*_FUNCTIONS, ast.Lambda)) and field == "body":
            self._in_function = True
        for new, kind in self._errors(site, node):
            ast.copy_location(new, node)
            ast.fix_missing_locations(new)
            line, column, end = node.lineno, node.col_offset, node.end_lineno  # type: ignore[attr-defined]
            lines = range(line, (end or line) + 1)
            texts = _short(ast.unparse(node)), _short(_missing(node, new) if kind == "argument" else ast.unparse(new))
            yield Mutant(self._file, line, column, lines, kind, *texts, self._in_function, site, new)
        if isinstance(node, _FUNCTIONS):
            self._bound = _bindings(node)
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _called(node) == "misfit"):
            self._in_message = True
        if not isinstance(node, ast.JoinedStr):
            yield from self.walk(node)
        self._in_function, self._in_message, self._bound = kept

    def _errors(self, site: tuple[ast.AST, str, int | None], node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
        if isinstance(node, ast.Compare):
            for place, operator in enumerate(node.ops):
                for opposite in _OPPOSITES.get(type(operator), ()):
                    new = copy.deepcopy(node)
                    new.ops[place] = opposite()  # type: ignore[call-overload]
                    yield new, "comparison"
        elif isinstance(node, (ast.BoolOp, ast.BinOp, ast.AugAssign)):
            kind = "boolean" if isinstance(node, ast.BoolOp) else "arithmetic"
            for opposite in _OPPOSITES.get(type(node.op), ()):
                new = copy.deepcopy(node)
                new.op = opposite()  # type: ignore[assignment]
                yield new, kind
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand, "condition"
        elif isinstance(node, ast.Constant):
            if not (self._in_message and isinstance(node.value, str)):
                yield from ((ast.Constant(value), "constant") for value in _other_constants(node.value))
        elif isinstance(node, ast.JoinedStr) and not self._in_message:
            yield ast.Constant("XX"), "constant"
        elif isinstance(node, ast.Call) and not self._in_message and _called(node) not in _FOR_TYPES_ALONE:
            yield from _fewer_arguments(node)
        elif isinstance(node, ast.Return) and not isinstance(node.value, (ast.Constant, type(None))):
            yield ast.Return(ast.Constant(None)), "returned value"
        if isinstance(node, ast.expr) and _is_condition(site) and _negation_is_new(node):
            yield ast.UnaryOp(ast.Not(), node), "condition"
        if isinstance(node, ast.stmt) and self._may_be_left_out(node):
            yield ast.Pass(), "statement"

    def _may_be_left_out(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise, ast.Break, ast.Continue)):
            return True
        if isinstance(node, ast.Return):
            return node.value is None
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        # Without its only assignment a name is missing: nothing that a test would have to find.
        return self._in_function and any(
            not isinstance(target, ast.Name) or self._bound.get(target.id, 0) > 1 for target in targets
        )


def _fields_left_alone(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return ("decorator_list", "returns", "bases", "keywords")
    if isinstance(node, ast.Call) and _called(node) == "TypeVar":
        return ("args", "keywords")
    return ("annotation", "ctx", "type_comment")


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, (ast.Assert, ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.FunctionDef) and node.name == "__repr__":
        return True
    if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id in _UNTOUCHED for one in node.targets):
        return True
    if isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation):
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"


def _is_docstring(parent: ast.AST, field: str, index: int | None) -> bool:
    if field == "args" and index == 0 and isinstance(parent, ast.Call) and _called(parent) == "cast":
        return True  # a type
    if field != "body" or index is None:
        return False
    node = parent.body[index]  # type: ignore[attr-defined]
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _bindings(function: ast.AST) -> dict[str, int]:
    """How often each name is bound in a function."""
    counts: dict[str, int] = {}
    for node in ast.walk(function):
        name = node.arg if isinstance(node, ast.arg) else None
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _other_constants(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
    elif isinstance(value, str):
        yield f"XX{value}"
    elif isinstance(value, bytes):
        yield b"XX" + value


def _fewer_arguments(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    for place in range(len(node.keywords)):
        new = copy.deepcopy(node)
        del new.keywords[place]
        yield new, "argument"
    if len(node.args) > 1:
        new = copy.deepcopy(node)
        del new.args[-1]
        yield new, "argument"


def _is_condition(site: tuple[ast.AST, str, int | None]) -> bool:
    parent, field, _ = site
    return (field == "test" and isinstance(parent, (ast.If, ast.While, ast.IfExp))) or (
        field == "ifs" and isinstance(parent, ast.comprehension)
    )


def _negation_is_new(node: ast.expr) -> bool:
    """Whether no other mutant says the same: those of comparisons and of ``not`` negate too."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return False
    return not (isinstance(node, ast.Compare) and len(node.ops) == 1)


def _missing(node: ast.AST, new: ast.AST) -> str:
    """Say which argument a call has lost."""
    assert isinstance(node, ast.Call)
    assert isinstance(new, ast.Call)
    if len(new.args) < len(node.args):
        return f"without {ast.unparse(node.args[-1])}"
    [lost] = {keyword.arg for keyword in node.keywords} - {keyword.arg for keyword in new.keywords}
    return f"without {lost}="


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:87] + "..."
