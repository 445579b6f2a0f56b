"""Plots as files and objects: bytes, endings, notebooks, sizes, and what they need."""

import base64
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import matplotlib
import pytest
from picture_reading import pdf_text
from plot_reading import HOSTILE, TARGETS, XOR, states, visible_boxes

from viz import plots

ROOT = Path(__file__).parents[1]
SVG = "{http://www.w3.org/2000/svg}"


def some_plots():
    yield plots.loss_curves({"first": [1.0, 0.1, 0.001], "second": [2.0, 1.0]})
    yield plots.decision_boundary(lambda x: x[0] * x[1], XOR, TARGETS, resolution=10)
    yield plots.weights_over_time(states())


@pytest.mark.parametrize("ending", ["svg", "PNG", "pdf"])
def test_the_same_plot_gives_the_same_bytes_when_saved_again_and_when_made_again(tmp_path, ending):
    for number, (plot, again) in enumerate(zip(some_plots(), some_plots(), strict=True)):
        files = [tmp_path / f"{number}{letter}.{ending}" for letter in "abc"]
        plot.save(files[0])
        plot.save(str(files[1]))
        again.save(files[2])
        contents = {file.read_bytes() for file in files}
        assert len(contents) == 1
        assert contents.pop().startswith({"svg": b"<?xml", "pdf": b"%PDF"}.get(ending, b"\x89PNG"))


def test_files_have_no_date_in_them(tmp_path):
    for plot in some_plots():
        plot.save(tmp_path / "plot.svg")
        plot.save(tmp_path / "plot.pdf")
        assert "<dc:date>" not in (tmp_path / "plot.svg").read_text(encoding="utf-8")
        assert b"/CreationDate" not in pdf_text((tmp_path / "plot.pdf").read_bytes())


def test_a_path_saves_at_once(tmp_path):
    plots.loss_curves([2.0, 1.0], tmp_path / "loss.svg")
    plots.decision_boundary(sum, XOR, TARGETS, tmp_path / "boundary.svg", resolution=5)
    plots.weights_over_time(states(), str(tmp_path / "weights.svg"))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["boundary.svg", "loss.svg", "weights.svg"]
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


def test_nothing_is_cut_off_and_no_text_covers_another():
    several = {f"{name} of several" * 2: [1.0, 0.5] for name in HOSTILE}
    many = {f"curve {number}": [1.0 / (number + 1)] for number in range(40)}
    wide = plots.decision_boundary(lambda x: -12345.678 * x[0], XOR, [-0.25, 1.5, 2.5, -9.5], threshold=-3.14159)
    crowded = plots.weights_over_time([dict.fromkeys(state, 1.0) for state in states((3, 6, 4, 2))])
    for plot in (*some_plots(), *map(plots.loss_curves, (several, many)), wide, crowded):
        boxes = visible_boxes(plot.figure)
        width, height = plot.figure.bbox.size
        for text, box in boxes.items():
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
            assert inside, text
        for (one, box), (other, second) in combinations(boxes.items(), 2):
            assert not box.overlaps(second), (one, other)


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


def test_the_largest_numbers_can_be_drawn(tmp_path):
    inputs = [[1e300, 0], [-1e300, 1]]
    plots.decision_boundary(lambda x: x[0] / 1.5, inputs, [0, 1], tmp_path / "a.png", threshold=-1e300, resolution=4)
    plots.loss_curves([1e300, -1e300], tmp_path / "b.png")
    plots.weights_over_time([{"w": 1e300}, {"w": -1e300}], tmp_path / "c.png")
    assert len(list(tmp_path.iterdir())) == 3
