"""`train`: the loop against one written out, mini-batches, history, failures, progress."""

import gc
import io
import math
import sys
from random import Random

import numpy as np
import pytest
from support.lines import Line, Terminal, X, Y

import engine
from engine import Value, exp, log
from nn import (
    MLP,
    SGD,
    Adam,
    Neuron,
    binary_cross_entropy,
    cross_entropy,
    half_sum_of_squares,
    l2_penalty,
    mean_squared_error,
    train,
)


def test_xor_is_learned():
    model = MLP([2, 8, 1], hidden="tanh", output="sigmoid", seed=0)
    history = train(model, X, Y, loss=binary_cross_entropy, optimizer=Adam(model.parameters(), 0.05), epochs=150)
    assert [round(model(x).data) for x in X] == Y
    assert len(history.losses) == 150
    assert history.losses[-1] < 0.1 < history.losses[0]
    assert not history.interrupted


def test_a_line_is_fitted_to_the_least_squares_solution():
    xs = np.linspace(-1.0, 2.0, 7)
    ys = np.array([0.1, 0.4, 1.2, 0.9, 1.8, 2.2, 2.1])
    model = Line()
    train(model, xs, ys, optimizer=SGD(model.parameters(), 0.3), epochs=300)
    np.testing.assert_allclose([model.slope.data, model.offset.data], np.polyfit(xs, ys, 1), rtol=1e-10)


