# %% [markdown]
# # Live pages
#
# Pages that `viz` writes: one file each, without network, with the engine's own numbers, to the last bit. Everything
# works by keyboard alone, and what a page shows stands in its address, so it can be sent.
#
# ## The player
#
# It steps through the forward pass and then backwards, edge by edge. Press the right arrow key, or drag a number: all
# that depends on it follows. Tick a classic mistake and see where it goes wrong; the quiz asks you to name one.

# %%
import engine
import viz
from engine import Value

x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
f = engine.log(x1) + x1 * x2 - engine.sin(x2)
f.label = "f"
viz.player(f, "player.html", title="f = log(x1) + x1 · x2 − sin(x2)")

# %% [markdown]
# ## A player that trains
#
# With the optimizer's updates, the page takes its steps; with the matrices, it shows the textbook's formulas beside the
# graph. "Run" trains, and "Matrices" opens them.

# %%
from nn import MLP, SGD, Adam, binary_cross_entropy, half_sum_of_squares

inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
model = MLP([2, 2, 1], hidden="sigmoid", output="sigmoid", seed=1)
matrices = model.to_value_matrices()
loss = half_sum_of_squares([model(sample) for sample in inputs], targets)
loss.label = "loss"
updates = SGD(model.parameters(), 0.5).updates(loss)
viz.player(loss, "training.html", matrices=matrices, updates=updates, title="Training on XOR, step by step")

# %% [markdown]
# ## The playground
#
# A network learns in the page. Press Train, change the rate, the seed or the data; open a neuron, and see the chain
# rule at work in it. "Train many" tells how often a recipe learns.

# %%
model = MLP([2, 8, 1], hidden="tanh", output="sigmoid", initializer="xavier", seed=0)
viz.playground(
    model,
    inputs,
    targets,
    loss=binary_cross_entropy,
    optimizer=Adam(model.parameters(), 0.1),
    names=("a", "b"),
    path="playground.html",
    title="Learning XOR: a 2-8-1 network",
)
