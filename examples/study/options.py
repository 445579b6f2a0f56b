"""The command line of a study, and its presets."""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.arguments import LARGEST_NOISE, LARGEST_SEED, add_backend, prepare_output, real_number, whole_number
from examples.data import DATA_SETS
from examples.data.sets import MOST_BITS
from examples.study.recipes import INITIALIZERS_BY_NAME, OBJECTIVES, OPTIMIZERS, TUTORIAL, Problem, Recipe, activations
from examples.study.recipes import grid as every_combination

DEFAULTS: dict[str, Any] = {
    "data": "xor",
    "hidden": [(4,)],
    "activations": ["sigmoid", "tanh", "relu"],
    "losses": ["binary_cross_entropy"],
    "initializers": ["xavier"],
    "optimizers": ["sgd", "adam"],
    "rates": [0.1],
    "seeds": 100,
    "epochs": 1_000,
}
PRESETS: dict[str, dict[str, Any]] = {
    "tutorial": {
        "hidden": [(2,)],
        "activations": ["sigmoid"],
        "losses": ["half_sum_of_squares"],
        "initializers": [TUTORIAL],
        "optimizers": ["sgd"],
        "rates": [0.1],
        "seeds": 1_000,
        "epochs": 10_000,
    },
    "xor": {
        "hidden": [(2,), (4,), (8,)],
        "activations": ["sigmoid", "tanh", "relu"],
        "losses": ["mean_squared_error", "binary_cross_entropy"],
        "initializers": ["normal", "xavier"],
        "optimizers": ["sgd", "momentum", "adam"],
        "rates": [0.01, 0.1, 1.0],
        "seeds": 100,
        "epochs": 1_000,
    },
}
"""What options are unless they are given: the tutorial's recipe, and a grid of 324 recipes for XOR."""

DATA_OPTIONS = {"samples": "count", "noise": "noise", "bits": "bits", "data_seed": "seed"}
"""Options of the command, and what the functions of the data sets call them."""

TABLES = ("xor", "parity")
"""Data sets that are the table of a function, all of which has to be learned."""

DIRECTORY = "study-output"


@dataclass(frozen=True)
class Options:
    """What a command asks for.

    problem  what the recipes are tried on
    recipes  those of the grid, in its order
    seeds    from which each is tried
    output   the directory for what is written
    resume   whether to go on with what is there
    workers  how many processes to start, unless there is a cluster
    dask     the address of the scheduler of a cluster, if one is to be used
    top      the length of the table that is printed
    """

    problem: Problem
    recipes: list[Recipe]
    seeds: range
    output: Path
    resume: bool
    workers: int
    dask: str | None
    top: int


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.study",
        description="Train every recipe of a grid from many seeds, and say how often each solves the problem.",
    )
    grid = f"a grid of {len(recipes_of(PRESETS['xor']))} recipes for XOR"
    parser.add_argument("--preset", choices=PRESETS, help=f"the tutorial's recipe, or {grid}")
    problem = parser.add_argument_group("the problem")
    problem.add_argument("--data", choices=DATA_SETS, help=f"what is to be learned (default: {DEFAULTS['data']})")
    problem.add_argument("--samples", type=whole_number(2), metavar="N", help="how many, of moons, circles and spirals")
    problem.add_argument(
        "--noise", type=real_number(0.0, LARGEST_NOISE), metavar="X", help="standard deviation, of all but iris"
    )
    problem.add_argument("--bits", type=whole_number(1, MOST_BITS), metavar="N", help="of parity (default: 3)")
    problem.add_argument("--data-seed", type=whole_number(0), metavar="N", help="what noise and samples are drawn from")
    problem.add_argument(
        "--accuracy",
        type=real_number(0.0, 1.0),
        metavar="X",
        help="the share of samples that has to be answered rightly (default: 1 for xor and parity, else 0.95)",
    )
    _add_grid(parser.add_argument_group("the grid", "Every combination of these is tried."))
    _add_work(parser.add_argument_group("the work"))
    return parser


