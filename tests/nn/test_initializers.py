"""Initializers: the distributions that the papers name, reproducible by seed."""

import math
from random import Random
from statistics import fmean, pvariance

import pytest

from nn import MLP
from nn.initializers import INITIALIZERS

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


def test_every_initializer_is_tested():
    assert INITIALIZERS.keys() == DISTRIBUTIONS.keys()


@pytest.mark.parametrize("name", DISTRIBUTIONS)
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


def test_layers_and_neurons_do_not_repeat_each_other_and_biases_start_at_zero():
    model = MLP([3, 3, 3, 3])
    weights = [weight.data for layer in model.layers for neuron in layer.neurons for weight in neuron.w]
    assert len(set(weights)) == len(weights) == 27
    assert {neuron.b.data for layer in model.layers for neuron in layer.neurons} == {0.0}


def test_a_function_of_ones_own_sees_the_fans_and_the_generator():
    seen = []

    def constant(fan_in, fan_out, random):
        seen.append((fan_in, fan_out, type(random)))
        return 0.5

    model = MLP([2, 3, 1], initializer=constant)
    assert seen == [(2, 3, Random)] * 6 + [(3, 1, Random)] * 3
    assert {weight.data for layer in model.layers for neuron in layer.neurons for weight in neuron.w} == {0.5}
