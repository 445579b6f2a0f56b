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


def test_a_list_that_is_in_itself():
    x = Value(1.0)
    given = [x, 2.0]
    given.append(given)
    assert parts(scope("tangled")(lambda items: items[0] * 2)(given)) == ["tangled"]


def test_the_entries_of_several_arrays_are_inputs():
    first, second = (np.array([[Value(float(i)), Value(2.0)], [Value(3.0), Value(4.0)]]) for i in range(2))
    linear = scope("linear")(lambda inputs, weights: inputs @ weights)
    result = linear(first, second)
    assert values_in(call_of(result[0, 0]).inputs) == [*first.ravel(), *second.ravel()]


def test_an_array_without_dimensions_is_a_value():
    x = Value(2.0)
    result = scope("double")(lambda given: np.asarray(given * 2))(np.array(x))
    assert values_in(call_of(result.item()).inputs) == [x]


def test_a_result_may_have_the_place_in_memory_of_an_input_that_is_gone():
    @scope
    def pop(values):
        values.pop()
        return Value(1.0) * 2

    for _ in range(100):
        assert parts(pop([Value(1.0) * 3])) == ["pop"]


def test_many_results_of_many_inputs():
    inputs = [Value(float(i)) for i in range(20_000)]
    results = scope("all")(lambda values: [value * 2 for value in values])(inputs)
    assert all(parts(result) == ["all"] for result in results)


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


@pytest.mark.parametrize(
    "loss",
    [
        nn.mean_squared_error,
        nn.half_sum_of_squares,
        nn.binary_cross_entropy,
        nn.binary_cross_entropy_with_logits,
        nn.hinge,
    ],
)
def test_losses_are_parts(loss):
    predictions = [Value(0.25) * 1, Value(0.75) * 1]
    result = loss(predictions, [1, 1])
    assert parts(result) == [loss.__name__]
    assert values_in(call_of(result).inputs) == predictions


def test_a_loss_of_several_classes_is_a_part():
    rows = [[Value(0.5) * 1, Value(1.0) * 1]]
    result = nn.cross_entropy(rows, [1])
    assert parts(result) == ["cross_entropy"]
    assert values_in(call_of(result).inputs) == rows[0]


@pytest.mark.parametrize("wrong", [3, None, ["name"]])
def test_what_is_no_name_is_refused(wrong):
    with pytest.raises(TypeError, match="scope takes a name and a note"):
        scope(wrong)


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
def test_the_order_of_decorators_is_named(kind):
    for decorate in (scope, scope("name")):
        with pytest.raises(TypeError, match=r"write @(staticmethod|classmethod) above|scope decorates a function"):
            decorate(kind(lambda *given: given[0]))


def test_an_object_that_refuses_questions():
    class Stubborn:
        def __getattr__(self, name):
            raise RuntimeError(name)

        @scope
        def run(self, x):
            return x * 2

    assert parts(Stubborn().run(Value(1.0))) == ["Stubborn"]


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="scope decorates a function, not 3"):
        scope("name")(3)

    def generator():
        yield 1

    with pytest.raises(TypeError, match="runs later"):
        scope(generator)


def test_a_decorated_partial_or_class_says_what_to_decorate():
    with pytest.raises(TypeError, match="scope decorates a function"):
        scope(functools.partial(halve, 1.0))
    with pytest.raises(TypeError, match="scope decorates a function"):
        scope(Residual)
