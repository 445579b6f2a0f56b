"""Losses and penalties against closed forms and NumPy, at ordinary and at extreme predictions."""

import math

import numpy as np
import pytest

from engine import Value, gradcheck, gradients, sigmoid
from nn import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_sum_of_squares,
    hinge,
    l1_penalty,
    l2_penalty,
    log_sum_exp,
    mean_squared_error,
    softmax,
)

PREDICTIONS = [0.1, 0.9, 0.35, 0.6, 0.75]
TARGETS = [0.0, 1.0, 1.0, 0.0, 0.25]
SIGNS = np.array([-1.0, 1.0, 1.0, -1.0, 1.0])

p = np.array(PREDICTIONS)
t = np.array(TARGETS)
z = np.log(p / (1.0 - p))

log_loss = -np.mean(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))
margins = SIGNS * 4.0 * z

CASES = [
    (mean_squared_error, p, t, np.mean((t - p) ** 2), 2.0 * (p - t) / 5.0),
    (half_sum_of_squares, p, t, 0.5 * np.sum((t - p) ** 2), p - t),
    (binary_cross_entropy, p, t, log_loss, (p - t) / (p * (1.0 - p)) / 5.0),
    (binary_cross_entropy_with_logits, z, t, log_loss, (p - t) / 5.0),
    (hinge, 4.0 * z, SIGNS, np.mean(np.maximum(0.0, 1.0 - margins)), np.where(margins < 1.0, -SIGNS, 0.0) / 5.0),
]
LOSSES = [case[0] for case in CASES]


@pytest.mark.parametrize(
    ("loss", "points", "targets", "expected", "gradient"), CASES, ids=lambda x: getattr(x, "__name__", "")
)
def test_value_and_gradient_are_those_of_the_closed_form(loss, points, targets, expected, gradient):
    predictions = [Value(number) for number in points]
    result = loss(predictions, targets)
    result.backward()
    assert result.data == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose([value.grad for value in predictions], gradient, rtol=1e-13, atol=1e-16)
    assert loss(points.tolist(), targets.tolist()) == result.data
    values = [Value(number) for number in targets]
    assert loss(predictions, values).data == pytest.approx(result.data, rel=1e-14)
    rows = [loss([point], [target]) for point, target in zip(points.tolist(), targets.tolist(), strict=True)]
    assert sum(rows) / {"mean": len(rows), "sum": 1}[loss.reduction] == pytest.approx(result.data, rel=1e-14)


def test_derivatives_by_predictions_and_targets_agree_with_differences():
    for loss in (mean_squared_error, half_sum_of_squares, binary_cross_entropy, binary_cross_entropy_with_logits):
        assert gradcheck(loss, [PREDICTIONS, [0.2, 0.7, 0.9, 0.4, 0.25]], order=2)
    assert gradcheck(lambda row: cross_entropy([row], [1]), [[0.5, -1.25, 2.0]], order=2)


def test_predictions_and_targets_may_be_rows_columns_arrays_one_value_or_any_iterable():
    rows = np.arange(6.0).reshape(3, 2)
    targets = np.array([[1.0, 0.5], [2.0, 2.5], [-1.0, 5.0]])
    predictions = [[Value(number) for number in row] for row in rows]
    expected = np.mean((rows - targets) ** 2)
    assert mean_squared_error(predictions, targets).data == pytest.approx(expected, rel=1e-15)
    assert mean_squared_error(np.array(predictions), targets.tolist()).data == pytest.approx(expected, rel=1e-15)
    assert mean_squared_error(Value(3.0), 1.0).data == 4.0
    assert half_sum_of_squares((Value(number) for number in (1.0, 2.0)), [0, 0]).data == 2.5
    for targets in ([0, 1], [[0], [1]], (0.0, 1.0), np.array([[0], [1]]), iter([0, 1])):
        assert mean_squared_error([Value(0.5), Value(0.75)], targets).data == (0.25 + 0.0625) / 2.0


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("predictions", "targets", "error", "message"),
    [
        ([0.5, 0.5], [1.0], ValueError, "the shapes differ: 2 predictions stand against 1 targets"),
        ([[0.5, 0.5]], [1.0], ValueError, "the shapes differ"),
        (0.5, [1.0, 1.0], ValueError, "the shapes differ"),
        ([[0.5], [0.5, 0.5]], [[1], [1]], ValueError, "the shapes differ"),
        ([], [], ValueError, "at least one prediction"),
        ([Value(0.5)], ["1"], TypeError, "a target takes a real number, not '1'"),
        ([None], [1.0], TypeError, "a prediction takes a real number, not None"),
    ],
)
def test_what_no_loss_can_compare_is_refused(loss, predictions, targets, error, message):
    with pytest.raises(error, match=message):
        loss(predictions, targets)


