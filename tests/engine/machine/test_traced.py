"""The machine code of a graph: what its lines compute is what the nodes behind them hold."""

import math
import operator
import re
import struct
import subprocess
import sys
from functools import cache

import pytest
from support.commands import ROOT
from support.program_checks import bits, needs

import engine
from engine import Program, Value, gradients, register
from engine.extend import stages_of
from nn import MLP, mean_squared_error

needs("llvm")

OPERANDS = re.compile(r"<(?:double|i32) [^>]*>|%[\w.]+|0x[0-9A-F]{16}|poison|zeroinitializer|(?<=, i32 )\d+")
ARITHMETIC = {"fadd": operator.add, "fsub": operator.sub, "fmul": operator.mul, "fdiv": operator.truediv}
COMPARISONS = {"ogt": operator.gt, "olt": operator.lt}


def textbook():
    """Every operation of an expression alone, and of its gradient."""
    x, y = Value(2.0, "x"), Value(5.0, "y")
    return engine.log(x) + x * y - engine.sin(y) / x, [x, y]


def xor():
    """A network's loss: lanes, sums, functions."""
    model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=0)
    loss = mean_squared_error([model(x) for x in ([0, 0], [0, 1], [1, 0], [1, 1])], [0, 1, 1, 0])
    return loss, [*model.parameters()]


def large():
    """A network whose loops stay loops."""
    model = MLP([2, 9, 1], seed=0)
    rows = [[row / 4, column / 4] for row in range(3) for column in range(3)]
    return mean_squared_error([model(row) for row in rows], [0.5] * 9), [*model.parameters()]


@cache
def staged(graph):
    """The stages of a graph; a line's nodes, by the line."""
    stages = stages_of(*graph())
    *_, llvm, _ = stages
    nodes = [[stages[place].lines[at].value for place, at in line.sources if place < 2] for line in llvm.lines]
    return {stage.name: stage for stage in stages}, nodes


def number(text):
    """A number of LLVM's."""
    return struct.unpack(">d", int(text, 16).to_bytes(8, "big"))[0]


def operand(text, held):
    """The lanes of an operand; a mask and a place in a vector are whole numbers."""
    if text.startswith("<"):
        words = text[1:-1].replace("double ", "").replace("i32 ", "").split(", ")
        return [number(word) if word.startswith("0x") else int(word) for word in words]
    if text.startswith("0x"):
        return [number(text)]
    return [int(text)] if text.isdigit() else held.get(text, [math.nan] * 4)


def carried_out(text, held):
    """The lanes of what an instruction gives; nothing for one that computes no numbers."""
    opcode, *_ = text.split()
    given = [operand(each, held) for each in OPERANDS.findall(text)]
    name = re.search(r'@"?(?:llvm\.|math\.)?(\w+)', text)
    match opcode:
        case "fadd" | "fsub" | "fmul" | "fdiv":
            return [*map(ARITHMETIC[opcode], *given)]
        case "fneg":
            return [-lane for lane in given[0]]
        case "fcmp" if text.split()[1] in COMPARISONS:
            return [*map(COMPARISONS[text.split()[1]], *given)]
        case "call" if name and name[1] in (*dir(math), "exp"):
            return [getattr(math, name[1])(lane) for lane in given[0]]
        case "select":
            return [yes if condition else no for condition, yes, no in zip(*given, strict=True)]
        case "extractelement":
            return [given[0][given[1][0]]]
        case "insertelement":
            return given[1] * 4
        case "shufflevector":
            mask = [0] * 4 if text.endswith("zeroinitializer") else given[2]
            return [(given[0] + given[1])[lane] for lane in mask]
        case "phi":
            return given[2]  # What was skipped is not.
    return None


