"""Derivatives of functions: reverse mode, forward mode, and their compositions, nested to any order.

The functions take and give numbers or Values. They are called with the *point*: any number of arguments, each a number,
a Value, or a list, tuple or NumPy array of these. Numbers in, numbers out; given Values, or inside another transform,
the results are Values, so that they can be differentiated again:

    >>> from engine import grad
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine.gradients import (
    Paths,
    adjoints,
    plus,
    recorded_gradient,
    stored_paths,
    symbolic_paths,
    times,
)
from engine.graph import walk
from engine.leaves import as_value
from engine.recording import is_nested, nested
from engine.states import inside
from engine.trees import any_value, flatten, is_tree, like, rebuild, rows_like
from engine.value import Value


class _Call:
    """One application of a function at a point: new Values for its inputs, and what it returned.

    An input that is a Value already is replaced by itself times 1: if the function also reaches that Value another way,
    say through a closure, that use does not count as a use of the argument.
    """

    def __init__(self, function: Callable[..., Any], point: tuple[Any, ...]) -> None:
        given = list(flatten(point))
        self.symbolic = is_nested() or any(isinstance(number, Value) for number in given)
        self.point = point
        inside(nested, self._record, function, given)
        self.outputs = [as_value(number) for number in flatten((self.output,))]

    def _record(self, function: Callable[..., Any], given: list[Any]) -> None:
        """Call the function."""
        self.inputs = [number * 1.0 if isinstance(number, Value) else Value(number) for number in given]
        self.output = function(*rebuild(self.point, iter(self.inputs)))

    def pull_back(self, seeds: Mapping[Value, Any]) -> list[Any]:
        """Reverse mode: Σ seed * d(output)/d(input) for each input."""
        symbolic = self.symbolic or any_value(seeds.values())
        found = inside(nested, adjoints, seeds, self.inputs, _paths(symbolic))
        return _results(found, symbolic)

    def push_forward(self, tangents: Sequence[Any]) -> list[Any]:
        """Forward mode: Σ d(output)/d(input) * tangent for each output."""
        symbolic = self.symbolic or any_value(tangents)
        nodes = walk(*self.outputs)

        def chain_rule(paths: Paths) -> list[Any]:
            """Pass on the tangents, from the first node to the last. An input that does not move has none."""
            moves = zip(self.inputs, tangents, strict=True)
            known: dict[Any, Any] = {x: t for x, t in moves if isinstance(t, Value) or t}
            for node in nodes[1]:
                for operand, partial in paths(node, known):
                    passed = times(partial, known[operand])
                    known[node] = plus(known[node], passed) if node in known else passed
            return [known.get(output, 0.0) for output in self.outputs]

        found = inside(nested, recorded_gradient, chain_rule, _paths(symbolic), nodes)
        return _results(found, symbolic)

    def value(self) -> Any:
        """What the function returned, as numbers if the point was numbers."""
        return self.like_output(_results(self.outputs, self.symbolic))

    def like_output(self, numbers: list[Any]) -> Any:
        """One number for each output, in the shape that the function returned."""
        return like(self.output, iter(numbers))

    def like_point(self, numbers: list[Any]) -> Any:
        """One number for each input, in the shape of the point; the one argument's own shape if there is one."""
        shaped = rebuild(self.point, iter(numbers))
        return shaped[0] if len(shaped) == 1 else shaped

    def scalar(self, transform: str) -> Value:
        """The single output, or TypeError."""
        if len(self.outputs) != 1 or is_tree(self.output):
            raise TypeError(f"{transform} is for a function that returns one number, not {self.output!r}: see jacobian")
        return self.outputs[0]


def _paths(symbolic: bool) -> Paths:
    """The partials of a node: expressions if the result is to be differentiated again, else the stored floats."""
    return symbolic_paths if symbolic else stored_paths


def _results(numbers: Iterable[Any], symbolic: bool) -> list[Any]:
    """Results as Values where they are to be differentiated again, else as floats."""
    return [as_value(number) if symbolic else as_value(number)._number for number in numbers]


