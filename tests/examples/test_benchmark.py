"""The benchmark measures what it says: the same programs, agreeing gradients, and a report that can be read."""

import importlib
import importlib.util
import re
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from examples.benchmark import contestants, gpt, growth, networks, problems, programs
from examples.benchmark.goals import Goal, print_goals, ratios
from examples.benchmark.peers import engine_peer, numpy_peer
from examples.benchmark.peers.c_peer import COMPILER
from examples.benchmark.workers import Worker, duration


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
    for module in (contestants, programs, gpt):
        monkeypatch.setattr(module, "SECONDS_A_TIMING", 1e-4)
    for module in (contestants, growth, gpt):
        monkeypatch.setattr(module, "Worker", _HereAndNow)
    monkeypatch.setattr(programs, "demo_problem", lambda: small)
    monkeypatch.setattr(programs, "UPDATED", 10)
    monkeypatch.setattr(networks, "NETWORKS", {(2, 3, 3, 1): (1, 100), (3, 4, 2): (1_000,)})
    first = {"2-3-2": (problems.mlp_problem((2, 3, 2), 1), 1e9)}
    monkeypatch.setattr(networks, "FIRST_RESULTS", first)
    monkeypatch.setitem(networks.MOST_WORK, "eager", 2_600)
    monkeypatch.setattr(growth, "SIZES", (1_000, 2_000))


def tables(capsys):
    """The names at the left of each table that was printed, by its title."""
    blocks = [block.splitlines() for block in capsys.readouterr().out.split("\n\n")]
    figure = re.compile(r"(.{22}) *[\d.]+ (?:ms|µs|ns)")
    return {title: [m[1].strip() for m in map(figure.match, rows) if m] for title, *rows in blocks}


OURS = [name for name in contestants.PROGRAMS if "llvm" not in name or importlib.util.find_spec("llvmlite")]


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_the_report_of_programs(capsys):
    """Every contestant that is there has a row in the tables, and agrees with NumPy on the gradient."""
    pytest.importorskip("micrograd")
    goals = programs.report(rounds=1)
    xor, again, relu, demo = list(tables(capsys).items())[1:]
    assert [title.split(",")[0] for title, _ in (xor, again, relu)] == ["XOR epoch", "The same", "XOR epoch with ReLU"]
    assert {"numpy", "eager", *OURS} <= set(xor[1])
    assert again[1] == ["numpy", *OURS]
    assert all({"numpy", "micrograd", "eager", *OURS} <= set(names) for _, names in (relu, demo))
    assert len(goals) == (1 + 2 + 2 * bool(COMPILER) if "llvm" in OURS else 0)


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_the_report_of_networks(capsys):
    pytest.importorskip("llvmlite")
    goals = networks.report(rounds=1)
    rows = list(tables(capsys).values())[1:]
    assert all({"numpy", *OURS} <= set(names) for names in rows)
    assert ["eager" in names for names in rows] == [True, True, False], "graphs of a thousand rows take too long"
    whats = [goal.what for goal in goals]
    assert whats[0] == "2-3-3-1, 100 rows: llvm against numpy", "one row is in a table, and is no goal"
    assert "3-4-2, 1,000 rows: llvm fast_math against numpy" in whats
    assert goals[-1].what == "2-3-2: record, build, first result"
    assert 0.0 < goals[-1].found < 60.0


