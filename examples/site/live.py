"""Python for the pages: Pyodide and Graphviz from npm, the packages of this project, and the exercises as data.

Both come as WebAssembly, from the npm packages ``pyodide`` and ``@viz-js/viz``. Those that are installed globally are
taken; else they are installed into a cache.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from examples.lessons.exercises.folder import hints_of, solution_of, template
from examples.lessons.exercises.table import EXERCISES, FILES, Exercise
from examples.lessons.reading import ROOT, read_lesson
from examples.site import AS_IT_IS
from examples.site.exercises import asked

PLACE = Path("_static", "live")
"""Where all of it stands in the site."""

SCRIPTS = [f"live/{name}.js" for name in ("python", "editor", "lessons", "exercises")]
"""What a page loads, in this order, as seen from ``_static``; the rest is loaded when Python starts."""

STYLE = "live/live.css"

PACKAGES = {"pyodide": "314", "@viz-js/viz": "3"}
"""The npm packages, and the major versions to install: the files of others have other names."""

FETCHED = (
    *(f"pyodide/{name}" for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json")),
    "pyodide/python_stdlib.zip",
    "@viz-js/viz/dist/viz.js",
)
"""Their files that a page needs."""

ZIPPED = ("engine", "nn", "viz", "examples")
ENDINGS = {".py", ".js", ".css", ".html", ".json", ".toml", ".csv"}


class LiveError(Exception):
    """The npm packages are not there, and cannot be fetched; the message says what to do."""


def write(folder: Path) -> None:
    """Put everything that Python needs in a page among the files that Sphinx only copies; LiveError without npm."""
    place = folder / AS_IT_IS / PLACE
    place.mkdir(parents=True)
    packages = packages_folder()
    for name in FETCHED:
        shutil.copyfile(packages / name, place / Path(name).name)
    write_project(place / "project.zip")
    data = json.dumps(exercises_data(), ensure_ascii=False, indent=1)
    (place / "exercises-data.js").write_text(f"const EXERCISES = {data};\n", encoding="utf-8")


# --- What is fetched -------------------------------------------------------------------------------------------------


def packages_folder() -> Path:
    """Return the folder of the npm packages, which are fetched into a cache where they are not installed."""
    if found := installed():
        return found
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    npm("install", "--prefix", str(cache), "--ignore-scripts", "--no-audit", "--no-fund", *wanted)
    return cache / "node_modules"


def installed() -> Path | None:
    """Return the folder with all files that are needed: npm's global one, or the one in the cache; None without."""
    folders = (Path(npm("root", "--global").strip()), cache_folder() / "node_modules")
    return next((folder for folder in folders if all((folder / name).is_file() for name in FETCHED)), None)


def cache_folder() -> Path:
    """Return where packages are kept that were fetched."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seegrad" / "npm"


def npm(*arguments: str) -> str:
    """Return what npm says; LiveError if it is not there, or fails."""
    program = shutil.which("npm")
    if program is None:
        raise LiveError("--live needs npm, which fetches Python for pages: install Node.js")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        wanted = " ".join(PACKAGES)
        raise LiveError(f"npm could not fetch {wanted} for --live: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


# --- What is ours ----------------------------------------------------------------------------------------------------


def write_project(path: Path) -> None:
    """Write a zip file of the packages that lessons and exercises import; the same files give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in project_files():
            entry = zipfile.ZipInfo(file.relative_to(ROOT).as_posix())
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def project_files() -> Iterator[Path]:
    """Yield the files of the packages, in order."""
    for package in ZIPPED:
        yield from sorted(path for path in (ROOT / package).rglob("*") if path.suffix in ENDINGS)


def exercises_data() -> dict[str, Any]:
    """Return what the page of exercises shows before Python runs."""
    return {"files": {file: template(file) for file in FILES}, "exercises": [*map(exercise_data, EXERCISES)]}


def exercise_data(exercise: Exercise) -> dict[str, Any]:
    """Return one exercise as the page has it."""
    lesson = read_lesson(exercise.lesson)
    return {
        "number": exercise.number,
        "name": exercise.name,
        "lesson": exercise.lesson,
        "title": lesson.title,
        "page": f"course/{lesson.path.stem}.html",
        "file": exercise.file,
        "task": list(task_of(exercise)),
        "hints": hints_of(exercise),
        "solution": [text for _, text in solution_of(exercise)],
        "needs": "NumPy" if exercise.file == "matrices" else "",
    }


def task_of(exercise: Exercise) -> Iterator[str]:
    """Yield what there is to write, in paragraphs: the name of each piece, and what is asked of it."""
    for piece in exercise.pieces:
        if words := asked(piece, exercise.number):
            text = f"`{piece.rpartition('.')[2]}`: {words}".replace("``", "`")
            yield from (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
