"""Drawings by neuron and by layer: their numbers against matrices, closed forms, jacobians and the chain rule."""

import math
import re

import numpy as np
import pytest
from support.drawn_graphs import OPTIONS, SCALES, arrows, drawn_nodes, network, outline, rows_of, whole_batch
from support.xor_in_matrices import forward, gradient, in_matrices

import engine
import nn
import viz
from engine import Value, gradients, scope
from examples.tutorial import X, y
from viz.graphs.outline import MOST_PRODUCTS


def on_both_sides():
    """The loss of a network on all samples; in matrices its parameters, what its layers answer, and the gradient."""
    model = network()
    matrices = in_matrices(model)
    return whole_batch(model), matrices, *forward(matrices, X), gradient(matrices, X, y)


def test_the_rows_of_every_neuron_are_those_of_the_matrices():
    loss, matrices, hidden, answers, slopes = on_both_sides()
    delta2 = (answers - y) / 4
    by_hidden = delta2 @ matrices["W2"].T
    nodes = drawn_nodes(loss, by="neuron")
    for k in range(3):
        node = nodes[f"layer0.neuron{k}"]
        rows = rows_of(node)
        assert (node.role, node.expression) == ("part", "tanh")
        assert rows["input 0"] == (tuple(X[:, 0]), ())
        assert rows["input 1"] == (tuple(X[:, 1]), ())
        for i in range(2):
            assert rows[f"w[{i}]"][0] == (matrices["W1"][i, k],)
            assert rows[f"w[{i}]"][1] == pytest.approx((slopes["W1"][i, k],), rel=1e-12)
        assert rows["b"][0] == (matrices["b1"][0, k],)
        assert rows["b"][1] == pytest.approx((slopes["b1"][0, k],), rel=1e-12)
        assert rows["output (4)"][0] == pytest.approx(tuple(hidden[:, k]), rel=1e-12)
        assert rows["output (4)"][1] == pytest.approx(tuple(by_hidden[:, k]), rel=1e-12)
        norm = np.linalg.norm([*slopes["W1"][:, k], slopes["b1"][0, k]])
        assert rows["gradient norm"] == ((), pytest.approx((norm,), rel=1e-12))
        assert node.gradient == pytest.approx(norm, rel=1e-12)
    assert rows_of(nodes["layer1.neuron0"])["output (4)"][0] == pytest.approx(tuple(answers[:, 0]), rel=1e-12)


def test_the_rows_of_a_layer_are_those_of_the_matrices():
    loss, matrices, hidden, _, slopes = on_both_sides()
    nodes = drawn_nodes(loss, by="layer")
    rows = rows_of(nodes["layer0"])
    assert rows["w (6)"][0] == tuple(matrices["W1"].T.ravel()), "in the order of neurons, then inputs"
    assert rows["w (6)"][1] == pytest.approx(tuple(slopes["W1"].T.ravel()), rel=1e-12)
    assert rows["b (3)"][0] == tuple(matrices["b1"][0])
    assert rows["b (3)"][1] == pytest.approx(tuple(slopes["b1"][0]), rel=1e-12)
    assert sorted(rows["output (12)"][0]) == pytest.approx(sorted(hidden.ravel()), rel=1e-12)
    norm = math.sqrt((slopes["W1"] ** 2).sum() + (slopes["b1"] ** 2).sum())
    assert rows["gradient norm"] == ((), pytest.approx((norm,), rel=1e-12))
    assert nodes["layer1"].expression == "sigmoid"
    assert sorted(nodes) == ["binary_cross_entropy", "layer0", "layer1"]


@pytest.mark.parametrize("collection", [list, np.array])
def test_rows_have_a_gradient_after_backward_and_so_have_inputs_that_are_values(collection):
    x = [Value(0.75, "x0"), Value(-1.25, "x1")]
    loss = nn.binary_cross_entropy([network()(collection(x))], [1.0])
    for node in [*drawn_nodes(loss, by="neuron").values(), *drawn_nodes(loss, by="layer").values()]:
        assert node.gradient is None
        assert not any(row.gradients for row in node.rows)
        assert all(row.gradients is None for row in node.rows if row.name == "gradient norm")
    loss.backward()
    rows = rows_of(drawn_nodes(loss, by="neuron")["layer0.neuron1"])
    assert [rows["x0"], rows["x1"]] == [((0.75,), (x[0].grad,)), ((-1.25,), (x[1].grad,))]


