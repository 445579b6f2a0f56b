"""The pages of the API: every public name once, with a signature that can be read and links that lead there."""

import html
import importlib
import re
from collections import Counter

import pytest

import engine
from examples.site import building, reference
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


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Some pages as Sphinx writes them: gives the text of one."""
    folder = tmp_path_factory.mktemp("site")
    sources = folder / "sources"
    (sources / "as_it_is").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "PACKAGES", {"engine": PACKAGES["engine"][:2], "nn": PACKAGES["nn"][:1]})
        reference.write(sources)
        (sources / "index.rst").write_text("Home\n====\n\n.. toctree::\n\n   api\n   primitives\n")
        (sources / "primitives.rst").write_text("Table\n=====\n\n.. py:function:: engine.tanh(x)\n")
        building.run_sphinx("html", sources, folder / "pages", live=False)
    return lambda name: (folder / "pages" / name).read_text(encoding="utf-8")


def entry(page, name):
    """The description of a name: as HTML and as text."""
    start = page.index(f'id="{name}"')
    text = page[start : page.find('<dl class="py ', start)]
    return text, " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.mark.slow
def test_pages_that_sphinx_makes(pages):
    values = pages("api/engine.values.html")
    _, value = entry(values, "engine.Value")
    assert "class engine.Value(data: Any, label: str = '')" in value
    assert "Bases" not in value
    assert 'id="engine.Value.backward"' in values
    assert not re.search(r'id="engine\.Value\.(tanh|m|arctan)"', values)
    assert '<a class="reference internal" href="engine.gradients.html#engine.gradients"' in pages("api/engine.html")
    linked, gradients = entry(pages("api/engine.gradients.html"), "engine.gradients")
    assert "Raises: StaleGraphError – naming the leaf" in gradients
    assert 'href="#engine.StaleGraphError"' in linked
    networks = pages("api/nn.networks.html")
    linked, network = entry(networks, "nn.MLP")
    assert "Bases: Module" in network
    assert "sizes – the number of inputs" in network
    assert 'href="#module-nn.activations"' in linked
    assert 'id="nn.initializers.he_normal"' in networks
    assert 'href="../primitives.html#engine.tanh"' in values
