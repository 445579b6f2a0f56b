"""One program for all seeds: a network is recorded once, and its leaves are reset for each training.

One run of the program is an epoch. Besides the optimizer's step it makes two updates: `epoch` counts the runs, and
`last_wrong` is set to that count whenever too many answers are wrong. So a thousand epochs run in one go, and then it
is known since when the problem has been solved.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from engine import Program, Value, gradients, no_grad, recording, step, where
from examples.data import DataSet
from examples.study.recipes import OBJECTIVES, OPTIMIZERS, TUTORIAL, Architecture, Problem, Recipe
from nn import MLP

LARGEST_WHOLE = 2_000
"""In parameters times samples: up to here all samples are one program; beyond, a program is summed over the samples."""

NOTES = 20
"""How many losses of a training are noted, besides the first."""

Run = Callable[[int], tuple[float, ...]]
"""Runs so many epochs, and returns the loss before the last update as a tuple of one."""


@dataclass(frozen=True)
class Trial:
    """One training.

    seed      what its initial weights were drawn from
    needed    after how many epochs the problem was solved, and stayed so; None if it was not
    diverged  the epoch, counted from 0, in which the loss or a parameter became infinite or NaN; None if none did
    losses    those before the epochs of `noted_epochs`, to 6 digits; fewer if it diverged
    seconds   how long it took
    """

    seed: int
    needed: int | None
    diverged: int | None
    losses: tuple[float, ...]
    seconds: float


def noted_epochs(epochs: int) -> list[int]:
    """Return the epochs before which the loss is noted, evenly from 0 to ``epochs``, the end."""
    return sorted({round(epochs * index / NOTES) for index in range(NOTES + 1)})


def network_sizes(architecture: Architecture, samples: DataSet) -> list[int]:
    """Return the number of inputs, then of neurons in each layer."""
    hidden, _, loss, _ = architecture
    return [len(samples.features), *hidden, OBJECTIVES[loss].count_outputs(len(samples.class_names))]


class Trainer:
    """The program of an architecture on a problem, which trains for any initializer, rate and seed."""

    def __init__(self, architecture: Architecture, problem: Problem) -> None:
        _, activation, loss, optimizer = architecture
        samples = problem.samples
        self.problem = problem
        self.objective = OBJECTIVES[loss]
        self.inputs = samples.inputs
        self.targets = [self.objective.targets(chosen, len(samples.class_names)) for chosen in samples.classes]
        # Recording computes a loss: with weights of 0, every activation has one.
        self.model = MLP(network_sizes(architecture, samples), activation, self.objective.output, lambda *_: 0.0)
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        self.rate, self.epoch, self.last_wrong = (Value(0.0, name) for name in ("learning_rate", "epoch", "last_wrong"))
        self.state = [self.epoch, self.last_wrong]
        whole = len(self.optimizer.parameters) * len(samples) <= LARGEST_WHOLE
        with recording():
            self.run = self._record_whole() if whole else self._record_rows()
        self.start = [leaf.data for leaf in self.state]
        self.run(1)  # Compiles now, and not in the time of the first training.

    def _measure(self, inputs: list[Any], targets: list[Any]) -> tuple[Any, Any]:
        """Return the loss of some samples, and how many of them are answered wrongly."""
        found = [self.model(x) for x in inputs]
        outputs = [output if isinstance(output, list) else [output] for output in found]
        wrong = [self.objective.wrong(*pair) for pair in zip(outputs, targets, strict=True)]
        return self.objective.loss(outputs, targets), sum(wrong[1:], wrong[0])

    def _record_whole(self) -> Run:
        """Record all samples as one program."""
        loss, wrong = self._measure(self.inputs, self.targets)
        updates = self._updates(gradients(loss, self.optimizer.parameters), wrong)
        return Program(outputs=[loss], updates=updates, backend=self.problem.backend).repeat

    def _record_rows(self) -> Run:
        """Record the loss and gradients of one sample, and in a second program the update by their sums."""
        xs, ts = ([Value(0.5) for _ in samples[0]] for samples in (self.inputs, self.targets))
        loss, wrong = self._measure([xs], [ts])
        outputs = [loss, wrong, *gradients(loss, self.optimizer.parameters)]
        sample = Program([*xs, *ts], outputs, backend=self.problem.backend)
        rows = array("d", chain.from_iterable(chain(*zip(self.inputs, self.targets, strict=True))))
        sums = [Value(0.0) for _ in outputs]
        scale = 1.0 / len(self.inputs) if self.objective.loss.reduction == "mean" else 1.0
        updates = self._updates([total * scale for total in sums[2:]], sums[1])
        update = Program(sums, [sums[0] * scale], updates, self.problem.backend)
        return lambda epochs: update.repeat(epochs, sums=(sample, rows))

    def _updates(self, slopes: list[Value], wrong: Any) -> list[tuple[Value, Value]]:
        """Return the updates of an epoch, given the gradients and the number of wrong answers; note its state."""
        counted = self.epoch + 1.0
        too_many = step(wrong - (self.problem.allowed + 0.5))
        watch = [(self.epoch, counted), (self.last_wrong, where(too_many, counted, self.last_wrong))]
        updates = self.optimizer.updates_from(slopes, self.rate)
        trained = set(self.optimizer.parameters)
        self.state += [leaf for leaf, _ in updates if leaf not in trained]
        return updates + watch

    def train(self, recipe: Recipe, seed: int) -> Trial:
        """Train from the weights of a seed and return what came of it."""
        began = time.perf_counter()
        draw_weights(self.model, recipe, seed)
        for leaf, number in zip([self.rate, *self.state], [recipe.rate, *self.start], strict=True):
            leaf.data = number
        losses: list[float] = []
        diverged = None
        try:
            for epoch in noted_epochs(self.problem.epochs):
                losses.append(float(f"{self._loss_before(epoch):.6g}"))
        except ArithmeticError:
            diverged = int(self.epoch.data)
        needed = int(self.last_wrong.data)
        solved = diverged is None and needed <= self.problem.epochs
        seconds = time.perf_counter() - began
        return Trial(seed, needed if solved else None, diverged, tuple(losses), round(seconds, 6))

    def _loss_before(self, epoch: int) -> float:
        """Run to the given epoch, inclusive, and return its loss; ArithmeticError in the first epoch that fails."""
        count = epoch + 1 - int(self.epoch.data)
        try:
            return self.run(count)[0]
        except ArithmeticError:
            for _ in range(count - 1):  # A run that fails changes no leaf: these stop before the one that did.
                self.run(1)
            if epoch < self.problem.epochs:
                raise
        # Only the loss of the last epoch is asked for, and its update may be what failed.
        with no_grad():
            loss, wrong = (float(number) for number in self._measure(self.inputs, self.targets))
        if not math.isfinite(loss):
            raise ArithmeticError(f"the loss is {loss}")
        if wrong > self.problem.allowed:
            self.last_wrong.data = epoch + 1.0
        return loss


def draw_weights(model: MLP, recipe: Recipe, seed: int) -> None:
    """Give a network the weights that a recipe draws for a seed."""
    if recipe.initializer == TUTORIAL:
        from examples.matrices.tutorial import initialize_network  # Nothing else needs NumPy.

        inputs, hidden, outputs = model.sizes
        model.load_matrices(initialize_network(inputs, hidden, outputs, seed))
    else:
        model.reinitialize(recipe.initializer, seed)
