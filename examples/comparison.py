"""The tutorial's gradients and the engine's, entry by entry: what `examples.compare` prints of them, as data.

Both sides start from the same network, the tutorial's dictionary of matrices. The entry ``W1[i, j]``, from input i to
hidden neuron j, is on the engine's side the leaf ``model.layers[0].neurons[j].w[i]``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Value, sigmoid, topological_order
from examples import tutorial
from examples.tutorial import Network, X, y
from nn import MLP, half_sum_of_squares

INPUTS = X.tolist()
TARGETS = y[:, 0].tolist()
FACTOR = -y.size / 2
"""dW = FACTOR · dMSE/dW: the tutorial's "gradient" is that of -½ Σ errors², its loss the mean of the N squares."""


@dataclass(frozen=True)
class Pair:
    """One number computed twice: by the tutorial's matrix formulas and by the engine."""

    name: str
    by_hand: float
    by_engine: float

    @property
    def difference(self) -> float:
        """How far they are apart."""
        return abs(self.by_hand - self.by_engine)

    @property
    def ulps(self) -> float:
        """The difference in units in the last place: in gaps between neighbouring doubles of this size."""
        return self.difference / math.ulp(max(abs(self.by_hand), abs(self.by_engine)))


def pair_up(by_hand: Mapping[str, float], by_engine: Mapping[str, float]) -> list[Pair]:
    """Return the pairs of two sides with the same names; KeyError if a name is missing from the engine's."""
    return [Pair(name, float(number), by_engine[name]) for name, number in by_hand.items()]


def farthest_apart(pairs: list[Pair]) -> Pair:
    """Return the pair with the largest difference."""
    return max(pairs, key=lambda pair: pair.difference)


# --- Where a number stands --------------------------------------------------------------------------------------------


def by_place(matrices: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return every entry of the matrices by its name, as ``W1[0, 1]``."""
    return {
        f"{name}[{row}, {column}]": entry
        for name, matrix in matrices.items()
        for (row, column), entry in np.ndenumerate(matrix)
    }


def parameters_by_place(model: MLP) -> dict[str, Value]:
    """Return every parameter of a model by the name of its entry in the tutorial's matrices."""
    places = {}
    for number, layer in enumerate(model.layers, start=1):
        for column, neuron in enumerate(layer.neurons):
            places |= {f"W{number}[{row}, {column}]": weight for row, weight in enumerate(neuron.w)}
            places[f"b{number}[0, {column}]"] = neuron.b
    return places


def as_model(network: Network) -> MLP:
    """Build the same network of neurons made of Values."""
    return MLP.from_matrices(network, hidden="sigmoid", output="sigmoid")


def as_values(network: Network) -> dict[str, np.ndarray]:
    """Copy the matrices into object arrays, each entry a Value labelled with its place."""
    arrays = {}
    for name, matrix in network.items():
        arrays[name] = np.empty(matrix.shape, dtype=object)
        for (row, column), number in np.ndenumerate(matrix):
            arrays[name][row, column] = Value(float(number), label=f"{name}[{row}, {column}]")
    return arrays


# --- Gradients --------------------------------------------------------------------------------------------------------


def gradients_by_hand(network: Network, samples: slice = slice(None)) -> Network:
    """Compute the tutorial's "gradients" on some of the XOR samples, all of them unless told."""
    _, cache = tutorial.forward_propagation(network, X[samples])
    return tutorial.backward_propagation(network, cache, X[samples], y[samples])


def compare_gradients(network: Network) -> list[Pair]:
    """Pair every entry of dW1, db1, dW2 and db2 with the engine's -dL/dW of L = ½ Σ (prediction - target)²."""
    model = as_model(network)
    half_sum_of_squares([model(x) for x in INPUTS], TARGETS).backward()
    by_engine = {f"d{place}": -parameter.grad for place, parameter in parameters_by_place(model).items()}
    return pair_up(by_place(gradients_by_hand(network)), by_engine)


@dataclass(frozen=True)
class Use:
    """One of the places where a weight is used, and what it adds to the weight's gradient.

    sample   the row n of X
    x        the local partial on the edge from the product weight · x to the weight: the input
    delta    minus the adjoint of that product: the tutorial's delta
    by_hand  (x · delta, delta) as the tutorial's formulas give them on this sample alone
    """

    sample: int
    x: float
    delta: float
    by_hand: tuple[float, float]

    @property
    def product(self) -> float:
        """What this use adds to dW."""
        return self.x * self.delta


def uses_of_weight(network: Network, row: int, column: int) -> list[Use]:
    """Find the uses of W1[row, column], one a sample, in the engine's graph after ``backward()``."""
    model = as_model(network)
    weight = model.layers[0].neurons[column].w[row]
    predictions = [model(x) for x in INPUTS]
    half_sum_of_squares(predictions, TARGETS).backward()
    uses = []
    for sample, prediction in enumerate(predictions):
        alone = gradients_by_hand(network, slice(sample, sample + 1))
        by_hand = (float(alone["dW1"][row, column]), float(alone["db1"][0, column]))
        uses += [Use(sample, partial, -adjoint, by_hand) for partial, adjoint in edges_into(weight, prediction)]
    return uses


def edges_into(leaf: Value, output: Value) -> Iterator[tuple[float, float]]:
    """Yield (local partial, adjoint of the result) for each edge that leads to ``leaf`` in the graph of ``output``."""
    for node in topological_order(output):
        for operand, partial in node.edges:
            if operand is leaf:
                yield partial, node.grad


@dataclass(frozen=True)
class Unmodified:
    """The tutorial's own loss, computed on Values and differentiated by the engine.

    loss         the mean squared error
    nodes        how many Values its graph has, leaves included
    derivatives  dMSE/dW by place
    pairs        dW by hand, beside -(N/2) · dMSE/dW
    """

    loss: Value
    nodes: int
    derivatives: dict[str, float]
    pairs: list[Pair]


def run_unmodified(network: Network) -> Unmodified:
    """Call `tutorial.forward_propagation` and `tutorial.compute_loss` as they are, with Values in the matrices."""
    values = as_values(network)
    predictions, _ = tutorial.forward_propagation(values, X)
    loss = tutorial.compute_loss(y, predictions)
    loss.backward()
    derivatives = {f"d{place}": value.grad for place, value in by_place(values).items()}
    scaled = {place: FACTOR * derivative for place, derivative in derivatives.items()}
    pairs = pair_up(by_place(gradients_by_hand(network)), scaled)
    return Unmodified(loss, len(topological_order(loss)), derivatives, pairs)


@dataclass(frozen=True)
class Slope:
    """The slope of the sigmoid at one point.

    z, activation  the point, and the value a = σ(z) there
    by_engine      σ'(z), the partial on the edge of the engine's sigmoid
    of_activation  what `tutorial.sigmoid_derivative` answers to a: the same
    of_z           what it answers to z, which is something else
    """

    z: float
    activation: float
    by_engine: float
    of_activation: float
    of_z: float


def slope_at(z: float) -> Slope:
    """Compute σ'(z) by the engine, and both answers of `tutorial.sigmoid_derivative`."""
    activation = sigmoid(Value(z))
    given_activation = tutorial.sigmoid_derivative(activation.data)
    return Slope(z, activation.data, activation.partials[0], given_activation, tutorial.sigmoid_derivative(z))
