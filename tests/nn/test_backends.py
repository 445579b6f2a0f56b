"""Training by programs: the history of the eager backend, to the last bit or to the order of additions."""

import math
import random
import signal
import threading

import numpy as np
import pytest
from support.program_checks import BACKENDS, each_backend, needs

import engine
from engine import Program, RecordingError, Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    ExponentialSchedule,
    Module,
    RMSProp,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_sum_of_squares,
    hinge,
    l1_penalty,
    l2_penalty,
    mean_squared_error,
    train,
)
from nn import steps as ways

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


class Line(Module):
    def __init__(self, slope=0.0, offset=0.0):
        self.slope = Value(slope, label="slope")
        self.offset = Value(offset, label="offset")

    def __call__(self, x):
        return self.slope * x + self.offset


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
def test_a_whole_batch_has_the_history_of_the_engine_to_the_last_bit(loss, optimizer, backend):
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 3, 1], seed=3)
        with_state = optimizer(model.parameters())
        first = train(model, X, Y, loss, with_state, epochs=40, backend=chosen)
        second = train(model, X, Y, loss, with_state, epochs=3, backend=chosen, schedule=ExponentialSchedule(0.2, 0.5))
        runs.append((first.losses, second.losses, model.state_dict(), with_state.state, with_state.learning_rate))
    assert runs[0] == runs[1]


def separable(name):
    """A loss, its targets for the samples, and how many outputs it wants."""
    xs = samples(90)
    product = [x * y for x, y in xs]
    classes = [int(x > 0) + int(y > 0) for x, y in xs]
    return {
        "mean": (mean_squared_error, product, 1),
        "sum": (lambda p, t: half_sum_of_squares(p, t) * 0.01, [[t] for t in product], 1),
        "several": (mean_squared_error, [[t, -t] for t in product], 2),
        "logits": (binary_cross_entropy_with_logits, [float(t > 0) for t in product], 1),
        "hinge": (hinge, [1 if t > 0 else -1 for t in product], 1),
        "classes": (cross_entropy, classes, 3),
        "rows": (cross_entropy, [[0.25, 0.5, 0.25] if c else [1.0, 0.0, 0.0] for c in classes], 3),
    }[name]


@each_backend
@pytest.mark.parametrize("batch_size", [None, 20, 89])
@pytest.mark.parametrize("name", ["mean", "sum", "several", "logits", "hinge", "classes", "rows"])
@pytest.mark.slow
def test_summed_rows_have_the_history_of_the_engine_but_for_the_order(name, batch_size, backend, monkeypatch):
    needs(backend)
    monkeypatch.setattr(ways, "LARGEST_GRAPH", 0)
    monkeypatch.setattr("nn.training.LARGEST_GRAPH", 0)
    loss, targets, outputs = separable(name)
    built = []
    monkeypatch.setattr("nn.training.Rows", lambda *a: built.append(ways.Rows(*a)) or built[-1])
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 4, outputs], output="linear", seed=5)

        def penalised(p, t, model=model):
            return loss(p, t) + l2_penalty(model.parameters(), 1e-3) if name == "mean" else loss(p, t)

        optimizer = SGD(model.parameters(), 0.05, momentum=0.5)
        history = train(model, samples(90), targets, penalised, optimizer, 4, batch_size, chosen, seed=7)
        runs.append([*history.losses, *model.state_dict().values()])
    assert len(built) == 1
    assert runs[0] == pytest.approx(runs[1], rel=1e-12, abs=1e-14)


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
def test_many_samples_are_summed_row_by_row(backend):
    """Beside NumPy's least squares: 3,000 samples, more than one graph is made of."""
    needs(backend)
    draw = np.random.default_rng(0)
    xs = draw.uniform(-1.0, 1.0, 3_000)
    ys = 2.0 * xs - 1.0 + draw.normal(0.0, 0.1, 3_000)
    model = Line()
    train(model, xs, ys, optimizer=SGD(model.parameters(), 0.7), epochs=120, backend=backend)
    assert [model.slope.data, model.offset.data] == pytest.approx(np.polyfit(xs, ys, 1), rel=1e-9)


