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
from itertools import chain
from pathlib import Path

import numpy as np

from examples import tutorial
from examples.arguments import whole_number
from examples.command import run_command
from examples.comparison import INPUTS, TARGETS, Pair, compare_gradients, farthest_apart
from examples.outputs import explain, prepare_directory
from examples.side_by_side import train_both
from examples.tutorial import LEARNING_RATE, Network
from examples.xor_files import Folder
from examples.xor_seeds import check_seeds
from examples.xor_training import EPOCHS, HIDDEN, TOLERANCE, Run, largest_error, new_network, train_on_xor
from nn import MLP

DIRECTORY = "xor-output"
PUBLISHED_EPOCHS = 10_000

# --- What is printed --------------------------------------------------------------------------------------------------


def show_losses(run: Run) -> None:
    """Print loss and largest error after 0, 1, 3, 10, 30, … epochs, and at the end."""
    stops = {digit * 10**power for power in range(len(str(run.epochs))) for digit in (1, 3)}
    print(f"\n{'epochs':>10}{'loss':>12}{'largest error':>17}")
    for epoch in sorted(stop for stop in stops | {0, run.epochs} if stop <= run.epochs):
        print(f"{epoch:>10,}{six_places(run.losses[epoch]):>12}{six_places(run.errors[epoch]):>17}")


def six_places(number: float) -> str:
    """Write a number of at least 0 as 0.123456, or as 1.23e-07 where there would be nothing but zeros to see."""
    return f"{number:.6f}" if number >= 1e-4 else f"{number:.2e}"


def show_answers(run: Run) -> None:
    """Print what the network says to the four samples, and the verdict."""
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


def show_comparison(start: Network, run: Run) -> None:
    """Print what the tutorial's rule makes of the weights that ``run`` started from, by matrices and by the engine.

    Both sides train for as many epochs as ``run`` did. The tutorial as published stands beside them.
    """
    hidden = len(start["W2"])
    training = train_both(start, run.epochs)
    print()
    explain(f"""The tutorial's rule, from the same initial weights: sigmoids, half the sum of squares, gradient descent
        at the rate {LEARNING_RATE}. NumPy has the gradient from matrix formulas derived by hand, the engine from its
        graph.""")
    show_difference("first gradient", compare_gradients(start))
    show_difference("final weights", training.checkpoints[-1].parameters)
    columns = [
        ["", "network", "epochs", *(pair.name for pair in training.answers), "learned"],
        column("this run", hidden, run.epochs, run.answers),
        column("rule in NumPy", hidden, run.epochs, [pair.by_hand for pair in training.answers]),
        column("rule by engine", hidden, run.epochs, [pair.by_engine for pair in training.answers]),
        column("as published", 2, PUBLISHED_EPOCHS, published_answers()),
    ]
    print()
    for name, *cells in zip(*columns, strict=True):
        print(f"  {name:<10}{''.join(f'{cell:>17}' for cell in cells)}")


def show_difference(what: str, pairs: list[Pair]) -> None:
    """Print how far the two sides are apart."""
    worst = farthest_apart(pairs)
    print(f"  {what:<16}{len(pairs):>4} numbers on both sides, at most {worst.difference:.1e} apart, in {worst.name}")


def column(title: str, hidden: int, epochs: int, answers: list[float]) -> list[str]:
    """Lay out one way to train a 2-``hidden``-1 network, from top to bottom."""
    learned = "yes" if largest_error(answers) <= TOLERANCE else "no"
    return [title, f"2-{hidden}-1", f"{epochs:,}", *(f"{answer:.4f}" for answer in answers), learned]


def published_answers() -> list[float]:
    """Train the tutorial's network exactly as published, and ask it all four samples."""
    network = tutorial.train_network(tutorial.X, tutorial.y, 2, 2, 1, PUBLISHED_EPOCHS, LEARNING_RATE, print_every=0)
    return tutorial.predict(network, tutorial.X)[:, 0].tolist()


def show_files(folder: Folder, model: MLP, run: Run) -> None:
    """Write the files, print a line for each as soon as it is complete, and say what is missing."""
    print(f"\nFiles in {folder.directory}")
    for name in chain(list(folder.written), folder.write_all(model, run)):
        print(f"  {name:<17} {folder.written[name]}")
    for name, reason in folder.missing.items():
        print(f"  {name:<17} not made: {reason}")
    if earlier := folder.remove_earlier():
        print(f"  removed, as of an earlier run: {', '.join(earlier)}")
    if folder.no_images:
        print()
        explain(f"The graphs are DOT text: {folder.no_images}.")
        print(f"With Graphviz, run this again, or: dot -Tsvg -O {folder.directory / '*.dot'}")


# --- The program ------------------------------------------------------------------------------------------------------


def run_once(seed: int, hidden: int, epochs: int, folder: Folder) -> int:
    """Train, compare and draw one network, and return the exit status."""
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
    show_files(folder, model, run)
    return 0 if run.learned else 1


def run_into(directory: Path, seed: int, hidden: int, epochs: int) -> int:
    """Run once with the files in ``directory``; return the exit status, after Ctrl-C with a word on what was kept."""
    folder = Folder(directory)
    try:
        return run_once(seed, hidden, epochs, folder)
    except KeyboardInterrupt:
        kept = f"kept in {directory}: {', '.join(folder.written)}" if folder.written else "no file was written"
        print(f"\nInterrupted; {kept}")
        return 130
    except OSError as error:
        print(f"python -m examples.xor: error: a file could not be written: {error}", file=sys.stderr)
        return 1


def argument_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.xor", description="Train a small network on XOR.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seed", type=whole_number(0), default="0", metavar="N", help="initial weights (default: 0)")
    which.add_argument("--check-seeds", type=whole_number(1), metavar="N", help="train seeds 0 to N-1; no files")
    parser.add_argument(
        "--hidden", type=whole_number(1), default=HIDDEN, metavar="N", help=f"hidden neurons (default: {HIDDEN})"
    )
    parser.add_argument(
        "--epochs", type=whole_number(1), default=EPOCHS, metavar="N", help=f"training steps (default: {EPOCHS})"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help=f"where files go (default: {DIRECTORY})")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status."""
    parser = argument_parser()
    options = parser.parse_args(arguments)
    if options.check_seeds:
        if options.output:
            parser.error("argument --output: not allowed with argument --check-seeds, which writes no files")
        return check_seeds(options.check_seeds, options.hidden, options.epochs)
    directory = options.output or Path(DIRECTORY)
    try:
        prepare_directory(directory)
    except OSError as error:
        parser.error(f"argument --output: {error}")
    return run_into(directory, options.seed, options.hidden, options.epochs)


if __name__ == "__main__":
    run_command(main)
