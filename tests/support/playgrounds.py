"""Playgrounds to train: problems, what is in their pages, and their scripts in Node."""

import functools
import json
import random
import re
from typing import Any, NamedTuple

from support.commands import ROOT
from support.node import run_javascript

import viz
from engine import Value, scope, tanh
from nn import MLP, SGD, Adam, RMSProp, losses

XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])


def blobs(count, classes=2):
    """Points around so many places, with the number of each place."""
    generator = random.Random(5)
    targets = [float(index % classes) for index in range(count)]
    points = [[generator.gauss(target, 0.4), generator.gauss(target * target, 0.4)] for target in targets]
    return points, targets


def curve():
    """Points of a parabola, each input a number itself."""
    inputs = [index / 4 for index in range(-4, 5)]
    return inputs, [x * x for x in inputs]


def one_hot(samples, classes):
    """The same samples, each target a row with a 1 for its class."""
    inputs, targets = samples
    return inputs, [[float(target == index) for index in range(classes)] for target in targets]


class Setting(NamedTuple):
    """A problem: how the model and its optimizer are made, the samples and the loss."""

    sizes: list[int]
    samples: tuple[Any, Any]
    loss: Any
    optimizer: Any
    options: dict[str, Any]

    def make(self, **options):
        """A new model, a new optimizer of its parameters, and the page."""
        model = MLP(self.sizes, **self.options)
        optimizer = self.optimizer(model.parameters())
        return model, optimizer, viz.playground(model, *self.samples, loss=self.loss, optimizer=optimizer, **options)


SETTINGS = {
    "xor": Setting([2, 8, 1], XOR, losses.binary_cross_entropy, lambda p: Adam(p, 0.05), {"seed": 3}),
    "squares": Setting([2, 8, 1], XOR, losses.mean_squared_error, lambda p: SGD(p, 0.5), {"hidden": "sigmoid"}),
    "momentum": Setting([2, 8, 1], XOR, losses.half_sum_of_squares, lambda p: SGD(p, 0.1, momentum=0.9), {}),
    "logits": Setting(
        [2, 4, 1], blobs(10), losses.binary_cross_entropy_with_logits, lambda p: RMSProp(p, 0.01), {"output": "linear"}
    ),
    "deep": Setting(
        [2, 16, 16, 1], blobs(60), losses.binary_cross_entropy, lambda p: Adam(p, 0.01), {"hidden": "relu"}
    ),
    "curve": Setting([1, 3, 1], curve(), losses.mean_squared_error, lambda p: SGD(p, 0.1), {"output": "linear"}),
    "classes": Setting([2, 4, 3], blobs(9, 3), losses.cross_entropy, lambda p: Adam(p, 0.02), {"output": "linear"}),
    "one hot": Setting([2, 4, 3], one_hot(blobs(9, 3), 3), losses.mean_squared_error, lambda p: Adam(p, 0.02), {}),
}


@functools.cache
def made(name):
    """The model, the optimizer and the page of a setting; nobody may change them."""
    return SETTINGS[name].make()


class ByHand:
    """A network of two neurons and one that takes what they give, written with Values and scopes."""

    def __init__(self):
        self.hidden = [[Value(0.3, f"p{i}"), Value(-0.4, f"q{i}"), Value(0.1, f"r{i}")] for i in range(2)]
        self.last = [Value(0.5, "s"), Value(0.25, "t")]
        self.factor = Value(2.0, "factor")

    def parameters(self):
        """Only those that are trained: the factor stays."""
        return [parameter for row in [*self.hidden, self.last] for parameter in row]

    def __call__(self, x):
        inner = [self.neuron(index)(x) for index in range(2)]
        return self.answer(inner) * self.factor

    def neuron(self, index):
        """A neuron with the bias first and the factors on either side."""
        p, q, r = self.hidden[index]
        return scope(f"h{index}", "tanh")(lambda x: tanh(r + x[1] * q + p * x[0]))

    @scope("answer")
    def answer(self, x):
        """The last neuron, without a bias."""
        return self.last[1] * x[1] + self.last[0] * x[0]


def content(page):
    """The data in a page, by a parser of JSON that knows no NaN."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    (text,) = re.findall(r'<script type="application/json" id="content">(.*?)</script>', page.html, re.DOTALL)
    return json.loads(text, parse_constant=refuse)


def programs(page):
    """The script in a page that has its programs."""
    scripts = re.findall(r"<script>(.*?)</script>", page.html, re.DOTALL)
    return next(script for script in scripts if "const { sampleProgram" in script)


TRAINING, PROBLEM = (
    (ROOT / "viz" / "page" / name).read_text(encoding="utf-8") for name in ("training.js", "playground/problem.js")
)

BEGIN = """
const problem = new Problem(content);
const training = new Training({
  advance: (numbers) => problem.advance(numbers),
  numbers: [...content.parameters.map(({ data }) => data), ...content.state, content.rate],
  references: content.references,
});
"""


def in_node(page, text, numbers=()):
    """What a text returns in Node, with the programs of a page, its ``content`` and a ``training`` at its beginning."""
    data = f"const content = {json.dumps(content(page))};"
    return run_javascript("\n".join([programs(page), TRAINING, PROBLEM, data, BEGIN, text]), numbers)