@pytest.mark.parametrize("graph", [textbook, xor])
def test_lines_compute_what_the_nodes_behind_them_hold(graph):
    stages, nodes = staged(graph)
    held, computed = {}, {}
    leaves = [line.value.data for place in ("graph", "gradient") for line in stages[place].lines if line.value.is_leaf]
    for line, behind in zip(stages["llvm"].lines, nodes, strict=True):
        name, _, text = line.text.strip().rpartition(" = ")
        if name.startswith("%number"):
            held[name] = [leaves[int(name.removeprefix("%number"))]]
            assert [node.data for node in behind] == held[name]
        elif text.startswith("or "):  # Whether one of many failed is no node's affair.
            assert not behind
        elif found := carried_out(text, held) if name else None:
            held[name] = found
            lanes = [*map(bits, found)]
            if text.startswith(("extract", "insert", "shuffle")):
                assert behind, text
                assert {bits(node.data) for node in behind} <= {*lanes}, text
            else:
                for node in behind:
                    computed.setdefault(node, []).extend(lanes)
        elif text.startswith("store"):
            assert len(behind) == 1
    gone = {node for node, found in computed.items() if bits(node.data) not in found}
    assert {str(node.operation.name) for node in gone} <= {"mul"}, "a product with -1: x + -y is x - y"
    results = {line.value for place in ("graph", "gradient") for line in stages[place].lines if not line.value.is_leaf}
    assert results <= computed.keys()
    assert len(gone) <= 2


def test_lines_of_loops_stand_for_all_rounds():
    stages, nodes = staged(large)
    results = {line.value for place in ("graph", "gradient") for line in stages[place].lines if not line.value.is_leaf}
    assert results <= {node for behind in nodes for node in behind}
    assert any(line.text.startswith("define internal void @part") for line in stages["llvm"].lines)
    for line in stages["llvm"].lines:
        if re.search(r" = f(mul|sub|div)", line.text):
            assert line.sources, line.text


MNEMONICS = {
    r"v?h?add[sp]d|fadd": "fadd fsub fmul",  # x - 1 as x + -1, 2 * x as x + x.
    r"v?sub[sp]d|fsub": "fsub",
    r"v?mul[sp]d|fmul": "fmul select",  # The lanes of a product that are wanted.
    r"v?div[sp]d|fdiv": "fdiv",
    r"callq?|blr?": "call",
}
"""By what the processors at hand call an instruction: what it may be in LLVM's language."""


@pytest.mark.parametrize("graph", [textbook, xor])
def test_the_processor_does_what_the_line_says(graph):
    stages, _ = staged(graph)
    lines, done = stages["llvm"].lines, {}
    assert stages["assembly"].lines[-1].text.split()[0] in ("ret", "retq"), "what is behind the function is data"
    for text, sources, _ in stages["assembly"].lines:
        mnemonic = text.split()[0]
        for place, at in sources:
            assert [*stages][place] == "llvm"
            done.setdefault(at, []).append(mnemonic)
            for pattern, words in MNEMONICS.items():
                if re.fullmatch(pattern, mnemonic):
                    assert re.search(rf" ({words.replace(' ', '|')}) ", lines[at].text), (text, lines[at].text)
    for at, line in enumerate(lines):  # Functions are called, and single numbers computed, each by its own.
        word = re.search(r"= (f(?:sub|mul|div)(?= double)|call(?=.*@(?:\"math|exp|tanh)))", line.text)
        if word:
            patterns = [pattern for pattern, words in MNEMONICS.items() if word[1] in words.split()]
            assert re.search(rf"\b({'|'.join(patterns)})\b", " ".join(done[at])), line.text


def test_the_code_is_that_of_the_program():
    output, leaves = xor()
    program = Program(outputs=[output, *gradients(output, leaves)], backend="llvm")
    llvm = [line.text for line in stages_of(output, leaves)[-2].lines]
    source = program.native_source.splitlines()
    assert source[source.index(llvm[0]) :][: len(llvm)] == llvm


@pytest.mark.usefixtures("open_table")
def test_what_has_no_machine_code_says_why():
    register(engine.Primitive("example_lgamma", "lgamma(x)", ("1.0",)))
    x = Value(2.5, "x")
    stages = stages_of(engine.example_lgamma(x), [x])
    missing = "only Python computes lgamma: write the formula without"
    assert [(stage.lines, stage.missing) for stage in stages[-2:]] == [((), missing)] * 2


def test_without_llvmlite_only_machine_code_is_missing():
    code = (
        "import sys; sys.modules['llvmlite'] = None; import engine; from engine.extend import stages_of\n"
        "x = engine.Value(2.0); print([stage.missing for stage in stages_of(x * x, [x]) if not stage.lines])"
    )
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert finished.stdout == f"{['needs llvmlite: python -m pip install llvmlite'] * 2}\n", finished.stderr
