"""Programs in JavaScript: the bits of Python, for the whole table, random graphs and a training."""

import itertools
import math
import random
import re
from types import SimpleNamespace

import pytest
from support.javascript import SOURCES, by_python, run_programs, runs_in
from support.node import run_javascript
from support.program_checks import SPECIAL, same_bits
from support.random_loops import OPERATIONS, leaves_of
from support.random_loops import run as run_on_matrices
from support.random_programs import KINKED, SMOOTH, run

import engine
from engine import Program, Value, gradients
from engine.extend import javascript_library
from nn import MLP, SGD, Adam, binary_cross_entropy, half_sum_of_squares

ROWS = engine.primitives_table()
HARMLESS = [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -2.0, 1e-300, 1e300]
each_source = pytest.mark.parametrize("source", SOURCES)


def points(row):
    """Random and special operands of a row."""
    draw, arity = random.Random(row.name), len(row.partials)
    special = [(x,) for x in SPECIAL] if arity == 1 else list(itertools.product(HARMLESS, repeat=arity))
    return special + [
        tuple(draw.uniform(-bound, bound) for _ in range(arity)) for bound in (1.0, 1.0, 30.0) for _ in range(100)
    ]


def inside(row):
    """Operands at which the row has a value."""
    return (2.5,) if row.name == "acosh" else (0.5, 0.25, 0.75)[: len(row.partials)]


def table():
    """The value of each row, and as another program its partials, too: a failure of one is a failure of all."""
    for row in ROWS:
        leaves = [Value(x) for x in inside(row)]
        result = getattr(engine, row.name)(*leaves)
        for outputs in ([result], [result, *gradients(result, leaves)]):
            yield Program(leaves, outputs), points(row)


def graphs():
    """300 graphs of up to 20 operations with their gradients, at three points each."""
    of = SimpleNamespace(**{row.name: getattr(engine, row.name) for row in ROWS}, absolute=abs)
    for seed in range(300):
        draw = random.Random(seed)
        names = sorted({**SMOOTH, **KINKED})
        text = [(draw.choice(names), draw.randrange(8), draw.randrange(8)) for _ in range(draw.randrange(1, 20))]
        leaves = [Value(draw.uniform(-2.0, 2.0), name) for name in ("x", "y", "class")]
        result = run(text, of, leaves)
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
        leaves = [x for matrix in matrices for row in matrix for x in row]
        results = [x for row in run_on_matrices(steps, matrices)[-1] for x in row]
        slopes = gradients(sum(results, Value(0.0)), leaves)
        updates = [(leaf, leaf - 0.1 * slope) for leaf, slope in zip(leaves[3:], slopes[3:], strict=True)]
        program = Program(leaves[:3], [*results, *slopes], updates)
        yield program, [[draw.uniform(-2.0, 2.0) for _ in leaves[:3]] for _ in range(2)]


KINDS_OF_PROGRAMS = {table: 10_000, graphs: 850, loops: 350}
"""How many runs of each have to succeed."""


def assert_alike(make, source, runner):
    """JavaScript and Python give the same bits, and fail alike."""
    programs, given = zip(*make(), strict=True)
    found = run_programs(programs, given, source, runner)
    finite = 0
    for program, some, results in zip(programs, given, found, strict=True):
        for point, result in zip(some, results, strict=True):
            assert same_bits(result, by_python(program, point)), (program, point)
            finite += not math.isnan(result[0])
    assert finite > KINDS_OF_PROGRAMS[make]


@each_source
@pytest.mark.parametrize("make", KINDS_OF_PROGRAMS)
@pytest.mark.slow
def test_programs_in_node(make, source):
    assert_alike(make, source, run_javascript)


@pytest.mark.parametrize("make", KINDS_OF_PROGRAMS)
def test_programs_in_chromium(make, page, tmp_path):
    assert_alike(make, "straight", runs_in(page, tmp_path))


TRAININGS = {
    "the tutorial's": ("sigmoid", half_sum_of_squares, lambda parameters: SGD(parameters, 0.1)),
    "examples.xor": ("tanh", binary_cross_entropy, lambda parameters: Adam(parameters, 0.1)),
    "with momentum": ("tanh", half_sum_of_squares, lambda parameters: SGD(parameters, 0.05, momentum=0.9)),
}
REPEAT = "for (let n = 0; n < 10_000; n += 1) { numbers.set(run(numbers).updates); } return numbers;"


def assert_trains_alike(training, source, runner):
    """After 10,000 epochs of XOR, every parameter has Python's bits."""
    hidden, loss_of, optimizer_of = TRAININGS[training]
    model = MLP([2, 4, 1], hidden=hidden, output="sigmoid", seed=1)
    loss = loss_of([model(x) for x in itertools.product((0, 1), repeat=2)], [0, 1, 1, 0])
    step = Program([], [loss], optimizer_of(model.parameters()).updates(loss))
    source = SOURCES[source](step)
    function = source.function()
    text = f"{javascript_library({'finished', *source.calls})}{function}{REPEAT}"
    found = runner(text, [leaf.data for leaf in step.leaves])
    step.repeat(10_000)
    assert same_bits(found, [leaf.data for leaf in step.leaves])


@each_source
@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.slow
def test_xor_after_ten_thousand_epochs_in_node(training, source):
    assert_trains_alike(training, source, run_javascript)


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


@each_source
def test_a_label_may_be_anything(source):
    programs = [labelled(label) for label in (*LABELS, *WORDS, *STRANGE)]
    point = [0.25 * place - 1.1 for place in range(12)]
    expected = [by_python(program, point) for program in programs]
    assert [[math.isnan(number) for number in results] for results in expected] == [[False] * 18] * len(programs)
    found = run_programs(programs, [[point]] * len(programs), source)
    assert all(same_bits(result, numbers) for (result,), numbers in zip(found, expected, strict=True))


@each_source
def test_numbers_may_stand_in_a_plain_array(source):
    program = labelled("x")
    source = SOURCES[source](program)
    function = source.function()
    text = f"{javascript_library({'finished', *source.calls})}{function}return run([...numbers]).outputs;"
    point = [0.25 * place - 1.1 for place in range(12)]
    found = run_javascript(text, [*point, *[leaf.data for leaf in program.leaves]])
    assert same_bits(found, program(*point))


@each_source
def test_a_sum_that_reads_inputs_and_leaves(source):
    a, b = ([Value(number, label) for number in (0.3, 0.4, 0.5)] for label in "ab")
    sums = [sum(a[place - back] * b[back] for back in range(place + 1)) for place in range(3)]
    program = Program(a[:1], [*sums, sum(a)])
    ((found,),) = run_programs([program], [[[0.25]]], source)
    assert same_bits(found, program(0.25))


def test_where_python_finds_that_a_failure_did_not_matter_javascript_fails():
    x = Value(0.0, "x")
    program = Program([x], gradients(engine.where(x, engine.sqrt(x), x), [x]))
    assert program(0.0) == (1.0,)
    with pytest.raises(RuntimeError, match=r"RangeError: division of 0\.5 by zero"):
        run_javascript(f"{program.javascript}return run(numbers).outputs;", [0.0])


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
