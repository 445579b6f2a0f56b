"""The command line of a study, and its presets."""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import math
import os
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from examples.arguments import (
    LARGEST_NOISE,
    LARGEST_SEED,
    MOST_PARAMETERS,
    add_backend,
    check_network,
    check_size,
    directory,
    epoch_count,
    prepare_output,
    real_number,
    whole_number,
)
from examples.data import DATA_SETS
from examples.data.sets import MOST_BITS
from examples.study.recipes import (
    INITIALIZERS_BY_NAME,
    OBJECTIVES,
    OPTIMIZERS,
    SETTINGS,
    TUTORIAL,
    Problem,
    activations,
    grid,
)
from examples.study.trainer import network_sizes

PRESETS = {
    "tutorial": """--hidden 2 --activations sigmoid --losses half_sum_of_squares --initializers tutorial
        --optimizers sgd --rates 0.1 --seeds 1000 --epochs 10000""",
    "xor": """--hidden 2 4 8 --activations sigmoid tanh relu --losses mean_squared_error binary_cross_entropy
        --initializers normal xavier --optimizers sgd momentum adam --rates 0.01 0.1 1""",
}
"""The options that each stands for, which others on the command line replace: the tutorial's recipe, and a grid."""

DATA_OPTIONS = {"samples": "count", "noise": "noise", "bits": "bits", "data_seed": "seed"}
"""Options of the command, and what the functions of the data sets call them."""

TABLES = ("xor", "parity")
"""Data sets that are the table of a function, all of which has to be learned."""

DIRECTORY = "study-output"

MOST_SAMPLES = 100_000
MOST_TRAININGS = 500_000
"""Each leaves some twenty losses, which are kept in memory."""
MOST_WORKERS = 16
"""For each processor; a worker is a process of its own."""


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.study",
        description="Train every recipe of a grid from many seeds, and say how often each solves the problem.",
    )
    preset = "the tutorial's recipe, or a grid of 324 recipes for XOR"
    parser.add_argument("--preset", choices=PRESETS, help=preset)
    add, share = parser.add_argument_group("the problem").add_argument, real_number(0.0, 1.0)
    right = "the share of samples that has to be answered rightly (default: 1 for xor and parity, else 0.95)"
    add("--data", choices=DATA_SETS, default="xor", help="what is to be learned (default: xor)")
    add("--samples", type=whole_number(2, MOST_SAMPLES), metavar="N", help="how many, of moons, circles and spirals")
    add("--noise", type=real_number(0.0, LARGEST_NOISE), metavar="X", help="standard deviation, of all but iris")
    add("--bits", type=whole_number(1, MOST_BITS), metavar="N", help="of parity (default: 3)")
    add("--data-seed", type=whole_number(0), metavar="N", help="what noise and samples are drawn from")
    add("--accuracy", type=share, metavar="X", help=right)
    _add_grid(parser.add_argument_group("the grid", "Every combination of these is tried."))
    _add_work(parser.add_argument_group("the work"))
    return parser


def _add_grid(group: Any) -> None:
    """Add the options of what is varied, each stored under the name of its setting."""

    def add(option: str, setting: str, default: list[Any], told: str, metavar: str = "NAME", **taken: Any) -> None:
        """Add one that takes several values."""
        taken["help"] = told or ", ".join(taken["choices"])
        group.add_argument(option, dest=setting, nargs="+", default=default, metavar=metavar, **taken)

    known = activations()
    shown = f"of hidden layers: {', '.join(known)}"
    add("--hidden", "hidden", [(4,)], "neurons; 16,16 for two hidden layers", "N", type=_layers)
    add("--activations", "activation", ["sigmoid", "tanh", "relu"], shown, choices=known)
    add("--losses", "loss", ["binary_cross_entropy"], "", choices=OBJECTIVES)
    add("--initializers", "initializer", ["xavier"], "", choices=INITIALIZERS_BY_NAME)
    add("--optimizers", "optimizer", ["sgd", "adam"], "", choices=OPTIMIZERS)
    add("--rates", "rate", [0.1], "learning rates", "X", type=real_number(0.0, above=True))
    seeds = whole_number(1, LARGEST_SEED)
    group.add_argument("--seeds", type=seeds, default=100, metavar="N", help="try 0 to N-1 (default: 100)")


def _add_work(group: Any) -> None:
    """Add the options of how it is done."""
    add, workers = group.add_argument, whole_number(1, MOST_WORKERS * _processors())
    add("--epochs", type=epoch_count, default=1_000, metavar="N", help="updates of each training (default: 1000)")
    add_backend(group)
    add("--workers", type=workers, default=_processors(), metavar="N", help="processes (default: %(default)s)")
    add("--dask", type=_address, metavar="ADDRESS", help="run on the Dask cluster of this scheduler instead")
    add("--resume", action="store_true", help="go on with what an interrupted study has left in DIR")
    add("--top", type=whole_number(10), default=25, metavar="N", help="lines of the table (default: 25)")
    add("--output", type=directory, metavar="DIR", help=f"where files go (default: {DIRECTORY}/NAME)")


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; errors end in a usage message and exit status 2.

    Besides the options, the result has the ``problem``, the ``recipes`` of the grid, and the ``seeds`` as a range.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argument_parser()
    preset = parser.parse_args(arguments).preset
    given = parser.parse_args([*PRESETS.get(preset, "").split(), *arguments])
    given.problem = _problem(parser, given)
    _check_grid(parser, given)
    given.recipes = grid(vars(given))
    given.seeds = range(given.seeds)
    if TUTORIAL in given.initializer:
        if any(len(hidden) != 1 for hidden in given.hidden):
            parser.error(f"argument --initializers: {TUTORIAL} draws the weights of one hidden layer only")
        if importlib.util.find_spec("numpy") is None:
            parser.error(f"{TUTORIAL} draws weights by NumPy, which is missing: python -m pip install numpy")
    given.output = given.output or Path(DIRECTORY, preset or given.data)
    prepare_output(parser, given.output)
    return given


def _check_grid(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Refuse networks that are too large, and too many trainings."""
    trainings = given.seeds * math.prod(len(set(getattr(given, name))) for name in SETTINGS)
    check_size(parser, "the grid, --seeds", trainings, MOST_TRAININGS, "trainings")
    for hidden, loss in product(given.hidden, given.loss):
        check_network(parser, network_sizes((hidden, "", loss, ""), given.problem.samples))


def _problem(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Problem:
    """Return the problem; options that its data set does not have, or that do not go together, are refused."""
    known = inspect.signature(DATA_SETS[given.data]).parameters
    chosen = [option for option in DATA_OPTIONS if getattr(given, option) is not None]
    for option in chosen:
        if DATA_OPTIONS[option] not in known:
            parser.error(f"argument --{option.replace('_', '-')}: not allowed with --data {given.data}")
    options = tuple((DATA_OPTIONS[option], getattr(given, option)) for option in chosen)
    accuracy = (1.0 if given.data in TABLES else 0.95) if given.accuracy is None else given.accuracy
    problem = Problem(given.data, options, given.epochs, accuracy, given.backend)
    try:
        problem.samples  # noqa: B018 - made now, so that errors are reported now
    except ValueError as error:
        parser.error(str(error))
    return problem


def _address(text: str) -> str:
    """Read the address of a scheduler."""
    if not text:
        raise argparse.ArgumentTypeError("'' is no address, as tcp://127.0.0.1:8786 is")
    return text


def _layers(text: str) -> tuple[int, ...]:
    """Read hidden sizes as ``16,16``."""
    size = whole_number(1, MOST_PARAMETERS)
    return tuple(size(part) for part in text.split(","))


def _processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
