"""Hand-derived matrix backprop against the engine: weight by weight and epoch by epoch.

    python -m examples.compare                       the tutorial's network
    python -m examples.compare --hidden 4 --seed 7   another one

The numbers come from `examples.matrices.comparison`; here they are laid out and explained. Three facts about the
tutorial turn up on the way, each with its evidence: its `sigmoid_derivative` takes the activation; its "gradients" are
the negative gradient of half the *sum* of squares, while its loss is the *mean*, so that dW = -(N/2) · dMSE/dW; and
with the published seed it does not learn XOR.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from engine import Value, sigmoid, topological_order
from examples.arguments import LARGEST_SEED, epoch_count, whole_number
from examples.command import run_command
from examples.matrices import comparison, tutorial
from examples.matrices.comparison import FACTOR, TARGETS, Checkpoint, farthest_apart
from examples.matrices.tutorial import LEARNING_RATE, Network, X
from examples.outputs import explain

MOST_HIDDEN = 1_000
"""Every parameter has a line, and the engine's graph of them all has to fit into the memory."""


def begin(title: str, paragraph: str) -> None:
    """Print the title of a section, underlined, and its first paragraph."""
    print(f"\n\n{title}\n{'=' * len(title)}")
    explain(paragraph)
    print()


def show_formulas(network: Network) -> None:
    """Print the formulas derived from the graph beside those derived by hand, and one scalar of each."""
    lines, nodes, pairs = comparison.derive(network)
    begin(
        "1. The formulas, derived twice",
        f"""By hand: the tutorial's lines. From the graph: its forward_propagation and compute_loss, run on arrays of
        Values, leave {nodes} scalar nodes, those of the gradient included; the loops in them are matrix products and
        sums along an axis. Nothing tells the engine of layers or matrices. Below each line is how many scalars it
        stands for, and the first of them as the nodes compute it.""",
    )
    print(f"  {'by hand':<54}from the graph")
    for line in lines:
        *before, last = line.by_hand.split("\n")
        print("\n" + "".join([f"  {text}\n" for text in before]) + f"  {last:<54}{line.derived}")
        print(f"{line.count:>6} x  {line.element}")
    worst = farthest_apart(pairs)
    print(f"\nLargest difference: {worst.difference:.1e} in {worst.name}, after the factor {FACTOR:g} = -N/2.\n")
    explain("""Entry [i, j] of X.T @ delta adds up, over the samples, what input i was times what each sample sends back
        to neuron j: the samples use the same weight, and the chain rule adds up what comes from every use. A bias is
        used with the factor 1, so db1 is the sum of delta itself. The graph's deltas are those of the mean that is
        printed, the tutorial's those of minus half the sum: they differ by the factor, as section 3 shows.""")


def show_gradients(network: Network) -> None:
    """Print every gradient from both sides, and how close they are."""
    begin(
        "2. The gradient of every parameter",
        """By hand: the tutorial's matrix formulas. By the engine: -dL/dW of L = ½ Σ (prediction - target)², which a
        model of scalar neurons records one number at a time; dW1[i, j] there belongs to neuron j and its input i. An
        ulp is the gap between neighbouring doubles.""",
    )
    pairs = comparison.compare_gradients(network)
    print(f"{'':<12}{'by hand':>25}{'by the engine':>25}{'difference':>14}{'ulps':>8}")
    for pair in pairs:
        print(f"{pair.name:<12}{pair.by_hand:>25.16e}{pair.by_engine:>25.16e}{pair.difference:>14.1e}{pair.ulps:>8.0f}")
    worst = farthest_apart(pairs)
    most = max(pairs, key=lambda pair: pair.ulps)
    print(f"\nLargest difference: {worst.difference:.1e} in {worst.name}; in ulps {most.ulps:.0f}, in {most.name}.")
    explain("""The two sides add in a different order and write the sigmoid differently, and each step rounds. Where
        large terms nearly cancel, the result is small and so is its ulp: the same rounding is then more ulps.""")


def show_unmodified(network: Network) -> None:
    """Print what the tutorial's functions give on Values, and what that says about the tutorial's gradients."""
    loss, pairs = comparison.run_unmodified(network)
    begin(
        "3. The tutorial's own functions, run on Values",
        f"""forward_propagation and compute_loss as they are, on arrays whose entries are Values. NumPy does the matrix
        arithmetic entry by entry; the engine records it, {len(topological_order(loss))} Values in all, and
        differentiates the loss.""",
    )
    print(f"{'':<12}{'dMSE/dW':>25}{f'{FACTOR:g} · dMSE/dW':>25}{'dW by hand':>25}{'ulps':>8}")
    for pair in pairs:
        derivative = pair.by_engine / FACTOR
        print(f"{pair.name:<12}{derivative:>25.16e}{pair.by_engine:>25.16e}{pair.by_hand:>25.16e}{pair.ulps:>8.0f}")
    print(f"\nLargest difference: {farthest_apart(pairs).difference:.1e}, after the factor {FACTOR:g} = -N/2.")
    explain(f"""So the tutorial's "gradients" are not those of the loss that it prints. They are the negative gradient
        of half the SUM of squares, while the printed loss is the MEAN: dW = -(N/2) · dMSE/dW. That is why it adds where
        gradient descent subtracts, and its rate of {LEARNING_RATE} is a rate of {-FACTOR * LEARNING_RATE:g} on the
        printed loss.""")


