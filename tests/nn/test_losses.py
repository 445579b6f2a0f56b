"""Losses and penalties against closed forms and NumPy, at ordinary and at extreme predictions."""

import math

import numpy as np
import pytest
from support.program_checks import each_backend, needs

from engine import Program, Value, gradcheck, gradients, hessian, recording, sigmoid
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
    for weight in ("w", [Value(1.0)]):
        with pytest.raises(TypeError, match="a penalty takes a real number, not"):
            penalty([weight])


# --- Several classes: against NumPy, and where NumPy's formula would overflow or cancel -------------------------------

LOGITS = np.random.default_rng(1).normal(scale=3.0, size=(5, 4))
CLASSES = np.array([0, 3, 1, 1, 2])
EXPONENTIALS = np.exp(LOGITS)
PROBABILITIES = EXPONENTIALS / EXPONENTIALS.sum(axis=1, keepdims=True)
ONE_HOT = np.eye(4)[CLASSES]
SOFT = np.random.default_rng(2).dirichlet(np.ones(4), size=5)


def rows_of_values():
    return [[Value(number) for number in row] for row in LOGITS]


def gradient_of(rows):
    return [[value.grad for value in row] for row in rows]


@pytest.mark.parametrize("targets", [CLASSES, CLASSES.tolist(), CLASSES[:, None], CLASSES.astype(float), ONE_HOT])
def test_classes_are_given_by_number_or_as_probabilities(targets):
    rows = rows_of_values()
    loss = cross_entropy(rows, targets)
    loss.backward()
    expected = -np.mean(np.log(PROBABILITIES[np.arange(5), CLASSES]))
    assert loss.data == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient_of(rows), (PROBABILITIES - ONE_HOT) / 5.0, rtol=1e-12)


@pytest.mark.parametrize("as_values", [False, True])
def test_targets_may_be_uncertain(as_values):
    rows = rows_of_values()
    targets = [[Value(q) for q in row] for row in SOFT] if as_values else SOFT
    loss = cross_entropy(rows, targets)
    loss.backward()
    assert loss.data == pytest.approx(-np.mean(np.sum(SOFT * np.log(PROBABILITIES), axis=1)), rel=1e-14)
    np.testing.assert_allclose(gradient_of(rows), (PROBABILITIES - SOFT) / 5.0, rtol=1e-11, atol=1e-16)


def test_classes_as_rows_of_values_can_be_recorded_and_are_looked_at_only_when_it_runs():
    scores, targets = ([Value(0.0) for _ in range(4)] for _ in range(2))
    targets[0].data = 1.0
    with recording():
        loss = cross_entropy([scores], [targets])
    program = Program([*scores, *targets], [loss, *gradients(loss, scores)])
    for row, chosen in zip(LOGITS, CLASSES, strict=True):
        probabilities = np.exp(row) / np.exp(row).sum()
        found, *slopes = program(*row, *np.eye(4)[chosen])
        assert found == pytest.approx(-np.log(probabilities[chosen]), rel=1e-13)
        np.testing.assert_allclose(slopes, probabilities - np.eye(4)[chosen], rtol=1e-11, atol=1e-15)


@each_backend
def test_a_class_that_is_a_value_is_an_input_of_a_program_with_the_bits_of_its_number(backend):
    needs(backend)
    scores, right = [Value(0.0) for _ in range(4)], Value(0.0)
    with recording():
        loss = cross_entropy([scores], [right])
    program = Program([*scores, right], [loss, *gradients(loss, scores)], backend=backend)
    for row in LOGITS:
        for chosen in range(4):
            values = [Value(number) for number in row]
            expected = cross_entropy([values], [chosen])
            slopes = gradients(expected, values)
            assert program(*row, chosen) == (expected.data, *(slope.data for slope in slopes))
            assert cross_entropy([row], [Value(chosen)]).data == expected.data


def test_a_row_of_numbers_and_values_has_a_loss_that_depends_on_the_values():
    rest = Value(0.0)
    cross_entropy([LOGITS[0]], [[1.0, rest, 0.0, 0.0]]).backward()
    assert rest.grad == pytest.approx(-np.log(PROBABILITIES[0, 1]), rel=1e-14)


def test_a_target_that_is_almost_certain_keeps_its_rest():
    logits = [0.0, 300.0]
    assert cross_entropy(logits, [1.0, 0.0]) == 300.0
    assert cross_entropy(logits, [0.0, 1.0]) == pytest.approx(math.exp(-300.0), rel=1e-14)
    assert cross_entropy(logits, [5e-7, 1.0]) == pytest.approx(300.0 * 5e-7, rel=1e-14)


def test_one_sample_may_stand_alone():
    row = [Value(number) for number in LOGITS[0]]
    assert cross_entropy(row, 2).data == cross_entropy([row], [2]).data
    assert cross_entropy(row, ONE_HOT[0]).data == cross_entropy([row], [0]).data


def test_two_classes_are_the_binary_case():
    for logit in (-40.0, -1.0, 0.0, 2.5, 40.0):
        expected = binary_cross_entropy_with_logits(Value(logit), 1.0).data
        assert cross_entropy([[Value(0.0), Value(logit)]], [1]).data == expected


