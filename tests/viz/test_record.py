"""The record of a graph against the engine: its edges, its chain rule to the last bit, and what is undefined in it."""

import math

from hypothesis import given
from support.random_programs import ENGINE, KINKED, SMOOTH, points, programs, run

from engine import Value, sqrt, topological_order
from engine.extend import Undefined
from viz.record import Record


def adjoints(record, root):
    """The adjoint of each node, from the contributions to it."""
    results = [node for node in record.uses if not node.is_leaf]
    return {root: 1.0} | {step.use.operand: step.total for step in record.contributions(root, results)}


@given(programs([*SMOOTH, *KINKED]), points())
def test_the_contributions_are_those_of_backward_to_the_last_bit(program, point):
    root = run(program, ENGINE, [Value(value) for value in point])
    record = Record([root])
    assert list(record.uses) == topological_order(root)
    edges = [(use.operand, use.partial) for uses in record.uses.values() for use in uses]
    assert edges == [edge for node in record.uses for edge in node.edges if isinstance(edge[0], Value)]
    found = adjoints(record, root)
    root.backward()
    assert {node: repr(adjoint) for node, adjoint in found.items()} == {node: repr(node.grad) for node in record.uses}


def test_what_follows_from_a_partial_that_does_not_exist_is_undefined_and_nothing_else():
    x, y = Value(0.0, "x"), Value(2.0, "y")
    root = sqrt(x) * y + x
    found = adjoints(Record([root]), root)
    assert isinstance(found[x], Undefined)
    assert found[y] == 0.0
    overflow = (y * 1e308) * 10.0 * 0.0
    assert math.isnan(overflow.data)
    assert adjoints(Record([overflow]), overflow)[y] == 0.0
