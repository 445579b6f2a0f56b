"""Plots as files and objects: bytes, endings, notebooks, sizes, and what they need."""

import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import combinations

import matplotlib
import pytest
from support.commands import ROOT
from support.picture_reading import pdf_text
from support.plot_reading import HOSTILE, TARGETS, XOR, bowl, shown_texts, states, visible_boxes

from viz import plots

KEYS = [("adam", "0.1", "mse"), ("adam", "0.1", "hinge"), ("adam", "1", "mse"), ("sgd", "1", "mse")]
NUMBERS = [[0.5, None, 1.0, 0.25]] * 4

# Each kind of plot, by what it says it is.
KINDS = {
    "2 loss curves of 3 epochs": (plots.loss_curves, {"first": [1.0, 0.1, 0.001], "second": [2.0, 1.0]}),
    "4 loss curves of 2 epochs as bands": (plots.loss_bands, {"a": [[1.0, 0.1], [2.0, 0.3]], "b": [[3.0, 1.0], [2.0]]}),
    "9 parameters in 5 states": (plots.weights_over_time, states((2, 2, 1))),
    "a decision boundary and 4 samples": (plots.decision_boundary, lambda x: x[0] * x[1], XOR, TARGETS),
    "the regions of 3 classes and 4 samples": (plots.class_regions, lambda x: [*x, 0.5], XOR, [2, 1, 0, 0]),
    "1 path over a function of two numbers": (plots.descent_paths, bowl, {"adam": [(1, 2), (1, 1), (0, 0.5)]}),
    "a fitted curve and 3 samples": (plots.fitted_curve, abs, [1, 2, 3], [2, 4, 7]),
    "a heat map of 4 × 4 cells": (plots.heat_map, NUMBERS, KEYS, KEYS),
}


