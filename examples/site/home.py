"""The home page and the tour, of the README; experiments and speed, of theirs; and the files that they lead to."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from examples.lessons.reading import ROOT
from examples.site import AS_IT_IS
from examples.site.pictures import show

PARTS = {
    "course": "Course",
    "exercises": "Exercises",
    "gallery": "Gallery",
    "live": "Live pages",
    "explorer": "Compiler explorer",
    "primitives": "Primitives",
    "api": "API",
    "tour": "A tour",
    "experiments": "Experiments",
    "speed": "Speed",
}
"""The pages of the sidebar, in order, and their names there; `write` leaves out those that are not there yet."""

READMES = {"examples/study/README.md": "experiments.md", "examples/benchmark/README.md": "speed.md"}


def write(folder: Path) -> None:
    """Write the pages; those of the sidebar are written already."""
    readme = adapted(folder, "README.md")
    head, rest = readme.split("\n## ", maxsplit=1)
    (folder / "tour.md").write_text(f"# A tour\n\n## {rest}", encoding="utf-8")
    for path, page in READMES.items():
        (folder / page).write_text(adapted(folder, path), encoding="utf-8")
    parts = [f"{title} <{name}>" for name, title in PARTS.items() if (folder / f"{name}.md").exists()]
    (folder / "index.md").write_text(f"{head}\n\n{contents(parts)}", encoding="utf-8")


def contents(names: list[str]) -> str:
    """Return a table of contents that only the sidebar shows."""
    return "\n".join(["```{toctree}", ":hidden:", "", *names, "```", ""])


def adapted(folder: Path, path: str) -> str:
    """Return a README whose links lead to pages of the site, and whose pictures are shown in it."""
    return re.sub(
        r"(!?)\[([^]]*)\]\(([^)]*)\)",
        lambda found: link(folder, posixpath.dirname(path), *found.groups()),
        (ROOT / path).read_text(encoding="utf-8"),
    )


def link(folder: Path, base: str, bang: str, text: str, target: str) -> str:
    """Return what stands in the site for one link, or one picture, of a README in the folder ``base``."""
    if target.startswith(("#", "https:")):
        return f"[{text}]({target})"
    path = posixpath.normpath(posixpath.join(base, target))
    if bang:
        name = posixpath.basename(path)
        return show(folder / AS_IT_IS, name, (ROOT / path).read_bytes(), text)
    if path in READMES:
        return f"[{text}]({READMES[path]})"
    if path.endswith(".py"):
        return f"[{text}]({source_page(folder, path)})"
    return text


def source_page(folder: Path, path: str) -> str:
    """Write a page that shows a file, and return its name."""
    page = f"source/{path.removesuffix('.py').replace('/', '.')}.md"
    (folder / "source").mkdir(exist_ok=True)
    code = (ROOT / path).read_text(encoding="utf-8")
    text = f"---\norphan: true\n---\n\n# {path}\n\n~~~~python\n{code}~~~~\n"
    (folder / page).write_text(text, encoding="utf-8")
    return page
