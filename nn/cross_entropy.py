"""Several classes: softmax and its cross-entropy, from logits, without overflow and without lost digits.

Everything stands on `engine.logaddexp`, log(exp(a) + exp(b)), which is exact in both tails: the logarithm of a longer
sum takes one term after the other.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from engine import Value, exp, logaddexp, scope, softplus
from engine.extend import numbers_in
from nn.checks import entries, number_or_value
from nn.losses import mean, part, total


def log_sum_exp(numbers: Any) -> Any:
    """Return log Σ exp(number) of one number or more: a smooth maximum. Raises ValueError if there is none.

    Its gradient is the softmax. A number of -inf counts for nothing, one of inf for everything.
    """
    return reduce(logaddexp, _read_row(numbers, "log_sum_exp", least=1))


@scope
def softmax(logits: Any) -> list[Any]:
    """Return the probabilities exp(logit) / Σ exp(logits), with the sum 1. Raises ValueError for an empty row."""
    values = _read_row(logits, "softmax", least=1)
    normaliser = log_sum_exp(values)
    return [exp(value - normaliser) for value in values]


def cross_entropy(logits: Any, targets: Any) -> Any:
    """Return the mean over the samples of -log softmax(row)[class].

    logits   a row of two scores or more for each sample, or one row on its own
    targets  for each sample the number of its class, counted from 0, or a row of probabilities with sum 1

    Exact for logits of any size. Raises ValueError for rows too short, lengths that differ, a class that does not exist
    and probabilities that are none; TypeError for what is no number.
    """
    rows = entries(logits)
    if rows is None or not rows:
        raise ValueError(f"cross_entropy takes a row of scores for each sample, not {logits!r}")
    if entries(rows[0]) is None:
        rows, targets = [rows], [targets]
    goals = entries(targets)
    if goals is None:
        raise ValueError(f"the targets of {len(rows)} rows of logits are a list, not {targets!r}")
    if len(goals) != len(rows):
        raise ValueError(f"the shapes differ: {len(rows)} rows of logits stand against {len(goals)} targets")
    loss = mean([_log_loss(row, goal) for row, goal in zip(rows, goals, strict=True)])
    return part("cross_entropy", loss, tuple(numbers_in((rows, goals))))


def _log_loss(row: Any, target: Any) -> Any:
    """Return -Σ target · log softmax(row)."""
    scores = _read_row(row, "cross_entropy", least=2)
    weights = entries(target)
    if weights is None or len(weights) == 1:
        return _log_loss_at_class(scores, _class_number(target if weights is None else weights[0], len(scores)))
    probabilities = _read_probabilities(weights, len(scores))
    certain = [index for index, p in enumerate(probabilities) if not isinstance(p, Value) and p == 1.0]
    if certain and not any(isinstance(p, Value) or p not in (0.0, 1.0) for p in probabilities):
        return _log_loss_at_class(scores, certain[0])
    normaliser = log_sum_exp(scores)
    possible = [(p, score) for p, score in zip(probabilities, scores, strict=True) if isinstance(p, Value) or p]
    return total([p * (normaliser - score) for p, score in possible])


def _log_loss_at_class(scores: list[Any], right: int) -> Any:
    """Return -log softmax(scores)[right] = log(1 + Σ exp(other - scores[right])), which keeps its digits near 0."""
    others = [score - scores[right] for index, score in enumerate(scores) if index != right]
    return softplus(log_sum_exp(others))


def _read_row(row: Any, name: str, least: int) -> list[Any]:
    """Return a row of scores as Values and floats."""
    scores = entries(row)
    if scores is None or len(scores) < least:
        raise ValueError(f"{name} takes rows of at least {least} numbers, not {row!r}")
    return [number_or_value(score, "a score") for score in scores]


def _class_number(target: Any, count: int) -> int:
    """Return a target that names a class, as an int."""
    number = number_or_value(target, "a target")
    if isinstance(number, Value):
        raise TypeError(f"the number of a class is a plain number, not {target!r}: give a row of probabilities instead")
    if number not in range(count):
        raise ValueError(f"a class of {count} is a whole number from 0 to {count - 1}, not {target!r}")
    return int(number)


def _read_probabilities(row: list[Any], count: int) -> list[Any]:
    """Return a target that is a row of probabilities, as Values and floats."""
    probabilities = [number_or_value(probability, "a target") for probability in row]
    if len(probabilities) != count:
        raise ValueError(
            f"the shapes differ: a row of {count} scores stands against {len(probabilities)} probabilities"
        )
    known = [probability for probability in probabilities if not isinstance(probability, Value)]
    if len(known) == count and not (min(known) >= 0.0 and abs(sum(known) - 1.0) <= 1e-6):
        raise ValueError(f"a row of probabilities has entries of at least 0 and the sum 1, not {row!r}")
    return probabilities
