"""Classic mistakes in network.py, each written out as the piece that a learner would hand in.

They are parsed, never imported. The docstring completes the sentence "-0.5 is what you get …".
"""

# Exercise 15, neuron


@instead_of("network.neuron")
def bias_after_tanh(x, w, b):
    """when the bias is added after the tanh: it belongs inside"""
    return sum(weight * number for weight, number in zip(w, x)).tanh() + b


@instead_of("network.neuron")
def bias_for_each_input(x, w, b):
    """when the bias is added once for each input: a neuron has one bias"""
    return sum(weight * number + b for weight, number in zip(w, x)).tanh()


@instead_of("network.neuron")
def bias_as_a_factor(x, w, b):
    """when the bias multiplies the sum: it is added"""
    return (sum(weight * number for weight, number in zip(w, x)) * b).tanh()


@instead_of("network.neuron")
def tanh_of_each_product(x, w, b):
    """with a tanh of each product: first add everything, then one tanh"""
    return sum(((weight * number).tanh() for weight, number in zip(w, x)), b)


@instead_of("network.neuron")
def tanh_of_the_inputs(x, w, b):
    """when the tanh is taken of the weights, not of the sum"""
    return sum((weight.tanh() * number for weight, number in zip(w, x)), b)


@instead_of("network.neuron")
def mean_of_the_products(x, w, b):
    """with the mean of the products: they add up"""
    return (sum(weight * number for weight, number in zip(w, x)) / len(x) + b).tanh()


@instead_of("network.neuron")
def first_product_only(x, w, b):
    """when only the first input counts: a `return` or a plain `=` inside the loop ends there"""
    return (w[0] * x[0] + b).tanh()


@instead_of("network.neuron")
def last_product_only(x, w, b):
    """when only the last input counts: each product overwrites the one before"""
    return (w[-1] * x[-1] + b).tanh()


@instead_of("network.neuron")
def every_weight_with_every_input(x, w, b):
    """with two loops inside each other: each weight belongs to one input; `zip` walks through both at once"""
    return sum((weight * number for weight in w for number in x), b).tanh()


@instead_of("network.neuron")
def relu_neuron(x, w, b):
    """with relu in place of tanh"""
    return sum((weight * number for weight, number in zip(w, x)), b).relu()


@instead_of("network.neuron")
def sigmoid_neuron(x, w, b):
    """with sigmoid in place of tanh"""
    return sum((weight * number for weight, number in zip(w, x)), b).apply("sigmoid")


@instead_of("network.neuron")
def neuron_cut_from_its_graph(x, w, b):
    """when the tanh is taken of a new leaf: the graph is cut at `.data`, and no gradient reaches w and b"""
    return Value(sum((weight * number for weight, number in zip(w, x)), b).data).tanh()


@instead_of("network.neuron")
def neuron_as_a_number(x, w, b):
    """when the answer is a plain number: return the Value, not its data"""
    return sum((weight * number for weight, number in zip(w, x)), b).tanh().data


# Exercise 16, layer


@instead_of("network.layer")
def return_in_the_loop(x, weights, biases):
    """when `return` stands inside the loop: the first neuron ends the function"""
    return [neuron(x, weights[0], biases[0])]


@instead_of("network.layer")
def answer_without_list(x, weights, biases):
    """when the answer of the first neuron is returned alone, outside of a list"""
    return neuron(x, weights[0], biases[0])


@instead_of("network.layer")
def last_neuron_only(x, weights, biases):
    """when only the last neuron's answer is kept: collect all of them in a list"""
    return [neuron(x, weights[-1], biases[-1])]


@instead_of("network.layer")
def first_weights_for_all(x, weights, biases):
    """when all neurons have the weights of the first"""
    return [neuron(x, weights[0], b) for b in biases]


@instead_of("network.layer")
def first_bias_for_all(x, weights, biases):
    """when all neurons have the bias of the first"""
    return [neuron(x, w, biases[0]) for w in weights]


@instead_of("network.layer")
def weights_by_columns(x, weights, biases):
    """with weights[i][n] in place of weights[n][i]: weights[n] is all the weights of neuron n"""
    return [neuron(x, w, b) for w, b in zip(zip(*weights), biases)]


@instead_of("network.layer")
def an_input_for_each_neuron(x, weights, biases):
    """when neuron n reads input n alone: all neurons read all inputs"""
    return [neuron([number], w, b) for number, w, b in zip(x, weights, biases)]


@instead_of("network.layer")
def neurons_in_a_chain(x, weights, biases):
    """when each neuron reads the answer of the one before: all neurons of a layer read x"""
    answers = []
    for w, b in zip(weights, biases):
        answers.append(neuron(answers[-1:] or x, w, b))
    return answers


