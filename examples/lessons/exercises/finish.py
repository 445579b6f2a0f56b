"""The end of the course: the learner's engine trains XOR, is drawn, and races ours and micrograd."""

from __future__ import annotations

import importlib.util
import math
import operator
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import engine
import viz
from engine import Value
from engine.extend import stated
from examples.arguments import has_llvm
from examples.benchmark import contestants
from examples.benchmark.problems import relu_problem
from examples.benchmark.workers import Worker, duration, in_turns
from examples.lessons.exercises import graduate
from examples.lessons.exercises.folder import COMMAND, FolderError, Progress, read_texts
from examples.lessons.exercises.graduate import EPOCHS, INPUTS, SEEDS, Graduate, Node, Run
from examples.lessons.exercises.table import EXERCISES

PATIENCE = 60.0
"""In seconds, for one training or one timing."""

LEARNED = 0.02
"""The loss of a network that has learned XOR: it is 0.25 for one that always says 0.5."""

AGREEMENT = 1e-9
"""How far numbers may be from ours, relative to their size: sums may be in another order."""

ROUNDS = 7
PICTURE = "xor.svg"
ENTRANTS = {"ours, a graph for each step": "eager", "ours, in machine code": "llvm", "micrograd": "micrograd"}


def finish(folder: Path, progress: Progress) -> None:
    """Show what the learner's engine can do.

    FolderError if exercises are missing, and if something goes wrong in the learner's code.
    """
    missing = [f"{e}" for e in EXERCISES if e.file in ("value", "network") and not progress.has_solved(e)]
    if missing:
        left = f"{', '.join(missing[:3])} and {len(missing) - 3} more" if len(missing) > 4 else ", ".join(missing)
        raise FolderError(
            f"your engine cannot train yet. Still to solve: {left}. If one of them is done, let "
            f"`{COMMAND} check` see it"
        )
    theirs = Worker(Graduate, str(folder.resolve()), read_texts(folder), limit=PATIENCE)
    try:
        best = show_training(theirs)
        show_graph(theirs.ask(graduate.loss_graph, best.seed), folder / PICTURE)
        show_race(theirs)
    except (RuntimeError, TimeoutError) as error:
        raise FolderError(f"your engine stopped: {error}\n`{COMMAND} check` tells you more") from None
    finally:
        theirs.process.kill()


def show_training(theirs: Worker) -> Run:
    """Print how the training went from some seeds, and return the one that ended with the smallest loss."""
    print(f"Your engine trains XOR: 2 inputs, 2 neurons and 1 after them, {EPOCHS} epochs\n")
    runs = [theirs.ask(graduate.train, seed) for seed in SEEDS]
    print("  seed     first loss     last loss")
    for run in runs:
        print(f"  {run.seed:4}{run.losses[0]:15.5f}{run.losses[-1]:14.5f}")
    learned = sum(run.losses[-1] < LEARNED for run in runs)
    print(f"\n{learned} of {len(runs)} have learned it: their loss is below {LEARNED}. The best of them answers:")
    best = min(runs, key=lambda run: run.losses[-1])
    for (a, b), answer in zip(INPUTS, best.answers, strict=True):
        print(f"  {a:g} xor {b:g} = {answer:7.4f}")
    return best


# --- The picture -----------------------------------------------------------------------------------------------------


def show_graph(nodes: Sequence[Node], path: Path) -> None:
    """Draw the graph, beside the same graph computed by our engine where a number differs."""
    try:
        ours = computed_again(nodes)
    except LookupError as error:
        print(f"\nNo picture was made: {error.args[0]}")
        return
    ours[-1].backward()
    theirs = stated_by(nodes, ours)
    parameters = [value for value in (*ours, *theirs) if value.label.startswith(("w", "b"))]
    title = "Your engine: the loss of 1 xor 0"
    right = agrees(nodes, ours)
    try:
        if right:
            viz.draw(theirs[-1], path, parameters=parameters, title=title)
        else:
            viz.compare(ours[-1], theirs[-1], path, titles=("ours", "yours"), parameters=parameters, title=title)
    except viz.GraphvizError as error:
        print(f"\nNo picture was made: {error}")
        return
    print(f"\nThe graph that your engine recorded for 1 xor 0: {path}")
    if not right:
        print("Ours, on the same graph, finds other numbers: where they begin to differ is marked in red.")