def _add_grid(group: Any) -> None:
    """Add the options of what is varied."""
    shown = dict.fromkeys(activations())
    group.add_argument("--hidden", nargs="+", type=_layers, metavar="N", help="neurons; 16,16 for two hidden layers")
    group.add_argument(
        "--activations", nargs="+", choices=shown, metavar="NAME", help=f"of hidden layers: {', '.join(shown)}"
    )
    for name, choices in {"losses": OBJECTIVES, "initializers": INITIALIZERS_BY_NAME, "optimizers": OPTIMIZERS}.items():
        group.add_argument(f"--{name}", nargs="+", choices=choices, metavar="NAME", help=", ".join(choices))
    group.add_argument("--rates", nargs="+", type=real_number(0.0, above=True), metavar="X", help="learning rates")
    seeds = f"try 0 to N-1 (default: {DEFAULTS['seeds']})"
    group.add_argument("--seeds", type=whole_number(1, LARGEST_SEED), metavar="N", help=seeds)


def _add_work(group: Any) -> None:
    """Add the options of how it is done."""
    epochs = f"updates of each training (default: {DEFAULTS['epochs']})"
    group.add_argument("--epochs", type=whole_number(1), metavar="N", help=epochs)
    add_backend(group)
    group.add_argument(
        "--workers", type=whole_number(1), default=_processors(), metavar="N", help="processes (default: %(default)s)"
    )
    group.add_argument("--dask", metavar="ADDRESS", help="run on the Dask cluster of this scheduler instead")
    group.add_argument("--resume", action="store_true", help="go on with what an interrupted study has left in DIR")
    group.add_argument("--top", type=whole_number(10), default=25, metavar="N", help="lines of the table (default: 25)")
    group.add_argument("--output", type=Path, metavar="DIR", help=f"where files go (default: {DIRECTORY}/NAME)")


def read_options(arguments: Sequence[str] | None) -> Options:
    """Read the command line; what is wrong with it ends in a usage message and exit status 2."""
    parser = argument_parser()
    given = parser.parse_args(arguments)
    for name, default in (DEFAULTS | PRESETS.get(given.preset, {})).items():
        if getattr(given, name) is None:
            setattr(given, name, default)
    if TUTORIAL in given.initializers and any(len(hidden) != 1 for hidden in given.hidden):
        parser.error(f"argument --initializers: {TUTORIAL} draws the weights of one hidden layer only")
    if TUTORIAL in given.initializers and importlib.util.find_spec("numpy") is None:
        parser.error(
            f"{TUTORIAL} draws weights by NumPy, which is missing: python -m pip install 'scalargrad[examples]'"
        )
    accuracy = given.accuracy
    if accuracy is None:
        accuracy = 1.0 if given.data in TABLES else 0.95
    problem = Problem(given.data, _data_options(parser, given), given.epochs, accuracy, given.backend)
    try:
        problem.samples  # noqa: B018 - arguments that do not go together are to be refused now
    except ValueError as error:
        parser.error(str(error))
    output = given.output or Path(DIRECTORY, given.preset or given.data)
    prepare_output(parser, output)
    return Options(
        problem, recipes_of(vars(given)), range(given.seeds), output, given.resume, given.workers, given.dask, given.top
    )


def recipes_of(given: Mapping[str, Any]) -> list[Recipe]:
    """Return the recipes of a grid, given by the names of the options."""
    return every_combination(
        hidden=given["hidden"],
        activation=given["activations"],
        loss=given["losses"],
        initializer=given["initializers"],
        optimizer=given["optimizers"],
        rate=given["rates"],
    )


def _data_options(parser: argparse.ArgumentParser, given: argparse.Namespace) -> tuple[tuple[str, float], ...]:
    """Return what the function of the data set is called with; an option that it does not have is refused."""
    known = inspect.signature(DATA_SETS[given.data]).parameters
    options = {}
    for option, name in DATA_OPTIONS.items():
        if (number := getattr(given, option)) is not None:
            if name not in known:
                parser.error(f"argument --{option.replace('_', '-')}: not allowed with --data {given.data}")
            options[name] = number
    return tuple(options.items())


def _layers(text: str) -> tuple[int, ...]:
    """Read hidden sizes as ``16,16``."""
    size = whole_number(1)
    return tuple(size(part) for part in text.split(","))


def _processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
