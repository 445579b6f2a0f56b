"""Training by programs: the history of the eager backend, to the last bit or to the order of additions."""

import math
import random
import signal
import threading
from functools import partial

import numpy as np
import pytest
from support.lines import Line, X, Y, beside_eager, declared
from support.program_checks import available, each_backend, needs

import nn
from engine import DomainError, Program, Value, log
from nn import MLP, SGD, mean_squared_error, planning, train


def samples(count, seed=1):
    draw = random.Random(seed)
    return [[draw.gauss(0.0, 1.0), draw.gauss(0.0, 1.0)] for _ in range(count)]


OPTIMIZERS = [
    partial(SGD, learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    partial(nn.RMSProp, learning_rate=0.02),
    partial(nn.Adam, learning_rate=0.05),
    partial(nn.AdamW, learning_rate=0.05),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", [mean_squared_error, nn.half_sum_of_squares, nn.binary_cross_entropy])
@pytest.mark.slow
def test_a_whole_batch_has_the_history_of_the_engine_to_the_last_bit(loss, optimizer, made):
    def run(backend):
        model = MLP([2, 3, 1], seed=3)
        with_state = optimizer(model.parameters())
        penalty, schedule = partial(nn.l2_penalty, model.parameters(), 1e-3), nn.ExponentialSchedule(0.2, 0.5)
        first = train(model, X, Y, loss, with_state, epochs=40, backend=backend, penalty=penalty)
        second = train(model, X, Y, loss, with_state, epochs=3, backend=backend, schedule=schedule)
        remembered = with_state.state, with_state.shared, with_state.learning_rate
        return first.losses, second.losses, model.state_dict(), remembered

    found = [run(backend) for backend in available()]
    assert found == [run("eager")] * len(found)
    assert made == ["WholeBatch"] * 2 * len(found)


def separable(name):
    """A loss, its targets for the samples, and how many outputs it wants."""
    xs = samples(90)
    product = [x * y for x, y in xs]
    classes = [int(x > 0) + int(y > 0) for x, y in xs]
    own = declared("sum", lambda p, t: nn.half_sum_of_squares(p, t) * 0.01)
    return {
        "mean": (mean_squared_error, product, 1),
        "sum": (own, [[t] for t in product], 1),
        "several": (mean_squared_error, [[t, -t] for t in product], 2),
        "logits": (nn.binary_cross_entropy_with_logits, [float(t > 0) for t in product], 1),
        "hinge": (nn.hinge, [1 if t > 0 else -1 for t in product], 1),
        "classes": (nn.cross_entropy, classes, 3),
        "column": (nn.cross_entropy, np.array(classes)[:, None], 3),
        "rows": (nn.cross_entropy, [[0.25, 0.5, 0.25] if c else [1.0, 0.0, 0.0] for c in classes], 3),
    }[name]


@pytest.mark.parametrize("batch_size", [None, 20, 89])
@pytest.mark.parametrize("name", ["mean", "sum", "several", "logits", "hinge", "classes", "column", "rows"])
@pytest.mark.slow
def test_summed_rows_have_the_history_of_the_engine_but_for_the_order(name, batch_size, monkeypatch, made):
    monkeypatch.setattr(planning, "LARGEST_GRAPH", 0)
    loss, targets, outputs = separable(name)

    def run(backend):
        model = MLP([2, 4, outputs], output="linear", seed=5)
        penalty = partial(nn.l2_penalty, model.parameters(), 1e-3) if name in ("mean", "sum") else None
        optimizer = SGD(model.parameters(), 0.05, momentum=0.5)
        history = train(model, samples(90), targets, loss, optimizer, 4, batch_size, backend, seed=7, penalty=penalty)
        return [*history.losses, *model.state_dict().values()]

    found, expected = [run(backend) for backend in available()], run("eager")
    assert made == ["Rows"] * len(found)
    assert all(numbers == pytest.approx(expected, rel=1e-12, abs=1e-14) for numbers in found)


@each_backend
@pytest.mark.parametrize("batch_size", [None, 2])
def test_progress_sees_the_parameters_of_its_epoch_and_may_change_what_the_optimizer_remembers(batch_size, backend):
    """Its list as a whole, an entry of it, or nothing; each step goes on from what is there."""

    def run(backend):
        model = Line(0.5)
        optimizer = SGD(model.parameters(), 0.05, momentum=0.9)
        seen = []

        def meddle(epoch, loss):
            seen.extend((loss, model.slope.data))
            if epoch == 3:
                optimizer.state = [(1.0,), (-1.0,)]
            if epoch == 6:
                optimizer.state[0] = (0.0,)

        xs, ys = [1.0, 2.0, 3.0], [2.0, 1.0, 0.0]
        train(model, xs, ys, mean_squared_error, optimizer, 10, batch_size, backend, progress=meddle)
        return [*seen, *np.ravel(optimizer.state)]

    found, expected = beside_eager(backend, run)
    assert found == pytest.approx(expected, rel=1e-12)


@each_backend
def test_where_a_step_is_interrupted_after_it_was_stored_the_optimizer_has_it_too(backend, monkeypatch):
    repeat = Program.repeat

    def interrupted(program, times, **options):
        repeat(program, times, **options)
        if times:
            raise KeyboardInterrupt

    def run(chosen):
        model = Line(0.5)
        optimizer = nn.Adam(model.parameters(), 0.05)
        monkeypatch.setattr(Program, "repeat", interrupted)
        history = train(model, [1.0, 2.0], [2.0, 1.0], optimizer=optimizer, epochs=4, backend=chosen)
        assert history.interrupted == (chosen == backend)
        return model.state_dict(), optimizer.state, optimizer.shared

    found, expected = beside_eager(backend, run)
    assert found == expected


@each_backend
@pytest.mark.parametrize(("count", "way"), [(7, "WholeBatch"), (3_000, "Rows")])
def test_a_line_is_fitted_to_the_least_squares_solution(count, way, backend, made):
    """That of NumPy: many samples are summed row by row."""
    needs(backend)
    draw = np.random.default_rng(0)
    xs = draw.uniform(-1.0, 1.0, count)
    ys = 2.0 * xs - 1.0 + draw.normal(0.0, 0.1, count)
    model = Line()
    train(model, xs, ys, optimizer=SGD(model.parameters(), 0.7), epochs=120, backend=backend)
    assert [model.slope.data, model.offset.data] == pytest.approx(np.polyfit(xs, ys, 1), rel=1e-9)
    assert made == [way]


@each_backend
@pytest.mark.parametrize(
    ("start", "rate", "slope", "loss", "kind", "message"),
    [
        (3.0, 1e5, lambda w: w, mean_squared_error, ArithmeticError, r"\d+: the loss is inf"),
        (1.0, 0.1, lambda w: log(w) + w, lambda p, _: p[0], DomainError, r"\d+: log has no value at x = -"),
        (0.9, 0.9, lambda w: w, nn.binary_cross_entropy, DomainError, r"1: .*probabilities, not 1\.9"),
    ],
)
def test_a_failure_names_the_epoch_and_keeps_what_was_before_it(start, rate, slope, loss, kind, message, backend, made):
    """The steps are run many at a time; the one that fails is found, and those before it are done."""

    def run(backend):
        w = Value(start, "w")
        with pytest.raises(kind, match=f"^in epoch {message}") as failure:
            train(lambda x: slope(w) * x, [1.0], [1.0], loss, SGD([w], rate), 1000, backend=backend)
        return str(failure.value), type(failure.value), w.data

    found, expected = beside_eager(backend, run)
    assert found == expected
    assert made == ["WholeBatch"]


@each_backend
@pytest.mark.parametrize(("rate", "loss", "outputs"), [(1e306, "classes", 3), (1e40, "mean", 1)])
def test_a_failure_in_summed_rows_names_the_epoch_too(rate, loss, outputs, backend, monkeypatch, made):
    monkeypatch.setattr(planning, "LARGEST_GRAPH", 0)
    function, targets, _ = separable(loss)

    def run(backend):
        model = MLP([2, 3, outputs], output="linear", seed=5)
        optimizer = SGD(model.parameters(), rate, momentum=0.9)
        with pytest.raises(ArithmeticError, match=r"^in epoch \d+: ") as failure:
            train(model, samples(90), targets, function, optimizer, epochs=400, backend=backend)
        return str(failure.value).split(":")[0], [*model.state_dict().values(), *np.ravel(optimizer.state)]

    found, expected = beside_eager(backend, run)
    assert made == ["Rows"]
    assert found[0] == expected[0]
    assert found[1] == pytest.approx(expected[1], rel=1e-9)


@each_backend
@pytest.mark.slow
def test_ctrl_c_ends_the_training_between_two_steps(backend):
    """A million epochs, and a signal after the first few: history and parameters are those of a shorter training."""
    needs(backend)
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        model, twin = MLP([2, 2, 1], seed=1), MLP([2, 2, 1], seed=1)
        weight = model.parameters()[0]
        start = weight.data

        def press_when_it_trains():
            while weight.data == start:
                waited.wait(0.01)
            signal.raise_signal(signal.SIGINT)

        waited, thread = threading.Event(), threading.Thread(target=press_when_it_trains)
        thread.start()
        history = train(model, X, Y, epochs=10**9, backend=backend)
        thread.join()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, previous)
    assert history.interrupted
    count = min(len(history.losses), 5_000)
    assert train(twin, X, Y, epochs=count, backend="eager").losses == history.losses[:count]
    assert math.isfinite(history.losses[-1])


@each_backend
@pytest.mark.parametrize("inside", [True, False])
def test_penalties_and_frozen_parameters(inside, backend, made):
    """A penalty may be added by a loss as well, which then declares nothing."""

    def run(backend):
        model = MLP([2, 3, 1], seed=2)
        penalty = partial(nn.l1_penalty, model.parameters(), 0.01)
        loss = (lambda p, t: mean_squared_error(p, t) + penalty()) if inside else mean_squared_error
        optimizer = SGD(model.parameters()[3:], 0.2)
        train(model, X, Y, loss, optimizer, epochs=20, backend=backend, penalty=None if inside else penalty)
        return model.state_dict()

    found, expected = beside_eager(backend, run)
    assert found == expected
    assert made == ["WholeBatch"]


@pytest.mark.parametrize("backend", ["python", "eager"])
@pytest.mark.parametrize(("batch_size", "epochs"), [(None, 6), (1, 3)])
def test_a_penalty_is_added_once_to_every_batch(batch_size, epochs, backend, made):
    """Beside w ← w - rate · (2 · x · (w · x - y) + 2 · strength · w), written out; both samples are alike."""
    w, expected, losses = Value(3.0), 3.0, []
    for _ in range(6):
        losses.append((expected * 2.0 - 1.0) ** 2 + 0.5 * expected**2)
        expected -= 0.01 * (4.0 * (expected * 2.0 - 1.0) + expected)
    means = np.reshape(losses, (epochs, -1)).mean(axis=1)
    options = {"batch_size": batch_size, "backend": backend, "penalty": lambda: nn.l2_penalty([w], 0.5)}
    history = train(lambda x: w * x, [2.0] * 2, [1.0] * 2, optimizer=SGD([w], 0.01), epochs=epochs, **options)
    assert history.losses == pytest.approx(means, rel=1e-14)
    assert w.data == pytest.approx(expected, rel=1e-14)
    assert made == ([] if backend == "eager" else ["Rows" if batch_size else "WholeBatch"])
