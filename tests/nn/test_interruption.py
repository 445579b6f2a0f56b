"""Ctrl-C during training: between two updates, never within one; and afterwards everything as it was."""

import functools
import signal
import sys
import threading

import pytest
from support.lines import Line

import nn
from nn import SGD, mean_squared_error
from nn.interruption import Interruption

# A loss that does something at its n-th call is called n times by this backend alone.
train = functools.partial(nn.train, backend="eager")


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


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


def test_ctrl_c_ends_the_training_after_the_running_epoch():
    model, twin = Line(), Line()
    history = train(model, [1.0, 2.0], [3.0, 5.0], loss=loss_with(press_ctrl_c, at=4), epochs=1000)
    whole = train(twin, [1.0, 2.0], [3.0, 5.0], epochs=4)
    assert history.interrupted
    assert not whole.interrupted
    assert history.losses == whole.losses
    assert model.state_dict() == twin.state_dict()
    assert repr(history).endswith(", interrupted>")


def test_ctrl_c_ends_an_epoch_after_the_running_batch():
    model = Line()
    optimizer = SGD(model.parameters())
    steps = []

    def observed():
        steps.append(None)
        SGD.step(optimizer)

    optimizer.step = observed
    history = train(model, [1.0] * 6, [2.0] * 6, loss_with(press_ctrl_c, at=5), optimizer, epochs=1000, batch_size=2)
    assert len(steps) == 5
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


def test_a_second_ctrl_c_drops_the_running_update():
    def twice():
        press_ctrl_c()
        press_ctrl_c()
        pytest.fail("the second Ctrl-C should have raised")

    model, twin = Line(), Line()
    history = train(model, [1.0], [1.0], loss=loss_with(twice, at=3), epochs=50)
    train(twin, [1.0], [1.0], epochs=2)
    assert history.interrupted
    assert len(history.losses) == 2
    assert model.state_dict() == twin.state_dict()


def test_ctrl_c_between_epochs_ends_the_training():
    history = train(Line(), [1.0], [1.0], epochs=50, progress=lambda epoch, loss: epoch == 6 and press_ctrl_c())
    assert history.interrupted
    assert len(history.losses) == 7


def test_ctrl_c_in_the_last_epoch_is_reported():
    history = train(Line(), [1.0], [1.0], loss=loss_with(press_ctrl_c, at=3), epochs=3)
    assert len(history.losses) == 3
    assert history.interrupted


def test_an_interrupt_that_is_no_signal_ends_the_training_too():
    def interrupt():
        raise KeyboardInterrupt

    history = train(Line(), [1.0], [1.0], loss=loss_with(interrupt, at=3), epochs=50)
    assert history.interrupted
    assert len(history.losses) == 2


def test_a_failure_restores_the_handler():
    def fail():
        raise RuntimeError("no loss today")

    with pytest.raises(RuntimeError, match="no loss today"):
        train(Line(), [1.0], [1.0], loss=loss_with(fail, at=2))


def test_a_handler_of_ones_own_is_put_back():
    def own(signal_number, frame):
        pytest.fail("train should have caught this")

    signal.signal(signal.SIGINT, own)
    assert train(Line(), [1.0], [1.0], loss=loss_with(press_ctrl_c, at=2)).interrupted
    assert signal.getsignal(signal.SIGINT) is own
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_program_that_ignores_ctrl_c_goes_on_ignoring_it():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    history = train(Line(), [1.0], [1.0], loss=loss_with(press_ctrl_c, at=2), epochs=5)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert len(history.losses) == 5
    assert not history.interrupted


def test_in_another_thread_the_handler_is_left_alone():
    histories, handlers = [], []

    def observe():
        handlers.append(signal.getsignal(signal.SIGINT))

    def work():
        histories.append(train(Line(), [1.0], [1.0], loss=loss_with(observe, at=2), epochs=3))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(histories[0].losses) == 3
    assert handlers == [signal.default_int_handler]


@pytest.mark.parametrize("edge", ["__enter__", "__exit__"])
def test_a_second_ctrl_c_at_the_edge_of_the_training_loses_nothing(edge):
    """A profile function presses Ctrl-C where a block is entered or left, at every call and return."""
    code = getattr(Interruption, edge).__code__
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
