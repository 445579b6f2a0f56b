"""Engines made of text: the learner's own, ours, and mixtures of the two.

An exercise can be done before those that stand before it: what the learner has not solved is lent from our solutions,
function by function. A mistake of ours is tried in the same way: one function of our solutions is exchanged.
"""

import ast
import builtins
import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from examples.lessons.exercises.table import FILES, model

Function = ast.FunctionDef
ENGINES = (
    "engine",
    "nn",
    "viz",
    "examples",
    "autograd",
    "jax",
    "micrograd",
    "sympy",
    "tensorflow",
    "tinygrad",
    "torch",
)


class Engine:
    """The modules ``value``, ``network``, ``matrices`` and ``beyond``, made of syntax trees.

    Each is run when it is first asked for, so that a mistake in one file does not hide what the others can do.
    They import each other by these names; everything else but the `ENGINES` of others is imported as always.
    """

    def __init__(self, tree_of: Callable[[str], ast.Module]) -> None:
        self._tree_of = tree_of
        self._modules: dict[str, ModuleType] = {}

    def module(self, file: str) -> ModuleType:
        """Return the module that a file makes. What the file raises when it is read or run is raised here."""
        if file not in self._modules:
            module = ModuleType(file)
            module.__dict__["__builtins__"] = self.builtins()
            code = compile(self._tree_of(file), f"{file}.py", "exec")
            self._modules[file] = module
            try:
                exec(code, module.__dict__)
            except BaseException:
                del self._modules[file]
                raise
        return self._modules[file]

    def use(self, file: str, **names: Any) -> None:
        """Take what these names stand for in place of a file."""
        self._modules[file] = ModuleType(file)
        vars(self._modules[file]).update(names)

    def builtins(self) -> dict[str, Any]:
        """Return Python's builtins, with an import that finds the modules of this engine and no other engine."""

        def import_here(name: str, *rest: Any, **named: Any) -> ModuleType:
            if name in FILES:
                return self.module(name)
            if name.split(".")[0] in ENGINES:
                raise ImportError(f"an engine of your own does without `{name}`")
            return __import__(name, *rest, **named)

        return {**vars(builtins), "__import__": import_here}


@lru_cache(maxsize=64)
def parsed(text: str, file: str) -> ast.Module:
    """Return the syntax tree of a file with that text, which nobody may change."""
    return ast.parse(text, f"{file}.py")


@cache
def parsed_model(file: str) -> ast.Module:
    """Return the syntax tree of one of our files, which nobody may change."""
    return parsed(model(file), file)


@cache
def our_engine() -> Engine:
    """Return our engine, with all functions in `rules`. Nothing that is asked of it may change it."""
    from examples.lessons.exercises.rows import every_rule  # which needs the engine: the learner's process does not

    return changed_engine({"value.rules": every_rule(find_piece(parsed_model("value"), "value.rules"))})


def changed_engine(changes: Mapping[str, Function]) -> Engine:
    """Return our engine, in which the pieces named in changes are exchanged for other functions."""

    def tree_of(file: str) -> ast.Module:
        tree = parsed_model(file)
        for piece, function in changes.items():
            if piece.startswith(f"{file}."):
                tree = replace_piece(tree, piece, function)
        return tree

    return Engine(tree_of)


def their_engine(texts: Mapping[str, str], lent: Iterable[str]) -> Engine:
    """Return the learner's engine, in which we lend the pieces named in ``lent``.

    texts has the text of each of the `FILES`. The engine raises SyntaxError where one that it needs is not Python.
    """
    pieces = sorted(lent)

    def tree_of(file: str) -> ast.Module:
        tree = parsed(texts[file], file)
        ours = [piece for piece in pieces if piece.startswith(f"{file}.")]
        for piece in ours:
            tree = replace_piece(tree, piece, find_piece(parsed_model(file), piece))
        return with_imports(tree, parsed_model(file)) if ours else tree

    return Engine(tree_of)


def find_piece(tree: ast.Module, piece: str) -> Function | None:
    """Return the function or method of that name, such as ``value.Value.__add__``; None where there is no such."""
    body: list[ast.stmt] = tree.body
    found: ast.stmt | None = None
    for name in piece.split(".")[1:]:
        # The last definition of a name is the one that counts.
        found = next((node for node in reversed(body) if getattr(node, "name", None) == name), None)
        body = getattr(found, "body", [])
    return found if isinstance(found, ast.FunctionDef) else None


def is_blank(function: Function) -> bool:
    """Return whether a function is still as the learner was given it: a docstring, and three dots."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return all(
        isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in body
    )


def replace_piece(tree: ast.Module, piece: str, function: Function) -> ast.Module:
    """Return a module that has another function in the place of a piece; the tree that is given stays as it is.

    A function that is missing is added to its class or module, a class that is missing comes with it. In tracebacks
    the function stands in line 0, where no line of the learner's can stand.
    """
    _, *path = piece.split(".")
    return ast.Module(with_function(tree.body, path, in_no_line(function, path[-1])), tree.type_ignores)


@lru_cache(maxsize=512)
def in_no_line(function: Function, name: str) -> Function:
    """Return a copy of a function, with that name and without decorators, in line 0; nobody may change it."""
    new = copy.deepcopy(function)
    new.name = name
    new.decorator_list = []
    for node in ast.walk(new):
        if hasattr(node, "lineno"):
            node.lineno = node.end_lineno = 0
            node.col_offset = node.end_col_offset = 0
    return new


def with_function(body: list[ast.stmt], path: list[str], function: Function) -> list[ast.stmt]:
    """Return the body of a module or a class in which the function stands at that path, in place of an older one."""
    name, *inner = path
    place = next((i for i in reversed(range(len(body))) if getattr(body[i], "name", None) == name), None)
    if not inner:
        return [*body, function] if place is None else [*body[:place], function, *body[place + 1 :]]
    if place is None:
        outer = ast.parse(f"class {name}: pass").body[0]
        return [*body, with_body(outer, with_function([], inner, function))]
    return [*body[:place], with_body(body[place], with_function(body[place].body, inner, function)), *body[place + 1 :]]


def with_body(outer: ast.ClassDef, body: list[ast.stmt]) -> ast.ClassDef:
    """Return a class like the one given, with another body."""
    other = copy.copy(outer)
    other.body = body
    return other


def with_imports(tree: ast.Module, source: ast.Module) -> ast.Module:
    """Return a module with the imports of another, which what is lent from there needs, before its own lines."""
    imports = [node for node in source.body if isinstance(node, ast.Import | ast.ImportFrom)]
    # ``from __future__ import …`` has to stand first.
    first = sum(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    first += ast.get_docstring(tree) is not None
    return ast.Module([*tree.body[:first], *imports, *tree.body[first:]], tree.type_ignores)
