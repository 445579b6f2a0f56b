"""Solutions of exercises 21 to 25 as learners get them wrong. The docstring must stand in the checker's report.

They are parsed, never imported.
"""

# Exercise 21, forward


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """the order is Z1, A1, Z2, A2"""
    z1 = np.dot(X, W1) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2) + b2
    a2 = sigmoid(z2)
    cache = (z1, a1, z2, a2)
    return a2, cache


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """entry by entry"""
    Z1 = X * W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 * W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """the second layer reads Z1"""
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = Z1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """ValueError"""
    Z1 = W1 @ X + b1
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """tanh"""
    Z1 = np.dot(X, W1) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(A1, W2) + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """A2 is returned alone"""
    h = sigmoid(np.dot(X, W1) + b1)
    return sigmoid(np.dot(h, W2) + b2)


@instead_of("matrices.forward")
def forward(X, W1, b1, W2, b2):
    """Z1"""
    Z1 = X @ W1
    Z1 += b1
    A1 = Z1
    A1[:] = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    return Z1, A1, Z2, sigmoid(Z2)


# Exercise 22, output_delta


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """the cross-entropy"""
    return A2 - Y


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """Y - A2"""
    error = Y - A2
    return error * A2 * (1 - A2)


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """once more"""

    def sigmoid_derivative(x):
        return sigmoid(x) * (1 - sigmoid(x))

    return (A2 - Y) * sigmoid_derivative(A2)


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """number of samples"""
    m = Y.shape[0]
    return 1 / m * (A2 - Y) * A2 * (1 - A2)


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """2 * (A2 - Y)"""
    dA = 2 * (A2 - Y)
    return dA * (A2 * (1 - A2))


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """delta2 should be"""
    loss = 0.5 * np.sum((A2 - Y) ** 2)
    return loss * A2 * (1 - A2)


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """the product of matrices"""
    return (A2 - Y) @ (A2 * (1 - A2))


@instead_of("matrices.output_delta")
def output_delta(A2, Y):
    """Your function changed its argument A2"""
    A2 -= Y
    return A2 * A2 * (1 - A2)


# Exercise 23, hidden_delta


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """derivative by A1"""
    return np.dot(delta2, W2.T)


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """ValueError"""
    return np.dot(delta2, W2) * A1 * (1 - A1)


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """ValueError"""
    return W2.T @ delta2 * A1 * (1 - A1)


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """once more"""
    s = sigmoid(A1)
    return delta2.dot(W2.T) * (s * (1 - s))


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """only `.T` turns rows into columns"""
    return delta2 @ W2.reshape(W2.shape[1], W2.shape[0]) * A1 * (1 - A1)


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """1 - A1 ** 2"""
    return (delta2 @ W2.T) * (1 - A1**2)


@instead_of("matrices.hidden_delta")
def hidden_delta(delta2, W2, A1):
    """add them up"""
    dZ = np.zeros(A1.shape)
    for s in range(A1.shape[0]):
        for h in range(A1.shape[1]):
            for k in range(delta2.shape[1]):
                dZ[s, h] = delta2[s, k] * W2[h, k] * A1[s, h] * (1 - A1[s, h])
    return dZ


# Exercise 24, weights


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """on its side"""
    return np.dot(delta.T, A)


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """number of samples"""
    m = A.shape[0]
    return (1 / m) * A.T @ delta


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """ValueError"""
    return A @ delta


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """entry by entry"""
    return A * delta


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """last sample alone"""
    for i in range(len(A)):
        dW = np.outer(A[i], delta[i])
    return dW


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """first sample alone"""
    dW = np.zeros((A.shape[1], delta.shape[1]))
    for i in range(len(A)):
        dW += np.outer(A[i], delta[i])
        return dW


@instead_of("matrices.weight_gradient")
def weight_gradient(A, delta):
    """one matrix for each sample"""
    return np.array([np.outer(a, d) for a, d in zip(A, delta)])


# Exercise 25, biases


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """returned as it is"""
    return delta


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """one sum over everything"""
    return np.sum(delta)


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """keepdims=True"""
    return np.sum(delta, axis=0)


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """mean over the samples"""
    return np.mean(delta, axis=0, keepdims=True)


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """a row is a sample"""
    return np.sum(delta, axis=1, keepdims=True)


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """(neurons, 1)"""
    return np.sum(delta, axis=0).reshape(-1, 1)


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """AttributeError"""
    return delta.sum(axis=0).keepdims()


@instead_of("matrices.bias_gradient")
def bias_gradient(delta):
    """None"""
    np.sum(delta, axis=0, keepdims=True)
