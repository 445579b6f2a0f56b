"""The exercises, in the order of the lessons, and the functions that each of them is about."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILES = ("value", "network", "matrices", "beyond")
MODEL = Path(__file__).with_name("engine")


@dataclass(frozen=True)
class Exercise:
    """One exercise: its number from 1, its name, the number of the lesson before it, and its *pieces*.

    A piece is a function or a method that the learner writes, such as ``value.Value.__add__``: file, class, name.
    The first piece tells whether the exercise was begun. A piece may belong to several exercises.
    """

    number: int
    name: str
    lesson: int
    pieces: tuple[str, ...]

    def __str__(self) -> str:
        """Return the exercise as it is spoken of: ``5 (subtract)``."""
        return f"{self.number} ({self.name.replace('_', ' ')})"

    @property
    def file(self) -> str:
        """The file that the exercise is in, without its ending."""
        return self.pieces[0].split(".", maxsplit=1)[0]


def numbered(*rows: tuple[int, str, str]) -> tuple[Exercise, ...]:
    """Return the exercises of a table whose rows are (lesson, name, pieces of one file separated by spaces)."""
    exercises = []
    for number, (lesson, name, text) in enumerate(rows, start=1):
        first, *others = text.split()
        place = first.rsplit(".", maxsplit=1)[0]
        pieces = (first, *(other if "." in other else f"{place}.{other}" for other in others))
        exercises.append(Exercise(number, name, lesson, pieces))
    return tuple(exercises)


EXERCISES = numbered(
    (1, "remember", "value.Value.__init__"),
    (1, "add", "value.Value.__add__"),
    (1, "multiply", "value.Value.__mul__"),
    (1, "numbers", "value.as_value value.Value.__radd__ value.Value.__rmul__ value.Value.__add__ value.Value.__mul__"),
    (2, "subtract", "value.Value.__neg__ __sub__ __rsub__"),
    (2, "divide", "value.Value.__truediv__ __rtruediv__"),
    (2, "power", "value.Value.__pow__"),
    (2, "tanh", "value.Value.tanh"),
    (2, "rules", "value.rules value.Value.apply"),
    (2, "relu", "value.Value.relu"),
    (3, "backward", "value.Value.backward"),
    (4, "fan_out", "value.Value.backward"),
    (5, "order", "value.topological_order"),
    (5, "twice", "value.Value.backward"),
    (6, "neuron", "network.neuron"),
    (6, "layer", "network.layer"),
    (7, "network", "network.MLP.__call__ parameters"),
    (7, "loss", "network.mean_squared_error"),
    (7, "sgd", "network.sgd_step"),
    (7, "train", "network.train"),
    (8, "forward", "matrices.forward"),
    (8, "output_delta", "matrices.output_delta"),
    (8, "hidden_delta", "matrices.hidden_delta"),
    (8, "weights", "matrices.weight_gradient"),
    (8, "biases", "matrices.bias_gradient"),
    (10, "dual", "beyond.Dual.__add__ beyond.Dual.__mul__ beyond.sin beyond.cos beyond.derivative"),
    (11, "second", "beyond.second_derivative"),
    (12, "dead_code", "beyond.live_code"),
)


@cache
def model(file: str) -> str:
    """Return the text of our own solutions in one of the `FILES`."""
    return (MODEL / f"{file}.py").read_text(encoding="utf-8")


def task(exercise: Exercise) -> str:
    """Return what the learner is to do: the first line of the docstring of the exercise's first piece that names it."""
    heading = f"Exercise {exercise.number}, {exercise.name.replace('_', '-')}"
    found = [node for node in ast.walk(ast.parse(model(exercise.file))) if isinstance(node, ast.FunctionDef)]
    names = [piece.rpartition(".")[2] for piece in exercise.pieces]
    for function in sorted((node for node in found if node.name in names), key=lambda node: names.index(node.name)):
        for line in (ast.get_docstring(function) or "").splitlines():
            if line.startswith(heading):
                return line
    raise LookupError(f"no docstring in {exercise.file}.py begins with {heading!r}")
