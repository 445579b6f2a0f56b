"""Training by programs: the history of the eager backend, to the last bit or to the order of additions."""

import math
import random
import signal
import threading
from functools import partial

import numpy as np
import pytest
from support.lines import Line, X, Y, both_ways, declared
from support.program_checks import BACKENDS, each_backend, needs

import engine
from engine import Program, Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    ExponentialSchedule,
    RMSProp,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_sum_of_squares,
    hinge,
    l1_penalty,
    l2_penalty,
    mean_squared_error,
    planning,
    train,
)


def samples(count, seed=1):
    draw = random.Random(seed)
    return [[draw.gauss(0.0, 1.0), draw.gauss(0.0, 1.0)] for _ in range(count)]


OPTIMIZERS = [
    lambda p: SGD(p, 0.3),
    lambda p: SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    lambda p: RMSProp(p, 0.02),
    lambda p: Adam(p, 0.05),
    lambda p: AdamW(p, 0.05),
]


@each_backend
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", [mean_squared_error, half_sum_of_squares, binary_cross_entropy])
@pytest.mark.slow
def test_a_whole_batch_has_the_history_of_the_engine_to_the_last_bit(loss, optimizer, backend, made):
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 3, 1], seed=3)
        with_state = optimizer(model.parameters())
        penalty = partial(l2_penalty, model.parameters(), 1e-3)
        first = train(model, X, Y, loss, with_state, epochs=40, backend=chosen, penalty=penalty)
        second = train(model, X, Y, loss, with_state, epochs=3, backend=chosen, schedule=ExponentialSchedule(0.2, 0.5))
        runs.append((first.losses, second.losses, model.state_dict(), with_state.state, with_state.learning_rate))
    assert runs[0] == runs[1]
    assert made == ["WholeBatch"] * 2


def separable(name):
    """A loss, its targets for the samples, and how many outputs it wants."""
    xs = samples(90)
    product = [x * y for x, y in xs]
    classes = [int(x > 0) + int(y > 0) for x, y in xs]
    own = declared("sum", lambda p, t: half_sum_of_squares(p, t) * 0.01)
    return {
        "mean": (mean_squared_error, product, 1),
        "sum": (own, [[t] for t in product], 1),
        "several": (mean_squared_error, [[t, -t] for t in product], 2),
        "logits": (binary_cross_entropy_with_logits, [float(t > 0) for t in product], 1),
        "hinge": (hinge, [1 if t > 0 else -1 for t in product], 1),
        "classes": (cross_entropy, classes, 3),
        "column": (cross_entropy, np.array(classes)[:, None], 3),
        "rows": (cross_entropy, [[0.25, 0.5, 0.25] if c else [1.0, 0.0, 0.0] for c in classes], 3),
    }[name]


@each_backend
@pytest.mark.parametrize("batch_size", [None, 20, 89])
@pytest.mark.parametrize("name", ["mean", "sum", "several", "logits", "hinge", "classes", "column", "rows"])
@pytest.mark.slow
def test_summed_rows_have_the_history_of_the_engine_but_for_the_order(name, batch_size, backend, monkeypatch, made):
    needs(backend)
    monkeypatch.setattr(planning, "LARGEST_GRAPH", 0)
    loss, targets, outputs = separable(name)
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 4, outputs], output="linear", seed=5)
        penalty = partial(l2_penalty, model.parameters(), 1e-3) if name in ("mean", "sum") else None
        optimizer = SGD(model.parameters(), 0.05, momentum=0.5)
        history = train(model, samples(90), targets, loss, optimizer, 4, batch_size, chosen, seed=7, penalty=penalty)
        runs.append([*history.losses, *model.state_dict().values()])
    assert made == ["Rows"]
    assert runs[0] == pytest.approx(runs[1], rel=1e-12, abs=1e-14)


@each_backend
def test_a_class_is_an_input_of_one_program_and_keeps_the_digits_of_a_small_loss(backend, made):
    needs(backend)
    model_of = lambda w: lambda x: [w * a for a in x]  # noqa: E731
    xs = [[80.0 * (place == index % 10) for place in range(10)] for index in range(60)]
    found, expected = both_ways(model_of, cross_entropy, xs, [i % 10 for i in range(60)], 20, backend, rate=0.0)
    assert made == ["Rows"]
    assert expected[0] == pytest.approx(9.0 * math.exp(-40.0), rel=1e-14)
    assert found == pytest.approx(expected, rel=1e-13, abs=0.0)


