"""Names and indices of rolled programs, compared with the elements that the accesses themselves list."""

from itertools import product

import pytest

from engine import Value, gradients, tanh
from engine.programs.arrays import scopes
from engine.programs.names import Names, common_name
from engine.programs.nests import nested
from engine.programs.rolling import roll
from engine.programs.tape import record
from nn import MLP, SGD


def network(labels=True, rows=3, updates=False):
    """The gradient of a network's squared error, or a step of training."""
    model = MLP([2, 3, 1], seed=0)
    inputs = [[Value(0.1 * row + column, f"x{row}{column}") for column in range(2)] for row in range(rows)]
    loss = sum((model(row) - 0.5) ** 2 for row in inputs)
    leaves = list(model.parameters())
    for leaf in () if labels else (*leaves, *[value for row in inputs for value in row]):
        leaf.label = ""
    if updates:
        return record([], [loss], SGD(leaves).updates(loss))[0]
    return record([value for row in inputs for value in row], [loss, *gradients(loss, leaves)], [])[0]


def windows(steps=6, width=3):
    """A convolution whose results are looked up in an irregular order, and squared as one list."""
    x = [Value(0.1 * place, f"x[{place}]") for place in range(steps)]
    w = [[Value(0.3 * place + row) for place in range(width)] for row in range(2)]
    h = [tanh(sum(a * x[start + k] for k, a in enumerate(row))) for row in w for start in range(steps - width + 1)]
    chosen = sum(h[place] * h[place + 1] for place in (3, 0, 5, 1))
    return record(x, [chosen, *h, sum(a * a for row in w for a in row)], [])[0]


TAPES = {
    "labels": network,
    "no labels": lambda: network(labels=False),
    "updates": lambda: network(updates=True),
    "windows": windows,
}


@pytest.fixture(params=TAPES.values(), ids=TAPES)
def names(request):
    return Names(nested(roll(request.param())))


def accesses(names):
    """Each access of a program, with its loops."""
    for nest in names.nests.nests:
        yield from ((dims, access) for dims, slots in scopes(nest) for access in slots)
    for delivery in (*names.nests.rolled.outputs, *names.nests.rolled.updates):
        yield delivery.dims, delivery.source


def element(array, indices, rounds, at):
    """The element in one round, from its indices."""
    total = array.start
    for index, stride in zip(indices, array.strides, strict=True):
        place = index.start + sum(step * count for step, count in zip(index.strides, at, strict=True))
        place = (place % index.modulus if index.modulus else place) // index.divisor
        total += stride * (index.table[place] if index.table else place)
    return total


def test_the_indices_lead_to_the_elements(names):
    for dims, access in accesses(names):
        array, indices = names.find(access, dims)
        rounds = list(product(*map(range, dims)))
        assert [element(array, indices, dims, at) for at in rounds] == access.elements(dims)


def test_no_name_means_two_things(names):
    given = [array.name for array in names.arrays.known]
    assert len(set(given)) == len(given)
    for parts in names.loops:
        assert all(len(set(loops)) == len(loops) for loops in parts)
        assert not {letter for loops in parts for letter in loops}.intersection(given)


def shapes(tape):
    """The name of each array, with the size of each axis."""
    names = Names(nested(roll(tape)))
    return {array.name: array.shape for array in names.arrays.known}


def test_arrays_are_called_after_labels_or_after_what_they_are():
    found = shapes(network())
    assert found.items() >= {"x": (3, 2), "layer0_w": (3, 2), "layer0_b": (3,), "layer0_w_grad": (3, 2)}.items()
    assert shapes(network(labels=False)).items() >= {"x1": (3, 2), "w1": (3, 2), "b1": (3,), "z1": (3, 3)}.items()
    assert shapes(windows()).items() >= {"x": (6,), "w1": (2, 3), "z1": (2, 4), "h1": (2, 4)}.items()


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ([f"layer0.neuron{j}.w[{i}]" for j in range(3) for i in range(2)], "layer0_w"),
        ([f"layer0.neuron{j}.w[1]_grad" for j in range(3)], "layer0_w_1_grad"),
        ([f"layer0.neuron{j}.w[{j}]_grad" for j in range(3)], "layer0_w_grad"),
        ([f"z1_{j}" for j in range(12)], "z1"),
        (["x00", "x01", "x10"], "x"),
        (["loss"], "loss"),
        (["a", "b"], ""),
        (["a1", ""], ""),
        (["1", "2"], ""),
    ],
)
def test_what_labels_have_in_common(labels, name):
    assert common_name(labels) == name
