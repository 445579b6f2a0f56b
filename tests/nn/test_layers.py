"""Neurons, layers and networks: what they compute, what they are called, what they refuse."""

import math
from random import Random
from statistics import fmean, pvariance

import numpy as np
import pytest

import engine
from engine import Program, StaleGraphError, Value, gradients, no_grad
from nn import MLP, SGD, Layer, Module, Neuron, softmax, train
from nn.initializers import INITIALIZERS

ONE_OPERAND = [row for row in engine.primitives_table() if len(row.partials) == 1]


@pytest.mark.parametrize(
    ("b", "x"),
    [(0.1, [0.3, -1.7, 2.9]), (1.0, [1e-16, 1e-16, 0.0]), (1.0, [1e16, -1e16, 0.0]), (-1.0, [0.0, 1e16, -1e16])],
)
def test_a_neuron_adds_from_the_bias_on_and_from_left_to_right(b, x):
    neuron = Neuron(3, "linear", initializer=lambda *_: 1.0)
    neuron.b.data = b
    assert neuron(x).data == ((b + x[0]) + x[1]) + x[2]


def test_a_network_agrees_with_the_matrix_formulas():
    model = MLP([3, 5, 4, 2], hidden="tanh", output="linear", seed=2)
    matrices = {key: np.array(matrix) for key, matrix in model.to_matrices().items()}
    samples = np.random.default_rng(0).normal(size=(6, 3))
    hidden = np.tanh(np.tanh(samples @ matrices["W1"] + matrices["b1"]) @ matrices["W2"] + matrices["b2"])
    expected = hidden @ matrices["W3"] + matrices["b3"]
    computed = [[output.data for output in model(sample)] for sample in samples]
    np.testing.assert_allclose(computed, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("row", ONE_OPERAND, ids=lambda row: row.name)
def test_every_one_operand_primitive_is_an_activation(row):
    neuron = Neuron(1, row.name)
    z = 1.625 if row.name == "acosh" else 0.625
    neuron.w[0].data = 0.5
    neuron.b.data = z - 0.5
    assert neuron([1.0]).data == getattr(engine, row.name)(z)
    assert neuron([1.0]).operation is row
    assert Neuron(1, getattr(engine, row.name)).activation == row.name


def test_linear_adds_no_node_and_a_function_or_a_module_is_called_and_trained_along():
    class Slope(Module):
        def __init__(self):
            self.slope = Value(2.0)

        def __call__(self, x):
            return self.slope * x

    neuron, sloped = Neuron(1, "linear"), Neuron(1, Slope())
    assert neuron([2.0]).operation.name == "add"
    assert sloped([2.0]).data == Neuron(1, lambda x: 2.0 * x)([2.0]).data == 2.0 * neuron([2.0]).data
    assert len(sloped.parameters()) == 2 + 1


def test_inputs_are_of_every_kind_one_may_be_bare_and_one_output_is_a_value_but_several_are_a_list():
    model, bare = MLP([2, 3, 1]), MLP([1, 3, 1])
    for x in ((1, 0), [True, False], np.array([1, 0.0]), iter([1, 0]), [Value(1), Value(0)]):
        assert model(x).data == model([1.0, 0.0]).data
    assert bare(0.5).data == bare([0.5]).data == bare(Value(0.5)).data == bare(np.float64(0.5)).data
    for module in (Neuron(2), Layer(2, 1), model):
        assert isinstance(module([0, 1]), Value)
    for module in (Layer(2, 3), MLP([2, 2, 3])):
        assert [type(output) for output in module([0, 1])] == [Value] * 3


@pytest.mark.parametrize("module", [MLP([2, 3, 1]), Layer(2, 3), Neuron(2)], ids=lambda m: type(m).__name__)
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([], ValueError, "takes 2 inputs, not 0"),
        ([1.0, 2.0, 3.0], ValueError, "takes 2 inputs, not 3"),
        (Value(1.0), ValueError, "takes 2 inputs, not 1"),
        (b"ab", ValueError, "takes 2 inputs, not 1"),
        (["0", "1"], TypeError, "an input takes a real number, not '0'"),
        ([[0, 1], [1, 0]], TypeError, "an input takes a real number, not"),
        ([None, 1.0], TypeError, "an input takes a real number, not None"),
        ([1j, 0], TypeError, "an input takes a real number, not 1j"),
        ([10**400, 0], OverflowError, "an input cannot hold"),
        ({3.0, 1.0}, TypeError, "have no order that means anything: give a list"),
        ({0: 1.0, 1: 0.0}, TypeError, "have no order that means anything: give a list"),
    ],
)
def test_inputs_that_make_no_sense_are_refused(module, x, error, message):
    with pytest.raises(error, match=message):
        module(x)


