"""The problems in CasADi: the gradient of one row's loss as a graph of scalars, added up over the rows by a map."""

from __future__ import annotations

import time
from itertools import pairwise

import casadi as ca

from examples.benchmark.problems import Network, Solution

ACTIVATIONS = {
    "sigmoid": lambda z: 1.0 / (1.0 + ca.exp(-z)),
    "tanh": ca.tanh,
    "relu": lambda z: ca.fmax(z, 0.0),
    "linear": lambda z: z,
}
CHUNK = 1000
"""The steps in one call of a fold; those left over are done one by one."""
FEW_ROWS = 4
"""So many rows are one graph of scalars, without a map."""


def solve(problem: Network) -> Solution | None:
    """Solve any problem by CasADi's own machine."""
    begin = time.perf_counter()
    start = ca.DM(problem.parameters())
    theta = ca.MX.sym("theta", start.numel())
    slopes = slopes_at(theta, problem)
    slopes_of = ca.Function("slopes_of", [theta], [slopes])

    def gradient() -> list[float]:
        """Return the gradient at the problem's parameters."""
        return slopes_of(start).full().ravel().tolist()

    if not problem.rate:
        return Solution(gradient, lambda count: repeat(slopes_of, start, count), time.perf_counter() - begin)

    step = ca.Function("step", [theta], [theta - problem.rate * slopes])
    fold = ca.Function("fold", [theta], [step.fold(CHUNK)(theta)])
    state = start

    def advance(count: int) -> None:
        """Do so many steps."""
        nonlocal state
        for function, times in ((fold, count // CHUNK), (step, count % CHUNK)):
            for _ in range(times):
                state = function(state)

    return Solution(gradient, advance, time.perf_counter() - begin)


def repeat(function: ca.Function, argument: ca.DM, count: int) -> None:
    """Call the function so many times."""
    for _ in range(count):
        function(argument)


def slopes_at(theta: ca.MX, problem: Network) -> ca.MX:
    """Return the gradient of the whole loss."""
    rows = len(problem.targets)
    parameters = ca.SX.sym("parameters", theta.numel())
    if rows <= FEW_ROWS:
        samples = zip(problem.inputs, problem.targets, strict=True)
        loss = sum(row_loss(problem, parameters, ca.DM(row), target) for row, target in samples)
        return ca.Function("rows", [parameters], [ca.gradient(loss, parameters)])(theta)
    inputs, target = ca.SX.sym("inputs", problem.sizes[0]), ca.SX.sym("target")
    slopes = ca.gradient(row_loss(problem, parameters, inputs, target), parameters)
    one = ca.Function("one", [parameters, inputs, target], [slopes])
    every = one.map("rows", "serial", rows, [0], [0])  # one parameters argument for all rows, and one sum of results
    return every(theta, ca.DM(problem.inputs).T, ca.DM(problem.targets).T) + 2.0 * problem.penalty * theta


def row_loss(problem: Network, parameters: ca.SX, inputs: ca.SX | ca.DM, target: ca.SX | float) -> ca.SX:
    """Return what a row adds to the loss, without the penalty."""
    activation, position = inputs, 0
    kinds = [problem.hidden] * (len(problem.sizes) - 2) + [problem.output]
    for kind, (m, n) in zip(kinds, pairwise(problem.sizes), strict=True):
        matrix = ca.reshape(parameters[position : position + m * n], n, m)  # of columns: the rows of W, transposed
        position += m * n
        activation = ACTIVATIONS[kind](matrix @ activation + parameters[position : position + n])
        position += n
    if problem.loss == "hinge":
        return ca.fmax(1.0 - target * activation, 0.0) / len(problem.targets)
    return (activation - target) ** 2 * (0.5 if problem.loss == "half_sum_of_squares" else 1.0 / len(problem.targets))
