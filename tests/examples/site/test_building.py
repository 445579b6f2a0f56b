"""How the site is put together: all or nothing, in plain words; what its links, pictures and texts become."""

import re
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest
from support.commands import ROOT

from examples.lessons.exercises.table import EXERCISES, task
from examples.lessons.reading import Lesson, cells_of
from examples.site import AS_IT_IS, building, home
from examples.site.__main__ import main
from examples.site.building import SiteError
from examples.site.course import output_of, outputs_of, page_of
from examples.site.exercises import exercises_of
from examples.site.links import broken_links
from examples.site.pictures import figure, with_dark_colors
from examples.site.spelling import missing_tool
from viz import GraphvizError
from viz.palette import LOOKS

pytestmark = pytest.mark.filterwarnings(r"ignore:.* is deprecated\. Check CHANGES for Sphinx")  # MyST's affair

# --- All or nothing --------------------------------------------------------------------------------------------------


def one_page(folder):
    """A page maker: a heading, and a word that has to be spelled."""
    (folder / "index.md").write_text("# One page\n\nA colour.\n")


@pytest.fixture
def small(monkeypatch):
    """Sites of one page: gives what sets their maker."""

    def made_by(*makers):
        monkeypatch.setattr(building, "MAKERS", makers)

    made_by(one_page)
    return made_by


def build(output):
    return list(building.build(output, live=False))


@pytest.mark.slow
def test_a_site_takes_the_place_of_the_one_before_and_of_nothing_else(small, tmp_path):
    output = tmp_path / "site"
    assert build(output)[-1] == f"Open {output / 'index.html'}"
    (output / "old.html").write_text("old")
    build(output)
    assert "A colour." in (output / "index.html").read_text()
    assert not (output / "old.html").exists()
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "# A\n\nThe color of a mispelled word.",
            "color",
            marks=pytest.mark.skipif(bool(missing_tool()), reason="no British dictionary"),
        ),
        ("# A\n\n[b](#nowhere)", r"index\.md:3.*nowhere"),
        ('# A\n\n<a href="b.html">b</a>', r"index\.html: b\.html: no such file"),
        ('# A\n\n<img src="https://example.org/a.png">', r"a\.png: this is not in the site"),
    ],
)
def test_a_page_that_is_not_right_leaves_everything_as_it_was(text, said, small, tmp_path):
    small(lambda folder: (folder / "index.md").write_text(text))
    output = tmp_path / "site"
    output.mkdir()
    with pytest.raises(SiteError, match=said):
        build(output)
    assert list(tmp_path.iterdir()) == [output]
    assert list(output.iterdir()) == []


def test_a_site_that_cannot_be_moved_into_place_leaves_the_old_one(tmp_path):
    output = tmp_path / "site"
    output.mkdir()
    (output / "index.html").write_text("old")
    with pytest.raises(FileNotFoundError):
        building.replace(output, tmp_path / "not there", tmp_path / "before")
    assert (output / "index.html").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "said"),
    [("thesis.txt", "is a file, not a directory"), ("", "is not a site, and would be lost: choose another --output")],
)
def test_what_is_no_site_is_never_replaced(name, said, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("my thesis")
    (tmp_path / "objects.inv").write_text("# Project: another\n")
    assert main(["--output", str(tmp_path / name)]) == 1
    assert said in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "my thesis"


def test_what_is_missing_is_said_in_a_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "furo", None)
    assert main(["--output", str(tmp_path / "site")]) == 1
    assert capsys.readouterr().err == "error: the site is made with furo: python -m pip install '.[site]'\n"
    monkeypatch.delitem(sys.modules, "furo")

    def no_graphviz(dot, image_format):
        raise GraphvizError("images need Graphviz: install it")

    monkeypatch.setattr(building, "image", no_graphviz)
    assert main(["--output", str(tmp_path / "site")]) == 1
    assert capsys.readouterr().err == "error: images need Graphviz: install it\n"
    assert list(tmp_path.iterdir()) == []


def test_without_a_dictionary_words_are_not_checked(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "enchant", None)
    said = building.check_spelling(tmp_path, live=False)
    assert said.startswith("Spelling was not checked: there is no Enchant (on Debian: apt-get install ")


