"""Programs written for micrograd's Value run unchanged on this one: each test runs with either engine."""

import copy
import importlib
import math
import pickle

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


def test_the_steps_of_single_nodes_by_hand(Value):  # noqa: N803
    """As in the lecture: seed a node, let it pass its gradient on, then those before it; done again, it adds up."""
    x, w, b = Value(2.0), Value(-3.0), Value(6.75)
    product = x * w
    n = product + b
    for times in (1, 2):
        n.grad = 1.0
        n._backward()
        b._backward()
        assert (n.grad, product.grad, b.grad) == (1.0, times, times)
    product._backward()
    assert (x.grad, w.grad) == (2 * -3.0, 2 * 2.0)
    square = x * x
    square.grad = 10.0
    square._backward()
    assert x.grad == 2 * -3.0 + 10.0 * 4.0


def test_a_step_where_there_is_no_derivative_changes_nothing():
    x, y = engine.Value(0.0), engine.Value(3.0)
    chosen, root = engine.where(1.0, y, x), x.sqrt()
    chosen.grad = root.grad = 2.0
    chosen._backward()
    with pytest.raises(ZeroDivisionError, match="sqrt"):
        root._backward()
    assert (x.grad, y.grad) == (0.0, 2.0)


def test_an_operation_of_ones_own_is_a_row():
    a = engine.Value(2.0)
    for make in (
        lambda: engine.Value(1.0, (a,)),
        lambda: engine.Value(1.0, (a, a), "+"),
        lambda: engine.Value(1.0, _children=(a,), _op="+"),
        lambda: engine.Value(1.0, {a}),
    ):
        with pytest.raises(TypeError, match=r"no operands.*engine\.register\(Primitive"):
            make()
    assert engine.Value(1.0, _children=(), _op="", label="b").label == "b"
    out = a * 2
    with pytest.raises(AttributeError, match=r"engine\.register\(Primitive"):
        out._backward = lambda: None
    out.backward()
    assert a.grad == 2.0


class Param(engine.Value):
    """A parameter that the optimizers of newer programs keep their moments in."""


@pytest.mark.parametrize("name", ["m", "v", "_color", "_vis_color"])
def test_attributes_of_ones_own_are_for_leaves_of_ones_own_class(name):
    for node in (engine.Value(1.0), engine.Value(1.0) * 2, Param(1.0) * 2):
        assert not hasattr(node, name)
        with pytest.raises(AttributeError, match=r"`class Param\(Value\): pass`"):
            setattr(node, name, 0.0)
    p, q = Param(2.0), Param(3.0)
    assert not hasattr(p, name)
    setattr(p, name, 0.5)
    p.moments = [1.0]
    assert getattr(copy.deepcopy(p), name) == getattr(pickle.loads(pickle.dumps(p)), name) == getattr(p, name) == 0.5
    assert (p.moments, hasattr(q, name)) == ([1.0], False)
    (p * q + p).backward()
    assert (p.grad, q.grad) == (4.0, 2.0)
