"""Wrong solutions, as learners write them, are told by their name; right ones of another kind than ours pass.

Each stands in ``wrong`` or ``right`` as a function in place of one piece of our engine. The docstring of a wrong one is
a phrase that the learner has to read.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

from examples.lessons.exercises.checking import Result, check, examine
from examples.lessons.exercises.folder import start
from examples.lessons.exercises.merging import parsed_model, replace_piece
from examples.lessons.exercises.report import report
from examples.lessons.exercises.table import EXERCISES, FILES, model
from examples.lessons.exercises.worker import Worker

HERE = Path(__file__).parent


def solutions(kind):
    """Yield (function, piece, exercise) for all solutions in a folder."""
    for path in sorted((HERE / kind).glob("*.py")):
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(function, ast.FunctionDef):
                call = function.decorator_list[0]
                piece = call.args[0].value
                of_piece = [exercise for exercise in EXERCISES if piece in exercise.pieces]
                name = call.keywords[0].value.value if call.keywords else of_piece[0].name
                yield function, piece, next(exercise for exercise in of_piece if exercise.name == name)


def identified(kind):
    return [
        pytest.param(*solution, id=f"{solution[2].name}-{place}-{solution[0].name}")
        for place, solution in enumerate(solutions(kind))
    ]


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    with Worker(tmp_path_factory.mktemp("learner")) as worker:
        yield worker


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    """Leave out the pictures, which have a test of their own."""
    monkeypatch.setattr("examples.lessons.exercises.report.draw_failure", lambda failure, path: False)


def failure_of(worker, function, piece, exercise):
    """Return the texts with that function, and what is wrong with them."""
    texts = {file: model(file) for file in FILES}
    file = piece.split(".")[0]
    texts[file] = ast.unparse(replace_piece(parsed_model(file), piece, function))
    others = [other for other in EXERCISES if not set(other.pieces) & set(exercise.pieces)]
    return texts, examine(worker, texts, exercise, others)


@pytest.mark.parametrize(("function", "piece", "exercise"), identified("wrong"))
def test_a_wrong_solution_is_told_by_its_name(worker, function, piece, exercise, tmp_path):
    texts, failure = failure_of(worker, function, piece, exercise)
    assert failure is not None
    for file, text in texts.items():
        (tmp_path / f"{file}.py").write_text(text, encoding="utf-8")
    told = " ".join(report(Result(failure=failure), tmp_path).split())
    assert " ".join(ast.get_docstring(function).split()) in told


@pytest.mark.parametrize(("function", "piece", "exercise"), identified("right"))
def test_a_right_solution_of_another_kind_passes(worker, function, piece, exercise):
    _, failure = failure_of(worker, function, piece, exercise)
    assert failure is None


def test_each_exercise_is_failed_in_five_ways_at_least():
    counts = Counter(exercise.name for *_, exercise in solutions("wrong"))
    assert {exercise.name: counts[exercise.name] for exercise in EXERCISES if counts[exercise.name] < 5} == {}


INIT = "class Value:\n    def __init__(self, data): self.data = data\n"


def write(folder, **texts):
    for file in FILES:
        (folder / f"{file}.py").write_text(texts.get(file, model(file)), encoding="utf-8")


def test_our_own_solutions_pass(tmp_path):
    write(tmp_path)
    result = check(tmp_path)
    assert result.failure is None
    assert [*result.solved] == [*EXERCISES]


def test_nothing_is_solved_in_a_new_folder(tmp_path):
    start(tmp_path / "mine")
    result = check(tmp_path / "mine")
    assert (result.solved, result.failure) == ([], None)
    assert [*result.blank] == [*EXERCISES]
    assert "Exercise 1, remember" in report(result, tmp_path / "mine")


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "there is no Value.__init__ in value.py. Put it back: def __init__(self, data, operands=()"),
        ("class Value\n    pass\n", "SyntaxError"),
        (INIT + "while True: pass\n", "Look for a loop that never ends"),
        (INIT + "raise SystemExit\n", "SystemExit"),
        (INIT + "import os\nos._exit(0)\n", "the process ended before it answered"),
        (INIT + "from engine import Value\n", "an engine of your own does without `engine`"),
        ("print('x.data 3.0')\n", "there is no Value.__init__"),
        (INIT + "x = [0] * 10**10\n", "MemoryError"),
        (INIT + "input()\n", "EOFError"),
        (INIT + "def f(): f()\nf()\n", "RecursionError"),
    ],
    ids=["empty", "no Python", "endless", "exit", "hard exit", "ours", "printed", "memory", "input", "recursion"],
)
def test_a_file_that_does_nothing_of_use_is_told_so(text, phrase, tmp_path):
    write(tmp_path, value=text)
    result = check(tmp_path, EXERCISES[0])
    assert result.solved == []
    assert phrase in " ".join(report(result, tmp_path).split())


def test_what_is_not_solved_is_lent(tmp_path):
    """The neuron needs sums and products, which the learner has not written."""
    start(tmp_path / "mine")
    (tmp_path / "mine" / "network.py").write_text(model("network"), encoding="utf-8")
    result = check(tmp_path / "mine")
    assert [exercise.name for exercise in result.solved] == ["neuron", "layer", "network", "loss", "sgd", "train"]


def test_what_is_wrong_before_does_not_hide_what_is_right_after(tmp_path):
    write(tmp_path, value=model("value").replace("(other.data, self.data)", "(self.data, other.data)"))
    result = check(tmp_path)
    assert [exercise.name for exercise in EXERCISES if exercise not in result.solved] == ["multiply", "numbers"]
    assert result.failure.exercise.name == "multiply"


def test_a_file_that_python_cannot_read_stops_only_what_is_in_it(tmp_path):
    write(tmp_path, network="def neuron(:\n")
    result = check(tmp_path, EXERCISES[13])
    assert result.failure is None
    result.blank = [EXERCISES[14]]
    assert "Python cannot read" in report(result, tmp_path)
    told = report(check(tmp_path), tmp_path)
    assert "network.py, line 1)" in told
    assert "22 of 28 solved" in told
