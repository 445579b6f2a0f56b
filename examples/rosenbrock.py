"""Optimisation beyond networks: five ways down Rosenbrock's curved valley, to its minimum at (1, 1).

    python -m examples.rosenbrock                  from the classical start, (-1.2, 1)
    python -m examples.rosenbrock --start -3 -4    from elsewhere

Gradient descent, momentum and Adam are programs in which function, gradient and update rule are one graph; Newton's
method (`examples.descent`) takes the engine's exact Hessian, once with full steps and once damped by a line search. The
function is that of H. H. Rosenbrock (1960), "An automatic method for finding the greatest or least value of a
function", The Computer Journal 3.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine import hessian
from examples.arguments import add_backend, add_output, parse_and_prepare, real_number, whole_number
from examples.command import run_command
from examples.descent import Descent, Point, eigenvalues, full_step, newton, run_optimizer, searched_step, value_at
from examples.outputs import Plots, explain, show_plots
from nn import SGD, Adam

START = (-1.2, 1.0)
MINIMUM = (1.0, 1.0)
GOALS = ("1e-4", "1e-12")
STEPS = 20_000
MOST_STEPS = 200_000
"""Every point on the way is kept in memory."""

# The first two: from the classical start, of all rates with so many digits the one that is first at 1e-12.
DESCENT_RATE = 0.0019
"""Of two digits. With 0.002, more than 2 over the largest curvature, gradient descent never settles at the minimum."""
MOMENTUM = 0.9
MOMENTUM_RATE = 0.003
"""Of one digit; with 0.004 momentum diverges."""
ADAM_RATE = 0.1
"""Larger ones, up to 0.6, are there sooner, in 936 iterations instead of 1,710, and do not stay: where all gradients
have long been tiny, Adam divides by next to nothing, and is thrown out of the minimum, the farther the larger the rate.
"""

VIEW = 10.0
"""The picture leaves out a way that leads so many times as far from the minimum as its start is."""


def rosenbrock(x: Any, y: Any) -> Any:
    """Return (1 - x)² + 100 (y - x²)²: a valley along the parabola y = x² whose walls are steep and whose floor is not.

    For floats and Values alike.
    """
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


@dataclass(frozen=True)
class Method:
    """A way down: (start, steps, backend) -> the points it visits."""

    name: str
    settings: str
    run: Callable[[Point, int, str], Descent]


def first_order(name: str, optimizer: Callable[..., Any], rate: float, *settings: float) -> Method:
    """Return the method of an optimizer with these settings."""

    def run(start: Point, steps: int, backend: str) -> Descent:
        """Run the optimizer's program."""
        return run_optimizer(rosenbrock, start, lambda leaves: optimizer(leaves, rate, *settings), steps, backend)

    return Method(name, f"rate {rate:g}", run)


METHODS = (
    first_order("gradient descent", SGD, DESCENT_RATE),
    first_order(f"momentum {MOMENTUM:g}", SGD, MOMENTUM_RATE, MOMENTUM),
    first_order("Adam", Adam, ADAM_RATE),
    Method("Newton", "full steps", lambda start, steps, _: newton(rosenbrock, start, full_step, steps)),
    Method("damped Newton", "line search", lambda start, steps, _: newton(rosenbrock, start, searched_step, steps)),
)

# --- What is printed --------------------------------------------------------------------------------------------------


def show_methods(start: Point, steps: int, backend: str) -> dict[str, Descent]:
    """Run every method, print a line for each, then what went wrong; return the ways by name."""
    goals = "".join(f"{f'f <= {goal}':>19}" for goal in GOALS)
    print(f"{'':<29}{'iterations until first':>38}")
    print(f"{'method':<17}{'settings':<12}{goals}{'ended at':>22}{'f there':>10}{'seconds':>8}")
    descents = {}
    for method in METHODS:
        began = time.perf_counter()
        descent = descents[method.name] = method.run(start, steps, backend)
        show_line(method, descent, steps, time.perf_counter() - began)
    for name, descent in descents.items():
        if descent.failure:
            print()
            explain(f"{name}: diverged, iteration {len(descent.points):,} cannot be computed: {descent.failure}")
        elif min(descent.values) <= float(GOALS[-1]) < descent.values[-1]:
            print()
            explain(f"{name} was at {GOALS[-1]}, and did not stay: its steps do not become small with the gradient.")
    return descents


