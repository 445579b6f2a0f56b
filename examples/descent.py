"""Ways down a function of two variables: the optimizers of `nn` as programs, and Newton's method.

Newton's method divides each direction by its curvature: its step p solves H · p = -gradient, with the engine's exact
Hessian H. Far from a minimum that may lead up, or far away. `searched_step` is the cure of Nocedal and Wright,
Numerical Optimization (2nd edition, 2006), chapter 3: a shifted Hessian and a backtracking line search.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import Program, Value, grad, hessian
from nn import Optimizer

Function = Callable[[Any, Any], Any]
"""A function of two floats or Values, in plain operators."""

Point = tuple[float, float]
Matrix = Sequence[Sequence[float]]

FLAT = 1e-8
"""Newton's method ends where no entry of the gradient is larger."""
SUFFICIENT = 1e-4
"""The part of the decrease promised by the slope that Armijo's rule asks for, as Nocedal and Wright have it."""
LEAST_SHIFT = 1e-3
"""Where shifts of the Hessian begin, as Nocedal and Wright have it."""


@dataclass
class Descent:
    """The way that a method took.

    points   where it was after 0, 1, 2, … iterations
    values   the function there, all finite
    failure  why the next iteration cannot be computed; empty if it can
    """

    points: list[Point] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    failure: str = ""

    def iterations_until(self, value: float) -> int | None:
        """Return after how many iterations the function was first as small as ``value``; None if it never was."""
        return next((iteration for iteration, found in enumerate(self.values) if found <= value), None)

    def visit(self, function: Function, point: Point) -> None:
        """Note the next point and the function there; where that is not finite, note the failure."""
        value = value_at(function, point)
        if math.isfinite(value):
            self.points.append(point)
            self.values.append(value)
        else:
            self.failure = self.failure or f"the function is {value} at {point}"


def value_at(function: Function, point: Point) -> float:
    """Return the function at a point; infinity where it is too large for a float."""
    try:
        return float(function(*point))
    except OverflowError:
        return math.inf


# --- Optimizers -------------------------------------------------------------------------------------------------------


def run_optimizer(
    function: Function, start: Point, optimize: Callable[[list[Value]], Optimizer], steps: int, backend: str
) -> Descent:
    """Descend by the optimizer that ``optimize`` makes for x and y: one program holds function, gradient and rule."""
    x, y = Value(start[0], "x"), Value(start[1], "y")
    f = function(x, y)
    f.label = "f"
    program = Program(outputs=[x, y, f], updates=optimize([x, y]).updates(f), backend=backend)
    failure = ""
    try:
        runs = program.repeat(steps, keep=True)
    except ArithmeticError:
        # A repeat that fails gives no outputs and changes no leaf: the same runs, one by one, show how far it came.
        runs, failure = run_until_failure(program)
    descent = Descent([(run[0], run[1]) for run in runs], [run[2] for run in runs], failure)
    descent.visit(function, (x.data, y.data))  # A run gives what was before its step; the leaves are after the last.
    return descent


def run_until_failure(program: Program) -> tuple[list[tuple[float, ...]], str]:
    """Run a program that is known to fail; return the outputs of each run before that, and what was wrong."""
    runs = []
    while True:
        try:
            runs.append(program())
        except ArithmeticError as error:
            return runs, str(error)


# --- Newton's method --------------------------------------------------------------------------------------------------

TakeStep = Callable[[Function, Point, Sequence[float], Matrix], Point]
"""(function, point, gradient, Hessian) -> the next point."""


def newton(function: Function, start: Point, take_step: TakeStep, steps: int) -> Descent:
    """Descend by Newton's method until the gradient is flat, or for as many iterations as ``steps``."""
    gradient_at, hessian_at = grad(function), hessian(function)
    descent = Descent()
    descent.visit(function, start)
    try:
        while not descent.failure and len(descent.points) <= steps:
            point = descent.points[-1]
            gradient = gradient_at(*point)
            if max(map(abs, gradient)) <= FLAT:
                break
            descent.visit(function, take_step(function, point, gradient, hessian_at(*point)))
    except ArithmeticError as error:
        descent.failure = str(error)
    return descent


def full_step(_function: Function, point: Point, gradient: Sequence[float], curvature: Matrix) -> Point:
    """Return where Newton's step leads as it is: to the stationary point of the quadratic that fits best here."""
    return moved(point, 1.0, newton_direction(gradient, curvature))


def searched_step(function: Function, point: Point, gradient: Sequence[float], curvature: Matrix) -> Point:
    """Return a point that is lower: the step of a positive definite Hessian, halved until Armijo's rule accepts it.

    The rule: f(point + t · p) <= f(point) + 1e-4 · t · (gradient · p), with t = 1, 1/2, 1/4, … (Nocedal and Wright,
    algorithm 3.1).
    """
    direction = newton_direction(gradient, positive_definite(curvature))
    slope = gradient[0] * direction[0] + gradient[1] * direction[1]
    value = value_at(function, point)
    length = 1.0
    while length > 0.0:
        trial = moved(point, length, direction)
        if value_at(function, trial) <= value + SUFFICIENT * length * slope:
            return trial
        length /= 2.0
    raise ArithmeticError(f"no step from {point} along {direction} leads down")


def moved(point: Point, length: float, direction: Point) -> Point:
    """Return point + length · direction."""
    return point[0] + length * direction[0], point[1] + length * direction[1]


def newton_direction(gradient: Sequence[float], curvature: Matrix) -> Point:
    """Return the solution p of H · p = -gradient, by Cramer's rule; ZeroDivisionError for a singular Hessian."""
    (a, b), (_, c) = curvature
    divisor = determinant(curvature)
    if divisor == 0.0:
        raise ZeroDivisionError(f"the Hessian {curvature} is singular, so that Newton's step has no end")
    return (b * gradient[1] - c * gradient[0]) / divisor, (b * gradient[0] - a * gradient[1]) / divisor


def positive_definite(curvature: Matrix) -> Matrix:
    """Return H + shift · identity that bends up in every direction, so that Newton's step leads down.

    The shift is 0 where H itself does, and is doubled until it is enough (Nocedal and Wright, algorithm 3.3).
    """
    (a, b), (_, c) = curvature
    shift = 0.0 if min(a, c) > 0.0 else LEAST_SHIFT - min(a, c)
    while True:
        shifted = [[a + shift, b], [b, c + shift]]
        # Their product and their sum are positive: so are both eigenvalues.
        if determinant(shifted) > 0.0 and a + c + 2.0 * shift > 0.0:
            return shifted
        shift = max(2.0 * shift, LEAST_SHIFT)


def determinant(matrix: Matrix) -> float:
    """Return the determinant of a 2 × 2 matrix."""
    (a, b), (c, d) = matrix
    return a * d - b * c


def eigenvalues(curvature: Matrix) -> tuple[float, float]:
    """Return the curvatures of a positive definite Hessian along its two axes, the smaller one first."""
    (a, b), (_, c) = curvature
    largest = (a + c) / 2.0 + math.hypot((a - c) / 2.0, b)
    # The difference that stands in the textbooks would lose the digits that the two have in common.
    return determinant(curvature) / largest, largest
