"""The file of a study: what is finished is kept, whatever happens, and taken up again."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from examples.study.journal import JournalError, open_journal, sealed
from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial

PROBLEM = Problem("moons", (("count", 20), ("noise", 0.1)), 50, 0.95, "python")
ONE = Recipe((2, 3), "tanh", "hinge", "xavier", "sgd", 0.1)
OTHER = Recipe((2, 3), "tanh", "hinge", "xavier", "sgd", 1.0)
LOSSES = (0.7,) * 20 + (0.1,)
TRIALS = [Trial(0, 12, None, LOSSES, 0.5), Trial(1, None, 3, LOSSES[:2], 0.25), Trial(2, None, None, LOSSES, 0.5)]
SEEDS = range(3)
LINE = sealed({"recipe": asdict(OTHER), "trials": [asdict(TRIALS[0])]})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trials.jsonl"


def begun(path):
    return open_journal(path, PROBLEM, resume=False)


def resumed(path, problem=PROBLEM):
    return open_journal(path, problem, resume=True)


def interrupted(path):
    """Leaves a study behind that has one recipe and the half of another, and returns its bytes before it ends."""
    with begun(path) as journal:
        journal.add(ONE, TRIALS)
        journal.add(OTHER, TRIALS[:1])
        return path.read_bytes()


def refused(opened, message):
    """See that a journal cannot be opened."""
    with pytest.raises(JournalError, match=message):
        opened.__enter__()


def test_what_is_kept_is_read_again_and_the_rest_is_missing(path):
    before = interrupted(path)
    refused(begun(path), "was interrupted: --resume goes on with it")
    assert path.read_bytes() == before
    with resumed(path) as journal:
        assert journal.trials == {(ONE, 0): TRIALS[0], (ONE, 1): TRIALS[1], (ONE, 2): TRIALS[2], (OTHER, 0): TRIALS[0]}
        assert journal.missing([ONE, OTHER], SEEDS) == [(OTHER, 1), (OTHER, 2)]
        journal.add(OTHER, [TRIALS[2], TRIALS[1]])
    with resumed(path) as journal:
        assert journal.of(OTHER, SEEDS) == TRIALS  # in the order of seeds, whichever was finished first
        assert journal.of(ONE, range(1, 2)) == TRIALS[1:2]
        assert journal.missing([ONE], range(5)) == [(ONE, 3), (ONE, 4)]


@pytest.mark.parametrize("lost", range(1, 40, 6))
def test_of_a_line_that_broke_off_nothing_is_taken(path, lost):
    path.write_bytes(interrupted(path)[:-lost])
    with resumed(path) as journal:
        assert set(journal.trials) == {(ONE, 0), (ONE, 1), (ONE, 2)}
        journal.add(OTHER, TRIALS)
    with resumed(path) as journal:
        assert journal.of(OTHER, SEEDS) == TRIALS


def test_a_finished_study_that_was_gone_on_with_is_unfinished_until_that_is_done(path):
    with begun(path) as journal:
        journal.add(ONE, TRIALS)
        journal.finish()
        journal.add(OTHER, TRIALS[:1])
    refused(begun(path), "was interrupted")
    for trials in (TRIALS[1:], []):
        with resumed(path) as journal:
            if trials:
                journal.add(OTHER, trials)
            journal.finish()
    assert path.read_text().count("finished") == 2  # Once for each time that something had been missing.
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))  # Line ends may be those of another system.
    with begun(path) as journal:
        assert journal.trials == {}


@pytest.mark.parametrize("opened", [begun, resumed])
@pytest.mark.parametrize("content", [None, "", "no line end", '{"problem": '])
def test_where_there_is_no_whole_line_a_study_is_begun(path, opened, content):
    if content is not None:
        path.write_text(content)
    with opened(path) as journal:
        assert journal.trials == {}
        journal.add(ONE, TRIALS)
    with resumed(path) as journal:
        assert journal.of(ONE, SEEDS) == TRIALS


def test_two_studies_do_not_write_into_one_directory(path):
    pytest.importorskip("fcntl")
    for first in (begun, resumed):
        with first(path) as journal:
            for second in (begun, resumed):
                refused(second(path), "another study is writing into")
                journal.add(ONE, TRIALS)


@pytest.mark.usefixtures("full_disk")
def test_the_study_before_is_kept_although_the_next_cannot_write(path):
    first = json.dumps({"problem": asdict(PROBLEM)}) + "\n" + LINE.decode() + '\n{"finished": true}\n'
    path.write_text(first)
    for _ in range(2):
        with pytest.raises(OSError, match="no space left"), begun(path) as journal:
            journal.add(ONE, TRIALS)
    assert (path.parent / "trials.old.jsonl").read_text() == first


@pytest.mark.parametrize(
    ("change", "line", "content", "message"),
    [
        ({"epochs": 60}, 0, "", "epochs 50; this one has epochs 60"),
        ({"options": ()}, 0, "", "options {'count': 20, 'noise': 0.1}; this one has options as by default"),
        ({"data": "xor", "accuracy": 1}, 0, "", "data moons, accuracy 0.95; this one has data xor, accuracy 1"),
        ({}, 1, '{"recipe": 1}', ""),
        ({}, 3, "\x00", ""),
        ({}, 3, "[" * 100_000, ""),
        ({}, 3, json.dumps({"recipe": asdict(OTHER), "trials": [asdict(TRIALS[0])]}), " .it has no check sum"),
    ],
)
def test_a_study_of_another_problem_and_a_file_of_something_else_are_left_alone(path, change, line, content, message):
    lines = interrupted(path).decode().splitlines()
    if line:
        lines[line - 1] = content
    path.write_text("\n".join(lines) + "\n")
    before = path.read_bytes()
    message = f"is of a study with {message}" if change else f"line {line} of .* is not of a study{message}"
    refused(resumed(path, Problem(**vars(PROBLEM) | change)), message)
    assert path.read_bytes() == before


@pytest.mark.parametrize("change", [("0.5", "0.25"), ('"tanh"', '"relu"'), ("12", "13"), ("}]", ', "more": 1}]')])
def test_a_line_that_is_not_as_it_was_written_is_refused(path, change):
    interrupted(path)
    changed = LINE.replace(*map(str.encode, change), 1)
    assert changed != LINE
    with path.open("ab") as stream:
        stream.write(LINE + b"\n" + changed + b"\n")
    refused(
        resumed(path),
        r"line 5 of .*trials\.jsonl is not of a study \(it has no check sum, or .*\): remove the file",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_full_disk_is_named_by_the_journal(path, monkeypatch):
    with begun(path) as journal:
        journal.add(ONE, TRIALS)
        journal.close()
        with Path("/dev/full").open("ab", buffering=0) as full:
            monkeypatch.setattr(journal, "_stream", full)
            with pytest.raises(OSError, match=r"No space left on device: '.*trials\.jsonl'"):
                journal.add(OTHER, TRIALS)
    with resumed(path) as journal:
        assert journal.missing([ONE, OTHER], SEEDS) == [(OTHER, seed) for seed in SEEDS]
