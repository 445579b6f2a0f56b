"""`Program`: a graph recorded once, to be run many times without a graph.

    loss = mean_squared_error([model(x) for x in X], Y)          # build the graph once, as always
    step = Program(outputs=[loss], updates=optimizer.updates(loss))
    for epoch in range(10_000):
        (value,) = step()

On its way to the processor the graph becomes a tape (`engine.programs.tape`), the tape a list of small instructions
(`engine.programs.lowering`), a shorter list (`engine.programs.passes`), and that a text: Python
(`engine.programs.python`) or the language of LLVM (`engine.machine.code`), which `engine.machine.compiler` compiles.
Gradients are ordinary nodes of the graph by then; nobody here knows what a derivative is.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from engine.programs.arguments import count, read_inputs, read_out, read_rows, read_updates, read_values
from engine.programs.listing import Instruction, Listing
from engine.programs.lowering import lower
from engine.programs.passes import optimise
from engine.programs.python_backend import PythonBackend
from engine.programs.runs import Repetition, Runner, SummedRepetition
from engine.programs.tape import Numbers, Tape, record
from engine.value import Value

BACKENDS = ("python", "llvm")


class Program:
    """The expressions ``outputs`` and ``updates`` as functions of ``inputs`` and of the leaves they are made of.

    inputs     leaf Values: the numbers a call takes, in this order
    outputs    Values: what a call returns
    updates    pairs (leaf, expression for its next number): all are computed from the old numbers, then stored at once;
               an `nn.Optimizer` gives them for a step of training
    backend    "python" needs nothing; "llvm" compiles to machine code, with the same results to the last bit, and needs
               llvmlite (the extra ``native``); a program with a row of its own that calls what Python's `math` computes
               itself (gamma, lgamma, hypot, remainder, degrees, radians) runs in Python all the same
    fast_math  for "llvm": allow sums in another order, a * b + c in one rounding, and exp, tanh and log of this
               package's own, right to 2 units in the last place, several at once. Faster, and another last digit or two

    Leaves that are neither inputs nor updated are read at each call; numbers written in the expressions are constants.
    A run that meets a domain error, or an output or update that is infinite or NaN, raises what the engine would raise,
    and every leaf keeps the number it had before the call.

    Raises TypeError for what is no Value, ValueError for an input or an update of something that is no leaf, two
    updates of one leaf, an update of an input, and an unknown backend; ModuleNotFoundError, naming the extra, without
    llvmlite.

    Programs can be pickled and deep-copied, leaves included, and compile again where they arrive. Several threads may
    call one: each call waits for the one before. A copy for each thread has leaves of its own.
    """

    def __init__(
        self,
        inputs: Iterable[Value] = (),
        outputs: Iterable[Value] = (),
        updates: Iterable[tuple[Value, Value]] = (),
        backend: str = "python",
        fast_math: bool = False,
    ) -> None:
        if backend not in BACKENDS:
            raise ValueError(f"there is no backend {backend!r}: choose 'python' or 'llvm'")
        if fast_math and backend != "llvm":
            raise ValueError("fast_math is for machine code: choose backend='llvm' with it")
        given = read_inputs(inputs)
        tape, leaves = record(given, read_values(outputs, "output"), read_updates(updates, given))
        self._build(tape, leaves, backend, fast_math)

    def _build(self, tape: Tape, leaves: tuple[Value, ...], backend: str, fast_math: bool) -> None:
        """Compile a tape for these leaves."""
        self._options = (backend, fast_math)
        self._lock = threading.RLock()
        listing = optimise(lower(tape))
        self._runner = Runner(tape, listing, leaves, _load_backend(listing, leaves, backend, fast_math))

    # --- What it is ---------------------------------------------------------------------------------------------------

    @property
    def backend(self) -> str:
        """ "python" or "llvm"."""
        return self._options[0]

    @property
    def fast_math(self) -> bool:
        """Whether last digits are given for speed."""
        return self._options[1]

    @property
    def leaves(self) -> tuple[Value, ...]:
        """The leaves that a call reads: first those that it updates."""
        return self._runner.leaves

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The steps of a run, each after those it needs: see `engine.programs.listing.Instruction`."""
        return self._runner.listing.instructions

    @property
    def source(self) -> str:
        """The Python that a run boils down to, an instruction a line, with the labels as names."""
        return self._runner.python.source

    @property
    def native_source(self) -> str:
        """The same in LLVM's language; ValueError for backend "python"."""
        return str(self._machine().source)

    @property
    def assembly(self) -> str:
        """The machine code of `repeat` as this processor's assembly; ValueError for backend "python"."""
        return str(self._machine().assembly)

    def _machine(self) -> Any:
        if self._runner.backend is self._runner.python:
            cure = "choose backend='llvm'" if self.backend == "python" else "it calls a function that Python computes"
            raise ValueError(f"this program runs in Python and has no machine code: {cure}")
        return self._runner.backend

    def __repr__(self) -> str:
        tape = self._runner.tape
        counts = [count(len(tape.input_labels), "input"), count(len(self.leaves), "leaf", "leaves")]
        counts += [count(len(tape.outputs), "output"), count(len(tape.updates), "update")]
        return f"<Program of {count(len(self.instructions), 'instruction')} ({self.backend}): {', '.join(counts)}>"

    # --- Running ------------------------------------------------------------------------------------------------------

    def __call__(self, *numbers: float) -> Numbers:
        """The outputs for these numbers of the inputs, as floats; the updated leaves have their next numbers then.

        Raises TypeError for a wrong number of inputs, and what is no real number; ArithmeticError (ZeroDivisionError,
        OverflowError, or `engine.DomainError`, a ValueError) as said above.
        """
        runner = self._runner
        with self._lock:
            if len(numbers) == runner.width:
                outputs: Numbers | None = runner.backend.call(numbers)
                if outputs is not None:
                    return outputs
            return runner.call(numbers)

    def repeat(self, times: int, *numbers: float, keep: bool = False, sums: tuple[Program, Any] | None = None) -> Any:
        """Run ``times`` times without leaving the program; the outputs of the last run, and () for no run at all.

        keep  return the outputs of every run instead, as a list
        sums  (program, rows): the inputs of each run are ``program.sum(rows)``, computed anew, in place of ``numbers``

        Nothing is stored until all runs are done. The error of a run that fails names it, counted from 0.
        """
        if not isinstance(times, int) or isinstance(times, bool):
            raise TypeError(f"the number of runs is an int, not {times!r} of type {type(times).__name__}")
        if times < 0:
            raise ValueError(f"the number of runs is at least 0, not {times}")
        inner = _summing(sums)
        with ExitStack() as held:
            for program in sorted({self, inner or self}, key=id):  # In one order, so that no two wait for each other.
                held.enter_context(program._lock)
            runner = self._runner
            if inner and sums:
                runs: Repetition = SummedRepetition(runner, numbers, inner._runner, sums[1])
            else:
                runs = Repetition(runner, numbers)
            kept: list[Numbers] = []
            outputs = runs.make(times, kept.append if keep else None)
            return kept if keep else outputs

    def sum(self, rows: Any, out: Any = None) -> Numbers:
        """The sums of the outputs over many rows of inputs.

        rows  a buffer of C-contiguous doubles (an array, a memoryview, a NumPy array), which is not copied, or a
              sequence of rows; each has one number for each input

        out   a buffer of doubles, one for each output, to write the sums to; then () is returned, and no float is made

        The sums may be taken in another order than row after row. Raises ValueError for a program with updates or
        without inputs, for rows of another width and for a buffer that is not contiguous; TypeError for other types;
        and the errors of a call, naming the row, counted from 0.
        """
        runner = self._runner
        runner.check_summable()
        buffer = read_rows(rows, runner.width)
        into = None if out is None else read_out(out, len(runner.tape.outputs))
        with self._lock:
            totals = runner.sum(buffer, into)
            if into is None:
                return totals
            if totals:
                into[:] = array("d", totals)
            return ()

    # --- Copies -------------------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._runner.tape, self.leaves, *self._options)


def _load_backend(listing: Listing, leaves: tuple[Value, ...], backend: str, fast_math: bool) -> Any:
    """What runs a listing: machine code, if it is wanted and there is code for all that is called; else Python."""
    if backend == "llvm":
        from engine.machine.backend import load_machine_code  # Here alone, for it needs llvmlite.

        native = load_machine_code(listing, leaves, fast_math)
        if native:
            return native
    return PythonBackend(listing, leaves)


def _summing(sums: Any) -> Program | None:
    """The program of ``sums=(program, rows)``, if there is one; TypeError for what is no such pair."""
    if sums is None:
        return None
    if not isinstance(sums, tuple) or len(sums) != 2 or not isinstance(sums[0], Program):
        raise TypeError(f"sums is a pair (program, rows), not {sums!r}")
    return sums[0]


def _rebuild(kind: type[Program], tape: Tape, leaves: tuple[Value, ...], backend: str, fast_math: bool) -> Program:
    """The program of a pickled tape, compiled here."""
    program = kind.__new__(kind)
    program._build(tape, leaves, backend, fast_math)
    return program
