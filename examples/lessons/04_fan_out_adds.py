# %% [markdown]
# # 4. Fan-out adds
#
# In lesson 3 every number was used once. Here x is used twice, so two edges leave it: a *fan-out*.

# %%
import viz
from engine import Value

x, four = Value(2.0, "x"), Value(4.0, "four")
d = x - four
f = x * d
d.label, f.label = "d", "f"

# %% [markdown]
# f is x · (x − 4), or x² − 4x: a parabola with the derivative 2x − 4. At x = 2 that is 0: here is
# the bottom, where f neither falls nor rises. What does the loop of lesson 3 find for x.grad?

# %%
f.grad = 1.0
for node in (f, d):
    for operand, partial in zip(node.operands, node.partials):
        operand.grad = node.grad * partial
print("with =  ", x.grad)
viz.player(f, "04_fan_out.html")

# %% [markdown]
# 2, as if f were rising. Nothing crashed, nothing warned. To see why, open 04_fan_out.html, tick
# "= instead of +=", and press the right arrow key until x is marked as wrong. The edge from x to
# f brings -2, then the edge from x to d brings 2, and `=` writes it over the -2. Each edge brings
# only the *share* of the paths that begin with it. Paths add up (lesson 2), and so must shares:

# %%
for node in (x, four, d):
    node.grad = 0.0
for node in (f, d):
    for operand, partial in zip(node.operands, node.partials):
        operand.grad += node.grad * partial
print("with += ", x.grad)

# %% [markdown]
# Right, and it tells more than the formula. If x grows, f sinks by one path as fast as it rises by
# the other: f is flat because two slopes cancel. And with x + x, `=` would give half of the truth.
#
# `+=` has another side: it also adds to what was in a leaf *before*. The engine's own `backward`
# does all of this. Call it on three results, one after the other, at x = 3, where 2x − 4 is 2:

# %%
x.data, x.grad = 3.0, 0.0
for _ in range(3):
    f = x * (x - four)
    f.backward()
    print("x.grad is", x.grad)

# %% [markdown]
# A leaf adds up what all results send it. That is what you want when many results count together,
# and a trap in a loop like this one: set the grad of the leaf to 0.0 before you start afresh.
#
# Now write it yourself: exercise 12 (fan out).
