"""Deep, wide and entangled graphs: built, differentiated and dropped without recursion, cycles or repetition."""

import gc
import weakref

import pytest

import engine
from engine import Value, topological_order


@pytest.fixture
def no_collector():
    """Memory is freed by reference counts alone."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Leaf(Value):
    """A leaf that says when it goes."""


@pytest.mark.usefixtures("no_collector")
def test_a_chain_of_a_million_nodes():
    x = Leaf(1.0)
    end = x
    for _ in range(1_000_000):
        end = end + 1.0
    end.backward()
    assert (end.data, x.grad) == (1_000_001.0, 1.0)
    watched = [weakref.ref(x), weakref.ref(end), weakref.ref(end.operands[0])]
    del end, x
    assert [reference() for reference in watched] == [None] * 3


@pytest.mark.parametrize(
    "build", [lambda x: Value(2.0) - (1.0 - x), lambda x: engine.where(1.0, x, 0.0), lambda x: x.relu()]
)
def test_a_deep_chain_of_other_operations(build):
    x = Value(1.0)
    end = x
    for _ in range(50_000):
        end = build(end)
    end.backward()
    assert x.grad == 1.0


def test_the_functional_gradient_of_a_deep_chain():
    def function(x):
        y = x
        for _ in range(20_000):
            y = y + x
        return y * x

    assert engine.grad(function)(2.0) == 2 * 20_001 * 2.0
    assert engine.jvp(function, [2.0], [1.0])[1] == 2 * 20_001 * 2.0
    assert engine.grad(engine.grad(function))(2.0) == 2 * 20_001


def test_diamonds_and_ladders_with_more_paths_than_a_walk_could_follow():
    x, y = Value(1.0), Value(1.0)
    top, left, right = x, x, y
    for _ in range(60):
        top = top + top
        left, right = left + right, left - right
    assert engine.gradients(top, [x])[0].data == 2.0**60
    assert len(topological_order(top)) == 61
    top.backward()
    assert x.grad == 2.0**60
    x.zero_grad()
    (left + right).backward()
    assert (x.grad, y.grad) == (2.0**30, 2.0**30)  # The step is a matrix whose square is twice the identity.


def test_a_fan_out_and_a_fan_in_of_a_hundred_thousand():
    x = Value(0.5)
    fan = [x * float(index % 7) for index in range(100_000)]
    total = sum(fan)
    total.backward()
    assert x.grad == engine.gradients(total, [x])[0].data == sum(index % 7 for index in range(100_000))
    assert {product.grad for product in fan} == {1.0}


def build_and_backward(x):
    y = (x * x + x).tanh() / (x + 2)
    y.backward()
    return y


def build_with_no_derivative(x):
    y = (x * 0).sqrt() + x
    with pytest.raises(ZeroDivisionError):
        y.backward()
    return y


USES = {
    "backward": build_and_backward,
    "walk": lambda x: topological_order(x * x + 1)[-1],
    "functional gradient": lambda x: engine.gradients((x * x).exp(), [x])[0],
    "nested transforms": lambda x: engine.grad(engine.grad(lambda y: (y * x).sin()))(x),
    "jvp": lambda x: engine.jvp(lambda y: y * x, [x], [1.0]),
    "vjp": lambda x: engine.vjp(lambda y: y * x, x),
    "three operands": lambda x: engine.where(x, x * 2, x + 1),
    "no derivative": build_with_no_derivative,
}


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_dropping_the_last_reference_frees_the_graph_at_once(use):
    x = Leaf(0.5)
    watched = weakref.ref(x)
    result = use(x)
    del x
    if use is not USES["no derivative"]:
        assert watched() is not None
    del result
    assert watched() is None
