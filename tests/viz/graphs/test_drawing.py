"""`draw` and `to_dot`: DOT text without any Graphviz, files, and what a notebook gets."""

import gc
import pickle
import shutil
import weakref

import graphviz
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_graphs import network, whole_batch

import viz
from engine import Value
from viz import GraphvizError
from viz import images as render
from viz.graphs.markup import assigned, block, digraph, statement

needs_graphviz = pytest.mark.skipif(
    not (shutil.which("dot") or render.has_pygraphviz()),
    reason="neither the program dot nor pygraphviz >= 2.0 is there",
)


@pytest.fixture
def no_graphviz(monkeypatch, tmp_path):
    """A machine with neither way to make an image."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(render, "has_pygraphviz", lambda: False)


def square():
    x = Value(3.0, "x")
    return x * x


def test_dot_text_needs_no_graphviz(no_graphviz, tmp_path):
    drawing = viz.draw(square(), tmp_path / "graph.dot")
    drawing.save(tmp_path / "graph.mmd")  # Mermaid needs none, either.
    text = (tmp_path / "graph.dot").read_text(encoding="utf-8")
    assert text == drawing.dot == viz.to_dot(square())
    assert text.startswith("digraph")
    assert text.count("n0 -> e") == text.count(" -> n1") == drawing.edges == 2


# Backslashes come in pairs in what is drawn: where one is alone, the meaning of what follows is not defined.
PIECES = [*'ab_ .-0159<>"{}[];=,', "\\\\", "node", "Graph", "β"]
values = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(values, st.dictionaries(st.sampled_from(["label", "class", "tooltip", "URL", "x"]), values, min_size=1))
def test_statements_are_those_of_the_graphviz_package(name, attributes):
    theirs = graphviz.Digraph("test", graph_attr=attributes, node_attr={"shape": "box"})
    theirs.node("n0", **attributes)
    with theirs.subgraph(name="cluster_0") as cluster:
        cluster.attr(**attributes)
        cluster.node("n1", label=name)
    theirs.edge("n0", "n1", **attributes)
    part = block("subgraph cluster_0", [assigned(attributes), statement("n1", {"label": name})])
    lines = [statement("n0", attributes), *part, statement("n0 -> n1", attributes)]
    assert digraph("test", {"graph": attributes, "node": {"shape": "box"}}, lines) == theirs.source


def test_a_drawing_is_of_the_moment_and_writes_no_file_by_itself(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    value = square()
    drawing = viz.draw(value)
    before = drawing.dot
    value.backward()
    assert drawing.dot == before != viz.to_dot(value)
    assert "not computed" in before
    assert "not computed" not in viz.to_dot(value)
    viz.player(value)
    assert list(tmp_path.iterdir()) == []


STARTS = [
    *[
        ("g.svg", b"<?xml"),
        ("g.PNG", b"\x89PNG"),
        ("g.v2.pdf", b"%PDF"),
        ("g.dot", b"digraph"),
        ("g.tex", b"% A picture"),
    ],
    ("g.mmd", b"---\nconfig:"),
]


@needs_graphviz
@pytest.mark.parametrize(("name", "start"), STARTS)
def test_the_ending_decides_what_is_written(tmp_path, name, start):
    drawing = viz.draw(square(), str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert drawing.dot == viz.to_dot(square())


@pytest.mark.parametrize("name", ["graph", "graph.jpg", ".svg", "graph.svg.gz", "svg"])
def test_an_unknown_ending_names_those_that_work(tmp_path, name):
    with pytest.raises(
        ValueError, match=r"can be saved as \.svg, \.png, \.pdf, \.dot, \.tex, \.mmd, but .* ends in none of them"
    ):
        viz.draw(square(), tmp_path / name)
    with pytest.raises(ValueError, match=r"can be saved as \.html or \.svg, but '.*' does not end in \.html"):
        viz.player(square(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=["svg", "png", "pdf", "tex", "html"])
def precious(request, tmp_path):
    """A file for a drawing or a player, the function that makes it, and a check that the file is as it was."""
    file = tmp_path / f"graph.{request.param}"
    file.write_text("precious")
    yield file, viz.player if request.param == "html" else viz.draw
    assert file.read_text() == "precious"
    assert {path.name for path in tmp_path.iterdir()} <= {file.name, "dot"}


def test_without_graphviz_the_error_names_both_cures_and_a_notebook_shows_it(precious, no_graphviz):
    file, make = precious
    with pytest.raises(GraphvizError, match=r"graphviz\.org/download.*`dot`.*PATH.*pip install 'pygraphviz>=2\.0'"):
        make(square(), file)
    (text,) = viz.draw(square())._repr_mimebundle_().values()
    assert text.startswith("<Drawing of 2 nodes and 2 edges>")
    assert "pygraphviz>=2.0" in text


@needs_graphviz
def test_a_drawing_can_be_kept_without_the_graph(tmp_path):
    model = network()
    loss = whole_batch(model)
    kept = weakref.ref(loss)
    drawing = viz.draw(loss, size=[10, 5])
    copy = pickle.loads(pickle.dumps(drawing))
    assert copy == drawing
    assert hash(copy) == hash(drawing)
    del loss
    gc.collect()
    assert kept() is None
    for name in ("graph.tex", "graph.mmd"):
        drawing.save(tmp_path / name)
        copy.save(tmp_path / f"copy-{name}")
        assert (tmp_path / name).read_bytes() == (tmp_path / f"copy-{name}").read_bytes()


@needs_graphviz
def test_a_write_that_breaks_off_names_the_file(precious, full_disk):
    file, make = precious
    left = "the file that was there is as it was"
    with pytest.raises(OSError, match=rf"no space left on device; {left}: '.*graph\{file.suffix}'$"):
        make(square(), file)


@pytest.mark.parametrize(("version", "found"), [("1.14", False), ("2.0.4", True)])
def test_an_old_pygraphviz_has_no_graphviz_in_it(monkeypatch, version, found):
    monkeypatch.setattr(render, "version", lambda _name: version)
    assert render.has_pygraphviz() == found
