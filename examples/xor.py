"""The main job: train a network on XOR, compare it with the matrix formulas, draw its graphs, save it.

    python -m examples.xor                      a 2-8-1 network, its files in xor-output
    python -m examples.xor --seed 7 --hidden 4  another one
    python -m examples.xor --check-seeds 200    does every seed from 0 to 199 learn XOR?

The exit status is 0 if XOR was learned, 1 if not (or if a file could not be written), 2 for bad arguments, and 130
after Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from examples.arguments import check_size, directory, epoch_count, prepare_output, whole_number
from examples.command import INTERRUPTED, run_command
from examples.matrices import tutorial
from examples.matrices.comparison import INPUTS, TARGETS, compare_gradients, farthest_apart, train_both
from examples.outputs import explain, kept
from examples.xor_files import Folder
from examples.xor_network import EPOCHS, HIDDEN, TOLERANCE, Run, largest_error, new_network, train_on_xor

DIRECTORY = "xor-output"
PUBLISHED_EPOCHS = 10_000
MOST_SEEDS = 100_000
MOST_NUMBERS = 2_000_000
"""Of a training are kept, some hundred bytes each."""


def show_losses(run: Run) -> None:
    """Print loss and largest error after 0, 1, 3, 10, 30, … epochs, and at the end."""
    stops = {digit * 10**power for power in range(len(str(run.epochs))) for digit in (1, 3)}
    print(f"\n{'epochs':>10}{'loss':>12}{'largest error':>17}")
    for epoch in sorted(stop for stop in stops | {0, run.epochs} if stop <= run.epochs):
        print(f"{epoch:>10,}{six_places(run.losses[epoch]):>12}{six_places(run.errors[epoch]):>17}")


def six_places(number: float) -> str:
    """Write a number as 0.123456, or as 1.23e-07 where six places would show hardly more than zeros."""
    return f"{number:.6f}" if number >= 1e-4 else f"{number:.2e}"


def show_answers(run: Run) -> None:
    """Print what the network answers to the four samples, and the verdict."""
    print()
    for (a, b), target, answer in zip(INPUTS, TARGETS, run.answers, strict=True):
        verdict = "right" if abs(answer - target) <= TOLERANCE else "wrong"
        print(f"  {a} xor {b} = {target}   answered {answer:.4f}   {verdict}")
    if run.learned:
        print(f"\nXOR is learned: every answer is within {TOLERANCE} of its target,", end=" ")
        print(f"and has been since epoch {run.epochs_needed:,} of {run.epochs:,}.")
    else:
        print(f"\nXOR is not learned: an answer is {run.errors[-1]:.4f} off its target, and {TOLERANCE} is allowed.")
        print("Another seed, more hidden neurons or more epochs may help.")


def show_comparison(start: tutorial.Network, run: Run) -> None:
    """Print what the tutorial's rule makes of the weights that ``run`` started from, by matrices and by the engine.

    Both sides train for as many epochs as ``run`` did. The tutorial as published stands beside them.
    """
    end = train_both(start, run.epochs)[-1]
    print()
    explain(f"""The tutorial's rule, from the same initial weights: sigmoids, half the sum of squares, gradient descent
        at the rate {tutorial.LEARNING_RATE}. NumPy takes the gradient from matrix formulas derived by hand, the engine
        from its graph.""")
    for what, pairs in (("first gradient", compare_gradients(start)), ("final weights", end.parameters)):
        worst, both = farthest_apart(pairs), f"{len(pairs):>4} numbers on both sides"
        print(f"  {what:<16}{both}, at most {worst.difference:.1e} apart, in {worst.name}")
    published = tutorial.train_network(
        tutorial.X, tutorial.y, 2, 2, 1, PUBLISHED_EPOCHS, tutorial.LEARNING_RATE, print_every=0
    )
    size, epochs = f"2-{len(start['W2'])}-1", f"{run.epochs:,}"
    print()
    for name, *cells in zip(
        ["", "network", "epochs", *(pair.name for pair in end.answers), "learned"],
        ["this run", size, epochs, *judged(run.answers)],
        ["rule in NumPy", size, epochs, *judged([pair.by_hand for pair in end.answers])],
        ["rule by engine", size, epochs, *judged([pair.by_engine for pair in end.answers])],
        ["as published", "2-2-1", f"{PUBLISHED_EPOCHS:,}", *judged(tutorial.predict(published, tutorial.X)[:, 0])],
        strict=True,
    ):
        print(f"  {name:<10}{''.join(f'{cell:>17}' for cell in cells)}")


def judged(answers: Sequence[float]) -> list[str]:
    """Write the four answers, and whether XOR is learned."""
    return [*(f"{answer:.4f}" for answer in answers), "yes" if largest_error(answers) <= TOLERANCE else "no"]


def run_into(folder: Folder, seed: int, hidden: int, epochs: int) -> int:
    """Train, compare and draw one network, and return the exit status; after Ctrl-C with a word on what was kept."""
    try:
        return run_once(folder, seed, hidden, epochs)
    except KeyboardInterrupt:
        print(f"\nInterrupted; {kept(folder.directory, folder.written)}")
        return INTERRUPTED
    except BrokenPipeError:
        raise  # Whoever reads what is printed has gone; no file has failed.
    except OSError as error:
        said = f"a file could not be written: {error}; {kept(folder.directory, folder.written)}"
        print(f"python -m examples.xor: error: {said}", file=sys.stderr)
        return 1


def run_once(folder: Folder, seed: int, hidden: int, epochs: int) -> int:
    """Do the same, and let KeyboardInterrupt and OSError pass."""
    model = new_network(hidden, seed)
    start = {name: np.array(matrix) for name, matrix in model.to_matrices().items()}
    print(f"XOR: a 2-{hidden}-1 network of {len(model.parameters())} parameters, seed {seed}, {epochs:,} epochs")
    run = train_on_xor(model, epochs)
    folder.save_model(model)
    show_losses(run)
    if run.interrupted:
        print(f"\nStopped after {run.epochs:,} of {epochs:,} epochs.")
        raise KeyboardInterrupt
    show_answers(run)
    show_comparison(start, run)
    folder.write_all(model, run)
    return int(not run.learned)


def check_seeds(count: int, hidden: int, epochs: int) -> int:
    """Train the seeds 0 to ``count`` - 1, print how they did, and return 0 if all learned XOR, 1 if not.

    After Ctrl-C print how those did that were trained, and return 130.
    """
    print(f"XOR from the seeds 0 to {count - 1}: a 2-{hidden}-1 network each, {epochs:,} epochs")
    print(f"Learned means: every answer within {TOLERANCE} of its target.\n", flush=True)
    needed: list[int | None] = []
    try:
        for seed in tqdm(range(count), desc="seeds", unit="seed", leave=False, disable=None):
            run = train_on_xor(new_network(hidden, seed), epochs, progress=False)
            if run.interrupted:
                raise KeyboardInterrupt
            needed.append(run.epochs_needed)
    except KeyboardInterrupt:
        show_seeds(needed, epochs)
        print(f"\nInterrupted after {len(needed)} of {count} seeds: the table covers only these.")
        return INTERRUPTED
    show_seeds(needed, epochs)
    print("\nNot every seed learned XOR." if None in needed else "\nEvery seed learned XOR.")
    return int(None in needed)


def show_seeds(needed: list[int | None], epochs: int) -> None:
    """Print how many seeds learned XOR, which did not, and how soon the quickest, median and slowest had learned it."""
    learned = sorted((count, f"   seed {seed}") for seed, count in enumerate(needed) if count is not None)
    failed = [str(seed) for seed, count in enumerate(needed) if count is None]
    print(f"  learned       {len(learned):5d} of {len(needed)} seeds")
    if failed:
        more = f" and {len(failed) - 10} more" if len(failed) > 10 else ""
        seeds = "seed" if len(failed) == 1 else "seeds"
        print(f"  not learned   {len(failed):5d}: {seeds} {', '.join(failed[:10])}{more}")
    if learned:
        slowest = max(learned, key=lambda pair: pair[0])
        print("\n  epochs needed")
        for name, (count, seed) in (
            ("quickest", learned[0]),
            ("median", (learned[len(learned) // 2][0], "")),
            ("slowest", slowest),
        ):
            print(f"    {name:<11} {count:5d}   {count / epochs:4.0%} of {epochs:,}{seed}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m examples.xor", description="Train a small network on XOR.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seed", type=whole_number(0), default="0", metavar="N", help="initial weights (default: 0)")
    seeds = whole_number(1, MOST_SEEDS)
    which.add_argument("--check-seeds", type=seeds, metavar="N", help="train seeds 0 to N-1; no files")
    for option, kind, default, what in (
        ("--hidden", whole_number(1, MOST_NUMBERS), HIDDEN, "hidden neurons"),
        ("--epochs", epoch_count, EPOCHS, "training steps"),
    ):
        text = f"{what} (default: {default})"
        parser.add_argument(option, type=kind, default=default, metavar="N", help=text)
    parser.add_argument("--output", type=directory, metavar="DIR", help=f"where files go (default: {DIRECTORY})")
    options = parser.parse_args(arguments)
    states = (4 * options.hidden + 1) * (options.epochs + 1)
    check_size(parser, "--hidden, --epochs", states, MOST_NUMBERS, "numbers, every parameter after every epoch")
    if options.check_seeds:
        if options.output:
            parser.error("argument --output: not allowed with argument --check-seeds, which writes no files")
        return check_seeds(options.check_seeds, options.hidden, options.epochs)
    output = options.output or Path(DIRECTORY)
    prepare_output(parser, output)
    return run_into(Folder(output), options.seed, options.hidden, options.epochs)


if __name__ == "__main__":
    run_command(main)
