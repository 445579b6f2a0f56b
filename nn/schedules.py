"""Schedules: the learning rate as a function of the epoch, counted from 0.

    schedule = CosineSchedule(0.1, epochs=500)
    history = train(model, X, Y, epochs=500, schedule=schedule)     # train does, before each epoch,
    optimizer.learning_rate = schedule(epoch)                       # what a loop of your own does

Any function from the epoch to a number will do as well.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from nn.checks import nonnegative, positive, whole_number


class _Schedule(ABC):
    """What the schedules share: their settings and the epoch are checked."""

    def __post_init__(self) -> None:
        for name, given in vars(self).items():
            check = {"every": whole_number, "epochs": whole_number, "factor": positive}.get(name, nonnegative)
            object.__setattr__(self, name, check(given, name))

    def __call__(self, epoch: int) -> float:
        """Return the learning rate of an epoch, a whole number of at least 0."""
        return self._rate(whole_number(epoch, "the epoch", least=0))

    @abstractmethod
    def _rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch that has been checked."""


@dataclass(frozen=True)
class StepSchedule(_Schedule):
    """initial · factor^⌊epoch / every⌋: constant, then multiplied by ``factor`` every so many epochs.

    Raises ValueError unless initial is at least 0, every at least 1 and factor above 0.
    """

    initial: float
    every: int
    factor: float = 0.1

    def _rate(self, epoch: int) -> float:
        return _scaled(self.initial, self.factor, epoch // self.every)


@dataclass(frozen=True)
class ExponentialSchedule(_Schedule):
    """initial · factor^epoch. Raises ValueError unless initial is at least 0 and factor above 0."""

    initial: float
    factor: float

    def _rate(self, epoch: int) -> float:
        return _scaled(self.initial, self.factor, epoch)


@dataclass(frozen=True)
class CosineSchedule(_Schedule):
    """final + (initial - final) · (1 + cos(π · epoch / epochs)) / 2, and ``final`` from ``epochs`` on.

    Half a wave down, without the restarts: Loshchilov and Hutter 2017 (arXiv:1608.03983), equation 5. Raises ValueError
    unless initial and final are at least 0 and epochs at least 1.
    """

    initial: float
    epochs: int
    final: float = 0.0

    def _rate(self, epoch: int) -> float:
        progress = min(epoch, self.epochs) / self.epochs
        return self.final + (self.initial - self.final) * (1.0 + math.cos(math.pi * progress)) / 2.0


def _scaled(initial: float, factor: float, times: int) -> float:
    """Return initial · factor^times; OverflowError if that is too large for a float."""
    try:
        rate = initial * factor**times
    except OverflowError:
        rate = math.inf if initial else 0.0
    if rate == math.inf:
        raise OverflowError(f"the learning rate {initial!r} times {factor!r} to the power {times} is too large")
    return rate
