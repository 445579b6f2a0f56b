"""What a picture shows, read from the file: SVG by an XML parser, PNG by matplotlib, PDF byte by byte."""

import re
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby

import numpy as np
from matplotlib.image import imread
from support.plot_reading import luminance

import viz
from viz import images

SVG = "{http://www.w3.org/2000/svg}"
Channels = tuple[float, ...]
LINK = "{http://www.w3.org/1999/xlink}"


@dataclass
class Shape:
    """A node, an edge or a frame of an SVG: its name in DOT, class, pieces of text, tooltip, colours and outlines.

    places  (x, y) of each text, as the SVG has them
    """

    title: str
    kind: str
    texts: list[str]
    places: list[tuple[float, float]]
    tooltip: str
    fills: list[str]
    text_fills: list[str]
    font_sizes: list[float]
    outlines: list[str]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is drawn."""
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", " ".join(self.outlines))]
        return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])

    @property
    def lines(self) -> list[str]:
        """The texts at one height as one, from the top and the left."""
        ordered = sorted((y, x, text) for (x, y), text in zip(self.places, self.texts, strict=True))
        return [" ".join(text for *_, text in pieces) for _, pieces in groupby(ordered, lambda piece: piece[0])]


class Svg:
    """The nodes, edges, frames of parts and caption of a Graphviz SVG.

    An edge with a partial is drawn as two halves, from the node to the partial and on: here, it is one shape.
    """

    def __init__(self, content: bytes) -> None:
        root = ElementTree.fromstring(content)
        shapes = _shapes(root, "node")
        self.nodes = [shape for shape in shapes if shape.kind != "partial"]
        self.partials = {shape.title: shape for shape in shapes if shape.kind == "partial"}
        self.edges = list(self._whole(_shapes(root, "edge")))
        self.clusters = _shapes(root, "cluster")
        graph = next(group for group in root.iter(f"{SVG}g") if group.get("class") == "graph")
        around = [child for child in graph if child.get("class") is None]
        captions = [text for child in around for text in child.iter(f"{SVG}text")]
        self.caption = [text.text.strip() for text in captions]
        self.caption_places = [(float(text.get("x")), float(text.get("y"))) for text in captions]
        self.caption_sizes = [float(text.get("font-size")) for text in captions]
        self.width, self.height = (float(root.get(side).removesuffix("pt")) for side in ("width", "height"))
        self.fonts = {text.get("font-family") for text in root.iter(f"{SVG}text")}

    def _whole(self, drawn: list[Shape]) -> Iterator[Shape]:
        ends = {half.title.split("->")[0]: half for half in drawn}
        for half in drawn:
            source, target = half.title.split("->")
            if target in self.partials:
                partial, rest = self.partials[target], ends[target]
                assert half.tooltip == rest.tooltip == partial.tooltip
                outlines = half.outlines + rest.outlines
                title = f"{source}->{rest.title.split('->')[1]}"
                yield replace(partial, title=title, kind=target, outlines=outlines)
            elif source not in self.partials:
                yield half

    def node(self, name: str) -> Shape:
        """The node with this name in bold."""
        return next(node for node in self.nodes if node.texts[0] == name)

    def arrows(self) -> list[tuple[str, str, str]]:
        """(name of the operand, name of the result, text) of each edge, in order."""
        names = {node.title: node.texts[0] for node in self.nodes}
        pairs = [(*edge.title.split("->"), " ".join(edge.texts)) for edge in self.edges]
        return [(names[source], names[target], text) for source, target, text in pairs]


def svg(value, **options) -> Svg:
    """What a drawing shows, as SVG."""
    return Svg(images.image(viz.to_dot(value, **options), "svg"))


def _shapes(root: ElementTree.Element, kind: str) -> list[Shape]:
    """The groups of a kind: a class of the drawing's own may stand behind it, as in ``class="node input"``."""
    return [_shape(group) for group in root.iter(f"{SVG}g") if group.get("class", "").split(" ")[0] == kind]


def _shape(group: ElementTree.Element) -> Shape:
    texts = {text: (text.text or "").replace("\u00a0", " ").strip() for text in group.iter(f"{SVG}text")}
    texts = {text: shown for text, shown in texts.items() if shown}
    drawn = [*group.iter(f"{SVG}polygon"), *group.iter(f"{SVG}path")]
    return Shape(
        title=group.find(f"{SVG}title").text,
        kind=group.get("class").partition(" ")[2],
        texts=list(texts.values()),
        places=[(float(text.get("x")), float(text.get("y"))) for text in texts],
        tooltip=next((link.get(f"{LINK}title") for link in group.iter(f"{SVG}a")), ""),
        fills=[element.get("fill") for element in drawn],
        text_fills=[text.get("fill", "#000000") for text in texts],
        font_sizes=[float(text.get("font-size")) for text in texts],
        outlines=[element.get("points") or element.get("d") for element in drawn],
    )


def contrast(first: Channels, second: Channels) -> float:
    """The contrast of two colours, as WCAG 2.1 defines it."""
    darker, lighter = sorted(luminance([channel / 255 for channel in color]) for color in (first, second))
    return (lighter + 0.05) / (darker + 0.05)


def channels(color: str) -> Channels:
    """Red, green and blue, up to 255, of #rrggbb."""
    return tuple(bytes.fromhex(color.removeprefix("#")))


class Png:
    """Width, height and colours (as #rrggbb, with how many pixels they cover) of a bitmap, as matplotlib reads it."""

    def __init__(self, content: bytes) -> None:
        pixels = np.rint(255 * imread(BytesIO(content), format="png")[..., :3]).astype(int)
        self.height, self.width, _ = pixels.shape
        found, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
        self.colors = {f"#{bytes(map(int, color)).hex()}": count for color, count in zip(found, counts, strict=True)}


def pdf_text(content: bytes) -> bytes:
    """A PDF with its compressed streams unpacked."""
    assert content.startswith(b"%PDF")
    unpacked = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            unpacked.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(unpacked)
