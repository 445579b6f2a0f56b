"""The network that learns XOR: the recipe that trains it, what a training was like, and its graphs.

The recipe: tanh in the hidden layer, a sigmoid at the end, binary cross-entropy, Adam at the rate 0.1, all four samples
in every update. (The tutorial's network has sigmoids throughout, half the sum of squares and plain gradient descent.)
The graphs are recorded to be looked at, with labels and gradients: the hidden neuron 3 is ``h3 = tanh(z3)``, the output
is ``answer``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Value, no_grad
from examples.matrices.comparison import INPUTS, TARGETS
from nn import MLP, Adam, Module, Neuron, binary_cross_entropy, half_sum_of_squares, train

HIDDEN = 8
EPOCHS = 300
"""More than five times what the slowest of the seeds 0 to 199 needs."""
LEARNING_RATE = 0.1
TOLERANCE = 0.1
"""XOR is learned when all four answers are at most this far from their targets: 0.1 and less, or 0.9 and more."""

SAMPLE = 3
"""The sample to look at closely, 1 xor 1: neither input is a 0, which would silence a weight."""
LESSON = (1, 3)
"""Two samples, 0 xor 1 and 1 xor 1: the neuron uses its parameters once for each."""


@dataclass(frozen=True)
class Run:
    """One training on XOR.

    losses       the binary cross-entropy after 0, 1, 2, … epochs
    errors       how far the worst of the four answers is from its target after 0, 1, 2, … epochs
    answers      what the network answers to the four samples at the end
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


def recipe(model: MLP) -> dict[str, Any]:
    """The loss and the optimizer, as `nn.train` and `viz.playground` take them."""
    return {"loss": binary_cross_entropy, "optimizer": Adam(model.parameters(), LEARNING_RATE)}


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
    # The loss looks at the answers' numbers in every epoch; a program would have it look only once.
    history = train(model, INPUTS, TARGETS, loss, optimizer, epochs=epochs, backend="eager", progress=progress)
    with no_grad():
        answers = [model(x).data for x in INPUTS]
    return Run(
        losses=[*history.losses, binary_cross_entropy(answers, TARGETS)],
        errors=[*errors[: len(history.losses)], largest_error(answers)],
        answers=answers,
        states=[*states[: len(history.losses)], model.state_dict()],
        interrupted=history.interrupted,
    )


def largest_error(answers: Sequence[float]) -> float:
    """Return how far the worst of the four answers is from its target."""
    return max(abs(answer - target) for answer, target in zip(answers, TARGETS, strict=True))


def sample_graph(model: MLP) -> Value:
    """Compute the loss on the sample alone, and its derivatives."""
    return differentiated(model, binary_cross_entropy(labelled_answer(model), TARGETS[SAMPLE]), "loss")


def batch_graph(model: MLP, loss: Callable[..., Value] = binary_cross_entropy) -> Value:
    """Compute the loss on all four samples, and its derivatives. Inputs are plain numbers, which saves many edges."""
    answers = [labelled_answer(model, x, sample_name(x)) for x in INPUTS]
    return differentiated(model, loss(answers, TARGETS), "loss")


def tutorial_graph(model: MLP) -> Value:
    """Compute the tutorial's loss on all four samples, and its derivatives."""
    return batch_graph(model, half_sum_of_squares)


def neuron_graph(model: MLP) -> Value:
    """Compute the hidden neuron that matters most on the sample, and the derivatives of its output.

    That is the one to which the loss on the sample is most sensitive: where a tanh is saturated there is little to see.
    """
    neuron, index = most_sensitive_neuron(model)
    output = neuron(labelled_inputs())
    output.operands[0].label = f"z{index}"
    return differentiated(neuron, output, f"h{index}")


def lesson_graph(model: MLP) -> Value:
    """Compute half the sum of squares of that neuron's errors on two samples, as if it had to answer XOR alone.

    Few nodes show much: parameters that are used twice, and an error that is multiplied by itself.
    """
    neuron, _ = most_sensitive_neuron(model)
    outputs = [neuron(INPUTS[sample]) for sample in LESSON]
    for output, sample in zip(outputs, LESSON, strict=True):
        output.operands[0].label = f"z{sample_name(INPUTS[sample])}"
        output.label = f"h{sample_name(INPUTS[sample])}"
    return differentiated(neuron, half_sum_of_squares(outputs, [TARGETS[sample] for sample in LESSON]), "loss")


def most_sensitive_neuron(model: MLP) -> tuple[Neuron, int]:
    """Find the hidden neuron to which the loss on the sample is most sensitive, and its number."""
    sample_graph(model)
    neurons = model.layers[0].neurons
    index = max(range(len(neurons)), key=lambda number: abs(neurons[number].b.grad))
    return neurons[index], index


def sample_name(x: list[Any]) -> str:
    """Write a sample as it stands in labels."""
    return f"({x[0]},{x[1]})"


def labelled_answer(model: MLP, x: list[Any] | None = None, name: str = "") -> Value:
    """Compute ``model(x)`` with labels that end in ``name``; ``x`` is by default the sample, as Values."""
    hidden_layer, output_layer = model.layers
    hidden = hidden_layer.forward(labelled_inputs() if x is None else x)
    for index, output in enumerate(hidden):
        output.label = f"h{index}{name}"
        output.operands[0].label = f"z{index}{name}"
    (answer,) = output_layer.forward(hidden)
    answer.label = f"answer{name}"
    return answer


def labelled_inputs() -> list[Value]:
    """Return the inputs of the sample as Values, which have a place in a picture."""
    return [Value(number, label=f"x{index}") for index, number in enumerate(INPUTS[SAMPLE])]


def differentiated(module: Module, output: Value, label: str) -> Value:
    """Label an output and leave its derivatives, and nothing older, in its graph and the module's parameters."""
    output.label = label
    module.zero_grad()
    output.backward()
    return output
