"""Drawings with samples folded, and graphs of any shape: how many nodes there are, what is in them and between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_graphs import OPTIONS, SCALES, arrows, drawn_nodes, network, outline, parts_of, whole_batch
from support.player_graphs import diamond
from support.random_programs import ENGINE, KINKED, SMOOTH, points, programs, run
from support.xor_in_matrices import forward, in_matrices

import engine
import nn
from engine import Value, scope, topological_order
from examples.tutorial import X, y
from nn import MLP, Neuron

# Of each layer: weights, biases, weighted sums, activations; of the loss: 1 - p, the logarithms for targets of 0 and
# those for targets of 1, their sum and the mean.
FOLDED_XOR = 2 * 4 + 1 + 2 + 2


@pytest.mark.parametrize("hidden", [3, 8])
def test_the_whole_batch_folded_has_a_node_for_all_neurons_and_samples_with_their_numbers_in_order(hidden):
    model = network((2, hidden, 1))
    drawn = outline(whole_batch(model), fold=True)
    nodes = {node.name: node for node in drawn.nodes}
    activations, answers = forward(in_matrices(model), X)
    assert len(drawn.nodes) == FOLDED_XOR
    last = hidden - 1
    trained = {node.name: node.dims for node in drawn.nodes if node.role == "parameter"}
    assert trained == {
        f"layer0.neuron0…{last}.w[0…1]": (hidden, 2),
        f"layer0.neuron0…{last}.b": (hidden,),
        f"layer1.neuron0.w[0…{last}]": (hidden,),
        "layer1.neuron0.b": (),
    }
    weights = nodes[f"layer0.neuron0…{last}.w[0…1]"].rows[0]
    assert weights.data == tuple(in_matrices(model)["W1"].T.ravel())
    (tanh,) = [node for node in drawn.nodes if node.expression.startswith("tanh")]
    by_hidden = (answers - y) / 4 @ in_matrices(model)["W2"].T
    assert (tanh.dims, tanh.part.name) == ((4, hidden), "layer0")
    assert tanh.rows[0].data == pytest.approx(tuple(activations.ravel()), rel=1e-12)
    assert tanh.rows[0].gradients == pytest.approx(tuple(by_hidden.ravel()), rel=1e-12)
    (answer,) = [place for place, node in enumerate(drawn.nodes) if node.expression.startswith("sigmoid")]
    assert drawn.nodes[answer].rows[0].data == pytest.approx(tuple(answers[:, 0]), rel=1e-12)
    into = {drawn.nodes[edge.source].name: edge for edge in drawn.edges if edge.target in (answer, answer - 1)}
    total = drawn.nodes[answer - 1]
    assert total.expression == f"b + Σ w * {tanh.name}", "the products are written in the sum"
    assert into[total.name].partials == pytest.approx(tuple((answers * (1 - answers))[:, 0]), rel=1e-12)
    assert into[f"layer1.neuron0.w[0…{last}]"].partials == pytest.approx(tuple(activations.ravel()), rel=1e-12)
    assert into[tanh.name].partials == tuple(in_matrices(model)["W2"].ravel()) * 4
    assert sorted(edge.partials for edge in drawn.edges if edge.source == answer)[0] == (-1.0, -1.0)


def test_what_is_written_in_place_of_operands():
    h = [engine.tanh(Value(float(index), f"x{index}")) for index in range(4)]
    picked = outline([*h, h[1] * 2], fold=True).nodes[-1]
    assert picked.expression == "v1[1] * 2", "one of many has its index"
    w = [Value(1.5, name) for name in ("a", "b", "c", "d")]
    squares = outline(sum(x * x for x in w) + engine.sin(w[0]) * 0.5, fold=True).nodes
    assert "Σ (a, …) * (a, …)" in squares[-1].expression, "leaves of several nodes"


@pytest.mark.parametrize("count", [2, 4, 100])
def test_the_mean_over_samples_is_one_sum_however_many_they_are(count):
    model = MLP([1, 1])
    inputs = [[Value(index / count, "x")] for index in range(count)]
    loss = nn.mean_squared_error([model(x) for x in inputs], [0.25] * count)
    nodes = outline(loss, fold=True).nodes
    assert len(nodes) == 1 + 2 + 3 + 1 + 2, "x; w, b; product, sum, sigmoid; error; sum of squares, mean"
    assert [node.size for node in nodes if node.role == "input"] == [count]
    (mean,) = [node for node in nodes if node.role == "result"]
    assert mean.expression.endswith(f" / {count}")
    assert mean.rows[0].data == (loss.data,)
    (total,) = [node for node in nodes if node.rows[0].data == pytest.approx((loss.data * count,), rel=1e-12)]
    assert total.expression.startswith("Σ v")


def test_what_differs_in_role_operations_or_where_it_is_used_is_not_one_node():
    x, t, u, v = (Value(index + 1.0, name) for index, name in enumerate("xtuv"))
    value = engine.tanh(u * 2) + engine.tanh(v * 2)
    assert len(outline(value, fold=True, parameters=[u]).nodes) == 7
    assert len(outline(value, fold=True, parameters=[u, v]).nodes) == 4, "two neurons"
    assert len(outline(value, fold=True).nodes) == 4, "two samples"
    assert len(outline(engine.tanh(x) * engine.sin(t), fold=True).nodes) == 5
    assert len(outline(engine.tanh(engine.tanh(x)) * engine.tanh(engine.sin(t)), fold=True).nodes) == 7
    assert sorted(drawn_nodes(x - t, fold=True)) == ["t", "v1", "x"]


def test_how_sums_are_written():
    x = Value(2.0, "x")
    assert outline(x + x + x, fold=True).nodes[-1].expression == "3 × x"
    squares = [Value(float(i)) ** 2 for i in range(3)]
    assert outline(sum(squares[1:], squares[0]), fold=True).nodes[-1].expression in ("Σ v1", "Σ x1 * x1")
    assert outline(sum(squares), fold=True).nodes[-1].expression in ("Σ v1", "Σ x1 * x1"), "not 0 + …"
    functions = (engine.sin, engine.cos, engine.tanh, engine.exp, engine.sigmoid, engine.atan)
    total = outline(sum((f(x) for f in functions[1:]), functions[0](x)), fold=True).nodes[-1]
    assert total.expression == "sum of 6 terms"
    assert total.rows[0].data == pytest.approx((sum(float(f(2.0)) for f in functions),))


def test_a_sum_with_a_label_with_two_uses_or_given_by_a_part_stays():
    x, t, s = Value(1.0, "x"), Value(2.0, "t"), Value(3.0, "s")
    named, used = x + t, x + t
    named.label = "named"
    assert "named" in drawn_nodes(named + s, fold=True)
    assert len(outline((used + s) * used, fold=True).nodes) == 6
    output = Neuron(2, "linear", label="unit")([x, t])
    nodes = outline(output + s, fold=True).nodes
    sums = {(node.part.name if node.part else "", node.rows[0].data) for node in nodes if "+" in node.expression}
    assert sums == {("unit", (output.data,)), ("", (output.data + 3.0,))}


def test_nodes_alike_in_two_parts_are_drawn_around_both():
    halves = [scope(name)(lambda x: engine.tanh(x) * 0.5) for name in ("left", "right")]
    results = [half(Value(float(index), "x")) for index, half in enumerate(halves)]
    assert {node.part for node in outline(results, fold=True).nodes} == {None}
    both = scope("both")(lambda x, t: [halves[0](x), halves[1](t)])
    nodes = outline(both(Value(1.0, "x"), Value(2.0, "t")), fold=True).nodes
    assert {(node.part.name if node.part else "", node.size) for node in nodes} == {("", 2), ("both", 2)}


@pytest.mark.parametrize(("by", "fold"), OPTIONS)
def test_a_deep_diamond(by, fold):
    """2⁶⁰ ways lead through it; the derivative of the whole, 2⁶⁰, is exact in floats."""
    result = scope("diamond")(lambda x: diamond(60, x)[1])(Value(1.0, "x"))
    drawn = outline(result, by=by, fold=fold)
    if by == "operation":
        assert len(drawn.nodes) == 61
        assert sum(len(edge.partials) for edge in drawn.edges) == 120
    else:
        assert arrows(drawn) == {("x", "diamond"): (2.0**60,)}


@pytest.mark.slow
def test_twenty_thousand_nodes_are_refused_folded_or_one_part():
    @scope
    def long(x):
        for _ in range(20_000):
            x = x * 1.0
        return x

    chain, sums = long(Value(2.0, "x")), Value(1.0, "x")
    for _ in range(20_000):
        sums = sums + 1.0
    for fold in (False, True):
        with pytest.raises(ValueError, match="would have 20001 nodes"):
            outline(chain, fold=fold)
    assert len(outline(sums, fold=True).nodes) == 2
    drawn = outline(chain, by="layer")
    assert arrows(drawn) == {("x", "long"): (1.0,)}
    assert {node.name: node.size for node in drawn.nodes} == {"x": 1, "long": 20_000}


any_program = programs([*SMOOTH, *KINKED])


part = scope("part")(lambda a, b: engine.tanh(a * b))
around = scope("around")(lambda a, b: part(a, b) + a)


def drawable(program, point):
    """The result of a program in which every other instruction is a call of a part."""
    results = [Value(number, f"x{index}") for index, number in enumerate(point)]
    for place, (name, first, second) in enumerate(program):
        a, b = results[-1 - first % len(results)], results[-1 - second % len(results)]
        results.append([run([(name, 0, 1)], ENGINE, [b, a]), part(a, b), around(a, b)][place % 3])
    return results[-1]


def fewer_nodes(result):
    """How many additions only lead to another one in the same part, and with them products that only lead there."""
    order = topological_order(result)
    part_of = parts_of(result).of
    uses = {node: [] for node in order}
    for node in order:
        for operand in node.operands:
            if isinstance(operand, Value):
                uses[operand].append(node)
    adds = {node for node in order if node.operation is not None and node.operation.name == "add"}
    once = {node: users[0] for node, users in uses.items() if len(users) == 1}
    inside = [node for node, user in once.items() if user in adds and part_of.get(node) is part_of.get(user)]
    products = [node for node in inside if node.operation is not None and node.operation.name in ("mul", "neg")]
    additions = sum(node in adds for node in inside)
    return additions, additions + len(products)


@given(any_program, points(), st.booleans())
def test_every_value_and_edge_of_a_random_graph_is_in_one_node_and_everything_leads_to_the_result(
    program, point, differentiated
):
    result = drawable(program, point)
    if differentiated:
        result.backward()
    order = topological_order(result)
    most, fewest = (len(order) - fewer for fewer in fewer_nodes(result))
    expected = sorted(partial for node in order for partial in node.partials if partial is not None)
    nodes = {}
    for by, fold in OPTIONS:
        drawn = outline(result, max_nodes=10_000, by=by, fold=fold)
        count = sum(node.size for node in drawn.nodes)
        nodes[by, fold] = len(drawn.nodes)
        assert fewest <= count <= len(order) if fold else count == len(order)
        if by == "operation":
            partials = sorted(partial for edge in drawn.edges for partial in edge.partials)
            assert len(partials) <= len(expected) if fold else partials == expected
            assert count <= most or not fold
        assert len({node.name for node in drawn.nodes}) == len(drawn.nodes)
        assert {node.part for node in drawn.nodes} <= {None, *drawn.parts}
        ends = {index for index, node in enumerate(drawn.nodes) if node.role in ("result", "part")}
        reached = {edge.source for edge in drawn.edges} | ends
        assert reached == set(range(len(drawn.nodes))) or len(drawn.nodes) == 1
    assert all(nodes[by, True] <= nodes[by, False] for by in SCALES)