def test_the_loop_is_the_one_that_anybody_would_write():
    model, twin = MLP([2, 3, 1], seed=6), MLP([2, 3, 1], seed=6)
    history = train(model, X, Y, optimizer=SGD(model.parameters(), 0.5, momentum=0.9), epochs=5)
    optimizer = SGD(twin.parameters(), 0.5, momentum=0.9)
    losses = []
    for _ in range(5):
        loss = mean_squared_error([twin(x) for x in X], Y)
        losses.append(loss.data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert history.losses == losses
    assert model.state_dict() == twin.state_dict()


def test_the_default_optimizer_is_plain_gradient_descent():
    model, twin = MLP([2, 3, 1], seed=6), MLP([2, 3, 1], seed=6)
    train(model, X, Y, epochs=3)
    train(twin, X, Y, optimizer=SGD(twin.parameters(), learning_rate=0.1), epochs=3, backend="eager")
    assert model.state_dict() == twin.state_dict()


def test_mini_batches_are_shuffled_by_the_seed_and_the_last_is_what_remains():
    xs = list(range(7))
    seen = []

    def loss(predictions, targets):
        seen.append(targets)
        return half_sum_of_squares(predictions, targets)

    train(Line(), xs, xs, loss=loss, optimizer=None, epochs=3, batch_size=3, seed=12, backend="eager")
    assert [len(batch) for batch in seen] == [3, 3, 1] * 3
    random, order = Random(12), None
    for epoch in range(3):
        order = list(range(7))
        random.shuffle(order)
        assert [x for batch in seen[3 * epoch : 3 * epoch + 3] for x in batch] == order
    first, seen[:] = list(seen), []
    train(Line(), xs, xs, loss=loss, epochs=3, batch_size=3, seed=12, backend="eager")
    assert seen == first
    train(Line(), xs, xs, loss=loss, epochs=3, batch_size=3, seed=13, backend="eager")
    assert seen[9:] != first


@pytest.mark.parametrize("batch_size", [None, 4, 100])
def test_all_samples_at_once_stay_in_order(batch_size):
    seen = []

    def loss(predictions, targets):
        seen.append(targets)
        return mean_squared_error(predictions, targets)

    train(Line(), [1, 2, 3, 4], [4, 3, 2, 1], loss=loss, epochs=2, batch_size=batch_size, backend="eager")
    assert seen == [[4, 3, 2, 1]] * 2


def test_the_loss_of_an_epoch_weighs_its_batches_by_size():
    xs = [1.0, 2.0, 3.0, 4.0, 5.0]
    model = Line(slope=1.0)
    frozen = SGD(model.parameters(), learning_rate=0.0)
    history = train(model, xs, [0.0] * 5, optimizer=frozen, epochs=4, batch_size=2)
    assert history.losses == pytest.approx([11.0] * 4, rel=1e-15)


def test_models_of_several_outputs_and_arrays():
    model = MLP([2, 4, 3], output="linear")
    classes = np.array([0, 1, 1, 2])
    history = train(model, np.array(X), classes, cross_entropy, Adam(model.parameters(), 0.1), epochs=40)
    assert [int(np.argmax([float(score) for score in model(x)])) for x in X] == classes.tolist()
    assert history.losses[0] > history.losses[-1]
    regression = MLP([2, 2], output="linear")
    train(regression, np.array(X), np.array([[0.0, 1.0]] * 4), epochs=2)


def test_a_loss_may_see_more_than_the_predictions():
    model = Line(slope=3.0)
    train(
        model,
        [1.0],
        [3.0],
        loss=lambda predictions, targets: mean_squared_error(predictions, targets) + l2_penalty([model.slope], 0.5),
        optimizer=SGD([model.slope], learning_rate=0.1),
        epochs=1,
    )
    assert model.slope.data == 3.0 - 0.1 * (2.0 * 0.5 * 3.0)


def test_any_function_is_a_model_if_an_optimizer_is_given():
    slope = Value(0.0)
    train(lambda x: slope * x, [1.0, 2.0], [2.0, 4.0], optimizer=SGD([slope], 0.1), epochs=60)
    assert slope.data == pytest.approx(2.0, rel=1e-6)
    with pytest.raises(TypeError, match="only a Module knows its parameters"):
        train(lambda x: slope * x, [1.0], [2.0])


def test_training_goes_on_from_where_it_was():
    model, twin = MLP([2, 3, 1]), MLP([2, 3, 1])
    optimizer = Adam(model.parameters())
    first = train(model, X, Y, optimizer=optimizer, epochs=3)
    second = train(model, X, Y, optimizer=optimizer, epochs=4)
    whole = train(twin, X, Y, optimizer=Adam(twin.parameters()), epochs=7)
    assert first.losses + second.losses == whole.losses
    assert train(model, X, Y, epochs=0).losses == []


def declared_none(predictions, targets):
    return mean_squared_error(predictions, targets)


declared_none.reduction = "none"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"targets": [0, 1]}, ValueError, "there are 4 inputs, but 2 targets"),
        ({"inputs": [], "targets": []}, ValueError, "no samples"),
        ({"targets": 1.0}, TypeError, "inputs and targets are lists"),
        ({"epochs": -1}, ValueError, "epochs is at least 0, not -1"),
        ({"epochs": 1.5}, TypeError, "epochs is a whole number, not 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size is at least 1, not 0"),
        ({"backend": "numpy"}, ValueError, "no backend 'numpy': choose one of 'python', 'llvm', 'eager'"),
        ({"optimizer": "adam"}, TypeError, r"as in SGD\(model.parameters\(\)\), not 'adam'"),
        ({"optimizer": SGD(MLP([2, 1]).parameters())}, ValueError, "trains no parameter of this MLP"),
        ({"loss": "mse"}, TypeError, "loss is a function.*'mse'"),
        ({"loss": None}, TypeError, "loss is a function.*None"),
        ({"schedule": 0.1}, TypeError, "schedule is a function.*0.1"),
        (
            {"penalty": Value(1.0)},
            TypeError,
            "penalty is a function without .*Value.*put lambda: before",
        ),
        ({"penalty": lambda: 0.5}, TypeError, r"a penalty returns a Value, as l2_penalty does, not 0\.5"),
        ({"model": 3.0, "optimizer": SGD([Value(1.0)])}, TypeError, "the model is a Module.*3.0"),
        ({"seed": [1]}, TypeError, r"seed is a number.*\[1\]"),
        ({"loss": declared_none}, ValueError, "the reduction of a loss is 'mean' or 'sum', not 'none'"),
        ({"progress": "yes"}, TypeError, "progress is True, False, None or a function"),
        ({"progress": 1}, TypeError, "progress is True, False, None or a function"),
        ({"loss": lambda predictions, targets: 0.5}, TypeError, r"the loss should be a Value .* not 0\.5"),
        ({"inputs": [[1]] * 4}, ValueError, "takes 2 inputs, not 1"),
        ({"schedule": lambda epoch: -1.0}, ValueError, "the learning rate is .* not -1.0"),
    ],
)
def test_what_cannot_be_trained_is_refused_and_the_model_is_untouched(arguments, error, message):
    model = MLP([2, 2, 1])
    before = model.state_dict()
    with pytest.raises(error, match=message):
        train(**({"model": model, "inputs": X, "targets": Y} | arguments))
    assert model.state_dict() == before


def failing(model, message, **arguments):
    """Train to the failure; return the parameters before each update."""
    states = []

    def loss(predictions, targets):
        states.append(model.state_dict())
        return mean_squared_error(predictions, targets)

    with pytest.raises(ArithmeticError, match=message):
        train(model, [1.0, 2.0], [0.0, 0.0], backend="eager", **({"loss": loss} | arguments))
    return states


