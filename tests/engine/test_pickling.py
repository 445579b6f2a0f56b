"""Pickling and copy.deepcopy of graphs: any depth, shared Values stay shared, gradients and failures come along."""

import copy
import io
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.commands import ROOT

import engine
from engine import Value, topological_order

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def through_pickle(protocol):
    return lambda graph: pickle.loads(pickle.dumps(graph, protocol))


def through_python_pickle(graph):
    """The pickler written in Python, which is what subclasses of Pickler may use."""
    file = io.BytesIO()
    pickle._Pickler(file).dump(graph)
    return pickle.loads(file.getvalue())


WAYS = {f"pickle {protocol}": through_pickle(protocol) for protocol in PROTOCOLS}
WAYS |= {"pickle in Python": through_python_pickle, "deepcopy": copy.deepcopy}
each_way = pytest.mark.parametrize("duplicate", WAYS.values(), ids=WAYS)


class Parameter(Value):
    """A subclass at the top of a module, as pickle needs it."""


class Frozen(Value):
    """A subclass with a slot of its own."""

    __slots__ = ("note",)


def build():
    """A graph with every form of node: one, two and three operands, numbers on either side, sharing."""
    x, y = Value(0.7, "x"), Value(-1.3, "y")
    h = (2 * x - y / 3).tanh()
    h.label = "h"
    result = engine.where(h, h * x, 5.0) + engine.where(1.0, y, x) ** 2 + x * x
    return x, y, h, result


def picture(root):
    """All there is to see of a graph, with positions for identities."""
    order = topological_order(root)
    position = {node: index for index, node in enumerate(order)}
    return [
        (
            type(node),
            node.data.hex(),
            node.grad.hex(),
            node.has_grad,
            node.label,
            node.operation and node.operation.name,
            [position.get(operand, operand) for operand in node.operands],
            node.partials,
        )
        for node in order
    ]


@each_way
def test_a_copy_is_the_same_graph_of_other_values(duplicate):
    x, *_, result = build()
    x.grad = 0.0  # the others have none: that they have none is copied too
    for _ in range(2):
        twin = duplicate(result)
        assert picture(twin) == picture(result)
        assert not set(topological_order(twin)) & set(topological_order(result))
        assert twin.operation is result.operation
        assert picture(duplicate(x)) == picture(x)
        result.backward(0.3)


@each_way
def test_values_shared_within_one_copy_stay_shared_and_have_gradients_of_their_own(duplicate):
    x, _, h, result = build()
    for together in ((x, h, result), (result, h, x), (h, x, result, h), [h, (result, {"leaf": x})]):
        twins = list(flat(duplicate(together)))
        twin = max(twins, key=lambda node: len(topological_order(node)))
        assert set(twins) <= set(topological_order(twin))
        assert [node.label for node in twins] == [node.label for node in flat(together)]
        assert len(set(twins)) == 3
    twin.backward()
    assert not x.has_grad
    result.backward()
    (copied,) = (node for node in topological_order(twin) if node.label == "x")
    assert copied.grad == x.grad
    copied.data = 100.0
    assert x.data == 0.7


def flat(tree):
    for branch in tree.values() if isinstance(tree, dict) else tree:
        yield from [branch] if isinstance(branch, Value) else flat(branch)


@each_way
def test_a_copy_knows_that_it_is_stale_and_where_it_has_no_derivative(duplicate):
    x = Value(3.0, "x")
    y = x * x
    twin_x, twin = duplicate((x, y))
    assert engine.gradients(twin, [twin_x])[0].data == 6.0
    x.data = 4.0
    twin_x, twin = duplicate((x, y))
    with pytest.raises(engine.StaleGraphError, match="'x'"):
        engine.gradients(twin, [twin_x])
    twin.backward()
    assert twin_x.grad == 6.0
    inner = Value(2.0) * 3.0
    inner.label, inner.data = "inner", 7.0
    with pytest.raises(engine.StaleGraphError, match="'inner'"):
        engine.gradients(duplicate(inner * 2.0), [x])
    edge = Value(0.0, "edge")
    with pytest.raises(ZeroDivisionError, match=r"sqrt has no derivative.*'edge'"):
        duplicate(edge.sqrt() + edge).backward()


@each_way
@pytest.mark.parametrize("kind", [Parameter, Frozen])
def test_subclasses_and_their_attributes_which_may_lead_forward_in_the_graph(duplicate, kind):
    p = kind(2.0, "p")
    p.note = ["a list", result := p * 3]
    twin, twin_result = duplicate((p, result))
    assert (type(twin), type(twin_result)) == (kind, Value)
    assert twin.note == ["a list", twin_result]
    assert twin_result.operands[0] is twin is not p


WAYS_THROUGH_CHAINS = [(copy.deepcopy, 100_000), (through_pickle(0), 10_000), (through_pickle(5), 100_000)]


@pytest.mark.slow
@pytest.mark.parametrize(("duplicate", "length"), WAYS_THROUGH_CHAINS)
def test_a_copy_of_a_long_chain(duplicate, length):
    end = x = Value(0.0)
    for _ in range(length):
        end = end + 1.0
    middle = topological_order(end)[length // 2]
    twin_x, twin_middle, twin = duplicate((x, middle, end))
    twin.backward()
    assert (twin.data, twin_middle.data, twin_x.grad) == (length, length / 2, 1.0)


def test_a_pickle_is_read_by_another_process_and_a_shallow_copy_is_refused_with_the_cure():
    x = Value(3.0)
    code = (
        "import pickle, sys; x, y = pickle.load(sys.stdin.buffer); y.backward();"
        "print(y.data, x.grad, y.operation.name, y.operands[0] is x)"
    )
    run = [sys.executable, "-c", code]
    finished = subprocess.run(run, cwd=ROOT, input=pickle.dumps((x, x**2)), capture_output=True, check=True)
    assert finished.stdout.decode().split() == ["9.0", "6.0", "pow", "True"]
    with pytest.raises(TypeError, match=r"detach\(\).*deepcopy"):
        copy.copy(x)


class Hook:
    """Something that is pickled by doing something."""

    def __init__(self, action):
        self.action = action

    def __reduce__(self):
        self.action()
        return int, ()


def test_two_threads_pickle_the_same_graph_at_once():
    """One begins and ends while the other is in the middle of it; a pickler that stays alive hinders none."""
    inner_copies = []
    x = Parameter(1.0)
    end = x
    for _ in range(10_000):
        end = end + x
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump(end)
    assert pickle.loads(pickle.dumps(end.operands[0])).data == 10_000.0

    def pickle_in_another_thread():
        x.hook = None
        with ThreadPoolExecutor(1) as pool:
            inner_copies.append(pool.submit(lambda: pickle.loads(pickle.dumps(end.operands[0]))).result())

    x.hook = Hook(pickle_in_another_thread)
    assert pickle.loads(pickle.dumps(end)).data == 10_001.0
    assert [copy.data for copy in inner_copies] == [10_000.0]
