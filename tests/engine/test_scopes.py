"""`scope`: names for parts of a computation, which travel with the record, change nothing in it and hold nothing."""

import copy
import functools
import gc
import pickle
import weakref

import numpy as np
import pytest

import engine
import nn
from engine import Value, no_grad, scope, topological_order
from engine.scopes import calls_of, values_in
from nn import MLP, Module, Neuron


def parts(node):
    """The names of the scopes that gave a node, the innermost first."""
    return [call.scope.name for call in calls_of(node)][::-1]


def call_of(node):
    """The outermost call of a scope that gave a node."""
    return calls_of(node)[0]


@scope("halve")
def halve(x):
    return x * 0.5


@scope
def smooth(x, *, more=()):
    return halve(engine.tanh(x) + sum(more))


class Residual(Module):
    def __init__(self, label=""):
        self.label = label
        self.w = Value(2.0, "w")

    @scope
    def __call__(self, x):
        return x + self.w * x


class Wider(Residual):
    def __call__(self, x):
        return super().__call__(x) * 2


def test_a_result_knows_what_gave_it_and_from_what():
    x, y = Value(0.5, "x"), Value(0.25, "y")
    first, second = smooth(x, more=[y]), smooth(y)
    assert parts(first) == ["halve", "smooth"]
    assert list(call_of(first).inputs) == [x, y]
    assert list(calls_of(first)[1].inputs) == [first.operands[0]]
    assert parts(first.operands[0]) == []
    assert call_of(first).scope is call_of(second).scope
    assert call_of(first).inputs is not call_of(second).inputs


class Slotted:
    __slots__ = ()

    @scope("slotted")
    def run(self, x):
        return x * 2


class Stubborn(Slotted):
    label = property(lambda self: 1 / 0)


def test_an_object_is_a_part_of_its_own_called_by_its_label_or_class():
    a, b, unnamed, wide = Residual("a"), Residual("b"), Residual(), Wider("wide")
    x = Value(1.0)
    assert [parts(module(x)) for module in (a, b, unnamed)] == [["a"], ["b"], ["Residual"]]
    assert call_of(a(x)).scope is call_of(a(x)).scope is not call_of(copy.copy(a)(x)).scope
    assert call_of(unnamed(x)).scope is not call_of(Residual()(x)).scope
    assert list(call_of(a(x)).inputs) == [x]
    assert a.named_parameters() == [("w", a.w)]
    assert parts(Slotted().run(x)) == parts(Stubborn().run(x)) == ["slotted"]
    result = wide(x)  # which calls the method of its parent class
    assert (parts(result), parts(result.operands[0])) == ([], ["wide"])


def test_what_was_handed_through_is_not_marked_and_what_was_given_again_is_noted_once():
    x = Value(1.0)
    computed = x * 2
    identity = scope("identity")(lambda x: x)
    assert identity(x) is x
    assert identity(computed) is computed
    assert parts(computed) == []
    first, second = (scope(name)(lambda: computed) for name in ("first", "second"))
    for _ in range(5_000):
        first()
        second()
    assert parts(computed) == ["first", "second"]


def test_inputs_are_those_before_the_call():
    @scope
    def push(x, stack):
        stack.append(x * 2)
        return stack[-1]

    x, stack = Value(1.0), []
    result = push(x, stack)
    stack.clear()
    assert parts(result) == ["push"]
    assert list(call_of(result).inputs) == [x]
    forget = scope("forget")(lambda values: values.clear() or x * 2)
    for _ in range(100):  # A result may get the place in memory of an input that is gone.
        assert parts(forget([Value(1.0) * 3])) == ["forget"]


X, Y = Value(1.0), Value(2.0)
TANGLED = [X, 2.0]
TANGLED.append(TANGLED)
MANY = [Value(float(i)) for i in range(20_000)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (TANGLED, [X]),
        (({"a": [X]}, (3, [Y, X])), [X, Y, X]),
        ([np.array([[X, Y], [3.0, X]]), np.array([Y])], [X, Y, X, Y]),
        (np.array(X), [X]),
        (np.array([1.0, 2.0]), []),
        (MANY, MANY),
    ],
    ids=["a list in itself", "nested", "arrays", "an array without dimensions", "an array of floats", "many"],
)
def test_inputs_are_found_in_whatever_holds_them(given, found):
    results = scope("all")(lambda _given: [Y * 2, np.asarray(Y * 3)])(given)
    assert [parts(result) for result in values_in(results)] == [["all"]] * 2
    assert values_in(call_of(results[0]).inputs) == found


@pytest.mark.parametrize(
    ("decorate", "wrong", "message"),
    [
        (scope, 3, "scope takes a name and a note"),
        (scope, staticmethod(halve), "write @staticmethod above"),
        (scope, classmethod(halve), "write @classmethod above"),
        (scope("name"), staticmethod(halve), "scope decorates a function"),
        (scope("name"), 3, "scope decorates a function, not 3"),
        (scope, functools.partial(halve, 1.0), "scope decorates a function"),
        (scope("name"), functools.partialmethod(halve, 1.0), "scope decorates a function"),
        (scope("name"), functools.cached_property(halve), "scope decorates a function"),
        (scope, Residual, "scope decorates a function"),
    ],
)
def test_anything_but_a_function_that_runs_at_once_is_refused(decorate, wrong, message):
    with pytest.raises(TypeError, match=message):
        decorate(wrong)


def test_in_a_no_grad_block_nothing_is_held():
    x = Value(1.0)
    kept = weakref.ref(x)
    with no_grad():
        result = smooth(x)
        output = Neuron(1)([x])
    assert parts(result) == parts(output) == []
    del x
    assert kept() is None


def test_marked_graphs_are_freed_without_the_collector():
    gc.disable()
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
    left = [node() for node in gone]
    gc.enable()
    assert not any(left)


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


def test_a_scope_that_hands_out_an_older_result_is_pickled():
    """The mark of the older result then has inputs that were computed from it."""
    older = Value(2.0) * 3

    @scope
    def encode(_given):
        return older

    newer = older * 2
    encode(newer)
    twin = pickle.loads(pickle.dumps(newer))
    assert (twin.data, parts(twin.operands[0])) == (newer.data, ["encode"])
    assert copy.deepcopy(newer).data == newer.data
