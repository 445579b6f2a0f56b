"""Programs written for micrograd's Value run unchanged on this one: each test runs with either engine."""

import importlib
import math
import random

import pytest

import engine


@pytest.fixture(params=["engine", "micrograd.engine"])
def Value(request):  # noqa: N802
    """The class that a program for micrograd imports."""
    if request.param.startswith("micrograd"):
        pytest.importorskip("micrograd")
    return importlib.import_module(request.param).Value


def test_the_expression_of_its_readme(Value):  # noqa: N803
    """The numbers that micrograd's README prints to four places: g, dg/da and dg/db."""
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def train(kind):
    """The losses of a hinge-loss classifier of points in and around a ring, as micrograd's demo trains it."""
    draw = random.Random(7)
    points = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(12)]
    hidden = [[kind(draw.uniform(-1, 1)) for _ in range(3)] for _ in range(6)]
    last = [kind(draw.uniform(-1, 1)) for _ in hidden]
    parameters = [*last, *(weight for neuron in hidden for weight in neuron)]
    losses = []
    for epoch in range(15):
        margins = []
        for x, y in points:
            signals = [(a * kind(x) + b * kind(y) + c).relu() for a, b, c in hidden]
            score = sum((w * signal for w, signal in zip(last, signals, strict=True)), kind(0))
            margins.append((1 + -(1 if x * x + y * y < 0.5 else -1) * score).relu())
        loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= (0.3 - 0.01 * epoch) * p.grad
        losses.append(loss.data)
    return losses, [p.data for p in parameters]


def test_both_engines_train_to_the_same_numbers():
    micrograd = pytest.importorskip("micrograd.engine")
    losses, parameters = train(engine.Value)
    their_losses, their_parameters = train(micrograd.Value)
    assert losses == pytest.approx(their_losses, rel=1e-10)
    assert losses[-1] < 0.7 * losses[0]
    assert parameters == pytest.approx(their_parameters, rel=1e-9, abs=1e-12)


def trace(root):
    """The nodes and edges below a result, collected as micrograd's drawing notebook does: by ``_prev``."""
    nodes, edges = set(), set()
    todo = [root]
    while todo:
        node = todo.pop()
        if node not in nodes:
            nodes.add(node)
            edges.update((child, node) for child in node._prev)
            todo.extend(node._prev)
    return nodes, edges


def test_a_drawing_by_prev_and_op(Value):  # noqa: N803
    x, y = Value(2.0), Value(-3.0)
    product = x * y
    total = product + x
    result = total.relu()
    nodes, edges = trace(result)
    assert nodes == {x, y, product, total, result}
    assert edges == {(x, product), (y, product), (product, total), (x, total), (total, result)}
    assert [node._op for node in (x, y, product, total)] == ["", "", "*", "+"]
    assert result._op.lower() == "relu"


def test_labels_and_functions_of_the_lecture():
    """The neuron of the lecture on micrograd; tanh once as a primitive, once from exponentials: o = 0.7071."""
    results = []
    for tanh in (lambda n: n.tanh(), lambda n: ((2 * n).exp() - 1) / ((2 * n).exp() + 1)):
        x1, x2 = engine.Value(2.0, label="x1"), engine.Value(0.0, label="x2")
        w1, w2 = engine.Value(-3.0, label="w1"), engine.Value(1.0, label="w2")
        b = engine.Value(6.8813735870195432, label="b")
        o = tanh(x1 * w1 + x2 * w2 + b)
        o.label = "o"
        o.backward()
        results.append([o.data, x1.grad, w1.grad, x2.grad, w2.grad])
    expected = [math.sqrt(0.5), -1.5, 1.0, 0.5, 0.0]
    assert results == [pytest.approx(expected), pytest.approx(expected)]
