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
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import AbstractContextManager, closing
from itertools import product

from tqdm import tqdm

from examples.command import INTERRUPTED
from examples.outputs import counted, show_plots
from examples.study.blocks import cut_blocks, process_pool, run_blocks
from examples.study.cluster import ClusterError, dask_executor
from examples.study.journal import Journal, JournalError, begun, old_path, resumed
from examples.study.options import Options, read_options
from examples.study.pictures import PICTURES, plots
from examples.study.recipes import SETTINGS, Recipe
from examples.study.summary import Summary, ranked, summarise
from examples.study.tables import csv_table, json_table, text_table, varying
from examples.study.trainer import Trial
from viz.files import replace_file

JOURNAL = "trials.jsonl"


def run(executor: Executor, journal: Journal, options: Options) -> None:
    """Try what is missing in the journal, with a progress bar on a terminal."""
    missing = journal.missing(options.recipes, options.seeds)
    total = len(options.recipes) * len(options.seeds)
    done = total - sum(map(len, missing.values()))
    blocks = cut_blocks(options.problem, missing)
    with (
        tqdm(total=total, initial=done, desc="training", unit="seed", leave=False, disable=None) as bar,
        closing(run_blocks(executor, blocks)) as finished,
    ):
        for block in finished:
            for recipe, trials in block.items():
                journal.add(recipe, trials)
                bar.update(len(trials))


def workers_of(options: Options) -> AbstractContextManager[Executor]:
    """Return the executor that does the work: a cluster's, or a pool of processes."""
    return process_pool(options.workers) if options.dask is None else dask_executor(options.dask)


def complete(journal: Journal, options: Options) -> str:
    """Do all the work; return an empty text, or in words why some of it is missing."""
    if journal.missing(options.recipes, options.seeds):
        try:
            with workers_of(options) as executor:
                run(executor, journal, options)
        except KeyboardInterrupt:
            return "Interrupted"
        except (BrokenExecutor, ClusterError, OSError) as error:
            return f"Stopped: {str(error).rstrip('.')}"
    journal.finish()
    return ""


# --- What is printed and written --------------------------------------------------------------------------------------


def show_task(options: Options) -> None:
    """Print what is going to be done."""
    problem, recipes = options.problem, options.recipes
    samples = problem.samples
    allowed = f"all but {problem.allowed}" if problem.allowed else "all"
    print(f"{samples.name}: {len(samples)} samples, solved when {allowed} of them are answered rightly, to the end")
    fixed = [name for name in SETTINGS if name not in varying(recipes)]
    settings = recipes[0].settings()
    seeds, epochs = counted(len(options.seeds), "seed"), counted(problem.epochs, "epoch")
    print(f"{counted(len(recipes), 'recipe')} from {seeds} each, {epochs}, backend {problem.backend}")
    if fixed:
        print(", ".join(f"{name} {settings[name]}" for name in fixed))
    print(flush=True)


def show_result(options: Options, summaries: Sequence[Summary]) -> None:
    """Print the table, how many trainings diverged, and if only one recipe was asked for what it says."""
    print(text_table(summaries, varying(options.recipes), options.top))
    trials = sum(summary.seeds for summary in summaries)
    diverged = sum(len(summary.diverged) for summary in summaries)
    print(f"\n{f'{diverged:,}' if diverged else 'None'} of {counted(trials, 'training')} diverged.")
    if len(options.recipes) == 1:
        (summary,) = summaries
        low, high = summary.interval
        print(
            f"{summary.solved:,} of {counted(summary.seeds, 'seed')} solved it, {summary.share:.1%}: "
            f"of all seeds that there are {low:.1%} to {high:.1%} do, with 95 % confidence."
        )


def write_tables(options: Options, summaries: Sequence[Summary]) -> None:
    """Write the tables, and remove the pictures of an earlier study, which would stand beside them."""
    replace_file(options.output / "table.csv", csv_table(summaries).encode())
    replace_file(options.output / "table.json", json_table(options.problem, summaries).encode())
    for stem, ending in product(PICTURES, (".svg", ".png")):
        (options.output / f"{stem}{ending}").unlink(missing_ok=True)


def show_files(options: Options, trials: Mapping[Recipe, Sequence[Trial]], summaries: Sequence[Summary]) -> None:
    """Print which files there are, and make the pictures."""
    before = old_path(options.output / JOURNAL)
    print(f"\nFiles in {options.output}")
    print("  table.csv, table.json    all lines of the table, and all digits")
    print(f"  {JOURNAL:<24} every training: the epochs it needed, and its losses")
    if before.exists():
        print(f"  {before.name:<24} those of the study before")
    show_plots(options.output, lambda: plots(options.problem, trials, summaries))


def report(options: Options, journal: Journal) -> None:
    """Print, write and draw what came of the trainings that are finished, if any are."""
    trials = {recipe: found for recipe in options.recipes if (found := journal.of(recipe, options.seeds))}
    summaries = ranked(summarise(recipe, found) for recipe, found in trials.items())
    if summaries:
        write_tables(options, summaries)
        show_result(options, summaries)
        show_files(options, trials, summaries)


def study(options: Options) -> int:
    """Do as asked, and return the exit status: 0, 1 if not all could be done, 130 after Ctrl-C."""
    show_task(options)
    start = time.perf_counter()
    opened = resumed if options.resume else begun
    with opened(options.output / JOURNAL, options.problem) as journal:
        trouble = complete(journal, options)
        elapsed = time.perf_counter() - start
        left = sum(map(len, journal.missing(options.recipes, options.seeds).values()))
        report(options, journal)
    place = f"in {counted(options.workers, 'process', 'processes')}" if options.dask is None else "on the cluster"
    print(f"\n{elapsed:.1f} seconds {place}")
    if trouble:
        total = len(options.recipes) * len(options.seeds)
        kept = f"{total - left:,} of {counted(total, 'training')} are kept, and --resume goes on with them"
        print(f"{trouble}: {kept if left < total else 'no training was finished'}")
        return INTERRUPTED if trouble == "Interrupted" else 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status."""
    options = read_options(arguments)
    try:
        return study(options)
    except BrokenPipeError:
        raise  # Whoever reads what is printed has gone: no error of a file.
    except (JournalError, OSError) as error:
        print(f"python -m examples.study: error: {error}", file=sys.stderr)
        return 1
