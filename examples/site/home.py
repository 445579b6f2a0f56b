"""The home page and the tour, of the README; experiments and speed, of theirs; and the files that they lead to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from examples.lessons.reading import ROOT
from examples.site import AS_IT_IS
from examples.site.pictures import show

Parts = Mapping[str, tuple[str, str]]

PARTS: Parts = {
    "course": ("Course", "Fourteen lessons, from a number that remembers to a GPT of scalars"),
    "exercises": ("Exercises", "Write an engine of your own, and be told which mistake you made"),
    "gallery": ("Gallery", "What one line draws, each picture with its code"),
    "live": ("Live pages", "Step through both passes; let a network learn while you watch"),
    "explorer": ("Compiler explorer", "What becomes of a formula on its way to the processor"),
    "primitives": ("Primitives", "Every operation as a formula, with its value and its derivatives"),
    "api": ("API", "Every name of engine, nn and viz"),
    "tour": ("A tour", "How to install it, and all of it in one read"),
    "experiments": ("Experiments", "How often a recipe learns, over thousands of seeds"),
    "speed": ("Speed", "Beside NumPy and other engines"),
}
"""The pages of the sidebar, in order: title and content in a line; `write` leaves out those that are not there yet."""

READMES = {"examples/study/README.md": "experiments.md", "examples/benchmark/README.md": "speed.md"}


def write(folder: Path) -> None:
    """Write the pages; those of the sidebar are written already."""
    readme = adapted(folder, "README.md")
    head, rest = readme.split("\n## ", maxsplit=1)
    (folder / "tour.md").write_text(f"# A tour\n\n## {rest}", encoding="utf-8")
    for path, page in READMES.items():
        (folder / page).write_text(adapted(folder, path), encoding="utf-8")
    parts = {name: part for name, part in PARTS.items() if any(folder.glob(f"{name}.*"))}
    opening, listed, shown = head.partition("\n\n- ")
    (folder / "index.md").write_text(
        "\n\n".join([opening, cards(parts), (listed + shown).strip(), contents(parts)]), encoding="utf-8"
    )


def cards(parts: Parts) -> str:
    """Return a large link to each part, with what is in it."""
    links = (f'<a href="{name}.html"><b>{title}</b> {line}</a>' for name, (title, line) in parts.items())
    return "\n".join(['<nav class="cards">', *links, "</nav>"])


def contents(parts: Parts) -> str:
    """Return a table of contents that only the sidebar shows."""
    entries = (f"{title} <{name}>" for name, (title, _) in parts.items())
    return "\n".join(["```{toctree}", ":hidden:", "", *entries, "```", ""])


def adapted(folder: Path, path: str) -> str:
    """Return a README whose links lead to pages of the site, and whose pictures are shown in it."""
    text = unbroken((ROOT / path).read_text(encoding="utf-8"))
    return re.sub(
        r"(!?)\[([^]]*)\]\(([^)]*)\)",
        lambda found: link(folder, posixpath.dirname(path), *found.groups()),
        text,
    )


def unbroken(text: str) -> str:
    """Keep a number and its unit on one line in the cells of tables."""
    return re.sub(r"^\|.*", lambda row: re.sub(r"(\d) (?=[^\W\d])", "\\1\N{NO-BREAK SPACE}", row[0]), text, flags=re.M)


def link(folder: Path, base: str, bang: str, text: str, target: str) -> str:
    """Return what stands in the site for one link, or one picture, of a README in the folder ``base``."""
    if target.startswith(("#", "https:")):
        return f"[{text}]({target})"
    path = posixpath.normpath(posixpath.join(base, target))
    if bang:
        name = f"pictures/{posixpath.basename(path)}"
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
