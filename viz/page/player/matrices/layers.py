"""The layers in a graph, from the matrices of their weights: X, Z1, A1, …, each entry a node.

A weight W1[i, j] is multiplied by X[s, i], once for each sample s; these products are summed, with the bias, into
Z1[s, j]; an elementwise function makes A1[s, j] of it; that is what W2 multiplies. All of this is read off the
structure of the graph. Where the structure is another one, no layers are found.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Value
from engine.extend import operation_key
from viz.graphs.parts import Part
from viz.record import Record, Use

Rows = list[list[Value]]
Entries = list[list[Any]]
"""Values, and numbers written in the expression."""


@dataclass
class Layer:
    """Z = X @ W + b and A = f(Z), a row for each sample; where f is the identity, A is Z.

    weights, bias  the names of W and b; no bias is None
    """

    weights: str
    bias: str | None
    X: Entries
    Z: Rows
    A: Rows

    def ordered(self, samples: Sequence[int]) -> None:
        """Put the samples into another order."""
        self.X = [self.X[sample] for sample in samples]
        self.Z = [self.Z[sample] for sample in samples]


class NotLayersError(Exception):
    """The structure is not that of layers."""


def require(is_so: object) -> None:
    """Go on only if the structure may still be that of layers."""
    if not is_so:
        raise NotLayersError


class LayerFinder:
    """Looks for layers behind matrices of leaves."""

    def __init__(self, record: Record, matrices: Mapping[str, Rows]) -> None:
        self.record = record
        self.matrices = matrices
        self.users: dict[Value, list[Use]] = defaultdict(list)
        for use in itertools.chain(*record.uses.values()):
            self.users[use.operand].append(use)
        self.biases = {rows[0][j]: (name, j) for name, rows in matrices.items() if len(rows) == 1 for j in _each(rows)}

    def found(self) -> list[Layer]:
        """The layers from the first to the last, each the only one that uses the answers of the one before."""
        try:
            layers = [self.affine(name, rows) for name, rows in self.matrices.items() if self.is_weights(rows)]
            places = {node: place for place, node in enumerate(self.record.uses)}
            layers.sort(key=lambda layer: places[layer.Z[0][0]])
            for before, layer in reversed(list(itertools.pairwise(layers))):
                self.chain(before, layer)
            if layers:
                layers[-1].A = self.answers(layers[-1].Z)
        except NotLayersError:
            return []
        names = {f"{letter}{k}" for k in range(1, len(layers) + 1) for letter in ("Z", "A", "delta", "dA")} | {"X", "y"}
        names |= {f"d{name}" for name in self.matrices}
        return [] if names & set(self.matrices) else layers

    def is_weights(self, rows: Rows) -> bool:
        """Whether it is a matrix of leaves that are multiplied by something."""
        uses = [use for entry in itertools.chain(*rows) for use in self.users[entry]]
        return bool(uses) and all(use.result.operation.name == "mul" for use in uses if use.result.operation)

    # --- One layer: products and their sums ---

    def affine(self, name: str, rows: Rows) -> Layer:
        """X and Z of a matrix of weights."""
        require(len({len(row) for row in rows}) == 1)
        columns = [list(self.sums(column)) for column in zip(*rows, strict=True)]
        waiting: list[dict[Any, list[Any]]] = [defaultdict(list) for _ in columns]
        for sums, by_inputs in zip(columns, waiting, strict=True):
            for inputs, z, bias in sums:
                by_inputs[tuple(map(_key, inputs))].append((inputs, z, bias))
        require(len(columns) > 0 and all(len(sums) == len(columns[0]) for sums in columns))
        X, Z, biases = [], [], set()  # noqa: N806 - as in the formulas
        for inputs, *_ in columns[0]:
            key = tuple(map(_key, inputs))
            require(all(by_inputs[key] for by_inputs in waiting))
            found = [by_inputs[key].pop(0) for by_inputs in waiting]
            X.append(list(inputs))
            Z.append([z for _, z, _ in found])
            named = [self.biases.get(bias, (None, j)) for j, (_, _, bias) in enumerate(found)]
            require([j for _, j in named] == list(range(len(found))))
            biases |= {bias for bias, _ in named}
        require(len(biases) == 1)
        (bias,) = biases
        require(bias is None or all(len(self.users[b]) == len(X) for b in self.matrices[bias][0]))
        return Layer(name, bias, X, Z, Z)

    def sums(self, column: Sequence[Value]) -> Iterator[Any]:
        """For each use of a column of weights, (the factors beside them, the sum, the bias in it)."""
        require(len({len(self.users[weight]) for weight in column}) == 1)
        for use in self.users[column[0]]:
            node = use.result
            while (factors := self.factors(node, column)) is None:
                node = self.only_sum(node)
            inputs, bias = factors
            following = self.users[node][0].result if len(self.users[node]) == 1 else node
            if bias is None and (wider := self.factors(following, column)) and wider[1] is not None:
                node, bias = following, wider[1]
            yield inputs, node, bias

    def factors(self, node: Value, column: Sequence[Value]) -> tuple[list[Any], Value | None] | None:
        """What is multiplied by the weights of a column in the terms of a sum, and its bias; None for other sums."""
        beside: dict[Any, Value | float] = {}
        bias = None
        for term in self.terms(node):
            if isinstance(term, Value) and term in self.biases and bias is None:
                bias = term
            elif isinstance(term, Value) and term.operation and term.operation.name == "mul":
                weights = [place for place, factor in enumerate(term.operands) if factor in column]
                if len(weights) != 1 or term.operands[weights[0]] in beside:
                    return None
                beside[term.operands[weights[0]]] = term.operands[1 - weights[0]]
            elif isinstance(term, Value) or term != 0.0:
                return None
        return ([beside[weight] for weight in column], bias) if len(beside) == len(column) else None

    def terms(self, node: Value) -> Iterator[Value | float]:
        """What a sum adds up; sums that are used by it alone are part of it."""
        waiting: list[Value | float] = [node]
        while waiting:
            term = waiting.pop()
            is_part = term is node or (isinstance(term, Value) and len(self.users[term]) == 1)
            if isinstance(term, Value) and is_part and term.operation and term.operation.name == "add":
                waiting += reversed(term.operands)
            else:
                yield term

    def only_sum(self, node: Value) -> Value:
        """The sum that alone uses a node."""
        uses = self.users[node]
        require(len(uses) == 1)
        (use,) = uses
        require(use.result.operation and use.result.operation.name == "add")
        return use.result

    # --- From layer to layer ---

    def chain(self, before: Layer, layer: Layer) -> None:
        """Let the answers of a layer be the inputs of the next, sample by sample, and nothing else."""
        where = {z: (sample, j) for sample, row in enumerate(before.Z) for j, z in enumerate(row)}
        samples = []
        forms = set()
        outputs = len(layer.Z[0])
        for row in layer.X:
            require(len(row) == len(before.Z[0]))
            found = [where[self.argument(x, where, outputs)] for x in row]
            require([j for _, j in found] == list(range(len(row))) and len({sample for sample, _ in found}) == 1)
            samples.append(found[0][0])
            forms |= {self.form(before.Z[sample][j], x) for (sample, j), x in zip(found, row, strict=True)}
        require(sorted(samples) == list(range(len(before.Z))) and len(forms) == 1)
        before.ordered(samples)
        before.A = [[x for x in row if isinstance(x, Value)] for row in layer.X]

    def argument(self, x: Any, zs: Mapping[Value, Any], outputs: int) -> Value:
        """The only thing that ``x`` is a function of, among ``zs``, if all that it is used for lies on the way."""
        require(isinstance(x, Value) and len(self.users[x]) == outputs)
        between: set[Value] = set()
        found: set[Value] = set()
        waiting = [x]
        while waiting:
            node = waiting.pop()
            if node in zs:
                found.add(node)
                continue
            require(isinstance(node, Value) and not node.is_leaf)
            between.add(node)
            waiting += [operand for operand in values_of(node) if operand not in between]
        require(len(found) == 1)
        (z,) = found
        require(x is z or all(use.result in between for node in {z, *between} - {x} for use in self.users[node]))
        return z

    def form(self, z: Value, a: Value | float) -> tuple[str, ...]:
        """The operations that make ``a`` of ``z``, the last one first."""
        found, waiting = [], [a]
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, Value) and node is not z:
                found.append(operation_key(node))
                waiting += node.operands
        return tuple(found)

    # --- The end ---

    def answers(self, Z: Rows) -> Rows:  # noqa: N803 - as in the formulas
        """A of the last layer; Z itself, unless the same function gives all answers."""
        A = [[self.answer(z) for z in row] for row in Z]  # noqa: N806
        pairs = [pair for row in zip(Z, A, strict=True) for pair in zip(*row, strict=True)]
        try:
            forms = {(self.argument(a, {z: None}, len(self.users[a])), self.form(z, a))[1] for z, a in pairs}
        except NotLayersError:
            return Z
        return A if len(forms) == 1 else Z

    def answer(self, z: Value) -> Value:
        """What leaves the part that computes ``z``; without a part, the only function of it alone."""
        parts = self.record.parts.of
        functions = [z]
        for node in functions:
            results = self.results(node)
            if z in parts and results and all(_is_outside(parts.get(result), parts[z]) for result in results):
                return node
            known = set(functions)
            functions += [x for x in results if x not in known and known.issuperset(values_of(x))]
        results = self.results(z)
        return results[0] if len(results) == 1 and len(results[0].operands) == 1 else z

    def results(self, node: Value) -> list[Value]:
        """What is computed with a node."""
        return list(dict.fromkeys(use.result for use in self.users[node]))

    # --- A loss of squares ---

    def targets(self, answers: Rows) -> tuple[Entries, float] | None:
        """The targets y and a factor, if the slope of the loss by each answer is factor * (answer - target)."""
        found = [[self.target(answer) for answer in row] for row in answers]
        factors = {pair and pair[1] for row in found for pair in row}
        if len(factors) > 1 or None in factors:
            return None
        (factor,) = factors
        assert factor is not None
        return [[pair[0] for pair in row if pair] for row in found], factor

    def target(self, answer: Value) -> tuple[Value | float, float] | None:
        """What is subtracted from an answer before it is squared, and that factor."""
        if len(self.users[answer]) != 1:
            return None
        ((_, error, place, _),) = self.users[answer]
        squares = self.results(error)
        if operation_key(error) != "sub" or [operation_key(x) for x in squares] not in (["mul"], ["pow(x, 2.0)"]):
            return None
        slope = self.slope(squares[0])
        if slope is None or set(values_of(squares[0])) != {error}:
            return None
        return error.operands[1 - place], 2.0 * slope

    def slope(self, node: Value) -> float | None:
        """That of the result by a node from which only sums and constant factors lead there; None for others."""
        slope = 1.0
        while self.users[node]:
            use, *others = self.users[node]
            name = operation_key(use.result)
            is_scaled = name == "mul" or (name == "div" and use.place == 0)
            is_constant = is_scaled and len(list(values_of(use.result))) == 1
            if others or not (is_constant or name in ("add", "sub", "neg")):
                return None
            slope *= float(use.partial)
            node = use.result
        return slope


def _is_outside(part: Part | None, other: Part) -> bool:
    """Whether a part is not within another."""
    return part is None or other not in part.ancestors()


def values_of(result: Value) -> Iterator[Value]:
    """The operands of a result that are Values."""
    return (operand for operand in result.operands if isinstance(operand, Value))


def _each(rows: Rows) -> range:
    """The columns of a matrix."""
    return range(len(rows[0]))


def _key(entry: Value | float) -> int | float:
    """What tells an input of a sample from others."""
    return id(entry) if isinstance(entry, Value) else entry
