"""Whether operations are recorded (`no_grad`), and whether the record will hold for other numbers (`recording`)."""

from __future__ import annotations

import inspect
import itertools
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakSet, ref

from engine.states import Entry, State, entered, holding, is_in, new_lock, note

F = TypeVar("F", bound=Callable[..., Any])

GLOBALS: dict[str, Any] = {}
"""The globals of the fast functions: what their formulas call, and ``make``, which fails in a ``no_grad`` block."""

LATEST_WRITE: list[object] = [None]
"""A new object whenever numbers of leaves are set: until then, who has read leaves need not read them again."""

REWRITTEN: WeakSet[Any] = WeakSet()
"""Results whose ``data`` was assigned. (A leaf remembers that itself.)"""

_allow: Callable[[], None]
_counting = new_lock()


class _Shadow:
    """What all open ``no_grad`` blocks keep, of whatever thread: while it lives, ``make`` fails."""

    __del__: Callable[[], None]
    __slots__ = ("__del__", "__weakref__")


def _no_shadow() -> _Shadow | None:
    """What ``_shadow`` is before the first block, and a weak reference later."""
    return None


_shadow = _no_shadow


class _PausedError(ArithmeticError):
    """Sends a fast function to ``operations.apply``, which asks whether its own thread is in a block."""


def _refuse() -> None:
    """What ``make`` is while a block is open in any thread: so the fast functions need not ask."""
    raise _PausedError


def install(make: Callable[[], Any]) -> None:
    """Let the fast functions make their nodes with ``make`` while no block is open."""
    global _allow
    GLOBALS["make"] = make
    _allow = partial(GLOBALS.__setitem__, "make", make)


def _cast_shadow(entry: Entry) -> None:
    """Give an entry the shadow; the first block makes it."""
    global _shadow
    entry.kept = shadow = _shadow() or _Shadow()
    if GLOBALS["make"] is not _refuse:
        shadow.__del__ = _allow
        _shadow = ref(shadow)
        GLOBALS["make"] = _refuse


def is_paused() -> bool:
    """Whether this thread (or task) is inside a ``no_grad()`` block."""
    entries = entered.get()
    for entry in reversed(entries):
        if (entry.within is not None or entry.hold() is None) and not entry.is_on():
            entered.set(tuple([other for other in entries if other.is_on()]))
        elif entry.kind.pauses is not None:
            return entry.kind.pauses
    return False


class recorded(State):
    """Record inside, even within a ``no_grad()`` block: a transform needs the graph of the function it is given."""

    pauses = False


class nested(recorded):
    """Inside, transforms give Values, and all operations are recorded."""


def is_nested() -> bool:
    """Whether a transform is at work in this thread (or task)."""
    return is_in(nested)


class no_grad(State):
    """Compute without recording: results are leaves, with no operands to walk back to.

    As a context manager (``with no_grad():``) or a decorator (``@no_grad()``). Blocks nest, and concern only the thread
    or task that opened them, and tasks that start inside (threads, too, where ``sys.flags.thread_inherit_context``).
    """

    pauses = True

    def __init__(self, *function: object) -> None:
        if function:
            raise TypeError("no_grad takes no argument: as a decorator, write @no_grad() with parentheses")

    def __call__(self, function: F) -> F:
        """Decorate ``function``; TypeError if calling it would not run it, as for a generator or a coroutine."""
        if runs_later(function):
            raise TypeError(f"no_grad cannot decorate {function!r}, which runs later: use `with no_grad():` in it")
        return super().__call__(function)

    def begin(self, entry: Entry) -> None:
        """Begin a block."""
        holding(_counting, _cast_shadow, entry)


def runs_later(function: Callable[..., Any]) -> bool:
    """Whether calling a function does not run it, as with a generator or a coroutine."""
    lazy = (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(is_lazy(function) for is_lazy in lazy)


class RecordingError(TypeError):
    """The number of a Value was used where the graph itself is needed: for a program, or inside a transform."""


class LostGradientWarning(UserWarning):
    """The number of a Value that was computed was taken by ``float()``, through which no gradient flows back."""


_recordings: set[ref[Entry]] = set()
"""Those that are open, of whatever thread."""


class recording(State):
    """Record a graph for a `Program`: inside, any use of a Value's number that the graph does not record raises.

    That is ``<``, ``x == 1``, ``float()``, ``bool()``, ``data``, ``detach()``, formatting, and a ``no_grad`` block.

    A program repeats what was recorded, with other numbers. A Python ``if`` would be decided once and for all;
    `maximum`, `minimum` and `where` decide anew in each run. The error is a `RecordingError`, a TypeError. As a
    context manager (``with recording():``) or a decorator (``@recording()``). Blocks nest, and concern only the thread
    or task that opened them.
    """

    def begin(self, entry: Entry) -> None:
        """Begin a block."""
        note(entry, _recordings)


def watch(value: Any, use: str) -> None:
    """Raise RecordingError if this thread is in a `recording` block: ``use`` is about to take the number of a Value."""
    if _recordings and is_in(recording):
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
    if is_paused():
        return
    if is_nested():
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
    if _recordings and is_in(recording):
        kinds = [entry.kind for entry in entered.get() if entry.is_on()]
        inside = itertools.dropwhile(lambda kind: not issubclass(kind, recording), kinds)
        if any(kind.pauses for kind in inside):
            watch(value, "in a no_grad() block, the number")
