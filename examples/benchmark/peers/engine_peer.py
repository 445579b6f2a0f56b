"""The problems on the engine: graphs of Values recorded anew for each step, and programs recorded once."""

from __future__ import annotations

import contextlib
import time
from array import array
from collections.abc import Callable

from engine import Program, Value, gradients
from examples.benchmark.problems import Network, Solution, repeat
from nn import MLP, SGD, half_sum_of_squares, hinge, l2_penalty, mean_squared_error

with contextlib.suppress(ImportError):
    import llvmlite.binding  # noqa: F401 - loaded here, as by other peers, so that it is not counted as compiling

LOSSES = {"half_sum_of_squares": half_sum_of_squares, "mean_squared_error": mean_squared_error, "hinge": hinge}


class Model:
    """The network of a problem, its parameters in the order of the matrices, and its loss."""

    def __init__(self, problem: Network) -> None:
        self.problem = problem
        self.network = MLP.from_matrices(problem.matrices, problem.hidden, problem.output)
        matrices = self.network.to_value_matrices().values()
        self.parameters = [parameter for matrix in matrices for row in matrix for parameter in row]

    def loss(self, inputs: list[list[Value | float]], targets: list[Value | float]) -> Value:
        """The loss of samples, without the penalty."""
        return LOSSES[self.problem.loss]([self.network(x) for x in inputs], targets)

    def whole_loss(self) -> Value:
        """The loss of all samples, with the penalty if there is one."""
        loss = self.loss(self.problem.inputs, self.problem.targets)
        return loss + l2_penalty(self.parameters, self.problem.penalty) if self.problem.penalty else loss


def solve(problem: Network, backend: str = "python", fast: bool = False) -> Solution | None:
    """Solve a problem with "eager", "python" or "llvm"; a program of all samples for XOR, else rows and their sums."""
    if backend == "eager":
        return solve_eagerly(problem)
    return solve_whole(problem, backend, fast) if len(problem.inputs) == 4 else solve_rows(problem, backend, fast)


def solve_eagerly(problem: Network) -> Solution:
    """A graph and ``backward()`` for each step."""
    model = Model(problem)
    optimizer = SGD(model.parameters, problem.rate)

    def step() -> None:
        loss = model.whole_loss()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def gradient() -> list[float]:
        fresh = Model(problem)
        fresh.whole_loss().backward()
        return [parameter.grad for parameter in fresh.parameters]

    return Solution(gradient, repeat(step))


def solve_whole(problem: Network, backend: str, fast: bool) -> Solution:
    """The whole step as one program."""
    model = Model(problem)
    loss = model.whole_loss()
    updates = SGD(model.parameters, problem.rate).updates(loss)
    start = time.perf_counter()
    program = Program(outputs=[loss], updates=updates, backend=backend, fast_math=fast)
    program.repeat(1)
    seconds = time.perf_counter() - start

    def gradient() -> list[float]:
        fresh = Model(problem)
        slopes = gradients(fresh.whole_loss(), fresh.parameters)
        return list(Program(outputs=slopes, backend=backend, fast_math=fast)())

    return Solution(gradient, repeat(program) if problem.one_by_one else program.repeat, seconds)


def solve_rows(problem: Network, backend: str, fast: bool) -> Solution:
    """A program for the gradient of a row, and one for the update from the sums."""
    rows = array("d", [number for x, t in zip(problem.inputs, problem.targets, strict=True) for number in (*x, t)])
    share = 1.0 / len(problem.inputs)

    def row_program(model: Model) -> Program:
        xs, y = [Value(0.0, f"x{i}") for i in range(problem.sizes[0])], Value(0.0, "y")
        slopes = gradients(model.loss([xs], [y]), model.parameters)
        return Program([*xs, y], slopes, backend=backend, fast_math=fast)

    def gradient() -> list[float]:
        fresh = Model(problem)
        sums = row_program(fresh).sum(rows)
        decay = 2.0 * problem.penalty
        return [share * total + decay * p.data for total, p in zip(sums, fresh.parameters, strict=True)]

    model = Model(problem)
    start = time.perf_counter()
    adding = row_program(model)
    adding.sum(rows)
    seconds = time.perf_counter() - start
    if not problem.rate:
        totals = array("d", [0.0] * len(model.parameters))
        return Solution(gradient, lambda count: [adding.sum(rows, out=totals) for _ in range(count)], seconds)
    sums = [Value(0.0, f"{parameter.label}_sum") for parameter in model.parameters]
    penalties = gradients(l2_penalty(model.parameters, problem.penalty), model.parameters)
    slopes = [total * share + penalty for total, penalty in zip(sums, penalties, strict=True)]
    updates = SGD(model.parameters, problem.rate).updates_from(slopes)
    start = time.perf_counter()
    update = Program(sums, updates=updates, backend=backend, fast_math=fast)
    update.repeat(1, sums=(adding, rows))
    seconds += time.perf_counter() - start
    return Solution(gradient, lambda count: update.repeat(count, sums=(adding, rows)), seconds)


def expression(a: Value | float, b: Value | float) -> Value:
    """The expression in the README of micrograd."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def expression_in_a_loop() -> Callable[[int, float, float], object]:
    """Return a function (count, a, b) that computes the gradient of that expression so many times."""
    a, b = Value(-4.0, "a"), Value(2.0, "b")
    return Program([a, b], gradients(expression(a, b), [a, b])).repeat
