# %% [markdown]
# # 6. A neuron
#
# A neuron is a formula. It multiplies each input by a *weight*, adds all this up, with a *bias*,
# and squeezes the sum by tanh into an answer between -1 and 1. The inputs are given; weights and
# bias are the neuron's own, its *parameters*.

# %%
import viz
from engine import Value, gradients, tanh

x1, x2, target = Value(1.0, "x1"), Value(-2.0, "x2"), Value(1.0, "target")


def answer_of(w1, w2, b):
    return tanh(w1 * x1 + w2 * x2 + b)


# %% [markdown]
# For these inputs we want the answer 1, the *target*. The *loss* says how wrong the neuron is:
# (answer − target)², which is 0 if all is well. The grad of a parameter says how fast the loss
# grows with it. To learn is to take small steps the other way: this is *gradient descent*.


# %%
def learn(parameters, steps):
    for _ in range(steps):
        loss = (answer_of(*parameters) - target) ** 2
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
            p.grad = 0.0  # Otherwise the next would be added to this one: lesson 4.
    return answer_of(*parameters).data


# %% [markdown]
# Three neurons differ only in the bias. They begin with the answers -0.46, -0.99 and -0.9998. The
# third is as wrong as a neuron can be, and its loss is the largest. Which learns fastest?

# %%
for bias in (0.0, -2.0, -4.0):
    neuron = [Value(0.5, "w1"), Value(0.5, "w2"), Value(bias, "b")]
    answers = [f"{learn(neuron, steps):7.4f}" for steps in (0, 10, 90, 900)]
    print(f"bias {bias:4}, after 0, 10, 100 and 1,000 steps:", *answers)

neuron = [Value(0.5, "w1"), Value(0.5, "w2"), Value(-4.0, "b")]  # the third, for the page
loss = (answer_of(*neuron) - target) ** 2
loss.label = "loss"  # The page makes the steps itself: moves says what each parameter becomes.
moves = [(p, p - 0.1 * grad) for p, grad in zip(neuron, gradients(loss, neuron))]
viz.player(loss, "06_neuron.html", parameters=neuron, updates=moves)

# %% [markdown]
# The first; after 100 steps the third has hardly moved. Open 06_neuron.html, press ▶| (to the end),
# and go back from the loss. The box with tanh has the grad -4, but the edge into it has 0.0005:
# that is 1 − r · r with r near -1, where tanh is flat. So all before it gets almost nothing,
# however wrong the answer: it is *saturated*. Type -1 for b and press Run: the loss falls at once.
#
# Several neurons with the same inputs are a *layer*. In lesson 7, layers feed layers.
#
# Now write it yourself: exercises 15 (neuron) and 16 (layer).
