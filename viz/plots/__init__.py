"""Plots of a training: its losses, what the network answers, and the course of its parameters. They need matplotlib."""

from __future__ import annotations

try:
    from viz.plots.boundary import decision_boundary
    from viz.plots.figures import Plot
    from viz.plots.losses import loss_curves
    from viz.plots.weights import weights_over_time
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "plots need matplotlib: python -m pip install 'scalargrad[plots]'", name="matplotlib"
    ) from error

__all__ = ["Plot", "decision_boundary", "loss_curves", "weights_over_time"]
