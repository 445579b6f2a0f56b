"""`train`: predict, measure, differentiate, improve; again.

Programs see model and loss once (and some samples before, to try them): what these compute from plain numbers or print
stays as it was then, and what reads the number of a Value is refused. Such need ``backend="eager"``. A model that
records another graph for the same samples when tried three times, as with dropout, goes that way by itself.

All samples in one batch of up to 2,000 operations are one program, and the history is that of "eager" to the last bit.
More samples, and batches that change, are summed row by row, as far as the loss is the mean or the sum of the losses of
its samples (a penalty may be added to a mean): the history differs in the order of additions, relatively by 1e-12. Any
other loss is computed as by "eager" in batches that change, and as one program in one that does not.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from engine import DomainError, RecordingError, Value
from engine.extend import collector_paused
from nn.checks import entries, random_of, whole_number
from nn.interruption import Interruption
from nn.losses import mean_squared_error
from nn.module import Module
from nn.optimizers import SGD, Optimizer
from nn.progress import Progress, Report, reporting
from nn.steps import LARGEST_GRAPH, WORK, Rows, Step, WholeBatch
from nn.trying import NotSeparableError, count_operations, is_repeatable, record_whole

Loss = Callable[[list[Any], list[Any]], Any]
"""A function of the predictions and the targets of a batch: one of `nn.losses`, or your own."""

Batch = tuple[list[Any], list[Any]]
"""Inputs and targets."""


BACKENDS = ("python", "llvm", "eager")

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
    backend: str = "python",
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
    backend     "python" records the loss once, as an `engine.Program`; "llvm" compiles that to machine code (llvmlite,
                the extra ``native``); "eager" records every batch, and leaves its gradients (more in `nn.training`)
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
    if backend not in BACKENDS:
        raise ValueError(f"there is no backend {backend!r}: choose one of {', '.join(map(repr, BACKENDS))}")
    _check_functions(model, loss, schedule)
    samples = _read_samples(inputs, targets)
    epochs = whole_number(epochs, "epochs", least=0)
    size = len(samples[0]) if batch_size is None else whole_number(batch_size, "batch_size")
    training = _Training(model, samples, loss, _fitting_optimizer(model, optimizer), size, random_of(seed), backend)
    with reporting(progress, epochs) as report:
        return training.run(epochs, schedule, report, observed=schedule is not None or callable(progress))


@dataclass
class _Training:
    """One call of `train`."""

    model: Callable[[Any], Any]
    samples: Batch
    loss: Loss
    optimizer: Optimizer
    batch_size: int
    random: Random
    backend: str
    history: History = field(default_factory=History)
    interruption: Interruption = field(default_factory=Interruption)
    way: Step | None = None
    careful_until: int = 0

    def run(self, epochs: int, schedule: Callable[[int], float] | None, report: Report, observed: bool) -> History:
        """Train until the epochs are over or Ctrl-C is pressed; one epoch at a time if each is ``observed``."""
        with self.interruption:
            if self.backend != "eager" and epochs:
                self.way = self.choose_way()
            while (epoch := len(self.history.losses)) < epochs:
                self.interruption.check()
                if schedule is not None:
                    self.optimizer.learning_rate = schedule(epoch)
                for loss in self.some_epochs(epoch, 1 if observed else epochs - epoch):
                    report(len(self.history.losses), loss)
                    self.history.losses.append(loss)
        self.history.interrupted = self.interruption.requested
        return self.history

    @property
    def is_whole(self) -> bool:
        """Whether all samples make one batch."""
        return self.batch_size >= len(self.samples[0])

    def choose_way(self) -> Step | None:
        """Build the programs; return None where batches are to be recorded one by one."""
        inputs, targets = self.samples
        if type(self.optimizer).step is not Optimizer.step:
            return None  # Programs are made of its formula, and would pass by a step of its own.
        drawn = random.getstate()  # What a model draws while it is tried is not lost to the training.
        try:
            if not is_repeatable(self.model, self.loss, inputs, targets):
                return None
            if not self.is_whole or self.count_operations() > LARGEST_GRAPH:
                try:
                    return Rows(self.model, self.loss, inputs, targets, self.optimizer, self.backend, self.batch_size)
                except NotSeparableError:
                    if not self.is_whole:
                        return None
            return WholeBatch(record_whole(self.model, self.loss, inputs, targets), self.optimizer, self.backend)
        except ArithmeticError:
            return None  # The first batch will say what is wrong, and in which epoch.
        finally:
            random.setstate(drawn)

    def count_operations(self) -> float:
        """Count those of all samples; none where the loss takes no single sample."""
        try:
            return count_operations(self.model, self.loss, *self.samples)
        except RecordingError:
            raise
        except (TypeError, ValueError, LookupError):
            return 0

    def some_epochs(self, epoch: int, most: int) -> list[float]:
        """Go through the samples once, or up to ``most`` times; return the mean loss of each time."""
        if self.way is not None and self.is_whole and epoch >= self.careful_until:
            count = max(1, min(most, WORK // self.way.work))
            try:
                if self.way.work > WORK:
                    return self.way.steps(count)
                with self.interruption.uninterrupted():
                    return self.way.steps(count)
            except ArithmeticError:
                self.careful_until = epoch + count  # One of these epochs fails. Those before it are done singly.
        return [self.epoch(epoch)]

    def epoch(self, epoch: int) -> float:
        """Go through the samples once and return the mean loss."""
        mean = 0.0
        for chosen in self.batches():
            self.interruption.check()
            try:
                loss = self.update(chosen)
            except ArithmeticError as error:
                kind = type(error) if type(error) in _KINDS else ArithmeticError
                raise kind(f"in epoch {epoch}: {error}") from error
            mean += loss * (len(chosen) / len(self.samples[0]))
        return mean

    def batches(self) -> Iterator[Sequence[int]]:
        """Yield the numbers of the samples in each batch: all in order if they fit into one, else shuffled and cut."""
        count = len(self.samples[0])
        if self.is_whole:
            yield range(count)
            return
        order = list(range(count))
        self.random.shuffle(order)
        for start in range(0, count, self.batch_size):
            yield order[start : start + self.batch_size]

    def update(self, chosen: Sequence[int]) -> float:
        """Take one step of the optimizer and return the loss before it."""
        if self.way is not None:
            try:
                return self.way.step(chosen)
            except ArithmeticError:
                pass  # Recorded as a graph, the step fails with the message that is known from there.
        inputs, targets = ([values[index] for index in chosen] for values in self.samples)
        with collector_paused():
            return self.eager_update(inputs, targets)

    def eager_update(self, inputs: list[Any], targets: list[Any]) -> float:
        """Take one step of the optimizer on a graph of Values."""
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
