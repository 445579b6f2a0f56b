"""Which recipes learn, and how often: a grid of recipes, each trained from many seeds.

    python -m examples.study --preset tutorial      how often the tutorial's network learns XOR
    python -m examples.study --preset xor           324 recipes for XOR, ranked
    python -m examples.study --data moons --hidden 4 8 16 --activations tanh relu --optimizers sgd adam

A training ends in one of three ways: the problem is solved (and stays so to the last epoch), it is not, or the training
diverges. The table has the share of seeds that solved it, with its 95 % confidence interval, and how soon they did.
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing
from itertools import product

from tqdm import tqdm

from engine.extend import replace_file
from examples.command import INTERRUPTED
from examples.outputs import counted, show_plots
from examples.study.cluster import ClusterError, dask_executor
from examples.study.journal import Journal, JournalError, old_path, open_journal
from examples.study.options import read_options
from examples.study.pictures import PICTURES, plots
from examples.study.summary import Summary, csv_table, json_table, ranked, summarise, text_table, varying
from examples.study.work import Training, process_pool, train_all

JOURNAL = "trials.jsonl"


def run(journal: Journal, options: Namespace, missing: Sequence[Training]) -> None:
    """Do what is missing, with a progress bar on a terminal."""
    total = len(options.recipes) * len(options.seeds)
    shown = {"total": total, "initial": total - len(missing), "unit": "seed", "leave": False, "disable": None}
    with (
        process_pool(options.workers) if options.dask is None else dask_executor(options.dask) as executor,
        tqdm(desc="training", **shown) as bar,
        closing(train_all(executor, options.problem, missing)) as finished,
    ):
        for recipe, trials in finished:
            journal.add(recipe, trials)
            bar.update(len(trials))


def complete(journal: Journal, options: Namespace) -> str:
    """Do all the work; return an empty text, or in words why some of it is missing."""
    try:
        if missing := journal.missing(options.recipes, options.seeds):
            run(journal, options, missing)
        journal.finish()
    except KeyboardInterrupt:
        return "Interrupted"
    except (BrokenExecutor, ClusterError, OSError) as error:
        return f"Stopped: {str(error).rstrip('.')}"
    return ""


def show_task(options: Namespace) -> None:
    """Print what will be done."""
    problem, recipes = options.problem, options.recipes
    samples = problem.samples
    allowed = f"all but {problem.allowed}" if problem.allowed else "all"
    print(f"{samples.name}: {len(samples)} samples, solved when {allowed} of them are answered rightly, to the end")
    seeds, epochs = counted(len(options.seeds), "seed"), counted(problem.epochs, "epoch")
    print(f"{counted(len(recipes), 'recipe')} from {seeds} each, {epochs}, backend {problem.backend}")
    fixed = [f"{name} {setting}" for name, setting in recipes[0].settings().items() if name not in varying(recipes)]
    print(f"{', '.join(fixed)}\n" if fixed else "", flush=True)


def show_result(options: Namespace, summaries: Sequence[Summary]) -> None:
    """Print the table, how many trainings diverged, and for a single recipe what the table says in words."""
    print(text_table(summaries, varying(options.recipes), options.top))
    trials = sum(summary.seeds for summary in summaries)
    diverged = sum(summary.diverged for summary in summaries)
    print(f"\n{f'{diverged:,}' if diverged else 'None'} of {counted(trials, 'training')} diverged.")
    if len(options.recipes) == 1:
        (summary,) = summaries
        print(
            f"{summary.solved:,} of {counted(summary.seeds, 'seed')} solved it, {summary.share:.1%}: of all seeds that "
            f"there are {summary.share_low:.1%} to {summary.share_high:.1%} do, with 95 % confidence."
        )


def report(options: Namespace, journal: Journal) -> None:
    """Print, write and draw what came of the trainings that are finished, if any are."""
    trials = [(recipe, journal.of(recipe, options.seeds)) for recipe in options.recipes]
    summaries = [summarise(recipe, found) for recipe, found in trials if found]
    if not summaries:
        return
    best_first = ranked(summaries)
    replace_file(options.output / "table.csv", csv_table(best_first).encode())
    replace_file(options.output / "table.json", json_table(options.problem, best_first).encode())
    for stem, ending in product(PICTURES, (".svg", ".png")):  # Those of an earlier study do not belong to the tables.
        (options.output / f"{stem}{ending}").unlink(missing_ok=True)
    show_result(options, best_first)
    before = old_path(options.output / JOURNAL)
    print(f"\nFiles in {options.output}")
    print("  table.csv, table.json    all lines of the table, and all digits")
    print(f"  {JOURNAL:<24} every training: the epochs it needed, and its losses")
    if before.exists():
        print(f"  {before.name:<24} those of the study before")
    show_plots(options.output, lambda: plots(options.problem, summaries))


def study(options: Namespace) -> int:
    """Do what is asked, and return the exit status: 0, 1 if not all of it was done, 130 after Ctrl-C."""
    show_task(options)
    start = time.perf_counter()
    with open_journal(options.output / JOURNAL, options.problem, options.resume) as journal:
        trouble = complete(journal, options)
        elapsed = time.perf_counter() - start
        left = len(journal.missing(options.recipes, options.seeds))
        try:
            report(options, journal)
        except BrokenPipeError:
            raise  # Whoever reads what is printed has gone; no file has failed.
        except OSError as error:
            trouble = trouble or f"Stopped: {error}"
    place = f"in {counted(options.workers, 'process', 'processes')}" if options.dask is None else "on the cluster"
    print(f"\n{elapsed:.1f} seconds {place}")
    if not trouble:
        return 0
    total = len(options.recipes) * len(options.seeds)
    kept = f"{total - left:,} of {counted(total, 'training')} are kept, and --resume goes on with them"
    print(f"{trouble}: {kept if left < total else 'no training was finished'}")
    return INTERRUPTED if trouble == "Interrupted" else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status."""
    options = read_options(arguments)
    try:
        return study(options)
    except JournalError as error:
        print(f"python -m examples.study: error: {error}", file=sys.stderr)
        return 1
