"""From the plain text of a docstring to reStructuredText, as Sphinx reads it.

The docstrings of this project are written to be read as they stand: paragraphs, indented code, numbered lists, and
aligned lists, where each line is a name and its meaning:

    path   a file name that ends in ``.svg`` or ``.png``
    title  a line above the picture; a meaning that takes
           several lines goes on below itself

Nothing in them is markup but ``code``, `names` of things that have an entry of their own, and *emphasis*.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Collection, Iterator
from itertools import groupby

Link = Callable[[str], str]
"""From a name in single backticks to its reStructuredText."""

_MARKUP = re.compile(r"``(?P<code>.+?)``|`(?P<name>[^`]+)`|(?<![\w*])\*(?P<stress>\w[^*]*\w|\w)\*(?![\w*])")
_SPECIAL = re.compile(r"([\\*`|_])")
_ITEM = re.compile(r"(?P<name>\S+(?: \S+)*?)(?P<gap>  +)(?P<meaning>[^\s#].*)")
_NUMBERED = re.compile(r"\d+\. ")
_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")
_ERROR = r"[A-Z]\w*(?:Error|Warning)\b"
_ERRORS = re.compile(rf"(?P<errors>{_ERROR}(?:(?:, | and | or ){_ERROR})*),? (?P<when>.*)")
_NEXT_ERROR = re.compile(rf"(?:[;,](?: and)?|(?<!Error) and) (?={_ERROR})")


def code(name: str) -> str:
    """A name without a link."""
    return f"``{name}``"


def to_rst(docstring: str, parameters: Collection[str] = (), link: Link = code) -> list[str]:
    """The lines of a docstring as reStructuredText.

    parameters  the names whose aligned lists describe what a function takes
    link        what becomes of a name in single backticks
    """
    lines: list[str] = []
    for block in _blocks(inspect.cleandoc(docstring)):
        lines += ["", *_block(block, parameters, link)]
    return lines[1:]


def summary(docstring: str, link: Link = code) -> str:
    """The first sentence of a docstring as reStructuredText."""
    first = next(_blocks(inspect.cleandoc(docstring)))
    return inline(_SENTENCE_END.split(" ".join(first))[0], link)


def inline(text: str, link: Link = code) -> str:
    """A line of text as reStructuredText: markup stays, and every other character means itself."""
    pieces, end = [], 0
    for found in _MARKUP.finditer(text):
        pieces.append(_plain(text[end : found.start()]))
        # An escaped space is nothing, but where markup begins and ends, there has to be something like it.
        before = "" if found.start() == 0 or text[found.start() - 1].isspace() else "\\ "
        after = "" if found.end() == len(text) or text[found.end()].isspace() else "\\ "
        pieces.append(before + _marked(found, link) + after)
        end = found.end()
    return "".join([*pieces, _plain(text[end:])])


def _marked(found: re.Match[str], link: Link) -> str:
    if found["code"]:
        return code(found["code"])
    return link(found["name"]) if found["name"] else f"*{_plain(found['stress'])}*"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _blocks(text: str) -> Iterator[list[str]]:
    """What blank lines and a change of indentation set apart; but pieces of code stay together."""
    code_lines: list[str] = []
    for block in _split(text):
        if _is_code(block):
            code_lines += [*([""] if code_lines else []), *block]
            continue
        if code_lines:
            yield code_lines
        code_lines = []
        yield block
    if code_lines:
        yield code_lines


def _split(text: str) -> Iterator[list[str]]:
    for paragraph in re.split(r"\n\s*\n", text):
        lines = paragraph.split("\n")
        if _items(lines) or _NUMBERED.match(lines[0]):
            yield lines
            continue
        for _, run in groupby(lines, lambda line: line.startswith("    ")):
            yield list(run)


def _is_code(lines: list[str]) -> bool:
    return lines[0].startswith("    ") and not _items(lines)


def _items(lines: list[str]) -> list[tuple[str, str]]:
    """The names and meanings of an aligned list; [] for anything else."""
    lines = inspect.cleandoc("\n".join(["", *lines])).split("\n")
    items: list[tuple[str, str]] = []
    columns = set()
    for line in lines:
        found = _ITEM.fullmatch(line)
        if found:
            items.append((found["name"], found["meaning"]))
            columns.add(found.start("meaning"))
        elif items and line.startswith("  "):
            items[-1] = (items[-1][0], f"{items[-1][1]} {line.strip()}")
        else:
            return []
    # One name may be longer than its column; in code, comments and second columns stand anywhere.
    return items if len(columns) == 1 or all(name.isidentifier() for name, _ in items) else []


def _block(lines: list[str], parameters: Collection[str], link: Link) -> Iterator[str]:
    items = _items(lines)
    if items:
        yield from _list(items, parameters, link)
    elif _is_code(lines):
        yield from _code(lines)
    elif _NUMBERED.match(lines[0]):
        for item in re.split(r"\n(?=\d+\. )", "\n".join(lines)):
            number, text = item.split(" ", 1)
            yield f"{number} {inline(' '.join(text.split()), link)}"
    else:
        yield from _paragraph(" ".join(line.strip() for line in lines), link)


def _list(items: list[tuple[str, str]], parameters: Collection[str], link: Link) -> Iterator[str]:
    """Fields for parameters, else terms with their definitions."""
    if all(name in parameters for name, _ in items):
        yield from (f":param {name}: {inline(meaning, link)}" for name, meaning in items)
        return
    for name, meaning in items:
        yield inline(name if "`" in name else code(name), link)
        yield f"   {inline(meaning, link)}"


def _code(lines: list[str]) -> Iterator[str]:
    text = inspect.cleandoc("\n".join(["", *lines]))
    try:
        ast.parse(text)
        language = "python"
    except SyntaxError:
        language = "text"
    yield f".. code-block:: {language}"
    yield ""
    yield from (f"   {line}".rstrip() for line in text.split("\n"))


def _paragraph(text: str, link: Link) -> Iterator[str]:
    """A paragraph; if its last sentences say what is raised, these as fields."""
    sentences = _SENTENCE_END.split(text)
    raised: list[str] = []
    while sentences and re.match(rf"Raises {_ERROR}", sentences[-1]):
        raised.insert(0, sentences.pop().removeprefix("Raises "))
    if sentences:
        yield inline(" ".join(sentences), link)
    if sentences and raised:
        yield ""
    for clause in (clause for sentence in raised for clause in _NEXT_ERROR.split(sentence.removesuffix("."))):
        found = _ERRORS.match(clause)
        errors, when = (found["errors"], found["when"]) if found else (clause, "")
        names = re.findall(_ERROR, errors)
        yield f":raises {', '.join(names)}: {inline(when, link)}"
