"""Small plots of a primitive and of its partials, as SVG within a page, whose colours they take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import engine
from engine.extend import FAILURES, FLOATS
from viz.notation import number

WIDTH, HEIGHT = 290, 200
"""The size of the part of a plot in which the curves are."""

LEFT, BOTTOM, AROUND = 34, 20, 6
"""The room for numbers beside and below it."""

FIXED = (2.0, -1.0)
"""The numbers of the second and the third operand: a plot shows how value and partials change with the first."""

_REACH = 4.0
"""How far a plot goes to both sides of 0; ten times as far, and so on, where there is nothing so near."""
_TALLEST = 5.0
"""How far up and down, as long as every curve is to be seen."""
_PIECES = 160
_TICKS = 5

Point = tuple[float, float]


class Window(NamedTuple):
    """What part of the plane a plot shows."""

    left: float
    right: float
    low: float
    high: float

    def place(self, x: float, y: float) -> Point:
        """Where a point stands in the picture."""
        across, up = (x - self.left) / (self.right - self.left), (y - self.low) / (self.high - self.low)
        return WIDTH * across, HEIGHT * (1 - up)


def plot(row: engine.Primitive) -> str:
    """The curves of the value and of each partial, with dots for what is taken at a kink; "" if there is nothing."""
    xs = _positions(row)
    if not xs:
        return ""
    curves = list(zip(*(_numbers(row, x) for x in xs), strict=True))
    window = _window(xs, curves)
    kink = compile(row.kink or "1", "kink", "eval")
    kinks = {x for x in xs if eval(kink, FLOATS, operands(row, x)) == 0}
    parts = []
    for place, ys in enumerate(curves):
        points = list(zip(xs, ys, strict=True))
        parts.append(f'<path class="curve-{place}" d="{_path(points, window)}"/>')
        for point in points:
            if point[0] in kinks and math.isfinite(point[1]):
                x, y = window.place(*point)
                parts.append(f'<circle class="curve-{place}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    width, height = LEFT + WIDTH + AROUND, AROUND + HEIGHT + BOTTOM
    return (
        f'<svg class="curves" viewBox="{-LEFT} {-AROUND} {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{row.name} and its partials as x changes">{"".join(_axes(window))}'
        f'<svg width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg></svg>'
    )


def swatch(place: int) -> str:
    """A piece of the line of a curve: 0 is the value, 1 the first partial."""
    return (
        f'<svg class="curves" width="28" height="12" aria-hidden="true"><path class="curve-{place}" d="M0 6H28"/></svg>'
    )


def operands(row: engine.Primitive, x: float) -> dict[str, float]:
    """The numbers of a row's operands by name, where the first is x."""
    return dict(zip(row.operand_names, (x, *FIXED), strict=False))


def _numbers(row: engine.Primitive, x: float) -> tuple[float, ...]:
    """The value and the partials at x; NaN for what does not exist."""
    try:
        result = getattr(engine, row.name)(*map(engine.Value, operands(row, x).values()))
    except FAILURES:
        return (math.nan,) * (1 + len(row.partials))
    return (result.data, *map(_existing, result.partials))


def _existing(partial: object) -> float:
    try:
        return float(partial)  # type: ignore[arg-type]
    except FAILURES:
        return math.nan


def _positions(row: engine.Primitive) -> list[float]:
    """Where the curves are computed: all along the picture, or as far as the value exists."""
    for power in range(9):
        everywhere = [_REACH * 10.0**power * (2 * k - _PIECES) / _PIECES for k in range(_PIECES + 1)]
        there = [x for x in everywhere if math.isfinite(_numbers(row, x)[0])]
        if len(there) > 1:
            return [there[0] + (there[-1] - there[0]) * k / _PIECES for k in range(_PIECES + 1)]
    return []


def _window(xs: list[float], curves: Iterable[Iterable[float]]) -> Window:
    """All there is, unless that is too tall and every curve is seen without it."""
    finite = [[y for y in ys if math.isfinite(y)] for ys in curves]
    numbers = [0.0, *(y for ys in finite for y in ys)]
    low, high = min(numbers), max(numbers)
    if all(any(abs(y) <= _TALLEST for y in ys) for ys in finite if ys):
        low, high = max(low, -_TALLEST), min(high, _TALLEST)
    beside, above = 0.04 * (xs[-1] - xs[0]), 0.08 * (high - low)
    return Window(xs[0] - beside, xs[-1] + beside, low - above, high + above)


def _path(points: list[Point], window: Window) -> str:
    """A curve as lines in the picture, with gaps where it jumps, does not exist, or is outside."""
    pieces: list[list[Point]] = [[]]
    for place, (x, y) in enumerate(points):
        if not math.isfinite(y) or (place and _jumps(points, place, window)):
            pieces.append([])
        if math.isfinite(y):
            _append(pieces[-1], window.place(x, min(max(y, 2 * window.low), 2 * window.high)))
    lines = ("L".join(f"{x:.1f} {y:.1f}" for x, y in piece) for piece in pieces if len(piece) > 1)
    return "".join(f"M{line}" for line in lines)


def _append(piece: list[Point], point: Point) -> None:
    """Go on to a point, straight from the point before the last where that lies on the way."""
    if len(piece) > 1:
        (x0, y0), (x1, y1), (x2, y2) = *piece[-2:], point
        if abs(y0 + (y2 - y0) * (x1 - x0) / (x2 - x0) - y1) < 0.02:
            piece.pop()
    piece.append(point)


def _jumps(points: list[Point], place: int, window: Window) -> bool:
    """Whether a curve jumps on its way to a point: past all of the window, or far where it moves little beside."""
    (_, start), (_, end) = points[place - 1 : place + 1]
    low, high = sorted((start, end))
    height = window.high - window.low
    steps = [abs(after[1] - before[1]) for before, after in pairwise(points[max(place - 2, 0) : place + 2])]
    passes = (low < window.low and high > window.high) or high - low > 5 * height
    return passes or (high - low > 0.05 * height and min(steps) * 4 < high - low)


def _axes(window: Window) -> Iterator[str]:
    """The frame, the lines of zero, and numbers beside and below."""
    yield f'<rect class="axis" width="{WIDTH}" height="{HEIGHT}"/>'
    for x in _ticks(window.left, window.right):
        across, _ = window.place(x, 0.0)
        yield f'<path class="{_line(x)}" d="M{across:.1f} 0V{HEIGHT}"/>'
        yield f'<text x="{across:.1f}" y="{HEIGHT + 15}" text-anchor="middle">{_text(x)}</text>'
    for y in _ticks(window.low, window.high):
        _, up = window.place(0.0, y)
        yield f'<path class="{_line(y)}" d="M0 {up:.1f}H{WIDTH}"/>'
        yield f'<text x="-5" y="{up + 4:.1f}" text-anchor="end">{_text(y)}</text>'


def _line(tick: float) -> str:
    return "grid" if tick else "axis"


def _ticks(low: float, high: float) -> Iterator[float]:
    """Round numbers between two."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough)
    for count in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield count * step


def _text(tick: float) -> str:
    return number(tick, 3).replace("-", "−")
