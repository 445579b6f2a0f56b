"""Ctrl-C in the middle of backward(): the graph and the gradients are as before, and the next call is right."""

import signal

import pytest

from engine import Value, backward, topological_order

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def interrupted_after():
    """A function that sets off KeyboardInterrupt in so many seconds."""
    earlier = signal.signal(signal.SIGALRM, _interrupt)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, earlier)


def test_an_interrupted_backward_changes_no_leaf_and_hinders_no_later_one(interrupted_after):
    leaves = [Value(1.0) for _ in range(5_000)]
    total = sum(leaf * leaf for leaf in leaves)
    size = len(topological_order(total))
    interrupts = 0
    for attempt in range(60):
        for leaf in leaves:
            leaf.grad = 10.0
        try:
            interrupted_after(1e-5 + attempt * 2e-4)
            total.backward()
            interrupted_after(0)
        except KeyboardInterrupt:
            interrupts += 1
        assert {leaf.grad for leaf in leaves} in ({10.0}, {12.0})
        assert len(topological_order(total)) == size
    assert interrupts
    for leaf in leaves:
        leaf.zero_grad()
    total.backward()
    assert {leaf.grad for leaf in leaves} == {2.0}


def test_what_was_not_computed_is_not_computed_after_an_interrupt(monkeypatch):
    """Interrupted at its very end, when every adjoint is in its place."""
    whole = backward._accumulate

    def interrupted(*arguments):
        whole(*arguments)
        raise KeyboardInterrupt

    fresh, zero, earlier = Value(2.0), Value(3.0), Value(5.0)
    (zero * 0.0 + earlier * 7.0).backward()
    result = fresh * zero * earlier
    monkeypatch.setattr(backward, "_accumulate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        result.backward()
    assert [leaf.has_grad for leaf in (fresh, zero, earlier)] == [False, True, True]
    assert [leaf.grad for leaf in (fresh, zero, earlier)] == [0.0, 0.0, 7.0]
    assert not result.has_grad
    assert not result.operands[0].has_grad
