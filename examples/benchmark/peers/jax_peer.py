"""The problems in JAX: the gradient of a function of whole layers, with a loop of steps compiled into one program."""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
from jax import lax

from examples.benchmark.problems import Network, Solution

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)

ACTIVATIONS = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu, "linear": lambda z: z}
SMALL = 16
"""The numbers in a matrix that is multiplied without matrix multiplication."""

Parameters = list[jax.Array]


def solve(problem: Network) -> Solution | None:
    """Solve any problem: the loop of steps, or the gradient where the rate is 0, is compiled before the first step."""
    begin = time.perf_counter()
    inputs, targets = jnp.array(problem.inputs), jnp.array(problem.targets)[:, None]
    start = [jnp.array(matrix) for matrix in problem.matrices.values()]
    slopes = jax.grad(lambda parameters: loss(problem, parameters, inputs, targets))

    def step(_: int, parameters: Parameters) -> Parameters:
        """Return the parameters after a step."""
        return [p - problem.rate * slope for p, slope in zip(parameters, slopes(parameters), strict=True)]

    train = jax.jit(lambda count, parameters: lax.fori_loop(0, count, step, parameters))
    gradient_only = jax.jit(slopes)
    state = start

    def advance(count: int) -> None:
        """Do so many steps."""
        nonlocal state
        if problem.rate:
            state = jax.block_until_ready(train(count, state))
        else:
            for _ in range(count):
                jax.block_until_ready(gradient_only(start))

    def gradient() -> list[float]:
        """Return the gradient at the problem's parameters."""
        return jnp.concatenate([slope.ravel() for slope in gradient_only(start)]).tolist()

    jax.block_until_ready(train(0, start) if problem.rate else gradient_only(start))
    return Solution(gradient, advance, time.perf_counter() - begin)


def loss(problem: Network, parameters: Parameters, inputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Return the loss of the network, with the penalty."""
    hidden, output = ACTIVATIONS[problem.hidden], ACTIVATIONS[problem.output]
    activation = inputs
    for index in range(0, len(parameters) - 2, 2):
        activation = hidden(product(activation, parameters[index]) + parameters[index + 1])
    answers = output(product(activation, parameters[-2]) + parameters[-1])
    if problem.loss == "hinge":
        return jax.nn.relu(1.0 - targets * answers).mean() + problem.penalty * sum((p * p).sum() for p in parameters)
    squares = (answers - targets) ** 2
    return 0.5 * squares.sum() if problem.loss == "half_sum_of_squares" else squares.mean()


def product(rows: jax.Array, matrix: jax.Array) -> jax.Array:
    """Multiply matrices; those of a few numbers as a sum of products, which the compiler can merge with the rest."""
    if rows.size <= SMALL:
        return (rows[:, :, None] * matrix).sum(axis=1)
    return rows @ matrix
