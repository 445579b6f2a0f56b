"""`Program` as its users meet it: arguments, calls, sources, copies, threads, what it refuses."""

import array
import copy
import functools
import gc
import linecache
import operator
import pickle
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from support.program_checks import each_backend, needs, program

import engine
from engine import Program, RecordingError, Value, gradients, recording
from engine.programs.lowering import lower
from engine.programs.passes import optimise
from engine.programs.python import PythonSource
from engine.programs.tape import record
from nn import MLP, SGD, Adam, mean_squared_error


def neuron():
    """tanh(w · x + b) and its gradient by w and b."""
    x, w, b = Value(0.5, "x"), Value(-1.5, "w"), Value(0.25, "b")
    h = engine.tanh(w * x + b)
    h.label = "h"
    return x, w, b, h, gradients(h, [w, b])


@each_backend
def test_inputs_are_given_and_other_leaves_are_read_at_each_call(backend):
    x, w, _, h, slopes = neuron()
    compiled = program(backend, [x], [h, *slopes])
    assert compiled(0.5) == (h.data, slopes[0].data, slopes[1].data)
    w.data = 2.0
    value = engine.tanh(2.0 * 0.75 + 0.25)
    assert compiled(0.75)[0] == value
    assert type(compiled(np.float64(0.75))[0]) is float
    assert compiled(1)[0] == engine.tanh(2.0 + 0.25)
    assert x.data == 0.5, "an input's own number is not touched"


@each_backend
def test_updates_are_computed_from_the_old_numbers_and_stored_at_once(backend):
    a, b = Value(1.0, "a"), Value(2.0, "b")
    fibonacci = program(backend, outputs=[a], updates=[(a, b), (b, a + b)])
    assert [fibonacci()[0] for _ in range(8)] == [1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0]
    assert (a.data, b.data) == (55.0, 89.0)
    assert fibonacci.repeat(3) == (144.0,)
    assert (a.data, b.data) == (233.0, 377.0)


@each_backend
def test_the_graph_of_before_an_update_is_stale_afterwards(backend):
    w = Value(3.0, "w")
    square = w * w
    program(backend, updates=[(w, w * 0.5)])()
    with pytest.raises(engine.StaleGraphError, match="label='w'"):
        gradients(square, [w])


@each_backend
def test_outputs_may_be_leaves_inputs_numbers_and_the_same_twice(backend):
    x, w = Value(1.0), Value(4.0)
    y = x * w
    assert program(backend, [x], [x, w, y, y, -y])(2.0) == (2.0, 4.0, 8.0, 8.0, -8.0)
    assert program(backend, [x], [])(2.0) == ()
    assert program(backend, [x], [x, w, y, y]).sum([[1.0], [2.0], [3.0]]) == (6.0, 12.0, 24.0, 24.0)


def test_the_source_of_a_neuron_is_what_a_person_would_write():
    x, _, _, h, slopes = neuron()
    compiled = Program([x], [h, *slopes])
    assert [line.strip() for line in compiled.source.splitlines()] == [
        "def run(x, w, b):",
        "t3 = w * x",
        "t4 = t3 + b",
        "h = tanh(t4)",
        "# backward",
        "t6 = h * h",
        "b_grad = 1.0 - t6",
        "w_grad = x * b_grad",
        "return (h, w_grad, b_grad), ()",
    ]


@each_backend
def test_the_source_runs_as_it_stands(backend):
    """The source of a program that nobody wrote lines for: a network, its loss and its gradient."""
    import math

    model = MLP([2, 3, 1], hidden="relu", output="sigmoid", seed=2)
    x, y = [Value(0.0), Value(0.0)], Value(0.0, "if")
    loss = mean_squared_error([model(x)], [y])
    compiled = program(backend, [*x, y], [loss, *gradients(loss, model.parameters())])
    namespace = dict(vars(math))
    exec(compiled.source, namespace)
    leaves = [leaf.data for leaf in compiled.leaves]
    assert namespace["run"](0.3, -0.8, 1.0, *leaves)[0] == compiled(0.3, -0.8, 1.0)


