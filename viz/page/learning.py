"""What a model learns from samples, as three programs that a page can run, and numbers to compare the page with.

`sample` gives the loss of one sample and its gradient, `update` takes a step with the sums of the gradients, `answers`
is what the neurons say. The page adds the gradients from the last sample to the first, as `backward` does that passes
through the graph of all samples: so it has the bits of such a graph.
"""

from __future__ import annotations

import base64
import copy
import itertools
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Program, Value, gradients, recording, topological_order
from engine.extend import as_value, numbers_in, recorded
from viz.page.samples import Sample, shaped

COMPARED = (1, 10, 100, 1_000, 10_000)
"""After how many steps a page compares its parameters with those that the engine computed."""

MOST_INSTRUCTIONS = 40_000_000
"""How many instructions the engine runs for a page, at most: 0.1 s in machine code, 2 s in Python."""


@dataclass(frozen=True)
class Learning:
    """The training of a model, recorded from its first sample.

    parameters   the model's, and behind them other leaves that its answers depend on, which stay as they are
    x, y         the inputs and the targets of a sample
    predictions  what the model says
    loss         the loss of the sample
    slopes       the gradient of the loss, times the share that the sample has in the loss of all
    updates      pairs (leaf, its next number) from the sums of the slopes: of the parameters, then of the state
    """

    parameters: list[Value]
    x: list[Value]
    y: list[Value]
    predictions: list[Value]
    loss: Value
    share: Value
    slopes: list[Value]
    sums: list[Value]
    rate: Value
    updates: list[tuple[Value, Value]]
    is_mean: bool

    @property
    def start(self) -> list[float]:
        """The parameters before the first step."""
        return [parameter.data for parameter in self.parameters]

    @property
    def state(self) -> list[float]:
        """The optimizer's numbers before the first step."""
        return [leaf.data for leaf, _ in self.updates[len(self.parameters) :]]


def learn(model: Any, loss: Any, optimizer: Any, sample: Sample, names: Sequence[str]) -> Learning:
    """Record the loss of a sample, its gradient and the optimizer's step. No leaf is changed.

    Raises TypeError for a loss that is not a Value, and for an answer without numbers.
    """
    x = [Value(number, name) for name, number in zip(names, sample.inputs, strict=True)]
    y = [Value(number, f"y{place}") for place, number in enumerate(sample.targets)]
    share, rate = Value(1.0, "share"), Value(optimizer.learning_rate, "learning_rate")
    with recorded(), recording():
        answer = model(shaped(x, sample.bare_input))
        predictions = _predictions(answer)
        cost = loss([answer], [shaped(y, sample.bare_target)])
        if not isinstance(cost, Value):
            raise TypeError(f"a loss gives one Value, computed from the predictions, not {cost!r}")
        parameters = list(dict.fromkeys(model.parameters()))
        known = {*parameters, *x, *y}
        parameters += [leaf for leaf in topological_order(cost) if leaf.is_leaf and leaf not in known]
        found = gradients(cost, parameters, share)
        slopes = [share * 0.0 if slope.is_leaf else slope for slope in found]  # No path leads to some parameters.
        sums = [Value(0.0, f"{label}_sum") for label in ("loss", *(parameter.label for parameter in parameters))]
        chosen = dict(zip(parameters, sums[1:], strict=True))
        steps = dict(optimizer.updates_from([chosen[parameter] for parameter in optimizer.parameters], rate))
        updates = [(parameter, steps.pop(parameter, parameter)) for parameter in parameters] + list(steps.items())
    is_mean = loss.reduction == "mean"
    return Learning(parameters, x, y, predictions, cost, share, slopes, sums, rate, updates, is_mean)


def _predictions(answer: Any) -> list[Value]:
    """What a model says, as Values; TypeError if there is nothing in it."""
    found = [as_value(number) for number in numbers_in(answer)]
    if not found:
        raise TypeError(f"a model answers with a Value or a list of Values, not {answer!r}")
    return found


def page_programs(learning: Learning, answers: Sequence[Value]) -> dict[str, Program]:
    """The programs of a page by name. The parameters are inputs of the first and the last, and so have one order.

    sample   from inputs, targets, share and parameters to the loss, its slopes and what the model says
    update   from the sums of loss and slopes; its leaves are the parameters, the state and the learning rate
    answers  from inputs and parameters to what the neurons and the model say
    """
    step = [*learning.x, *learning.y, learning.share, *learning.parameters]
    return {
        "sampleProgram": Program(step, [learning.loss, *learning.slopes, *learning.predictions]),
        "updateProgram": Program(learning.sums, [], learning.updates),
        "answersProgram": Program([*learning.x, *learning.parameters], answers),
    }


class Course:
    """The training as the engine takes it, on copies of all leaves: no number outside changes."""

    def __init__(self, learning: Learning, samples: Sequence[Sample], backend: str) -> None:
        given = [*learning.x, *learning.y, learning.share]
        sample = Program(given, [learning.loss, *learning.slopes], backend=backend)
        update = Program(learning.sums, [], learning.updates, backend=backend)
        self.sample, self.update = copy.deepcopy((sample, update))
        self.parameters = self.update.leaves[: len(learning.parameters)]
        share = 1.0 / len(samples) if learning.is_mean else 1.0
        self.rows = [[*sample.inputs, *sample.targets, share] for sample in samples]
        self.work = len(samples) * self.sample.size + self.update.size

    def losses(self) -> list[float]:
        """The loss of each sample. Raises ArithmeticError, naming the sample, for one that has no loss or gradient."""
        found = []
        for place, row in enumerate(self.rows):
            try:
                found.append(self.sample(*row)[0])
            except ArithmeticError as error:
                raise type(error)(f"in sample {place}: {error}") from error
        return found

    def references(self) -> Iterator[dict[str, Any]]:
        """The parameters after some steps."""
        rows = array("d", itertools.chain(*reversed(self.rows)))
        return references(self.update, self.parameters, self.work, sums=(self.sample, rows))


def references(program: Program, leaves: Sequence[Value], work: int, **options: Any) -> Iterator[dict[str, Any]]:
    """Some leaves of a program that runs on, after 1, 10, 100, … steps; so many instructions are the work of a step.

    They end where they become too much work, and before the first step that fails.
    """
    done = 0
    for steps in COMPARED:
        if steps * work > MOST_INSTRUCTIONS:
            return
        try:
            program.repeat(steps - done, **options)
        except ArithmeticError:
            return
        done = steps
        yield {"steps": steps, "numbers": encoded([leaf.data for leaf in leaves])}


def encoded(numbers: Sequence[float]) -> str:
    """Doubles as base64, the lowest byte first."""
    doubles = array("d", numbers)
    if sys.byteorder == "big":
        doubles.byteswap()
    return base64.b64encode(doubles.tobytes()).decode("ascii")
