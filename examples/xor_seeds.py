"""Does every seed learn XOR? The check behind ``python -m examples.xor --check-seeds 200``."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from tqdm import tqdm

from examples.xor_training import TOLERANCE, new_network, train_on_xor


@dataclass
class SeedCheck:
    """What became of the seeds 0, 1, 2, …: the epochs that each needed, None for one that did not learn XOR."""

    epochs_needed: list[int | None] = field(default_factory=list)
    interrupted: bool = False

    @property
    def learned(self) -> dict[int, int]:
        """The epochs needed, by the seeds that learned XOR."""
        return {seed: needed for seed, needed in enumerate(self.epochs_needed) if needed is not None}

    @property
    def failed(self) -> list[int]:
        """The seeds that did not learn XOR."""
        return [seed for seed, needed in enumerate(self.epochs_needed) if needed is None]


def train_seeds(count: int, hidden: int, epochs: int) -> SeedCheck:
    """Train the network of each seed from 0 to ``count`` - 1; with a progress bar on a terminal.

    Ctrl-C ends it early, with the seeds so far.
    """
    check = SeedCheck()
    try:
        for seed in tqdm(range(count), desc="seeds", unit="seed", leave=False, disable=None):
            run = train_on_xor(new_network(hidden, seed), epochs, progress=False)
            if run.interrupted:
                raise KeyboardInterrupt
            check.epochs_needed.append(run.epochs_needed)
    except KeyboardInterrupt:
        check.interrupted = True
    return check


def check_seeds(count: int, hidden: int, epochs: int) -> int:
    """Train the seeds, print what came of it, and return the exit status.

    0 if every seed learned XOR, 1 if one did not, 130 after Ctrl-C.
    """
    print(f"XOR from the seeds 0 to {count - 1}: a 2-{hidden}-1 network each, {epochs:,} epochs")
    print(f"Learned means: every answer within {TOLERANCE} of its target.\n", flush=True)
    check = train_seeds(count, hidden, epochs)
    done = len(check.epochs_needed)
    print(f"  learned       {len(check.learned):5d} of {done} seeds")
    if check.failed:
        print(f"  not learned   {len(check.failed):5d}: {_listed(check.failed)}")
    if check.learned:
        _show_epochs_needed(check.learned, epochs)
    if check.interrupted:
        print(f"\nInterrupted after {done} of {count} seeds: the table is of these.")
        return 130
    print("\nEvery seed learned XOR." if not check.failed else "\nNot every seed learned XOR.")
    return 1 if check.failed else 0


def _show_epochs_needed(learned: dict[int, int], epochs: int) -> None:
    """Print how soon the quickest, the median and the slowest seed had learned XOR for good."""
    quickest = min(learned, key=learned.__getitem__)
    slowest = max(learned, key=learned.__getitem__)
    rows = {
        "quickest": (learned[quickest], f"seed {quickest}"),
        "median": (statistics.median_high(learned.values()), ""),
        "slowest": (learned[slowest], f"seed {slowest}"),
    }
    print("\n  epochs needed")
    for name, (needed, seed) in rows.items():
        print(f"    {name:<11} {needed:5d}   {needed / epochs:4.0%} of {epochs:,}   {seed}".rstrip())


def _listed(seeds: list[int], most: int = 10) -> str:
    """Return the seeds as text: the first few of many."""
    shown = ", ".join(map(str, seeds[:most]))
    more = f" and {len(seeds) - most} more" if len(seeds) > most else ""
    return f"seed{'s' if len(seeds) > 1 else ''} {shown}{more}"