def test_labels_become_names_and_no_two_are_the_same():
    labels = [
        "",
        "x y",
        "layer0.neuron1.w[2]",
        "w",
        "w",
        "lambda",
        "exp",
        "run",
        "2nd",
        "größe",
        "t0",
        "_",
        "if",
        "total0",
    ]
    leaves = [Value(1.0 + index, label) for index, label in enumerate(labels)]
    total = sum(engine.exp(leaf * 0.01) for leaf in leaves)
    compiled = Program(outputs=[total])
    assert compiled() == (total.data,)
    assert compiled.repeat(2) == (total.data,)
    head = compiled.source.splitlines()[0]
    assert "layer0_neuron1_w2" in head
    assert "lambda_2" in head
    names = head[head.index("(") + 1 : -2].split(", ")
    assert len(set(names)) == len(labels)


def test_the_instructions_are_the_list_that_runs():
    x, _, _, h, slopes = neuron()
    steps = Program([x], [h, *slopes]).instructions
    assert " ".join(step.kind for step in steps) == "input leaf leaf mul add tanh mul constant sub mul"
    assert steps[5].label == "h"
    assert steps[5].operands == (4,)


def test_machine_code_can_be_read():
    x, _, _, h, slopes = neuron()
    compiled = program("llvm", [x], [h, *slopes])
    assert "fmul double" in compiled.native_source
    assert "repeat" in compiled.assembly
    with pytest.raises(ValueError, match="has no machine code: choose backend='llvm'"):
        Program([x], [h]).assembly  # noqa: B018


def test_what_a_program_says_of_itself():
    x, _, _, h, slopes = neuron()
    shown = repr(Program([x], [h, *slopes]))
    assert shown == "<Program of 10 instructions (python): 1 input, 2 leaves, 3 outputs, 0 updates>"


# --- Copies and threads ---


@each_backend
def test_pickling_brings_the_leaves_along(backend):
    w = Value(2.0, "w")
    x = Value(1.0, "x")
    compiled = program(backend, [x], [w * x], [(w, w + x)])
    twin, leaf = pickle.loads(pickle.dumps((compiled, w)))
    assert twin(10.0) == (20.0,)
    assert leaf.data == 12.0, "the leaf that was pickled along is the one that is updated"
    assert w.data == 2.0
    assert compiled(1.0) == (2.0,)
    assert twin.backend == backend
    other = copy.deepcopy(compiled)
    assert other(5.0) == (15.0,)
    assert w.data == 3.0


@each_backend
def test_a_program_that_arrives_in_another_process(backend, tmp_path):
    x = Value(1.0, "x")
    compiled = program(backend, [x], [engine.sigmoid(x) + engine.tanh(x)])
    path = tmp_path / "program"
    path.write_bytes(pickle.dumps(compiled))
    code = f"import pickle; print(repr(pickle.load(open({str(path)!r}, 'rb'))(0.7)[0]))"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(finished.stdout) == compiled(0.7)[0]


@each_backend
def test_threads_take_turns(backend):
    """Each of 8 × 500 calls adds one: none is lost."""
    n = Value(0.0, "n")
    count = program(backend, outputs=[n], updates=[(n, n + 1)])
    seen = []

    def work():
        mine = [count()[0] for _ in range(250)]
        for _ in range(25):
            mine += [number for (number,) in count.repeat(10, keep=True)]
        seen.append(mine)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert n.data == 4000.0
    assert sorted(number for mine in seen for number in mine) == [float(i) for i in range(4000)]


@each_backend
def test_a_copy_for_each_thread_has_its_own_leaves(backend):
    n = Value(0.0, "n")
    count = program(backend, outputs=[n], updates=[(n, n + 1)])
    copies = [copy.deepcopy(count) for _ in range(3)]
    for turns, one in enumerate(copies):
        one.repeat(turns + 1)
    assert [one.leaves[0].data for one in copies] == [1.0, 2.0, 3.0]
    assert n.data == 0.0


