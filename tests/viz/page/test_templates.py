"""The templates of the pages: all scripts of a page share one room for names, and all styles one document."""

import re
import shutil
import subprocess
from importlib import resources

import pytest
from support.player_graphs import shared
from support.playground_pages import xor_playground

import viz
from viz.page.document import document

FOLDER = resources.files("viz") / "page"
PAGES = {name: document(f"{name}/{name}.html", "", {}, {}) for name in ("player", "playground", "explorer")}


@pytest.mark.parametrize(
    "made",
    [lambda: viz.player(shared()), xor_playground, lambda: viz.explorer(shared())],
    ids=["player", "playground", "explorer"],
)
def test_no_two_scripts_of_a_page_define_the_same_name(made, tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("no `node` on the PATH: install Node.js (Debian: apt install nodejs)")
    # In a module, a function that is defined twice is a SyntaxError; in a page, the second one counts, silently.
    module = tmp_path / "page.mjs"
    module.write_text("\n".join(re.findall(r"<script>(.*?)</script>", made().html, re.DOTALL)), encoding="utf-8")
    checked = subprocess.run([node, "--check", module], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def names_in(style):
    """The ids and classes that a style is of."""
    selectors = " ".join(re.findall(r"([^{}]+)\{", re.sub(r"(?s)/\*.*?\*/", "", style)))
    return set(re.findall(r"[.#]([a-z][\w-]*)", selectors))


def words_in(page):
    """What a page consists of beside its styles."""
    return set(re.findall(r"[a-z][\w-]*", re.sub(r"(?s)<style>.*?</style>", "", page)))


BASE = set().union(*(names_in((FOLDER / style).read_text(encoding="utf-8")) for style in ("base.css", "curve.css")))
"""What the styles of all pages are of: not each page has it."""


@pytest.mark.parametrize("page", PAGES)
def test_a_style_is_of_something_that_the_page_has(page):
    names = names_in("".join(re.findall(r"(?s)<style>(.*?)</style>", PAGES[page])))
    assert len(names) > 50
    assert sorted(names - words_in(PAGES[page]) - BASE) == []


def test_a_style_of_all_pages_is_of_something_that_a_page_has():
    assert sorted(BASE - set().union(*map(words_in, PAGES.values()))) == []
