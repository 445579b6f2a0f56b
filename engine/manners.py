"""How a Value behaves as a number among Python's numbers, NumPy's arrays and micrograd's programs.

A use of the number that the graph does not record (``x < y``, ``float(x)``) tells `watch` of engine.recording.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from engine.backward import NOT_COMPUTED
from engine.failures import Undefined
from engine.primitives import Cut
from engine.recording import watch, watch_cast

if TYPE_CHECKING:
    from engine.table import Methods
else:
    Methods = object

Kind = TypeVar("Kind", bound=type)

_ROW_OF_YOUR_OWN = (
    "an operation of your own is a row with its derivatives, engine.register(Primitive('cube', 'x**3', ('3 * x**2',)))"
)


class Manners(Methods):
    """What Value gets by `with_manners`: label, comparisons, conversions and text."""

    if TYPE_CHECKING:  # What a Value holds, and what `pickling` gives it.
        _a: Any
        _b: Any
        _number: float  # Not _data, which the masked arrays of NumPy would take without asking.
        _form: Any
        _grad: float
        _mark: Any
        _pa: Any
        _pb: Any
        _tag: Any
        edges: Any
        grad: Any
        operands: Any
        __deepcopy__: Callable[[Any, dict[int, Any]], Any]

    @property
    def label(self) -> str:
        """A name for pictures, traces and errors; empty unless given. Raises TypeError for anything but a str."""
        # A slot of its own would cost every node 8 bytes, so the label shares one with the scopes: see engine.scopes.
        try:
            tag = self._tag
        except AttributeError:
            return ""
        return tag if isinstance(tag, str) else tag[0]

    @label.setter
    def label(self, label: str) -> None:
        set_label(self, label)

    @property
    def has_grad(self) -> bool:
        """Whether ``grad`` was computed or assigned, so that its 0.0 is not just the one it starts with."""
        return getattr(self, "_grad", NOT_COMPUTED) is not NOT_COMPUTED

    def zero_grad(self) -> None:
        """Forget the gradient: back to the 0.0 of a new Value."""
        self._grad = NOT_COMPUTED

    def __pos__(self) -> Any:
        return self

    def conjugate(self) -> Any:
        """The Value itself, which is real: NumPy's ``std``, ``var`` and ``vdot`` ask for this."""
        return self

    def __lt__(self, other: Any) -> bool:
        watch(self, "the comparison <")
        return self._number < (other._number if type(other) is type(self) else other)

    def __le__(self, other: Any) -> bool:
        watch(self, "the comparison <=")
        return self._number <= (other._number if type(other) is type(self) else other)

    def __gt__(self, other: Any) -> bool:
        watch(self, "the comparison >")
        return self._number > (other._number if type(other) is type(self) else other)

    def __ge__(self, other: Any) -> bool:
        watch(self, "the comparison >=")
        return self._number >= (other._number if type(other) is type(self) else other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float, Real)):
            watch(self, "the comparison ==")
        return self is other

    __hash__ = object.__hash__

    def __float__(self) -> float:
        watch_cast(self)
        return self._number

    def __bool__(self) -> bool:
        watch(self, "the truth")
        raise TypeError("the truth of a Value is ambiguous: compare its number (x > 0, x.data != 0) or use where(x, …)")

    def __format__(self, specification: str) -> str:
        watch(self, "the text")
        return format(self._number, specification) if specification else str(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._number!r}, grad={getattr(self, '_grad', NOT_COMPUTED)!r}{label})"

    def __copy__(self) -> Any:
        raise TypeError("copy.copy of a Value is ambiguous: detach() copies the number, copy.deepcopy the whole graph")

    @property
    def _prev(self) -> set[Any]:
        """The operands that are Values, under micrograd's name, so that micrograd's drawing runs on this engine."""
        return {operand for operand in self.operands if not isinstance(operand, float)}

    @property
    def _op(self) -> str:
        """The symbol of the operation, under micrograd's name; empty for a leaf."""
        return "" if self._form is None else self._form.row.symbol or self._form.row.name

    @property
    def _backward(self) -> Callable[[], None]:
        """The step of this node alone, under micrograd's name: what `backward()` does for each node of the graph."""

        def step() -> None:
            """Add partial * grad to the gradient of each operand."""
            edges = [edge for edge in self.edges if edge[1] is not None and not isinstance(edge[1], Cut)]
            shares = [(operand, partial * self.grad) for operand, partial in edges]
            if shares and all(isinstance(share, Undefined) for _, share in shares):
                shares[0][1].refuse()
            for operand, share in shares:
                operand._grad = getattr(operand, "_grad", NOT_COMPUTED) + share

        return step

    @_backward.setter
    def _backward(self, _function: object) -> None:
        raise AttributeError(f"a Value has no _backward of your own: {_ROW_OF_YOUR_OWN}")


