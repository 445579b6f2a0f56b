"""What becomes of a graph, line by line: each stage is run as the text that it is, and linked lines give one number."""

import ast
import itertools
import math
import pickle
import re

import numpy as np
import pytest
from support.program_checks import same_bits

import engine
import viz
from engine import Program, Value, gradients, topological_order
from engine.extend import stages_of
from engine.programs.kinds import KINDS
from engine.programs.lowering import lower
from engine.programs.passes import PASSES
from engine.programs.tape import record
from engine.registration import FUNCTIONS
from nn import MLP, mean_squared_error


def textbook():
    """log(x1) + x1 * x2 - sin(x2), as in many texts on differentiation by programs."""
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    return engine.log(x1) + x1 * x2 - engine.sin(x2), [x1, x2]


def xor():
    """The loss of a network, with all parameters."""
    model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=0)
    return mean_squared_error([model(x) for x in ([0, 0], [0, 1], [1, 0], [1, 1])], [0, 1, 1, 0]), model.parameters()


def rules():
    """Something to do for every pass: numbers to fold, rules that apply, twins, guards, branches."""
    a, b = Value(0.5, "a"), Value(-1.5, "b")
    made = (-a) * (-b) + a / 4 + (a - -b) + engine.maximum(a * 1.0, 2.0 * engine.exp(Value(1.0) * 0.0)) + abs(-b)
    made += engine.exp(a * b) * engine.exp(b * a) + engine.softplus(b) + engine.gelu(a) + engine.where(a > b, a, b)
    return made * made / 3, [a, b]


def inner():
    """By an inner node, by a leaf that passes straight through, and by one outside the graph."""
    a, b, c = Value(0.5, "a"), Value(2.0), Value(7.0, "c")
    h = engine.tanh(a * b)
    return h + b - h * h * 1.0, [h, b, c, a]


CASES = {case.__name__: case for case in (textbook, xor, rules, inner)}

LISTINGS = ["instructions", *[run.__name__ for run in PASSES[:4]], *[f"{run.__name__} 2" for run in PASSES[4:7]]]
LISTINGS += ["drop_dead", "skip_calls"]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    """An output, leaves, and the stages."""
    output, leaves = CASES[request.param]()
    return output, list(leaves), stages_of(output, list(leaves))


def numbers_of(output, leaves):
    """For each listing, the number that each instruction gives, carried out whatever its guard says."""
    tape, given = record((), [output, *gradients(output, leaves)], ())
    listings = [lower(tape)]
    for run in PASSES:
        listings.append(run(listings[-1]))
    found = []
    for listing in listings:
        held = []
        for instruction in listing.instructions:
            operands = [held[operand] for operand in instruction.operands]
            if instruction.kind == "leaf":
                held.append(given[int(instruction.number)].data)
            elif instruction.kind == "constant":
                held.append(instruction.number)
            else:
                held.append(KINDS[instruction.kind].function(*operands))
        found.append([*map(float, held)])
    return found


def test_the_stages_in_order(case):
    _, _, stages = case
    names = [stage.name for stage in stages]
    assert names == ["graph", "gradient", *LISTINGS, "python", "javascript", "loops", "matrices", "llvm", "assembly"]
    for number, stage in enumerate(stages):
        assert stage.about.endswith(".")
        assert stage.missing or stage.lines
        for line in stage.lines:
            assert len({*line.sources}) == len(line.sources)
            assert all(before <= number and at < len(stages[before].lines) for before, at in line.sources)


def test_texts_are_those_of_the_program(case):
    output, leaves, stages = case
    program = Program(outputs=[output, *gradients(output, leaves)])
    texts = {stage.name: [line.text for line in stage.lines] for stage in stages}
    assert texts["python"] == program.source.splitlines()
    assert texts["javascript"] == program.javascript.function.splitlines()
    assert texts["loops"] == program.loops.splitlines()
    assert texts["matrices"] == str(program.matrices).splitlines()
    assert len(texts["skip_calls"]) == len(program.instructions)


