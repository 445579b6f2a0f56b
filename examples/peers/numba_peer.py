"""The problems in Numba, derived by hand: loops, and np.dot, which it compiles to a call of SciPy's BLAS."""

from __future__ import annotations

import math
import time

import numpy as np
import scipy.linalg  # noqa: F401 - np.dot in a compiled function needs it
from numba import njit

from examples.problems import Network, Solution

HIDDEN = 16


def solve(problem: Network) -> Solution | None:
    """Solve any problem; the loop of steps is compiled before the first."""
    begin = time.perf_counter()
    start = parameters_of(problem)
    inputs, targets = np.array(problem.inputs), np.array(problem.targets)
    if problem.hidden == "sigmoid":
        backward, train = xor_backward, xor_train
    elif problem.hidden == "relu":
        backward, train = demo_backward, demo_train
    else:
        backward, train = mlp_backward, mlp_repeat
    state, slopes = start.copy(), np.empty_like(start)

    def advance(count: int) -> None:
        """Do so many steps."""
        train(count, inputs, targets, state, slopes, problem.rate, problem.penalty)

    def gradient() -> list[float]:
        """Return the gradient at the problem's parameters."""
        found = np.empty_like(start)
        backward(inputs, targets, start, found)
        return (found + 2.0 * problem.penalty * start).tolist()

    advance(0)
    return Solution(gradient, advance, time.perf_counter() - begin)


def parameters_of(problem: Network) -> np.ndarray:
    """Copy W1, b1, W2, b2 and so on into one flat array."""
    pairs = zip(problem.weights, problem.biases, strict=True)
    return np.array([number for matrix, biases in pairs for row in (*matrix, biases) for number in row])


@njit
def xor_backward(inputs: np.ndarray, targets: np.ndarray, p: np.ndarray, slopes: np.ndarray) -> None:
    """Write the gradient of half the sum of squares for a 2-2-1 network of sigmoids."""
    w00, w01, w10, w11, b0, b1, v0, v1, c = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]
    d00 = d01 = d10 = d11 = db0 = db1 = dv0 = dv1 = dc = 0.0
    for row in range(len(targets)):
        x0, x1 = inputs[row, 0], inputs[row, 1]
        h0 = 1.0 / (1.0 + math.exp(-(x0 * w00 + x1 * w10 + b0)))
        h1 = 1.0 / (1.0 + math.exp(-(x0 * w01 + x1 * w11 + b1)))
        y = 1.0 / (1.0 + math.exp(-(h0 * v0 + h1 * v1 + c)))
        delta = (y - targets[row]) * y * (1.0 - y)
        delta0 = delta * v0 * h0 * (1.0 - h0)
        delta1 = delta * v1 * h1 * (1.0 - h1)
        d00 += x0 * delta0
        d01 += x0 * delta1
        d10 += x1 * delta0
        d11 += x1 * delta1
        db0 += delta0
        db1 += delta1
        dv0 += h0 * delta
        dv1 += h1 * delta
        dc += delta
    slopes[0], slopes[1], slopes[2], slopes[3] = d00, d01, d10, d11
    slopes[4], slopes[5], slopes[6], slopes[7], slopes[8] = db0, db1, dv0, dv1, dc


@njit
def xor_train(
    count: int,
    inputs: np.ndarray,
    targets: np.ndarray,
    p: np.ndarray,
    slopes: np.ndarray,
    rate: float,
    penalty: float,  # noqa: ARG001
) -> None:
    """Do so many steps of gradient descent on XOR."""
    for _ in range(count):
        xor_backward(inputs, targets, p, slopes)
        for i in range(9):
            p[i] -= rate * slopes[i]


