"""`train`: predict, measure, differentiate, improve; again.

A program sees model and loss only while it is recorded: what they compute from plain numbers or print stays as it was
then, and reading the number of a Value is refused. Such a model needs ``backend="eager"``. A model that draws at
random, as with dropout, goes that way by itself: it is recognised by the changed state of a generator, whether that of
`random`, of NumPy, or one of its own. Numbers from the system (`secrets`, `os.urandom`) or from the clock have no such
state: they are noticed only if a second recording has another result, so ask for "eager" there.

All samples in one batch of up to 2,000 operations have the history of "eager" to the last bit. More samples, and
batches that change, are summed row by row if the loss declares its ``reduction`` (see `nn.losses`): the history then
differs in the order of additions, by 1e-12. Where a program costs more time than it saves, or much more memory,
"eager" is taken: for a few hundred steps of a whole batch, or for a graph of 100,000 operations (see `nn.planning`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any

from engine import DomainError, Program
from engine.extend import collector_paused
from nn.batches import Loss, Model, Objective, Penalty, Steps
from nn.checks import entries, is_installed, random_of, whole_number
from nn.interruption import Interruption
from nn.losses import mean_squared_error
from nn.module import Module
from nn.optimizers import SGD, Optimizer
from nn.planning import Planner, recording_steps
from nn.progress import Progress, Report, announcing, reporting

BACKENDS = ("python", "llvm", "eager")

WORK = 3_000_000
"""How many instructions are run between two looks at Ctrl-C: a tenth of a second in Python."""

PATIENCE = 0.5
"""How many seconds an update may take (of the processor's time) to be finished after Ctrl-C."""

_KINDS = (DomainError, ZeroDivisionError, OverflowError)  # They are raised again as what they are, with the epoch.


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
    model: Model,
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
    penalty: Penalty | None = None,
) -> History:
    """Fit the parameters of ``model`` so that ``loss(predictions, targets)`` falls, and return the history of it.

    model       a Module, or any function from one input to one prediction if an optimizer is given
    inputs      one entry for each sample, as the model takes it; an array will do
    targets     one entry for each sample, as the loss takes it
    loss        (predictions, targets) -> one Value; a loss of your own may declare its ``reduction`` (see `nn.losses`)
    optimizer   plain `SGD` with a learning rate of 0.1 unless given
    epochs      how many times to go through the samples
    batch_size  how many samples go into one update: all of them, in order, unless given; else as many, shuffled in each
                epoch, and in the last batch of an epoch those that remain
    backend     "python" records the loss once, as an `engine.Program`; "llvm" compiles that to machine code (it needs
                llvmlite), which pays from some 2,000 steps on, where a sample of a batch counts as one if rows are
                summed; "eager" records every batch, and leaves its gradients: it is taken by itself for less than some
                300 steps (more in `nn.training`; the costs behind the numbers are `nn.planning.COSTS`)
    seed        what fixes the shuffling
    progress    True for a progress bar (by tqdm), None for one on a terminal only, False for none, or a function to be
                called with (epoch, loss) after each epoch
    schedule    epoch -> learning rate, if it should change (see `nn.schedules`); epochs count from 0
    penalty     () -> one Value, added once to the loss of every batch: ``lambda: l2_penalty(model.parameters(), 1e-4)``

    Ctrl-C ends the training after the running update, with the history so far; pressed twice, it drops that update, as
    it does at once where updates take longer than half a second, and in the first.
    Raises ValueError for lengths that differ, no samples, an unknown backend, an optimizer of another model's
    parameters, or a ``reduction`` by which rows cannot be summed, and ArithmeticError, naming the epoch, if a loss or
    an update is infinite or NaN (or cannot be computed at all): the parameters are then as before that update. Raises
    ValueError at the first update if the loss depends on no parameter that is trained, as inside ``engine.no_grad()``.
    """
    _check_backend(backend)
    _check_functions(model, loss, schedule, penalty)
    samples = _read_samples(inputs, targets)
    epochs = whole_number(epochs, "epochs", least=0)
    size = len(samples[0]) if batch_size is None else whole_number(batch_size, "batch_size")
    objective = Objective(model, loss, penalty)
    optimizer = _fitting_optimizer(model, optimizer)
    training = _Training(objective, samples, optimizer, size, random_of(seed), backend, progress)
    with reporting(progress, epochs) as report:
        return training.run(epochs, schedule, report)


