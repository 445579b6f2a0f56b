"""A notebook that Jupyter runs, in its viewers: JupyterLab, trusted or not, and the page that nbconvert makes."""

import pytest

jupyterlab = pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: it opens a notebook")

from support.browser import Page  # noqa: E402

CELLS = [
    "import viz, viz.plots\nfrom engine import Value\nx = Value(3.0, 'x <b>&')\ny = x * x + x\ny.label = 'y'",
    "viz.draw(y)",
    "viz.player(y)",
    "viz.plots.loss_curves([1.0, 0.5, 0.25])",
]
NO_LIBRARY = "data:text/javascript,"

# Of each output: its text, how many live pictures and pages it has, and how wide its images are, in fact and as shown.
OUTPUTS = """
return [...document.querySelectorAll(".jp-OutputArea-output")].map((output) => [output.textContent.trim(),
  output.querySelectorAll("svg").length, output.querySelectorAll("iframe").length,
  [...output.querySelectorAll("img")].map((image) => [image.naturalWidth, image.getBoundingClientRect().width])]);
"""
THEME = "return { true: 'light', false: 'dark' }[document.body.dataset.jpThemeLight]"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The notebook after it has run."""
    from support import notebooks  # here, as its imports take seconds of every process that collects the tests

    return notebooks.executed(tmp_path_factory.mktemp("jupyter"), CELLS)


@pytest.fixture(scope="module")
def address(run, tmp_path_factory):
    """Where JupyterLab shows the notebook: "trusted.ipynb" or "other.ipynb"."""
    import nbformat
    from nbformat.sign import NotebookNotary
    from support import notebooks

    books, home = tmp_path_factory.mktemp("books"), tmp_path_factory.mktemp("home")
    nbformat.write(run, books / "other.ipynb")
    trusted = nbformat.v4.new_notebook(cells=[*run.cells, nbformat.v4.new_markdown_cell("trusted")])
    nbformat.write(trusted, books / "trusted.ipynb")
    (home / "data").mkdir()
    notary = NotebookNotary(data_dir=str(home / "data"))
    notary.sign(trusted)
    notary.store.close()
    with notebooks.jupyterlab(books, home) as found:
        yield found


@pytest.fixture
def lab(driver, address, tmp_path):
    """Opens a notebook in light or dark colours, until the outputs of all three cells are shown."""
    page = Page(driver, tmp_path)

    def opened(name, scheme):
        page.scheme(scheme)
        page.visit(address(name))
        page.wait(lambda: page.run(THEME) == scheme and len(page.run(OUTPUTS)) == 3, patience=120)
        return page

    yield opened
    page.visit("about:blank")
    page.reset()
    page.console()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_does_not_trust_it_sees_images_and_how_to_play(lab, scheme):
    page = lab("other.ipynb", scheme)
    page.wait(lambda: all(own for *_, images in page.run(OUTPUTS) for own, _ in images))
    drawn, played, _ = page.run(OUTPUTS)
    assert drawn[:3] == ["", 0, 0]
    assert played[0].startswith("Player of 3 nodes and 7 steps. To play with it, trust the notebook")
    assert played[1:3] == [0, 0]
    for ((own, shown),) in (drawn[3], played[3]):
        assert 300 < own == pytest.approx(shown, abs=1)


def test_who_trusts_it_sees_a_picture_with_text_and_a_page_that_plays(lab):
    check_live(lab("trusted.ipynb", "dark"))


def check_live(page):
    """Assert that the drawing is text, in the colours of a dark page, and that the player plays."""
    drawn, played, _ = page.run(OUTPUTS)
    assert "x <b>&" in drawn[0]
    assert drawn[1:] == [1, 0, []]
    assert played[1:3] == [0, 1]
    assert [shown for _, shown in played[3]] == [0], "the image behind the page is hidden"
    paper = "return getComputedStyle(document.querySelector('.computation-graph .graph polygon')).fill"
    assert page.run(paper) == "rgb(27, 27, 27)"
    page.driver.switch_to.frame(page.all("iframe")[0])
    page.run("document.getElementById('last').click()")
    assert page.step == (7, 7)
    page.driver.switch_to.default_content()


def test_nbconvert_makes_a_page_that_is_as_live(run, page, tmp_path):
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(theme="dark", require_js_url=NO_LIBRARY, mathjax_url=NO_LIBRARY)
    content, _ = exporter.from_notebook_node(run)
    (tmp_path / "notebook.html").write_text(content, encoding="utf-8")
    page.requested()
    page.visit((tmp_path / "notebook.html").as_uri())
    check_live(page)
    assert {address.split(":")[0] for address in page.requested()} <= {"file", "data", "about"}
