"""The steps of a training as programs.

A batch that is the same in every epoch can be one graph and one program. A batch that changes, or is large, is summed
row by row: one program gives the loss and the gradient of a sample, another the update from their sums.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import is_
from typing import Any

from engine import Program, Value, gradients, recording
from engine.extend import read_data, real_number
from nn.checks import entries
from nn.optimizers import Optimizer, State

Model = Callable[[Any], Any]
Loss = Callable[[list[Any], list[Any]], Any]
Penalty = Callable[[], Value]


@dataclass(frozen=True)
class Objective:
    """What a training lowers: the loss of the predictions of a model, and a penalty."""

    model: Model
    loss: Loss
    penalty: Penalty | None

    @property
    def reduction(self) -> str | None:
        """What the loss declares: "mean" or "sum", or None."""
        return getattr(self.loss, "reduction", None)

    def __call__(self, inputs: Sequence[Any], targets: list[Any], predictions: Sequence[Any] = ()) -> Value:
        """Return the objective for some samples; for the first of them, there may be ``predictions`` already."""
        found = [*predictions, *map(self.model, inputs[len(predictions) :])]
        loss = self.loss(found, targets)
        if not isinstance(loss, Value):
            raise TypeError(f"the loss should be a Value that depends on the parameters, not {loss!r}")
        return loss if self.penalty is None else loss + self.penalise()

    def penalise(self) -> Value:
        """Return the penalty, 0 without one; TypeError if it is not a Value."""
        found = Value(0.0) if self.penalty is None else self.penalty()
        if not isinstance(found, Value):
            raise TypeError(f"a penalty returns a Value, as l2_penalty does, not {found!r}")
        return found


class Steps:
    """Programs that take the steps of a training, with the optimizer's state and the learning rate as leaves."""

    work: int
    """How many instructions a step on all samples takes."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.rate = Value(optimizer.learning_rate, "learning_rate")
        self.lent: list[State] = []

    def make(self, inputs: Sequence[Value], loss: Value, updates: list[tuple[Value, Value]], backend: str) -> None:
        """Make the program of a step. The leaves that it updates are the parameters and the optimizer's state."""
        parameters = set(self.optimizer.parameters)
        self.state = [leaf for leaf, _ in updates if leaf not in parameters]
        self.program = Program(inputs, [loss], updates, backend)

    @property
    def programs(self) -> tuple[Program, ...]:
        """All programs that take part."""
        return (self.program,)

    def prepare(self) -> None:
        """Compile the programs, which the first run would do otherwise."""
        self.program.repeat(0, keep=True, sums=self.sums([0]))

    def run(self, chosen: Sequence[int], count: int) -> list[float]:
        """Take ``count`` steps on the samples of these numbers; return the loss before each.

        If one fails, none is taken: the parameters and the optimizer's state are as before. The state is lent to the
        leaves, and taken back however the steps end, even by Ctrl-C.
        """
        self.rate.data = self.optimizer.learning_rate
        states = [*self.optimizer.state, self.optimizer.shared]  # In the order of `Optimizer.updates`.
        if len(states) != len(self.lent) or not all(map(is_, states, self.lent)):  # They differ from the step before.
            numbers = [number for state in states for number in state]
            for leaf, number in zip(self.state, numbers, strict=True):
                leaf.data = number
        sums = self.sums(chosen)
        try:
            return [loss for (loss,) in self.program.repeat(count, keep=True, sums=sums)]
        finally:
            now = iter(read_data(self.state))
            self.lent = [tuple(islice(now, len(state))) for state in states]
            vars(self.optimizer).update(state=self.lent[:-1], shared=self.lent[-1])  # At once, also for Ctrl-C.

    def sums(self, _chosen: Sequence[int]) -> tuple[Program, Any] | None:
        """Return a program and the rows over which its outputs are summed, if the program of a step takes such sums."""
        return None


class WholeBatch(Steps):
    """The graph of all samples and its update as one program."""

    def __init__(self, loss: Value, optimizer: Optimizer, backend: str) -> None:
        super().__init__(optimizer)
        with recording():
            updates = optimizer.updates(loss, self.rate)
        self.make([], loss, updates, backend)
        self.work = self.program.size


class NoRowsError(Exception):
    """The samples cannot be rows of numbers for one program: the message says why."""


