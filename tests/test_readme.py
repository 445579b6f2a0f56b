"""The README tells the truth: its code prints what it says, its commands and its picture are the current ones."""

import doctest
import html
import importlib.util
import re
from pathlib import Path

import pytest
from picture_reading import Svg

from examples import pictures
from examples.workloads import WORKLOADS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


@pytest.mark.usefixtures("open_table")
def test_every_block_runs_and_prints_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```pycon\n(.*?)```", README, re.DOTALL)
    assert len(blocks) > 5
    if importlib.util.find_spec("llvmlite") is None:
        blocks = [block for block in blocks if 'backend="llvm"' not in block]
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", "README.md", 0)
    report: list[str] = []
    failed, tried = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=report.append)
    assert not failed, "".join(report)
    assert tried > 30
    assert (tmp_path / "graph.svg").exists()


def test_every_block_is_of_the_kind_that_is_run():
    assert set(re.findall(r"```(\S*)\n", README)) <= {"pycon", ""}


def test_ci_runs_the_test_command():
    command = "python -m pip install '.[test]' && python -m pytest"
    assert f"    {command}\n" in README
    assert command in (ROOT / ".ci" / "run").read_text()


def test_every_module_and_file_it_names_is_there():
    for module in re.findall(r"python -m (examples\.\w+)", README):
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists(), module
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / link).exists(), link


def test_the_picture_is_of_the_expression():
    """Tables 2 and 3 of Baydin et al.: f = 11.652, with the gradient 5.5 and 1.716."""
    shown = Svg((pictures.FOLDER / "expression.svg").read_bytes())
    texts = {text for node in shown.nodes for text in node.texts}
    assert {"x1", "x2", "11.652", "5.5", "1.7163"} <= texts
    assert len(shown.nodes) == pictures.expression().nodes


def test_every_picture_is_made_by_the_command():
    made = {*pictures.PICTURES, pictures.PLAYER}
    assert made == {path.name for path in pictures.FOLDER.iterdir()}
    assert all(f"examples/pictures/{name})" in README for name in made)


@pytest.mark.parametrize("name", sorted(pictures.PICTURES))
def test_the_pictures_are_current(name):
    """Names and numbers, whatever the version of Graphviz that laid them out."""
    committed = Svg((pictures.FOLDER / name).read_bytes())
    current = pictures.PICTURES[name]()
    assert [len(committed.nodes), len(committed.edges)] == [current.nodes, current.edges]
    for shape in committed.nodes + committed.edges:
        for line in shape.tooltip.splitlines():
            assert line in html.unescape(current.dot)


def test_the_benchmark_of_every_workload_is_shown():
    assert all(name in README for name in WORKLOADS)
