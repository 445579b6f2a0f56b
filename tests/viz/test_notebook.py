"""What a notebook shows: one is run by Jupyter, and its outputs are looked at in a browser."""

import json
import re
import sys

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: it comes with nbclient")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: it runs the notebook")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: it is what a notebook runs in")

CELLS = [
    "import viz, viz.plots\nfrom engine import Value\nx = Value(3.0, 'x <b>&')\ny = x * x + x\ny.label = 'y'",
    "viz.draw(y)",
    "viz.player(y)",
    "viz.plots.loss_curves([1.0, 0.5, 0.25])",
    "viz.draw(x)",
]

PAGE = """<!doctype html><meta charset="utf-8">
<style>body { color: rgb(1, 2, 3); background: rgb(250, 250, 250) } text { letter-spacing: 0 }</style>
<p id="neighbour">Text of the notebook <a id="link" href="#x">link</a></p>
<svg id="other" width="50" height="20"><text y="10">other</text><path d="M0,0 L5,5"/></svg>
"""
LOOKS = """
return ["neighbour", "link", "other"].flatMap((name) => {
  const element = document.getElementById(name);
  return [element, ...element.children].map((found) => [...getComputedStyle(found)].map((property) =>
    `${property}: ${getComputedStyle(found).getPropertyValue(property)}`).join(";"));
});
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What each cell gives: its output by mime type."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "this"}
    kernel = folder / "kernels" / "this_python"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    with pytest.MonkeyPatch.context() as patch:
        for name, place in {"JUPYTER_PATH": ".", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}.items():
            patch.setenv(name, str(folder / place))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")  # else jupyter_core < 6 warns that this will be so
        nbclient.NotebookClient(notebook, kernel_name="this_python", timeout=120).execute()
    return [
        [output["data"] for output in cell["outputs"] if output["output_type"] == "execute_result"]
        for cell in notebook.cells
    ]


@pytest.fixture
def notebook(page, tmp_path, outputs):
    """A page with a text and a picture of its own, and behind them two drawings of the notebook."""
    (drawing,) = outputs[1]
    (other,) = outputs[4]
    file = tmp_path / "notebook.html"
    file.write_text(PAGE + drawing["text/html"] + other["text/html"], encoding="utf-8")
    return page.visit(file.as_uri())


@pytest.mark.slow
def test_a_drawing_is_text_a_player_a_frame_and_a_plot_a_bitmap(outputs):
    (drawing,), (played,), (plot,) = outputs[1:4]
    assert set(drawing) == {"text/html", "text/plain"}
    assert drawing["text/plain"] == "<Drawing of 3 nodes and 4 edges>"
    assert drawing["text/html"].count("<svg") == 1
    assert not re.search(r"<img|<\?xml|<!DOCTYPE|<script|\bon\w+=", drawing["text/html"])
    assert played["text/html"].startswith("<iframe ")
    assert played["text/plain"] == "<Player of 3 nodes and 7 steps>"
    assert plot["image/png"].startswith("iVBORw0KGgo"), "the beginning of a PNG, in base 64"


def test_the_text_of_a_drawing_can_be_selected_in_the_browser(notebook):
    selected = notebook.run(
        """
        getSelection().selectAllChildren(document.querySelectorAll("svg")[1]);
        return getSelection().toString();
        """
    )
    assert all(text in selected for text in ("x <b>&", "y", "grad"))
    ids = notebook.run("return [...document.querySelectorAll('[id]')].map((found) => found.id)")
    assert len(ids) == len(set(ids)), "of two pictures on one page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_drawing_changes_nothing_around_it_and_is_seen_whole_or_scrolls_by_itself(notebook, tmp_path, scheme):
    notebook.scheme(scheme)
    beside = notebook.run(LOOKS)
    for width in (390, 1280):
        notebook.size(width, 800)
        assert notebook.run("return document.documentElement.scrollWidth") <= width
        for svg in notebook.all("svg")[1:]:
            assert svg.is_displayed()
            assert svg.rect["height"] > 20
    alone = tmp_path / "alone.html"
    alone.write_text(PAGE, encoding="utf-8")
    assert notebook.visit(alone.as_uri()).run(LOOKS) == beside
