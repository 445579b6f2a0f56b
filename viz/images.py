"""From DOT text to an image, by whichever Graphviz there is: the program ``dot``, or the one inside pygraphviz."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

# Two pixels a point, enough for a slide; large graphs are scaled down to 56 inches, a bitmap of at most 8064 pixels a
# side, which still fits into memory.
_BITMAP = 'graph [dpi=144 size="56,56"]'

PATIENCE = 30
"""In seconds. Some layouts would take hours, those of many long edges: then simpler lines are tried for as long."""

_SIMPLER = 'graph [nslimit="1" nslimit1="1" splines="line"]'

# The layout of a large graph takes long and recurses deeply, in C. In a process of its own it can be interrupted, and
# cannot take the notebook with it.
_CHILD = """\
import sys
import pygraphviz
with pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8")) as graph:
    sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""


class GraphvizError(RuntimeError):
    """There is no Graphviz to make an image with, or it failed."""


class NotStartedError(GraphvizError):
    """There is a program ``dot`` that the system cannot run."""


def image(dot: str, image_format: str) -> bytes:
    """The graph as an image (svg, png, pdf) or laid out (json0): by ``dot`` if it is on the PATH, else by pygraphviz.

    A ``dot`` that cannot be started counts as none where there is pygraphviz. Raises GraphvizError if there is neither,
    if it fails, and if it comes to no end.
    """
    if image_format == "png":
        dot = dot.replace("{", "{\n\t" + _BITMAP, 1)
    if shutil.which("dot"):
        try:
            return image_by_program(dot, image_format)
        except NotStartedError:
            if not has_pygraphviz():
                raise
    if has_pygraphviz():
        return image_by_pygraphviz(dot, image_format)
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


def image_by_program(dot: str, image_format: str) -> bytes:
    """The image that the program ``dot`` makes."""
    try:
        return _made_by("dot", ["dot", f"-T{image_format}"], dot)
    except OSError as error:
        raise NotStartedError(f"the program `dot` on the PATH could not be started: {error}") from error


def image_by_pygraphviz(dot: str, image_format: str) -> bytes:
    """The image that the Graphviz inside pygraphviz makes, called in a new Python process."""
    # -P: what lies in the working directory under the name pygraphviz is not the package.
    return _made_by("pygraphviz", [sys.executable, "-P", "-c", _CHILD, image_format], dot)


def _made_by(what: str, command: Sequence[str], dot: str) -> bytes:
    """What a command makes of DOT text; GraphvizError if it fails, gives nothing, or does not come to an end."""
    done = _finished(command, dot) or _finished(command, dot.replace("{", "{\n\t" + _SIMPLER, 1))
    if done is None:
        raise GraphvizError(
            f"{what} had not laid out the graph after twice {PATIENCE} seconds: draw a part of it, or (with fold=True, "
            "by='neuron') fewer nodes; long edges take longest, as from a leaf that is used everywhere"
        )
    if done.returncode:
        raise _failed(what, done.returncode, done.stderr)
    if not done.stdout:
        raise _failed(what, 0, done.stderr or b"it gave no image")
    return done.stdout


def _finished(command: Sequence[str], dot: str) -> subprocess.CompletedProcess[bytes] | None:
    """How a command ended that was given DOT text; None if it did not."""
    try:
        return subprocess.run(command, input=dot.encode("utf-8"), capture_output=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None


def _failed(what: str, status: int, messages: bytes) -> GraphvizError:
    """The error of a Graphviz that gave no image, with what it said."""
    said = messages.decode("utf-8", "replace").strip() or "it gave no reason"
    return GraphvizError(f"{what} could not draw the graph (exit status {status}): {said}")
