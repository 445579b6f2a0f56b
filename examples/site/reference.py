"""The pages of the API: every public name, with its signature and its docstring, in an order to read.

As an extension of Sphinx, it also tells autodoc how this project writes docstrings.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import engine
from engine.extend import State
from examples.site.docstrings import code, summary, to_rst
from examples.site.primitives import ways

PAGE = "api"


class Subject(NamedTuple):
    """A page.

    page     its name
    title    its heading
    names    the public names on it, in the order to read
    opening  a module whose docstring stands before them
    modules  modules that have sections of their own behind them, with the functions in their tables
    """

    page: str
    title: str
    names: str
    opening: str = ""
    modules: str = ""


PACKAGES: dict[str, tuple[Subject, ...]] = {
    "engine": (
        Subject("values", "Values and graphs", "Value topological_order no_grad scope LostGradientWarning"),
        Subject(
            "gradients",
            "Gradients and transforms",
            "gradients grad value_and_grad vjp jvp jacobian hessian hvp gradcheck GradcheckError StaleGraphError",
        ),
        Subject("programs", "Programs", "Program recording RecordingError"),
        Subject("rows", "Rows of the table", "Primitive primitives_table register source DomainError"),
    ),
    "nn": (
        Subject(
            "networks",
            "Networks",
            "MLP Layer Neuron Module",
            "nn.layers",
            "nn.activations nn.initializers nn.matrices",
        ),
        Subject(
            "losses",
            "Losses",
            "mean_squared_error half_sum_of_squares binary_cross_entropy binary_cross_entropy_with_logits "
            "cross_entropy hinge l1_penalty l2_penalty softmax log_sum_exp",
            "nn.losses",
        ),
        Subject("optimizers", "Optimizers", "SGD RMSProp Adam AdamW Optimizer", "nn.optimizers"),
        Subject("schedules", "Schedules", "StepSchedule ExponentialSchedule CosineSchedule", "nn.schedules"),
        Subject("training", "Training", "train History", "nn.training"),
    ),
    "viz": (
        Subject("pictures", "Pictures", "draw to_dot compare Drawing TooManyNodesError GraphvizError"),
        Subject("pages", "Pages", "player Player playground Playground explorer Explorer"),
        Subject("traces", "Traces", "trace"),
    ),
    "viz.plots": (),
    "engine.extend": (),
}
"""The pages of each package, in the order of the site. Public names on none of them stand on the package's own page."""


def write(folder: Path) -> None:
    """Write the pages into the sources of the site: ``api`` leads to all others."""
    _save(folder, PAGE, _index())
    folder = folder / PAGE
    folder.mkdir()
    for package, subjects in PACKAGES.items():
        _save(folder, package, _package_page(package, subjects))
        for subject in subjects:
            _save(folder, f"{package}.{subject.page}", _subject_page(package, subject))


def _save(folder: Path, page: str, lines: Iterator[str]) -> None:
    (folder / f"{page}.rst").write_text("\n".join([*lines, ""]), encoding="utf-8")


# --- Pages -----------------------------------------------------------------------------------------------------------


def _index() -> Iterator[str]:
    yield from (*_title("API"), *_overview(PACKAGES), "")
    yield from _toctree(f"{PAGE}/{package}" for package in PACKAGES)


def _package_page(package: str, subjects: tuple[Subject, ...]) -> Iterator[str]:
    """What the package is for, its pages with all their names, and the names that are on none of them."""
    yield from (*_title(code(package)), *_about(package))
    for subject in subjects:
        yield from _title(f":doc:`{subject.title} <{package}.{subject.page}>`", "-")
        yield from (*_overview(f"{package}.{name}" for name in _names(package, subject)), "")
    yield from _toctree(f"{package}.{subject.page}" for subject in subjects)
    for name in _others(package, subjects):
        yield from _entry(f"{package}.{name}")


def _subject_page(package: str, subject: Subject) -> Iterator[str]:
    yield from _title(subject.title)
    if subject.opening:
        yield from _about(subject.opening)
    yield from (f".. py:currentmodule:: {package}", "")
    for name in _names(package, subject):
        yield from _entry(f"{package}.{name}")
    if "Value" in subject.names.split():
        yield from _operations()
    for module in subject.modules.split():
        yield from (*_title(module.rpartition(".")[2].capitalize(), "-"), *_about(module))
        for name in _functions(module):
            yield from _entry(f"{module}.{name}")


def _title(text: str, line: str = "=") -> tuple[str, ...]:
    return (text, line * len(text), "")


def _toctree(pages: Iterable[str]) -> Iterator[str]:
    """What the sidebar shows below a page."""
    yield from (".. toctree::", "   :hidden:", "", *(f"   {page}" for page in pages), "")


def _about(module: str) -> Iterator[str]:
    """What the docstring of a module says."""
    yield from (f".. py:module:: {module}", "", *to_rst(_find(module).__doc__ or "", link=_link), "")


_TABLE = (".. list-table::", "   :width: 100%", "   :widths: 30 70", "")


def _overview(names: Iterable[str]) -> Iterator[str]:
    """A table of packages or of names in them, each with its first sentence."""
    yield from _TABLE
    for name in names:
        yield f"   * - :py:obj:`{'' if name in PACKAGES else '~'}{name}`"
        yield f"     - {summary(inspect.getdoc(_find(name)) or '', _link)}"