def test_a_loss_that_is_not_finite_names_the_epoch_and_leaves_the_parameters():
    model = Line(slope=1.0)
    states = failing(model, r"in epoch \d+: the loss is inf", optimizer=SGD(model.parameters(), 1e5), epochs=1000)
    assert len(states) > 2
    assert model.state_dict() == states[-1]


def test_an_update_that_is_not_finite_names_the_epoch_and_leaves_the_parameters():
    model = Line(slope=1.0)
    states = failing(model, "in epoch 1: the step would make slope -?inf", schedule=[0.1, 1.7e308].__getitem__)
    assert len(states) == 2
    assert model.state_dict() == states[-1]


def test_a_nan_in_the_data_is_not_hidden():
    with pytest.raises(ArithmeticError, match="in epoch 0: the loss is nan"):
        train(Line(), [math.nan], [1.0])


@pytest.mark.parametrize(
    ("function", "x", "kinds"), [(exp, 1000.0, [OverflowError]), (log, -1.0, [ArithmeticError, ValueError])]
)
def test_an_operation_without_a_value_names_the_epoch_and_its_error_stays_what_it_is(function, x, kinds):
    model = Line(slope=1.0)
    for kind in kinds:
        with pytest.raises(kind, match=rf"in epoch 0: {function.__name__} has no value at x = {x}"):
            train(lambda x: function(model(x)), [x], [0.0], optimizer=SGD(model.parameters()))


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(enabled):
    states = []

    def loss(predictions, targets):
        states.append(gc.isenabled())
        return mean_squared_error(predictions, targets)

    (gc.enable if enabled else gc.disable)()
    try:
        train(
            Line(),
            [1.0],
            [2.0],
            loss=loss,
            epochs=2,
            backend="eager",
            progress=lambda *_: states.append(gc.isenabled()),
        )
        assert states == [False, enabled, False, enabled]
        with pytest.raises(TypeError, match="the loss should be a Value"):
            train(Line(), [1.0], [2.0], loss=lambda predictions, targets: 0.5, backend="eager")
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_the_history_says_what_came_of_it():
    history = train(Line(), [1.0], [2.0], epochs=2)
    assert repr(history) == f"<History of 2 epochs, loss 4 → {history.losses[1]:.6g}>"
    assert repr(train(Line(), [1.0], [2.0], epochs=0)) == "<History of 0 epochs>"


def test_a_function_is_told_the_progress():
    seen = []
    history = train(Neuron(1), [[1.0]], [0.5], epochs=3, progress=lambda epoch, loss: seen.append((epoch, loss)))
    assert seen == list(enumerate(history.losses))


@pytest.mark.parametrize(
    ("stream", "progress", "drawn"),
    [
        (io.StringIO, True, True),
        (io.StringIO, None, False),
        (io.StringIO, False, False),
        (Terminal, True, True),
        (Terminal, None, True),
        (Terminal, False, False),
    ],
)
def test_a_bar_is_drawn_on_request_or_on_a_terminal(monkeypatch, stream, progress, drawn):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", stream())
    train(Line(), [1.0], [2.0], epochs=3, progress=progress)
    written = sys.stderr.getvalue()
    assert ("3/3" in written) is drawn
    assert ("loss" in written) is drawn


def test_without_tqdm_a_bar_on_request_is_an_error_and_otherwise_there_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    model = Line()
    with pytest.raises(ModuleNotFoundError, match="pip install tqdm"):
        train(model, [1.0], [2.0], progress=True)
    assert model.slope.data == 0.0
    assert len(train(model, [1.0], [2.0], epochs=2).losses) == 2
    assert sys.stderr.getvalue() == ""


def test_without_an_open_stderr_there_is_no_bar(monkeypatch):
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed):
        monkeypatch.setattr(sys, "stderr", stream)
        assert len(train(Line(), [1.0], [2.0], epochs=2).losses) == 2


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


def test_an_error_of_ones_own_need_not_be_made_of_one_message():
    class OddError(ArithmeticError):
        def __init__(self, first, second):
            super().__init__(first, second)

    def loss(predictions, targets):
        raise OddError("a", "b")

    with pytest.raises(ArithmeticError, match=r"in epoch 0: \('a', 'b'\)") as caught:
        train(MLP([2, 1]), X, Y, loss=loss)
    assert isinstance(caught.value.__cause__, OddError)
