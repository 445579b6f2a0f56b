"""Make the pictures of the README again: ``python -m examples.pictures``.

The photograph of the player needs Chromium, its chromedriver and Selenium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import engine
import viz
from engine import Value
from examples.browser import NoBrowserError, browser
from examples.command import run_command
from examples.xor_graphs import lesson_graph, neuron_graph, sample_graph
from examples.xor_training import new_network, train_on_xor
from nn import MLP
from viz import Drawing

FOLDER = Path(__file__).parent / "pictures"
PLAYER = "player.png"
STEP = 37
"""The step of the player that is photographed: a weight is given the second part of its gradient."""


def expression() -> Drawing:
    """ln(x1) + x1·x2 - sin(x2), the expression of the README's first screen, after backward()."""
    x1 = Value(2.0, "x1")
    x2 = Value(5.0, "x2")
    f = engine.log(x1) + x1 * x2 - engine.sin(x2)
    f.label = "f"
    f.backward()
    return viz.draw(f)


def network() -> MLP:
    """A 2-2-1 network that has begun to learn XOR."""
    model = new_network(2, seed=3)
    train_on_xor(model, 20, progress=False)
    return model


def operations() -> Drawing:
    """One neuron of it, by operation."""
    return viz.draw(neuron_graph(network()))


def neurons() -> Drawing:
    """Its loss on one sample, by neuron, with gradients as colours."""
    return viz.draw(sample_graph(network()), by="neuron", colors="gradient")


def layers() -> Drawing:
    """The same by layer."""
    return viz.draw(sample_graph(network()), by="layer")


PICTURES = {
    "expression.svg": expression,
    "operations.svg": operations,
    "neurons.svg": neurons,
    "layers.svg": layers,
}


def photograph(path: Path) -> None:
    """Write a photograph of the player, in the middle of a lesson on one neuron; NoBrowserError without Chromium."""
    with tempfile.TemporaryDirectory() as folder, browser(1440, 820) as driver:
        page = Path(folder) / "player.html"
        viz.player(lesson_graph(network()), page, title="Backpropagation through one neuron, on two samples")
        driver.get(f"{page.as_uri()}#step={STEP}")
        driver.save_screenshot(str(path))


def main() -> int:
    """Write every picture; return 1 if the player could not be photographed."""
    argparse.ArgumentParser(prog="python -m examples.pictures", description="Make the README's pictures.").parse_args()
    FOLDER.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        picture().save(FOLDER / name)
        print(FOLDER / name)
    try:
        photograph(FOLDER / PLAYER)
    except NoBrowserError as error:
        print(f"python -m examples.pictures: error: {PLAYER} is as it was: {error}", file=sys.stderr)
        return 1
    print(FOLDER / PLAYER)
    return 0


if __name__ == "__main__":
    run_command(main)