# --- Rows ---

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@each_backend
@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [tuple(row) for row in ROWS],
        np.array(ROWS),
        np.array(ROWS).ravel(),
        np.array(ROWS + ROWS)[:3],
        array.array("d", functools.reduce(operator.iadd, ROWS, [])),
        memoryview(array.array("d", functools.reduce(operator.iadd, ROWS, []))),
        memoryview(array.array("d", functools.reduce(operator.iadd, ROWS, [])).tobytes()).cast("d"),
        np.array(ROWS, dtype=object),
        [[1, 2], np.array([3, 4]), (5, 6.0)],
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_rows_come_in_any_container(backend, rows):
    x, y = Value(0.0), Value(0.0)
    assert program(backend, [x, y], [x * y, x - y]).sum(rows) == (44.0, -3.0)


@each_backend
def test_a_buffer_that_cannot_be_written_is_read(backend):
    x, y = Value(0.0), Value(0.0)
    rows = np.array(ROWS)
    rows.flags.writeable = False
    assert program(backend, [x, y], [x * y]).sum(rows) == (44.0,)


@each_backend
@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (np.zeros((4, 4))[:, ::2], ValueError, "not C-contiguous: numpy.ascontiguousarray"),
        (np.asfortranarray(np.arange(8.0).reshape(4, 2)), ValueError, "not C-contiguous"),
        (np.zeros((4, 3)), ValueError, r"rows of 2 numbers, one for each input, are needed; the shape is \(4, 3\)"),
        (np.zeros((2, 2, 2)), ValueError, "rows of 2 numbers"),
        (np.zeros(5), ValueError, "5 numbers do not make whole rows of 2"),
        (np.zeros((4, 2), dtype=np.float32), TypeError, "not of format 'f'"),
        (np.zeros((4, 2), dtype=np.int64), TypeError, "NumPy's float64"),
        (np.zeros((4, 2), dtype=">f8"), TypeError, "not of format '>d'"),
        (b"12345678", TypeError, "not of format 'B'"),
        ([[1.0, 2.0], [3.0]], ValueError, "row 1 has 1 numbers; the program has 2 inputs"),
        ([[1.0, 2.0], 3.0], TypeError, "row 1 is a list of 2 numbers"),
        ([[1.0, "2"]], TypeError, "row 0 takes a real number, not '2'"),
        ([[1.0, 1j]], TypeError, "row 0 takes a real number"),
        (3.0, TypeError, "rows are a buffer of doubles or a list of rows, not 3.0"),
        ("ab", TypeError, "rows are a buffer of doubles"),
        (None, TypeError, "rows are a buffer of doubles"),
    ],
)
def test_rows_that_are_none_are_refused(backend, rows, error, message):
    x, y = Value(0.0), Value(0.0)
    with pytest.raises(error, match=message):
        program(backend, [x, y], [x * y]).sum(rows)


@each_backend
def test_sums_are_written_where_one_wants_them(backend):
    x, y = Value(1.0), Value(1.0)
    compiled = program(backend, [x, y], [x * y, engine.log(x)])
    for out in (np.full(2, 7.0), array.array("d", [7.0, 7.0])):
        assert compiled.sum(ROWS, out=out) == ()
        assert list(out) == list(compiled.sum(ROWS))
        with pytest.raises(engine.DomainError, match="row 1"):
            compiled.sum([[1.0, 1.0], [-1.0, 1.0]], out=out)
        assert list(out) == list(compiled.sum(ROWS)), "not touched by what failed"
    frozen = np.zeros(2)
    frozen.flags.writeable = False
    for out, error in (
        (frozen, ValueError),
        (np.zeros(3), ValueError),
        (np.zeros(4)[::2], ValueError),
        ([0.0], TypeError),
    ):
        with pytest.raises(error, match="out is a"):
            compiled.sum(ROWS, out=out)


