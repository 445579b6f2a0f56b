# %% [markdown]
# # 7. XOR, and why one seed says nothing
#
# XOR is 1 if exactly one of its two inputs is 1. No neuron learns that alone: its answer rises in
# one direction, and in no direction do both 1s lie beyond both 0s. Two *hidden* neurons can, with
# an output neuron that reads only their answers and ends in a *sigmoid*: like tanh, from 0 to 1.
# To *train* them, draw weights at random, and repeat the loop of lesson 6: answers, loss, backward,
# step. (All samples once is an *epoch*.) The *seed* fixes the draw: same seed, same weights.

# %%
from math import comb

import viz
from engine import Program
from nn import MLP, SGD, half_sum_of_squares

inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]  # 4 samples: inputs and a target
model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", initializer="normal", seed=2)
loss = half_sum_of_squares([model(x) for x in inputs], targets)  # (answer − target)² / 2, summed
sgd = SGD(model.parameters(), learning_rate=1.0)  # stochastic gradient descent: the step
viz.playground(model, inputs, targets, loss=half_sum_of_squares, optimizer=sgd, path="07_xor.html")
step = Program(outputs=[loss], updates=sgd.updates(loss))  # One step, recorded to be repeated.


def learn(seed):
    model.reinitialize(seed=seed)
    step.repeat(3000)
    return [round(model(x).data, 2) for x in inputs]


print("seed 0 answers", learn(0), "and the targets are", targets)

# %% [markdown]
# It has learned XOR. Now train from 39 other seeds, all else the same. How many of 40 learn XOR?

# %%
learned = [[round(answer) for answer in learn(seed)] == targets for seed in range(40)]
print(sum(learned), "of 40:", "".join("-+"[success] for success in learned))
print("seed 2 answers", learn(2))  # The model is in that state now: look at its hidden neurons.
print("hidden neurons", [[round(h.data, 2) for h in model.layers[0](x)] for x in inputs])

# %% [markdown]
# Seed 2 is stuck: both hidden neurons say 1 to the last two samples, so the output neuron says 0.5
# to both; and where tanh is saturated, the slope that could part them is almost 0. In 07_xor.html,
# set Speed to "10 steps a frame" and press Train. Its "Train many" stops at 500 steps, too few for
# some seeds; with 40 seeds and 3,000 steps it counts 25 too. If the chance were 20 %, that would
# almost never happen. A chance fits if counts as low, and counts as high, have 2.5 % or more each:

# %%
for n in (1, 10, 40):
    k, fit = sum(learned[:n]), []
    for p in (percent / 100 for percent in range(101)):
        exactly = [comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)]
        if min(sum(exactly[k:]), sum(exactly[: k + 1])) >= 0.025:  # Clopper and Pearson, 1934
            fit.append(p)
    print(f"{k:2} of {n:2} succeeded: the chance is from {fit[0]:.0%} to {fit[-1]:.0%}")

# %% [markdown]
# One success excludes almost nothing, and ten seeds alone would have called this recipe poor.
# Now write it yourself: exercises 17 (network), 18 (loss), 19 (sgd) and 20 (train).