# --- Links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('<a href="#here" id="here">', ""),
        ('<a href="deep/b.html#there">', ""),
        ('<a href="https://example.org">', ""),
        ('<iframe src="deep/b.html#step=3">', ""),
        ('<img src="data:image/png;base64,">', ""),
        ('<a href="#gone">', "#gone: no such place in the page"),
        ('<a href="deep/b.html#gone">', "deep/b.html#gone: no such place in the page"),
        ('<img src="gone.svg">', "gone.svg: no such file"),
        ('<a href="../a.html">', "../a.html: this leads out of the site"),
        ('<a href="http://example.org">', ""),
        ('<a href="file:///a.html">', "file:///a.html: this is not in the site"),
        ('<script src="https://example.org/a.js"></script>', "https://example.org/a.js: this is not in the site"),
        ('<link href="//example.org/a.css">', "//example.org/a.css: this is not in the site"),
        ('<script>"<img src=gone.png>"</script>', ""),
    ],
)
def test_links(text, wrong, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.html").write_text(text)
    (tmp_path / "deep" / "b.html").write_text('<p id="there">')
    assert broken_links(tmp_path) == ([f"a.html: {wrong}"] if wrong else [])


def test_what_style_sheets_need_is_a_link_too(tmp_path):
    (tmp_path / "a.css").write_text("/* url(comment.png) */ a { background: url('gone.png'), url(data:image/png,) }")
    assert broken_links(tmp_path) == ["a.css: gone.png: no such file"]


def test_links_of_a_readme_become_pages_or_text(tmp_path):
    def linked(text, base=""):
        return home.link(tmp_path, base, *re.fullmatch(r"(!?)\[(.*)\]\((.*)\)", text).groups())

    assert linked("[a](#one-table)") == "[a](#one-table)"
    assert linked("[e](examples/study/README.md)") == "[e](experiments.md)"
    assert linked("[licence](LICENSE)") == "licence"
    assert linked("[value](engine/value.py)") == "[value](source/engine.value.md)"
    assert "class Value" in (tmp_path / "source" / "engine.value.md").read_text()
    assert '<img src="pictures/recipes.svg" alt="A map"' in linked(
        "![A map](../pictures/recipes.svg)", "examples/study"
    )
    assert (tmp_path / AS_IT_IS / "pictures" / "recipes.svg").exists()


def test_numbers_in_cells_of_a_readme_keep_their_units():
    text = "8 ms\n| 8 ms, 4 row⁴ | `3 x` |\n|---|--:|"
    assert home.unbroken(text) == "8 ms\n| 8\xa0ms, 4\xa0row⁴ | `3\xa0x` |\n|---|--:|"


# --- Cells, pictures, exercises --------------------------------------------------------------------------------------

SCRIPT = """# %% [markdown]
# # 2. A lesson
#
# Read lesson 1, then look at 02_b.svg.
#
# What is 2 + 2?

# %%
from pathlib import Path

print(2 + 2)
Path("02_b.svg").write_text("<svg/>")
Path("02_a.html").write_text("<title>A page</title>")
"""


def test_a_cell_stands_above_what_it_printed_and_drew(tmp_path):
    lesson = Lesson(2, Path("script"), cells_of(SCRIPT))
    page = page_of(lesson, outputs_of(lesson), tmp_path)
    parts = (
        "# 2. A lesson",
        "examples.lessons 2</code>",
        'Read [lesson 1](01_a_number_that_remembers.md), then look at <a href="02_b.svg">02_b.svg</a>.',
        '<div class="lesson-question">\n\nWhat is 2 + 2?\n\n</div>',
        '<div class="lesson-cell" data-lesson="2" data-cell="1">\n\n~~~~python\nfrom pathlib',
        '~~~~\n\n</div>\n<div class="lesson-output">\n\n~~~~text\n4\n~~~~',
        '<img src="02_b.svg"',
        '<iframe src="02_a.html" title="A page"',
        "## Exercises",
    )
    places = [page.find(part) for part in parts]
    assert places == sorted(places)
    assert -1 not in places
    assert {path.name for path in tmp_path.iterdir()} == {"02_a.html", "02_b.svg"}


def test_a_cell_that_prints_nothing_and_prose_have_no_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prose, code = cells_of("# %% [markdown]\n# Text\n\n# %%\nx = 1\n")
    assert output_of(prose, None, {}) == output_of(code, Lesson(1, Path("s"), []), {}) == ("", {})


def test_a_drawing_has_the_colours_of_the_palette_on_a_dark_screen():
    look = LOOKS["input"]
    svg = f'<!-- Generated by graphviz -->\n<svg>\n<path fill="{look.fill.lower()}" stroke="white"/></svg>'
    dark = with_dark_colors(svg)
    assert f'[fill="{look.fill.lower()}"] {{ fill: {look.dark_fill} }}' in dark
    assert dark.index("prefers-color-scheme: dark") > dark.index("<svg>")
    assert with_dark_colors(svg.replace("graphviz", "another")) == svg.replace("graphviz", "another")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("07_two_paths.svg", "<svg><text>a &amp; b</text><text>= c</text><text>1.5</text>", ": a & b, = c"),
        (
            "two_paths.svg",
            '<svg><g id="text_1">\n <!-- epoch --><g id="text_2"><!-- $10^2$ -->',
            ": epoch",
        ),
        ("two_paths.png", "", ""),
    ],
)
def test_a_picture_is_described_by_what_is_written_in_it(name, content, said):
    assert figure(name, content.encode(), "").count(f' alt="{escape("Picture of two paths" + said)}"') == 1


def test_each_exercise_stands_after_its_lesson_with_hints_and_solution_behind_folds():
    for exercise in EXERCISES:
        text = "\n".join(exercises_of(exercise.lesson)).partition(f"(exercise-{exercise.number})=")[2]
        own = text.partition("\n(exercise-")[0]
        visible = re.sub(r"<details>.*?</details>", "", own, flags=re.DOTALL)
        said = task(exercise).partition(": ")[2]
        assert said[1:] in visible.replace("\\", "")
        assert visible.count("    ...\n") == len(exercise.pieces)
        assert own.count("<summary>") == 4
    assert exercises_of(9) == []


@pytest.mark.slow
def test_the_same_script_gives_the_same_page_in_another_process():
    code = (
        "import hashlib\n"
        "from examples.lessons.reading import read_lesson\n"
        "from examples.site.course import outputs_of\n"
        "print(hashlib.sha256(repr(outputs_of(read_lesson(6))).encode()).hexdigest())"
    )
    runs = [subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True) for _ in "12"]
    assert runs[0].stdout == runs[1].stdout
