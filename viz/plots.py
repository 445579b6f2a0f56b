"""Plots of a training: its losses, what the network answers, and the course of its parameters. They need matplotlib."""

from __future__ import annotations

try:
    from viz.boundary_plot import decision_boundary
    from viz.figures import Plot
    from viz.loss_plot import loss_curves
    from viz.weights_plot import weights_over_time
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "plots need matplotlib: python -m pip install 'scalargrad[plots]'", name="matplotlib"
    ) from error

__all__ = ["Plot", "decision_boundary", "loss_curves", "weights_over_time"]
