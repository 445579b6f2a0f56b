"""One program for all seeds: a network is recorded once, and its leaves are set anew for each training.

An epoch is one run of the program. Beside the step of the optimizer it has two updates of its own: `epoch` counts the
runs, and `last_wrong` is set to that count whenever too many answers are wrong. So a thousand epochs can be run in one
go, and afterwards it is known since when the problem has been solved.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine import Program, Value, gradients, no_grad, recording, step, where
from examples.data import DataSet
from examples.study.recipes import OBJECTIVES, OPTIMIZERS, TUTORIAL, Architecture, Problem, Recipe
from nn import MLP

LARGEST_WHOLE = 2_000
"""In parameters times samples: up to there, all samples are one program; beyond, one is summed over the samples."""

NOTES = 20
"""How many losses are noted in a training, beside the first."""


@dataclass(frozen=True)
class Trial:
    """One training.

    seed      what its initial weights were drawn from
    needed    after how many epochs the problem was solved, and stayed so; None if it was not
    diverged  the epoch, counted from 0, in which the loss or a parameter became infinite or NaN; None if none did
    losses    those before the epochs of `noted_epochs`, to 6 digits; fewer if it diverged
    seconds   what it took
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
        classes = len(samples.class_names)
        self.inputs = samples.inputs
        self.targets = [self.objective.targets(chosen, classes) for chosen in samples.classes]
        # While it is recorded, a loss is computed: with weights of 0 every activation has one.
        self.model = MLP(network_sizes(architecture, samples), activation, self.objective.output, lambda *_: 0.0)
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        self.rate = Value(0.0, "learning_rate")
        self.epoch = Value(0.0, "epoch")
        self.last_wrong = Value(0.0, "last_wrong")
        parameters = len(self.optimizer.parameters)
        record = self._record_whole if parameters * len(samples) <= LARGEST_WHOLE else self._record_rows
        updates: list[tuple[Value, Value]]
        self.run: Callable[[int], tuple[float, ...]]
        with recording():
            self.run, updates = record()
        trained = set(self.optimizer.parameters)
        self.start = [(leaf, leaf.data) for leaf, _ in updates if leaf not in trained]
        self.run(1)  # Compiles now, and not in the time of the first training.

    # --- Programs -----------------------------------------------------------------------------------------------------

    def _measure(self, inputs: list[Any], targets: list[Any]) -> tuple[Any, Any]:
        """Return the loss of some samples, and how many of them are answered wrongly."""
        outputs = [as_list(self.model(x)) for x in inputs]
        wrong = [self.objective.wrong(*pair) for pair in zip(outputs, targets, strict=True)]
        return self.objective.loss(outputs, targets), sum(wrong[1:], wrong[0])

    def _record_whole(self) -> tuple[Callable[[int], tuple[float, ...]], list[tuple[Value, Value]]]:
        """Record all samples as one program; return its run of so many epochs, and what it updates."""
        loss, wrong = self._measure(self.inputs, self.targets)
        updates = self.optimizer.updates(loss, self.rate) + self._watch(wrong)
        return Program(outputs=[loss], updates=updates, backend=self.problem.backend).repeat, updates

    def _record_rows(self) -> tuple[Callable[[int], tuple[float, ...]], list[tuple[Value, Value]]]:
        """Record one sample, and the update from the sums over the samples; return as `_record_whole`."""
        backend = self.problem.backend
        xs, ts = ([Value(0.5) for _ in row] for row in (self.inputs[0], self.targets[0]))
        loss, wrong = self._measure([xs], [ts])
        outputs = [loss, wrong, *gradients(loss, self.optimizer.parameters)]
        sample = Program([*xs, *ts], outputs, backend=backend)
        rows = array("d", [n for row in zip(self.inputs, self.targets, strict=True) for part in row for n in part])

        sums = [Value(0.0) for _ in outputs]
        scale = 1.0 / len(self.inputs) if self.objective.mean else 1.0
        loss, wrong, *found = (sums[0] * scale, sums[1], *(gradient * scale for gradient in sums[2:]))
        updates = self.optimizer.updates_from(found, self.rate) + self._watch(wrong)
        update = Program(sums, [loss], updates, backend)

        def run(epochs: int) -> tuple[float, ...]:
            """Run so many epochs; return the loss of the last."""
            last: tuple[float, ...] = update.repeat(epochs, sums=(sample, rows))
            return last

        return run, updates

    def _watch(self, wrong: Any) -> list[tuple[Value, Value]]:
        """Return the updates that count the epochs and remember the last in which too many answers were wrong."""
        counted = self.epoch + 1.0
        too_many = step(wrong - (self.problem.allowed + 0.5))
        return [(self.epoch, counted), (self.last_wrong, where(too_many, counted, self.last_wrong))]

    # --- Training -----------------------------------------------------------------------------------------------------

    def train(self, recipe: Recipe, seed: int) -> Trial:
        """Train from the weights of a seed and return what came of it."""
        start = time.perf_counter()
        self._begin(recipe, seed)
        losses: list[float] = []
        diverged = None
        for epoch in noted_epochs(self.problem.epochs):
            try:
                (loss,) = self._run_until(epoch)
            except ArithmeticError:
                diverged = int(self.epoch.data)
                break
            losses.append(float(f"{loss:.6g}"))
        needed = int(self.last_wrong.data)
        solved = diverged is None and needed <= self.problem.epochs
        seconds = time.perf_counter() - start
        return Trial(seed, needed if solved else None, diverged, tuple(losses), round(seconds, 6))

    def _begin(self, recipe: Recipe, seed: int) -> None:
        """Give the leaves the numbers that a training starts from."""
        draw_weights(self.model, recipe, seed)
        self.rate.data = recipe.rate
        for leaf, number in self.start:
            leaf.data = number

    def _run_until(self, epoch: int) -> tuple[float, ...]:
        """Run to the given epoch, inclusive, and return its loss; ArithmeticError in the first epoch that fails."""
        count = epoch + 1 - int(self.epoch.data)
        try:
            return self.run(count)
        except ArithmeticError:
            for _ in range(count - 1):
                self.run(1)
            return self.run(1) if epoch < self.problem.epochs else self._final_loss()

    def _final_loss(self) -> tuple[float, ...]:
        """Return the loss after the last epoch, of which no further update is asked."""
        try:
            return self.run(1)
        except ArithmeticError:
            with no_grad():
                loss, wrong = (float(number) for number in self._measure(self.inputs, self.targets))
            if not math.isfinite(loss):
                raise
            if wrong > self.problem.allowed:
                self.last_wrong.data = self.problem.epochs + 1.0
            return (loss,)


def draw_weights(model: MLP, recipe: Recipe, seed: int) -> None:
    """Give a network the weights that a recipe draws for a seed."""
    if recipe.initializer == TUTORIAL:
        from examples.tutorial import initialize_network  # NumPy is needed for nothing else.

        inputs, hidden, outputs = model.sizes
        model.load_matrices(initialize_network(inputs, hidden, outputs, seed))
    else:
        model.reinitialize(recipe.initializer, seed)


def as_list(outputs: Any) -> list[Any]:
    """Return the outputs of a network as a list, also the only one."""
    return outputs if isinstance(outputs, list) else [outputs]
