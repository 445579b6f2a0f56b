"""The ways to take a step of training: on a graph that is recorded anew each time, or by a program recorded once.

A *whole* batch that is the same in every epoch can be one graph, and the program made of it does what the graph would
do, to the last bit. A batch that changes, or is large, is summed row by row: one program gives the loss and the
gradient of a sample, another the update from their sums.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter, is_
from typing import Any, Protocol

from engine import Program, Value, gradients, recording
from engine.extend import real_number
from nn.checks import entries
from nn.optimizers import Optimizer, State
from nn.trying import Loss, Model, NotSeparableError, find_reduction, record_whole

Kind = tuple[float, ...]
"""The numbers of a target, where each has a program of its own."""

LARGEST_GRAPH = 2_000
"""The number of operations up to which a whole batch is one recorded graph."""

WORK = 3_000_000
"""How many instructions are run between two looks at Ctrl-C: a tenth of a second in Python."""

MOST_CHECKED = 16
"""How many samples of the first batch are computed by the engine as well."""

MOST_TARGETS = 20
"""Of how many different targets a program each is made, where targets cannot be Values (the numbers of classes)."""


_number = attrgetter("_data")  # `data` asks for each whether a program is being recorded.


class Step(Protocol):
    """A way to take a step."""

    def step(self, chosen: Sequence[int]) -> float:
        """Take one step on the samples of these numbers; return the loss before it."""

    def steps(self, count: int) -> list[float]:
        """Take up to ``count`` steps on all samples, one at least; return the loss before each.

        If one fails, none is taken: the parameters and what the optimizer remembers are as before.
        """

    @property
    def work(self) -> int:
        """How many instructions a step on all samples takes."""


class _Stateful:
    """What the programs have beside parameters: leaves for the learning rate and for what the optimizer remembers."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.rate = Value(optimizer.learning_rate, "learning_rate")
        self.state: list[tuple[Value, ...]] = []
        self.saved: list[State] = []

    def watch(self, updates: list[tuple[Value, Value]]) -> list[tuple[Value, Value]]:
        """Note which updated leaves are the optimizer's state: they follow their parameter."""
        leaves = iter(updates)
        for numbers in self.optimizer.state:
            next(leaves)
            self.state.append(tuple(next(leaves)[0] for _ in numbers))
        return updates

    def load(self) -> None:
        """Give the leaves the optimizer's numbers, but for those that they have from the step before."""
        self.rate.data = self.optimizer.learning_rate
        given = self.optimizer.state
        if len(given) == len(self.saved) and all(map(is_, given, self.saved)):
            return
        for leaves, numbers in zip(self.state, given, strict=True):
            for leaf, number in zip(leaves, numbers, strict=True):
                leaf.data = number

    def save(self) -> None:
        """Give the optimizer the numbers of the leaves."""
        self.saved = [tuple(map(_number, leaves)) for leaves in self.state]
        self.optimizer.state = list(self.saved)

    @contextmanager
    def state_in_leaves(self) -> Iterator[None]:
        """Let the leaves have what the optimizer remembers, and take it back however the block ends.

        The leaves are changed together with the parameters or not at all: the optimizer follows, were it for Ctrl-C.
        """
        self.load()
        try:
            yield
        finally:
            self.save()


class WholeBatch(_Stateful):
    """All samples as one recorded graph, with its update one program."""

    def __init__(self, loss: Value, optimizer: Optimizer, backend: str) -> None:
        super().__init__(optimizer)
        with recording():
            updates = self.watch(optimizer.updates(loss, self.rate))
        self.program = Program(outputs=[loss], updates=updates, backend=backend)
        self.work = len(self.program.instructions)

    def step(self, _chosen: Sequence[int]) -> float:
        """Take one step on all samples."""
        return self.steps(1)[0]

    def steps(self, count: int) -> list[float]:
        """Take ``count`` steps."""
        with self.state_in_leaves():
            return [loss for (loss,) in self.program.repeat(count, keep=True)]


