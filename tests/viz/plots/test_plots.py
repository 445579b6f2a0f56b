"""Plots as files and objects: bytes, endings, notebooks, sizes, and what they need."""

import base64
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import combinations

import matplotlib
import pytest
from support.commands import ROOT
from support.picture_reading import pdf_text
from support.plot_reading import HOSTILE, TARGETS, XOR, shown_texts, states, visible_boxes

from viz import plots

SVG = "{http://www.w3.org/2000/svg}"


KEYS = [("adam", "0.1", "mse"), ("adam", "0.1", "hinge"), ("adam", "1", "mse"), ("sgd", "1", "mse")]


def bowl(x, y):
    return x * x + 3.0 * y * y


def some_plots():
    yield plots.loss_curves({"first": [1.0, 0.1, 0.001], "second": [2.0, 1.0]})
    yield plots.decision_boundary(lambda x: x[0] * x[1], XOR, TARGETS, resolution=10)
    yield plots.weights_over_time(states())
    yield plots.heat_map(
        [[0.5, None, 1.0, 0.25]] * 4, KEYS, KEYS, row_names=("o", "r", "l"), label="share", percent=True
    )
    yield plots.loss_bands({"first": [[1.0, 0.1], [2.0, 0.3]], "second": [[3.0, 1.0], [2.0]]})
    yield plots.class_regions(lambda x: [x[0], x[1], 0.5], XOR, [2, 1, 0, 0], resolution=10)
    yield plots.descent_paths(bowl, {"adam": [(1, 2), (1, 1), (0, 0.5)]}, minimum=(0, 0), resolution=10)
    yield plots.fitted_curve(lambda x: 2.0 * x, [1, 2, 3], [2, 4, 7], truth=lambda x: 2.5 * x, resolution=10)


@pytest.mark.parametrize("ending", ["svg", "PNG", "pdf"])
@pytest.mark.slow
def test_the_same_plot_gives_the_same_bytes_when_saved_again_and_when_made_again(tmp_path, ending):
    for number, (plot, again) in enumerate(zip(some_plots(), some_plots(), strict=True)):
        files = [tmp_path / f"{number}{letter}.{ending}" for letter in "abc"]
        plot.save(files[0])
        plot.save(str(files[1]))
        again.save(files[2])
        contents = {file.read_bytes() for file in files}
        assert len(contents) == 1
        assert contents.pop().startswith({"svg": b"<?xml", "pdf": b"%PDF"}.get(ending, b"\x89PNG"))


@pytest.mark.slow
def test_files_have_no_date_in_them(tmp_path):
    for plot in some_plots():
        plot.save(tmp_path / "plot.svg")
        plot.save(tmp_path / "plot.pdf")
        assert "<dc:date>" not in (tmp_path / "plot.svg").read_text(encoding="utf-8")
        assert b"/CreationDate" not in pdf_text((tmp_path / "plot.pdf").read_bytes())


@pytest.mark.slow
def test_a_path_saves_at_once(tmp_path):
    plots.loss_curves([2.0, 1.0], tmp_path / "loss.svg")
    plots.decision_boundary(sum, XOR, TARGETS, tmp_path / "boundary.svg", resolution=5)
    plots.weights_over_time(states(), str(tmp_path / "weights.svg"))
    plots.heat_map([[1.0]], ["row"], ["column"], tmp_path / "heat.svg")
    plots.loss_bands([[2.0, 1.0]], tmp_path / "bands.svg")
    plots.class_regions(list, XOR, TARGETS, tmp_path / "regions.svg", resolution=5)
    plots.descent_paths(bowl, {"path": XOR}, tmp_path / "descent.svg", resolution=5)
    plots.fitted_curve(float, [1, 2], [1, 2], tmp_path / "fit.svg", resolution=5)
    stems = ["bands", "boundary", "descent", "fit", "heat", "loss", "regions", "weights"]
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"{stem}.svg" for stem in stems]
    for file in tmp_path.iterdir():
        assert ElementTree.parse(file).getroot().tag == f"{SVG}svg"


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


