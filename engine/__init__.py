"""A scalar autograd engine: `Value` records a computation graph, ``backward()`` derives its gradients.

Start reading in `engine.primitives`, the table of operations and their derivatives. Every operation of the table is a
function here (``engine.tanh``), for Values and for plain numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.formulas import DomainError
from engine.gradcheck import GradcheckError, gradcheck
from engine.gradients import StaleGraphError, gradients
from engine.graph import topological_order
from engine.operations import FUNCTIONS, OPERATIONS, register, source
from engine.primitives import Primitive
from engine.programs.program import Program
from engine.recording import RecordingError, no_grad, recording
from engine.scopes import scope
from engine.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from engine.value import Value

__all__ = [
    "DomainError",
    "GradcheckError",
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
    *(name for name in FUNCTIONS if name not in ("abs", "pow")),  # `import *` leaves Python's own in their place.
]


def primitives_table() -> tuple[Primitive, ...]:
    """Every row of the table, registered ones included, in order."""
    return tuple(operation.row for operation in OPERATIONS.values())


def __dir__() -> list[str]:
    return sorted({*globals(), *FUNCTIONS})


globals().update(FUNCTIONS)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...

else:

    def __getattr__(name):
        """The functions of the primitives that were registered later."""
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
