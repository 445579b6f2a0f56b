"""Prose in Markdown as plain text for a terminal: headings, paragraphs, lists, and blocks that stay as they are."""

from __future__ import annotations

import re
import textwrap

MARKS = re.compile(
    r"`(?P<code>[^`]+)`|(?<!\w)\*\*(?P<strong>\w.*?)(?<!\s)\*\*|(?<!\w)\*(?P<stress>\w.*?)(?<!\s)\*(?!\w)", re.DOTALL
)
MARKER = re.compile(r"(?:[-*]|\d+\.) +")
"""What an item of a list begins with."""
STYLES = {"code": "\033[36m", "strong": "\033[1m", "stress": "\033[3m", "gutter": "\033[2m"}
PLAIN = "\033[0m"


def as_text(markdown: str, width: int, styled: bool) -> str:
    """Return the text in lines of at most ``width`` characters; ``styled`` has colours in place of Markdown's marks."""
    blocks = re.split(r"\n\s*\n", markdown.strip("\n"))
    return "\n\n".join(_block(block, width, styled) for block in blocks)


def style(text: str, name: str, styled: bool) -> str:
    """Return the text in one of the `STYLES`, if it is to be ``styled``."""
    return f"{STYLES[name]}{text}{PLAIN}" if styled else text


def _block(block: str, width: int, styled: bool) -> str:
    """Return what stands between two empty lines."""
    if heading := re.fullmatch(r"(#+) +(.*)", block):
        title = heading[2]
        return f"{style(title, 'strong', styled)}\n{('=' if heading[1] == '#' else '-') * len(title)}"
    if block.startswith(("    ", "|", "```")):
        return "\n".join(line for line in block.splitlines() if not line.startswith("```"))
    return "\n".join(_inline(_wrapped(lines, width), styled) for lines in _items(block))


def _items(block: str) -> list[list[str]]:
    """Return the lines of each item of a list; of a paragraph all lines."""
    items: list[list[str]] = []
    for line in block.splitlines():
        if not items or MARKER.match(line):
            items.append([])
        items[-1].append(line)
    return items


def _wrapped(lines: list[str], width: int) -> str:
    """Return a paragraph or an item in lines of their own, an item's to the right of its marker."""
    text = " ".join(line.strip() for line in lines)
    marker = MARKER.match(text)
    indent = " " * len(marker[0]) if marker else ""
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _inline(text: str, styled: bool) -> str:
    """Replace the marks inside of a paragraph; backticks stay where there are no colours."""

    def replaced(found: re.Match[str]) -> str:
        name = found.lastgroup or ""
        return found[0] if name == "code" and not styled else style(found[name], name, styled)

    return MARKS.sub(replaced, text)
