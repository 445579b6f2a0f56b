"""A Value never loses its gradient in silence: what takes its number alone raises in a transform and warns outside."""

import cmath
import json
import math
import statistics
import warnings

import numpy as np
import pytest

import engine
from engine import LostGradientWarning, RecordingError, Value

CASTS = {
    "float()": float,
    "complex()": complex,
    "math": math.sin,
    "math of two": lambda x: math.hypot(1.0, x),
    "cmath": cmath.exp,
    "%-format": lambda x: "%.3f" % x,  # noqa: UP031
    "a list to an array": lambda x: np.array([x, x], dtype=float),
    "astype": lambda x: np.array([x]).astype(float),
    "a NumPy scalar": np.float64,
    "into an array": lambda x: np.zeros(2).__setitem__(0, x),
    "np.asarray": lambda x: np.asarray([x], float),
    "in a line of NumPy's": lambda x: np.full(2, x, dtype=float),
    "in a line of Python's": lambda x: statistics.fmean([x, x]),
    "in a function given to it": lambda x: json.dumps(x, default=float),
}
TRANSFORMS = {
    "grad": lambda f: engine.grad(f)(0.5),
    "grad of a Value": lambda f: engine.grad(f)(Value(0.5)),
    "jvp": lambda f: engine.jvp(f, [0.5], [1.0]),
    "hessian": lambda f: engine.hessian(f)(0.5),
    "vjp": lambda f: engine.vjp(f, 0.5),
    "gradcheck": lambda f: engine.gradcheck(f, 0.5),
}
each_cast = pytest.mark.parametrize("cast", CASTS.values(), ids=CASTS)


@each_cast
def test_a_cast_raises_inside_a_transform_and_names_the_cure(cast):
    """`grad(lambda x: math.sin(x) * x)(1.0)` would be 0.841; it is sin(1) + cos(1) = 1.382."""
    for function in (lambda x: (cast(x), x * x)[1], lambda x: (cast(x * x), x * x)[1]):
        with pytest.raises(RecordingError, match=r"float\(\) of Value.*engine\.sin instead of math\.sin.*x\.data"):
            engine.grad(function)(0.5)
    assert engine.grad(lambda x: engine.sin(x) * x)(1.0) == pytest.approx(math.sin(1) + math.cos(1))


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_every_transform_refuses_and_none_stays_open(transform):
    with pytest.raises(RecordingError):
        transform(lambda x: math.sin(x) * x)
    assert math.sin(Value(0.0)) == 0.0
    assert type(engine.grad(engine.sin)(0.0)) is float


def test_inside_a_transform_the_number_is_had_by_data_and_in_no_grad():
    def function(x):
        with engine.no_grad():
            cut = math.floor(float(x * 3))
        assert f"{x:.2f}" == "0.50"
        return x * x if x.data > 0 and cut == 1 else -x

    assert engine.grad(function)(0.5) == 1.0


@each_cast
def test_a_cast_of_what_was_computed_warns_outside(cast):
    x = Value(0.5)
    with pytest.warns(LostGradientWarning, match=r"engine\.sin instead of math\.sin.*x\.data") as caught:
        cast(x * 1.0)
    assert {warning.filename for warning in caught} == {__file__}
    cast(x)  # A leaf was not computed; nor is what a no_grad block leaves, or detach.
    cast((x * 2).detach())
    with engine.no_grad():
        result = x * 2
        cast(x * 1.0)
    cast(result)


def test_python_shows_the_warning_once_for_each_place():
    x = Value(0.5) * 2
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        for step in range(3):
            float(x * step)
        float(x)
    assert [warning.category for warning in shown] == [LostGradientWarning] * 2
    assert shown[1].lineno == shown[0].lineno + 1


WITHOUT_DERIVATIVE = {
    "%": [lambda x: x % 2, lambda x: 2 % x, lambda x: np.array([3.0]) % x, lambda x: np.remainder(np.array([x]), 2)],
    "//": [lambda x: x // 2, lambda x: 7 // x, lambda x: x // x],
    "divmod()": [lambda x: divmod(x, 2), lambda x: divmod(7, x)],
    "int()": [int],
    "round()": [round, lambda x: round(x, 2)],
    "floor()": [math.floor, lambda x: np.floor(np.array([x]))],
    "ceil()": [math.ceil, lambda x: np.ceil(np.array([x]))],
    "trunc()": [math.trunc, lambda x: np.trunc(np.array([x]))],
}


@pytest.mark.parametrize("use", WITHOUT_DERIVATIVE)
def test_what_has_no_derivative_is_refused_with_the_reason_and_the_cure(use):
    for operate in WITHOUT_DERIVATIVE[use]:
        for x in (Value(2.5), Value(2.5) * 1.0):
            with pytest.raises(TypeError) as refused:
                operate(x)
            assert str(refused.value).startswith(f"{use} of a Value is refused")
            assert "jumps" in str(refused.value)
            assert "x.data" in str(refused.value)