@dataclass
class _Training:
    """One call of `train`."""

    objective: Objective
    samples: tuple[list[Any], list[Any]]
    optimizer: Optimizer
    batch_size: int
    random: Random
    backend: str
    progress: Progress
    history: History = field(default_factory=History)
    interruption: Interruption = field(default_factory=Interruption)
    steps: Steps | None = None
    batches: list[Sequence[int]] = field(default_factory=list)
    predictions: list[Any] = field(default_factory=list)
    careful_until: int = 0
    is_slow: bool = True

    def run(self, epochs: int, schedule: Callable[[int], float] | None, report: Report) -> History:
        """Train until the epochs are over or Ctrl-C is pressed; one epoch at a time if somebody looks at each."""
        most = 1 if schedule is not None or callable(self.progress) else epochs
        with self.interruption:
            if self.backend != "eager" and epochs:
                self.plan(epochs)
            while (epoch := len(self.history.losses)) < epochs:
                self.interruption.check()
                if schedule is not None:
                    self.optimizer.learning_rate = schedule(epoch)
                for loss in self.some_epochs(epoch, min(most, epochs - epoch)):
                    report(len(self.history.losses), loss)
                    self.history.losses.append(loss)
        self.history.interrupted = self.interruption.requested
        return self.history

    def plan(self, epochs: int) -> None:
        """Make the programs, where they are worth it, and compile them."""
        self.batches = self.new_batches()
        count = epochs * len(self.batches)
        planner = Planner(self.objective, self.optimizer, self.backend, self.samples, self.batches[0], count)
        with announcing("recording a program", self.progress), self.interruption.at_once():
            self.steps = planner.choose()
        if self.steps is not None:
            size = sum(program.size for program in self.steps.programs)
            with announcing(f"compiling {size:,} instructions", self.progress), self.interruption.at_once():
                self.steps.prepare()
        self.predictions = [] if self.steps else planner.predictions

    def some_epochs(self, epoch: int, most: int) -> list[float]:
        """Go through the samples once, or up to ``most`` times; return the mean loss of each time."""
        everything = range(len(self.samples[0]))
        if self.steps is not None and self.batch_size >= len(everything) and epoch >= self.careful_until:
            count = max(1, min(most, WORK // self.steps.work))
            held = self.interruption.uninterrupted() if self.steps.work <= WORK else self.patience()
            try:
                with held:
                    return self.steps.run(everything, count)
            except ArithmeticError:
                self.careful_until = epoch + count  # One of these epochs fails. Those before it are done singly.
        mean = 0.0
        batches, self.batches = self.batches or self.new_batches(), []
        for chosen in batches:
            self.interruption.check()
            try:
                with self.patience():
                    loss = self.update(chosen)
            except ArithmeticError as error:
                kind = type(error) if type(error) in _KINDS else ArithmeticError
                raise kind(f"in epoch {epoch}: {error}") from error
            mean += loss * (len(chosen) / len(everything))
        return [mean]

    @contextmanager
    def patience(self) -> Iterator[None]:
        """Inside, an update is finished after Ctrl-C if the one before was quick. A slow one, or the first, is not."""
        began = time.process_time()
        with self.interruption.at_once() if self.is_slow else nullcontext():
            yield
        self.is_slow = time.process_time() - began > PATIENCE

    def new_batches(self) -> list[Sequence[int]]:
        """Return the numbers of the samples in each batch: all in order if they fit into one, else shuffled and cut."""
        count = len(self.samples[0])
        if self.batch_size >= count:
            return [range(count)]
        order = list(range(count))
        self.random.shuffle(order)
        return [order[start : start + self.batch_size] for start in range(0, count, self.batch_size)]

    def update(self, chosen: Sequence[int]) -> float:
        """Take one step of the optimizer and return the loss before it."""
        if self.steps is not None:
            try:
                return self.steps.run(chosen, 1)[0]
            except ArithmeticError:
                pass  # Recorded as a graph, the step fails with the message that is known from there.
        inputs, targets = ([values[index] for index in chosen] for values in self.samples)
        predictions, self.predictions = self.predictions, []
        is_first = not self.history.losses
        with collector_paused(), announcing("recording a batch", self.progress) if is_first else nullcontext():
            with recording_steps() if is_first and self.backend != "eager" else nullcontext():
                loss = self.objective(inputs, targets, predictions)
            if is_first:
                self.optimizer.check_reach(loss)
            if not math.isfinite(loss.data):
                raise ArithmeticError(f"the loss is {loss.data}: a smaller learning rate may help")
            self.optimizer.zero_grad()
            loss.backward()
            with self.interruption.uninterrupted():
                self.optimizer.step()
            return loss.data


def _check_backend(backend: str) -> None:
    """Raise ValueError for an unknown backend, ModuleNotFoundError for machine code without llvmlite."""
    if backend not in BACKENDS:
        raise ValueError(f"there is no backend {backend!r}: choose one of {', '.join(map(repr, BACKENDS))}")
    if backend == "llvm" and not is_installed("llvmlite"):
        Program(backend=backend)  # It says what to install, even where no program would turn out to be worth making.


def _check_functions(model: object, loss: object, schedule: object, penalty: object) -> None:
    """Raise TypeError, naming it, for what is not a function, and ValueError for an unknown reduction."""
    per_batch = "a function without arguments (put lambda: before it, so that it is computed for every batch)"
    for name, given, what in [
        ("the model", model, "a Module that can be called, or a function of one input"),
        ("loss", loss, "a function of (predictions, targets), as nn.mean_squared_error is"),
        ("schedule", abs if schedule is None else schedule, "a function from the epoch to a learning rate"),
        ("penalty", abs if penalty is None else penalty, per_batch),
    ]:
        if not callable(given):
            raise TypeError(f"{name} is {what}, not {given!r}")
    reduction = getattr(loss, "reduction", None)
    if reduction not in (None, "mean", "sum"):
        raise ValueError(f"the reduction of a loss is 'mean' or 'sum', not {reduction!r}")


def _read_samples(inputs: Any, targets: Any) -> tuple[list[Any], list[Any]]:
    """Return inputs and targets as lists of equal length."""
    xs, ys = entries(inputs), entries(targets)
    if xs is None or ys is None:
        raise TypeError("inputs and targets are lists (or arrays) with an entry for each sample")
    if len(xs) != len(ys):
        raise ValueError(f"there are {len(xs)} inputs, but {len(ys)} targets")
    if not xs:
        raise ValueError("there are no samples to train on")
    return xs, ys


def _fitting_optimizer(model: Model, optimizer: Optimizer | None) -> Optimizer:
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
