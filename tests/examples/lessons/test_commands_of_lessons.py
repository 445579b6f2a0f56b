"""The commands around exercises: what they print, keep and refuse, and how the course ends."""

import io
import sys
from types import SimpleNamespace

import pytest
from support.commands import refusal
from support.picture_reading import Svg

import engine
from examples.benchmark import contestants
from examples.benchmark.workers import Worker
from examples.lessons.__main__ import main
from examples.lessons.exercises import checking, finish, graduate, report
from examples.lessons.exercises import folder as files
from examples.lessons.exercises.folder import FolderError, Progress
from examples.lessons.exercises.merging import their_engine
from examples.lessons.exercises.table import EXERCISES, FILES, model
from viz import images

ALL = [exercise.name for exercise in EXERCISES]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that was just made, found from where we are."""
    monkeypatch.chdir(tmp_path)
    files.start(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def told(capsys):
    """Runs a command; its exit status, and what it prints."""

    def run(*words):
        status = main(words)
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def test_start_says_what_comes_next_and_refuses_in_one_line(tmp_path, monkeypatch, told):
    monkeypatch.chdir(tmp_path)
    status, text = told("start", "mine")
    assert status == 0
    assert "mine/value.py" in text
    assert "check` tells you how far you are" in text
    assert told("start", "mine")[1].startswith("error: there is something in mine already (README.md,")


def test_the_list_shows_how_far_the_learner_is(folder, told, monkeypatch):
    monkeypatch.setattr("examples.lessons.__main__.lesson_paths", lambda: {1: None})
    monkeypatch.setattr("examples.lessons.__main__.read_lesson", lambda _number: SimpleNamespace(title="One"))
    files.keep_progress(folder, Progress(["add"]))
    text = told()[1]
    assert "1 remember, 2 add ✓, 3 multiply, 4 numbers\n" in text
    assert "solved 1 of 28" in text
    (folder / files.PROGRESS).write_text("")
    assert "start my_engine" in told()[1]


def test_hints_are_counted_for_each_exercise(folder, told):
    assert "Exercise 1 (remember), hint 1 of 3:" in told("hint")[1]
    assert "Exercise 12 (fan out), hint 1 of 3:" in told("hint", "12")[1]
    assert "hint 2 of 3:" in told("hint")[1]
    third = told("hint")[1]
    assert "hint 3 of 3:" in third
    again = told("hint")[1]
    assert "you have seen all 3 hints. Here they are again:" in again
    assert third.splitlines()[-1] in again
    assert "solution 1`" in again
    assert files.read_progress(folder).hints == {"remember": 3, "fan_out": 1}


@pytest.mark.parametrize(
    ("answer", "words", "is_shown"),
    [("y\n", (), True), ("YES\n", (), True), ("\n", (), False), ("n\n", (), False), ("", (), False)],
)
def test_a_solution_is_shown_after_asking(folder, told, monkeypatch, answer, words, is_shown):
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", terminal)
    status, text = told("solution", "8", *words)
    assert status == (not is_shown)
    assert "Show ours for exercise 8 (tanh)? [y/N]" in text
    assert ("math.tanh(self.data)" in text) == is_shown


def test_without_a_terminal_a_solution_needs_a_yes(folder, told, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert told("solution") == (1, "error: there is no terminal to ask at: add --yes\n")
    status, text = told("solution", "4", "--yes", "--folder", str(folder))
    line = (folder / "value.py").read_text(encoding="utf-8").splitlines().index("def as_value(number):") + 1
    assert status == 0
    assert f"as_value, in {folder / 'value.py'}, line {line}:" in text
    assert "return number if isinstance(number, Value) else Value(number)" in text
    (folder / "value.py").write_text("def :")
    assert "as_value, in mine/value.py:\n" in told("solution", "4", "--yes")[1]


@pytest.mark.parametrize(
    ("number", "before", "solved", "failed", "after", "at"),
    [
        (None, ["tanh", "rules"], ["remember", "multiply"], None, ["remember", "multiply"], "numbers"),
        (None, [], ["remember", "tanh"], "add", ["remember", "tanh"], "add"),
        (None, ["add"], ALL, None, ALL, ""),
        (2, ["add", "tanh"], ["remember"], "add", ["remember", "tanh"], "add"),
        (2, ["rules"], ["remember", "add"], None, ["remember", "add", "rules"], "relu"),
    ],
)
def test_check_keeps_what_is_solved(folder, told, monkeypatch, number, before, solved, failed, after, at):
    asked = EXERCISES[:number]

    def check(where, only):
        assert (where.resolve(), only) == (folder, number and EXERCISES[number - 1])
        failure = failed and SimpleNamespace(exercise=EXERCISES[ALL.index(failed)])
        blank = [exercise for exercise in asked if exercise.name not in (*solved, failed)]
        return checking.Result([exercise for exercise in asked if exercise.name in solved], blank, failure)

    monkeypatch.setattr(checking, "check", check)
    monkeypatch.setattr(report, "report", lambda result, _folder, _new: f"{len(result.solved)} solved")
    files.keep_progress(folder, Progress(before, {"add": 1}))
    assert told("check", *([str(number)] if number else [])) == (bool(failed), f"{len(after)} solved\n")
    assert files.read_progress(folder) == Progress(after, {"add": 1}, at)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check", "0"], "'0' is not a whole number from 1 to 28"),
        (["hint", "29"], "'29' is not a whole number from 1 to 28"),
        (["solution", "x"], "argument N: 'x' is not"),
        (["start"], "the following arguments are required: FOLDER"),
        (["finish", "3"], "unrecognized arguments: 3"),
    ],
)
def test_wrong_words_are_refused(words, message):
    assert message in refusal(main, *words)


@pytest.mark.parametrize("words", [["hint"], ["check"], ["solution", "--yes"], ["finish"]])
def test_without_a_folder_the_cure_is_named(tmp_path, monkeypatch, told, words):
    monkeypatch.chdir(tmp_path)
    status, text = told(*words)
    assert status == 1
    assert text.startswith("error: no folder of exercises is here: make one with `python -m examples.lessons start")


# --- The end ---------------------------------------------------------------------------------------------------------


def engine_of(**changes):
    """Our solutions as if a learner had written them, with one text of a file exchanged for another."""
    texts = {file: model(file) for file in FILES}
    for file, (old, new) in changes.items():
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new)
    return SimpleNamespace(engine=their_engine(texts, ()), solution=None)


def test_finish_says_what_is_missing(folder):
    solved = [name for name in ALL if name not in ("fan_out", "sgd", "second")]
    with pytest.raises(FolderError, match=r"Still to solve: 12 \(fan out\), 19 \(sgd\)\. If"):
        finish.finish(folder, Progress(solved))


def test_a_training_gives_losses_and_answers():
    run = graduate.train(engine_of(), 3)
    assert run.losses[0] > 10 * run.losses[-1]
    errors = [(answer - target) ** 2 for answer, target in zip(run.answers, graduate.TARGETS, strict=True)]
    assert sum(errors) / 4 == pytest.approx(run.losses[-1], rel=0.05), "but for one step"


def test_a_graph_is_computed_again_and_nothing_differs(monkeypatch):
    monkeypatch.setattr(graduate, "EPOCHS", 3)
    nodes = graduate.loss_graph(engine_of(), 0)
    values = finish.computed_again(nodes)
    values[-1].backward()
    assert finish.agrees(nodes, values)
    named = {node.name: node for node in nodes}
    assert {"x1", "x2", "w1[1,1]", "w1[2,2]", "b1[2]", "w2[1,2]", "b2[1]"} <= set(named)
    assert named["x1"].data == 1.0
    assert sum(bool(node.operands) for node in nodes) == sum(not value.is_leaf for value in values)


def test_what_differs_is_marked_in_the_picture(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(graduate, "EPOCHS", 0)
    wrong = engine_of(value=("(1.0 - result * result,)", "(2.0,)"))
    nodes = graduate.loss_graph(wrong, 0)
    finish.show_graph(nodes, tmp_path / "xor.svg")
    picture = Svg((tmp_path / "xor.svg").read_bytes())
    assert picture.caption[0] == "Your engine: the loss of 1 xor 0: 3 differences"
    marked = [(result, text) for _, result, text in picture.arrows() if ": " in text]
    assert {picture.node(result).texts[1].split("(")[0] for result, _ in marked} == {"= tanh"}
    assert sum(text.endswith("yours: 2") for _, text in marked) == 3
    assert sum(text.startswith("2 ours: ") for _, text in marked) == 3
    assert not any("ours: " in line for node in picture.nodes for line in node.lines)
    assert "where they begin to differ is marked in red" in capsys.readouterr().out


def test_a_picture_that_cannot_be_made_is_no_end(tmp_path, monkeypatch, capsys):
    nodes = [graduate.Node(1.0, 1.0, (), (), "", "x"), graduate.Node(2.0, 1.0, (0,), (1.0,), "double", "")]
    finish.show_graph(nodes, tmp_path / "xor.svg")
    assert "No picture was made: your operation 'double' is not one of ours" in capsys.readouterr().out
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(images, "has_pygraphviz", lambda: False)
    finish.show_graph(nodes[:1], tmp_path / "xor.svg")
    assert "No picture was made: images need Graphviz" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("operation", "operands", "partials", "data"),
    [
        ("+", (3.0, 2.0), (1.0, 1.0), 5.0),
        ("-", (3.0, 2.0), (1.0, -1.0), 1.0),
        ("-", (3.0,), (-1.0,), -3.0),
        ("*", (3.0, 2.0), (2.0, 3.0), 6.0),
        ("/", (3.0, 2.0), (0.5, -0.75), 1.5),
        ("**", (3.0,), (27.0,), 27.0),
        ("**", (-3.0,), (-6.0,), 9.0),
        ("**", (0.0,), (0.0,), 0.0),
        ("exp", (0.0,), (1.0,), 1.0),
        ("relu", (-2.0,), (0.0,), 0.0),
    ],
)
def test_each_operation_is_found_in_our_engine(operation, operands, partials, data):
    leaves = [graduate.Node(number, 0.0, (), (), "", "x") for number in operands]
    *_, result = finish.computed_again(
        [*leaves, graduate.Node(data, 1.0, tuple(range(len(leaves))), partials, operation, "")]
    )
    assert result.data == data
    assert [partial for operand, partial in result.edges if isinstance(operand, engine.Value)] == list(partials)


def test_what_goes_wrong_is_told_with_its_line():
    line = next(i for i, text in enumerate(model("network").splitlines(), 1) if "losses.append" in text)
    broken = engine_of(network=("losses.append(loss.data)", "losses.append(loss.number)"))
    with pytest.raises(RuntimeError, match=rf"^network\.py, line {line}: AttributeError: .*'number'"):
        graduate.train(broken, 0)


def endless(_asked):
    while True:
        pass


def test_a_worker_is_ended_when_its_time_is_over():
    worker = Worker(float, 1.0, limit=0.01)
    with pytest.raises(TimeoutError, match=r"no answer after 0\.01 seconds"):
        worker.ask(endless)
    worker.process.join()
    assert worker.process.exitcode != 0


def test_the_race_is_told_by_ratios(capsys):
    finish.show_medians({"yours": 2e-4, "ours": 1e-4, "micrograd": 6e-4, "machine code": 1e-7})
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "machine code 100 ns 2,000 times as fast as yours",
        "ours 100 µs 2 times as fast as yours",
        "yours 200 µs",
        "micrograd 600 µs 3 times as slow as yours",
    ]


@pytest.mark.slow
def test_the_end_of_the_course(folder, told, monkeypatch):
    for file in FILES:
        (folder / f"{file}.py").write_text("print('noise')\n" + model(file), encoding="utf-8")
    files.keep_progress(folder, Progress(ALL))
    monkeypatch.setattr(finish, "ROUNDS", 1)
    monkeypatch.setattr(finish, "is_installed", lambda name: name == "eager")
    monkeypatch.setattr(contestants, "SECONDS_A_TIMING", 0.01)
    status, text = told("finish")
    assert status == 0
    assert "3 of 5 have learned it" in text
    assert "1 xor 0 =  0.9" in text
    assert "mine/xor.svg" in text
    assert "times as fast as yours" in text or "times as slow as yours" in text
    assert "python -m pip install micrograd)" in text
    assert "noise" not in text
    assert (folder / "xor.svg").stat().st_size > 10_000


@pytest.mark.slow
def test_an_engine_that_stops_is_sent_back_to_the_checker(folder, told):
    files.keep_progress(folder, Progress(ALL))
    status, text = told("finish")
    assert status == 1
    assert text.splitlines()[-2].startswith("error: your engine stopped: ")
    assert text.endswith("check` tells you more\n")