@njit
def split(p: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return views of the parameters of a 2-16-16-1 network: W1, b1, W2, b2 and W3."""
    w1, b1 = p[:32].reshape((2, HIDDEN)), p[32:48]
    w2, b2 = p[48:304].reshape((HIDDEN, HIDDEN)), p[304:320]
    return w1, b1, w2, b2, p[320:336]


@njit
def demo_backward(inputs: np.ndarray, targets: np.ndarray, p: np.ndarray, slopes: np.ndarray) -> None:
    """Write the gradient of the hinge loss, without the penalty, for a 2-16-16-1 network of ReLU."""
    w1, b1, w2, b2, w3 = split(p)
    d_w1, d_b1, d_w2, d_b2, d_w3 = split(slopes)
    rows = len(targets)
    h1, h2 = np.empty((rows, HIDDEN)), np.empty((rows, HIDDEN))
    delta1, delta2 = np.empty((rows, HIDDEN)), np.empty((rows, HIDDEN))
    slopes[:] = 0.0
    for row in range(rows):
        x0, x1 = inputs[row, 0], inputs[row, 1]
        for j in range(HIDDEN):
            h1[row, j] = max(x0 * w1[0, j] + x1 * w1[1, j] + b1[j], 0.0)
    np.dot(h1, w2, h2)
    for row in range(rows):
        score = p[336]
        for k in range(HIDDEN):
            h2[row, k] = max(h2[row, k] + b2[k], 0.0)
            score += h2[row, k] * w3[k]
        delta3 = -targets[row] / rows if targets[row] * score < 1.0 else 0.0
        slopes[336] += delta3
        for k in range(HIDDEN):
            d_w3[k] += delta3 * h2[row, k]
            delta2[row, k] = delta3 * w3[k] if h2[row, k] > 0.0 else 0.0
            d_b2[k] += delta2[row, k]
    np.dot(h1.T, delta2, d_w2)
    np.dot(delta2, w2.T, delta1)
    for row in range(rows):
        x0, x1 = inputs[row, 0], inputs[row, 1]
        for j in range(HIDDEN):
            slope = delta1[row, j] if h1[row, j] > 0.0 else 0.0
            d_w1[0, j] += x0 * slope
            d_w1[1, j] += x1 * slope
            d_b1[j] += slope


@njit
def demo_train(
    count: int,
    inputs: np.ndarray,
    targets: np.ndarray,
    p: np.ndarray,
    slopes: np.ndarray,
    rate: float,
    penalty: float,
) -> None:
    """Do so many steps of gradient descent on the demo."""
    decay = 1.0 - 2.0 * rate * penalty
    for _ in range(count):
        demo_backward(inputs, targets, p, slopes)
        for i in range(len(p)):
            p[i] = decay * p[i] - rate * slopes[i]


@njit
def mlp_backward(inputs: np.ndarray, targets: np.ndarray, p: np.ndarray, slopes: np.ndarray) -> None:
    """Write the gradient of the mean squared error for a 2-16-16-1 network of tanh."""
    w1, b1, w2, b2, w3 = split(p)
    d_w1, d_b1, d_w2, d_b2, d_w3 = split(slopes)
    rows = len(targets)
    h1, h2 = np.empty((rows, HIDDEN)), np.empty((rows, HIDDEN))
    delta1, delta2 = np.empty((rows, HIDDEN)), np.empty((rows, HIDDEN))
    slopes[:] = 0.0
    for row in range(rows):
        x0, x1 = inputs[row, 0], inputs[row, 1]
        for j in range(HIDDEN):
            h1[row, j] = math.tanh(x0 * w1[0, j] + x1 * w1[1, j] + b1[j])
    np.dot(h1, w2, h2)
    for row in range(rows):
        score = p[336]
        for k in range(HIDDEN):
            h2[row, k] = math.tanh(h2[row, k] + b2[k])
            score += h2[row, k] * w3[k]
        answer = math.tanh(score)
        delta3 = 2.0 / rows * (answer - targets[row]) * (1.0 - answer * answer)
        slopes[336] += delta3
        for k in range(HIDDEN):
            d_w3[k] += delta3 * h2[row, k]
            delta2[row, k] = delta3 * w3[k] * (1.0 - h2[row, k] * h2[row, k])
            d_b2[k] += delta2[row, k]
    np.dot(h1.T, delta2, d_w2)
    np.dot(delta2, w2.T, delta1)
    for row in range(rows):
        x0, x1 = inputs[row, 0], inputs[row, 1]
        for j in range(HIDDEN):
            slope = delta1[row, j] * (1.0 - h1[row, j] * h1[row, j])
            d_w1[0, j] += x0 * slope
            d_w1[1, j] += x1 * slope
            d_b1[j] += slope


@njit
def mlp_repeat(
    count: int,
    inputs: np.ndarray,
    targets: np.ndarray,
    p: np.ndarray,
    slopes: np.ndarray,
    rate: float,  # noqa: ARG001
    penalty: float,  # noqa: ARG001
) -> None:
    """Find the same gradient so many times."""
    for _ in range(count):
        mlp_backward(inputs, targets, p, slopes)