@each_backend
def test_sums_as_the_inputs_of_another_program(backend):
    """Least squares by gradient descent: the sums of one program drive the updates of another, here and in a loop."""
    slope, rate, n = Value(0.0, "slope"), Value(0.01, "rate"), Value(3.0, "n")
    x, y, total = Value(0.0, "x"), Value(0.0, "y"), Value(0.0, "total")
    error = slope * x - y
    adding = program(backend, [x, y], [error * x])
    update = program(backend, [total], [slope], [(slope, slope - rate * total / n)])
    seen = update.repeat(40, sums=(adding, ROWS), keep=True)
    by_hand, expected = 0.0, []
    for _ in range(40):
        expected.append((by_hand,))
        by_hand -= 0.01 * sum((by_hand * a - b) * a for a, b in ROWS) / 3.0
    assert np.allclose(seen, expected, rtol=1e-13)
    assert slope.data == pytest.approx(by_hand, rel=1e-13)
    assert update.repeat(1, sums=(adding, np.array(ROWS))) == (pytest.approx(by_hand, rel=1e-13),)


# --- Refusals ---


@each_backend
def test_what_is_no_program_is_refused(backend):
    needs(backend)
    x, w = Value(1.0, "x"), Value(2.0, "w")
    y = x * w
    for arguments, error, message in [
        ({"outputs": [1.0]}, TypeError, r"an output of a program is a Value, not 1\.0 of type float"),
        ({"outputs": y}, TypeError, "the outputs of a program are a list of Values, even of one"),
        ({"outputs": 5}, TypeError, "the outputs of a program are a list"),
        ({"inputs": [y]}, ValueError, "an input has to be a leaf; .* is the result of an operation"),
        ({"inputs": [x, x]}, ValueError, "is given twice"),
        ({"inputs": ["x"]}, TypeError, "an input of a program is a Value, not 'x'"),
        ({"updates": [(y, x)]}, ValueError, "what is updated has to be a leaf; .* is the result of an operation"),
        ({"updates": [(w, x), (w, y)]}, ValueError, "label='w'.* is given twice"),
        ({"updates": [w]}, TypeError, r"an update is a pair \(leaf, expression for its next number\)"),
        ({"updates": [(w, 1.0)]}, TypeError, r"an update is a pair of Values, not 1\.0"),
        ({"updates": 3}, TypeError, "a list of pairs"),
        ({"inputs": [w], "updates": [(w, y)]}, ValueError, "label='w'.* is an input, .* cannot be updated as well"),
    ]:
        with pytest.raises(error, match=message):
            Program(backend=backend, **({"outputs": [y]} | arguments))


@each_backend
def test_calls_that_do_not_fit_are_refused(backend):
    x, w = Value(1.0, "x"), Value(2.0, "w")
    compiled = program(backend, [x], [x * w], [(w, w + x)])
    for call, error, message in [
        (lambda: compiled(), TypeError, "takes 1 number, one for each input, not 0"),
        (lambda: compiled(1.0, 2.0), TypeError, "takes 1 number, one for each input, not 2"),
        (lambda: compiled("1"), TypeError, "an input of a program takes a real number, not '1'"),
        (lambda: compiled(w), TypeError, "takes a real number, .*use its detach"),
        (lambda: compiled.repeat(2), TypeError, "takes 1 number"),
        (lambda: compiled.repeat(-1, 1.0), ValueError, "at least 0, not -1"),
        (lambda: compiled.repeat(1.5, 1.0), TypeError, r"the number of runs is an int, not 1\.5"),
        (lambda: compiled.repeat(True, 1.0), TypeError, "the number of runs is an int"),
        (lambda: compiled.sum([[1.0]]), ValueError, "put the updates in a program that takes the sums"),
        (lambda: program(backend, [], [w * 2]).sum([[1.0]]), ValueError, "this program has no inputs"),
        (lambda: compiled.repeat(1, 1.0, sums=(compiled, [[1.0]])), TypeError, "not both"),
        (lambda: compiled.repeat(1, sums=(compiled, [[1.0]])), ValueError, "put the updates in a program"),
        (lambda: compiled.repeat(1, sums=(program(backend, [x], [x, w]), [[1.0]])), ValueError, "there are 2 outputs"),
        (lambda: compiled.repeat(1, sums=compiled), TypeError, r"sums is a pair \(program, rows\)"),
        (lambda: compiled.repeat(1, sums=(5, [[1.0]])), TypeError, r"sums is a pair \(program, rows\)"),
    ]:
        with pytest.raises(error, match=message):
            call()
    assert w.data == 2.0


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="no backend 'numpy': choose 'python' or 'llvm'"):
        Program(backend="numpy")
    with pytest.raises(ValueError, match="fast_math is for machine code"):
        Program(fast_math=True)