def computed_again(nodes: Sequence[Node]) -> list[Value]:
    """Return the same graph in Values of ours. LookupError for an operation that we do not have."""
    values: list[Value] = []
    for node in nodes:
        operands = [values[place] for place in node.operands]
        values.append(_result(node, operands) if operands else Value(node.data, node.name))
    return values


def _result(node: Node, operands: Sequence[Value]) -> Value:
    """Return the result of the operation of a node."""
    if node.operation == "**":
        return operands[0] ** _exponent(operands[0].data, node)
    by_sign: dict[str, Any] = {"+": operator.add, "*": operator.mul, "/": operator.truediv, "-": operator.sub}
    if node.operation == "-" and len(operands) == 1:
        return -operands[0]
    function = by_sign.get(node.operation) or getattr(engine, node.operation, None)
    if function is None:
        raise LookupError(f"your operation {node.operation!r} is not one of ours")
    return function(*operands)


def _exponent(base: float, node: Node) -> float:
    """Return n for a node that is x**n, and does not keep n: its partial is n x**n / x."""
    return round(node.partials[0] * base / node.data, 9) if node.data else 2.0


def stated_by(nodes: Sequence[Node], ours: Sequence[Value]) -> list[Value]:
    """Return the graph with the numbers of theirs, in the operations of ours."""
    values: list[Value] = []
    for node, right in zip(nodes, ours, strict=True):
        found = iter([(values[place], partial) for place, partial in zip(node.operands, node.partials, strict=True)])
        edges = [next(found) if isinstance(operand, Value) else (operand, None) for operand in right.operands]
        values.append(stated(right.operation, node.data, edges) if right.operation else Value(node.data, node.name))
        values[-1].grad = node.grad
    return values


def agrees(nodes: Sequence[Node], ours: Sequence[Value]) -> bool:
    """Return whether data, gradients and partials are those of ours."""
    found = [number for node in nodes for number in (node.data, node.grad, *node.partials)]
    right = [number for value in ours for number in (value.data, value.grad, *value.partials) if number is not None]
    return all(_agree([one], [other]) for one, other in zip(found, right, strict=True))


def _agree(found: Sequence[float], right: Sequence[float]) -> bool:
    """Return whether numbers are the same but for rounding."""
    size = max(1.0, *map(abs, right))
    return all(math.isclose(a, b, rel_tol=0.0, abs_tol=AGREEMENT * size) for a, b in zip(found, right, strict=True))


# --- The race --------------------------------------------------------------------------------------------------------


def show_race(theirs: Worker) -> None:
    """Time an epoch of XOR in turns, and print the medians; an entrant that is not installed is named."""
    entrants = {who: name for who, name in ENTRANTS.items() if is_installed(name)}
    workers = {who: contestants.start(name) for who, name in entrants.items()}
    try:
        problem = relu_problem()
        gradients = {who: worker.ask(contestants.take_up, problem)[0] for who, worker in workers.items()}
        found, _ = theirs.ask(graduate.take_up, problem)
        if not _agree(found, gradients["ours, a graph for each step"]):
            raise RuntimeError("on XOR with ReLU its gradient is not ours, so a race would mean nothing")
        print("\nA race: an epoch of XOR with ReLU, forwards, backwards, and a step", flush=True)
        show_medians(in_turns({"yours": theirs, **workers}, contestants.seconds_a_step, ROUNDS))
    finally:
        for worker in workers.values():
            worker.process.kill()
    for name in {"micrograd", "llvm"} - set(entrants.values()):
        package = "llvmlite" if name == "llvm" else name
        print(f"  (To race {name} as well: python -m pip install {package})")


def is_installed(name: str) -> bool:
    """Return whether a contestant of the benchmark can take part."""
    return has_llvm() if name == "llvm" else name != "micrograd" or importlib.util.find_spec(name) is not None


def show_medians(medians: Mapping[str, float]) -> None:
    """Print the time of each, and how it compares with theirs."""
    yours = medians["yours"]
    for who, seconds in sorted(medians.items(), key=lambda item: item[1]):
        ratio = max(yours, seconds) / min(yours, seconds)
        shown = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"
        words = "" if who == "yours" else f"{shown} times as {'fast' if seconds < yours else 'slow'} as yours"
        print(f"  {who:30}{duration(seconds):>12}   {words}".rstrip())
