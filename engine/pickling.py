"""Copying and pickling of graphs of any depth: the walk goes down to the leaves, not recursion."""

from __future__ import annotations

import copy
import copyreg
import itertools
import threading
from collections.abc import Callable
from typing import Any
from weakref import ref

from engine.backward import NOT_COMPUTED
from engine.formulas import Form
from engine.graph import topological_order
from engine.recording import REWRITTEN
from engine.registration import find_operation
from engine.scopes import Call, calls_of, numbers_in, values_in
from engine.value import Value

_LEAF = ("_number", "_tag", "_b")
_RESULT = (*_LEAF, "_form", "_a", "_pa", "_pb")


def copy_graph(root: Value, memo: dict[int, Any]) -> Value:
    """A copy of ``root`` and of everything it was computed from, except for what ``memo`` has copied already."""
    copied = []
    for node in topological_order(root):
        if id(node) not in memo:
            state = {name: memo.get(id(item), item) for name, item in _state(node).items()}
            if isinstance(state.get("_b"), tuple):
                state["_b"] = tuple((memo.get(id(operand), operand), partial) for operand, partial in node._b)
            memo[id(node)] = restore(None, type(node), state)
            memo.setdefault(id(memo), []).append(node)  # As `copy` does: it keeps the id from being used again.
            copied.append(node)
    for node in copied:
        if calls := calls_of(node):
            outer, *inner = (_copied_call(call, memo) for call in calls)
            memo[id(node)]._tag = (node.label, *outer, tuple(inner))
        set_attributes(memo[id(node)], copy.deepcopy(_attributes(node), memo))
    duplicate: Value = memo[id(root)]
    return duplicate


def _copied_call(call: Call, memo: dict[Any, Any]) -> Call:
    """A call of a scope with copies of those inputs that are in the graph, as one tuple for all results."""
    inputs = call.inputs
    key = "inputs of a call", id(inputs)  # With the id alone, `copy` would take a user's list for copied.
    if key not in memo:
        numbers = (memo.get(id(number), None if isinstance(number, Value) else number) for number in numbers_in(inputs))
        memo[key] = tuple(number for number in numbers if number is not None)
        memo.setdefault(id(memo), []).append(inputs)
    return Call(copy.deepcopy(call.scope, memo), memo[key])


def reduce_value(node: Value) -> tuple[Any, ...]:
    """What pickle needs to make ``node`` again.

    Pickle follows operands by recursion, which fails at a depth of some hundred. So the first node of a graph that it
    meets sends the whole graph ahead, operands first: each node then finds its operands pickled already.
    """
    known = node.is_leaf or any(sent.covers(node) for sent in list(_sent.values()))
    ahead = None if known else _Ahead(_in_order(node))
    state = _state(node)
    # Scopes go behind the node: their inputs may have been computed from a result that an older scope gave.
    later = {"_tag": state.pop("_tag"), **_attributes(node)} if "_tag" in state else _attributes(node)
    return restore, (ahead, type(node), state), later or None, None, None, set_attributes


def _in_order(root: Value) -> list[Value]:
    """The nodes of a graph without its root: operands before results, and inputs of scopes before what they gave."""
    inputs: list[Value] = []
    seen: set[Value] = set()
    fresh = topological_order(root)
    while fresh:
        seen.update(fresh)
        given = [value for node in fresh for call in calls_of(node) for value in values_in(call.inputs)]
        inputs = given + inputs  # Those of the inputs' own scopes come first.
        fresh = [node for node in topological_order(*given) if node not in seen]
    return list(itertools.takewhile(lambda node: node is not root, topological_order(*inputs, root)))


def restore(_ahead: object, kind: type[Value], state: dict[str, Any]) -> Value:
    """A Value with its slots as in ``state``; where that has no gradient, none was computed."""
    node = kind.__new__(kind)
    grad = state.pop("grad", NOT_COMPUTED)
    if grad is not NOT_COMPUTED or "_form" not in state:
        node._grad = grad
    node._form = None
    node._mark = None
    for name, item in state.items():
        setattr(node, name, item)
    return node


def set_attributes(node: Value, attributes: dict[str, Any]) -> None:
    """Give a Value what its subclass has added. This comes last, because it may lead back to the Value."""
    for name, item in attributes.items():
        setattr(node, name, item)


def _state(node: Value) -> dict[str, Any]:
    """What the slots of a node hold, except for the mark of a walk."""
    slots = _LEAF if node.is_leaf else _RESULT
    state = {slot: getattr(node, slot) for slot in slots if hasattr(node, slot)}
    if node in REWRITTEN:
        state["data"] = state.pop("_number")
    if node.has_grad:
        state["grad"] = node._grad
    return state


def _attributes(node: Value) -> dict[str, Any]:
    """What a subclass of Value has added, in its slots and in its ``__dict__``."""
    attributes = dict(getattr(node, "__dict__", {}))
    for kind in type(node).__mro__[: type(node).__mro__.index(Value)]:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(node, name):
                attributes[name] = getattr(node, name)
    return attributes


class _Here:
    """A local variable, gone when its function has returned, but not while an interrupt's traceback keeps that."""


class _Sent:
    """Which nodes are in a pickle before the one that is computed from them. It stands there just behind them."""

    def __init__(self, nodes: list[Value]) -> None:
        self.ids = {id(node) for node in nodes}
        self.here: Callable[[], object] = object  # Not None yet.
        self._thread = threading.get_ident()

    def covers(self, node: Value) -> bool:
        """Whether these nodes, if they are being pickled in this thread, have ``node`` among them."""
        return id(node) in self.ids and threading.get_ident() == self._thread and self.here() is None

    def __reduce__(self) -> tuple[Any, ...]:
        self.ids = set()  # Pickle has got here.
        return _discard, ()


class _Ahead:
    """The nodes that go into a pickle ahead. Only pickle has this object, and drops it however it ends."""

    def __init__(self, nodes: list[Value]) -> None:
        self._nodes = nodes
        self._sent = _Sent(nodes)
        _sent[ref(self, _sent.pop)] = self._sent

    def __reduce__(self) -> tuple[Any, ...]:
        here = _Here()
        self._sent.here = ref(here)  # So the nodes count as sent as soon as pickle has them.
        return _discard, (self._nodes, self._sent)


def _discard(*_arrived: object) -> None:
    """Drop the list that was sent ahead: its nodes have arrived."""


def find_form(name: str, first: int, in_gradient: bool = False) -> Form:
    """The form of the operation ``name`` whose operand number ``first`` is the first Value; it is pickled by these."""
    form = find_operation(name).forms[first]
    return form.in_gradient if in_gradient else form


_sent: dict[ref[_Ahead], _Sent] = {}

copyreg.pickle(Form, lambda form: (find_form, (form.operation.key, form.first, form.in_gradient is form)))
Value.__deepcopy__ = copy_graph
Value.__reduce__ = reduce_value  # type: ignore[method-assign, assignment]
