"""Whether the steps of a training are worth a program, and which one.

A loss that declares its ``reduction``, the "mean" or the "sum" over the samples, can be summed row by row; any other is
recorded with all its samples or not at all. A program takes far longer to make than a graph, and more memory: few
steps, or a large graph, are left to the engine.
"""

from __future__ import annotations

import gc
import itertools
import pickle
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from engine import RecordingError, Value, no_grad, recording, topological_order
from engine.extend import values_in
from nn.batches import NoRowsError, Objective, Rows, Steps, WholeBatch, read_sample
from nn.optimizers import Optimizer

LARGEST_GRAPH = 2_000
"""The number of operations up to which a whole batch is one program rather than summed row by row."""

CHECKED = 8
"""How many samples of the first batch are computed as one graph as well, to check the sum of their rows."""


class Cost(NamedTuple):
    """What a backend costs."""

    start: float  # seconds
    make: float  # seconds an instruction
    run: float  # seconds an instruction
    memory: float  # bytes an instruction


COSTS = {
    "python": Cost(0.0, 70e-6, 0.1e-6, 1_300),
    "llvm": Cost(0.08, 250e-6, 0.002e-6, 2_500),
    "eager": Cost(0.0, 0.0, 0.35e-6, 130),  # for what would be an instruction
}
"""Measured on networks from 2-8-1 to 2-16-16-1, on batches of 1 to 100 samples."""

FREE_MEMORY = 500_000_000
"""How many bytes a program may take even where the engine would take less."""

PER_OPERATION, PER_PARAMETER, PER_STATE = 3, 2, 5
"""About how many instructions come of an operation of the loss, of a parameter, and of a number of its state."""


@contextmanager
def recording_steps() -> Iterator[None]:
    """Refuse inside, as `engine.recording` does, what a program cannot repeat, and say what can be done about it."""
    try:
        with recording():
            yield
    except RecordingError as error:
        message = f"{error}; or train with backend='eager', which records every batch anew"
        raise RecordingError(message) from None


class Draws:
    """Sees whether a number is drawn at random: the state of the generator is another then, even if nothing else is.

    All generators of the process are watched, Python's and NumPy's: a model may have one of its own, wherever it keeps
    it. What has no state is not seen: the system's random numbers (`secrets`, `os.urandom`) and the clock.
    """

    def __init__(self) -> None:
        self.states = [(generator, _state(generator)) for generator in _generators()]

    @property
    def made(self) -> bool:
        """Whether a known generator was used."""
        return any(_state(generator) != state for generator, state in self.states)

    @property
    def made_by_new(self) -> bool:
        """Whether there is a generator that was not there before."""
        known = {id(generator) for generator, _ in self.states}
        return any(id(generator) not in known for generator in _generators())


def _generators() -> list[Any]:
    """Return the generators of random numbers in this process, as far as they have a state."""
    numpy = sys.modules.get("numpy.random")
    kinds = (random.Random, numpy.RandomState, numpy.BitGenerator) if numpy else (random.Random,)
    # By their type: to ask isinstance of everything would run the code of objects that pose as others. There may be
    # millions of objects, but only thousands of types.
    objects = gc.get_objects()
    types = {kind for kind in set(map(type, objects)) if issubclass(kind, kinds)}
    generators = itertools.compress(objects, map(types.__contains__, map(type, objects)))
    return [found for found in generators if _state(found) is not None]


def _state(generator: Any) -> Any:
    """Return the state of a generator, in a form that can be compared; None if it has none."""
    if not isinstance(generator, random.Random):
        return pickle.dumps(generator.get_state(legacy=False) if hasattr(generator, "get_state") else generator.state)
    try:
        return generator.getstate()
    except NotImplementedError:  # What random.SystemRandom raises: it has no state.
        return None


