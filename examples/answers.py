"""A trained network as a function of numbers, for what asks it thousands of times: scores and pictures."""

from __future__ import annotations

from engine import Program, Value, recording
from nn import MLP


def answer_program(model: MLP) -> Program:
    """Return a program from the inputs of a network to its outputs, with the parameters as they are at each call."""
    inputs = [Value(0.0, f"x{index}") for index in range(model.inputs)]
    with recording():
        outputs = model(inputs)
    return Program(inputs, outputs if isinstance(outputs, list) else [outputs])
