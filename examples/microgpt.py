"""A GPT of 4,192 parameters learns the names of a language that it is told nothing about, and makes names of its own.

    python -m examples.microgpt                   1,000 names, a step of Adam for each
    python -m examples.microgpt --backend eager   a graph recorded for every name; else a program for every length

After microgpt, by Andrej Karpathy (2026): see `examples.gpt.model`. Network and optimizer are those of microgpt, which
learns the first names of people. The language here is made up, so that one can say how much there is to learn: its
entropy is known, and so is whether a word is one of its names (see `examples.gpt.language`).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from random import Random

from examples.arguments import add_backend, whole_number
from examples.command import run_command
from examples.gpt.language import Language
from examples.gpt.model import GPT, loss
from examples.gpt.training import Steps, eager_steps, program_steps, write
from examples.outputs import counted, explain
from nn import Adam

__all__ = ["GPT", "loss"]

LANGUAGE = Language()
STEPS = 1_000
MOST_STEPS = 100_000
LEARNING_RATE = 0.01
"""At the start; it falls to 0 in a straight line."""
TEMPERATURE = 0.5
SAMPLES = 20
LINES = 10
"""How often a training says how far it is."""


def new_steps(model: GPT, backend: str) -> Steps:
    """Return what takes the steps of a training."""
    optimizer = Adam(model.parameters(), LEARNING_RATE, beta1=0.85, beta2=0.99)
    return eager_steps(model, optimizer) if backend == "eager" else program_steps(model, optimizer, backend)


def train(model: GPT, steps: int, backend: str, random: Random) -> None:
    """Learn from as many names, each drawn anew, and print now and then the nats of a token of the names since."""
    print(f"\n{'steps':>10}{'nats a token':>15}{'seconds':>10}", flush=True)
    start, step, nats, count = time.perf_counter(), 0, 0.0, 0
    try:
        take_step = new_steps(model, backend)
        for step in range(steps):
            tokens = LANGUAGE.tokens(LANGUAGE.draw(random))
            nats += (len(tokens) - 1) * take_step(tokens, LEARNING_RATE * (1.0 - step / steps))
            count += len(tokens) - 1
            if (step + 1) % max(1, steps // LINES) == 0:
                print(f"{step + 1:>10,}{nats / count:>15.3f}{time.perf_counter() - start:>10.1f}", flush=True)
                nats, count = 0.0, 0
    except KeyboardInterrupt:
        print(f"\nStopped after {step:,} of {steps:,} steps.")
        raise


def show_task(model: GPT, seed: int, steps: int, backend: str) -> None:
    """Print what learns, and what there is to learn."""
    width, heads = len(model.head[0]), model.heads
    examples = ", ".join(LANGUAGE.draw(Random(number)) for number in range(8))
    print(f"microgpt: {len(model.parameters()):,} parameters, width {width}, {heads} heads; seed {seed},", end=" ")
    print(f"{counted(steps, 'step')} of Adam; backend {backend}")
    print(f"The language: {examples}, …\n")
    explain(f"""A token has {math.log(len(LANGUAGE.letters) + 1):.3f} nats for one who takes all
        {len(LANGUAGE.letters) + 1} for equally likely, {LANGUAGE.entropy_by_last_letter:.3f} for one who knows what may
        follow each letter, and {LANGUAGE.entropy:.3f} for one who knows the language: that is its entropy.""")


def show_names(model: GPT, count: int, random: Random) -> None:
    """Print names that the network makes, and how many of them are right."""
    names = [LANGUAGE.text(write(model, random, TEMPERATURE)) or "(empty)" for _ in range(count)]
    wrong = [name for name in names if name not in LANGUAGE]
    print(f"\nNames of its own, at the temperature {TEMPERATURE:g}")
    explain(" ".join(names))
    print()
    explain(f"{count - len(wrong)} of {count} are names of the language. {'Not so: ' * bool(wrong)}{' '.join(wrong)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m examples.microgpt", description="Train a small GPT on names.")
    add, count = parser.add_argument, whole_number(1, MOST_STEPS)
    add("--steps", type=count, default=STEPS, metavar="N", help="names to learn from (default: %(default)s)")
    add("--seed", type=whole_number(0), default=0, metavar="N", help="weights, names and samples (default: 0)")
    add("--samples", type=count, default=SAMPLES, metavar="N", help="names to make (default: %(default)s)")
    add_backend(parser, ("python", "llvm", "eager"))
    options = parser.parse_args(arguments)
    random = Random(options.seed)
    model = GPT(len(LANGUAGE.letters) + 1, seed=random)
    show_task(model, options.seed, options.steps, options.backend)
    train(model, options.steps, options.backend, random)
    show_names(model, options.samples, random)


if __name__ == "__main__":
    run_command(main)
