"""A network as a fast function of numbers, for scores and pictures that ask it thousands of times."""

from __future__ import annotations

from engine import Program, Value, recording
from nn import MLP


def answer_program(model: MLP) -> Program:
    """Return a program from the inputs of a network to its outputs; it reads the parameters at each call."""
    inputs = [Value(0.0, f"x{index}") for index in range(model.inputs)]
    with recording():
        outputs = model(inputs)
    return Program(inputs, outputs if isinstance(outputs, list) else [outputs])
