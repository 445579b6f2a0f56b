"""`gradients(output, leaves)` on a recorded graph: derivatives that are Values, unless a Value has changed."""

import math

import pytest
from support.row_checks import function_of, points

import engine
from engine import StaleGraphError, Value, gradients, topological_order


def test_a_gradient_is_an_expression_in_the_values_of_the_graph():
    x, y = Value(2.0), Value(3.0)
    (slope,) = gradients(x * x * y, [x])
    assert slope.data == 12.0
    slope.backward()
    assert (x.grad, y.grad) == (6.0, 4.0)
    (curvature,) = gradients(slope, [x])
    (third,) = gradients(curvature, [y])
    assert (curvature.data, third.data) == (6.0, 2.0)


def test_gradients_by_any_value_in_any_order():
    x, y = Value(2.0), Value(3.0)
    inner = x * x
    above = x * y
    result = inner * 3 + x
    for output, leaves, expected in (
        (inner * 3 + inner.exp(), [inner], [3 + math.exp(4.0)]),
        (result, [inner, x], [3.0, 13.0]),
        (result, iter([x, inner, x]), [13.0, 3.0, 13.0]),
        (inner, [inner, x], [1.0, 4.0]),
        (x, [x], [1.0]),
        (inner, [y, above, x], [0.0, 0.0, 4.0]),
        (engine.where(x, 3.0, 4.0) + 0 * x, [x], [0.0]),
        (x.step() * 3, [x], [0.0]),
        (inner, [], []),
    ):
        assert [gradient.data for gradient in gradients(output, leaves)] == pytest.approx(expected, rel=1e-15)


def test_the_seed_may_be_a_number_or_a_value():
    x, seed = Value(3.0), Value(5.0)
    assert gradients(x * x, [x], seed=10.0)[0].data == 60.0
    (slope,) = gradients(x * x, [x], seed=seed)
    slope.backward()
    assert (slope.data, seed.grad, x.grad) == (30.0, 6.0, 10.0)


@pytest.mark.parametrize("wrong", [3.0, None, "x"])
def test_only_values_have_gradients(wrong):
    x = Value(2.0)
    with pytest.raises(TypeError, match="gradients takes Values"):
        gradients(wrong, [x])
    with pytest.raises(TypeError, match="gradients takes Values"):
        gradients(x * x, [x, wrong])


def test_a_gradient_is_no_value_of_the_graph_so_its_name_is_its_own():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    s = engine.sin(y)
    for output, leaf, expected in ((x * y, x, y), (x * s, x, s), (x + 1.0, x, Value(1.0))):
        (gradient,) = gradients(output, [leaf])
        assert gradient.data == expected.data
        assert gradient not in topological_order(output)
    both = gradients(engine.sin(x + y), [x, y, x])
    assert len({id(gradient) for gradient in both}) == 3
    assert {gradient.data for gradient in both} == {math.cos(5.0)}
    seed = Value(4.0, "seed")
    (same,) = gradients(x, [x], seed)
    assert same.data == 4.0
    assert same is not seed


def test_a_factor_of_one_makes_no_node():
    x = Value(2.0)
    for result, operations in ((engine.sin(x + 3.0), ["add", "cos"]), (engine.sin(3.0 - x), ["sub", "cos", "neg"])):
        order = topological_order(*gradients(result, [x]))
        assert [node.operation.name for node in order if not node.is_leaf] == operations


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


def test_the_gradient_as_a_graph_refuses_a_stale_graph_and_names_the_leaf():
    x, y = Value(3.0, "height"), Value(4.0, "width")
    z = (x * y).tanh() + y
    z.backward()
    before = x.grad, y.grad, z.grad
    x.data = 1.0
    with pytest.raises(StaleGraphError, match="'height'") as caught:
        gradients(z, [y])
    assert "'width'" not in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert (x.data, x.grad, y.grad, z.grad) == (1.0, *before)


def test_every_change_that_matters_is_seen_and_no_other():
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
            gradients(result, [leaf])
    with pytest.raises(StaleGraphError, match="'a'"):
        engine.grad(lambda x: x * product)(Value(1.0))
    square.backward()
    assert x.grad == 24.0
    fresh = x * x
    x.data = 8.0
    x.data, a.data = 3.0, 2.0  # The same number again and a change elsewhere do not matter.
    assert gradients(fresh, [x])[0].data == 6.0