def test_parameters_carry_labels_by_layer_and_neuron():
    labels = [parameter.label for parameter in MLP([2, 2, 1]).parameters()]
    assert labels[:4] == ["layer0.neuron0.w[0]", "layer0.neuron0.w[1]", "layer0.neuron0.b", "layer0.neuron1.w[0]"]
    assert labels[-1] == "layer1.neuron0.b"
    assert [parameter.label for parameter in Neuron(1).parameters()] == ["w[0]", "b"]
    assert Layer(1, 2).neurons[1].b.label == "neuron1.b"


def test_a_seed_fixes_the_network():
    states = [MLP([2, 4, 1], seed=seed).state_dict() for seed in (3, 3, np.int64(3), 4, None, None)]
    assert states[0] == states[1] == states[2]
    assert all(states[i] != states[j] for i, j in [(2, 3), (3, 4), (4, 5)])


@pytest.mark.parametrize("initializer", ["xavier", "he", lambda fan_in, fan_out, random: fan_in / fan_out])
def test_a_network_can_begin_anew_with_the_numbers_of_another(initializer):
    model = MLP([2, 4, 3, 1], hidden="tanh")
    parameters = model.parameters()
    loss = model([1.0, 2.0])
    step = Program(outputs=[loss], updates=[(p, p + 1.0) for p in parameters])
    step()
    for seed in (0, 5):
        model.reinitialize(initializer, seed)
        new = MLP([2, 4, 3, 1], hidden="tanh", initializer=initializer, seed=seed)
        assert model.state_dict() == new.state_dict()
        assert all(now is then for now, then in zip(model.parameters(), parameters, strict=True))
        assert step() == (new([1.0, 2.0]).data,)
    with pytest.raises(StaleGraphError, match=r"layer0\.neuron0\.w"):
        gradients(loss, parameters)


@pytest.mark.parametrize("initializer", ["normal", "he", lambda fan_in, fan_out, random: random.random()])
def test_a_network_begins_anew_with_its_own_initializer(initializer):
    model = MLP([2, 3, 1], initializer=initializer)
    model.reinitialize(seed=7)
    assert model.state_dict() == MLP([2, 3, 1], initializer=initializer, seed=7).state_dict()


def test_a_network_that_cannot_begin_anew_stays_as_it_is():
    model = MLP([2, 4, 1], seed=3)
    with pytest.raises(TypeError, match="a weight from the initializer"):
        model.reinitialize(lambda fan_in, fan_out, random: "1" if fan_in == 4 else 1.0)
    assert model.state_dict() == MLP([2, 4, 1], seed=3).state_dict()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([2],), ValueError, r"two numbers at least, as in \[2, 8, 1\], not \[2\]"),
        ((3,), ValueError, "two numbers at least"),
        (([2, 0, 1],), ValueError, "a size of an MLP is at least 1, not 0"),
        (([2, 2.5, 1],), TypeError, "a size of an MLP is a whole number, not 2.5"),
        (([2, True],), TypeError, "a whole number, not True"),
        (([2, 1], "thanh"), ValueError, "no activation 'thanh': choose from linear, .*tanh"),
        (([2, 2, 1], "maximum"), ValueError, "no activation 'maximum'"),
        (([2, 3], "tanh", "softmax"), ValueError, 'output="linear" with the loss nn.cross_entropy'),
        (([2, 3, 2], "log_softmax"), ValueError, 'output="linear" with the loss nn.cross_entropy'),
        (([2, 3], "tanh", softmax), ValueError, 'output="linear" with the loss nn.cross_entropy'),
        (([2, 2, 1], "tanh", 3), TypeError, "an activation is a name or a function, not 3 of type int"),
        (([2, 2, 1], "tanh", "tanh", "xavie"), ValueError, "no initializer 'xavie': choose from normal, xavier"),
        (([2, 1], "tanh", "tanh", lambda *_: None), TypeError, "a weight from the initializer .*None"),
        (([2, 1], "tanh", "tanh", "he", (1,)), TypeError, r"seed is .*not \(1,\)"),
    ],
)
def test_what_no_network_can_be_built_of_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        MLP(*arguments)


