"""Pictures of the graphs that `engine` records, and pages that play them: ``draw``, ``to_dot``, ``trace``, ``player``.

Plots of a training are in `viz.plots`, which needs matplotlib.
"""

from viz.drawing import Drawing, draw, to_dot
from viz.grouping import TooManyNodesError
from viz.player import Player, player
from viz.render import GraphvizError
from viz.trace import trace

__all__ = ["Drawing", "GraphvizError", "Player", "TooManyNodesError", "draw", "player", "to_dot", "trace"]
