"""A step of the small GPT of `examples.microgpt` as a program, beside the same step recorded anew."""

from __future__ import annotations

import sys
import time

from examples.benchmark.goals import Goal
from examples.benchmark.workers import Worker, duration, in_turns, seconds_a_call

TOKENS = 16
DOCUMENTS = [[0, *range(1, TOKENS + 1)], [0, *range(TOKENS, 0, -1)]]
"""The first token of each is given, the others are predicted."""

LEARNING_RATE = 0.01
SECONDS_A_TIMING = 1.0
SECONDS, MEGABYTES, TIMES_AS_FAST = 15.0, 500.0, 50.0


class Training:
    """The GPT, what takes its steps, and the ``seconds`` until the first was taken."""

    def __init__(self, backend: str) -> None:
        from examples.microgpt import GPT, new_steps

        start = time.process_time()
        self.take_step = new_steps(GPT(), backend)
        self.take_step(DOCUMENTS[0], LEARNING_RATE)
        self.seconds = time.process_time() - start


def seconds_a_step(training: Training) -> float:
    """The time of a step on another document than the first."""
    return seconds_a_call(lambda: training.take_step(DOCUMENTS[1], LEARNING_RATE), SECONDS_A_TIMING)


def cost(training: Training) -> tuple[float, float]:
    """Seconds until the first step was taken, and the megabytes that the process has held at most."""
    import resource  # which Windows lacks

    unit = 1 if sys.platform == "darwin" else 1024
    return training.seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def report(rounds: int) -> list[Goal]:
    """Print the time of a step on a document of 16 tokens, and what it took to have a program for it."""
    workers = {backend: Worker(Training, backend) for backend in ("eager", "llvm")}
    print(f"\nA step of a GPT, {TOKENS} tokens, with the update by Adam")
    medians = in_turns(workers, seconds_a_step, rounds)
    for name, taken in medians.items():
        print(f"{name:22}{duration(taken):>12}{medians['eager'] / taken:>13.3g}x", flush=True)
    seconds, megabytes = workers["llvm"].ask(cost)
    return [
        Goal("GPT: to the first step", seconds, SECONDS, "s"),
        Goal("GPT: memory at most", megabytes, MEGABYTES, "MB"),
        Goal("GPT: a step with another document against eager", medians["eager"] / medians["llvm"], TIMES_AS_FAST),
    ]
