"""Optimisation beyond networks: five ways down Rosenbrock's curved valley, to its minimum at (1, 1).

    python -m examples.rosenbrock                  from the classical start, (-1.2, 1)
    python -m examples.rosenbrock --start -3 -4    from elsewhere

Gradient descent, momentum and Adam are programs: function, gradient and update rule are one graph. Newton's method
takes the engine's exact Hessian, once with full steps and once damped by a line search. The function is that of H. H.
Rosenbrock (1960), "An automatic method for finding the greatest or least value of a function", The Computer Journal 3;
what keeps Newton's steps safe is from Nocedal and Wright, Numerical Optimization (2nd edition, 2006), chapter 3.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine import Program, Value, grad, hessian
from examples.arguments import add_backend, add_output, prepare_output, real_number, whole_number
from examples.command import run_command
from examples.outputs import Plots, explain, show_plots
from nn import SGD, Adam, Optimizer

Point = tuple[float, float]
Matrix = Sequence[Sequence[float]]

START = (-1.2, 1.0)
MINIMUM = (1.0, 1.0)
GOALS = ("1e-4", "1e-12")
STEPS = 20_000
MOST_STEPS = 200_000
"""Every point on the way is kept in memory."""

# From the classical start, the first two reach 1e-12 soonest among all rates with as many digits.
DESCENT_RATE = 0.0019
"""Of two digits. At 0.002, more than 2 over the largest curvature, gradient descent never settles at the minimum."""
MOMENTUM = 0.9
MOMENTUM_RATE = 0.003
"""Of one digit; at 0.004 momentum diverges."""
ADAM_RATE = 0.1
"""Larger rates arrive sooner, but do not stay: once all gradients are tiny, Adam divides by next to nothing."""

FLAT = 1e-8
"""Newton's method ends where no entry of the gradient is larger."""
SUFFICIENT = 1e-4
"""The part of the decrease promised by the slope that Armijo's rule asks for (Nocedal and Wright)."""
LEAST_SHIFT = 1e-3
"""Where shifts of the Hessian begin (Nocedal and Wright)."""

VIEW = 10.0
"""A path that strays this many times as far from the minimum as its start is left out of the picture."""


def rosenbrock(x: Any, y: Any) -> Any:
    """Return (1 - x)² + 100 (y - x²)², for floats or Values: a valley along y = x², steep but for its floor."""
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def value_at(point: Point) -> float:
    """Return the function at a point; infinity where it is too large for a float."""
    try:
        return float(rosenbrock(*point))
    except OverflowError:
        return math.inf


@dataclass
class Descent:
    """The path that a method took.

    points   where it was after 0, 1, 2, … iterations
    values   the function there, all finite
    failure  why the next iteration cannot be computed; empty if it can
    """

    points: list[Point] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    failure: str = ""

    def visit(self, point: Point) -> None:
        """Note the next point and the function there; if that is not finite, note the failure."""
        value = value_at(point)
        if math.isfinite(value):
            self.points.append(point)
            self.values.append(value)
        else:
            self.failure = self.failure or f"the function is {value} at {point}"


def run_optimizer(start: Point, optimize: Callable[[list[Value]], Optimizer], steps: int, backend: str) -> Descent:
    """Descend by the optimizer that ``optimize`` makes for x and y: one program holds function, gradient and rule."""
    x, y = Value(start[0], "x"), Value(start[1], "y")
    f = rosenbrock(x, y)
    f.label = "f"
    program = Program(outputs=[x, y, f], updates=optimize([x, y]).updates(f), backend=backend)
    failure = ""
    try:
        runs = program.repeat(steps, keep=True)
    except ArithmeticError:
        # A repeat that fails gives no outputs and changes no leaf: the same runs, one by one, show how far it came.
        runs = []
        while not failure:
            try:
                runs.append(program())
            except ArithmeticError as error:
                failure = str(error)
    descent = Descent([(run[0], run[1]) for run in runs], [run[2] for run in runs], failure)
    descent.visit((x.data, y.data))  # A run gives the state before its step; the leaves hold that after the last.
    return descent


TakeStep = Callable[[Point, Sequence[float], Matrix], Point]
"""(point, gradient, Hessian) -> the next point."""


