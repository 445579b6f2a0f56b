"""What a recipe's trials come to: the share that solved the problem, how sure that is, and how soon they did."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from examples.study.recipes import Recipe
from examples.study.trainer import Trial

CONFIDENCE = 0.95


def wilson_interval(successes: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval in which the probability of a success lies, given so many in so many independent trials.

    It is the set of all p that a test would not reject: those from which the observed share is at most z standard
    errors √(p (1 - p) / n) away. Unlike share ± z standard errors it stays within [0, 1], and has a width at 0 and 1.
    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22. Raises ValueError for
    no trials, and for successes that are not from 0 to ``trials``.
    """
    if not 0 <= successes <= trials or not trials:
        raise ValueError(f"{successes} successes in {trials} trials have no share")
    z = statistics.NormalDist().inv_cdf((1.0 + confidence) / 2.0)
    share = successes / trials
    stretch = 1.0 + z * z / trials
    middle = (share + z * z / (2.0 * trials)) / stretch
    half = z * math.sqrt(share * (1.0 - share) / trials + (z / (2.0 * trials)) ** 2) / stretch
    # At the ends the two terms are equal, but for rounding.
    return (middle - half if successes else 0.0), (middle + half if successes < trials else 1.0)


@dataclass(frozen=True)
class Summary:
    """A recipe and what came of it.

    seeds     how many were tried
    solved    how many of them solved the problem
    interval  the 95 % confidence interval of the share of solvers, by Wilson
    epochs    of those that solved it, the epochs needed: the least, the quartiles and the most; () if none did
    diverged  the epochs in which trainings diverged, sorted
    seconds   what all the trainings took
    """

    recipe: Recipe
    seeds: int
    solved: int
    interval: tuple[float, float]
    epochs: tuple[float, ...]
    diverged: tuple[int, ...]
    seconds: float

    @property
    def share(self) -> float:
        """The share of the seeds that solved the problem."""
        return self.solved / self.seeds

    @property
    def median(self) -> float:
        """The median of the epochs needed; infinity if no seed solved the problem."""
        return self.epochs[2] if self.epochs else math.inf


def summarise(recipe: Recipe, trials: Sequence[Trial]) -> Summary:
    """Return what one trial or more of a recipe come to."""
    needed = [trial.needed for trial in trials if trial.needed is not None]
    return Summary(
        recipe,
        seeds=len(trials),
        solved=len(needed),
        interval=wilson_interval(len(needed), len(trials)),
        epochs=five_numbers(needed),
        diverged=tuple(sorted(trial.diverged for trial in trials if trial.diverged is not None)),
        seconds=math.fsum(trial.seconds for trial in trials),
    )


def five_numbers(numbers: Sequence[int]) -> tuple[float, ...]:
    """Return the least, the quartiles (interpolated, those of the sample) and the largest; () of no numbers."""
    if len(numbers) < 2:
        return tuple(map(float, numbers)) * 5
    return min(numbers), *statistics.quantiles(numbers, n=4, method="inclusive"), max(numbers)


def ranked(summaries: Iterable[Summary]) -> list[Summary]:
    """Return the surest first: by the lower end of the interval, then by the epochs that half of the solvers needed."""
    return sorted(summaries, key=lambda summary: (-summary.interval[0], summary.median))
