"""Programs in JavaScript: the bits of Python, for the whole table, random graphs and a training."""

import itertools
import math
import random
from types import SimpleNamespace

import pytest
from support.javascript import FAILED, SOURCES, by_python, run_programs
from support.node import run_javascript
from support.program_checks import SPECIAL, same_bits
from support.random_loops import OPERATIONS, leaves_of
from support.random_loops import run as run_on_matrices
from support.random_programs import KINKED, SMOOTH, run

import engine
from engine import Program, Value, gradients
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


def assert_alike(programs, given, source):
    """Node and Python give the same bits, and fail alike; how many results were finite."""
    found = run_programs(programs, given, source)
    finite = 0
    for program, some, results in zip(programs, given, found, strict=True):
        for point, result in zip(some, results, strict=True):
            assert same_bits(result, by_python(program, point)), (program, point)
            finite += result[0] is not FAILED and not math.isnan(result[0])
    return finite


@each_source
@pytest.mark.slow
def test_the_whole_table_at_random_and_special_points(source):
    """The value, the partials, and both together as one program: a failure of one is a failure of all."""
    programs = []
    for row in ROWS:
        leaves = [Value(x) for x in inside(row)]
        result = getattr(engine, row.name)(*leaves)
        programs.append(Program(leaves, [result]))
        programs.append(Program(leaves, [result, *gradients(result, leaves)]))
    given = [points(row) for row in ROWS for _ in range(2)]
    assert assert_alike(programs, given, source) > 10_000


@each_source
@pytest.mark.slow
def test_random_graphs_with_their_gradients(source):
    """300 graphs of up to 20 operations, at three points each."""
    of = SimpleNamespace(**{row.name: getattr(engine, row.name) for row in ROWS}, absolute=abs)
    programs, given = [], []
    for seed in range(300):
        draw = random.Random(seed)
        names = sorted({**SMOOTH, **KINKED})
        text = [(draw.choice(names), draw.randrange(8), draw.randrange(8)) for _ in range(draw.randrange(1, 20))]
        leaves = [Value(draw.uniform(-2.0, 2.0), name) for name in ("x", "y", "class")]
        result = run(text, of, leaves)
        programs.append(Program(leaves[:2], [result, *gradients(result, leaves)], [(leaves[2], result)]))
        given.append([[draw.uniform(-2.0, 2.0) for _ in range(2)] for _ in range(3)])
    assert assert_alike(programs, given, source) > 850


@each_source
@pytest.mark.slow
def test_random_loops_with_their_gradients(source):
    """200 programs on matrices: sums of products, convolutions, recurrences, tables of constants."""
    programs, given = [], []
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
        total = sum(results, Value(0.0))
        slopes = gradients(total, leaves)
        updates = [(leaf, leaf - 0.1 * slope) for leaf, slope in zip(leaves[3:], slopes[3:], strict=True)]
        programs.append(Program(leaves[:3], [*results, *slopes], updates))
        given.append([[draw.uniform(-2.0, 2.0) for _ in leaves[:3]] for _ in range(2)])
    assert assert_alike(programs, given, source) > 350


TRAININGS = {
    "the tutorial's": ("sigmoid", half_sum_of_squares, lambda parameters: SGD(parameters, 0.1)),
    "examples.xor": ("tanh", binary_cross_entropy, lambda parameters: Adam(parameters, 0.1)),
    "with momentum": ("tanh", half_sum_of_squares, lambda parameters: SGD(parameters, 0.05, momentum=0.9)),
}


@each_source
@pytest.mark.parametrize("training", TRAININGS)
@pytest.mark.slow
def test_xor_after_ten_thousand_epochs(training, source):
    hidden, loss_of, optimizer_of = TRAININGS[training]
    model = MLP([2, 4, 1], hidden=hidden, output="sigmoid", seed=1)
    loss = loss_of([model(x) for x in itertools.product((0, 1), repeat=2)], [0, 1, 1, 0])
    step = Program([], [loss], optimizer_of(model.parameters()).updates(loss))
    numbers = [leaf.data for leaf in step.leaves]
    source = SOURCES[source](step)
    function = source.function()
    text = engine.extend.javascript_library({"finished", *source.calls}) + function
    repeat = "for (let n = 0; n < 10_000; n += 1) { numbers.set(run(numbers).updates); } return numbers;"
    found = run_javascript(text + repeat, numbers)
    step.repeat(10_000)
    assert same_bits(found, [leaf.data for leaf in step.leaves])
