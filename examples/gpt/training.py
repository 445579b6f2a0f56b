"""One text after the other: its loss, the gradient, a step of the optimizer; and texts made by the network."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

from engine import Program, Value, gradients, recording
from engine.extend import collector_paused
from examples.gpt.language import BOUNDARY
from examples.gpt.model import GPT, loss, softmax
from nn import Optimizer
from nn.progress import announcing

Steps = Callable[[Sequence[int], float], float]
"""A step of the training on a text, (tokens, learning rate) -> the loss before it."""


def eager_steps(model: GPT, optimizer: Optimizer) -> Steps:
    """Return steps that record a graph for each text."""

    def take_step(tokens: Sequence[int], rate: float) -> float:
        """Take a step, and return the loss before it."""
        optimizer.learning_rate = rate
        optimizer.zero_grad()
        with collector_paused():
            found = loss(model, tokens)
            found.backward()
        optimizer.step()
        return float(found.data)

    return take_step


def program_steps(model: GPT, optimizer: Optimizer, backend: str) -> Steps:
    """Return the same steps by programs: one for the loss and gradient of all texts of a length, one for the update.

    The first is made when a text of that length comes. The second has the state of the optimizer: so there is only one.
    """
    parameters = optimizer.parameters

    @cache
    def program_of(length: int) -> Program:
        """Return the program for texts of this length; say so if it takes long to make."""
        with announcing(f"making a program for texts of {length} tokens", progress=None):
            return loss_program(model, parameters, length, backend)

    slopes = [Value(0.0, f"{parameter.label}.slope") for parameter in parameters]
    rate = Value(optimizer.learning_rate, "rate")
    update = Program([*slopes, rate], updates=optimizer.updates_from(slopes, rate), backend=backend)

    def take_step(tokens: Sequence[int], rate: float) -> float:
        """Take a step, and return the loss before it."""
        found, *slopes = program_of(len(tokens))(*one_hot(tokens, len(model.tokens)))
        update(*slopes, rate)
        return found

    return take_step


def loss_program(model: GPT, parameters: Sequence[Value], length: int, backend: str) -> Program:
    """Return a program from the tokens of a text, `one_hot`, to its loss and the gradient by each parameter."""
    vocabulary = len(model.tokens)
    rows = [[Value(0.0, f"text[{place}][{token}]") for token in range(vocabulary)] for place in range(length)]
    with recording(), collector_paused():
        found = loss(model, rows)
        slopes = gradients(found, parameters)
    return Program([number for row in rows for number in row], [found, *slopes], backend=backend)


def one_hot(tokens: Sequence[int], vocabulary: int) -> list[float]:
    """Return a row for each token, 1 at its place and 0 elsewhere, one row after the other."""
    return [float(token == place) for token in tokens for place in range(vocabulary)]


def write(model: GPT, random: Random, temperature: float = 0.5) -> list[int]:
    """Draw a text, token by token, until its boundary comes or the block is full.

    Each token is drawn with the probabilities of the scores over the temperature: at 1 those that the network has
    learned; below, likely ones become likelier still.
    """
    model = copy.copy(model)
    vars(model).update(_numbers(vars(model)))
    memory = model.new_memory()
    tokens = [BOUNDARY]
    for _ in model.positions:
        scores = [score / temperature for score in model(tokens[-1], memory)]
        (token,) = random.choices(range(len(scores)), softmax(scores, max(scores)))
        if token == BOUNDARY:
            break
        tokens.append(token)
    return tokens[1:]


def _numbers(thing: Any) -> Any:
    """Return nested lists and dicts with numbers in place of Values: with those, nothing is recorded."""
    if isinstance(thing, dict):
        return {name: _numbers(inner) for name, inner in thing.items()}
    if isinstance(thing, list):
        return [_numbers(inner) for inner in thing]
    return thing.data if isinstance(thing, Value) else thing
