"""The problems in CasADi: the gradient of one row's loss as a graph of scalars, added up over the rows by a map."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import casadi as ca

from examples.benchmark.problems import Network, Solution, repeat

LIBRARY = {
    "affine": lambda rows, matrix, biases: rows @ matrix + ca.repmat(biases, rows.shape[0], 1),
    "sigmoid": lambda z: 1.0 / (1.0 + ca.exp(-z)),
    "tanh": ca.tanh,
    "relu": lambda z: ca.fmax(z, 0.0),
    "mean": lambda z: ca.sum1(z) / z.shape[0],
    "mean_square": lambda answers, targets: ca.sumsqr(answers - targets) / answers.numel(),
}
CHUNK = 1000
"""The steps in one call of a fold; those left over are done one by one."""
FEW_ROWS = 4
"""So many rows are one graph of scalars, without a map."""


def solve(problem: Network) -> Solution:
    """Solve any problem by CasADi's own machine."""
    begin = time.perf_counter()
    start = state = ca.DM(problem.parameters())
    theta = ca.MX.sym("theta", start.numel())
    slopes = slopes_at(theta, problem)
    slopes_of = ca.Function("slopes_of", [theta], [slopes])
    step = ca.Function("step", [theta], [theta - problem.rate * slopes])
    fold = ca.Function("fold", [theta], [step.fold(CHUNK)(theta)]) if problem.rate else step

    def advance(count: int) -> None:
        nonlocal state
        for function, times in ((fold, count // CHUNK), (step, count % CHUNK)):
            for _ in range(times):
                state = function(state)

    def gradient() -> list[float]:
        return slopes_of(start).full().ravel().tolist()

    steps = advance if problem.rate else repeat(lambda: slopes_of(start))
    return Solution(gradient, steps, time.perf_counter() - begin)


def slopes_at(theta: ca.MX, problem: Network) -> ca.MX:
    """Return the gradient of the whole loss."""
    rows, inputs, targets = len(problem.targets), ca.DM(problem.inputs), ca.DM(problem.targets)
    parameters = ca.SX.sym("parameters", theta.numel())
    row, target = (ca.SX.sym(name, 1, problem.sizes[end]) for name, end in (("row", 0), ("target", -1)))
    layers = split(parameters, problem.sizes)
    if rows <= FEW_ROWS:
        loss = problem.loss_of(layers, inputs, targets, LIBRARY)
        return ca.Function("all", [parameters], [ca.gradient(loss, parameters)])(theta)
    loss = replace(problem, targets=[[]]).loss_of(layers, row, target, LIBRARY) / rows
    one = ca.Function("one", [parameters, row, target], [ca.gradient(loss, parameters)])
    # One argument `parameters` for all rows, and one sum of the results; an argument's rows lie side by side.
    every = one.map("rows", "serial", rows, [0], [0])
    return every(theta, ca.reshape(inputs.T, 1, -1), ca.reshape(targets.T, 1, -1)) + 2.0 * problem.penalty * theta


def split(parameters: ca.SX, sizes: tuple[int, ...]) -> list[ca.SX]:
    """Return W1, b1, W2, b2 and so on."""
    parts, start = [], 0
    for m, n in pairwise(sizes):
        for rows in (m, 1):
            # `reshape` fills columns: the rows of a matrix are the columns of its transpose.
            parts.append(ca.reshape(parameters[start : start + rows * n], n, rows).T)
            start += rows * n
    return parts
