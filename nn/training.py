"""`train`: predict, measure, differentiate, improve; again."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from engine import DomainError, Value
from nn.arguments import entries, random_of, whole_number
from nn.interruption import Interruption
from nn.losses import mean_squared_error
from nn.module import Module
from nn.optimizers import SGD, Optimizer
from nn.progress import Progress, Report, reporting

Loss = Callable[[list[Any], list[Any]], Any]
"""A function of the predictions and the targets of a batch: one of `nn.losses`, or your own."""

Batch = tuple[list[Any], list[Any]]
"""Inputs and targets."""


_KINDS = (DomainError, ZeroDivisionError, OverflowError)
"""Errors that are raised again as what they are, with the epoch."""


@dataclass(repr=False)
class History:
    """What came of a training.

    losses       the loss of each completed epoch, from before its updates: the mean over its batches, by their sizes
    interrupted  whether Ctrl-C ended it
    """

    losses: list[float] = field(default_factory=list)
    interrupted: bool = False

    def __repr__(self) -> str:
        course = f", loss {self.losses[0]:.6g} → {self.losses[-1]:.6g}" if self.losses else ""
        return f"<History of {len(self.losses)} epochs{course}{', interrupted' if self.interrupted else ''}>"


def train(
    model: Callable[[Any], Any],
    inputs: Any,
    targets: Any,
    loss: Loss = mean_squared_error,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    backend: str = "eager",
    seed: int = 0,
    progress: Progress = None,
    schedule: Callable[[int], float] | None = None,
) -> History:
    """Fit the parameters of ``model`` so that ``loss(predictions, targets)`` falls, and return the history of it.

    model       a Module, or any function from one input to one prediction if an optimizer is given
    inputs      one entry for each sample, as the model takes it; an array will do
    targets     one entry for each sample, as the loss takes it
    loss        (predictions, targets) -> one Value
    optimizer   plain `SGD` with a learning rate of 0.1 unless given
    epochs      how many times to go through the samples
    batch_size  how many samples go into one update: all of them, in order, unless given; else as many, shuffled in each
                epoch, and in the last batch of an epoch those that remain
    backend     how gradients are computed: "eager" records each batch as a graph of Values
    seed        what fixes the shuffling
    progress    True for a progress bar (by tqdm), None for one on a terminal only, False for none, or a function to be
                called with (epoch, loss) after each epoch
    schedule    epoch -> learning rate, if it should change (see `nn.schedules`); epochs count from 0

    Ctrl-C ends the training after the running update, with the history so far; pressed twice, it drops that update.
    Raises ValueError for lengths that differ, no samples, an unknown backend, or an optimizer of another model's
    parameters, and ArithmeticError, naming the epoch, if a loss or an update is infinite or NaN (or cannot be computed
    at all): the parameters are then as before that update. Raises ValueError at the first update if the loss depends on
    no parameter that is trained, as inside ``engine.no_grad()``.
    """
    if backend != "eager":
        raise ValueError(f"there is no backend {backend!r}: the one backend is 'eager'")
    _check_functions(model, loss, schedule)
    samples = _read_samples(inputs, targets)
    epochs = whole_number(epochs, "epochs", least=0)
    size = len(samples[0]) if batch_size is None else whole_number(batch_size, "batch_size")
    training = _Training(model, samples, loss, _fitting_optimizer(model, optimizer), size, random_of(seed))
    with reporting(progress, epochs) as report:
        return training.run(epochs, schedule, report)


@dataclass
class _Training:
    """One call of `train`."""

    model: Callable[[Any], Any]
    samples: Batch
    loss: Loss
    optimizer: Optimizer
    batch_size: int
    random: Random
    history: History = field(default_factory=History)
    interruption: Interruption = field(default_factory=Interruption)

    def run(self, epochs: int, schedule: Callable[[int], float] | None, report: Report) -> History:
        """Train until the epochs are over or Ctrl-C is pressed."""
        with self.interruption:
            for epoch in range(epochs):
                if schedule is not None:
                    self.optimizer.learning_rate = schedule(epoch)
                loss = self.epoch(epoch)
                self.history.losses.append(loss)
                report(epoch, loss)
        self.history.interrupted = self.interruption.requested
        return self.history

    def epoch(self, epoch: int) -> float:
        """Go through the samples once and return the mean loss."""
        mean = 0.0
        for inputs, targets in self.batches():
            self.interruption.check()
            try:
                with _collector_paused():
                    loss = self.update(inputs, targets)
            except ArithmeticError as error:
                kind = type(error) if type(error) in _KINDS else ArithmeticError
                raise kind(f"in epoch {epoch}: {error}") from error
            mean += loss * (len(inputs) / len(self.samples[0]))
        return mean

    def batches(self) -> Iterator[Batch]:
        """Yield the batches of one epoch: everything in order if it fits into one, else shuffled and cut."""
        inputs, targets = self.samples
        if self.batch_size >= len(inputs):
            yield self.samples
            return
        order = list(range(len(inputs)))
        self.random.shuffle(order)
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield [inputs[index] for index in chosen], [targets[index] for index in chosen]

    def update(self, inputs: list[Any], targets: list[Any]) -> float:
        """Take one step of the optimizer and return the loss before it."""
        loss = self.loss([self.model(x) for x in inputs], targets)
        if not isinstance(loss, Value):
            raise TypeError(f"the loss should be a Value that depends on the parameters, not {loss!r}")
        if not self.history.losses:
            self.optimizer.check_reach(loss)
        if not math.isfinite(loss.data):
            raise ArithmeticError(f"the loss is {loss.data}: a smaller learning rate may help")
        self.optimizer.zero_grad()
        loss.backward()
        with self.interruption.uninterrupted():
            self.optimizer.step()
        return loss.data


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector away from a graph that needs none: looking through it took 30 % of a training step."""
    enabled = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if enabled:
            gc.enable()


def _check_functions(model: object, loss: object, schedule: object) -> None:
    """Raise TypeError, naming it, for what is no function."""
    if not callable(model):
        raise TypeError(f"the model is a Module that can be called, or a function of one input, not {model!r}")
    if not callable(loss):
        raise TypeError(f"loss is a function of (predictions, targets), as nn.mean_squared_error is, not {loss!r}")
    if schedule is not None and not callable(schedule):
        raise TypeError(f"schedule is a function from the epoch to a learning rate, not {schedule!r}")


def _read_samples(inputs: Any, targets: Any) -> Batch:
    """Return inputs and targets as lists of equal length."""
    xs = entries(inputs)
    ys = entries(targets)
    if xs is None or ys is None:
        raise TypeError("inputs and targets are lists (or arrays) with an entry for each sample")
    if len(xs) != len(ys):
        raise ValueError(f"there are {len(xs)} inputs, but {len(ys)} targets")
    if not xs:
        raise ValueError("there are no samples to train on")
    return xs, ys


def _fitting_optimizer(model: Callable[[Any], Any], optimizer: Optimizer | None) -> Optimizer:
    """Return the optimizer, or the default one; refused if it trains nothing of the model."""
    if optimizer is None:
        if not isinstance(model, Module):
            raise TypeError(f"only a Module knows its parameters: give an optimizer of those of {model!r}")
        return SGD(model.parameters())
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"the optimizer is an Optimizer, as in SGD(model.parameters()), not {optimizer!r}")
    if isinstance(model, Module) and not set(model.parameters()) & set(optimizer.parameters):
        raise ValueError(f"the optimizer trains no parameter of this {type(model).__name__}: it was made for others")
    return optimizer
