"""x ** 2 is x * x, x ** -1 is 1 / x and x ** 0.5 the square root, to the last bit, wherever a power is written."""

import math

import numpy as np
import pytest
from support.drawn_graphs import drawn_nodes
from support.program_checks import bits, each_backend, program, same_bits

import engine
from engine import Primitive, Value, gradients
from engine.programs.tape import record

# Where the C library's pow rounds otherwise.
ROUNDED = {2: 8.362475513051699, -1: 6.452406279476071, 0.5: 6.842872118476465}
BASES = [0.3, 1.0, 7.5, 1e-160, 1e160, 1e200, 5e-324, -0.0, 0.0, -8.0, -1e200, math.inf, -math.inf, math.nan]
BASES += ROUNDED.values()

# The value and the first three derivatives, by textbook; s is the root.
TEXTBOOK = {
    2: lambda x, s: (x * x, 2 * x, 2, 0),
    -1: lambda x, s: (1 / x, -1 / x / x, 2 / x / x / x, -6 / x / x / x / x),
    0.5: lambda x, s: (s, 1 / (2 * s), -1 / (4 * s * x), 3 / (8 * s * x * x)),
    3: lambda x, s: (x * x * x, 3 * x * x, 6 * x, 6),
}

each_power = pytest.mark.parametrize("exponent", ROUNDED)

WAYS = {
    "operator": lambda x, y: x**y,
    "float": lambda x, y: x ** float(y),
    "NumPy's float": lambda x, y: x ** np.float64(y),
    "function": engine.pow,
    "numbers alone": lambda x, y: Value(engine.pow(x.data, y)),
    "array": lambda x, y: (np.array([x]) ** y)[0],
    "formula": lambda x, y: engine.register(Primitive("literal", f"pow(x, {y})", ("1",)))(x),
    "longer formula": lambda x, y: engine.register(Primitive("longer", f"pow(2 * x, {y})", ("1",)))(x * 0.5),
    "unrecorded": engine.no_grad()(lambda x, y: x**y),
}


def of_numpy(base, exponent):
    """The bits of a power in an array of doubles; those of NaN for 1 / 0, which is no number in Python."""
    power = (np.array([base]) ** exponent).item()
    return bits(math.nan if base == 0 > exponent else power)


@pytest.mark.usefixtures("open_table")
@pytest.mark.parametrize("way", WAYS)
@each_power
def test_the_bits_are_those_of_numpy(exponent, way):
    for base in BASES:
        with np.errstate(all="ignore"):
            try:
                found = bits(WAYS[way](Value(base), exponent).data)
            except (ArithmeticError, ValueError):
                found = "nan"
            assert found == of_numpy(base, exponent) or (way, base) == ("longer formula", 5e-324), base


@each_power
def test_an_exponent_that_is_a_value_is_left_to_the_c_library(exponent):
    base = ROUNDED[exponent]
    assert (Value(base) ** Value(exponent)).data == (base ** Value(exponent)).data == math.pow(base, exponent)
    assert (Value(base) ** exponent).data != math.pow(base, exponent)


def with_derivatives(x, exponent):
    """The power and its first two derivatives, as Values; [] where one does not exist or is not finite."""
    try:
        found = [x**exponent]
        for _ in range(2):
            found += gradients(found[-1], [x])
    except (ArithmeticError, ValueError):
        return []
    return found if all(math.isfinite(number.data) for number in found) else []


@each_backend
@each_power
def test_a_program_gives_the_bits_of_the_value_and_two_derivatives_and_calls_no_pow(exponent, backend):
    x = Value(0.7)
    compiled = program(backend, [x], with_derivatives(x, exponent))
    assert "pow" not in compiled.source
    for base in BASES:
        x = Value(base)
        expected = with_derivatives(x, exponent)
        if not expected:
            with pytest.raises((ArithmeticError, ValueError)):
                compiled(base)
            continue
        assert same_bits(compiled(base), [number.data for number in expected]), base
        expected[0].backward()
        assert x.grad == expected[1].data


@pytest.mark.parametrize("exponent", TEXTBOOK)
@pytest.mark.parametrize("base", [0.3, 1.0, 7.5, -2.5, 1e-60, 3e60])
def test_three_derivatives_are_those_of_the_textbook_in_both_modes(exponent, base):
    base = abs(base) if exponent == 0.5 else base
    reverse = forward = lambda x: x**exponent
    for truth in TEXTBOOK[exponent](base, math.sqrt(abs(base))):
        assert (reverse(base), forward(base)) == pytest.approx((truth, truth), rel=4e-15)
        reverse, forward = engine.grad(reverse), lambda x, of=forward: engine.jvp(of, [x], [1.0])[1]


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_at_zero_the_square_is_flat_and_the_root_has_no_derivative(zero):
    x = Value(zero, "a")
    assert with_derivatives(x, 2)[1].data == 0.0
    assert with_derivatives(x, 2)[2].data == 2.0
    with pytest.raises(ZeroDivisionError, match=rf"^pow has no derivative .* at x = {zero} \('a'\), y = 0\.5"):
        (x**0.5).backward()


ERRORS = [(-1, "0.0", ZeroDivisionError, "division by zero")]
ERRORS += [(0.5, base, ValueError, "a negative number has no real square root") for base in ("-8.0", "-inf")]


@each_backend
@pytest.mark.parametrize(("exponent", "base", "error", "words"), ERRORS)
def test_an_error_names_what_was_written(exponent, base, error, words, backend):
    x = Value(4.0, "a")
    compiled = program(backend, outputs=[x**exponent])
    x.data = float(base)
    for compute in (lambda: x**exponent, lambda: engine.pow(x, exponent), compiled):
        with pytest.raises(error, match=rf"^pow has no value at x = {base} \('a'\), y = {float(exponent)}: .*{words}"):
            compute()


KEYS = ["pow(x, 2.0)", "pow(x, 3.0)", "pow"]  # On a tape they are different operations.


def test_the_graph_shows_the_power_and_its_gradient_plain_arithmetic():
    x = Value(3.0, "x")
    square = x**2
    (slope,) = gradients(square, [x])
    assert (square.operation.name, square.operands) == ("pow", (x, 2.0))
    assert {node.operation for node in record([x], [square, x**3, x**1.5], [])[0].nodes} == {*KEYS}
    assert drawn_nodes(square)["v1"].expression == "x ** 2"
    assert (slope.operation.name, slope.operands) == ("mul", (2.0, x))
