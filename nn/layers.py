"""From a neuron to a network: `Neuron`, `Layer` and `MLP`, the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import mul
from random import Random
from typing import Any, Self

from engine import Value
from engine.extend import Scope, mark, store_data, vector_like
from nn.activations import Activation, find_activation
from nn.checks import entries, random_of, read_inputs, whole_number
from nn.initializers import Initializer, draw_weights
from nn.matrices import Matrix, network_sizes, read_matrices
from nn.module import Module
from nn.scores import softmax

Seed = int | float | str | None | Random
"""What ``random.Random`` takes (None: different every time), or a Random to draw from."""


class _Counted(Module):
    """What has sizes: its parameters can be counted before it is built."""

    @classmethod
    def count_parameters(cls, architecture: Mapping[str, Any]) -> int | None:
        """Return Σ (inputs + 1) · outputs over the layers; None for a subclass with a constructor of its own."""
        sizes = architecture.get("sizes", [architecture.get("inputs"), architecture.get("outputs", 1)])
        constructors: list[Any] = [Neuron.__init__, Layer.__init__, MLP.__init__]
        if cls.__init__ not in constructors or not isinstance(sizes, list) or any(type(n) is not int for n in sizes):
            return None
        counts: list[int] = [(inputs + 1) * outputs for inputs, outputs in pairwise(sizes)]
        return sum(counts)


class Neuron(_Counted):
    """activation(b + w[0]·x[0] + w[1]·x[1] + …), added in this order.

    inputs       how many numbers it takes
    activation   a name (see `nn.activations`) or a function of one Value
    initializer  a name (see `nn.initializers`) or a function ``(fan_in, fan_out, random) -> weight``
    seed         what fixes the weights
    label        the beginning of the labels of its parameters
    fan_out      how many neurons its layer has, for the initializer
    """

    def __init__(
        self,
        inputs: int,
        activation: Activation = "tanh",
        initializer: Initializer = "xavier",
        seed: Seed = 0,
        label: str = "",
        *,
        fan_out: int = 1,
    ) -> None:
        inputs = whole_number(inputs, "the number of inputs")
        fan_out = whole_number(fan_out, "fan_out")
        self._activation, self._function = _read_activation(activation)
        weights = draw_weights(initializer, inputs, fan_out, random_of(seed))
        self.w = [Value(weight, _label(label, f"w[{index}]")) for index, weight in enumerate(weights)]
        self.b = Value(0.0, _label(label, "b"))
        self._scope = _scope(label or "neuron", self._activation)

    @property
    def inputs(self) -> int:
        """How many numbers it takes."""
        return len(self.w)

    @property
    def activation(self) -> Activation:
        """The name of the activation; the function, if it has no name."""
        return self._activation

    def __call__(self, x: Any) -> Any:
        """Return the output for ``x``: see `MLP.__call__`."""
        return self.forward(read_inputs(x, self))

    def forward(self, x: Sequence[Any]) -> Any:
        """Return the output for as many floats or Values as there are inputs, unchecked.

        Raises TypeError if the activation does not return a Value: no gradient flows back through a plain number.
        """
        output = self._function(sum(map(mul, self.w, x), self.b))
        if not isinstance(output, Value):
            raise TypeError(
                f"an activation returns a Value, but {self.activation!r} returned {output!r}: "
                "write it in operators and functions of the engine (engine.tanh, not math.tanh)"
            )
        inputs = x if x.__class__ is tuple else tuple(x)
        if not isinstance(self._activation, str):
            mark(output, self._scope, inputs)
        elif output._form is not None:
            output._tag = ("", self._scope, inputs, ())  # What `mark` does, which took a tenth of a training step.
        return output

    def architecture(self) -> dict[str, Any]:
        """Return the arguments that build a neuron like this one."""
        return {"inputs": self.inputs, "activation": self.activation}


class Layer(_Counted):
    """Neurons side by side on the same inputs: ``outputs`` of them. The other arguments are those of `Neuron`."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: Activation = "tanh",
        initializer: Initializer = "xavier",
        seed: Seed = 0,
        label: str = "",
    ) -> None:
        outputs = whole_number(outputs, "the number of outputs")
        random = random_of(seed)
        self.neurons = tuple(
            Neuron(inputs, activation, initializer, random, _label(label, f"neuron{index}"), fan_out=outputs)
            for index in range(outputs)
        )
        scope = _scope(label or "layer", self.activation)
        for index, neuron in enumerate(self.neurons):
            neuron._scope = replace(neuron._scope, name=f"neuron{index}", parent=scope)

    @property
    def inputs(self) -> int:
        """How many numbers it takes."""
        return self.neurons[0].inputs

    @property
    def outputs(self) -> int:
        """How many numbers it gives."""
        return len(self.neurons)

    @property
    def activation(self) -> Activation:
        """The activation of its neurons."""
        return self.neurons[0].activation

    def __call__(self, x: Any) -> Any:
        """Return the outputs for ``x``: see `MLP.__call__`."""
        outputs = self.forward(read_inputs(x, self))
        return outputs[0] if len(outputs) == 1 else vector_like(x, outputs)

    def forward(self, x: Sequence[Any]) -> list[Any]:
        """Return the list of outputs for as many floats or Values as there are inputs, unchecked."""
        inputs = tuple(x)
        return [neuron.forward(inputs) for neuron in self.neurons]

    def architecture(self) -> dict[str, Any]:
        """Return the arguments that build a layer like this one."""
        return {"inputs": self.inputs, "outputs": self.outputs, "activation": self.activation}