_REFUSED = {
    "%": ("__mod__", "__rmod__"),
    "//": ("__floordiv__", "__rfloordiv__"),
    "divmod()": ("__divmod__", "__rdivmod__"),
    **{f"{name}()": (f"__{name}__",) for name in ("int", "round", "floor", "ceil", "trunc")},
}
"""Functions of whole steps: their derivative is 0 or 1 but for the jumps, so that a graph would learn nothing there."""


def _refusing(use: str) -> Callable[..., Any]:
    """The method that refuses ``use``."""

    def refuse(*_operands: Any) -> Any:
        """Raise TypeError."""
        raise TypeError(
            f"{use} of a Value is refused: it jumps from one whole number to the next and has no derivative there. "
            "Use the number alone (x.data), or take off steps that you count with it: x - n * y, with n = x.data // y"
        )

    return refuse


for _use, _names in _REFUSED.items():
    for _name in _names:
        setattr(Manners, _name, _refusing(_use))


def _attribute(name: str) -> property:
    """What programs for micrograd keep in a Value. A ``__dict__`` for it costs a tenth of the speed and more memory."""
    cure = f"a Value has no attribute {name!r} and no room for it: `class Param(Value): pass` has, for leaves"

    def read(self: Any) -> Any:
        """What a subclass keeps; AttributeError for a Value."""
        try:
            return vars(self)[name]
        except (TypeError, KeyError):
            raise AttributeError(cure) from None

    def write(self: Any, item: Any) -> None:
        """Keep it in a subclass; AttributeError for a Value."""
        try:
            vars(self)[name] = item
        except TypeError:
            raise AttributeError(cure) from None

    return property(read, write)


for _name in ("m", "v", "_color", "_vis_color"):
    setattr(Manners, _name, _attribute(_name))


def set_label(node: Any, label: Any, *micrograd: Any) -> None:
    """Set the label of a Value; TypeError for anything but a string, as for the operands in micrograd's constructor."""
    if any(micrograd) or isinstance(label, (tuple, set)):
        raise TypeError(f"Value takes a number and a label, no operands: {_ROW_OF_YOUR_OWN}")
    if not isinstance(label, str):
        raise TypeError(f"a label is a string, not {label!r} of type {type(label).__name__}")
    tag = getattr(node, "_tag", "")
    node._tag = label if isinstance(tag, str) else (label, *tag[1:])


def with_manners(kind: Kind) -> Kind:
    """Copy the manners into a class. If it inherited them, its objects would take longer to make and to free."""
    for name, member in vars(Manners).items():
        if callable(member) or isinstance(member, property):
            setattr(kind, name, member)
    return kind


if TYPE_CHECKING:
    Mannered = Manners
else:
    Mannered = object


def real_number(number: Any, what: str) -> float:
    """``number`` as a float; TypeError, naming ``what`` it was meant for, if it is not a real number."""
    if isinstance(number, (int, float, Real)):  # The first two spare most numbers the slow check of the third.
        try:
            return float(number)
        except OverflowError as error:
            raise OverflowError(f"{what} cannot hold so large a number: {error}") from None
    cure = ": use its detach() or data" if hasattr(number, "detach") else ""
    if not cure and getattr(number, "shape", None) == () and hasattr(number, "tolist"):
        return real_number(number.tolist(), what)  # An array of NumPy without dimensions.
    raise TypeError(f"{what} takes a real number, not {number!r} of type {type(number).__name__}{cure}")
