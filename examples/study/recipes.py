"""What a study varies, what it is tried on, and when an answer counts as right."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from itertools import product
from typing import Any

import nn
from engine import step
from examples.data import DATA_SETS, DataSet, Standardizer
from nn.activations import named_activations
from nn.initializers import INITIALIZERS

Architecture = tuple[tuple[int, ...], str, str, str]
"""What a program is made for: hidden sizes, activation, loss and optimizer."""


@dataclass(frozen=True)
class Recipe:
    """A way to train a network.

    hidden       the number of neurons in each hidden layer
    activation   that of the hidden layers, a name of `activations`
    loss         a name of `OBJECTIVES`
    initializer  a name of `INITIALIZERS_BY_NAME`
    optimizer    a name of `OPTIMIZERS`
    rate         the learning rate
    """

    hidden: tuple[int, ...]
    activation: str
    loss: str
    initializer: str
    optimizer: str
    rate: float

    @property
    def architecture(self) -> Architecture:
        """What its program is made for; the rest, initial weights and rate, are numbers in the leaves."""
        return self.hidden, self.activation, self.loss, self.optimizer

    def settings(self) -> dict[str, str]:
        """Return each setting as tables and the command line write it: ``16,16`` hidden neurons, a rate of ``1``."""
        sizes, rate = ",".join(map(str, self.hidden)), repr(self.rate).removesuffix(".0")
        return vars(self) | {"hidden": sizes, "rate": rate}


SETTINGS = tuple(field.name for field in fields(Recipe))
"""The names of what is varied."""


def grid(choices: Mapping[str, Any]) -> list[Recipe]:
    """Return the recipes with every combination of what ``choices`` lists for each setting; the last varies first."""
    return [Recipe(*settings) for settings in product(*(dict.fromkeys(choices[name]) for name in SETTINGS))]


@dataclass(frozen=True)
class Objective:
    """A loss, and how it is told a class.

    loss        a function of predictions and targets, one of nn's
    output      the activation of the last layer
    low, high   the targets that say "not this class" and "this class"
    threshold   a single output above it means the second class
    one_output  whether two classes share one output
    """

    loss: Any
    output: str = "sigmoid"
    low: float = 0.0
    high: float = 1.0
    threshold: float = 0.5
    one_output: bool = True

    def count_outputs(self, classes: int) -> int:
        """Return how many outputs tell so many classes apart."""
        return 1 if classes == 2 and self.one_output else classes

    def targets(self, chosen: int, classes: int) -> list[float]:
        """Return the target of each output for a sample of the class ``chosen``; a single output tells the last one."""
        every = [self.high if number == chosen else self.low for number in range(classes)]
        return every[-self.count_outputs(classes) :]

    def wrong(self, outputs: list[Any], targets: list[Any]) -> Any:
        """Return 0 if the outputs tell the class of the targets, 1 if another or none; for numbers and for Values."""
        span = self.high - self.low
        if len(outputs) == 1:
            side = (targets[0] - self.low) * (2.0 / span) - 1.0
            return 1.0 - step(side * (outputs[0] - self.threshold))
        chosen = [(target - self.low) * (1.0 / span) for target in targets]
        score = sum((weight * output for weight, output in zip(chosen, outputs, strict=True)), 0.0)
        # The chosen output must exceed all others; adding its weight, 1, lets it pass against itself.
        ahead = [step(score - output + weight) for weight, output in zip(chosen, outputs, strict=True)]
        return 1.0 - math.prod(ahead)


OBJECTIVES = {
    "half_sum_of_squares": Objective(nn.half_sum_of_squares),
    "mean_squared_error": Objective(nn.mean_squared_error),
    "binary_cross_entropy": Objective(nn.binary_cross_entropy),
    "binary_cross_entropy_with_logits": Objective(nn.binary_cross_entropy_with_logits, "linear", threshold=0.0),
    "hinge": Objective(nn.hinge, "linear", low=-1.0, threshold=0.0),
    "cross_entropy": Objective(nn.cross_entropy, "linear", one_output=False),
}

OPTIMIZERS: dict[str, Callable[[list[Any]], nn.Optimizer]] = {
    "sgd": nn.SGD,
    "momentum": partial(nn.SGD, momentum=0.9),
    "nesterov": partial(nn.SGD, momentum=0.9, nesterov=True),
    "rmsprop": nn.RMSProp,
    "adam": nn.Adam,
}

TUTORIAL = "tutorial"
"""The initializer that draws, with NumPy's generator, what the tutorial draws for a seed."""

INITIALIZERS_BY_NAME = (*INITIALIZERS, TUTORIAL)


def activations() -> list[str]:
    """Return the names of the activations that have a value everywhere from -10 to 10, in steps of a half."""
    names = []
    for name, function in named_activations().items():
        with suppress(ArithmeticError):
            if all(math.isfinite(function(x / 2.0)) for x in range(-20, 21)):
                names.append(name)
    return names


@dataclass(frozen=True)
class Problem:
    """What the recipes are tried on, and for how long.

    data      a name of `DATA_SETS`
    options   the arguments of its function, as pairs (name, number)
    epochs    how many updates a training makes, each on all samples
    accuracy  the share of the samples that has to be answered correctly for the problem to be solved
    backend   "python" or "llvm"
    """

    data: str
    options: tuple[tuple[str, float], ...]
    epochs: int
    accuracy: float
    backend: str

    @property
    def samples(self) -> DataSet:
        """The samples, standardised where they are measurements."""
        return _load(self.data, self.options)

    @property
    def allowed(self) -> int:
        """How many wrong answers a network may give that has solved the problem."""
        count = len(self.samples)
        return count - math.ceil(self.accuracy * count - 1e-9)


@lru_cache(maxsize=4)
def _load(data: str, options: tuple[tuple[str, float], ...]) -> DataSet:
    """Generate or read a data set."""
    found = DATA_SETS[data](**dict(options))
    return found if data != "iris" else replace(found, inputs=Standardizer(found.inputs).apply(found.inputs))
