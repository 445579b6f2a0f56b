"""A graph for a README: from its outline to a flowchart in Mermaid (https://mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator

from viz.graphs import labels
from viz.graphs.marks import Mark, words_of
from viz.graphs.outline import Node, Outline
from viz.graphs.parts import Part
from viz.graphs.style import Direction, Style
from viz.notation import number, printable
from viz.palette import LOOKS, PART_LINE, GradientScale, Role

_DIRECTIONS: dict[Direction, str] = {"right": "LR", "down": "TD"}

# By role: what stands around a label. A parameter is something stored; what has a part in it, a subroutine.
_SHAPES: dict[Role, str] = {
    "input": "[{}]",
    "parameter": "[({})]",
    "operation": "({})",
    "result": "([{}])",
    "part": "[[{}]]",
}

# Mermaid takes the number of a character for the character. Only then does it look for what means something to it: a
# line break "\\n", an icon "fa:…", a formula "$$" and its own signs for numbers. An invisible character parts these.
_ENCODED = re.compile(r"[\"#&<>`%:]")
_PARTED = re.compile(r"[\\$:ﬂ¶]")
_WORD_JOINER = "\u2060"

# Of a title, Mermaid takes what looks like HTML out, and shows "&amp;" for "&". Their wide forms look much the same.
_WIDE = str.maketrans("<>&", "＜＞＆")

# The page of a reader may be light or dark: nodes bring their own ground, frames let it through.
_TEXT = "color:#000"
_VEIL = "#8888881A"

# Of marks: they can be seen on both. Their width tells them apart where their colour does not.
_MARKED = "stroke:#E5383B,stroke-width:4px"
_FOLLOWS = "stroke:#D9677A,stroke-width:2px"

# Without it, lines longer than 200 pixels are broken.
_CONFIGURATION = ["config:", "  flowchart:", "    wrappingWidth: 500"]


def mermaid(outline: Outline, style: Style) -> str:
    """The outline as a flowchart, the same for the same outline and style; Mermaid chooses its size."""
    lines = [*_node_lines(outline, style), *_edge_lines(outline, style), *_looks(outline, style)]
    if style.legend:
        lines.append(_legend(outline, style))
    return "\n".join([*_head(style), f"flowchart {_DIRECTIONS[style.direction]}", *_indented(lines)]) + "\n"


def _head(style: Style) -> list[str]:
    """The front matter, which is YAML."""
    title = json.dumps(_parted(printable(style.title).translate(_WIDE)), ensure_ascii=False)
    return ["---", *([f"title: {title}"] if style.title else []), *_CONFIGURATION, "---"]


def _edge_lines(outline: Outline, style: Style) -> Iterator[str]:
    """The edges, with their partials."""
    partials = labels.partials(outline, style)
    for place, edge in enumerate(outline.edges):
        lines = [*filter(None, [partials.get(place)]), *words_of(edge.mark)]
        text = f"|{_quoted(*lines)}|" if lines else ""
        yield f"n{edge.source} -->{text} n{edge.target}"


def _node_lines(outline: Outline, style: Style, part: Part | None = None) -> Iterator[str]:
    """The lines of the nodes in a part, called n0, n1 and so on, and of the parts in it, called p0, p1 and so on."""
    for index, node in enumerate(outline.nodes):
        if node.part is part:
            yield f"n{index}{_SHAPES[node.role].format(_quoted(*_label(node, style)))}:::{node.role}"
    for index, inner in enumerate(outline.parts):
        if inner.parent is part:
            title = " ".join(labels.part_title(inner))
            yield from _subgraph(f"p{index}", title, style.direction, _node_lines(outline, style, inner))


def _subgraph(name: str, title: str, direction: Direction, lines: Iterable[str]) -> Iterator[str]:
    """The lines of a frame."""
    yield f"subgraph {name} [{_quoted(title or ' ')}]"
    yield from _indented([f"direction {_DIRECTIONS[direction]}", *lines])
    yield "end"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    """Lines further to the right."""
    return (f"  {line}" for line in lines)


def _label(node: Node, style: Style) -> list[str]:
    """Name and expression, and below them the numbers and a mark."""
    pieces = [labels.name_of(node), labels.rounds_of(node), labels.expression_of(node)]
    rows = []
    for row in labels.numbers(node, style):
        kinds = [("data", row.data), ("grad", row.gradients)]
        texts = [f"{kind} {', '.join(numbers)}" for kind, numbers in kinds if numbers]
        rows += [f"{row.name} {', '.join(texts)}"] if row.name else texts
    return [" ".join(piece for piece in pieces if piece), *rows, *words_of(node.mark)]


def _quoted(*lines: str) -> str:
    """Lines of any text as one label."""
    return '"' + "<br/>".join(map(_encoded, lines)) + '"'


def _encoded(text: str) -> str:
    """Text to be shown as it is."""
    spaced = re.sub("^ |(?<= ) ", "\u00a0", text)
    return _ENCODED.sub(lambda found: f"#{ord(found[0])};", _parted(spaced))


def _parted(text: str) -> str:
    """Text without signs that mean something, to be seen as before."""
    return _PARTED.sub(rf"\g<0>{_WORD_JOINER}", text)


def _legend(outline: Outline, style: Style) -> str:
    """What the colours and edges in the graph mean, in a row along it: invisible edges keep the row."""
    scale = labels.scale_of(outline, style)
    colors, on_edges = labels.legend(outline, style)
    if scale:
        chips = [(number(stop, style.digits), _graded(scale, stop)) for stop in scale.stops()]
    else:
        chips = [(role, role) for role in labels.occurring(outline)]
    marks = [(text, _class(mark)) for text, mark in labels.marked(outline)]
    texts = [(colors, "words"), *chips, (on_edges, "words"), *marks]
    lines = [f"{_quoted(*textwrap.wrap(text, 20))}]:::{look}" for text, look in texts if text]
    return " ~~~ ".join(f"l{index}[{line}" for index, line in enumerate(lines))


def _looks(outline: Outline, style: Style) -> Iterator[str]:
    """Classes of nodes and frames; where colours show gradients, nodes have a second one. Marks come last and win."""
    for role in labels.occurring(outline):
        yield f"classDef {role} fill:{LOOKS[role].fill},stroke:{LOOKS[role].line},{_TEXT}"
    yield f"classDef frame fill:{_VEIL},stroke:{PART_LINE}"
    yield "classDef words fill:none,stroke:none"
    if style.legend:
        yield from (f"classDef {_class(mark)} fill:none,{_marked(mark)}" for _, mark in labels.marked(outline))
    members = {"frame": [f"p{index}" for index in range(len(outline.parts))]}
    if scale := labels.scale_of(outline, style):
        for index, node in enumerate(outline.nodes):
            members.setdefault(_graded(scale, node.gradient), []).append(f"n{index}")
        gradients = [*(node.gradient for node in outline.nodes), *scale.stops()]
        colors = dict.fromkeys(scale.color(gradient) for gradient in gradients)
        yield from (f"classDef g{color[1:]} fill:{color},{_TEXT}" for color in colors)
    yield from (f"class {','.join(names)} {name}" for name, names in members.items() if names)
    yield from (f"style n{place} {_marked(node.mark)}" for place, node in enumerate(outline.nodes) if node.mark)
    yield from (f"linkStyle {place} {_marked(edge.mark)}" for place, edge in enumerate(outline.edges) if edge.mark)


def _class(mark: Mark) -> str:
    """The class of what shows how a mark looks."""
    return "follows" if mark.follows else "differs"


def _marked(mark: Mark) -> str:
    """The lines of what is marked."""
    return _FOLLOWS if mark.follows else _MARKED


def _graded(scale: GradientScale, gradient: float | None) -> str:
    """The class of a gradient's colour."""
    return f"g{scale.color(gradient)[1:]}"