@pytest.mark.parametrize("logit", [1e4, -1e4, 800.0, -800.0])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.5])
def test_a_saturated_sigmoid_costs_much_but_not_infinity(logit, target):
    value = Value(logit)
    loss = binary_cross_entropy(sigmoid(value), target)
    loss.backward()
    wrong = abs(target - (logit > 0.0))
    assert loss.data == pytest.approx(wrong * 300.0 * math.log(10.0), rel=1e-14)
    assert value.grad == 0.0


def test_nan_is_not_hidden():
    for loss in LOSSES:
        assert math.isnan(loss([Value(math.nan)], [1.0]).data)
    for scores in ([math.nan, math.inf], [math.inf, math.nan], [math.nan, -math.inf, 1.0], [1.0, math.nan]):
        assert math.isnan(log_sum_exp(scores))
        assert math.isnan(log_sum_exp([Value(score) for score in scores]).data)


def test_penalties_are_sums_over_the_weights():
    weights = [Value(-2.0), Value(0.5), Value(3.0)]
    assert l1_penalty(weights).data == 5.5
    assert l2_penalty(weights).data == 13.25
    l1_penalty(weights, 0.1).backward()
    assert [weight.grad for weight in weights] == [-0.1, 0.1, 0.1]
    assert [slope.data for slope in gradients(l2_penalty(iter(weights), 0.5), weights)] == [-2.0, 0.5, 3.0]


LOGITS = np.random.default_rng(1).normal(scale=3.0, size=(5, 4))
CLASSES = np.array([0, 3, 1, 1, 2])
EXPONENTIALS = np.exp(LOGITS)
PROBABILITIES = EXPONENTIALS / EXPONENTIALS.sum(axis=1, keepdims=True)
ONE_HOT = np.eye(4)[CLASSES]
SOFT = np.random.default_rng(2).dirichlet(np.ones(4), size=5)
VALUES = [[Value(q) for q in row] for row in SOFT]


@pytest.mark.parametrize("targets", [CLASSES.tolist(), CLASSES[:, None], CLASSES.astype(float), ONE_HOT, SOFT, VALUES])
def test_classes_are_given_by_number_or_as_probabilities(targets):
    wanted = SOFT if targets is SOFT or targets is VALUES else ONE_HOT
    rows = [[Value(number) for number in row] for row in LOGITS]
    loss = cross_entropy(rows, targets)
    loss.backward()
    assert loss.data == pytest.approx(-np.mean(np.sum(wanted * np.log(PROBABILITIES), axis=1)), rel=1e-14)
    slopes = [[value.grad for value in row] for row in rows]
    np.testing.assert_allclose(slopes, (PROBABILITIES - wanted) / 5.0, rtol=1e-11, atol=1e-16)


def test_a_target_that_is_almost_certain_keeps_its_rest():
    logits = [0.0, 300.0]
    assert cross_entropy(logits, [1.0, 0.0]) == 300.0
    assert cross_entropy(logits, [0.0, 1.0]) == pytest.approx(math.exp(-300.0), rel=1e-14)
    assert cross_entropy(logits, [5e-7, 1.0]) == pytest.approx(300.0 * 5e-7, rel=1e-14)
    rest = Value(0.0)
    cross_entropy([LOGITS[0]], [[1.0, rest, 0.0, 0.0]]).backward()
    assert rest.grad == pytest.approx(-np.log(PROBABILITIES[0, 1]), rel=1e-14)


