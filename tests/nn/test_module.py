"""`nn.Module`: which parameters it finds, and what it does with them."""

import numpy as np
import pytest
from support.lines import Line

from engine import Value
from nn import MLP, Layer, Module, Neuron


class Mixture(Module):
    """Parameters in every kind of place."""

    def __init__(self):
        self.scale = Value(1.0)
        self.table = {"low": Value(2.0), 7: [Value(3.0), Value(4.0)]}
        self.pair = (Line(2.0, -1.0), [Value(5.0)])
        self.rate = 0.5
        self.name = "mixture"
        self.line = Line(2.0, -1.0)


def test_parameters_are_found_in_attributes_and_containers_in_the_order_of_assignment():
    """A name is the expression that leads to the parameter."""
    module = Mixture()
    names = "scale table['low'] table[7][0] table[7][1] pair[0].slope pair[0].offset pair[1][0] line.slope line.offset"
    assert [name for name, _ in module.named_parameters()] == names.split()
    for name, parameter in module.named_parameters():
        assert eval(f"module.{name}") is parameter
    module.zero_grad()
    (module.line(3.0) * 2.0).backward()
    assert [parameter.grad for parameter in module.parameters()] == [0.0] * 7 + [6.0, 2.0]
    module.zero_grad()
    assert not any(parameter.has_grad for parameter in module.parameters())


def test_a_shared_parameter_is_found_once_under_its_first_name_and_a_circle_ends():
    module = Module()
    module.first = Line(2.0, -1.0)
    module.second = Line(2.0, -1.0)
    module.second.slope = module.first.slope
    module.again = [module.first, module.first.offset]
    module.again.append(module.again)
    module.first.owner = module
    module.frozen = {module.first, module.first.slope, module.first(1.0), "small"}
    module.last = module.first(1.0)
    assert [name for name, _ in module.named_parameters()] == ["first.slope", "first.offset", "second.offset"]


def test_an_object_array_of_values_is_trained_entry_by_entry():
    module = Module()
    module.W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    module.data = np.zeros((2, 2))
    module.rows = [np.array([Value(float(n))]) for n in range(50)]
    names = [name for name, _ in module.named_parameters()]
    assert names == ["W[0][0]", "W[0][1]", "W[1][0]", "W[1][1]", *(f"rows[{n}][0]" for n in range(50))]
    for name, parameter in module.named_parameters():
        assert eval(f"module.{name}") is parameter


@pytest.mark.parametrize("hidden", [Value(1.0, "w"), Line(2.0, -1.0)], ids=["value", "module"])
def test_a_parameter_in_a_set_would_have_no_name(hidden):
    module = Module()
    module.weights = [{hidden}]
    with pytest.raises(TypeError, match=r"is found in a set only, where it has no name: keep it in a list"):
        module.parameters()


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ({"slope": "1", "offset": 8.0}, TypeError, "the parameter slope takes a real number, not '1'"),
        ({"slope": 7.0, "offset": None}, TypeError, "the parameter offset"),
        ({"slope": 10**400, "offset": 8.0}, OverflowError, "slope cannot hold"),
        ({"slope": 7.0, "offset": 8.0, "bias": 1.0}, ValueError, "missing are none; unknown are bias"),
        ({7: 1.0}, ValueError, "missing are slope, offset; unknown are 7"),
        (dict.fromkeys("abcde", 1.0), ValueError, "unknown are a, b, c and 2 more"),
        ([1.0], TypeError, "not list"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_whole(state, error, message):
    line = Line(2.0, -1.0)
    with pytest.raises(error, match=message):
        line.load_state_dict(state)
    assert line.state_dict() == {"slope": 2.0, "offset": -1.0}


def test_two_parameters_of_one_name_are_refused():
    class Key:
        def __repr__(self):
            return "key"

    model = Module()
    model.table = {Key(): Value(1.0), Key(): Value(2.0)}
    for use in (model.state_dict, lambda: model.save("never"), lambda: model.load_state_dict({})):
        with pytest.raises(ValueError, match=r"two parameters .* have the name table\[key\]"):
            use()


def test_repr_says_what_a_module_is():
    assert repr(MLP([2, 8, 1])) == "MLP(sizes=[2, 8, 1], hidden='tanh', output='sigmoid') with 33 parameters"
    assert repr(Layer(2, 3, "relu")) == "Layer(inputs=2, outputs=3, activation='relu') with 9 parameters"
    assert repr(Line()) == "Line() with 2 parameters"
    assert repr(Neuron(1, round)) == "Neuron(inputs=1, activation=round) with 2 parameters"