@pytest.mark.parametrize(
    ("row", "right", "expected"),
    [
        ([1e4, -1e4, 0.0], 0, 0.0),
        ([1e4, -1e4, 0.0], 1, 2e4),
        ([1e4, 1e4, -1e4], 0, math.log(2.0)),
        ([-1e4, -1e4, -1e4, -1e4], 3, math.log(4.0)),
        ([0.0, 50.0, 0.0], 1, 2.0 * math.exp(-50.0)),
        ([-700.0, 0.0, -699.0], 1, math.exp(-700.0) * (1.0 + math.e)),
    ],
)
def test_scores_of_any_size_keep_their_digits(row, right, expected):
    values = [Value(number) for number in row]
    loss = cross_entropy([values], [right])
    loss.backward()
    assert loss.data == pytest.approx(expected, rel=1e-14)
    assert all(-1.0 <= value.grad <= 1.0 for value in values)


def test_second_derivatives_agree_with_differences():
    assert gradcheck(lambda row: cross_entropy([row], [1]), [[0.5, -1.25, 2.0]], order=2)


def test_softmax_and_log_sum_exp_agree_with_numpy():
    for row, expected in zip(LOGITS, PROBABILITIES, strict=True):
        np.testing.assert_allclose([p.data for p in softmax([Value(number) for number in row])], expected, rtol=1e-14)
        assert log_sum_exp(row) == pytest.approx(math.log(np.exp(row).sum()), rel=1e-14)
    assert softmax([1e4, 0.0, -1e4]) == [1.0, 0.0, 0.0]
    assert softmax([7.0]) == [1.0]
    assert log_sum_exp([1e4, 1e4]) == pytest.approx(1e4 + math.log(2.0), rel=1e-15)


@pytest.mark.parametrize("row", [[-1e30, 1.0, 2.0], [1.0, -1e30, 2.0], [1.0, 2.0, -1e30], [-math.inf, 1.0, 2.0]])
def test_a_score_far_below_the_others_counts_for_nothing(row):
    expected = [math.exp(score) / (math.e + math.e**2) for score in row]
    values = [Value(score) for score in row]
    result = log_sum_exp(values)
    result.backward()
    assert result.data == pytest.approx(math.log(math.e + math.e**2), rel=1e-15)
    assert [value.grad for value in values] == pytest.approx(expected, rel=1e-14)
    assert softmax(row) == pytest.approx(expected, rel=1e-14)
    assert cross_entropy(row, [*(0.5 if score > 0.0 else 0.0 for score in row)]) == pytest.approx(
        math.log(math.e + math.e**2) - 1.5, rel=1e-14
    )


def test_log_sum_exp_of_infinities_is_theirs():
    assert log_sum_exp([-math.inf, -math.inf]) == -math.inf
    assert log_sum_exp([math.inf, math.inf, 1.0]) == math.inf
    assert math.isnan(log_sum_exp([math.nan, -math.inf, 1.0]))
    assert math.isnan(log_sum_exp([1.0, -math.inf, math.nan]))


def test_at_a_tie_the_derivatives_are_symmetric():
    tied = [Value(0.75), Value(0.75)]
    log_sum_exp(tied).backward()
    assert [value.grad for value in tied] == [0.5, 0.5]
    assert hessian(lambda a, b: log_sum_exp([a, b]))(0.75, 0.75) == [[0.25, -0.25], [-0.25, 0.25]]


@pytest.mark.parametrize(
    ("logits", "targets", "error", "message"),
    [
        ([[1.0, 2.0]], [2], ValueError, "a class of 2 is a whole number from 0 to 1, not 2"),
        ([[1.0, 2.0]], [-1], ValueError, "from 0 to 1, not -1"),
        ([[1.0, 2.0]], [0.5], ValueError, "from 0 to 1, not 0.5"),
        ([[1.0, 2.0]], [math.nan], ValueError, "from 0 to 1, not nan"),
        ([[1.0, 2.0]], ["0"], TypeError, "a target takes a real number, not '0'"),
        ([[1.0, 2.0]], [Value(2.0)], ValueError, r"from 0 to 1, not Value\(data=2"),
        ([[1.0, 2.0]], [0, 1], ValueError, "1 rows of logits stand against 2 targets"),
        ([[1.0, 2.0], [1.0, 2.0]], 1, ValueError, "the targets of 2 rows of logits are a list, not 1"),
        ([[1.0, 2.0]], [[0.5, 0.25, 0.25]], ValueError, "a row of 2 scores stands against 3 probabilities"),
        ([[1.0, 2.0]], [[0.5, 0.25]], ValueError, "entries of at least 0 and the sum 1"),
        ([[1.0, 2.0]], [[1.5, -0.5]], ValueError, "entries of at least 0 and the sum 1"),
        ([[1.0]], [0], ValueError, "rows of at least 2 numbers"),
        ([[1.0, 2.0], 3.0], [0, 0], ValueError, "rows of at least 2 numbers, not 3.0"),
        ([[1.0, None]], [0], TypeError, "a score takes a real number, not None"),
        ([], [], ValueError, r"a row of scores for each sample, not \[\]"),
        (1.0, [0], ValueError, "a row of scores for each sample, not 1.0"),
    ],
)
def test_what_cannot_be_compared_is_refused(logits, targets, error, message):
    with pytest.raises(error, match=message):
        cross_entropy(logits, targets)


def test_an_empty_row_has_no_softmax():
    for function in (softmax, log_sum_exp):
        with pytest.raises(ValueError, match="at least 1 numbers, not"):
            function([])


@pytest.mark.parametrize("scores", [[math.nan, math.inf], [math.inf, math.nan], [math.nan, -math.inf], [1.0, math.nan]])
def test_nan_is_not_hidden_behind_an_infinite_score(scores):
    assert math.isnan(log_sum_exp(scores))
    assert math.isnan(log_sum_exp([Value(score) for score in scores]).data)
