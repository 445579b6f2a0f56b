"""`LiveGraph`, which computes a graph anew in the page: random graphs of all primitives, against the engine."""

import importlib

import pytest
from hypothesis import example, given, settings
from support.browser import BITS, Page, bits
from support.drawn_graphs import neuron
from support.live_graphs import again, failing_place, state
from support.random_programs import ENGINE, KINKED, SMOOTH, points, programs, run

import engine
import viz
from engine import Value, primitives_table, topological_order
from engine.extend import javascript_primitives, operation_key
from engine.operations import OPERATIONS

COMPUTE = f"""{BITS}
const [given, changed] = arguments;
for (const node of given.nodes) node.data = fromBits(node.data);
for (const edge of given.edges) edge.partial = fromBits(edge.partial);
for (const operand of given.nodes.flatMap(({{ operands = [] }}) => operands)) {{
  if (operand.number) operand.number = fromBits(operand.number);
}}
const live = new LiveGraph(given, PRIMITIVES);
for (const [node, digits] of changed) live.set(node, fromBits(digits));
live.evaluate();
return [live.isExact, live.failure && live.failure.node, [
  given.nodes.map(({{ data }}) => bits(data)),
  given.edges.map(({{ partial, cut }}) => [bits(partial), cut]),
  replay(given).gradients.map(bits),
]];
"""


@pytest.fixture(scope="module")
def page(driver, tmp_path_factory):
    """A player's page that knows all primitives."""
    keys = [key for row in OPERATIONS.values() for key in (row.key, *(other.key for other in row.written.values()))]
    with pytest.MonkeyPatch.context() as patch:
        module = importlib.import_module("viz.player")
        patch.setattr(module, "javascript_primitives", lambda _names: javascript_primitives(keys))
        made = viz.player(neuron()[0])
    opened = Page(driver, tmp_path_factory.mktemp("pages")).open(made)
    yield opened
    assert opened.console() == []


def record(root):
    """The graph as a page has it, with all bits."""
    places = {node: place for place, node in enumerate(topological_order(root))}
    data, partials, _ = state(root)
    nodes, edges = [], []
    for node, place in places.items():
        nodes.append({"data": data[place]})
        if not node.is_leaf:
            operands = [places[x] if isinstance(x, Value) else {"number": bits(x)} for x in node.operands]
            nodes[-1] |= {"operation": operation_key(node), "operands": operands}
        for index, operand in enumerate(node.operands):
            if isinstance(operand, Value):
                partial, is_cut = partials[len(edges)]
                source = places[operand]
                edges.append({"source": source, "target": place, "place": index, "partial": partial, "cut": is_cut})
    return {"nodes": nodes, "edges": edges}


def assert_follows(page, root, numbers):
    """The page has all numbers at another point; where a node has none, it names that one and keeps the others."""
    leaves = [place for place, node in enumerate(topological_order(root)) if node.is_leaf]
    changed = dict(zip(leaves, numbers, strict=False))
    failing = failing_place(root, changed)
    expected = state(root if failing is not None else again(root, changed))
    is_exact, failed, found = page.run(COMPUTE, record(root), [[place, bits(x)] for place, x in changed.items()])
    assert is_exact, "as recorded, it has the bits of the record"
    assert failed == failing
    assert found == expected


@settings(max_examples=150)
@given(programs([*SMOOTH, *KINKED]), points(), points())
@example([("relu(a)", 0, 0)], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0])
def test_a_random_graph_follows_to_another_point(page, program, start, end):
    assert_follows(page, run(program, ENGINE, [Value(value) for value in start]), end)


FRAGILE = [
    lambda x, y: engine.log(x) * y,
    lambda x, y: 1 / x + y / (x - y),
    lambda x, y: engine.sqrt(x) + engine.sqrt(x * y),
    lambda x, y: x**y + x**2.5 + x**2 + x**-1 + x**0.5 + x**3 + 2**y,
    lambda x, y: engine.exp(engine.exp(x)) - y * 1e308 * y,
    lambda x, y: engine.where(engine.step(x - 1), engine.log(engine.maximum(x, 1e-3)), y) * x,
    lambda x, y: engine.relu(x) * engine.log(y) + engine.abs(y - x),
]
NUMBERS = [
    [0.5, 0.25, 2.0],
    [-1.5, 0.25, -0.0],
    [0.0, 0.0, 1.0],
    [3.0, 3.0, 1.0],
    [1000.0, -2.0, 0.5],
    [-0.0, 1e-9, 3.0],
]


@pytest.mark.parametrize("make", FRAGILE, ids=["log", "div", "sqrt", "pow", "exp", "where", "relu"])
def test_a_graph_follows_or_says_which_node_has_no_value(page, make):
    root = make(Value(1.25, "x"), Value(0.75, "y"))
    for numbers in NUMBERS:
        assert_follows(page, root, numbers)


@pytest.mark.parametrize("row", primitives_table(), ids=lambda row: row.name)
def test_every_primitive_is_computed_anew(page, row):
    function = getattr(ENGINE, row.name)
    start = {"atanh": 0.25, "acosh": 2.5}.get(row.name, 0.7)
    root = function(*(Value(start + 0.1 * place) for place in range(len(row.operand_names))))
    for numbers in NUMBERS:
        assert_follows(page, root, numbers)
