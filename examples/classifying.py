"""The training behind `examples.classify`: a setup for each data set, what came of a training, and its picture.

The setups differ in their numbers only: tanh in the hidden layers, a linear output, cross-entropy, and Adam in
mini-batches with a learning rate that falls to 0 along half a cosine wave. Two classes need one output, the score of
the second class, which is the answer if its score is above 0. More classes have a score each; the largest decides.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from examples.answers import answer_program
from examples.data import DataSet, Standardizer, split
from examples.outputs import Plots
from nn import MLP, Adam, CosineSchedule, binary_cross_entropy_with_logits, cross_entropy, train

HELD_OUT = 0.25
"""The share of each class that is held out to test with."""


@dataclass(frozen=True)
class Cut:
    """The plane of a picture: two features, and where the other features stand if there are more.

    across  the number of the feature from left to right
    up      that of the feature from bottom to top
    rest    where all others stand; None for their means over the samples that were trained on
    below   only samples whose other features are below this are shown
    """

    across: int = 0
    up: int = 1
    rest: float | None = None
    below: float = math.inf


@dataclass(frozen=True)
class Setup:
    """How a data set is drawn, trained on, and shown.

    settings    the arguments of the data set's function; "noise" is among them where it can be chosen
    hidden      the number of neurons in each hidden layer
    epochs      how many times the training goes through the samples
    batch_size  how many samples go into one update
    rate        the learning rate at the start
    plane       what the picture is of
    """

    settings: Mapping[str, Any]
    hidden: tuple[int, ...]
    epochs: int
    batch_size: int
    rate: float
    plane: Cut = Cut()


SETUPS = {
    "xor": Setup({"copies": 50, "noise": 0.15}, (8,), 60, 16, 0.03),
    "parity": Setup({"bits": 3, "copies": 25, "noise": 0.15}, (16,), 80, 16, 0.03, Cut(rest=0.0, below=0.5)),
    "moons": Setup({"count": 400, "noise": 0.1}, (16, 16), 40, 32, 0.03),
    "circles": Setup({"count": 400, "noise": 0.1}, (8, 8), 40, 32, 0.03),
    "spirals": Setup({"count": 400, "noise": 0.02}, (16, 16), 150, 32, 0.03),
    "iris": Setup({}, (8,), 60, 16, 0.02, Cut(across=2, up=3)),
}
"""By the names of the data sets. The truth tables are copied with noise, so that there is something to hold out."""


class Classifier:
    """A network and the scale of its inputs; it is asked in the units of the data set."""

    def __init__(self, model: MLP, standardizer: Standardizer) -> None:
        self.model = model
        self.standardizer = standardizer
        self._program = answer_program(model)

    def scores(self, inputs: Sequence[Sequence[float]]) -> list[list[float]]:
        """Return the outputs of the network for each sample."""
        return [list(self._program(*row)) for row in self.standardizer.apply(inputs)]

    def confusion(self, data: DataSet) -> list[list[int]]:
        """Count how often samples of each class (a row each) are answered with which (the columns)."""
        matrix = [[0] * len(data.class_names) for _ in data.class_names]
        for true, scores in zip(data.classes, self.scores(data.inputs), strict=True):
            matrix[true][decide(scores)] += 1
        return matrix


@dataclass(frozen=True)
class Outcome:
    """What came of training on one split.

    seed         what fixed the split, the initial weights and the batches
    train, test  the samples that were trained on, and those held out
    classifier   what was trained
    losses       the loss of each completed epoch
    seconds      how long the training took, recording and compiling included
    interrupted  whether Ctrl-C ended it
    """

    seed: int
    train: DataSet
    test: DataSet
    classifier: Classifier
    losses: list[float]
    seconds: float
    interrupted: bool

    @cached_property
    def confusion(self) -> list[list[int]]:
        """The confusion matrix of the samples held out."""
        return self.classifier.confusion(self.test)

    @cached_property
    def train_confusion(self) -> list[list[int]]:
        """The confusion matrix of the samples that were trained on."""
        return self.classifier.confusion(self.train)


def new_network(data: DataSet, hidden: Sequence[int], seed: int) -> MLP:
    """Build the network to train: one output for two classes, else one for each class."""
    classes = len(data.class_names)
    sizes = [len(data.features), *hidden, 1 if classes == 2 else classes]
    return MLP(sizes, hidden="tanh", output="linear", initializer="xavier", seed=seed)


def train_on_split(data: DataSet, setup: Setup, seed: int, backend: str, progress: bool | None = None) -> Outcome:
    """Split the samples and train a new network on one part; ``progress`` as for `nn.train`. Ctrl-C ends it early."""
    train_set, test_set = split(data, HELD_OUT, seed)
    two = len(data.class_names) == 2
    standardizer = Standardizer(train_set.inputs)
    model = new_network(data, setup.hidden, seed)
    start = time.perf_counter()
    history = train(
        model,
        standardizer.apply(train_set.inputs),
        train_set.classes if two else train_set.one_hot,
        binary_cross_entropy_with_logits if two else cross_entropy,
        Adam(model.parameters()),
        epochs=setup.epochs,
        batch_size=setup.batch_size,
        backend=backend,
        seed=seed,
        progress=progress,
        schedule=CosineSchedule(setup.rate, setup.epochs),
    )
    seconds = time.perf_counter() - start
    classifier = Classifier(model, standardizer)
    return Outcome(seed, train_set, test_set, classifier, history.losses, seconds, history.interrupted)


def decide(scores: Sequence[float]) -> int:
    """Return the class that is answered: whether a single score is above 0, or the place of the largest of several."""
    return int(scores[0] > 0.0) if len(scores) == 1 else scores.index(max(scores))


def right_and_all(confusion: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return how many samples of a confusion matrix were answered correctly, and how many there are."""
    return sum(row[number] for number, row in enumerate(confusion)), sum(map(sum, confusion))


