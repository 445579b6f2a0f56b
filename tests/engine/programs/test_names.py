"""Names in rolled programs. That indices lead to the right elements, `test_loops` shows."""

import pytest
from support.tapes import TAPES

from engine.programs.names import Names, common_name
from engine.programs.nests import nested
from engine.programs.rolling import roll


@pytest.fixture(params=TAPES.values(), ids=TAPES)
def names(request):
    return Names(nested(roll(request.param())))


def test_no_name_means_two_things(names):
    given = [array.name for array in names.arrays.known]
    assert len(set(given)) == len(given)
    for parts in names.loops:
        assert all(len(set(loops)) == len(loops) for loops in parts)
        assert not {letter for loops in parts for letter in loops}.intersection(given)


def shapes(name):
    """The name of each array, with the size of each axis."""
    names = Names(nested(roll(TAPES[name]())))
    return {array.name: array.shape for array in names.arrays.known}


def test_arrays_are_called_after_labels_or_after_what_they_are():
    found = shapes("labels")
    assert found.items() >= {"x": (3, 2), "layer0_w": (3, 2), "layer0_b": (3,), "layer0_w_grad": (3, 2)}.items()
    assert shapes("no labels").items() >= {"x1": (3, 2), "w1": (3, 2), "b1": (3,), "z1": (3, 3)}.items()
    assert shapes("windows").items() >= {"x": (6,), "w1": (2, 3), "z1": (2, 4), "h1": (2, 4)}.items()


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
