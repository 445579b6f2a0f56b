"""Fisher's Iris: three species, told apart by four measurements of their flowers."""

from __future__ import annotations

import csv
from importlib import resources

from examples.datasets.dataset import DataSet


def iris() -> DataSet:
    """Return the 150 flowers, 50 of each species, in the order of the paper.

    R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936), table I; the
    flowers were gathered by Edgar Anderson. One species stands apart, the other two overlap a little. The numbers are
    those of the paper, as in R: the UCI repository's copy differs in the 35th and the 38th flower.
    """
    text = resources.files("examples.datasets").joinpath("iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    species = [row[-1] for row in rows]
    names = tuple(dict.fromkeys(species))
    inputs = [[float(cell) for cell in row[:-1]] for row in rows]
    return DataSet("iris", inputs, [names.index(name) for name in species], tuple(header[:-1]), names)