@pytest.mark.slow
def test_a_notebook_shows_the_bitmap_of_a_figure_of_a_slides_size():
    for plot in some_plots():
        ((kind, content),) = plot._repr_mimebundle_(include=None, exclude=None).items()
        assert kind == "image/png"
        picture = base64.b64decode(content, validate=True)
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == tuple(
            round(side * 144) for side in plot.figure.get_size_inches()
        )
        assert min(text.get_fontsize() for text in visible_boxes(plot.figure)) >= 11


def test_a_plot_says_what_it_is():
    texts = [repr(plot) for plot in some_plots()]
    assert texts == [
        "<Plot of 2 loss curves of 3 epochs>",
        "<Plot of a decision boundary and 4 samples>",
        "<Plot of 33 parameters in 5 states>",
        "<Plot of a heat map of 4 × 4 cells>",
        "<Plot of 4 loss curves of 2 epochs as bands>",
        "<Plot of the regions of 3 classes and 4 samples>",
        "<Plot of 1 path over a function of two numbers>",
        "<Plot of a fitted curve and 3 samples>",
    ]
    assert repr(plots.loss_curves([1.0])) == "<Plot of 1 loss curve of 1 epoch>"


def test_settings_of_the_user_neither_change_a_plot_nor_are_changed(tmp_path):
    plots.loss_curves([1.0, 0.5], tmp_path / "plain.svg")
    with matplotlib.rc_context(
        {"text.color": "white", "axes.facecolor": "black", "lines.linewidth": 9, "font.size": 3}
    ):
        before = dict(matplotlib.rcParams)
        plots.loss_curves([1.0, 0.5], tmp_path / "styled.svg")
        assert dict(matplotlib.rcParams) == before
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "styled.svg").read_bytes()


def demanding_plots():
    """Plots with many, long or strange texts."""
    named = [f"{name} of several" * 2 for name in HOSTILE]
    levels = [(f"group {n // 6}", f"{n // 2}", named[n % 2]) for n in range(18)]
    level_names = ("optimizer of all", named[3], "_loss")
    curves = {name: [[1.0, 0.5], [2.0]] for name in named}
    yield plots.heat_map(
        [[None if (n + m) % 7 == 3 else n / (m + 1) - 5 for n in range(18)] for m in range(18)],
        levels,
        levels,
        row_names=level_names,
        column_names=level_names,
        label=named[0],
    )
    yield plots.heat_map(
        [[1e-9]], [named[1]], [named[2]], row_names=["r" * 90], column_names=["c" * 90], label="x" * 90
    )
    yield plots.heat_map([[0.1 * n for n in range(40)]] * 3, ["a", "b", "c"], [f"number {n}" for n in range(40)])
    yield plots.heat_map([[n + m for n in range(120)] for m in range(120)], *[[str(n) for n in range(120)]] * 2)
    yield plots.loss_bands(curves, label="x" * 90)
    yield plots.class_regions(
        lambda x: [*x, 0, 0, 0, 0.1, 0], XOR, TARGETS, names=named[:7], labels=named[:2], resolution=5
    )
    paths = {name: [(n, m) for m in (0, 1)] for n, name in enumerate(named)}
    yield plots.descent_paths(bowl, paths, minimum=(1e-7, 0), labels=("x" * 90, named[0]), resolution=9)
    yield plots.fitted_curve(float, [-12345.678, 2], [1e-7, 0], truth=float, labels=(named[0], "x" * 90), resolution=9)
    yield plots.decision_boundary(sum, XOR, TARGETS, labels=(named[0], "x" * 90), resolution=9)


