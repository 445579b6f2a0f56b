"""The pages of the reference: every public name, with its signature and its docstring, in an order to read.

As an extension of Sphinx, it also tells autodoc how this project writes docstrings.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import engine
from examples.site.docstrings import code, summary, to_rst
from examples.site.primitives import ways

FOLDER = "api"


class Subject(NamedTuple):
    """A page: its name and title, the public names on it, and the modules whose docstrings stand before them."""

    page: str
    title: str
    names: str
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
        Subject("table", "The table of primitives", "Primitive primitives_table register source DomainError"),
    ),
    "nn": (
        Subject(
            "layers", "Networks", "MLP Layer Neuron Module", "nn.layers nn.activations nn.initializers nn.matrices"
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
        Subject("pages", "Pages to play with", "player Player playground Playground explorer Explorer"),
        Subject("traces", "Traces", "trace"),
    ),
    "viz.plots": (),
    "engine.extend": (),
}
"""The pages of each package, in the order of the site. Public names on none of them stand on the package's own page."""


def write(folder: Path) -> None:
    """Write the pages into the sources of the site: ``api`` leads to all others."""
    _save(folder, FOLDER, _index())
    folder = folder / FOLDER
    folder.mkdir()
    for package, subjects in PACKAGES.items():
        _save(folder, package, _package_page(package, subjects))
        for subject in subjects:
            _save(folder, f"{package}.{subject.page}", _subject_page(package, subject))


def _save(folder: Path, page: str, lines: Iterator[str]) -> None:
    (folder / f"{page}.rst").write_text("\n".join([*lines, ""]), encoding="utf-8")


def _index() -> Iterator[str]:
    yield from _title("Reference")
    yield from ("Every public name, by package.", "")
    yield from _toctree([f"{FOLDER}/{package}" for package in PACKAGES])


def _package_page(package: str, subjects: tuple[Subject, ...]) -> Iterator[str]:
    """What the package is for, its pages with all their names, and the names that are on none of them."""
    yield from _title(package)
    yield from (f".. py:module:: {package}", "")
    yield from to_rst(importlib.import_module(package).__doc__ or "", link=_link)
    yield ""
    for subject in subjects:
        yield from (f":doc:`{subject.title} <{package}.{subject.page}>`", "", *_overview(package, subject), "")
    yield from _toctree([f"{package}.{subject.page}" for subject in subjects], hidden=True)
    for name in _others(package, subjects):
        yield from _entry(f"{package}.{name}")


def _subject_page(package: str, subject: Subject) -> Iterator[str]:
    yield from _title(subject.title)
    for module in subject.modules.split():
        yield from (f".. py:module:: {module}", "")
        yield from to_rst(importlib.import_module(module).__doc__ or "", link=_link)
        yield ""
    yield from (f".. py:currentmodule:: {package}", "")
    for name in _names(package, subject):
        yield from _entry(f"{package}.{name}")
    if "Value" in subject.names.split():
        yield from _methods()


def _title(text: str, line: str = "=") -> tuple[str, ...]:
    return (text, line * len(text), "")


def _toctree(pages: Any, hidden: bool = False) -> Iterator[str]:
    yield from (".. toctree::", "   :maxdepth: 2", *(["   :hidden:"] if hidden else []), "")
    yield from (*(f"   {page}" for page in pages), "")


def _names(package: str, subject: Subject) -> list[str]:
    """The names of a page that there are."""
    return [name for name in subject.names.split() if hasattr(importlib.import_module(package), name)]


def _others(package: str, subjects: tuple[Subject, ...]) -> list[str]:
    """The public names that no page has, in the order in which the package's docstring mentions them."""
    module = importlib.import_module(package)
    known = {name for subject in subjects for name in subject.names.split()}
    rows = {row.name for row in engine.primitives_table()} if package == "engine" else set()
    text = module.__doc__ or ""
    return sorted(set(module.__all__) - known - rows, key=lambda name: (text.find(f"`{name}`"), name))


def _overview(package: str, subject: Subject) -> Iterator[str]:
    """A table of the names of a page, each with its first sentence."""
    yield from (".. list-table::", "   :widths: 30 70", "")
    for name in _names(package, subject):
        doc = inspect.getdoc(getattr(importlib.import_module(package), name)) or ""
        yield f"   * - :py:obj:`{name} <{package}.{name}>`"
        yield f"     - {summary(doc, _link)}"


def _entry(name: str) -> Iterator[str]:
    """The directive by which autodoc describes a public name."""
    item = _find(name)
    if not isinstance(item, type):
        yield from (f".. auto{'function' if callable(item) else 'data'}:: {name}", "")
        return
    bases = ", ".join(base.__name__ for base in item.__mro__[1:] if base.__module__ == "builtins" or _public(base))
    yield from (f".. autoclass:: {name}", "   :members:", "   :special-members: __call__", "   :show-inheritance:")
    yield from (f"   :inherited-members: {bases}", "")


def _methods() -> Iterator[str]:
    """The operators and methods of Value that come from the table."""
    yield from _title("Operations of a Value", "-")
    yield from (
        "They come from the :doc:`table of primitives </primitives>`, a row for each:",
        "",
        ".. list-table::",
        "",
    )
    for row in engine.primitives_table():
        yield f"   * - :py:obj:`{row.name} <engine.{row.name}>`"
        yield f"     - {', '.join(map(code, ways(row)))}"
    yield ""


def _find(name: str) -> Any:
    package, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(package), attribute)


def _public(item: type) -> str:
    """The name by which a class is public; empty if it is not."""
    return next((f"{p}.{item.__name__}" for p in PACKAGES if vars(_module(p)).get(item.__name__) is item), "")


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _link(name: str) -> str:
    """A link, for names that Sphinx knows where they stand, or that some package makes public."""
    first, dot, rest = name.partition(".")
    package = next((package for package in PACKAGES if first in _module(package).__all__), "")
    return f":py:obj:`{name} <{package}.{first}{dot}{rest}>`" if package else f":py:obj:`{name}`"


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx how signatures and docstrings are read."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_css_file("reference.css")
    app.connect("config-inited", _configure)
    app.connect("autodoc-process-docstring", _read_docstring)
    app.connect("autodoc-process-signature", _read_signature)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True}


def _configure(_app: Any, config: Any) -> None:
    config.autodoc_preserve_defaults = True
    config.autodoc_member_order = "bysource"
    config.python_maximum_signature_line_length = 80


def _read_docstring(_app: Any, _what: str, _name: str, item: Any, _options: Any, lines: list[str]) -> None:
    try:
        parameters = list(inspect.signature(item).parameters)
    except (TypeError, ValueError):
        parameters = []
    lines[:] = [*to_rst("\n".join(lines), parameters, _link), ""]


_HIDDEN = re.compile(r", _\w+: [^,()]*(?:\(\))?")


def _read_signature(
    _app: Any, _what: str, _name: str, _item: Any, _options: Any, text: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Leave out parameters that are for programs written for others, as micrograd's of Value are."""
    return _HIDDEN.sub("", text) if text else text, returned


def _skip(_app: Any, _what: str, name: str, item: Any, skip: bool, _options: Any) -> bool:
    """Leave out what the table of primitives describes, and what has the short names of other libraries."""
    rows = {str(row) for row in engine.primitives_table()}
    return skip or len(name) == 1 or inspect.getdoc(item) in rows
