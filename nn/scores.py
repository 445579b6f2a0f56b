"""Scores of classes, any real numbers or infinities, and the probabilities that they stand for: the softmax.

A class whose score is -inf is ruled out. Equal scores have equal probabilities, infinite ones too.
"""

from __future__ import annotations

import math
from functools import reduce
from itertools import accumulate, starmap
from typing import Any

from engine import excess, logaddexp, maximum, rint, scope, sigmoid
from nn.checks import entries, number_or_value


def log_sum_exp(numbers: Any) -> Any:
    """Return log Σ exp(number) of one number or more, a smooth maximum. Raises ValueError without numbers.

    Its gradient is the softmax. It is exact in both tails: a number of -inf counts for nothing, one of inf for all.
    """
    level, rest = shifted(read_scores(numbers, "log_sum_exp", least=1))
    return level + reduce(logaddexp, rest)


@scope
def softmax(logits: Any) -> list[Any]:
    """Return the probabilities exp(logit) / Σ exp(logits), which add up to 1. Raises ValueError for an empty row.

    A logit of -inf rules a class out; equal infinities, like any equal logits, have equal probabilities. Computed as
    sigmoid(logit - log Σ exp(other logits)), whose slope p (1 - p) keeps its digits where p rounds to 1.
    """
    return [sigmoid(odds) for odds in log_odds(read_scores(logits, "softmax", least=1))]


def log_odds(scores: list[Any]) -> list[Any]:
    """Return log(p / (1 - p)) for each p = softmax(scores)[i]: how far the score is above log Σ exp(other scores)."""
    _, rest = shifted(scores)
    before = [-math.inf, *accumulate(rest[:-1], logaddexp)]
    after = [-math.inf, *accumulate(rest[:0:-1], logaddexp)][::-1]
    return [
        score - others for score, others in zip(rest, starmap(logaddexp, zip(before, after, strict=True)), strict=True)
    ]


def shifted(scores: list[Any]) -> tuple[Any, list[Any]]:
    """Return the level of the scores, and how far each is from it, which is all that the softmax depends on.

    Of scores near 1e17, or of -inf, log Σ exp could not tell three from two, for log 3 is rounded off. The level is the
    largest score, rounded to a whole number: so its derivative is 0, and each score keeps its own, to the last digit.
    """
    level = rint(reduce(maximum, scores))
    return level, [excess(score, level) for score in scores]


def read_scores(row: Any, name: str, least: int) -> list[Any]:
    """Return a row of scores as Values and floats."""
    scores = entries(row)
    if scores is None or len(scores) < least:
        raise ValueError(f"{name} takes rows of at least {least} numbers, not {row!r}")
    return [number_or_value(score, "a score") for score in scores]