def newton(start: Point, take_step: TakeStep, steps: int) -> Descent:
    """Descend by Newton's method until the gradient is flat, but at most ``steps`` iterations."""
    gradient_at, hessian_at = grad(rosenbrock), hessian(rosenbrock)
    descent = Descent()
    descent.visit(start)
    try:
        while not descent.failure and len(descent.points) <= steps:
            point = descent.points[-1]
            gradient = gradient_at(*point)
            if max(map(abs, gradient)) <= FLAT:
                break
            descent.visit(take_step(point, gradient, hessian_at(*point)))
    except ArithmeticError as error:
        descent.failure = str(error)
    return descent


def full_step(point: Point, gradient: Sequence[float], curvature: Matrix) -> Point:
    """Return the stationary point of the quadratic that fits best here: where Newton's step leads as it is."""
    (x, y), (across, up) = point, newton_direction(gradient, curvature)
    return x + across, y + up


def searched_step(point: Point, gradient: Sequence[float], curvature: Matrix) -> Point:
    """Return a lower point: the step p of a positive definite Hessian, halved until Armijo's rule accepts it.

    The rule: f(point + t · p) <= f(point) + 1e-4 · t · (gradient · p), with t = 1, 1/2, 1/4, … (Nocedal and Wright,
    algorithm 3.1). Without it, a step may lead up where the Hessian is not positive definite, or too far.
    """
    (x, y), (across, up) = point, newton_direction(gradient, positive_definite(curvature))
    slope = gradient[0] * across + gradient[1] * up
    value = value_at(point)
    length = 1.0
    while length > 0.0:
        trial = x + length * across, y + length * up
        if value_at(trial) <= value + SUFFICIENT * length * slope:
            return trial
        length /= 2.0
    raise ArithmeticError(f"no step from {point} along {(across, up)} leads down")


def newton_direction(gradient: Sequence[float], curvature: Matrix) -> Point:
    """Return the solution p of H · p = -gradient, by Cramer's rule; ZeroDivisionError for a singular Hessian."""
    (a, b), (_, c) = curvature
    divisor = determinant(curvature)
    if divisor == 0.0:
        raise ZeroDivisionError(f"the Hessian {curvature} is singular, so that Newton's step has no end")
    return (b * gradient[1] - c * gradient[0]) / divisor, (b * gradient[0] - a * gradient[1]) / divisor


def positive_definite(curvature: Matrix) -> Matrix:
    """Return H + shift · identity, which bends up in every direction, so that Newton's step leads down.

    The shift is 0 if H itself does; else it is doubled until it is enough (Nocedal and Wright, algorithm 3.3).
    """
    (a, b), (_, c) = curvature
    shift = 0.0 if min(a, c) > 0.0 else LEAST_SHIFT - min(a, c)
    # Both eigenvalues are positive if their product and their sum are.
    while determinant([[a + shift, b], [b, c + shift]]) <= 0.0 or a + c + 2.0 * shift <= 0.0:
        shift = max(2.0 * shift, LEAST_SHIFT)
    return [[a + shift, b], [b, c + shift]]


def determinant(matrix: Matrix) -> float:
    """Return the determinant of a 2 × 2 matrix."""
    (a, b), (c, d) = matrix
    return a * d - b * c


def eigenvalues(curvature: Matrix) -> tuple[float, float]:
    """Return the curvatures of a positive definite Hessian along its two axes, the smaller one first."""
    (a, b), (_, c) = curvature
    largest = (a + c) / 2.0 + math.hypot((a - c) / 2.0, b)
    # The textbook's difference would lose the digits that its two terms have in common.
    return determinant(curvature) / largest, largest


class Method(NamedTuple):
    """A way down; ``run`` takes (start, steps, backend)."""

    name: str
    settings: str
    run: Callable[[Point, int, str], Descent]


def first_order(name: str, optimizer: Callable[..., Any], rate: float, *settings: float) -> Method:
    """Return the method of an optimizer with these settings."""
    optimize = lambda leaves: optimizer(leaves, rate, *settings)  # noqa: E731
    return Method(name, f"rate {rate:g}", lambda start, steps, backend: run_optimizer(start, optimize, steps, backend))


