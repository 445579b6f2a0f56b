"""Whether every link leads somewhere, and nothing that a page shows is elsewhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

SHOWN = {"src", "srcset", "data", "poster", "href", "xlink:href"}
NAMES = {"id", "name"}
AWAY = ("https", "http", "mailto")
"""Where a reader may go from the site, but nothing that a page shows may come from."""


class Link(NamedTuple):
    """Where a page leads; ``shown`` if the page itself needs what is there."""

    target: str
    shown: bool


class Reader(HTMLParser):
    """The links of a page, and what links to it may name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element leads to, and its names."""
        for name, value in attrs:
            if value and name in NAMES:
                self.names.add(value)
            if value and name in SHOWN and tag not in ("meta", "object"):
                self.links.append(Link(value, tag != "a"))


def broken_links(pages: Path) -> list[str]:
    """Return a line for each link that leads nowhere, or out of the folder though a page needs what is there."""
    read = {path: Reader(path.read_text(encoding="utf-8")) for path in sorted(pages.rglob("*.html"))}
    links = [(path, link) for path, reader in read.items() for link in reader.links]
    links += [(path, link) for path in sorted(pages.rglob("*.css")) for link in style_links(path)]
    said = ((path, link.target, what_is_wrong(pages, path, link, read)) for path, link in links)
    return list(dict.fromkeys(f"{path.relative_to(pages)}: {target}: {wrong}" for path, target, wrong in said if wrong))


def style_links(path: Path) -> Iterator[Link]:
    """Yield what a style sheet refers to."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for _, target in re.findall(r"""(?:url\(\s*|@import\s+)(["']?)([^"'()\s]+)\1""", text):
        yield Link(target, True)


def what_is_wrong(pages: Path, path: Path, link: Link, read: dict[Path, Reader]) -> str:
    """Return what is wrong with a link in the file at ``path``; an empty text if all is well."""
    parts = urlsplit(link.target)
    if parts.scheme == "data" or (parts.scheme in AWAY and not link.shown):
        return ""
    if parts.scheme or parts.netloc:
        return "this is not in the site"
    target = Path(posixpath.normpath(path.parent / unquote(parts.path))) if parts.path else path
    if not target.is_relative_to(pages):
        return "this leads out of the site"
    if not target.is_file():
        return "no such file"
    is_named = not parts.fragment or target not in read or unquote(parts.fragment) in read[target].names
    return "" if is_named or "=" in parts.fragment else "no such place in the page"
