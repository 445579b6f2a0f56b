"""Training by programs: the history of the eager backend, to the last bit or to the order of additions."""

import io
import math
import random
import signal
import sys
import threading
from functools import partial

import numpy as np
import pytest
from support.lines import Line, X, Y
from support.program_checks import BACKENDS, each_backend, needs

import engine
from engine import Program, RecordingError, Value
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
    progress,
    train,
)

NUMBERS = [0.1 * index - 1.0 for index in range(40)]
SIGNS = [float(number > 0) for number in NUMBERS]
REAL_COSTS = dict(planning.COSTS)


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """Which programs are made; they cost nothing here, or a few short steps would not be worth one."""
    kinds = []
    for kind in ("Rows", "WholeBatch"):
        original = getattr(planning, kind)
        monkeypatch.setattr(planning, kind, lambda *a, o=original, k=kind: kinds.append(k) or o(*a))
    for backend in BACKENDS:
        monkeypatch.setitem(planning.COSTS, backend, planning.Cost(0.0, 0.0, 0.0, 2_500))
    return kinds


def samples(count, seed=1):
    draw = random.Random(seed)
    return [[draw.gauss(0.0, 1.0), draw.gauss(0.0, 1.0)] for _ in range(count)]


def declared(reduction, loss):
    loss.reduction = reduction
    return loss


def both_ways(model_of, loss, xs, ys, batch_size, backend="python", epochs=4, rate=0.1, **options):
    """The history and the parameter w by a program and by the engine, which have to agree."""
    runs = []
    for chosen in (backend, "eager"):
        w = Value(0.5, "w")
        history = train(model_of(w), xs, ys, loss, SGD([w], rate), epochs, batch_size, chosen, **options)
        runs.append([*history.losses, w.data])
    return runs


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


@pytest.mark.parametrize(
    ("loss", "wrong", "message"),
    [
        (hinge, 0, r"targets of hinge are -1 and \+1, not 0"),
        (cross_entropy, 2, "a class of 2 is a whole number from 0 to 1, not 2"),
        (cross_entropy, 0.5, "from 0 to 1, not 0.5"),
        (binary_cross_entropy_with_logits, -1.0, "a probability from 0 to 1, not -1.0"),
    ],
)
def test_a_target_that_the_loss_refuses_is_refused_wherever_it_stands(loss, wrong, message):
    w = Value(1.0)
    targets = [*[1] * 30, wrong, *[1] * 9]
    for backend in ("python", "eager"):
        with pytest.raises(ValueError, match=message):
            train(
                lambda x: [w * x, x] if loss is cross_entropy else w * x,
                NUMBERS,
                targets,
                loss,
                SGD([w]),
                4,
                8,
                backend,
            )


@pytest.mark.parametrize(
    ("reduction", "loss"),
    [
        ("sum", lambda p, t: mean_squared_error(p, t)),
        ("mean", lambda p, t: half_sum_of_squares(p, t)),
        (
            "mean",
            lambda p, t: sum(abs(a - b) * (1.0 if i < 3 else 5.0) for i, (a, b) in enumerate(zip(p, t, strict=True))),
        ),
        ("mean", lambda p, t: engine.sqrt(mean_squared_error(p, t))),
        ("sum", lambda p, t: half_sum_of_squares(p, t) + 0.5 * p[0] ** 0),
    ],
)
def test_what_a_loss_declares_wrongly_is_found_in_the_first_batch(reduction, loss):
    w = Value(0.5, "w")
    with pytest.raises(ValueError, match=f"declares that it is the {reduction} over .*reduction.*penalty=.*'eager'"):
        train(lambda x: w * x, NUMBERS, SIGNS, declared(reduction, loss), SGD([w]), 4, 8)
    assert w.data == 0.5


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


def largest(predictions, targets):
    worst = predictions[0] * 0
    for p, t in zip(predictions, targets, strict=True):
        worst = engine.maximum(worst, abs(p - t))
    return worst