@each_backend
@pytest.mark.parametrize("batch_size", [None, 2])
def test_what_the_optimizer_remembers_may_be_changed_between_two_epochs(batch_size, backend):
    """Its list as a whole, an entry of it, or nothing; each step goes on from what is there."""
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        model = Line(0.5)
        optimizer = SGD(model.parameters(), 0.05, momentum=0.9)

        def meddle(epoch, _loss, optimizer=optimizer):
            if epoch == 3:
                optimizer.state = [(1.0,), (-1.0,)]
            if epoch == 6:
                optimizer.state[0] = (0.0,)

        history = train(
            model, [1.0, 2.0, 3.0], [2.0, 1.0, 0.0], mean_squared_error, optimizer, 10, batch_size, chosen,
            progress=meddle,
        )  # fmt: skip
        runs.append([*history.losses, *model.state_dict().values(), *np.ravel(optimizer.state)])
    assert runs[0] == pytest.approx(runs[1], rel=1e-12)


@each_backend
def test_where_a_step_is_interrupted_after_it_was_stored_the_optimizer_has_it_too(backend, monkeypatch):
    needs(backend)
    repeat = Program.repeat

    def interrupted(*arguments, **options):
        repeat(*arguments, **options)
        raise KeyboardInterrupt

    runs = []
    for chosen in (backend, "eager"):
        model = Line(0.5)
        optimizer = SGD(model.parameters(), 0.05, momentum=0.9)
        with monkeypatch.context() as patched:
            if chosen == backend:
                patched.setattr(Program, "repeat", interrupted)
            history = train(model, [1.0, 2.0], [2.0, 1.0], optimizer=optimizer, epochs=4, backend=chosen)
        assert history.interrupted == (chosen == backend)
        runs.append((model.state_dict(), optimizer.state))
    assert runs[0] == runs[1]


@each_backend
def test_many_samples_are_summed_row_by_row(backend, made):
    """Beside NumPy's least squares: 3,000 samples, more than one graph is made of."""
    needs(backend)
    draw = np.random.default_rng(0)
    xs = draw.uniform(-1.0, 1.0, 3_000)
    ys = 2.0 * xs - 1.0 + draw.normal(0.0, 0.1, 3_000)
    model = Line()
    train(model, xs, ys, optimizer=SGD(model.parameters(), 0.7), epochs=120, backend=backend)
    assert [model.slope.data, model.offset.data] == pytest.approx(np.polyfit(xs, ys, 1), rel=1e-9)
    assert made == ["Rows"]


@each_backend
def test_a_failure_names_the_epoch_and_keeps_what_was_before_it(backend, made):
    """The steps are run many at a time; the one that fails is found, and those before it are done."""
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        model = Line(1.0)
        with pytest.raises(ArithmeticError, match=r"^in epoch \d+: the loss is inf") as failure:
            train(model, [1.0, 2.0], [0.0, 0.0], optimizer=SGD(model.parameters(), 1e5), epochs=1000, backend=chosen)
        runs.append((str(failure.value), type(failure.value), model.state_dict()))
    assert runs[0] == runs[1]
    assert made == ["WholeBatch"]


@each_backend
@pytest.mark.parametrize(("rate", "loss", "outputs"), [(1e306, "classes", 3), (1e40, "mean", 1)])
def test_a_failure_in_summed_rows_names_the_epoch_too(rate, loss, outputs, backend, monkeypatch, made):
    needs(backend)
    monkeypatch.setattr(planning, "LARGEST_GRAPH", 0)
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 3, outputs], output="linear", seed=5)
        optimizer = SGD(model.parameters(), rate, momentum=0.9)
        function, targets, _ = separable(loss)
        with pytest.raises(ArithmeticError, match=r"^in epoch \d+: ") as failure:
            train(model, samples(90), targets, function, optimizer, epochs=400, backend=chosen)
        runs.append((str(failure.value).split(":")[0], [*model.state_dict().values()], optimizer.state))
    assert made == ["Rows"]
    assert runs[0][0] == runs[1][0]
    assert runs[0][1] == pytest.approx(runs[1][1], rel=1e-9)
    assert np.ravel(runs[0][2]) == pytest.approx(np.ravel(runs[1][2]), rel=1e-9)


