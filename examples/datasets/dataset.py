"""`DataSet`: samples, each with the class that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class DataSet:
    """Samples to classify.

    name         what the data set is called
    inputs       a row of numbers for each sample, one number for each feature
    classes      the number of the class of each sample, counted from 0
    features     the names of the features
    class_names  the names of the classes

    Raises ValueError where the lengths do not agree, or a class has no name.
    """

    name: str
    inputs: list[list[float]]
    classes: list[int]
    features: tuple[str, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.classes):
            raise ValueError(
                f"each sample of {self.name} needs a class: there are {len(self.inputs)} inputs and "
                f"{len(self.classes)} classes"
            )
        for index, row in enumerate(self.inputs):
            if len(row) != len(self.features):
                raise ValueError(f"inputs[{index}] of {self.name} has {len(row)} numbers for {self._counted_features}")
        for index, number in enumerate(self.classes):
            if number not in range(len(self.class_names)):
                raise ValueError(
                    f"classes[{index}] of {self.name} is {number!r}, but class_names has names for 0 to "
                    f"{len(self.class_names) - 1}"
                )

    @property
    def _counted_features(self) -> str:
        """How many features there are, in words."""
        return "1 feature" if len(self.features) == 1 else f"{len(self.features)} features"

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.inputs)

    @property
    def signs(self) -> list[int]:
        """The classes 0 and 1 as -1 and 1, the targets of a max-margin loss; ValueError if there are more than two."""
        if len(self.class_names) != 2:
            raise ValueError(f"only two classes have the signs -1 and 1, and {self.name} has {len(self.class_names)}")
        return [2 * number - 1 for number in self.classes]

    @property
    def one_hot(self) -> list[list[float]]:
        """For each sample a row with a number for each class: 1 for its own, 0 for all others."""
        names = range(len(self.class_names))
        return [[1.0 if number == name else 0.0 for name in names] for number in self.classes]

    def take(self, numbers: Sequence[int]) -> DataSet:
        """Return the samples of these numbers, in this order."""
        inputs = [self.inputs[number] for number in numbers]
        return replace(self, inputs=inputs, classes=[self.classes[number] for number in numbers])
