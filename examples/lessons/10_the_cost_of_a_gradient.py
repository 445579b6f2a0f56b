# %% [markdown]
# # 10. Forward mode, and what a gradient costs
#
# The chain rule runs forwards, too. Choose how fast each leaf moves: that is its *tangent*. The
# tangent of a result is a sum over its operands, of partial · tangent. First move x, then move y:

# %%
from math import prod
from statistics import fmean
from time import perf_counter

from matplotlib.pyplot import subplots

from engine import Value, sin, topological_order


def push_forward(result, tangents):
    """The tangent of the result, given those of leaves, else 0. The engine's own is called jvp."""
    for node in topological_order(result):
        tangents.setdefault(node, sum(partial * tangents[x] for x, partial in node.edges))
    return tangents[result]


x, y = Value(2.0, "x"), Value(3.0, "y")
f = x * y * sin(y)
f.backward()
print("forward:", push_forward(f, {x: 1.0}), push_forward(f, {y: 1.0}), "backward:", x.grad, y.grad)

# %% [markdown]
# The same partials, taken from the other end. In *forward mode*, a pass tells how all results move
# with one input; in *reverse mode*, which is `backward`, how one result moves with all inputs. So
# the n partials of a loss take n passes forward, or one backward. How many times as long as the
# value alone do value and all partials take in reverse, for 20 inputs, 200, and 2,000?

# %%
sizes, seconds = {20: [], 200: [], 2000: []}, []
for n, rounds in sizes.items():
    for _ in range(20_000 // n):  # The smaller, the more often: a browser's clock is coarse.
        x, result = [Value(1 + k / 100_000) for k in range(n)], None
        start = perf_counter()
        result = prod(x[1:], start=x[0])
        computed = perf_counter()
        result.backward()
        back = perf_counter()
        push_forward(result, dict.fromkeys(x, 1.0))
        rounds.append((computed - start, back - computed, perf_counter() - back))
    value, backward, forward = map(fmean, zip(*rounds, strict=True))
    seconds.append((value + n * forward, value + backward, value))  # n times the one pass forward
    print(f"{n:5}: reverse {1 + backward / value:.1f}, forward {1 + n * forward / value:.0f} times")
figure, axes = subplots(subplot_kw={"xlabel": "inputs", "ylabel": "seconds"})
axes.loglog(list(sizes), seconds, "o-", label=["partials, forward", "partials, reverse", "value"])
axes.legend()
figure.savefig("10_cost.svg")

# %% [markdown]
# About two to four times, for any n: in 10_cost.svg, two lines keep together. (n passes forward were not
# run: they are one, times n.) Baur and Strassen proved such a bound in 1983, for + − · / and
# counted in operations; Griewank and Walther count at most 4, also with sin and others (Evaluating
# Derivatives, 2008). The price is memory: `backward` needs all that was computed. Forward mode can
# forget, and wins if one input has many results. Write it: exercise 26 (dual).
