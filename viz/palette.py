"""The colours and shapes of pictures: the role of a node, and the sign and size of a gradient.

The hues are those of Okabe and Ito ("Color Universal Design", 2008), which can be told apart with any kind of colour
blindness, light enough for black text. A role also has a shape of its own, for a print without colours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from viz.notation import is_finite

Role = Literal["input", "parameter", "operation", "result", "part"]

# The first of these that there is: on paper, on a slide, in a browser.
FONT = "Helvetica,Arial,sans-serif"

# What is computed forwards is black, what is computed backwards blue.
BACKWARD = "#004C8C"
FAINT = "#595959"

# What is marked: a mistake, a difference; and what only follows from one.
WRONG = "#B00020"
FOLLOWS = "#D9677A"


@dataclass(frozen=True)
class Look:
    """How nodes of a role look: on paper, and on a dark screen, where ``dark_fill`` bears light text."""

    shape: str
    fill: str
    line: str
    dark_fill: str
    dark_line: str
    style: str = "filled"
    outlines: int = 1
    margin: str = "0.11,0.06"

    def attributes(self) -> dict[str, str]:
        """The attributes of such a node in DOT."""
        colors = {"color": self.line, "fillcolor": self.fill}
        shape = {"shape": self.shape, "style": self.style, "peripheries": str(self.outlines), "margin": self.margin}
        return shape | colors


LOOKS: dict[Role, Look] = {
    "input": Look("box", "#D6ECFA", "#0072B2", "#12394F", "#56B4E9"),
    "parameter": Look("folder", "#FBE3B5", "#B36B00", "#4A3300", "#E69F00"),
    "operation": Look("box", "#F4F4F4", FAINT, "#2E2E2E", "#A6A6A6", "filled,rounded"),
    "result": Look("box", "#CDEBDF", "#00775A", "#0B4234", "#2FC79B", "filled,rounded", outlines=2),
    "part": Look("box3d", "#F1DDE9", "#9C4A7A", "#46223A", "#D98FBB", margin="0.14,0.12"),
}
assert tuple(LOOKS) == get_args(Role)

BACKWARD_DARK = "#8EC7FF"
FAINT_DARK = "#B0B0B0"
WRONG_DARK = "#FF8A8A"
FOLLOWS_DARK = "#C4606A"

PART_FILL = "#FAFAF7"
PART_LINE = "#8C8C80"

PAPER_DARK = "#1B1B1B"
INK_DARK = "#F0F0F0"

_DARK = {
    **{look.fill: look.dark_fill for look in LOOKS.values()},
    **{look.line: look.dark_line for look in LOOKS.values()},
    "white": PAPER_DARK,
    PART_FILL: "#232323",
    PART_LINE: PART_LINE,
    FAINT: FAINT_DARK,
    BACKWARD: BACKWARD_DARK,
    WRONG: WRONG_DARK,
    FOLLOWS: FOLLOWS_DARK,
}

DECADES = 4
"""So many powers of ten below the largest gradient have shades of their own."""

_NEGATIVE = (0x8C, 0xC6, 0xEA)
_POSITIVE = (0xF8, 0xB8, 0x7C)
_NEGATIVE_DARK, _POSITIVE_DARK = "#1D5E8A", "#8A4B12"
_DEEPEST_DARK = 0.6  # of the way from the paper to these: there, pale blue text can still be read


@dataclass(frozen=True)
class GradientScale:
    """Gradients as colours: blue if negative, orange if positive, and deeper with each power of ten.

    largest  the size of the deepest gradient, above 0
    """

    largest: float

    @classmethod
    def of(cls, gradients: Iterable[float | None]) -> GradientScale:
        """The scale that reaches up to the largest of some gradients."""
        sizes = (abs(gradient) for gradient in gradients if gradient is not None and is_finite(gradient))
        return cls(max(sizes, default=0.0) or 1.0)

    def color(self, gradient: float | None) -> str:
        """The fill of a node; white for 0 and for an unknown gradient."""
        if gradient is None or gradient == 0.0 or gradient != gradient:
            return "#FFFFFF"
        ratio = abs(gradient) / self.largest
        decades = math.log10(ratio) if 0.0 < ratio < math.inf else -math.inf if ratio == 0.0 else 0.0
        share = min(1.0, max(0.08, 1.0 + decades / DECADES))
        extreme = _NEGATIVE if gradient < 0 else _POSITIVE
        return _hexadecimal(round(255 + share * (end - 255)) for end in extreme)

    def stops(self) -> list[float]:
        """Some gradients for a legend, the most negative first."""
        positive = [self.largest * 10.0 ** (-decades) for decades in range(0, DECADES, 2)]
        return [*(-gradient for gradient in positive), 0.0, *reversed(positive)]


def dark(color: str) -> str:
    """The colour on a dark page for one of a picture on white: of text, of a role, or else the shade of a gradient."""
    color = color.upper() if color.startswith("#") else color
    if color in _DARK:
        return _DARK[color]
    red, _, blue = channels = bytes.fromhex(color[1:])
    extreme, deepest = (_NEGATIVE, _NEGATIVE_DARK) if red < blue else (_POSITIVE, _POSITIVE_DARK)
    share = _DEEPEST_DARK * (255 - min(channels)) / (255 - min(extreme))
    ends = zip(bytes.fromhex(PAPER_DARK[1:]), bytes.fromhex(deepest[1:]), strict=True)
    return _hexadecimal(round(paper + share * (end - paper)) for paper, end in ends)


def css_variables() -> str:
    """The colours of pictures for a style sheet, by its colour scheme: ``--parameter-fill`` and so on."""
    shades = {
        f"{role}-{kind}": f"light-dark({light}, {dark})"
        for role, look in LOOKS.items()
        for kind, light, dark in (("fill", look.fill, look.dark_fill), ("line", look.line, look.dark_line))
    }
    for name, light, dark in (("negative", _NEGATIVE, _NEGATIVE_DARK), ("positive", _POSITIVE, _POSITIVE_DARK)):
        shades[name] = f"light-dark({_hexadecimal(light)}, {dark})"
    shades["wrong"] = f"light-dark({WRONG}, {WRONG_DARK})"
    return " ".join(f"--{name}: {colors};" for name, colors in shades.items())


def _hexadecimal(color: Iterable[int]) -> str:
    """Red, green and blue as a style sheet has them."""
    return "#" + bytes(color).hex().upper()
