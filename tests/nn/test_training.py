"""`train`: the loop against one written out, mini-batches, history, failures, progress."""

import gc
import io
import math
import sys
from random import Random

import pytest
from support.lines import Line, Terminal, X, Y, declared

import engine
import nn.progress
from engine import Value
from nn import MLP, SGD, Adam, mean_squared_error, train


def test_the_loop_is_the_one_that_anybody_would_write():
    """Plain gradient descent at a rate of 0.1, unless another optimizer is given."""
    for settings in (None, {"learning_rate": 0.5, "momentum": 0.9}):
        model, twin = MLP([2, 3, 1], seed=6), MLP([2, 3, 1], seed=6)
        history = train(model, X, Y, optimizer=settings and SGD(model.parameters(), **settings), epochs=5)
        optimizer = SGD(twin.parameters(), **settings or {"learning_rate": 0.1})
        losses = []
        for _ in range(5):
            loss = mean_squared_error([twin(x) for x in X], Y)
            losses.append(loss.data)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert history.losses == losses
        assert model.state_dict() == twin.state_dict()


def batches_of(count, epochs, **options):
    """The targets of each batch."""
    seen = []

    def loss(predictions, targets):
        seen.append(targets)
        return mean_squared_error(predictions, targets)

    train(Line(), list(range(count)), list(range(count)), loss, epochs=epochs, backend="eager", **options)
    return seen


def test_mini_batches_are_shuffled_by_the_seed_and_the_last_is_what_remains():
    seen = batches_of(7, 3, batch_size=3, seed=12)
    assert [len(batch) for batch in seen] == [3, 3, 1] * 3
    random, order = Random(12), None
    for epoch in range(3):
        order = list(range(7))
        random.shuffle(order)
        assert [x for batch in seen[3 * epoch : 3 * epoch + 3] for x in batch] == order
    for batch_size in (None, 4, 100):
        assert batches_of(4, 2, batch_size=batch_size) == [[0, 1, 2, 3]] * 2, "all samples at once stay in order"


def test_the_loss_of_an_epoch_weighs_its_batches_by_size():
    xs = [1.0, 2.0, 3.0, 4.0, 5.0]
    model = Line(slope=1.0)
    frozen = SGD(model.parameters(), learning_rate=0.0)
    history = train(model, xs, [0.0] * 5, optimizer=frozen, epochs=4, batch_size=2)
    assert history.losses == pytest.approx([11.0] * 4, rel=1e-15)


