"""Classic mistakes in matrices.py, each written out as the piece that a learner would hand in.

They are parsed, never imported. The docstring completes the sentence "-0.5 is what you get …".
"""

# Exercise 21, forward


@instead_of("matrices.forward")
def second_layer_reads_z(X, W1, b1, W2, b2):
    """when the second layer reads Z1: it reads A1, the answers of the first"""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = Z1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def bias_after_sigmoid(X, W1, b1, W2, b2):
    """when the biases are added after the sigmoid: they belong inside"""
    Z1 = X @ W1
    A1 = sigmoid(Z1) + b1
    Z2 = A1 @ W2
    A2 = sigmoid(Z2) + b2
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def without_biases(X, W1, b1, W2, b2):
    """with both biases left out"""
    Z1 = X @ W1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def tanh_in_the_hidden_layer(X, W1, b1, W2, b2):
    """with tanh in the hidden layer: in this file both layers take the sigmoid"""
    Z1 = X @ W1 + b1
    A1 = np.tanh(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def relu_in_the_hidden_layer(X, W1, b1, W2, b2):
    """with relu in the hidden layer: in this file both layers take the sigmoid"""
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0.0)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def sigmoid_without_minus(X, W1, b1, W2, b2):
    """with e**z in place of e**-z in the sigmoid: that gives 1 - sigmoid"""
    Z1 = X @ W1 + b1
    A1 = 1.0 / (1.0 + np.exp(Z1))
    Z2 = A1 @ W2 + b2
    A2 = 1.0 / (1.0 + np.exp(Z2))
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def softmax_of_the_outputs(X, W1, b1, W2, b2):
    """with a softmax over the outputs in place of a sigmoid of each"""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    powers = np.exp(Z2)
    return Z1, A1, Z2, powers / powers.sum(axis=1, keepdims=True)


@instead_of("matrices.forward")
def sums_before_answers(X, W1, b1, W2, b2):
    """in the order Z1, Z2, A1, A2: the order is Z1, A1, Z2, A2"""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, Z2, A1, A2


@instead_of("matrices.forward")
def answers_before_sums(X, W1, b1, W2, b2):
    """in the order A1, Z1, A2, Z2: each Z comes before its A"""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return A1, Z1, A2, Z2


@instead_of("matrices.forward")
def last_answer_alone(X, W1, b1, W2, b2):
    """when A2 is returned alone: the way back needs Z1, A1 and Z2 too"""
    return sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)


@instead_of("matrices.forward")
def answer_first(X, W1, b1, W2, b2):
    """when A2 comes first, as the tutorial returns it: the order is Z1, A1, Z2, A2"""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return A2, (Z1, A1, Z2, A2)


@instead_of("matrices.forward")
def entry_by_entry(X, W1, b1, W2, b2):
    """with `*` in place of `@`: it multiplies entry by entry, and adds nothing up"""
    Z1 = X * W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 * W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


# Exercise 22, output_delta


@instead_of("matrices.output_delta")
def product_of_matrices(A2, Y):
    """with `@`, the product of matrices: each entry goes with the slope at the same place, so use `*`"""
    return (A2 - Y) @ (A2 * (1.0 - A2))


@instead_of("matrices.output_delta")
def slope_left_out(A2, Y):
    """with the slope of the sigmoid left out: A2 - Y alone is right for the cross-entropy, not for squares"""
    return A2 - Y


@instead_of("matrices.output_delta")
def sigmoid_of_the_answer(A2, Y):
    """when the sigmoid is taken of A2 once more: A2 is a sigmoid already, and its slope is A2 * (1 - A2)"""
    again = sigmoid(A2)
    return (A2 - Y) * again * (1.0 - again)


@instead_of("matrices.output_delta")
def slope_of_tanh(A2, Y):
    """with the slope of tanh, 1 - A2 ** 2"""
    return (A2 - Y) * (1.0 - A2**2)


@instead_of("matrices.output_delta")
def squared_difference(A2, Y):
    """with the loss itself where its derivative belongs: that of half a square, (a - y) ** 2 / 2, is a - y"""
    return (A2 - Y) ** 2 / 2.0 * A2 * (1.0 - A2)


@instead_of("matrices.output_delta")
def square_not_derived(A2, Y):
    """with the square left as it is: the derivative of half a square, (a - y) ** 2 / 2, is a - y"""
    return (A2 - Y) ** 2 * A2 * (1.0 - A2)