class MLP(_Counted):
    """A multilayer perceptron: layers in a row, each neuron connected to the whole layer before.

    sizes        the number of inputs, of neurons in each hidden layer, and of outputs: ``[2, 8, 1]``
    hidden       the activation of the hidden layers: a name (see `nn.activations`) or a function of one Value
    output       the activation of the last layer
    initializer  a name (see `nn.initializers`) or a function ``(fan_in, fan_out, random) -> weight``
    seed         what fixes the weights

    The parameters are labelled ``layer0.neuron1.w[2]`` and ``layer0.neuron1.b``. Raises ValueError or TypeError for a
    size that is not a whole number above 0, for fewer than two sizes, and for an unknown activation or initializer.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: Activation = "tanh",
        output: Activation = "sigmoid",
        initializer: Initializer = "xavier",
        seed: Seed = 0,
    ) -> None:
        counts = [whole_number(size, "a size of an MLP") for size in entries(sizes) or ()]
        if len(counts) < 2:
            raise ValueError(f"the sizes of an MLP are a list of two numbers at least, as in [2, 8, 1], not {sizes!r}")
        random = random_of(seed)
        activations = [hidden] * (len(counts) - 2) + [output]
        self.layers = tuple(
            Layer(inputs, outputs, activation, initializer, random, f"layer{index}")
            for index, ((inputs, outputs), activation) in enumerate(zip(pairwise(counts), activations, strict=True))
        )
        self._hidden, _ = _read_activation(hidden)
        self._initializer = initializer

    @property
    def inputs(self) -> int:
        """How many numbers it takes."""
        return self.layers[0].inputs

    @property
    def sizes(self) -> list[int]:
        """The number of inputs, then of neurons in each layer."""
        return [self.inputs, *(layer.outputs for layer in self.layers)]

    def __call__(self, x: Any) -> Any:
        """Return the prediction for one sample.

        ``x`` is a list (or array) of numbers or Values, one for each input; a network of one input takes it bare, too.
        Returns one Value if there is one output, else a list of Values; for an array, an array. Raises ValueError for a
        wrong number of inputs and TypeError for an input that is not a number.
        """
        outputs = read_inputs(x, self)
        for layer in self.layers:
            outputs = layer.forward(outputs)
        return outputs[0] if len(outputs) == 1 else vector_like(x, outputs)

    def reinitialize(self, initializer: Initializer | None = None, seed: Seed = 0) -> None:
        """Give the parameters the numbers of a new network with this initializer and seed, to train it once more.

        Unless one is given, the initializer is that of the constructor. Programs that were recorded with this network
        go on from there. Raises as the constructor does, and then changes nothing.
        """
        random = random_of(seed)
        chosen = self._initializer if initializer is None else initializer
        parameters: list[Value] = []
        numbers: list[float] = []
        for layer in self.layers:
            for neuron in layer.neurons:
                parameters += [*neuron.w, neuron.b]
                numbers += [*draw_weights(chosen, layer.inputs, layer.outputs, random), 0.0]
        store_data(parameters, numbers)

    def architecture(self) -> dict[str, Any]:
        """Return the arguments that build a network like this one."""
        return {"sizes": self.sizes, "hidden": self._hidden, "output": self.layers[-1].activation}

    def to_matrices(self) -> dict[str, Matrix]:
        """Return the parameters as the tutorial's dictionary, of nested lists: see `nn.matrices`."""
        matrices = self.to_value_matrices()
        return {name: [[entry.data for entry in row] for row in matrix] for name, matrix in matrices.items()}

    def to_value_matrices(self) -> dict[str, list[list[Value]]]:
        """Return the parameters themselves in the places of that dictionary, as `viz.player` shows them."""
        matrices: dict[str, list[list[Value]]] = {}
        for number, layer in enumerate(self.layers, start=1):
            matrices[f"W{number}"] = [list(row) for row in zip(*(neuron.w for neuron in layer.neurons), strict=True)]
            matrices[f"b{number}"] = [[neuron.b for neuron in layer.neurons]]
        return matrices

    @classmethod
    def from_matrices(
        cls, matrices: Mapping[str, Any], hidden: Activation = "tanh", output: Activation = "sigmoid"
    ) -> Self:
        """Return a new network with the parameters of such a dictionary, of lists or arrays, for any number of layers.

        The matrices tell the sizes but not the activations: the tutorial's are ``hidden="sigmoid"`` and
        ``output="sigmoid"``. Raises as `load_matrices` does.
        """
        network = cls(network_sizes(read_matrices(matrices)), hidden, output)
        network.load_matrices(matrices)
        return network

    def load_matrices(self, matrices: Mapping[str, Any]) -> None:
        """Give the parameters the numbers of such a dictionary.

        Raises ValueError for missing or unknown keys and wrong shapes, TypeError for an entry that is not a number, and
        then changes nothing.
        """
        read = read_matrices(matrices)
        sizes = network_sizes(read)
        if sizes != self.sizes:
            raise ValueError(f"the matrices are those of a network of sizes {sizes}; this one has {self.sizes}")
        numbers: dict[Value, float] = {}
        for layer, (weights, biases) in zip(self.layers, read, strict=True):
            for index, neuron in enumerate(layer.neurons):
                numbers[neuron.b] = biases[0][index]
                numbers |= {weight: row[index] for weight, row in zip(neuron.w, weights, strict=True)}
        store_data(list(numbers), list(numbers.values()))


def _read_activation(activation: Activation) -> tuple[Activation, Callable[[Any], Any]]:
    """Return what `find_activation` does; a softmax, which people look for here, gets an error with the cure."""
    if activation is softmax or (isinstance(activation, str) and "softmax" in activation):
        raise ValueError(
            "softmax is no activation: it takes the scores of all classes, and a neuron has only its own. Train "
            'output="linear" with the loss nn.cross_entropy, which has the softmax in it; nn.softmax(model(x)) are the '
            "probabilities"
        )
    return find_activation(activation)


def _scope(name: str, activation: Activation) -> Scope:
    """Return the scope of a neuron or a layer, with its activation as a word in a picture."""
    return Scope(name, activation if isinstance(activation, str) else getattr(activation, "__name__", ""))


def _label(prefix: str, name: str) -> str:
    """Return ``layer0.neuron1``, or ``neuron1`` on its own."""
    return f"{prefix}.{name}" if prefix else name
