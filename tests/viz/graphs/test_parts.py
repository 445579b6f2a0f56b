"""Which part of a computation a node is drawn in, against walks from the results of each part back to its inputs."""

import itertools

import pytest
from support.drawn_graphs import XOR, between, drawn_nodes, flat, members, outline, parts_of, places

import engine
import nn
from engine import Value, scope, topological_order
from nn import MLP, Layer, Neuron
from viz.graphs.parts import path_of


@pytest.mark.parametrize("computed", [False, True], ids=["given inputs", "computed inputs"])
def test_every_neuron_has_its_own_nodes_and_only_these(computed):
    model = MLP([2, 3, 1])
    leaves = [[Value(number) for number in row] for row in XOR]
    mean = sum(flat(leaves)) / 8
    batch = [[x - mean for x in row] for row in leaves] if computed else leaves
    hidden_layer, output_layer = model.layers
    hidden = [hidden_layer.forward(row) for row in batch]
    answers = [output_layer.forward(row)[0] for row in hidden]
    loss = nn.binary_cross_entropy(answers, [0, 1, 1, 0])

    oracle = {f"layer0.neuron{k}": between([row[k] for row in hidden], flat(batch)) for k in range(3)}
    oracle["layer1.neuron0"] = between(answers, flat(hidden))
    oracle["binary_cross_entropy"] = between([loss], answers)
    oracle[""] = set(topological_order(*flat(batch)))
    assert members(loss) == oracle
    assert sum(map(len, oracle.values())) == len(topological_order(loss)), "each node is in one part"


@scope
def twice(x):
    return x * 2


@scope
def middle(x):
    return twice(x) + 1


@scope
def outer(x):
    return engine.exp(middle(-x))


def test_nested_scopes_are_around_each_other_and_one_function_in_two_places_is_two_parts():
    x = Value(1.0)
    result = outer(x)
    total, product = result.operands[0], result.operands[0].operands[0]
    assert places(result) == {
        x: "",
        product.operands[0]: "outer",
        product: "outer.middle.twice",
        total: "outer.middle",
        result: "outer",
    }
    passed = scope("passing")(lambda x: twice(x))(x)
    assert places(passed)[passed] == "passing.twice", "what one scope returns from another is in the inner one"
    assert set(members(middle(outer(twice(x))))) == {
        *("", "twice", "outer", "outer.middle", "outer.middle.twice", "middle", "middle.twice")
    }


def test_a_function_that_calls_itself_is_one_part():
    @scope
    def power(x, times):
        return power(x, times - 1) * x if times else x * 1.0

    x = Value(1.5, "x")
    result = power(x, 4)
    assert members(result) == {"": {x}, "power": between([result], [x])}
    (part,) = set(parts_of(result).of.values())
    assert part.parent is None


def test_a_recurrent_cell_is_one_part_that_feeds_itself():
    w, u = Value(0.5, "w"), Value(0.25, "u")

    @scope
    def cell(state, x):
        return engine.tanh(state * w + x * u)

    start, *inputs = (Value(float(t), f"x{t}") for t in range(4))
    states = list(itertools.accumulate(inputs, cell, initial=start))
    assert members(states[-1]) == {"cell": between([states[-1]], [start, *inputs]), "": {start, *inputs}}
    parts = parts_of(states[-1])
    (part,) = set(parts.of.values())
    assert [list(call) for call in part.calls] == [list(pair) for pair in zip(states[:-1], inputs, strict=True)]
    assert {operand for operand, _ in parts.crossing} == {*states[:-1], *inputs}
    drawn = outline(states[-1], by="neuron")
    (itself,) = [edge for edge in drawn.edges if edge.source == edge.target]
    assert drawn.nodes[itself.source].name == "cell"
    slopes = [0.5 * (1 - state.data**2) for state in states[2:]]
    assert sorted(itself.partials) == pytest.approx(sorted(slopes), rel=1e-12)


def test_a_weight_of_two_neurons_belongs_to_their_layer_and_one_of_two_layers_to_neither():
    layer = Layer(1, 2, label="layer0")
    tied = layer.neurons[0].w[0]
    layer.neurons[1].w = [tied]
    results = layer([Value(0.5, "x")])
    assert places(*results)[tied] == "layer0"
    assert places(*results)[layer.neurons[0].b] == "layer0.neuron0"
    model = MLP([1, 1, 2])
    tied = model.layers[0].neurons[0].w[0]
    for neuron in model.layers[1].neurons:
        neuron.w = [tied]
    results = model([Value(0.5, "x")])
    assert tied in parts_of(*results).parameters
    assert places(*results)[tied] == ""
    for by in ("neuron", "layer"):
        drawn = outline(results, by=by)
        names = [node.name for node in drawn.nodes]
        arrows = {(names[edge.source], names[edge.target]) for edge in drawn.edges}
        assert (tied.label, "layer0" if by == "layer" else "layer0.neuron0") in arrows
        assert not any((target, source) in arrows for source, target in arrows), "nothing flows back"


