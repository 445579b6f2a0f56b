"""When a training is done by programs, by which, and what is refused because a program could not do it."""

import gc
import io
import math
import random
import re
import sys
import threading

import numpy as np
import pytest
from support.lines import NUMBERS, SIGNS, Line, Terminal, beside_eager, both_ways, declared
from support.program_checks import needs

import engine
import nn
from engine import RecordingError, Value
from nn import SGD, mean_squared_error, planning, train

REAL_COSTS = dict(planning.COSTS)


@pytest.mark.parametrize("backend", ["python", "eager"])
@pytest.mark.parametrize(
    ("loss", "wrong", "message"),
    [
        (nn.hinge, 0, r"targets of hinge are -1 and \+1, not 0"),
        (nn.cross_entropy, 2, "a class of 2 is a whole number from 0 to 1, not 2"),
        (nn.binary_cross_entropy_with_logits, -1.0, "a probability from 0 to 1, not -1.0"),
    ],
)
def test_a_target_that_the_loss_refuses_is_refused_wherever_it_stands(loss, wrong, message, backend):
    w = Value(1.0)
    model = (lambda x: [w * x, x]) if loss is nn.cross_entropy else (lambda x: w * x)
    with pytest.raises(ValueError, match=message):
        train(model, NUMBERS, [*[1] * 30, wrong, *[1] * 9], loss, SGD([w]), 4, 8, backend)


def weighed(p, t):
    return sum(abs(a - b) * (1.0 if i < 3 else 5.0) for i, (a, b) in enumerate(zip(p, t, strict=True)))


@pytest.mark.parametrize(
    ("reduction", "loss"),
    [
        ("sum", lambda p, t: mean_squared_error(p, t)),
        ("mean", lambda p, t: nn.half_sum_of_squares(p, t)),
        ("mean", weighed),
        ("mean", lambda p, t: engine.sqrt(mean_squared_error(p, t))),
        ("sum", lambda p, t: nn.half_sum_of_squares(p, t) + 0.5 * p[0] ** 0),
    ],
)
def test_what_a_loss_declares_wrongly_is_found_in_the_first_batch(reduction, loss):
    w = Value(0.5, "w")
    with pytest.raises(ValueError, match=f"declares that it is the {reduction} over .*reduction.*penalty=.*'eager'"):
        train(lambda x: w * x, NUMBERS, SIGNS, declared(reduction, loss), SGD([w]), 4, 8)
    assert w.data == 0.5


def largest(predictions, targets):
    worst = predictions[0] * 0
    for p, t in zip(predictions, targets, strict=True):
        worst = engine.maximum(worst, abs(p - t))
    return worst


def stop(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("costs", "epochs", "count", "options", "way"),
    [
        ({}, 1, 10, {}, ["WholeBatch"]),
        ({}, 1, 400, {}, ["WholeBatch"]),  # two operations of the line, three of its squared error and the mean
        ({}, 1, 401, {}, ["Rows"]),
        ({}, 1, 10, {"batch_size": 5}, ["Rows"]),
        ({}, 1, 10, {"batch_size": 5, "backend": "eager"}, []),
        ({}, 1, 450, {"loss": largest}, ["WholeBatch"]),
        ({}, 1, 4, {"loss": largest, "batch_size": 3}, []),
        (REAL_COSTS, 5, 4, {}, []),
        (REAL_COSTS, 1_000, 4, {}, ["WholeBatch"]),
        (REAL_COSTS, 1_000, 4, {"backend": "llvm"}, []),
        (REAL_COSTS, 100_000, 4, {"backend": "llvm"}, ["WholeBatch"]),
        (REAL_COSTS, 20, 400, {"batch_size": 20}, ["Rows"]),
        (REAL_COSTS, 1, 40, {"batch_size": 20}, []),
    ],
)
def test_one_graph_up_to_2000_operations_and_rows_above_where_it_pays(
    costs, epochs, count, options, way, made, monkeypatch
):
    needs(options.get("backend", "python"))
    monkeypatch.setattr(planning, "COSTS", planning.COSTS | costs)
    xs = [float(i % 5) for i in range(count)]
    assert train(Line(), xs, [1.0] * count, epochs=epochs, progress=stop, **options).interrupted
    assert made == way


