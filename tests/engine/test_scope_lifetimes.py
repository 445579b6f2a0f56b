"""What a scope keeps: nothing alive, and its names through copies and pickles."""

import copy
import gc
import pickle
import weakref

import pytest
from support.scoped_functions import Residual, call_of, parts, smooth

import nn
from engine import Value, no_grad, scope, topological_order
from engine.scopes import calls_of, values_in
from nn import MLP, Neuron


def test_in_a_no_grad_block_nothing_is_held():
    x = Value(1.0)
    kept = weakref.ref(x)
    with no_grad():
        result = smooth(x)
        output = Neuron(1)([x])
    assert parts(result) == parts(output) == []
    del x
    assert kept() is None


@pytest.fixture
def no_collector():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_marked_graphs_are_freed_without_the_collector():
    model = MLP([2, 3, 1])
    loss = nn.mean_squared_error([model([0, 1]), model([1, 0])], [0, 1])
    loss.backward()
    gone = [weakref.ref(node) for node in topological_order(loss) if not node.is_leaf]
    neuron = Neuron(2)
    states = [Value(0.5), Value(0.25) * 1]
    gone.append(weakref.ref(states[1]))
    for _ in range(3):
        states[1] = neuron.forward(states)  # a graph that feeds a list of its own
    del loss, states
    assert not any(node() for node in gone)


def test_a_scope_keeps_no_history_alive():
    """Backpropagation that is truncated inside of a scope: what is before the cut may go."""

    @scope
    def step(h, x):
        return h.detach() * 0.5 + x

    first = state = Value(1.0) * 1.0
    kept = weakref.ref(first)
    del first
    for _ in range(100):
        state = step(state, 1.0)
    assert kept() is None
    assert len(topological_order(pickle.loads(pickle.dumps(state)))) == len(topological_order(state))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda graph: pickle.loads(pickle.dumps(graph))])
def test_a_copied_graph_has_the_same_parts(duplicate):
    model = MLP([2, 2, 2])
    inputs = [Value(0.5, "x0"), Value(0.25, "x1")]
    outputs = model(inputs)
    total = smooth(outputs[0], more=[outputs[1]])
    twin = duplicate(total)
    before, after = ([node for node in topological_order(root) if calls_of(node)] for root in (total, twin))
    assert [parts(node) for node in after] == [parts(node) for node in before]
    places = {id(node): place for place, node in enumerate(topological_order(twin))}
    originals = topological_order(total)
    for node, copied in zip(before, after, strict=True):
        assert [originals[places[id(value)]] for value in values_in(call_of(copied).inputs)] == values_in(
            call_of(node).inputs
        )
    hidden = [node for node in after if call_of(node).scope.name.startswith("neuron")]
    assert len({id(call_of(node).inputs) for node in hidden}) == 2, "one list for each layer"
    assert len({call_of(node).scope.parent for node in hidden}) == 2
    assert call_of(after[0]).scope is not call_of(before[0]).scope


@pytest.mark.slow
def test_deep_graphs_of_scopes_are_pickled():
    """Of a truncated history, only the number of the last state is used, but the mark holds it and has its own mark."""
    unused = Value(1.0)
    for _ in range(3_000):
        unused = unused * 1.5
    step = scope("step")(lambda x, _other: x * 0.5)
    cell = scope("cell")(lambda x, h: x * h.data + 1.0)
    value, states = Value(1.0), [Value(0.5) * 1.0]
    for _ in range(3_000):
        value = step(value, unused)
        states.append(cell(Value(0.1), states[-1]))
    twin = pickle.loads(pickle.dumps(value))
    assert len(topological_order(twin)) == 3_001
    assert [value.data for value in values_in(call_of(twin).inputs)] == [twin.operands[0].data]
    twin = pickle.loads(pickle.dumps(states[-1]))
    assert (twin.data, parts(twin)) == (states[-1].data, ["cell"])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_scope_that_hands_out_an_older_result_is_pickled(protocol):
    """The mark of the older result then has inputs that were computed from it."""
    older = Value(2.0) * 3

    @scope
    def encode(_given):
        return older

    newer = older * 2
    encode(newer)
    twin = pickle.loads(pickle.dumps(newer, protocol))
    assert (twin.data, parts(twin.operands[0])) == (newer.data, ["encode"])
    assert copy.deepcopy(newer).data == newer.data
    assert pickle.loads(pickle.dumps(older, protocol)).data == older.data


def test_functions_objects_and_lists_survive_copies():
    assert (smooth.__name__, pickle.loads(pickle.dumps(smooth))) == ("smooth", smooth)
    x = [1.0, Value(2.0)]
    twin = copy.deepcopy({"y": Neuron(2).forward(x), "x": x})
    assert (twin["x"][0], twin["x"][1].data) == (1.0, 2.0)
    module = Residual("a")
    for _ in range(5):
        module(Value(1.0))
        module = pickle.loads(pickle.dumps(copy.deepcopy(module)))
    module(Value(1.0))
    (kept,) = [held for held in vars(module).values() if isinstance(held, dict)]
    assert len(kept) == 1
