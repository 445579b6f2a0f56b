"""The recorded graph: one walk in one order, deep, wide or entangled, without recursion, cycles or repetition."""

import gc
import tracemalloc
import weakref

import pytest
from support.commands import printed_by_processes

import engine
from engine import Value, topological_order


def test_the_order_of_several_roots_of_a_leaf_and_of_nothing():
    x, y, lonely = Value(2.0), Value(3.0), Value(4.0)
    a, b = x * y, x + y
    assert topological_order(b, a, lonely, b) == [x, y, lonely, b, a]
    assert topological_order(2 * a + 1)[:3] == [x, y, a]
    assert len(topological_order(2 * a + 1)) == 5  # A number is not a node.
    assert topological_order(x, x) == [x]
    assert topological_order() == []


PROGRAM = """
import random
from engine import Value, grad, topological_order

random.seed(0)
leaves = [Value(random.uniform(-1, 1)) for _ in range(20)]
nodes = list(leaves)
for _ in range(400):
    a, b = random.choice(nodes), random.choice(nodes)
    nodes.append(random.choice([a + b, a * b, a - b, a.tanh(), (a * b).sigmoid(), a / (1.5 + b * b), 0.1 * a]))
result = sum(nodes)
result.backward()
positions = {node: index for index, node in enumerate(nodes)}
print(result.data.hex())
print(*(leaf.grad.hex() for leaf in leaves))
print(*(positions.get(node, -1) for node in topological_order(result)))
print(*grad(lambda *xs: sum(x / (1 + xs[0] * x) for x in xs))(*(leaf.data for leaf in leaves)))
"""


def test_the_same_program_gives_the_same_bits_in_every_run():
    assert len(printed_by_processes(PROGRAM).splitlines()[1].split()) == 20


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


@pytest.mark.parametrize("operations", [10_000, 20_000])
def test_an_operation_holds_few_bytes(operations):
    """All told after backward(): 160 where this was written, and 966 in micrograd."""
    x = Value(0.5)
    tracemalloc.start()
    end = x
    for _ in range(operations):
        end = end * 0.999
    end.backward()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 100 < held / operations <= 200


@pytest.mark.parametrize(
    "build", [lambda x: Value(2.0) - (1.0 - x), lambda x: engine.where(1.0, x, 0.0), lambda x: x.relu()]
)
def test_a_deep_chain_of_other_operations(build):
    x = Value(1.0)
    end = x
    for _ in range(50_000):
        end = build(end)
    end.backward()
    assert x.grad == engine.gradients(end, [x])[0].data == 1.0


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
