# %% [markdown]
# # 14. A GPT of scalars
#
# Networks that write texts learn one task: read letters, guess the next. This one, of Values (see
# examples/gpt/model.py), learns a made-up language. A word has two syllables, its vowels are a and
# o, or else e and i. To guess the last letter, look back at the second. That is *attention*, a
# weighted sum over the letters so far. The loss is -log of the probability of the right letter.

# %%
from collections import defaultdict
from random import Random

import engine
from examples.gpt.language import Language
from examples.gpt.model import GPT, loss
from examples.gpt.training import program_steps, write
from nn import Adam
from viz.plots import loss_curves

language = Language(consonants="klnt", vowels=("ao", "ei"), syllables=(2,))
random = Random(0)
model = GPT(vocabulary=9, width=4, heads=2, block=5, seed=random)
result = loss(model, language.tokens("lato"))
nodes = engine.topological_order(result)
print("the language:", *(language.draw(random) for _ in range(8)))
print("the network: ", *(language.text(write(model, random, 1.0)) for _ in range(8)))
print(len(model.parameters()), "parameters;", len(nodes), "nodes for the loss of one word")

# %% [markdown]
# It babbles: it has learned nothing yet. Our backward pass of lessons 4 and 5 has met sums,
# products and tanh. Here are 3,000 nodes, with exps, logs, roots and quotients, and letters that
# look back at letters. How many lines of the backward pass have to change for a GPT?

# %%
grads = defaultdict(float, {result: 1.0})
for node in reversed(nodes):
    for operand, partial in zip(node.operands, node.partials, strict=True):
        grads[operand] += grads[node] * (partial or 0.0)
result.backward()
print("largest difference:", max(abs(p.grad - grads[p]) for p in model.parameters()))

# %% [markdown]
# One guard: `or 0.0`, for branches not chosen (lesson 13). Now train on 2,000 words by Adam, which
# is gradient descent with a rate for each parameter, fitted as it goes, as a program (lesson 12):

# %%
take_step = program_steps(model, Adam(model.parameters(), beta1=0.85, beta2=0.99), "llvm")
losses = []
for k in range(2000):
    losses.append(take_step(language.tokens(language.draw(random)), 0.02 * (1 - k / 2000)))
means = [sum(losses[k : k + 20]) / 20 for k in range(0, 2000, 20)]
words = [language.text(write(model, random, 1.0)) for _ in range(40)]
print(*words[:15], "…")
print(sum(word in language for word in words), "of 40 are words of the language")
loss_curves({"network": means, "the best possible": [language.entropy] * 100}, "14_loss.svg")

# %% [markdown]
# In 14_loss.svg, an epoch is 20 words; what the dashed line leaves to guess is chance. The networks
# that answer your questions have the same parts, in millions of copies, and learn by the same rule:
# along each edge, multiply; where edges meet, add.
