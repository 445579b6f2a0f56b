"""Where Graphviz puts things: each partial on its own edge, and neurons in their order."""

import itertools
import re

import numpy as np
import pytest
from support.drawn_graphs import OPTIONS, SCALES, network, outline, whole_batch
from support.picture_reading import svg

import engine
import nn
from engine import Value
from examples.xor_network import neuron_graph
from nn import MLP
from viz.graphs.summary import natural


def points(shape):
    """Points on an edge: on its two halves, by the formula of Bézier, and straight between them."""
    halves = []
    for path in (drawn for drawn in shape.outlines if drawn.startswith("M")):
        numbers = np.array([float(number) for number in re.findall(r"-?\d+\.?\d*", path)]).reshape(-1, 2)
        t = np.linspace(0, 1, 30)[:, None]
        curves = [numbers[start : start + 4] for start in range(0, len(numbers) - 3, 3)]
        halves += [
            [(1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d for a, b, c, d in curves]
        ]
    before, *behind = map(np.concatenate, halves)
    return np.concatenate(
        [before, *(piece for half in behind for piece in (before[-1] + t * (half[0] - before[-1]), half))]
    )


def expression():
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    return engine.log(x1) + x1 * x2 - engine.sin(x2)


def diamond():
    x = Value(2.0, "x")
    return (x * 3) * x.sin()


def square():
    x = Value(3.0, "x")
    return x * x


def sample():
    return whole_batch(network(), [1])


def samples():
    return whole_batch(network())


def one_neuron():
    return neuron_graph(MLP([2, 2, 1], seed=3))


GRAPHS = [
    *((graph, {}) for graph in (expression, diamond, square, one_neuron)),
    *((sample, {"by": by}) for by in SCALES),
    *((samples, {"by": by, "fold": True}) for by in SCALES),
]


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize(("graph", "options"), GRAPHS)
def test_each_partial_is_on_its_own_edge_and_no_other_edge_comes_near(graph, options, direction):
    picture = svg(graph(), direction=direction, **options)
    lines = [points(edge) for edge in picture.edges]
    assert picture.partials
    for place, edge in enumerate(picture.edges):
        if not edge.texts:
            continue
        ((x, baseline),) = edge.places
        away = [np.hypot(*(line - (x, baseline - 4)).T).min() for line in lines]
        assert away[place] < 8, "on its line: a text is 13 points high"
        assert sorted(away)[1] > max(5, 2 * away[place]), edge.title


def batch(sizes, count):
    """A loss on some samples, whose inputs are Values."""
    model = MLP(sizes, seed=0)
    samples = [[Value(i + 0.5 + k, f"x{i}({k})") for i in range(sizes[0])] for k in range(count)]
    return nn.mean_squared_error([model(sample) for sample in samples], [[1.0] * sizes[-1]] * count)


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize(
    ("sizes", "count"), [([2, 3, 2], 1), ([2, 4, 3, 2], 1), ([3, 3, 2], 3), ([2, 3, 4, 2], 1), ([2, 12, 2], 2)]
)
def test_the_neurons_of_a_layer_are_in_their_order(sizes, count, direction, way):
    loss = batch(sizes, count)
    drawn = outline(loss, by="neuron")
    boxes = {shape.title: shape.box for shape in svg(loss, by="neuron", direction=direction).nodes}
    neurons = [(node, boxes[f"n{place}"]) for place, node in enumerate(drawn.nodes) if node.part]
    across = 1 if direction == "right" else 0
    assert len(neurons) == sum(sizes[1:])
    for (first, one), (second, other) in itertools.combinations(sorted(neurons, key=lambda n: natural(n[0].name)), 2):
        if first.part is second.part:
            assert one[across + 2] <= other[across], (first.name, second.name)


@pytest.mark.slow
@pytest.mark.parametrize(("by", "fold"), OPTIONS)
@pytest.mark.parametrize("hidden", [2, 8, 16])
def test_a_batch_is_laid_out_at_every_scale(by, fold, hidden):
    loss = whole_batch(network((2, hidden, 1)))
    options = {"by": by, "fold": fold, "max_nodes": 600}
    assert len(svg(loss, **options).nodes) == len(outline(loss, **options).nodes)