def test_a_graph_that_needs_too_much_memory_as_a_program_is_left_to_the_engine(made, monkeypatch):
    """Two operations a sample by the model, and many more by a loss that takes the samples together."""
    monkeypatch.setattr(planning, "FREE_MEMORY", 1_000_000)

    def heavy(predictions, targets):
        terms = [(p - t) ** 2 for p, t in zip(predictions, targets, strict=True) for _ in range(5)]
        return sum(terms[1:], terms[0]) * 0.001

    both_ways(lambda w: lambda x: w * x, heavy, NUMBERS[:20], SIGNS[:20], None)
    assert made == []
    both_ways(lambda w: lambda x: w * x, heavy, NUMBERS[:4], SIGNS[:4], None)
    assert made == ["WholeBatch"]


def test_without_llvmlite_machine_code_is_refused_even_where_no_program_would_be_made(monkeypatch):
    pytest.importorskip("engine.machine.backend")
    monkeypatch.setattr(engine, "machine", engine.machine)  # to be put back, as what sys.modules has
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    for name in [name for name in sys.modules if name.startswith("engine.machine")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError, match="llvmlite"):
        train(Line(), [1.0], [2.0], epochs=1, backend="llvm")


@pytest.mark.parametrize(
    ("stream", "asked", "said"), [(Terminal, None, True), (Terminal, False, False), (io.StringIO, None, False)]
)
def test_what_takes_long_is_said_on_a_terminal(stream, asked, said, monkeypatch):
    class AtOnce(threading.Timer):
        def start(self):
            self.function(*self.args)

    monkeypatch.setattr(threading, "Timer", AtOnce)
    monkeypatch.setattr(sys, "stderr", stream())
    train(Line(), [1.0], [2.0], epochs=2, progress=asked)
    train(Line(), [1.0], [2.0], epochs=2, progress=asked, backend="eager")
    text = r"train: recording a program …\n.*train: compiling \d+ instructions …\n.*train: recording a batch …\n"
    assert bool(re.search(text, sys.stderr.getvalue(), re.DOTALL)) is said
    assert said or "train:" not in sys.stderr.getvalue()


UNDECLARED = {
    "spread": lambda p, t: sum((a - b - (p[0] - t[0])) ** 2 for a, b in zip(p, t, strict=True)) + (p[0] - t[0]) ** 2,
    "target in a condition": lambda p, t: sum((1 - a) ** 2 if b else a * a for a, b in zip(p, t, strict=True)),
    "by position": lambda p, t: sum((a - b) ** 2 * i for i, (a, b) in enumerate(zip(p, t, strict=True))) * 0.001,
    "target compared": declared(
        "mean", lambda p, t: sum((1 - a) ** 2 if b == 1 else a * a for a, b in zip(p, t, strict=True)) / len(p)
    ),
    "several samples": lambda p, t: mean_squared_error(p, t) if len(p) > 3 else 1 / 0,
    "largest": largest,
}


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("name", UNDECLARED)
def test_a_loss_that_declares_nothing_or_looks_at_targets_is_computed_whole(name, batch_size, made):
    found, expected = both_ways(lambda w: lambda x: w * x, UNDECLARED[name], NUMBERS, SIGNS, batch_size)
    assert found == expected
    assert [way for way in made if way != "Rows"] == ([] if batch_size else ["WholeBatch"])


@pytest.mark.parametrize("costs", [{}, REAL_COSTS], ids=["none", "real"])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_a_model_or_a_loss_that_looks_at_numbers_is_refused_and_told_what_to_do(batch_size, costs, monkeypatch):
    """Also where so few steps are not worth a program."""
    monkeypatch.setattr(planning, "COSTS", planning.COSTS | costs)
    w = Value(1.0, "w")
    for model, loss in [
        (lambda x: w * x if w * x > 0 else w * 0.1 * x, mean_squared_error),
        (lambda x: w * float(w * x), mean_squared_error),
        (lambda x: w * (w * x).data, mean_squared_error),
        (lambda x: w * x, lambda p, t: p[0] * p[0].data),
    ]:
        with pytest.raises(RecordingError, match=r"maximum\(x, y\).*or train with backend='eager'"):
            train(model, [1.0, 2.0], [1.0, 1.0], loss, SGD([w]), 2, batch_size)
        assert w.data == 1.0


