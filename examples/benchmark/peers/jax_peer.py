"""The problems in JAX: the gradient of a function of whole layers, with a loop of steps compiled into one program."""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
from jax import lax

from examples.benchmark.problems import Network, Solution, repeat

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)

SMALL = 16
"""The numbers in a matrix that is multiplied as a sum of products, which the compiler can merge with the rest."""

Parameters = list[jax.Array]


def affine(rows: jax.Array, matrix: jax.Array, biases: jax.Array) -> jax.Array:
    """Return rows · matrix + biases."""
    return ((rows[:, :, None] * matrix).sum(axis=1) if rows.size <= SMALL else rows @ matrix) + biases


LIBRARY = {
    "affine": affine,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "mean": jnp.mean,
    "mean_square": lambda answers, targets: ((answers - targets) ** 2).mean(),
}


def solve(problem: Network) -> Solution:
    """Solve any problem: the loop of steps, or the gradient where the rate is 0, is compiled before the first step."""
    begin = time.perf_counter()
    inputs, targets = jnp.array(problem.inputs), jnp.array(problem.targets)
    start = state = [jnp.array(matrix) for matrix in problem.matrices.values()]

    def loss(parameters: Parameters) -> jax.Array:
        squares = sum((p * p).sum() for p in parameters) if problem.penalty else 0.0
        return problem.loss_of(parameters, inputs, targets, LIBRARY) + problem.penalty * squares

    def step(_: int, parameters: Parameters) -> Parameters:
        return [p - problem.rate * slope for p, slope in zip(parameters, jax.grad(loss)(parameters), strict=True)]

    slopes = jax.jit(jax.grad(loss))
    train = jax.jit(lambda count, parameters: lax.fori_loop(0, count, step, parameters))

    def advance(count: int) -> None:
        nonlocal state
        state = jax.block_until_ready(train(count, state))

    def gradient() -> list[float]:
        return jnp.concatenate([slope.ravel() for slope in slopes(start)]).tolist()

    steps = advance if problem.rate else repeat(lambda: jax.block_until_ready(slopes(start)))
    steps(0 if problem.rate else 1)
    return Solution(gradient, steps, time.perf_counter() - begin)
