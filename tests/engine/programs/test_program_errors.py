"""What programs refuse; and all or nothing: a run that fails says where, and leaves every leaf as it was."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from support.program_checks import each_backend, program

import engine
from engine import DomainError, Program, RecordingError, Value, recording

# Where x begins when the graph is recorded, and the first whole x at which the expression has no value.
FAILING = [
    (lambda x: engine.exp(x - 4000.0), 0.0, OverflowError, r"exp has no value at x = 710\.0: math range error", 4710),
    (lambda x: 1.0 / (5000.0 - x), 0.0, ZeroDivisionError, r"div has no value at x = 1\.0, y = 0\.0: .*division", 5000),
    (lambda x: engine.log(5000.5 - x), 0.0, DomainError, r"log has no value at x = -0\.5: .*", 5001),
    (lambda x: (5000.0 - x) ** -1, 0.0, ZeroDivisionError, r"pow has no value at x = 0\.0, y = -1\.0: .*", 5000),
    (lambda x: 10.0 ** (x - 4700.0), 0.0, OverflowError, r"pow has no value at x = 10\.0, y = 309\.0: .*", 5009),
    (lambda x: engine.asin(x - 1.0), 1.0, DomainError, r"asin has no value at x = 2\.0: .*", 3),
    (lambda x: engine.log_probability(x / 5e3), 0.0, DomainError, r"log_probability has .* at x = 1\.0002: .*", 5001),
    (lambda x: engine.cosh(x - 10.0), 0.0, OverflowError, r"cosh has no value at x = 711\.0: .*", 721),
]


@each_backend
@pytest.mark.parametrize(("operation", "start", "error", "message", "run"), FAILING)
def test_a_failure_in_the_middle_of_ten_thousand_runs(operation, start, error, message, run, backend):
    x, y = Value(start, "x"), Value(1.0, "y")
    result = operation(x)
    result.label = "result"
    x.data = 0.0
    compiled = program(backend, outputs=[result], updates=[(y, y * 0.5 + 1.0), (x, x + 1.0)])
    for keep in (False, True):
        with pytest.raises(error, match=rf"^run {run}: {message}.* \(in `.* = "):
            compiled.repeat(10_000, keep=keep)
        assert (x.data, y.data) == (0.0, 1.0)
    assert len(compiled.repeat(run, keep=True)) == run
    assert x.data == run
    with pytest.raises(error, match=f"^{message}"):
        compiled()
    assert x.data == run


@each_backend
def test_what_is_not_finite_is_named(backend):
    """An output that overflows after some runs; an update that gives NaN at once; a NaN that is given."""
    x = Value(1e300, "x")
    y = x * 10.0
    y.label = "y"
    compiled = program(backend, outputs=[y], updates=[(x, y)])
    with pytest.raises(ArithmeticError, match=r"^run 8: output 0 \('y'\) is inf"):
        compiled.repeat(20)
    assert x.data == 1e300
    assert compiled.repeat(8) == (pytest.approx(1e308),)
    with pytest.raises(ArithmeticError, match=r"^output 0 \('y'\) is inf"):
        compiled()
    assert x.data == pytest.approx(1e308)
    w, v = Value(1e200, "w"), Value(2.0, "v")
    compiled = program(backend, outputs=[v], updates=[(v, v + 1.0), (w, w * w - w * w)])
    for run, where in ((compiled, ""), (lambda: compiled.repeat(3), "run 0: ")):
        with pytest.raises(ArithmeticError, match=rf"^{where}the update would make w nan, from 1e\+200"):
            run()
        assert (v.data, w.data) == (2.0, 1e200)

    x, w = Value(1.0, "x"), Value(1.0, "w")
    compiled = program(backend, [x], [engine.sigmoid(x * w)])
    for number, factor in ((math.nan, 1.0), (1.0, math.nan)):
        w.data = factor
        with pytest.raises(ArithmeticError, match="output 0 is nan"):
            compiled(number)
    w.data = math.inf
    assert (compiled(1.0), compiled(-1.0)) == ((1.0,), (0.0,)), "sigmoid(inf) is 1, here as in the engine"


@each_backend
def test_a_false_alarm_is_none(backend):
    """In Python, the sum of outputs and updates overflows, though each of them is finite: the runs go on."""
    x, y = Value(1e308, "x"), Value(1.7e308, "y")
    compiled = program(backend, outputs=[x, y], updates=[(x, x * 0.999), (y, y * 0.999)])
    machine, asked = compiled._runner.backend, []
    machine.repeat = lambda *given: asked.append(given[1]) or type(machine).repeat(machine, *given)
    last = compiled.repeat(50)
    assert (len(asked) > 1) == (backend == "python"), "there is an alarm; machine code looks at each number"
    assert any(asked) == (backend == "python"), "machine code names the run as it is: keeping would slow it down"
    expected_x, expected_y = 1e308, 1.7e308
    for _ in range(49):
        expected_x, expected_y = expected_x * 0.999, expected_y * 0.999
    assert last == (expected_x, expected_y)
    assert len(compiled.repeat(50, keep=True)) == 50
    assert compiled()[0] == pytest.approx(1e308 * 0.999**100)


@each_backend
def test_a_failure_is_not_skipped_with_the_branch_it_stands_in(backend):
    """The engine computes both operands of `where`, so both have to have a value, in loops as in calls."""
    c, x, y = Value(1.0, "c"), Value(1.0, "x"), Value(2.0, "y")
    compiled = program(backend, [c, x], [engine.where(c, 2.0 / x * 3.0, 1.0)])
    for run in (compiled, lambda *point: compiled.repeat(3, *point), lambda *point: compiled.sum([point])):
        with pytest.raises(ZeroDivisionError, match=r"div has no value at x = 2\.0, y = 0\.0 \('x'\)"):
            run(0.0, 0.0)
        assert run(0.0, 1.0) == (1.0,)
    decided = program(backend, [y], [engine.where(0.0, engine.log(y), 3.0 * y)])
    assert decided(2.0) == (6.0,)
    for run in (decided, lambda y: decided.repeat(2, y), lambda y: decided.sum([[y]])):
        with pytest.raises(DomainError, match="log has no value"):
            run(-1.0)


@each_backend
def test_a_number_that_is_infinite_for_one_run_only_is_noticed(backend):
    """1/x of an infinite x is 0: what comes later shows nothing of it."""
    for start, update in ((1e200, lambda x: 1.0 / (x * x) + 1e-300), (3e154, lambda x: 1.0 / (x * 1e154 * 1e154))):
        x, n = Value(start, "x"), Value(0.0, "n")
        compiled = program(backend, outputs=[n], updates=[(x, update(x)), (n, n + 1.0)])
        with pytest.raises(ArithmeticError, match=r"^run 1: (the update would make x inf|div has no value)"):
            compiled.repeat(10)
        assert (x.data, n.data) == (start, 0.0)


@each_backend
@pytest.mark.usefixtures("open_table")
def test_a_branch_that_is_not_taken_may_fail(backend):
    """Rows of one's own: the logarithm of a negative number is never asked for, on either backend."""
    for text in ("log(x) if x > 0 else -1.0", "log(x) + 1 if x > 0 else 0.5"):
        guarded = engine.register(engine.Primitive(f"guarded{len(text)}", text, ("where(step(x), 1 / x, 0)",)))
        x = Value(2.0, "x")
        compiled = program(backend, [x], [guarded(x)])
        for number in (3.0, -5.0):
            expected = (guarded(number),)
            assert compiled(number) == compiled.repeat(2, number) == compiled.sum([[number]]) == expected
        assert compiled.sum([[-5.0], [math.e], [-1.0]]) == (guarded(-5.0) + guarded(math.e) + guarded(-1.0),)


