"""The graphs of a trained network on XOR, recorded to be looked at: with names on the nodes, and with gradients.

The hidden neuron 3 is ``h3 = tanh(z3)``, the output of the network is ``answer``.
"""

from __future__ import annotations

from typing import Any

from engine import Value
from examples.comparison import INPUTS, TARGETS
from nn import MLP, Module, Neuron, binary_cross_entropy, half_sum_of_squares

SAMPLE = 3
"""The sample to look at closely, 1 xor 1: no input of 0 silences a weight."""
LESSON = (1, 3)
"""Two samples, 0 xor 1 and 1 xor 1: the neuron uses its parameters once for each."""


def sample_graph(model: MLP) -> Value:
    """Compute the loss on the sample alone, and its derivatives."""
    answer = labelled_answer(model, labelled_inputs())
    return differentiated(model, binary_cross_entropy(answer, TARGETS[SAMPLE]), "loss")


def neuron_graph(model: MLP) -> Value:
    """Compute one hidden neuron on the sample, and the derivatives of its output.

    Of all it is the one to which the loss on the sample is most sensitive. Where a tanh is saturated there would be
    little to see.
    """
    neuron, index = most_sensitive_neuron(model)
    output = neuron(labelled_inputs())
    output.operands[0].label = f"z{index}"
    return differentiated(neuron, output, f"h{index}")


def lesson_graph(model: MLP) -> Value:
    """Compute half the sum of squares of that neuron's errors on two samples, as if it had to answer XOR alone.

    There is much to see in few nodes: parameters that are used twice, and an error that is multiplied by itself.
    """
    neuron, _ = most_sensitive_neuron(model)
    outputs = [neuron(INPUTS[sample]) for sample in LESSON]
    for output, sample in zip(outputs, LESSON, strict=True):
        name = sample_name(INPUTS[sample])
        output.operands[0].label = f"z{name}"
        output.label = f"h{name}"
    loss = half_sum_of_squares(outputs, [TARGETS[sample] for sample in LESSON])
    return differentiated(neuron, loss, "loss")


def most_sensitive_neuron(model: MLP) -> tuple[Neuron, int]:
    """Find the hidden neuron to which the loss on the sample is most sensitive, and its number."""
    sample_graph(model)
    sensitivities = [abs(neuron.b.grad) for neuron in model.layers[0].neurons]
    index = sensitivities.index(max(sensitivities))
    return model.layers[0].neurons[index], index


def batch_graph(model: MLP) -> Value:
    """Compute the loss on all four samples, and its derivatives. Inputs are plain numbers, which saves many edges."""
    return differentiated(model, binary_cross_entropy(labelled_answers(model), TARGETS), "loss")


def tutorial_graph(model: MLP) -> Value:
    """Compute the tutorial's loss on all four samples, and its derivatives."""
    return differentiated(model, half_sum_of_squares(labelled_answers(model), TARGETS), "loss")


def labelled_answers(model: MLP) -> list[Value]:
    """Compute the answers to all four samples, with labels."""
    return [labelled_answer(model, x, sample_name(x)) for x in INPUTS]


def sample_name(x: list[Any]) -> str:
    """Write a sample as it stands in labels."""
    return f"({x[0]},{x[1]})"


def labelled_answer(model: MLP, x: list[Any], sample: str = "") -> Value:
    """Compute ``model(x)`` with labels; ``sample`` is added to each, to tell apart the samples of one picture."""
    hidden_layer, output_layer = model.layers
    hidden = hidden_layer.forward(x)
    for index, output in enumerate(hidden):
        output.label = f"h{index}{sample}"
        output.operands[0].label = f"z{index}{sample}"
    (answer,) = output_layer.forward(hidden)
    answer.label = f"answer{sample}"
    return answer


def labelled_inputs() -> list[Value]:
    """Return the inputs of the sample as Values, which have a place in a picture."""
    return [Value(number, label=f"x{index}") for index, number in enumerate(INPUTS[SAMPLE])]


def differentiated(module: Module, output: Value, label: str) -> Value:
    """Label an output and leave its derivatives, and nothing older, in the graph from the module's parameters on."""
    output.label = label
    module.zero_grad()
    output.backward()
    return output
