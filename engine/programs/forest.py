"""The trees of a tape: nodes that are written in one line, as ``w * x`` is in a sum.

A node that is used once is part of the tree of its user; any other is the root of a tree of its own. A chain of
additions ``((a + b) + c) + d`` is a root, too: one sum of many terms, in this order.

Three walks over the tape find them: `Forest.read` computes each expression once and leaves out what nobody needs,
`Forest.joined` makes sums of chains, and `Forest.colour` gives one number, a *colour*, to trees of one structure. A
structure is an operation and what stands in its operands: trees inside by their colours, numbers, inputs and leaves,
and results of other trees by the colours of these. What a tree takes from outside stands in its *slots*.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, islice

from engine.programs.ragged import ragged_sums
from engine.programs.tape import Tape

LARGEST_TREE = 32
"""The most operations in a tree: what is longer is cut, everywhere in the same place."""

ONE, MINUS_ONE, ZERO, MINUS_ZERO = range(-1, -5, -1)
"""Numbers that every forest has, as operands; others follow."""

CHEAP = {"add", "sub", "mul", "neg"}
"""Operations that are done again rather than looked up, where a part of a tree is the same as part of another."""

CONSTANT, INPUT, LEAF, INSIDE = -1, -2, -3, -4
"""Kinds of operands: a tree inside is `INSIDE` less its colour, the root of another tree is its colour."""

Key = tuple[object, ...]
"""A structure."""


class Forest:
    """The trees of a tape. Positions are those of the tape; constants are the operands -1, -2, ….

    whole  whether trees are as large as may be, what is computed several times is taken once, and terms are written
           alike for that; else each operation on results is a tree
    """

    def __init__(self, tape: Tape, whole: bool = True) -> None:
        self.tape = tape
        self.whole = whole
        self.inputs = len(tape.input_labels)
        self.base = self.inputs + len(tape.leaf_labels)
        self.constants: list[float] = []
        size = self.base + len(tape.nodes)
        self.firsts = list(range(size))
        """The first position that computes the same."""
        self.same = list(range(size))
        """The position whose result is taken: the first, unless the part of a tree is `CHEAP`."""
        self.operations = [""] * size
        self.operands: list[tuple[int, ...]] = [()] * size
        self.users = [0] * size
        self.terms: dict[int, list[int]] = {}
        self.kinds = [INPUT] * self.inputs + [LEAF] * (size - self.inputs)
        self.slots: list[list[int]] = [[]] * size
        self.sizes = [0] * size
        self.runs: dict[int, list[int]] = {}
        """Of a sum: how many terms of one kind follow each other, and how many of the next, and so on."""
        self.ragged: set[int] = set()
        """The sums that are alike whatever their lengths."""
        self.colours: dict[Key, int] = {}
        self.keys: list[Key] = []
        self.origins: dict[int, int] = {}
        """For a node that is not on the tape: one that is, and looks like it."""
        self.rewritten: dict[int, int] = {}
        """For a node that is not on the tape: that whose place it takes as a term, if it does."""
        self.longer: dict[int, int] = {}
        """For an addition, the one that goes on from it."""
        self.live = self.joined(self.read())
        self.colour()

    # --- What is computed ---------------------------------------------------------------------------------------------

    def read(self) -> list[int]:
        """The positions of the nodes that are left when each expression is computed once."""
        known: dict[object, int] = {}
        numbers = {"1.0": ONE, "-1.0": MINUS_ONE, "0.0": ZERO, "-0.0": MINUS_ZERO}
        same, firsts = self.same, self.firsts
        again = False
        for position, (operation, given, _label, _in_gradient) in enumerate(self.tape.nodes, self.base):
            operands = tuple(
                [same[o] if o.__class__ is int else numbers.setdefault(repr(o), -1 - len(numbers)) for o in given]
            )
            looked_up = tuple([firsts[o] if o >= 0 else o for o in operands]) if again else operands
            first = known.setdefault((operation, looked_up), position) if self.whole else position
            if first != position:
                firsts[position] = first
                if operation in CHEAP:
                    again = True
                else:
                    same[position] = first
            self.operations[position], self.operands[position] = operation, operands
        self.constants = [float(text) for text in numbers]
        return self.needed()

    def needed(self) -> list[int]:
        """The positions of the nodes that a result needs; ``users`` says how many need each."""
        users = self.users
        for result in (*self.tape.outputs, *self.tape.updates):
            users[self.same[result]] += 2
        live = []
        for position in range(len(users) - 1, self.base - 1, -1):
            if users[position]:
                live.append(position)
                operands = self.operands[position]
                for operand in operands if len(operands) == 1 or operands[0] != operands[-1] else set(operands):
                    if operand >= 0:
                        users[operand] += 1
        live.reverse()
        return live

    def joined(self, live: list[int]) -> list[int]:
        """The positions without the additions that are part of a longer chain; x + y and y + x are the same number."""
        for position in live:
            if self.operations[position] == "add":
                first, second = self.operands[position]
                if not self.continues(first) and self.continues(second):
                    first, second = second, first
                if self.continues(first) and first != second:
                    self.longer[first] = position
                    terms = self.terms.pop(first)
                    terms.append(second)
                else:
                    terms = [first, second]
                self.terms[position] = terms
        return [position for position in live if position not in self.longer]

    def continues(self, operand: int) -> bool:
        """Whether a chain of additions goes on where this operand is used."""
        return operand in self.terms and self.users[operand] == 1

    # --- What is alike ------------------------------------------------------------------------------------------------

    def colour(self) -> None:
        """Give each node its kind, and find what stands in the slots of its tree."""
        self.ragged = ragged_sums(self.live, self.operations, self.operands, self.terms, self.users, self.base)
        twins = False
        for position in self.live:
            if twins:
                self.operands[position] = tuple(self.taken(self.operands[position]))
            terms = self.terms.pop(position, None)
            if terms is not None and self.is_sum(position, terms):
                key, is_root = self.sum_of(position, self.taken(terms) if twins else terms), True
            else:
                key, is_root = self.tree(position)
            colour = self.colours.setdefault(key, len(self.keys))
            if colour == len(self.keys):
                self.keys.append(key)
            self.kinds[position] = colour if is_root else INSIDE - colour
            first = self.firsts[position]
            if is_root and first != position and self.kinds[first] >= 0:
                self.same[position] = first
                twins = True

    def tree(self, position: int) -> tuple[Key, bool]:
        """The structure of a tree, and whether it ends here; its slots are found."""
        kinds, operands = self.kinds, self.operands[position]
        found: list[int] = []
        size = 1
        key: list[object] = [self.operations[position]]
        for operand in operands:
            kind = kinds[operand] if operand >= 0 else CONSTANT
            key.append(kind)
            if kind > INSIDE:
                found.append(operand)
            else:
                found += self.slots[operand]
                size += self.sizes[operand]
        self.slots[position] = found
        self.sizes[position] = size
        is_large = size >= LARGEST_TREE if self.whole else max(operands) >= self.base
        return tuple(key), self.users[position] != 1 or is_large

    def sum_of(self, position: int, terms: list[int]) -> Key:
        """The structure of a sum."""
        kinds = list(map(self.kind_of, terms))
        if self.whole and len(set(kinds)) > 1:
            terms = self.alike(dict(zip(kinds, terms, strict=True)), terms)
            kinds = list(map(self.kind_of, terms))
        self.terms[position] = terms
        runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
        self.runs[position] = [length for _, length in runs]
        if position not in self.ragged:
            return ("sum", *runs)
        if self.whole and len(runs) == 1 and kinds[0] <= INSIDE:  # As a tree that is the only term.
            return self.keys[INSIDE - kinds[0]]
        return ("sum", *[kind for kind, _ in runs])

    def is_sum(self, position: int, terms: list[int]) -> bool:
        """Whether a chain of additions is worth a loop: two terms only where both are formulas of one structure."""
        if len(terms) > 2 or position in self.ragged:
            return True
        first, second = map(self.kind_of, terms)
        return first == second and (first <= INSIDE or (not self.whole and first >= 0))

    def kind_of(self, operand: int) -> int:
        """What stands in a slot."""
        return self.kinds[operand] if operand >= 0 else CONSTANT

    def is_slot(self, operand: int) -> bool:
        """Whether an operand is not part of the tree that uses it."""
        return operand < 0 or self.kinds[operand] > INSIDE

    def slots_of(self, operand: int) -> list[int]:
        """What stands in the slots of an operand that is part of a tree."""
        return [operand] if self.is_slot(operand) else self.slots[operand]

    def taken(self, operands: Iterable[int]) -> list[int]:
        """The operands that are taken in place of these."""
        return [self.same[operand] if operand >= 0 else operand for operand in operands]

    def terms_of(self, root: int) -> list[list[int]]:
        """The terms of a sum, those of one kind that follow each other together; a tree is its only term."""
        if root not in self.terms:
            return [[self.made(root, self.operands[root], INSIDE - self.kinds[root])]]
        terms = iter(self.terms[root])
        return [list(islice(terms, length)) for length in self.runs[root]]

    # --- Products with 1 ----------------------------------------------------------------------------------------------

    def alike(self, kinds: dict[int, int], terms: list[int]) -> list[int]:
        """The terms, with 1.0 * t for t and -1.0 * t for -t where another is c * t. ``kinds`` has one of each kind.

        The graph of a gradient has no node for a product with 1 or -1. So where inputs are written as numbers, the sum
        over samples would not be the same sum for each weight.
        """
        products = {}
        for term in kinds.values():
            operands = (0, 0) if self.is_slot(term) else self.operands[term]
            if self.operations[term] == "mul" and min(operands) < 0 and self.base <= max(operands):
                products[self.kind_of(max(operands))] = term
        return [self.as_product(term, products) for term in terms] if products else terms

    def as_product(self, term: int, products: dict[int, int]) -> int:
        """A term, as a product if it is a number or its opposite of which ``products`` has one of the same kind."""
        is_opposite = not self.is_slot(term) and self.operations[term] == "neg"
        number = self.operands[term][0] if is_opposite else term
        like = products.get(self.kind_of(number))
        if like is None or number < self.base:
            return term
        factor = MINUS_ONE if is_opposite else ONE
        operands = (factor, number) if self.operands[like][0] < 0 else (number, factor)
        made = self.made(like, operands, self.kinds[like])
        self.rewritten[made] = term
        return made

    def made(self, like: int, operands: tuple[int, ...], kind: int) -> int:
        """The position of a new node of the operation of another, as if it were on the tape."""
        made = len(self.operands)
        self.origins[made] = like
        self.operations.append(self.operations[like])
        self.operands.append(operands)
        self.kinds.append(kind)
        self.slots.append([slot for operand in operands for slot in self.slots_of(operand)])
        return made
