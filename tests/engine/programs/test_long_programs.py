"""Programs as loops in Python: the numbers, failures and names of the same programs as straight text."""

import random

import pytest
from support.tapes import TAPES

import engine
from engine import Program, Value
from engine.programs import plan
from engine.programs.python_backend import PythonBackend


@pytest.fixture
def long(monkeypatch):
    """All programs count as long."""
    monkeypatch.setattr(plan, "LONGEST", -1)


def backends(tape):
    """The straight program and that in loops."""
    for is_long in (False, True):
        chosen = plan.Plan(tape)
        chosen.is_long = is_long
        yield PythonBackend(chosen, [])


def numbers(tape, seed=0):
    """Numbers for inputs and leaves."""
    chance = random.Random(seed)
    return [chance.uniform(0.1, 0.9) for _ in (*tape.input_labels, *tape.leaf_labels)]


@pytest.mark.parametrize("name", TAPES)
def test_loops_give_the_bits_of_straight_text(name):
    tape = TAPES[name]()
    straight, loops = backends(tape)
    given = numbers(tape)
    assert repr(loops.run(*given)) == repr(straight.run(*given))
    assert repr(loops.repeat(7, None, *given)) == repr(straight.repeat(7, None, *given))
    kept = [], []
    for backend, outputs in zip((straight, loops), kept, strict=True):
        backend.repeat(3, outputs.append, *given)
    assert repr(kept[0]) == repr(kept[1])
    width = len(tape.input_labels)
    rows = [numbers(tape, seed)[:width] for seed in range(4)]
    assert repr(loops.add_up(rows, given[width:])) == repr(straight.add_up(rows, given[width:]))


@pytest.mark.parametrize("terms", [3, 100])
@pytest.mark.parametrize("count", [1, 4])
def test_sums_are_added_in_the_recorded_order_however_they_are_written(terms, count):
    x = [Value(0.0) for _ in range(terms)]
    w = [[Value(0.0) for _ in range(terms)] for _ in range(count)]
    b = [Value(0.0) for _ in range(count)]
    sums = [sum((p * q for p, q in zip(row, x, strict=True)), start) for row, start in zip(w, b, strict=True)]
    tape, _ = engine.programs.tape.record(x, [*sums, sum(sums)], [])
    chance = random.Random(1)
    given = [chance.choice((1.0, -1.0)) * 10.0 ** chance.randint(-12, 12) for _ in numbers(tape)]
    straight, loops = backends(tape)
    assert repr(loops.run(*given)) == repr(straight.run(*given))


def logarithms(given):
    """h = tanh(log(a·x + b)) for three rows, and the loss sum of log(h) over their terms."""
    x = [[Value(number, f"x{row}{column}") for column, number in enumerate(line)] for row, line in enumerate(given)]
    w = [Value(1.0, f"w{column}") for column in range(len(given[0]))]
    h = [engine.log(sum(p * q for p, q in zip(line, w, strict=True))) for line in x]
    for place, value in enumerate(h):
        value.label = f"h{place}"
    return Program([value for line in x for value in line], [*h, sum(engine.sqrt(value) for value in h)])


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    ("row", "text"),
    [
        ([-1.0, 0.5], r"log has no value at x = -0.5.* \(in `h\[i\] = log\(z1\)`, i = 2\)"),
        ([0.25, 0.25], r"sqrt has no value at x = -0.69.* \('h2'\).* \(in `z2 \+= sqrt\(h\[i\]\)`, i = 2\)"),
    ],
)
def test_a_failure_names_its_line_and_the_indices(row, text):
    compiled = logarithms([[1.0, 1.0]] * 3)
    with pytest.raises(engine.DomainError, match=text):
        compiled(1.0, 1.0, 2.0, 2.0, *row)
    with pytest.raises(engine.DomainError, match=r"^row 1: .* \(in "):
        compiled.sum([[1.0, 1.0, 2.0, 2.0, 3.0, 3.0], [1.0, 1.0, 2.0, 2.0, *row]])


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(("t", "u"), [(1, 0), (2, 1), (4, 4), (4, 0)])
def test_a_failure_in_a_sum_that_is_shorter_than_others(t, u):
    """Each sum goes one term further; one number is too small for another, but for no other."""
    x, w = ([Value(number, f"{name}[{place}]") for place in range(5)] for name, number in (("x", 2.0), ("w", 1.0)))
    sums = [sum((engine.log(a - b) for a in x[1 : place + 1]), engine.log(x[0] - b)) for place, b in enumerate(w)]
    compiled = Program([*x, *w], sums)
    assert compiled._runner.plan.nests.nests[0].dims == (5,)
    numbers = [[2.0] * 5, [1.0] * 5]
    numbers[0][u], numbers[1][t] = 1.5, 1.75
    with pytest.raises(engine.DomainError, match=rf"`z1\[i\] \+= log\(x\[j\] - w\[i\]\)`, i = {t}, j = {u}\)"):
        compiled(*numbers[0], *numbers[1])


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    ("place", "line"),
    [(0, r"z1 = log\(x1\)`"), (1, r"z1 \+= log\(x\[i\]\) \+ w\[i\]`, i = 0"), (4, r"z1 \+= .* w\[i\]`, i = 3")],
)
def test_a_failure_in_a_sum_of_sums_names_the_term(place, line):
    """The first term goes up in the sum; between it and the others is the 0 that Python's sum begins with."""
    x, w = ([Value(1.0, f"{name}{number}") for number in range(1, 6)] for name in "xw")
    compiled = Program(x, [sum(engine.log(a) + b for a, b in zip(x, w, strict=True)) * 2.0])
    with pytest.raises(engine.DomainError, match=rf"\(in `{line}\)$"):
        compiled(*[-1.0 if number == place else 1.0 for number in range(5)])


@pytest.mark.usefixtures("long")
def test_runs_that_fail_are_named_and_change_nothing():
    weight = [Value(1.0 + place, f"w{place}") for place in range(3)]
    compiled = Program([], [sum(weight)], [(leaf, engine.sqrt(leaf - 0.4)) for leaf in weight])
    before = [leaf.data for leaf in weight]
    with pytest.raises(engine.DomainError, match=r"run 4: .*\(in `w_new\[i\] = sqrt\(w\[i\] - 0.4\)`, i = 0\)"):
        compiled.repeat(9)
    assert [leaf.data for leaf in weight] == before


@pytest.mark.usefixtures("long")
def test_what_no_input_changes_is_computed_once_for_all_rows():
    x, leaves = Value(0.5, "x"), [Value(0.1 * place, "w") for place in range(3)]
    compiled = Program([x], [sum(engine.exp(leaf) for leaf in leaves) * x])
    text = compiled._runner.python._loops.sum_rows()
    fixed, moving = text.split("for row, given")
    assert "exp(" in fixed
    assert "exp(" not in moving


def test_the_size_of_a_long_program_is_known_without_its_instructions(monkeypatch):
    x = Value(0.5, "x")
    y = x
    for _ in range(plan.LONGEST + 1):
        y = y * x
    compiled = Program([x], [y])
    monkeypatch.setattr(plan, "lower", None)
    assert repr(compiled).startswith(f"<Program of {plan.LONGEST + 1} operations (python): 1 input")
    assert compiled(1.0) == (1.0,)
