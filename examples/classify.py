"""Train a network to tell classes apart, test it on samples that it has not seen, and draw what it answers.

    python -m examples.classify moons               one training; the picture goes to classify-output
    python -m examples.classify iris --splits 20    20 trainings, each tested with other samples
    python -m examples.classify spirals --hidden 8 8 --epochs 50

A data set is the same in every run; the seed fixes what is held out, the initial weights and the batches. Each further
split takes the next seed. The exit status is 0, 2 for bad arguments and 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from examples.arguments import (
    LARGEST_NOISE,
    add_backend,
    add_output,
    check_network,
    epoch_count,
    prepare_output,
    real_number,
    whole_number,
)
from examples.classifying import (
    SETUPS,
    Outcome,
    Setup,
    accuracy,
    make_plots,
    new_network,
    right_and_all,
    train_on_split,
)
from examples.command import run_command
from examples.data import DATA_SETS, DataSet
from examples.outputs import counted, show_plots

MOST_SPLITS = 1_000


def show_task(data: DataSet, setup: Setup, backend: str) -> None:
    """Print what is trained, on what, and how."""
    model = new_network(data, setup.hidden, seed=0)
    noise = f", noise {setup.settings['noise']:g}" if "noise" in setup.settings else ""
    classes = len(data.class_names)
    sizes = "-".join(map(str, model.sizes))
    loss = "binary cross-entropy" if classes == 2 else "cross-entropy"
    print(f"{data.name}: {len(data)} samples of {len(data.features)} features in {classes} classes{noise}")
    print(f"A {sizes} network of tanh with a linear output, {len(model.parameters())} parameters; {loss}, Adam,")
    print(f"{counted(setup.epochs, 'epoch')} in batches of {setup.batch_size},", end=" ")
    print(f"the rate from {setup.rate:g} down to 0; backend {backend}")


def show_outcome(outcome: Outcome) -> None:
    """Print how long a training took, its loss, and its accuracy on both parts."""
    losses = " → ".join(f"{loss:.4f}" for loss in dict.fromkeys((outcome.losses[0], outcome.losses[-1])))
    print(f"\nTrained in {outcome.seconds:.2f} s, recording and compiling included. Loss {losses}")
    print("\nAccuracy")
    for name, confusion in (("held out", outcome.confusion), ("trained on", outcome.train_confusion)):
        right, count = right_and_all(confusion)
        print(f"  {name:<12}{right / count:>8.1%}   {right} of {count}")


def show_split(outcome: Outcome) -> None:
    """Print a line for one of several splits."""
    print(f"  seed {outcome.seed:<4}{accuracy(outcome.confusion):>8.1%} of {len(outcome.test)} held out", end="")
    print(f"{accuracy(outcome.train_confusion):>9.1%} of {len(outcome.train)} trained on", end="")
    print(f"{outcome.seconds:>8.2f} s", flush=True)


def show_summary(outcomes: Sequence[Outcome]) -> None:
    """Print the mean and the smallest accuracy of several splits."""
    worst = least_accurate(outcomes)
    mean = sum(accuracy(outcome.confusion) for outcome in outcomes) / len(outcomes)
    print(f"\nAccuracy on samples held out: mean {mean:.1%}, smallest {accuracy(worst.confusion):.1%}", end=" ")
    print(f"(seed {worst.seed}), of {counted(len(outcomes), 'split')}")


def show_confusion(outcomes: Sequence[Outcome]) -> None:
    """Print the confusion matrix of the samples held out, summed over all splits."""
    names = outcomes[0].test.class_names
    width = max(12, *(len(name) + 2 for name in names))
    splits = "" if len(outcomes) == 1 else f" in {len(outcomes)} splits together"
    print(f"\nSamples held out{splits}: a row for each class, a column for each answer")
    print(f"  {'':<{width}}{''.join(f'{name:>{width}}' for name in names)}")
    for number, name in enumerate(names):
        row = [sum(outcome.confusion[number][answer] for outcome in outcomes) for answer in range(len(names))]
        print(f"  {name:<{width}}{''.join(f'{count:>{width}}' for count in row)}")


def least_accurate(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome with the smallest accuracy on the samples held out, the first of equals."""
    return min(outcomes, key=lambda outcome: accuracy(outcome.confusion))


def train_all(data: DataSet, setup: Setup, seeds: range, backend: str) -> list[Outcome]:
    """Train once for each seed, printing a line for each of several; after Ctrl-C say how far it got, and re-raise."""
    several = len(seeds) > 1
    outcomes: list[Outcome] = []
    if several:
        print()
    try:
        for seed in seeds:
            outcome = train_on_split(data, setup, seed, backend, progress=False if several else None)
            if outcome.interrupted:
                print(f"\nStopped after {len(outcome.losses)} of {setup.epochs} epochs with seed {seed}.", end="")
                raise KeyboardInterrupt
            outcomes.append(outcome)
            if several:
                show_split(outcome)
    except KeyboardInterrupt:
        print(f"\nInterrupted: {len(outcomes)} of {len(seeds)} trainings were completed. No picture was made.")
        if outcomes:
            show_summary(outcomes)
        raise
    return outcomes


def classify(name: str, setup: Setup, seeds: range, backend: str, directory: Path) -> None:
    """Train, test, print and draw."""
    data = DATA_SETS[name](**setup.settings)
    show_task(data, setup, backend)
    outcomes = train_all(data, setup, seeds, backend)
    shown = least_accurate(outcomes)
    if len(outcomes) == 1:
        show_outcome(shown)
        show_confusion(outcomes)
    else:
        show_summary(outcomes)
        show_confusion(outcomes)
        print(f"\nThe picture is that of seed {shown.seed}, the least accurate.")
    show_plots(directory, lambda: make_plots(shown, setup.plane))


def chosen_setup(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Setup:
    """Return the setup of the data set, as the command line changes it."""
    setup = SETUPS[options.dataset]
    settings = dict(setup.settings)
    if options.noise is not None:
        if "noise" not in settings:
            parser.error(f"argument --noise: not allowed with {options.dataset}, which was measured, not drawn")
        settings["noise"] = options.noise
    hidden, epochs = tuple(options.hidden or setup.hidden), options.epochs or setup.epochs
    check_network(parser, hidden)
    return replace(setup, settings=settings, hidden=hidden, epochs=epochs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as the command line says, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.classify", description="Train a network to tell the classes of a data set apart."
    )
    add, splits, noise = parser.add_argument, whole_number(1, MOST_SPLITS), real_number(0.0, LARGEST_NOISE)
    add("dataset", choices=DATA_SETS, metavar="DATASET", help=f"one of {', '.join(DATA_SETS)}")
    add("--seed", type=whole_number(0), default=0, metavar="N", help="split, weights and batches (default: 0)")
    add("--splits", type=splits, default=1, metavar="N", help="train for so many seeds (default: 1)")
    add("--epochs", type=epoch_count, metavar="N", help="how often to go through the samples")
    add("--hidden", type=whole_number(1, 100), nargs="+", metavar="N", help="neurons in each hidden layer: 16 16")
    add("--noise", type=noise, metavar="X", help="standard deviation of what is added to the inputs")
    add_backend(parser)
    add_output(parser, "classify-output")
    options = parser.parse_args(arguments)
    setup = chosen_setup(parser, options)
    prepare_output(parser, options.output)
    seeds = range(options.seed, options.seed + options.splits)
    classify(options.dataset, setup, seeds, options.backend, options.output)
    return 0


if __name__ == "__main__":
    run_command(main)
