"""The tutorial's matrices beside the engine's scalars, as data: gradients entry by entry, training epoch by epoch.

Both sides start from the same network, the tutorial's dictionary of matrices. The entry ``W1[i, j]``, from input i to
hidden neuron j, is on the engine's side the leaf ``model.layers[0].neurons[j].w[i]``.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from engine import Program, Value, gradients, no_grad, topological_order
from examples.matrices import tutorial
from examples.matrices.tutorial import LEARNING_RATE, Network, X, y
from nn import MLP, SGD, half_sum_of_squares, mean_squared_error

INPUTS = X.tolist()
TARGETS = y[:, 0].tolist()
FACTOR = -y.size / 2
"""dW = FACTOR · dMSE/dW: the tutorial's "gradient" is that of -½ Σ errors², its loss is the mean of the N squares."""


@dataclass(frozen=True)
class Pair:
    """One number computed twice: by the tutorial's matrix formulas and by the engine."""

    name: str
    by_hand: float
    by_engine: float

    @property
    def difference(self) -> float:
        """How far apart they are."""
        return abs(self.by_hand - self.by_engine)

    @property
    def ulps(self) -> float:
        """The difference in units in the last place: in gaps between neighbouring doubles of this size."""
        return self.difference / math.ulp(max(abs(self.by_hand), abs(self.by_engine)))


def pair_up(by_hand: Mapping[str, float], by_engine: Mapping[str, float]) -> list[Pair]:
    """Pair the numbers of two sides by name; KeyError if the engine's side lacks a name."""
    return [Pair(name, float(number), by_engine[name]) for name, number in by_hand.items()]


def farthest_apart(pairs: list[Pair]) -> Pair:
    """Return the pair with the largest difference."""
    return max(pairs, key=lambda pair: pair.difference)