METHODS = (
    first_order("gradient descent", SGD, DESCENT_RATE),
    first_order(f"momentum {MOMENTUM:g}", SGD, MOMENTUM_RATE, MOMENTUM),
    first_order("Adam", Adam, ADAM_RATE),
    Method("Newton", "full steps", lambda start, steps, _: newton(start, full_step, steps)),
    Method("damped Newton", "line search", lambda start, steps, _: newton(start, searched_step, steps)),
)


def show_methods(start: Point, steps: int, backend: str) -> dict[str, Descent]:
    """Run every method and print a line for each, then what went wrong; return the paths by name."""
    goals = "".join(f"{f'f <= {goal}':>14}" for goal in GOALS)
    print(f"{'':<31}{'iterations until first':>28}")
    print(f"{'method':<18}{'settings':<13}{goals}{'ended at':>24}{'f there':>10}{'seconds':>9}")
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
    lacking = "diverged" if descent.failure else f"> {steps:,}"
    needed = (next((k for k, value in enumerate(descent.values) if value <= float(goal)), None) for goal in GOALS)
    cells = "".join(f"{lacking if iterations is None else f'{iterations:,}':>14}" for iterations in needed)
    end = f"({', '.join(map(coordinate, descent.points[-1]))})"
    print(f"{method.name:<18}{method.settings:<13}{cells}{end:>24}{descent.values[-1]:>10.1e}{seconds:>9.3f}")


def coordinate(number: float) -> str:
    """Write a number as 0.9998, or as 1.2e+34 where it is large."""
    return f"{number:.4g}" if abs(number) < 1e4 else f"{number:.1e}"


def show_lesson() -> None:
    """Print why curvature decides."""
    floor, wall = eigenvalues(hessian(rosenbrock)(*MINIMUM))
    print()
    explain(f"""At the minimum the engine's Hessian has the eigenvalues {floor:.4f}, along the floor of the valley, and
        {wall:.1f}, up its walls, a condition number of {wall / floor:.0f}: the walls keep the rate of gradient descent
        below 2 / {wall:.1f} = {2 / wall:.6f}, with which it creeps along the floor. Newton's method divides each
        direction by its own curvature, so that to it the valley is round, and all that is left to do is to follow the
        bend.""")


def make_plots(descents: dict[str, Descent], start: Point) -> Plots:
    """Draw the paths over the valley, but for those that fail or stray too far."""
    from viz import plots

    reach = VIEW * max(1.0, math.dist(start, MINIMUM))
    paths = {
        name: descent.points
        for name, descent in descents.items()
        if not descent.failure and all(math.dist(point, MINIMUM) <= reach for point in descent.points)
    }
    left_out = ", ".join(name for name in descents if name not in paths)
    plot = plots.descent_paths(rosenbrock, paths, minimum=MINIMUM)
    return {"paths": (plot, f"the ways down, without {left_out}" if left_out else "the ways down")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.rosenbrock", description="Minimise Rosenbrock's function in five ways."
    )
    add, place, most = parser.add_argument, real_number(), whole_number(1, MOST_STEPS)
    add("--start", type=place, nargs=2, default=START, metavar=("X", "Y"), help="where to begin (default: -1.2 1)")
    add("--steps", type=most, default=STEPS, metavar="N", help="iterations at most (default: %(default)s)")
    add_backend(parser)
    add_output(parser, "rosenbrock-output")
    options = parser.parse_args(arguments)
    start = (options.start[0], options.start[1])
    if not math.isfinite(value_at(start)):
        parser.error("argument --start: the function is too large for a float there; begin nearer to (1, 1)")
    prepare_output(parser, options.output)
    print(f"Rosenbrock's function f(x, y) = (1 - x)^2 + 100 (y - x^2)^2 from ({start[0]:g}, {start[1]:g}),", end=" ")
    print(f"where f = {rosenbrock(*start):.4g}; backend {options.backend}\n")
    descents = show_methods(start, options.steps, options.backend)
    show_lesson()
    show_plots(options.output, lambda: make_plots(descents, start))


if __name__ == "__main__":
    run_command(main)