@each_backend
@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("bad", [0, 7, 8, 12])
def test_a_failure_in_a_row_names_the_row(backend, width, bad):
    x, y, w = Value(1.0, "x"), Value(1.0, "y"), Value(2.0, "w")
    compiled = program(backend, [x, y][:width], [engine.log(x * w) / (y if width == 2 else w)])
    rows = [[1.0 + i, 2.0][:width] for i in range(13)]
    assert math.isfinite(compiled.sum(rows)[0])
    rows[bad][0] = -3.0
    with pytest.raises(DomainError, match=rf"^row {bad}: log has no value at x = -6\.0: .* \(in `"):
        compiled.sum(rows)
    if width == 2:
        rows[bad] = [1.0, 0.0]
        with pytest.raises(ZeroDivisionError, match=rf"^row {bad}: div has no value .*y = 0\.0 \('y'\)"):
            compiled.sum(rows)
    rows[bad] = [math.inf] * width
    with pytest.raises(ArithmeticError, match=rf"^row {bad}: output 0 is (inf|nan)"):
        compiled.sum(rows)


@each_backend
def test_a_failure_that_is_not_a_rows_own(backend):
    """A logarithm that is the same for all rows; a sum that overflows though no row does."""
    x, w = Value(1.0, "x"), Value(2.0, "w")
    compiled = program(backend, [x], [x * engine.log(w)])
    w.data = -1.0
    with pytest.raises(DomainError, match=r"^row 0: log has no value at x = -1\.0 \('w'\)"):
        compiled.sum([[1.0], [2.0]])
    assert compiled.sum([]) == (0.0,)
    with pytest.raises(OverflowError, match="the sum of output 0 over 3 rows is inf"):
        program(backend, [x], [x * 1.0]).sum([[1e308], [1e308], [1e308]])


