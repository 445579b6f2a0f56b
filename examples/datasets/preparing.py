"""What is done to a data set before training: `split` holds some of it out, `Standardizer` brings it to one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from examples.datasets.checks import number_between
from examples.datasets.dataset import DataSet


def split(data: DataSet, held_out: float = 0.25, seed: int = 0) -> tuple[DataSet, DataSet]:
    """Return the samples to train on and those held out to test with, both shuffled.

    Of each class the fraction ``held_out`` is held out, rounded to whole samples, and each class is in both parts: one
    sample of it at least. Raises ValueError for a fraction that is not between 0 and 1, and for a class of fewer than
    two samples.
    """
    number_between(held_out, "held_out", 0.0, 1.0)
    order = list(range(len(data)))
    Random(seed).shuffle(order)
    chosen: set[int] = set()
    for number, name in enumerate(data.class_names):
        members = [index for index in order if data.classes[index] == number]
        if len(members) < 2:
            raise ValueError(
                f"{data.name} has {len(members)} of class {name!r}: each class needs two samples at least, one to "
                "train on and one to hold out"
            )
        # Half a sample is rounded up, in every class alike.
        wanted = math.floor(held_out * len(members) + 0.5)
        chosen.update(members[: min(max(wanted, 1), len(members) - 1)])
    return data.take([i for i in order if i not in chosen]), data.take([i for i in order if i in chosen])


class Standardizer:
    """Brings each feature to the mean 0 and the standard deviation 1, as found in ``inputs``, the samples to train on.

    means       the mean of each feature
    deviations  its standard deviation √(Σ (x - mean)² / n): that of these samples as a population; 1 where the feature
                is constant, which then becomes 0

    Samples that are held out are brought to the same scale by `apply`, and take no part in finding it. Raises
    ValueError for no samples, or rows of different lengths.
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
        """Return (x - mean) / deviation for every number of every sample; ValueError for rows of another length."""
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
