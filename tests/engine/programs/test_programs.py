"""`Program` as its users meet it: arguments, calls, sources, copies, threads, rows, great length."""

import array
import copy
import math
import pickle
import signal
import threading

import numpy as np
import pytest
from support.program_checks import BACKENDS, each_backend, needs, program

import engine
from engine import Program, Value, gradients


def neuron():
    """tanh(w · x + b) and its gradient with respect to w and b."""
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
    square = a * a
    fibonacci = program(backend, outputs=[a], updates=[(a, b), (b, a + b)])
    assert [fibonacci()[0] for _ in range(8)] == [1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0]
    assert (a.data, b.data) == (55.0, 89.0)
    with pytest.raises(engine.StaleGraphError, match="label='a'"):
        gradients(square, [a])
    assert fibonacci.repeat(3) == (144.0,)
    assert (a.data, b.data) == (233.0, 377.0)


@each_backend
def test_outputs_may_be_leaves_inputs_and_the_same_twice_or_none(backend):
    x, w = Value(1.0), Value(4.0)
    y = x * w
    assert program(backend, [x], [x, w, y, y, -y])(2.0) == (2.0, 4.0, 8.0, 8.0, -8.0)
    assert program(backend, [x], [x, w, y, y]).sum([[1.0], [2.0], [3.0]]) == (6.0, 12.0, 24.0, 24.0)
    empty = program(backend, [x], [])
    assert empty(2.0) == empty.sum([[1.0], [2.0]]) == ()


@each_backend
def test_a_program_can_be_read(backend):
    """The source of a neuron is what a person would write, and runs as it stands."""
    x, w, b = Value(0.5, "x"), Value(-1.5, "w"), Value(0.25, "b")
    h = engine.sin(w * x + b)
    h.label = "h"
    slopes = gradients(h, [w, b])
    compiled = program(backend, [x], [h, *slopes])
    assert [line.strip() for line in compiled.source.splitlines()] == [
        "def run(x, w, b):",
        "t3 = w * x",
        "t4 = t3 + b",
        "h = sin(t4)",
        "# backward",
        "b_grad = cos(t4)",
        "w_grad = x * b_grad",
        "return (h, w_grad, b_grad), ()",
    ]
    namespace = {"sin": math.sin, "cos": math.cos}
    exec(compiled.source, namespace)
    assert namespace["run"](0.3, -1.5, 0.25) == (compiled(0.3), ())
    assert " ".join(step.kind for step in compiled.instructions) == "input leaf leaf mul add sin cos mul"
    assert (compiled.instructions[5].label, compiled.instructions[5].operands) == ("h", (4,))
    assert repr(compiled) == f"<Program of 8 instructions ({backend}): 1 input, 2 leaves, 3 outputs, 0 updates>"
    if backend == "llvm":
        assert "fmul double" in compiled.native_source
        assert "repeat" in compiled.assembly
    else:
        with pytest.raises(ValueError, match="has no machine code: choose backend='llvm'"):
            compiled.assembly  # noqa: B018


def test_labels_become_names_and_no_two_are_the_same():
    labels = ["", "x y", "layer0.neuron1.w[2]", "w", "w", "lambda", "exp", "run", "2nd", "größe", "t0", "_", "if"]
    labels += ["total0", "before0", 'x"""; import os']
    leaves = [Value(1.0 + index, label) for index, label in enumerate(labels)]
    total = sum(engine.exp(leaf * 0.01) for leaf in leaves)
    compiled = Program(outputs=[total], updates=[(leaves[0], leaves[0])])
    assert compiled() == (total.data,)
    assert compiled.repeat(2) == (total.data,)
    head = compiled.source.splitlines()[0]
    assert "layer0_neuron1_w2" in head
    assert "lambda_2" in head
    names = head[head.index("(") + 1 : -2].split(", ")
    assert len(set(names)) == len(labels)


@each_backend
def test_copies_bring_their_leaves_along(backend):
    x, w = Value(1.0, "x"), Value(2.0, "w")
    compiled = program(backend, [x], [w * x], [(w, w + x)])
    twin, leaf = pickle.loads(pickle.dumps((compiled, w)))
    assert twin(10.0) == (20.0,)
    assert leaf.data == 12.0, "the leaf that was pickled along is the one that is updated"
    assert w.data == 2.0
    assert compiled(1.0) == (2.0,)
    assert twin.backend == backend
    copies = [copy.deepcopy(compiled) for _ in range(3)]
    for turns, one in enumerate(copies):
        one.repeat(turns + 1, 5.0)
    assert [one.leaves[0].data for one in copies] == [8.0, 13.0, 18.0]
    assert w.data == 3.0