@pytest.mark.parametrize(
    ("count", "options", "way"),
    [
        (10, {}, ["WholeBatch"]),
        (400, {}, ["WholeBatch"]),  # two operations of the line, three of its squared error and the mean
        (401, {}, ["Rows"]),
        (10, {"batch_size": 5}, ["Rows"]),
        (10, {"batch_size": 5, "backend": "eager"}, []),
        (10, {"loss": largest}, ["WholeBatch"]),
        (450, {"loss": largest}, ["WholeBatch"]),
        (4, {"loss": largest, "batch_size": 3}, []),
    ],
)
def test_one_graph_up_to_2000_operations_and_rows_above(count, options, way, made):
    train(Line(), [float(i % 5) for i in range(count)], [1.0] * count, epochs=1, **options)
    assert made == way


@pytest.mark.parametrize(
    ("epochs", "count", "options", "way"),
    [
        (5, 4, {}, []),
        (1_000, 4, {}, ["WholeBatch"]),
        (1_000, 4, {"backend": "llvm"}, []),
        (100_000, 4, {"backend": "llvm"}, ["WholeBatch"]),
        (20, 400, {"batch_size": 20}, ["Rows"]),
        (1, 40, {"batch_size": 20}, []),
    ],
)
def test_a_program_is_made_where_it_saves_more_time_than_it_takes(epochs, count, options, way, made, monkeypatch):
    needs(options.get("backend", "python"))
    monkeypatch.setattr(planning, "COSTS", REAL_COSTS)

    def stop(*_):
        raise KeyboardInterrupt

    assert train(Line(), [0.5] * count, [1.0] * count, epochs=epochs, progress=stop, **options).interrupted
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
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    for name in [name for name in sys.modules if name.startswith("engine.machine")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError, match="llvmlite"):
        train(Line(), [1.0], [2.0], epochs=1, backend="llvm")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "asked", "said"), [(Terminal, None, True), (Terminal, False, False), (io.StringIO, None, False)]
)
def test_what_takes_long_is_said_on_a_terminal(stream, asked, said, monkeypatch):
    """The model waits for the line, or a moment for none to come."""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", stream())
    written = threading.Event()
    say = progress._say
    monkeypatch.setattr(progress, "_say", lambda text: (say(text), written.set()))
    line = Line()

    def model(x):
        assert not said or written.wait(10.0)
        return line(x)

    train(model, [1.0], [2.0], optimizer=SGD(line.parameters()), epochs=2, progress=asked)
    assert ("train: recording a program …" in sys.stderr.getvalue()) is said


UNDECLARED = {
    "spread": lambda p, t: sum((a - b - (p[0] - t[0])) ** 2 for a, b in zip(p, t, strict=True)) + (p[0] - t[0]) ** 2,
    "root mean square": lambda p, t: engine.sqrt(mean_squared_error(p, t)),
    "target in a condition": lambda p, t: sum((1 - a) ** 2 if b else a * a for a, b in zip(p, t, strict=True)),
    "by position": lambda p, t: sum((a - b) ** 2 * i for i, (a, b) in enumerate(zip(p, t, strict=True))) * 0.001,
    "target compared": declared(
        "mean", lambda p, t: sum((1 - a) ** 2 if b == 1 else a * a for a, b in zip(p, t, strict=True)) / len(p)
    ),
    "several samples": lambda p, t: mean_squared_error(p, t) if len(p) > 3 else 1 / 0,
    "largest": largest,
    "a mean": lambda p, t: mean_squared_error(p, t),
}


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize("name", UNDECLARED)
def test_a_loss_that_declares_nothing_or_looks_at_targets_is_computed_whole(name, batch_size, made):
    found, expected = both_ways(lambda w: lambda x: w * x, UNDECLARED[name], NUMBERS, SIGNS, batch_size)
    assert found == expected
    assert [way for way in made if way != "Rows"] == ([] if batch_size else ["WholeBatch"])


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


