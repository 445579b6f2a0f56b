"""A learner's engine at work, in a process of its own: it trains XOR, and is ready to race."""

from __future__ import annotations

import random
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from examples.benchmark.peers import scalars
from examples.benchmark.problems import Network, Solution
from examples.command import Nowhere
from examples.lessons.exercises.merging import their_engine
from examples.lessons.exercises.table import FILES
from examples.lessons.exercises.worker import limit_memory

SIZES = [2, 2, 1]
INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS = [0.0, 1.0, 1.0, 0.0]
RATE, EPOCHS, SEEDS = 1.0, 300, range(5)
DRAWN = 2
"""The sample whose graph is drawn."""


class Run(NamedTuple):
    """One training: its seed, the loss of each epoch, and the four answers after it."""

    seed: int
    losses: list[float]
    answers: list[float]


class Node(NamedTuple):
    """One of the learner's Values: its attributes, with its operands by position; its name if it is a leaf."""

    data: float
    grad: float
    operands: tuple[int, ...]
    partials: tuple[float, ...]
    operation: str
    name: str


class Graduate:
    """The learner's engine, made of the text of the files, and the solution that is being timed.

    folder is where the learner's code looks for modules of its own.
    """

    def __init__(self, folder: str, texts: Mapping[str, str]) -> None:
        limit_memory()
        sys.path.append(folder)
        sys.stdout = Nowhere()  # What they print to try things out would stand in the middle of a report.
        self.engine = their_engine(texts, lent=())
        self.solution: Solution | None = None


@contextmanager
def line_named() -> Iterator[None]:
    """Raise what goes wrong in here with the line of the learner's file."""
    try:
        yield
    except Exception as error:
        names = [f"{file}.py" for file in FILES]
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in names]
        line = f"{frames[-1].filename}, line {frames[-1].lineno}: " if frames else ""
        raise RuntimeError(f"{line}{type(error).__name__}: {error}") from None


def train(graduate: Graduate, seed: int) -> Run:
    """Train a network that begins with the random numbers of a seed."""
    with line_named():
        network = graduate.engine.module("network")
        model = network.MLP(SIZES, random.Random(seed))
        losses = network.train(model, INPUTS, TARGETS, RATE, EPOCHS)
        return Run(seed, [float(loss) for loss in losses], [model(x)[0].data for x in INPUTS])


def loss_graph(graduate: Graduate, seed: int) -> list[Node]:
    """Return the graph of the loss of one sample after `train`, operands before results, with the gradients."""
    with line_named():
        value, network = map(graduate.engine.module, ("value", "network"))
        model = network.MLP(SIZES, random.Random(seed))
        network.train(model, INPUTS, TARGETS, RATE, EPOCHS)
        x = [value.Value(number) for number in INPUTS[DRAWN]]
        loss = network.mean_squared_error([model(x)[0]], [TARGETS[DRAWN]])
        loss.backward()
        return list(_nodes(loss, _names(x, model)))


def _names(x: list[Any], model: Any) -> dict[int, str]:
    """Return the names of the inputs, the weights and the biases, by their identity: a class may forbid its hash."""
    names = {id(number): f"x{i}" for i, number in enumerate(x, 1)}
    for depth, (weights, biases) in enumerate(zip(model.weights, model.biases, strict=True), 1):
        for neuron, (row, bias) in enumerate(zip(weights, biases, strict=True), 1):
            names |= {id(weight): f"w{depth}[{neuron},{i}]" for i, weight in enumerate(row, 1)}
            names[id(bias)] = f"b{depth}[{neuron}]"
    return names


def _nodes(root: Any, names: Mapping[int, str]) -> Iterator[Node]:
    """Walk the graph under a Value of theirs."""
    places: dict[int, int] = {}
    stack = [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if id(node) in places:
            continue
        if not operands_done:
            stack += [(node, True), *((operand, False) for operand in reversed(node.operands))]
            continue
        operands = tuple(places[id(operand)] for operand in node.operands)
        places[id(node)] = len(places)
        name = names.get(id(node), "" if operands else f"{node.data:g}")
        yield Node(node.data, node.grad, operands, tuple(node.partials), node.operation, name)


def take_up(graduate: Graduate, problem: Network) -> tuple[list[float], float]:
    """Solve a problem of the benchmark in the way of micrograd; return the gradient, and 0 seconds of compiling."""
    with line_named():
        graduate.solution = scalars.solve(problem, graduate.engine.module("value").Value)
        assert graduate.solution is not None
        return graduate.solution.gradient(), 0.0
