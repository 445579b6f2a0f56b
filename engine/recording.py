"""Whether operations are recorded: `no_grad`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

from engine.formulas import FLOATS

F = TypeVar("F", bound=Callable[..., Any])

_depth: ContextVar[int] = ContextVar("depth", default=0)
"""How many ``no_grad()`` blocks this thread (or task) is in."""
_open_blocks = 0
_make: Callable[[], Any]
_counting = Lock()


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
    return _depth.get() > 0


@contextmanager
def recorded() -> Iterator[None]:
    """Record inside, even in a ``no_grad()`` block around: a transform needs the graph of the function it is given."""
    token = _depth.set(0)
    try:
        yield
    finally:
        _depth.reset(token)


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
        lazy = (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
        if any(is_lazy(function) for is_lazy in lazy):
            raise TypeError(f"no_grad cannot decorate {function!r}, which runs later: use `with no_grad():` in it")
        return super().__call__(function)

    def _recreate_cm(self) -> no_grad:
        return no_grad()

    def __enter__(self) -> None:
        _depth.set(_depth.get() + 1)
        _count_blocks(+1)

    def __exit__(self, *_exception: Any) -> None:
        if not is_paused():
            raise RuntimeError("a no_grad() block ends in the thread or task in which it began")
        _count_blocks(-1)
        _depth.set(_depth.get() - 1)
