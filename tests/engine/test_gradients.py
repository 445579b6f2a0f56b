"""What backward() leaves in ``grad``: leaves accumulate, results are reset."""

import math
import threading

import pytest

from engine import Value
from engine.graph import walking


def expression(x, y):
    """A result with inner nodes that are used more than once."""
    a = x * y
    b = a.tanh() + a
    return b * x - y / a


def hand_gradient(x, y):
    """The gradient of the expression: b x - 1 / x, where b = tanh(x y) + x y."""
    slope = 2 - math.tanh(x * y) ** 2
    return math.tanh(x * y) + x * y + x * y * slope + 1 / x**2, x * x * slope


def test_every_node_below_the_result_has_its_adjoint():
    x, y = Value(2.0), Value(5.0)
    a = x * y
    b = a + x
    c = b * a
    c.backward()
    assert (c.grad, b.grad, a.grad) == (1.0, 10.0, 22.0)
    assert (x.grad, y.grad) == (22.0 * 5 + 10.0, 22.0 * 2)


def test_leaves_accumulate_and_results_do_not():
    x = Value(3.0)
    shared = x * x
    first, second = shared * 2, shared * 5
    first.backward()
    second.backward()
    assert (x.grad, shared.grad, first.grad, second.grad) == ((2 + 5) * 6.0, 5.0, 1.0, 1.0)
    shared.backward()
    assert (x.grad, shared.grad, second.grad) == ((2 + 5 + 1) * 6.0, 1.0, 1.0)
    x.backward(2.0)
    assert x.grad == 50.0


def test_a_gradient_written_to_a_leaf_is_added_to_and_one_written_to_a_result_does_not_count():
    x = Value(3.0)
    y = x * x
    z = y * 2
    x.grad, y.grad = 10, 100.0
    z.backward(0.5)
    assert (x.grad, y.grad) == (10.0 + 6.0, 1.0)
    x.grad = 0
    assert type(x.grad) is float


@pytest.mark.parametrize("seed", [1.0, 2.5, -1, 0.0, True])
def test_the_seed_multiplies_the_gradient(seed):
    x, y = Value(0.7), Value(-1.3)
    result = expression(x, y)
    result.backward(seed=seed)
    assert (x.grad, y.grad) == pytest.approx([seed * slope for slope in hand_gradient(0.7, -1.3)], rel=1e-14)
    assert result.grad == seed
    assert type(result.grad) is float


def test_has_grad_tells_a_computed_zero_from_none():
    x, y, elsewhere = Value(3.0), Value(1.0), Value(2.0)
    z = x.step() + 0.0 * y
    inner = z.operands[0]
    assert not any(node.has_grad for node in (x, y, z, inner))
    z.backward()
    assert all(node.has_grad for node in (x, y, z, inner))
    assert (x.grad, y.grad) == (0.0, 0.0)
    x.zero_grad()
    assert (x.grad, x.has_grad, elsewhere.has_grad) == (0.0, False, False)
    x.grad = 0.0
    assert x.has_grad


def test_backward_waits_for_another_thread_that_walks():
    """Two threads that share leaves would read each other's marks."""
    x = Value(2.0)
    y = x * x
    thread = threading.Thread(target=y.backward)
    with walking:
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        assert not x.has_grad
    thread.join()
    assert x.grad == 4.0
