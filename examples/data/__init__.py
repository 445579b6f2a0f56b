"""Data sets to classify, in plain Python: some drawn by a formula, and Fisher's Iris.

    train, test = split(moons(count=100, noise=0.1, seed=0), held_out=0.25, seed=0)
    standardizer = Standardizer(train.inputs)
    standardizer.apply(test.inputs)

They need the standard library alone.
"""

from collections.abc import Callable

from examples.data.samples import DataSet, Standardizer, split
from examples.data.sets import circles, iris, moons, parity, spirals, xor

DATA_SETS: dict[str, Callable[..., DataSet]] = {
    made.__name__: made for made in (xor, parity, moons, circles, spirals, iris)
}
"""Every data set by name. Each of these functions can be called without arguments."""

__all__ = ["DATA_SETS", "DataSet", "Standardizer", "circles", "iris", "moons", "parity", "spirals", "split", "xor"]
