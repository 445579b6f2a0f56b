"""Activations: any primitive of one operand by its name, ``"linear"``, or a function of your own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import engine
from nn.checks import find_function

Activation = str | Callable[[Any], Any]
"""``"tanh"``, or a function from one Value to one Value."""


def linear(x: Any) -> Any:
    """Return ``x``: the neuron is its weighted sum."""
    return x


def named_activations() -> dict[str, Callable[[Any], Any]]:
    """Return every activation by its name. A primitive added with ``engine.register`` is among them at once."""
    names = [row.name for row in engine.primitives_table() if len(row.partials) == 1]
    return {"linear": linear, **{name: getattr(engine, name) for name in names}}


def find_activation(activation: Activation) -> tuple[Activation, Callable[[Any], Any]]:
    """Return the name by which an activation can be saved (itself, if it has none) and its function.

    ``engine.tanh`` has the name ``"tanh"``. Raises as `nn.checks.find_function` does.
    """
    known = named_activations()
    function = find_function(activation, known, "activation")
    return next((name for name in known if known[name] is function), activation), function
