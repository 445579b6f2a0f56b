"""`Value`: one number that remembers how it was made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from numbers import Real
from typing import TYPE_CHECKING, Any

from engine.backward import NOT_COMPUTED, sweep
from engine.primitives import Primitive
from engine.recording import watch


class Form:
    """How the operands of a node lie in its slots: which operation it is, and which operand is held first."""

    __slots__ = ("first", "operation", "row")

    def __init__(self, operation: Any, first: int) -> None:
        self.operation = operation
        self.row: Primitive = operation.row
        self.first = first

    def __reduce__(self) -> tuple[Any, ...]:
        from engine.operations import find_form

        return find_form, (self.row.name, self.first)


class Value:
    """A number in a computation graph.

    data   any real number, kept as a float
    label  a name for drawings, traces and error messages

    Arithmetic on Values gives Values that hold their operands and, computed once in the forward pass, the local partial
    derivative for each. ``backward()`` multiplies and adds these along the graph and leaves the derivative of the
    result in the ``grad`` of every Value under it.

    Raises TypeError for anything but a real number, another Value included: ``detach()`` copies one.
    """

    # One object a node, and nothing in it that the garbage collector has to follow but its operands: slots, not tuples
    # of operands and partials, with which a training step of 65,000 nodes took twice as long. `_a` is the first operand
    # that is a Value and `_pa` its partial. `_b` is the other operand, a Value with the partial `_pb`, or a number with
    # `_pb` None. An operation of three operands keeps a tuple of (operand, partial) in `_b`. In a leaf, `_b` says
    # whether its data was assigned to. `_mark` is for the walk. `_tag`, where there is one, is the label, or a tuple of
    # the label, the scope that gave the Value, the inputs of that call, and the calls inside of it: see engine.scopes.
    __slots__ = ("__weakref__", "_a", "_b", "_data", "_form", "_grad", "_mark", "_pa", "_pb", "_tag")

    if TYPE_CHECKING:  # The operators and methods come from the table: see operations.register.
        _a: Any
        _b: Any
        _grad: float
        _pa: Any
        _pb: Any
        _mark: Any
        _tag: Any
        _form: Form | None
        __add__: Callable[[Any, Any], Any]
        __radd__: Callable[[Any, Any], Any]
        __sub__: Callable[[Any, Any], Any]
        __rsub__: Callable[[Any, Any], Any]
        __mul__: Callable[[Any, Any], Any]
        __rmul__: Callable[[Any, Any], Any]
        __truediv__: Callable[[Any, Any], Any]
        __rtruediv__: Callable[[Any, Any], Any]
        __pow__: Callable[[Any, Any], Any]
        __rpow__: Callable[[Any, Any], Any]
        __neg__: Callable[[Any], Any]
        __abs__: Callable[[Any], Any]

        def __getattr__(self, name: str) -> Callable[..., Any]: ...

    def __init__(self, data: Any, label: str = "") -> None:
        self._data: float = data if type(data) is float else real_number(data, "a Value")
        self._grad = NOT_COMPUTED
        self._form = None
        self._mark = None
        self._b = False
        if label != "":
            self.label = label

    @property
    def data(self) -> float:
        """The number. Assigning to it changes a leaf for the operations to come; what was computed before keeps it."""
        watch(self, "the data")
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        """Take a real number; TypeError for anything else."""
        self._data = data if type(data) is float else real_number(data, "data")
        if self._form is None:
            self._b = True

    @property
    def grad(self) -> float:
        """d(result)/d(self) after ``result.backward()``; 0.0 before. In a leaf it accumulates over calls."""
        try:
            return self._grad
        except AttributeError:
            return NOT_COMPUTED

    @grad.setter
    def grad(self, grad: Any) -> None:
        """Take a real number; TypeError for anything else."""
        self._grad = grad if type(grad) is float else real_number(grad, "grad")

    @property
    def has_grad(self) -> bool:
        """Whether ``grad`` holds something computed or assigned, rather than the 0.0 it starts with."""
        return self.grad is not NOT_COMPUTED

    @property
    def label(self) -> str:
        """A name for drawings, traces and error messages; empty unless given."""
        try:
            tag = self._tag
        except AttributeError:
            return ""
        return tag if isinstance(tag, str) else tag[0]

    @label.setter
    def label(self, label: str) -> None:
        """Take a text; TypeError for anything else."""
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, not {label!r} of type {type(label).__name__}")
        tag = getattr(self, "_tag", "")
        self._tag = label if isinstance(tag, str) else (label, *tag[1:])

    @property
    def is_leaf(self) -> bool:
        """Whether this Value was given, not computed."""
        return self._form is None

    @property
    def operation(self) -> Primitive | None:
        """The row of the table that made this Value; None for a leaf."""
        return None if self._form is None else self._form.row

    @property
    def edges(self) -> tuple[tuple[Value | float, float | None], ...]:
        """(operand, local partial) in the order of the operands; a number among them stands with the partial None."""
        if self._form is None:
            return ()
        edges: list[tuple[Value | float, float | None]] = []
        if type(self._b) is tuple:
            edges.extend(self._b)
        elif self._b is not None:
            edges.append((self._b, self._pb))
        edges.insert(self._form.first, (self._a, self._pa))
        return tuple(edges)

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What this Value was computed from, in order; a number written in the expression is a float. () for a leaf."""
        return tuple(operand for operand, _ in self.edges)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The local partial derivative for each operand, from the forward pass; None for a number."""
        return tuple(partial for _, partial in self.edges)

    @property
    def _prev(self) -> set[Value]:
        """The operands that are Values, as micrograd names and gives them: its graph drawing runs on this engine."""
        return {operand for operand in self.operands if isinstance(operand, Value)}

    @property
    def _op(self) -> str:
        """The symbol of the operation, as micrograd names it; empty for a leaf."""
        return "" if self._form is None else self._form.row.symbol or self._form.row.name

    def backward(self, seed: float = 1.0) -> None:
        """Leave d(self)/d(node), times ``seed``, in the ``grad`` of every node that self was computed from.

        Leaves accumulate over calls; the results of operations are reset at each call. Raises ZeroDivisionError or
        ValueError, with every gradient as it was, where a partial derivative does not exist (``sqrt`` at 0).
        """
        sweep(self, seed if type(seed) is float else real_number(seed, "the seed of backward()"))

    def zero_grad(self) -> None:
        """Forget the gradient: back to the 0.0 of a new Value."""
        self._grad = NOT_COMPUTED

    def detach(self) -> Value:
        """A new leaf with this number and label, through which no gradient flows back."""
        watch(self, "detach()")
        return Value(self._data, self.label)

    def __pos__(self) -> Value:
        return self

    def __lt__(self, other: Any) -> bool:
        watch(self, "the comparison <")
        return self._data < (other._data if isinstance(other, Value) else other)

    def __le__(self, other: Any) -> bool:
        watch(self, "the comparison <=")
        return self._data <= (other._data if isinstance(other, Value) else other)

    def __gt__(self, other: Any) -> bool:
        watch(self, "the comparison >")
        return self._data > (other._data if isinstance(other, Value) else other)

    def __ge__(self, other: Any) -> bool:
        watch(self, "the comparison >=")
        return self._data >= (other._data if isinstance(other, Value) else other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float, Real)):
            watch(self, "the comparison ==")
        return self is other

    __hash__ = object.__hash__

    def __float__(self) -> float:
        watch(self, "float()")
        return self._data

    def __bool__(self) -> bool:
        watch(self, "the truth")
        raise TypeError("the truth of a Value is ambiguous: compare its number (x > 0, x.data != 0) or use where(x, …)")

    def __format__(self, specification: str) -> str:
        watch(self, "the text")
        return format(self._data, specification) if specification else str(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self.grad!r}{label})"

    def __copy__(self) -> Value:
        raise TypeError("copy.copy of a Value is ambiguous: detach() copies the number, copy.deepcopy the whole graph")

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        from engine.pickling import copy_graph

        return copy_graph(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        from engine.pickling import reduce_value

        return reduce_value(self)


def real_number(number: Any, what: str) -> float:
    """``number`` as a float; TypeError, naming ``what`` it was meant for, if it is not a real number."""
    if isinstance(number, (int, float, Real)):  # The first two spare most numbers the slow look-up of the third.
        try:
            return float(number)
        except OverflowError as error:
            raise OverflowError(f"{what} cannot hold so large a number: {error}") from None
    cure = ": use its detach() or data" if isinstance(number, Value) else ""
    raise TypeError(f"{what} takes a real number, not {number!r} of type {type(number).__name__}{cure}")


_set_data, _set_changed = (vars(Value)[slot].__set__ for slot in ("_data", "_b"))


def store_data(leaves: Sequence[Value], numbers: Iterable[float]) -> None:
    """Assign to the data of many leaves at once.

    Ctrl-C and other threads wait for a call of C to end: they see all of the numbers, or none.
    """
    deque(map(_set_changed, leaves, repeat(True)), maxlen=0)
    deque(map(_set_data, leaves, numbers), maxlen=0)