@each_backend
def test_a_domain_error_names_the_epoch_too(backend):
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        w = Value(1.0, "w")
        loss = lambda p, t, w=w: p[0] * 0 + w  # noqa: E731
        with pytest.raises(engine.DomainError, match=r"^in epoch 11: log has no value at x = -0\.09") as failure:
            train(lambda x, w=w: engine.log(w) * x, [1.0], [0.0], loss, SGD([w], 0.1), 50, None, chosen)
        runs.append((str(failure.value), w.data))
    assert runs[0] == runs[1]


def test_a_prediction_that_leaves_the_probabilities_is_noticed():
    """binary_cross_entropy refuses 1.2; a program made when it was 0.9 has to, too."""
    for backend in ("python", "eager"):
        w = Value(0.9, "w")
        with pytest.raises(engine.DomainError, match=r"in epoch 1: binary_cross_entropy takes probabilities, not 1\.9"):
            train(lambda x, w=w: w * x, [1.0], [1.0], binary_cross_entropy, SGD([w], 0.9), 5, None, backend)


@each_backend
def test_progress_sees_the_parameters_of_its_epoch(backend):
    needs(backend)
    seen = {}
    for chosen in (backend, "eager"):
        model = Line()
        note = lambda *report, c=chosen, m=model: seen.setdefault(c, []).append((*report, m.slope.data))  # noqa: E731
        train(model, [1.0], [2.0], epochs=5, backend=chosen, progress=note)
    assert seen[backend] == seen["eager"]


@each_backend
@pytest.mark.slow
def test_ctrl_c_ends_the_training_between_two_steps(backend):
    """A million epochs, and a signal after the first few: history and parameters are those of a shorter training."""
    needs(backend)
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        model, twin = MLP([2, 2, 1], seed=1), MLP([2, 2, 1], seed=1)
        timer = threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT))
        timer.start()
        history = train(model, X, Y, epochs=10**9, backend=backend)
        timer.join()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, previous)
    assert history.interrupted
    count = min(len(history.losses), 5_000)
    assert train(twin, X, Y, epochs=count, backend="eager").losses == history.losses[:count]
    assert math.isfinite(history.losses[-1])


@pytest.mark.parametrize("backend", [*BACKENDS, "eager"])
def test_inputs_may_be_values_that_are_read_when_training_begins(backend):
    needs(backend)
    x = Value(2.0, "x")
    model = Line()
    history = train(model, [x, 1.0], [4.0, 2.0], epochs=50, backend=backend)
    assert history.losses[-1] < history.losses[0]


@each_backend
@pytest.mark.parametrize("inside", [True, False])
def test_penalties_and_frozen_parameters(inside, backend, made):
    """A penalty may be added by a loss as well, which then declares nothing."""
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 3, 1], seed=2)
        penalty = partial(l1_penalty, model.parameters(), 0.01)
        loss = (lambda p, t, q=penalty: mean_squared_error(p, t) + q()) if inside else mean_squared_error
        optimizer = SGD(model.parameters()[3:], 0.2)
        train(model, X, Y, loss, optimizer, epochs=20, backend=chosen, penalty=None if inside else penalty)
        runs.append(model.state_dict())
    assert runs[0] == runs[1]
    assert made == ["WholeBatch"]


@pytest.mark.parametrize("backend", ["python", "eager"])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_a_penalty_is_added_once_to_every_batch(batch_size, backend, made):
    """Beside w ← w - rate · (2 · x · (w · x - y) + 2 · strength · w), written out; both samples are alike."""
    w, expected, losses = Value(3.0), 3.0, []
    for _ in range(6):
        losses.append((expected * 2.0 - 1.0) ** 2 + 0.5 * expected**2)
        expected -= 0.01 * (4.0 * (expected * 2.0 - 1.0) + expected)
    optimizer, penalty = SGD([w], 0.01), lambda: l2_penalty([w], 0.5)
    epochs = 3 if batch_size else 6
    history = train(
        lambda x: w * x,
        [2.0] * 2,
        [1.0] * 2,
        mean_squared_error,
        optimizer,
        epochs,
        batch_size,
        backend,
        penalty=penalty,
    )
    losses = losses if batch_size is None else [(a + b) / 2.0 for a, b in zip(losses[::2], losses[1::2], strict=True)]
    assert history.losses == pytest.approx(losses, rel=1e-14)
    assert w.data == pytest.approx(expected, rel=1e-14)
    assert made == ([] if backend == "eager" else ["Rows" if batch_size else "WholeBatch"])
