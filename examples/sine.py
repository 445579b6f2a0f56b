"""Regression: a small network learns sin(x) from samples between -π and π, and nothing beyond.

    python -m examples.sine                 128 samples, a 1-8-8-1 network, its plots in sine-output
    python -m examples.sine --noise 0.1     with targets that are off by a normally distributed error

tanh in both hidden layers, nothing at the end, the mean squared error, Adam in mini-batches with a learning rate that
falls along a cosine: of the recipes that were tried the quickest that is right to 0.01 for every seed from 0 to 39.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from engine import no_grad
from examples.arguments import LARGEST_NOISE, add_backend, add_output, parse_and_prepare, real_number, whole_number
from examples.command import run_command
from examples.outputs import Plots, explain, show_plots
from nn import MLP, Adam, CosineSchedule, History, train
from nn.training import BACKENDS

SIZES = [1, 8, 8, 1]
SAMPLES = 128
REACH = math.pi
"""Samples are drawn from -π to π."""
BATCH_SIZE = 16
EPOCHS = 400
LEARNING_RATE = 0.05
"""At the beginning; at the end it is 0."""
BEYOND = math.pi
"""How far beyond the samples, to either side, the network is asked what nothing has taught it."""
GRID = 500
"""At how many points the network is asked how far it is off."""


@dataclass(frozen=True)
class Task:
    """What is learned: the samples, and the network before or after its training on them."""

    inputs: list[float]
    targets: list[float]
    model: MLP

    @property
    def range(self) -> tuple[float, float]:
        """From which input to which there are samples."""
        return min(self.inputs), max(self.inputs)


def new_task(random: Random, noise: float) -> Task:
    """Draw samples of the sine, whose targets are off by a normal error of standard deviation ``noise``; then weights.

    Without noise the same numbers are drawn: a seed fixes the same inputs and the same weights at any noise.
    """
    inputs = [random.uniform(-REACH, REACH) for _ in range(SAMPLES)]
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


@no_grad()
def errors_on(model: MLP, low: float, high: float) -> list[float]:
    """Return model(x) - sin(x) at equal distances from ``low`` to ``high``."""
    grid = [low + (high - low) * index / (GRID - 1) for index in range(GRID)]
    return [model(x).data - math.sin(x) for x in grid]


def root_mean_square(errors: Sequence[float]) -> float:
    """Return the root of the mean of the squares."""
    return math.sqrt(sum(error * error for error in errors) / len(errors))


# --- What is printed --------------------------------------------------------------------------------------------------


def show_losses(losses: Sequence[float]) -> None:
    """Print the loss of epochs 0, 1, 3, 10, 30, … and of the last one."""
    last = len(losses) - 1
    stops = {0, last, *(digit * 10**power for power in range(len(str(last))) for digit in (1, 3))}
    print(f"\n{'epoch':>10}{'mean squared error':>22}")
    for epoch in sorted(stop for stop in stops if 0 <= stop <= last):
        print(f"{epoch:>10,}{losses[epoch]:>22.2e}")


def show_errors(task: Task) -> None:
    """Print how far the network is off, inside the range of the samples and half a period beyond it."""
    low, high = task.range
    print(f"\n{'off sin(x) by':<30}{'root mean square':>18}{'at most':>12}")
    for name, errors in {
        f"from {low:.2f} to {high:.2f}": errors_on(task.model, low, high),
        f"beyond, by up to {BEYOND:.2f}": [
            *errors_on(task.model, low - BEYOND, low),
            *errors_on(task.model, high, high + BEYOND),
        ],
    }.items():
        print(f"  {name:<28}{root_mean_square(errors):>18.4f}{max(map(abs, errors)):>12.4f}")
    print()
    explain("""The network knows the sine where it has seen samples of it. It does not extrapolate: that the wave goes
        on is in no sample, and beyond them one tanh after the other flattens out, and the answer with them.""")


def make_plots(task: Task, history: History) -> Plots:
    """Draw the fitted curve and the course of the loss."""
    from viz import plots

    curve = plots.fitted_curve(task.model, task.inputs, task.targets, truth=math.sin, margin=BEYOND / (2 * REACH))
    return {
        "curve": (curve, "what the network answers, beside the samples and the sine"),
        "loss": (plots.loss_curves(history.losses), "the mean squared error by epoch"),
    }


# --- The program ------------------------------------------------------------------------------------------------------


def run(task: Task, epochs: int, backend: str, random: Random, directory: Path) -> None:
    """Train, judge and draw the network of a task."""
    began = time.perf_counter()
    history = fit(task, epochs, backend, random)
    seconds = time.perf_counter() - began
    show_losses(history.losses)
    if history.interrupted:
        print(f"\nStopped after {len(history.losses):,} of {epochs:,} epochs.")
        raise KeyboardInterrupt
    print(f"\nTrained in {seconds:.1f} seconds.")
    show_errors(task)
    show_plots(directory, lambda: make_plots(task, history))


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.sine", description="Fit a small network to the sine.")
    add_backend(parser, BACKENDS)
    parser.add_argument(
        "--seed", type=whole_number(0), default="0", metavar="N", help="samples, weights, shuffling (default: 0)"
    )
    parser.add_argument(
        "--epochs", type=whole_number(1), default=EPOCHS, metavar="N", help=f"training epochs (default: {EPOCHS})"
    )
    noise = real_number(0.0, LARGEST_NOISE)
    parser.add_argument("--noise", type=noise, default="0", metavar="X", help="deviation of the targets (default: 0)")
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
    try:
        run(task, options.epochs, options.backend, random, options.output)
    except ArithmeticError as error:
        print(f"python -m examples.sine: error: the training failed {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    run_command(main)
