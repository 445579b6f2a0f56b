"""Which part of a computation a node is drawn in, against walks from the results of each part back to its inputs."""

import itertools

import pytest
from support.drawn_graphs import outline
from support.graph_parts import XOR, between, flat, members, parts_of, places

import engine
import nn
from engine import Value, scope, topological_order
from nn import MLP, Layer, Module, Neuron
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


def test_weights_and_biases_are_parameters_and_nothing_else():
    model = MLP([2, 3, 1])
    x = [Value(1.0, "x0"), Value(0.5, "x1")]
    parts = parts_of(nn.mean_squared_error([model(x)], [Value(1.0, "target")]))
    assert parts.parameters == set(model.parameters())
    assert set(parts.of).isdisjoint(x)


def test_every_sample_is_a_call_of_the_same_parts():
    model = MLP([2, 2, 1])
    parts = parts_of(*[model(row) for row in XOR])
    neurons = {path_of(part): part for part in parts.of.values()}
    assert set(neurons) == {"layer0.neuron0", "layer0.neuron1", "layer1.neuron0"}
    assert [list(call) for call in neurons["layer0.neuron1"].calls] == XOR
    assert neurons["layer0.neuron0"].parent is neurons["layer0.neuron1"].parent
    assert {neuron.scope.note for neuron in neurons.values()} == {"tanh", "sigmoid"}


def test_a_function_of_ones_own():
    gain = Value(2.0, "gain")

    @scope("normalise")
    def normalise(x, by):
        return gain * x / by

    x, by = Value(3.0, "x") * 2, Value(4.0, "by")
    result = normalise(x, by=by)
    parts = parts_of(result + 1)
    assert members(result + 1)["normalise"] == between([result], [x, by])
    assert parts.parameters == {gain}
    assert {path_of(part) for part in parts.of.values()} == {"normalise"}


class Gate(Module):
    """A part of one's own: two neurons, one of which opens the other."""

    def __init__(self, label=""):
        self.label = label
        self.scale = Value(0.5, "scale")
        self.value, self.opening = Neuron(1, label="value"), Neuron(1, "sigmoid", label="opening")

    @scope
    def __call__(self, x):
        return self.scale * self.value(x) * self.opening(x)


def test_a_class_of_ones_own_with_neurons_inside():
    x = Value(0.5, "x")
    first, second = Gate("first"), Gate("second")
    middle = first(x)
    result = second(middle)
    assert set(members(result)) == {"", "first", "second"} | {
        f"{gate}.{neuron}" for gate in ("first", "second") for neuron in ("value", "opening")
    }
    assert members(result)[""] == {x}
    assert set().union(*(nodes for path, nodes in members(result).items() if path.startswith("second"))) == between(
        [result], [middle]
    )
    assert places(result)[first.scale] == "first"
    assert places(result)[first.value.b] == "first.value"


def test_nested_scopes_are_around_each_other():
    @scope
    def inner(x):
        return x * 2

    @scope
    def middle(x):
        return inner(x) + 1

    @scope
    def outer(x):
        return engine.exp(middle(-x))

    x = Value(1.0)
    result = outer(x)
    total, power = result.operands[0], result.operands[0].operands[0]
    assert places(result) == {
        x: "",
        power.operands[0]: "outer",
        power: "outer.middle.inner",
        total: "outer.middle",
        result: "outer",
    }
    parts = parts_of(result).of
    assert [part.name for part in parts[power].ancestors()] == ["inner", "middle", "outer"]


def test_what_one_scope_returns_from_another_is_in_the_inner_one():
    @scope
    def inner(x):
        return x * 2

    @scope
    def outer(x):
        return inner(x)

    result = outer(Value(1.0))
    assert places(result)[result] == "outer.inner"


def test_one_function_in_two_places_is_two_parts():
    @scope
    def twice(x):
        return x * 2

    @scope
    def a(x):
        return twice(x) + 1

    @scope
    def b(x):
        return twice(x) - 1

    result = b(a(twice(Value(1.0))))
    assert set(members(result)) == {"", "twice", "a", "a.twice", "b", "b.twice"}


def test_a_weight_of_two_neurons_belongs_to_their_layer():
    layer = Layer(1, 2, label="layer0")
    tied = layer.neurons[0].w[0]
    layer.neurons[1].w = [tied]
    results = layer([Value(0.5, "x")])
    assert places(*results)[tied] == "layer0"
    assert places(*results)[layer.neurons[0].b] == "layer0.neuron0"
    assert tied in parts_of(*results).parameters


