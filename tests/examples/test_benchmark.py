"""The benchmark measures what it says: the same programs, agreeing gradients, and a report that can be read."""

import importlib
import importlib.util
import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine import Value
from examples.benchmark import eager, problems, programs, workloads
from examples.benchmark.peers import engine_peer, numpy_peer, python_peer
from examples.benchmark.peers.c_peer import COMPILER
from examples.benchmark.workers import Worker


@pytest.mark.parametrize("name", workloads.WORKLOADS)
def test_the_gradients_of_the_workloads(name):
    found = eager.gradient(Value, name)
    assert any(found)
    check_differences(found, workloads.WORKLOADS[name]())


def test_the_chain_is_a_geometric_series_of_bounded_memory():
    ratio = 0.999**50
    assert workloads.chain(Value, 50).data == pytest.approx(ratio + 0.001 * (1 - ratio) / 0.001, rel=1e-12)
    assert 100 < eager.bytes_per_node(Value, 20_000) <= 300


class _HereAndNow:
    """A worker in this process, where the timings are cut short."""

    def __init__(self, setup, *details):
        self.asked = setup(*details)

    def ask(self, question, *details):
        return question(self.asked, *details)


@pytest.fixture
def short(monkeypatch):
    """Small problems, measured for a moment."""
    demo, sizes = problems.demo_problem(), (2, 3, 3, 1)
    matrices = problems.draw(sizes, seed=1, scale=1.0)
    small = replace(demo, sizes=sizes, inputs=demo.inputs[:3], targets=demo.targets[:3], matrices=matrices)
    for module in (programs, eager):
        monkeypatch.setattr(module, "SECONDS_A_TIMING", 1e-4)
        monkeypatch.setattr(module, "Worker", _HereAndNow)
    monkeypatch.setattr(programs, "demo_problem", lambda: small)
    monkeypatch.setitem(workloads.WORKLOADS, list(workloads.WORKLOADS)[1], lambda: small)
    monkeypatch.setattr(programs, "mlp_problem", lambda rows, width=2: problems.mlp_problem(rows, width))
    monkeypatch.setattr(programs, "BATCHES", (1, 200))
    monkeypatch.setattr(programs, "WIDTHS", (3,))
    monkeypatch.setattr(eager, "CHAIN_LENGTHS", (1_000, 2_000))
    monkeypatch.setattr(eager, "MEMORY_LENGTH", dict.fromkeys(eager.MODULES, 100))


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_the_report_of_programs(capsys):
    """Every contestant that is there has a row in the tables, and agrees with NumPy on the gradient."""
    pytest.importorskip("micrograd")
    programs.report(rounds=1)
    tables = capsys.readouterr().out.split("\n\n")
    rows = {
        table.splitlines()[0]: re.findall(r"^(.{22}) *[\d.]+ (?:ms|µs|ns)", table, re.MULTILINE) for table in tables
    }
    names = [[row.strip() for row in rows[title]] for title in rows]
    ours = [name for name in programs.PROGRAMS if "llvm" not in name or importlib.util.find_spec("llvmlite")]
    assert [title.split(",")[0] for title in list(rows)[1:3]] == ["XOR epoch", "The same"]
    assert {"numpy", "plain Python", "eager", *ours} <= set(names[1])
    assert names[2] == ["numpy", *ours]
    assert {"numpy", "micrograd", "eager", *ours} <= set(names[3])
    assert ["eager" in row for row in names[4:6]] == [True, False], "graphs of 200 rows take too long"
    assert names[6] == ["plain Python", "python"]
    assert [line.split()[0] for line in tables[-1].splitlines()[1:]] == ["2-3-3-1"] * len(ours)


def test_a_contestant_that_computes_something_else_stops_the_benchmark():
    with pytest.raises(
        SystemExit, match=r"XOR: the gradient of other is 1\.0e-03 from NumPy's: times would mean nothing"
    ):
        programs._check_agreement("XOR", {"numpy": [1.0, -2.0], "other": [1.0, -2.001]})


