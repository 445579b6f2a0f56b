"""Changing ``data``: what was computed before keeps its partials, and a gradient as a graph says that it is stale."""

import pytest
from support.row_checks import function_of, points

import engine
from engine import StaleGraphError, Value


@pytest.mark.parametrize("row", engine.primitives_table(), ids=lambda row: row.name)
def test_no_operation_looks_at_the_data_again(row):
    function = function_of(row)
    leaves = [Value(number) for number in points(row)[-1]]
    fresh = [Value(leaf.data) for leaf in leaves]
    function(*fresh).backward()
    result = function(*leaves)
    for leaf in leaves:
        leaf.data = 55.0
    result.backward()
    assert [leaf.grad for leaf in leaves] == [leaf.grad for leaf in fresh]


def test_a_changed_leaf_counts_for_what_comes_after():
    x = Value(3.0)
    before = x * x
    x.data = 5
    after = x * x
    assert type(x.data) is float
    assert (before.data, after.data) == (9.0, 25.0)
    assert engine.gradients(after, [x])[0].data == 10.0
    after.backward()
    assert x.grad == 10.0


def test_the_gradient_as_a_graph_refuses_a_stale_graph_and_names_the_leaf():
    x, y = Value(3.0, "height"), Value(4.0, "width")
    z = (x * y).tanh() + y
    z.backward()
    before = x.grad, y.grad, z.grad
    x.data = 1.0
    with pytest.raises(StaleGraphError, match="'height'") as caught:
        engine.gradients(z, [y])
    assert "'width'" not in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert (x.data, x.grad, y.grad, z.grad) == (1.0, *before)


def test_every_change_that_matters_is_seen():
    a, b, x, out = Value(2.0, "a"), Value(3.0, "b"), Value(3.0), Value(4.0, "out")
    product, root = a * b, out.sqrt().log()
    inner = x * 2
    inner.label = "inner"
    square = inner * inner
    a.data, b.data = 3.0, 2.0  # The product is the same, its partials are not.
    out.data = -1.0  # out of the domain of sqrt
    inner.data = 7.0
    for result, leaf, words in ((product, a, r"'a'.*'b'"), (root, out, "'out'"), (square, x, "'inner'")):
        with pytest.raises(StaleGraphError, match=words):
            engine.gradients(result, [leaf])
    with pytest.raises(StaleGraphError, match="'a'"):
        engine.grad(lambda x: x * product)(Value(1.0))
    square.backward()
    assert x.grad == 24.0


def test_a_change_elsewhere_and_the_same_number_again_do_not_matter():
    x, y = Value(3.0), Value(4.0)
    z, other = x * x, y * y
    y.data = 5.0
    x.data = 8.0
    x.data = 3.0
    assert engine.gradients(z, [x])[0].data == 6.0
    with pytest.raises(StaleGraphError):
        engine.gradients(other, [y])
