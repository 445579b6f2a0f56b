"""exp, expm1, tanh and log in lanes: the bits of `math`, or two units in the last place."""

import array
import math
import random

import pytest
from mpmath import mp, mpf
from support.program_checks import needs, program, same_bits

import engine
from engine import Value
from engine.machine.math import EXACT, FAST
from nn import MLP, SGD, half_sum_of_squares

needs("llvm")

from engine.machine import compiler  # noqa: E402 - needs llvmlite

DECISIVE = 508.49944319021517
"""The last digit of ln 2 / 128 decides about the last digit of its exp."""


def places(name):
    """Many numbers of all sizes, among them those where the branches of the formulas meet."""
    draw = random.Random(f"places of {name}")
    if name == "log":
        near_1 = [draw.uniform(0.4, 2.5) for _ in range(4_000)]
        far = [math.exp(draw.uniform(-700, 700)) for _ in range(4_000)]
        edges = [1.0, 2.0, 0.5, math.sqrt(0.5), 2.0**-1022, 1e308, math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0)]
        return [*near_1, *far, *edges]
    edges = [math.log(2.0) * k / 2.0 for k in range(-80, 81)] + [2.0**-k for k in range(0, 80, 3)]
    edges += [1.0, 22.0, 20.0, 512.0, DECISIVE]
    near = [math.nextafter(edge, direction) for edge in edges for direction in (-9e9, 9e9)]
    drawn = [draw.uniform(-1.0, 1.0) * 10.0 ** draw.uniform(-5.0, 2.8) for _ in range(8_000)]
    numbers = [*edges, *near, *drawn, *(-edge for edge in edges)]
    return [number for number in numbers if abs(number) < 700.0]


SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1e-310]
SPECIAL += [1e300, -1e300, 750.0, -750.0, 709.9, -745.2]


def reference(name, number):
    """What `math` gives, with infinities and NaN where it raises, as C has them."""
    try:
        return getattr(math, name)(number)
    except OverflowError:
        return math.inf
    except ValueError:
        return -math.inf if number == 0.0 else math.nan


@pytest.mark.parametrize("name", EXACT)
def test_the_exact_functions_have_the_bits_of_math(name):
    if name not in compiler.exact_functions(EXACT):
        assert True, "this machine's library is another, and is called instead"
        return
    numbers = [*places(name), *SPECIAL]
    found = compiler.mapped(name, array.array("d", numbers), fast=False)
    assert same_bits(found, [reference(name, number) for number in numbers])
    for number in SPECIAL:
        (found,) = compiler.mapped(name, array.array("d", [number]), fast=False)
        assert same_bits([found], [reference(name, number)]), number


def test_a_library_with_other_bits_is_noticed(monkeypatch):
    """The comparison that decides whether lanes are used has to fail for one wrong bit in a thousand numbers."""
    exact = math.exp
    monkeypatch.setitem(
        compiler.MATH, "exp", lambda x: math.nextafter(exact(x), 9e99) if hash(x) % 1_000 == 0 else exact(x)
    )
    compiler._is_exact.cache_clear()
    assert not compiler._is_exact("exp")
    monkeypatch.undo()
    compiler._is_exact.cache_clear()


@pytest.mark.parametrize("name", FAST)
@pytest.mark.slow
def test_the_fast_functions_are_right_to_two_units_in_the_last_place(name):
    numbers = places(name)
    found = compiler.mapped(name, array.array("d", numbers), fast=True)
    worst = 0.0
    with mp.workdps(60):
        for number, result in zip(numbers, found, strict=True):
            exact = getattr(mp, name)(mpf(number))
            if abs(exact) > 1e-300:
                worst = max(worst, float(abs(result - exact)) / math.ulp(float(exact)))
            else:
                assert result == pytest.approx(float(exact), abs=1e-300)
    assert 0.4 < worst <= 2.0
    for number in SPECIAL:
        (result,) = compiler.mapped(name, array.array("d", [number]), fast=True)
        assert result == pytest.approx(reference(name, number), rel=1e-15, nan_ok=True), number


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "softplus", "gelu"])
def test_fast_math_is_right_to_a_few_digits_less(hidden):
    results = []
    for fast in (False, True):
        model = MLP([2, 3, 1], hidden=hidden, output="sigmoid", seed=1)
        optimizer = SGD(model.parameters(), 0.1)
        loss = half_sum_of_squares([model(x) for x in ([0, 0], [0, 1], [1, 0], [1, 1])], [0, 1, 1, 0])
        compiled = program("llvm", outputs=[loss], updates=optimizer.updates(loss), fast_math=fast)
        compiled.repeat(100)
        results.append([*compiled(), *model.state_dict().values()])
    assert results[1] == pytest.approx(results[0], rel=1e-11)
    assert compiled.fast_math


def test_fast_math_fails_where_the_exact_code_fails():
    x, w = Value(1.0, "x"), Value(1.0, "w")
    compiled = program("llvm", [x], [engine.log(x) * engine.exp(w)], [(w, w + 1.0)], fast_math=True)
    assert compiled(2.0) == (pytest.approx(math.log(2.0) * math.e, rel=1e-15),)
    for bad, error in ((-1.0, engine.DomainError), (0.0, engine.DomainError), (math.nan, ArithmeticError)):
        with pytest.raises(error):
            compiled(bad)
    w.data = 800.0
    with pytest.raises(OverflowError, match="exp has no value at x = 800"):
        compiled(2.0)
    assert w.data == 800.0
