"""The page of the table of primitives: formulas, plots, and what the table's own comments say."""

from __future__ import annotations

import ast
import html
import inspect
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import NamedTuple

import engine
from engine.extend import FLOATS
from examples.site.curves import FIXED, operands, plot, swatch
from examples.site.docstrings import code, inline, to_rst
from viz.mathml import formula

PAGE = "primitives"
primitives: ModuleType = inspect.getmodule(engine.Primitive)  # Its comments and docstring are the text of this page.
POINTS = (0.75, 1.5, -0.75, *(sign * 10.0**power for power in range(1, 10) for sign in (1, -1)))
"""The first operand of an example: the first of these that is in the domain."""


class Written(NamedTuple):
    """How a row stands in the table: with the title and the note of its group, and as text."""

    title: str
    note: str
    text: str


def write(folder: Path) -> None:
    """Write the page into the sources of the site."""
    (folder / f"{PAGE}.rst").write_text("\n".join([*_page(), ""]), encoding="utf-8")


def _page() -> Iterator[str]:
    rows = engine.primitives_table()
    table = written_table()
    written = {row.name: table.get(row.name) or Written("Your own", "", repr(row)) for row in rows}
    yield from ("The table of primitives", "=" * 23, "", ".. py:module:: engine.primitives", "")
    yield from (*to_rst(primitives.__doc__ or "", link=_link), "", ".. py:currentmodule:: engine", "")
    yield from _raw(_overview({row.name: row for row in rows}))
    fixed = " and ".join(f"{name} = {number:g}" for name, number in zip("yz", FIXED, strict=True))
    yield from (f"The plots show how value and partials change with x; other operands stay at {fixed}.", "")
    for title, group in groupby(rows, lambda row: written[row.name].title):
        members = list(group)
        yield from (title, "-" * len(title), "", inline(written[members[0].name].note, _link), "")
        for row in members:
            yield from _section(row, written[row.name].text)
    yield from ("Written exponents", "-" * 17, "", ".. autodata:: engine.primitives.POWERS", "   :no-value:", "")
    yield from _raw(_overview({f"x ** {exponent:g}": row for exponent, row in primitives.POWERS.items()}))


def written_table() -> dict[str, Written]:
    """The rows of the table in its own text: comments above a row begin a group, with a sentence that is its title."""
    text = inspect.getsource(primitives)
    lines = text.splitlines()
    found: dict[str, Written] = {}
    title = note = ""
    for row in _rows_in(text):
        above = row.lineno - 2
        comment: list[str] = []
        while lines[above].lstrip().startswith("#"):
            comment.insert(0, lines[above].strip(" #"))
            above -= 1
        if comment:
            title, _, note = " ".join(comment).partition(".")
        source = dedent("\n".join(lines[row.lineno - 1 : row.end_lineno])).removesuffix(",")
        found[ast.literal_eval(row.args[0])] = Written(title, note.strip(), source)
    return found


def _rows_in(text: str) -> Iterator[ast.Call]:
    """The rows of the table as Python reads them."""
    for statement in ast.parse(text).body:
        match statement:
            case ast.Assign([ast.Name("ROWS")], ast.Tuple(rows)):
                yield from (row for row in rows if isinstance(row, ast.Call))


def _overview(rows: Mapping[str, engine.Primitive]) -> Iterator[str]:
    """A table of formulas, with links to the sections of the rows."""
    yield '<div class="table-wrapper primitives-overview"><table class="docutils">'
    yield "<thead><tr><th>primitive</th><th>value</th><th>partials</th><th>at a kink</th></tr></thead><tbody>"
    for name, row in rows.items():
        partials = "".join(f"<div>{formula(text)}</div>" for text in row.partials)
        taken = ", ".join(formula(str(number)) for number in row.at_kink)
        link = f'<a href="#{_anchor(row)}"><code>{html.escape(name)}</code></a>'
        yield f"<tr><td>{link}</td><td>{formula(row.value)}</td><td>{partials}</td><td>{taken}</td></tr>"
    yield "</tbody></table></div>"


