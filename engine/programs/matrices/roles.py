"""Names for the matrices of a program, from what is done with them.

What is multiplied with leaves in the forward part is a layer: ``Z1 = X @ W1 + b1``. What a layer's input is multiplied
with in the backward part to give a gradient is its delta. No label is needed for that, and no scope; labels serve where
this leaves an array without a name.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from engine.programs.affine import NUMBERS, Access
from engine.programs.matrices.formulas import Formula, Node, Read, Source
from engine.programs.matrices.writer import Writer
from engine.programs.names import common_name


class Layer(NamedTuple):
    """Weighted sums, of a result or of what is given."""

    given: Source
    weights: Source
    sums: Source


class Roles:
    """The names of all arrays that are read or made."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.rolled = writer.reader.rolled
        self.names: dict[Source, str] = {}
        self.taken = {"np", "math", "numbers", "outputs", *writer.functions.definitions}
        self.formulas = writer.formulas
        self.layers: list[Layer] = []
        self.depths: dict[Source, int] = {}
        """How many layers come before what a forward formula makes, that layer included whose sums it makes."""
        self.name_layers()
        self.name_loss()
        self.name_updates()
        self.name_gradients()
        self.name_the_rest()

    def give(self, source: Source, name: str, small: bool = True) -> None:
        """Name an array that has no name; a vector or a number in small letters."""
        source = self.writer.same(source)
        name = name[0].lower() + name[1:] if small and len(source.lying) < 2 else name
        if source not in self.names:
            unused, number = name, 1
            while unused in self.taken:
                number += 1
                unused = f"{name}_{number}"
            self.taken.add(unused)
            self.names[source] = unused

    def classes(self, source: Source) -> set[Any]:
        """What the axes of an array are like."""
        return {self.writer.alike.of(loop) for loop in source.loops}

    def name_layers(self) -> None:
        """Give layers their names: X, W1, b1, Z1, A1, W2 and so on."""
        for formula in self.formulas.values():
            if not formula.in_gradient:
                for made, first, second in self.writer.products:
                    if made is formula and formula.group.terms:
                        self.name_layer(formula, first, second)
                sums = {layer.sums for layer in self.layers}
                before = max([self.depths.get(source, 0) for source in formula.sources], default=0)
                self.depths[formula.source] = len(self.layers) if formula.source in sums else before

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
        self.give(formula.source, f"Z{number}")
        self.layers.append(Layer(given, weights, formula.source))

    def is_weight(self, formula: Formula, first: Source, second: Source) -> bool:
        """Whether the first of two factors is that with the weights: leaves, or what does not vary with the rows."""
        inputs = self.writer.reader.arrays.inputs
        leaves = [source.number == NUMBERS and source.start >= inputs for source in (first, second)]
        if leaves[0] != leaves[1]:
            return leaves[0]
        rows = formula.source.lying[:1] if len(formula.source.loops) > 1 else ()
        return not {self.writer.alike.of(loop) for loop in rows} & self.classes(first)

    def name_loss(self) -> None:
        """The last activation, the targets, the error, and the loss."""
        depth = len(self.layers)
        last = [self.formulas[source] for source, at in self.depths.items() if depth and at == depth and source.loops]
        results = [self.layers[-1].sums] if self.layers else []
        for formula in last:
            alike = len(formula.source.lying) == len(results[0].lying)
            if formula.group.tree and alike and formula.sources <= {*results}:
                results.append(formula.source)
        if len(results) > 1:
            self.give(results[-1], f"A{depth}")
        beside = [source for formula in last if {*results} & formula.sources for source in formula.sources]
        targets = {source for source in beside if source.number <= NUMBERS and source not in self.names}
        if len(targets) == 1:
            self.give(next(iter(targets)), "y", small=False)
        for formula in last:
            node = formula.terms[0].node
            if isinstance(node, Node) and node.operation == "sub" and formula.sources == {results[-1], *targets}:
                self.give(formula.source, "error", small=False)
        for delivery in self.rolled.outputs[:1]:
            loss = self.writer.same(self.writer.reader.delivered(delivery))
            if loss in self.depths and not loss.loops:
                self.give(loss, "loss")

    def name_updates(self) -> None:
        """What the leaves become."""
        reader = self.writer.reader
        for delivery in self.rolled.updates:
            made = self.writer.same(reader.delivered(delivery))
            leaves = reader.source(reader.arrays.of(reader.arrays.updated(delivery.target), delivery.dims))
            if made in self.formulas and leaves in self.names:
                self.give(made, f"new_{self.names[leaves]}", small=False)

    def name_gradients(self) -> None:
        """dW1 is a product of a layer's input and an array like the layer's sums: delta1, of which the sum is db1."""
        deltas = {}
        for formula, *factors in self.writer.products:
            for given, delta in (factors, factors[::-1]):
                if formula.in_gradient and delta in self.formulas:
                    like = self.classes(delta)
                    found = [each for each in self.layers if each.given is given and self.classes(each.sums) == like]
                    if len(found) == 1:
                        self.give(formula.source, f"d{self.names[found[0].weights]}", small=False)
                        if self.formulas[delta].in_gradient:
                            number = self.layers.index(found[0]) + 1
                            self.give(delta, f"delta{number}", small=False)
                            deltas[delta] = f"b{number}"
        for formula in self.formulas.values():
            is_sum = formula.in_gradient and formula.terms[0].loops and isinstance(formula.terms[0].node, Read)
            (bias,) = {deltas.get(source, "") for source in formula.sources} if len(formula.sources) == 1 else {""}
            if is_sum and bias in self.taken:
                self.give(formula.source, f"d{bias}", small=False)

    def name_the_rest(self) -> None:
        """By labels, or with a letter and a number."""
        counts: Counter[str] = Counter()
        for source in [*self.writer.marked, *[made for made in self.formulas if made not in self.writer.inlined]]:
            source = self.writer.same(source)
            if source not in self.names:
                name = common_name(self.labels(source))
                if not name:
                    kind = self.kind(source)
                    counts[kind] += 1
                    name = f"{kind}{counts[kind]}"
                self.give(source, name)

    def kind(self, source: Source) -> str:
        """What an array is called when nothing is known of it."""
        if source in self.formulas:
            return "G" if self.formulas[source].in_gradient else "H"
        return "P" if source.number == NUMBERS and source.strides else "C" if source.loops else "p"

    def labels(self, source: Source) -> list[str]:
        """The labels of an array's elements."""
        tape = self.rolled.tape
        given = (*tape.input_labels, *tape.leaf_labels)
        if source in self.formulas:
            return [tape.nodes[node - len(given)].label for node in self.formulas[source].group.nodes]
        if source.values:
            return []
        elements = Access(NUMBERS, source.start, source.strides).elements(tuple([loop.size for loop in source.loops]))
        return [given[element] for element in elements]
