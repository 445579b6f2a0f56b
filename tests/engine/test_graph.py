"""The recorded graph: operands in order, repeated ones twice, one walk in one order, whatever the run."""

import os
import subprocess
import sys

import pytest
from support.commands import ROOT

import engine
from engine import Value, topological_order


@pytest.mark.parametrize(
    ("compute", "slope"),
    [
        (lambda x: x * x, 6.0),
        (lambda x: x / x, 0.0),
        (lambda x: engine.where(x, x, x), 1.0),
        (lambda x: engine.maximum(x, x), 1.0),
    ],
)
def test_an_operand_that_is_used_twice_has_two_edges_which_both_count(compute, slope):
    x = Value(3.0)
    result = compute(x)
    assert set(result.operands) == {x}
    assert len(result.edges) > 1
    result.backward()
    assert x.grad == slope


def test_the_order_of_several_roots_of_a_leaf_and_of_nothing():
    x, y, lonely = Value(2.0), Value(3.0), Value(4.0)
    a, b = x * y, x + y
    assert topological_order(b, a, lonely, b) == [x, y, lonely, b, a]
    assert topological_order(2 * a + 1)[:3] == [x, y, a]
    assert len(topological_order(2 * a + 1)) == 5  # A number is not a node.
    assert topological_order(x, x) == [x]
    assert topological_order() == []


PROGRAM = """
import random
from engine import Value, grad, topological_order

random.seed(0)
leaves = [Value(random.uniform(-1, 1)) for _ in range(20)]
nodes = list(leaves)
for _ in range(400):
    a, b = random.choice(nodes), random.choice(nodes)
    nodes.append(random.choice([a + b, a * b, a - b, a.tanh(), (a * b).sigmoid(), a / (1.5 + b * b), 0.1 * a]))
result = sum(nodes)
result.backward()
positions = {node: index for index, node in enumerate(nodes)}
print(result.data.hex())
print(*(leaf.grad.hex() for leaf in leaves))
print(*(positions.get(node, -1) for node in topological_order(result)))
print(*grad(lambda *xs: sum(x / (1 + xs[0] * x) for x in xs))(*(leaf.data for leaf in leaves)))
"""


def test_the_same_program_gives_the_same_bits_in_every_run():
    outputs = set()
    for seed in ("0", "1", "2024"):
        run = [sys.executable, "-c", PROGRAM]
        outputs.add(subprocess.check_output(run, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, text=True))
    (output,) = outputs
    assert len(output.splitlines()[1].split()) == 20