def test_training_goes_on_from_where_it_was():
    model, twin = MLP([2, 3, 1]), MLP([2, 3, 1])
    optimizer = Adam(model.parameters())
    first = train(model, X, Y, optimizer=optimizer, epochs=3)
    second = train(model, X, Y, optimizer=optimizer, epochs=4)
    whole = train(twin, X, Y, optimizer=Adam(twin.parameters()), epochs=7)
    assert first.losses + second.losses == whole.losses
    assert train(model, X, Y, epochs=0).losses == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"targets": [0, 1]}, ValueError, "there are 4 inputs, but 2 targets"),
        ({"inputs": [], "targets": []}, ValueError, "no samples"),
        ({"targets": 1.0}, TypeError, "inputs and targets are lists"),
        ({"inputs": [[1]] * 4}, ValueError, "takes 2 inputs, not 1"),
        ({"epochs": -1}, ValueError, "epochs is at least 0, not -1"),
        ({"epochs": 1.5}, TypeError, "epochs is a whole number, not 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size is at least 1, not 0"),
        ({"backend": "numpy"}, ValueError, "no backend 'numpy': choose one of 'python', 'llvm', 'eager'"),
        ({"optimizer": "adam"}, TypeError, r"as in SGD\(model.parameters\(\)\), not 'adam'"),
        ({"optimizer": SGD(MLP([2, 1]).parameters())}, ValueError, "trains no parameter of this MLP"),
        ({"model": lambda x: Value(1.0) * x}, TypeError, "only a Module knows its parameters"),
        ({"model": 3.0, "optimizer": SGD([Value(1.0)])}, TypeError, "the model is a Module.*3.0"),
        ({"loss": None}, TypeError, "loss is a function.*None"),
        ({"loss": lambda predictions, targets: 0.5}, TypeError, r"the loss should be a Value .* not 0\.5"),
        ({"loss": declared("none", lambda *_: 0.5)}, ValueError, "reduction of a loss is 'mean' or 'sum', not 'none'"),
        ({"schedule": 0.1}, TypeError, "schedule is a function.*0.1"),
        ({"schedule": lambda epoch: -1.0}, ValueError, "the learning rate is .* not -1.0"),
        ({"penalty": Value(1.0)}, TypeError, "penalty is a function without .*put lambda: before.*Value"),
        ({"penalty": lambda: 0.5}, TypeError, r"a penalty returns a Value, as l2_penalty does, not 0\.5"),
        ({"seed": [1]}, TypeError, r"seed is a number.*\[1\]"),
        ({"progress": 1}, TypeError, "progress is True, False, None or a function"),
    ],
)
def test_what_cannot_be_trained_is_refused_and_the_model_is_untouched(arguments, error, message):
    model = MLP([2, 2, 1])
    before = model.state_dict()
    with pytest.raises(error, match=message):
        train(**({"model": model, "inputs": X, "targets": Y} | arguments))
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("message", "options"),
    [
        (r"in epoch \d+: the loss is inf", {"schedule": lambda epoch: 1e5, "epochs": 1000}),
        ("in epoch 1: the step would make slope -?inf", {"schedule": [0.1, 1.7e308].__getitem__}),
        ("in epoch 0: the loss is nan", {"inputs": [1.0, math.nan]}),
    ],
)
def test_a_failure_names_the_epoch_and_leaves_the_parameters_as_before_the_update(message, options):
    model, states = Line(slope=1.0), []

    def loss(predictions, targets):
        states.append(model.state_dict())
        return mean_squared_error(predictions, targets)

    arguments = {"inputs": [1.0, 2.0], "targets": [0.0, 0.0], "loss": loss, "backend": "eager"}
    with pytest.raises(ArithmeticError, match=message):
        train(model, **(arguments | options))
    assert model.state_dict() == states[-1]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_paused_and_then_left_as_it_was(enabled):
    states = []
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(TypeError, match="the loss should be a Value"):
            train(Line(), [1], [2], lambda *_: states.append(gc.isenabled()), backend="eager")
        assert (states, gc.isenabled()) == ([False], enabled)
    finally:
        gc.enable()


def test_the_history_says_what_came_of_it_and_a_function_is_told_the_progress():
    seen = []
    history = train(Line(), [1.0], [2.0], epochs=2, progress=lambda epoch, loss: seen.append((epoch, loss)))
    assert seen == list(enumerate(history.losses))
    assert repr(history) == f"<History of 2 epochs, loss 4 → {history.losses[1]:.6g}>"
    assert repr(train(Line(), [1.0], [2.0], epochs=0)) == "<History of 0 epochs>"


@pytest.mark.parametrize(
    ("stream", "progress", "drawn"),
    [
        (io.StringIO(), True, True),
        (io.StringIO(), None, False),
        (None, None, False),
        (Terminal(), None, True),
        (Terminal(), False, False),
    ],
)
def test_a_bar_is_drawn_on_request_or_on_a_terminal(monkeypatch, stream, progress, drawn):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", stream)
    train(Line(), [1.0], [2.0], epochs=3, progress=progress)
    written = stream.getvalue() if stream else ""
    assert ("3/3" in written) is drawn
    assert ("loss" in written) is drawn


def test_without_tqdm_a_bar_on_request_is_an_error_and_otherwise_there_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(nn.progress, "PATIENCE", 1e6)  # On a busy machine, even this may take a second.
    model = Line()
    with pytest.raises(ModuleNotFoundError, match="pip install tqdm"):
        train(model, [1.0], [2.0], progress=True)
    assert model.slope.data == 0.0
    assert len(train(model, [1.0], [2.0], epochs=2).losses) == 2
    assert sys.stderr.getvalue() == ""


def test_a_loss_that_depends_on_no_parameter_is_refused():
    other, model = Value(1.0), MLP([2, 1])
    with pytest.raises(ValueError, match="depends on no parameter that is trained"):
        train(model, X, Y, loss=lambda predictions, targets: other * other)
    with engine.no_grad(), pytest.raises(ValueError, match=r"depends on no parameter that is trained.*no_grad"):
        train(model, X, Y)
    assert model.state_dict() == MLP([2, 1]).state_dict()
