"""Ctrl-C during training: between two updates, never within one; and afterwards everything as it was."""

import builtins
import functools
import signal
import sys
import threading

import pytest
from support.interrupts import interruptions
from support.lines import Line

import nn
from engine.extend import State
from nn import SGD, mean_squared_error
from nn.interruption import Interruption

# A loss that does something at its n-th call is called n times by this backend alone.
train = functools.partial(nn.train, backend="eager")


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def press_twice():
    press_ctrl_c()
    press_ctrl_c()
    pytest.fail("the second Ctrl-C should have raised")


def press_at_last():
    press_ctrl_c()
    pytest.fail("Ctrl-C should have raised")


def interrupt():
    raise KeyboardInterrupt


def loss_with(event, at):
    """The mean squared error, with something happening at its n-th call."""
    calls = []

    def loss(predictions, targets):
        calls.append(None)
        if len(calls) == at:
            event()
        return mean_squared_error(predictions, targets)

    return loss


@pytest.fixture(autouse=True)
def handler():
    """Python's own handler before, and after."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, previous)


@pytest.mark.parametrize(
    ("event", "epochs", "done"),
    [(press_ctrl_c, 1000, 3), (press_ctrl_c, 3, 3), (press_twice, 50, 2), (interrupt, 50, 2)],
)
def test_ctrl_c_ends_the_training_after_the_running_update_and_twice_drops_it(event, epochs, done):
    model, twin = Line(), Line()
    history = train(model, [1.0, 2.0], [3.0, 5.0], loss=loss_with(event, at=3), epochs=epochs)
    whole = train(twin, [1.0, 2.0], [3.0, 5.0], epochs=done)
    assert (history.interrupted, whole.interrupted) == (True, False)
    assert history.losses == whole.losses
    assert model.state_dict() == twin.state_dict()
    assert repr(history).endswith(", interrupted>")


def test_ctrl_c_drops_an_update_that_takes_long(monkeypatch):
    monkeypatch.setattr(nn.training, "PATIENCE", -1.0)
    assert len(train(Line(), [1.0], [3.0], loss=loss_with(press_at_last, at=3), epochs=50).losses) == 2


@pytest.mark.parametrize("place", ["record", "prepare"])
def test_ctrl_c_is_answered_at_once_while_the_steps_are_recorded_and_compiled(place, made, monkeypatch):
    model = Line(1.0)
    loss = loss_with(press_at_last, at=1) if place == "record" else mean_squared_error
    with monkeypatch.context() as patched:
        if place == "prepare":
            patched.setattr(builtins, "compile", lambda *_: press_at_last())
        history = nn.train(model, [1.0, 2.0], [3.0, 5.0], loss, epochs=10)
    assert (history.losses, history.interrupted) == ([], True)
    assert (model.slope.data, model.offset.data) == (1.0, 0.0)
    assert made == ["WholeBatch"] * (place == "prepare")
    assert len(nn.train(model, [1.0, 2.0], [3.0, 5.0], epochs=10).losses) == 10


def test_ctrl_c_ends_an_epoch_after_the_running_batch():
    model, twin = Line(), Line()
    data = [1.0] * 6, [2.0] * 6
    history = train(model, *data, loss_with(press_ctrl_c, at=5), SGD(model.parameters()), epochs=1000, batch_size=2)
    train(twin, [1.0] * 2, [2.0] * 2, epochs=5)
    assert model.state_dict() == pytest.approx(twin.state_dict(), rel=1e-14)
    assert len(history.losses) == 1
    assert history.interrupted


def test_ctrl_c_within_a_step_waits_for_its_end_however_often_it_is_pressed():
    class Impatient(SGD):
        def formula(self, parameter, gradient, state, learning_rate):
            press_ctrl_c()
            press_ctrl_c()
            return parameter + 1.0, state

    model = Line()
    history = train(model, [1.0], [1.0], optimizer=Impatient(model.parameters()), epochs=50)
    assert (model.slope.data, model.offset.data) == (1.0, 1.0)
    assert len(history.losses) == 1
    assert history.interrupted


def own(_signal, _frame):
    pytest.fail("train should have caught this")


@pytest.mark.parametrize(("before", "interrupted"), [(own, True), (signal.SIG_IGN, False)])
def test_a_handler_of_ones_own_is_put_back_and_one_that_ignores_ctrl_c_goes_on_ignoring_it(before, interrupted):
    signal.signal(signal.SIGINT, before)
    history = train(Line(), [1.0], [1.0], loss=loss_with(press_ctrl_c, at=2), epochs=5)
    assert signal.getsignal(signal.SIGINT) is before
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert history.interrupted is interrupted
    assert len(history.losses) == (2 if interrupted else 5)


def test_a_failure_restores_the_handler_and_another_thread_leaves_it_alone():
    with pytest.raises(ZeroDivisionError):
        train(Line(), [1.0], [1.0], loss=loss_with(lambda: 1 / 0, at=2))
    handlers = []
    loss = loss_with(lambda: handlers.append(signal.getsignal(signal.SIGINT)), at=2)
    thread = threading.Thread(target=lambda: train(Line(), [1.0], [1.0], loss=loss, epochs=3))
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


@pytest.mark.parametrize(
    "edge", [State.__enter__, Interruption.begin, Interruption.end], ids=lambda edge: edge.__name__
)
def test_a_second_ctrl_c_at_the_edge_of_the_training_loses_nothing(edge):
    """A profile function presses Ctrl-C where a block is entered or left, at every call and return."""
    code = edge.__code__
    pressed = []

    def profile(frame, event, _argument):
        inside = frame.f_code is code or (frame.f_back is not None and frame.f_back.f_code is code)
        if inside and signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            pressed.append(event)
            press_ctrl_c()

    block = Interruption()
    block.requested = True
    sys.setprofile(profile)
    try:
        with block:
            pass
    finally:
        sys.setprofile(None)
    assert pressed
    assert block.requested


@pytest.mark.parametrize("requested", [False, True])
def test_the_handler_is_put_back_wherever_an_interrupt_comes(requested):
    block = Interruption()

    def work(_):
        block.requested = requested
        with block:
            with block.uninterrupted():
                pass
            block.check()

    for _ in interruptions(work):
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_of_a_block_that_ended_in_another_thread_gives_way(monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)  # What ends there may not set a handler.
    block = Interruption()
    frames = []

    def stay():
        with block:
            yield

    frames.append(stay())
    next(frames[0])
    thread = threading.Thread(target=frames.pop)
    thread.start()
    thread.join()
    block.requested = False
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
