"""Imports run one way: calculus ← programs ← machine in engine; engine ← nn, engine ← viz; examples on top.

The *calculus* is those files of engine that are in no folder of it; `engine` and `engine.extend` are its doors.
"""

import ast
import graphlib
import importlib
import subprocess
import sys
from typing import NamedTuple

import pytest
from support.commands import ROOT

import engine

FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for package in ("engine", "nn", "viz", "examples")
    for path in sorted((ROOT / package).rglob("*.py"))
}
DOORS = {"engine", "engine.extend"}
INSIDE = {"calculus", "engine.programs", "engine.machine"}

MAY_IMPORT = {
    "calculus": {"calculus"},
    "engine": {"calculus", "engine.programs"},
    "engine.extend": {"calculus", "engine.programs"},
    "engine.programs": {"calculus", "engine.programs"},
    "engine.machine": INSIDE,
    "nn": {"nn", *DOORS},
    "viz": {"viz", "viz.graphs", "viz.page", *DOORS},
    "viz.graphs": {"viz", "viz.graphs", *DOORS},
    "viz.page": {"viz", "viz.graphs", "viz.page", *DOORS},
    "viz.plots": {"viz", "viz.plots", "matplotlib", *DOORS},
}
"""By room: the rooms, and packages that are not Python's own, which its files may import."""

MAY_IMPORT_ALONE = {"engine/machine/compiler.py": "llvmlite"}
MAY_IMPORT_LATE = {
    **dict.fromkeys(("engine/programs/program.py", "engine/programs/stages.py"), "engine.machine"),
    "nn/progress.py": "tqdm",
    "viz/images.py": "graphviz_of_page",  # what a page that runs Python gives it
}
"""What only one file may import, and only in a function, when it is called."""

STORY = ("value", "operations", "graph", "backward")


class Import(NamedTuple):
    """One import. It is late in a function: only a call imports the module."""

    file: str
    module: str
    late: bool


