"""Pictures of the graphs that `engine` records, and pages that play them: ``draw``, ``to_dot``, ``trace``, ``player``.

Plots of a training are in `viz.plots`, which needs matplotlib.
"""

from viz.graphs.drawing import Drawing, draw, to_dot
from viz.graphs.grouping import TooManyNodesError
from viz.images import GraphvizError
from viz.player import Player, player
from viz.trace import trace

__all__ = ["Drawing", "GraphvizError", "Player", "TooManyNodesError", "draw", "player", "to_dot", "trace"]