class Rows(_Stateful):
    """A program for the loss and the gradient of one sample, summed over samples, and one for the update.

    Raises NotSeparableError where that is not possible: for a loss that is neither the mean nor the sum of the losses
    of its samples, for samples that are not numbers in lists of one shape, and for targets that the loss takes as
    numbers only, if they are of more than `MOST_TARGETS` kinds.
    """

    def __init__(
        self,
        model: Model,
        loss: Loss,
        inputs: Sequence[Any],
        targets: Sequence[Any],
        optimizer: Optimizer,
        backend: str,
        batch_size: int,
    ) -> None:
        super().__init__(optimizer)
        self.mean = find_reduction(model, loss, inputs, targets, optimizer.parameters) == "mean"
        xs, ys = [_flat(x) for x in inputs], [_flat(y) for y in targets]
        shapes = _shape(inputs[0]), _shape(targets[0])
        if any(_shape(x) != shapes[0] for x in inputs) or any(_shape(y) != shapes[1] for y in targets):
            raise NotSeparableError("the samples have different shapes")
        try:
            adding = _gradient_program(model, loss, shapes, len(xs[0]), len(ys[0]), None, optimizer, backend)
            self.kinds: dict[Kind, Program] = {(): adding}
            self.rows = [array("d", (*x, *y)) for x, y in zip(xs, ys, strict=True)]
            self.kind_of: list[Kind] = [()] * len(xs)
        except NotSeparableError:
            distinct = list(dict.fromkeys(map(tuple, ys)))
            if len(distinct) > MOST_TARGETS:
                raise
            examples = {tuple(y): target for y, target in zip(ys, targets, strict=True)}
            self.kinds = {
                kind: _gradient_program(model, loss, shapes, len(xs[0]), 0, [examples[kind]], optimizer, backend)
                for kind in distinct
            }
            self.rows = [array("d", x) for x in xs]
            self.kind_of = [tuple(y) for y in ys]
        self.scale = Value(1.0, "scale")
        sums = [Value(0.0, "loss_sum"), *(Value(0.0, f"{p.label}_sum") for p in optimizer.parameters)]
        with recording():
            found = [gradient * self.scale for gradient in sums[1:]]
            updates = self.watch(optimizer.updates_from(found, self.rate))
            self.update = Program(sums, [sums[0] * self.scale], updates, backend)
        self.work = len(xs) * max(len(program.instructions) for program in self.kinds.values())
        self._check_first_batch(model, loss, inputs[:batch_size], targets[:batch_size])

    def _check_first_batch(self, model: Model, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any]) -> None:
        """Raise NotSeparableError if the sums are not the loss and the gradient of a batch, or of its beginning."""
        inputs, targets = inputs[:MOST_CHECKED], targets[:MOST_CHECKED]
        result = record_whole(model, loss, inputs, targets)
        expected = [result.data, *(gradient.data for gradient in gradients(result, self.optimizer.parameters))]
        scale = 1.0 / len(inputs) if self.mean else 1.0
        sums = self._sums(range(len(inputs)))
        size = max(map(abs, expected))
        if not all(abs(scale * total - number) <= 1e-9 * size for total, number in zip(sums, expected, strict=True)):
            raise NotSeparableError("a batch has another loss or gradient than its samples together")

    def step(self, chosen: Sequence[int]) -> float:
        """Take one step on the chosen samples."""
        return self._run(chosen, 1)[0]

    def steps(self, count: int) -> list[float]:
        """Take ``count`` steps on all samples."""
        return self._run(range(len(self.rows)), count)

    def _run(self, chosen: Sequence[int], count: int) -> list[float]:
        """Take up to ``count`` steps on the chosen samples, one where targets are of several kinds."""
        self.scale.data = 1.0 / len(chosen) if self.mean else 1.0
        with self.state_in_leaves():
            if len(self.kinds) > 1:
                return [self._step_by_kind(chosen)]
            (program,) = self.kinds.values()
            return [loss for (loss,) in self.update.repeat(count, sums=(program, self._buffer(chosen)), keep=True)]

    def _step_by_kind(self, chosen: Sequence[int]) -> float:
        """Take one step with a program for each kind of target."""
        (loss,) = self.update(*self._sums(chosen))
        return loss

    def _sums(self, chosen: Sequence[int]) -> list[float]:
        """Add up the loss and the gradient over the chosen samples."""
        groups: dict[Kind, list[int]] = {}
        for number in chosen:
            groups.setdefault(self.kind_of[number], []).append(number)
        sums = [self.kinds[kind].sum(self._buffer(numbers)) for kind, numbers in groups.items()]
        return [sum(column) for column in zip(*sums, strict=True)]

    def _buffer(self, chosen: Sequence[int]) -> array[float]:
        """The rows of the chosen samples, one after the other."""
        joined = array("d")
        for number in chosen:
            joined.extend(self.rows[number])
        return joined


def _gradient_program(
    model: Model,
    loss: Loss,
    shapes: tuple[Any, Any],
    input_count: int,
    target_count: int,
    target: list[Any] | None,
    optimizer: Optimizer,
    backend: str,
) -> Program:
    """Make the program of one sample: from its numbers to its loss and the gradient by each parameter.

    The numbers are those of the input and then of the target, unless a ``target`` is given.
    """
    xs = [Value(0.5, f"x{index}") for index in range(input_count)]
    ys = [Value(0.5, f"y{index}") for index in range(target_count)]
    try:
        with recording():
            goals = [_shaped(shapes[1], iter(ys))] if target is None else target
            result = loss([model(_shaped(shapes[0], iter(xs)))], goals)
            found = gradients(result, optimizer.parameters)
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise NotSeparableError(str(error)) from None  # Numbers have just been taken: it is Values that are not.
    optimizer.check_reach(result)
    return Program([*xs, *ys], [result, *found], backend=backend)


def _flat(sample: Any) -> list[float]:
    """The numbers of a sample, which is a number or a list of such samples."""
    parts = entries(sample)
    if parts is None:
        try:
            return [real_number(sample, "a sample")]
        except TypeError as error:
            raise NotSeparableError(str(error)) from None
    return [number for part in parts for number in _flat(part)]


def _shape(sample: Any) -> Any:
    """The lists that a sample consists of: None for a number."""
    parts = entries(sample)
    return None if parts is None else tuple(_shape(part) for part in parts)


def _shaped(shape: Any, values: Any) -> Any:
    """Values in the lists of a shape."""
    return next(values) if shape is None else [_shaped(part, values) for part in shape]
