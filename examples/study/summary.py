"""What a recipe's trials come to: how many solved the problem, how sure that is, and how soon; as text, CSV and JSON.

Only the seconds differ from run to run.
"""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from examples.study.recipes import SETTINGS, Problem, Recipe
from examples.study.trainer import Trial

CONFIDENCE = 0.95

WORDS = {"activation", "loss", "initializer", "optimizer"}
"""The columns that have no numbers."""

AT_THE_END = 5
"""How many of the last recipes are shown of a table that is cut."""


def wilson_interval(successes: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval in which the probability of a success lies, given so many in so many independent trials.

    It holds all p from which the observed share is at most z standard errors √(p (1 - p) / n) away: Wilson 1927,
    "Probable inference, the law of succession, and statistical inference", JASA 22. Raises ValueError for no trials,
    and for successes that are not from 0 to ``trials``.
    """
    if not 0 <= successes <= trials or not trials:
        raise ValueError(f"{successes} successes in {trials} trials have no share")
    z = statistics.NormalDist().inv_cdf((1.0 + confidence) / 2.0)
    share = successes / trials
    stretch = 1.0 + z * z / trials
    middle = (share + z * z / (2.0 * trials)) / stretch
    half = z * math.sqrt(share * (1.0 - share) / trials + (z / (2.0 * trials)) ** 2) / stretch
    # At 0 and 1 the two terms are equal, but for rounding.
    return (middle - half if successes else 0.0), (middle + half if successes < trials else 1.0)


def five_numbers(numbers: Sequence[int]) -> tuple[float | None, ...]:
    """Return the least, the quartiles (interpolated, those of the sample) and the largest; None for no numbers."""
    if len(numbers) < 2:
        return (float(numbers[0]) if numbers else None,) * 5
    return min(numbers), *statistics.quantiles(numbers, n=4, method="inclusive"), max(numbers)


@dataclass(frozen=True)
class Summary:
    """A recipe, its trials, of which there is at least one, and what came of them: the columns of CSV and JSON.

    solved    from how many of the seeds the problem was solved
    share     the same as a fraction; its 95 % confidence interval, by Wilson, is from ``share_low`` to ``share_high``
    epochs_…  those that the solvers needed; None if there are none
    diverged  how many trainings diverged, and the first and the last epoch in which one did; None if none did
    seconds   how long all the trainings took; last, where it is easily cut off
    """

    recipe: Recipe
    trials: Sequence[Trial]
    seeds: int
    solved: int
    share: float
    share_low: float
    share_high: float
    epochs_least: float | None
    epochs_quartile_1: float | None
    epochs_median: float | None
    epochs_quartile_3: float | None
    epochs_most: float | None
    diverged: int
    diverged_first: int | None
    diverged_last: int | None
    seconds: float

    def cells(self) -> dict[str, Any]:
        """Return the columns, without recipe and trials."""
        return {name: cell for name, cell in vars(self).items() if name not in ("recipe", "trials")}

    def shown(self) -> dict[str, str]:
        """Return the columns of the table to read."""
        diverged = f" (epoch {_range(self.diverged_first, self.diverged_last)})" if self.diverged else ""
        return {
            "seeds": f"{self.seeds:,}",
            "solved": f"{100 * self.share:.1f} %",
            "95 % interval": f"{100 * self.share_low:.1f}–{100 * self.share_high:.1f} %",
            "epochs": f"{self.epochs_median:,.0f}" if self.solved else "–",
            "half of them": _range(self.epochs_quartile_1, self.epochs_quartile_3) if self.solved else "–",
            "diverged": f"{self.diverged:,}{diverged}",
            "seconds": f"{self.seconds:.2f}",
        }


def summarise(recipe: Recipe, trials: Sequence[Trial]) -> Summary:
    """Return what one trial or more of a recipe come to."""
    needed = [trial.needed for trial in trials if trial.needed is not None]
    diverged = [trial.diverged for trial in trials if trial.diverged is not None]
    solved, seeds = len(needed), len(trials)
    return Summary(
        recipe,
        trials,
        seeds,
        solved,
        solved / seeds,
        *wilson_interval(solved, seeds),
        *five_numbers(needed),
        len(diverged),
        min(diverged, default=None),
        max(diverged, default=None),
        round(math.fsum(trial.seconds for trial in trials), 6),
    )


def _range(first: float, last: float) -> str:
    """Return two numbers, or one if they are equal, rounded to whole ones."""
    return f"{first:,.0f}" if first == last else f"{first:,.0f}–{last:,.0f}"


def ranked(summaries: Iterable[Summary]) -> list[Summary]:
    """Return the surest first: by the lower end of the interval, then by the median of the epochs."""
    return sorted(summaries, key=lambda s: (-s.share_low, s.epochs_median if s.solved else math.inf))


def varying(recipes: Iterable[Recipe]) -> list[str]:
    """Return the names of the settings that differ between the recipes."""
    settings = [recipe.settings() for recipe in recipes]
    return [name for name in SETTINGS if len({setting[name] for setting in settings}) > 1]


def text_table(summaries: Sequence[Summary], names: Sequence[str], most: int) -> str:
    """Return the ranked summaries as lines to read: all up to ``most``, else the first of them and some of the last.

    The settings of these names are shown; the number of seeds is left out if it is the same everywhere, and divergences
    if there are none.
    """
    ranks = list(enumerate(summaries, start=1))
    cut = len(ranks) > most
    shown = [*ranks[: most - AT_THE_END], *ranks[-AT_THE_END:]] if cut else ranks
    rows = [
        {"rank": f"{rank:,}"} | {name: summary.recipe.settings()[name] for name in names} | summary.shown()
        for rank, summary in shown
    ]
    columns = {name: [name, *(row[name] for row in rows)] for name in rows[0]}
    if len({summary.seeds for summary in summaries}) == 1:
        del columns["seeds"]
    if not any(summary.diverged for summary in summaries):
        del columns["diverged"]
    for name, cells in columns.items():
        align = str.ljust if name in WORDS else str.rjust
        columns[name] = [align(cell, max(map(len, cells))) for cell in cells]
    lines = ["  ".join(line) for line in zip(*columns.values(), strict=True)]
    if cut:
        lines.insert(most - AT_THE_END + 1, f"… {len(ranks) - most:,} more …")
    return "\n".join(f"  {line}".rstrip() for line in lines)


def csv_table(summaries: Sequence[Summary]) -> str:
    """Return the summaries as CSV, with a line of names; what does not exist is empty."""
    stream = io.StringIO()
    rows = [summary.recipe.settings() | summary.cells() for summary in summaries]
    writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def json_table(problem: Problem, summaries: Iterable[Summary]) -> str:
    """Return the problem and the summaries as JSON; what does not exist is null."""
    rows = [asdict(summary.recipe) | summary.cells() for summary in summaries]
    return json.dumps({"problem": asdict(problem), "recipes": rows}, indent=1) + "\n"
