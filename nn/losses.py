"""Losses: how far predictions are from their targets, as one number to minimise. Penalties: how large weights are.

    predictions  what a model returned for each sample: Values, or lists of Values (one row for each sample) if the
                 model has several outputs; a single prediction will do as well
    targets      numbers in the same shape

A row of one stands for the number in it, so a column of targets ``[[0], [1]]`` fits a model of one output. Arrays and
other iterables are read like lists, Values may stand among the targets, and plain numbers among the predictions. Every
loss raises ValueError if the lengths differ or there is nothing to compare, and TypeError for what is not a number.

Every loss declares in its attribute ``reduction`` whether it is the "mean" or the "sum" over its samples: `nn.train`
then records one sample and sums over all. A loss of your own declares it by ``absolute_error.reduction = "mean"``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, reduce
from typing import Any

from engine import DomainError, Value, log_probability, logaddexp, relu, scope, softplus, weighted, where
from engine.extend import Scope, mark, numbers_in
from nn.checks import entries, nonnegative, number_or_value
from nn.scores import log_odds, read_scores, shifted

_scope_of = cache(Scope)


def mean_squared_error(predictions: Any, targets: Any) -> Any:
    """Return the mean of (prediction - target)², over the samples and over the outputs of each."""
    return _pairwise("mean_squared_error", _mean, _squared_error, predictions, targets)


def half_sum_of_squares(predictions: Any, targets: Any) -> Any:
    """Return ½ Σ (prediction - target)². Its slope by a prediction is the tutorial's ``output_error``, up to sign."""
    return _pairwise("half_sum_of_squares", lambda terms: 0.5 * _total(terms), _squared_error, predictions, targets)


def binary_cross_entropy(predictions: Any, targets: Any) -> Any:
    """Return the mean of -(t log p + (1 - t) log(1 - p)), for probabilities p and targets t in [0, 1].

    Probabilities below 1e-300 count as 1e-300, so that a sigmoid that has reached 0 or 1 costs much, but not infinity;
    there the gradient is 0, and training stands still. `binary_cross_entropy_with_logits` takes raw scores instead and
    is exact. Raises ValueError outside [0, 1].
    """
    return _pairwise("binary_cross_entropy", _mean, _log_loss_of_probability, predictions, targets)


def binary_cross_entropy_with_logits(logits: Any, targets: Any) -> Any:
    """Return the binary cross-entropy of p = sigmoid(logit), for targets in [0, 1]: exact for logits of any size.

    -log sigmoid(z) = softplus(-z) and -log(1 - sigmoid(z)) = softplus(z). Raises ValueError for a target that is
    not a probability.
    """
    return _pairwise("binary_cross_entropy_with_logits", _mean, _log_loss_of_logit, logits, targets)


def hinge(scores: Any, targets: Any) -> Any:
    """Return the mean of max(0, 1 - t · score), for targets t of -1 and +1.

    It is zero once every score has the sign of its target and at least the size 1. Raises ValueError for any other
    target.
    """
    return _pairwise("hinge", _mean, _margin_missed, scores, targets)


