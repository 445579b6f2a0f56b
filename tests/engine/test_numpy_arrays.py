"""Values in NumPy's object arrays: the engine knows nothing of NumPy, and NumPy's arithmetic runs on Values."""

import operator

import numpy as np
import pytest

from engine import LostGradientWarning, Value


def values(numbers):
    """An object array of Values, shaped like ``numbers``."""
    return np.vectorize(Value, otypes=[object])(np.asarray(numbers, dtype=float))


def data(array):
    return np.vectorize(lambda value: value.data, otypes=[float])(array)


def grads(array):
    return np.vectorize(lambda value: value.grad, otypes=[float])(array)


NUMBERS = np.array([[1.0, -2.0], [0.5, 4.0]])
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("operate", OPERATORS, ids=lambda operate: operate.__name__)
def test_arrays_of_values_or_numbers_with_values_numbers_and_arrays_are_elementwise(operate):
    base = np.array([[1.0, 2.0], [3.0, 4.0]])
    pairs = [(values(base), other) for other in (3, 3.0, Value(3.0), base, values(base), base[0])]
    pairs += [(base.astype(dtype), Value(2.0)) for dtype in (float, np.float32, int, object)]
    for first, second in pairs + [pair[::-1] for pair in pairs]:
        result = operate(first, second)
        assert isinstance(result, np.ndarray)
        assert all(isinstance(element, Value) for element in result.flat)
        assert data(result) == pytest.approx(operate(np.asarray(first, float), np.asarray(second, float)))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, np.int64, np.int32, np.uint8])
def test_numpy_scalars_are_numbers(kind):
    scalar = kind(3)
    for operate in OPERATORS:
        x = Value(2.0)
        for operands, expected in (((x, scalar), operate(2.0, 3.0)), ((scalar, x), operate(3.0, 2.0))):
            result = operate(*operands)
            assert (type(result), result.data) == (Value, expected)
            assert [type(operand) for operand in result.operands if operand is not x] == [float]
    x = Value(scalar)
    x.data = scalar
    (x * 2).backward(scalar)
    assert (x.data, x.grad) == (3.0, 6.0)
    assert type(x.data) is type(x.grad) is float
    assert Value(2.0) < scalar
    assert scalar > Value(2.0)
    assert (values(NUMBERS) > scalar).tolist() == (NUMBERS > 3).tolist()


def test_sums_means_shapes_and_broadcasts():
    array, row = values(NUMBERS), values([10.0, 20.0])
    assert np.sum(array).data == array.sum().data == NUMBERS.sum()
    assert np.mean(array).data == NUMBERS.mean()
    assert data(np.sum(array, axis=0, keepdims=True)) == pytest.approx(NUMBERS.sum(axis=0, keepdims=True))
    assert data(np.mean(array, axis=1)) == pytest.approx(NUMBERS.mean(axis=1))
    np.mean(array**2).backward()
    assert grads(array) == pytest.approx(2 * NUMBERS / 4)
    assert array.T[0, 1] is array.reshape(4)[2] is array[1, 0]
    assert data(array + row) == pytest.approx(NUMBERS + np.array([10.0, 20.0]))
    np.sum(array + row).backward()
    assert grads(row).tolist() == [2.0, 2.0]
    assert array.astype(float).tolist() == NUMBERS.tolist()
    assert np.array(Value(1.5)).dtype == object


@pytest.mark.parametrize("product", [np.dot, np.matmul, lambda a, b: a.dot(b)])
def test_matrix_products(product):
    other = np.array([[2.0, 1.0, 0.0], [-1.0, 0.5, 3.0]])
    for left, right in ((values(NUMBERS), other), (NUMBERS, values(other)), (values(NUMBERS), values(other))):
        result = product(left, right)
        assert data(result) == pytest.approx(NUMBERS @ other)
        result.sum().backward()
    assert grads(left) == pytest.approx(np.ones((2, 3)) @ other.T)
    assert grads(right) == pytest.approx(NUMBERS.T @ np.ones((2, 3)))


def moments(x):
    return np.stack([np.var(x), np.std(x), np.var(x, ddof=1), *np.std(x.reshape(2, 2), axis=0)])


