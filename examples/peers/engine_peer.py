"""The problems on the engine: graphs of Values recorded anew for each step, and programs recorded once."""

from __future__ import annotations

import contextlib
import time
from array import array

from engine import Program, Value, gradients
from examples.problems import Network, Solution
from nn import MLP, SGD, half_sum_of_squares, hinge, l2_penalty, mean_squared_error

with contextlib.suppress(ImportError):
    import llvmlite.binding  # noqa: F401 - loaded here, as by other peers, so that it is not counted as compiling

LOSSES = {"half_sum_of_squares": half_sum_of_squares, "mean_squared_error": mean_squared_error, "hinge": hinge}


class Model:
    """The network of a problem, its parameters in the order of the matrices, and its loss."""

    def __init__(self, problem: Network) -> None:
        names = [f"{letter}{number + 1}" for number in range(len(problem.weights)) for letter in ("W", "b")]
        pairs = zip(problem.weights, problem.biases, strict=True)
        matrices = [matrix for weights, biases in pairs for matrix in (weights, [biases])]
        self.problem = problem
        self.network = MLP.from_matrices(dict(zip(names, matrices, strict=True)), problem.hidden, problem.output)
        self.parameters: list[Value] = []
        for layer in self.network.layers:
            self.parameters += [neuron.w[i] for i in range(layer.inputs) for neuron in layer.neurons]
            self.parameters += [neuron.b for neuron in layer.neurons]

    def loss(self, inputs: list[list[Value | float]], targets: list[Value | float]) -> Value:
        """The loss of samples, without the penalty."""
        return LOSSES[self.problem.loss]([self.network(x) for x in inputs], targets)

    def penalty(self) -> Value:
        """The penalty of all parameters."""
        return l2_penalty(self.parameters, self.problem.penalty)


def solve(problem: Network, backend: str = "python", fast: bool = False) -> Solution | None:
    """Solve a problem with "eager", "python" or "llvm"; a program of all samples for XOR, else rows and their sums."""
    if backend == "eager":
        return solve_eagerly(problem)
    return solve_whole(problem, backend, fast) if len(problem.inputs) == 4 else solve_rows(problem, backend, fast)


def solve_eagerly(problem: Network) -> Solution:
    """A graph and ``backward()`` for each step."""
    model = Model(problem)
    optimizer = SGD(model.parameters, problem.rate)

    def backward() -> None:
        """Leave the gradient in the parameters."""
        loss = model.loss(problem.inputs, problem.targets)
        optimizer.zero_grad()
        (loss + model.penalty() if problem.penalty else loss).backward()

    def advance(count: int) -> None:
        """Do ``count`` steps."""
        for _ in range(count):
            backward()
            optimizer.step()

    return Solution(lambda: _gradient(problem), advance)


def solve_whole(problem: Network, backend: str, fast: bool) -> Solution:
    """The whole step as one program."""
    model = Model(problem)
    loss = model.loss(problem.inputs, problem.targets)
    updates = SGD(model.parameters, problem.rate).updates(loss)
    start = time.perf_counter()
    program = Program(outputs=[loss], updates=updates, backend=backend, fast_math=fast)
    program.repeat(1)
    seconds = time.perf_counter() - start

    def gradient() -> list[float]:
        """Compute the gradient where the problem begins."""
        fresh = Model(problem)
        outputs = gradients(fresh.loss(problem.inputs, problem.targets), fresh.parameters)
        return list(Program(outputs=outputs, backend=backend, fast_math=fast)())

    return Solution(gradient, program.repeat, seconds)


def solve_rows(problem: Network, backend: str, fast: bool) -> Solution:
    """A program for the gradient of a row, and one for the update from the sums."""
    model = Model(problem)
    xs, y = [Value(0.0, f"x{i}") for i in range(problem.sizes[0])], Value(0.0, "y")
    loss = model.loss([xs], [y])
    outputs = gradients(loss, model.parameters)
    rows = array("d", [number for x, t in zip(problem.inputs, problem.targets, strict=True) for number in (*x, t)])
    start = time.perf_counter()
    adding = Program([*xs, y], outputs, backend=backend, fast_math=fast)
    adding.sum(rows)
    seconds = time.perf_counter() - start
    share = 1.0 / len(problem.inputs)

    def gradient() -> list[float]:
        """Compute the gradient where the problem begins."""
        decay = 2.0 * problem.penalty
        begun = Model(problem).parameters
        now = [parameter.data for parameter in model.parameters]
        _assign(model.parameters, [parameter.data for parameter in begun])
        found = adding.sum(rows)
        _assign(model.parameters, now)
        return [share * total + decay * parameter.data for total, parameter in zip(found, begun, strict=True)]

    if not problem.rate:
        totals = array("d", [0.0] * len(outputs))
        return Solution(gradient, lambda count: [adding.sum(rows, out=totals) for _ in range(count)], seconds)
    sums = [Value(0.0, f"{parameter.label}_sum") for parameter in model.parameters]
    penalties = gradients(model.penalty(), model.parameters)
    slopes = [total * share + penalty for total, penalty in zip(sums, penalties, strict=True)]
    updates = SGD(model.parameters, problem.rate).updates_from(slopes)
    start = time.perf_counter()
    update = Program(sums, updates=updates, backend=backend, fast_math=fast)
    update.repeat(1, sums=(adding, rows))
    seconds += time.perf_counter() - start
    return Solution(gradient, lambda count: update.repeat(count, sums=(adding, rows)), seconds)


def _gradient(problem: Network) -> list[float]:
    """The gradient by ``backward()``."""
    model = Model(problem)
    loss = model.loss(problem.inputs, problem.targets)
    (loss + model.penalty() if problem.penalty else loss).backward()
    return [parameter.grad for parameter in model.parameters]


def _assign(parameters: list[Value], numbers: list[float]) -> None:
    """Give parameters these numbers."""
    for parameter, number in zip(parameters, numbers, strict=True):
        parameter.data = number


def call_each_epoch(problem: Network, backend: str, fast: bool = False) -> Solution:
    """XOR by one call of the program for each epoch, which reads the leaves and writes them back."""
    model = Model(problem)
    loss = model.loss(problem.inputs, problem.targets)
    program = Program(
        outputs=[loss], updates=SGD(model.parameters, problem.rate).updates(loss), backend=backend, fast_math=fast
    )

    def advance(count: int) -> None:
        """Do ``count`` steps."""
        for _ in range(count):
            program()

    return Solution(lambda: _gradient(problem), advance)


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


def expression_program(backend: str = "python") -> Program:
    """The gradient of that expression by a and b."""
    a, b = Value(-4.0, "a"), Value(2.0, "b")
    return Program([a, b], gradients(expression(a, b), [a, b]), backend=backend)


def seconds_to_compile(sizes: tuple[int, ...], backend: str, fast: bool = False) -> float:
    """How long a network's gradient takes to compile, from the recorded graph to the first sum."""
    network = MLP(list(sizes), hidden="tanh", output="tanh", seed=1)
    xs, y = [Value(0.5) for _ in range(sizes[0])], Value(0.25)
    loss = mean_squared_error([network(xs)], [y])
    outputs = gradients(loss, network.parameters())
    start = time.perf_counter()
    Program([*xs, y], outputs, backend=backend, fast_math=fast).sum([[0.5] * (sizes[0] + 1)])
    return time.perf_counter() - start
