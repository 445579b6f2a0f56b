"""The tutorial's dictionary of matrices, and the tutorial's hand-derived gradients."""

from itertools import pairwise

import numpy as np
import pytest

from examples.matrices import tutorial
from examples.matrices.tutorial import X, y
from nn import MLP, SGD, half_sum_of_squares


def tutorial_network(*sizes):
    random = np.random.default_rng(42)
    network = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        network[f"W{layer}"] = random.normal(size=(fan_in, fan_out))
        network[f"b{layer}"] = random.normal(size=(1, fan_out))
    return network


def test_training_follows_the_tutorial_step_by_step():
    network = tutorial_network(2, 2, 1)
    model = MLP.from_matrices(network, hidden="sigmoid", output="sigmoid")
    shaped = MLP(model.sizes)
    optimizer = SGD(model.parameters(), learning_rate=0.1)
    for _ in range(50):
        expected, cache = tutorial.forward_propagation(network, X)
        descent = tutorial.backward_propagation(network, cache, X, y)
        predictions = [model(x) for x in X]
        np.testing.assert_allclose([p.data for p in predictions], expected[:, 0], rtol=1e-12)
        optimizer.zero_grad()
        half_sum_of_squares(predictions, y).backward()
        shaped.load_state_dict({name: parameter.grad for name, parameter in model.named_parameters()})
        optimizer.step()
        for key in network:
            network[key] = network[key] + 0.1 * descent[f"d{key}"]
            np.testing.assert_allclose(shaped.to_matrices()[key], -descent[f"d{key}"], rtol=1e-10, err_msg=key)
            np.testing.assert_allclose(model.to_matrices()[key], network[key], rtol=1e-12, err_msg=key)


@pytest.mark.parametrize("sizes", [(1, 1), (3, 2), (2, 4, 3, 2, 1)])
@pytest.mark.parametrize("form", [np.array, lambda matrix: matrix.tolist(), lambda m: tuple(map(tuple, m)), list])
def test_matrices_of_every_depth_and_form_go_round(sizes, form):
    network = tutorial_network(*sizes)
    model = MLP.from_matrices({key: form(matrix) for key, matrix in network.items()}, hidden="relu", output="linear")
    parameters = model.parameters()
    model.load_matrices(network)
    assert all(a is b for a, b in zip(model.parameters(), parameters, strict=True)), "those that an optimizer holds"
    assert model.architecture() == {"sizes": list(sizes), "hidden": "relu", "output": "linear"}
    assert [row[-1] for row in network["W1"]] == [weight.data for weight in model.layers[0].neurons[-1].w]
    for key, matrix in model.to_matrices().items():
        np.testing.assert_array_equal(matrix, network[key])
        assert type(matrix[0][0]) is float


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"b2": None}, ValueError, "missing .*b2"),
        ({"W3": [[1.0]]}, ValueError, "missing .*b3"),
        ({"w1": [[1.0]], "W1": None}, ValueError, r"missing \['W1'\], unknown \['w1'\]"),
        ({"b1": [0.0, 0.0]}, ValueError, "b1 is not a matrix"),
        ({"b1": [[0.0], [0.0]]}, ValueError, "b1 is 2 × 1: W1 is 2 × 2, so 1 × 2 is needed"),
        ({"W1": [[1.0, 2.0], [3.0]]}, ValueError, "W1 is not a matrix: it should be a list of rows of equal length"),
        ({"W1": [[], []]}, ValueError, "W1 is not a matrix"),
        ({"W1": 3.0}, ValueError, "W1 is not a matrix"),
        ({"W2": [[1.0], [2.0], [3.0]]}, ValueError, "W2 is 3 × 1, but layer 1 gives 2 numbers"),
        ({"W1": [[1.0, "2"], [3.0, 4.0]]}, TypeError, "an entry of W1 takes a real number, not '2'"),
    ],
)
def test_matrices_that_make_no_network_are_refused(change, error, message):
    model = MLP([2, 2, 1], seed=7)
    before = model.state_dict()
    changed = tutorial_network(2, 2, 1) | change
    matrices = {key: matrix for key, matrix in changed.items() if matrix is not None}
    with pytest.raises(error, match=message):
        model.load_matrices(matrices)
    with pytest.raises(error, match=message):
        MLP.from_matrices(matrices)
    assert model.state_dict() == before


def test_matrices_of_another_network_are_refused():
    with pytest.raises(ValueError, match=r"a network of sizes \[2, 2, 1\]; this one has \[2, 3, 1\]"):
        MLP([2, 3, 1]).load_matrices(tutorial_network(2, 2, 1))
    with pytest.raises(TypeError, match="not list"):
        MLP.from_matrices([[1.0]])
