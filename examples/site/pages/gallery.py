# %% [markdown]
# # Gallery
#
# What `viz` draws, each picture with the code that made it. A click on a picture shows it alone. Every drawing can be
# saved as SVG, PNG, PDF, DOT, TikZ or Mermaid: the ending of the file's name decides.
#
# ## A graph with all its numbers

# %%
import engine
import viz
from engine import Value

x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
f = engine.log(x1) + x1 * x2 - engine.sin(x2)
f.label = "f"
f.backward()
viz.draw(f, "graph.svg")

# %% [markdown]
# The same as text, as textbooks write it:

# %%
print(viz.trace(f))

# %% [markdown]
# ## A film of both passes
#
# The numbers go forwards, then the gradients backwards, for as long as you look.

# %%
viz.player(f, "film.svg")

# %% [markdown]
# ## Something to point at
#
# A mark is drawn in red: on a node, or on the edge from one of its operands.

# %%
product = x1 * x2
product.label = "product"
product.backward()
marks = {product: "look here", (product, 0): "the other factor"}
options = {"gradients": False, "legend": False, "title": "The partials of a product"}
viz.draw(product, "marks.svg", marks=marks, **options)

# %% [markdown]
# ## Two graphs beside each other
#
# What differs is marked, here after a step downhill. What only follows from it is marked in a lighter red.

# %%
from copy import deepcopy

w, target = Value(3.0, "w"), Value(1.0, "target")


def error():
    loss = (w - target) ** 2
    loss.label = "loss"
    loss.backward()
    return loss


before = deepcopy(error())
w.data -= 0.1 * w.grad
w.grad = target.grad = 0.0
viz.compare(before, error(), "step.svg")

# %% [markdown]
# ## A network by operation
#
# Frames stand around neurons and layers, and around what has a name of its own: `engine.scope`.

# %%
from nn import MLP, SGD, Adam, binary_cross_entropy, half_sum_of_squares, train

inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=3)
optimizer = Adam(model.parameters(), 0.1)
train(model, inputs, targets, loss=binary_cross_entropy, optimizer=optimizer, epochs=20)
model.zero_grad()
loss = binary_cross_entropy([model(inputs[1])], targets[1:2])
loss.label = "loss"
loss.backward()
viz.draw(loss, "operations.svg", direction="down")

# %% [markdown]
# ## By neuron, and by layer
#
# Each box is a neuron, or a layer, with the derivatives through the whole of it on the edges. Colours can tell a
# gradient's sign and size.

# %%
viz.draw(loss, "neurons.svg", by="neuron", colors="gradient")
viz.draw(loss, "layers.svg", by="layer")

# %% [markdown]
# ## Loops, drawn once
#
# With `fold=True`, what repeats is one box: here four samples, and the neurons of each layer.

# %%
batch = half_sum_of_squares([model(sample) for sample in inputs], targets)
batch.label = "loss"
viz.draw(batch, "folded.svg", fold=True, gradients=False, direction="down")

# %% [markdown]
# ## How a training went
#
# Plots are in `viz.plots`, which needs matplotlib: losses, all the parameters, and what the network answers.

# %%
from viz import plots


def learn(optimizer, seed, **options):
    model = MLP([2, 3, 1], hidden="tanh", output="sigmoid", seed=seed)
    chosen = optimizer(model.parameters(), 0.1)
    options |= {"loss": binary_cross_entropy, "optimizer": chosen, "epochs": 150}
    return model, train(model, inputs, targets, **options).losses


_, slow = learn(SGD, seed=0)
model, quick = learn(Adam, seed=0)
plots.loss_curves({"SGD": slow, "Adam": quick}, "losses.svg")
plots.decision_boundary(model, inputs, targets, "boundary.svg", resolution=50, labels=("a", "b"))

# %% [markdown]
# A function that `train` calls after each epoch keeps all the parameters:

# %%
model, states = MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=3), []
train(
    model,
    inputs,
    targets,
    loss=binary_cross_entropy,
    optimizer=Adam(model.parameters(), 0.1),
    progress=lambda epoch, loss: states.append(model.state_dict()),
)
plots.weights_over_time(states, "weights.svg")

# %% [markdown]
# ## Many seeds
#
# One training says little. The line is the median of twelve seeds, the bands hold the middle half and 90 %.

# %%
plots.loss_bands([learn(Adam, seed, backend="python")[1] for seed in range(12)], "bands.svg")

# %% [markdown]
# ## Ways downhill

# %%
from engine import value_and_grad


def valley(x, y):
    return (1 - x) ** 2 + 10 * (y - x * x) ** 2


paths = {}
for name, momentum in {"without momentum": 0.0, "with momentum": 0.8}.items():
    x, y = Value(-1.2), Value(1.0)
    descent = SGD([x, y], 0.01, momentum=momentum)
    paths[name] = [(x.data, y.data)]
    for _ in range(60):
        _, (x.grad, y.grad) = value_and_grad(valley)(x.data, y.data)
        descent.step()
        paths[name].append((x.data, y.data))
plots.descent_paths(valley, paths, "paths.png", minimum=(1, 1))

# %% [markdown]
# ## A curve, and a grid

# %%
from math import pi, sin

points = [k / 3 for k in range(-9, 10)]
heights = [sin(point) for point in points]
rows = [[point] for point in points]
model = MLP([1, 6, 1], hidden="tanh", output="linear", seed=0)
optimizer = Adam(model.parameters(), 0.05)
train(model, rows, heights, loss=half_sum_of_squares, optimizer=optimizer, epochs=200, backend="python")
plots.fitted_curve(lambda point: model([point]), points, heights, "curve.svg", truth=sin)

# %%
angles = [k * pi / 6 for k in range(7)]
table = [[round(sin(a) * sin(b), 3) for b in angles] for a in angles]
names = [f"{30 * k}°" for k in range(7)]
options = {"row_names": ["a"], "column_names": ["b"], "label": "sin a · sin b"}
plots.heat_map(table, names, names, "grid.svg", **options)
