"""The network in a graph: its neurons in layers, which of their parameters are weights, and a picture of each neuron.

A neuron is a part of the graph (see `engine.scope`) that has parameters and gives one number. What it is given comes
from the inputs or from the neurons of the layer before, and each of these is multiplied by a parameter: the weight.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from engine import Value, topological_order
from viz.graphs.outline import Edge, Outline
from viz.graphs.parts import Part, path_of
from viz.notation import printable
from viz.page.content import box_texts
from viz.page.layout import Layout, Picture, lay_out, size_of
from viz.page.views import View, view_content
from viz.record import Record

_WIDEST_PARTIAL = "-0.0012345"

_MIDDLES = {"sigmoid": 0.5}
"""Where the answer of a neuron turns, by its activation, if that is not at 0."""


class NoNetworkError(Exception):
    """The graph cannot be drawn as layers of neurons: the message says why."""


@dataclass(frozen=True)
class Neuron:
    """A neuron: its nodes, the last of which is its output, its weights by what they multiply, and its bias."""

    part: Part
    nodes: Sequence[Value]
    weights: Mapping[Value, Value]
    bias: Value | None

    @property
    def output(self) -> Value:
        """What it gives."""
        return self.nodes[-1]


def find_layers(
    record: Record, inputs: Sequence[Value], predictions: Sequence[Value], parameters: Sequence[Value]
) -> list[list[Neuron]]:
    """The layers from the inputs to the predictions, the neurons of each in the order of their parameters.

    Raises NoNetworkError for a graph that has no such layers.
    """
    forward = topological_order(*predictions)
    if not record.uses.keys() >= {*forward}:
        raise NoNetworkError("the loss does not depend on all that the model answers")
    owners = _owners(record, forward)
    members: dict[Part, list[Value]] = {}
    for node, part in owners.items():
        members.setdefault(part, []).append(node)
    used = {(use.operand, owners.get(use.result)) for node in forward for use in record.uses[node]}
    given = dict.fromkeys([*predictions, *(operand for operand, part in used if part is not owners.get(operand))])
    neurons = [_neuron(record, part, nodes, given.keys()) for part, nodes in members.items()]
    if not neurons:
        raise NoNetworkError(
            "its parts have no names: decorate the function that computes a neuron from its parameters by engine.scope"
        )
    place = {parameter: index for index, parameter in enumerate(parameters)}
    neurons.sort(key=lambda neuron: min(place[node] for node in neuron.nodes if node in place))
    return list(_in_layers(neurons, inputs))


def _owners(record: Record, forward: Sequence[Value]) -> dict[Value, Part]:
    """For each node that is in a part with parameters, the innermost of these."""
    of = record.parts.of
    with_parameters = {of[node] for node in forward if node in of and node in record.parameters}
    around = {
        node: [part for part in of[node].ancestors() if part in with_parameters] for node in forward if node in of
    }
    return {node: parts[0] for node, parts in around.items() if parts}


def _neuron(record: Record, part: Part, nodes: Sequence[Value], given: Set[Value]) -> Neuron:
    """A part as a neuron; ``given`` are the nodes that are used outside their parts."""
    path = path_of(part)
    outputs = [node for node in nodes if node in given and not node.is_leaf]
    if len(outputs) != 1:
        raise NoNetworkError(f"{path} gives {len(outputs)} numbers, where a neuron gives one")
    own = [node for node in nodes if node in record.parameters]
    weights: dict[Value, Value] = {}
    for use in itertools.chain(*(record.uses[node] for node in nodes)):
        if use.operand not in nodes:
            factors = [parameter for parameter in own if parameter in use.result.operands]
            is_product = use.result.operation is not None and use.result.operation.name == "mul"
            if not (is_product and factors) or use.operand in weights:
                name = record.names[use.operand]
                raise NoNetworkError(f"{path} does not multiply {name} by one parameter, as a neuron does")
            weights[use.operand] = factors[0]
    rest = [node for node in own if node not in weights.values()]
    return Neuron(part, nodes, weights, rest[0] if len(rest) == 1 else None)


def _in_layers(neurons: Sequence[Neuron], inputs: Sequence[Value]) -> Iterator[list[Neuron]]:
    """The neurons that take the inputs, those that take what these give, and so on."""
    before, left = list(inputs), list(neurons)
    while left:
        layer = [neuron for neuron in left if neuron.weights.keys() <= {*before}]
        if not layer:
            raise NoNetworkError(f"{path_of(left[0].part)} takes numbers that are not those of one layer before it")
        yield layer
        before, left = [neuron.output for neuron in layer], [neuron for neuron in left if neuron not in layer]


def layers_content(
    layers: Sequence[Sequence[Neuron]], inputs: Sequence[Value], answers: Sequence[Value], parameters: Sequence[Value]
) -> list[dict[str, Any]]:
    """The layers as data: each number by its place among the answers or the parameters.

    The weights of a neuron are in the order of the layer before; null stands where there is no connection.
    """
    place = {parameter: index for index, parameter in enumerate(parameters)}
    content = []
    before = list(inputs)
    for number, layer in enumerate(layers):
        around = {neuron.part.parent for neuron in layer}
        parent = around.pop() if len(around) == 1 else None
        neurons = [
            {
                "name": path_of(neuron.part),
                "output": answers.index(neuron.output),
                "bias": None if neuron.bias is None else place.get(neuron.bias),
                "weights": [
                    place.get(neuron.weights[source]) if source in neuron.weights else None for source in before
                ],
            }
            for neuron in layer
        ]
        notes = {printable(neuron.part.scope.note) for neuron in layer}
        activation = notes.pop() if len(notes) == 1 else ""
        name = path_of(parent) if parent else f"layer {number + 1}"
        content.append(
            {"name": name, "activation": activation, "middle": _MIDDLES.get(activation, 0.0), "neurons": neurons}
        )
        before = [neuron.output for neuron in layer]
    return content


# --- The picture of a neuron ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Picture:
    """The nodes and edges of a neuron, by their places in the whole graph, and the neuron as a graph of its own."""

    nodes: list[int]
    edges: list[int]
    outline: Outline
    texts: list[list[str]]

    @property
    def structure(self) -> Any:
        """What is the same in neurons that are computed alike: nodes, by their lines, and edges."""
        return tuple(map(len, self.texts)), tuple((edge.source, edge.target) for edge in self.outline.edges)


def pictures(record: Record, outline: Outline, graph: Mapping[str, Any], neurons: Sequence[Neuron]) -> dict[str, Any]:
    """Which nodes and edges each neuron has, what it is given first, and the layouts: one for all of one structure.

    Raises GraphvizError where there is no Graphviz.
    """
    order = {node: place for place, node in enumerate(record.uses)}
    texts = [box_texts(node) for node in graph["nodes"]]
    found = [_picture(outline, texts, {order[node] for node in neuron.nodes}) for neuron in neurons]
    alike: dict[Any, list[_Picture]] = {}
    for picture in found:
        alike.setdefault(picture.structure, []).append(picture)
    numbers = {structure: number for number, structure in enumerate(alike)}
    layouts = lay_out([_roomy(group) for group in alike.values()])
    return {
        "neurons": [{"nodes": p.nodes, "edges": p.edges, "layout": numbers[p.structure]} for p in found],
        "layouts": [_layout(picture, layout) for (picture, *_), layout in zip(alike.values(), layouts, strict=True)],
    }


def _picture(outline: Outline, texts: Sequence[list[str]], inside: Set[int]) -> _Picture:
    """The picture of some nodes and of the operands that they are given."""
    edges = [index for index, edge in enumerate(outline.edges) if edge.target in inside]
    given = {outline.edges[index].source for index in edges} - inside
    nodes = [*sorted(given), *sorted(inside)]
    local = {place: index for index, place in enumerate(nodes)}
    boxes = tuple(replace(outline.nodes[place], part=None) for place in nodes)
    ends = ((local[outline.edges[index].source], local[outline.edges[index].target]) for index in edges)
    arrows = tuple(Edge(source, target, ()) for source, target in ends)
    return _Picture(nodes, edges, Outline(boxes, arrows), [texts[place] for place in nodes])


def _roomy(alike: Sequence[_Picture]) -> Picture:
    """What is to be laid out: room for the longest texts that any of these pictures has in a place."""
    boxes = zip(*(picture.texts for picture in alike), strict=True)
    sizes = [size_of([max(lines, key=len) for lines in zip(*box, strict=True)]) for box in boxes]
    return Picture(alike[0].outline, sizes, [_WIDEST_PARTIAL] * len(alike[0].edges))


def _layout(picture: _Picture, layout: Layout) -> dict[str, Any]:
    """The only view of a neuron, and the sizes of its boxes."""
    view = View(frozenset(), range(len(picture.nodes)), [[edge] for edge in range(len(picture.edges))], picture.outline)
    sizes = [{"width": place.width, "height": place.height} for place in layout.nodes]
    return {"view": view_content(layout, view, {}), "sizes": sizes}
