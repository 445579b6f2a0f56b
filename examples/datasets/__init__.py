"""Data sets to classify, in plain Python: some drawn by a formula, and Fisher's Iris.

    train, test = split(moons(count=100, noise=0.1, seed=0), held_out=0.25, seed=0)
    standardizer = Standardizer(train.inputs)
    standardizer.apply(test.inputs)

They stand on the standard library alone.
"""

from collections.abc import Callable

from examples.datasets.dataset import DataSet
from examples.datasets.generated import circles, moons, parity, spirals, xor
from examples.datasets.iris import iris
from examples.datasets.preparing import Standardizer, split

DATA_SETS: dict[str, Callable[..., DataSet]] = {
    "xor": xor,
    "parity": parity,
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "iris": iris,
}
"""Every data set by name. What its function takes, it can do without."""

__all__ = [
    "DATA_SETS",
    "DataSet",
    "Standardizer",
    "circles",
    "iris",
    "moons",
    "parity",
    "spirals",
    "split",
    "xor",
]