def together(*works):
    """Do all at once, each in a thread of its own."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@each_backend
def test_threads_take_turns(backend):
    """Each of 8 × 500 calls adds one: none is lost."""
    n = Value(0.0, "n")
    count = program(backend, outputs=[n], updates=[(n, n + 1)])
    seen = []

    def work():
        seen.extend(count()[0] for _ in range(250))
        for _ in range(25):
            seen.extend(number for (number,) in count.repeat(10, keep=True))

    together(*[work] * 8)
    assert n.data == 4000.0
    assert sorted(seen) == [float(i) for i in range(4000)]


@each_backend
def test_sums_and_updates_that_share_a_program_take_turns(backend):
    x, w, total = Value(0.0, "x"), Value(1.0, "w"), Value(0.0, "total")
    adding = program(backend, [x], [engine.tanh(w * x)])
    update = program(backend, [total], [total], [(w, w + total * 0.0)])
    rows, other = np.linspace(-1.0, 2.0, 40), np.linspace(0.0, 1.0, 33)
    expected, others = adding.sum(rows), adding.sum(other)
    right = []

    def repeating():
        right.extend(update.repeat(3, sums=(adding, rows), keep=True) == [expected] * 3 for _ in range(150))

    def summing():
        right.extend(adding.sum(other) == others for _ in range(600))

    together(repeating, summing, summing)
    assert len(right) == 1350
    assert all(right)


ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@each_backend
def test_rows_come_in_any_container(backend):
    x, y = Value(0.0), Value(0.0)
    compiled = program(backend, [x, y], [x * y, x - y])
    flat = array.array("d", [number for row in ROWS for number in row])
    buffers = [flat, memoryview(flat), memoryview(flat.tobytes()).cast("d"), np.array(ROWS), np.array(flat)]
    lists = [ROWS, list(map(tuple, ROWS)), np.array(ROWS, dtype=object), [[1, 2], np.array([3, 4]), (5, 6.0)]]
    for rows in (*buffers, np.array(ROWS + ROWS)[:3], *lists):
        assert compiled.sum(rows) == (44.0, -3.0), type(rows)


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
    for out in (np.zeros(3), np.zeros(4)[::2], memoryview(bytes(16)).cast("d"), [0.0], np.zeros(2, dtype="f")):
        with pytest.raises((TypeError, ValueError), match="out is a"):
            compiled.sum(ROWS, out=out)


@each_backend
@pytest.mark.slow
def test_seventy_thousand_instructions(backend):
    """More than two bytes count, and dozens of pieces for LLVM; and the answer is that of the engine."""
    a, b = Value(0.5, "a"), Value(0.25, "b")
    t = a
    for index in range(35_000):
        t = t * 0.75 + (b if index % 2 else a)
    x = Value(1.0, "x")
    compiled = program(backend, [x], [t * x], [(a, t)])
    assert compiled.size >= 70_000 > 2**16
    assert compiled(2.0) == (t.data * 2.0,)
    assert a.data == t.data


@pytest.mark.parametrize("count", [3, 1_500])
def test_an_interrupted_call_has_stored_all_or_nothing(count):
    """A signal at any moment: the leaves have all been updated, or none has."""
    leaves = [Value(0.0) for _ in range(count)]
    step = program("llvm", outputs=leaves[:1], updates=[(leaf, leaf + 1.0) for leaf in leaves])
    step()

    def ring(*_):
        raise TimeoutError

    def call_for(seconds):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        while True:
            step()

    previous = signal.signal(signal.SIGALRM, ring)
    try:
        for turn in range(60):
            with pytest.raises(TimeoutError):
                call_for(0.0002 + 0.00001 * turn)
            assert len({leaf.data for leaf in leaves}) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)


@pytest.mark.parametrize("lanes", [4, 8])
def test_sums_on_processors_of_either_width(lanes, monkeypatch):
    """What is the same for all rows is computed by itself, the rest in lanes: both in one module."""
    needs("llvm")
    monkeypatch.setattr("engine.machine.backend.vector_width", lambda: lanes)
    x, a, b = Value(0.0, "x"), Value(0.5, "a"), Value(-0.25, "b")
    outputs = [engine.exp(a) + engine.exp(b) + engine.exp(x), engine.tanh(a * x), a * b]
    found, expected = (Program([x], outputs, backend=name).sum(np.linspace(0.0, 1.8, 19)) for name in BACKENDS)
    assert found == expected


@each_backend
@pytest.mark.usefixtures("open_table")
def test_rows_that_are_hard_to_write(backend):
    """A condition of hundreds of parts; a row with the name of a kind of instruction, and one that calls it."""
    text = " and ".join(f"x > -{number}" for number in range(1, 260))
    bounded = engine.register(engine.Primitive("bounded", f"1.0 if {text} else 0.0", ("0",)))
    engine.register(engine.Primitive("lt", "0.25 if x < y else 0.5", ("0", "0")))
    doubled = engine.register(engine.Primitive("twice_lt", "2 * lt(x, y)", ("0", "0")))
    x = Value(1.0, "x")
    compiled = program(backend, [x], [bounded(x), doubled(x, 2.0)])
    assert (compiled(0.5), compiled(-1.5), compiled(3.0)) == ((1.0, 0.5), (0.0, 0.5), (1.0, 1.0))
    assert compiled.sum([[0.5], [-1.5], [3.0]]) == (2.0, 2.0)


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
