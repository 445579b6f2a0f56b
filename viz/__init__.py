"""Pictures of the graphs that `engine` records, and pages that play them, compile them, and train a model.

``draw`` (images, and TikZ and Mermaid for papers and READMEs), ``to_dot``, ``compare``, ``trace``, ``player``,
``playground``, ``explorer``.

Plots of a training are in `viz.plots`, which needs matplotlib.
"""

from viz.compare import compare
from viz.explorer import Explorer, explorer
from viz.graphs.drawing import Drawing, draw, to_dot
from viz.graphs.grouping import TooManyNodesError
from viz.images import GraphvizError
from viz.player import Player, player
from viz.playground import Playground, playground
from viz.trace import trace

__all__ = [
    "Drawing",
    "Explorer",
    "GraphvizError",
    "Player",
    "Playground",
    "TooManyNodesError",
    "compare",
    "draw",
    "explorer",
    "player",
    "playground",
    "to_dot",
    "trace",
]