class Rows(Steps):
    """A program for the loss and the gradient of one sample, summed over samples, and one for the update.

    Raises NoRowsError for samples that are not numbers in lists of one shape, and for a model or a loss that takes
    plain numbers only.
    """

    def __init__(self, objective: Objective, optimizer: Optimizer, backend: str, inputs: Any, targets: Any) -> None:
        super().__init__(optimizer)
        self.mean = objective.reduction == "mean"
        self.rows: list[array[float]] = []
        shapes = set()
        for pair in zip(inputs, targets, strict=True):
            (x_shape, x), (y_shape, y) = map(read_sample, pair)
            self.rows.append(array("d", x + y))
            shapes.add((x_shape, y_shape))
        if len(shapes) > 1:
            raise NoRowsError("the samples have different shapes")
        labels = [f"x{i}" for i in range(len(x))] + [f"y{i}" for i in range(len(y))]
        numbers = list(map(Value, self.rows[0], labels))
        self.sample = self._sample_program(objective, backend, numbers, *shapes.pop())
        self._make_update(objective, backend)
        self.work = len(self.rows) * self.sample.size

    def _sample_program(self, objective: Objective, backend: str, numbers: list[Value], *shapes: Any) -> Program:
        """Make the program from the numbers of a sample to its loss and the gradient by each parameter."""
        values = iter(numbers)
        x, y = (_shaped(shape, values) for shape in shapes)
        try:
            with recording():
                loss = objective.loss([objective.model(x)], [y])
                slopes = gradients(loss, self.optimizer.parameters)
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise NoRowsError(str(error)) from None  # It took plain numbers a moment ago, so it is the Values.
        self.optimizer.check_reach(loss)
        return Program(numbers, [loss, *slopes], backend=backend)

    def _make_update(self, objective: Objective, backend: str) -> None:
        """Make the program from the sums to the loss of the batch and the updates, with the penalty added once."""
        parameters = self.optimizer.parameters
        self.scale = Value(1.0, "scale")
        sums = [Value(0.0, "loss_sum"), *(Value(0.0, f"{parameter.label}_sum") for parameter in parameters)]
        with recording():
            loss, *slopes = [number * self.scale for number in sums]
            if objective.penalty is not None:
                penalty = objective.penalise()
                loss += penalty
                slopes = [a + b for a, b in zip(slopes, gradients(penalty, parameters), strict=True)]
            updates = self.optimizer.updates_from(slopes, self.rate)
        self.make(sums, loss, updates, backend)

    @property
    def programs(self) -> tuple[Program, ...]:
        """All programs that take part."""
        return self.sample, self.program

    def sums(self, chosen: Sequence[int]) -> tuple[Program, Any]:
        """Return the program of a sample and the rows of the chosen ones."""
        self.scale.data = 1.0 / len(chosen) if self.mean else 1.0
        joined = array("d")
        for number in chosen:
            joined.extend(self.rows[number])
        return self.sample, joined

    def check(self, whole: Value, chosen: Sequence[int]) -> None:
        """Raise ValueError unless ``whole``, the loss of the chosen samples, and its gradient are those of their rows.

        Two orders of additions differ by some 1e-16 of the sizes of what is added, and so may two forms of a loss that
        is small because large scores cancel.
        """
        expected = [whole.data, *(slope.data for slope in gradients(whole, self.optimizer.parameters))]
        scale = 1.0 / len(chosen) if self.mean else 1.0
        found = zip(*(self.sample.sum(self.rows[number]) for number in chosen), strict=True)
        for number, terms in zip(expected, found, strict=True):
            if abs(scale * sum(terms) - number) > 1e-12 + 1e-9 * scale * sum(map(abs, terms)):
                raise ValueError(
                    f"the loss declares that it is the {'mean' if self.mean else 'sum'} over its samples, but for the "
                    f"first {len(chosen)} that is not its value or not its gradient ({number!r}, not "
                    f"{scale * sum(terms)!r}): correct its attribute reduction or remove it; give a penalty as "
                    "penalty=, or train with backend='eager'"
                )


def read_sample(sample: Any) -> tuple[Any, list[float]]:
    """Return the nested lists of a sample, as tuples with None for each number, and the numbers; else NoRowsError."""
    parts = entries(sample)
    if parts is None:
        try:
            return None, [real_number(sample, "a sample")]
        except TypeError as error:
            raise NoRowsError(str(error)) from None
    read = list(map(read_sample, parts))
    return tuple(shape for shape, _ in read), [number for _, numbers in read for number in numbers]


def _shaped(shape: Any, values: Any) -> Any:
    """Return the next values in the lists of a shape."""
    return next(values) if shape is None else [_shaped(part, values) for part in shape]
