"""Losses and penalties against closed forms and NumPy, at ordinary and at extreme predictions."""

import math

import numpy as np
import pytest

from engine import Value, gradcheck, gradients, sigmoid
from nn import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    half_sum_of_squares,
    hinge,
    l1_penalty,
    l2_penalty,
    mean_squared_error,
)

PREDICTIONS = [0.1, 0.9, 0.35, 0.6, 0.75]
TARGETS = [0.0, 1.0, 1.0, 0.0, 0.25]
SIGNS = [-1.0, 1.0, 1.0, -1.0, 1.0]

p = np.array(PREDICTIONS)
t = np.array(TARGETS)
z = np.log(p / (1.0 - p))

CASES = [
    (mean_squared_error, p, t, np.mean((t - p) ** 2), 2.0 * (p - t) / 5.0),
    (half_sum_of_squares, p, t, 0.5 * np.sum((t - p) ** 2), p - t),
    (
        binary_cross_entropy,
        p,
        t,
        -np.mean(t * np.log(p) + (1.0 - t) * np.log(1.0 - p)),
        (p - t) / (p * (1.0 - p)) / 5.0,
    ),
    (
        binary_cross_entropy_with_logits,
        z,
        t,
        -np.mean(t * np.log(p) + (1.0 - t) * np.log(1.0 - p)),
        (p - t) / 5.0,
    ),
    (
        hinge,
        4.0 * z,
        np.array(SIGNS),
        np.mean(np.maximum(0.0, 1.0 - np.array(SIGNS) * 4.0 * z)),
        np.where(np.array(SIGNS) * 4.0 * z < 1.0, -np.array(SIGNS), 0.0) / 5.0,
    ),
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


@pytest.mark.parametrize(
    ("loss", "points", "targets"), [case[:3] for case in CASES], ids=lambda x: getattr(x, "__name__", "")
)
def test_values_as_targets_give_the_same(loss, points, targets):
    predictions = [Value(number) for number in points]
    result = loss(predictions, [Value(number) for number in targets])
    assert result.data == pytest.approx(loss(predictions, targets).data, rel=1e-14)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss is not hinge])
def test_derivatives_by_predictions_and_targets_agree_with_differences(loss):
    assert gradcheck(loss, [PREDICTIONS, [0.2, 0.7, 0.9, 0.4, 0.25]], order=2)


@pytest.mark.parametrize("loss", [mean_squared_error, half_sum_of_squares])
def test_several_outputs_are_compared_row_by_row(loss):
    rows = np.arange(6.0).reshape(3, 2)
    targets = np.array([[1.0, 0.5], [2.0, 2.5], [-1.0, 5.0]])
    squares = (rows - targets) ** 2
    expected = {mean_squared_error: squares.mean(), half_sum_of_squares: 0.5 * squares.sum()}[loss]
    predictions = [[Value(number) for number in row] for row in rows]
    assert loss(predictions, targets).data == pytest.approx(expected, rel=1e-15)
    assert loss(np.array(predictions), targets.tolist()).data == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "targets",
    [[0, 1], [[0], [1]], (0.0, 1.0), np.array([0, 1]), np.array([[0], [1]]), iter([0, 1])],
    ids=["list", "column", "tuple", "array", "column of an array", "iterator"],
)
def test_targets_may_be_a_column_an_array_or_any_iterable(targets):
    assert mean_squared_error([Value(0.5), Value(0.75)], targets).data == (0.25 + 0.0625) / 2.0


def test_predictions_may_be_one_value_or_a_generator():
    assert mean_squared_error(Value(3.0), 1.0).data == 4.0
    assert half_sum_of_squares((Value(number) for number in (1.0, 2.0)), [0, 0]).data == 2.5


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("predictions", "targets"),
    [
        ([0.5, 0.5], [1.0]),
        ([0.5], [1.0, 1.0]),
        ([[0.5, 0.5]], [1.0]),
        (0.5, [1.0, 1.0]),
        ([[0.5], [0.5, 0.5]], [[1], [1]]),
    ],
)
def test_lengths_that_differ_are_refused(loss, predictions, targets):
    with pytest.raises(ValueError, match=r"the shapes differ: \d predictions stand against \d targets"):
        loss(predictions, targets)