@instead_of("network.layer")
def sum_of_the_neurons(x, weights, biases):
    """with the sum of the neurons' answers: return all of them, in a list"""
    return [sum(neuron(x, w, b) for w, b in zip(weights, biases))]


@instead_of("network.layer")
def tanh_once_more(x, weights, biases):
    """with a second tanh: `neuron` has taken it already"""
    return [neuron(x, w, b).tanh() for w, b in zip(weights, biases)]


@instead_of("network.layer")
def layer_as_numbers(x, weights, biases):
    """when the answers are plain numbers: return the Values, not their data"""
    return [neuron(x, w, b).data for w, b in zip(weights, biases)]


# Exercise 17, network


@instead_of("network.MLP.__call__")
def every_layer_reads_the_inputs(self, x):
    """when every layer reads the inputs x: after the first, each reads the answers of the layer before it"""
    for weights, biases in zip(self.weights, self.biases):
        answers = layer(x, weights, biases)
    return answers


@instead_of("network.MLP.__call__")
def first_layer_only(self, x):
    """when the first layer's answers are returned: `return` stands inside the loop"""
    return layer(x, self.weights[0], self.biases[0])


@instead_of("network.MLP.__call__")
def without_the_last_layer(self, x):
    """with the last layer left out"""
    for weights, biases in zip(self.weights[:-1], self.biases[:-1]):
        x = layer(x, weights, biases)
    return x


@instead_of("network.MLP.__call__")
def last_layer_without_tanh(self, x):
    """with no tanh in the last layer: here it is a layer like the others"""
    for weights, biases in zip(self.weights[:-1], self.biases[:-1]):
        x = layer(x, weights, biases)
    return [sum((a * c for a, c in zip(w, x)), b) for w, b in zip(self.weights[-1], self.biases[-1])]


@instead_of("network.MLP.__call__")
def one_answer_without_list(self, x):
    """when a single answer is taken out of its list: return a list even then"""
    for weights, biases in zip(self.weights, self.biases):
        x = layer(x, weights, biases)
    return x[0] if len(x) == 1 else x


@instead_of("network.MLP.__call__")
def answers_of_all_layers(self, x):
    """with the answers of all layers: return those of the last"""
    answers = []
    for weights, biases in zip(self.weights, self.biases):
        x = layer(x, weights, biases)
        answers += x
    return answers


@instead_of("network.MLP.parameters")
def weights_only(self):
    """with the biases left out: they are parameters too"""
    return [weight for layer in self.weights for w in layer for weight in w]


@instead_of("network.MLP.parameters")
def biases_only(self):
    """with the weights left out"""
    return [b for layer in self.biases for b in layer]


@instead_of("network.MLP.parameters")
def all_weights_then_all_biases(self):
    """when all weights come first, and then all biases: the order is neuron by neuron"""
    weights = [weight for layer in self.weights for w in layer for weight in w]
    return weights + [b for layer in self.biases for b in layer]


@instead_of("network.MLP.parameters")
def biases_at_the_end_of_the_layer(self):
    """when a layer's biases come after all of its weights: each stands after the weights of its own neuron"""
    found = []
    for weights, biases in zip(self.weights, self.biases):
        found += [weight for w in weights for weight in w] + biases
    return found


@instead_of("network.MLP.parameters")
def bias_before_its_weights(self):
    """when the bias of a neuron comes before its weights"""
    found = []
    for weights, biases in zip(self.weights, self.biases):
        for w, b in zip(weights, biases):
            found += [b, *w]
    return found


@instead_of("network.MLP.parameters")
def lists_in_the_list(self):
    """with a list for each neuron inside the list: it is to be flat, so use += or `extend`, not `append`"""
    found = []
    for weights, biases in zip(self.weights, self.biases):
        for w, b in zip(weights, biases):
            found.append([*w, b])
    return found


@instead_of("network.MLP.parameters")
def parameters_of_the_first_layer(self):
    """with the first layer's parameters alone: `return` stands inside the loop"""
    found = []
    for w, b in zip(self.weights[0], self.biases[0]):
        found += [*w, b]
    return found


@instead_of("network.MLP.parameters")
def copies_of_the_parameters(self):
    """with new Values of the same data: a step would move the copies, and the network would stay as it is"""
    found = []
    for weights, biases in zip(self.weights, self.biases):
        for w, b in zip(weights, biases):
            found += [Value(parameter.data) for parameter in [*w, b]]
    return found


@instead_of("network.MLP.parameters")
def parameters_as_numbers(self):
    """with the data of the parameters: return the Values themselves"""
    found = []
    for weights, biases in zip(self.weights, self.biases):
        for w, b in zip(weights, biases):
            found += [parameter.data for parameter in [*w, b]]
    return found


# Exercise 18, loss


