"""A page as one file: a template, with the style and the scripts that it refers to and the data that it shows."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.extend import replace_file
from viz.graphs.drawing import Drawing
from viz.notation import printable
from viz.notebook import page_bundle
from viz.palette import css_variables


@dataclass(frozen=True)
class Page:
    """A page, as it was when it was made. A notebook shows it in a frame.

    html     the page
    drawing  a picture of what it shows, for a notebook that is not trusted
    """

    html: str
    drawing: Drawing

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page into a file whose name ends in ``.html``.

        Raises ValueError for another ending and OSError if it cannot be written. A file that was there before stays as
        it is until the new one is complete.
        """
        forms = self._forms()
        target = Path(path)
        ending = {".htm": ".html"}.get(target.suffix.lower(), target.suffix.lower())
        if ending not in forms:
            name, endings = type(self).__name__.lower(), " or ".join(forms)
            article = "an" if name[0] in "aeiou" else "a"
            raise ValueError(
                f"{article} {name} can be saved as {endings}, but {str(target)!r} does not end in {endings}"
            )
        replace_file(target, forms[ending]().encode("utf-8"))

    def _forms(self) -> dict[str, Callable[[], str]]:
        """What makes a file, by the ending of its name."""
        return {".html": lambda: self.html}

    def _repr_mimebundle_(self, **_selection: Any) -> dict[str, str]:
        """What a notebook shows: the page in a frame, or a picture where the notebook is not trusted."""
        return page_bundle(repr(self), self.drawing.dot, self.html, self._moving())

    def _moving(self) -> str:
        """An SVG that plays what the page shows, for a notebook that is not trusted; or an empty text."""
        return ""


def text_of(name: str, text: str) -> str:
    """A text for a page, without the characters that no font can draw; for anything else, TypeError with its name."""
    if not isinstance(text, str):
        raise TypeError(f"{name} is a text, not {text!r} of type {type(text).__name__}")
    return printable(text)


def document(
    template: str,
    title: str,
    data: Mapping[str, Any],
    scripts: Mapping[str, str],
    markup: Mapping[str, str] | None = None,
) -> str:
    """A template with its ``{{title}}``, and under other such names data, written as JSON, scripts, and elements."""
    # No label can end a script element, or begin a comment in it. In JSON, each "<" is in a text. In a script, the
    # operator has spaces around it: a "<" before anything else is in a text, too.
    texts = {"title": html.escape(title), **(markup or {})}
    for name, content in data.items():
        texts[name] = json.dumps(content, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    for name, script in scripts.items():
        texts[name] = re.sub(r"<(?=[^\s=<])", r"\\u003c", script)
    return re.sub(r"\{\{(\w+)\}\}", lambda found: texts.get(found[1], found[0]), _template(template))


@cache
def _template(path: str) -> str:
    """A template, with what all heads have and the style and the scripts that it refers to put into it."""
    pages = files("viz") / "page"
    folder = pages / path.rpartition("/")[0]

    def text(name: str) -> str:
        """A file in the folder of the template or below it, or else in that of all pages."""
        own = folder / name
        return (own if own.is_file() else pages / name).read_text(encoding="utf-8")

    head = f"<head>\n{text('head.html')}"
    colors = f"<style>\n:root {{ {css_variables()} }}\n</style>\n"
    page = (pages / path).read_text(encoding="utf-8").replace("<head>\n", head).replace("</head>", f"{colors}</head>")
    page = re.sub(r'<link rel="stylesheet" href="([\w./]+)">', lambda found: f"<style>\n{text(found[1])}</style>", page)
    return re.sub(r'<script src="([\w./]+)"></script>', lambda found: f"<script>\n{text(found[1])}</script>", page)