@pytest.mark.parametrize("loss", LOSSES)
def test_nothing_to_compare_and_what_is_no_number_are_refused(loss):
    with pytest.raises(ValueError, match="at least one prediction"):
        loss([], [])
    with pytest.raises(TypeError, match="a target takes a real number, not '1'"):
        loss([Value(0.5)], ["1"])
    with pytest.raises(TypeError, match="a prediction takes a real number, not None"):
        loss([None], [1.0])


@pytest.mark.parametrize(
    ("logit", "target", "expected", "slope"),
    [
        (1e4, 1.0, 0.0, 0.0),
        (1e4, 0.0, 1e4, 1.0),
        (-1e4, 1.0, 1e4, -1.0),
        (-1e4, 0.0, 0.0, 0.0),
        (1e4, 0.25, 7.5e3, 0.75),
        (50.0, 1.0, math.exp(-50.0), -math.exp(-50.0)),
        (-50.0, 0.0, math.exp(-50.0), math.exp(-50.0)),
        (700.0, 1.0, math.exp(-700.0), -math.exp(-700.0)),
        (0.0, 1.0, math.log(2.0), -0.5),
    ],
)
def test_logits_of_any_size_keep_their_digits(logit, target, expected, slope):
    value = Value(logit)
    loss = binary_cross_entropy_with_logits(value, target)
    loss.backward()
    assert loss.data == pytest.approx(expected, rel=1e-14)
    assert value.grad == pytest.approx(slope, rel=1e-14)


def test_the_gradient_is_itself_differentiable():
    value = Value(0.3)
    (slope,) = gradients(binary_cross_entropy_with_logits(value, 1.0), [value])
    (curvature,) = gradients(slope, [value])
    s = 1.0 / (1.0 + math.exp(-0.3))
    assert curvature.data == pytest.approx(s * (1.0 - s), rel=1e-14)


@pytest.mark.parametrize("logit", [1e4, -1e4, 800.0, -800.0])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.5])
def test_a_saturated_sigmoid_costs_much_but_not_infinity(logit, target):
    value = Value(logit)
    loss = binary_cross_entropy(sigmoid(value), target)
    loss.backward()
    wrong = abs(target - (logit > 0.0))
    assert loss.data == pytest.approx(wrong * 300.0 * math.log(10.0), rel=1e-14)
    assert value.grad == 0.0


@pytest.mark.parametrize("probability", [-0.25, 1.5, math.inf])
def test_binary_cross_entropy_refuses_scores(probability):
    with pytest.raises(
        ValueError, match=f"takes probabilities, not {probability}: see binary_cross_entropy_with_logits"
    ):
        binary_cross_entropy([Value(probability)], [1])


@pytest.mark.parametrize("loss", [binary_cross_entropy, binary_cross_entropy_with_logits])
@pytest.mark.parametrize("target", [-1.0, 2.0, math.nan])
def test_cross_entropies_refuse_targets_that_are_no_probabilities(loss, target):
    with pytest.raises(ValueError, match="a probability from 0 to 1, not"):
        loss([Value(0.5)], [target])


def test_hinge_is_linear_on_the_wrong_side_and_refuses_zeros_and_ones():
    assert hinge([Value(1e4), Value(-1e4)], [-1, 1]).data == 1e4 + 1.0
    assert hinge([Value(1e4), Value(-1e4)], [1, -1]).data == 0.0
    with pytest.raises(ValueError, match=r"the targets of hinge are -1 and \+1, not 0\.0"):
        hinge([Value(0.5)], [0])


def test_nan_is_not_hidden():
    for loss in LOSSES:
        assert math.isnan(loss([Value(math.nan)], [1.0]).data)


def test_penalties_are_sums_over_the_weights():
    weights = [Value(-2.0), Value(0.5), Value(3.0)]
    l1_penalty(weights, 0.1).backward()
    assert [weight.grad for weight in weights] == [-0.1, 0.1, 0.1]
    assert l1_penalty(weights).data == 5.5
    for weight in weights:
        weight.zero_grad()
    l2_penalty(iter(weights), 0.5).backward()
    assert [weight.grad for weight in weights] == [-2.0, 0.5, 3.0]
    assert l2_penalty(weights).data == 13.25


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_penalties_refuse_what_makes_no_sense(penalty):
    with pytest.raises(ValueError, match="the strength of a penalty is a finite number of at least 0, not -1"):
        penalty([Value(1.0)], -1)
    with pytest.raises(ValueError, match="no parameters"):
        penalty([])
    with pytest.raises(TypeError, match=r"as model\.parameters\(\) gives"):
        penalty(Value(1.0))
