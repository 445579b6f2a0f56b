"""The numbers of a node in rows: its data and gradient; for a part, those of its inputs, parameters and outputs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Value
from engine.extend import Undefined, gradient_of, numbers_in
from viz.graphs.parts import Part, local
from viz.notation import common_name, plain
from viz.record import Record

_MOST_INPUTS = 4
_MOST_PARAMETERS = 6


@dataclass(frozen=True)
class Row:
    """Numbers of one kind: of one Value, of Values that are alike, or of several that share a row.

    name       what they are; empty where the node says so
    data       empty where there is only a gradient
    gradients  None where one of them was not computed; empty where there can be none
    """

    name: str
    data: tuple[float, ...]
    gradients: tuple[float, ...] | None


def row_of(name: str, values: Sequence[Value]) -> Row:
    """The data and gradients of some Values in a row."""
    computed = all(value.has_grad for value in values)
    return Row(name, tuple(value.data for value in values), tuple(map(gradient_of, values)) if computed else None)


def part_rows(record: Record, part: Part, members: Sequence[Value], outputs: Sequence[Value]) -> tuple[Row, ...]:
    """Inputs, parameters, outputs, and the norm of the gradient by the parameters."""
    called = record.full_names
    trained = [member for member in members if member in record.parameters]
    shared = common_name([called[output] for output in outputs]) if all(output.label for output in outputs) else ""
    output_row = row_of(_counted(f"output {shared}".strip(), len(outputs)), outputs)
    rows = [*_input_rows(part, called), *_parameter_rows(part, trained, called), output_row]
    if trained:
        computed = all(parameter.has_grad for parameter in trained)
        gradients = list(map(gradient_of, trained))
        missing = [gradient for gradient in gradients if isinstance(gradient, Undefined)]
        norm: Any = missing[0] if missing else math.hypot(*gradients)
        rows.append(Row("gradient norm", (), (norm,) if computed else None))
    return tuple(rows)


def _input_rows(part: Part, called: Mapping[Value, str]) -> Iterable[Row]:
    """A row for each input, with its number in each call; many inputs share one."""
    calls = [numbers_in(inputs) for inputs in part.calls]
    places = list(zip(*calls, strict=False))
    if len(places) > _MOST_INPUTS or any(len(call) != len(places) for call in calls):
        return [_input_row("inputs", [number for call in calls for number in call])]
    names = [_input_name(place, numbers, called) for place, numbers in enumerate(places)]
    return [_input_row(name, numbers) for name, numbers in zip(names, places, strict=True)]


def _input_name(place: int, numbers: Sequence[Value | float], called: Mapping[Value, str]) -> str:
    """What the labels of the inputs in one place share, else their place."""
    labels = [called.get(number, "") for number in numbers if isinstance(number, Value) and number.label]
    return (common_name(labels) if len(labels) == len(numbers) else "") or f"input {place}"


def _input_row(name: str, numbers: Sequence[Value | float]) -> Row:
    """Inputs in a row, each once; numbers have no gradient."""
    values = list(dict.fromkeys(number for number in numbers if isinstance(number, Value)))
    if values and len(values) == len(set(numbers)):
        return row_of(_counted(name, len(values)) if name == "inputs" else name, values)
    return Row(_counted(name, len(numbers)) if name == "inputs" else name, tuple(map(plain, numbers)), ())


def _parameter_rows(part: Part, trained: Sequence[Value], called: Mapping[Value, str]) -> Iterable[Row]:
    """A row for each parameter; of many, a row for each kind: ``w`` for ``w[0]``, ``w[1]`` and so on."""
    named = sorted(
        ((local(called[parameter], part), parameter) for parameter in trained), key=lambda row: natural(row[0])
    )
    if len(trained) <= _MOST_PARAMETERS:
        return [row_of(name, [parameter]) for name, parameter in named]
    kinds: dict[str, list[Value]] = {}
    for name, parameter in named:
        kind = name.rpartition(".")[2]
        kinds.setdefault(re.sub(r"\[\d+\]|#?\d+$", "", kind) or kind, []).append(parameter)
    return [row_of(_counted(kind, len(parameters)), parameters) for kind, parameters in kinds.items()]


def natural(name: str) -> tuple[list[tuple[int, str]], bool, list[tuple[int, str]]]:
    """The order of names, as a key: by owner, then those with an index first, ``w[2]`` before ``w[10]``."""
    owner, _, name = name.rpartition(".")
    return _pieces(owner), "[" not in name, _pieces(name)


def _pieces(name: str) -> list[tuple[int, str]]:
    """The pieces of a name: numbers in it sort as numbers."""
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in re.split(r"(\d+)", name)]


def _counted(name: str, count: int) -> str:
    """A name, and how many it stands for."""
    return f"{name} ({count})" if count > 1 else name