@instead_of("matrices.output_delta")
def twice_the_difference(A2, Y):
    """with 2 * (A2 - Y): the half in the loss takes that 2 away"""
    return 2.0 * (A2 - Y) * A2 * (1.0 - A2)


@instead_of("matrices.output_delta")
def half_the_difference(A2, Y):
    """with half of it: the 2 that comes down from the square takes that half away"""
    return 0.5 * (A2 - Y) * A2 * (1.0 - A2)


@instead_of("matrices.output_delta")
def mean_over_the_samples(A2, Y):
    """when it is divided by the number of samples: this loss is a sum over them"""
    return (A2 - Y) * A2 * (1.0 - A2) / len(Y)


@instead_of("matrices.output_delta")
def mean_squared_delta(A2, Y):
    """with the delta of the mean squared error: this loss is half a sum"""
    return 2.0 * (A2 - Y) * A2 * (1.0 - A2) / A2.size


@instead_of("matrices.output_delta")
def slope_at_the_target(A2, Y):
    """with the slope at Y: it is that of the answer, A2 * (1 - A2)"""
    return (A2 - Y) * Y * (1.0 - Y)


@instead_of("matrices.output_delta")
def cross_entropy_by_answers(A2, Y):
    """with the derivative of the cross-entropy by A2"""
    return (A2 - Y) / (A2 * (1.0 - A2))


@instead_of("matrices.output_delta")
def delta_summed_over_samples(A2, Y):
    """when it is summed over the samples: delta has a row for each; the sums come with the gradients"""
    return ((A2 - Y) * A2 * (1.0 - A2)).sum(axis=0, keepdims=True)


# Exercise 23, hidden_delta


@instead_of("matrices.hidden_delta")
def hidden_slope_left_out(delta2, W2, A1):
    """with the slope of the sigmoid left out: so far it is the derivative by A1, not yet by Z1"""
    return delta2 @ W2.T


@instead_of("matrices.hidden_delta")
def sigmoid_of_the_hidden(delta2, W2, A1):
    """when the sigmoid is taken of A1 once more: A1 is a sigmoid already, and its slope is A1 * (1 - A1)"""
    again = sigmoid(A1)
    return (delta2 @ W2.T) * again * (1.0 - again)


@instead_of("matrices.hidden_delta")
def hidden_slope_of_tanh(delta2, W2, A1):
    """with the slope of tanh, 1 - A1 ** 2"""
    return (delta2 @ W2.T) * (1.0 - A1**2)


@instead_of("matrices.hidden_delta")
def outputs_summed_too_early(delta2, W2, A1):
    """when the deltas and the weights are summed over the outputs before they are multiplied: pair them first"""
    return delta2.sum(axis=1, keepdims=True) @ W2.sum(axis=1, keepdims=True).T * A1 * (1.0 - A1)


@instead_of("matrices.hidden_delta")
def weights_rearranged(delta2, W2, A1):
    """with W2 reshaped: that keeps the order of its numbers, and only `.T` turns rows into columns"""
    return (delta2 @ W2.reshape(W2.shape[::-1])) * A1 * (1.0 - A1)


@instead_of("matrices.hidden_delta")
def last_output_only(delta2, W2, A1):
    """with the last output alone: its share overwrites those of the others; add them up"""
    return delta2[:, -1:] @ W2[:, -1:].T * A1 * (1.0 - A1)


@instead_of("matrices.hidden_delta")
def mean_over_the_outputs(delta2, W2, A1):
    """with the mean over the outputs: their shares add up"""
    return (delta2 @ W2.T) * A1 * (1.0 - A1) / W2.shape[1]


@instead_of("matrices.hidden_delta")
def hidden_mean_over_the_samples(delta2, W2, A1):
    """when it is divided by the number of samples: this loss is a sum over them"""
    return (delta2 @ W2.T) * A1 * (1.0 - A1) / len(A1)


@instead_of("matrices.hidden_delta")
def slope_without_weights(delta2, W2, A1):
    """with W2 left out: a large weight passes more back than a small one"""
    return delta2.sum(axis=1, keepdims=True) * A1 * (1.0 - A1)


# Exercise 24, weights


@instead_of("matrices.weight_gradient")
def gradient_on_its_side(A, delta):
    """with delta.T @ A: all numbers are right, but the array lies on its side"""
    return delta.T @ A


