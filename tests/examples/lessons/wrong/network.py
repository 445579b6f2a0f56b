"""Solutions of exercises 15 to 20 as learners get them wrong. The docstring must stand in the checker's report.

They are parsed, never imported.
"""

# Exercise 15, neuron


@instead_of("network.neuron")
def neuron(x, w, b):
    """bias left out"""
    act = 0
    for wi, xi in zip(w, x):
        act = act + wi * xi
    out = act.tanh()
    return out


@instead_of("network.neuron")
def neuron(x, w, b):
    """only the last input counts"""
    for i in range(len(x)):
        total = w[i] * x[i]
    return (total + b).tanh()


@instead_of("network.neuron")
def neuron(x, w, b):
    """only the first input counts"""
    act = b
    for wi, xi in zip(w, x):
        act = act + wi * xi
        return act.tanh()


@instead_of("network.neuron")
def neuron(x, w, b):
    """None"""
    act = sum((wi * xi for wi, xi in zip(w, x)), b)
    print(act.tanh())


@instead_of("network.neuron")
def neuron(x, w, b):
    """TypeError"""
    import math

    act = sum((wi * xi for wi, xi in zip(w, x)), b)
    return math.tanh(act)


@instead_of("network.neuron")
def neuron(x, w, b):
    """relu in place of tanh"""
    act = sum((wi * xi for wi, xi in zip(w, x)), b)
    return act.relu()


@instead_of("network.neuron")
def neuron(x, w, b):
    """b.data"""
    act = b
    for wi, xi in zip(w, x):
        act.data += (wi * xi).data
    return act.tanh()


@instead_of("network.neuron")
def neuron(x, w, b):
    """AttributeError"""
    return (sum(w[i].data * x[i].data for i in range(len(w))) + b.data).tanh()


# Exercise 16, layer


@instead_of("network.layer")
def layer(x, weights, biases):
    """the first neuron ends the function"""
    outs = []
    for w, b in zip(weights, biases):
        outs.append(neuron(x, w, b))
        return outs


@instead_of("network.layer")
def layer(x, weights, biases):
    """weights of the first"""
    outs = []
    for i in range(len(biases)):
        outs.append(neuron(x, weights[0], biases[i]))
    return outs


@instead_of("network.layer")
def layer(x, weights, biases):
    """not 'list'"""
    return neuron(x, weights, biases)


@instead_of("network.layer")
def layer(x, weights, biases):
    """None"""
    outs = []
    for w, b in zip(weights, biases):
        outs += [neuron(x, w, b)]


@instead_of("network.layer")
def layer(x, weights, biases):
    """reads the answer of the one before"""
    out = []
    for w, b in zip(weights, biases):
        out.append(neuron(x, w, b))
        x = out[-1:]
    return out


@instead_of("network.layer")
def layer(x, weights, biases):
    """weights[i][n]"""
    return [neuron(x, column, b) for column, b in zip(zip(*weights), biases)]


@instead_of("network.layer")
def layer(x, weights, biases):
    """list"""
    outs = [neuron(x, w, b) for w, b in zip(weights, biases)]
    return outs[0] if len(outs) == 1 else outs


# Exercise 17, network


@instead_of("network.MLP.__call__")
def __call__(self, x):
    """every layer reads the inputs"""
    for w, b in zip(self.weights, self.biases):
        out = layer(x, w, b)
    return out


@instead_of("network.MLP.__call__")
def __call__(self, x):
    """the first layer's answers"""
    for i in range(len(self.weights)):
        x = layer(x, self.weights[i], self.biases[i])
        return x


@instead_of("network.MLP.__call__")
def __call__(self, x):
    """taken out of its list"""
    for w, b in zip(self.weights, self.biases):
        x = layer(x, w, b)
    return x[0] if len(x) == 1 else x


@instead_of("network.MLP.__call__")
def __call__(self, x):
    """NameError"""
    for w, b in zip(weights, biases):
        x = layer(x, w, b)
    return x


@instead_of("network.MLP.__call__")
def __call__(self, x):
    """layers"""
    for layer in self.layers:
        x = layer(x)
    return x


@instead_of("network.MLP.parameters")
def parameters(self):
    """yours is a list"""
    return self.weights + self.biases


@instead_of("network.MLP.parameters")
def parameters(self):
    """neuron by neuron"""
    out = []
    for layer in self.weights:
        for neuron in layer:
            out.extend(neuron)
    for layer in self.biases:
        out.extend(layer)
    return out


@instead_of("network.MLP.parameters")
def parameters(self):
    """biases left out"""
    params = []
    for layer in self.weights:
        for neuron in layer:
            for w in neuron:
                params.append(w)
    return params