def _section(row: engine.Primitive, text: str) -> Iterator[str]:
    """One row: how it is written, its formulas beside their curves, an example, and the row itself."""
    yield from (f".. _{_anchor(row)}:", "", code(row.name), "^" * len(code(row.name)), "")
    yield from (f".. py:function:: {row.name}({', '.join(row.operand_names)})", "   :no-contents-entry:", "")
    if others := ways(row)[:-1]:
        yield from (f"   Also written {' or '.join(map(code, others))}.", "")
    yield from _raw(_formulas(row))
    yield from _code(example(row), "example")
    yield from _code(text, "row")


def _formulas(row: engine.Primitive) -> Iterator[str]:
    yield f'<div class="primitive">{plot(row)}<div class="formulas">'
    yield f"<div>{swatch(0)}<span>{_MATH.format('<mi>r</mi>')}{formula(row.value)}</span></div>"
    for place, (name, text) in enumerate(zip(row.operand_names, row.partials, strict=True), start=1):
        yield f"<div>{swatch(place)}<span>{_left(name)}{formula(text)}</span></div>"
    if row.domain != "True":
        yield f"<p>The tests compare the partials with differences where {formula(row.domain)}.</p>"
    if row.kink:
        yield f"<p>At the kink, where {formula(f'{row.kink} == 0')}: {_kink(row)}.</p>"
    yield "</div></div>"


_MATH = '<math displaystyle="true"><mrow>{}<mo>=</mo></mrow></math>'


def _left(name: str) -> str:
    """The left side of the equation of a partial."""
    return _MATH.format(f"<mfrac><mrow><mo>∂</mo><mi>r</mi></mrow><mrow><mo>∂</mo><mi>{name}</mi></mrow></mfrac>")


def _kink(row: engine.Primitive) -> str:
    """What the partials are taken to be at a kink."""
    taken = zip(row.operand_names, row.at_kink, strict=False)
    return ", ".join(f"{_left(name)}{formula(str(number))}" for name, number in taken)


def ways(row: engine.Primitive) -> list[str]:
    """How an operation is written: as an operator, as methods of a Value, as a function."""
    first, *others = row.operand_names
    operator = row.symbol if row.symbol and not row.symbol.isidentifier() else ""
    names = [name for name in dir(engine.Value) if not name.startswith("_") and _makes(name, row)]
    return [
        *([f"{first} {operator} {others[0]}" if others else f"{operator}{first}"] if operator else []),
        *(f"{first}.{name}({', '.join(others)})" for name in sorted(names, key=lambda name: (name != row.name, name))),
        f"engine.{row.name}({', '.join(row.operand_names)})",
    ]


def _makes(method: str, row: engine.Primitive) -> bool:
    """Whether a method of Value is this operation."""
    return inspect.getdoc(getattr(engine.Value, method)) == str(row)


def example(row: engine.Primitive) -> str:
    """A few lines that compute value and gradients, with what they print; "" if no point is in the domain."""
    points = (operands(row, x) for x in POINTS)
    point = next((point for point in points if eval(row.domain, FLOATS, point)), None)
    if point is None:
        return ""
    names = ", ".join(point)
    leaves = {name: engine.Value(number) for name, number in point.items()}
    result = getattr(engine, row.name)(*leaves.values())
    result.backward()
    prints = " ".join(str(number) for number in (result.data, *(leaf.grad for leaf in leaves.values())))
    return "\n".join(
        [
            f"{names} = {', '.join(f'Value({number})' for number in point.values())}",
            f"r = {ways(row)[0]}",
            "r.backward()",
            f"print(r.data, {', '.join(f'{name}.grad' for name in point)})  # {prints}",
        ]
    )


def _anchor(row: engine.Primitive) -> str:
    return f"primitive-{row.name.replace('_', '-')}"


def _link(name: str) -> str:
    """A link for what is a public name."""
    return f":py:obj:`{name} <{'engine' if hasattr(engine, name) else primitives.__name__}.{name}>`"


def _raw(lines: Iterator[str]) -> Iterator[str]:
    yield from (".. raw:: html", "", *(f"   {line}" for line in lines), "")


def _code(text: str, kind: str) -> Iterator[str]:
    if not text:
        return
    yield from (
        ".. code-block:: python",
        f"   :class: primitive-{kind}",
        "",
        *(f"   {line}" for line in text.splitlines()),
        "",
    )
