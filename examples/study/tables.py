"""The summaries of a study as a table to read, as CSV and as JSON. Only the seconds differ from run to run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from examples.study.recipes import SETTINGS, Problem, Recipe
from examples.study.summary import Summary

COLUMNS: dict[str, Callable[[Summary], Any]] = {
    "seeds": lambda s: s.seeds,
    "solved": lambda s: s.solved,
    "share": lambda s: s.share,
    "share_low": lambda s: s.interval[0],
    "share_high": lambda s: s.interval[1],
    "epochs_least": lambda s: s.epochs[0] if s.epochs else None,
    "epochs_quartile_1": lambda s: s.epochs[1] if s.epochs else None,
    "epochs_median": lambda s: s.epochs[2] if s.epochs else None,
    "epochs_quartile_3": lambda s: s.epochs[3] if s.epochs else None,
    "epochs_most": lambda s: s.epochs[4] if s.epochs else None,
    "diverged": lambda s: len(s.diverged),
    "diverged_first": lambda s: s.diverged[0] if s.diverged else None,
    "diverged_last": lambda s: s.diverged[-1] if s.diverged else None,
    "seconds": lambda s: round(s.seconds, 6),
}
"""What CSV and JSON say of a recipe, beside its settings. Times are last, where they are easily cut off."""

SHOWN: dict[str, Callable[[Summary], str]] = {
    "seeds": lambda s: f"{s.seeds:,}",
    "solved": lambda s: f"{100 * s.share:.1f} %",
    "95 % interval": lambda s: f"{100 * s.interval[0]:.1f}–{100 * s.interval[1]:.1f} %",
    "epochs": lambda s: f"{s.median:,.0f}" if s.epochs else "–",
    "half of them": lambda s: _range(s.epochs[1], s.epochs[3]) if s.epochs else "–",
    "diverged": lambda s: f"{len(s.diverged):,} (epoch {_range(s.diverged[0], s.diverged[-1])})" if s.diverged else "0",
    "seconds": lambda s: f"{s.seconds:.2f}",
}
"""What the table to read says of a recipe."""

WORDS = {"activation", "loss", "initializer", "optimizer"}
"""The columns that have no numbers."""

AT_THE_END = 5
"""How many of the last recipes are shown of a table that is cut."""


def _range(first: float, last: float) -> str:
    """Return two numbers, or one if they are equal, rounded to whole ones."""
    return f"{first:,.0f}" if first == last else f"{first:,.0f}–{last:,.0f}"


def varying(recipes: Iterable[Recipe]) -> list[str]:
    """Return the names of the settings that differ between the recipes."""
    settings = [recipe.settings() for recipe in recipes]
    return [name for name in SETTINGS if len({setting[name] for setting in settings}) > 1]


def text_table(summaries: Sequence[Summary], names: Sequence[str], most: int) -> str:
    """Return the ranked summaries as lines to read: all up to ``most``, else the first of them and some of the last.

    The settings of these names are shown; numbers of seeds that all have in common are left out, and so are divergences
    if there are none.
    """
    columns = [name for name in SHOWN if _is_telling(name, summaries)]
    numbered = list(enumerate(summaries, start=1))
    cut = len(numbered) > most
    shown = [*numbered[: most - AT_THE_END], *numbered[-AT_THE_END:]] if cut else numbered
    lines = [["rank", *names, *columns]]
    for rank, summary in shown:
        settings = summary.recipe.settings()
        lines.append([f"{rank:,}", *(settings[name] for name in names), *(SHOWN[name](summary) for name in columns)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    aligned = [[_aligned(*cell) for cell in zip(line, widths, lines[0], strict=True)] for line in lines]
    written = ["  ".join(cells) for cells in aligned]
    if cut:
        written.insert(most - AT_THE_END + 1, f"… {len(numbered) - most:,} more …")
    return "\n".join(f"  {line}".rstrip() for line in written)


def _is_telling(column: str, summaries: Sequence[Summary]) -> bool:
    """Whether a column says what is not known without it."""
    if column == "seeds":
        return len({summary.seeds for summary in summaries}) > 1
    return column != "diverged" or any(summary.diverged for summary in summaries)


def _aligned(text: str, width: int, column: str) -> str:
    """Return a cell of a column: words begin at the same place, numbers end there."""
    return text.ljust(width) if column in WORDS else text.rjust(width)


def csv_table(summaries: Iterable[Summary]) -> str:
    """Return the summaries as CSV, with a line of names; what does not exist is empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*SETTINGS, *COLUMNS])
    for summary in summaries:
        writer.writerow([*summary.recipe.settings().values(), *_cells(summary).values()])
    return stream.getvalue()


def json_table(problem: Problem, summaries: Iterable[Summary]) -> str:
    """Return the problem and the summaries as JSON; what does not exist is null."""
    rows = [asdict(summary.recipe) | _cells(summary) for summary in summaries]
    return json.dumps({"problem": asdict(problem), "recipes": rows}, indent=1) + "\n"


def _cells(summary: Summary) -> dict[str, Any]:
    """Return what CSV and JSON say of a recipe."""
    return {name: cell(summary) for name, cell in COLUMNS.items()}