@dataclass
class Planner:
    """Finds out how the steps of a training are best taken."""

    objective: Objective
    optimizer: Optimizer
    backend: str
    samples: tuple[list[Any], list[Any]]
    first: Sequence[int]
    steps: int
    predictions: list[Any] = field(default_factory=list)
    """What the model gave for the first sample of the first batch: if at random, it cannot give it again."""
    draws: Draws = field(default_factory=Draws)

    def choose(self) -> Steps | None:
        """Return the programs; None where batches are better recorded one by one, or must be: those drawn at random."""
        steps = self.make()
        return None if steps and (self.draws.made or self.draws.made_by_new) else steps

    def make(self) -> Steps | None:
        """Return programs that do the same at every step; None where they do not pay."""
        if type(self.optimizer).step is not Optimizer.step:
            return None  # Programs are made of its formula, and would ignore a step of its own.
        try:
            size = self.count_operations()
            if size is None:
                return None
            total = size * len(self.first)
            is_whole = len(self.first) == len(self.samples[0])
            if self.objective.reduction is not None and not (is_whole and total <= LARGEST_GRAPH):
                if not self.pays(size, total):
                    return None
                with suppress(NoRowsError):
                    return self.by_rows()
            if not is_whole or not self.pays(total, total):
                return None
            loss = self.record(lambda: self.objective(*self.samples))
            if loss is None or not self.pays(max(total, len(_results(loss))), total):
                return None  # The loss itself may have many operations.
            return WholeBatch(loss, self.optimizer, self.backend)
        except ArithmeticError:
            return None  # The first batch will say what is wrong, and in which epoch.

    def by_rows(self) -> Steps | None:
        """Return the programs of a sample and of the update, checked on the beginning of the first batch."""
        rows = Rows(self.objective, self.optimizer, self.backend, *self.samples)
        self.check_targets()
        chosen = self.first[:CHECKED]
        beginning = [[values[index] for index in chosen] for values in self.samples]
        plain = replace(self.objective, penalty=None)
        loss = self.record(lambda: plain(*beginning))
        if loss is None or (self.objective.penalty and self.record(self.objective.penalise) is None):
            return None
        rows.check(loss, chosen)
        return rows

    def count_operations(self) -> int | None:
        """Count the operations for a sample, with its loss if that can be separated; None if they are at random."""
        inputs, targets = ([values[self.first[0]]] for values in self.samples)
        with recording_steps():
            self.predictions = [self.objective.model(inputs[0])]
            result = self.objective.loss(self.predictions, targets) if self.objective.reduction else self.predictions
        return None if self.draws.made else len(_results(*values_in(result)))

    def pays(self, made: int, run: int) -> bool:
        """Whether programs that record ``made`` operations, and run ``run`` in each step, cost less than the engine."""
        cost, eager = COSTS[self.backend], COSTS["eager"]
        update = sum(PER_PARAMETER + PER_STATE * len(state) for state in self.optimizer.state)
        made, run = (PER_OPERATION * operations + update for operations in (made, run))
        if made * cost.memory > max(FREE_MEMORY, run * eager.memory):
            return False
        return cost.start + made * cost.make + self.steps * run * cost.run < self.steps * run * eager.run

    def record(self, compute: Callable[[], Value]) -> Value | None:
        """Return what ``compute`` records; None if a program could not repeat it.

        It cannot where random numbers are drawn, or where a second graph has another result: the numbers came from
        where no generator is seen. Nor can it where the two share a result that was computed before, and stays.
        """
        with recording_steps():
            loss, again = compute(), compute()
        shared = _results(loss) & _results(again)
        return None if loss.data != again.data or shared or self.draws.made else loss

    def check_targets(self) -> None:
        """Let the loss refuse what it will, once and for all: a program does not look at the targets it is given."""
        different = {tuple(read_sample(target)[1]): target for target in self.samples[1]}
        with no_grad():
            self.objective.loss(self.predictions * len(different), list(different.values()))


def _results(*values: Value) -> set[Value]:
    """Return the results of operations from which ``values`` were computed, themselves included."""
    return {value for value in topological_order(*values) if not value.is_leaf}
