"""What editors and type checkers know of the table: ``python -m engine.stub`` writes it, as engine/table.pyi.

The functions and methods of the rows are made when the engine is imported, so no file has their text. This one has
their types, and for type checkers `engine` and `Value` take them from there. Write it anew after a change of the table.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path

from engine.operations import OPERATIONS
from engine.registration import OPERATORS, methods_of

FILE = Path(__file__).with_name("table.pyi")

_BEGINNING = """\
# The table of primitives for editors and type checkers, written by `python -m engine.stub`.

from typing import Protocol, overload

from engine.value import Value
"""

_KINDS = {1: "Unary", 2: "Binary", 3: "Ternary"}


def stub() -> str:
    """The text of the file: a type for each number of operands, the functions, and the methods of a Value."""
    rows = [operation.row for operation in OPERATIONS.values()]
    functions = "".join(f"{row.name}: {_KINDS[len(row.partials)]}{_excuse(row.name)}\n" for row in rows)
    counts = {method: len(row.partials) for row in rows for method in methods_of(row)}
    counts |= {name: len(OPERATIONS[row].partials) for row, names in OPERATORS.items() for name in names}
    members = [
        f"    def {name}(self{', other: Value | float, /' * (n - 1)}) -> Value: ...\n" for name, n in counts.items()
    ]
    kinds = "".join("\n" + "".join(_kind(count)) for count in _KINDS)
    return f"{_BEGINNING}{kinds}\n{functions}\nclass Methods:\n{''.join(members)}"


def _kind(count: int) -> Iterator[str]:
    """The type of a function of ``count`` operands: floats give a float, and the first Value makes the result one."""
    yield f"class {_KINDS[count]}(Protocol):\n"
    for first in range(count + 1):
        types = ["float"] * first + ["Value"] + ["Value | float"] * count
        operands = ", ".join(f"{name}: {kind}" for name, kind in zip("xyz"[:count], types, strict=False))
        yield f"    @overload\n    def __call__(self, {operands}, /) -> {'Value' if first < count else 'float'}: ...\n"


def _excuse(name: str) -> str:
    """A word to the linter, which would keep Python's own names from being used again."""
    return "  # noqa: A001" if hasattr(builtins, name) else ""


if __name__ == "__main__":
    FILE.write_text(stub(), encoding="utf-8")
