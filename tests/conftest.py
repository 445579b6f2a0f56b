"""What every test shares: reproducible random examples, and a table that a test leaves as it found it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from engine import Value
from engine.formulas import FLOATS, SYMBOLS
from engine.operations import FUNCTIONS, OPERATIONS

settings.register_profile("reproducible", deadline=None, derandomize=True, database=None)
settings.load_profile("reproducible")


@pytest.fixture
def open_table() -> Iterator[None]:
    """For a test that registers primitives: they are taken out of the table again."""
    tables = (OPERATIONS, FUNCTIONS, FLOATS, SYMBOLS)
    names = [set(table) for table in tables]
    methods = set(vars(Value))
    yield
    for table, known in zip(tables, names, strict=True):
        for name in set(table) - known:
            del table[name]
    for name in set(vars(Value)) - methods:
        delattr(Value, name)


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """A browser; imported only here, so that a machine without one runs all other tests."""
    from browser import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture
def page(driver, tmp_path: Path) -> Iterator[Any]:
    """A page to open players in, which may not say anything in its console."""
    from browser import Page

    opened = Page(driver, tmp_path)
    opened.console()
    yield opened
    assert opened.console() == []
    opened.reset()
