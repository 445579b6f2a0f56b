"""XOR and one expression in plain Python, their gradients derived by hand."""

from __future__ import annotations

from math import exp

from examples.problems import Network, Solution


def solve(problem: Network) -> Solution | None:
    """Solve XOR, and nothing else."""
    if problem.sizes != (2, 2, 1) or problem.hidden != "sigmoid":
        return None
    samples = [(x0, x1, target) for (x0, x1), target in zip(problem.inputs, problem.targets, strict=True)]
    pairs = zip(problem.weights, problem.biases, strict=True)
    start = tuple(number for matrix, biases in pairs for row in (*matrix, biases) for number in row)
    state = start

    def advance(count: int) -> None:
        """Do so many steps."""
        nonlocal state
        state = train(samples, state, problem.rate, count)

    return Solution(lambda: list(backward(samples, start)), advance)


def train(
    samples: list[tuple[float, float, float]], parameters: tuple[float, ...], rate: float, count: int
) -> tuple[float, ...]:
    """Return the parameters after so many steps of gradient descent."""
    w00, w01, w10, w11, b0, b1, v0, v1, c = parameters
    for _ in range(count):
        d00, d01, d10, d11, db0, db1, dv0, dv1, dc = backward(samples, (w00, w01, w10, w11, b0, b1, v0, v1, c))
        w00 -= rate * d00
        w01 -= rate * d01
        w10 -= rate * d10
        w11 -= rate * d11
        b0 -= rate * db0
        b1 -= rate * db1
        v0 -= rate * dv0
        v1 -= rate * dv1
        c -= rate * dc
    return w00, w01, w10, w11, b0, b1, v0, v1, c


def backward(samples: list[tuple[float, float, float]], parameters: tuple[float, ...]) -> tuple[float, ...]:
    """Return the gradient of half the sum of the squared errors."""
    w00, w01, w10, w11, b0, b1, v0, v1, c = parameters
    d00 = d01 = d10 = d11 = db0 = db1 = dv0 = dv1 = dc = 0.0
    for x0, x1, target in samples:
        h0 = 1.0 / (1.0 + exp(-(x0 * w00 + x1 * w10 + b0)))
        h1 = 1.0 / (1.0 + exp(-(x0 * w01 + x1 * w11 + b1)))
        y = 1.0 / (1.0 + exp(-(h0 * v0 + h1 * v1 + c)))
        delta = (y - target) * y * (1.0 - y)
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
    return d00, d01, d10, d11, db0, db1, dv0, dv1, dc


def expression_gradient(a: float, b: float) -> tuple[float, float]:
    """Return dg/da and dg/db of the expression in micrograd's README, whose d is 12 (ab + b³) and two ReLUs."""
    total, difference, square = a + b, b - a, b * b
    c = 3.0 * a + 4.0 * b + 3.0
    d = 12.0 * b * (a + square)
    da = 12.0 * b
    db = 12.0 * a + 36.0 * square
    if total > 0.0:
        d += 4.0 * total
        da += 4.0
        db += 4.0
    if difference > 0.0:
        d += difference
        da -= 1.0
        db += 1.0
    e = c - d
    slope = e - 20.0 / (e * e * e)
    return slope * (3.0 - da), slope * (4.0 - db)
