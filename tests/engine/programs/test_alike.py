"""The loops of a graph, told in Values: against the nested lists from which the graphs are made."""

import itertools
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from support.random_programs import ENGINE, KINKED, SMOOTH, points, programs, run

import engine
from engine import Value, topological_order
from engine.extend import loops_of


def values(*sizes):
    """Leaves in nested lists."""
    return [values(*sizes[1:]) for _ in range(sizes[0])] if sizes else Value(0.25)


def flat(nested):
    """All entries, the last index running fastest."""
    return [entry for row in nested for entry in flat(row)] if isinstance(nested, list) else [nested]


def dense(rows, w, b):
    """What a layer gives for each row: its products and its sums."""
    products = [[[wi * xi for wi, xi in zip(unit, row, strict=True)] for unit in w] for row in rows]
    sums = [[sum(terms, bj) for terms, bj in zip(sample, b, strict=True)] for sample in products]
    return products, sums


def network():
    x, w, b, v, c = values(5, 3), values(4, 3), values(4), values(2, 4), values(2)
    products, sums = dense(x, w, b)
    h = [[engine.tanh(s) for s in row] for row in sums]
    above, outputs = dense(h, v, c)
    return SimpleNamespace(
        output=sum(engine.exp(o) for o in flat(outputs)), parts=[x, w, b, v, c, products, sums, h, above, outputs]
    )


def convolution():
    x, k = values(8), values(3)
    products = [[k[j] * x[i + j] for j in range(3)] for i in range(6)]
    sums = [terms[0] + terms[1] + terms[2] for terms in products]
    relus = [engine.relu(s) for s in sums]
    squares = [r * r for r in relus]
    return SimpleNamespace(output=sum(squares[1:], squares[0]), parts=[x, k, products, sums, relus, squares])


def two_kinds():
    """Some samples end in another way than others: what they share is one loop all the same."""
    w, b, x = Value(0.5), Value(0.25), values(6)
    products = [w * s for s in x]
    sums = [p + b for p in products]
    p = [engine.sigmoid(s) for s in sums]
    rest = {i: 1 - p[i] for i in (0, 4)}
    logs = {i: engine.log(p[i]) for i in (1, 2, 3, 5)}
    total = sum(logs[i] if i in logs else engine.exp(rest[i]) for i in range(6))
    return SimpleNamespace(output=total, parts=[x, products, sums, p, [*rest.values()], [*logs.values()]])


def attention():
    """Each position looks back at all before it: the sums have 1, 2, 3, … terms."""
    q, k = values(5), values(5)
    products = [[q[t] * k[u] for u in range(t + 1)] for t in range(5)]
    e = [[engine.exp(p) for p in row] for row in products]
    sums = [sum(row) for row in e]
    ratios = [one / s for row, s in zip(e, sums, strict=True) for one in row]
    output = sum(engine.tanh(r) for r in ratios)
    return SimpleNamespace(
        output=output, parts=[q, k, sums, ratios, *([x for row in rows for x in row] for rows in (products, e))]
    )


def shape(nested):
    """How long the lists are at each depth."""
    return (len(nested), *shape(nested[0])) if isinstance(nested, list) else ()


@pytest.mark.parametrize("made", [network, convolution, two_kinds, attention])
def test_each_part_of_a_graph_is_a_loop_with_its_indices(made):
    graph = made()
    found = {frozenset(loop.values): loop for loop in loops_of([graph.output])}
    for part in graph.parts:
        loop = found[frozenset(flat(part))]
        assert (list(loop.values), loop.dims) == (flat(part), shape(part))


def test_sums_have_their_terms_in_order_and_a_result_is_not_hidden_in_a_longer_one():
    a, b, c, d = values(4)
    total = (inner := a + engine.sin(b)) + c + d
    (*_, last) = loops_of([total])
    assert last.terms == ((a, inner.operands[1], c, d),)
    assert inner not in itertools.chain(*(loop.values for loop in loops_of([total])))
    (*_, last) = loops_of([total, inner])
    assert last.terms == ((inner, c, d),)


def test_inputs_are_told_apart_from_other_leaves_and_gradients_are_read():
    w, x = Value(2.0), Value(3.0)
    both = [engine.tanh(w), engine.tanh(x)]
    assert [loop.dims for loop in loops_of(both)] == [(2,), (2,)]
    assert [loop.dims for loop in loops_of(both, [x])] == [()] * 4
    slopes = engine.gradients(both[0] * both[1], [w, x])
    assert {value for loop in loops_of([*slopes, *both]) for value in loop.values} >= {*slopes, *both, w, x}
    assert [loop.values for loop in loops_of([w])] == [(w,)]


@given(programs([*SMOOTH, *KINKED]), points())
def test_every_value_of_a_random_graph_is_in_one_loop_after_what_it_is_computed_from(program, point):
    result = run(program, ENGINE, [Value(number) for number in point])
    loops = loops_of([result])
    homes = {value: place for place, loop in enumerate(loops) for value in loop.values}
    assert set(Counter(value for loop in loops for value in loop.values).values()) <= {1}
    hidden = set(topological_order(result)) - homes.keys()
    assert {node.operation.name for node in hidden} <= {"add"}
    for place, loop in enumerate(loops):
        assert len({node.operation.name for node in loop.values if node.operation}) <= 1
        for index, value in enumerate(loop.values):
            terms = loop.terms[index] if loop.terms else value.operands
            assert all(homes[term] < place for term in terms if isinstance(term, Value))
            if loop.terms:
                assert sum(map(float, (t.data if isinstance(t, Value) else t for t in terms))) == pytest.approx(
                    value.data
                )
