# %% [markdown]
# # 12. From the tape to machine code
#
# Training computes the same graph again and again; only the numbers differ. So write its operations
# down once, as a list: a *tape*. This function has a loop, and some waste: each sine comes twice.

# %%
from statistics import median
from timeit import timeit

import engine
import viz
from engine import Program, Value, gradients


def f(x):
    for _ in range(2):
        x = engine.sin(x) * engine.sin(x)
    return x


x = Value(0.5, "x")
y = f(x)
tape = {value: place for place, value in enumerate(engine.topological_order(y))}
for value, place in tape.items():
    name = value.operation.name if value.operands else value.label
    print(place, name, *(tape[operand] for operand in value.operands))
viz.draw(y, "12_tape.svg", gradients=False)

# %% [markdown]
# `3 mul 1 2` multiplies what lines 1 and 2 gave; see 12_tape.svg. The loop is gone: the tape knows
# what was computed, not how you wrote it. `gradients` adds the backward pass: it consists of
# operations, too. Then a `Program` goes over the list in *passes*. One takes the earlier result
# where a line repeats another, one drops *dead code*, lines that no result needs. The rest:

# %%
next_x = x - 0.1 * gradients(y, [x])[0]  # a step of gradient descent
programs = {name: Program([], [y], [(x, next_x)], backend=name) for name in ("python", "llvm")}
print(len(engine.topological_order(next_x)), "nodes were recorded. What is left of them:")
print(programs["python"].source)

# %% [markdown]
# Each sine is taken once, and the backward part has t1 from the forward part. "llvm" turns the same
# list into *machine code*, which the processor itself reads. Three ways race through the same 1,000
# steps: record each anew, run the text, run machine code. How many times as fast is the last?

# %%
ways = {"recorded": "for _ in range(1000): x.grad = 0; f(x).backward(); x.data -= 0.1 * x.grad"}
ways |= {name: f"programs[{name!r}].repeat(1000)" for name in programs}
seconds, ends = {name: [] for name in ways}, {}
for _ in range(7):  # in turns, so that a busy moment of the computer hits all three
    for name, way in ways.items():
        seconds[name].append(timeit(way, "x.data = 0.5", number=1, globals=globals()))
        ends[name] = x.data
for name, found in seconds.items():
    ratio = median(seconds["recorded"]) / median(found)
    print(f"{name:9}{1000 * median(found):6.2f} µs, {ratio:3.0f} times as fast, to", ends[name])

# %% [markdown]
# About 50 to 400 times: it varies. All agree to the last bit. Write it: exercise 28 (dead code).
