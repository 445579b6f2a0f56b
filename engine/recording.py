"""Whether operations are recorded: `no_grad`; and whether the record holds for other numbers: `recording`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any, TypeVar

from engine.formulas import FLOATS

F = TypeVar("F", bound=Callable[..., Any])

_open_blocks = 0
_make: Callable[[], Any]
_counting = RLock()


class _Block:
    """An open ``no_grad()`` block. It is counted for as long as a context has it, were it one that never ends it."""

    def __init__(self, opener: no_grad) -> None:
        self.opener = opener
        _count_blocks(+1)

    def __del__(self) -> None:
        _count_blocks(-1)


_blocks: ContextVar[tuple[_Block, ...]] = ContextVar("blocks", default=())
"""The blocks that this thread (or task) is in. A task that is started in a block inherits it."""


class _PausedError(ArithmeticError):
    """Sends a fast function to ``operations.apply``, which asks whether its own thread is in a block."""


def _refuse() -> None:
    """What ``make`` is while a block is open in any thread, so that the fast functions need not ask."""
    raise _PausedError


def install(make: Callable[[], Any]) -> None:
    """Let the fast functions make their nodes with ``make`` while nothing is paused."""
    global _make
    _make = FLOATS["make"] = make


def _count_blocks(change: int) -> None:
    """Keep the number of open blocks, and ``make`` with it; under a lock, for two threads may do so at once."""
    global _open_blocks
    with _counting:
        _open_blocks += change
        FLOATS["make"] = _refuse if _open_blocks else _make


def is_paused() -> bool:
    """Whether this thread (or task) is inside a ``no_grad()`` block."""
    return bool(_blocks.get())


@contextmanager
def recorded() -> Iterator[None]:
    """Record inside, even in a ``no_grad()`` block around: a transform needs the graph of the function it is given."""
    token = _blocks.set(())
    try:
        yield
    finally:
        _blocks.reset(token)


_watchers = 0
_watching: ContextVar[tuple[_Block, ...] | None] = ContextVar("watching", default=None)
"""In a `recording` block, the ``no_grad`` blocks around it."""


class RecordingError(TypeError):
    """A number was about to be used up while a graph was recorded for other numbers."""


@contextmanager
def recording() -> Iterator[None]:
    """Record a graph for a `Program`: inside, what uses up the number of a Value raises.

    That is ``<``, ``x == 1``, ``float()``, ``bool()``, ``data``, ``detach()``, formatting, and a ``no_grad`` block.

    A program repeats what was recorded with other numbers. A branch on a number would be taken once and for all:
    `maximum`, `minimum` and `where` choose anew in each run. The error is a `RecordingError`, a TypeError. As a
    context manager (``with recording():``) or a decorator (``@recording()``). Blocks nest, and concern only the thread
    or task that opened them.
    """
    global _watchers
    token = _watching.set(_blocks.get())
    with _counting:
        _watchers += 1
    try:
        yield
    finally:
        with _counting:
            _watchers -= 1
        _watching.reset(token)


def watch(value: Any, use: str) -> None:
    """Raise RecordingError in a `recording` block of this thread: the number of ``value`` is about to be used up."""
    if _watchers and _watching.get() is not None:
        raise RecordingError(
            f"{use} of {value!r} would be taken once and for all while a program is recorded: for a choice, write "
            "maximum(x, y), minimum(x, y) or where(step(x), y, z), which is y for x > 0; for math.tanh, engine.tanh"
        )


def watch_pause(value: Any) -> None:
    """Raise RecordingError for a result in a ``no_grad`` block within a `recording` block: it would be a number."""
    if _watchers and _watching.get() not in (None, _blocks.get()):
        watch(value, "in a no_grad() block, the number")


def runs_later(function: Callable[..., Any]) -> bool:
    """Whether calling a function does not run it, as with a generator or a coroutine."""
    lazy = (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(is_lazy(function) for is_lazy in lazy)


class no_grad(ContextDecorator):
    """Compute without recording: results are leaves, with nothing to walk back to.

    As a context manager (``with no_grad():``) or a decorator (``@no_grad()``). Blocks nest, and concern only the thread
    or task that opened them.
    """

    def __init__(self, *function: object) -> None:
        if function:
            raise TypeError("no_grad takes no argument: as a decorator, write @no_grad() with parentheses")

    def __call__(self, function: F) -> F:
        """Decorate ``function``; TypeError if calling it would not run it, as for a generator or a coroutine."""
        if runs_later(function):
            raise TypeError(f"no_grad cannot decorate {function!r}, which runs later: use `with no_grad():` in it")
        return super().__call__(function)

    def _recreate_cm(self) -> no_grad:
        return no_grad()

    def __enter__(self) -> None:
        _blocks.set((*_blocks.get(), _Block(self)))

    def __exit__(self, *_exception: Any) -> None:
        blocks = _blocks.get()
        mine = [block for block in blocks if block.opener is self]
        if not mine:
            raise RuntimeError(
                "this no_grad() block is not open here: it ends where it began, in a thread or transform"
            )
        _blocks.set(tuple(block for block in blocks if block is not mine[-1]))
