"""The tutorial's dictionary: the parameters of a network as the matrices of the formulas a = f(x · W + b).

    {"W1": fan_in × fan_out, "b1": 1 × fan_out, "W2": …, "b2": …}

as nested lists. Column j of a W holds the weights of neuron j. NumPy's arrays, and anything else with ``tolist()``, are
read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.extend import real_number
from nn.checks import entries

Matrix = list[list[float]]


def read_matrices(matrices: Mapping[str, Any]) -> list[tuple[Matrix, Matrix]]:
    """Return the pair (W, b) of each layer, as lists of floats.

    Raises ValueError for a missing or unknown key, for rows of unequal length, for a ``b`` that is not 1 × fan_out and
    for a layer that does not take as many inputs as the one before gives; TypeError for an entry that is not a number.
    """
    if not isinstance(matrices, Mapping):
        raise TypeError(f"the matrices come as a dictionary with W1, b1, …, not {type(matrices).__name__}")
    count = max(1, (len(matrices) + 1) // 2)
    expected = [f"{letter}{layer}" for layer in range(1, count + 1) for letter in "Wb"]
    missing = [key for key in expected if key not in matrices]
    unknown = [key for key in matrices if key not in expected]
    if missing or unknown:
        raise ValueError(f"the matrices of {count} layers are {expected}: missing {missing}, unknown {unknown}")
    layers: list[tuple[Matrix, Matrix]] = []
    for layer in range(1, count + 1):
        weights = _read_matrix(matrices[f"W{layer}"], f"W{layer}")
        biases = _read_matrix(matrices[f"b{layer}"], f"b{layer}")
        shape = f"W{layer} is {len(weights)} × {len(weights[0])}"
        if len(biases) != 1 or len(biases[0]) != len(weights[0]):
            wrong = f"b{layer} is {len(biases)} × {len(biases[0])}"
            raise ValueError(f"{wrong}: {shape}, so 1 × {len(weights[0])} is needed")
        if layers and len(weights) != len(layers[-1][1][0]):
            raise ValueError(f"{shape}, but layer {layer - 1} gives {len(layers[-1][1][0])} numbers")
        layers.append((weights, biases))
    return layers


def _read_matrix(matrix: Any, name: str) -> Matrix:
    """Return a matrix as a list of rows of floats; at least 1 × 1."""
    rows = [entries(row) for row in entries(matrix) or ()]
    if not rows or not rows[0] or any(row is None or len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"{name} is not a matrix: it should be a list of rows of equal length")
    return [[real_number(number, f"an entry of {name}") for number in row or ()] for row in rows]


def network_sizes(layers: list[tuple[Matrix, Matrix]]) -> list[int]:
    """Return the number of inputs, then of neurons in each layer."""
    return [len(layers[0][0]), *(len(weights[0]) for weights, _ in layers)]
