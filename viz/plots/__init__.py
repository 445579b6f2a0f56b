"""Plots of trainings: losses, answers, paths, the course of parameters, and grids of results. They need matplotlib."""

from __future__ import annotations

try:
    from viz.plots.bands import loss_bands
    from viz.plots.boundary import decision_boundary
    from viz.plots.descent import descent_paths
    from viz.plots.figures import Plot
    from viz.plots.fit import fitted_curve
    from viz.plots.heat import heat_map
    from viz.plots.losses import loss_curves
    from viz.plots.regions import class_regions
    from viz.plots.weights import weights_over_time
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "plots need matplotlib: python -m pip install 'scalargrad[plots]'", name="matplotlib"
    ) from error

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
