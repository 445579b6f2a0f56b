"""What the tests of plots share: samples, parameters, and what is read back from a figure."""

import html
import math
import xml.etree.ElementTree as ElementTree
from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet

from nn import MLP

XOR, TARGETS = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
HOSTILE = ["$x_1$", "_hidden", '<b> & "', "\\alpha$", "\\$", "_nolegend_", "100 %", "^{"]


def bowl(x, y):
    """A function of two numbers with its minimum, 7, at (1, -2)."""
    return 7.0 + (x - 1.0) ** 2 + (y + 2.0) ** 2


def states(sizes=(2, 8, 1), epochs=5):
    """What the parameters of a network might be after each epoch: no number twice."""
    names = MLP(list(sizes)).state_dict()
    return [{name: math.sin(7 * epoch + 3 * n) for n, name in enumerate(names)} for epoch in range(epochs)]


def shown_texts(figure):
    """Every text in a file as it is drawn: matplotlib notes it before its letters, which are shapes."""
    stream = BytesIO()
    figure.savefig(stream, format="svg")
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.fromstring(stream.getvalue(), parser)
    return [html.unescape(element.text.strip()) for element in root.iter(ElementTree.Comment)]


def legend_texts(plot):
    """What stands in the legend, from the top or the left."""
    return [text.get_text() for text in plot.figure.legends[0].get_texts()]


def points(line):
    """The points of a line or of marks of one look."""
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))


def corners(plot):
    """The corners of the lines that follow a height or a boundary."""
    lines = [one for one in plot.figure.axes[0].collections if isinstance(one, ContourSet) and not one.filled]
    return [corner for line in lines for path in line.get_paths() for corner in path.vertices.tolist()]


def color_at(plot, x, y):
    """The colour on the screen at a place in the first panel, as three numbers from 0 to 1."""
    canvas = FigureCanvasAgg(plot.figure)
    canvas.draw()
    across, up = plot.figure.axes[0].transData.transform((x, y))
    return np.asarray(canvas.buffer_rgba())[::-1][int(up), int(across), :3] / 255


def luminance(color):
    """The luminance of WCAG 2: 0 is black, 1 is white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def visible_boxes(figure):
    """Where each text of a drawn figure is, in pixels."""
    figure.draw_without_rendering()
    texts = {text for text in figure.findobj(matplotlib.text.Text) if text.get_visible() and text.get_text()}
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.majorTicks, *axis.minorTicks]:
            texts -= set() if low <= tick.get_loc() <= high else {tick.label1, tick.label2}
    return {text: matplotlib.text.Text.get_window_extent(text) for text in texts}
