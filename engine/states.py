"""States that outlive a call, such as a ``no_grad`` block or a lock: Ctrl-C may arrive anywhere and leaves them right.

Python may raise KeyboardInterrupt between any two steps of any function, also in ``__enter__`` when all is done, and in
``__exit__`` when nothing is. So no state here depends on code that ends it. A `with` statement looks up ``__exit__``
before it enters, and keeps what it got, and nobody else does, until it is over or its frame is gone. What it gets here
is an object of its own, a `Hold`, and the state lasts as long as that object lives.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ContextDecorator
from contextvars import ContextVar, copy_context
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import ref

T = TypeVar("T")


class Hold(partial[Any]):
    """What a `with` statement keeps, and calls where it ends.

    Python calls what is in the slot ``__del__`` when the object goes. A function in C, as they are here, has no steps
    between which an interrupt could come.
    No function may have a hold among its variables while the state is on: a traceback would keep it alive.
    """

    __slots__ = ("__del__",)


set_end: Callable[[Hold, Callable[[], object]], None] = vars(Hold)["__del__"].__set__
"""Say what a hold calls, without arguments, when it goes."""


class Entry:
    """One entry into a state: of which kind, and whether it lasts. Each context (of a thread or task) has its own."""

    kind: type[State]
    hold: Callable[[], Any]
    within: Entry | None = None
    """The transform, or the like, around it: with that, it is over too."""
    has_ended = False
    kept: Any = None

    def is_on(self) -> bool:
        """Whether a `with` statement is still in it, or left it as it should: tasks that it started stay in."""
        if self.within is not None and not self.within.is_on():
            return False
        return self.hold() is not None or (self.has_ended and self.kind.pauses is not False)


entered: ContextVar[tuple[Entry, ...]] = ContextVar("entered", default=())
"""What this thread (or task) is in, the innermost last. A task that starts in a block inherits it."""


def _no_hold() -> None:
    """Where no ``__exit__`` was looked up."""


class _LookedUp(threading.local):
    """The last ``__exit__`` that this thread has looked up: a `with` statement goes on to call ``__enter__``."""

    hold: Callable[[], Hold | None] = staticmethod(_no_hold)


_last = _LookedUp()


class _Exit:
    """The ``__exit__`` of a `State`: a `Hold` for each `with` statement; on the class, a function."""

    def __get__(self, state: State | None, _kind: type[State]) -> Callable[..., Any]:
        if state is None:
            return _leave_by_hand
        entry = Entry()
        entry.kind = type(state)
        hold = Hold(_leave, entry, state)
        entry.hold = _last.hold = ref(hold)
        return hold


class State(ContextDecorator):
    """A context manager, or a decorator. A subclass says in `begin` how the state begins."""

    pauses: bool | None = None
    """Whether operations inside are not recorded; None where the state around decides."""
    end: Callable[..., bool | None] | None = None
    """What is left to do where the statement ends; a true result suppresses the exception."""
    _by_hand: Sequence[Hold] = ()

    def begin(self, entry: Entry) -> Any:
        """Begin; the state is on as long as ``entry.hold()`` lives. The result is what ``with … as`` gives."""

    def __enter__(self) -> Any:
        reference = _last.hold
        _last.hold = _no_hold
        entry: Any
        entry, state = getattr(reference(), "args", (None, None))
        if state is not self:
            entry = self._entry_by_hand()
        result = self.begin(entry)
        outer = entered.get()
        if outer:
            outer = tuple([other for other in outer if other.is_on()])
            entry.within = next((other for other in reversed(outer) if other.kind.pauses is False), None)
        entered.set((*outer, entry))
        return result

    def _entry_by_hand(self) -> Entry:
        """An entry by ``__enter__()``, as `ExitStack` calls it: its hold is kept here, and nobody else does."""
        entry, hold = Entry(), Hold(_nothing)
        vars(self).setdefault("_by_hand", []).append(hold)
        entry.kind, entry.hold = type(self), ref(hold)
        return entry

    if TYPE_CHECKING:

        def __exit__(self, *_exception: Any) -> bool | None: ...

    else:
        __exit__ = _Exit()


def _nothing(*_exception: Any) -> None:
    """What a hold calls that no `with` statement has."""


def _leave(entry: Entry, state: State, *exception: Any) -> bool | None:
    """End an entry where its `with` statement ends; the hold, which goes then, does the rest."""
    entries = entered.get()
    if entry not in entries or (entry.within is not None and not entry.within.is_on()):
        return _leave_by_hand(state, *exception)
    suppressed = state.end(*exception) if state.end else None
    is_last = entries[-1] is entry
    entered.set(entries[:-1] if is_last else tuple([other for other in entries if other is not entry]))
    entry.has_ended = True
    return suppressed


def _leave_by_hand(state: State, *exception: Any) -> bool | None:
    """End the last entry into a state that was made in this context by hand."""
    mine = [entry for entry in entered.get() if entry.hold() in state._by_hand]
    if not mine or not mine[-1].is_on():
        raise RuntimeError(
            f"this {type(state).__name__}() block is not open here: it ends where it began, in a thread or transform"
        )
    result = _leave(mine[-1], state, *exception)
    vars(state)["_by_hand"].remove(mine[-1].hold())
    return result


def inside(kind: type[State], function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns, called in a state; a context of its own, which goes with the call, is all there is."""
    entry = Entry()
    entry.kind, entry.hold = kind, _always

    def call() -> T:
        entered.set((*entered.get(), entry))
        return function(*arguments)

    return copy_context().run(call)


def _always() -> bool:
    """The hold of an entry that ends with its context."""
    return True


def is_in(kind: type[State]) -> bool:
    """Whether this thread (or task) is in a state of this kind."""
    return any(issubclass(entry.kind, kind) and entry.is_on() for entry in entered.get())


def note(thing: T, those: set[ref[T]]) -> None:
    """Put a weak reference into a set, which has it as long as the thing lives: so the set counts what lives."""
    those.add(ref(thing, those.discard))


def living(those: set[ref[T]]) -> list[T]:
    """What of a set of weak references is alive."""
    return [thing for thing in [reference() for reference in list(those)] if thing is not None]


_locks: set[ref[Any]] = set()


def new_lock() -> Any:
    """A lock for `holding`. After a fork, the child's is free, unless the thread that forked holds it."""
    lock = threading.RLock()
    note(lock, _locks)
    return lock


def holding(lock: Any, function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns, called while this thread holds the lock.

    `with lock` alone may be interrupted between the end of its block and the release.
    """
    if lock._is_owned():
        return function(*arguments)
    try:
        with lock:
            return function(*arguments)
    except BaseException:
        if lock._is_owned():
            lock.release()
        raise


def _renew_locks() -> None:
    """Free what threads held that a forked child does not have."""
    for lock in [*living(_locks), *_locks_of_caches()]:
        if not lock._is_owned():
            lock._at_fork_reinit()


def _locks_of_caches() -> Iterator[Any]:
    """The locks that every ``cached_property`` of these packages had before Python 3.12."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in ("engine", "nn", "viz")]
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    for item in [item for kind in kinds for item in vars(kind).values()]:
        if isinstance(item, cached_property) and hasattr(item, "lock"):
            yield item.lock


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)
