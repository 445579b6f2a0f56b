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
FEW = {"resolution": 10}

# Each kind of plot, by what it says it is.
KINDS = {
    "2 loss curves of 3 epochs": lambda: plots.loss_curves({"first": [1.0, 0.1, 0.001], "second": [2.0, 1.0]}),
    "3 loss curves of 2 epochs as bands": lambda: plots.loss_bands({"a": [[1.0, 0.1], [2.0, 0.3]], "b": [[3.0, 1.0]]}),
    "9 parameters in 5 states": lambda: plots.weights_over_time(states((2, 2, 1))),
    "a decision boundary and 4 samples": lambda: plots.decision_boundary(lambda x: x[0] * x[1], XOR, TARGETS, **FEW),
    "the regions of 3 classes and 4 samples": lambda: plots.class_regions(lambda x: [*x, 0.5], XOR, TARGETS, **FEW),
    "1 path over a function of two numbers": lambda: plots.descent_paths(bowl, {"adam": [(1, 2), (0, 0.5)]}, **FEW),
    "a fitted curve and 3 samples": lambda: plots.fitted_curve(abs, [1, 2, 3], [2, 4, 7], **FEW),
    "a heat map of 4 × 4 cells": lambda: plots.heat_map([[0.5, None, 1.0, 0.25]] * 4, KEYS, KEYS),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_a_plot_says_what_it_is_and_gives_the_same_undated_bytes_again(kind, tmp_path):
    plot = KINDS[kind]()
    assert repr(plot) == f"<Plot of {kind}>"
    for name, made in {"a": plot, "b": plot, "c": KINDS[kind]()}.items():
        made.save(tmp_path / f"{name}.svg")
    (content,) = {file.read_bytes() for file in tmp_path.iterdir()}
    assert ElementTree.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
    assert b"<dc:date>" not in content


@pytest.mark.parametrize("ending", ["PNG", "pdf"])
def test_bitmaps_as_a_notebook_shows_them_and_pages_have_the_same_undated_bytes_too(ending, tmp_path):
    plot = plots.loss_curves([1.0, 0.5], tmp_path / f"a.{ending}")
    plot.save(str(tmp_path / f"b.{ending}"))
    (content,) = {file.read_bytes() for file in tmp_path.iterdir()}
    if ending == "PNG":
        assert content == plot._repr_png_()
        assert struct.unpack(">4x4s8xII", content[:24]) == (b"\r\n\x1a\n", 9 * 144, 5 * 144)
    else:
        assert content.startswith(b"%PDF")
        assert b"/CreationDate" not in pdf_text(content)


def test_a_file_of_another_ending_or_a_picture_that_fails_is_not_written(tmp_path, monkeypatch):
    for name in ("plot", "plot.jpg", ".svg", "plot.svg.gz"):
        with pytest.raises(ValueError, match=r"can be saved as \.svg, \.png, \.pdf, but .* ends in none of them"):
            plots.loss_curves([1.0], tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    file = tmp_path / "loss.svg"
    file.write_text("precious")

    def fail(_figure, stream, **_options):
        stream.write(b"half")
        raise MemoryError

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", fail)
    with pytest.raises(MemoryError):
        plots.loss_curves([1.0], file)
    assert [(path, path.read_text()) for path in tmp_path.iterdir()] == [(file, "precious")]


def test_settings_of_the_user_neither_change_a_plot_nor_are_changed(tmp_path):
    plots.loss_curves([1.0, 0.5], tmp_path / "plain.svg")
    with matplotlib.rc_context({"text.color": "white", "axes.facecolor": "black", "lines.linewidth": 9}):
        before = dict(matplotlib.rcParams)
        plots.loss_curves([1.0, 0.5], tmp_path / "styled.svg")
        assert dict(matplotlib.rcParams) == before
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "styled.svg").read_bytes()


LONG = [f"{name} of several" * 2 for name in HOSTILE]
LONGEST = "x" * 90
LEVELS = [(f"group {n // 6}", f"{n // 2}", LONG[n % 2]) for n in range(18)]
LEVEL_NAMES = dict.fromkeys(("row_names", "column_names"), ("optimizer of all", LONG[3], "_loss"))
GRID = [[None if (n + m) % 7 == 3 else n / (m + 1) - 5 for n in range(18)] for m in range(18)]
PATHS = {name: [(n, m) for m in (0, 1)] for n, name in enumerate(LONG)}
SIDES = {"labels": (LONG[0], LONGEST), "names": (LONG[1], LONGEST)}

# Plots with many, long or strange texts.
DEMANDING = {
    "curves": lambda: plots.loss_curves({name: [1.0, 0.5] for name in LONG}),
    "many curves": lambda: plots.loss_curves({f"curve {n}": [1.0 / (n + 1)] for n in range(40)}),
    "bands": lambda: plots.loss_bands({name: [[1.0, 0.5], [2.0]] for name in LONG}, label=LONGEST),
    "equal weights": lambda: plots.weights_over_time([dict.fromkeys(s, 1.0) for s in states((3, 6, 4, 2), epochs=2)]),
    "boundary": lambda: plots.decision_boundary(lambda x: -1e5 * x[0], XOR, TARGETS, threshold=-3.14, **SIDES, **FEW),
    "regions": lambda: plots.class_regions(lambda x: range(7), XOR, TARGETS, names=LONG[:7], labels=LONG[:2], **FEW),
    "paths": lambda: plots.descent_paths(bowl, PATHS, minimum=(1e-7, 0), labels=(LONGEST, LONG[0]), **FEW),
    "fit": lambda: plots.fitted_curve(float, [-12345.678, 2], [1e-7, 0], truth=float, labels=(LONG[0], LONGEST), **FEW),
    "map": lambda: plots.heat_map(GRID, LEVELS, LEVELS, label=LONG[0], **LEVEL_NAMES),
    "small map": lambda: plots.heat_map([[1e-9]], LONG[1:2], LONG[2:3], row_names=[LONGEST], column_names=[LONGEST]),
    "large map": lambda: plots.heat_map([range(120)] * 120, *[[*map(str, range(120))]] * 2),
}


@pytest.mark.parametrize("name", [*KINDS, *(pytest.param(name, marks=pytest.mark.slow) for name in DEMANDING)])
def test_nothing_is_cut_off_no_text_covers_another_and_all_can_be_read(name):
    figure = (KINDS | DEMANDING)[name]().figure
    boxes = visible_boxes(figure)
    width, height = figure.bbox.size
    for text, box in boxes.items():
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text  # noqa: PT018
    for (one, box), (other, second) in combinations(boxes.items(), 2):
        assert not box.overlaps(second), (one, other)
    assert min(text.get_fontsize() for text in boxes) >= (11 if name in KINDS else 8)


# Plots whose axes, legends, titles and keys are named by these names: by how many of them.
NAMED = {
    "legend and axis": (8, lambda *names: plots.loss_bands({name: [[1.0]] for name in names[1:]}, label=names[0])),
    "axes": (2, lambda *names: plots.fitted_curve(float, [0, 1], [0, 1], labels=names, resolution=4)),
    "paths": (1, lambda name: plots.descent_paths(bowl, {name: XOR}, resolution=4)),
    "weights": (2, lambda *names: plots.weights_over_time([{".".join(names): 1.0}])),
    "rows": (5, lambda a, b, c, d, e: plots.heat_map([[1.0]], [(a, b)], ["-"], row_names=(c, d), label=e)),
    "columns": (4, lambda a, b, c, d: plots.heat_map([[1.0]], ["-"], [(a, b)], column_names=(c, d))),
}


@pytest.mark.parametrize("plot", NAMED)
def test_every_name_is_shown_as_it_is(plot):
    count, make = NAMED[plot]
    shown = [text.removesuffix(": 3 steps") for text in shown_texts(make(*HOSTILE[:count]).figure)]
    assert set(HOSTILE[:count]) <= set(shown)


VIZ_ALONE = """
import sys, viz
print('matplotlib' in sys.modules)
from viz import plots
plots.loss_curves([1.0, 0.5])._repr_png_()
print('matplotlib.pyplot' in sys.modules, 'nn' in sys.modules)
"""
WITHOUT = """
import sys
sys.modules['matplotlib'] = None
try:
    import viz.plots
except ImportError as error:
    print(error, error.name)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "output"),
    [
        (VIZ_ALONE, "False\nFalse False\n"),
        (WITHOUT, "plots need matplotlib: python -m pip install matplotlib matplotlib\n"),
    ],
)
def test_only_plots_need_matplotlib_and_no_display_and_say_so(code, output):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == (output, 0), done.stderr
