"""Right solutions of exercises 21 to 25, of another kind than ours. They are parsed, never imported."""


@instead_of("matrices.forward")
def with_tanh(X, W1, b1, W2, b2):
    found, A = [], X
    for W, b in ((W1, b1), (W2, b2)):
        Z = np.dot(A, W)
        Z += b
        A = 0.5 + 0.5 * np.tanh(Z / 2)
        found += [Z, A]
    return tuple(found)


@instead_of("matrices.output_delta")
def expanded(A2, Y):
    return A2**2 - A2**3 - Y * A2 + Y * A2**2


@instead_of("matrices.hidden_delta")
def sample_by_sample(delta2, W2, A1):
    rows = []
    for delta, a in zip(delta2, A1):
        rows.append((W2 @ delta) * (a - a * a))
    return np.array(rows)


@instead_of("matrices.weight_gradient")
def sum_of_outer_products(A, delta):
    gradient = np.zeros((A.shape[1], delta.shape[1]))
    for a, d in zip(A, delta):
        gradient += np.outer(a, d)
    return gradient


@instead_of("matrices.bias_gradient")
def product_with_ones(delta):
    return np.ones((1, len(delta))) @ delta