@instead_of("network.MLP.parameters")
def parameters(self):
    """inside the list"""
    params = []
    for layer, biases in zip(self.weights, self.biases):
        for w, b in zip(layer, biases):
            params.append(w + [b])
    return params


@instead_of("network.MLP.parameters")
def parameters(self):
    """generator"""
    for layer, biases in zip(self.weights, self.biases):
        for w, b in zip(layer, biases):
            yield from w
            yield b


# Exercise 18, loss


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """sum of the squares"""
    return sum((yout - ygt) ** 2 for ygt, yout in zip(targets, answers))


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """each square overwrites"""
    for a, t in zip(answers, targets):
        loss = (a - t) ** 2
    return loss / len(answers)


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """the first answer alone"""
    total = 0
    for a, t in zip(answers, targets):
        total = total + (a - t) * (a - t)
        return total


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """plain number"""
    total = 0.0
    for a, t in zip(answers, targets):
        total += (a.data - t) ** 2
    return total / len(answers)


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """cut"""
    errors = [(a.data - t) ** 2 for a, t in zip(answers, targets)]
    return Value(sum(errors) / len(errors))


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """TypeError"""
    return ((answers - targets) ** 2) / len(answers)


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """sum is squared"""
    diff = 0
    for i in range(len(answers)):
        diff = diff + (answers[i] - targets[i])
    return diff**2 / len(answers)


@instead_of("network.mean_squared_error")
def mean_squared_error(answers, targets):
    """TypeError"""
    import numpy as np

    return np.mean(np.square(answers, targets))


# Exercise 19, sgd


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """not set to 0"""
    for p in parameters:
        p.data += -rate * p.grad


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """that climbs"""
    for p in parameters:
        p.data += rate * p.grad
        p.grad = 0


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """set to 0 before the step"""
    for p in parameters:
        p.grad = 0.0
    for p in parameters:
        p.data -= rate * p.grad


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """makes a new Value"""
    for p in parameters:
        p = p - rate * p.grad


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """AttributeError"""
    for p in parameters:
        p.data -= rate * p.grad
        p.data.grad = 0.0


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """the last parameter"""
    for p in parameters:
        p.data -= rate * p.grad
    p.grad = 0.0


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """becomes None"""
    for p in parameters:
        p.data -= rate * p.grad
        p.grad = None


@instead_of("network.sgd_step")
def sgd_step(parameters, rate):
    """only the first parameter"""
    for p in parameters:
        p.data -= rate * p.grad
        p.grad = 0.0
        return


# Exercise 20, train


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """TypeError"""
    losses = []
    for _ in range(epochs):
        predictions = [model(x) for x in inputs]
        loss = mean_squared_error(predictions, targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """Values"""
    losses = []
    for epoch in range(epochs):
        ypred = [model(x)[0] for x in inputs]
        loss = mean_squared_error(ypred, targets)
        losses.append(loss)
        loss.backward()
        sgd_step(model.parameters(), rate)
    return losses


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """a step after each sample"""
    losses = []
    for epoch in range(epochs):
        epoch_loss = 0
        for x, y in zip(inputs, targets):
            loss = mean_squared_error(model(x), [y])
            loss.backward()
            sgd_step(model.parameters(), rate)
            epoch_loss += loss.data
        losses.append(epoch_loss / len(inputs))
    return losses


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """asked once"""
    losses = []
    ypred = [model(x)[0] for x in inputs]
    loss = mean_squared_error(ypred, targets)
    for k in range(epochs):
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """None"""
    for k in range(epochs):
        ypred = [model(x)[0] for x in inputs]
        loss = mean_squared_error(ypred, targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        print(k, loss.data)


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """`backward`"""
    losses = []
    for k in range(epochs):
        ypred = [model(x)[0] for x in inputs]
        loss = mean_squared_error(ypred, targets)
        losses.append(loss.data)
        sgd_step(model.parameters(), rate)
    return losses


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """those of all epochs add up"""
    losses = []
    for k in range(epochs):
        ypred = [model(x)[0] for x in inputs]
        loss = mean_squared_error(ypred, targets)
        loss.backward()
        for p in model.parameters():
            p.data -= rate * p.grad
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def train(model, inputs, targets, rate, epochs):
    """seconds"""
    losses = []
    while len(losses) < epochs:
        ypred = [model(x)[0] for x in inputs]
        loss = mean_squared_error(ypred, targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses = [loss.data]
    return losses