def test_without_llvmlite_the_error_says_what_is_missing():
    code = """
import sys
sys.modules["llvmlite"] = None
import engine
x = engine.Value(1.0)
print(engine.Program([x], [x * 2])(3.0))
try:
    engine.Program([x], [x * 2], backend="llvm")
except ModuleNotFoundError as error:
    print(error)
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines() == ["(6.0,)", "backend='llvm' needs llvmlite: python -m pip install llvmlite"]


# --- Recording ---


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x < 1,
        lambda x: x <= 1,
        lambda x: x >= x,
        lambda x: float(x),
        lambda x: max(x, x * 2),
        lambda x: 1 if x else 0,
        lambda x: (x * 2).data,
        lambda x: x.data,
        lambda x: x == 1.0,
        lambda x: x != 1,
        lambda x: (x * 2).detach(),
        lambda x: f"{x:.3f}",
        engine.no_grad()(lambda x: x * 2),
    ],
)
def test_while_recording_no_number_is_used_up(use):
    x = Value(0.5, "x")
    with recording(), pytest.raises(RecordingError, match=r"'x'|data=1\.0.*maximum.*where"):
        use(x)
    with recording(), recording():
        pass
    assert x.data == 0.5
    if use.__code__.co_consts != (None, 1, 0):
        use(x)


def test_while_recording_everything_else_works():
    @recording()
    def record(x):
        y = engine.where(engine.step(x), x * 2, engine.maximum(x, -1.0))
        (slope,) = gradients(y, [x])
        return y, slope, engine.grad(engine.tanh)(x)

    x = Value(0.5, "x")
    y, slope, other = record(x)
    assert (y.data, slope.data) == (1.0, 2.0)
    assert other.data == pytest.approx(1.0 - engine.tanh(0.5) ** 2)
    compiled = Program([x], [y, slope])
    assert compiled(-3.0) == (-1.0, 0.0)
    assert x < 1


def test_recording_concerns_its_own_thread():
    x, seen = Value(0.5), []
    with recording():
        thread = threading.Thread(target=lambda: seen.append(x < 1))
        thread.start()
        thread.join()
    assert seen == [True]


# --- Size ---


@each_backend
@pytest.mark.slow
def test_three_hundred_thousand_instructions(backend):
    """More than one function holds, on either backend; and the answer is that of the engine."""
    a, b = Value(0.5, "a"), Value(0.25, "b")
    t = a
    for index in range(150_000):
        t = t * 0.75 + (b if index % 2 else a)
    x = Value(1.0, "x")
    compiled = program(backend, [x], [t * x], [(a, t)])
    assert len(compiled.instructions) >= 300_000
    assert compiled(2.0) == (t.data * 2.0,)
    assert a.data == t.data


@each_backend
@pytest.mark.slow
def test_a_long_program_has_its_backward_part(backend):
    """More instructions than one loop holds, with a gradient, constants after it, and an optimizer's state."""
    needs(backend)
    model, twin = MLP([2, 8, 8, 1], seed=1), MLP([2, 8, 8, 1], seed=1)
    draw = np.random.default_rng(1)
    inputs, targets = draw.normal(size=(12, 2)).tolist(), draw.normal(size=12).tolist()
    optimizer, eager = Adam(model.parameters(), 0.01), Adam(twin.parameters(), 0.01)
    loss = mean_squared_error([model(x) for x in inputs], targets)
    step = Program(outputs=[loss], updates=optimizer.updates(loss), backend=backend)
    assert len(step.instructions) > 6_000
    losses = [step()[0], *(number for (number,) in step.repeat(3, keep=True))]
    for expected in losses:
        loss = mean_squared_error([twin(x) for x in inputs], targets)
        assert loss.data == expected
        eager.zero_grad()
        loss.backward()
        eager.step()
    assert model.state_dict() == twin.state_dict()


