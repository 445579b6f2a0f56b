# %% [markdown]
# # 5. Topological order
#
# In lessons 3 and 4 a list gave the order. Who makes the list? A result knows only its operands,
# and they know theirs. So why not go straight from each to the next? Whoever has a gradient gives
# every operand its share, and the operand passes it on at once:

# %%
import viz
from engine import Value, topological_order


def pass_on(node):
    for operand, partial in zip(node.operands, node.partials):
        operand.grad += node.grad * partial
        pass_on(operand)


# %% [markdown]
# It is short, it adds, and it goes along every path. Try it on the chains of lesson 2: z + z is 2z,
# another round makes 4z, and six rounds make 64z. What does `pass_on` give for z.grad after six?

# %%
for rounds in range(1, 7):
    z = last = Value(1.0, "z")
    for _ in range(rounds):
        last = last + last
    last.grad = 1.0
    pass_on(last)
    print(f"{rounds} rounds: {z.grad:5.0f}, and the truth is {2**rounds}")

z, three = Value(1.0, "z"), Value(3.0, "three")  # A smaller case, to see why.
v1 = z + z
v3 = v1 * three + v1  # In the page, v2 is the product.
viz.player(v3, "05_order.html")

# %% [markdown]
# 25,510 in place of 64! Open 05_order.html: v3 is 3 · v1 + v1 = 8z, so z.grad should be 8. But v2
# has its turn first: v1 gets 3, and passes on 3 along both edges to z. Then v1 gets 1 from v3, has
# 4, and passes on 4 along both. The 3 has gone to z twice, and z.grad is 3 + 3 + 4 + 4 = 14.
# What if each node passes on once only, as soon as it is reached? Tick "no topological order": now
# the page does so. Press the right arrow key to the end: the 1 comes too late, and z has 6.
#
# A node must have *all* its shares before it passes anything on: its turn comes after that of every
# node that uses it. So make a list in which every node stands once, *after its operands*, and go
# through it from the end: it is in *topological order*. The engine's `backward`, called twice:

# %%
print([node.data for node in topological_order(v3)])
for _ in range(2):
    v3.backward()
    print("v1.grad is", v1.grad, "and z.grad is", z.grad)

# %% [markdown]
# Leaf z adds up (lesson 4); result v1 starts from 0, or its old share would be passed on again.
#
# How to make the list: before you write down a node, write down its operands, but nothing twice.
# Python's recursion ends at 1,000 calls; for long chains, keep what is left to do in a list used as
# a *stack*: `append` puts on top, `pop` takes from the top (more in hint 2 of exercise 13).
# Now write it yourself: exercises 13 (order) and 14 (twice).
