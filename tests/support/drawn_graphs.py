"""What the tests of drawings share: graphs, outlines read by name, and which part each node is in."""

import itertools
import math

import nn
from engine import Value, topological_order
from examples.tutorial import X, y
from nn import MLP
from viz.graphs.outline import outline as outline_of
from viz.graphs.parts import path_of
from viz.record import Record

# Texts that mean something to DOT, HTML, JSON, JavaScript or Python, or are hard to draw. None is so long that it would
# be shortened.
HOSTILE = [
    *('<b>&"x', "<>", "{a|<p>b}", "}", "];", "]", "a ]", "--", "-->", "]]>", "[CDATA[", "<!--", "a.b-c", "'x'"),
    *("\\n", "\\N", "\\", "\\\\", '\\"', "a\\nb \\l \\", "\\1 \\g<0> \\u003c", "&amp;&#60;", "&lt;&#955;", "%s {0} $1"),
    *("graph", "node", "cluster_0", "charset=latin-1", 'charset="latin-1"', "{{record}}", "{{title}}", "`${1}`"),
    *("</script>", "<script>hack=1</script>", "<!--<script>", "</SCRIPT ><b>", "<svg onload=hack=1>"),
    *("💥", "👩\u200d🔬 日本 β₁ →", "שלום", "  two  spaces "),
]

SCALES = ("operation", "neuron", "layer")
OPTIONS = list(itertools.product(SCALES, (False, True)))
XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def outline(value, parameters=(), **options):
    """What a drawing of a Value, or of several, shows."""
    roots = value if isinstance(value, (list, tuple)) else [value]
    return outline_of(Record(roots, parameters), **options)


def drawn_nodes(value, **options):
    """The nodes by name."""
    return {node.name: node for node in outline(value, **options).nodes}


def arrows(drawn):
    """{(operand, result): partials} by name, for drawings in which no two edges have both in common."""
    names = [node.name for node in drawn.nodes]
    found = {(names[edge.source], names[edge.target]): edge.partials for edge in drawn.edges}
    assert len(found) == len(drawn.edges)
    return found


def rows_of(node):
    """(data, gradients) of each row of numbers, by name."""
    return {row.name: (row.data, row.gradients) for row in node.rows}


def flat(rows):
    """The entries of all rows."""
    return list(itertools.chain(*rows))


def between(results, inputs=()):
    """What was computed on the way from inputs to results, and the leaves used there: two walks, the oracle here."""
    return set(topological_order(*results)) - set(topological_order(*inputs))


def parts_of(*roots):
    """The parts of the graph under some Values."""
    return Record(roots).parts


def places(*roots):
    """The path of the part of each node, "" outside of all."""
    parts = parts_of(*roots).of
    return {node: path_of(parts[node]) if node in parts else "" for node in topological_order(*roots)}


def members(*roots):
    """The nodes by the path of their part."""
    found = {}
    for node, path in places(*roots).items():
        found.setdefault(path, set()).add(node)
    return found


def network(sizes=(2, 3, 1), seed=3):
    """A network whose biases are not zero, so that a bias that is lost would be seen."""
    model = MLP(list(sizes), seed=seed)
    for index, parameter in enumerate(model.parameters()):
        parameter.data += 0.1 * math.sin(index + 1)
    return model


def whole_batch(model, samples=range(4)):
    """The differentiated loss on samples of XOR, which are plain numbers."""
    loss = nn.binary_cross_entropy([model(X[i].tolist()) for i in samples], [y[i, 0] for i in samples])
    model.zero_grad()
    loss.backward()
    return loss


def neuron():
    """o = tanh(x1 w1 + x2 w2 + b), and its parameters: every number is used once."""
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.8813735870195432, "b")
    output = (x1 * w1 + x2 * w2 + b).tanh()
    output.label = "o"
    return output, [w1, w2, b]