@each_backend
@pytest.mark.slow
def test_thousands_of_outputs_and_updates(backend):
    leaves = [Value(float(index), f"w{index}") for index in range(3_900)]
    compiled = program(backend, outputs=leaves, updates=[(leaf, leaf + 1.0) for leaf in leaves])
    assert compiled.repeat(2)[:2] == (1.0, 2.0)
    assert compiled()[-1] == 3_901.0
    assert leaves[7].data == 10.0


@pytest.mark.parametrize("count", [3, 1_500])
def test_an_interrupted_call_has_stored_all_or_nothing(count):
    """A signal at any moment: the leaves have all been updated, or none has."""
    needs("llvm")
    leaves = [Value(0.0) for _ in range(count)]
    step = Program(outputs=leaves[:1], updates=[(leaf, leaf + 1.0) for leaf in leaves], backend="llvm")
    step()

    def ring(*_):
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, ring)
    try:
        for turn in range(60):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0002 + 0.00001 * turn)
                while True:
                    step()
            except TimeoutError:
                assert len({leaf.data for leaf in leaves}) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)


@each_backend
def test_sums_and_updates_that_share_a_program_take_turns(backend):
    x, w, total = Value(0.0, "x"), Value(1.0, "w"), Value(0.0, "total")
    adding = program(backend, [x], [engine.tanh(w * x)])
    update = program(backend, [total], [total], [(w, w + total * 0.0)])
    rows, other = np.linspace(-1.0, 2.0, 40), np.linspace(0.0, 1.0, 33)
    expected = adding.sum(rows), adding.sum(other)
    wrong = []

    def repeating():
        for _ in range(150):
            wrong.extend(found for found in update.repeat(3, sums=(adding, rows), keep=True) if found != expected[0])

    def summing():
        for _ in range(600):
            wrong.extend([found] for found in [adding.sum(other)] if found != expected[1])

    threads = [threading.Thread(target=work) for work in (repeating, summing, summing)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@each_backend
def test_a_program_leaves_nothing_behind(backend):
    def once():
        x = Value(1.0, "x")
        compiled = program(backend, [x], [engine.cos(x)])
        assert compiled(0.0) == compiled.repeat(1, 0.0) == compiled.sum([[0.0]])

    once()
    gc.collect()
    before = len(linecache.cache)
    once()
    gc.collect()
    assert len(linecache.cache) == before


def test_what_is_the_same_for_all_rows_is_computed_before_the_first():
    x, w = Value(1.0, "x"), Value(1.0, "w")
    text = PythonSource(optimise(lower(record([x], [x * engine.exp(w)], [])[0])), packed=True).sum_rows()
    assert text.index("exp(w)") < text.index("for row")


@pytest.mark.parametrize("lanes", [4, 8])
def test_sums_on_processors_of_either_width(lanes, monkeypatch):
    """Exponentials of leaves are packed by fours, those of rows go in lanes: both in one module."""
    needs("llvm")
    monkeypatch.setattr("engine.machine.backend.vector_width", lambda: lanes)
    x, a, b = Value(0.0, "x"), Value(0.5, "a"), Value(-0.25, "b")
    outputs = [engine.exp(a) + engine.exp(b) + engine.exp(x), engine.tanh(a * x), a * b]
    rows = [[0.1 * index] for index in range(19)]
    found = Program([x], outputs, backend="llvm").sum(rows)
    assert found == pytest.approx(Program([x], outputs).sum(rows), rel=1e-14)


@each_backend
def test_rows_without_outputs_sum_to_nothing(backend):
    assert program(backend, [Value(1.0)]).sum([[1.0], [2.0]]) == ()


@each_backend
@pytest.mark.usefixtures("open_table")
def test_a_condition_of_hundreds_of_parts(backend):
    text = " and ".join(f"x > -{number}" for number in range(1, 260))
    row = engine.Primitive(f"bounded_{backend}", f"1.0 if {text} else 0.0", ("0",))
    x = Value(1.0, "x")
    compiled = program(backend, [x], [engine.register(row)(x)])
    assert (compiled(0.5), compiled(-1.5)) == ((1.0,), (0.0,))
    assert compiled.sum([[0.5], [-1.5], [2.0]]) == (2.0,)


@pytest.mark.usefixtures("open_table")
def test_a_pickled_program_of_an_operation_that_is_unknown_here():
    x = Value(1.0, "x")
    row = engine.Primitive("only_there", "x * x * x", ("3 * x * x",))
    pickled = pickle.dumps(Program([x], [engine.register(row)(x)]))
    assert pickle.loads(pickled)(2.0) == (8.0,)
    del engine.operations.OPERATIONS["only_there"]
    with pytest.raises(LookupError, match="made with the operation 'only_there': register it here first"):
        pickle.loads(pickled)


@pytest.mark.usefixtures("open_table")
def test_what_python_computes_itself_runs_in_python():
    """gamma is not the C library's. To call Python back from machine code would lose Ctrl-C."""
    gamma = engine.register(engine.Primitive("gamma_of", "gamma(x)", ("0",)))
    x = Value(2.5, "x")
    compiled = program("llvm", [x], [gamma(x)])
    assert compiled(5.0) == (24.0,)
    assert compiled.backend == "llvm"
    with pytest.raises(ValueError, match="no machine code: it calls a function that Python computes"):
        compiled.assembly  # noqa: B018


@each_backend
def test_a_row_may_have_the_name_of_a_kind_of_instruction(backend, open_table):
    engine.register(engine.Primitive("lt", "0.25 if x < y else 0.5", ("0", "0")))
    doubled = engine.register(engine.Primitive("twice_lt", "2 * lt(x, y)", ("0", "0")))
    x = Value(1.0, "x")
    compiled = program(backend, [x], [doubled(x, 2.0)])
    assert (compiled(1.0), compiled(3.0)) == ((0.5,), (1.0,))


@pytest.mark.usefixtures("open_table")
def test_a_logarithm_to_a_base_is_written_as_a_quotient():
    with pytest.raises(ValueError, match=r"call log with 2 operands: write log\(x\) / log\(base\)"):
        engine.register(engine.Primitive("binary_logarithm", "log(x, 2)", ("1 / x",)))


def test_a_label_is_only_a_name():
    x = Value(0.0, 'x"""; import os')
    assert Program([x], [engine.cos(x)])(0.0) == (1.0,)


def test_a_network_is_trained_by_the_lines_of_the_docstring():
    model = MLP([2, 4, 1], seed=0)
    optimizer = SGD(model.parameters(), 0.5)
    inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    loss = mean_squared_error([model(x) for x in inputs], targets)
    step = Program(outputs=[loss], updates=optimizer.updates(loss))
    losses = [step()[0] for _ in range(100)]
    assert losses[-1] < losses[0]
