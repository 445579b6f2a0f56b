"""The passes as a film: an SVG that plays by itself where no script runs, as in the README of a repository.

Everything is drawn once, and an animation of CSS has it in sight from one step to another. Where nothing moves (on
paper, on a slide, for a reader who wants less motion) there is the end: every number, and what the two of a box mean.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from viz.notation import columns
from viz.page.layout import LINE_HEIGHT
from viz.page.player.film.steps import Passes, Spans, Step, meaning
from viz.page.player.film.timeline import Timeline
from viz.palette import css_variables

MOST_STEPS = 1000
"""A film of more steps is refused: it would take half an hour."""

_MARGIN = 24
_LEAST_WIDTH = 640
_INDENT, _BASELINE = 10, 21  # Of the first text in a box.
_CORNER = 9
_CHARACTER = 0.56  # A generous mean of the width of characters, as a share of the font size.
_ARROW = {"orient": "auto", "markerWidth": 10, "markerHeight": 8, "refX": 9, "refY": 4, "markerUnits": "userSpaceOnUse"}


@dataclass(frozen=True)
class Film:
    """The passes through the graph of a page with this content, at so many seconds a step."""

    content: Mapping[str, Any]
    passes: Passes
    seconds: float

    def svg(self) -> str:
        """The film as a file; ValueError if it has too many steps."""
        steps, content = self.passes.steps, self.content
        if len(steps) > MOST_STEPS:
            raise ValueError(
                f"the film would have {len(steps)} steps, more than {MOST_STEPS}: play a part of the graph (any "
                "Value in it can be played by itself), or save the player as .html"
            )
        time = Timeline(len(steps), self.seconds)
        width = max(content["width"], _LEAST_WIDTH)
        # A wide picture is shrunk to the width of a column: its sentences stay readable.
        words = _Words(size=round(min(max(width / 45, 16), 40)), width=width)
        sentences = [*(step.sentence for step in steps), meaning(content["result"])]
        captions = [words.wrapped(sentence) for sentence in sentences]
        title = words.wrapped(content["title"])
        top = words.height(len(title)) + 8
        below = top + content["height"] + 16
        end = below + words.height(max(map(len, captions))) + 12
        graph = _Graph(content, self.passes, time).elements()
        shown = [
            words.lines(title, 0, "name"),
            _tag("g", *graph, transform=_place((width - content["width"]) / 2, top)),
            *(_tag("g", words.lines(text, below), **time.span(at)) for at, text in enumerate(captions)),
            _bars(time, self.passes.turn, len(steps), width, end, words.size / 3),
        ]
        return _svg(content["title"], [*_style(), *time.rules()], shown, width, end + 6)


@dataclass(frozen=True)
class _Words:
    """Texts around the graph, in this font size and within this width."""

    size: int
    width: float

    def height(self, count: int) -> float:
        """The height of so many lines."""
        return round(1.35 * self.size * count)

    def wrapped(self, text: str) -> list[str]:
        """The text in lines that are short enough, unless a single word is not."""
        most = self.width / self.size / _CHARACTER
        lines: list[str] = []
        for word in text.split():
            if lines and columns(lines[-1]) + 1 + columns(word) <= most:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def lines(self, texts: Sequence[str], top: float, kind: str = "") -> str:
        """Lines one below the other."""
        style = f"font-size:{self.size}px"
        tops = (top + self.height(line) + self.size for line in range(len(texts)))
        return "".join(_words(text, 0, y, class_=kind, style=style) for text, y in zip(texts, tops, strict=True))


# --- The graph, and what changes in it -------------------------------------------------------------------------------


class _Graph:
    """The graph of a film on its way to elements."""

    def __init__(self, content: Mapping[str, Any], passes: Passes, time: Timeline) -> None:
        self._content = content
        self._passes = passes
        self._time = time
        self._end = len(passes.steps) + 1
        self._known = {step.nodes[0]: at for at, step in enumerate(passes.steps) if step.nodes and not step.gradient}

    def elements(self) -> Iterator[str]:
        """Everything in it, the lower first."""
        edges = [*enumerate(self._content["edges"])]
        wires = (_tag("path", id=f"e{index}", d=edge["path"], pathLength=1) for index, edge in edges)
        numbers = zip(self._content["nodes"], self._passes.data, self._passes.gradients(), strict=True)
        yield from (_part(**part) for part in self._content["parts"])
        yield _tag("g", *wires, class_="wire")
        for at, step in enumerate(self._passes.steps):
            if step.edge is not None:
                yield self._shown(_use(step.edge, "passed"), at, self._end)
        for index, edge in edges:
            yield self._shown(self._partial(index, "backward"), self._known[edge["target"]], self._end)
        for index, (node, data, gradients) in enumerate(numbers):
            yield _tag("g", *self._box(node, data, self._known.get(index, 0), gradients), class_="node")
        for at, step in enumerate(self._passes.steps):
            yield self._shown("".join(self._marks(step)), at, at + 1)

    def _shown(self, markup: str, start: int, end: int) -> str:
        """What is in sight from one step to another."""
        return _tag("g", markup, **self._time.span(start, end)) if markup else ""

    def _partial(self, edge: int, kind: str) -> str:
        """The local partial derivative at its edge, apart from the line behind it."""
        text, place = self._passes.partials[edge], self._content["edges"][edge]
        x, y, width = place["x"], place["y"], _length(text)
        ground = _tag("rect", x=f"{x - width / 2:g}", y=f"{y - 7:g}", width=f"{width:g}", height=14, class_="ground")
        return ground + _words(text, x, y + 5, class_=f"partial {kind}")

    def _box(self, node: Mapping[str, Any], data: str, known: int, gradients: Spans) -> Iterator[str]:
        """A box with its texts: its number is known from one step on, and its gradients follow each other."""
        lines = node["lines"]
        yield from _shapes(node)
        yield from (_line(node, row, text, "" if row else "name") for row, text in enumerate(lines))
        yield self._shown(_line(node, len(lines), f"data {data}"), known, self._end)
        ends = [*(start for start, _ in gradients[1:]), self._end]
        for (start, gradient), end in zip(gradients, ends, strict=True):
            yield self._shown(_line(node, len(lines) + 1, f"grad {gradient}", "backward"), start, end)

    def _marks(self, step: Step) -> Iterator[str]:
        """What a step is about, marked: its boxes, and the edge along which a gradient flows."""
        yield from (_rectangle(self._content["nodes"][node], "current") for node in step.nodes)
        if step.edge is not None:
            yield _use(step.edge, "current going")
            yield self._partial(step.edge, "now")


def _part(name: str, note: str, x: float, y: float, width: float, height: float, **_: Any) -> str:
    """The frame of a part, with its name and its note."""
    frame = _tag("rect", x=x, y=y, width=width, height=height, rx=12, class_="frame")
    more = _tag("tspan", html.escape(note), dx=6, class_="faint") if note else ""
    return frame + _tag("text", html.escape(name) + more, x=x + 12, y=y + _BASELINE, class_="name")


def _shapes(node: Mapping[str, Any]) -> Iterator[str]:
    """The shapes of a box: a role has one of its own."""
    role, x, y = node["role"], node["x"], node["y"]
    if role == "parameter":
        yield _tag("path", d=f"M{x:g},{y:g} v-7 h{node['width'] / 3:g} l7,7", class_=f"box {role}")
    if role == "result":
        yield _rectangle(node, f"box {role} outer", 4)
    yield _rectangle(node, f"box {role}")


def _rectangle(node: Mapping[str, Any], kind: str, around: float = 0) -> str:
    """The rectangle of a box, or one around it."""
    corner = {"rx": _CORNER + around} if node["role"] in ("operation", "result") else {}
    place = {"x": f"{node['x'] - around:g}", "y": f"{node['y'] - around:g}"}
    sides = {"width": f"{node['width'] + 2 * around:g}", "height": f"{node['height'] + 2 * around:g}"}
    return _tag("rect", **place, **sides, **corner, class_=kind)


def _line(node: Mapping[str, Any], row: int, text: str, kind: str = "") -> str:
    """A line of text in a box, squeezed where it would not fit."""
    room = node["width"] - 2 * _INDENT
    fitted = {"textLength": f"{room:g}", "lengthAdjust": "spacingAndGlyphs"} if _length(text) > room else {}
    x, y = node["x"] + _INDENT, node["y"] + _BASELINE + row * LINE_HEIGHT
    return _words(text, x, y, class_=kind, **fitted)


def _length(text: str) -> float:
    """About as long as a text is in a box."""
    narrow, wide = sum(map(text.count, " .,-:ijltfI|'()[]/")), sum(map(text.count, "mwMW@%"))
    return 7.8 * columns(text) + 2 * sum(map(str.isupper, text)) - 3.4 * narrow + 4 * wide


def _use(edge: int, kind: str) -> str:
    """The line of an edge once more, in another look."""
    return _tag("use", href=f"#e{edge}", class_=kind)


def _bars(time: Timeline, turn: int, end: int, width: float, y: float, high: float) -> str:
    """How far the film is: forwards, then backwards."""
    bars = [_tag("path", d=f"M0,{y:g} h{width:g}", class_="track")]
    for start, until, kind in ((0, turn, "ahead"), (turn, end, "back")):
        line = f"M{width * start / end:g},{y:g} h{width * (until - start) / end:g}"
        bars.append(_tag("path", d=line, pathLength=1, class_=f"bar {kind}", **time.growth(start, until)))
    return _tag("g", *bars, stroke_width=f"{high:g}")


# --- SVG -------------------------------------------------------------------------------------------------------------


def _svg(title: str, rules: Iterable[str], shown: Iterable[str], width: float, height: float) -> str:
    """A document, with a margin around what it shows."""
    arrows = (
        _tag("marker", _tag("path", d="M0,0 L10,4 L0,8 z", class_=kind), id=kind, **_ARROW)
        for kind in ("faint", "backward", "turning")
    )
    wide, high = width + 2 * _MARGIN, height + 2 * _MARGIN
    return _tag(
        "svg",
        _tag("title", html.escape(title)),
        _tag("style", html.escape("\n".join(["", *rules, ""]), quote=False)),
        *arrows,
        _tag("rect", x=0.5, y=0.5, width=f"{wide - 1:g}", height=f"{high - 1:g}", rx=10, class_="paper"),
        _tag("g", *shown, transform=_place(_MARGIN, _MARGIN)),
        width=f"{wide:g}",
        height=f"{high:g}",
        viewBox=f"0 0 {wide:g} {high:g}",
        xmlns="http://www.w3.org/2000/svg",
        role="img",
    )


def _style() -> Iterator[str]:
    """The rules of film.css in the colours of the page, for a light screen, and then for a dark one."""
    pages = files("viz") / "page"
    colors = css_variables() + (pages / "base.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", colors)
    rules = (pages / "player" / "film" / "film.css").read_text(encoding="utf-8").splitlines()
    light, dark = ({name: pair[side] for name, *pair in pairs} for side in (0, 1))
    yield from (_colored(rule, light) for rule in rules)
    yield "@media (prefers-color-scheme: dark) {"
    yield from (_colored(rule, dark) for rule in rules if "var(" in rule)
    yield "}"


def _colored(rule: str, colors: Mapping[str, str]) -> str:
    """A rule with colours in the place of their names."""
    return re.sub(r"var\(--([\w-]+)\)", lambda found: colors[found[1]], rule)


def _tag(tag: str, *children: str, **attributes: object) -> str:
    """An element; an attribute that is empty is left out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{value}"' for name, value in attributes.items() if value != ""
    )
    return f"<{tag}{given}>{''.join(children)}</{tag}>" if children else f"<{tag}{given}/>"


def _words(text: str, x: float, y: float, **attributes: str) -> str:
    """A text, at its baseline."""
    return _tag("text", html.escape(text, quote=False), x=f"{x:g}", y=f"{y:g}", **attributes)


def _place(x: float, y: float) -> str:
    """Moved by so much."""
    return f"translate({x:g} {y:g})"
