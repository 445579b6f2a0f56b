# %% [markdown]
# # 11. Second derivatives, and Newton's step
#
# `backward` leaves numbers. But it only multiplies and adds, and Values can do that. `gradients`
# goes the same way back in Values: the derivative is a graph, and has a derivative of its own. Take
# f = (x² − 1)²: it has two valleys, at −1 and 1, and a hill between them, at 0.

# %%
import numpy as np

import viz
from engine import Value, grad, gradients, hessian, hvp


def f(x):
    return (x**2 - 1) ** 2


def valley(x, y):  # It winds along y = x² to its lowest point, (1, 1). Rosenbrock, 1960.
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


x = Value(0.4, "x")
(slope,) = gradients(f(x), [x])
(bend,) = gradients(slope, [x])
bend.label = "f''"
print("f''", bend.data, "and by school", 12 * 0.4**2 - 4)
viz.draw(bend, "11_bend.svg", gradients=False)

# %% [markdown]
# Nobody wrote a rule for it. f' = 2x · 2(x² − 1) is a product, and what reaches f'' from above and
# from below, in 11_bend.svg, are the two terms of the product rule. Now f' says which way is down,
# but how far? f'' says how fast the slope changes. If it goes on so, the slope is 0 at x − f' /
# f'', which is *Newton's step*. From 0.4, down is to the right, to 1. Where do five steps lead?

# %%
place = 0.4
for _ in range(5):
    place -= grad(f)(place) / grad(grad(f))(place)  # grad(f) is the function f'.
    print(f"at x = {place:8.5f}, f is {f(place):.5f}")

# %% [markdown]
# To the top of the hill! Newton's step looks for a slope of 0, and a top has that, too: do not take
# it where f'' is below 0, nor where it is hardly above 0: from 0.58, it leads to 42. Near the
# bottom of a valley, little beats it. Try a narrow one in two variables, where all second
# derivatives make a matrix, the *Hessian* H, and the step is −H⁻¹ · gradient.

# %%
walk = newton = np.array([-1.2, 1.0])
for _ in range(2000):
    walk = walk - 0.0019 * np.array(grad(valley)(*walk))
for _ in range(6):
    newton = newton - np.linalg.solve(hessian(valley)(*newton), grad(valley)(*newton))
print("2,000 steps downhill:", walk, " 6 steps of Newton:", newton)
print("H", hessian(valley)(1.0, 1.0), " H · (1, 0)", hvp(valley, (1.0, 1.0), (1.0, 0.0)))

# %% [markdown]
# Why is it not used everywhere? n parameters have n² second derivatives. `hvp` gives H · v without
# H: it tells how the gradient changes if the inputs move along v. And relu is straight on both
# sides of its kink: with f'' = 0, Newton's step knows no bend. Now write it: exercise 27 (second).
