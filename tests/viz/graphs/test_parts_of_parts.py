"""Parts in parts, what is drawn as a layer then, and how names are written inside."""

import pytest
from support.drawn_graphs import drawn_nodes, members, outline, parts_of, places

from engine import Value, scope
from nn import MLP, Layer, Neuron
from viz.graphs.parts import local, path_of


def network_in_a_scope():
    model = MLP([2, 2, 1])

    @scope("net", "two layers")
    def net(x):
        return model(x)

    x = [Value(0.5, "x0"), Value(-0.5, "x1")]
    return model, x, net(x)


def test_a_scope_around_a_network_is_around_its_layers():
    model, _, answer = network_in_a_scope()
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


def test_through_a_part_of_parts_the_derivative_is_whole():
    inner = scope("inner")(lambda x: x.tanh())
    x = Value(0.5, "x")
    result = scope("outer")(lambda x: inner(x * 2) * 3)(x)
    result.backward()
    drawn = outline(result, by="layer")
    assert [node.name for node in drawn.nodes] == ["x", "outer"]
    assert [edge.partials for edge in drawn.edges] == [(pytest.approx(x.grad, rel=1e-12),)]
    assert [row.name for row in drawn.nodes[1].rows] == ["x", "output"]


def test_a_layer_is_a_part_of_innermost_parts_and_one_that_is_alone():
    softened = scope("soften")(lambda x: x.tanh())
    block = scope("block")(lambda x: softened(MLP([2, 2, 2])(x)[0]))
    names = {node.name for node in outline(softened(block([1.0, 0.5])), by="layer").nodes}
    assert names == {"soften", "block.layer0", "block.layer1", "block.soften"}


def test_a_parameter_used_outside_of_its_part_goes_by_its_own_name():
    w = Value(2.0, "w")
    x = Value(3.0, "x")
    result = scope("scale")(lambda x: x * w)(x) + w * 5
    assert {node.expression for node in outline(result, by="neuron").nodes} == {"", "w * 5", "scale + v2"}


@pytest.mark.parametrize("model", [MLP([2, 2, 1]), Layer(2, 2), scope("net")(MLP([2, 2, 1]).__call__)])
def test_names_are_short_inside_a_neuron_whatever_is_around_it(model):
    trained = [node for node in outline(model([0.5, Value(-0.5, "x1")])).nodes if node.role == "parameter"]
    assert {local(node.name, node.part) for node in trained} == {"w[0]", "w[1]", "b"}
    assert all(node.name.startswith(("layer", "neuron")) for node in trained)


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


def test_listed_parameters_stand_instead_of_those_found():
    neuron = Neuron(2, label="unit")
    x = [Value(1.0, "x0"), Value(2.0, "x1")]
    nodes = drawn_nodes(neuron(x), parameters=[neuron.b, x[0]])
    assert {name for name, node in nodes.items() if node.role == "parameter"} == {"unit.b", "x0"}
