"""Pictures and traces of the graphs that `engine` records: ``draw``, ``to_dot``, ``trace``."""

from viz.drawing import Drawing, draw, to_dot
from viz.render import GraphvizError
from viz.trace import trace

__all__ = ["Drawing", "GraphvizError", "draw", "to_dot", "trace"]
