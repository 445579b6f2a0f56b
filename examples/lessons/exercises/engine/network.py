"""A neural network of Values: neurons, layers, a loss, and training, which is a few lines around `backward`.

Everything here is made of Values and of what they can do, so the derivatives of all of it come for free.
"""

from value import Value


def neuron(x, w, b):
    """Exercise 15, neuron: return tanh(w[0] * x[0] + w[1] * x[1] + … + b), a Value.

    x is a list of inputs, numbers or Values; w is a list of as many Values, the weights; b is a Value, the bias.
    """
    return sum((weight * number for weight, number in zip(w, x)), b).tanh()


def layer(x, weights, biases):
    """Exercise 16, layer: return the list of the answers of several neurons, which all read the same inputs x.

    weights[n] is the list of weights of neuron n, and biases[n] is its bias.
    """
    return [neuron(x, w, b) for w, b in zip(weights, biases)]


class MLP:
    """A multi-layer perceptron: layers, each of which reads the answers of the one before it."""

    def __init__(self, sizes, generator):
        """Make random weights and biases: MLP([2, 3, 1], random.Random(0)) has 2 inputs, 3 neurons, and 1 after them.

        self.weights[l][n][i] is the weight in layer l, of its neuron n, for its input i; self.biases[l][n] its bias.
        """
        self.weights, self.biases = [], []
        for inputs, neurons in zip(sizes, sizes[1:]):
            self.weights.append([[Value(generator.uniform(-1, 1)) for _ in range(inputs)] for _ in range(neurons)])
            self.biases.append([Value(generator.uniform(-1, 1)) for _ in range(neurons)])

    def __call__(self, x):
        """Exercise 17, network: return the answers of the last layer, a list, for a list x of inputs.

        Python calls this for ``model(x)``. The answers are a list even where the last layer has only one neuron.
        """
        for weights, biases in zip(self.weights, self.biases):
            x = layer(x, weights, biases)
        return x

    def parameters(self):
        """Exercise 17, network: return all weights and biases in one flat list.

        They stand in it layer by layer; in a layer, neuron by neuron; of each neuron, first its weights, then its bias.
        """
        found = []
        for weights, biases in zip(self.weights, self.biases):
            for w, b in zip(weights, biases):
                found += [*w, b]
        return found


def mean_squared_error(answers, targets):
    """Exercise 18, loss: return the mean of the squares of answer - target, a Value.

    answers is a list of Values, what a model said; targets is a list of as many numbers, what it should have said.
    """
    return sum((answer - target) ** 2 for answer, target in zip(answers, targets)) / len(answers)


def sgd_step(parameters, rate):
    """Exercise 19, sgd: change the data of each parameter by rate * grad, in the direction that makes the loss smaller.

    Then set its grad to 0.0 again, for the next call of `backward`. Return nothing.
    """
    for parameter in parameters:
        parameter.data -= rate * parameter.grad
        parameter.grad = 0.0


def train(model, inputs, targets, rate, epochs):
    """Exercise 20, train: take `epochs` steps of `sgd_step`, each on the mean squared error over all inputs.

    inputs is a list of lists of numbers; targets is a list of numbers, one for each of them. The model has one answer:
    use model(x)[0]. Return the list of the losses, as floats: the loss of each epoch is the one before its step.
    """
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses
