"""The cells of a lesson, run one by one, as they stand in the page or as its reader has changed them."""

from __future__ import annotations

import builtins
import linecache
import traceback
from pathlib import Path
from typing import Any, NoReturn

from examples import OPTIONAL
from examples.lessons.reading import files_in
from examples.site.pictures import with_dark_colors


class Missing:
    """Something of a package that is not here. It may be imported and passed on; ModuleNotFoundError when it is called.

    So a lesson goes on until it needs the package.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise ModuleNotFoundError(f"{self._package} is not here", name=self._package)


def import_if_here(name: str, *rest: Any, **named: Any) -> Any:
    """Import as Python does; of a package that examples can do without, give what says that it is missing."""
    try:
        return __import__(name, *rest, **named)
    except ModuleNotFoundError as error:
        if package_of(error) not in OPTIONAL:
            raise
        return Missing(package_of(error))


def package_of(error: ModuleNotFoundError) -> str:
    """Return the package that was not found."""
    return (error.name or "").partition(".")[0]


class Session:
    """The names that cells have made so far, and the package that one of them missed."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {
            "__name__": "__main__",
            "__builtins__": {**vars(builtins), "__import__": import_if_here},
        }
        self._missed = ""

    def run(self, cell: int, code: str) -> dict[str, Any]:
        """Run a cell on the names of those before it, and return what came of it, but for what it printed.

        error   the traceback; empty if nothing went wrong
        missed  the package that is missing, where that is the reason
        files   [name, text] of each file that it wrote
        """
        before = files_in(Path())
        error, missed = "", ""
        try:
            exec(compiled(code, f"cell {cell}"), self._names)
        except BaseException as raised:
            missed = self._missing_for(raised)
            error = "" if missed else told(raised)
        written = sorted(files_in(Path()) - before, key=lambda file: file[::-1])  # in the order of their writing
        return {"error": error, "missed": missed, "files": [[path.name, text_of(path)] for path, _ in written]}

    def _missing_for(self, error: BaseException) -> str:
        """Return the package for want of which a cell failed, or one before it that was to make a name; or nothing."""
        if isinstance(error, ModuleNotFoundError) and package_of(error) in OPTIONAL:
            self._missed = package_of(error)
            return self._missed
        return self._missed if isinstance(error, NameError) else ""


def text_of(path: Path) -> str:
    """Return what is in a file, a picture with its dark colours, as the site shows it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return with_dark_colors(text) if path.suffix == ".svg" else text


def compiled(code: str, name: str) -> Any:
    """Return code ready to run, whose lines a traceback will find."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    return compile(code, name, "exec")


def told(error: BaseException) -> str:
    """Return the traceback of what went wrong in a cell, without the lines of this file."""
    found = traceback.TracebackException.from_exception(error)
    found.stack[:] = [frame for frame in found.stack if frame.filename != __file__]
    return "".join(found.format())
