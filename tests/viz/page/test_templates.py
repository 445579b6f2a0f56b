"""The templates of the pages: each page is one room for all of its scripts and styles."""

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