@instead_of("network.mean_squared_error")
def half_the_sum_of_squares(answers, targets):
    """with half the sum of the squares: matrices.py has that loss, here it is their mean"""
    return sum((answer - target) ** 2 for answer, target in zip(answers, targets)) / 2


@instead_of("network.mean_squared_error")
def half_the_mean(answers, targets):
    """with half the mean of the squares"""
    return sum((answer - target) ** 2 for answer, target in zip(answers, targets)) / (2 * len(answers))


@instead_of("network.mean_squared_error")
def square_of_the_mean(answers, targets):
    """with the square of the mean difference: first square each, or a +1 and a -1 make 0"""
    return (sum(answer - target for answer, target in zip(answers, targets)) / len(answers)) ** 2


@instead_of("network.mean_squared_error")
def square_of_the_sum(answers, targets):
    """when the sum is squared: square each difference, then add"""
    return sum(answer - target for answer, target in zip(answers, targets)) ** 2 / len(answers)


@instead_of("network.mean_squared_error")
def doubled_difference(answers, targets):
    """with `* 2` in place of `** 2`"""
    return sum((answer - target) * 2 for answer, target in zip(answers, targets)) / len(answers)


@instead_of("network.mean_squared_error")
def difference_of_squares(answers, targets):
    """with the difference of the squares: first subtract, then square"""
    return sum(answer**2 - target**2 for answer, target in zip(answers, targets)) / len(answers)


@instead_of("network.mean_squared_error")
def root_of_the_mean(answers, targets):
    """with the square root of the mean of the squares"""
    return (sum((answer - target) ** 2 for answer, target in zip(answers, targets)) / len(answers)) ** 0.5


@instead_of("network.mean_squared_error")
def every_answer_with_every_target(answers, targets):
    """with two loops inside each other: each answer has one target; `zip` walks through both at once"""
    return sum((answer - target) ** 2 for answer in answers for target in targets) / len(answers)


@instead_of("network.mean_squared_error")
def divided_inside_the_square(answers, targets):
    """when the difference is divided by the number of answers before it is squared"""
    return sum(((answer - target) / len(answers)) ** 2 for answer, target in zip(answers, targets))


@instead_of("network.mean_squared_error")
def first_answer_only(answers, targets):
    """with the first answer alone: `return` stands inside the loop"""
    return (answers[0] - targets[0]) ** 2


@instead_of("network.mean_squared_error")
def last_answer_only(answers, targets):
    """with the last answer alone, divided by their number: each square overwrites the one before"""
    return (answers[-1] - targets[-1]) ** 2 / len(answers)


@instead_of("network.mean_squared_error")
def loss_cut_from_its_graph(answers, targets):
    """when the loss is a new leaf, made from the data of the answers: the graph is cut, and nothing can learn"""
    return Value(sum((answer.data - target) ** 2 for answer, target in zip(answers, targets)) / len(answers))


@instead_of("network.mean_squared_error")
def loss_as_a_number(answers, targets):
    """when the loss is a plain number: a number has no `backward`, so use the answers, not their data"""
    return sum((answer.data - target) ** 2 for answer, target in zip(answers, targets)) / len(answers)


# Exercise 19, sgd


@instead_of("network.sgd_step")
def a_new_value(parameters, rate):
    """when the step makes a new Value: change the data and the grad of the parameter itself"""
    for parameter in parameters:
        parameter = parameter - rate * parameter.grad
        parameter.grad = 0.0


@instead_of("network.sgd_step")
def zero_for_the_last_only(parameters, rate):
    """when grad is set to 0 after the loop, for the last parameter alone"""
    for parameter in parameters:
        parameter.data -= rate * parameter.grad
    parameter.grad = 0.0


@instead_of("network.sgd_step")
def step_for_the_last_only(parameters, rate):
    """when the step stands after the loop: only the last parameter moves"""
    parameters[-1].data -= rate * parameters[-1].grad
    for parameter in parameters:
        parameter.grad = 0.0


@instead_of("network.sgd_step")
def first_parameter_only(parameters, rate):
    """when `return` stands inside the loop: only the first parameter moves"""
    for parameter in parameters[:1]:
        parameter.data -= rate * parameter.grad
        parameter.grad = 0.0


@instead_of("network.sgd_step")
def step_of_one_length(parameters, rate):
    """when each step is rate long, whatever the size of grad"""
    for parameter in parameters:
        parameter.data -= rate if parameter.grad > 0 else -rate if parameter.grad < 0 else 0.0
        parameter.grad = 0.0


@instead_of("network.sgd_step")
def mean_step(parameters, rate):
    """when the step is divided by the number of parameters"""
    for parameter in parameters:
        parameter.data -= rate * parameter.grad / len(parameters)
        parameter.grad = 0.0


@instead_of("network.sgd_step")
def shrinking_by_the_step(parameters, rate):
    """when the data is multiplied by 1 - rate * grad: subtract rate * grad from it"""
    for parameter in parameters:
        parameter.data *= 1.0 - rate * parameter.grad
        parameter.grad = 0.0


