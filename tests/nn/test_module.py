"""`nn.Module`: which parameters it finds, and what it does with them."""

import math

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


def test_a_module_of_ones_own_is_called_and_differentiated():
    line = Line(2.0, -1.0)
    (line(3.0) * 2.0).backward()
    assert line(3.0).data == 5.0
    assert [parameter.grad for parameter in line.parameters()] == [6.0, 2.0]


def test_parameters_are_found_in_attributes_and_containers_in_the_order_of_assignment():
    assert [(name, parameter.data) for name, parameter in Mixture().named_parameters()] == [
        ("scale", 1.0),
        ("table['low']", 2.0),
        ("table[7][0]", 3.0),
        ("table[7][1]", 4.0),
        ("pair[0].slope", 2.0),
        ("pair[0].offset", -1.0),
        ("pair[1][0]", 5.0),
        ("line.slope", 2.0),
        ("line.offset", -1.0),
    ]


@pytest.mark.parametrize("module", [Mixture(), MLP([3, 2, 2]), Layer(2, 3), Neuron(4)], ids=lambda m: type(m).__name__)
def test_a_name_is_the_expression_that_leads_to_the_parameter(module):
    for name, parameter in module.named_parameters():
        assert eval(f"module.{name}", {"module": module}) is parameter


def test_a_shared_parameter_is_found_once_under_its_first_name():
    module = Module()
    module.first = Line(2.0, -1.0)
    module.second = Line(2.0, -1.0)
    module.second.slope = module.first.slope
    module.again = [module.first, module.first.offset]
    names = [name for name, _ in module.named_parameters()]
    assert names == ["first.slope", "first.offset", "second.offset"]


def test_an_object_array_of_values_is_trained_entry_by_entry():
    module = Module()
    module.W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    module.data = np.zeros((2, 2))
    module.rows = [np.array([Value(float(n))]) for n in range(50)]
    names = [name for name, _ in module.named_parameters()]
    assert names == ["W[0][0]", "W[0][1]", "W[1][0]", "W[1][1]", *(f"rows[{n}][0]" for n in range(50))]
    for name, parameter in module.named_parameters():
        assert eval(f"module.{name}") is parameter


def test_a_parameter_in_a_set_would_have_no_name():
    module = Module()
    module.tags = {"fast", "small"}
    assert module.parameters() == []
    for hidden in (Value(1.0, "w"), Line(2.0, -1.0)):
        module.weights = [{hidden}]
        with pytest.raises(TypeError, match=r"is found in a set only, where it has no name: keep it in a list"):
            module.parameters()


def test_a_set_may_mark_parameters_that_have_a_name_elsewhere():
    module = Module()
    module.line = Line(2.0, -1.0)
    module.frozen = {module.line, module.line.slope, module.line(1.0)}
    assert [name for name, _ in module.named_parameters()] == ["line.slope", "line.offset"]


def test_an_attribute_that_only_looks_like_an_array_is_none():
    class Described:
        dtype = np.dtype(object)

    module = Module()
    module.description = Described()
    assert module.parameters() == []


def test_a_module_that_knows_its_owner_does_not_go_in_circles():
    owner = Module()
    owner.line = Line(2.0, -1.0)
    owner.line.owner = owner
    owner.line.loop = [owner.line]
    owner.line.loop.append(owner.line.loop)
    assert len(owner.parameters()) == 2


def test_results_of_operations_are_no_parameters():
    line = Line(2.0, -1.0)
    line.last = line(1.0)
    assert line.parameters() == [line.slope, line.offset]


def test_zero_grad_reaches_every_parameter():
    module = Mixture()
    for parameter in module.parameters():
        parameter.grad = 1.0
    module.zero_grad()
    assert not any(parameter.has_grad for parameter in module.parameters())


def test_the_state_goes_round_exactly_even_where_it_is_not_finite():
    source = MLP([2, 3, 1], seed=4)
    source.layers[0].neurons[1].b.data = math.inf
    source.layers[1].neurons[0].w[2].data = -0.0
    copy = MLP([2, 3, 1], seed=5)
    copy.load_state_dict(source.state_dict())
    assert list(map(repr, copy.state_dict().values())) == [repr(p.data) for p in source.parameters()]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"slope": "1"}, TypeError, "the parameter slope takes a real number, not '1'"),
        ({"offset": None}, TypeError, "the parameter offset"),
        ({"bias": 1.0}, ValueError, "missing are none; unknown are bias"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_whole(change, error, message):
    line = Line(2.0, -1.0)
    with pytest.raises(error, match=message):
        line.load_state_dict({"slope": 7.0, "offset": 8.0} | change)
    assert line.state_dict() == {"slope": 2.0, "offset": -1.0}


def test_missing_parameters_are_named_the_first_of_many():
    with pytest.raises(
        ValueError, match=r"this Neuron: missing are w\[0\], w\[1\], w\[2\] and 3 more; unknown are none"
    ):
        Neuron(5).load_state_dict({})
    with pytest.raises(TypeError, match="not list"):
        Neuron(5).load_state_dict([1.0])


def test_names_and_numbers_that_cannot_be_loaded_are_named():
    with pytest.raises(OverflowError, match=r"w\[0\] cannot hold"):
        Neuron(1).load_state_dict({"w[0]": 10**400, "b": 0})
    with pytest.raises(ValueError, match=r"missing are w\[0\], b; unknown are 7"):
        Neuron(1).load_state_dict({7: 1.0})


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

    def squash(x):
        return x / (1.0 + abs(x))

    assert repr(Neuron(1, squash)) == "Neuron(inputs=1, activation=squash) with 2 parameters"
