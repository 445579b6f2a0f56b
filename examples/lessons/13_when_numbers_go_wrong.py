# %% [markdown]
# # 13. When numbers go wrong
#
# A right formula can give a wrong number: a float has 16 digits, and ends at 1.8e308. The first to
# suffer is our check, a small step to both sides. School says: the smaller the step, the closer the
# quotient comes to the derivative. Which is best for exp at 1: 1e-2, 1e-5, 1e-10, 1e-15?

# %%
import math

from matplotlib.pyplot import subplots

import engine
from engine import Value, grad

errors = {}
for h in (10.0**-k for k in range(1, 16)):
    errors[h] = abs((math.exp(1 + h) - math.exp(1 - h)) / (2 * h) - math.e)
    print(f"step {h:.0e}: wrong by {errors[h]:.0e}")
figure, axes = subplots(subplot_kw={"xlabel": "step", "ylabel": "error"})
axes.loglog(errors.keys(), errors.values(), "o-")
figure.savefig("13_steps.svg")

# %% [markdown]
# About 1e-5; see 13_steps.svg. With a larger step, exp itself bends too much on the way. With a
# smaller one, its two values agree in nearly all 16 digits, and their difference has only the rest.
# So check with 1e-5, and expect ten digits. Backprop makes no step, and has nearly all sixteen.
#
# Next, numbers out of range. A classifier's loss has log(sigmoid(x)). At x = -800 that is -log(1 +
# exp(800)), where the 1 hardly counts: -800. It depends on how you write it:

# %%
x = Value(-800.0, "x")
for name in "log(1 / (1 + exp(-x)))", "log(sigmoid(x))", "-softplus(-x)":
    try:
        print(name, "is", eval(name, vars(engine), {"x": x}).data)
    except ArithmeticError as error:
        print(name, "fails:", error)

# %% [markdown]
# exp(800) is too large for a float. sigmoid(-800) is too small, and becomes 0. The third is in
# range: softplus(x) is log(1 + exp(x)), with care. Next, corners, and the `where` of that message:

# %%
print("relu, abs at 0:   ", grad(engine.relu)(0.0), grad(abs)(0.0))
print("maximum at (1, 1):", grad(engine.maximum)(1.0, 1.0))
print("sqrt, not chosen: ", grad(lambda x: engine.where(x > 0, engine.sqrt(x), x))(0.0))

# %% [markdown]
# At a corner, the engine's table chooses a number between the slopes on both sides, and says which.
# The last line is a trap: at 0, sqrt has an infinite slope, but `where` chooses x. Many engines
# take 0 · ∞ for its share, which is not a number: NaN. Ours goes back only through what was chosen.
#
# NaN spreads to all that comes after it. To find where it began, read the graph from its top:

# %%
a = Value(1e200, "a")
for value in engine.topological_order(engine.tanh(a * a - 2 * a * a)):
    if not math.isfinite(value.data):
        print(value.data, "is", value.operation.name, "of", [o.data for o in value.operands])
