"""The colours: gradients by sign and size, text that can be read on all, roles for eyes that see few colours."""

import itertools
import math
import re

import numpy as np
import pytest
from support.picture_reading import channels, contrast, svg

from engine import Value
from engine.extend import Undefined
from viz.graphs.outline import Node
from viz.graphs.summary import Row
from viz.palette import BACKWARD_DARK, DECADES, FAINT_DARK, LOOKS, PART_FILL, GradientScale, dark

SIZES = [10.0**exponent for exponent in np.linspace(-8, 0, 81)]

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE
# Transactions on Visualization and Computer Graphics 15 (2009): the matrices for severity 1.0, on linear RGB.
VISION = {
    "all colours": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB's primaries and white point D65 (IEC 61966-2-1).
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color):
    """The channels of #rrggbb in proportion to light, as IEC 61966-2-1 has it."""
    shares = np.array(channels(color)) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast_to_black(color):
    """The contrast ratio of WCAG 2.1."""
    return contrast(channels(color), (0, 0, 0))


def lab(light):
    """CIELAB coordinates of linear RGB."""
    ratios = TO_XYZ @ np.clip(light, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratios > (6 / 29) ** 3, np.cbrt(ratios), ratios / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(first, second, vision="all colours"):
    """ΔE*ab of 1976 between two colours; a difference of 2.3 is just noticeable (Mahy et al., 1994)."""
    return float(np.linalg.norm(lab(VISION[vision] @ linear(first)) - lab(VISION[vision] @ linear(second))))


def test_the_measures_are_those_of_the_standards():
    assert contrast_to_black("#FFFFFF") == pytest.approx(21)
    assert contrast_to_black("#000000") == pytest.approx(1)
    assert contrast_to_black("#777777") == pytest.approx(21 / 4.48, abs=0.01), "#777 on white has 4.48"
    assert lab(linear("#FF0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.1)
    assert difference("#FF0000", "#00FF00", "deuteranopia") < difference("#FF0000", "#00FF00") / 2
    for matrix in VISION.values():
        assert matrix.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-5), "white stays white"


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_larger_the_deeper(sign):
    scale = GradientScale.of([2.0])
    depths = [contrast_to_black(scale.color(sign * 2 * size)) for size in SIZES]
    assert depths == sorted(depths, reverse=True)
    assert len(set(depths)) > 30
    for decade in range(DECADES - 1):
        shallower, deeper = (scale.color(sign * 2 * 10.0**-exponent) for exponent in (decade + 1, decade))
        assert difference(shallower, deeper) > 5, "each power of ten can be told from the next"


def test_text_can_be_read_on_every_fill():
    scale = GradientScale.of([3.0])
    fills = [scale.color(sign * 3 * size) for size in [*SIZES, math.inf] for sign in (-1, 1)]
    fills += [look.fill for look in LOOKS.values()] + [PART_FILL]
    assert min(map(contrast_to_black, fills)) >= 7
    assert 21 / max(contrast_to_black(look.dark_fill) for look in LOOKS.values()) >= 7, "white on it"


def test_on_a_dark_page_colours_mean_the_same_and_all_texts_can_be_read():
    for look in LOOKS.values():
        assert dark(look.fill.lower()) == look.dark_fill
        assert dark(look.line.lower()) in {look.dark_line, FAINT_DARK}
    scale = GradientScale.of([1.0])
    for sign in (-1, 1):
        shades = [dark(scale.color(sign * size)) for size in [0.0, *SIZES]]
        depths = list(map(contrast_to_black, shades))
        assert depths == sorted(depths), "the larger the further from the dark paper"
        assert difference(shades[0], shades[-1]) > 20
        for text in (BACKWARD_DARK, FAINT_DARK):
            assert contrast(channels(text), channels(shades[-1])) >= 4.5
    assert difference(dark(scale.color(1.0)), dark(scale.color(-1.0)), "deuteranopia") > 20


NONE, INF = Undefined(ValueError("none")), math.inf
STRANGE = [[None], [0.0], [math.nan], [INF, -INF], [NONE, 1.0], [5e-324], [1.7e308, 5e-324]]


def test_no_gradient_is_without_a_colour():
    for gradients in STRANGE:
        scale = GradientScale.of(gradients)
        assert scale.largest > 0
        for gradient in [*gradients, None, 0.0, math.nan, INF, -INF, NONE, 5e-324, -1.7e308]:
            assert re.fullmatch("#[0-9A-F]{6}", scale.color(gradient))
        assert scale.color(math.nan) == scale.color(NONE) == "#FFFFFF"
        assert scale.color(math.inf) == scale.color(scale.largest)
        assert all(math.isfinite(stop) for stop in scale.stops())
    assert GradientScale.of([0.5, -3.0, math.inf, None]).stops() == [-3.0, -0.03, 0.0, 0.03, 3.0]


def test_the_gradient_of_a_node_is_its_largest():
    cases = {(0.5, -3.0, 2.0): -3.0, (math.nan, 0.5): 0.5, (math.inf, 0.5): 0.5, (math.nan,): None, None: None}
    for gradients, largest in cases.items():
        assert Node("operation", "v", "", (Row("", (1.0,), gradients),)).gradient == largest


def test_nodes_have_the_colour_of_their_gradient_and_the_legend_its_number():
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(0.0, "c")
    result = a * b * 0.5 + c * c
    result.backward()
    picture = svg(result, colors="gradient")
    fills = {node.texts[0]: node.fills[0].lower() for node in picture.nodes}
    assert fills["a"] == GradientScale(1.5).color(-1.5).lower(), "∂r/∂a = b / 2 = -1.5"
    assert fills["b"] == GradientScale(1.5).color(1.0).lower(), "∂r/∂b = a / 2 = 1"
    assert fills["c"] in {"#ffffff", "white"}, "∂r/∂c = 2 c = 0"
    assert [text for text in picture.caption if text][:6] == ["gradient", "-1.5", "-0.015", "0", "0.015", "1.5"]
    assert {node.kind for node in picture.nodes} == {"graded"}
    for gradient in (math.nan, NONE, INF):
        a._grad = gradient
        assert svg(a, colors="gradient").width > 0


@pytest.mark.parametrize("vision", VISION)
def test_roles_and_signs_are_told_apart_by_every_eye(vision):
    """Fills are pale, so that text can be read: they differ noticeably, the lines around them clearly."""
    for first, second in itertools.combinations(LOOKS.values(), 2):
        assert difference(first.fill, second.fill, vision) > 2.3, (first, second)
        assert difference(first.line, second.line, vision) > 6, (first, second)
    scale = GradientScale.of([1.0])
    assert difference(scale.color(1.0), scale.color(-1.0), vision) > 20
    assert difference(scale.color(0.01), scale.color(-0.01), vision) > 8
    assert len({(look.shape, look.style, look.outlines) for look in LOOKS.values()}) == len(LOOKS), "without colours"