@pytest.mark.slow
def test_nothing_is_cut_off_and_no_text_covers_another():
    several = {f"{name} of several" * 2: [1.0, 0.5] for name in HOSTILE}
    many = {f"curve {number}": [1.0 / (number + 1)] for number in range(40)}
    wide = plots.decision_boundary(lambda x: -12345.678 * x[0], XOR, [-0.25, 1.5, 2.5, -9.5], threshold=-3.14159)
    crowded = plots.weights_over_time([dict.fromkeys(state, 1.0) for state in states((3, 6, 4, 2))])
    for plot in (*some_plots(), *map(plots.loss_curves, (several, many)), wide, crowded, *demanding_plots()):
        boxes = visible_boxes(plot.figure)
        width, height = plot.figure.bbox.size
        for text, box in boxes.items():
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
            assert inside, text
        corners = {text: tuple(box.extents.tolist()) for text, box in boxes.items()}
        for (one, box), (other, second) in combinations(corners.items(), 2):
            assert not overlap(box, second), (one, other)


def overlap(one, other):
    """Whether two boxes have a point in common."""
    left, bottom, right, top = one
    return left <= other[2] and other[0] <= right and bottom <= other[3] and other[1] <= top


@pytest.mark.slow
def test_every_name_is_shown_as_it_is():
    eight, seven = [f"{name} 8" for name in HOSTILE], HOSTILE[:7]
    for names, plot in (
        (HOSTILE, plots.heat_map([[1.0] * 8] * 2, ["a", "b"], HOSTILE)),
        ([*seven, *eight], plots.heat_map([[1.0]] * 8, list(zip(HOSTILE, eight, strict=True)), ["\\$"], label="100 %")),
        (
            HOSTILE[:4],
            plots.heat_map(
                [[1.0]], [("a", "b")], ["c"], row_names=HOSTILE[:2], column_names=HOSTILE[2:3], label=HOSTILE[3]
            ),
        ),
        ([*eight, "$x$"], plots.loss_bands({name: [[1.0, 0.5]] for name in eight}, label="$x$")),
        (
            [*seven, "$x$", "_y"],
            plots.class_regions(lambda x: range(7), XOR, TARGETS, names=seven, labels=("$x$", "_y"), resolution=4),
        ),
        (
            [f"{name}: 1 step" for name in HOSTILE],
            plots.descent_paths(bowl, {name: [(0, 0), (1, 1)] for name in HOSTILE}, resolution=4),
        ),
        (["$x$", "_y"], plots.descent_paths(bowl, {"a": XOR}, labels=("$x$", "_y"), resolution=4)),
        (["$x$", "_y"], plots.fitted_curve(float, [0, 1], [0, 1], labels=("$x$", "_y"), resolution=4)),
        (["$x$", "_y"], plots.decision_boundary(sum, XOR, TARGETS, labels=("$x$", "_y"), resolution=4)),
    ):
        assert set(names) <= set(shown_texts(plot.figure))


def run(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


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
    assert run(code)[0] == "plots need matplotlib: python -m pip install 'scalargrad[plots]' matplotlib"


@pytest.mark.slow
def test_the_largest_numbers_can_be_drawn(tmp_path):
    inputs = [[1e300, 0], [-1e300, 1]]
    plots.decision_boundary(lambda x: x[0] / 1.5, inputs, [0, 1], tmp_path / "a.png", threshold=-1e300, resolution=4)
    plots.loss_curves([1e300, -1e300], tmp_path / "b.png")
    plots.loss_curves([1e300, 1e-300], tmp_path / "j.png")
    plots.weights_over_time([{"w": 1e300}, {"w": -1e300}], tmp_path / "c.png")
    plots.heat_map([[1e300, -1e300]], ["a"], ["b", "c"], tmp_path / "d.png", percent=True)
    plots.loss_bands([[1e300, -1e300], [1e300]], tmp_path / "e.png")
    plots.loss_bands([[1e300, 1e-300], [1e300]], tmp_path / "f.png")
    plots.class_regions(lambda x: [x[0] / 1.5, 1e300], inputs, [0, 1], tmp_path / "g.png", resolution=4)
    plots.descent_paths(lambda x, y: x / 1.5, {"a": inputs}, tmp_path / "h.png", resolution=4)
    plots.fitted_curve(lambda x: x / 1.5, [1e300, -1e300], [1e300, -1e300], tmp_path / "i.png", resolution=4)
    assert len(list(tmp_path.iterdir())) == 10