def test_the_derivatives_through_a_layer_are_its_jacobian():
    model = network((2, 3, 2))
    x = [Value(0.75, "x0"), Value(-1.25, "x1")]
    hidden = model.layers[0].forward(x)
    found = arrows(outline(model.layers[1].forward(hidden), by="layer"))
    first = np.array(engine.jacobian(lambda *x: model.layers[0].forward(list(x)))(*[leaf.data for leaf in x]))
    second = np.array(engine.jacobian(lambda *h: model.layers[1].forward(list(h)))(*[node.data for node in hidden]))
    for i in range(2):
        assert found[f"x{i}", "layer0"] == pytest.approx(tuple(first[:, i]), rel=1e-12)
    assert found["layer0", "layer1"] == pytest.approx(tuple(second.ravel()), rel=1e-12), "row by row"


@pytest.mark.parametrize("by", SCALES)
def test_the_chain_rule_holds_between_what_is_drawn(by):
    """The gradient of a node is Σ upstream · partial over its edges: here each node has one result."""
    model = network((2, 1, 3, 1)) if by == "neuron" else network((2, 1, 1, 1))
    x = [Value(0.75, "x0"), Value(-1.25, "x1")]
    loss = nn.binary_cross_entropy([model(x)], [1.0])
    total = loss * loss + x[0] * loss
    by_hand = [slope.data for slope in gradients(total, x)]
    total.backward()
    drawn = outline(total, by=by)

    def upstream(node):
        outputs = [row for row in node.rows if row.name.startswith("output")] or node.rows
        ((gradient,),) = [row.gradients for row in outputs]
        return gradient

    sums = dict.fromkeys(range(len(drawn.nodes)), 0.0)
    for edge in drawn.edges:
        (partial,) = edge.partials
        sums[edge.source] += partial * upstream(drawn.nodes[edge.target])
    for index, node in enumerate(drawn.nodes):
        if node.role != "result":
            assert sums[index] == pytest.approx(upstream(node), rel=1e-9, abs=1e-15)
    leaves = {node.name: sums[index] for index, node in enumerate(drawn.nodes)}
    assert [leaves["x0"], leaves["x1"]] == pytest.approx(by_hand, rel=1e-9)


def test_a_derivative_that_does_not_exist_goes_on_through_a_part():
    root = scope("root")(lambda x: 2 * engine.sqrt(x))
    assert '" undefined "' in viz.to_dot(root(Value(0.0, "x")), by="neuron")


def test_beyond_a_number_of_products_a_part_has_no_derivative():
    @scope("long")
    def long(x):
        results = []
        for _ in range(500):
            x = x * 1.0001
            results.append(x)
        return results

    x = Value(1.0, "x")
    assert MOST_PRODUCTS < 500 * 500
    drawn = outline(long(x), by="neuron")
    assert arrows(drawn) == {("x", "long"): ()}
    assert "x is used in long" in viz.to_dot(long(x), by="neuron")


@pytest.mark.parametrize(("by", "fold"), OPTIONS)
def test_what_the_cap_proposes_fits(by, fold):
    loss = whole_batch(network())
    count = len(outline(loss, by=by, fold=fold).nodes)
    fewest = min(len(outline(loss, by=scale, fold=folded).nodes) for scale, folded in OPTIONS)
    for cap in sorted({fewest - 1, fewest, 8, count - 1}):
        if cap < count:
            with pytest.raises(
                ValueError, match=rf"^the drawing would have {count} nodes, .* max_nodes={cap}: "
            ) as caught:
                outline(loss, by=by, fold=fold, max_nodes=cap)
            message = str(caught.value)
            proposed = re.findall(r"(?:with|or) ((?:by|fold)=\S+(?:, fold=True)?) \((\d+) nodes\)", message)
            assert bool(proposed) == (cap >= fewest)
            for options, fewer in proposed:
                drawn = eval(f"outline(loss, {options}, max_nodes={cap})", {"outline": outline, "loss": loss})
                assert len(drawn.nodes) == int(fewer) <= cap
            assert message.endswith(f"max_nodes={count}")
            assert len(outline(loss, by=by, fold=fold, max_nodes=count).nodes) == count
