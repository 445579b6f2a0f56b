# %% [markdown]
# # 9. A gradient of what, and where
#
# Your gradients pass every test, and another program prints others. Both can be right. Ask first:
# *of what* is it the gradient? Below, three losses judge the same four answers p of a network, with
# p = sigmoid(z). For each answer, see the grad of z: what lesson 8 called delta2.

# %%
import viz
from nn import MLP, binary_cross_entropy, half_sum_of_squares, mean_squared_error, train

inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
model = MLP([2, 2, 1], hidden="tanh", output="sigmoid", initializer="normal", seed=0)
answers = [model(x) for x in inputs]
for loss in (half_sum_of_squares, mean_squared_error, binary_cross_entropy):
    model.zero_grad()
    loss(answers, targets).backward()
    print(f"{loss.__name__:20}", *[f"{p.operands[0].grad:7.3f}" for p in answers])
errors = [p.data - y for p, y in zip(answers, targets, strict=True)]
print(f"{'p - y':20}", *[f"{error:7.3f}" for error in errors])
for neuron in model.layers[0].neurons:
    print("a bias of", neuron.b.data, "with grad", round(neuron.b.grad, 3))

# %% [markdown]
# - The mean of 4 squares is 2/4 of half their sum, and so is its gradient: the same learning rate
#   takes steps half as long.
# - Cross-entropy is −log of the probability given to the truth; for y = 1 that is −log p. Its
#   partial is −1/p, that of sigmoid is p · (1 − p), and their product p − 1. For any y it is p − y,
#   over 4 where it is a mean, as here. Nobody forgot the factor p · (1 − p): it cancels.
#   With it, a totally wrong answer, p = 0.001 for y = 1, would get a gradient of -0.001, without it
#   -0.999: it would hardly learn.
# - Some programs begin with y − p. That gives the gradient of *minus* the loss, and then the step
#   *adds* it. Two changes of sign, or none; with a single one, the loss climbs.
#
# Ask then: *where*? At 0, for one. A bias of 0 has a gradient, as you see, for it is added: the
# partial by the bias is 1, whatever the bias is. So why draw weights at random? Set all nine
# parameters to one number, first 0, then 0.5. Train for 1,000 steps each time, and look at the two
# hidden neurons. What has each of them learned from 0.5?

# %%
for start in (0.0, 0.5):
    for parameter in model.parameters():
        parameter.data = start
    train(model, inputs, targets, loss=half_sum_of_squares, epochs=1000)
    for neuron in model.layers[0].neurons:
        print("from", start, "to", [round(parameter.data, 3) for parameter in neuron.parameters()])
loss = half_sum_of_squares([model([0, 1])], [1])
model.zero_grad()
loss.backward()
viz.draw(loss, "09_twins.svg", by="neuron")

# %% [markdown]
# The same, to the last bit. Equal weights give equal answers, equal answers get equal gradients,
# and equal gradients keep the weights equal: two neurons do the work of one, and XOR needs two.
# Compare their boxes in 09_twins.svg. From 0 it is worse: nothing moves. A hidden neuron that says
# 0 gives the weight behind it no gradient, through a weight of 0 none comes back, and in the bias
# of the output the four samples cancel out. So it takes chance to tell twins apart.
#
# There is no exercise here. But if 22 to 25 are off by a sign or a factor, you know where to look.
