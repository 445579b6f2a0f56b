"""Make the pictures of the README again: ``python -m examples.pictures``."""

from __future__ import annotations

import argparse
from pathlib import Path

import engine
import viz
from engine import Value
from examples.command import run_command
from viz import Drawing

FOLDER = Path(__file__).parent / "pictures"


def expression() -> Drawing:
    """ln(x1) + x1·x2 - sin(x2), the expression of the README's first screen, after backward()."""
    x1 = Value(2.0, "x1")
    x2 = Value(5.0, "x2")
    f = engine.log(x1) + x1 * x2 - engine.sin(x2)
    f.label = "f"
    f.backward()
    return viz.draw(f)


PICTURES = {"expression.svg": expression}


def main() -> None:
    """Write every picture."""
    argparse.ArgumentParser(prog="python -m examples.pictures", description="Make the README's pictures.").parse_args()
    FOLDER.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        picture().save(FOLDER / name)
        print(FOLDER / name)


if __name__ == "__main__":
    run_command(main)
