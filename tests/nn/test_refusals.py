"""What cannot be trained, built or penalised is refused in words, and nothing is trained silently for nothing."""

import io
import math
import sys

import numpy as np
import pytest

import engine
from engine import Value, log
from nn import MLP, SGD, ExponentialSchedule, Module, Neuron, StepSchedule, l1_penalty, l2_penalty, train

X = [[0, 0], [0, 1]]
Y = [0, 1]


def test_training_without_recording_is_refused():
    model = MLP([2, 2, 1])
    before = model.state_dict()
    with engine.no_grad(), pytest.raises(ValueError, match=r"depends on no parameter that is trained.*no_grad"):
        train(model, X, Y)
    assert model.state_dict() == before


def test_a_loss_of_something_else_is_refused():
    other = Value(1.0)
    with pytest.raises(ValueError, match="depends on no parameter that is trained"):
        train(MLP([2, 1]), X, Y, loss=lambda predictions, targets: other * other)


def test_only_the_first_update_has_to_reach_a_parameter():
    """A network whose units have all died is trained on for nothing, but that is no error."""
    w = Value(1.0)
    calls = []

    def loss(predictions, targets):
        calls.append(predictions)
        return w * w if len(calls) == 1 else Value(1.0) * 2

    history = train(lambda x: w, X, Y, loss=loss, optimizer=SGD([w]), epochs=3, backend="eager")
    assert history.losses == [1.0, 2.0, 2.0]
    assert w.data == 0.8


def test_an_activation_returns_a_value():
    with pytest.raises(TypeError, match=r"an activation returns a Value, but .* returned 0\.0: .*not math\.tanh"):
        train(MLP([2, 2, 1], hidden=math.tanh), X, Y, backend="eager")
    with pytest.raises(TypeError, match=r"for math\.tanh, engine\.tanh.*or train with backend='eager'"):
        train(MLP([2, 2, 1], hidden=math.tanh), X, Y)
    with engine.no_grad():
        assert isinstance(Neuron(2)([1.0, 2.0]), Value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "mse"}, "loss is a function.*'mse'"),
        ({"loss": None}, "loss is a function.*None"),
        ({"schedule": 0.1}, "schedule is a function.*0.1"),
        ({"model": 3.0, "optimizer": SGD([Value(1.0)])}, "the model is a Module.*3.0"),
        ({"seed": [1]}, r"seed is a number.*\[1\]"),
    ],
)
def test_what_train_cannot_use_is_named(arguments, message):
    with pytest.raises(TypeError, match=message):
        train(**({"model": MLP([2, 1]), "inputs": X, "targets": Y} | arguments))


def test_a_domain_error_names_the_epoch_and_is_arithmetic():
    slope = Value(1.0)
    with pytest.raises(ArithmeticError, match=r"in epoch 0: log has no value at x = -1\.0"):
        train(lambda x: log(slope * x), [-1.0], [0.0], optimizer=SGD([slope]))


def test_an_error_of_ones_own_need_not_be_made_of_one_message():
    class OddError(ArithmeticError):
        def __init__(self, first, second):
            super().__init__(first, second)

    def loss(predictions, targets):
        raise OddError("a", "b")

    with pytest.raises(ArithmeticError, match=r"in epoch 0: \('a', 'b'\)") as caught:
        train(MLP([2, 1]), X, Y, loss=loss)
    assert isinstance(caught.value.__cause__, OddError)


def test_a_seed_may_be_a_whole_number_of_another_type():
    assert MLP([2, 2, 1], seed=np.int64(5)).state_dict() == MLP([2, 2, 1], seed=5).state_dict()
    train(MLP([2, 1]), X, Y, epochs=1, batch_size=1, seed=np.int64(5))
    with pytest.raises(TypeError, match=r"seed is .*not \(1,\)"):
        MLP([2, 1], seed=(1,))


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: MLP([2, 1], initializer=lambda *_: None), TypeError, "a weight from the initializer .*None"),
        (lambda: Neuron(2, fan_out=-1), ValueError, "fan_out is at least 1, not -1"),
        (lambda: SGD([[Value(1.0)]]), TypeError, "in one flat list"),
        (lambda: SGD(np.array([[Value(1.0)]])), TypeError, "in one flat list"),
        (lambda: SGD([Value(1.0)], 10**400), OverflowError, "the learning rate cannot hold"),
        (lambda: Neuron(1)([10**400]), OverflowError, "an input cannot hold"),
        (lambda: Neuron(1).load_state_dict({"w[0]": 10**400, "b": 0}), OverflowError, r"w\[0\] cannot hold"),
        (lambda: Neuron(1).load_state_dict({7: 1.0}), ValueError, r"missing are w\[0\], b; unknown are 7"),
        (lambda: l1_penalty(["w"]), TypeError, "a penalty takes a real number, not 'w'"),
        (lambda: l2_penalty([[Value(1.0)]]), TypeError, "a penalty takes a real number"),
        (lambda: ExponentialSchedule(0.1, 2.0)(10_000), OverflowError, "learning rate 0.1 times 2.0 to the power"),
        (lambda: StepSchedule(1e308, 1, 10.0)(1), OverflowError, "the learning rate .* is too large"),
    ],
)
def test_what_cannot_be_used_is_named(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_a_step_whose_formula_gives_no_number_changes_nothing():
    class Strange(SGD):
        def formula(self, parameter, gradient, state, learning_rate):
            return (parameter + 1.0 if parameter < 2.0 else Value(7.0)), state

    first, second = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match="the formula of Strange takes a real number"):
        Strange([first, second]).step()
    assert (first.data, second.data) == (1.0, 2.0)


def test_two_parameters_of_one_name_are_refused():
    class Key:
        def __repr__(self):
            return "key"

    model = Module()
    model.table = {Key(): Value(1.0), Key(): Value(2.0)}
    for use in (model.state_dict, lambda: model.save("never"), lambda: model.load_state_dict({})):
        with pytest.raises(ValueError, match=r"two parameters .* have the name table\[key\]"):
            use()


def test_a_closed_stderr_gets_no_bar(monkeypatch):
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert len(train(MLP([2, 1]), X, Y, epochs=2).losses) == 2
