"""The file of a study: what is finished is kept, whatever happens, and taken up again."""

import errno
import json
from dataclasses import asdict

import pytest

from examples.study.journal import JournalError, begun, resumed
from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial

PROBLEM = Problem("moons", (("count", 20), ("noise", 0.1)), 50, 0.95, "python")
ONE = Recipe((2, 3), "tanh", "hinge", "xavier", "sgd", 0.1)
OTHER = Recipe((2, 3), "tanh", "hinge", "xavier", "sgd", 1.0)
SEEDS = range(3)
TRIALS = [Trial(0, 12, None, (0.7, 0.1), 0.5), Trial(1, None, 3, (0.7,), 0.25), Trial(2, None, None, (0.7, 0.5), 0.5)]


TRIAL = json.dumps({"recipe": asdict(OTHER), "trials": [asdict(TRIALS[0])]})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trials.jsonl"


def interrupted(path):
    """Leaves a study behind that has one recipe and the half of another."""
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
        journal.add(OTHER, TRIALS[:1])


def test_what_is_kept_is_read_again(path):
    interrupted(path)
    with resumed(path, PROBLEM) as journal:
        assert journal.trials == {ONE: dict(enumerate(TRIALS)), OTHER: {0: TRIALS[0]}}
        assert journal.missing([ONE, OTHER], SEEDS) == {OTHER: [1, 2]}
        assert journal.of(ONE, SEEDS) == TRIALS
        journal.add(OTHER, TRIALS[1:])
        assert journal.missing([ONE, OTHER], SEEDS) == {}
    with resumed(path, PROBLEM) as journal:
        assert journal.of(OTHER, SEEDS) == TRIALS
        assert journal.missing([ONE], range(5)) == {ONE: [3, 4]}


def test_trials_are_in_the_order_of_seeds_whichever_was_finished_first(path):
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS[2:])
        journal.add(ONE, TRIALS[:2])
        assert journal.of(ONE, SEEDS) == TRIALS
        assert journal.of(ONE, range(1, 2)) == TRIALS[1:2]


def test_every_line_is_in_the_file_before_the_study_ends(path):
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["problem"]["epochs"] == 50
    assert [trial["seed"] for trial in lines[1]["trials"]] == [0, 1, 2]


