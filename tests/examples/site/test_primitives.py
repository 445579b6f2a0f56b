"""The page of the table: every row has its place, its plots show the functions, and its examples are true."""

import contextlib
import io
import math
import re
from itertools import pairwise

import pytest

import engine
from engine import Primitive
from examples.site.curves import FIXED, plot
from examples.site.primitives import example, write, written_table

ROWS = engine.primitives_table()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    write(folder)
    return (folder / "primitives.rst").read_text(encoding="utf-8")


def sections(page):
    """What stands under the heading of each row, by name."""
    parts = re.split(r"^``(\w+)``\n\^+\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_row_has_a_link_in_the_overview_and_a_section_in_the_order_of_the_table(page):
    names = [row.name for row in ROWS]
    assert list(sections(page)) == names
    assert re.findall(r'<tr><td><a href="#primitive-[a-z0-9-]+"><code>(\w+)</code>', page) == names
    anchors = re.findall(r"^\.\. _(primitive-.+):$", page, flags=re.MULTILINE)
    assert {*re.findall(r'href="#(primitive-[^"]+)"', page)} == {*anchors}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_section_says_what_the_row_says(row, page):
    section = sections(page)[row.name]
    assert section.count("<math") >= 1 + len(row.partials)
    assert f".. py:function:: {row.name}({', '.join(row.operand_names)})" in section
    assert ("The tests compare" in section) == (row.domain != "True")
    assert ("At the kink" in section) == bool(row.kink)
    text = " ".join(section.rpartition("Primitive(")[2].split())
    assert all(f'"{part}"' in text for part in (row.name, row.value, *row.partials, *row.seconds))


def test_comments_of_the_table_begin_groups_with_titles(page):
    table = written_table()
    assert table["exp"].title == table["log1p"].title == "Exponentials and logarithms"
    assert table["rint"].title == table["where"].title == "Jumps"
    assert "of two the even one" in table["rint"].note
    assert all(len(title) < 40 and f"\n{title}\n---" in page for title in {row.title for row in table.values()})


def printed(code):
    """What an example prints, when Python runs it."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code, {"engine": engine, "Value": engine.Value})
    return said.getvalue().strip()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_example_prints_what_it_says_and_its_gradients_are_differences(row):
    code = example(row)
    said = code.rpartition("# ")[2]
    assert printed(code) == said
    _, *gradients = map(float, said.split())
    point = [float(number) for number in re.findall(r"Value\(([^)]+)\)", code)]
    function = getattr(engine, row.name)
    for place, gradient in enumerate(gradients):
        near = [[x + step * (i == place) for i, x in enumerate(point)] for step in (1e-6, -1e-6)]
        assert gradient == pytest.approx((function(*near[0]) - function(*near[1])) / 2e-6, rel=1e-5, abs=1e-8)


def scale(svg, text):
    """From a place in the picture to the number there, by the numbers along an axis."""
    (at, number), *_, (end, last) = [
        (float(place), float(tick.replace("−", "-"))) for place, tick in re.findall(f"<text {text}>([^<]+)<", svg)
    ]
    return lambda place: number + (last - number) / (end - at) * (place - at)


def pieces_of(svg, place):
    """The unbroken pieces of a curve, as points in the picture."""
    path = re.search(rf'class="curve-{place}" d="([^"]*)"', svg)[1]
    return [[tuple(map(float, point.split())) for point in piece.split("L")] for piece in path.split("M")[1:]]


def points_of(svg, place):
    """Points along a curve, as points in the plane."""
    across = scale(svg, r'x="([-\d.]+)" y="\d+" text-anchor="middle"')
    up = scale(svg, r'x="-5" y="([-\d.]+)" text-anchor="end"')
    for piece in pieces_of(svg, place):
        for (x0, y0), (x1, y1) in pairwise(piece):
            for part in (0, 0.25, 0.5, 0.75, 1):
                # A number stands with its foot a little below its line.
                yield across(x0 + part * (x1 - x0)), up(y0 + part * (y1 - y0) + 4)


KNOWN = {
    "sin": (math.sin, math.cos),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "log": (math.log, lambda x: 1 / x),
    "asin": (math.asin, lambda x: 1 / math.sqrt(1 - x * x)),
    "relu": (lambda x: max(x, 0), lambda x: float(x > 0)),
    "mul": (lambda x: x * FIXED[0], lambda x: FIXED[0], lambda x: x),
    "where": (lambda x: FIXED[0] if x else FIXED[1], lambda x: 0, lambda x: x != 0, lambda x: x == 0),
}


def around(function, x):
    """The least and the greatest number of a function near a place."""
    numbers = []
    for step in range(-5, 6):
        with contextlib.suppress(ValueError, ZeroDivisionError):
            numbers.append(function(x + step / 100))
    return min(numbers), max(numbers)


@pytest.mark.parametrize("name", KNOWN)
def test_curves_are_the_functions(name):
    svg = plot(next(row for row in ROWS if row.name == name))
    for place, function in enumerate(KNOWN[name]):
        shown = [(x, y) for x, y in points_of(svg, place) if abs(y) < 4]
        assert shown
        for x, y in shown:
            least, greatest = around(function, x)
            assert least - 0.05 <= y <= greatest + 0.05


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("sin", (1, 1)),
        ("tan", (3,)),
        ("step", (2, 1)),
        ("log_probability", (1, 1)),
        ("abs", (1, 2)),
        ("minimum", (1, 2, 2)),
    ],
)
def test_curves_have_gaps_where_functions_jump(name, counts):
    svg = plot(next(row for row in ROWS if row.name == name))
    assert tuple(len(pieces_of(svg, place)) for place in range(len(counts))) == counts


def test_of_a_straight_line_only_the_ends_are_in_the_page():
    svg = plot(next(row for row in ROWS if row.name == "mul"))
    assert [len(piece) for place in range(3) for piece in pieces_of(svg, place)] == [2, 2, 2]


def test_dots_mark_what_is_taken_at_a_kink():
    svg = plot(next(row for row in ROWS if row.name == "leaky_relu"))
    dots = re.findall(r'<circle class="curve-(\d)" cx="([\d.]+)" cy="([\d.]+)"', svg)
    (_, x, _), (place, _, y) = dots
    assert place == "1"
    assert scale(svg, r'x="([-\d.]+)" y="\d+" text-anchor="middle"')(float(x)) == pytest.approx(0)
    assert scale(svg, r'x="-5" y="([-\d.]+)" text-anchor="end"')(float(y) + 4) == pytest.approx(0.01, abs=0.01)


def test_a_new_row_needs_nothing(open_table, tmp_path):
    engine.register(Primitive("far", "sqrt(x - 1e3)", ("0.5 / r",), domain="x > 1000"))
    engine.register(Primitive("blend", "x + z * (y - x)", ("1 - z", "z", "y - x")))
    engine.register(Primitive("nowhere", "log(-1) * x", ("1",), domain="x > 1e99"))
    write(tmp_path)
    found = sections((tmp_path / "primitives.rst").read_text())
    assert "Value(10000.0)" in found["far"]
    assert "curve-3" in found["blend"]
    assert "curve-1" not in re.sub(r"<div><svg.*?</svg>", "", found["nowhere"])
