"""The arithmetic of the player's page, run in a browser, against Python: numbers, replays with mistakes, paths."""

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from support.browser import BITS, Page, bits, from_bits
from support.drawn_graphs import neuron
from support.player_graphs import (
    ASSIGN,
    OPERAND,
    ORDER,
    SIGN,
    SWAP,
    UPSTREAM,
    ZERO,
    backwards,
    diamond,
    gradients,
    network,
    shared,
)
from support.random_programs import ENGINE, KINKED, SMOOTH, points, programs, run

import viz
from engine import Value, topological_order
from viz.notation import number

MISTAKES = [
    *(chosen for size in range(4) for chosen in itertools.combinations((ORDER, ASSIGN, ZERO), size)),
    *((SWAP,), (SIGN, OPERAND), (UPSTREAM,), (ORDER, SWAP, SIGN, OPERAND), (ZERO, ASSIGN, OPERAND, UPSTREAM)),
]

REPLAY = f"""{BITS}
const [given, mistakes] = arguments;
const edges = given.edges.map((edge) => ({{ ...edge, partial: fromBits(edge.partial) }}));
const nodes = given.nodes.map((node) => ({{ ...node, data: fromBits(node.data) }}));
const made = mistaken({{ nodes, edges }}, new Set(mistakes));
const {{ steps, gradients, seed, done }} = replay(made, new Set(mistakes));
const changes = steps.slice(seed).map(({{ node, before, after }}) => [node, bits(before), bits(after)]);
return [changes, gradients.map(bits), seed, done, steps.map(({{ kind }}) => kind)];
"""


@pytest.fixture(scope="module")
def page(driver, tmp_path_factory):
    """A page with the functions of the player in it."""
    opened = Page(driver, tmp_path_factory.mktemp("pages")).open(viz.player(neuron()[0]))
    yield opened
    assert opened.console() == []


def record(root):
    """What the replay needs of a graph, with all bits."""
    nodes = {node: place for place, node in enumerate(topological_order(root))}
    edges = [
        {"source": nodes[operand], "target": place, "partial": bits(partial), "place": use}
        for node, place in nodes.items()
        for use, (operand, partial) in enumerate(node.edges)
        if isinstance(operand, Value)
    ]
    return {"nodes": [_node(node) for node in nodes], "edges": edges}


def _node(node):
    """What the mistakes need of a node."""
    operation = {"operation": node.operation.name, "operands": [0] * len(node.operands)} if node.operation else {}
    return {"data": bits(node.data), **operation}


def written(page, numbers):
    """The numbers as the page writes them."""
    script = f"{BITS} const format = makeFormat('nan'); return arguments[0].map((digits) => format(fromBits(digits)));"
    return page.run(script, [bits(value) for value in numbers])


def random_floats():
    """Bit patterns of all kinds, numbers as computations give them, and each with a sign."""
    generator = random.Random(0)
    for _ in range(4000):
        yield from_bits(f"{generator.getrandbits(64):016x}")
        yield generator.uniform(-1, 1) * 10 ** generator.uniform(-9, 9)
        yield round(generator.uniform(-20_000, 20_000), generator.randrange(5))
        yield float(generator.randrange(-(10**7) - 100, 10**7 + 100))


def ties():
    """Numbers half-way between two of five digits, exactly where a float can be that, and their neighbours."""
    generator = random.Random(1)
    for _ in range(2000):
        middle = generator.randrange(10_000, 100_000) + 0.5
        for power in (0, *range(1, 20)):
            yield from (middle * 2.0**power, middle / 2.0**power)
        exact = Fraction(2 * generator.randrange(10_000, 100_000) + 1, 2) * Fraction(10) ** generator.randrange(-8, 17)
        yield float(exact)
        yield math.nextafter(float(exact), 0.0)
        yield math.nextafter(float(exact), math.inf)


CORNERS = [
    *(0.0, 1.0, 0.5, 1234.25, 1234.75, 12344.5, 12345.5, 123445.0, 99999.5, 99998.5, 0.00012345, 1e-4, 9.9999e-5),
    *(9.99995e-5, 0.000999995, 1e5, 100000.5, 9999999.0, 9999999.5, 1e7, 10000001.0, 1e16, 5e-324, 1e22, 1e23, 1e100),
    *(2.2250738585072014e-308, 1.7976931348623157e308, 1e-100, 1000.05, 10.0001, 1 / 3, math.inf, math.nan, 2.0**53),
]