@pytest.mark.slow
def test_where_the_line_is(monkeypatch):
    """One graph up to 2,000 operations; rows above, and in batches that change; else the engine."""
    chosen = []
    for kind in ("Rows", "WholeBatch"):
        original = getattr(ways, kind)
        monkeypatch.setattr(f"nn.training.{kind}", lambda *a, o=original, k=kind: chosen.append(k) or o(*a))

    def way(count, loss=mean_squared_error, **options):
        chosen.clear()
        train(Line(), [float(i % 5) for i in range(count)], [1.0] * count, loss, epochs=1, **options)
        return chosen[-1:] or ["eager"]

    assert way(10) == ["WholeBatch"]
    assert way(2_000 // 5) == ["WholeBatch"], "two operations of the line, three of its squared error and the mean"
    assert way(2_000) == ["Rows"]
    assert way(10, batch_size=5) == ["Rows"]
    assert way(10, batch_size=5, backend="eager") == ["eager"]

    def largest(predictions, targets):
        worst = predictions[0] * 0
        for p, t in zip(predictions, targets, strict=True):
            worst = engine.maximum(worst, abs(p - t))
        return worst

    assert way(10, largest) == ["WholeBatch"]
    assert way(1_000, largest) == ["WholeBatch"], "neither a mean nor a sum"
    chosen.clear()
    train(Line(), [1.0, 2.0, 3.0, 4.0], [1.0] * 4, largest, epochs=1, batch_size=3)
    assert "WholeBatch" not in chosen


@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_loss_that_is_neither_mean_nor_sum_is_still_right(batch_size):
    def spread(predictions, targets):
        errors = [p - t for p, t in zip(predictions, targets, strict=True)]
        center = sum(errors[1:], errors[0]) / len(errors)
        return sum(((e - center) ** 2 for e in errors[1:]), (errors[0] - center) ** 2) + center**2

    runs = []
    for backend in ("python", "eager"):
        model = Line(0.5, 0.25)
        xs = [0.5 * index for index in range(10)]
        history = train(model, xs, [1.0 + x for x in xs], spread, SGD(model.parameters(), 0.01), 5, batch_size, backend)
        runs.append((history.losses, model.state_dict()))
    assert runs[0] == runs[1]


@each_backend
def test_a_failure_names_the_epoch_and_keeps_what_was_before_it(backend):
    """The steps are run many at a time; the one that fails is found, and those before it are done."""
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        model = Line(1.0)
        with pytest.raises(ArithmeticError, match=r"^in epoch \d+: the loss is inf") as failure:
            train(model, [1.0, 2.0], [0.0, 0.0], optimizer=SGD(model.parameters(), 1e5), epochs=1000, backend=chosen)
        runs.append((str(failure.value), type(failure.value), model.state_dict()))
    assert runs[0] == runs[1]


@each_backend
@pytest.mark.parametrize(("rate", "loss", "outputs"), [(1e306, "classes", 3), (1e40, "mean", 1)])
def test_a_failure_in_summed_rows_names_the_epoch_too(rate, loss, outputs, backend, monkeypatch):
    needs(backend)
    monkeypatch.setattr("nn.training.LARGEST_GRAPH", 0)
    runs = []
    for chosen in (backend, "eager"):
        model = MLP([2, 3, outputs], output="linear", seed=5)
        optimizer = SGD(model.parameters(), rate, momentum=0.9)
        function, targets, _ = separable(loss)
        with pytest.raises(ArithmeticError, match=r"^in epoch \d+: ") as failure:
            train(model, samples(90), targets, function, optimizer, epochs=400, backend=chosen)
        runs.append((str(failure.value).split(":")[0], [*model.state_dict().values()], optimizer.state))
    assert runs[0][0] == runs[1][0]
    assert runs[0][1] == pytest.approx(runs[1][1], rel=1e-9)
    assert np.ravel(runs[0][2]) == pytest.approx(np.ravel(runs[1][2]), rel=1e-9)


def test_a_loss_is_not_taken_for_a_mean_where_all_errors_are_alike():
    """The root of the mean square, at a line of zeros with targets of ±1: there, it is the mean of |error|."""

    def root_mean_square(predictions, targets):
        squares = [(p - t) * (p - t) for p, t in zip(predictions, targets, strict=True)]
        return engine.sqrt(sum(squares[1:], squares[0]) / len(squares))

    runs = []
    for backend in ("python", "eager"):
        model = Line()
        xs = [0.1 * index - 2.0 for index in range(40)]
        ys = [1.0 if x > 0 else -1.0 for x in xs]
        history = train(model, xs, ys, root_mean_square, SGD(model.parameters(), 0.1), 5, 8, backend)
        runs.append((history.losses, model.state_dict()))
    assert runs[0] == runs[1]


@each_backend
def test_a_domain_error_names_the_epoch_too(backend):
    needs(backend)
    runs = []
    for chosen in (backend, "eager"):
        w = Value(1.0, "w")
        with pytest.raises(engine.DomainError, match=r"^in epoch 11: log has no value at x = -0\.09") as failure:
            train(
                lambda x, w=w: engine.log(w) * x,
                [1.0],
                [0.0],
                lambda p, t, w=w: p[0] * 0 + w,
                SGD([w], 0.1),
                50,
                None,
                chosen,
            )
        runs.append((str(failure.value), w.data))
    assert runs[0] == runs[1]


def test_a_prediction_that_leaves_the_probabilities_is_noticed():
    """binary_cross_entropy refuses 1.2; a program made when it was 0.9 has to, too."""
    for backend in ("python", "eager"):
        w = Value(0.9, "w")
        with pytest.raises(engine.DomainError, match=r"in epoch 1: binary_cross_entropy takes probabilities, not 1\.9"):
            train(lambda x, w=w: w * x, [1.0], [1.0], binary_cross_entropy, SGD([w], 0.9), 5, None, backend)


@each_backend
def test_a_model_that_looks_at_numbers_is_refused_and_told_what_to_do(backend):
    needs(backend)
    w = Value(1.0, "w")
    for model in (
        lambda x: w * x if w * x > 0 else w * 0.1 * x,
        lambda x: w * float(w * x),
        lambda x: w * (w * x).data,
    ):
        for batch_size in (None, 1):
            with pytest.raises(RecordingError, match=r"maximum\(x, y\).*or train with backend='eager'"):
                train(
                    model, [1.0, 2.0], [1.0, 1.0], optimizer=SGD([w]), epochs=2, batch_size=batch_size, backend=backend
                )
            assert w.data == 1.0
        train(model, [1.0], [1.0], optimizer=SGD([w], 0.0), epochs=1, backend="eager")


def both_ways(model_of, loss, xs, ys, batch_size, backend="python"):
    """The history and the parameters by a program and by the engine."""
    runs = []
    for chosen in (backend, "eager"):
        w = Value(0.5, "w")
        history = train(model_of(w), xs, ys, loss, SGD([w], 0.1), 4, batch_size, chosen)
        runs.append([*history.losses, w.data])
    return runs


NUMBERS = [0.1 * index - 1.0 for index in range(40)]
SIGNS = [float(number > 0) for number in NUMBERS]


@pytest.mark.parametrize("batch_size", [None, 8])
def test_a_model_that_draws_at_random_goes_the_eager_way(batch_size):
    def dropping(w):
        draw = random.Random(1)
        return lambda x: w * x * (2.0 if draw.random() < 0.5 else 0.0)

    first = both_ways(dropping, mean_squared_error, NUMBERS, SIGNS, batch_size)
    assert len(set(first[0][:4])) == 4, "another mask in each epoch"
    assert first[0][0] != first[0][1]


@pytest.mark.parametrize("batch_size", [None, 8, 30])
@pytest.mark.parametrize("case", ["target in a condition", "target compared", "zeros first", "by position", "largest"])
def test_losses_that_look_separable_and_are_not(case, batch_size):
    """What is asked of a target, or counted from the front, a program of one sample cannot know."""

    def loss(p, t):
        if case == "target in a condition":
            terms = [(1.0 - a) ** 2 if b else a * a * 3.0 for a, b in zip(p, t, strict=True)]
        elif case == "target compared":
            terms = [(1.0 - a) ** 2 if b == 1 else a * a * 3.0 for a, b in zip(p, t, strict=True)]
        elif case == "by position":
            terms = [(a - b) ** 2 * (1.0 if i < 7 else 5.0) for i, (a, b) in enumerate(zip(p, t, strict=True))]
        else:
            terms = [(a - b) ** 2 for a, b in zip(p, t, strict=True)]
        if case == "zeros first":
            return sum(terms[1:], terms[0]) * 0.01
        if case == "largest":
            worst = terms[0]
            for term in terms[1:]:
                worst = engine.maximum(worst, term)
            return worst
        return sum(terms[1:], terms[0]) / len(terms)

    xs = [0.0] * 9 + NUMBERS if case == "zeros first" else NUMBERS
    ys = [0.0] * 9 + SIGNS if case == "zeros first" else SIGNS
    found, expected = both_ways(lambda w: lambda x: w * x, loss, xs, ys, batch_size)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("batch_size", [None, 8])
def test_a_result_from_before_the_training_stays_what_it_was(batch_size):
    """The engine computes it once; a program would compute it anew."""

    def doubled(w):
        twice = w * 2.0
        return lambda x: twice * x

    found, expected = both_ways(doubled, mean_squared_error, NUMBERS, SIGNS, batch_size)
    assert found == expected


def test_trying_a_model_does_not_use_up_random_numbers():
    runs = []
    for backend in ("python", "eager"):
        random.seed(1)
        w = Value(0.5)
        optimizer = SGD([w])

        def noisy(x, w=w):
            return w * x + random.gauss(0.0, 0.1)

        runs.append(train(noisy, NUMBERS, SIGNS, optimizer=optimizer, epochs=3, backend=backend).losses)
    assert runs[0] == runs[1]


def test_a_loss_that_needs_several_samples():
    def loss(p, t):
        if len(p) < 3:
            raise ValueError("a variance needs three samples")
        return mean_squared_error(p, t)

    found, expected = both_ways(lambda w: lambda x: w * x, loss, NUMBERS, SIGNS, None)
    assert found == expected
    found, expected = both_ways(lambda w: lambda x: w * x, loss, NUMBERS, SIGNS, 8)
    assert found == pytest.approx(expected, rel=1e-12)


def test_rows_are_summed_where_other_parameters_would_overflow(monkeypatch):
    built = []
    original = ways.Rows
    monkeypatch.setattr("nn.training.Rows", lambda *a: built.append(original(*a)) or built[-1])
    p = Value(1e-4, "p")
    xs = [3000.0 + index for index in range(60)]
    train(lambda x: engine.exp(p * x), xs, [1.0] * 60, optimizer=SGD([p], 1e-12), epochs=2, batch_size=20)
    assert len(built) == 1


@pytest.mark.parametrize("batch_size", [None, 8])
def test_models_that_take_numbers_only(batch_size):
    table = {number: number * 2.0 for number in NUMBERS}
    for model in (lambda w: lambda x: w * table[x], lambda w: lambda x: w * (1.0 if x.is_integer() else x)):
        found, expected = both_ways(model, mean_squared_error, NUMBERS, SIGNS, batch_size)
        assert found == pytest.approx(expected, rel=1e-12)


def test_an_optimizer_with_a_step_of_its_own_takes_it():
    calls = []

    class Counting(SGD):
        def step(self):
            calls.append(None)
            super().step()

    model = Line()
    train(model, [1.0], [2.0], optimizer=Counting(model.parameters()), epochs=4)
    assert len(calls) == 4


@each_backend
def test_progress_sees_the_parameters_of_its_epoch(backend):
    needs(backend)
    model, twin = Line(), Line()
    seen, expected = [], []
    train(
        model,
        [1.0],
        [2.0],
        epochs=5,
        backend=backend,
        progress=lambda *report: seen.append((*report, model.slope.data)),
    )
    train(twin, [1.0], [2.0], epochs=5, backend="eager", progress=lambda *r: expected.append((*r, twin.slope.data)))
    assert seen == expected


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


def test_unlike_samples_go_the_eager_way():
    model = Line()

    def shaped(x):
        return model(x[0] if isinstance(x, list) else x)

    runs = []
    for backend in ("python", "eager"):
        model.slope.data = model.offset.data = 0.0
        history = train(
            shaped, [[1.0], 2.0, 3.0], [1.0] * 3, mean_squared_error, SGD(model.parameters()), 3, 2, backend
        )
        runs.append((history.losses, model.state_dict()))
    assert runs[0] == runs[1]


def test_penalties_and_frozen_parameters():
    runs = []
    for backend in (*BACKENDS, "eager"):
        try:
            needs(backend)
        except pytest.skip.Exception:
            continue
        model = MLP([2, 3, 1], seed=2)
        loss = lambda p, t, m=model: mean_squared_error(p, t) + l1_penalty(m.parameters(), 0.01)  # noqa: E731
        train(model, X, Y, loss, SGD(model.parameters()[3:], 0.2), epochs=20, backend=backend)
        runs.append(model.state_dict())
    assert all(run == runs[0] for run in runs)
