"""Activations: any one-operand operation of the engine's table by its name, ``"linear"``, or a function of your own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import engine

Activation = str | Callable[[Any], Any]
"""``"tanh"``, or a function from one Value to one Value."""


def linear(x: Any) -> Any:
    """Return ``x``: the neuron is its weighted sum."""
    return x


def named_activations() -> dict[str, Callable[[Any], Any]]:
    """Return every activation by its name. An operation added with ``engine.register`` is among them at once."""
    operations = [row.name for row in engine.primitives_table() if len(row.partials) == 1]
    return {"linear": linear, **{name: getattr(engine, name) for name in operations}}


def find_activation(activation: Activation) -> Callable[[Any], Any]:
    """Return the function that an activation stands for.

    Raises ValueError, listing the names, for an unknown name; TypeError for what is neither a name nor callable.
    """
    if isinstance(activation, str):
        known = named_activations()
        if activation not in known:
            raise ValueError(f"there is no activation {activation!r}: choose from {', '.join(known)}")
        return known[activation]
    if not callable(activation):
        kind = type(activation).__name__
        raise TypeError(f"an activation is a name or a function, not {activation!r} of type {kind}")
    return activation


def activation_name(activation: Activation) -> Activation:
    """Return the name of an activation that has one (``engine.tanh`` is ``"tanh"``) and can be saved; else itself.

    Raises as `find_activation` does.
    """
    function = find_activation(activation)
    names = (name for name, known in named_activations().items() if known is function)
    return next(names, activation)