@pytest.mark.parametrize("lost", range(1, 40, 6))
def test_of_a_line_that_broke_off_nothing_is_taken(path, lost):
    interrupted(path)
    path.write_bytes(path.read_bytes()[:-lost])
    with resumed(path, PROBLEM) as journal:
        assert journal.trials == {ONE: dict(enumerate(TRIALS))}
        journal.add(OTHER, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.of(OTHER, SEEDS) == TRIALS


def test_an_unfinished_study_is_not_overwritten(path):
    interrupted(path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match="was interrupted: --resume goes on with it"), begun(path, PROBLEM):
        pass
    assert path.read_bytes() == before


def test_a_finished_study_is_replaced(path):
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
        journal.finish()
    before = path.read_bytes()
    with begun(path, PROBLEM) as journal:
        assert journal.trials == {}
    assert path.read_bytes() == before  # Nothing has been done anew yet.
    with begun(path, PROBLEM) as journal:
        journal.add(OTHER, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.trials == {OTHER: dict(enumerate(TRIALS))}
    assert (path.parent / "trials.old.jsonl").read_bytes() == before


def test_that_nothing_is_missing_is_noted_once_and_also_by_who_resumes(path):
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
    for _ in range(2):
        with resumed(path, PROBLEM) as journal:
            journal.finish()
    assert path.read_text().count("finished") == 1
    with begun(path, PROBLEM):
        pass


@pytest.mark.parametrize("content", ["", "no line end", '{"problem": {"data": "moons"}}\n', '{"problem": '])
def test_a_file_without_a_trial_holds_no_study(path, content):
    path.write_text(content)
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS


def test_a_finished_study_that_was_gone_on_with_and_interrupted_is_not_overwritten(path):
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
        journal.finish()
    with resumed(path, PROBLEM) as journal:
        journal.add(OTHER, TRIALS[:1])
    with pytest.raises(JournalError, match="was interrupted"), begun(path, PROBLEM):
        pass
    with resumed(path, PROBLEM) as journal:
        assert journal.missing([ONE, OTHER], SEEDS) == {OTHER: [1, 2]}
        journal.finish()
    with begun(path, PROBLEM) as journal:
        assert journal.trials == {}


@pytest.mark.parametrize("second", [begun, resumed])
def test_two_studies_do_not_write_into_one_directory(path, second):
    pytest.importorskip("fcntl")
    for first in (begun, resumed):
        with first(path, PROBLEM) as journal:
            for _ in range(2):
                with pytest.raises(JournalError, match="another study is writing into"):
                    second(path, PROBLEM).__enter__()
                journal.add(ONE, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS


def test_where_others_cannot_be_kept_out_a_study_can_be_done(path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS


def test_an_error_within_is_not_taken_for_another_study(path):
    with pytest.raises(BlockingIOError), begun(path, PROBLEM):
        raise BlockingIOError


@pytest.mark.usefixtures("full_disk")
def test_the_study_before_is_kept_although_the_next_cannot_write(path):
    first = json.dumps({"problem": asdict(PROBLEM)}) + "\n" + TRIAL + "\n" + '{"finished": true}\n'
    path.write_text(first)
    for _ in range(2):
        with pytest.raises(OSError, match="no space left"), begun(path, PROBLEM) as journal:
            journal.add(ONE, TRIALS)
    assert (path.parent / "trials.old.jsonl").read_text() == first


def test_the_ends_of_lines_may_be_those_of_another_system(path):
    with begun(path, PROBLEM) as journal:
        journal.add(ONE, TRIALS)
        journal.finish()
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with begun(path, PROBLEM):
        pass  # It is finished, and so can be done anew.
    with resumed(path, PROBLEM) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS


def test_without_a_file_resuming_begins_one(path):
    with resumed(path, PROBLEM) as journal:
        assert journal.trials == {}
        journal.add(ONE, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 60}, "with epochs 50; this one has epochs 60"),
        ({"data": "circles"}, "with data moons; this one has data circles"),
        ({"options": ()}, "this one has options as by default"),
        (
            {"backend": "llvm", "accuracy": 1.0},
            "with accuracy 0.95, backend python; this one has accuracy 1.0, backend",
        ),
    ],
)
def test_a_study_of_another_problem_is_not_gone_on_with(path, change, message):
    interrupted(path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match=message), resumed(path, Problem(**{**vars(PROBLEM), **change})):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "content"),
    [
        (1, "hello"),
        (1, '{"recipe": 1}'),
        (1, "[]"),
        (2, "{}"),
        (2, '{"recipe": {}, "trials": []}'),
        (3, "\x00"),
        (3, "[" * 100_000),
        (3, TRIAL.replace('"needed": 12', '"needed": "x"')),
        (3, TRIAL.replace('"seconds": 0.5', '"seconds": null')),
        (3, TRIAL.replace("[0.7, 0.1]", '"abc"')),
    ],
)
def test_a_file_of_something_else_is_refused_and_left_alone(path, line, content):
    interrupted(path)
    lines = path.read_text().splitlines()
    lines[line - 1] = content
    path.write_text("\n".join(lines) + "\n")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=f"line {line} of .* is none of a study"), resumed(path, PROBLEM):
        pass
    assert path.read_bytes() == before


def test_of_a_file_without_a_complete_line_a_study_is_begun(path):
    path.write_text("no line end")
    with resumed(path, PROBLEM) as journal:
        assert journal.trials == {}
        journal.add(ONE, TRIALS)
    with resumed(path, PROBLEM) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS
