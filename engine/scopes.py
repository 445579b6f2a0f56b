"""Names for parts of a computation: which results a function gave, and from which inputs.

Only the results carry a tag: the scope, and the inputs of the call. What lies between the two is found by walking back
when somebody looks, so that recording an operation costs no more than without scopes.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, overload
from weakref import ref

from engine.recording import runs_later
from engine.value import Value

F = TypeVar("F", bound=Callable[..., Any])

_NUMBERS = (float, int)
_KEPT = "_scopes_of_methods"


@dataclass(frozen=True, eq=False)
class Scope:
    """A named part of a computation, as a neuron is: applied twice, it is the same part.

    name    what it is called
    note    a word on what it does, for pictures: a neuron's activation, for instance
    parent  the part it belongs to, as a neuron belongs to its layer
    """

    name: str
    note: str = ""
    parent: Scope | None = None


class Call(NamedTuple):
    """One application of a scope. All results of the call hold the same ``inputs`` object."""

    scope: Scope
    inputs: Any


class Inputs:
    """What a scope was given. Values are held weakly: the graph keeps those that matter alive, the others may go."""

    __slots__ = ("_held",)

    def __init__(self, numbers: Iterable[Value | float]) -> None:
        self._held = tuple(ref(number) if isinstance(number, Value) else number for number in numbers)

    def __iter__(self) -> Iterator[Value | float]:
        held = (item() if isinstance(item, ref) else item for item in self._held)
        return (number for number in held if number is not None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Inputs, (list(self),)


@overload
def scope(name: F) -> F: ...


@overload
def scope(name: str = "", note: str = "") -> Callable[[F], F]: ...


def scope(name: Any = "", note: str = "") -> Any:
    """Name what a function computes, so that pictures draw it as a group or as one node: a decorator.

        @engine.scope("normalise")                  class Residual(Module):
        def normalise(x): ...                           @engine.scope
                                                        def __call__(self, x): ...

    name  what the part is called. By default, the name of the function; for a method, the ``label`` of its object or,
          without one, the name of its class. Each object whose method is decorated is a part of its own.
    note  a word on what it does

    The part is what the results were computed from, back to the Values among the arguments (and in lists, tuples, dicts
    and NumPy's arrays there). Leaves that it uses but was not given are its parameters. Scopes nest. Names are only for
    the reader: numbers, gradients and programs do not depend on them. Raises TypeError for anything but a function, and
    for one that runs later (a generator, a coroutine).
    """
    if isinstance(name, str) and isinstance(note, str):
        return functools.partial(_scoped, name=name, note=note)
    if isinstance(name, (staticmethod, classmethod)):
        raise TypeError(f"scope decorates the function itself: write @{type(name).__name__} above @scope")
    if not callable(name) or note:
        raise TypeError(f"scope takes a name and a note, as in @scope('attention'), not {name!r}, {note!r}")
    return _scoped(name)


def _scoped(function: F, name: str = "", note: str = "") -> F:
    """The function, which now marks its results."""
    # A partialmethod and, since Python 3.14, a partial are routines, too.
    nameless = not hasattr(function, "__qualname__")
    if nameless or not inspect.isroutine(function) or isinstance(function, (staticmethod, classmethod)):
        raise TypeError(f"scope decorates a function, not {function!r}: write @scope('name') above its def")
    if runs_later(function):
        raise TypeError(f"scope cannot decorate {function!r}, which runs later: decorate a function that it calls")
    own = Scope(name or function.__name__, note)
    is_method = _is_method(function)

    @functools.wraps(function)
    def scoped(*arguments: Any, **named: Any) -> Any:
        """Call the function and mark what it returns."""
        part, given = own, arguments
        if is_method and arguments:
            part, given = _scope_of(arguments[0], own, name), arguments[1:]
        # Read before the call, which may change the lists that it was given.
        inputs = Inputs(numbers_in((given, named) if named else given))
        result = function(*arguments, **named)
        # Read after it: an input that is gone by then may have left its id to a result.
        known = set(map(id, inputs))
        for node in values_in(result):
            if id(node) not in known:  # Else it was returned as it came.
                mark(node, part, inputs)
        return result

    return scoped  # type: ignore[return-value]


def _is_method(function: Callable[..., Any]) -> bool:
    """Whether a function is the method of an object: defined in a class, with ``self`` as its first parameter."""
    owner = function.__qualname__.rpartition(".")[0]
    if not owner or owner.endswith("<locals>"):
        return False
    return next(iter(inspect.signature(function).parameters), "") == "self"


def _scope_of(instance: Any, own: Scope, name: str) -> Scope:
    """The part that an object is, kept in its ``__dict__`` as a cached property is; ``own`` if it has none.

    The id of its owner is kept too: a shallow copy has the same attributes, but is another part.
    """
    try:
        scopes: dict[Scope, tuple[int, Scope]] = vars(instance).setdefault(_KEPT, {})
    except TypeError:
        return own
    owner, part = scopes.get(own, (None, own))
    if owner != id(instance):
        label = ""
        with suppress(Exception):  # A user's class may raise anything when an attribute is looked up.
            label = instance.label
        called = name or (isinstance(label, str) and label) or type(instance).__name__
        part = Scope(called, own.note)
        others = {each: kept for each, kept in scopes.items() if kept[0] == id(instance)}
        vars(instance)[_KEPT] = {**others, own: (id(instance), part)}
    return part


def mark(node: Value, part: Scope, inputs: Any) -> None:
    """Note that ``part`` computed a Value from ``inputs``. A leaf was not computed and stays as it is.

    If a call of the same scope within this one gave the Value already, only the outer call is noted.
    """
    if node._form is not None:
        tag = getattr(node, "_tag", "")
        if isinstance(tag, str):
            node._tag = (tag, part, inputs, ())
        else:
            inner = tuple(call for call in calls_of(node) if call.scope is not part)
            node._tag = (tag[0], part, inputs, inner)


def calls_of(node: Value) -> tuple[Call, ...]:
    """The calls of scopes that gave this Value, the outermost first."""
    tag = getattr(node, "_tag", "")
    return () if isinstance(tag, str) else (Call(tag[1], tag[2]), *tag[3])


def values_in(thing: Any) -> list[Value]:
    """The Values in lists, tuples, dicts and NumPy's object arrays, nested to any depth, and a Value itself."""
    return [number for number in numbers_in(thing) if isinstance(number, Value)]


def numbers_in(thing: Any) -> list[Value | float]:
    """The Values and the numbers of Python in lists, tuples, dicts and NumPy's object arrays, nested to any depth."""
    found: list[Value | float] = []
    seen: dict[int, Any] = {}  # It keeps what it has seen: the id of a list that is gone may be used again.
    waiting = [thing]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Value) or item.__class__ in _NUMBERS:
            found.append(item)
        elif id(item) not in seen:  # A list may contain itself.
            seen[id(item)] = item
            waiting.extend(reversed(_items(item)))
    return found


def _items(thing: Any) -> list[Any]:
    """What is in a container; nothing in anything else."""
    if isinstance(thing, Mapping):
        return list(thing.values())
    if str(getattr(thing, "dtype", "")) == "object":
        items = thing.tolist()
        return items if isinstance(items, list) else [items]  # An array without dimensions gives its one item.
    return list(thing) if isinstance(thing, (list, tuple, Inputs)) else []
