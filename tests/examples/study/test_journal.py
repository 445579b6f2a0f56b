"""The file of a study: what is finished is kept, whatever happens, and taken up again."""

import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest

from examples.study.journal import JournalError, open_journal
from examples.study.recipes import Problem, Recipe
from examples.study.trainer import Trial, noted_epochs

PROBLEM = Problem("moons", (("count", 20), ("noise", 0.1)), 50, 0.95, "python")
ONE = Recipe((2, 3), "tanh", "hinge", "xavier", "sgd", 0.1)
OTHER = Recipe((2, 3), "tanh", "hinge", "xavier", "sgd", 1.0)
LOSSES = (0.7,) * 20 + (0.1,)
TRIALS = [Trial(0, 12, None, LOSSES, 0.5), Trial(1, None, 3, LOSSES[:2], 0.25), Trial(2, None, None, LOSSES, 0.5)]
SEEDS = range(3)
LINE = json.dumps({"recipe": asdict(OTHER), "trials": [asdict(TRIALS[0])]})


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
    first = json.dumps({"problem": asdict(PROBLEM)}) + "\n" + LINE + '\n{"finished": true}\n'
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
        ({}, 3, LINE.replace(json.dumps(LOSSES), '"abc"'), r" \(losses is 'abc'\)"),
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


@pytest.mark.parametrize(
    ("name", "entry", "why"),
    [
        *(("needed", entry, "") for entry in (-5, 51, 1.0, True, "x", [])),
        *(("diverged", entry, "") for entry in (-1, 51, 2.5, False)),
        ("diverged", 12, ""),  # What was solved to the end has not diverged.
        *(("seed", entry, "") for entry in (-1, 0.5, None, True)),
        *(("losses", [entry, *LOSSES[1:]], "") for entry in (math.nan, math.inf, 10**400, None, True, "1")),
        *(("losses", list(entry), ", where 21 have") for entry in (LOSSES[1:], (0.5,) * 1000, ())),
        *(("seconds", entry, "") for entry in (-0.1, math.nan, None, "1")),
        *(("hidden", entry, "") for entry in ([], [0], [2.0], ["2"], [True])),
        *((name, "no such", "") for name in ("activation", "loss", "initializer", "optimizer")),
        *(("rate", entry, "") for entry in (0, -0.1, math.inf, "0.1")),
    ],
)
def test_a_line_that_says_what_no_training_can_come_to_is_refused_by_name(path, name, entry, why):
    interrupted(path)
    line = json.loads(LINE)
    (line["recipe"] if name in line["recipe"] else line["trials"][0])[name] = entry
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
    wrong = "needed" if (name, entry) == ("diverged", 12) else name
    refused(resumed(path), rf"line 4 of .*trials\.jsonl is not of a study \({wrong} is .*{why}.*\): remove the file")


def test_what_trainings_come_to_is_read_again(path):
    """Those that are solved from the start, in the end, and not; that diverge at once, soon, and in the last loss."""
    noted = noted_epochs(50)
    trials = [Trial(seed, needed, None, LOSSES, 0.0) for seed, needed in enumerate((0, 1, 50, None))]
    for end in (0, 1, 49, 50):
        trials.append(Trial(len(trials), None, end, LOSSES[: sum(epoch < end for epoch in noted)], 0.0))
    with begun(path) as journal:
        journal.add(ONE, trials)
    with resumed(path) as journal:
        assert journal.of(ONE, range(len(trials))) == trials


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
