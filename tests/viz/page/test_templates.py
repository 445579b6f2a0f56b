"""The templates of the pages: all scripts of a page share one room for names, and all styles one document."""

import re
from collections import Counter

import pytest

from viz.page.document import document

PAGES = {name: document(f"{name}/{name}.html", "", {}, {}) for name in ("player", "playground")}


@pytest.mark.parametrize("page", PAGES)
def test_no_two_scripts_of_a_page_give_something_the_same_name(page):
    scripts = re.findall(r"(?s)<script>\n(.*?)</script>", PAGES[page])
    names = re.findall(r"(?m)^(?:async )?(?:function|class|const|let) (\w+)", "\n".join(scripts))
    assert len(names) > 100
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_style_is_of_something_that_the_page_has(page):
    styles = re.sub(r"(?s)/\*.*?\*/", "", "".join(re.findall(r"(?s)<style>(.*?)</style>", PAGES[page])))
    selectors = " ".join(re.findall(r"([^{}]+)\{", styles))
    names = set(re.findall(r"[.#]([a-z][\w-]*)", selectors))
    words = set(re.findall(r"[a-z][\w-]*", re.sub(r"(?s)<style>.*?</style>", "", PAGES[page])))
    assert len(names) > 50
    assert sorted(names - words) == []
