"""Arrays where lists may stand: points, tangents, adjoints, leaves and inputs of programs, and what comes back."""

from array import array
from collections import namedtuple

import numpy as np
import pytest

import engine
from engine import Program, Value, grad, gradients, hessian, hvp, jacobian, jvp, value_and_grad, vjp

A = np.array([[2.0, -1.0], [0.5, 3.0]])
X = np.array([1.0, 2.0])


Pair = namedtuple("Pair", "w b")


def form(x):
    """x · A x, whose gradient is (A + Aᵀ) x."""
    return x @ A @ x


def bilinear(w, x):
    return np.sum(np.tanh(w @ x))


def same(found, expected):
    """Whether this is an array of floats with the shape and numbers of another."""
    assert isinstance(found, np.ndarray)
    assert (found.dtype, found.shape) == (np.dtype(float), np.shape(expected))
    return found == pytest.approx(np.asarray(expected), rel=1e-12)


@pytest.mark.parametrize("dtype", [float, np.float32, int, np.uint8, object])
def test_the_gradient_at_an_array_is_an_array_of_floats_in_its_shape(dtype):
    x = X.astype(dtype)
    assert same(grad(form)(x), (A + A.T) @ X)
    value, slope = value_and_grad(form)(x)
    assert (type(value), value) == (float, X @ A @ X)
    assert same(slope, (A + A.T) @ X)
    assert x.dtype == dtype
    assert x.tolist() == X.tolist()


def test_arguments_mix_and_keep_their_own_shapes():
    slopes = 1 - np.tanh(A @ X) ** 2
    by_w, by_x = grad(bilinear)(A, X)
    assert same(by_w, np.outer(slopes, X))
    assert same(by_x, A.T @ slopes)
    by_w, by_list = grad(lambda w, x: bilinear(w, np.array(x)))(A[:, ::-1][:, ::-1].T.copy().T, [1.0, 2.0])
    assert same(by_w, np.outer(slopes, X))
    assert type(by_list) is list
    assert by_list == pytest.approx(A.T @ slopes)
    ((by_a,), by_b) = grad(lambda p, b: p[0].sum() * b)((np.ones((2, 1, 3)),), np.float32(2.0))
    assert same(by_a, np.full((2, 1, 3), 2.0))
    assert (type(by_b), by_b) == (float, 6.0)
    assert same(grad(lambda x: Value(1.0) * 2)(np.zeros((0, 3))), np.zeros((0, 3)))
    assert grad(lambda p: p.w * p.b)(Pair(2.0, 3.0)) == Pair(3.0, 2.0)


@pytest.mark.parametrize("number", [np.float64(3.0), np.float32(3.0), np.int64(3), np.array(3.0), np.array(3)])
def test_scalars_and_arrays_without_dimensions_are_numbers(number):
    slope = grad(lambda x: x * x)(number)
    assert (type(slope), slope) == (float, 6.0)
    assert grad(lambda xs: xs[0] * xs[1])([number, 2.0]) == [2.0, 3.0]
    assert jacobian(lambda x: x * x)(number) == [[6.0]]
    assert Value(number).data == 3.0
    assert (Value(2.0) * number).data == 6.0
    assert grad(lambda x: x * x)(np.array(Value(3.0))).data == 6.0
    with pytest.raises(TypeError, match="real number"):
        Value(np.array([3.0]))


def test_python_s_own_arrays():
    found = grad(lambda x: x[0] * x[1])(array("f", [2.0, 3.0]))
    assert (type(found), found) == (array, array("d", [3.0, 2.0]))
    assert grad(lambda x: x[0] * x[1])(memoryview(array("d", [2.0, 3.0]))) == [3.0, 2.0]
    assert hessian(lambda x: x[0] * x[1])(array("d", [2.0, 3.0])) == [[0.0, 1.0], [1.0, 0.0]]


