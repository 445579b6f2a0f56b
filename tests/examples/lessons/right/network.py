"""Right solutions of exercises 15 to 20, of another kind than ours. They are parsed, never imported."""


@instead_of("network.neuron")
def with_numpy(x, w, b):
    import numpy as np

    return np.tanh(np.dot(w, x) + b)


@instead_of("network.layer")
def by_index(x, weights, biases):
    answers = []
    for n in range(len(weights)):
        answers.append(neuron(x, weights[n], biases[n]))
    return answers


@instead_of("network.MLP.__call__")
def by_recursion(self, x, depth=0):
    if depth == len(self.weights):
        return x
    return self(layer(x, self.weights[depth], self.biases[depth]), depth + 1)


@instead_of("network.MLP.parameters")
def by_comprehension(self):
    neurons = [pair for pairs in map(zip, self.weights, self.biases) for pair in pairs]
    return [parameter for w, b in neurons for parameter in w + [b]]


@instead_of("network.mean_squared_error")
def target_first(answers, targets):
    total = 0.0
    for target, answer in zip(targets, answers):
        total = total + (target - answer) * (target - answer)
    return total * (1 / len(targets))


@instead_of("network.sgd_step")
def two_loops(parameters, rate):
    for parameter in parameters:
        parameter.data = parameter.data + -rate * parameter.grad
    for parameter in parameters:
        parameter.grad = 0


@instead_of("network.train")
def zero_first(model, inputs, targets, rate, epochs):
    losses = []
    while len(losses) < epochs:
        for parameter in model.parameters():
            parameter.grad = 0.0
        answers = []
        for x in inputs:
            (answer,) = model(x)
            answers.append(answer)
        loss = mean_squared_error(answers, targets)
        losses.append(float(loss.data))
        loss.backward()
        sgd_step(model.parameters(), rate)
    return losses