def cross_entropy(logits: Any, targets: Any) -> Any:
    """Return the mean over the samples of -log softmax(row)[class].

    logits   a row of two scores or more for each sample, or one row on its own
    targets  for each sample the number of its class, counted from 0, or a row of probabilities that add up to 1

    Exact for logits of any size, infinite ones included: -inf rules a class out, and if it is the target's, the loss is
    inf. Raises ValueError for rows too short, lengths that differ, a class that does not exist and probabilities out of
    range; TypeError for what is not a number.
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
    loss = _mean([_log_loss(row, goal) for row, goal in zip(rows, goals, strict=True)])
    return _part("cross_entropy", loss, tuple(numbers_in((rows, goals))))


for _loss in (mean_squared_error, binary_cross_entropy, binary_cross_entropy_with_logits, hinge, cross_entropy):
    vars(_loss)["reduction"] = "mean"
vars(half_sum_of_squares)["reduction"] = "sum"


@scope
def l1_penalty(parameters: Iterable[Value], strength: float = 1.0) -> Any:
    """Return strength · Σ |w|, to add to a loss: it drives weights that are not needed to zero (the lasso).

    ``strength`` is at least 0. Raises ValueError if it is not, or if there are no parameters.
    """
    return nonnegative(strength, "the strength of a penalty") * _total([abs(w) for w in _weights(parameters)])


@scope
def l2_penalty(parameters: Iterable[Value], strength: float = 1.0) -> Any:
    """Return strength · Σ w², to add to a loss: it keeps weights small (ridge regression).

    ``strength`` is at least 0. Raises ValueError if it is not, or if there are no parameters.
    """
    return nonnegative(strength, "the strength of a penalty") * _total([w * w for w in _weights(parameters)])


def _part(name: str, loss: Any, given: Any) -> Any:
    """Return the loss, marked as a scope as `engine.scope` would, but without a search for its inputs."""
    if isinstance(loss, Value):
        mark(loss, _scope_of(name), given)
    return loss


def _pairwise(name: str, combine: Any, term: Any, predictions: Any, targets: Any) -> Any:
    """Return the loss that combines a term for each pair of a prediction and its target."""
    pairs: list[tuple[Any, Any]] = []
    _collect(predictions, targets, pairs)
    if not pairs:
        raise ValueError("a loss compares at least one prediction with its target; there are none")
    return _part(name, combine([term(*pair) for pair in pairs]), pairs)


def _mean(terms: list[Any]) -> Any:
    """Return the arithmetic mean of one term or more."""
    return _total(terms) / len(terms)


def _total(terms: list[Any]) -> Any:
    """Return the sum of one term or more, from the left, without a node that adds the first to 0."""
    return sum(terms[1:], terms[0])


def _weights(parameters: Iterable[Value]) -> list[Any]:
    """Return the parameters as a list."""
    if not isinstance(parameters, Iterable):
        raise TypeError(f"a penalty takes a list of parameters, as model.parameters() gives, not {parameters!r}")
    weights = [number_or_value(parameter, "a penalty") for parameter in parameters]
    if not weights:
        raise ValueError("a penalty of no parameters has no value")
    return weights


def _squared_error(prediction: Any, target: Any) -> Any:
    """Return (prediction - target)²."""
    error = prediction - target
    return error * error


def _log_loss_of_probability(p: Any, target: Any) -> Any:
    """Return -log of the probability that ``p`` gives to the target; one logarithm where that is the number 0 or 1."""
    _check_probability(target)
    try:
        if target.__class__ is float and target in (0.0, 1.0):
            return -log_probability(p if target else 1.0 - p)
        return -(target * log_probability(p) + (1.0 - target) * log_probability(1.0 - p))
    except DomainError:
        raise DomainError(
            f"binary_cross_entropy takes probabilities, not {_number_of(p)!r}: see binary_cross_entropy_with_logits"
        ) from None


def _log_loss_of_logit(logit: Any, target: Any) -> Any:
    """Return -log of the probability that sigmoid(logit) gives to the target; one softplus for the number 0 or 1."""
    _check_probability(target)
    if target.__class__ is float and target in (0.0, 1.0):
        return softplus(-logit if target else logit)
    return weighted(target, softplus(-logit)) + weighted(1.0 - target, softplus(logit))


def _margin_missed(score: Any, target: Any) -> Any:
    """Return max(0, 1 - target · score)."""
    if not isinstance(target, Value) and abs(target) != 1.0:
        raise ValueError(f"the targets of hinge are -1 and +1, not {target!r}")
    return relu(1.0 - target * score)


def _check_probability(target: Any) -> None:
    """Raise ValueError for a number outside [0, 1]."""
    if not isinstance(target, Value) and not 0.0 <= target <= 1.0:
        raise ValueError(f"a target of a cross-entropy is a probability from 0 to 1, not {target!r}")


def _number_of(number: Any) -> Any:
    """Return the number of a Value, or the number itself; `data` would refuse while a program is recorded."""
    return number._number if isinstance(number, Value) else number


def _collect(prediction: Any, target: Any, pairs: list[tuple[Any, Any]]) -> None:
    """Append (prediction, target) for every number of two equally nested lists, each a Value or a float."""
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


def _log_loss(row: Any, target: Any) -> Any:
    """Return -Σ target · log softmax(row)."""
    scores = read_scores(row, "cross_entropy", least=2)
    weights = entries(target)
    if weights is None or len(weights) == 1:
        right = _read_class(target if weights is None else weights[0], len(scores))
        return (_log_loss_at_class if isinstance(right, int) else _log_loss_at_any_class)(scores, right)
    probabilities = _read_probabilities(weights, len(scores))
    certain = [index for index, p in enumerate(probabilities) if not isinstance(p, Value) and p == 1.0]
    if certain and not any(isinstance(p, Value) or p not in (0.0, 1.0) for p in probabilities):
        return _log_loss_at_class(scores, certain[0])
    pairs = zip(probabilities, log_odds(scores), strict=True)
    return _total([weighted(p, softplus(-odds)) for p, odds in pairs if isinstance(p, Value) or p])


def _log_loss_at_class(scores: list[Any], right: int) -> Any:
    """Return -log softmax(scores)[right] = softplus(-its log-odds), which keeps its digits near 0."""
    _, others = shifted(scores)
    chosen = others.pop(right)
    return softplus(reduce(logaddexp, others) - chosen)


def _log_loss_at_any_class(scores: list[Any], right: Value) -> Any:
    """Return the same for a class that is an input of a program: only at the right one is ``right - index`` 0."""
    _, scores = shifted(scores)
    chosen = scores[0]
    for index, score in enumerate(scores[1:], start=1):
        chosen = where(right - index, chosen, score)
    others = [where(right - index, score, -math.inf) for index, score in enumerate(scores)]
    return softplus(reduce(logaddexp, others) - chosen)


def _read_class(target: Any, count: int) -> Any:
    """Return a target that names a class as an int, or as the Value that it is."""
    right = number_or_value(target, "a target")
    number = _number_of(right)
    if number not in range(count):
        raise ValueError(f"a class of {count} is a whole number from 0 to {count - 1}, not {target!r}")
    return int(number) if right is number else right


def _read_probabilities(row: list[Any], count: int) -> list[Any]:
    """Return a target that is a row of probabilities, as Values and floats."""
    probabilities = [number_or_value(probability, "a target") for probability in row]
    if len(row) != count:
        raise ValueError(f"the shapes differ: a row of {count} scores stands against {len(row)} probabilities")
    known = [probability for probability in probabilities if not isinstance(probability, Value)]
    if len(known) == count and not (min(known) >= 0.0 and abs(sum(known) - 1.0) <= 1e-6):
        raise ValueError(f"a row of probabilities has entries of at least 0 and the sum 1, not {row!r}")
    return probabilities
