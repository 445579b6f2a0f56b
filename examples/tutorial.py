"""The tutorial's NumPy network on XOR, as published; and how many seeds would have learned it.

    python -m examples.tutorial                 train as published, then judge the answers
    python -m examples.tutorial --seeds 200     the same with seeds 0 to 199, counting those that learn XOR

The network itself, with its hand-derived gradients, is `examples.matrices.tutorial`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from examples.arguments import LARGEST_SEED, check_size, epoch_count, whole_number
from examples.command import run_command
from examples.matrices.survey import right_answers, train_together
from examples.matrices.tutorial import LEARNING_RATE, X, compute_loss, count_right, predict, train_network, y

MOST_HIDDEN = 1_000
MOST_SEEDS = 10_000
MOST_NEURONS = 1_000_000
"""The networks of all seeds are trained at once: these limits keep them, or a mistyped number, within the memory."""


def run(seed: int, hidden_size: int, epochs: int) -> None:
    """Train on XOR and print what the tutorial prints; then judge the answers, which it does not."""
    network = train_network(X, y, 2, hidden_size, 1, epochs, LEARNING_RATE, seed=seed)
    predictions = predict(network, X)
    print(f"Predictions: \n{predictions}")
    verdict = "XOR is learned" if count_right(y, predictions) == len(y) else "XOR is not learned"
    print(f"\nAfter {epochs:,} epochs the loss is {compute_loss(y, predictions):.4f}. {verdict}:")
    for inputs, target, answer in zip(X, y[:, 0], predictions[:, 0], strict=True):
        side = "right" if count_right(target, answer) else "wrong"
        print(f"  {inputs[0]} xor {inputs[1]} = {target}   answered {answer:.2f}   {side}")


def count_seeds(count: int, hidden_size: int, epochs: int) -> None:
    """Train the seeds 0 to ``count`` - 1 and print how many networks ended with how many right answers."""
    right = right_answers(train_together(range(count), hidden_size, epochs))
    print(f"Seeds 0 to {count - 1}, a 2-{hidden_size}-1 network each, {epochs:,} epochs at the rate {LEARNING_RATE}.")
    print("An answer is right when it is on the same side of one half as its target.\n")
    for answers in range(len(y), -1, -1):
        networks = int(np.sum(right == answers))
        meaning = "XOR is learned" if answers == len(y) else ""
        print(f"  {answers} of 4 right: {networks:4d} seeds, {networks / count:6.1%}   {meaning}".rstrip())


def main(arguments: Sequence[str] | None = None) -> None:
    """Train once, or with ``--seeds`` count over many, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m examples.tutorial", description="The tutorial's network on XOR.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seed", type=whole_number(0, LARGEST_SEED), default="42", help="initial weights (default: 42)")
    which.add_argument(
        "--seeds", type=whole_number(1, MOST_SEEDS), metavar="COUNT", help="count how many seeds learn XOR"
    )
    parser.add_argument("--hidden", type=whole_number(1, MOST_HIDDEN), default=2, help="hidden neurons (default: 2)")
    parser.add_argument("--epochs", type=epoch_count, default=10_000, help="training steps (default: 10000)")
    options = parser.parse_args(arguments)
    if options.seeds:
        check_size(parser, "--seeds, --hidden", options.seeds * options.hidden, MOST_NEURONS, "hidden neurons")
        count_seeds(options.seeds, options.hidden, options.epochs)
    else:
        run(options.seed, options.hidden, options.epochs)


if __name__ == "__main__":
    run_command(main)
