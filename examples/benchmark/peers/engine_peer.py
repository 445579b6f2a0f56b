"""The problems on the engine: graphs of Values recorded anew for each step, and programs recorded once."""

from __future__ import annotations

import contextlib
import time
from array import array
from typing import Any

from engine import Program, Value, gradients
from examples.benchmark.problems import Network, Solution, repeat
from nn import MLP, SGD, Adam, half_sum_of_squares, hinge, l2_penalty, mean_squared_error

with contextlib.suppress(ImportError):
    import llvmlite.binding  # noqa: F401 - loaded here, as by other peers, so that it is not counted as compiling

Rows = list[list[Any]]
"""Of Values, or of numbers."""

LOSSES = {"half_sum_of_squares": half_sum_of_squares, "mean_squared_error": mean_squared_error, "hinge": hinge}
OPTIMIZERS = {"SGD": SGD, "Adam": Adam}


class Model:
    """The network of a problem, its parameters in the order of the matrices, and its loss."""

    def __init__(self, problem: Network) -> None:
        self.problem = problem
        self.network = MLP.from_matrices(problem.matrices, problem.hidden, problem.output)
        matrices = self.network.to_value_matrices().values()
        self.parameters = [parameter for matrix in matrices for row in matrix for parameter in row]

    def loss(self, inputs: Rows, targets: Rows) -> Value:
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
    start = time.process_time()
    model = Model(problem)
    loss = model.whole_loss()
    updates = SGD(model.parameters, problem.rate).updates(loss)
    program = Program(outputs=[loss], updates=updates, backend=backend, fast_math=fast)
    program.repeat(1)
    seconds = time.process_time() - start

    def gradient() -> list[float]:
        fresh = Model(problem)
        slopes = gradients(fresh.whole_loss(), fresh.parameters)
        return list(Program(outputs=slopes, backend=backend, fast_math=fast)())

    return Solution(gradient, repeat(program) if problem.one_by_one else program.repeat, seconds)


def solve_rows(problem: Network, backend: str, fast: bool) -> Solution:
    """A program for the gradient of a row, and one for the update from the sums."""
    rows = array("d", [number for x, t in zip(problem.inputs, problem.targets, strict=True) for number in (*x, *t)])
    share = 1.0 / len(problem.inputs)

    start = time.process_time()
    model = Model(problem)
    xs, ys = ([Value(0.0, f"{name}{i}") for i in range(problem.sizes[end])] for name, end in (("x", 0), ("y", -1)))
    adding = Program([*xs, *ys], gradients(model.loss([xs], [ys]), model.parameters), backend=backend, fast_math=fast)
    totals = adding.sum(rows)
    decay = 2.0 * problem.penalty
    slopes = [share * total + decay * p.data for total, p in zip(totals, model.parameters, strict=True)]
    if not problem.rate:
        out = array("d", totals)
        return Solution(lambda: slopes, repeat(lambda: adding.sum(rows, out=out)), time.process_time() - start)
    sums = [Value(0.0, f"{parameter.label}_sum") for parameter in model.parameters]
    penalties = gradients(l2_penalty(model.parameters, problem.penalty), model.parameters)
    adjoints = [total * share + penalty for total, penalty in zip(sums, penalties, strict=True)]
    updates = SGD(model.parameters, problem.rate).updates_from(adjoints)
    update = Program(sums, updates=updates, backend=backend, fast_math=fast)
    update.repeat(1, sums=(adding, rows))
    seconds = time.process_time() - start
    return Solution(lambda: slopes, lambda count: update.repeat(count, sums=(adding, rows)), seconds)


def updating(optimizer: str, count: int, backend: str, fast: bool = False) -> Program:
    """Return a program that moves so many parameters, by the gradient of their penalty."""
    parameters = [Value(0.5, f"p{i}") for i in range(count)]
    loss = l2_penalty(parameters, 1.0)
    updates = OPTIMIZERS[optimizer](parameters, 1e-6).updates(loss)
    return Program(updates=updates, backend=backend, fast_math=fast)
