"""The tutorial's training and the engine's, epoch by epoch: what `examples.compare` prints of them, as data."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from tqdm import tqdm

from engine import no_grad
from examples import tutorial
from examples.comparison import INPUTS, TARGETS, Pair, as_model, by_place, pair_up, parameters_by_place
from examples.tutorial import LEARNING_RATE, Network, X, y
from nn import MLP, SGD, half_sum_of_squares, mean_squared_error


def epoch_by_hand(network: Network) -> None:
    """Train for one epoch as `tutorial.train_network` does, the loss that it computes included."""
    predictions, cache = tutorial.forward_propagation(network, X)
    tutorial.compute_loss(y, predictions)
    gradients = tutorial.backward_propagation(network, cache, X, y)
    tutorial.update_parameters(network, gradients, LEARNING_RATE)


def epoch_by_engine(model: MLP, optimizer: SGD) -> None:
    """Train for the same epoch on Values: record the loss, walk back, descend."""
    loss = half_sum_of_squares([model(x) for x in INPUTS], TARGETS)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@dataclass(frozen=True)
class Checkpoint:
    """Both sides after some epochs: the mean squared errors, and every parameter."""

    epochs: int
    loss: Pair
    parameters: list[Pair]


@dataclass(frozen=True)
class Training:
    """Two trainings from the same start: what they were like on the way, and the answers at the end."""

    checkpoints: list[Checkpoint]
    answers: list[Pair]


def train_both(start: Network, epochs: int) -> Training:
    """Train on both sides in step. There is a checkpoint after 1, 10, 100, … epochs and after the last."""
    network = {name: matrix.copy() for name, matrix in start.items()}
    model = as_model(start)
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    stops = {10**power for power in range(len(str(epochs)))} | {epochs}
    checkpoints = []
    for done in tqdm(range(1, epochs + 1), desc="training both", unit="epoch", leave=False, disable=None):
        epoch_by_hand(network)
        epoch_by_engine(model, optimizer)
        if done in stops:
            checkpoints.append(look(done, network, model))
    return Training(checkpoints, compare_answers(network, model))


@no_grad()
def look(epochs: int, network: Network, model: MLP) -> Checkpoint:
    """Take down both sides as they are now."""
    by_hand = tutorial.compute_loss(y, tutorial.predict(network, X))
    by_engine = mean_squared_error([model(x) for x in INPUTS], TARGETS)
    numbers = {place: parameter.data for place, parameter in parameters_by_place(model).items()}
    return Checkpoint(epochs, Pair("loss", float(by_hand), by_engine.data), pair_up(by_place(network), numbers))


@no_grad()
def compare_answers(network: Network, model: MLP) -> list[Pair]:
    """Pair the answers of both sides to each sample."""
    by_hand = tutorial.predict(network, X)[:, 0].tolist()
    return [Pair(f"{a} xor {b}", hand, model([a, b]).data) for (a, b), hand in zip(INPUTS, by_hand, strict=True)]


def seconds_per_epoch(start: Network, rounds: int = 9, epochs: int = 50) -> tuple[float, float]:
    """Measure an epoch (by hand, by engine): the medians of ``rounds`` blocks of ``epochs``, taken in turns.

    In turns, so that whatever else the machine does slows both sides alike.
    """
    network = {name: matrix.copy() for name, matrix in start.items()}
    model = as_model(start)
    optimizer = SGD(model.parameters(), LEARNING_RATE)
    by_hand = []
    by_engine = []
    for _ in range(rounds):
        by_hand.append(_seconds(lambda: epoch_by_hand(network), epochs))
        by_engine.append(_seconds(lambda: epoch_by_engine(model, optimizer), epochs))
    return statistics.median(by_hand), statistics.median(by_engine)


def _seconds(function: Callable[[], None], times: int) -> float:
    """Measure the seconds for one of ``times`` calls in a row."""
    start = time.perf_counter()
    for _ in range(times):
        function()
    return (time.perf_counter() - start) / times