def test_a_weight_of_two_layers_belongs_to_neither():
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
    a, b = MLP([1, 2, 1], seed=1), MLP([1, 2, 1], seed=2)
    x = Value(0.5, "x")
    first, second = a(x), b(x)
    result = first + second
    parts = parts_of(result).of
    of_a, of_b = ({part for node, part in parts.items() if node in between([root], [x])} for root in (first, second))
    assert of_a.isdisjoint(of_b)
    assert sorted(map(path_of, of_a)) == sorted(map(path_of, of_b))
    for by, count in (("neuron", 3), ("layer", 2)):
        names = [node.name for node in outline(result, by=by).nodes]
        assert len(names) == len(set(names)) == 2 * count + 2


def test_a_recurrent_cell_is_one_part_that_feeds_itself():
    class Cell(Module):
        label = "cell"

        def __init__(self):
            self.w, self.u = Value(0.5, "w"), Value(0.25, "u")

        @scope
        def __call__(self, state, x):
            return engine.tanh(state * self.w + x * self.u)

    cell = Cell()
    start = Value(0.1, "start")
    inputs = [Value(float(t), f"x{t}") for t in range(3)]
    states = list(itertools.accumulate(inputs, cell, initial=start))
    assert members(states[-1]) == {"cell": between([states[-1]], [start, *inputs]), "": {start, *inputs}}
    parts = parts_of(states[-1])
    (part,) = set(parts.of.values())
    assert [list(call) for call in part.calls] == [list(pair) for pair in zip(states[:-1], inputs, strict=True)]
    steps = {(operand, node) for operand, node in parts.crossing if operand in states[1:-1]}
    assert {operand for operand, _ in steps} == set(states[1:-1])
    drawn = outline(states[-1], by="neuron")
    index = [node.name for node in drawn.nodes].index("cell")
    (itself,) = [edge for edge in drawn.edges if edge.source == edge.target]
    assert itself.source == index
    slopes = [0.5 * (1 - state.data**2) for state in states[2:]]
    assert sorted(itself.partials) == pytest.approx(sorted(slopes), rel=1e-12)


def test_a_function_that_calls_itself_is_one_part():
    @scope
    def power(x, times):
        return power(x, times - 1) * x if times else x * 1.0

    x = Value(1.5, "x")
    result = power(x, 4)
    assert members(result) == {"": {x}, "power": between([result], [x])}
    (part,) = set(parts_of(result).of.values())
    assert part.parent is None


def test_a_leaf_from_around_a_function_is_its_parameter():
    weight = Value(3.0, "weight")

    @scope
    def scaled(x):
        return weight * x

    result = scaled(Value(1.0)) + weight
    parts = parts_of(result)
    assert parts.parameters == {weight}
    assert outline(weight * 2.0).nodes[0].role == "input"


def test_a_result_from_around_a_function_is_outside_if_it_is_used_outside():
    weight = Value(3.0, "weight")
    square = weight * weight

    @scope
    def scaled(x):
        return square * x

    x = Value(1.0)
    alone = scaled(x)
    assert places(alone)[square] == "scaled"
    shared = scaled(x) + square
    assert places(shared)[square] == ""
    assert places(shared)[weight] == ""


@pytest.mark.parametrize("penalty", [nn.l1_penalty, nn.l2_penalty])
def test_a_penalty_leaves_the_weights_in_their_neurons(penalty):
    model = MLP([2, 2, 1])
    x = [Value(0.5, "x0"), Value(-0.5, "x1")]
    answer = model(x)
    cost = penalty(model.parameters(), 0.1)
    loss = nn.mean_squared_error([answer], [1]) + cost
    found = members(loss)
    for layer, index in ((0, 0), (0, 1), (1, 0)):
        neuron = model.layers[layer].neurons[index]
        assert set(neuron.parameters()) < found[f"layer{layer}.neuron{index}"]
    assert found[penalty.__name__] == between([cost], model.parameters())
    assert parts_of(loss).parameters == set(model.parameters())
    assert found[""] == {*x, loss}


def test_the_output_of_a_neuron_is_its_activation_also_under_a_penalty():
    model = MLP([2, 2, 1])
    hidden = model.layers[0].forward([Value(0.5, "x0"), Value(-0.5, "x1")])
    (answer,) = model.layers[1].forward(hidden)
    loss = nn.mean_squared_error([answer], [1]) + nn.l2_penalty(model.parameters(), 0.1)
    drawn = {node.name: node for node in outline(loss, by="neuron").nodes}
    for name, result in zip(("layer0.neuron0", "layer0.neuron1", "layer1.neuron0"), [*hidden, answer], strict=True):
        (row,) = [row for row in drawn[name].rows if row.name.startswith("output")]
        assert row.data == (result.data,)


def test_a_penalty_by_itself_has_inputs_and_no_parameters():
    weights = [Value(1.0, "a"), Value(2.0, "b")]
    drawn = outline(nn.l2_penalty(weights))
    assert {node.name: node.role for node in drawn.nodes if node.name in "ab"} == {"a": "input", "b": "input"}
    assert parts_of(nn.l2_penalty(weights)).parameters == set()
