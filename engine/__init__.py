"""A scalar autograd engine: a `Value` records a computation graph, and ``backward()`` derives its gradients.

Each derivative is written once, as text, in a table: `engine.primitives`. Have a look at its rows, then read how a
Value gets its gradient, in these four files, in this order:

    value         a number, and what it remembers: its operands, and the local partial for each
    operations    what it means to apply a row of the table: compute, and remember
    graph         the walk over all that a Value was computed from, operands before results
    backward      the chain rule along that walk, from the result back to the leaves

That is the whole idea; a row of the table is all that a new operation needs. The rest, one subject per file:

    formulas      the text of a formula becomes a function, on floats or on Values
    fast          a row becomes the Python function that a person would write for it
    registration  a row becomes operators, methods and functions: `register`
    stub          and their types, for editors and type checkers
    failures      what an error says, and the number that does not exist
    paths         the chain rule where a branch was not taken
    manners       how a Value compares, converts and prints, among Python's and NumPy's numbers
    walks         one walk at a time, and what a signal handler does meanwhile
    leaves        numbers become leaves, and leaves take new numbers
    trees         numbers in nested lists, tuples and arrays
    states        what outlives a call, and how Ctrl-C leaves it right
    recording     `no_grad`, and `recording` for programs
    gradients     gradients of a graph as graphs again
    transforms    `grad`, `jvp`, `vjp`, `hessian` and others, on functions
    gradcheck     derivatives against central differences
    scopes        names for parts of a computation
    pickling      graphs copied and pickled, at any depth
    collector     Python's garbage collector, kept away from large graphs
    files         files that are complete or not there
    extend        what packages built on the engine may use from inside

`engine.programs` turns a recorded graph into a `Program`: straight-line code that is run many times with other numbers.
`engine.machine` compiles that code for this processor; this part alone needs more than Python: llvmlite.

Every operation of the table is a function of this module, for Values and for plain numbers: ``engine.tanh``. Three
files share the name of a function that they define: ``engine.gradients``, ``engine.recording`` and ``engine.gradcheck``
are the functions; other names come from the files as in ``from engine.recording import watch``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import pickling as _pickling  # noqa: F401  (It teaches Value to be copied and pickled.)
from engine.formulas import DomainError
from engine.gradcheck import GradcheckError, gradcheck
from engine.gradients import StaleGraphError, gradients
from engine.graph import topological_order
from engine.operations import OPERATIONS
from engine.primitives import Primitive
from engine.programs.program import Program
from engine.recording import LostGradientWarning, RecordingError, no_grad, recording
from engine.registration import FUNCTIONS, register, source
from engine.scopes import scope
from engine.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from engine.value import Value

__all__ = [
    "DomainError",
    "GradcheckError",
    "LostGradientWarning",
    "Primitive",
    "Program",
    "RecordingError",
    "StaleGraphError",
    "Value",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "primitives_table",
    "recording",
    "register",
    "scope",
    "source",
    "topological_order",
    "value_and_grad",
    "vjp",
    *(name for name in OPERATIONS if name not in ("abs", "pow")),  # `import *` must not replace Python's own.
]


def primitives_table() -> tuple[Primitive, ...]:
    """Every row of the table in order, registered ones included."""
    return tuple(operation.row for operation in OPERATIONS.values())


def __dir__() -> list[str]:
    return sorted({*globals(), *OPERATIONS})


globals().update({name: FUNCTIONS[name] for name in OPERATIONS})
for _item in map(globals().get, __all__):
    if isinstance(_item, type) and issubclass(_item, Exception):
        _item.__module__ = "engine"  # Where people import it from; tracebacks show it, and pickle finds it there.

if TYPE_CHECKING:
    from engine.table import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """The functions of rows that were registered later, and of partials that graphs of gradients hold."""
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
