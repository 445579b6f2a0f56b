"""Whether operations are recorded (`no_grad`), and whether the record will hold for other numbers (`recording`)."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

GLOBALS: dict[str, Any] = {}
"""The globals of the fast functions: what their formulas call, and ``make``, which fails in a ``no_grad`` block."""

_open_blocks = 0
_make: Callable[[], Any]
_counting = RLock()


class _Block:
    """An open ``no_grad()`` block. It counts as open while a context holds it, even one that never closes it."""

    def __init__(self, opener: no_grad) -> None:
        self.opener = opener
        _count_blocks(+1)

    def __del__(self) -> None:
        _count_blocks(-1)


_blocks: ContextVar[tuple[_Block, ...]] = ContextVar("blocks", default=())
"""The blocks that this thread (or task) is in. A task that starts in a block inherits it."""


class _PausedError(ArithmeticError):
    """Sends a fast function to ``operations.apply``, which asks whether its own thread is in a block."""


def _refuse() -> None:
    """What ``make`` is while a block is open in any thread: so the fast functions need not ask."""
    raise _PausedError


def install(make: Callable[[], Any]) -> None:
    """Let the fast functions make their nodes with ``make`` while no block is open."""
    global _make
    _make = GLOBALS["make"] = make


def _count_blocks(change: int) -> None:
    """Update the number of open blocks, and ``make`` with it; under a lock, because two threads may do so at once."""
    global _open_blocks
    with _counting:
        _open_blocks += change
        GLOBALS["make"] = _refuse if _open_blocks else _make


def is_paused() -> bool:
    """Whether this thread (or task) is inside a ``no_grad()`` block."""
    return bool(_blocks.get())


@contextmanager
def recorded() -> Iterator[None]:
    """Record inside, even within a ``no_grad()`` block: a transform needs the graph of the function it is given."""
    token = _blocks.set(())
    try:
        yield
    finally:
        _blocks.reset(token)


class no_grad(ContextDecorator):
    """Compute without recording: results are leaves, with no operands to walk back to.

    As a context manager (``with no_grad():``) or a decorator (``@no_grad()``). Blocks nest, and concern only the thread
    or task that opened them, and tasks that start inside (threads, too, where ``sys.flags.thread_inherit_context``).
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


def runs_later(function: Callable[..., Any]) -> bool:
    """Whether calling a function does not run it, as with a generator or a coroutine."""
    lazy = (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(is_lazy(function) for is_lazy in lazy)


depth: ContextVar[int] = ContextVar("depth", default=0)
"""How many transforms (`engine.transforms`) this thread or task is in: their functions are to be differentiated."""

_watchers = 0
_watching: ContextVar[tuple[_Block, ...] | None] = ContextVar("watching", default=None)
"""In a `recording` block, the ``no_grad`` blocks around it."""


class RecordingError(TypeError):
    """The number of a Value was used where the graph itself is needed: for a program, or inside a transform."""


class LostGradientWarning(UserWarning):
    """The number of a Value that was computed was taken by ``float()``, through which no gradient flows back."""


@contextmanager
def recording() -> Iterator[None]:
    """Record a graph for a `Program`: inside, any use of a Value's number that the graph does not record raises.

    That is ``<``, ``x == 1``, ``float()``, ``bool()``, ``data``, ``detach()``, formatting, and a ``no_grad`` block.

    A program repeats what was recorded, with other numbers. A Python ``if`` would be decided once and for all;
    `maximum`, `minimum` and `where` decide anew in each run. The error is a `RecordingError`, a TypeError. As a
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
    """Raise RecordingError if this thread is in a `recording` block: ``use`` is about to take the number of a Value."""
    if _watchers and _watching.get() is not None:
        raise RecordingError(
            f"{use} of {value!r} would be taken once and for all while a program is recorded: for a choice, write "
            "maximum(x, y), minimum(x, y) or where(step(x), y, z), which is y if x > 0; "
            "and engine.tanh instead of math.tanh"
        )


_LOST = "loses its gradient: write engine.sin instead of math.sin, and x.data where only the number is meant"


_LIBRARIES = {"numpy", *sys.stdlib_module_names}


def watch_cast(value: Any) -> None:
    """Complain where ``float()`` would lose a gradient: inside a transform by RecordingError, else by a warning.

    That is also what the functions of ``math`` and NumPy's casts call. In a ``no_grad`` block nothing is lost.
    """
    watch(value, "float()")
    if _blocks.get():
        return
    if depth.get():
        raise RecordingError(f"float() of {value!r} inside a transform {_LOST}")
    if value._form is not None:
        # The text is the same each time, so that Python shows it once for each place. Level 3 called __float__; if that
        # is a line of NumPy's, or of Python's own modules, the place is the one that called them.
        level, frame = 3, sys._getframe(2)
        while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _LIBRARIES:
            level, frame = level + 1, frame.f_back
        warnings.warn(f"float() of a Value that was computed {_LOST}", LostGradientWarning, stacklevel=level)


def watch_pause(value: Any) -> None:
    """Raise RecordingError for a result in a ``no_grad`` block within a `recording` block: it would be a number."""
    if _watchers and _watching.get() not in (None, _blocks.get()):
        watch(value, "in a no_grad() block, the number")