@instead_of("matrices.weight_gradient")
def mean_gradient(A, delta):
    """when it is divided by the number of samples: this loss is a sum over them"""
    return A.T @ delta / len(A)


@instead_of("matrices.weight_gradient")
def products_of_sums(A, delta):
    """when A and delta are summed over the samples before they are multiplied: pair them first, sample by sample"""
    return np.outer(A.sum(axis=0), delta.sum(axis=0))


@instead_of("matrices.weight_gradient")
def products_of_means(A, delta):
    """with the products of the means over the samples: multiply first, sample by sample, then add"""
    return np.outer(A.mean(axis=0), delta.mean(axis=0))


@instead_of("matrices.weight_gradient")
def last_sample_only(A, delta):
    """with the last sample alone: each sample overwrites the one before; add them up"""
    return np.outer(A[-1], delta[-1])


@instead_of("matrices.weight_gradient")
def first_sample_alone(A, delta):
    """with the first sample alone: add up all of them"""
    return np.outer(A[0], delta[0])


@instead_of("matrices.weight_gradient")
def a_matrix_for_each_sample(A, delta):
    """with one matrix for each sample: add them up"""
    return A[:, :, None] * delta[:, None, :]


@instead_of("matrices.weight_gradient")
def rearranged_activations(A, delta):
    """with A reshaped: that keeps the order of its numbers, and only `.T` turns rows into columns"""
    return A.reshape(A.shape[::-1]) @ delta


@instead_of("matrices.weight_gradient")
def slope_of_the_input(A, delta):
    """with the slope A * (1 - A): a weight multiplies A itself"""
    return (A * (1.0 - A)).T @ delta


@instead_of("matrices.weight_gradient")
def bias_gradient_in_every_row(A, delta):
    """with A left out: a weight's derivative is what comes in, times the delta behind it"""
    return np.ones_like(A).T @ delta


@instead_of("matrices.weight_gradient")
def descent_direction(A, delta):
    """with a minus: that is the step, and the step comes later"""
    return -(A.T @ delta)


@instead_of("matrices.weight_gradient")
def weights_entry_by_entry(A, delta):
    """with `*` in place of `@`: it multiplies entry by entry, and adds nothing up"""
    return A * delta


# Exercise 25, biases


@instead_of("matrices.bias_gradient")
def delta_as_it_is(delta):
    """when delta is returned as it is, a row for each sample: b is one row that all samples share, so add them up"""
    return delta


@instead_of("matrices.bias_gradient")
def one_sum_for_all(delta):
    """with one sum over everything: each neuron has its own bias, so add up each column, `axis=0`"""
    return delta.sum()


@instead_of("matrices.bias_gradient")
def one_sum_in_every_column(delta):
    """with the same sum for every neuron: add up each column, `axis=0`"""
    return np.full((1, delta.shape[1]), delta.sum())


@instead_of("matrices.bias_gradient")
def sums_of_the_samples(delta):
    """with the sum of each row, `axis=1`: a row is a sample, and a bias belongs to a neuron, a column"""
    return delta.sum(axis=1, keepdims=True)


@instead_of("matrices.bias_gradient")
def mean_of_the_samples(delta):
    """with the mean over the samples: this loss is a sum over them"""
    return delta.mean(axis=0, keepdims=True)


@instead_of("matrices.bias_gradient")
def sums_in_a_column(delta):
    """with the sums in a column, (neurons, 1): b is a row, (1, neurons)"""
    return delta.sum(axis=0, keepdims=True).T


@instead_of("matrices.bias_gradient")
def first_row(delta):
    """with the first sample's row alone: add up all rows"""
    return delta[:1]


@instead_of("matrices.bias_gradient")
def last_row(delta):
    """with the last sample's row alone: add up all rows"""
    return delta[-1:]


@instead_of("matrices.bias_gradient")
def no_gradient_at_all(delta):
    """when a bias has no gradient: that the bias is 0 says nothing of its derivative"""
    return np.zeros((1, delta.shape[1]))


@instead_of("matrices.bias_gradient")
def ones_for_the_bias(delta):
    """with the derivative of Z by b, which is 1, alone: the chain goes on with delta"""
    return np.ones((1, delta.shape[1]))


@instead_of("matrices.bias_gradient")
def minus_the_sums(delta):
    """with a minus: that is the step, and the step comes later"""
    return -delta.sum(axis=0, keepdims=True)
