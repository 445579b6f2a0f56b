"""A picture in Mermaid: Mermaid's own parser reads it, and what it draws is read back from its SVG."""

import unicodedata

import pytest
from support.drawn_graphs import HOSTILE, network, neuron, whole_batch
from support.flowcharts import Flowcharts

import viz
from engine import Value, scope
from viz.palette import LOOKS, GradientScale

# Texts that mean something to Mermaid, to Markdown or to YAML.
HOSTILE_MERMAID = [
    *("end", "subgraph x", "click n0 x", "style n0:#fff;", "classDef a:#fff;", ":::input", "@{ shape: rect }", "|"),
    *("%% comment", '%%{init: {"x": 1}}%%', "#quot; #35;", "ﬂ°°35¶ß", "fa:fa-car", "$$x^2$$", "<br/>", "n0 --> n1"),
    *("1. one", "- dash", "# head", "* star", "**b** _i_", "`code`", "~~a~~", "http://a.b/c", "a: b", "it's", "!!x"),
]
LEGEND = ["input", "parameter", "operation", "result", "on an edge: local partial ∂result/∂operand"]


@pytest.fixture(scope="module")
def flowcharts(driver, tmp_path_factory):
    return Flowcharts(driver, tmp_path_factory.mktemp("mermaid"))


@pytest.fixture
def drawn(flowcharts, tmp_path):
    """Draws a Value as Mermaid does, from the file that `viz.draw` writes."""

    def draw(value, **options):
        viz.draw(value, tmp_path / "graph.mmd", **options)
        return flowcharts.draw((tmp_path / "graph.mmd").read_text(encoding="utf-8"))

    return draw


def rgb(color):
    """#rrggbb as a style sheet computes it."""
    return f"rgb({', '.join(map(str, bytes.fromhex(color[1:])))})"


def test_nodes_edges_numbers_and_the_legend_are_read_back(drawn):
    output, parameters = neuron()
    output.backward()
    picture = drawn(output, parameters=parameters)
    nodes = {name: text for name, text in picture["nodes"].items() if name.startswith("n")}
    assert sorted(nodes.values()) == [
        *("b data 6.8814 grad 0.5", "o = tanh(v4) data 0.70711 grad 1", "v1 = x1 * w1 data -6 grad 0.5"),
        *("v2 = x2 * w2 data 0 grad 0.5", "v3 = v1 + v2 data -6 grad 0.5", "v4 = v3 + b data 0.88137 grad 0.5"),
        *("w1 data -3 grad 1", "w2 data 1 grad 0", "x1 data 2 grad -1.5", "x2 data 0 grad 0.5"),
    ]
    assert sorted(picture["edges"]) == sorted(["1", "0.5", "1", "1", "2", "0", "-3", "1", "1"])
    assert [picture["nodes"][f"l{index}"] for index in range(5)] == LEGEND
    fills = {text.split()[0]: picture["fills"][name] for name, text in picture["nodes"].items()}
    for name, role in {"x1": "input", "w1": "parameter", "v1": "operation", "o": "result"}.items():
        assert fills[name] == fills[role] == rgb(LOOKS[role].fill)


def test_each_use_is_an_edge_of_its_own(drawn):
    x = Value(3.0, "x")
    picture = drawn(x * x, legend=False)
    assert picture["edges"] == ["3", "3"]
    assert len(picture["lines"]) == 2
    assert len(picture["nodes"]) == 2


def test_marks_stand_below_the_numbers(drawn):
    x = Value(3.0, "x")
    y = x * x
    picture = drawn(y, legend=False, marks={y: "yours: 6", (y, 1): "yours: #1"})
    assert picture["nodes"]["n1"] == "v1 = x * x data 9 grad not computed yours: 6"
    assert picture["edges"] == ["3", "3 yours: #1"]
    assert [line == rgb("#E5383B") for line in picture["lines"]] == [False, True]


def test_parts_are_frames_in_frames_or_nodes(drawn):
    model = network((2, 2, 1))
    model([1.0, 0.5]).backward()
    frames = ["layer0 tanh", "layer1 sigmoid", "neuron0 sigmoid", "neuron0 tanh", "neuron1 tanh"]
    assert sorted(drawn(model([1.0, 0.5]))["frames"]) == frames
    picture = drawn(model([1.0, 0.5]), by="layer")
    assert picture["frames"] == []
    (text,) = (text for text in picture["nodes"].values() if text.startswith("layer1"))
    weights = [
        f"neuron0.{name} data {number.data:.5g}" for name, number in model.layers[1].neurons[0].named_parameters()
    ]
    assert all(weight in text for weight in weights)
    folded = drawn(whole_batch(model), fold=True)
    assert any("×2×4" in text or "×4×2" in text for text in folded["nodes"].values())


def test_the_style_of_a_drawing_is_kept(drawn):
    x = Value(0.123456, "x")
    y = (x * 2.0).tanh()
    y.backward()
    bare = drawn(y, gradients=False, legend=False, digits=2, title="A title", direction="down", size=(1, 1))
    assert sorted(bare["nodes"].values()) == ["v1 = x * 2 data 0.25", "v2 = tanh(v1) data 0.24", "x data 0.12"]
    assert bare["title"] == "A title"
    graded = drawn(y, colors="gradient")
    scale = GradientScale.of([x.grad, x.grad / 2])
    assert graded["fills"]["n0"] == rgb(scale.color(x.grad))
    assert graded["nodes"]["l0"] == "gradient"


def test_any_label_is_shown_as_text(drawn, driver):
    leaves = [Value(1.0, label) for label in HOSTILE + HOSTILE_MERMAID]
    parts = [scope(label)(lambda: Value(1.0, "x") * 1.0)() for label in HOSTILE_MERMAID + HOSTILE[:10]]
    picture = drawn(leaves + parts, legend=False)
    assert {" ".join(f"{leaf.label} data 1 grad not computed".split()) for leaf in leaves} <= set(
        picture["nodes"].values()
    )
    assert {" ".join(label.split()) for label in HOSTILE_MERMAID + HOSTILE[:10]} == set(picture["frames"])
    assert set(picture["elements"]) <= {"br", "div", "p", "span"}
    assert driver.execute_script("return window.hack") is None


@pytest.mark.parametrize("labels", [HOSTILE, HOSTILE_MERMAID, ["# key: 'a"], ["---"], ['"']])
def test_any_title_is_shown_as_text(drawn, labels):
    title = " ".join(labels)
    shown = unicodedata.normalize("NFKC", drawn(Value(1.0), title=title)["title"].replace("\u2060", ""))
    assert shown.split() == unicodedata.normalize("NFKC", title).split()
