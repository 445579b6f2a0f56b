"""Programs in JavaScript: the bits of Python, for the whole table, random graphs and a training."""

import functools
import itertools
import math
import random
import re

import pytest
from support.javascript import TEXTS, by_python, run_programs, runs_in
from support.node import run_javascript
from support.program_checks import inside, points, same_bits
from support.random_loops import OPERATIONS, flat, leaves_of
from support.random_loops import run as run_on_matrices
from support.random_programs import ENGINE, KINKED, SMOOTH, run

import engine
from engine import Program, Value, gradients
from nn import MLP, SGD, Adam, binary_cross_entropy, half_sum_of_squares

ROWS = engine.primitives_table()
each_form = pytest.mark.parametrize("form", TEXTS)


def table():
    """The value of each row, and as another program its partials, too: a failure of one is a failure of all."""
    for row in ROWS:
        leaves = [Value(x) for x in inside(row)]
        result = getattr(engine, row.name)(*leaves)
        for outputs in ([result], [result, *gradients(result, leaves)]):
            yield Program(leaves, outputs), points(row.name, len(row.partials))


def graphs():
    """300 graphs of up to 20 operations with their gradients, at three points each."""
    for seed in range(300):
        draw = random.Random(seed)
        names = sorted({**SMOOTH, **KINKED})
        text = [(draw.choice(names), draw.randrange(8), draw.randrange(8)) for _ in range(draw.randrange(1, 20))]
        leaves = [Value(draw.uniform(-2.0, 2.0), name) for name in ("x", "y", "class")]
        result = run(text, ENGINE, leaves)
        program = Program(leaves[:2], [result, *gradients(result, leaves)], [(leaves[2], result)])
        yield program, [[draw.uniform(-2.0, 2.0) for _ in range(2)] for _ in range(3)]


def loops():
    """200 programs on matrices: sums of products, convolutions, recurrences, tables of constants."""
    for seed in range(200):
        draw = random.Random(seed)
        shapes = [(draw.randint(1, 4), draw.randint(1, 4)) for _ in range(draw.randint(2, 3))]
        steps = [
            (draw.choice(sorted(OPERATIONS)), draw.randrange(4), draw.randrange(4), draw.randint(1, 3))
            for _ in range(draw.randint(1, 6))
        ]
        matrices = leaves_of(shapes, [draw.choice([0.0, -0.0, 1.0, -1.0, draw.uniform(-2, 2)]) for _ in range(20)])
        leaves, results = flat(matrices), flat(run_on_matrices(steps, matrices)[-1:])
        slopes = gradients(sum(results, Value(0.0)), leaves)
        updates = [(leaf, leaf - 0.1 * slope) for leaf, slope in zip(leaves[3:], slopes[3:], strict=True)]
        program = Program(leaves[:3], [*results, *slopes], updates)
        yield program, [[draw.uniform(-2.0, 2.0) for _ in leaves[:3]] for _ in range(2)]


KINDS_OF_PROGRAMS = {table: 10_000, graphs: 850, loops: 350}
"""How many runs of each have to succeed."""


@functools.cache
def made(make):
    """The programs, their points, and what Python gives for each of these."""
    programs, given = zip(*make(), strict=True)
    expected = [[by_python(program, point) for point in some] for program, some in zip(programs, given, strict=True)]
    assert sum(not math.isnan(result[0]) for results in expected for result in results) > KINDS_OF_PROGRAMS[make]
    return programs, given, expected


def assert_alike(make, form, runner):
    """JavaScript and Python give the same bits, and fail alike."""
    programs, given, expected = made(make)
    found = run_programs(programs, given, form, runner)
    for program, *results in zip(programs, given, expected, found, strict=True):
        for point, wanted, result in zip(*results, strict=True):
            assert same_bits(result, wanted), (program, point)


@each_form
@pytest.mark.parametrize("make", KINDS_OF_PROGRAMS)
@pytest.mark.slow
def test_programs_in_node(make, form):
    assert_alike(make, form, run_javascript)


@pytest.mark.parametrize("make", KINDS_OF_PROGRAMS)
def test_programs_in_chromium(make, page, tmp_path):
    assert_alike(make, "straight", runs_in(page, tmp_path))