def test_instructions_are_graphs_that_can_be_drawn(case):
    output, leaves, stages = case
    expected = [value.data for value in (output, *gradients(output, leaves))]
    for stage in stages[2 : 2 + len(LISTINGS)]:
        assert same_bits([result.data for result in stage.results[: len(expected)]], expected)
        drawn = {node.label for node in topological_order(*stage.results) if not node.is_leaf}
        assert drawn == {line.text.partition(" = ")[0] for line in stage.lines if " = " in line.text}
        with pytest.raises(engine.DomainError, match="a step of a program has no derivative"):
            next(result for result in stage.results if not result.is_leaf).backward()


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (pickle.dumps, TypeError, "a stated sin can be drawn, but not be pickled"),
        (lambda step: Program(outputs=[step]), TypeError, "or be in a program"),
        (viz.explorer, TypeError, "or in `gradients`"),
        (viz.trace, ValueError, "sin is a step of a program, without a formula: draw it"),
        (viz.player, ValueError, "trace what it was made of"),
    ],
)
def test_steps_of_a_program_are_refused_where_a_formula_is_needed(use, error, message):
    x = Value(0.5, "x")
    step, *_ = stages_of(engine.sin(x), [x])[2].results
    with pytest.raises(error, match=message):
        use(step)


def test_lines_of_graphs_give_the_numbers_of_their_nodes(case):
    output, _, stages = case
    held = dict(FUNCTIONS)
    for line in (*stages[0].lines, *stages[1].lines):
        name, _, formula = line.text.partition(" = ")
        held[name] = eval(formula, held)
        assert same_bits([held[name]], [line.value.data])
    assert output in [line.value for line in stages[0].lines]


def test_lines_of_the_gradient_belong_to_what_they_are_the_derivative_of(case):
    output, leaves, stages = case
    output.backward()
    derivatives = {}
    for line in stages[1].lines:
        for place, at in line.sources:
            assert place == 0
            derivatives.setdefault(stages[0].lines[at].value, []).append(line.value.data)
    for leaf in leaves:
        if leaf in [line.value for line in stages[0].lines]:
            assert any(math.isclose(leaf.grad, number) for number in derivatives[leaf])
    for node, numbers in derivatives.items():  # The whole derivative, unless it is a number; or partials.
        partials = [partial for partial in node.partials if partial is not None]
        found = [math.isclose(wanted, number) for wanted in (node.grad, *partials) for number in numbers]
        assert any(found), node


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (
            lambda a, b: engine.log(a) + a * b - engine.sin(b),
            {"1.0 / a": ["log(a)"], "b + 1.0 / a": ["a"], "cos(b)": ["sin(b)"], "cos(b) * -1.0": ["b"]},
        ),
        (lambda a, b: engine.exp(a * b) * a, {"exp(a * b) * a": ["a * b"], "b * (exp(a * b) * a)": ["a"]}),
        (
            lambda a, b: engine.cos(a + b),
            {"-sin(a + b) * 1.0": ["b"], "-sin(a + b)": ["a", "b", "a + b", "cos(a + b)"]},
        ),
    ],
)
def test_whose_derivative_a_line_is(formula, expected):
    leaves = [Value(0.5, "a"), Value(0.25, "b")]
    graph, gradient, *_ = stages_of(formula(*leaves), leaves)
    texts = {line.text.split(" = ")[0]: line.text.split(" = ")[1] for line in (*graph.lines, *gradient.lines)}
    texts |= {"a": "a", "b": "b"}
    parts = {name: text for name, text in texts.items() if name != text}
    whole = {
        line.text: ast.unparse(put_in(line.text.split(" = ")[0], parts, set())) for line in graph.lines + gradient.lines
    }
    belongs = {whole[line.text]: [whole[graph.lines[at].text] for _, at in line.sources] for line in gradient.lines}
    assert {text: belongs.get(text) for text in expected} == expected, belongs


@pytest.mark.parametrize(
    ("by", "links"),
    [("z", {"1.0": "z"}), ("yz", {"1.0": "z", "1": "y"}), ("zx", {"1.0": "z", "1.0 + x": "x"})],
)
def test_leaves_may_be_results_with_derivatives_that_are_numbers(by, links):
    x = Value(2.0, "x")
    z = x * x
    values = {"x": x, "z": z, "y": z + x}
    graph, gradient, *_ = stages_of(values["y"], [values[name] for name in by])
    found = [
        (line.text.partition(" = ")[2], [graph.lines[at].value for _, at in line.sources]) for line in gradient.lines
    ]
    for text, name in links.items():
        assert any(said.startswith(text) and owners == [values[name]] for said, owners in found)


