"""The pages of the API: every public name once, on a page that others lead to. `test_site` reads what Sphinx makes."""

import importlib
import re
from collections import Counter

import pytest

import engine
from examples.site import reference
from examples.site.reference import PACKAGES

ENTRY = re.compile(r"^\.\. (?:auto(?:class|exception|function)|py:data|py:function):: ([\w.]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    reference.write(folder)
    return folder


def entries(folder):
    """How often each name has an entry."""
    return Counter(name for page in folder.rglob("*.rst") for name in ENTRY.findall(page.read_text(encoding="utf-8")))


def test_every_public_name_has_one_entry(sources):
    names = {f"{package}.{name}" for package in PACKAGES for name in importlib.import_module(package).__all__}
    names -= {f"engine.{row.name}" for row in engine.primitives_table()}  # They are on the page of the table.
    found = entries(sources)
    assert {name for name in found if not name.startswith("nn.initializers.")} == names
    assert set(found.values()) == {1}


def test_a_public_name_that_no_page_lists_stands_on_the_page_of_its_package(monkeypatch, tmp_path):
    monkeypatch.setitem(PACKAGES, "nn", PACKAGES["nn"][1:])
    reference.write(tmp_path)
    assert ".. autoclass:: nn.MLP" in (tmp_path / "api" / "nn.rst").read_text()


def test_every_page_is_in_a_table_of_contents(sources):
    pages = {page.relative_to(sources).with_suffix("").as_posix() for page in sources.rglob("*.rst")}
    listed = set()
    for page in sources.rglob("*.rst"):
        for block in re.findall(r"^\.\. toctree::\n   :hidden:\n\n((?:   .*\n)*)", page.read_text(), re.MULTILINE):
            listed |= {(page.parent / name).relative_to(sources).as_posix() for name in block.split()}
    assert listed == pages - {"api"}
