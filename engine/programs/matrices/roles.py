"""Names for the matrices of a program, from what is done with them.

What is multiplied with leaves in the forward part is a layer: ``Z1 = X @ W1 + b1``. What a layer's input is multiplied
with in the backward part to give a gradient is its delta. No label is needed for that, and no scope; labels serve where
this leaves an array without a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.programs.matrices.nodes import Node, Read, Source, reads
from engine.programs.matrices.readings import Formula
from engine.programs.names import common_name
from engine.programs.rolling import NUMBERS, Access

if TYPE_CHECKING:
    from engine.programs.matrices.writer import Writer


class Roles:
    """The names of all arrays that are read or made."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.names: dict[Source, str] = {}
        self.taken = {"np", "math", "numbers", "outputs", *writer.functions.definitions}
        self.formulas = {source: made.formula for source, made in writer.made.items()}
        self.forward = [formula for formula in self.formulas.values() if not formula.in_gradient]
        self.backward = [formula for formula in self.formulas.values() if formula.in_gradient]
        self.layers: list[tuple[Source, Source, Source]] = []
        """(input, weights, weighted sums) of each layer."""
        self.depths: dict[Source, int] = {}
        self.name_layers()
        self.name_loss()
        self.name_updates()
        self.name_gradients()
        self.name_the_rest()

    def give(self, source: Source, name: str, small: bool = True) -> None:
        """Name an array that has no name; a vector or a number in small letters."""
        source = self.writer.same(source)
        name = name[0].lower() + name[1:] if small and self.writer.axis_count(source) < 2 else name
        if source in self.names:
            return
        unused, count = name, 1
        while unused in self.taken:
            count += 1
            unused = f"{name}_{count}"
        self.taken.add(unused)
        self.names[source] = unused

    def name_layers(self) -> None:
        """Give layers their names: X, W1, b1, Z1, A1, W2 and so on."""
        products = {formula.source: [] for formula in self.forward}  # type: dict[Source, list[Any]]
        for formula, first, second in self.writer.products:
            if formula.source in products and formula.group.terms:
                products[formula.source].append((first, second))
        for formula in self.forward:
            for first, second in products[formula.source]:
                self.name_layer(formula, first, second)
            self.depths[formula.source] = max([self.depths.get(s, 0) for s in sources(formula)], default=0)
            if formula.source in [made for _, _, made in self.layers]:
                self.depths[formula.source] = len(self.layers)

    def name_layer(self, formula: Formula, first: Source, second: Source) -> None:
        """The names of a layer, if a product with leaves is one."""
        weights, given = (first, second) if self.is_weight(formula, first, second) else (second, first)
        if weights.number != NUMBERS or weights in self.names:
            return
        number = len(self.layers) + 1
        if given.number <= NUMBERS:
            self.give(given, "X")
        elif self.depths[given]:
            self.give(given, f"A{self.depths[given]}")
        self.give(weights, f"W{number}", small=False)
        for term in formula.terms:
            if isinstance(term.node, Read) and term.node.source.number == NUMBERS:
                self.give(term.node.source, f"b{number}")
        if formula.source not in [made for _, _, made in self.layers]:
            self.give(formula.source, f"Z{number}")
        self.layers.append((given, weights, formula.source))

    def is_weight(self, formula: Formula, first: Source, second: Source) -> bool:
        """Whether the first of two factors is that with the weights: not what was computed, or varies with the rows."""
        inputs = self.writer.readings.arrays.inputs
        given = [not (s.number == NUMBERS and s.start >= inputs) for s in (first, second)]
        if given[0] != given[1]:
            return given[1]
        if len(formula.axes) > 1:
            alike = self.writer.readings.alike
            row = alike.of((formula.source, self.writer.layout(formula.source)[0]))
            return row not in [alike.of((first, axis)) for axis in range(len(first.shape))]
        return len(first.shape) > len(second.shape)

    def is_activation(self, formula: Formula) -> bool:
        """Whether a formula has nothing but results of one layer in it."""
        return all(source.number >= 0 for source in sources(formula))

    def name_loss(self) -> None:
        """The last activation, the targets, the error, and the loss."""
        depth = len(self.layers)
        last = [f for f in self.forward if depth and self.depths[f.source] == depth and f.axes]
        ends = [f for f in last if f.group.tree and self.is_activation(f)]
        results = [self.layers[-1][2]] if self.layers else []
        for formula in ends:
            alike = self.writer.axis_count(formula.source) == self.writer.axis_count(results[0])
            if alike and {*sources(formula)} <= {*results}:
                results.append(formula.source)
        if len(results) > 1:
            self.give(results[-1], f"A{depth}")
        targets = {s for f in last for s in sources(f) if {*results} & {*sources(f)} and s.number <= NUMBERS}
        targets = {source for source in targets if source not in self.names}
        if len(targets) == 1:
            self.give(next(iter(targets)), "y", small=False)
        for formula in last:
            node = formula.terms[0].node
            if isinstance(node, Node) and node.operation == "sub" and {*sources(formula)} == {results[-1], *targets}:
                self.give(formula.source, "error", small=False)
        outputs = self.writer.delivered(self.writer.readings.rolled.outputs)
        for source in map(self.writer.same, outputs[:1]):
            if source in self.formulas and not self.formulas[source].in_gradient and not source.shape:
                self.give(source, "loss")

    def name_updates(self) -> None:
        """What the leaves become, and the gradients that are part of it."""
        self.gradients: dict[Source, Source] = {}
        rolled = self.writer.readings.rolled
        arrays = self.writer.readings.arrays
        for delivery in rolled.updates:
            (made,) = map(self.writer.same, self.writer.delivered([delivery]))
            leaves = self.writer.readings.read(arrays.updated(delivery.target), delivery.dims).source
            if made in self.formulas and leaves in self.names:
                self.give(made, f"new_{self.names[leaves]}", small=False)
                found = [s for s in sources(self.formulas[made]) if s in self.formulas and self.formulas[s].in_gradient]
                if len({*found}) == 1:
                    self.gradients[found[0]] = leaves

    def name_gradients(self) -> None:
        """dW1, delta1, db1."""
        for gradient, leaves in self.gradients.items():
            self.give(gradient, f"d{self.names[leaves]}", small=False)
        for formula, *factors in self.writer.products:
            for given, delta in (factors, factors[::-1]):
                if formula.in_gradient and delta in self.formulas:
                    found = [n for n, layer in enumerate(self.layers) if self.is_gradient(formula, given, delta, layer)]
                    if len(found) == 1:
                        self.give(formula.source, f"d{self.names[self.layers[found[0]][1]]}", small=False)
                        if self.formulas[delta].in_gradient:
                            self.give(delta, f"delta{found[0] + 1}", small=False)
        deltas = {self.names[s]: s for s in self.names if self.names[s].startswith("delta")}
        for formula in self.backward:
            for name, delta in deltas.items():
                bias = f"b{name.removeprefix('delta')}"
                is_sum = formula.terms[0].sizes and isinstance(formula.terms[0].node, Read)
                if bias in self.taken and is_sum and {*sources(formula)} == {delta}:
                    self.give(formula.source, f"d{bias}", small=False)

    def is_gradient(self, formula: Formula, given: Source, delta: Source, layer: Any) -> bool:
        """Whether a product is the gradient of a layer's weights: of its input, and an array like its sums."""
        alike = self.writer.readings.alike
        partner, weights, sums = layer
        if formula.source in self.gradients:
            return given is partner and self.gradients[formula.source] is weights
        axes = [{alike.of((source, axis)) for axis in range(len(source.shape))} for source in (delta, sums)]
        return given is partner and axes[0] == axes[1]

    def name_the_rest(self) -> None:
        """By labels, or with a letter and a number."""
        counts: dict[str, int] = {}
        for source in [*self.writer.marked, *[s for s in self.formulas if s not in self.writer.inlined]]:
            source = self.writer.same(source)
            if source in self.names:
                continue
            name = common_name(self.labels(source))
            if not name:
                kind = self.kind(source)
                counts[kind] = counts.get(kind, 0) + 1
                name = f"{kind}{counts[kind]}"
            self.give(source, name)

    def kind(self, source: Source) -> str:
        """What an array is called when nothing is known of it."""
        if source in self.formulas:
            return "G" if self.formulas[source].in_gradient else "H"
        return "P" if source.number == NUMBERS and source.strides else "C" if source.shape else "p"

    def labels(self, source: Source) -> list[str]:
        """The labels of an array's elements."""
        tape = self.writer.readings.rolled.tape
        given = (*tape.input_labels, *tape.leaf_labels)
        if source in self.formulas:
            return [tape.nodes[node - len(given)].label for node in self.formulas[source].group.nodes]
        if source.number < NUMBERS or source.values:
            return []
        elements = Access(NUMBERS, source.start, source.strides).elements(source.shape)
        return [given[element] for element in elements]


def sources(formula: Formula) -> Iterator[Source]:
    """What a formula reads."""
    return (read.source for term in formula.terms for read in reads(term.node))
