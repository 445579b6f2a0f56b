"""Random expression graphs: every way to a derivative against the complex-step oracle, and against each other."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.random_programs import ENGINE, KINKED, SMOOTH, complex_gradient, points, programs, run

import engine
from engine import Value, topological_order

any_program = programs([*SMOOTH, *KINKED])
smooth_program = programs(list(SMOOTH))


def build(program, point):
    leaves = [Value(number) for number in point]
    return leaves, run(program, ENGINE, leaves)


def close(numbers, rel=1e-9):
    """Approximately these, on the scale of the largest: rounding of large terms may remain in small sums."""
    return pytest.approx(numbers, rel=rel, abs=rel * max(map(abs, numbers), default=0.0) + 1e-12)


def well_conditioned(program, point):
    """The gradient, if it is not so steep that the rounding of the inputs decides about it."""
    gradient = complex_gradient(program, point)
    assume(max(map(abs, gradient)) < 1e3)
    return gradient


@given(any_program, points())
def test_value_and_gradient_agree_with_floats_and_the_complex_step(program, point):
    leaves, result = build(program, point)
    assert result.data == run(program, ENGINE, point)
    found = [gradient.data for gradient in engine.gradients(result, leaves)]
    assert not any(leaf.has_grad for leaf in leaves)
    result.backward()
    assert found == close([leaf.grad for leaf in leaves], rel=1e-12)
    expected = well_conditioned(program, point)
    assert [leaf.grad for leaf in leaves] == close(expected)
    assert engine.grad(lambda *inputs: run(program, ENGINE, inputs))(*point) == close(expected)


@given(any_program, points(), st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_forward_mode_agrees_with_reverse_mode(program, point, tangent):
    expected = well_conditioned(program, point)
    _, slope = engine.jvp(lambda *inputs: run(program, ENGINE, inputs), point, tangent)
    terms = [g * t for g, t in zip(expected, tangent, strict=True)]
    assert slope == pytest.approx(sum(terms), rel=1e-9, abs=1e-9 * sum(map(abs, terms)) + 1e-12)


@given(smooth_program, points())
def test_the_hessian_agrees_with_differences_of_the_complex_step(program, point):
    well_conditioned(program, point)
    matrix = engine.hessian(lambda *inputs: run(program, ENGINE, inputs))(*point)
    assume(max(abs(entry) for row in matrix for entry in row) < 1e3)
    for column in range(3):
        sides = [[*point[:column], point[column] + step, *point[column + 1 :]] for step in (1e-5, -1e-5)]
        ahead, behind = (complex_gradient(program, side) for side in sides)
        estimate = [(high - low) / 2e-5 for high, low in zip(ahead, behind, strict=True)]
        assert [row[column] for row in matrix] == pytest.approx(estimate, rel=1e-3, abs=1e-3)


@given(smooth_program, points(), st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_the_hessian_is_symmetric_and_its_product_needs_no_matrix(program, point, vector):
    def function(*inputs):
        return run(program, ENGINE, inputs)

    matrix = engine.hessian(function)(*point)
    size = max(abs(entry) for row in matrix for entry in row)
    assume(size < 1e6)
    for i in range(3):
        assert matrix[i] == pytest.approx([row[i] for row in matrix], rel=1e-8, abs=1e-9 * size)
    expected = [sum(entry * v for entry, v in zip(row, vector, strict=True)) for row in matrix]
    assert engine.hvp(function, point, vector) == pytest.approx(expected, rel=1e-8, abs=1e-8 * size)


@given(any_program, points())
@example(program=[("(1 + a * a) ** (b / 8)", 0, 0)], point=[0.1, 1.2, 1.500123])  # three roundings into one leaf
def test_operands_come_first_and_a_second_backward_doubles_the_leaves_exactly(program, point):
    leaves, result = build(program, point)
    order = topological_order(result)
    position = {node: index for index, node in enumerate(order)}
    assert len(position) == len(order)
    for node in order:
        assert all(isinstance(operand, float) or position[operand] < position[node] for operand in node.operands)
    result.backward()
    once = [leaf.grad for leaf in leaves]
    inner = [node.grad for node in order if not node.is_leaf]
    result.backward()
    assert [leaf.grad for leaf in leaves] == [2 * grad for grad in once]
    assert [node.grad for node in order if not node.is_leaf] == inner
