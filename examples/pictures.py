"""Make the pictures of the README again: ``python -m examples.pictures``.

The photograph of the player needs Chromium, its chromedriver and Selenium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import engine
import viz
from engine import Value
from examples.browser import NoBrowserError, browser
from examples.command import run_command
from examples.study.command import main as study
from examples.xor_network import neuron_graph, new_network, sample_graph, train_on_xor
from nn import MLP
from viz import Drawing

FOLDER = Path(__file__).parent / "pictures"
PLAYER = "player.png"
HEAT_MAP = "recipes.svg"
STEP = 13
"""The step of the player that is photographed: x2 receives the second part of its gradient."""


def expression() -> Value:
    """ln(x1) + x1·x2 - sin(x2), the expression of the README's first screen, after backward()."""
    x1 = Value(2.0, "x1")
    x2 = Value(5.0, "x2")
    f = engine.log(x1) + x1 * x2 - engine.sin(x2)
    f.label = "f"
    f.backward()
    return f


def network() -> MLP:
    """A 2-2-1 network that has begun to learn XOR."""
    model = new_network(2, seed=3)
    train_on_xor(model, 20, progress=False)
    return model


PICTURES: dict[str, Callable[[], Drawing]] = {
    "expression.svg": lambda: viz.draw(expression()),
    "operations.svg": lambda: viz.draw(neuron_graph(network())),
    "neurons.svg": lambda: viz.draw(sample_graph(network()), by="neuron", colors="gradient"),
    "layers.svg": lambda: viz.draw(sample_graph(network()), by="layer"),
}


def photograph(path: Path) -> None:
    """Write a photograph of the player in the middle of a backward pass; NoBrowserError without Chromium."""
    with tempfile.TemporaryDirectory() as folder, browser(1440, 716) as driver:
        page = Path(folder) / "player.html"
        viz.player(expression(), page, title="f = log(x1) + x1 · x2 − sin(x2)")
        driver.get(f"{page.as_uri()}#step={STEP}")
        driver.save_screenshot(str(path))


def study_recipes(path: Path) -> None:
    """Write the heat map of ``python -m examples.study --preset xor``; ModuleNotFoundError without matplotlib."""
    import viz.plots  # noqa: F401 - the study would go on without pictures

    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        study(["--preset", "xor", "--output", folder])
        shutil.copyfile(Path(folder) / "heat_map.svg", path)


def main() -> int:
    """Write every picture; return 1 if one could not be made."""
    argparse.ArgumentParser(prog="python -m examples.pictures", description="Make the README's pictures.").parse_args()
    FOLDER.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        picture().save(FOLDER / name)
        print(FOLDER / name)
    status = 0
    for name, make in {HEAT_MAP: study_recipes, PLAYER: photograph}.items():
        try:
            make(FOLDER / name)
        except (ModuleNotFoundError, NoBrowserError) as error:
            print(f"python -m examples.pictures: error: {name} is as it was: {error}", file=sys.stderr)
            status = 1
        else:
            print(FOLDER / name)
    return status


if __name__ == "__main__":
    run_command(main)
