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
    result = smooth(x, more=[y])
    assert parts(result) == ["halve", "smooth"]
    call = call_of(result)
    assert list(call.inputs) == [x, y]
    assert list(calls_of(result)[1].inputs) == [result.operands[0]]
    assert parts(result.operands[0]) == []


def test_two_calls_are_of_one_scope():
    first, second = smooth(Value(1.0)), smooth(Value(2.0))
    assert call_of(first).scope is call_of(second).scope
    assert call_of(first).inputs is not call_of(second).inputs


def test_an_object_is_a_part_of_its_own_called_by_its_label_or_class():
    a, b, unnamed = Residual("a"), Residual("b"), Residual()
    x = Value(1.0)
    assert [parts(module(x)) for module in (a, b, unnamed)] == [["a"], ["b"], ["Residual"]]
    assert call_of(a(x)).scope is call_of(a(x)).scope
    assert call_of(unnamed(x)).scope is not call_of(Residual()(x)).scope
    assert list(call_of(a(x)).inputs) == [x]
    assert a.named_parameters() == [("w", a.w)]


def test_the_method_of_a_parent_class():
    wide = Wider("wide")
    result = wide(Value(3.0))
    assert (parts(result), parts(result.operands[0])) == ([], ["wide"])


def test_an_object_that_has_no_room_for_attributes():
    class Slotted:
        __slots__ = ()

        @scope("slotted")
        def run(self, x):
            return x * 2

    assert parts(Slotted().run(Value(1.0))) == ["slotted"]


def test_a_static_method_has_no_object():
    class Tools:
        @staticmethod
        @scope
        def twice(x):
            return x * 2

    x = Value(1.0)
    for result in (Tools.twice(x), Tools().twice(x)):
        assert parts(result) == ["twice"]
        assert list(call_of(result).inputs) == [x]


def test_several_results_share_the_call():
    @scope("pair")
    def pair(x, y):
        return [x + y, {"difference": x - y}], x

    total, difference = (result for result in values_in(pair(Value(1.0), Value(2.0))) if not result.is_leaf)
    assert call_of(total).inputs is call_of(difference).inputs


def test_what_was_only_handed_through_is_not_marked():
    @scope("identity")
    def identity(x):
        return x

    x = Value(1.0)
    computed = x * 2
    assert identity(x) is x
    assert identity(computed) is computed
    assert parts(computed) == []


def test_a_scope_that_gives_a_value_again_is_noted_once():
    computed = Value(1.0) * 2
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
    assert parts(result) == ["push"]
    assert list(call_of(result).inputs) == [x]


def test_an_array_among_the_attributes_of_a_class():
    class Net:
        weights = np.array([1.0, 2.0])

        @scope
        def run(self, x):
            return x * 2

    a, b = Net(), Net()
    x = Value(1.0)
    assert call_of(a.run(x)).scope is call_of(a.run(x)).scope is not call_of(b.run(x)).scope
    assert call_of(a.run(x)).scope is not call_of(copy.copy(a).run(x)).scope


def test_a_method_under_another_decorator():
    def doubling(function):
        @functools.wraps(function)
        def doubled(*arguments):
            return function(*arguments) * 2

        return doubled

    class Net:
        label = "mine"

        @doubling
        @scope
        def run(self, x):
            return x * 3

        @property
        @scope
        def stored(self):
            return Value(1.0) * 2

    assert parts(Net().run(Value(1.0)).operands[0]) == ["mine"]
    assert parts(Net().stored) == ["mine"]


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


def test_a_list_that_changes_later_does_not_change_the_record():
    x = [Value(1.0), Value(2.0)]
    outputs = Layer(2, 2).forward(x)
    given = list(x)
    x.clear()
    assert [list(call_of(output).inputs) for output in outputs] == [given, given]


def test_numbers_go_through_unchanged():
    assert smooth(0.5) == 0.5 * engine.tanh(0.5)
    assert nn.mean_squared_error([1.0], [0.5]) == 0.25


def test_a_scope_changes_no_number():
    def plain(x):
        return (engine.tanh(x) + 0) * 0.5

    x, y = Value(0.3), Value(0.3)
    a, b = smooth(x), plain(y)
    a.backward()
    b.backward()
    assert (a.data, x.grad) == (b.data, y.grad)
    program = engine.Program([x], [smooth(x)])
    assert program(0.7) == (plain(Value(0.7)).data,)


def test_labels_and_marks_do_not_touch_each_other():
    result = halve(Value(1.0))
    assert result.label == ""
    result.label = "h"
    assert (result.label, parts(result)) == ("h", ["halve"])
    assert smooth(Value(1.0)).label == ""

    @scope("named")
    def named(x):
        y = x * 2
        y.label = "y"
        return y

    assert (named(Value(1.0)).label, parts(named(Value(1.0)))) == ("y", ["named"])
    assert "label='h'" in repr(result)


def test_neurons_belong_to_layers():
    hidden = MLP([2, 3, 1], label := "tanh").layers[0].forward([1.0, 0.0])
    calls = [call_of(node) for node in hidden]
    assert [call.scope.name for call in calls] == ["neuron0", "neuron1", "neuron2"]
    assert {call.scope.parent for call in calls} == {calls[0].scope.parent}
    assert (calls[0].scope.parent.name, calls[0].scope.note) == ("layer0", label)
    alone = call_of(Layer(1, 2, "relu")([1.0])[1]).scope
    assert (alone.parent.name, alone.name, alone.note) == ("layer", "neuron1", "relu")
    assert call_of(Neuron(1, "linear", label="mine")([1.0])).scope.name == "mine"


def test_an_activation_may_be_a_scope_itself():
    output = Neuron(1, activation=halve)([1.0])
    assert parts(output) == ["halve", "neuron"]
    assert call_of(output).scope.note == "halve"


def test_an_object_that_refuses_questions():
    class Stubborn:
        def __getattr__(self, name):
            raise RuntimeError(name)

        @scope
        def run(self, x):
            return x * 2

    assert parts(Stubborn().run(Value(1.0))) == ["Stubborn"]


CLASSES = [[Value(0.5) * 1, Value(1.0) * 1]]
LOSSES = [nn.mean_squared_error, nn.half_sum_of_squares, nn.hinge, nn.cross_entropy]
LOSSES += [nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits]


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_parts(loss):
    predictions = CLASSES if loss is nn.cross_entropy else CLASSES[0]
    result = loss(predictions, [1] * len(predictions))
    assert parts(result) == [loss.__name__]
    assert values_in(call_of(result).inputs) == CLASSES[0]


def generator():
    yield 1


@pytest.mark.parametrize(
    ("decorate", "wrong", "message"),
    [
        (scope, 3, "scope takes a name and a note"),
        (scope, None, "scope takes a name and a note"),
        (scope, ["name"], "scope takes a name and a note"),
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