def made(kind, path=None):
    """A plot of a kind, by functions asked at few points."""
    plot, *arguments = KINDS[kind]
    asked = plot in (plots.decision_boundary, plots.class_regions, plots.descent_paths, plots.fitted_curve)
    return plot(*arguments, path, **({"resolution": 10} if asked else {}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_plot_says_what_it_is(kind):
    assert repr(made(kind)) == f"<Plot of {kind}>"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_plot_gives_the_same_undated_bytes_when_saved_again_and_when_made_again(kind, tmp_path):
    files = [tmp_path / f"{letter}.svg" for letter in "abc"]
    plot = made(kind, files[0])
    plot.save(str(files[1]))
    made(kind, files[2])
    (content,) = {file.read_bytes() for file in files}
    assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
    assert b"<dc:date>" not in content


@pytest.mark.parametrize("ending", ["PNG", "pdf"])
def test_bitmaps_and_pages_have_the_same_undated_bytes_too(ending, tmp_path):
    plot = made("a heat map of 4 × 4 cells", tmp_path / f"a.{ending}")
    plot.save(tmp_path / f"b.{ending}")
    (content,) = {file.read_bytes() for file in tmp_path.iterdir()}
    assert content.startswith({"pdf": b"%PDF", "PNG": b"\x89PNG"}[ending])
    assert ending == "PNG" or b"/CreationDate" not in pdf_text(content)


@pytest.mark.parametrize("name", ["plot", "plot.jpg", ".svg", "plot.svg.gz"])
def test_an_unknown_ending_names_those_that_work(tmp_path, name):
    with pytest.raises(ValueError, match=r"can be saved as \.svg, \.png, \.pdf, but .* ends in none of them"):
        plots.loss_curves([1.0], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    plot = plots.loss_curves([1.0])
    file = tmp_path / "loss.svg"
    file.write_text("precious")

    def fail(_figure, stream, **_options):
        stream.write(b"half")
        raise MemoryError

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", fail)
    with pytest.raises(MemoryError):
        plot.save(file)
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]


def test_a_notebook_shows_the_bitmap():
    picture = plots.loss_curves([1.0, 0.5])._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (9 * 144, 5 * 144)


def test_settings_of_the_user_neither_change_a_plot_nor_are_changed(tmp_path):
    plots.loss_curves([1.0, 0.5], tmp_path / "plain.svg")
    settings = {"text.color": "white", "axes.facecolor": "black", "lines.linewidth": 9, "font.size": 3}
    with matplotlib.rc_context(settings):
        before = dict(matplotlib.rcParams)
        plots.loss_curves([1.0, 0.5], tmp_path / "styled.svg")
        assert dict(matplotlib.rcParams) == before
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "styled.svg").read_bytes()


# --- Texts ------------------------------------------------------------------------------------------------------------

LONG = [f"{name} of several" * 2 for name in HOSTILE]
LEVELS = [(f"group {n // 6}", f"{n // 2}", LONG[n % 2]) for n in range(18)]
LEVEL_NAMES = dict.fromkeys(("row_names", "column_names"), ("optimizer of all", LONG[3], "_loss"))

# Plots with many, long or strange texts.
DEMANDING = {
    "curves": lambda: plots.loss_curves({name: [1.0, 0.5] for name in LONG}),
    "many curves": lambda: plots.loss_curves({f"curve {n}": [1.0 / (n + 1)] for n in range(40)}),
    "bands": lambda: plots.loss_bands({name: [[1.0, 0.5], [2.0]] for name in LONG}, label="x" * 90),
    "equal weights": lambda: plots.weights_over_time([dict.fromkeys(s, 1.0) for s in states((3, 6, 4, 2), epochs=2)]),
    "boundary": lambda: plots.decision_boundary(
        sum, XOR, TARGETS, labels=(LONG[0], "x" * 90), names=(LONG[1], "y" * 90), resolution=9
    ),
    "wide boundary": lambda: plots.decision_boundary(
        lambda x: -12345.678 * x[0], XOR, [-0.25, 1.5, 2.5, -9.5], threshold=-3.14159, resolution=9
    ),
    "regions": lambda: plots.class_regions(
        lambda x: [*x, 0, 0, 0, 0.1, 0], XOR, TARGETS, names=LONG[:7], labels=LONG[:2], resolution=5
    ),
    "paths": lambda: plots.descent_paths(
        bowl,
        {name: [(n, m) for m in (0, 1)] for n, name in enumerate(LONG)},
        minimum=(1e-7, 0),
        labels=("x" * 90, LONG[0]),
        resolution=9,
    ),
    "fit": lambda: plots.fitted_curve(
        float, [-12345.678, 2], [1e-7, 0], truth=float, labels=(LONG[0], "x" * 90), resolution=9
    ),
    "map": lambda: plots.heat_map(
        [[None if (n + m) % 7 == 3 else n / (m + 1) - 5 for n in range(18)] for m in range(18)],
        LEVELS,
        LEVELS,
        label=LONG[0],
        **LEVEL_NAMES,
    ),
    "small map": lambda: plots.heat_map(
        [[1e-9]], [LONG[1]], [LONG[2]], row_names=["r" * 90], column_names=["c" * 90], label="x" * 90
    ),
    "wide map": lambda: plots.heat_map(
        [[n / 10 for n in range(40)]] * 3, ["a", "b", "c"], [f"no {n}" for n in range(40)]
    ),
    "large map": lambda: plots.heat_map(
        [[n + m for n in range(120)] for m in range(120)], *[[*map(str, range(120))]] * 2
    ),
}


def overlap(one, other):
    """Whether two boxes have a point in common."""
    left, bottom, right, top = one
    return left <= other[2] and other[0] <= right and bottom <= other[3] and other[1] <= top


@pytest.mark.parametrize("name", [*KINDS, *(pytest.param(name, marks=pytest.mark.slow) for name in DEMANDING)])
def test_nothing_is_cut_off_no_text_covers_another_and_all_can_be_read(name):
    figure = (DEMANDING[name]() if name in DEMANDING else made(name)).figure
    boxes = visible_boxes(figure)
    width, height = figure.bbox.size
    for text, box in boxes.items():
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text  # noqa: PT018
    corners = {text: tuple(box.extents.tolist()) for text, box in boxes.items()}
    for (one, box), (other, second) in combinations(corners.items(), 2):
        assert not overlap(box, second), (one, other)
    assert min(text.get_fontsize() for text in boxes) >= (11 if name in KINDS else 8)


# Plots whose axes, legends, titles and keys are named by these names: by how many of them.
NAMED = {
    "legend and axis": (8, lambda *names: plots.loss_bands({name: [[1.0]] for name in names[1:]}, label=names[0])),
    "axes": (2, lambda *names: plots.fitted_curve(float, [0, 1], [0, 1], labels=names, resolution=4)),
    "legend below": (2, lambda *names: plots.decision_boundary(sum, XOR, TARGETS, names=names, resolution=4)),
    "regions": (7, lambda *names: plots.class_regions(lambda x: range(7), XOR, TARGETS, names=names, resolution=4)),
    "paths": (1, lambda name: plots.descent_paths(bowl, {"a": XOR}, labels=(name, name), resolution=4)),
    "weights": (2, lambda *names: plots.weights_over_time([{".".join(names): 1.0}])),
    "rows": (5, lambda a, b, c, d, e: plots.heat_map([[1.0]], [(a, b)], ["-"], row_names=(c, d), label=e)),
    "columns": (4, lambda a, b, c, d: plots.heat_map([[1.0]], ["-"], [(a, b)], column_names=(c, d))),
}


@pytest.mark.parametrize("plot", NAMED)
def test_every_name_is_shown_as_it_is(plot):
    count, make = NAMED[plot]
    assert set(HOSTILE[:count]) <= set(shown_texts(make(*HOSTILE[:count]).figure))


# --- Numbers, packages ------------------------------------------------------------------------------------------------

HUGE = [[1e300, 0], [-1e300, 1]]
LARGEST = {
    "boundary": lambda: plots.decision_boundary(lambda x: x[0] / 1.5, HUGE, [0, 1], threshold=-1e300, resolution=4),
    "curve": lambda: plots.loss_curves([1e300, -1e300]),
    "logarithmic curve": lambda: plots.loss_curves([1e300, 1e-300]),
    "weights": lambda: plots.weights_over_time([{"w": 1e300}, {"w": -1e300}]),
    "map": lambda: plots.heat_map([[1e300, -1e300]], ["a"], ["b", "c"], percent=True),
    "bands": lambda: plots.loss_bands([[1e300, -1e300], [1e300]]),
    "logarithmic bands": lambda: plots.loss_bands([[1e300, 1e-300]] * 3 + [[1e300]] * 2),
    "regions": lambda: plots.class_regions(lambda x: [x[0] / 1.5, 1e300], HUGE, [0, 1], resolution=4),
    "paths": lambda: plots.descent_paths(lambda x, y: x / 1.5, {"a": HUGE}, resolution=4),
    "fit": lambda: plots.fitted_curve(lambda x: x / 1.5, [1e300, -1e300], [1e300, -1e300], resolution=4),
}


@pytest.mark.slow
@pytest.mark.parametrize("plot", LARGEST)
def test_the_largest_numbers_can_be_drawn(plot, tmp_path):
    LARGEST[plot]().save(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").exists()


def run(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


@pytest.mark.slow
def test_viz_alone_needs_no_matplotlib_and_plots_neither_a_display_nor_pyplot(tmp_path):
    code = f"""
import sys, viz
print('matplotlib' in sys.modules)
from viz import plots
plots.loss_curves([1.0, 0.5], {str(tmp_path / "loss.png")!r})
print('matplotlib.pyplot' in sys.modules, 'nn' in sys.modules)
"""
    assert run(code) == ["False", "False False", ""]


def test_without_matplotlib_the_error_names_the_cure():
    code = """
import sys
sys.modules['matplotlib'] = None
import viz
try:
    import viz.plots
except ImportError as error:
    print(error, error.name)
"""
    assert run(code)[0] == "plots need matplotlib: python -m pip install matplotlib matplotlib"
