"""A recipe by which a small network learns XOR, and what there is to know of one run of it.

tanh in the hidden layer, a sigmoid at the end, binary cross-entropy, Adam at the rate 0.1, all four samples in every
update. The tutorial's network has sigmoids throughout, half the sum of squares and plain gradient descent; the numbers
of both stand beside each other in `examples.xor`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import no_grad
from examples.comparison import INPUTS, TARGETS
from nn import MLP, Adam, binary_cross_entropy, train

HIDDEN = 8
EPOCHS = 300
"""Six times what the slowest of the seeds 0 to 199 needs."""
LEARNING_RATE = 0.1
TOLERANCE = 0.1
"""XOR is learned when all four answers are at most this far from their targets: 0.1 and less, or 0.9 and more."""


@dataclass(frozen=True)
class Run:
    """One training on XOR.

    losses       the binary cross-entropy after 0, 1, 2, … epochs
    errors       the distance from its target of the answer that is farthest off, after 0, 1, 2, … epochs
    answers      what the network says to the four samples at the end
    states       the parameters by name, after 0, 1, 2, … epochs
    interrupted  whether Ctrl-C ended the training
    """

    losses: list[float]
    errors: list[float]
    answers: list[float]
    states: list[dict[str, float]]
    interrupted: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.errors) - 1

    @property
    def learned(self) -> bool:
        """Whether all four answers are within the tolerance at the end."""
        return self.errors[-1] <= TOLERANCE

    @property
    def epochs_needed(self) -> int | None:
        """After how many epochs all four answers were within the tolerance, and stayed there; None if not learned."""
        if not self.learned:
            return None
        return max((epoch + 1 for epoch, error in enumerate(self.errors) if error > TOLERANCE), default=0)


def new_network(hidden: int, seed: int) -> MLP:
    """Build the network that is to be trained: 2 inputs, ``hidden`` neurons, 1 answer between 0 and 1."""
    return MLP([2, hidden, 1], hidden="tanh", output="sigmoid", initializer="xavier", seed=seed)


def train_on_xor(model: MLP, epochs: int, progress: bool | None = None) -> Run:
    """Train ``model`` by the recipe; ``progress`` as for `nn.train`. Ctrl-C ends it early, with the run so far."""
    errors: list[float] = []
    states: list[dict[str, float]] = []

    def loss(predictions: list[Any], targets: list[Any]) -> Any:
        """Note how far off the answers are and what the parameters are, and return the cross-entropy."""
        errors.append(largest_error([prediction.data for prediction in predictions]))
        states.append(model.state_dict())
        return binary_cross_entropy(predictions, targets)

    optimizer = Adam(model.parameters(), LEARNING_RATE)
    # The loss looks at the answers' numbers in every epoch, where a program would have it look once.
    history = train(model, INPUTS, TARGETS, loss, optimizer, epochs=epochs, backend="eager", progress=progress)
    answers = answers_of(model)
    return Run(
        losses=[*history.losses, binary_cross_entropy(answers, TARGETS)],
        errors=[*errors[: len(history.losses)], largest_error(answers)],
        answers=answers,
        states=[*states[: len(history.losses)], model.state_dict()],
        interrupted=history.interrupted,
    )


@no_grad()
def answers_of(model: MLP) -> list[float]:
    """Ask a network all four samples."""
    return [model(x).data for x in INPUTS]


def largest_error(answers: list[float]) -> float:
    """Return how far the answer that is farthest from its target is off."""
    return max(abs(answer - target) for answer, target in zip(answers, TARGETS, strict=True))
