"""What a study varies, what it is tried on, and when an answer counts as right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import product
from typing import Any

from engine import step
from examples.data import DATA_SETS, DataSet, Standardizer
from nn import (
    SGD,
    Adam,
    RMSProp,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_sum_of_squares,
    hinge,
    mean_squared_error,
)
from nn.activations import named_activations
from nn.initializers import INITIALIZERS
from nn.optimizers import Optimizer

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
        """What its program is made for. The rest, initial weights and the rate, are numbers in the leaves."""
        return self.hidden, self.activation, self.loss, self.optimizer

    def settings(self) -> dict[str, str]:
        """Return each setting as it is written in tables and on the command line."""
        return {name: written(value) for name, value in vars(self).items()}


SETTINGS = tuple(field.name for field in fields(Recipe))
"""The names of what is varied."""


def written(setting: tuple[int, ...] | str | float) -> str:
    """Return a setting as text: ``16,16`` for two hidden layers, ``0.1`` for a rate."""
    if isinstance(setting, tuple):
        return ",".join(map(str, setting))
    return setting if isinstance(setting, str) else repr(setting).removesuffix(".0")


def grid(**choices: Iterable[Any]) -> list[Recipe]:
    """Return the recipes with every combination of the settings that are given for each name; the last varies first."""
    lists = [list(dict.fromkeys(choices[name])) for name in SETTINGS]
    return [Recipe(*settings) for settings in product(*lists)]


# --- Losses, and what they take for an answer -------------------------------------------------------------------------


@dataclass(frozen=True)
class Objective:
    """A loss, and how a class is told to it.

    loss        a function of predictions and targets
    output      the activation of the last layer
    low, high   the targets that say "not this class" and "this class"
    threshold   an only output above it means the second class
    mean        whether the loss of a batch is the mean of those of its samples; else it is their sum
    one_output  whether two classes share one output
    """

    loss: Callable[[Any, Any], Any]
    output: str = "sigmoid"
    low: float = 0.0
    high: float = 1.0
    threshold: float = 0.5
    mean: bool = True
    one_output: bool = True

    def count_outputs(self, classes: int) -> int:
        """How many outputs tell so many classes apart."""
        return 1 if classes == 2 and self.one_output else classes

    def targets(self, chosen: int, classes: int) -> list[float]:
        """Return the target of each output for a sample of the class ``chosen``."""
        if self.count_outputs(classes) == 1:
            return [self.high if chosen == 1 else self.low]
        return [self.high if index == chosen else self.low for index in range(classes)]

    def wrong(self, outputs: list[Any], targets: list[Any]) -> Any:
        """Return 1 if the outputs say another class than the targets, or none; else 0. Numbers or Values will do."""
        span = self.high - self.low
        if len(outputs) == 1:
            side = (targets[0] - self.low) * (2.0 / span) - 1.0
            return 1.0 - step(side * (outputs[0] - self.threshold))
        chosen = [(target - self.low) * (1.0 / span) for target in targets]
        score = sum((weight * output for weight, output in zip(chosen, outputs, strict=True)), 0.0)
        # The chosen output is to be above all others; itself it passes, being 1 above the score less its weight.
        ahead = [step(score - output + weight) for weight, output in zip(chosen, outputs, strict=True)]
        return 1.0 - math.prod(ahead)


OBJECTIVES = {
    "half_sum_of_squares": Objective(half_sum_of_squares, mean=False),
    "mean_squared_error": Objective(mean_squared_error),
    "binary_cross_entropy": Objective(binary_cross_entropy),
    "binary_cross_entropy_with_logits": Objective(binary_cross_entropy_with_logits, "linear", threshold=0.0),
    "hinge": Objective(hinge, "linear", low=-1.0, threshold=0.0),
    "cross_entropy": Objective(cross_entropy, "linear", one_output=False),
}

OPTIMIZERS: dict[str, Callable[[list[Any]], Optimizer]] = {
    "sgd": SGD,
    "momentum": lambda parameters: SGD(parameters, momentum=0.9),
    "nesterov": lambda parameters: SGD(parameters, momentum=0.9, nesterov=True),
    "rmsprop": RMSProp,
    "adam": Adam,
}

TUTORIAL = "tutorial"
"""The initializer that draws with NumPy's generator what the tutorial draws for a seed."""

INITIALIZERS_BY_NAME = (*INITIALIZERS, TUTORIAL)


def activations() -> list[str]:
    """Return the names of the activations that have a value everywhere."""
    return [name for name, function in named_activations().items() if _is_defined(function)]


def _is_defined(function: Callable[[float], float]) -> bool:
    """Whether a function has a value from -10 to 10, in steps of a half."""
    try:
        return all(math.isfinite(function(x / 2.0)) for x in range(-20, 21))
    except ArithmeticError:
        return False


# --- The problem ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What the recipes are tried on, and for how long.

    data      a name of `DATA_SETS`
    options   what its function is called with, as pairs (name, number)
    epochs    how many updates each training has, on all samples at once
    accuracy  the share of the samples that has to be answered rightly for the problem to be solved
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
        """How many wrong answers a network that has solved the problem may give."""
        count = len(self.samples)
        return count - math.ceil(self.accuracy * count - 1e-9)


@lru_cache(maxsize=4)
def _load(data: str, options: tuple[tuple[str, float], ...]) -> DataSet:
    """Generate or read a data set."""
    found = DATA_SETS[data](**dict(options))
    if data != "iris":
        return found
    return DataSet(
        found.name, Standardizer(found.inputs).apply(found.inputs), found.classes, found.features, found.class_names
    )
