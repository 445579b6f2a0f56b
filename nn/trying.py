"""What is found out about a model and a loss before a program is made of them, by trying them on a few samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

from engine import RecordingError, StaleGraphError, Value, gradients, recording, topological_order
from engine.extend import store_data
from engine.programs.tape import record

Model = Callable[[Any], Any]
Loss = Callable[[list[Any], list[Any]], Any]


PROBE = 7
"""The samples by which is found out whether a loss is a mean, a sum, or neither."""


class NotSeparableError(Exception):
    """A loss cannot be summed row by row: the message says why."""


def record_whole(model: Model, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    """Record the loss of all samples; RecordingError where a number is used up, TypeError if the loss is no Value."""
    try:
        with recording():
            result = loss([model(x) for x in inputs], list(targets))
    except RecordingError as error:
        raise _advised(error) from None
    if not isinstance(result, Value):
        raise TypeError(f"the loss should be a Value that depends on the parameters, not {result!r}")
    return result


def _advised(error: RecordingError) -> RecordingError:
    """The error with what can be done about it in training."""
    return RecordingError(f"{error}; or train with backend='eager', which records every batch anew")


def count_operations(model: Model, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any]) -> int:
    """Count the operations that all samples would take, from the first."""
    first = record_whole(model, loss, inputs[:1], targets[:1])
    return len(inputs) * sum(not value.is_leaf for value in topological_order(first))


def is_repeatable(model: Model, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any]) -> bool:
    """Tell whether the first samples make the same graph each time, and all of it.

    They do not where a model draws at random, or uses a result that was computed before: of that, a program would
    compute a new one in each run.
    """
    losses = [record_whole(model, loss, inputs[:PROBE], targets[:PROBE]) for _ in range(3)]
    tapes = [record([], [value], [])[0] for value in losses]
    results = [{value for value in topological_order(loss) if not value.is_leaf} for loss in losses]
    return all(tape == tapes[0] for tape in tapes) and not results[0] & results[1]


def find_reduction(
    model: Model, loss: Loss, inputs: Sequence[Any], targets: Sequence[Any], parameters: Sequence[Value]
) -> str:
    """Tell whether the loss of a batch is the "mean" or the "sum" of those of its samples, by trying it on a few.

    The gradients have to agree, too, and also with other parameters: in a network of zeros, all errors may be alike,
    and then their largest has the value of their mean.
    """
    chosen = range(0, len(inputs), max(1, len(inputs) // PROBE))[:PROBE]
    samples = [(inputs[index], targets[index]) for index in chosen]
    verdicts = _verdicts(model, loss, samples, parameters)
    with _shifted(parameters), suppress(ArithmeticError, StaleGraphError):  # It need not have a value there.
        verdicts &= _verdicts(model, loss, samples, parameters)
    if not verdicts or (len(verdicts) == 2 and len(samples) > 1):
        raise NotSeparableError("the loss of a batch is neither the mean nor the sum of the losses of its samples")
    return "mean" if "mean" in verdicts else "sum"


def _verdicts(model: Model, loss: Loss, samples: list[tuple[Any, Any]], parameters: Sequence[Value]) -> set[str]:
    """Tell which of "mean" and "sum" fit the losses and gradients of these samples."""

    def measured(batch: list[tuple[Any, Any]]) -> list[float]:
        """Return the loss of some samples, then its gradient."""
        result = record_whole(model, loss, [x for x, _ in batch], [y for _, y in batch])
        return [result.data, *(gradient.data for gradient in gradients(result, parameters))]

    try:
        single = [measured([sample]) for sample in samples]
    except (RecordingError, ArithmeticError, StaleGraphError):
        raise
    except (TypeError, ValueError, LookupError) as error:
        raise NotSeparableError(f"the loss takes no single sample: {error}") from None
    verdicts = {"mean", "sum"}
    for size in {min(2, len(samples)), len(samples)}:
        for number, *parts in zip(measured(samples[:size]), *single[:size], strict=True):
            close = 1e-9 * (sum(map(abs, parts)) + 1e-300)
            if not math.isfinite(close):
                raise OverflowError("a loss or a gradient is infinite: nothing can be told from it")
            verdicts -= {name for name, n in (("mean", size), ("sum", 1)) if not abs(number - sum(parts) / n) <= close}
    return verdicts


@contextmanager
def _shifted(parameters: Sequence[Value]) -> Iterator[None]:
    """Move every parameter a little, as if drawn anew, and back."""
    before = [parameter.data for parameter in parameters]
    draw = Random(0)
    try:
        store_data(parameters, [number + draw.gauss(0.0, 0.1) for number in before])
        yield
    finally:
        store_data(parameters, before)