def test_a_worker_answers_from_a_process_of_its_own_and_says_what_went_wrong():
    worker = Worker(complex, 3.0, 4.0)
    assert worker.ask(abs) == 5.0
    with pytest.raises(RuntimeError, match="TypeError"):
        worker.ask(float)
    assert worker.ask(abs) == 5.0


@pytest.mark.parametrize(
    "problem",
    [problems.xor_problem(), problems.demo_problem(), problems.mlp_problem(3), problems.mlp_problem(50)],
    ids=lambda problem: f"{problem.loss} of {len(problem.inputs)}",
)
def test_the_gradient_that_all_are_measured_by_and_the_loss_that_array_libraries_share(problem):
    check_differences(numpy_peer.solve(problem).gradient(), problem)
    matrices, free = [np.array(each) for each in problem.matrices.values()], replace(problem, penalty=0.0)
    loss = problem.loss_of(matrices, np.array(problem.inputs), np.array(problem.targets)[:, None], IN_NUMPY)
    assert loss == pytest.approx(loss_at(free, problem.parameters(), 0, 0.0), rel=1e-12)


IN_NUMPY = {
    "affine": lambda rows, matrix, biases: rows @ matrix + biases,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "mean": np.mean,
    "mean_square": lambda answers, targets: np.mean((answers - targets) ** 2),
}


def check_differences(gradient, problem):
    """Some entries of the gradient beside central differences of a loss written out in plain Python."""
    flat = problem.parameters()
    assert len(gradient) == len(flat)
    for index in range(0, len(flat), max(1, len(flat) // 12)):
        ahead, behind = (loss_at(problem, flat, index, step) for step in (1e-6, -1e-6))
        assert gradient[index] == pytest.approx((ahead - behind) / 2e-6, rel=1e-5, abs=1e-8)


def loss_at(problem, flat, index, step):
    numbers = iter([number + step * (place == index) for place, number in enumerate(flat)])
    layers = []
    for inputs, outputs in pairwise(problem.sizes):
        weights = [[next(numbers) for _ in range(outputs)] for _ in range(inputs)]
        layers.append((weights, [next(numbers) for _ in range(outputs)]))
    functions = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh, "relu": lambda z: max(z, 0.0)}
    errors = []
    for x, target in zip(problem.inputs, problem.targets, strict=True):
        for number, (weights, biases) in enumerate(layers):
            function = functions.get(problem.output if number == len(layers) - 1 else problem.hidden, float)
            x = [function(b + sum(a * row[j] for a, row in zip(x, weights, strict=True))) for j, b in enumerate(biases)]
        errors.append(max(0.0, 1.0 - target * x[0]) if problem.loss == "hinge" else (x[0] - target) ** 2)
    data = sum(errors) * (0.5 if problem.loss == "half_sum_of_squares" else 1 / len(errors))
    return data + problem.penalty * sum((number + step * (place == index)) ** 2 for place, number in enumerate(flat))


@pytest.mark.parametrize("module", ["numpy_peer", "python_peer", "engine_peer", *(["c_peer"] if COMPILER else [])])
@pytest.mark.parametrize("problem", [problems.xor_problem(), problems.xor_problem(True), problems.demo_problem()])
def test_all_find_one_gradient_and_asking_for_it_disturbs_no_training(module, problem):
    solution = importlib.import_module(f"examples.benchmark.peers.{module}").solve(problem)
    if solution is None:
        assert (module, problem.loss) == ("python_peer", "hinge")
        return
    before = solution.gradient()
    assert before == pytest.approx(numpy_peer.solve(problem).gradient(), rel=1e-9, abs=1e-15)
    solution.advance(3)
    assert solution.gradient() == before


def test_micrograds_expression_by_hand_and_by_program():
    by_hand = python_peer.repeat_expression(1, -4.0, 2.0)
    assert by_hand == pytest.approx((138.8338, 645.5773), abs=1e-4)
    assert engine_peer.expression_in_a_loop()(1, -4.0, 2.0) == pytest.approx(by_hand, rel=1e-14)
