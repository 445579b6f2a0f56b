"""Regression: a small network learns sin(x) from samples between -π and π, and nothing beyond.

    python -m examples.sine                 128 samples, a 1-8-8-1 network, its plots in sine-output
    python -m examples.sine --noise 0.1     with a normally distributed error in the targets

tanh in both hidden layers, a linear output, the mean squared error, and Adam in mini-batches with a learning rate that
falls along a cosine: of the recipes tried, the quickest that is right to 0.01 for every seed from 0 to 39.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from examples.answers import answer_program
from examples.arguments import (
    LARGEST_NOISE,
    add_backend,
    add_output,
    epoch_count,
    parse_and_prepare,
    real_number,
    whole_number,
)
from examples.command import run_command
from examples.outputs import Plots, explain, show_plots
from nn import MLP, Adam, CosineSchedule, History, train
from nn.training import BACKENDS

SIZES = [1, 8, 8, 1]
SAMPLES = 128
BATCH_SIZE = 16
EPOCHS = 400
LEARNING_RATE = 0.05
"""At the start; it falls to 0."""
BEYOND = math.pi
"""How far beyond the samples, on either side, the network is asked what nothing has taught it."""
GRID = 500
"""At how many points its error is measured."""


class Task(NamedTuple):
    """The samples, and the network that is trained on them."""

    inputs: list[float]
    targets: list[float]
    model: MLP

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest input."""
        return min(self.inputs), max(self.inputs)


def new_task(random: Random, noise: float) -> Task:
    """Draw samples of the sine between -π and π, with an error of standard deviation ``noise``; then draw weights.

    A seed fixes the same inputs and weights whatever the noise: the errors are drawn even if it is 0.
    """
    inputs = [random.uniform(-math.pi, math.pi) for _ in range(SAMPLES)]
    targets = [math.sin(x) + noise * random.gauss(0.0, 1.0) for x in inputs]
    return Task(inputs, targets, MLP(SIZES, hidden="tanh", output="linear", seed=random))


def fit(task: Task, epochs: int, backend: str, random: Random) -> History:
    """Train the network of a task."""
    return train(
        task.model,
        task.inputs,
        task.targets,
        optimizer=Adam(task.model.parameters(), LEARNING_RATE),
        epochs=epochs,
        batch_size=BATCH_SIZE,
        backend=backend,
        seed=random,
        schedule=CosineSchedule(LEARNING_RATE, epochs),
    )


def errors_on(model: MLP, low: float, high: float) -> list[float]:
    """Return model(x) - sin(x) at `GRID` evenly spaced points from ``low`` to ``high``."""
    grid = [low + (high - low) * index / (GRID - 1) for index in range(GRID)]
    answer = answer_program(model)
    return [answer(x)[0] - math.sin(x) for x in grid]


def show_losses(losses: Sequence[float]) -> None:
    """Print the loss of epochs 0, 1, 3, 10, 30, … and of the last."""
    last = len(losses) - 1
    stops = {0, last, *(digit * 10**power for power in range(len(str(last))) for digit in (1, 3))}
    print(f"\n{'epoch':>10}{'mean squared error':>22}")
    for epoch in sorted(stop for stop in stops if 0 <= stop <= last):
        print(f"{epoch:>10,}{losses[epoch]:>22.2e}")


def show_errors(task: Task) -> None:
    """Print the network's error inside the range of the samples, and half a period beyond it."""
    low, high = task.range
    within = errors_on(task.model, low, high)
    beyond = errors_on(task.model, low - BEYOND, low) + errors_on(task.model, high, high + BEYOND)
    print(f"\n{'off sin(x) by':<30}{'root mean square':>18}{'at most':>12}")
    for name, errors in ((f"from {low:.2f} to {high:.2f}", within), (f"beyond, by up to {BEYOND:.2f}", beyond)):
        root_mean_square = math.sqrt(sum(error * error for error in errors) / len(errors))
        print(f"  {name:<28}{root_mean_square:>18.4f}{max(map(abs, errors)):>12.4f}")
    print()
    explain("""The network knows the sine where it has seen samples of it. It does not extrapolate: that the wave goes
        on is in no sample, and beyond them one tanh after the other flattens out, and the answer with them.""")


def make_plots(task: Task, history: History) -> Plots:
    """Draw the fitted curve and the course of the loss."""
    from viz import plots

    curve = plots.fitted_curve(task.model, task.inputs, task.targets, truth=math.sin, margin=BEYOND / (2 * math.pi))
    return {
        "curve": (curve, "what the network answers, beside the samples and the sine"),
        "loss": (plots.loss_curves(history.losses), "the mean squared error by epoch"),
    }


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.sine", description="Fit a small network to the sine.")
    add_backend(parser, BACKENDS)
    add, count, noise = parser.add_argument, epoch_count, real_number(0.0, LARGEST_NOISE)
    add("--seed", type=whole_number(0), default="0", metavar="N", help="samples, weights, shuffling (default: 0)")
    add("--epochs", type=count, default=EPOCHS, metavar="N", help=f"training epochs (default: {EPOCHS})")
    add("--noise", type=noise, default="0", metavar="X", help="deviation of the targets (default: 0)")
    add_output(parser, "sine-output")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status: 1 if the training fails."""
    options = parse_and_prepare(argument_parser(), arguments)
    random = Random(options.seed)
    task = new_task(random, options.noise)
    print(f"sin(x): a {'-'.join(map(str, SIZES))} network of {len(task.model.parameters())} parameters,", end=" ")
    print(f"{SAMPLES} samples with noise {options.noise:g}, seed {options.seed},")
    print(f"{options.epochs:,} epochs in batches of {BATCH_SIZE}; backend {options.backend}")
    began = time.perf_counter()
    try:
        history = fit(task, options.epochs, options.backend, random)
    except ArithmeticError as error:
        print(f"python -m examples.sine: error: the training failed {error}", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - began
    show_losses(history.losses)
    if history.interrupted:
        print(f"\nStopped after {len(history.losses):,} of {options.epochs:,} epochs.")
        raise KeyboardInterrupt
    print(f"\nTrained in {seconds:.1f} seconds.")
    show_errors(task)
    show_plots(options.output, lambda: make_plots(task, history))
    return 0


if __name__ == "__main__":
    run_command(main)
