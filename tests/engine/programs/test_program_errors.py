"""All or nothing: a run that fails raises what the engine raises, says where, and leaves every leaf as it was."""

import math

import pytest
from support.program_checks import each_backend, program

import engine
from engine import DomainError, Value

# Where x begins when the graph is recorded, and the first whole x at which the expression has no value.
FAILING = [
    (lambda x: engine.exp(x - 4000.0), 0.0, OverflowError, r"exp has no value at x = 710\.0: math range error", 4710),
    (lambda x: 1.0 / (5000.0 - x), 0.0, ZeroDivisionError, r"div has no value at x = 1\.0, y = 0\.0: .*division", 5000),
    (lambda x: engine.log(5000.5 - x), 0.0, DomainError, r"log has no value at x = -0\.5: .*", 5001),
    (lambda x: engine.sqrt(5000.5 - x), 0.0, DomainError, r"sqrt has no value at x = -0\.5: .*", 5001),
    (lambda x: (5000.5 - x) ** 0.5, 0.0, DomainError, r"pow has no value at x = -0\.5, y = 0\.5: .*", 5001),
    (lambda x: (5000.0 - x) ** -1, 0.0, ZeroDivisionError, r"pow has no value at x = 0\.0, y = -1\.0: .*", 5000),
    (lambda x: 10.0 ** (x - 4700.0), 0.0, OverflowError, r"pow has no value at x = 10\.0, y = 309\.0: .*", 5009),
    (lambda x: engine.asin(x - 1.0), 1.0, DomainError, r"asin has no value at x = 2\.0: .*", 3),
    (
        lambda x: engine.log_probability(x / 5e3),
        0.0,
        DomainError,
        r"log_probability has no value at x = 1\.0002: .*",
        5001,
    ),
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
        with pytest.raises(error, match=rf"^run {run}: {message}.* in `.* = "):
            compiled.repeat(10_000, keep=keep)
        assert (x.data, y.data) == (0.0, 1.0)
    assert len(compiled.repeat(run, keep=True)) == run
    assert x.data == run
    with pytest.raises(error, match=f"^{message}"):
        compiled()
    assert x.data == run


@each_backend
def test_an_overflow_of_an_output_names_it(backend):
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


@each_backend
def test_an_update_that_is_not_finite_names_its_leaf(backend):
    w, v = Value(1e200, "w"), Value(2.0, "v")
    compiled = program(backend, outputs=[v], updates=[(v, v + 1.0), (w, w * w - w * w)])
    with pytest.raises(ArithmeticError, match=r"^the update would make w nan, from 1e\+200"):
        compiled()
    with pytest.raises(ArithmeticError, match=r"^run 0: the update would make w nan"):
        compiled.repeat(3)
    assert (v.data, w.data) == (2.0, 1e200)


@each_backend
def test_a_nan_or_an_infinity_that_is_given_is_not_hidden(backend):
    x, w = Value(1.0, "x"), Value(1.0, "w")
    compiled = program(backend, [x], [engine.sigmoid(x * w)])
    for bad in (math.nan, math.inf * 0):
        with pytest.raises(ArithmeticError, match="output 0 is nan"):
            compiled(bad)
    w.data = math.nan
    with pytest.raises(ArithmeticError, match="output 0 is nan"):
        compiled(1.0)
    w.data = math.inf
    assert compiled(1.0) == (1.0,), "sigmoid(inf) is 1: nothing is wrong, here as in the engine"
    assert compiled(-1.0) == (0.0,)


@each_backend
def test_a_false_alarm_is_none(backend):
    """The sum of outputs and updates overflows, though each of them is finite: the runs go on."""
    x, y = Value(1e308, "x"), Value(1.7e308, "y")
    compiled = program(backend, outputs=[x, y], updates=[(x, x * 0.999), (y, y * 0.999)])
    last = compiled.repeat(50)
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
    x, n = Value(1e200, "x"), Value(0.0, "n")
    compiled = program(backend, outputs=[n], updates=[(x, 1.0 / (x * x) + 1e-300), (n, n + 1.0)])
    with pytest.raises(ArithmeticError, match=r"^run 1: the update would make x inf|^run 1: div has no value"):
        compiled.repeat(10)
    assert (x.data, n.data) == (1e200, 0.0)
    y = Value(3e154, "y")
    flipping = program(backend, outputs=[n], updates=[(y, 1.0 / (y * 1e154 * 1e154)), (n, n + 1.0)])
    with pytest.raises(ArithmeticError, match=r"^run 1"):
        flipping.repeat(10)
    assert y.data == 3e154


@each_backend
@pytest.mark.usefixtures("open_table")
def test_a_row_whose_branch_goes_on_after_a_call_that_may_fail(backend):
    name = f"guarded_sum_{backend}"
    guarded = engine.register(engine.Primitive(name, "log(x) + 1 if x > 0 else 0.5", ("where(step(x), 1 / x, 0)",)))
    x = Value(2.0, "x")
    compiled = program(backend, [x], [guarded(x)])
    for number in (3.0, -2.0):
        expected = (guarded(number),)
        assert compiled(number) == compiled.repeat(2, number) == compiled.sum([[number]]) == expected


@each_backend
@pytest.mark.usefixtures("open_table")
def test_a_branch_that_is_not_taken_may_fail(backend):
    """A row of its own: the logarithm of a negative number is never asked for, on either backend."""
    name = f"guarded_log_{backend}"
    guarded = engine.register(engine.Primitive(name, "log(x) if x > 0 else -1.0", ("where(step(x), 1 / x, 0)",)))
    x = Value(2.0, "x")
    compiled = program(backend, [x], [guarded(x)])
    assert compiled(-5.0) == (-1.0,)
    assert compiled(math.e) == (1.0,)
    assert compiled.sum([[-5.0], [math.e], [-1.0]]) == (-1.0,)


@each_backend
@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("bad", [0, 7, 8, 12])
def test_a_failure_in_a_row_names_the_row(backend, width, bad):
    x, y, w = Value(1.0, "x"), Value(1.0, "y"), Value(2.0, "w")
    compiled = program(backend, [x, y][:width], [engine.log(x * w) / (y if width == 2 else w)])
    rows = [[1.0 + i, 2.0][:width] for i in range(13)]
    assert math.isfinite(compiled.sum(rows)[0])
    rows[bad][0] = -3.0
    with pytest.raises(DomainError, match=rf"^row {bad}: log has no value at x = -6\.0: .* in `"):
        compiled.sum(rows)
    if width == 2:
        rows[bad] = [1.0, 0.0]
        with pytest.raises(ZeroDivisionError, match=rf"^row {bad}: div has no value .*y = 0\.0 \('y'\)"):
            compiled.sum(rows)
    rows[bad] = [math.inf] * width
    with pytest.raises(ArithmeticError, match=rf"^row {bad}: output 0 is (inf|nan)"):
        compiled.sum(rows)


@each_backend
def test_a_failure_that_has_nothing_to_do_with_the_rows(backend):
    x, w = Value(1.0, "x"), Value(2.0, "w")
    compiled = program(backend, [x], [x * engine.log(w)])
    w.data = -1.0
    with pytest.raises(DomainError, match=r"^row 0: log has no value at x = -1\.0 \('w'\)"):
        compiled.sum([[1.0], [2.0]])
    assert compiled.sum([]) == (0.0,)


@each_backend
def test_a_sum_that_overflows_though_no_row_does(backend):
    x = Value(1.0, "x")
    compiled = program(backend, [x], [x * 1.0])
    with pytest.raises(OverflowError, match="the sum of output 0 over 3 rows is inf"):
        compiled.sum([[1e308], [1e308], [1e308]])


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
