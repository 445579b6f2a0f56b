"""The graphs of a trained network on XOR, recorded to be looked at: with names on the nodes, and with gradients.

The hidden neuron 3 is ``h3 = tanh(z3)``, the output of the network is ``answer``.
"""

from __future__ import annotations

from typing import Any

from engine import Value
from examples.comparison import INPUTS, TARGETS
from nn import MLP, Module, binary_cross_entropy

SAMPLE = 3
"""The sample to look at closely, 1 xor 1: no input of 0 silences a weight."""


def sample_graph(model: MLP) -> Value:
    """Compute the loss on the sample alone, and its derivatives."""
    answer = labelled_answer(model, labelled_inputs())
    return differentiated(model, binary_cross_entropy(answer, TARGETS[SAMPLE]), "loss")


def neuron_graph(model: MLP) -> Value:
    """Compute one hidden neuron on the sample, and the derivatives of its output.

    Of all it is the one to which the loss on the sample is most sensitive. Where a tanh is saturated there would be
    little to see.
    """
    sample_graph(model)
    sensitivities = [abs(neuron.b.grad) for neuron in model.layers[0].neurons]
    index = sensitivities.index(max(sensitivities))
    neuron = model.layers[0].neurons[index]
    output = neuron(labelled_inputs())
    output.operands[0].label = f"z{index}"
    return differentiated(neuron, output, f"h{index}")


def batch_graph(model: MLP) -> Value:
    """Compute the loss on all four samples, and its derivatives. Inputs are plain numbers, which saves many edges."""
    answers = [labelled_answer(model, x, f"({x[0]},{x[1]})") for x in INPUTS]
    return differentiated(model, binary_cross_entropy(answers, TARGETS), "loss")


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
