"""Softmax, log_sum_exp and the losses of scores: far out against mpmath, at infinities against the limit."""

import math

import pytest
from mpmath import mp, mpf
from support.program_checks import each_backend, needs

from engine import Program, Value, gradients, hessian, jvp, recording
from nn import MLP, SGD, binary_cross_entropy_with_logits, cross_entropy, hinge, log_sum_exp, softmax, train

INF = math.inf

FAR_OUT = [
    [1e4, 0.25, 0.0],
    [0.0, 40.0],
    [0.0, 40.0, -1e4],
    [1e4, 0.0, -1e4],
    [-1e4, -1e4 + 300.0, -1e4 + 301.0],
    [5.0, 5.0, 5.5, -34.0],
    [0.5, -0.25, 700.0],
    [1e10, 1e10, 1e10 + 2.0],
    [1e17, 1e17, 1e17],
    [-1e30, 1.0, 2.0, 1.0],
]
LIMITS = [
    ([-INF, -INF, -INF], [1 / 3, 1 / 3, 1 / 3]),
    ([-INF] * 5, [0.2] * 5),
    ([-INF, 0.0, -INF], [0.0, 1.0, 0.0]),
    ([math.log(3.0), -INF, 0.0], [0.75, 0.0, 0.25]),
    ([INF, 1.0, -INF], [1.0, 0.0, 0.0]),
    ([1e300, INF, INF], [0.0, 0.5, 0.5]),
    ([INF, INF, INF, -INF], [1 / 3, 1 / 3, 1 / 3, 0.0]),
]

each_far_row = pytest.mark.parametrize("row", FAR_OUT, ids=str)
each_limit = pytest.mark.parametrize(("row", "limit"), LIMITS, ids=str)


def shares(row):
    """The softmax p of a row and the complements 1 - p, to 60 digits by their definition."""
    with mp.workdps(60):
        powers = [mp.exp(mpf(score) - max(row)) for score in row]
        total = mp.fsum(powers)
        others = [powers[:k] + powers[k + 1 :] for k in range(len(row))]
        return [power / total for power in powers], [mp.fsum(powers) / total for powers in others]


def close(found, exact, scale=0):
    """Whether a number has twelve digits of the exact one, or of what it is a small difference of."""
    return abs(found - exact) <= 1e-12 * max(abs(exact), scale) + 1e-307


def slopes(p, rest, k):
    """The derivatives of p[k] by each score: p (1 - p) by its own, -p q by another."""
    return [p[k] * rest[k] if k == j else -p[k] * p[j] for j in range(len(p))]


@each_far_row
def test_softmax_and_its_two_derivatives_keep_their_digits_far_out(row):
    p, rest = shares(row)
    for k, found in enumerate(softmax(row)):
        assert close(found, p[k])
        values = [Value(score) for score in row]
        softmax(values)[k].backward()
        assert all(map(close, (value.grad for value in values), slopes(p, rest, k)))
        curvature = hessian(lambda row, k=k: softmax(row)[k])(row)[k][k]
        assert close(curvature, p[k] * rest[k] * (rest[k] - p[k]), p[k] * rest[k])


@each_far_row
def test_log_sum_exp_and_cross_entropy_keep_theirs(row):
    """Second derivatives by two scores are small differences of numbers of the size of the smaller share."""
    p, rest = shares(row)
    second = hessian(log_sum_exp)(row)
    for k in range(len(row)):
        values = [Value(score) for score in row]
        loss = cross_entropy(values, k)
        loss.backward()
        expected = -mp.log1p(-rest[k]) if rest[k] < 0.5 else -mp.log(p[k])
        gradient = [p[j] if j != k else -rest[k] for j in range(len(row))]
        assert close(loss.data, expected)
        assert all(map(close, (value.grad for value in values), gradient))
        for computed in (second, hessian(lambda row, k=k: cross_entropy(row, k))(row)):
            assert close(computed[k][k], slopes(p, rest, k)[k])
            assert all(close(computed[k][j], slopes(p, rest, k)[j], min(p[k], p[j])) for j in range(len(row)))


@each_limit
def test_softmax_and_log_sum_exp_at_infinities_are_as_by_the_limit(row, limit):
    """Equal scores that all move to infinity together keep their shares."""
    jacobian = [[p * ((j == k) - q) for j, q in enumerate(limit)] for k, p in enumerate(limit)]
    assert softmax(row) == pytest.approx(limit, rel=1e-15)
    values = [Value(score) for score in row]
    total = log_sum_exp(values)
    total.backward()
    largest = max(row)
    assert total.data == (pytest.approx(math.log(4.0), rel=1e-15) if math.isfinite(largest) and largest else largest)
    assert [value.grad for value in values] == pytest.approx(limit, rel=1e-15)
    assert [slope.data for slope in gradients(total, values)] == [value.grad for value in values]
    second = hessian(log_sum_exp)(row)
    for k in range(len(row)):
        assert second[k] == pytest.approx(jacobian[k], rel=1e-14)
        tangent = [float(j == k) for j in range(len(row))]
        assert jvp(log_sum_exp, [row], [tangent])[1] == pytest.approx(limit[k], rel=1e-15)
        assert jvp(softmax, [row], [tangent])[1] == pytest.approx(jacobian[k], rel=1e-14)
        values = [Value(score) for score in row]
        softmax(values)[k].backward()
        assert [value.grad for value in values] == pytest.approx(jacobian[k], rel=1e-14)