def by_place(matrices: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return every entry of the matrices by its place, such as ``W1[0, 1]``."""
    return {
        f"{name}[{row}, {column}]": entry
        for name, matrix in matrices.items()
        for (row, column), entry in np.ndenumerate(matrix)
    }


def parameters_by_place(model: MLP) -> dict[str, Value]:
    """Return every parameter of a model by its place in the tutorial's matrices."""
    return by_place({name: np.array(matrix, dtype=object) for name, matrix in model.to_value_matrices().items()})


def as_model(network: Network) -> MLP:
    """Build the same network out of neurons made of Values."""
    return MLP.from_matrices(network, hidden="sigmoid", output="sigmoid")


def as_values(network: Network) -> dict[str, np.ndarray]:
    """Copy the matrices into object arrays, each entry a Value labelled with its place."""
    arrays = {name: np.empty(matrix.shape, dtype=object) for name, matrix in network.items()}
    for name, array in arrays.items():
        for (row, column), number in np.ndenumerate(network[name]):
            array[row, column] = Value(float(number), label=f"{name}[{row}, {column}]")
    return arrays


def gradients_by_hand(network: Network, samples: slice = slice(None)) -> Network:
    """Compute the tutorial's "gradients" on the given XOR samples, by default all four."""
    _, cache = tutorial.forward_propagation(network, X[samples])
    return tutorial.backward_propagation(network, cache, X[samples], y[samples])


def compare_gradients(network: Network) -> list[Pair]:
    """Pair every entry of dW1, db1, dW2 and db2 with the engine's -dL/dW of L = ½ Σ (prediction - target)²."""
    model = as_model(network)
    half_sum_of_squares([model(x) for x in INPUTS], TARGETS).backward()
    by_engine = {f"d{place}": -parameter.grad for place, parameter in parameters_by_place(model).items()}
    return pair_up(by_place(gradients_by_hand(network)), by_engine)


def run_unmodified(network: Network) -> tuple[Value, list[Pair]]:
    """Run `tutorial.forward_propagation` and `tutorial.compute_loss` as they are, on matrices of Values.

    Returns the loss, differentiated by the engine, and dW by hand paired with -(N/2) · dMSE/dW.
    """
    values = as_values(network)
    predictions, _ = tutorial.forward_propagation(values, X)
    loss = tutorial.compute_loss(y, predictions)
    loss.backward()
    scaled = {f"d{place}": FACTOR * value.grad for place, value in by_place(values).items()}
    return loss, pair_up(by_place(gradients_by_hand(network)), scaled)


@dataclass(frozen=True)
class Line:
    """A formula that the engine derived from the graph, and that of the tutorial.

    derived  the formula from the graph, in NumPy's terms
    by_hand  the tutorial's line or lines for the same; "" if it has none
    count    how many scalars the array has
    element  the first of them, from other scalars
    """

    derived: str
    by_hand: str
    count: int
    element: str


NAMES = {"error": "output_error", "delta2": "output_delta", "delta1": "hidden_delta", "Z1": "z1", "A1": "a1"}
NAMES |= {"Z2": "z2", "A2": "a2"}
"""What the tutorial calls by another name than the engine."""


def derive(network: Network) -> tuple[list[Line], int, list[Pair]]:
    """Derive the formulas of the loss and its gradient from the graph that the tutorial's forward pass leaves.

    Returns the formulas, the number of nodes, and dW by hand paired with what NumPy makes of the derived formulas,
    times -(N/2).
    """
    values = as_values(network)
    predictions, _ = tutorial.forward_propagation(values, X)
    loss = tutorial.compute_loss(y, predictions)
    places = by_place(values)
    slopes = gradients(loss, list(places.values()))
    program = Program(outputs=[loss, *slopes])
    matrices = program.matrices
    space: dict[str, Any] = {"numbers": np.array([leaf.data for leaf in program.leaves])}
    exec(str(matrices), space)
    derived = dict(zip([f"d{place}" for place in places], FACTOR * space["outputs"][1:], strict=True))
    hand = formulas_by_hand()
    lines = [
        Line(
            f"{line.name} = {line.text}",
            hand.pop(NAMES.get(line.name, line.name), ""),
            math.prod(line.shape),
            line.element,
        )
        for line in matrices.lines
    ]
    return lines, len(topological_order(loss, *slopes)), pair_up(by_place(gradients_by_hand(network)), derived)


def formulas_by_hand() -> dict[str, str]:
    """Read the formulas of `tutorial`, by the names of what they make; two lines for ``hidden_delta``."""
    found = {}
    for function in (tutorial.forward_propagation, tutorial.compute_loss, tutorial.backward_propagation):
        for statement in ast.walk(ast.parse(inspect.getsource(function))):
            match statement:
                case ast.Assign(targets=[ast.Name(name)], value=value):
                    found[name] = f"{name} = {ast.unparse(value)}"
                case ast.Return(ast.Call() as value):
                    found["loss"] = f"loss = {ast.unparse(value)}"
                case ast.Dict():
                    for key, value in zip(statement.keys, statement.values, strict=True):
                        found[ast.literal_eval(key)] = f"{ast.literal_eval(key)} = {ast.unparse(value)}"
    found["hidden_delta"] = f"{found.pop('hidden_error')}\n{found['hidden_delta']}"
    return {name: re.sub(r"network\['(\w+)'\]", r"\1", text) for name, text in found.items()}


class Sides:
    """The two sides of a training: the tutorial's matrices and the engine's Values, from the same start."""

    def __init__(self, start: Network) -> None:
        self.network = {name: matrix.copy() for name, matrix in start.items()}
        self.model = as_model(start)
        self.optimizer = SGD(self.model.parameters(), LEARNING_RATE)

    def epoch_by_hand(self) -> None:
        """Train for one epoch as `tutorial.train_network` does, the loss that it computes included."""
        predictions, cache = tutorial.forward_propagation(self.network, X)
        tutorial.compute_loss(y, predictions)
        gradients = tutorial.backward_propagation(self.network, cache, X, y)
        tutorial.update_parameters(self.network, gradients, LEARNING_RATE)

    def epoch_by_engine(self) -> None:
        """Train for the same epoch on Values: record the loss, walk back, descend."""
        loss = half_sum_of_squares([self.model(x) for x in INPUTS], TARGETS)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    @no_grad()
    def look(self, epochs: int) -> Checkpoint:
        """Take down both sides as they are now, after so many epochs."""
        by_hand = tutorial.predict(self.network, X)
        by_engine = [self.model(x) for x in INPUTS]
        loss = Pair("loss", float(tutorial.compute_loss(y, by_hand)), mean_squared_error(by_engine, TARGETS).data)
        numbers = {place: parameter.data for place, parameter in parameters_by_place(self.model).items()}
        samples = [f"{a} xor {b}" for a, b in INPUTS]
        answers = pair_up(
            dict(zip(samples, by_hand[:, 0], strict=True)),
            {name: answer.data for name, answer in zip(samples, by_engine, strict=True)},
        )
        return Checkpoint(epochs, loss, pair_up(by_place(self.network), numbers), answers)


@dataclass(frozen=True)
class Checkpoint:
    """Both sides after some epochs: the mean squared errors, every parameter, and the answers to the four samples."""

    epochs: int
    loss: Pair
    parameters: list[Pair]
    answers: list[Pair]


def train_both(start: Network, epochs: int) -> list[Checkpoint]:
    """Train both sides in step; return a checkpoint after 1, 10, 100, … epochs and after the last."""
    sides = Sides(start)
    stops = {10**power for power in range(len(str(epochs)))} | {epochs}
    checkpoints = []
    for done in tqdm(range(1, epochs + 1), desc="training both", unit="epoch", leave=False, disable=None):
        sides.epoch_by_hand()
        sides.epoch_by_engine()
        if done in stops:
            checkpoints.append(sides.look(done))
    return checkpoints