def show_line(method: Method, descent: Descent, steps: int, seconds: float) -> None:
    """Print how far a method came."""
    lacking = f"diverged in {len(descent.points):,}" if descent.failure else f"not within {steps:,}"
    needed = [descent.iterations_until(float(goal)) for goal in GOALS]
    cells = "".join(f"{lacking if iterations is None else f'{iterations:,}':>19}" for iterations in needed)
    end = f"({', '.join(map(coordinate, descent.points[-1]))})"
    print(f"{method.name:<17}{method.settings:<12}{cells}{end:>22}{descent.values[-1]:>10.1e}{seconds:>8.3f}")


def coordinate(number: float) -> str:
    """Write a number as 0.9998, or as 1.2e+34 where it is large."""
    return f"{number:.4g}" if abs(number) < 1e4 else f"{number:.1e}"


def show_lesson() -> None:
    """Print what curvature has to do with it."""
    floor, wall = eigenvalues(hessian(rosenbrock)(*MINIMUM))
    print()
    explain(f"""At the minimum the engine's Hessian has the eigenvalues {floor:.4f}, along the floor of the valley, and
        {wall:.1f}, up its walls, a condition number of {wall / floor:.0f}: the walls keep the rate of gradient descent
        below 2 / {wall:.1f} = {2 / wall:.6f}, with which it creeps along the floor. Newton's method divides each
        direction by its own curvature, so that to it the valley is round, and all that is left to do is to follow the
        bend.""")


def in_view(descent: Descent, start: Point) -> bool:
    """Whether a way stays near enough to be drawn beside others."""
    reach = VIEW * max(1.0, math.dist(start, MINIMUM))
    return not descent.failure and all(math.dist(point, MINIMUM) <= reach for point in descent.points)


def make_plots(descents: dict[str, Descent], start: Point) -> Plots:
    """Draw the ways over the valley."""
    from viz import plots

    paths = {name: descent.points for name, descent in descents.items() if in_view(descent, start)}
    plot = plots.descent_paths(rosenbrock, paths, minimum=MINIMUM)
    left_out = ", ".join(name for name in descents if name not in paths)
    return {"paths": (plot, f"the ways down, without {left_out}" if left_out else "the ways down")}


# --- The program ------------------------------------------------------------------------------------------------------


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.rosenbrock", description="Minimise Rosenbrock's function in five ways."
    )
    parser.add_argument(
        "--start",
        type=real_number(),
        nargs=2,
        default=START,
        metavar=("X", "Y"),
        help="where to begin (default: -1.2 1)",
    )
    parser.add_argument(
        "--steps",
        type=whole_number(1, MOST_STEPS),
        default=STEPS,
        metavar="N",
        help="iterations at most (default: %(default)s)",
    )
    add_backend(parser)
    add_output(parser, "rosenbrock-output")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Do as the command line says."""
    parser = argument_parser()
    options = parse_and_prepare(parser, arguments)
    start = (options.start[0], options.start[1])
    if not math.isfinite(value_at(rosenbrock, start)):
        parser.error("argument --start: the function is too large for a float there; begin nearer to (1, 1)")
    print(f"Rosenbrock's function f(x, y) = (1 - x)^2 + 100 (y - x^2)^2 from ({start[0]:g}, {start[1]:g}),", end=" ")
    print(f"where f = {rosenbrock(*start):.4g}; backend {options.backend}\n")
    descents = show_methods(start, options.steps, options.backend)
    show_lesson()
    show_plots(options.output, lambda: make_plots(descents, start))


if __name__ == "__main__":
    run_command(main)