def shared(generator):
    generator.seed(1)
    return generator.random


def from_pairs(generator):
    """Normal numbers come in pairs, and the second changes nothing but a cache; as probabilities."""
    return lambda: math.erfc(abs(generator.randn()) / 2**0.5)


DRAWS = {
    "random": lambda: shared(random),
    "numpy": lambda: shared(np.random),
    "own": lambda: random.Random(1).random,
    "own of numpy": lambda: np.random.default_rng(1).random,
    "own of numpy with a cache": lambda: from_pairs(np.random.RandomState(1)),
}


@pytest.fixture
def everything_in_sight():
    """Also what the tests put aside in the beginning: the generators that all share."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.mark.usefixtures("everything_in_sight")
@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("rate", [0.5, 0.01, 0.0001])
@pytest.mark.parametrize("name", DRAWS)
def test_a_model_that_draws_at_random_goes_the_eager_way(name, rate, batch_size, made):
    """However rarely what it draws makes a difference; and recording uses up no number of its own."""

    def run(backend):
        w, draw = Value(0.5), DRAWS[name]()
        model = lambda x: w * x * (0.0 if draw() < rate else 1.0)  # noqa: E731
        return train(model, NUMBERS, SIGNS, mean_squared_error, SGD([w]), 4, batch_size, backend).losses

    found, expected = beside_eager("python", run)
    assert found == expected
    assert made == []


@pytest.mark.parametrize("place", ["model", "loss"])
def test_a_generator_that_the_model_makes_while_it_is_recorded_is_seen_and_none_is_set_back(place, monkeypatch):
    for generator, name in [(random, "seed"), (random, "setstate"), (np.random, "seed"), (np.random, "set_state")]:
        monkeypatch.setattr(generator, name, stop)
    made = []

    def mask():
        made.append(made[0] if made else random.Random(1))
        return 0.0 if made[0].random() < 0.1 else 1.0

    w = Value(0.5)
    model = lambda x: w * x * (mask() if place == "model" else 1.0)  # noqa: E731
    loss = lambda p, t: mean_squared_error(p, t) * (mask() if place == "loss" else 1.0)  # noqa: E731
    assert len(set(train(model, NUMBERS, SIGNS, loss, SGD([w], 0.0), 9).losses)) > 1


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("place", ["model", "penalty"])
def test_a_result_from_before_the_training_stays_what_it_was(place, batch_size):
    """The engine computes it once; a program would compute it anew."""

    def run(backend):
        w = Value(0.5)
        before = w * 2.0
        model, penalty = (lambda x: before * x, None) if place == "model" else (lambda x: w * x, lambda: before)
        history = train(model, NUMBERS, SIGNS, mean_squared_error, SGD([w]), 4, batch_size, backend, penalty=penalty)
        return history.losses, w.data

    found, expected = beside_eager("python", run)
    assert found == expected


@pytest.mark.parametrize("batch_size", [None, 8])
def test_models_of_numbers_only_or_of_samples_of_different_shapes(batch_size):
    table = {number: number * 2.0 for number in NUMBERS}
    for model_of, first in [
        (lambda w: lambda x: w * table[x], NUMBERS[0]),
        (lambda w: lambda x: w * (1.0 if x.is_integer() else x), NUMBERS[0]),
        (lambda w: lambda x: w * (x[0] if isinstance(x, list) else x), [1.0]),
        (lambda w: lambda x: w * x, Value(2.0)),
    ]:
        found, expected = both_ways(model_of, mean_squared_error, [first, *NUMBERS[1:]], SIGNS, batch_size)
        assert found == pytest.approx(expected, rel=1e-12)