def value_and_grad(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """The function point -> (value, gradient): see `grad`."""

    def value_and_gradient(*point: Any) -> tuple[Any, Any]:
        """The value at ``point`` and the gradient there."""
        call = _Call(function, point)
        output = call.scalar("grad")
        gradient = call.like_point(call.pull_back({output: 1.0}))
        return call.value(), gradient

    return value_and_gradient


def grad(function: Callable[..., Any]) -> Callable[..., Any]:
    """The gradient of a function of any number of arguments that returns one number.

    ``grad(f)(x)`` is f'(x); ``grad(f)(x, y)`` is the tuple of both partial derivatives; for an argument that is a list
    or an array there is one of derivatives, in its shape. Raises TypeError if f returns several numbers,
    and RecordingError if it takes the number alone of a Value by ``float()``, as ``math.sin`` does.
    """

    def gradient(*point: Any) -> Any:
        """The gradient at ``point``, shaped like it."""
        return value_and_grad(function)(*point)[1]

    return gradient


def vjp(function: Callable[..., Any], *point: Any) -> tuple[Any, Callable[[Any], Any]]:
    """(value, pull_back), where ``pull_back(adjoint)`` is the vector-Jacobian product adjointᵀ · J.

    The product is shaped like the point; ``adjoint`` is shaped like the value. Raises ValueError if it has more or
    fewer entries than that.
    """
    call = _Call(function, point)

    def pull_back(adjoint: Any) -> Any:
        """The product adjointᵀ · J, shaped like the point."""
        seeds: dict[Value, Any] = {}
        for output, seed in zip(call.outputs, _matching(adjoint, call.outputs, "adjoint"), strict=True):
            seeds[output] = seeds[output] + seed if output in seeds else seed
        return call.like_point(call.pull_back(seeds))

    return call.value(), pull_back


def jvp(function: Callable[..., Any], point: Sequence[Any], tangent: Sequence[Any]) -> tuple[Any, Any]:
    """(value, Jacobian-vector product J · tangent), by forward mode.

    ``point`` and ``tangent`` hold one entry for each argument. Raises ValueError if their numbers of entries differ.
    """
    if not isinstance(point, Iterable):
        raise TypeError(f"the point is a list with one entry for each argument, as in [{point}], not {point!r}")
    call = _Call(function, tuple(point))
    tangents = _matching(tangent, call.inputs, "tangent")
    return call.value(), call.like_output(call.push_forward(tangents))


def _matching(numbers: Any, wanted: Sequence[Value], name: str) -> list[Any]:
    """The numbers of ``numbers``, one for each of ``wanted``; plain ones as floats."""
    given = list(flatten((numbers,)))
    if len(given) != len(wanted):
        raise ValueError(f"the {name} has {len(given)} numbers where {len(wanted)} are needed")
    return [number if isinstance(number, Value) else Value(number).data for number in given]


def jacobian(function: Callable[..., Any]) -> Callable[..., Any]:
    """The Jacobian: for each number returned, a row of its derivatives with respect to the numbers of the point."""

    def rows(*point: Any) -> Any:
        """The Jacobian at ``point``, as a list of its rows; as an array if an argument is one."""
        call = _Call(function, point)
        return rows_like(point, [call.pull_back({output: 1.0}) for output in call.outputs])

    return rows


def hessian(function: Callable[..., Any]) -> Callable[..., Any]:
    """The matrix of second derivatives of a function that returns one number, a row for each number of the point."""
    return jacobian(grad(function))


def hvp(function: Callable[..., Any], point: Sequence[Any], vector: Sequence[Any]) -> Any:
    """The Hessian-vector product H · vector, shaped like the gradient, without the Hessian: forward over reverse.

    ``point`` and ``vector`` hold one entry for each argument, as for `jvp`.
    """
    return jvp(grad(function), point, vector)[1]
