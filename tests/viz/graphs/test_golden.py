"""The DOT text: the same for the same graph in every process, and for a tiny graph, as written down here by hand."""

import itertools

import pytest
from support.commands import printed_by_processes

import viz
from engine import Value, scope

pygraphviz = pytest.importorskip("pygraphviz", reason="the parser of DOT that these tests read with")


PROGRAM = """
import itertools, sys
import engine, nn, viz

@engine.scope("wave", "by sine")
def wave(x, y):
    return engine.sin(x) * y

model = nn.MLP([2, 3, 2])
inputs = [[engine.Value(a, f"a{a}"), engine.Value(b, f"b{b}")] for a, b in ((0.5, 1.5), (-1.0, 2.0))]
outputs = [model([wave(a, b), a * b]) for a, b in inputs]
loss = nn.mean_squared_error(outputs, [[0, 1], [1, 0]]) + nn.l2_penalty(model.parameters(), 0.01)
loss.backward()
for by, fold, colors in itertools.product(("operation", "neuron", "layer"), (False, True), ("role", "gradient")):
    print(by, fold, colors)
    print(viz.to_dot(loss, by=by, fold=fold, colors=colors))
print(viz.draw(outputs[0], by="neuron", direction="down").dot)
"""


def test_every_process_writes_the_same_text_at_every_scale(capsys):
    text = printed_by_processes(PROGRAM)
    exec(PROGRAM, {})
    assert capsys.readouterr().out == text
    assert text.count("digraph computation {") == 13


def structure(text):
    """What is in a DOT text, in its order: nodes, partials, halves of edges, and the same of every subgraph."""
    with pygraphviz.AGraph(string=text) as graph:
        return _structure(graph)


def _structure(graph):
    inner = [_structure(part) for part in graph.subgraphs_iter()]
    deeper = set(itertools.chain(*(part["below"] for part in inner)))
    below = [node.get_name() for node in graph.nodes_iter()]
    attributes = ("class", "shape", "tooltip")
    nodes = [(name, *(graph.get_node(name).attr[key] for key in attributes)) for name in below if name not in deeper]
    partials = {name: graph.get_node(name).attr["label"].strip() for name in below if name.startswith("e")}
    edges = [(*edge, edge.attr["dir"], edge.attr["tooltip"]) for edge in graph.edges_iter()]
    return {
        "name": graph.get_name(),
        "below": below,
        "nodes": nodes,
        "partials": partials,
        "edges": edges,
        "parts": inner,
    }


# f = (w + 1) x = -8 at w = -5, x = 2: by x it is -4, by w it is 2; the inner part alone is -5 by x.

BY_OPERATION = """
digraph computation {
    n1 [class=input shape=box tooltip="x, input&#10;data 2.0&#10;grad -4.0"]
    e1 [class=partial shape=plain label="-5" tooltip="local partial ∂v1/∂x = -5.0"]
    e3 [class=partial shape=plain label="1" tooltip="local partial ∂v2/∂x = 1.0"]
    subgraph cluster_0 {
        n3 [class=result shape=box tooltip="v2 = v1 + x&#10;data -8.0&#10;grad 1.0"]
        e2 [class=partial shape=plain label="1" tooltip="local partial ∂v2/∂v1 = 1.0"]
        subgraph cluster_1 {
            n0 [class=parameter shape=folder tooltip="w, parameter&#10;data -5.0&#10;grad 2.0"]
            n2 [class=operation shape=box tooltip="v1 = w * x&#10;data -10.0&#10;grad 1.0"]
            e0 [class=partial shape=plain label="2" tooltip="local partial ∂v1/∂w = 2.0"]
        }
    }
    n0 -> e0 [dir=none tooltip="local partial ∂v1/∂w = 2.0"]
    e0 -> n2 [tooltip="local partial ∂v1/∂w = 2.0"]
    n1 -> e1 [dir=none tooltip="local partial ∂v1/∂x = -5.0"]
    e1 -> n2 [tooltip="local partial ∂v1/∂x = -5.0"]
    n2 -> e2 [dir=none tooltip="local partial ∂v2/∂v1 = 1.0"]
    e2 -> n3 [tooltip="local partial ∂v2/∂v1 = 1.0"]
    n1 -> e3 [dir=none tooltip="local partial ∂v2/∂x = 1.0"]
    e3 -> n3 [tooltip="local partial ∂v2/∂x = 1.0"]
}
"""

BY_NEURON = """
digraph computation {
    n1 [class=input shape=box tooltip="x, input&#10;data 2.0&#10;grad -4.0"]
    e0 [class=partial shape=plain label="-5" tooltip="local partial ∂outer.inner/∂x = -5.0"]
    e2 [class=partial shape=plain label="1" tooltip="local partial ∂v2/∂x = 1.0"]
    subgraph cluster_0 {
        n0 [class=part shape=box3d tooltip="{inner}"]
        n2 [class=result shape=box tooltip="v2 = inner + x&#10;data -8.0&#10;grad 1.0"]
        e1 [class=partial shape=plain label="1" tooltip="local partial ∂v2/∂outer.inner = 1.0"]
    }
    n1 -> e0 [dir=none tooltip="local partial ∂outer.inner/∂x = -5.0"]
    e0 -> n0 [tooltip="local partial ∂outer.inner/∂x = -5.0"]
    n0 -> e1 [dir=none tooltip="local partial ∂v2/∂outer.inner = 1.0"]
    e1 -> n2 [tooltip="local partial ∂v2/∂outer.inner = 1.0"]
    n1 -> e2 [dir=none tooltip="local partial ∂v2/∂x = 1.0"]
    e2 -> n2 [tooltip="local partial ∂v2/∂x = 1.0"]
}
""".replace(
    "{inner}",
    "outer.inner, doubling&#10;x: data 2.0&#10;x: grad -4.0&#10;w: data -5.0&#10;w: grad 2.0&#10;"
    "output: data -10.0&#10;output: grad 1.0&#10;gradient norm: grad 2.0",
)

BY_LAYER = """
digraph computation {
    n0 [class=part shape=box3d tooltip="{outer}"]
    n1 [class=input shape=box tooltip="x, input&#10;data 2.0&#10;grad -4.0"]
    e0 [class=partial shape=plain label="-4" tooltip="local partial ∂outer/∂x = -4.0"]
    n1 -> e0 [dir=none tooltip="local partial ∂outer/∂x = -4.0"]
    e0 -> n0 [tooltip="local partial ∂outer/∂x = -4.0"]
}
""".replace(
    "{outer}",
    "outer, part&#10;x: data 2.0&#10;x: grad -4.0&#10;inner.w: data -5.0&#10;inner.w: grad 2.0&#10;"
    "output: data -8.0&#10;output: grad 1.0&#10;gradient norm: grad 2.0",
)


def tiny():
    """f = outer(x) = inner(x) + x, where inner(x) = w x: at w = -5, x = 2."""
    w = Value(-5.0, "outer.inner.w")

    @scope("inner", "doubling")
    def inner(x):
        return w * x

    @scope
    def outer(x):
        return inner(x) + x

    result = outer(Value(2.0, "x"))
    result.backward()
    return result


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize(("by", "golden"), [("operation", BY_OPERATION), ("neuron", BY_NEURON), ("layer", BY_LAYER)])
def test_a_tiny_graph_is_drawn_as_it_was_written_by_hand(by, golden, fold):
    """One sample has nothing to fold: with or without, it is the same picture."""
    assert structure(viz.to_dot(tiny(), by=by, fold=fold)) == structure(golden)
