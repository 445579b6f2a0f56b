"""The problems in Numba, derived by hand: loops, and np.dot, which it compiles to a call of SciPy's BLAS."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import scipy.linalg  # noqa: F401 - np.dot in a compiled function needs it
from numba import njit

from examples.benchmark.peers import python_peer
from examples.benchmark.problems import Network, Solution

HIDDEN = 16


def solve(problem: Network) -> Solution | None:
    """Solve a 2-2-1 or 2-16-16-1 network; the loop of steps is compiled before the first."""
    if problem.sizes != ((2, 2, 1) if problem.hidden == "sigmoid" else (2, HIDDEN, HIDDEN, 1)):
        return None
    begin = time.perf_counter()
    start = np.array(problem.parameters())
    inputs, targets = np.array(problem.inputs), np.array(problem.targets).ravel()
    backward = xor_backward if problem.hidden == "sigmoid" else backward_of(problem)
    train = loop_of(backward)
    state, slopes = start.copy(), np.empty_like(start)

    def advance(count: int) -> None:
        train(count, inputs, targets, state, slopes, problem.rate, problem.penalty)

    def gradient() -> list[float]:
        found = np.empty_like(start)
        backward(inputs, targets, start, found)
        return (found + 2.0 * problem.penalty * start).tolist()

    advance(0)
    return Solution(gradient, advance, time.perf_counter() - begin)


def loop_of(backward: Callable[..., None]) -> Callable[..., None]:
    """Compile a loop of steps: of gradient descent, or the same gradient each time where the rate is 0."""

    @njit
    def loop(count, inputs, targets, p, slopes, rate, penalty):
        decay = 1.0 - 2.0 * rate * penalty
        for _ in range(count):
            backward(inputs, targets, p, slopes)
            if rate != 0.0:
                for i in range(len(p)):
                    p[i] = decay * p[i] - rate * slopes[i]

    return loop


by_row = njit(python_peer.backward)


@njit
def xor_backward(inputs: np.ndarray, targets: np.ndarray, p: np.ndarray, slopes: np.ndarray) -> None:
    """Write the gradient of half the sum of squares for a 2-2-1 network of sigmoids."""
    parameters = (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8])
    samples = (
        (inputs[0, 0], inputs[0, 1], targets[0]),
        (inputs[1, 0], inputs[1, 1], targets[1]),
        (inputs[2, 0], inputs[2, 1], targets[2]),
        (inputs[3, 0], inputs[3, 1], targets[3]),
    )
    for i, slope in enumerate(by_row(samples, parameters)):
        slopes[i] = slope


ACTIVATIONS: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "relu": (njit(lambda z: max(z, 0.0)), njit(lambda activation: 1.0 if activation > 0.0 else 0.0)),
    "tanh": (math.tanh, njit(lambda activation: 1.0 - activation * activation)),
    "linear": (njit(lambda z: z), njit(lambda _activation: 1.0)),
}
"""Each with its slope, by its value."""

LOSS_SLOPES = {
    "hinge": njit(lambda answer, target: -target if target * answer < 1.0 else 0.0),
    "mean_squared_error": njit(lambda answer, target: 2.0 * (answer - target)),
}


@njit
def split(p: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return views of the parameters of a 2-16-16-1 network: W1, b1, W2, b2 and W3."""
    w1, b1 = p[:32].reshape((2, HIDDEN)), p[32:48]
    w2, b2 = p[48:304].reshape((HIDDEN, HIDDEN)), p[304:320]
    return w1, b1, w2, b2, p[320:336]


def backward_of(problem: Network) -> Callable[..., None]:
    """Compile the gradient of a mean loss of a 2-16-16-1 network, without the penalty."""
    (hidden, hidden_slope), (output, output_slope) = ACTIVATIONS[problem.hidden], ACTIVATIONS[problem.output]
    loss_slope = LOSS_SLOPES[problem.loss]

    @njit
    def backward(inputs: np.ndarray, targets: np.ndarray, p: np.ndarray, slopes: np.ndarray) -> None:
        """Write the gradient at ``p`` into ``slopes``."""
        w1, b1, w2, b2, w3 = split(p)
        d_w1, d_b1, d_w2, d_b2, d_w3 = split(slopes)
        rows = len(targets)
        h1, h2 = np.empty((rows, HIDDEN)), np.empty((rows, HIDDEN))
        delta1, delta2 = np.empty((rows, HIDDEN)), np.empty((rows, HIDDEN))
        slopes[:] = 0.0
        for row in range(rows):
            x0, x1 = inputs[row, 0], inputs[row, 1]
            for j in range(HIDDEN):
                h1[row, j] = hidden(x0 * w1[0, j] + x1 * w1[1, j] + b1[j])
        np.dot(h1, w2, h2)
        for row in range(rows):
            score = p[336]
            for k in range(HIDDEN):
                h2[row, k] = hidden(h2[row, k] + b2[k])
                score += h2[row, k] * w3[k]
            answer = output(score)
            delta3 = loss_slope(answer, targets[row]) * output_slope(answer) / rows
            slopes[336] += delta3
            for k in range(HIDDEN):
                d_w3[k] += delta3 * h2[row, k]
                delta2[row, k] = delta3 * w3[k] * hidden_slope(h2[row, k])
                d_b2[k] += delta2[row, k]
        np.dot(h1.T, delta2, d_w2)
        np.dot(delta2, w2.T, delta1)
        for row in range(rows):
            x0, x1 = inputs[row, 0], inputs[row, 1]
            for j in range(HIDDEN):
                slope = delta1[row, j] * hidden_slope(h1[row, j])
                d_w1[0, j] += x0 * slope
                d_w1[1, j] += x1 * slope
                d_b1[j] += slope

    return backward
