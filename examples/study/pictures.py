"""The summaries of a study as a heat map, and its losses as bands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from examples.outputs import Plots, counted
from examples.study.recipes import SETTINGS, Problem
from examples.study.summary import Summary, ranked, varying
from examples.study.trainer import noted_epochs

if TYPE_CHECKING:
    from viz.plots import Plot

DOWN = ("optimizer", "rate", "loss")
ACROSS = ("activation", "initializer", "hidden")
"""What is laid out along which side of the heat map, the slowest first."""

PICTURES = ("losses", "heat_map")
"""The names of their files, without endings."""

BANDS = 5
"""Of how many recipes the losses are drawn: of those with the loss of the best, evenly from it to the worst."""

Groups = dict[str, list[tuple[float, ...]]]
"""Losses of some trainings, by a name that says which."""


def plots(problem: Problem, summaries: Sequence[Summary]) -> Plots:
    """Return the pictures of a study, given the summaries in the order of the grid."""
    from viz.plots import loss_bands

    best_first = ranked(summaries)
    alone = len(summaries) == 1
    groups = _by_outcome(*summaries) if alone else _by_rank(best_first)
    # There is a median to draw if more than half of the trainings got beyond the first epoch.
    shown = {name: losses for name, losses in groups.items() if 2 * sum(map(bool, losses)) > len(losses)}
    made = {}
    if shown:
        label = best_first[0].recipe.loss.replace("_", " ")
        bands = loss_bands(shown, epochs=noted_epochs(problem.epochs), label=label)
        whose = "" if alone else f" of {counted(len(shown), 'recipe')}, from the best to the worst with its loss"
        made["losses"] = (bands, f"the loss by epoch{whose}: its median, and the half of the seeds around it")
    if not alone:
        made["heat_map"] = (_share_map(summaries), "the share of the seeds of every recipe that solved it")
    return made


def _share_map(summaries: Sequence[Summary]) -> Plot:
    """Return the shares of solvers as a heat map, the settings of each side in the order of the grid."""
    from viz.plots import heat_map

    settings = [summary.recipe.settings() for summary in summaries]
    levels = {name: dict.fromkeys(row[name] for row in settings) for name in SETTINGS}
    # Each side has its settings that vary; if none does, the last, which all have in common.
    down, across = (tuple(name for name in side if len(levels[name]) > 1) or side[-1:] for side in (DOWN, ACROSS))
    rows, columns = (list(product(*(levels[name] for name in side))) for side in (down, across))
    keys = (tuple(row[name] for name in down + across) for row in settings)
    shares = {key: summary.share for key, summary in zip(keys, summaries, strict=True)}
    return heat_map(
        [[shares.get(row + column) for column in columns] for row in rows],
        rows,
        columns,
        row_names=down,
        column_names=across,
        label="seeds that solve it",
        limits=(0.0, 1.0),
        percent=True,
    )


def _by_outcome(summary: Summary) -> Groups:
    """Return the losses of the only recipe: those of the seeds that solved the problem, and of those that did not."""
    groups: Groups = {"solved": [], "not solved": []}
    for trial in summary.trials:
        groups["solved" if trial.needed is not None else "not solved"].append(trial.losses)
    return {f"{name}: {counted(len(losses), 'seed')}": losses for name, losses in groups.items() if losses}


def _by_rank(best_first: Sequence[Summary]) -> Groups:
    """Return the losses of some recipes by their ranks: of those with the loss of the best, which can be compared."""
    ranks = [rank for rank, summary in enumerate(best_first) if summary.recipe.loss == best_first[0].recipe.loss]
    count = min(BANDS, len(ranks))
    chosen = [ranks[round(index * (len(ranks) - 1) / max(1, count - 1))] for index in range(count)]
    names = varying(best_first[rank].recipe for rank in chosen) or ["loss"]
    groups = {}
    for rank in chosen:
        settings = best_first[rank].recipe.settings()
        told = settings | {"hidden": f"{settings['hidden']} hidden", "rate": f"rate {settings['rate']}"}
        title = f"rank {rank + 1}: {' '.join(told[name] for name in names)}"
        groups[title] = [trial.losses for trial in best_first[rank].trials]
    return groups
