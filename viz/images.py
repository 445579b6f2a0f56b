"""From DOT text to an image, by whichever Graphviz there is: the program ``dot``, or the one inside pygraphviz.

Python that runs in a page can start neither. There the page lends its own Graphviz, as a module in JavaScript.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from viz.palette import FONT

# Two pixels a point, enough for a slide. Large graphs are scaled down to 56 inches: a bitmap of at most 8064 pixels a
# side still fits into memory.
_BITMAP = 'graph [dpi=144 size="56,56"]'

SMALL_BITMAP = 'graph [dpi=96 size="15,15"]'
"""For `image`: the pixels of a screen, at most 1440 a side, for a notebook keeps them in its file."""

PATIENCE = 30
"""In seconds. Some layouts, those of many long edges, would take hours; simpler lines then get as long once more."""

_SIMPLER = 'graph [nslimit="1" nslimit1="1" splines="line"]'

_MEASURED = "Arial"
"""A page's Graphviz has no fonts, but the widths of this one's letters."""

# The layout of a large graph takes long and recurses deeply, in C. In a process of its own it can be interrupted, and
# cannot take the notebook down with it.
_CHILD = """\
import sys
import pygraphviz
with pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8")) as graph:
    sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""


class GraphvizError(RuntimeError):
    """There is no Graphviz to make an image with, or it failed."""


def image(dot: str, image_format: str, bitmap: str = _BITMAP) -> bytes:
    """The graph as an image (svg, png, pdf) or laid out (json0): by ``dot`` if it is on the PATH, else by pygraphviz.

    ``bitmap`` says how large a png is. A ``dot`` that cannot be started does not count where there is pygraphviz.
    Raises GraphvizError if there is neither, if it fails, and if it does not come to an end.
    """
    if sys.platform == "emscripten":
        return _made_in_a_page(dot, image_format)
    if image_format == "png":
        dot = _with(bitmap, dot)
    if shutil.which("dot"):
        try:
            return _made_by("dot", ["dot", f"-T{image_format}"], dot)
        except OSError as error:
            if not has_pygraphviz():
                raise GraphvizError(f"the program `dot` on the PATH could not be started: {error}") from error
    if has_pygraphviz():
        # -P: what lies in the working directory under the name pygraphviz is not the package.
        return _made_by("pygraphviz", [sys.executable, "-P", "-c", _CHILD, image_format], dot)
    raise GraphvizError(
        "images need Graphviz: install it (https://graphviz.org/download) so that the program `dot` is on the PATH, "
        "or run `python -m pip install 'pygraphviz>=2.0'`, which brings its own; DOT text needs neither"
    )


def has_pygraphviz() -> bool:
    """Whether there is a pygraphviz that carries Graphviz in it, as it does since version 2."""
    try:
        return int(version("pygraphviz").split(".")[0]) >= 2
    except PackageNotFoundError:
        return False


def _with(statement: str, dot: str) -> str:
    """DOT text with one more statement at its beginning."""
    return dot.replace("{", "{\n\t" + statement, 1)


def _made_in_a_page(dot: str, image_format: str) -> bytes:
    """What the Graphviz makes that the page has given Python as the module ``graphviz_of_page``."""
    try:
        graphviz = import_module("graphviz_of_page")
    except ModuleNotFoundError:
        raise GraphvizError("images need Graphviz, and the page that runs this has none; DOT text needs none") from None
    try:
        made: str = graphviz.image(dot.replace(FONT, _MEASURED), image_format)
    except Exception as error:  # JavaScript's
        raise GraphvizError(f"the page's Graphviz could not draw the graph as {image_format}: {error}") from error
    return made.replace(f'font-family="{_MEASURED}"', f'font-family="{FONT}"').encode()


def _made_by(what: str, command: Sequence[str], dot: str) -> bytes:
    """What a command makes of DOT text; GraphvizError if it fails, gives nothing, or does not come to an end."""
    for text in (dot, _with(_SIMPLER, dot)):
        with contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run(
                command, input=text.encode("utf-8"), capture_output=True, check=False, timeout=PATIENCE
            )
            break
    else:
        raise GraphvizError(
            f"{what} had not laid out the graph after twice {PATIENCE} seconds: draw a part of it, or (with fold=True, "
            "by='neuron') fewer nodes; long edges take longest, as from a leaf that is used everywhere"
        )
    if done.returncode or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip()
        reason = said or ("it gave no reason" if done.returncode else "it gave no image")
        raise GraphvizError(f"{what} could not draw the graph (exit status {done.returncode}): {reason}")
    return done.stdout
