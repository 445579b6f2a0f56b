# %% [markdown]
# # 3. The chain rule backwards
#
# Lesson 2 went path by path, again and again along the same edges. Here is a better way. Every node
# gets one more number, its `grad`, short for *gradient*: how fast does the last result grow when
# this node does? Ours is what you pay for apples and a bag when all is at half price:

# %%
import viz
from engine import Value

price, apples = Value(3.0, "price"), Value(5.0, "apples")
bag, half = Value(2.0, "bag"), Value(0.5, "half")
cost = price * apples
total = cost + bag
paid = total * half
cost.label, total.label, paid.label = "cost", "total", "paid"

# %% [markdown]
# Begin at the end: `paid` grows as fast as itself, so its grad is 1. Now go back. If a node's grad
# is known, so is that of each operand: the node's grad times the partial on the edge. This is the
# *chain rule* from school: `paid` grows 0.5 times as fast as `total`, and `total` grows as fast as
# `cost`, so the grad of `cost` is 0.5 · 1. Do this for each node, the latest first:


# %%
def backward(results):  # all that was computed, in that order
    results[-1].grad = 1.0
    for node in reversed(results):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad = node.grad * partial


backward([cost, total, paid])
for node in (paid, total, half, cost, bag, price, apples):
    print(f"{node.label:6} {node.grad:5}")
viz.player(paid, "03_backwards.html")

# %% [markdown]
# One more apple would cost you 1.5; if the bag were 1 dearer, you would pay 0.5 more. Open
# 03_backwards.html and press the right arrow key: the *forward pass* computes the data, then the
# *backward pass* the gradients (with += for our =: lesson 4). Three leaves build on `total`'s 0.5.
#
# What does that save? 1,000 leaves are multiplied by 999 multiplications. To move each leaf and
# multiply again takes 999,000, for 1,000 derivatives. How many does the backward pass take?

# %%
leaves = [Value(1 + n / 100_000) for n in range(1000)]
products = [leaves[0] * leaves[1]]
for leaf in leaves[2:]:
    products.append(products[-1] * leaf)
backward(products)
print(sum(len(node.operands) for node in products), "edges, and one multiplication for each")
print("grad of one:", leaves[7].grad, " product of the others:", products[-1].data / leaves[7].data)

# %% [markdown]
# 1,998 for all 1,000, twice those of the forward pass, and with a million leaves it would still be
# twice: that is why networks with billions of leaves can learn at all.
#
# Now write it yourself: exercise 11 (backward).
