"""XOR in plain Python, its gradient derived by hand."""

from __future__ import annotations

from math import exp

from examples.benchmark.problems import Network, Solution


def solve(problem: Network) -> Solution | None:
    """Solve XOR, and nothing else."""
    if problem.sizes != (2, 2, 1) or problem.hidden != "sigmoid":
        return None
    samples = [(x0, x1, target) for (x0, x1), (target,) in zip(problem.inputs, problem.targets, strict=True)]
    start = state = tuple(problem.parameters())

    def advance(count: int) -> None:
        nonlocal state
        state = train(samples, state, problem.rate, count)

    return Solution(lambda: list(backward(samples, start)), advance)


Samples = list[tuple[float, float, float]]


def train(samples: Samples, parameters: tuple[float, ...], rate: float, count: int) -> tuple[float, ...]:
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


def backward(samples: Samples, parameters: tuple[float, ...]) -> tuple[float, ...]:
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