def test_a_ratio_is_to_be_large_and_a_time_small(capsys):
    goals = ratios("XOR", {"llvm": 2.0, "numpy": 3.0}, {("llvm", "numpy"): 2.0, ("llvm", "jax"): 1.0})
    assert goals == [Goal("XOR: llvm against numpy", 1.5, 2.0)]
    print_goals([*goals, Goal("a call", 0.25, 0.5, "ms"), Goal("memory", 600.0, 500.0, "MB")])
    _, ratio, time, memory = capsys.readouterr().out.strip().splitlines()
    assert ratio.split() == ["XOR:", "llvm", "against", "numpy", "1.5x", "2x", "not", "reached"]
    assert time.split() == ["a", "call", "0.25", "ms", "0.5", "ms"]
    assert memory.endswith("600 MB      500 MB  not reached")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.5, "2.5 s"), (0.01234, "12.3 ms"), (0.9996, "1 s"), (9.996e-7, "1 µs"), (3.21e-7, "321 ns"), (0.0, "0 ns")],
)
def test_a_duration_has_the_unit_that_suits_its_digits(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("kind", growth.KINDS)
def test_a_graph_has_about_as_many_nodes_as_it_is_asked_for(kind):
    for size in (4_000, 8_000):
        nodes, recording, building = growth.seconds_of("python", kind, size)
        assert 0.75 * size <= nodes <= 1.25 * size
        assert recording > 0.0
        assert building > 0.0


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_the_report_of_growth_stops_before_it_takes_too_long(capsys, monkeypatch):
    monkeypatch.setattr(growth, "seconds_of", lambda _, kind, size: (size, 1e-3, 20.0 if "alike" in kind else 0.5))
    goals = growth.report(rounds=2)
    printed = capsys.readouterr().out
    assert printed.count("1,000 ") == 3
    assert printed.count("2,000 ") == 2
    assert "nothing alike                      1,000           1.0       20000.0\n" in printed
    assert [goal.found for goal in goals] == [250.0, 250.0, 20_000.0]


@pytest.mark.usefixtures("short")
def test_a_step_of_a_gpt_as_a_program_and_recorded_anew(capsys, monkeypatch):
    """On a model with the same words as `examples.microgpt`; each backend takes the first document, then the other."""
    taken = {}

    def new_steps(model, backend):
        taken[backend] = []
        return lambda tokens, rate: taken[backend].append(tokens)

    monkeypatch.setitem(sys.modules, "examples.microgpt", SimpleNamespace(GPT=object, new_steps=new_steps))
    goals = gpt.report(rounds=1)
    assert [(goal.bound, goal.unit) for goal in goals] == [(15.0, "s"), (500.0, "MB"), (50.0, "x")]
    assert all(goal.found > 0.0 for goal in goals)
    for documents in (taken["eager"], taken["llvm"]):
        assert documents[:2] == gpt.DOCUMENTS
        assert all(documents[0] != document for document in documents[1:])
    assert list(tables(capsys).values())[-1] == ["eager", "llvm"]


def test_a_contestant_that_computes_something_else_stops_the_benchmark():
    with pytest.raises(
        SystemExit, match=r"XOR: the gradient of other is 1\.0e-03 from NumPy's: times would mean nothing"
    ):
        contestants._check_agreement("XOR", {"numpy": [1.0, -2.0], "other": [1.0, -2.001]})


def test_a_worker_answers_from_a_process_of_its_own_and_says_what_went_wrong():
    worker = Worker(complex, 3.0, 4.0)
    assert worker.ask(abs) == 5.0
    with pytest.raises(RuntimeError, match="TypeError"):
        worker.ask(float)
    assert worker.ask(abs) == 5.0


EVERY = {
    "xor": problems.xor_problem(),
    "one by one": problems.xor_problem(one_by_one=True),
    "relu": problems.relu_problem(),
    "demo": problems.demo_problem(),
    "tanh": problems.mlp_problem((3, 17, 21, 5), 23),
}
LEFT_OUT = {"c_peer": ["relu", "tanh"], "micrograd_peer": ["xor", "one by one", "tanh"]}


@pytest.mark.parametrize("problem", EVERY.values(), ids=EVERY)
def test_the_loss_that_array_libraries_share(problem):
    matrices, free = [np.array(each) for each in problem.matrices.values()], replace(problem, penalty=0.0)
    loss = problem.loss_of(matrices, np.array(problem.inputs), np.array(problem.targets), IN_NUMPY)
    assert loss == pytest.approx(engine_peer.Model(free).whole_loss().data, rel=1e-12)


IN_NUMPY = {
    "affine": lambda rows, matrix, biases: rows @ matrix + biases,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "mean": np.mean,
    "mean_square": lambda answers, targets: np.mean((answers - targets) ** 2),
}


MODULES = ["numpy_peer", "engine_peer", *(["c_peer"] if COMPILER else [])]
MODULES += ["micrograd_peer"] if importlib.util.find_spec("micrograd") else []


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", EVERY)
def test_all_find_one_gradient_and_asking_for_it_disturbs_no_training(module, name):
    problem = EVERY[name]
    solution = importlib.import_module(f"examples.benchmark.peers.{module}").solve(problem)
    assert (solution is None) == (name in LEFT_OUT.get(module, ()))
    if solution is None:
        return
    before = solution.gradient()
    assert before == pytest.approx(numpy_peer.solve(problem).gradient(), rel=1e-9, abs=1e-15)
    solution.advance(3)
    assert solution.gradient() == pytest.approx(before, rel=1e-12)  # micrograd adds in the order of a set