def show_slope(network: Network) -> None:
    """Print what `sigmoid_derivative` answers when it is given the activation, and when it is given z."""
    _, (z1, *_) = tutorial.forward_propagation(network, X)
    z = float(z1[-1, 0])
    activation = sigmoid(Value(z))
    a = activation.data
    begin(
        "4. sigmoid_derivative takes the activation",
        f"""On the last sample hidden neuron 0 has z = {z:.6f} and the activation a = σ(z) = {a:.6f}. The formula
        σ'(x) = σ(x) · (1 - σ(x)) is given in x, but the function wants σ(x).""",
    )
    print(f"  σ'(z), the engine's partial on the edge   {activation.partials[0]:9.6f}")
    print(
        f"  sigmoid_derivative(a) = a · (1 - a)       {tutorial.sigmoid_derivative(a):9.6f}   as the tutorial calls it"
    )
    print(f"  sigmoid_derivative(z) = z · (1 - z)       {tutorial.sigmoid_derivative(z):9.6f}   not a derivative of σ")


def show_training(network: Network, epochs: int) -> None:
    """Print both trainings at the checkpoints, and the answers at their end."""
    begin(
        "5. Two trainings, in step",
        f"""The same start and the same rate of {LEARNING_RATE}. The losses are mean squared errors; the difference is
        shown for the parameter in which the two sides are farthest apart.""",
    )
    checkpoints = comparison.train_both(network, epochs)
    print(f"{'epochs':>10}{'loss by hand':>22}{'loss by the engine':>22}{'difference':>14}{'ulps':>8}   parameter")
    for checkpoint in checkpoints:
        loss, worst = checkpoint.loss, farthest_apart(checkpoint.parameters)
        print(f"{checkpoint.epochs:>10,}{loss.by_hand:>22.16f}{loss.by_engine:>22.16f}", end="")
        print(f"{worst.difference:>14.1e}{worst.ulps:>8.0f}   {worst.name}")
    show_verdict(checkpoints[-1])


def show_verdict(end: Checkpoint) -> None:
    """Print the answers, how far the two sides came apart, whether XOR is learned, and if not, why not."""
    right = [
        max(abs(answer.by_hand - target), abs(answer.by_engine - target)) < 0.5
        for answer, target in zip(end.answers, TARGETS, strict=True)
    ]
    print(f"\n{'':>10}{'target':>10}{'by hand':>12}{'by the engine':>18}")
    for pair, target, verdict in zip(end.answers, TARGETS, right, strict=True):
        print(f"{pair.name:>10}{target:>10}{pair.by_hand:>12.4f}{pair.by_engine:>18.4f}", end="")
        print("   right" if verdict else "   wrong")
    apart = farthest_apart(end.parameters).difference
    print(f"\nAfter {end.epochs:,} epochs no parameter differs by more than {apart:.1e}, and the loss is", end=" ")
    print(f"{end.loss.by_hand:.4f}.")
    if all(right):
        print("XOR is learned.")
        return
    print(f"XOR is not learned: {sum(right)} of {len(TARGETS)} answers are right.")
    explain("""The engine agrees with the formulas, so the gradients are not to blame. The start is, or too few epochs.
        How many starts lead to XOR: python -m examples.tutorial --seeds 200""")


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare the two sides as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m examples.compare", description="NumPy by hand against the engine.")
    parser.add_argument("--seed", type=whole_number(0, LARGEST_SEED), default=42, help="initial weights (default: 42)")
    parser.add_argument("--epochs", type=epoch_count, default=10_000, help="training steps (default: 10000)")
    parser.add_argument("--hidden", type=whole_number(1, MOST_HIDDEN), default=2, help="hidden neurons (default: 2)")
    options = parser.parse_args(arguments)
    network = tutorial.initialize_network(2, options.hidden, 1, options.seed)
    print(f"XOR on a 2-{options.hidden}-1 network, seed {options.seed}: the tutorial's matrices, the engine's scalars")
    for show in (show_formulas, show_gradients, show_unmodified, show_slope):
        show(network)
    show_training(network, options.epochs)


if __name__ == "__main__":
    run_command(main)