TRAININGS = {
    "the tutorial's": ("sigmoid", half_sum_of_squares, lambda parameters: SGD(parameters, 0.1)),
    "examples.xor": ("tanh", binary_cross_entropy, lambda parameters: Adam(parameters, 0.1)),
    "with momentum": ("tanh", half_sum_of_squares, lambda parameters: SGD(parameters, 0.05, momentum=0.9)),
}
REPEAT = "for (let n = 0; n < 10_000; n += 1) { numbers.set(run(numbers).updates); } return numbers;"


def assert_trains_alike(training, form, runner):
    """After 10,000 epochs of XOR, every parameter has Python's bits."""
    hidden, loss_of, optimizer_of = TRAININGS[training]
    model = MLP([2, 4, 1], hidden=hidden, output="sigmoid", seed=1)
    loss = loss_of([model(x) for x in itertools.product((0, 1), repeat=2)], [0, 1, 1, 0])
    step = Program([], [loss], optimizer_of(model.parameters()).updates(loss))
    text = TEXTS[form](step) + REPEAT
    found = runner(text, [leaf.data for leaf in step.leaves])
    step.repeat(10_000)
    assert same_bits(found, [leaf.data for leaf in step.leaves])


@each_form
@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.slow
def test_xor_after_ten_thousand_epochs_in_node(training, form):
    assert_trains_alike(training, form, run_javascript)


def test_xor_after_ten_thousand_epochs_in_chromium(page, tmp_path):
    assert_trains_alike("examples.xor", "straight", runs_in(page, tmp_path))


def test_the_text_is_whole_and_says_what_it_takes():
    x, w = Value(0.5, "x"), Value(-2.0, "while")
    program = Program([x], [(w * x).tanh()], [(w, w + 0.5)])
    text = program.javascript
    found = run_javascript(
        f"{text}const {{ outputs, updates }} = run(numbers); return [...outputs, ...updates];", [0.5, -2]
    )
    assert list(found) == [math.tanh(-1.0), -1.5]
    assert text.endswith(text.function)
    assert text.calls == ("finished", "tanh")
    assert text.function.splitlines() == [
        "function run(numbers) {",
        "  const [x, while_2] = numbers;",
        "  const t2 = while_2 * x;",
        "  const t3 = tanh(t2);",
        "  const t5 = while_2 + 0.5;",
        "  return finished([t3], [t5]);",
        "}",
    ]
    assert "Math.random" not in text
    assert not re.search(r"</|<!--", text)


@pytest.mark.parametrize(("terms", "form"), [(100, "straight"), (1_000, "loops")])
def test_long_programs_are_loops(terms, form):
    program = Program([], [sum(Value(0.5) * 3.0 for _ in range(terms))])
    assert program.javascript == TEXTS[form](program)


def labelled(label):
    """A table of quotients in which everything has one label."""
    rows = [[Value(0.25 * place + 0.5, label) for place in range(6)] for _ in range(3)]
    results = [engine.exp(sum((a * b for b in rows[1]), c)) / a for a, c in zip(rows[0], rows[2], strict=True)]
    slopes = gradients(sum(results), rows[1])
    for made in (*results, *slopes):
        made.label = label
    updates = [(leaf, leaf - 0.5 * slope) for leaf, slope in zip(rows[1], slopes, strict=True)]
    return Program([*rows[0], *rows[2]], [*results, *slopes], updates)


LABELS = ("", "i", "j", "i1", "t", "at", "table", "div", "finished", "checked", "numbers", "outputs", "run", "exactExp")
WORDS = ("let", "delete", "implements", "arguments", "eval", "undefined", "Math", "Float64Array", "__proto__")
STRANGE = ("</script>", "1", "0x1", "é", "变量", "a\n// b", "*/", "`${i}`", "\u2028", "a" * 1_000)


@each_form
def test_a_label_may_be_anything(form):
    programs = [labelled(label) for label in (*LABELS, *WORDS, *STRANGE)]
    point = [0.25 * place - 1.1 for place in range(12)]
    expected = [by_python(program, point) for program in programs]
    assert [[math.isnan(number) for number in results] for results in expected] == [[False] * 18] * len(programs)
    found = run_programs(programs, [[point]] * len(programs), form)
    assert all(same_bits(result, numbers) for (result,), numbers in zip(found, expected, strict=True))


