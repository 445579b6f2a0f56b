"""A branch that is not taken passes nothing back, and a derivative that does not exist spoils no other."""

import copy
import math
import pickle

import pytest
from support.program_checks import available, program

import engine
from engine import Value, cbrt, gradients, hypot, log, maximum, minimum, relu, sign, sqrt, step, where

INF = math.inf

# (function, point, first derivative, second derivative). A part of the function is not taken at the point, and the
# derivative of that part, or of what is below it, is infinite, undefined or NaN. Those given are of the part taken.
NOT_TAKEN = {
    "at the border": (lambda x: where(step(1 - x), x, sqrt(x)), 0.0, 1.0, 0.0),
    "guarded": (lambda x: where(step(x), x * x, sqrt(maximum(-x, 0.0))), 1.0, 2.0, 2.0),
    "guarded constant": (lambda x: where(step(x), sqrt(maximum(x, 0.0)), 0.0), -1.0, 0.0, 0.0),
    "of where, condition false": (lambda x: where(step(x), sqrt(relu(x)), x**3), -2.0, 12.0, -12.0),
    "two deep": (lambda x: where(step(x), x**3, sqrt(sqrt(relu(-x)))), 2.0, 12.0, 12.0),
    "one in another": (lambda x: where(x, where(step(x), x, cbrt(x - x)), sqrt(x - 1)), 1.0, 1.0, 0.0),
    "of maximum": (lambda x: maximum(x * x, sqrt(x - 2) - 1), 2.0, 4.0, 2.0),
    "of minimum": (lambda x: minimum(-x, cbrt(x - 2)), 2.0, -1.0, 0.0),
    "of relu": (lambda x: x * x + relu(sqrt(x - 2) - 1), 2.0, 4.0, 2.0),
    "below relu": (lambda x: x * x + sqrt(relu(x)), -2.0, -4.0, 2.0),
    "of sign": (lambda x: x * x + sign(sqrt(x - 2) - 1), 2.0, 4.0, 2.0),
    "of step": (lambda x: x * x + step(cbrt(x - 2)), 2.0, 4.0, 2.0),
    "an exponent that only steps": (lambda x: x ** sign(x), -2.0, -0.25, -0.25),
    "infinite partial": (lambda x: where(step(x), x * x, (x - 1) * Value(INF)), 2.0, 4.0, 2.0),
    "infinite by overflow": (lambda x: where(step(x), x * x, 1e-300 / (x * 1e-300) / 1e-300), 2.0, 4.0, 2.0),
    "NaN partial": (lambda x: where(step(x), x * x, x * Value(math.nan)), 2.0, 4.0, 2.0),
    "NaN below": (lambda x: where(step(x), x * x, (x * INF) * 0.0), 2.0, 4.0, 2.0),
    "hypot at the origin": (lambda x: where(step(1 - x), x * x, hypot(x, 0.0 * x)), 0.0, 0.0, 2.0),
    "base of a power": (lambda x: where(step(1 - x), x * x, x**0.5), 0.0, 0.0, 2.0),
    "zeroth power": (lambda x: x * x + sqrt(x) ** 0, 0.0, 0.0, 2.0),
    "power of a negative number": (lambda x: where(x, x * x, x / (-0.5) ** x), -2.0, -4.0, 2.0),
    "impossible probability": (lambda x: x * x + engine.log_probability(sqrt(x)), 0.0, 0.0, 2.0),
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_what_is_not_taken_passes_nothing_back(case):
    function, point, first, second = NOT_TAKEN[case]
    x = Value(point)
    for root in (function(x), copy.deepcopy(function(x)), pickle.loads(pickle.dumps(function(x)))):
        leaves = [node for node in engine.topological_order(root) if node.is_leaf and node.data == point]
        root.backward()
        assert sum(leaf.grad for leaf in leaves) == pytest.approx(first, rel=1e-12)
    x = Value(point)
    result = function(x)
    with engine.no_grad():
        assert gradients(result, [x])[0].data == pytest.approx(first, rel=1e-12)
    assert engine.grad(function)(point) == pytest.approx(first, rel=1e-12)
    assert engine.grad(engine.grad(function))(point) == pytest.approx(second, rel=1e-12)
    assert engine.jvp(function, [point], [1.0])[1] == pytest.approx(first, rel=1e-12)
    assert engine.jvp(engine.grad(function), [point], [1.0])[1] == pytest.approx(second, rel=1e-12)
    assert engine.jvp(lambda x: engine.jvp(function, [x], [1.0])[1], [point], [1.0])[1] == pytest.approx(
        second, rel=1e-12
    )


def test_no_node_of_a_branch_that_is_not_taken_has_a_gradient_but_0():
    x = Value(-1.0)
    floor = maximum(x, 0.0)
    root = sqrt(floor)
    where(step(x), root, 3 * x).backward()
    assert (root.grad, floor.grad, x.grad) == (0.0, 0.0, 3.0)


@pytest.mark.parametrize("backend", available())
@pytest.mark.parametrize("case", NOT_TAKEN)
def test_programs_do_so_wherever_they_were_recorded(case, backend):
    function, point, first, second = NOT_TAKEN[case]
    for recorded_at in (point, point + 0.75):
        x = Value(recorded_at)
        try:
            (slope,) = gradients(function(x), [x])
            (curvature,) = gradients(slope, [x])
        except ArithmeticError:
            assert recorded_at != point  # There, it may have no value.
            continue
        compiled = program(backend, [x], [slope, curvature])
        assert compiled(point) == pytest.approx((first, second), rel=1e-12)
        assert compiled.sum([[point]] * 5) == pytest.approx((5 * first, 5 * second), rel=1e-12)
        assert compiled.repeat(3, point) == pytest.approx((first, second), rel=1e-12)


def test_the_number_of_a_gradient_is_a_number_like_any_other():
    x, w = Value(-1.0), Value(1.0)
    (nothing,) = gradients(where(step(x), x, relu(x)), [x])
    for product in (w * nothing.data, nothing.data * w, w * nothing.detach()):
        with pytest.raises(ZeroDivisionError, match="sqrt has no derivative"):
            sqrt(product).backward()


def test_a_value_that_does_not_exist_raises_in_the_other_branch_too_and_the_error_shows_the_cure():
    with pytest.raises(
        ValueError, match=r"^log has no value at x = -1\.0.*; in a branch of where, guard the argument, too"
    ):
        engine.grad(lambda x: where(step(x), log(x), x))(-1.0)
    assert engine.grad(lambda x: where(step(x), log(where(step(x), x, 1.0)), x))(-1.0) == 1.0
    x = Value(2.0)
    compiled = program("python", [x], [where(step(x), log(x), x)])
    with pytest.raises(ValueError, match="guard the argument, too"):
        compiled(-1.0)


@pytest.mark.parametrize("choose", [maximum, minimum])
@pytest.mark.parametrize("tie", [0.0, 2.0, INF, -INF])
def test_a_tie_gives_half_to_each_at_infinity_too(choose, tie):
    x, y = Value(tie), Value(tie)
    choose(x, y).backward()
    assert (x.grad, y.grad) == (0.5, 0.5)
    assert [slope.data for slope in gradients(choose(x, y), [x, y])] == [0.5, 0.5]


@pytest.mark.parametrize(("smaller", "larger"), [(-INF, 1.0), (1.0, INF), (-INF, INF)])
def test_an_infinite_operand_wins_or_loses(smaller, larger):
    x, y = Value(smaller), Value(larger)
    maximum(x, y).backward()
    assert (x.grad, y.grad) == (0.0, 1.0)
