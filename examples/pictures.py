"""Make the pictures of the README again, and write those that show something else than before.

    python -m examples.pictures                into examples/pictures
    python -m examples.pictures --output DIR   into another directory, to look at them

Another version of Graphviz or Chromium puts the same things into slightly other places: that alone is no reason to
change a file, which has the mark of what it shows in it. To have it drawn anew nevertheless, remove it. The photograph
of the playground needs Chromium, its chromedriver and Selenium.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import engine
import viz
from engine import Value
from engine.extend import replace_file
from examples.arguments import add_output, parse_and_prepare
from examples.browser import NoBrowserError, browser
from examples.command import INTERRUPTED, run_command
from examples.matrices.comparison import INPUTS, TARGETS
from examples.outputs import kept
from examples.study.command import main as study
from examples.xor_network import HIDDEN, neuron_graph, new_network, recipe, sample_graph, train_on_xor
from nn import MLP
from viz import Drawing, GraphvizError, Player, Playground

FOLDER = Path(__file__).parent / "pictures"
HEAT_MAP = "recipes.svg"
FILM = "backprop.svg"
_PLACES = re.compile(r'"(?:x|y|width|height)": -?[\d.]+|"path": "[^"]*"')
"""What Graphviz says in a page."""
_SVG_PLACES = re.compile(r' (?:x|y|d|width|height|viewBox|transform|textLength)="[^"]*"')
"""What follows from it in a film."""
Picture = tuple[bytes, str]
"""The content of a file, and the text that says what it shows, but for places; empty if only the content says it."""


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


def player() -> Player:
    """The page of the README's first screen."""
    return viz.player(expression(), title="f = log(x1) + x1 · x2 − sin(x2)")


def film() -> Picture:
    """Return both passes through that expression, as an SVG that plays by itself; GraphvizError without Graphviz."""
    svg = player().film.svg()
    return svg.encode(), _SVG_PLACES.sub("", svg)


def playground() -> Playground:
    """The page in which `examples.xor` lets a network learn."""
    model = new_network(HIDDEN, seed=0)
    return viz.playground(
        model, INPUTS, TARGETS, title="Learning XOR: a 2-8-1 network", names=("a", "b"), **recipe(model)
    )


PHOTOGRAPHS: dict[str, tuple[Callable[[], Player | Playground], str, tuple[int, int]]] = {
    "playground.png": (playground, "steps=25", (1280, 800)),
}
"""Pages, how each is opened, and the size of its window."""


def photograph(name: str) -> Picture:
    """Return a photograph of a page; NoBrowserError without Chromium."""
    make, address, window = PHOTOGRAPHS[name]
    page = make()
    with tempfile.TemporaryDirectory() as folder, browser(*window) as driver:
        path = Path(folder) / "page.html"
        page.save(path)
        driver.get(f"{path.as_uri()}#{address}")
        while driver.execute_script("return Boolean(globalThis.isDrawing?.())"):  # What is large, in several frames.
            pass
        return driver.get_screenshot_as_png(), f"{window} {address} {_PLACES.sub('', page.html)}"


def study_recipes() -> Picture:
    """Return the heat map of ``python -m examples.study --preset xor``; ModuleNotFoundError without matplotlib."""
    import viz.plots  # noqa: F401 - the study would go on without pictures

    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        if study(["--preset", "xor", "--output", folder]) == INTERRUPTED:
            raise KeyboardInterrupt
        return (Path(folder) / "heat_map.svg").read_bytes(), ""


def drawn(picture: Callable[[], Drawing]) -> Picture:
    """Return a drawing as SVG; GraphvizError without Graphviz."""
    drawing = picture()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawing.svg"
        drawing.save(path)
        return path.read_bytes(), drawing.dot


def makers() -> dict[str, Callable[[], Picture]]:
    """Return what makes each picture, by the name of its file."""
    drawings = {name: partial(drawn, picture) for name, picture in PICTURES.items()}
    photographs = {name: partial(photograph, name) for name in PHOTOGRAPHS}
    return {**drawings, FILM: film, HEAT_MAP: study_recipes, **photographs}


def mark_of(source: str) -> bytes:
    """Return a text that is the same only for the same source."""
    return hashlib.sha256(source.encode()).hexdigest().encode()


def marked(content: bytes, source: str) -> bytes:
    """Return an SVG or a PNG with the mark of its source in it."""
    if not content.startswith(b"\x89PNG"):
        return content.rstrip() + b"\n<!-- of " + mark_of(source) + b" -->\n"
    note = b"tEXtSource\0" + mark_of(source)
    end = 33  # Of what every PNG begins with: eight bytes, and the part with its size.
    length, check = (struct.pack(">I", number) for number in (len(note) - 4, zlib.crc32(note)))
    return content[:end] + length + note + check + content[end:]


def write(path: Path, content: bytes, source: str) -> str:
    """Write a picture, unless the file shows the same already, and say which."""
    before = path.read_bytes() if path.exists() else b""
    if before == content or (source and mark_of(source) in before):
        return "kept: it shows the same"
    replace_file(path, marked(content, source) if source else content)
    return "written"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every picture and write those that are new; return 1 if one could not be made."""
    parser = argparse.ArgumentParser(prog="python -m examples.pictures", description="Make the README's pictures.")
    add_output(parser, str(FOLDER))
    folder = parse_and_prepare(parser, arguments).output
    status = 0
    done: list[str] = []
    for name, make in makers().items():
        try:
            said = write(folder / name, *make())
        except (ModuleNotFoundError, GraphvizError, NoBrowserError) as error:
            print(f"python -m examples.pictures: error: {name} is as it was: {error}", file=sys.stderr)
            status = 1
        except OSError as error:
            raise OSError(f"{error}; {kept(folder, done)}") from None
        else:
            done.append(name)
            print(f"{folder / name}  {said}", flush=True)
    return status


if __name__ == "__main__":
    run_command(main)
