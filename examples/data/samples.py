"""`DataSet`: samples, each with its class; `split` holds some of them out, `Standardizer` brings them to one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from examples.data.checks import number_between


@dataclass(frozen=True)
class DataSet:
    """Samples to classify.

    name         what the data set is called
    inputs       a row of numbers for each sample, one number for each feature
    classes      the number of the class of each sample, counted from 0
    features     the names of the features
    class_names  the names of the classes

    Raises ValueError if the lengths do not agree, or if a class has no name.
    """

    name: str
    inputs: list[list[float]]
    classes: list[int]
    features: tuple[str, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        count, features, classes = len(self.inputs), len(self.features), len(self.class_names)
        if count != len(self.classes):
            raise ValueError(
                f"each sample of {self.name} needs a class: there are {count} inputs and {len(self.classes)} classes"
            )
        for index, row in enumerate(self.inputs):
            if len(row) != features:
                counted = "1 feature" if features == 1 else f"{features} features"
                raise ValueError(f"inputs[{index}] of {self.name} has {len(row)} numbers for {counted}")
        for index, number in enumerate(self.classes):
            if number not in range(classes):
                raise ValueError(
                    f"classes[{index}] of {self.name} is {number!r}, but class_names has names for 0 to {classes - 1}"
                )

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.inputs)

    @property
    def signs(self) -> list[int]:
        """The classes 0 and 1 as -1 and 1, the targets of a max-margin loss; ValueError for more than two classes."""
        if len(self.class_names) != 2:
            raise ValueError(f"only two classes have the signs -1 and 1, and {self.name} has {len(self.class_names)}")
        return [2 * number - 1 for number in self.classes]

    @property
    def one_hot(self) -> list[list[float]]:
        """For each sample a row with one number for each class: 1 for its own, 0 for all others."""
        names = range(len(self.class_names))
        return [[1.0 if number == name else 0.0 for name in names] for number in self.classes]

    def take(self, numbers: Sequence[int]) -> DataSet:
        """Return the samples with these numbers, in this order."""
        inputs = [self.inputs[number] for number in numbers]
        return replace(self, inputs=inputs, classes=[self.classes[number] for number in numbers])


def split(data: DataSet, held_out: float = 0.25, seed: int = 0) -> tuple[DataSet, DataSet]:
    """Return the samples to train on and those to test with, both shuffled.

    The fraction ``held_out`` of each class is held out, rounded to whole samples; at least one sample of each class
    goes into either part. Raises ValueError if the fraction is not between 0 and 1, or if a class has fewer than two
    samples.
    """
    number_between(held_out, "held_out", 0.0, 1.0)
    order = list(range(len(data)))
    Random(seed).shuffle(order)
    chosen: set[int] = set()
    for number, name in enumerate(data.class_names):
        members = [index for index in order if data.classes[index] == number]
        if len(members) < 2:
            raise ValueError(
                f"{data.name} has {len(members)} of class {name!r}: each class needs at least two samples, one to "
                "train on and one to hold out"
            )
        # `round` would round a half up in one class and down in another.
        wanted = math.floor(held_out * len(members) + 0.5)
        chosen.update(members[: min(max(wanted, 1), len(members) - 1)])
    return data.take([i for i in order if i not in chosen]), data.take([i for i in order if i in chosen])


class Standardizer:
    """Brings each feature to mean 0 and standard deviation 1, as measured on ``inputs``, the samples to train on.

    means       the mean of each feature
    deviations  its standard deviation √(Σ (x - mean)² / n), the population's; 1 where the feature is constant, which
                then becomes 0

    `apply` brings held-out samples to the same scale, which they had no part in setting. Raises ValueError if there are
    no samples, or if rows differ in length.
    """

    def __init__(self, inputs: Sequence[Sequence[float]]) -> None:
        if not inputs:
            raise ValueError("inputs has no samples to take means and deviations of: give those to train on")
        if len({len(row) for row in inputs}) > 1:
            raise ValueError("the rows of inputs differ in length: give each sample one number for each feature")
        columns = list(zip(*inputs, strict=True))
        self.means = [math.fsum(column) / len(column) for column in columns]
        self.deviations = [_deviation(column, mean) for column, mean in zip(columns, self.means, strict=True)]

    def apply(self, inputs: Sequence[Sequence[float]]) -> list[list[float]]:
        """Return (x - mean) / deviation for each number of each sample; ValueError if a row has another length."""
        for index, row in enumerate(inputs):
            if len(row) != len(self.means):
                raise ValueError(f"inputs[{index}] has {len(row)} numbers, but {len(self.means)} were standardised")
        return [
            [(x - mean) / deviation for x, mean, deviation in zip(row, self.means, self.deviations, strict=True)]
            for row in inputs
        ]


def _deviation(column: Sequence[float], mean: float) -> float:
    """Return the population's standard deviation; 1 for a column of equal numbers."""
    if min(column) == max(column):
        return 1.0
    return math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
