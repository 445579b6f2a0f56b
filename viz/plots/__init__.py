"""Plots of a training: losses, answers, paths, weights, and grids of results. They need matplotlib.

Every function returns a `Plot`, which shows itself in a notebook. With a ``path`` that ends in ``.svg``, ``.png`` or
``.pdf`` it also writes the file. An argument that cannot be plotted raises an error that names it, down to the entry:
TypeError for the wrong kind of thing, ValueError where the kind is right and the content is not, such as an empty
list, lists of different lengths, and a number that is NaN or beyond ±1e300.
"""

from __future__ import annotations

try:
    from viz.plots.answers import class_regions, decision_boundary, fitted_curve
    from viz.plots.descent import descent_paths
    from viz.plots.figures import Plot
    from viz.plots.heat import heat_map
    from viz.plots.losses import loss_bands, loss_curves
    from viz.plots.weights import weights_over_time
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "matplotlib":
        raise
    raise ModuleNotFoundError("plots need matplotlib: python -m pip install matplotlib", name="matplotlib") from error

__all__ = [
    "Plot",
    "class_regions",
    "decision_boundary",
    "descent_paths",
    "fitted_curve",
    "heat_map",
    "loss_bands",
    "loss_curves",
    "weights_over_time",
]
