"""Losses: how far predictions are from their targets, as one number to minimise. Penalties: how large weights are.

    predictions  what a model returned for each sample: Values, or lists of Values (one row for each sample) if the
                 model has several outputs; one prediction on its own will do as well
    targets      numbers in the same shape

A row of one stands for the number in it, so a column of targets ``[[0], [1]]`` fits a model of one output. Arrays and
other iterables are read like lists, Values may stand among the targets, and plain numbers among the predictions. Every
loss raises ValueError if the lengths differ or if there is nothing to compare, and TypeError for what is no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from engine import DomainError, Value, log_probability, relu, scope, softplus
from engine.extend import Scope, mark
from nn.checks import entries, nonnegative, number_or_value

_scope_of = cache(Scope)


def mean_squared_error(predictions: Any, targets: Any) -> Any:
    """Return the mean of (prediction - target)², over the samples and over the outputs of each."""
    pairs = _pairs(predictions, targets)
    return part("mean_squared_error", mean(_squares(pairs)), pairs)


def half_sum_of_squares(predictions: Any, targets: Any) -> Any:
    """Return ½ Σ (prediction - target)². Its slope by a prediction is the tutorial's ``output_error``, up to sign."""
    pairs = _pairs(predictions, targets)
    return part("half_sum_of_squares", 0.5 * total(_squares(pairs)), pairs)


def binary_cross_entropy(predictions: Any, targets: Any) -> Any:
    """Return the mean of -(t log p + (1 - t) log(1 - p)), for probabilities p and targets t in [0, 1].

    Probabilities below 1e-300 count as 1e-300, so that a sigmoid that has reached 0 or 1 costs much, but not infinity;
    there the gradient is 0, and training stands still. From raw scores, `binary_cross_entropy_with_logits` is exact
    instead. Raises ValueError outside [0, 1].
    """
    pairs = _pairs(predictions, targets)
    return part("binary_cross_entropy", mean([_log_loss_of_probability(*pair) for pair in pairs]), pairs)


def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Any:
    """Return the binary cross-entropy of p = sigmoid(logit), for targets in [0, 1]: exact for logits of any size.

    -log sigmoid(z) = softplus(-z) and -log(1 - sigmoid(z)) = softplus(z). Raises ValueError for a target that is no
    probability.
    """
    pairs = _pairs(logits, targets)
    return part("binary_cross_entropy_with_logits", mean([_log_loss_of_logit(*pair) for pair in pairs]), pairs)


def hinge(scores: Any, targets: Any) -> Any:
    """Return the mean of max(0, 1 - t · score), for targets t of -1 and +1.

    It is zero once every score has the sign of its target and at least the size 1. Raises ValueError for a target that
    is neither.
    """
    pairs = _pairs(scores, targets)
    return part("hinge", mean([_margin_missed(*pair) for pair in pairs]), pairs)


@scope
def l1_penalty(parameters: Iterable[Value], strength: float = 1.0) -> Any:
    """Return strength · Σ |w|, to be added to a loss: it drives weights that are not needed to zero (the lasso).

    ``strength`` is at least 0. Raises ValueError if it is not, or if there are no parameters.
    """
    return nonnegative(strength, "the strength of a penalty") * total([abs(w) for w in _weights(parameters)])


@scope
def l2_penalty(parameters: Iterable[Value], strength: float = 1.0) -> Any:
    """Return strength · Σ w², to be added to a loss: it keeps weights small (ridge regression).

    ``strength`` is at least 0. Raises ValueError if it is not, or if there are no parameters.
    """
    return nonnegative(strength, "the strength of a penalty") * total([w * w for w in _weights(parameters)])


def part(name: str, loss: Any, given: Any) -> Any:
    """Return the loss, noted as a part of the computation, as by `engine.scope` but without a search for inputs."""
    if isinstance(loss, Value):
        mark(loss, _scope_of(name), given)
    return loss


def mean(terms: list[Any]) -> Any:
    """Return the arithmetic mean of one term or more."""
    return total(terms) / len(terms)


def total(terms: list[Any]) -> Any:
    """Return the sum of one term or more, from the left, with no node for adding the first of them to 0."""
    return sum(terms[1:], terms[0])


def _weights(parameters: Iterable[Value]) -> list[Any]:
    """Return the parameters as a list."""
    if not isinstance(parameters, Iterable):
        raise TypeError(f"a penalty takes a list of parameters, as model.parameters() gives, not {parameters!r}")
    weights = [number_or_value(parameter, "a penalty") for parameter in parameters]
    if not weights:
        raise ValueError("a penalty of no parameters has no value")
    return weights


def _squares(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return (prediction - target)² for each pair."""
    errors = [prediction - target for prediction, target in pairs]
    return [error * error for error in errors]


def _log_loss_of_probability(p: Any, target: Any) -> Any:
    """Return -log of the probability that ``p`` gives to the target; one logarithm where that is the number 0 or 1."""
    _check_probability(target)
    try:
        if target.__class__ is float and target in (0.0, 1.0):
            return -log_probability(p if target else 1.0 - p)
        return -(target * log_probability(p) + (1.0 - target) * log_probability(1.0 - p))
    except DomainError:
        number = p._data if isinstance(p, Value) else p  # `data` would refuse while a program is recorded.
        raise DomainError(
            f"binary_cross_entropy takes probabilities, not {number!r}: see binary_cross_entropy_with_logits"
        ) from None


def _log_loss_of_logit(logit: Any, target: Any) -> Any:
    """Return -log of the probability that sigmoid(logit) gives to the target; one softplus for the number 0 or 1."""
    _check_probability(target)
    if target.__class__ is float and target in (0.0, 1.0):
        return softplus(-logit if target else logit)
    return target * softplus(-logit) + (1.0 - target) * softplus(logit)


def _margin_missed(score: Any, target: Any) -> Any:
    """Return max(0, 1 - target · score)."""
    if not isinstance(target, Value) and abs(target) != 1.0:
        raise ValueError(f"the targets of hinge are -1 and +1, not {target!r}")
    return relu(1.0 - target * score)


def _check_probability(target: Any) -> None:
    """Raise ValueError for a number outside [0, 1]."""
    if not isinstance(target, Value) and not 0.0 <= target <= 1.0:
        raise ValueError(f"a target of a cross-entropy is a probability from 0 to 1, not {target!r}")


def _pairs(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Return (prediction, target) for every number of two equally nested lists, each a Value or a float."""
    pairs: list[tuple[Any, Any]] = []
    _collect(predictions, targets, pairs)
    if not pairs:
        raise ValueError("a loss compares at least one prediction with its target; there are none")
    return pairs


def _collect(prediction: Any, target: Any, pairs: list[tuple[Any, Any]]) -> None:
    """Append the pairs of two equally nested lists."""
    rows = entries(prediction)
    wanted = entries(target)
    if rows is None and wanted is None:
        pairs.append((number_or_value(prediction, "a prediction"), number_or_value(target, "a target")))
        return
    rows = [prediction] if rows is None else rows
    wanted = [target] if wanted is None else wanted
    if len(rows) != len(wanted):
        raise ValueError(f"the shapes differ: {len(rows)} predictions stand against {len(wanted)} targets")
    for row, goal in zip(rows, wanted, strict=True):
        _collect(row, goal, pairs)