@pytest.mark.parametrize("numbers", [lambda: CORNERS, random_floats, ties], ids=["corners", "random", "ties"])
def test_numbers_are_written_as_python_writes_them(page, numbers):
    values = list(numbers())
    values += [-value for value in values]
    expected = [number(value + 0.0) for value in values]  # -0.0 + 0.0 is 0.0
    triples = zip(values, written(page, values), expected, strict=True)
    assert [triple for triple in triples if triple[1] != triple[2]][:20] == []


def assert_replayed(page, root, mistakes):
    """The replay changes the same nodes as Python does, from and to the same bits."""
    nodes = topological_order(root)
    changes, left, seed, done, kinds = page.run(REPLAY, record(root), list(mistakes))
    expected = backwards(root, mistakes)
    shown = [(nodes[node], from_bits(before), from_bits(after)) for node, before, after in changes]
    assert [step[0] for step in shown] == [step.node for step in expected]
    pairs = zip(changes, expected, strict=True)
    assert all((before, after) == (bits(step.before), bits(step.after)) for (_, before, after), step in pairs)
    assert left == [bits(gradient) for gradient in gradients(root, mistakes).values()]
    results = sum(not node.is_leaf for node in nodes)
    assert kinds == ["start", *["forward"] * results, "seed", *["backward"] * len(record(root)["edges"])]
    assert seed == results + 1
    last = {step.node: seed + index for index, step in enumerate(expected)}
    assert done == [last.get(node, seed) for node in nodes]


any_program = programs([*SMOOTH, *KINKED])


@pytest.mark.parametrize("mistakes", MISTAKES, ids="+".join)
@settings(max_examples=30)
@given(any_program, points())
@example([("a * b", 0, 1), ("a * b", 0, 0), ("a + b", 0, 1)], [0.5, -0.25, 2.0])
def test_each_mistake_is_made_as_in_python(page, mistakes, program, point):
    assert_replayed(page, run(program, ENGINE, [Value(value) for value in point]), mistakes)


@pytest.mark.parametrize("mistakes", MISTAKES, ids="+".join)
@pytest.mark.parametrize(
    "root", [Value(3.0), shared(), neuron()[0], network()[0], diamond(60)[1], Value(1e308) * 1e10 * 0.0]
)
def test_graphs_of_every_shape_are_replayed_as_in_python(page, root, mistakes):
    assert_replayed(page, root, mistakes)


PATHS = f"""{BITS}
const [given, start, most] = arguments;
const edges = given.edges.map((edge) => ({{ ...edge, partial: fromBits(edge.partial) }}));
const record = {{ ...given, edges }};
const uses = usesOf(record);
return [uses, countPaths(record, uses).map(String), firstPaths(record, uses, start, most),
  [...edgesFrom(record, uses, start)].sort((a, b) => a - b)];
"""


def all_paths(edges, start, end):
    """Every way from a node to another, as a tuple of edges."""
    if start == end:
        yield ()
    for index, edge in enumerate(edges):
        if edge["source"] == start:
            yield from ((index, *rest) for rest in all_paths(edges, edge["target"], end))


@pytest.mark.parametrize("depth", [0, 1, 5, 53, 64, 200])
def test_there_are_two_to_the_power_of_its_depth_paths_through_a_diamond(page, depth):
    _, root = diamond(depth)
    _, counts, paths, edges = page.run(PATHS, record(root), 0, 8)
    assert counts == [str(2 ** (depth - place)) for place in range(depth + 1)]
    assert len(paths) == len({tuple(path) for path in paths}) == min(8, 2**depth)
    assert all(len(path) == depth for path in paths)
    assert edges == [*range(2 * depth)]


@given(programs(["a + b", "a * b", "tanh(a)", "a - b"]), points())
def test_the_products_along_all_paths_add_up_to_the_gradient(page, program, point):
    root = run(program[:8], ENGINE, [Value(value) for value in point])
    root.backward()
    nodes, given_record = topological_order(root), record(root)
    edges = given_record["edges"]
    for place, node in enumerate(nodes):
        uses_found, counts, paths, edges_found = page.run(PATHS, given_record, place, 5000)
        expected = [*all_paths(edges, place, len(nodes) - 1)]
        assert sorted(map(tuple, paths)) == sorted(expected)
        assert int(counts[place]) == len(expected)
        assert edges_found == sorted({edge for path in expected for edge in path})
        assert uses_found[place] == [i for i, edge in enumerate(edges) if edge["source"] == place]
        products = [math.prod(from_bits(edges[edge]["partial"]) for edge in path) for path in expected]
        size = math.fsum(map(abs, products))
        assert math.fsum(products) == pytest.approx(node.grad, rel=1e-9, abs=1e-9 * size)
