"""The smallest things to train: a line, and XOR; and a training by a program beside the same by the engine."""

import io

from support.program_checks import needs

from engine import Value
from nn import SGD, Module, train

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]

NUMBERS = [0.1 * index - 1.0 for index in range(40)]
SIGNS = [float(number > 0) for number in NUMBERS]


class Line(Module):
    """slope · x + offset."""

    def __init__(self, slope=0.0, offset=0.0):
        self.slope = Value(slope, label="slope")
        self.offset = Value(offset, label="offset")

    def __call__(self, x):
        return self.slope * x + self.offset


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self):
        return True


def declared(reduction, loss):
    loss.reduction = reduction
    return loss


def beside_eager(backend, run):
    """What a run gives by a program and by the engine."""
    needs(backend)
    return [run(chosen) for chosen in (backend, "eager")]


def both_ways(model_of, loss, xs, ys, batch_size, backend="python", epochs=4, rate=0.1):
    """The history and the parameter w by a program and by the engine, which have to agree."""

    def run(chosen):
        w = Value(0.5, "w")
        history = train(model_of(w), xs, ys, loss, SGD([w], rate), epochs, batch_size, chosen)
        return [*history.losses, w.data]

    return beside_eager(backend, run)
