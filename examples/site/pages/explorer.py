# %% [markdown]
# # Compiler explorer
#
# What becomes of a formula, and of its gradient, on their way to the processor: the recorded graph, the instructions of
# a program, what each pass leaves of them, Python, loops, matrices, machine code. Choose a line anywhere, by a click or
# by the arrow keys: in every stage you see what it came from, and what it became.
#
# ## The same sine twice
#
# Each sine comes twice, and the gradient asks for both again. Watch where the second one goes, and what is left of the
# product with 1.

# %%
import engine
import viz
from engine import Value

x = Value(0.5, "x")
y = engine.sin(x) * engine.sin(x) * 1.0
y.label = "y"
viz.explorer(y, "sines.html")

# %% [markdown]
# The passes run in this order, the first three once more after `drop_guards`; those in grey found nothing to do:
#
# - `fold_constants` computes what is known before the program runs.
# - `simplify` applies exact algebra: x · 1 is x.
# - `share` computes each expression once, however often it occurs.
# - `drop_guards` drops conditions that protect nothing: in `exp(x) if x > 0 else 0` the condition is a guard.
# - `drop_dead` leaves out what no result needs.
# - `skip_calls` guards calls that only one branch of a choice needs.
#
# ## The expression of the home page

# %%
x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
f = engine.log(x1) + x1 * x2 - engine.sin(x2)
f.label = "f"
viz.explorer(f, "expression.html")

# %% [markdown]
# ## A network becomes loops
#
# A batch of four samples through a small network. The graph knows nothing of loops, matrices or samples: the engine
# finds them again. Choose a line of the loops, and every node that it stands for is lit.

# %%
from nn import MLP, half_sum_of_squares

inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", seed=1)
loss = half_sum_of_squares([model(sample) for sample in inputs], targets)
loss.label = "loss"
viz.explorer(loss, "network.html")