@pytest.mark.parametrize("costs", ["none", "real"])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_a_model_or_a_loss_that_looks_at_numbers_is_refused_and_told_what_to_do(batch_size, costs, monkeypatch):
    """Also where so few steps are not worth a program."""
    if costs == "real":
        monkeypatch.setattr(planning, "COSTS", REAL_COSTS)
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
        train(model, [1.0], [1.0], loss, SGD([w], 0.0), epochs=1, backend="eager")


def drawing(generator):
    """A model of w that draws one number for each sample."""
    return lambda w: lambda x: w * x * (2.0 if generator() < 0.5 else 0.0)


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize(
    "generator", [random.random, np.random.random, random.Random(1).random], ids=["random", "numpy", "own"]
)
def test_a_model_that_draws_at_random_goes_the_eager_way(generator, batch_size, made):
    runs = []
    for backend in ("python", "eager"):
        random.seed(1)
        np.random.seed(1)
        w = Value(0.5)
        history = train(drawing(generator)(w), NUMBERS, SIGNS, mean_squared_error, SGD([w]), 4, batch_size, backend)
        runs.append(history.losses)
    assert len(set(runs[0])) == 4, "another mask in each epoch"
    assert "WholeBatch" not in made
    if generator in (random.random, np.random.random):
        assert runs[0] == runs[1], "recording used up no number of its own"
        assert made == []


def test_a_mask_that_hardly_ever_falls_is_noticed(made):
    """By the state of `random`: three samples tried would show no difference."""
    random.seed(2)
    w = Value(0.5)
    train(lambda x: w * x * (random.random() > 1e-9), NUMBERS, SIGNS, optimizer=SGD([w]), epochs=2, batch_size=8)
    assert made == []


@pytest.mark.parametrize("batch_size", [None, 8])
def test_a_result_from_before_the_training_stays_what_it_was(batch_size):
    """The engine computes it once; a program would compute it anew."""

    def doubled(w):
        twice = w * 2.0
        return lambda x: twice * x

    found, expected = both_ways(doubled, mean_squared_error, NUMBERS, SIGNS, batch_size)
    assert found == expected


def test_rows_are_summed_where_other_parameters_would_overflow(made):
    p = Value(1e-4, "p")
    xs = [3000.0 + index for index in range(60)]
    train(lambda x: engine.exp(p * x), xs, [1.0] * 60, optimizer=SGD([p], 1e-12), epochs=2, batch_size=20)
    assert made == ["Rows"]


@pytest.mark.parametrize("batch_size", [None, 8])
def test_models_that_take_numbers_only(batch_size):
    table = {number: number * 2.0 for number in NUMBERS}
    for model in (lambda w: lambda x: w * table[x], lambda w: lambda x: w * (1.0 if x.is_integer() else x)):
        found, expected = both_ways(model, mean_squared_error, NUMBERS, SIGNS, batch_size)
        assert found == pytest.approx(expected, rel=1e-12)


def test_samples_of_different_shapes_are_no_rows():
    xs = [[1.0], 2.0, 3.0]
    model_of = lambda w: lambda x: w * (x[0] if isinstance(x, list) else x)  # noqa: E731
    found, expected = both_ways(model_of, mean_squared_error, xs, [1.0] * 3, 2)
    assert found == expected


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
def test_a_penalty_is_added_once_to_every_batch(batch_size, backend):
    """Beside w ← w - rate · (2 · x · (w · x - y) + 2 · strength · w), written out."""
    w, expected, losses = Value(3.0), 3.0, []
    for _ in range(3):
        losses.append((expected * 2.0 - 1.0) ** 2 + 0.5 * expected**2)
        expected -= 0.01 * (4.0 * (expected * 2.0 - 1.0) + expected)
    history = train(
        lambda x: w * x, [2.0], [1.0], optimizer=SGD([w], 0.01), epochs=3, batch_size=batch_size, backend=backend,
        penalty=lambda: l2_penalty([w], 0.5),
    )  # fmt: skip
    assert history.losses == pytest.approx(losses, rel=1e-14)
    assert w.data == pytest.approx(expected, rel=1e-14)