def test_an_activation_returns_a_value():
    with pytest.raises(TypeError, match=r"an activation returns a Value, but .* returned 0\.5.*: .*not math\.tanh"):
        MLP([2, 2, 1], hidden=lambda x: 0.5)([0.0, 1.0])
    with pytest.raises(TypeError, match=r"engine\.tanh instead of math\.tanh.*or train with backend='eager'"):
        train(MLP([2, 2, 1], hidden=math.tanh), [[0, 0]], [0])
    with no_grad():
        assert isinstance(Neuron(2)([1.0, 2.0]), Value)
        assert Neuron(2)([1.0, 2.0]).is_leaf


FAN_IN = 40
FAN_OUT = 60
DRAWS = 20_000

# Name: variance, and the largest size that can occur.
DISTRIBUTIONS = {
    "normal": (1.0, math.inf),
    "xavier": (2.0 / (FAN_IN + FAN_OUT), math.sqrt(6.0 / (FAN_IN + FAN_OUT))),
    "xavier_uniform": (2.0 / (FAN_IN + FAN_OUT), math.sqrt(6.0 / (FAN_IN + FAN_OUT))),
    "xavier_normal": (2.0 / (FAN_IN + FAN_OUT), math.inf),
    "he": (2.0 / FAN_IN, math.inf),
    "he_uniform": (2.0 / FAN_IN, math.sqrt(6.0 / FAN_IN)),
    "he_normal": (2.0 / FAN_IN, math.inf),
}
KURTOSIS = {"uniform": 9.0 / 5.0, "normal": 3.0}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_have_the_mean_variance_bound_and_shape_of_the_distribution(name):
    variance, bound = DISTRIBUTIONS[name]
    random = Random(0)
    weights = [INITIALIZERS[name](FAN_IN, FAN_OUT, random) for _ in range(DRAWS)]
    # Four standard errors of the mean, the variance and the kurtosis of so many draws.
    assert abs(fmean(weights)) < 4.0 * math.sqrt(variance / DRAWS)
    assert pvariance(weights) == pytest.approx(variance, rel=4.0 * math.sqrt(2.0 / DRAWS))
    assert max(map(abs, weights)) <= bound
    shape = "normal" if bound == math.inf else "uniform"
    kurtosis = fmean((weight / math.sqrt(variance)) ** 4 for weight in weights)
    assert kurtosis == pytest.approx(KURTOSIS[shape], abs=4.0 * math.sqrt(96.0 / DRAWS))
    if shape == "uniform":
        assert max(map(abs, weights)) > 0.999 * bound


def test_a_function_of_ones_own_sees_the_fans_and_the_generator():
    seen = []

    def constant(fan_in, fan_out, random):
        seen.append((fan_in, fan_out, type(random)))
        return 0.5

    model = MLP([2, 3, 1], initializer=constant)
    assert seen == [(2, 3, Random)] * 6 + [(3, 1, Random)] * 3
    assert {weight.data for layer in model.layers for neuron in layer.neurons for weight in neuron.w} == {0.5}


def test_arrays_in_arrays_out():
    """Also of Values, and from layer to layer; a list gives a list, one output a Value."""
    model = MLP([2, 3, 2], seed=1)
    x = np.array([0.5, -1.0])
    expected = [output.data for output in model(x.tolist())]
    for given in (x, x.astype(object), np.array([Value(number) for number in x])):
        outputs = model(given)
        assert (type(outputs), outputs.shape) == (np.ndarray, (2,))
        assert [output.data for output in outputs] == expected
    hidden = model.layers[0](x)
    assert (type(hidden), hidden.shape) == (np.ndarray, (3,))
    assert [output.data for output in model.layers[1](hidden)] == expected
    assert [output.data for output in model([np.array(0.5), np.float32(-1.0)])] == expected
    assert isinstance(MLP([2, 1])(x), Value)
    weights = np.array([list(neuron.w) for neuron in model.layers[0].neurons])
    np.sum(model(x)).backward()
    optimizer = SGD(weights, 0.5)
    before = [w.data for w in weights.flat]
    optimizer.step()
    assert [w.data for w in weights.flat] == [b - 0.5 * w.grad for b, w in zip(before, weights.flat, strict=True)]
    with pytest.raises(TypeError, match="an input takes a real number"):
        model(np.array([[0.5, 1.0], [1.0, 2.0]]))
