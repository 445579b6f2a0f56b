"""The picture of a failure: the graph that our engine records where the learner's went wrong, with a mark in red."""

import itertools
import re
from pathlib import Path
from typing import Any

from engine import Value, extend, topological_order
from examples.lessons.exercises.checking import Failure
from examples.lessons.exercises.merging import Engine, parsed_model
from examples.lessons.exercises.questions import Question, imports, shown
from viz import GraphvizError, draw

MOST_NODES = 60
"""Beyond that a picture shows less than the text."""

PICTURELESS = (GraphvizError, ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)
"""What ends in no picture: where the answer is not about Values, as in a compiler's pass, or Graphviz is missing."""


def draw_failure(failure: Failure, path: Path) -> bool:
    """Write the picture of a failure; return whether there is one.

    It is the graph of the question's program, run by the engine, so its numbers are right; the mark says the wrong one.
    """
    path.unlink(missing_ok=True)
    if failure.expected is None:
        return False
    try:
        space, roots = recorded(failure.question)
        marks = marked(failure.expected.key, space, roots, "yours: " + shown(failure.got.value if failure.got else "—"))
        draw(roots or [key for key in marks if isinstance(key, Value)], path, marks=marks, max_nodes=MOST_NODES)
    except PICTURELESS:
        return False
    return True


def recorded(question: Question) -> tuple[dict[str, Any], list[Value]]:
    """Run a question's program with the engine's own Values; return its names, and what the last of them was.

    Matrices of numbers become matrices of Values. Each Value is labelled by the name that the program gives it.
    """
    engine = Engine(parsed_model)
    engine.use("value", Value=Value, as_value=extend.as_value, topological_order=topological_order, rules=dict)
    space: dict[str, Any] = {"__builtins__": engine.builtins()}
    for line in imports(question):
        exec(line, space)
    roots: list[Value] = []
    for line in question.lines:
        name, equals, _ = line.text.partition(" = ")
        exec(re.sub(r"apply\('(\w+)'\)", r"\1()", line.text), space)
        if equals and name in space:
            space[name] = of_values(name, space[name])
            roots = list(extend.values_in(space[name])) or roots
    return space, roots


def of_values(name: str, made: Any) -> Any:
    """Return what a line made, with labels on its Values; an array of numbers becomes one of Values."""
    if isinstance(made, Value):
        made.label = made.label or name
    elif isinstance(made, list):
        for i, entry in enumerate(made):
            of_values(f"{name}[{i}]", entry)
    elif getattr(made, "dtype", "") == "float64":
        values = made.astype(object)
        for index in itertools.product(*map(range, made.shape)):
            values[index] = Value(made[index], f"{name}[{', '.join(map(str, index))}]")
        return values
    return made


def marked(key: str, space: dict[str, Any], roots: list[Value], text: str) -> dict[Value | tuple[Value, int], str]:
    """Return the marks for a wrong answer: on the edge that it is about, else on a node, and the edges that use it."""
    if edge := re.fullmatch(r"(.+)\.(?:partials|operands)\[(\d+)\]", key):
        return {(eval(edge[1], space), int(edge[2])): text}
    if order := re.fullmatch(r"\w+\.index\((\w+)\) < \w+\.index\((\w+)\)", key):
        one, other = (space[name] for name in order.groups())
        return {(other, [operand for operand, _ in other.edges].index(one)): text}
    node = eval(re.sub(r"\.\w+$|^\w+\.count\((\w+)\)$", r"\1", key), space)
    if not isinstance(node, Value):
        raise TypeError(f"{key} is not about a Value")
    uses = [
        (user, place)
        for user in topological_order(*roots)
        for place, (operand, _) in enumerate(user.edges)
        if operand is node and key.endswith(".grad")
    ]
    return {node: text, **dict.fromkeys(uses, "")}