def accuracy(confusion: Sequence[Sequence[int]]) -> float:
    """Return the fraction of the samples of a confusion matrix that were answered correctly."""
    right, count = right_and_all(confusion)
    return right / count


class Section:
    """The plane of a picture as it cuts through the inputs of one outcome.

    labels  the names of the two features that the picture shows
    shown   the held-out samples in the picture
    points  where these are in the plane
    """

    def __init__(self, plane: Cut, outcome: Outcome) -> None:
        self.plane = plane
        self.classifier = outcome.classifier
        test = outcome.test
        sides = (plane.across, plane.up)
        self.others = [number for number in range(len(test.features)) if number not in sides]
        self.labels = (test.features[plane.across], test.features[plane.up])
        near = [all(row[other] < plane.below for other in self.others) for row in test.inputs]
        self.shown = test.take([index for index, is_near in enumerate(near) if is_near])
        self.points = [[row[side] for side in sides] for row in self.shown.inputs]

    def scores(self, point: Sequence[float]) -> list[float]:
        """Return the scores of the classifier at a point of the plane."""
        means, rest = self.classifier.standardizer.means, self.plane.rest
        row = list(means) if rest is None else [rest] * len(means)
        row[self.plane.across], row[self.plane.up] = point
        return self.classifier.scores([row])[0]

    @property
    def description(self) -> str:
        """What the picture shows, in words."""
        words = f"the answers over {' and '.join(self.labels)}"
        if self.others:
            words += f", others at {'their means' if self.plane.rest is None else f'{self.plane.rest:g}'}"
        below = f" with others below {self.plane.below:g}" if self.plane.below < math.inf else ""
        rings = ", wrong ones in rings" if len(self.shown.class_names) > 2 else ""
        return f"{words}; {len(self.shown)} held-out samples{below}{rings}"


def make_plots(outcome: Outcome, plane: Cut) -> Plots:
    """Draw what is answered in a plane: the decision boundary of two classes, or the regions of more."""
    from viz import plots

    section = Section(plane, outcome)
    shown = section.shown
    words: dict[str, Any] = {"labels": section.labels, "names": shown.class_names}
    if len(shown.class_names) == 2:
        score = lambda point: section.scores(point)[0]  # noqa: E731
        plot = plots.decision_boundary(score, section.points, shown.signs, threshold=0.0, **words)
    else:
        # A sample's other features may lead to another answer than its place in the plane suggests.
        answers = [decide(scores) for scores in outcome.classifier.scores(shown.inputs)]
        plot = plots.class_regions(section.scores, section.points, shown.classes, answers=answers, **words)
    return {shown.name: (plot, section.description)}
