# %% [markdown]
# # 1. A number that remembers
#
# Python computes, and forgets. After `cost = price * apples`, the cost is 15.0, and nothing in it
# says that it was ever a product. In this course you build numbers that remember how they were
# made, and you will see them learn. Such a number is called a *Value*.

# %%
import viz
from engine import Value

price = Value(3.0, "price")  # The text is a label, for pictures.
apples = Value(5.0, "apples")
cost = price * apples

print("data      ", cost.data)
print("operation ", cost.operation.name)
print("operands  ", [operand.label for operand in cost.operands])
print("partials  ", cost.partials)

# %% [markdown]
# `data` is the number. `operation` is what was done, and `operands` are the Values that it was
# done to. Nobody computed the price: a Value without operands is called a *leaf*.
#
# `partials` has one number for each operand, the answer to a question: if this operand alone grows
# a little, how many times as much does the result grow? With five apples, whatever is added to the
# price is added five times to the cost: the partial by the price is 5. In a product, the partial by
# one factor is the other factor. In a sum, both are 1: what is added to one term is added once.
# This is the derivative from school, by one operand while the others stand still: hence *partial*
# derivative. Test it: add 0.25 to the price, and see how many times 0.25 the cost has grown.

# %%
dearer = (price + 0.25) * apples
print((dearer.data - cost.data) / 0.25)

total = cost + Value(2.0, "bag")
cost.label, total.label = "cost", "total"
viz.draw(total, "01_total.svg", gradients=False)  # Gradients are for lesson 3.

# %% [markdown]
# Open 01_total.svg. Each box is a Value, also called a *node*. Each arrow, an *edge*, leads from an
# operand to a result. The number on it is the partial, which the line below the picture writes as
# ∂result/∂operand, with the round ∂ of partial derivatives. The whole is a *graph*.
#
# Now a loop. It has only two names, and every round moves both of them on to other numbers.
# In Python, what no name leads to is gone. After five rounds, how many Values does `new` remember?

# %%
old, new = Value(1.0, "first"), Value(1.0, "second")
for _ in range(5):
    old, new = new, old + new
picture = viz.draw(new, "01_loop.svg", gradients=False)
print("new is", new.data, picture)

# %% [markdown]
# All seven: two leaves and five sums. `new` holds its operands, they hold theirs, and so nothing
# that led to it is lost. Open 01_loop.svg, where v1, v2, … are Values without a label, and look for
# the loop. It is not there! A Value remembers what was computed, not the program that said so.
#
# Now write it yourself: exercises 1 (remember), 2 (add), 3 (multiply) and 4 (numbers).
