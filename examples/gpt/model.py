"""The network: a GPT on numbers, one after the other.

After microgpt, by Andrej Karpathy (https://karpathy.github.io/2026/02/12/microgpt/), which is GPT-2 made small: RMSNorm
for LayerNorm, ReLU for GELU, no biases. This is written anew, from that description.

Tokens go through the network one by one. What one of them takes from those before it are their keys and values, which
they left in the *memory*: so none can see the future, and a text is continued without reading it again.

A token is an int. In a program, which is recorded once for all texts of a length, it is a row of inputs, 1 at its place
and 0 elsewhere: the sum of the rows of a table, each times its input, is then the row of the token, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import add, mul
from random import Random
from typing import Any

from engine import Value, exp, log, maximum, relu, rint, sqrt
from nn import Module
from nn.checks import random_of
from nn.layers import Seed

Token = int | Sequence[Any]
Row = list[Any]
Memory = list[tuple[list[Row], list[Row]]]
"""The keys and the values of all tokens so far, for each layer."""


class GPT(Module):
    """From tokens to scores for the token that comes next.

    vocabulary  how many tokens there are
    width       how many numbers stand for a token on its way through
    heads       how many attentions look back side by side, each on its part of the width
    layers      how often attention and MLP follow each other
    block       how many tokens it can look at, the present one included
    seed        fixes the weights

    Raises ValueError unless the width is a multiple of the heads.
    """

    def __init__(
        self, vocabulary: int = 27, width: int = 16, heads: int = 4, layers: int = 1, block: int = 16, seed: Seed = 0
    ) -> None:
        if width % heads:
            raise ValueError(f"the width is shared out among the heads: {width} is not a multiple of {heads}")
        random = random_of(seed)
        self.heads = heads
        self.tokens = _matrix("tokens", vocabulary, width, random)
        self.positions = _matrix("positions", block, width, random)
        self.layers = [_layer(f"layers[{index}]", width, random) for index in range(layers)]
        self.head = _matrix("head", vocabulary, width, random)

    def new_memory(self) -> Memory:
        """Return the memory at the beginning of a text."""
        return [([], []) for _ in self.layers]

    def __call__(self, token: Token, memory: Memory) -> Row:
        """Return a score for every token that may come next, and remember this one; ValueError if the block is full."""
        position = len(memory[0][0])
        if position == len(self.positions):
            raise ValueError(f"this GPT looks at {position} tokens at most, and there are more")
        x = plus([pick(column, token) for column in zip(*self.tokens, strict=True)], self.positions[position])
        x = normalised(x)
        for weights, (keys, values) in zip(self.layers, memory, strict=True):
            x = plus(x, self._attention(weights, normalised(x), keys, values))
            hidden = map(relu, linear(weights["expand"], normalised(x)))
            x = plus(x, linear(weights["contract"], list(hidden)))
        return linear(self.head, x)

    def _attention(self, weights: dict[str, list[Row]], x: Row, keys: list[Row], values: list[Row]) -> Row:
        """Return what each head finds in the tokens so far: their values, weighted by how well keys fit its query."""
        query = linear(weights["query"], x)
        keys.append(linear(weights["key"], x))
        values.append(linear(weights["value"], x))
        size = len(x) // self.heads
        found: Row = []
        for start in range(0, len(x), size):
            part = slice(start, start + size)
            fits = [dot(query[part], key[part]) * size**-0.5 for key in keys]
            fits = softmax(fits, fits[-1])
            found += [dot(fits, column) for column in zip(*(value[part] for value in values), strict=True)]
        return linear(weights["output"], found)


def loss(model: GPT, tokens: Sequence[Token]) -> Any:
    """Return the cross-entropy of a text: the mean of -log p over its tokens, in nats, each given those before it.

    The first token is given, not predicted. Raises ValueError for fewer than two tokens, or more than fit the block.
    """
    if len(tokens) < 2:
        raise ValueError(f"a text has two tokens at least, and nothing can be predicted with {len(tokens)}")
    memory = model.new_memory()
    terms = [surprise(model(token, memory), following) for token, following in pairwise(tokens)]
    return total(terms) / len(terms)


def surprise(scores: Row, token: Token) -> Any:
    """Return -log softmax(scores)[token]."""
    scores = lowered(scores, reduce(maximum, scores))
    return log(total(list(map(exp, scores)))) - pick(scores, token)


def softmax(scores: Row, level: Any) -> Row:
    """Return exp(score) / Σ exp(scores) for each; ``level``, a token's fit to itself, is about their size."""
    powers = list(map(exp, lowered(scores, level)))
    share = 1.0 / total(powers)
    return [power * share for power in powers]


def lowered(scores: Row, level: Any) -> Row:
    """Return the scores less a level that is about their size, so that no exp overflows.

    Rounded to a whole number, for it to have the derivative 0: what is taken from all alike changes no probability.
    """
    level = rint(level)
    return [score - level for score in scores]


def normalised(x: Row) -> Row:
    """Return x / √(mean of x²): RMSNorm (Zhang and Sennrich 2019, arXiv:1910.07467), without a gain."""
    scale = 1.0 / sqrt(dot(x, x) / len(x) + 1e-5)
    return [entry * scale for entry in x]


def linear(matrix: list[Row], x: Row) -> Row:
    """Return matrix · x."""
    return [dot(row, x) for row in matrix]


def plus(x: Row, y: Row) -> Row:
    """Return x + y, entry by entry."""
    return list(map(add, x, y))


def dot(x: Sequence[Any], y: Sequence[Any]) -> Any:
    """Return Σ x[i] · y[i]."""
    return total(list(map(mul, x, y)))


def total(terms: Row) -> Any:
    """Return the sum of the terms, from the left."""
    return reduce(add, terms)


def pick(entries: Sequence[Any], token: Token) -> Any:
    """Return the entry of a token."""
    return entries[token] if isinstance(token, int) else dot(token, entries)


def _layer(name: str, width: int, random: Random) -> dict[str, list[Row]]:
    """Return the matrices of a layer: those of the attention, and the two of the MLP."""
    shapes = {"query": (width, width), "key": (width, width), "value": (width, width), "output": (width, width)}
    shapes |= {"expand": (4 * width, width), "contract": (width, 4 * width)}
    return {kind: _matrix(f"{name}.{kind}", *shape, random) for kind, shape in shapes.items()}


def _matrix(name: str, rows: int, columns: int, random: Random) -> list[Row]:
    """Return weights, a row for each output: so small that outputs are, on average, as large as inputs."""
    return [[Value(random.gauss(0.0, columns**-0.5), f"{name}[{i}][{j}]") for j in range(columns)] for i in range(rows)]
