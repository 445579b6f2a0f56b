"""The README tells the truth: its code prints what it says, its commands and its picture are the current ones."""

import doctest
import html
import importlib.util
import re
from itertools import product

import pytest
from support.commands import ROOT
from support.picture_reading import Svg

import viz
from examples import compare, pictures
from examples.study.options import PRESETS, argument_parser
from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trainer

README = (ROOT / "README.md").read_text()
PAGES = {
    page: (ROOT / page).read_text()
    for page in ("README.md", "examples/study/README.md", "examples/benchmark/README.md")
}
STUDY = PAGES["examples/study/README.md"]


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


def test_the_front_door_is_short():
    assert README.count("\n") <= 300


def test_ci_runs_the_test_command():
    command = "python -m pip install '.[test]' && python -m pytest"
    assert f"    {command}\n" in README
    assert command in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page):
    """Modules, files, headings; and no block that is not run."""
    text = PAGES[page]
    assert set(re.findall(r"```(\S*)\n", text)) <= ({"pycon", ""} if page == "README.md" else set())
    for module in re.findall(r"python -m (examples\.\w+)", text):
        assert importlib.util.find_spec(module), module
    headings = {
        re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)", text, re.M)
    }
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if link.startswith("#"):
            assert link[1:] in headings, link
        elif not link.startswith("https://"):
            assert (ROOT / page).parent.joinpath(link).exists(), link


@pytest.mark.slow
def test_the_comparison_that_is_shown_is_the_one_that_is_printed(capsys):
    """But for the last digits, which are those of NumPy's library."""
    compare.main([])
    printed = rounded(capsys.readouterr().out)
    shown = re.search(
        r"runs the\ntutorial's own functions on arrays of Values:\n\n(.*?)\n\n    python", README, re.DOTALL
    )
    lines = [line for line in rounded(shown.group(1)).splitlines() if line.split() not in ([], ["…"])]
    assert len(lines) > 8
    for line in lines:
        if not line.lstrip().startswith("Largest"):
            assert line.split() in [other.split() for other in printed.splitlines()], line


def rounded(text):
    """A report with ten digits of its numbers, without how far apart two of them are."""
    text = re.sub(r"(\d\.\d{9})\d+(e[+-]\d+)", r"\1\2", text)
    return re.sub(r"  +\d\.\de[+-]\d\d +\d+$", "", text, flags=re.MULTILINE)


def test_the_picture_is_of_the_expression():
    """Tables 2 and 3 of Baydin et al.: f = 11.652, with the gradient 5.5 and 1.716."""
    shown = Svg((pictures.FOLDER / "expression.svg").read_bytes())
    texts = {text for node in shown.nodes for text in node.texts}
    assert {"x1", "x2", "11.652", "5.5", "1.7163"} <= texts
    assert len(shown.nodes) == viz.draw(pictures.expression()).nodes


def test_every_picture_is_made_by_the_command():
    made = {*pictures.makers()}
    assert made == {path.name for path in pictures.FOLDER.iterdir()}
    assert all(f"pictures/{name})" in README + STUDY for name in made)


@pytest.mark.parametrize("name", sorted(pictures.PICTURES))
def test_the_pictures_are_current(name):
    """Names and numbers, whatever the version of Graphviz that laid them out."""
    committed = Svg((pictures.FOLDER / name).read_bytes())
    current = pictures.PICTURES[name]()
    assert [len(committed.nodes), len(committed.edges)] == [current.nodes, current.edges]
    for shape in committed.nodes + committed.edges:
        for line in shape.tooltip.splitlines():
            assert line in html.unescape(current.dot)


def shares():
    """The cells of the committed heat map: a recipe -> from how many of 100 seeds it learns."""
    preset = vars(argument_parser().parse_args(PRESETS["xor"].split()))
    names = ("optimizer", "rate", "loss", "activation", "initializer", "hidden")  # row by row, then along each
    shown = re.findall(r"<!-- (\d+) % -->", (pictures.FOLDER / pictures.HEAT_MAP).read_text())
    keys = list(product(*(preset[name] for name in names)))
    assert len(shown) == len(keys) + len([0, 20, 40, 60, 80, 100])  # those of the colour bar
    cells = {}
    for (optimizer, rate, loss, activation, initializer, hidden), share in zip(keys, shown, strict=False):
        cells[Recipe(hidden, activation, loss, initializer, optimizer, rate)] = int(share)
    return cells


def test_the_heat_map_is_current():
    """Some of its recipes, trained anew: tanh, Adam, the rate 0.1 and cross-entropy."""
    pytest.importorskip("llvmlite")
    preset, cells = argument_parser().parse_args(PRESETS["xor"].split()), shares()
    for initializer, hidden in product(preset.initializer, preset.hidden):
        recipe = Recipe(hidden, "tanh", "binary_cross_entropy", initializer, "adam", 0.1)
        trainer = Trainer(recipe.architecture, Problem("xor", (), preset.epochs, 1.0, "llvm"))
        trials = [trainer.train(recipe, seed) for seed in range(preset.seeds)]
        assert cells[recipe] == sum(trial.needed is not None for trial in trials)


def test_what_the_studies_teach_is_what_the_heat_map_shows():
    cells = shares()

    def those(**settings):
        """The shares of the recipes with these settings."""
        return [n for recipe, n in cells.items() if all(getattr(recipe, k) == s for k, s in settings.items())]

    two, eight = those(hidden=(2,)), those(hidden=(8,), activation="tanh")
    assert (len(two), max(two)) == (108, 82)
    assert (len(eight), eight.count(100)) == (36, 23)
    assert max(those(optimizer="adam", rate=1.0)) == 67
    assert max(those(activation="relu")) == 93
    slow, middle, quick = (sum(those(optimizer="sgd", rate=rate)) for rate in (0.01, 0.1, 1.0))
    assert quick > max(slow, middle)
    lesson = STUDY[STUDY.index("What this teaches") :].split("\n\n")[0]
    assert re.findall(r"\d+", lesson) == ["108", "82", "100", "23", "36", "1", "67", "93"]
