"""`Value`: one number that remembers how it was made.

A Value that you create is a *leaf*; one that an operation computes is a *result* and remembers its operands. The class
has no ``__mul__`` and no ``tanh`` in its text: `engine.registration` puts one here for each row of the table of
primitives, and `engine.operations` says what they do. In micrograd a result keeps a closure ``_backward`` that passes a
gradient on; here it keeps the local partials as numbers, and one loop (`engine.backward`) serves all operations.
"""

from __future__ import annotations

from typing import Any

from engine.backward import NOT_COMPUTED, sweep
from engine.failures import Undefined
from engine.graph import walking
from engine.manners import Mannered, real_number, set_label, with_manners
from engine.primitives import Primitive
from engine.recording import LATEST_WRITE, REWRITTEN, watch
from engine.walks import backward_alone


# Comparisons, conversions, label and text are in engine.manners. The decorator copies them in: inheriting them would
# slow every node down. At run time `Mannered` is `object`; only type checkers see more.
@with_manners
class Value(Mannered):
    """A number in a computation graph.

    data   any real number, kept as a float
    label  a name for drawings, traces and error messages

    Raises TypeError for anything but a real number. That includes another Value: ``detach()`` copies one. Only
    leaves of a subclass (``class Param(Value): pass``) have room for attributes of your own: results are Values.
    """

    # One object per node, whose only references are its operands. Tuples of operands and partials would be simpler, but
    # the garbage collector follows them too: a training step of 65,000 nodes took twice as long.
    #   _form      which operation made the Value, and which of the operands is in _a; None in a leaf
    #   _a, _pa    the first operand that is a Value, and its partial
    #   _b, _pb    the other operand: a Value and its partial, or a number and None; None and None if there is no other.
    #              With three operands, _b is a tuple of (operand, partial) for the other two. In a leaf: was data set?
    #              5 - a has _a = a, _pa = -1.0, _b = 5.0, _pb = None, and its _form says that operand 1 is in _a.
    #   _mark      for the walk: see engine.graph
    #   _tag       the label, and the scopes that gave the Value: see engine.scopes
    __slots__ = ("__weakref__", "_a", "_b", "_form", "_grad", "_mark", "_number", "_pa", "_pb", "_tag")

    def __init__(self, data: Any, label: str = "", _op: str = "", _children: Any = ()) -> None:
        self._number: float = data if type(data) is float else real_number(data, "a Value")
        self._grad = NOT_COMPUTED
        self._form = None
        self._mark = None
        self._b = False
        if label != "" or _op or _children:
            set_label(self, label, _op, _children)

    @property
    def data(self) -> float:
        """The number. To assign another (TypeError unless it is real) affects later operations only."""
        watch(self, "the data")  # Raises while a program is recorded, which would freeze the number.
        return self._number

    @data.setter
    def data(self, data: Any) -> None:
        number = data if type(data) is float else real_number(data, "data")
        if self._form is None:
            self._b = True
        else:
            REWRITTEN.add(self)
        self._number, LATEST_WRITE[0] = number, object()

    @property
    def grad(self) -> float:
        """d(result)/d(self) after ``result.backward()``; 0.0 before. In a leaf, calls add up. Takes a real number.

        If it does not exist, reading it raises the error that says why.
        """
        # A result has no _grad until a sweep: one slot less to fill for each operation.
        grad: Any = getattr(self, "_grad", NOT_COMPUTED)
        return grad.refuse() if type(grad) is Undefined else grad  # type: ignore[no-any-return]

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = grad if type(grad) is float else real_number(grad, "grad")

    @property
    def is_leaf(self) -> bool:
        """Whether this Value was given, not computed."""
        return self._form is None

    @property
    def operation(self) -> Primitive | None:
        """The row (`Primitive`) of the operation that made this Value; None for a leaf."""
        return None if self._form is None else self._form.row

    @property
    def edges(self) -> tuple[tuple[Value | float, float | None], ...]:
        """(operand, local partial) for each operand, in order; the partial of a number is None. () for a leaf."""
        if self._form is None:
            return ()
        first, edge = self._form.first, (self._a, self._pa)
        if self._b is None:
            return (edge,)
        if type(self._b) is tuple:
            return (*self._b[:first], edge, *self._b[first:])
        return ((self._b, self._pb), edge) if first else (edge, (self._b, self._pb))

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What this Value was computed from, in order: a number written in the expression is a float. () for a leaf."""
        if self._form is not None and self._pb is not None:  # Quick where it is frequent.
            return self._a, self._b
        return tuple([operand for operand, _ in self.edges])

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The local partial derivative for each operand, from the forward pass; None for a number."""
        return tuple([partial for _, partial in self.edges])

    def backward(self, seed: float = 1.0) -> None:
        """Leave d(self)/d(node), times ``seed``, in the ``grad`` of every node from which self was computed.

        Leaves accumulate over calls; results are set anew by each call. A derivative that does not exist (``sqrt`` at
        0) spoils no other: reading it raises the error. If no leaf has one, so does this, and nothing has changed.
        """
        seed = seed if type(seed) is float else real_number(seed, "the seed of backward()")
        backward_alone(walking, sweep, self, seed)

    def detach(self) -> Value:
        """A new leaf with this number and label, through which no gradient flows back."""
        watch(self, "detach()")
        return Value(self._number, self.label)