@each_form
def test_numbers_may_stand_in_a_plain_array(form):
    program = labelled("x")
    text = f"{TEXTS[form](program)}return run([...numbers]).outputs;"
    point = [0.25 * place - 1.1 for place in range(12)]
    found = run_javascript(text, [*point, *[leaf.data for leaf in program.leaves]])
    assert same_bits(found, program(*point))


@each_form
def test_a_sum_that_reads_inputs_and_leaves(form):
    a, b = ([Value(number, label) for number in (0.3, 0.4, 0.5)] for label in "ab")
    sums = [sum(a[place - back] * b[back] for back in range(place + 1)) for place in range(3)]
    program = Program(a[:1], [*sums, sum(a)])
    ((found,),) = run_programs([program], [[[0.25]]], form)
    assert same_bits(found, program(0.25))


def test_where_python_finds_that_a_failure_did_not_matter_javascript_fails():
    x = Value(0.0, "x")
    program = Program([x], gradients(engine.where(x, engine.sqrt(x), x), [x]))
    assert program(0.0) == (1.0,)
    with pytest.raises(RuntimeError, match=r"RangeError: division of 0\.5 by zero"):
        run_javascript(f"{program.javascript}return run(numbers).outputs;", [0.0])


def test_loops_are_written_for_readers():
    """Named after labels and with no more parentheses, arrays and columns than they need."""
    weights = [[Value(0.5, f"w[{i}][{j}]") for j in range(3)] for i in range(2)]
    x, b = [Value(1.0, f"x[{j}]") for j in range(3)], Value(0.25, "b")
    layer = [engine.sigmoid(sum((w * y for w, y in zip(row, x, strict=True)), b)) for row in weights]
    program = Program(x, [-2 * (layer[0] - layer[1] * -3)])
    assert TEXTS["loops"](program).function.splitlines() == [
        "function run(numbers) {",
        "  const x = numbers.slice(0, 3);",
        "  const w = numbers.slice(3, 9);",
        "  const b = numbers[9];",
        "  const z1 = new Float64Array(2);",
        "  for (let i = 0; i < 2; i += 1) {",
        "    let z1_sum = b;",
        "    for (let j = 0; j < 3; j += 1) {",
        "      z1_sum += w[3 * i + j] * x[j];",
        "    }",
        "    z1[i] = z1_sum;",
        "  }",
        "  const t2 = exp(-Math.abs(z1[0]));",
        "  const t3 = 1 / (1 + t2);",
        "  const t4 = exp(-Math.abs(z1[1]));",
        "  const t5 = 1 / (1 + t4);",
        "  const t1 = -2 * ((z1[0] > 0 ? t3 : t2 * t3) - (z1[1] > 0 ? t5 : t4 * t5) * -3);",
        "  const outputs = new Float64Array(1);",
        "  outputs[0] = t1;",
        "  const updates = new Float64Array(0);",
        "  return finished(outputs, updates);",
        "}",
    ]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([[0, 1], [1, 0.5], [0.5, 0.25]], ["  const x1 = [0, 1, 1, 0.5, 0.5, 0.25];"]),  # factors in a sum
        ([[3], [1], [4, 1]], ["  const c1 = [3, 1];", "  const x1 = [4, 1];"]),
    ],
)
def test_tables_are_called_as_in_the_loops_of_the_program(rows, lines):
    w = [Value(0.5, "w[0]"), Value(0.25, "w[1]")]
    program = Program([], [engine.tanh(sum(a * b for a, b in zip(w, row, strict=False))) for row in rows])
    text = TEXTS["loops"](program).function
    assert [line for line in text.splitlines() if " = [" in line] == lines


@pytest.mark.parametrize(
    ("make", "number", "said"),
    [
        (engine.exp, 1000.0, "exp is too large for a float at 1000"),
        (engine.log, -1.0, "log has no value at -1"),
        (lambda x: 1 / x, 0.0, "division of 1 by zero"),
        (lambda x: x * x, 1e200, "output 0 is Infinity"),
        (lambda x: x**0.5, -1.0, "sqrt has no value at -1"),
    ],
)
def test_what_fails_says_so(make, number, said):
    x = Value(0.5)
    text = Program([x], [make(x)]).javascript
    with pytest.raises(RuntimeError, match=f"RangeError: {re.escape(said)}"):
        run_javascript(f"{text}return run(numbers).outputs;", [number])
