"""Imports run one way: calculus ← programs ← machine in engine; engine ← nn, engine ← viz; examples and tests on top.

The *calculus* is those files of engine that are in no folder of it; `engine` and `engine.extend` are its doors.
"""

import importlib
import subprocess
import sys

import pytest
from support.commands import ROOT
from support.import_graph import circle, imports_of, module_of

import engine

FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for package in ("engine", "nn", "viz", "examples", "tests")
    for path in sorted((ROOT / package).rglob("*.py"))
}
DOORS = {"engine", "engine.extend"}
INSIDE = {"calculus", "engine.programs", "engine.machine"}

MAY_IMPORT = {
    "calculus": {"calculus"},
    "engine": {"calculus", "engine.programs"},
    "engine.extend": {"calculus"},
    "engine.programs": {"calculus", "engine.programs"},
    "engine.machine": INSIDE,
    "nn": {"nn", *DOORS},
    "viz": {"viz", "viz.graphs", "viz.page", *DOORS},
    "viz.graphs": {"viz", "viz.graphs", *DOORS},
    "viz.page": {"viz", "viz.graphs", "viz.page", *DOORS},
    "viz.plots": {"viz", "viz.plots", "matplotlib", *DOORS},
}
"""By room: the rooms, and packages that are not Python's own, which its files may import."""

MAY_IMPORT_LATE = {
    "engine.programs": {"engine.machine"},
    "nn": {"tqdm"},
    "viz": {"pygraphviz"},
}
"""By room: what its files may import in a function only, when it is called."""

MAY_IMPORT_ALONE = {"engine/machine/compiler.py": {"llvmlite"}}

STORY = ("value", "operations", "graph", "backward")


def room(module):
    """Where a module lives: engine.machine.text in engine.machine, engine.value in the calculus, numpy in numpy."""
    package, inner = module.split(".")[0], ".".join(module.split(".")[:2])
    if inner in MAY_IMPORT:
        return inner
    return "calculus" if package == "engine" else package


def complaint(found):
    """What is wrong with one import; an empty text if nothing is."""
    here, there = room(module_of(found.file)), room(found.module)
    if here == "tests" or there in sys.stdlib_module_names:
        return ""
    if here == "examples":
        return f"{found.file} imports {found.module}" if there in INSIDE | {"tests", "support"} else ""
    if there in MAY_IMPORT[here] or there in MAY_IMPORT_ALONE.get(found.file, ()):
        return ""
    if there in MAY_IMPORT_LATE.get(here, ()):
        return "" if found.late or found.for_types else f"{found.file} imports {found.module} too early"
    return f"{found.file} imports {found.module}"


def complaints(files):
    """Everything that is wrong with the imports of ``files``, texts by path."""
    imports = list(imports_of(files))
    wrong = {complaint(found) for found in imports} - {""}
    loaders = {found.file for found in imports if found.module.startswith("engine.machine.")}
    loaders = sorted(file for file in loaders if file.startswith("engine/programs/"))
    if len(loaders) > 1:
        wrong.add(f"{' and '.join(loaders)} load machine code; one place should")
    if way := circle((module_of(found.file), found.module) for found in imports if not found.for_types):
        wrong.add(f"a circle: {' → '.join(way)}")
    return wrong


def test_imports_run_one_way():
    assert {"engine/value.py", "nn/layers.py", "viz/trace.py"} < FILES.keys()
    assert complaints(FILES) == set()


CIRCLES = {
    "engine.a → engine.b → engine.a": {
        "engine/a.py": "import engine.b, math",
        "engine/b.py": "def f():\n  from engine import a",
    },
    "viz.b → viz.graphs.a → viz.b": {
        "viz/graphs/a.py": "from ..b import x",
        "viz/b.py": "class C:\n  def f(self):\n    from viz.graphs.a import y",
        "viz/c.py": "import viz.b",
    },
    "nn → nn.a → nn": {"nn/__init__.py": "from . import a", "nn/a.py": "from nn import b"},
}


@pytest.mark.parametrize("way", CIRCLES)
def test_a_circle_is_found(way):
    assert complaints(CIRCLES[way]) == {f"a circle: {way}"}


