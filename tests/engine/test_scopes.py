"""`scope`: names for parts of a computation, which travel with the record and change nothing in it."""

import copy
import functools

import numpy as np
import pytest
from support.scoped_functions import Residual, Wider, call_of, halve, parts, smooth

import engine
import nn
from engine import Value, scope
from engine.scopes import calls_of, values_in
from nn import MLP, Layer, Neuron


def test_a_result_knows_what_gave_it_and_from_what():
    x, y = Value(0.5, "x"), Value(0.25, "y")
    first, second = smooth(x, more=[y]), smooth(y)
    assert parts(first) == ["halve", "smooth"]
    assert list(call_of(first).inputs) == [x, y]
    assert list(calls_of(first)[1].inputs) == [first.operands[0]]
    assert parts(first.operands[0]) == []
    assert call_of(first).scope is call_of(second).scope
    assert call_of(first).inputs is not call_of(second).inputs


def test_an_object_is_a_part_of_its_own_called_by_its_label_or_class():
    a, b, unnamed, wide = Residual("a"), Residual("b"), Residual(), Wider("wide")
    x = Value(1.0)
    assert [parts(module(x)) for module in (a, b, unnamed)] == [["a"], ["b"], ["Residual"]]
    assert call_of(a(x)).scope is call_of(a(x)).scope is not call_of(copy.copy(a)(x)).scope
    assert call_of(unnamed(x)).scope is not call_of(Residual()(x)).scope
    assert list(call_of(a(x)).inputs) == [x]
    assert a.named_parameters() == [("w", a.w)]
    result = wide(x)  # which calls the method of its parent class
    assert (parts(result), parts(result.operands[0])) == ([], ["wide"])


class Slotted:
    __slots__ = ()

    @scope("slotted")
    def run(self, x):
        return x * 2


class Static:
    @staticmethod
    @scope
    def run(x):
        return x * 2


class Stubborn:
    def __getattr__(self, name):
        raise RuntimeError(name)

    @scope
    def run(self, x):
        return x * 2


@pytest.mark.parametrize(("kind", "name"), [(Slotted, "slotted"), (Static, "run"), (Stubborn, "Stubborn")])
def test_methods_of_unusual_objects(kind, name):
    x = Value(1.0)
    result = kind().run(x)
    assert parts(result) == [name]
    assert list(call_of(result).inputs) == [x]


def test_several_results_share_the_call():
    @scope("pair")
    def pair(x, y):
        return [x + y, {"difference": x - y}], x

    total, difference = (result for result in values_in(pair(Value(1.0), Value(2.0))) if not result.is_leaf)
    assert call_of(total).inputs is call_of(difference).inputs


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


def test_a_function_that_calls_itself_is_one_part_with_the_outermost_inputs():
    @scope
    def halved(x, times):
        return halved(x * 0.5, times - 1) if times else x * 1.0

    x = Value(8.0)
    assert parts(halved(x, 3)) == ["halved"]
    assert values_in(call_of(halved(x, 3)).inputs) == [x]


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


def test_a_result_may_have_the_place_in_memory_of_an_input_that_is_gone():
    @scope
    def pop(values):
        values.pop()
        return Value(1.0) * 2

    for _ in range(100):
        assert parts(pop([Value(1.0) * 3])) == ["pop"]


def test_a_scope_changes_no_number():
    def plain(x):
        return (engine.tanh(x) + 0) * 0.5

    x, y = Value(0.3), Value(0.3)
    a, b = smooth(x), plain(y)
    a.backward()
    b.backward()
    assert (a.data, x.grad) == (b.data, y.grad)
    assert engine.Program([x], [smooth(x)])(0.7) == (plain(Value(0.7)).data,)
    assert smooth(0.5) == plain(0.5)


def test_labels_and_marks_do_not_touch_each_other():
    @scope("named")
    def named(x):
        y = halve(x)
        assert y.label == ""
        y.label = "y"
        return y

    result = named(Value(1.0))
    assert (result.label, parts(result)) == ("y", ["halve", "named"])
    result.label = "h"
    assert (result.label, parts(result)) == ("h", ["halve", "named"])


def test_neurons_belong_to_layers():
    hidden = MLP([2, 3, 1], "tanh").layers[0].forward([1.0, 0.0])
    scopes = [call_of(node).scope for node in hidden]
    assert [(part.name, part.note) for part in scopes] == [(f"neuron{index}", "tanh") for index in range(3)]
    assert [part.parent.name for part in scopes] == ["layer0"] * 3
    assert len({part.parent for part in scopes}) == 1
    alone = call_of(Layer(1, 2, "relu")([1.0])[1]).scope
    assert (alone.parent.name, alone.name, alone.note) == ("layer", "neuron1", "relu")
    output = Neuron(1, activation=halve, label="mine")([1.0])  # An activation may be a scope itself.
    assert (parts(output), call_of(output).scope.note) == (["halve", "mine"], "halve")


LOSSES = [nn.mean_squared_error, nn.half_sum_of_squares, nn.hinge, nn.cross_entropy]
LOSSES += [nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits]


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_parts(loss):
    given = [Value(0.5) * 1, Value(1.0) * 1]
    result = loss([given], [1]) if loss is nn.cross_entropy else loss(given, [1, 1])
    assert parts(result) == [loss.__name__]
    assert values_in(call_of(result).inputs) == given


def generator():
    yield 1


@pytest.mark.parametrize(
    ("decorate", "wrong", "message"),
    [
        (scope, 3, "scope takes a name and a note"),
        (scope, staticmethod(halve), "write @staticmethod above"),
        (scope, classmethod(halve), "write @classmethod above"),
        (scope("name"), staticmethod(halve), "scope decorates a function"),
        (scope("name"), 3, "scope decorates a function, not 3"),
        (scope, functools.partial(halve, 1.0), "scope decorates a function"),
        (scope, Residual, "scope decorates a function"),
        (scope, generator, "runs later"),
    ],
)
def test_anything_but_a_function_that_runs_at_once_is_refused(decorate, wrong, message):
    with pytest.raises(TypeError, match=message):
        decorate(wrong)
