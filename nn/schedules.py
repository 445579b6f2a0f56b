"""Schedules: the learning rate as a function of the epoch, counted from 0.

    schedule = CosineSchedule(0.1, epochs=500)
    history = train(model, X, Y, epochs=500, schedule=schedule)     # train does, before each epoch,
    optimizer.learning_rate = schedule(epoch)                       # what a loop of your own does

Any function from the epoch to a number will do as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nn.checks import nonnegative, positive, whole_number


def _validate(schedule: Any, checks: dict[str, Any]) -> None:
    """Store the settings of a schedule as their checks return them."""
    for name, check in checks.items():
        object.__setattr__(schedule, name, check(getattr(schedule, name), name))


@dataclass(frozen=True)
class StepSchedule:
    """initial · factor^⌊epoch / every⌋: constant, then multiplied by ``factor`` every so many epochs.

    Raises ValueError unless initial is at least 0, every at least 1 and factor above 0.
    """

    initial: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        _validate(self, {"initial": nonnegative, "every": whole_number, "factor": positive})

    def __call__(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        return _scaled(self.initial, self.factor, _epoch(epoch) // self.every)


@dataclass(frozen=True)
class ExponentialSchedule:
    """initial · factor^epoch.

    Raises ValueError unless initial is at least 0 and factor above 0.
    """

    initial: float
    factor: float

    def __post_init__(self) -> None:
        _validate(self, {"initial": nonnegative, "factor": positive})

    def __call__(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        return _scaled(self.initial, self.factor, _epoch(epoch))


@dataclass(frozen=True)
class CosineSchedule:
    """final + (initial - final) · (1 + cos(π · epoch / epochs)) / 2, and ``final`` from ``epochs`` on.

    Half a wave down, without the restarts: Loshchilov and Hutter 2017 (arXiv:1608.03983), equation 5. Raises ValueError
    unless initial and final are at least 0 and epochs at least 1.
    """

    initial: float
    epochs: int
    final: float = 0.0

    def __post_init__(self) -> None:
        _validate(self, {"initial": nonnegative, "epochs": whole_number, "final": nonnegative})

    def __call__(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        progress = min(_epoch(epoch), self.epochs) / self.epochs
        return self.final + (self.initial - self.final) * (1.0 + math.cos(math.pi * progress)) / 2.0


def _scaled(initial: float, factor: float, times: int) -> float:
    """Return initial · factor^times; OverflowError if that is too large for a float."""
    try:
        rate = initial * factor**times
    except OverflowError:
        rate = math.inf
    if rate == math.inf:
        raise OverflowError(f"the learning rate {initial!r} times {factor!r} to the power {times} is too large")
    return rate


def _epoch(epoch: int) -> int:
    """Return the epoch, checked: a whole number of at least 0."""
    return whole_number(epoch, "the epoch", least=0)