def test_one_sample_may_stand_alone_and_two_classes_are_the_binary_case():
    row = [Value(number) for number in LOGITS[0]]
    assert cross_entropy(row, 2).data == cross_entropy([row], [2]).data
    assert cross_entropy(row, ONE_HOT[0]).data == cross_entropy([row], [0]).data
    for logit in (-40.0, -1.0, 0.0, 2.5, 40.0):
        expected = binary_cross_entropy_with_logits(Value(logit), 1.0).data
        assert cross_entropy([[Value(0.0), Value(logit)]], [1]).data == expected


def test_softmax_and_log_sum_exp_agree_with_numpy():
    for row, expected in zip(LOGITS, PROBABILITIES, strict=True):
        np.testing.assert_allclose([p.data for p in softmax([Value(number) for number in row])], expected, rtol=1e-14)
        assert log_sum_exp(row) == pytest.approx(math.log(np.exp(row).sum()), rel=1e-14)
    assert softmax([1e4, 0.0, -1e4]) == [1.0, 0.0, 0.0]
    assert softmax([7.0]) == [1.0]
    assert log_sum_exp([1e4, 1e4]) == pytest.approx(1e4 + math.log(2.0), rel=1e-15)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "message"),
    [
        (binary_cross_entropy, (-0.25, 1), ValueError, "takes probabilities, not -0.25: see .*with_logits"),
        (binary_cross_entropy, (0.5, 2.0), ValueError, "a probability from 0 to 1, not 2"),
        (binary_cross_entropy_with_logits, (0.5, math.nan), ValueError, "a probability from 0 to 1, not nan"),
        (hinge, (0.5, 0), ValueError, r"the targets of hinge are -1 and \+1, not 0\.0"),
        (l2_penalty, ([Value(1.0)], -1), ValueError, "the strength of a penalty is a finite number of at least 0"),
        (l2_penalty, ([],), ValueError, "no parameters"),
        (l2_penalty, (Value(1.0),), TypeError, r"as model\.parameters\(\) gives"),
        (l2_penalty, ([[Value(1.0)]],), TypeError, "a penalty takes a real number, not"),
        (softmax, ([],), ValueError, "at least 1 numbers, not"),
        (log_sum_exp, ([],), ValueError, "at least 1 numbers, not"),
        (cross_entropy, ([[1.0, 2.0]], [2]), ValueError, "a class of 2 is a whole number from 0 to 1, not 2"),
        (cross_entropy, ([[1.0, 2.0]], [0.5]), ValueError, "from 0 to 1, not 0.5"),
        (cross_entropy, ([[1.0, 2.0]], ["0"]), TypeError, "a target takes a real number, not '0'"),
        (cross_entropy, ([[1.0, 2.0]], [Value(2.0)]), ValueError, r"from 0 to 1, not Value\(data=2"),
        (cross_entropy, ([[1.0, 2.0]], [0, 1]), ValueError, "1 rows of logits stand against 2 targets"),
        (cross_entropy, ([[1.0, 2.0]] * 2, 1), ValueError, "the targets of 2 rows of logits are a list, not 1"),
        (cross_entropy, ([[1.0, 2.0]], [[0.5] * 3]), ValueError, "a row of 2 scores stands against 3 probabilities"),
        (cross_entropy, ([[1.0, 2.0]], [[0.5, 0.25]]), ValueError, "entries of at least 0 and the sum 1"),
        (cross_entropy, ([[1.0, 2.0]], [[1.5, -0.5]]), ValueError, "entries of at least 0 and the sum 1"),
        (cross_entropy, ([[1.0, 2.0], 3.0], [0, 0]), ValueError, "rows of at least 2 numbers, not 3.0"),
        (cross_entropy, ([[1.0, None]], [0]), TypeError, "a score takes a real number, not None"),
        (cross_entropy, (1.0, [0]), ValueError, "a row of scores for each sample, not 1.0"),
    ],
)
def test_what_makes_no_sense_is_refused(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(*arguments)