@each_backend
def test_a_failure_while_sums_drive_updates(backend):
    """The rows' logarithm fails when w has come down to zero; then, the update divides by it."""
    w, x, total = Value(5.0, "w"), Value(1.0, "x"), Value(0.0, "total")
    adding = program(backend, [x], [engine.log(w * x) * 0.0 + 1.0])
    down = program(backend, [total], [w], [(w, w - total / 3.0)])
    rows = [[1.0], [2.0], [3.0]]
    with pytest.raises(DomainError, match=r"^run 5: row 0: log has no value at x = 0\.0"):
        down.repeat(10, sums=(adding, rows))
    assert w.data == 5.0
    divided = program(backend, [total], [1.0 / (w - 2.0)], [(w, w - total / 3.0)])
    with pytest.raises(ZeroDivisionError, match=r"^run 3: div has no value"):
        divided.repeat(10, sums=(adding, rows))
    assert w.data == 5.0
    assert down.repeat(2, sums=(adding, rows), keep=True) == [(5.0,), (4.0,)]
    assert w.data == 3.0


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
        (3.0, TypeError, "rows are a buffer of doubles or a list of rows, not 3.0"),
        ("ab", TypeError, "rows are a buffer of doubles"),
    ],
)
def test_rows_that_are_none_are_refused(backend, rows, error, message):
    x, y = Value(0.0), Value(0.0)
    with pytest.raises(error, match=message):
        program(backend, [x, y], [x * y]).sum(rows)


def test_what_is_no_program_is_refused():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    y = x * w
    for arguments, error, message in [
        ({"backend": "numpy"}, ValueError, "no backend 'numpy': choose 'python' or 'llvm'"),
        ({"fast_math": True}, ValueError, "fast_math is for machine code"),
        ({"outputs": [1.0]}, TypeError, r"an output of a program is a Value, not 1\.0 of type float"),
        ({"outputs": y}, TypeError, "the outputs of a program are a list of Values, even of one"),
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
            Program(**({"outputs": [y]} | arguments))


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
    ]:
        with pytest.raises(error, match=message):
            call()
    assert w.data == 2.0


def test_without_llvmlite_the_error_says_what_is_missing():
    code = "import sys; sys.modules['llvmlite'] = None; import engine; print(engine.Program()()); "
    code += "engine.Program(backend='llvm')"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.stdout == "()\n"
    assert finished.stderr.endswith("Error: backend='llvm' needs llvmlite: python -m pip install llvmlite\n")


def test_while_recording_no_number_is_used_up():
    x = Value(0.5, "x")
    uses = ["x < 1", "x <= 1", "x >= x", "x == 1.0", "x != 1", "float(x)", "max(x, x * 2)", "f'{x:.3f}'", "x.data"]
    uses += ["(x * 2).data", "(x * 2).detach()", "engine.no_grad()(abs)(x)", "1 if x else 0"]
    for use in uses:
        with recording(), pytest.raises(RecordingError, match=r"'x'|data=1\.0.*maximum.*where"):
            eval(use)
        if use != "1 if x else 0":
            eval(use)
    with recording(), recording():
        pass
    assert x.data == 0.5


@pytest.mark.usefixtures("open_table")
def test_a_pickled_program_of_an_operation_that_is_unknown_here():
    x = Value(1.0, "x")
    row = engine.Primitive("only_there", "x * x * x", ("3 * x * x",))
    pickled = pickle.dumps(Program([x], [engine.register(row)(x)]))
    assert pickle.loads(pickled)(2.0) == (8.0,)
    del engine.operations.OPERATIONS["only_there"]
    with pytest.raises(LookupError, match="made with the operation 'only_there': register it here first"):
        pickle.loads(pickled)
