"""What the tests of plots share: samples, parameters, and what is read back from a figure."""

import html
import math
import xml.etree.ElementTree as ElementTree
from io import BytesIO

import matplotlib

from nn import MLP

XOR, TARGETS = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
HOSTILE = ["$x_1$", "_hidden", '<b> & "', "\\alpha$", "\\$", "_nolegend_", "100 %", "^{"]


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


def visible_boxes(figure):
    """Where each text of a drawn figure is, in pixels."""
    figure.draw_without_rendering()
    texts = {text for text in figure.findobj(matplotlib.text.Text) if text.get_visible() and text.get_text()}
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.majorTicks, *axis.minorTicks]:
            texts -= set() if low <= tick.get_loc() <= high else {tick.label1, tick.label2}
    return {text: matplotlib.text.Text.get_window_extent(text) for text in texts}
