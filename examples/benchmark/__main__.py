"""The command ``python -m examples.benchmark``: what the engine does, beside others, and what it is to reach.

Each contestant runs in a process of its own, on one core. First, all have to agree on the gradient. Then they take
turns, round by round, so that a machine that slows down slows all of them; the time is that of the processor, so that
what else it does counts little. The figures are medians over the rounds, and ratios of medians. At the end stands what
is to be reached, beside what was found.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from examples.arguments import whole_number
from examples.benchmark import gpt, growth, networks, programs
from examples.benchmark.goals import print_goals
from examples.benchmark.workers import ONE_CORE
from examples.command import run_command

MOST_ROUNDS = 1_000
PARTS = {"networks": networks, "programs": programs, "growth": growth, "gpt": gpt}


def describe_machine() -> str:
    """The processor and the versions that matter."""
    processor = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        processor = f"{lines[0].partition(':')[2].strip()} ({processor})" if lines else processor
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores of {processor}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.benchmark", description="Speed and memory, beside other ways to do the same."
    )
    rounds = whole_number(1, MOST_ROUNDS)
    parser.add_argument("--rounds", type=rounds, default=7, help="timings of each figure (default 7)")
    parser.add_argument("--only", choices=PARTS, help="one part of the report")
    options = parser.parse_args(arguments)
    for package in ("numpy", "micrograd"):
        if importlib.util.find_spec(package) is None:
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    os.environ.update(ONE_CORE)
    chosen = [options.only] if options.only else PARTS
    print(f"{describe_machine()}; medians of {options.rounds} rounds", flush=True)
    if goals := [goal for part in chosen for goal in PARTS[part].report(options.rounds)]:
        print_goals(goals)


if __name__ == "__main__":
    run_command(main)