@pytest.mark.parametrize(
    ("file", "text", "wrong"),
    [
        ("engine/a.py", "from engine.programs import tape", "engine.programs"),
        ("engine/a.py", "def f(): from engine.machine.text import x", "engine.machine.text"),
        ("engine/a.py", "try: import numpy as np\nexcept ImportError: pass", "numpy"),
        ("engine/programs/a.py", "import engine.machine.backend", "engine.machine.backend too early"),
        ("engine/programs/a.py", "from engine import gradients", "engine"),
        ("engine/machine/a.py", "import llvmlite.ir", "llvmlite.ir"),
        ("nn/a.py", "import importlib\nnp = importlib.import_module('numpy')", "numpy"),
        ("nn/a.py", "from engine.value import Value", "engine.value"),
        ("nn/a.py", "from engine import formulas", "engine.formulas"),
        ("viz/a.py", "def f(): import nn", "nn"),
        ("viz/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING: from nn import MLP", "nn"),
        ("viz/a.py", "import pygraphviz", "pygraphviz too early"),
        ("viz/graphs/a.py", "import viz.page.b", "viz.page.b"),
        ("examples/a.py", "from engine.fast import source", "engine.fast"),
    ],
)
def test_a_wrong_import_is_found(file, text, wrong):
    assert complaints({file: text, "engine/formulas.py": ""}) == {f"{file} imports {wrong}"}


def test_two_loaders_of_machine_code_are_one_too_many():
    text = "def f(): import engine.machine.backend"
    (wrong,) = complaints({"engine/programs/a.py": text, "engine/programs/b.py": text})
    assert wrong == "engine/programs/a.py and engine/programs/b.py load machine code; one place should"


@pytest.mark.parametrize(
    "files",
    [
        {"engine/a.py": "import math", "engine/__init__.py": "from engine import a\nfrom engine.programs.b import c"},
        {"engine/a.py": "if TYPE_CHECKING: import engine.b", "engine/b.py": "import engine.a"},
        {"engine/programs/a.py": "def f(): from engine.machine.backend import x"},
        {"engine/machine/compiler.py": "import llvmlite.binding", "engine/machine/b.py": "import engine.programs.a"},
        {"nn/a.py": "from engine import Value\nfrom engine.extend import mark\nfrom .b import c", "nn/b.py": ""},
        {"nn/a.py": "from engine import f", "engine/__init__.py": "from engine.f import f", "engine/f.py": "f = 1"},
        {"viz/a.py": "def f(): import pygraphviz", "viz/plots/b.py": "import matplotlib"},
        {"examples/a.py": "import numpy, nn, viz.plots", "tests/b.py": "import engine.fast"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_a_right_import_is_left_alone(files):
    assert complaints(files) == set()


def test_the_story_is_short_and_named_in_order():
    places = [engine.__doc__.index(f"\n    {name} ") for name in STORY]
    assert places == sorted(places)
    assert sum(FILES[f"engine/{name}.py"].count("\n") for name in STORY) <= 350


def test_the_front_door_names_every_room():
    rooms = {file.split("/")[1].removesuffix(".py") for file in FILES if file.startswith("engine/")} - {"__init__"}
    assert {name for name in rooms if name not in engine.__doc__} == set()


def test_what_packages_that_build_on_the_engine_may_use():
    extend = importlib.import_module("engine.extend")
    assert {name for name in extend.__all__ if f"`{name}`" not in extend.__doc__} == set()


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


COMPUTE = """
x = engine.Value(2.0)
y = (x * 3).tanh() + engine.grad(lambda z: z ** 3)(2.0)
y.backward()
print(engine.gradcheck(lambda z: z * z, 2.0), sorted(name for name in sys.modules if name.split(".")[0] in OTHERS))
"""


def test_the_engine_runs_where_only_the_standard_library_is():
    """Without site-packages (-S), and in a process that takes nothing from its surroundings (-I)."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); OTHERS = ['numpy', 'nn', 'viz', 'graphviz']; import engine"
    finished = run("-I", "-S", "-c", code + COMPUTE)
    assert finished.stdout.split("\n")[0] == "True []", finished.stderr


@pytest.mark.parametrize("package", ["engine", "nn"])
def test_importing_needs_nothing_but_the_standard_library(package):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {package}; print('viz' in sys.modules)"
    finished = run("-I", "-S", "-c", code)
    assert finished.stdout.split() == ["False"], finished.stderr


def test_numpy_is_not_imported_even_where_it_is_installed():
    finished = run("-c", "import sys, engine, nn; print('numpy' in sys.modules)")
    assert finished.stdout.split() == ["False"], finished.stderr


def test_a_blocked_numpy_is_not_missed():
    code = "import sys; sys.modules['numpy'] = None; OTHERS = ['nn', 'viz']; import engine"
    finished = run("-c", code + COMPUTE)
    assert finished.stdout.split("\n")[0] == "True []", finished.stderr


def test_drawing_does_not_import_the_networks():
    finished = run("-c", "import sys, viz; print('nn' in sys.modules)")
    assert finished.stdout.split() == ["False"], finished.stderr
