"""The picture of `examples.classify`: what is answered in a plane of two features, and the samples held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from examples.classifying import Cut, Outcome
from examples.outputs import Plots


@dataclass(frozen=True)
class Section:
    """The plane of a picture as it cuts through the inputs of one outcome."""

    plane: Cut
    outcome: Outcome

    @property
    def others(self) -> list[int]:
        """The features that the picture does not show, by number."""
        features = range(len(self.outcome.test.features))
        return [number for number in features if number not in (self.plane.across, self.plane.up)]

    @property
    def labels(self) -> tuple[str, str]:
        """The names of the features that the picture shows."""
        names = self.outcome.test.features
        return names[self.plane.across], names[self.plane.up]

    @property
    def shown(self) -> list[int]:
        """The numbers of the held-out samples that are in the picture."""
        below = self.plane.below
        rows = enumerate(self.outcome.test.inputs)
        return [index for index, row in rows if below is None or all(row[other] < below for other in self.others)]

    @property
    def points(self) -> list[list[float]]:
        """Where they are in the plane."""
        return [
            [row[self.plane.across], row[self.plane.up]] for row in (self.outcome.test.inputs[i] for i in self.shown)
        ]

    def scores(self, point: list[float]) -> list[float]:
        """Return the scores of the classifier at a point of the plane."""
        row = list(self.outcome.classifier.standardizer.means)
        for other in self.others:
            row[other] = row[other] if self.plane.rest is None else self.plane.rest
        row[self.plane.across], row[self.plane.up] = point
        return self.outcome.classifier.scores([row])[0]

    @property
    def description(self) -> str:
        """What the picture shows, in words."""
        words = f"the answers over {' and '.join(self.labels)}"
        if self.others:
            words += f", others at {'their means' if self.plane.rest is None else f'{self.plane.rest:g}'}"
        below = "" if self.plane.below is None else f" with others below {self.plane.below:g}"
        rings = ", wrong ones in rings" if len(self.outcome.test.class_names) > 2 else ""
        return f"{words}; {len(self.shown)} held-out samples{below}{rings}"


def pictures_of(outcome: Outcome, plane: Cut) -> Callable[[], Plots]:
    """Return a function that draws the picture of an outcome: the decision boundary of two classes, or the regions."""
    section = Section(plane, outcome)

    def make() -> Plots:
        """Draw it."""
        from viz import plots  # which needs matplotlib

        test = outcome.test
        if len(test.class_names) == 2:
            signs = [test.signs[index] for index in section.shown]
            answer = lambda point: section.scores(point)[0]  # noqa: E731
            plot = plots.decision_boundary(
                answer, section.points, signs, threshold=0.0, labels=section.labels, names=test.class_names
            )
        else:
            classes = [test.classes[index] for index in section.shown]
            # By its other features a sample may be answered otherwise than its place in the plane would be.
            plot = plots.class_regions(
                section.scores,
                section.points,
                classes,
                answers=outcome.classifier.answers([test.inputs[index] for index in section.shown]),
                names=test.class_names,
                labels=section.labels,
            )
        return {test.name: (plot, section.description)}

    return make
