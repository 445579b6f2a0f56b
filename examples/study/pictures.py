"""The summaries of a study as a heat map, and its losses as bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from examples.outputs import Plots, counted
from examples.study.recipes import SETTINGS, Problem, Recipe
from examples.study.summary import Summary
from examples.study.tables import varying
from examples.study.trainer import Trial, noted_epochs

Trials = Mapping[Recipe, Sequence[Trial]]

DOWN = ("optimizer", "rate", "loss")
ACROSS = ("activation", "initializer", "hidden")
"""What is laid out along which side of the heat map, the slowest first."""

PICTURES = ("losses", "heat_map")
"""The names of their files, without endings."""

BANDS = 5
"""How many recipes have their losses drawn: of those with the loss of the best, evenly from it to the worst."""


def plots(problem: Problem, trials: Trials, summaries: Sequence[Summary]) -> Plots:
    """Return the pictures of a study: the trials of each recipe, and the summaries ranked."""
    from viz.plots import Plot, loss_bands

    groups = _by_outcome(summaries[0], trials) if len(summaries) == 1 else _by_rank(summaries, trials)
    shown = {name: losses for name, losses in groups.items() if _has_median(losses)}
    made: dict[str, tuple[Plot, str]] = {}
    if shown:
        label = summaries[0].recipe.loss.replace("_", " ")
        bands = loss_bands(shown, epochs=noted_epochs(problem.epochs), label=label)
        whose = (
            ""
            if len(summaries) == 1
            else f" of {counted(len(shown), 'recipe')}, from the best to the worst with its loss"
        )
        made["losses"] = (bands, f"the loss by epoch{whose}: its median, and the half of the seeds around it")
    if len(summaries) > 1:
        made["heat_map"] = (share_map(list(trials), summaries), "the share of the seeds of every recipe that solved it")
    return made


def share_map(recipes: Sequence[Recipe], summaries: Sequence[Summary]) -> Any:
    """Return the shares of solvers as a heat map, with the settings in the order in which the recipes have them."""
    from viz.plots import heat_map

    down, across = (_levels(side, summaries) for side in (DOWN, ACROSS))
    rows, columns = (_keys(side, recipes) for side in (down, across))
    shares = {(_key(s.recipe, down), _key(s.recipe, across)): s.share for s in summaries}
    return heat_map(
        [[shares.get((row, column)) for column in columns] for row in rows],
        rows,
        columns,
        row_names=down,
        column_names=across,
        label="seeds that solve it",
        limits=(0.0, 1.0),
        percent=True,
    )


def _levels(side: Sequence[str], summaries: Sequence[Summary]) -> tuple[str, ...]:
    """Return the settings that are laid out along a side: those that vary, or else the last."""
    names = varying(summary.recipe for summary in summaries)
    return tuple(name for name in side if name in names) or tuple(side[-1:])


def _key(recipe: Recipe, names: Sequence[str]) -> tuple[str, ...]:
    """Return the settings of these names."""
    settings = recipe.settings()
    return tuple(settings[name] for name in names)


def _keys(names: Sequence[str], recipes: Sequence[Recipe]) -> list[tuple[str, ...]]:
    """Return the different settings of these names, each in the order in which it first appears."""
    settings = [recipe.settings() for recipe in recipes]
    orders = {name: list(dict.fromkeys(setting[name] for setting in settings)) for name in SETTINGS}
    keys = {_key(recipe, names) for recipe in recipes}
    return sorted(keys, key=lambda key: [orders[name].index(setting) for name, setting in zip(names, key, strict=True)])


# --- Losses -----------------------------------------------------------------------------------------------------------


def _by_outcome(summary: Summary, trials: Trials) -> dict[str, list[tuple[float, ...]]]:
    """Return the losses of the only recipe, apart those of the seeds that solved the problem and those that did not."""
    groups: dict[str, list[tuple[float, ...]]] = {}
    for trial in trials[summary.recipe]:
        groups.setdefault("not solved" if trial.needed is None else "solved", []).append(trial.losses)
    return {f"{name}: {counted(len(groups[name]), 'seed')}": groups[name] for name in sorted(groups, reverse=True)}


def _by_rank(summaries: Sequence[Summary], trials: Trials) -> dict[str, list[tuple[float, ...]]]:
    """Return the losses of some recipes by their ranks: of those with the loss of the best, which can be compared."""
    ranks = [rank for rank, summary in enumerate(summaries) if summary.recipe.loss == summaries[0].recipe.loss]
    count = min(BANDS, len(ranks))
    chosen = [ranks[round(index * (len(ranks) - 1) / max(1, count - 1))] for index in range(count)]
    names = varying(summaries[rank].recipe for rank in chosen) or ["loss"]
    groups = {}
    for rank in chosen:
        settings = summaries[rank].recipe.settings()
        told = settings | {"hidden": f"{settings['hidden']} hidden", "rate": f"rate {settings['rate']}"}
        losses = [trial.losses for trial in trials[summaries[rank].recipe]]
        groups[f"rank {rank + 1}: {' '.join(told[name] for name in names)}"] = losses
    return groups


def _has_median(losses: Sequence[Sequence[float]]) -> bool:
    """Whether most of the trainings came beyond the first epoch."""
    return 2 * sum(map(bool, losses)) > len(losses)
