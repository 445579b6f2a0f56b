"""Initializers: where the weights of a layer start. Biases start at zero.

An initializer is a function ``(fan_in, fan_out, random) -> weight``. ``fan_in`` is how many inputs each neuron of the
layer has, ``fan_out`` how many neurons there are, ``random`` a ``random.Random`` to draw from, so that a seed fixes the
whole network. The papers' idea: signals keep their variance from layer to layer if Var(weight) is

    2 / (fan_in + fan_out)    for activations that are the identity around 0, as tanh is
                              (Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
                              neural networks", equations 12 and 16; known by the first author's name, Xavier)
    2 / fan_in                for relu, which passes half of its inputs
                              (He et al. 2015, arXiv:1502.01852, equation 10)

A uniform distribution on [-a, a] has the variance a² / 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from engine.extend import real_number
from nn.checks import find_function

Initializer = str | Callable[[int, int, Random], float]
"""``"xavier"``, or a function ``(fan_in, fan_out, random) -> weight``."""


def normal(_fan_in: int, _fan_out: int, random: Random) -> float:
    """Draw from N(0, 1), whatever the layer: what ``np.random.randn`` gives."""
    return random.gauss(0.0, 1.0)


def xavier_uniform(fan_in: int, fan_out: int, random: Random) -> float:
    """Draw uniformly from ±√(6 / (fan_in + fan_out)): the "normalized initialization" of equation 16."""
    bound = math.sqrt(6.0 / (fan_in + fan_out))
    return random.uniform(-bound, bound)


def xavier_normal(fan_in: int, fan_out: int, random: Random) -> float:
    """Draw from N(0, 2 / (fan_in + fan_out)): the same variance, normally distributed."""
    return random.gauss(0.0, math.sqrt(2.0 / (fan_in + fan_out)))


def he_uniform(fan_in: int, _fan_out: int, random: Random) -> float:
    """Draw uniformly from ±√(6 / fan_in): the variance of He et al., uniformly distributed."""
    bound = math.sqrt(6.0 / fan_in)
    return random.uniform(-bound, bound)


def he_normal(fan_in: int, _fan_out: int, random: Random) -> float:
    """Draw from N(0, 2 / fan_in): He et al., below equation 10."""
    return random.gauss(0.0, math.sqrt(2.0 / fan_in))


INITIALIZERS: dict[str, Callable[[int, int, Random], float]] = {
    "normal": normal,
    "xavier": xavier_uniform,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he": he_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
}
"""Every initializer by name. The short names mean the distribution that the paper itself uses."""


def draw_weights(initializer: Initializer, inputs: int, fan_out: int, random: Random) -> list[float]:
    """Return the weights of a new neuron; TypeError if the initializer gives something that is not a number."""
    draw = find_function(initializer, INITIALIZERS, "initializer")
    return [real_number(draw(inputs, fan_out, random), "a weight from the initializer") for _ in range(inputs)]