@instead_of("network.sgd_step")
def grad_is_none_after_the_step(parameters, rate):
    """when grad becomes None, and not 0.0: `backward` could not add to it"""
    for parameter in parameters:
        parameter.data -= rate * parameter.grad
        parameter.grad = None


@instead_of("network.sgd_step")
def data_is_a_value(parameters, rate):
    """when the data becomes a Value: it is a float"""
    for parameter in parameters:
        parameter.data = Value(parameter.data - rate * parameter.grad)
        parameter.grad = 0.0


# Exercise 20, train


@instead_of("network.train")
def a_step_for_each_sample(model, inputs, targets, rate, epochs):
    """with a step after each sample: here each epoch takes one step, on the mean over all samples"""
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, target in zip(inputs, targets):
            loss = mean_squared_error([model(x)[0]], [target])
            loss.backward()
            sgd_step(model.parameters(), rate)
            total += loss.data
        losses.append(total / len(inputs))
    return losses


@instead_of("network.train")
def last_sample_of_each_epoch(model, inputs, targets, rate, epochs):
    """with a step after each sample, and the loss of the last: take one step on the mean over all samples"""
    losses = []
    for _ in range(epochs):
        for x, target in zip(inputs, targets):
            loss = mean_squared_error([model(x)[0]], [target])
            loss.backward()
            sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def a_loss_for_each_sample(model, inputs, targets, rate, epochs):
    """with a step and a loss for each sample: each epoch has one step and one loss"""
    losses = []
    for _ in range(epochs):
        for x, target in zip(inputs, targets):
            loss = mean_squared_error([model(x)[0]], [target])
            loss.backward()
            sgd_step(model.parameters(), rate)
            losses.append(loss.data)
    return losses


@instead_of("network.train")
def step_before_backward(model, inputs, targets, rate, epochs):
    """when the step comes before `backward`: in the first epoch there is no gradient yet"""
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        sgd_step(model.parameters(), rate)
        loss.backward()
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def one_graph_for_all_epochs(model, inputs, targets, rate, epochs):
    """when the model is asked once, before the loop: the old graph knows nothing of the new numbers"""
    losses = []
    loss = mean_squared_error([model(x)[0] for x in inputs], targets)
    for _ in range(epochs):
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def loss_after_the_step(model, inputs, targets, rate, epochs):
    """when each loss is measured after the step: it belongs before"""
    losses = []
    for _ in range(epochs):
        mean_squared_error([model(x)[0] for x in inputs], targets).backward()
        sgd_step(model.parameters(), rate)
        losses.append(mean_squared_error([model(x)[0] for x in inputs], targets).data)
    return losses


@instead_of("network.train")
def losses_as_values(model, inputs, targets, rate, epochs):
    """when the losses are Values, which keep their whole graphs alive: append loss.data"""
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss)
    return losses


@instead_of("network.train")
def last_loss_only(model, inputs, targets, rate, epochs):
    """when only the last loss is returned: return the list"""
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
    return loss.data


@instead_of("network.train")
def one_epoch_only(model, inputs, targets, rate, epochs):
    """when training ends after one epoch: `return` stands inside the loop"""
    loss = mean_squared_error([model(x)[0] for x in inputs], targets)
    loss.backward()
    sgd_step(model.parameters(), rate)
    return [loss.data]


@instead_of("network.train")
def one_epoch_less(model, inputs, targets, rate, epochs):
    """with one epoch too few: range(1, epochs) is one shorter than range(epochs)"""
    losses = []
    for _ in range(1, epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def one_epoch_more(model, inputs, targets, rate, epochs):
    """with one epoch too many: range(epochs + 1) is one longer than range(epochs)"""
    losses = []
    for _ in range(epochs + 1):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def gradients_of_all_epochs(model, inputs, targets, rate, epochs):
    """when the step is written out, and the gradients are not set to 0: those of all epochs add up"""
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= rate * parameter.grad
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def two_backwards(model, inputs, targets, rate, epochs):
    """when `backward` is called twice: the gradients add up, and the step is twice as long"""
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets)
        loss.backward()
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def sum_over_the_samples(model, inputs, targets, rate, epochs):
    """with the sum of the samples' losses in place of their mean"""
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(x)[0] for x in inputs], targets) * len(inputs)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses


@instead_of("network.train")
def first_sample_only(model, inputs, targets, rate, epochs):
    """with the first sample alone: the loss is the mean over all of them"""
    losses = []
    for _ in range(epochs):
        loss = mean_squared_error([model(inputs[0])[0]], targets)
        loss.backward()
        sgd_step(model.parameters(), rate)
        losses.append(loss.data)
    return losses
