"""The benchmark measures what it says: the same programs, agreeing gradients, and a report that can be read."""

import importlib
import importlib.util
import math
import re
import subprocess
import sys
from itertools import pairwise
from typing import ClassVar

import pytest

from engine import Value
from examples import benchmark, eager_benchmark, problems, workloads
from examples.peers import engine_peer, numpy_peer, python_peer
from examples.peers.c_peer import COMPILER


@pytest.mark.parametrize("name", workloads.WORKLOADS)
def test_a_gradient_by_central_differences(name):
    """The loss is recomputed by a class of plain numbers that records nothing, in place of Value."""
    found = eager_benchmark.gradient(Value, name)
    for index in (0, len(found) // 2, len(found) - 1):
        ahead, behind = (_loss(name, index, eps) for eps in (1e-6, -1e-6))
        assert found[index] == pytest.approx((ahead - behind) / 2e-6, rel=1e-4, abs=1e-7)


class _Number(float):
    """A float with micrograd's methods; ``backward`` keeps it as the loss of the step."""

    losses: ClassVar[list[float]] = []
    grad = 0.0

    def __init__(self, _number: float) -> None:
        self.data = 0.0

    def relu(self) -> "_Number":
        return _Number(max(self, 0.0))

    def backward(self) -> None:
        self.losses.append(float(self))


for _operator in ("add", "radd", "mul", "rmul", "sub", "pow"):
    _plain = getattr(float, f"__{_operator}__")
    setattr(_Number, f"__{_operator}__", lambda a, b, plain=_plain: _Number(plain(a, float(b))))


def _loss(name: str, index: int, eps: float) -> float:
    """The loss of a workload's first step with one parameter shifted."""
    made: list[_Number] = []

    def value(number: float) -> _Number:
        made.append(_Number(number + eps * (len(made) == index)))
        return made[-1]

    workloads.WORKLOADS[name](value).step()
    return _Number.losses[-1]


def test_the_chain_is_a_geometric_series():
    pairs = 50
    result = workloads.chain(Value, pairs)
    ratio = 0.999**pairs
    assert result.data == pytest.approx(ratio + 0.001 * (1 - ratio) / 0.001, rel=1e-12)


def test_an_operation_holds_a_bounded_number_of_bytes():
    assert 100 < eager_benchmark.bytes_per_node(Value, 20_000) <= 300


@pytest.mark.slow
def test_the_report_of_the_eager_engine():
    report = run_benchmark("eager")
    assert "agree" in report
    for name in workloads.WORKLOADS:
        (line,) = [line for line in report.splitlines() if line.startswith(name)]
        assert line.endswith("x")
    assert "1,000,000 multiply-adds" in report


@pytest.mark.slow
def test_the_report_of_programs():
    """Every contestant that is there has a row in the tables, and agrees with NumPy on the gradient."""
    report = run_benchmark("programs")
    xor = report[report.index("XOR epoch") : report.index("The same, one call")]
    for name in ("numpy", "plain Python", "eager", "python", "llvm", "llvm fast_math"):
        if name.startswith("llvm") and importlib.util.find_spec("llvmlite") is None:
            continue
        (line,) = [line for line in xor.splitlines() if line.startswith(f"{name:22}")]
        assert re.search(r"\d+(\.\d+)? (ms|µs|ns) ", line), line
    assert "10,000 rows" in report
    assert "2-32-32-1" in report


def run_benchmark(half):
    pytest.importorskip("micrograd")
    command = [sys.executable, "-m", "examples.benchmark", "--rounds", "1", "--only", half]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "problem",
    [problems.xor_problem(), problems.demo_problem(), problems.mlp_problem(3), problems.mlp_problem(50)],
    ids=lambda problem: f"{problem.loss} of {len(problem.inputs)}",
)
def test_the_gradient_that_all_are_measured_by(problem):
    """NumPy's gradient, derived by hand, beside central differences of a loss written out in plain Python."""
    found = numpy_peer.solve(problem).gradient()
    flat = [number for pair in zip(problem.weights, problem.biases, strict=True) for number in flattened(pair)]
    assert len(found) == len(flat)
    for index in range(0, len(flat), max(1, len(flat) // 12)):
        ahead, behind = (loss_at(problem, flat, index, step) for step in (1e-6, -1e-6))
        assert found[index] == pytest.approx((ahead - behind) / 2e-6, rel=1e-5, abs=1e-8)


def flattened(pair):
    weights, biases = pair
    return [*(number for row in weights for number in row), *biases]


def loss_at(problem, flat, index, step):
    numbers = iter([number + step * (place == index) for place, number in enumerate(flat)])
    layers = []
    for inputs, outputs in pairwise(problem.sizes):
        weights = [[next(numbers) for _ in range(outputs)] for _ in range(inputs)]
        layers.append((weights, [next(numbers) for _ in range(outputs)]))
    function = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh, "relu": lambda z: max(z, 0.0)}
    function["linear"] = lambda z: z
    errors = []
    for x, target in zip(problem.inputs, problem.targets, strict=True):
        for number, (weights, biases) in enumerate(layers):
            kind = function[problem.output if number == len(layers) - 1 else problem.hidden]
            x = [kind(b + sum(a * row[j] for a, row in zip(x, weights, strict=True))) for j, b in enumerate(biases)]
        errors.append(max(0.0, 1.0 - target * x[0]) if problem.loss == "hinge" else (x[0] - target) ** 2)
    total = sum(errors)
    squares = sum((number + step * (place == index)) ** 2 for place, number in enumerate(flat))
    data = 0.5 * total if problem.loss == "half_sum_of_squares" else total / len(errors)
    return data + problem.penalty * squares


@pytest.mark.parametrize("module", ["numpy_peer", "python_peer", "engine_peer", *(["c_peer"] if COMPILER else [])])
def test_a_step_goes_down_and_asking_for_the_gradient_changes_nothing(module):
    peer = importlib.import_module(f"examples.peers.{module}")
    solution = peer.solve(problems.xor_problem())
    before = solution.gradient()
    solution.advance(3)
    assert solution.gradient() == before


def test_micrograds_expression_by_hand_and_by_program():
    by_hand = python_peer.repeat_expression(1, -4.0, 2.0)
    assert by_hand == pytest.approx((138.8338, 645.5773), abs=1e-4)
    assert engine_peer.expression_program()(-4.0, 2.0) == pytest.approx(by_hand, rel=1e-14)


def test_bad_arguments_get_a_usage_message():
    with pytest.raises(SystemExit) as stop:
        benchmark.main(["--rounds", "0"])
    assert stop.value.code == 2
