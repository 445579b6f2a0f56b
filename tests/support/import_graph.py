"""Who imports whom: read from the source of all files, so that an import inside a function counts too."""

import ast
from typing import NamedTuple


class Import(NamedTuple):
    """One import. It is late in a function, and for types under ``if TYPE_CHECKING``."""

    file: str
    module: str
    late: bool
    for_types: bool


def module_of(file):
    """``engine/value.py`` is engine.value, ``engine/__init__.py`` is engine."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(files):
    """All imports in ``files``, texts by path; a module that is none of theirs is named as it is written."""
    trees = {file: ast.parse(text) for file, text in files.items()}
    modules = {module_of(file) for file in files} - set(_hidden(trees))
    for file, tree in trees.items():
        for node, late, for_types in _nodes(tree):
            for module in _imported(node, file, modules):
                yield Import(file, module, late, for_types)


def _hidden(trees):
    """Modules that another name hides: ``from engine import gradients`` gives the function, not its file."""
    for file, tree in trees.items():
        if file.endswith("/__init__.py"):
            for node in tree.body:
                if isinstance(node, ast.ImportFrom) and _base(node, file) != module_of(file):
                    yield from (f"{module_of(file)}.{alias.name}" for alias in node.names)


def _nodes(node, late=False, for_types=False):
    """Every node under ``node``, with whether it is in a function and whether only type checkers read it."""
    late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    types = node.body if isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING" else ()
    for child in ast.iter_child_nodes(node):
        yield child, late, for_types or child in types
        yield from _nodes(child, late, for_types or child in types)


def _last_name(node):
    """``f`` of ``f`` and of ``module.f``."""
    return getattr(node, "attr", getattr(node, "id", ""))


def _imported(node, file, modules):
    """The modules that a statement, or a call of ``import_module``, imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = _base(node, file)
        inner = [f"{base}.{alias.name}" for alias in node.names]
        return [module if module in modules else base for module in inner]
    if isinstance(node, ast.Call) and _last_name(node.func) == "import_module":
        return [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
    return []


def _base(node, file):
    """The module after ``from``; dots before it count from the folder of the file."""
    above = file.split("/")[: -node.level] if node.level else []
    return ".".join([*above, *filter(None, [node.module])])


def circle(arrows):
    """The stations of one circle among ``arrows``, pairs of names; [] if there is none."""
    targets = {}
    for start, end in arrows:
        if start != end:
            targets.setdefault(start, set()).add(end)
    while ends := {end for ends in targets.values() for end in ends} - targets.keys():
        targets = {start: left for start, old in targets.items() if (left := old - ends)}
    way = sorted(targets)[:1]
    while way and way[-1] not in way[:-1]:
        way.append(min(targets[way[-1]]))
    return way[way.index(way[-1]) :] if way else []
