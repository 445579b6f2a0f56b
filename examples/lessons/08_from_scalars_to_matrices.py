# %% [markdown]
# # 8. From scalars to matrices
#
# Textbooks write backpropagation in six lines of matrices, with transposes that seem to fall from
# the sky. They are lesson 4, fan-out adds. Let the engine judge each line: NumPy's arrays can hold
# Values. A row of X is a sample; the same row of Y has its targets, XOR and AND.

# %%
import numpy as np

import viz
from nn import MLP

X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0, 0], [1, 0], [1, 0], [0, 1]])
matrices = MLP([2, 2, 2], initializer="normal", seed=5).to_value_matrices()
W1, b1, W2, b2 = map(np.array, matrices.values())  # W1[i, j] leads from input i to neuron j.
sigmoid = np.vectorize(lambda value: value.sigmoid(), otypes=[object])  # of each entry
A1 = sigmoid(Z1 := X @ W1 + b1)
A2 = sigmoid(Z2 := A1 @ W2 + b2)
loss = np.sum((A2 - Y) ** 2) / 2
loss.label = "loss"
loss.backward()
grad, data = np.vectorize(lambda value: value.grad), np.vectorize(lambda value: value.data)


def judge(lines):
    """Compute each line, and print how far it is from the gradients that the engine found."""
    for line, values in lines.items():
        print(f"{line:33} is off by {abs(eval(line) - grad(values)).max():.3f}")


# %% [markdown]
# Z2[n, k] is b2[k] plus the sum over j of A1[n, j] · W2[j, k]. Call its grad delta2[n, k]. Then:
# - A1[n, j] is used by each neuron k: its grad is the sum over k of delta2[n, k] · W2[j, k].
# - W2[j, k] is used for each sample n: its grad is the sum over n of A1[n, j] · delta2[n, k].
# - b2[k] is used for each sample, with partial 1: its grad is the sum of column k of delta2.
#
# `@` sums over the last index of its left side and the first of its right side. To sum over the
# other, transpose that side (.T): hence W2.T, A1.T. `keepdims=True` keeps the sum a row, as b2 is:

# %%
z1, a1, w2, a2 = map(data, (Z1, A1, W2, A2))
delta2 = (a2 - Y) * a2 * (1 - a2)  # sigmoid with the result r has the partial r · (1 - r).
delta1 = delta2 @ w2.T * a1 * (1 - a1)  # The grad of A1, times the partial on the way to Z1.
judge({"delta2": Z2, "a1.T @ delta2": W2, "delta2.sum(axis=0, keepdims=True)": b2})
judge({"delta1": Z1, "X.T @ delta1": W1, "delta1.sum(axis=0, keepdims=True)": b1})

# %% [markdown]
# Most slips make NumPy complain about shapes. What does it say if you forget the `.T` of w2?

# %%
judge({"delta2 @ w2 * a1 * (1 - a1)": Z1, "delta2 @ w2.T * z1 * (1 - z1)": Z1})
print("b1 is", b1.shape, "and b1 - 0.1 * delta1 is", (b1 - 0.1 * delta1).shape)
viz.player(loss, "08_matrices.html", matrices=matrices, title="XOR and AND with matrices")

# %% [markdown]
# Nothing! A square w2 fits either way, and delta1, with entries up to 0.07, is off by 0.12. Nor
# does z for a, or a bias for each sample, stop NumPy. In 08_matrices.html, open "Matrices", press
# End, click an entry. Now 21 (forward), 22 (output delta), 23 (hidden delta), 24 (weights), 25
# (biases).
