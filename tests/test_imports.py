"""Imports run one way: engine ← nn, engine ← viz. engine and nn need nothing but the standard library."""

import ast
import subprocess
import sys

import pytest
from support.commands import ROOT

PACKAGES = ("engine", "nn", "viz")
FILES = [(package, path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

ALLOWED = {
    "engine": {"engine"},
    "engine/machine/compiler.py": {"engine", "llvmlite"},
    "nn": {"nn", "engine"},
    "viz": {"viz", "engine", "graphviz"},
    "viz/plots": {"viz", "engine", "matplotlib"},
}


def imported(path):
    """The top-level packages that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0] if node.level == 0 else path.parent.name


def test_there_is_something_to_check():
    assert sum(package == "engine" for package, _ in FILES) > 5


@pytest.mark.parametrize(("package", "path"), FILES, ids=[str(path.relative_to(ROOT)) for _, path in FILES])
def test_a_file_imports_only_what_its_package_may(package, path):
    place = path.relative_to(ROOT)
    allowed = ALLOWED.get(place.as_posix()) or ALLOWED.get(place.parent.as_posix(), ALLOWED[package])
    assert not set(imported(path)) - sys.stdlib_module_names - allowed


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
    packages = ", ".join(sorted({package for package, _ in FILES} & {"engine", "nn"}))
    finished = run("-c", f"import sys, {packages}; print('numpy' in sys.modules)")
    assert finished.stdout.split() == ["False"], finished.stderr


def test_a_blocked_numpy_is_not_missed():
    code = "import sys; sys.modules['numpy'] = None; OTHERS = ['nn', 'viz']; import engine"
    finished = run("-c", code + COMPUTE)
    assert finished.stdout.split("\n")[0] == "True []", finished.stderr


def test_drawing_does_not_import_the_networks():
    finished = run("-c", "import sys, viz; print('nn' in sys.modules)")
    assert finished.stdout.split() == ["False"], finished.stderr