@pytest.mark.parametrize("leaves", [None, 5])
def test_what_is_no_list_of_leaves_is_refused(leaves):
    with pytest.raises(TypeError, match="stages_of takes a list of leaves"):
        stages_of(Value(2.0) * 3.0, leaves)


def test_linked_lines_of_listings_give_one_number(case):
    output, leaves, stages = case
    numbers = numbers_of(output, leaves)
    for place, (before, now) in enumerate(itertools.pairwise(numbers), 3):
        lines = stages[place].lines
        assert len(lines) == len(now)
        for at, line in enumerate(lines):
            _, source = line.sources[0]
            is_added = at + 1 < len(lines) and lines[at + 1].sources[0] == line.sources[0]
            assert same_bits([before[source]], [now[at]]) or is_added, (stages[place].name, line.text)
    results = {sources: numbers[0][at] for at, (_, sources, _) in enumerate(stages[2].lines)}
    for ((place, at),), number in results.items():  # Of a node's instructions, the last gives its number.
        assert same_bits([stages[place].lines[at].value.data], [number])


def test_texts_stand_for_the_instructions_that_they_name_or_hold(case):
    _, _, stages = case
    last = 1 + len(LISTINGS)
    texts = [line.text for line in stages[last].lines]
    for stage in stages[last + 1 : last + 3]:
        held = [texts[at] for line in stage.lines for _, at in line.sources]
        assert {*texts} - {*held} <= {text for text in texts if text.startswith("constant")}
    for line in stages[last + 1].lines[1:-1]:
        own = dict(texts[at].split(" = ", 1) for _, at in line.sources if not texts[at].startswith("constant"))
        name, _, text = line.text.strip().partition(" = ")
        used = set()
        if text:
            assert ast.unparse(put_in(own.pop(name), own, used)) == ast.unparse(ast.parse(text, mode="eval").body)
        assert used == own.keys()


def put_in(text, parts, used):
    """The expression, with these parts in place of their names."""

    class Names(ast.NodeTransformer):
        def visit_Name(self, node):
            used.update({node.id} & parts.keys())
            return put_in(parts[node.id], parts, used) if node.id in parts else node

    return Names().visit(ast.parse(text, mode="eval").body)


def behind(stages):
    """For each line, all lines of earlier stages that it goes back to."""
    found = {}
    for place, stage in enumerate(stages):
        for at, line in enumerate(stage.lines):
            sources = [source for source in line.sources if place != 1]  # A gradient is no part of the graph.
            found[place, at] = {*sources}.union(*[found[source] for source in sources])
    return found


def test_all_that_runs_comes_from_the_graph(case):
    _, _, stages = case
    found = behind(stages)
    last = 1 + len(LISTINGS)
    for at, line in enumerate(stages[last].lines):
        assert {place for place, _ in found[last, at]} & {0, 1}, line.text


def test_each_node_is_in_the_loops(case):
    _, _, stages = case
    names = [stage.name for stage in stages]
    found = [source for line in stages[names.index("loops")].lines for source in line.sources]
    leaves = {(0, at) for at, line in enumerate(stages[0].lines) if line.value.is_leaf}
    every = {(place, at) for place in (0, 1) for at in range(len(stages[place].lines))}
    assert every - leaves <= {*found}
    assert {*found} <= every


def test_matrices_hold_the_numbers_of_the_nodes_behind_them(case):
    _, _, stages = case
    names = [stage.name for stage in stages]
    lines, graphs, last = behind(stages), names.index("loops"), names.index("matrices")
    given = [line.value.data for line in (*stages[0].lines, *stages[1].lines) if line.value.is_leaf]
    held = {"numbers": np.array(given)}
    exec("\n".join([line.text for line in stages[last].lines]), held)
    made = set()
    for at, line in enumerate(stages[last].lines):
        made |= {source for source in line.sources if source[0] == graphs}
        name = line.text.partition(" = ")[0].strip()
        nodes = [stages[place].lines[row].value.data for place, row in lines[last, at] if place < 2]
        for number in np.ravel(held[name]) if name in held and nodes else ():
            assert any(math.isclose(number, node, rel_tol=1e-9, abs_tol=1e-12) for node in nodes), line.text
    formulas = [
        (at, line.text) for at, line in enumerate(stages[graphs].lines) if re.match(r"\s*[a-z]\w*.* \+?= ", line.text)
    ]
    assert {(graphs, at) for at, _ in formulas} <= made
