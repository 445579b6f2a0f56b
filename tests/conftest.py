"""What every test shares: reproducible random examples, and a table that a test leaves as it found it."""

import errno
import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from engine import Value
from engine.formulas import FLOATS, SYMBOLS
from engine.operations import OPERATIONS
from engine.registration import FUNCTIONS, SLOPES
from viz import images as render

settings.register_profile("reproducible", deadline=None, derandomize=True, database=None)
settings.load_profile("reproducible")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and count it and what needs a cluster as slow."""
    for item in items:
        if "driver" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if item.get_closest_marker("browser") or item.get_closest_marker("cluster"):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Put what all tests share aside: neither the collector need look at it, nor `nn`, which looks for generators."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def open_table() -> Iterator[None]:
    """For a test that registers primitives: they are taken out of the table again."""
    tables = (OPERATIONS, SLOPES, FUNCTIONS, FLOATS, SYMBOLS)
    names = [set(table) for table in tables]
    methods = set(vars(Value))
    yield
    for table, known in zip(tables, names, strict=True):
        for name in set(table) - known:
            del table[name]
    for name in set(vars(Value)) - methods:
        delattr(Value, name)


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """The browser of this process, as each start costs two seconds of two cores.

    It is imported only here, so that a machine without one runs all other tests.
    """
    from support.browser import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture
def page(driver, tmp_path: Path) -> Iterator[Any]:
    """A page to open players in, which may not say anything in its console."""
    from support.browser import Page

    opened = Page(driver, tmp_path)
    opened.console()
    yield opened
    assert opened.console() == []
    opened.reset()


@pytest.fixture(params=["dot", "pygraphviz"])
def way(request, monkeypatch, tmp_path):
    """Each way to make an image or to lay a graph out, with the other one out of sight."""
    if request.param == "dot":
        if not shutil.which("dot"):
            pytest.skip("the program dot is not on the PATH")
        monkeypatch.setattr(render, "has_pygraphviz", lambda: False)
    else:
        if not render.has_pygraphviz():
            pytest.skip("pygraphviz >= 2.0 is not installed")
        monkeypatch.setenv("PATH", str(tmp_path))
    return request.param


@pytest.fixture
def full_disk(monkeypatch):
    """Lets every file break off after its first bytes."""

    def half_a_write(path, content):
        with path.open("wb") as stream:
            stream.write(content[:20])
        raise OSError(errno.ENOSPC, "no space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", half_a_write)
