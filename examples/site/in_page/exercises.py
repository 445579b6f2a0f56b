"""The exercises in a page: the checker at work on files that the page keeps, and the folder to take away."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

from examples.lessons.exercises import folder as files
from examples.lessons.exercises.commands import checked
from examples.lessons.exercises.folder import FILES, PROGRESS, Progress
from examples.lessons.exercises.report import PICTURE
from examples.lessons.exercises.table import EXERCISES
from examples.site.pictures import with_dark_colors

FOLDER = Path("my_engine")
Texts = Mapping[str, str]
Kept = Mapping[str, Any]
"""Progress as JSON has it."""


def check(number: int, texts: Texts, progress: Kept) -> dict[str, Any]:
    """Check an exercise, and return the report, the picture of what is wrong (or nothing), and the new progress.

    Without NumPy, the exercises that need it are left out, and those already solved stay solved.
    """
    left_out = [] if importlib.util.find_spec("numpy") else [e for e in EXERCISES if e.file == "matrices"]
    given = dict(texts) | {e.file: files.template(e.file) for e in left_out}
    with folder_of(given, progress):
        report, is_right = checked(FOLDER, number)
        picture = FOLDER / PICTURE
        now = files.read_progress(FOLDER)
        now.solved += [e.name for e in left_out if e.name in progress["solved"]]
        return {
            "report": report,
            "right": is_right,
            "picture": with_dark_colors(picture.read_text(encoding="utf-8")) if picture.exists() else "",
            "progress": vars(now),
        }


def pack(texts: Texts, progress: Kept) -> dict[str, str]:
    """Return the learner's folder as a zip file, in base64: in a terminal, `check` goes on with it."""
    with folder_of(texts, progress):
        path = Path(shutil.make_archive("packed", "zip", base_dir=FOLDER))
        return {"name": f"{FOLDER}.zip", "content": base64.b64encode(path.read_bytes()).decode()}


def unpack(name: str, content: str) -> dict[str, Any]:
    """Return the texts and the progress in a file that the learner brings: one of the four, or a folder as a zip file.

    error  what is wrong with it; empty if nothing is
    """
    try:
        found = dict(_contents(name, base64.b64decode(content)))
        texts = {file: found[f"{file}.py"].decode("utf-8") for file in FILES if f"{file}.py" in found}
        progress = vars(Progress(**json.loads(found[PROGRESS]))) if PROGRESS in found else None
    except (UnicodeDecodeError, zipfile.BadZipFile, ValueError, TypeError) as error:
        return {"error": f"{name} cannot be read: {error}"}
    if not texts:
        wanted = ", ".join(f"{file}.py" for file in FILES)
        return {"error": f"{name} is neither one of {wanted} nor a zip file with one of them."}
    return {"error": "", "texts": texts, "progress": progress}


def _contents(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name, without its folder, and the content of each file."""
    if not name.endswith(".zip"):
        yield name, content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for inner in archive.namelist():
            yield Path(inner).name, archive.read(inner)


@contextmanager
def folder_of(texts: Texts, progress: Kept) -> Iterator[None]:
    """Work where the learner's folder is, as `start` makes it, with these texts and this progress."""
    with tempfile.TemporaryDirectory() as place, chdir(place):
        files.start(FOLDER)
        for file, text in texts.items():
            (FOLDER / f"{file}.py").write_text(text, encoding="utf-8")
        files.keep_progress(FOLDER, Progress(**progress))
        yield
