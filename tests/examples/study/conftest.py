"""What the tests of the command share."""

import csv

import pytest
from support.executors import Here

from examples.study import command
from examples.study.journal import Journal


@pytest.fixture
def here(monkeypatch):
    """A study is done in this process, and makes no pictures."""
    monkeypatch.setattr(command, "process_pool", lambda _workers: Here())
    monkeypatch.setattr(command, "show_plots", lambda *_: None)


@pytest.fixture
def kept(monkeypatch):
    """(The trials of each line that a study keeps, by number of lines what shall happen then)."""
    lines, events = [], {}
    add = Journal.add

    def watched(journal, recipe, trials):
        add(journal, recipe, trials)
        lines.append(trials)
        events.get(len(lines), lambda: None)()

    monkeypatch.setattr(Journal, "add", watched)
    return lines, events


@pytest.fixture(scope="session")
def table():
    """Reads what a study has found in a directory: every cell but the seconds."""

    def read(directory):
        with (directory / "table.csv").open(newline="") as stream:
            return [{**row, "seconds": None} for row in csv.DictReader(stream)]

    return read
