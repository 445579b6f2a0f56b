"""The pictures of the playground, in Node: the line at which an answer turns."""

import math
from pathlib import Path

import pytest
from support.node import run_javascript

FIELD = (Path(__file__).parents[3] / "viz" / "page" / "playground" / "field.js").read_text(encoding="utf-8")

GRID = """
const values = Float64Array.from({ length: COARSE ** 2 }, (_, at) => {
  const [x, y] = [at % COARSE, Math.floor(at / COARSE)].map((place) => place / (COARSE - 1));
  return HEIGHT;
});
const grid = { values, size: COARSE };
"""


@pytest.mark.parametrize("height", ["Math.hypot(x - 0.5, y - 0.4)", "Math.hypot(x, y - 1)"])
def test_the_line_of_a_coarse_grid_is_a_smooth_one(height):
    text = FIELD + GRID.replace("HEIGHT", height) + "return contour(smooth(grid), 0.3).flat(2);"
    numbers = list(run_javascript(text))
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(points) > 50
    middle = (0.5, 0.4) if "0.4" in height else (0, 1)
    assert max(abs(math.dist(point, middle) - 0.3) for point in points) < 5e-4, "of 24 squares across"


def test_between_its_numbers_a_grid_goes_on_straight_or_on_a_parabola():
    squares = "return curveThrough([0, 1, 4, 9, 16]);"
    inner = list(run_javascript(FIELD + squares))[3:10]
    assert inner == pytest.approx([(place / 3) ** 2 for place in range(3, 10)])
    line = list(run_javascript(FIELD + "return curveThrough([5, 3, 1]);"))
    assert line == pytest.approx([5 - 2 * place / 3 for place in range(7)])


def test_a_grid_that_is_fine_stays_as_it_is_and_what_has_no_answer_has_no_line():
    fine = FIELD + "const given = new Float64Array(FINE ** 2).fill(7);"
    assert list(
        run_javascript(fine + "return [smooth({ values: given, size: FINE }).values === given].map(Number);")
    ) == [1]
    empty = FIELD + "const given = { values: new Float64Array(COARSE ** 2).fill(NaN), size: COARSE };"
    assert list(run_javascript(empty + "return [contour(smooth(given), 0).length];")) == [0]