def test_two_networks_with_equal_names_stay_apart():
    x = Value(0.5, "x")
    first, second = (MLP([1, 2, 1], seed=seed)(x) for seed in (1, 2))
    parts = parts_of(first + second).of
    of_a, of_b = ({part for node, part in parts.items() if node in between([root], [x])} for root in (first, second))
    assert of_a.isdisjoint(of_b)
    assert sorted(map(path_of, of_a)) == sorted(map(path_of, of_b))
    for by, count in (("neuron", 3), ("layer", 2)):
        assert len(drawn_nodes(first + second, by=by)) == 2 * count + 2


def test_what_a_function_takes_from_around_it_is_its_own_unless_it_is_used_outside():
    weight = Value(3.0, "weight")
    square = weight * weight
    alone = scope("scaled")(lambda x: square * x)(Value(1.0))
    assert places(alone)[square] == "scaled"
    assert parts_of(alone).parameters == {weight}
    shared = alone + square
    assert places(shared)[square] == places(shared)[weight] == ""


def test_a_penalty_leaves_the_weights_in_their_neurons():
    model = MLP([2, 2, 1])
    x = [Value(0.5, "x0"), Value(-0.5, "x1")]
    hidden = model.layers[0].forward(x)
    (answer,) = model.layers[1].forward(hidden)
    cost = nn.l2_penalty(model.parameters(), 0.1)
    loss = nn.mean_squared_error([answer], [1]) + cost
    found, drawn = members(loss), drawn_nodes(loss, by="neuron")
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    names = ("layer0.neuron0", "layer0.neuron1", "layer1.neuron0")
    for name, neuron, output in zip(names, neurons, [*hidden, answer], strict=True):
        assert set(neuron.parameters()) < found[name]
        assert {"w[0]", "b", "gradient norm"} < {row.name for row in drawn[name].rows}
        (row,) = [row for row in drawn[name].rows if row.name.startswith("output")]
        assert row.data == (output.data,), "the output of a neuron is its activation, not a weight that is handed on"
    assert found["l2_penalty"] == between([cost], model.parameters())
    assert parts_of(loss).parameters == set(model.parameters())
    assert found[""] == {*x, loss}
    assert [drawn_nodes(nn.l2_penalty(x))[name].role for name in ("x0", "x1")] == ["input", "input"]


def test_a_scope_around_a_network_is_around_its_layers():
    model = MLP([2, 2, 1])
    answer = scope("net", "two layers")(model.__call__)([Value(0.5, "x0"), Value(-0.5, "x1")])
    neurons = ["net.layer0.neuron0", "net.layer0.neuron1", "net.layer1.neuron0"]
    assert set(members(answer)) == {"", *neurons}
    parts = outline(answer).parts
    assert sorted(map(path_of, parts)) == sorted([*neurons, "net", "net.layer0", "net.layer1"])
    assert all(part.parent is None or parts.index(part.parent) < parts.index(part) for part in parts), "the outer first"
    drawn = outline(answer, by="layer")
    assert sorted(node.name for node in drawn.nodes) == ["net.layer0", "net.layer1", "x0", "x1"]
    assert [path_of(part) for part in drawn.parts] == ["net"]
    assert len(outline(answer, by="neuron").nodes) == 5
    assert parts_of(answer).parameters == set(model.parameters())


def test_neurons_and_layers_without_a_label():
    x = Value(0.5, "x")
    neuron, layer = Neuron(1), Layer(1, 2)
    assert set(members(neuron([x]))) == {"", "neuron"}
    assert set(members(*layer([x]))) == {"", "layer.neuron0", "layer.neuron1"}
    both = Layer(2, 1)([neuron([x]), Neuron(1)([x])])
    assert sorted(drawn_nodes(both, by="neuron")) == ["layer.neuron0", "neuron", "neuron#2", "x"]


def test_an_activation_with_a_scope_is_inside_its_neuron():
    neuron = Neuron(1, scope("soft")(lambda z: z / (1 + abs(z))), label="unit")
    result = neuron([Value(0.5, "x")])
    assert places(result)[result] == "unit.soft"
    assert places(result)[result.operands[0]] == places(result)[neuron.b] == "unit"
    node = drawn_nodes(result, by="neuron")["unit.soft"]
    assert (node.role, node.part.name) == ("part", "unit")