# NumPy's own functions: arrays in, an array or a number out.
COMPOSED = {
    "std and var": moments,
    "clip": lambda x: np.clip(x, 0.2, 0.75),
    "maximum": lambda x: np.maximum(x, 0.5),
    "minimum": lambda x: np.minimum(x[::-1], x * 2),
    "where": lambda x: np.where(x > 0.5, x**2, -x),
    "max and min": lambda x: np.max(x) * np.min(x) + np.ptp(x),
    "argmax": lambda x: x[np.argmax(x)] ** 2,
    "sort": lambda x: np.sort(x)[1:] / np.sort(x)[:-1],
    "sign": lambda x: np.sign(x - 0.5) * x,
    "rint": lambda x: np.rint(x) * x + np.round(x) ** 2,
    "hypot": lambda x: np.hypot(x, x[::-1]) * np.hypot(x, 2.0),
    "arctan2": lambda x: np.arctan2(x, x[::-1]) + np.arctan2(x, -0.5),
    "degrees": lambda x: np.rad2deg(x) * np.deg2rad(x) + np.degrees(x) * np.radians(x),
    "norm": lambda x: np.linalg.norm(x),
    "norms": lambda x: np.linalg.norm(x.reshape(2, 2), axis=1),
    "norm 1": lambda x: np.linalg.norm(x, 1) * np.linalg.norm(x, np.inf),
    "power": lambda x: np.power(x, x[::-1]),
    "outer": lambda x: np.outer(x, x).ravel(),
    "einsum": lambda x: np.einsum("ij,jk->ik", x.reshape(2, 2), x.reshape(2, 2)).ravel(),
    "trace": lambda x: np.trace(x.reshape(2, 2) @ x.reshape(2, 2)),
    "vdot": lambda x: np.vdot(x, x[::-1]),
    "mean": lambda x: np.average(x, weights=[1, 2, 3, 4]) * np.mean(x),
    "diff": lambda x: np.convolve(np.diff(x), x),
    "masked": lambda x: np.ma.filled(np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]) * x[0] - x[1], 0.0),
}
UNARY = "exp expm1 exp2 log log1p log2 log10 sqrt cbrt square negative abs sin cos tan arcsin arccos arctan"
UNARY += " sinh cosh tanh arcsinh arctanh reciprocal cumsum prod cumprod median"
COMPOSED |= {name: getattr(np, name) for name in UNARY.split()}


@pytest.mark.parametrize("function", COMPOSED.values(), ids=COMPOSED)
def test_functions_of_numpy_have_the_right_derivatives(function):
    """The oracle: the same function of floats, and its differences."""
    numbers = np.array([0.7, 0.3, 0.9, 0.4])
    array = values(numbers)
    results = np.ravel(function(array))
    assert [getattr(result, "data", result) for result in results] == pytest.approx(np.ravel(function(numbers)))
    weights = np.arange(1, len(results) + 1)
    (np.sum(results * weights) + Value(0.0)).backward()
    ends = [[np.sum(np.ravel(function(numbers + e)) * weights) for e in (s, -s)] for s in 1e-6 * np.eye(4)]
    assert grads(array) == pytest.approx([(high - low) / 2e-6 for high, low in ends], rel=1e-6, abs=1e-8)


NAMED = {
    "allclose": (lambda x: np.allclose(x, x), "isfinite"),
    "isnan": (np.isnan, "isnan"),
    "floor": (np.floor, "floor"),
    "any": (np.any, "truth of a Value"),
    "logaddexp": (lambda x: np.logaddexp(x, x), "logaddexp"),
    "float_power": (lambda x: np.float_power(x, 2), "float_power"),
    "copysign": (lambda x: np.copysign(x, x), "copysign"),
    "fmod": (lambda x: np.fmod(x, 2), "fmod"),
    "det": (lambda x: np.linalg.det(np.diag(x)), "det"),
    "norm 3": (lambda x: np.linalg.norm(x, 3), "dtype"),
    "gradient": (np.gradient, r"float\(\)"),
    "i0": (np.i0, r"float\(\)"),
}


@pytest.mark.parametrize(("function", "name"), NAMED.values(), ids=NAMED)
def test_functions_that_numpy_cannot_do_on_values_fail_by_name_and_none_casts_silently(function, name):
    with pytest.raises((TypeError, AttributeError, LostGradientWarning), match=name):
        function(values([0.7, 0.3, 0.9]) * 1.0)


def test_a_failure_inside_numpy_names_the_operation():
    with pytest.raises(ValueError, match="log has no value at x = -2"):
        np.log(values(NUMBERS))
    with pytest.raises(ZeroDivisionError, match="div"):
        np.array([1.0, 2.0]) / Value(0.0)