def module_of(file):
    """``engine/value.py`` is engine.value, ``engine/__init__.py`` is engine."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(files):
    """All imports in ``files``, texts by path; a module that is not among them keeps its name as written."""
    trees = {file: ast.parse(text) for file, text in files.items()}
    modules = {module_of(file) for file in files} - set(_hidden(trees))
    for file, tree in trees.items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
        late = {node for function in functions for node in ast.walk(function)}
        for node in ast.walk(tree):
            for module in _imported(node, modules):
                yield Import(file, module, node in late)


def _hidden(trees):
    """Modules that another name hides: ``from engine import gradients`` gives the function, not its file."""
    for file, tree in trees.items():
        if file.endswith("/__init__.py"):
            for node in tree.body:
                if isinstance(node, ast.ImportFrom) and node.module != module_of(file):
                    yield from (f"{module_of(file)}.{alias.name}" for alias in node.names)


def _imported(node, modules):
    """The modules that a statement, or a call of ``import_module``, imports; a relative one keeps its dots."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        inner = [f"{base}.{alias.name}" for alias in node.names]
        return [module if module in modules else base for module in inner]
    if isinstance(node, ast.Call) and "import_module" in (getattr(node.func, "attr", ""), getattr(node.func, "id", "")):
        return [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
    return []


def circle(arrows):
    """The stations of one circle among ``arrows``, pairs of names; [] without a circle."""
    sorter = graphlib.TopologicalSorter()
    for start, end in arrows:
        if start != end:
            sorter.add(end, start)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def room(module):
    """Where a module lives: engine.machine.text in engine.machine, engine.value in the calculus, numpy in numpy."""
    package, inner = module.split(".")[0], ".".join(module.split(".")[:2])
    if inner in MAY_IMPORT:
        return inner
    return "calculus" if package == "engine" else package


def complaint(found):
    """What is wrong with one import; an empty text if nothing is."""
    here, there = room(module_of(found.file)), room(found.module)
    if there in sys.stdlib_module_names:
        return ""
    if here == "examples":
        return f"{found.file} imports {found.module}" if there in INSIDE | {"tests", "support"} else ""
    if there in MAY_IMPORT[here] or there == MAY_IMPORT_ALONE.get(found.file):
        return ""
    if there != MAY_IMPORT_LATE.get(found.file):
        return f"{found.file} imports {found.module}"
    return "" if found.late else f"{found.file} imports {found.module} too early"


def complaints(files):
    """Everything that is wrong with the imports of ``files``, texts by path."""
    imports = list(imports_of(files))
    wrong = {complaint(found) for found in imports} - {""}
    if way := circle((module_of(found.file), found.module) for found in imports):
        wrong.add(f"a circle: {' → '.join(way)}")
    return wrong


def test_imports_run_one_way():
    assert {"engine/value.py", "nn/layers.py", "viz/trace.py"} < FILES.keys()
    assert complaints(FILES) == set()


LOAD = "def f(): import engine.machine.backend"


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({"engine/a.py": "from engine.programs import tape"}, "engine/a.py imports engine.programs"),
        ({"engine/a.py": "try: import numpy as np\nexcept ImportError: pass"}, "engine/a.py imports numpy"),
        ({"engine/programs/program.py": "import engine.machine.backend"}, "imports engine.machine.backend too early"),
        ({"engine/programs/a.py": LOAD}, "engine/programs/a.py imports engine.machine.backend"),
        ({"engine/programs/a.py": "from engine import gradients"}, "engine/programs/a.py imports engine"),
        ({"engine/machine/a.py": "import llvmlite.ir"}, "engine/machine/a.py imports llvmlite.ir"),
        ({"nn/a.py": "import importlib\nnp = importlib.import_module('numpy')"}, "nn/a.py imports numpy"),
        ({"nn/a.py": "from engine import formulas", "engine/formulas.py": ""}, "nn/a.py imports engine.formulas"),
        ({"viz/a.py": "def f(): import nn"}, "viz/a.py imports nn"),
        ({"viz/graphs/a.py": "import viz.page.b"}, "viz/graphs/a.py imports viz.page.b"),
        ({"examples/a.py": "from engine.fast import source"}, "examples/a.py imports engine.fast"),
        ({"nn/__init__.py": "from nn import a", "nn/a.py": "from nn import b"}, "a circle: nn"),
        ({"viz/graphs/a.py": "from viz.b import x", "viz/b.py": "def f(): import viz.graphs.a"}, "a circle: viz."),
    ],
)
def test_a_wrong_import_is_found(files, wrong):
    (found,) = complaints(files)
    assert wrong in found


def test_the_story_is_short_and_named_in_order():
    places = [engine.__doc__.index(f"\n    {name} ") for name in STORY]
    assert places == sorted(places)
    assert sum(FILES[f"engine/{name}.py"].count("\n") for name in STORY) <= 350


def test_the_front_door_names_every_room_and_the_back_door_all_it_opens():
    rooms = {file.split("/")[1].removesuffix(".py") for file in FILES if file.startswith("engine/")} - {"__init__"}
    assert {name for name in rooms if name not in engine.__doc__} == set()
    extend = importlib.import_module("engine.extend")
    assert {name for name in extend.__all__ if f"`{name}`" not in extend.__doc__} == set()


COMPUTE = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import engine
x = engine.Value(2.0)
y = (x * 3).tanh() + engine.grad(lambda z: z ** 3)(2.0)
y.backward()
assert engine.gradcheck(lambda z: z * z, 2.0)
import nn
print(*sorted(sys.modules.keys() & {{'numpy', 'viz'}}))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("-I", "-S", "-c", COMPUTE),  # without site-packages, in a process that takes nothing from its surroundings
        ("-c", COMPUTE),
        ("-c", "import sys, viz; print(*sys.modules.keys() & {'nn', 'pygraphviz', 'matplotlib'})"),
    ],
)
def test_nothing_is_imported_that_is_not_needed(arguments):
    finished = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert (finished.stdout, finished.returncode) == ("\n", 0), finished.stderr
