"""Numbers that others have printed: surveys, textbooks and worked examples."""

import math

import pytest

import engine
from engine import Value


def survey_function(x1, x2):
    """y = ln x1 + x1 x2 - sin x2, with the names of the evaluation trace in the survey."""
    v1 = engine.log(x1)
    v2 = x1 * x2
    v3 = engine.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v1, v2, v3, v4, v5


def test_the_traces_of_the_survey():
    """Baydin, Pearlmutter, Radul and Siskind, "Automatic Differentiation in Machine Learning: a Survey", JMLR 2018."""
    x1, x2 = Value(2.0), Value(5.0)
    trace = survey_function(x1, x2)
    assert [round(v.data, 3) for v in trace] == [0.693, 10.0, -0.959, 10.693, 11.652]
    values, tangents = engine.jvp(survey_function, (2.0, 5.0), (1.0, 0.0))  # table 2
    assert round(values[-1], 3) == 11.652
    assert [round(v, 3) for v in tangents] == [0.5, 5.0, 0.0, 5.5, 5.5]
    trace[-1].backward()  # table 3
    assert [v.grad for v in trace] == [1.0, 1.0, -1.0, 1.0, 1.0]
    assert (round(x1.grad, 3), round(x2.grad, 3)) == (5.5, 1.716)


def mazur_network(w):
    h1 = engine.sigmoid(w[0] * 0.05 + w[1] * 0.10 + 0.35)
    h2 = engine.sigmoid(w[2] * 0.05 + w[3] * 0.10 + 0.35)
    o1 = engine.sigmoid(w[4] * h1 + w[5] * h2 + 0.60)
    o2 = engine.sigmoid(w[6] * h1 + w[7] * h2 + 0.60)
    error = 0.5 * (0.01 - o1) ** 2 + 0.5 * (0.99 - o2) ** 2
    return h1, h2, o1, o2, error


def test_one_step_of_gradient_descent():
    """Matt Mazur, "A Step by Step Backpropagation Example" (2015): a 2-2-2 network, one step of learning rate 0.5."""
    given = (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)
    stepped = (0.149780716, 0.19956143, 0.24975114, 0.29950229, 0.35891648, 0.408666186, 0.511301270, 0.561370121)
    outputs = (0.593269992, 0.596884378, 0.75136507, 0.772928465, 0.298371109)
    assert mazur_network(given) == pytest.approx(outputs, abs=1e-9)
    weights = [Value(w) for w in given]
    mazur_network(weights)[-1].backward()
    updated = [w.data - 0.5 * w.grad for w in weights]
    assert updated == pytest.approx(stepped, abs=1e-8)
    assert mazur_network(updated)[-1] == pytest.approx(0.291027924, abs=1e-6)  # the biases stay as they were


@pytest.mark.parametrize(
    ("x", "expected"), [(0.1, 0.1124629160), (0.5, 0.5204998778), (1.0, 0.8427007929), (2.0, 0.9953222650)]
)
def test_the_error_function_of_abramowitz_and_stegun(x, expected):
    """Handbook of Mathematical Functions, Table 7.1."""
    assert round(engine.erf(x), 10) == expected
    assert round(engine.erfc(x), 10) == round(1 - expected, 10)


def test_the_taylor_coefficients_of_the_tangent():
    """tan x = x + x³/3 + 2x⁵/15 + … (Abramowitz and Stegun 4.3.67), here up to the fifth derivative."""
    function = engine.tan
    coefficients = []
    for order in range(1, 6):
        function = engine.grad(function)
        coefficients.append(function(0.0) / math.factorial(order))
    assert coefficients == pytest.approx([1, 0, 1 / 3, 0, 2 / 15], abs=1e-15)