def _operations() -> Iterator[str]:
    """The operators and methods of Value that come from the table."""
    yield from _title("Operations of a Value", "-")
    yield from ("They come from the :doc:`table of primitives </primitives>`, a row for each:", "", *_TABLE)
    for row in engine.primitives_table():
        yield f"   * - :py:obj:`{row.name} <engine.{row.name}>`"
        yield f"     - {', '.join(map(code, ways(row)))}"
    yield ""


def _entry(name: str) -> Iterator[str]:
    """The directive by which autodoc describes a public name."""
    item = _find(name)
    if not isinstance(item, type):
        yield from ([f".. autofunction:: {name}"] if callable(item) else [f".. py:data:: {name}"])
        yield ""
        return
    yield f".. auto{'exception' if issubclass(item, Exception) else 'class'}:: {name}"
    bases = _known_bases(item)
    if bases:
        yield "   :show-inheritance:"
    if State not in bases:  # What begins and ends a block is told by the docstring alone.
        inherited = ", ".join(base.__name__ for base in [*bases, object])
        yield from ("   :members:", "   :special-members: __call__", f"   :inherited-members: {inherited}")
    yield ""


# --- Names -----------------------------------------------------------------------------------------------------------


def _names(package: str, subject: Subject) -> list[str]:
    """The names of a page that there are."""
    return [name for name in subject.names.split() if name in _find(package).__all__]


def _others(package: str, subjects: tuple[Subject, ...]) -> list[str]:
    """The public names that no page has, in the order in which the package's docstring mentions them."""
    known = {name for subject in subjects for name in subject.names.split()}
    rows = {row.name for row in engine.primitives_table()} if package == "engine" else set()
    text = _find(package).__doc__ or ""
    return sorted(set(_find(package).__all__) - known - rows, key=lambda name: (text.find(f"`{name}`"), name))


def _functions(module: str) -> list[str]:
    """The functions that a module offers by name, in tables."""
    tables = [item for name, item in vars(_find(module)).items() if name.isupper() and isinstance(item, dict)]
    return list(dict.fromkeys(item.__name__ for table in tables for item in table.values() if inspect.isfunction(item)))


def _find(name: str) -> Any:
    """What has this name: a module or what is in one, which goes before a module of the same name."""
    package, _, attribute = name.rpartition(".")
    inside = getattr(importlib.import_module(package), attribute, None) if package else None
    return importlib.import_module(name) if inside is None else inside


def _known_bases(item: type) -> list[type]:
    """The ancestors of a class that are Python's own or public."""
    return [base for base in item.__mro__[1:-1] if base.__module__ == "builtins" or _is_public(base)]


def _is_public(item: type) -> bool:
    return any(vars(_find(package)).get(item.__name__) is item for package in PACKAGES)


def _link(name: str) -> str:
    """A link, for names that Sphinx knows where they stand, or that some package makes public."""
    first, dot, rest = name.partition(".")
    package = next((package for package in PACKAGES if first in _find(package).__all__), "")
    return f":py:obj:`{name} <{package}.{first}{dot}{rest}>`" if package else f":py:obj:`{name}`"


# --- Sphinx ----------------------------------------------------------------------------------------------------------

_HIDDEN = re.compile(r", _\w+: [^,()]*(?:\(\))?")


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx how signatures and docstrings are read."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_css_file("reference.css")
    app.connect("config-inited", _configure)
    app.connect("autodoc-process-docstring", _read_docstring)
    app.connect("autodoc-process-signature", _read_signature)
    app.connect("autodoc-process-bases", _show_bases)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True}


def _configure(_app: Any, config: Any) -> None:
    config.autodoc_preserve_defaults = True
    config.autodoc_member_order = "bysource"
    config.python_maximum_signature_line_length = 90


def _read_docstring(_app: Any, _what: str, _name: str, item: Any, _options: Any, lines: list[str]) -> None:
    try:
        parameters = list(inspect.signature(item).parameters)
    except (TypeError, ValueError):
        parameters = []
    lines[:] = [*to_rst("\n".join(lines), parameters, _link), ""]


def _read_signature(
    _app: Any, _what: str, _name: str, _item: Any, _options: Any, text: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Leave out parameters that are there for programs written for others, as micrograd's of Value are."""
    return _HIDDEN.sub("", text) if text else text, returned


def _show_bases(_app: Any, _name: str, item: type, _options: Any, bases: list[type]) -> None:
    """In place of each base of a class, show the nearest ancestor that a reader can know."""
    known = _known_bases(item)
    nearest = [next((base for base in parent.__mro__ if base in known), None) for parent in item.__bases__]
    bases[:] = [base for base in dict.fromkeys(nearest) if base]


def _skip(_app: Any, _what: str, name: str, item: Any, skip: bool, _options: Any) -> bool:
    """Leave out what the table of primitives describes, and what has the short names of other libraries."""
    return skip or not item.__doc__ or len(name) == 1 or item.__doc__ in _texts_of_rows()


@cache
def _texts_of_rows() -> set[str]:
    return {str(row) for row in engine.primitives_table()}
