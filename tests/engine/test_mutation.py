"""Changing ``data``: what was computed before keeps its partials, and a gradient as a graph says that it is stale."""

import pytest
from support.row_checks import function_of, points

import engine
from engine import StaleGraphError, Value


def test_the_gradient_is_that_of_the_numbers_of_the_forward_pass():
    x, y = Value(3.0), Value(4.0)
    z = x * x * y
    x.data, y.data = 100.0, -7.0
    z.backward()
    assert z.data == 36.0
    assert (x.grad, y.grad) == (24.0, 9.0)
    assert (x.data, y.data) == (100.0, -7.0)


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
    x.data = 1.0
    with pytest.raises(StaleGraphError, match="'height'") as caught:
        engine.gradients(z, [y])
    assert "'width'" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_changed_inner_node_is_stale_too():
    x = Value(3.0)
    inner = x * 2
    inner.label = "inner"
    result = inner * inner
    inner.data = 7.0
    with pytest.raises(StaleGraphError, match="'inner'"):
        engine.gradients(result, [x])
    result.backward()
    assert x.grad == 24.0


def test_a_stale_graph_is_not_touched_by_the_refusal():
    x = Value(3.0)
    z = x * x
    z.backward()
    x.data = 4.0
    with pytest.raises(StaleGraphError, match=r"Value\(data=4\.0"):
        engine.gradients(z, [x])
    assert (x.data, x.grad, z.data) == (4.0, 6.0, 9.0)


def test_the_same_number_again_is_not_a_change():
    x = Value(3.0)
    z = x * x
    x.data = 3.0
    assert engine.gradients(z, [x])[0].data == 6.0
    x.data = 8.0
    x.data = 3.0
    assert engine.gradients(z, [x])[0].data == 6.0


def test_a_change_elsewhere_does_not_matter():
    x, y = Value(3.0), Value(4.0)
    z, other = x * x, y * y
    y.data = 5.0
    assert engine.gradients(z, [x])[0].data == 6.0
    with pytest.raises(StaleGraphError):
        engine.gradients(other, [y])


def test_a_graph_with_a_power_out_of_its_domain_after_the_change():
    x = Value(4.0, "x")
    z = x.sqrt().log()
    x.data = -1.0
    with pytest.raises(StaleGraphError, match="'x'"):
        engine.gradients(z, [x])


def test_transforms_see_a_stale_closure():
    w = Value(2.0, "w")
    scale = w * w
    w.data = 3.0
    with pytest.raises(StaleGraphError, match="'w'"):
        engine.grad(lambda x: x * scale)(Value(1.0))


def test_two_changes_that_leave_the_result_alone_are_still_seen():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    product = a * b
    a.data, b.data = 3.0, 2.0
    with pytest.raises(StaleGraphError, match=r"'a'.*'b'"):
        engine.gradients(product, [a])
