# %% [markdown]
# # 2. Partials and paths
#
# Lesson 1 had the partials of + and *. For the others, school has a table of derivatives (of sin x
# it is cos x), and so has the engine. In its rows, below, d/dx is the partial by the operand x, and
# r is the result, which is there already and often helps: the partial of exp(x) is r itself.

# %%
import viz
from engine import Value, primitives_table

print(*primitives_table()[:4], sep="\n")

# %% [markdown]
# A partial looks one step back. Now we look further: how fast f, below, grows when x does.

# %%
x, y = Value(2.0, "x"), Value(3.0, "y")
s, p = x + y, x * y
f = s * p
s.label, p.label, f.label = "s", "p", "f"
viz.draw(f, "02_paths.svg", gradients=False)

# %% [markdown]
# Open 02_paths.svg and put a finger on x. One *path* to f leads through p. On its edges stand 3 and
# 5: p grows 3 times as fast as x, and f grows 5 times as fast as p, so f grows 3 · 5 = 15 times as
# fast as x. Along a path, partials multiply. The path through s gives 1 · 6 = 6. But when x moves,
# it moves s and p at once, and f feels both: paths add up, to 15 + 6 = 21. In Python, going back
# from the result, with a second opinion: move x a little to both sides, and compute f each time.


# %%
def derivative(result, x):
    if result is x:
        return 1.0
    edges = zip(result.operands, result.partials)
    return sum(partial * derivative(operand, x) for operand, partial in edges)


above, below = ((x + y) * (x * y) for x, y in [(2.000001, 3.0), (1.999999, 3.0)])
print("by paths:", derivative(f, x), "  by moving x:", (above - below) / 0.000002)

# %% [markdown]
# Moving x comes close, the paths are exact. Five lines, and they find every derivative there is!
# But there is a catch. Begin with a leaf z, and twenty times replace z by z + z: that is 21 boxes,
# with two edges from each to the next. How many paths lead from the first box to the last?

# %%
for rounds in (1, 2, 3, 4, 8, 12, 14):
    first = last = Value(1.0, "z")
    for _ in range(rounds):
        last = last + last
    print(f"{2 * rounds} edges, {derivative(last, first):.0f} paths")

# %% [markdown]
# Each round doubles them: 20 rounds make 1,048,576 paths, and 60, at a million paths a second, take
# 36,000 years. Yet they all share the same 120 edges. Lesson 3 walks along each edge only once.
#
# Now write it yourself: exercises 5 (subtract), 6 (divide), 7 (power), 8 (tanh), 9 (rules)
# and 10 (relu).