def test_jacobians_and_hessians_at_arrays_are_arrays():
    assert same(hessian(form)(X), A + A.T)
    assert same(jacobian(lambda x: A @ x)(X), A)
    assert same(jacobian(lambda w: (w @ X).tolist())(A), np.kron(np.eye(2), X))
    assert same(jacobian(lambda s, x: s * x)(2.0, X), [[1.0, 2.0, 0.0], [2.0, 0.0, 2.0]])
    assert same(jacobian(form)(X), [(A + A.T) @ X])
    assert same(jacobian(lambda e, s, x: s * x)(np.zeros(0), 2.0, X), [[1.0, 2.0, 0.0], [2.0, 0.0, 2.0]])
    assert jacobian(lambda e, s: s * s)(np.zeros(0), 2.0) == [[4.0]]
    assert len(jacobian(lambda x: [])(X)) == 0


def test_products_with_arrays_and_results_in_the_shape_that_the_function_gives():
    value, tangent = jvp(lambda x: np.tanh(A @ x).reshape(2, 1), [X], [np.array([1.0, 0.0])])
    assert same(value, np.tanh(A @ X).reshape(2, 1))
    assert same(tangent, ((1 - np.tanh(A @ X) ** 2) * A[:, 0]).reshape(2, 1))
    value, pull_back = vjp(lambda x: A @ x, X)
    assert same(value, A @ X)
    assert same(pull_back(np.array([1.0, -1.0])), A.T @ [1.0, -1.0])
    assert same(hvp(form, [X], [np.array([1.0, 0.0])]), (A + A.T)[:, 0])
    assert jvp(lambda x, y: x * y, X, np.array([1.0, 0.0])) == (2.0, 2.0)
    assert engine.gradcheck(form, [X], order=2)


def test_nested_transforms_and_points_of_values_give_arrays_of_values():
    x = np.array([Value(1.0), Value(2.0)])
    slope = grad(form)(x)
    assert slope.dtype == object
    assert [value.data for value in slope] == pytest.approx((A + A.T) @ X)
    slope[0].backward()
    assert [value.grad for value in x] == pytest.approx((A + A.T)[0])
    assert same(grad(lambda x: np.sum(grad(form)(x) ** 2))(X), 2 * (A + A.T) @ (A + A.T) @ X)


def test_gradients_of_a_graph_with_respect_to_an_array():
    w = np.vectorize(Value, otypes=[object])(A)
    slopes = gradients(bilinear(w, X), w)
    assert slopes.shape == (2, 2)
    expected = np.outer(1 - np.tanh(A @ X) ** 2, X)
    assert [slope.data for slope in slopes.flat] == pytest.approx(expected.ravel())
    assert type(gradients(w.sum(), tuple(w.flat))) is list
    with pytest.raises(TypeError, match=r"gradients takes Values, not 1\.0"):
        gradients(w.sum(), np.array([[w[0, 0], 1.0]]))


def test_programs_take_arrays_of_inputs_and_outputs():
    w = np.vectorize(Value, otypes=[object])(A)
    x = np.vectorize(Value, otypes=[object])(X)
    program = Program(inputs=[*x, w], outputs=np.tanh(w @ x))
    assert program(*X, *A.flat) == pytest.approx(np.tanh(A @ X), rel=1e-15)
    assert Program(inputs=x, outputs=w @ x)(*X) == tuple(A @ X)
    with pytest.raises(TypeError, match=r"an input of a program is a Value, not np.float64"):
        Program(inputs=X, outputs=[w.sum()])


REFUSALS = [
    (lambda: grad(lambda x: x * 2)(X), "one number, not array"),
    (lambda: grad(form)(np.array([1j, 2.0])), "real number, not 1j"),
    (lambda: grad(form)(np.array(["a", "b"])), "real number, not 'a'"),
    (lambda: grad(lambda x: x[0])(np.array([[1.0], [2.0, 3.0]], dtype=object)), r"real number, not \[1\.0\]"),
    (lambda: grad(form)(np.ma.array(X, mask=[0, 1])), "real number, not None"),
    (lambda: Value(np.ma.array(X, mask=[0, 1])[1]), "real number, not None"),
]


@pytest.mark.parametrize(("call", "words"), REFUSALS)
def test_arrays_of_anything_else_are_refused(call, words):
    with pytest.raises(TypeError, match=words):
        call()
