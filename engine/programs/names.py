"""Names for what a rolled program reads and computes: arrays, loops and tables.

An array is called after the labels of its elements: ``layer0.neuron3.w[1]``, for all neurons and inputs of a layer, is
``layer0_w``. A loop along an axis has the letter of every other loop along it. No name means two things.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Any

from engine.programs.affine import NUMBERS, Access, Dims
from engine.programs.arrays import Array, Arrays, Index
from engine.programs.nests import Nests
from engine.programs.python import TAKEN, identifier
from engine.programs.rolling import Group

LETTERS = "ijklmnpqrsuv"
"""The names of loops; after these, the first with numbers."""

MOST_LOOKED_AT = 100
"""Of how many elements of an array the labels are compared."""


class Names:
    """The arrays of a program by name."""

    def __init__(self, nests: Nests, taken: Iterable[str] = TAKEN) -> None:
        self.nests = nests
        self.arrays = Arrays(nests)
        self.taken = Counter({*taken, *[node.operation for node in nests.rolled.tape.nodes]})
        self.counts: Counter[str] = Counter()
        self.tables: dict[tuple[int, ...], str] = {}
        known = self.arrays.known
        known[:2] = [
            array._replace(name=self.unused(name)) for array, name in zip(known, ("inputs", "leaves"), strict=False)
        ]
        self.updates = {delivery.source.array: delivery for delivery in nests.rolled.updates}
        self.factors = {
            self.find(access, dims)[0]
            for formula in chain(*self.arrays.formulas)
            for dims, access in self.arrays.reads([formula])
            if formula.inner and access in formula.factors
        }
        """What stands in sums of products."""
        commons = [common_names(self.labels(array)) for array in known[2:]]
        count = Counter([name for names in commons for name in {*names}])
        self.common = {
            (array.number, array.start): next((name for name in names if count[name] == 1), names[-1])
            for array, names in zip(known[2:], commons, strict=True)
        }
        for results in (False, True):  # Leaves first: the results that become their next numbers are called after them.
            for place, array in enumerate(known[2:], 2):
                if (array.number >= 0) == results:
                    known[place] = array._replace(name=self.name_of(array))
        self.loops = loop_names(self.arrays, self.taken)
        """For each formula of each nest, the names of its loops."""

    def find(self, access: Access, dims: Dims) -> tuple[Array, list[Index]]:
        """The array that an access reads, and the index along each axis."""
        return self.arrays.find(access, dims)

    def table(self, entries: tuple[int, ...]) -> str:
        """The name of a table of indices."""
        if entries not in self.tables:
            self.tables[entries] = self.unused("at")
        return self.tables[entries]

    def letters(self) -> Iterator[str]:
        """Names for loops."""
        return letters(self.taken)

    def unused(self, wanted: str) -> str:
        """The name, with a number if it is taken."""
        name = wanted
        while self.taken[name]:
            self.taken[wanted] += 1
            name = f"{wanted}_{self.taken[wanted]}"
        self.taken[name] += 1
        return name

    def name_of(self, array: Array) -> str:
        """A name from labels, or from what the array is."""
        common = self.common[array.number, array.start]
        if common:
            return self.unused(common)
        if array.number in self.updates:
            delivery = self.updates[array.number]
            return self.unused(f"{self.find(self.arrays.updated(delivery.target), delivery.dims)[0].name}_new")
        if array.number >= 0:
            return self.numbered(self.result_kind(self.nests.rolled.groups[array.number]))
        if array.number < NUMBERS:
            return self.numbered("x" if array in self.factors else "c")
        if array.start < self.arrays.inputs:
            return self.numbered("x")
        return self.numbered("w" if array in self.factors or len(array.shape) > 1 else "b")

    def result_kind(self, group: Group) -> str:
        """The letter for results without labels: z for sums, h for functions, d in the backward part, else t."""
        if min(group.nodes) >= self.nests.rolled.tape.backward:
            return "d"
        if group.tree is None:
            return "z"
        return "h" if group.tree.steps and len(group.tree.steps[-1].operands) == 1 else "t"

    def numbered(self, kind: str) -> str:
        """The next of ``t1``, ``t2``, …."""
        self.counts[kind] += 1
        return self.unused(f"{kind}{self.counts[kind]}")

    def labels(self, array: Array) -> list[str]:
        """The labels of an array's elements, or of some of them."""
        if array.number < NUMBERS:
            return []
        tape, elements = self.nests.rolled.tape, array.elements()
        elements = elements[:: 1 + len(elements) // MOST_LOOKED_AT]
        given = (*tape.input_labels, *tape.leaf_labels)
        if array.number == NUMBERS:
            return [given[element] for element in elements]
        nodes = self.nests.rolled.groups[array.number].nodes
        return [tape.nodes[nodes[element] - len(given)].label for element in elements]


def loop_names(arrays: Arrays, taken: Container[str]) -> list[list[list[str]]]:
    """The names of all loops. Those along the same axis have one; others have another, if they meet in a nest."""
    axes = Classes()
    found: list[list[list[Any]]] = []
    for number, formulas in enumerate(arrays.formulas):
        found.append([])
        for part, formula in enumerate(formulas):
            depth = len(formula.outer)
            loops = [(number, place, part * (place >= depth)) for place in range(len(formula.dims))]
            found[-1].append(loops)
            for dims, access in (*arrays.reads([formula]), formula.made):
                array, indices = arrays.find(access, dims)
                for axis, index in enumerate(indices):
                    if index.loop >= 0 and dims[index.loop] == array.shape[axis]:
                        axes.join(loops[index.loop], (array.number, array.start, array.strides, axis))
    chosen: dict[Any, str] = {}
    meeting: defaultdict[Any, set[Any]] = defaultdict(set)
    classes = [[[axes.of(loop) for loop in loops] for loops in parts] for parts in found]
    for loops in (loops for parts in classes for loops in parts):
        for loop in loops:
            meeting[loop].update(loops)
    for loop in (loop for parts in classes for loops in (parts[-1], *parts) for loop in loops):
        near = {chosen.get(other) for other in meeting[loop] - {loop}}
        chosen[loop] = chosen.get(loop) or next(letter for letter in letters(taken) if letter not in near)
    return [[_different([chosen[loop] for loop in loops], taken) for loops in parts] for parts in classes]


def letters(taken: Container[str]) -> Iterator[str]:
    """Names for loops: an array that is called ``i`` leaves them the others."""
    names = (letter + (str(number) if number else "") for number in count() for letter in LETTERS)
    return (name for name in names if name not in taken)


def _different(names: list[str], taken: Container[str]) -> list[str]:
    """The names, another in place of one that is there twice: in a table of products of all pairs, for instance."""
    found: list[str] = []
    for name in names:
        found.append(next(n for n in chain([name], letters(taken)) if n not in found and (n == name or n not in names)))
    return found


class Classes:
    """What has been joined, directly or through others, is one class."""

    def __init__(self) -> None:
        self.parents: dict[Any, Any] = {}

    def of(self, member: Any) -> Any:
        """What stands for the class of a member."""
        while self.parents.setdefault(member, member) != member:
            member = self.parents[member]
        return member

    def join(self, first: Any, second: Any) -> None:
        """Make the classes of two members one."""
        self.parents[self.of(first)] = self.of(second)


def common_name(labels: Sequence[str]) -> str:
    """What labels have in common, as a Python name; empty if that is nothing, or if one is missing.

    ``layer0.neuron0.w[0]``, ``layer0.neuron0.w[1]``, ``layer0.neuron1.w[0]``, … are ``layer0_w``: what has a number
    that changes is left out, but for the last word, which loses the number.
    """
    return common_names(labels)[-1]


def common_names(labels: Sequence[str]) -> list[str]:
    """The same, after the name without any numbered word in the middle: ``layer1_w`` for ``layer1.neuron0.w``."""
    if not all(labels):
        return [""]
    words = [re.findall(r"\d+|\D+", label) for label in labels]
    if len({tuple([word for word in found if not word.isdigit()]) for found in words}) > 1:
        return [""]
    columns = zip(*words, strict=True)
    text = "".join([column[0] if len(set(column)) == 1 else "#" for column in columns])
    *parts, last = [part.strip("_") for part in re.split(r"[^\w#]+", text) if part.strip("_#")] or [""]
    last = last.replace("#", "").strip("_")
    short = [*parts[:1], *[part for part in parts[1:] if not part[-1:].isdigit()]]
    return [identifier("_".join([*[part for part in found if "#" not in part], last])) for found in (short, parts)]