def targets_of(k, count):
    """The ways to say class k: its number, and a Value of it; a row of probabilities, and of Values."""
    one_hot = [float(j == k) for j in range(count)]
    return [k, [Value(float(k))], one_hot, [Value(p) for p in one_hot]]


@each_limit
def test_cross_entropy_at_infinities_is_as_by_the_limit_however_the_target_is_given(row, limit):
    for k, p in enumerate(limit):
        expected = [q - (j == k) for j, q in enumerate(limit)]
        for target in targets_of(k, len(row)):
            values = [Value(score) for score in row]
            loss = cross_entropy([values], [target])
            loss.backward()
            assert loss.data == (pytest.approx(-math.log(p), rel=1e-14, abs=1e-300) if p else INF)
            assert [value.grad for value in values] == pytest.approx(expected, rel=1e-14)
            assert all(math.isfinite(value.grad) for value in values)


@each_backend
@pytest.mark.parametrize("form", range(4))
def test_programs_give_the_same_bits_at_infinities_and_refuse_an_infinite_loss(form, backend):
    needs(backend)
    target = targets_of(1, 3)[form]
    given = [number for number in (target if isinstance(target, list) else ()) if isinstance(number, Value)]
    scores = [Value(0.0) for _ in range(3)]

    def outputs(scores):
        loss = cross_entropy([scores], [target])
        return loss, [*gradients(loss, scores), *softmax(scores), *gradients(log_sum_exp(scores), scores)]

    with recording():
        loss, others = outputs(scores)
    program, losses = (Program([*scores, *given], wanted, backend=backend) for wanted in (others, [loss]))
    for row, limit in LIMITS:
        if len(row) == 3:
            numbers = [*row, *(number.data for number in given)]
            expected, slopes = outputs([Value(score) for score in row])
            assert program(*numbers) == tuple(slope.data for slope in slopes)
            if limit[1]:
                assert losses(*numbers) == (expected.data,)
            else:
                with pytest.raises(ArithmeticError, match="inf"):
                    losses(*numbers)


@each_backend
@pytest.mark.parametrize("size", [None, 2])
def test_a_class_that_is_ruled_out_changes_no_bit_of_a_training(backend, size):
    needs(backend)
    found = []
    for ruled_out in ([], [-INF]):
        model = MLP([2, 4, 2], seed=1, output="linear")
        history = train(
            lambda x, model=model, ruled_out=ruled_out: [*model(x), *ruled_out],
            [[0, 0], [0, 1], [1, 0], [1, 1]],
            [0, 1, 1, 0],
            loss=cross_entropy,
            optimizer=SGD(model.parameters(), 0.5),
            epochs=5,
            batch_size=size,
            backend=backend,
        )
        found.append((history.losses, model.state_dict()))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("loss", "score", "target", "expected", "slope"),
    [
        (binary_cross_entropy_with_logits, INF, 1.0, 0.0, 0.0),
        (binary_cross_entropy_with_logits, INF, 0.0, INF, 1.0),
        (binary_cross_entropy_with_logits, -INF, 0.0, 0.0, 0.0),
        (binary_cross_entropy_with_logits, -INF, 1.0, INF, -1.0),
        (binary_cross_entropy_with_logits, INF, 0.25, INF, 0.75),
        (binary_cross_entropy_with_logits, -INF, 0.25, INF, -0.25),
        (hinge, INF, 1.0, 0.0, 0.0),
        (hinge, INF, -1.0, INF, 1.0),
        (hinge, -INF, -1.0, 0.0, 0.0),
        (hinge, -INF, 1.0, INF, -1.0),
    ],
)
def test_losses_of_one_score_at_infinities_are_as_by_the_limit(loss, score, target, expected, slope):
    for goal in (target, Value(target)):
        value = Value(score)
        result = loss(value, goal)
        result.backward()
        assert (result.data, value.grad) == (expected, slope)
        assert gradients(result, [value])[0].data == slope


@pytest.mark.parametrize("logit", [-700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_both_tails_of_the_binary_loss_keep_their_digits(logit, target):
    """The slope is sigmoid - target, its derivative sigmoid (1 - sigmoid)."""
    [low, high], _ = shares([0.0, logit])
    value = Value(logit)
    binary_cross_entropy_with_logits(value, target).backward()
    assert close(value.grad, -low if target else high)
    for goal in (target, Value(target)):
        second = hessian(lambda z, goal=goal: binary_cross_entropy_with_logits(z, goal))(logit)[0][0]
        assert close(second.data if isinstance(second, Value) else second, low * high)
