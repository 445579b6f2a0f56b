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

import functools
import math
import threading
from array import array
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from engine.formulas import FAILURES
from engine.leaves import store_data
from engine.manners import real_number
from engine.programs.arguments import read_inputs, read_updates, read_values
from engine.programs.buffers import read_out, read_rows, rows_of
from engine.programs.lowering import Instruction, Numbers, lower
from engine.programs.passes import optimise
from engine.programs.python import PythonSource
from engine.programs.python_backend import PythonBackend
from engine.programs.runs import Plain, Summed, count
from engine.programs.tape import NodeError, Tape, record, replay
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

    def _build(self, tape: Tape, leaves: Sequence[Value], backend: str, fast_math: bool) -> None:
        """Compile a tape for these leaves."""
        self._tape = tape
        self._leaves = tuple(leaves)
        self._kind = (backend, fast_math)
        self._listing = optimise(lower(tape))
        self._python = PythonBackend(self._listing)
        self._native: Any = None
        self._lock = threading.RLock()
        if backend == "llvm":
            from engine.machine.backend import NativeBackend, missing_functions

            if not missing_functions({instruction.operation for instruction in self.instructions}):
                self._native = NativeBackend(self._listing, self._leaves, fast_math)

    # --- What it is ---------------------------------------------------------------------------------------------------

    @property
    def backend(self) -> str:
        """ "python" or "llvm"."""
        return self._kind[0]

    @property
    def fast_math(self) -> bool:
        """Whether last digits are given for speed."""
        return self._kind[1]

    @property
    def leaves(self) -> tuple[Value, ...]:
        """The leaves that a call reads: first those that it updates."""
        return self._leaves

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The steps of a run, each after those it needs: see `engine.programs.lowering.Instruction`."""
        return self._listing.instructions

    @property
    def source(self) -> str:
        """The Python that a run boils down to, an instruction a line, with the labels as names."""
        return self._python.source

    @property
    def native_source(self) -> str:
        """The same in LLVM's language; ValueError for backend "python"."""
        return str(self._machine().source)

    @property
    def assembly(self) -> str:
        """The machine code of `repeat` as this processor's assembly; ValueError for backend "python"."""
        return str(self._machine().assembly)

    def _machine(self) -> Any:
        if self._native is None:
            cure = "choose backend='llvm'" if self.backend == "python" else "it calls a function that Python computes"
            raise ValueError(f"this program runs in Python and has no machine code: {cure}")
        return self._native

    def __repr__(self) -> str:
        tape = self._tape
        counts = ", ".join(
            (
                count(len(tape.input_labels), "input"),
                count(len(self._leaves), "leaf", "leaves"),
                count(len(tape.outputs), "output"),
                count(len(tape.updates), "update"),
            )
        )
        return f"<Program of {count(len(self.instructions), 'instruction')} ({self.backend}): {counts}>"

    # --- Running ------------------------------------------------------------------------------------------------------

    def __call__(self, *numbers: float) -> Numbers:
        """The outputs for these numbers of the inputs, as floats; the updated leaves have their next numbers then.

        Raises TypeError for a wrong number of inputs, and what is no real number; ArithmeticError (ZeroDivisionError,
        OverflowError, or `engine.DomainError`, a ValueError) as said above.
        """
        with self._lock:
            if self._native is not None:
                return self._native_call(numbers)
            held = [*self._read(numbers), *(leaf._data for leaf in self._leaves)]
            outputs, updates = self._run(held, "")
            self._store(updates)
            return outputs

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
        with ExitStack() as held:
            for program in sorted({self, _summing(sums) or self}, key=id):  # in one order, so that two cannot wait for
                held.enter_context(program._lock)  # each other
            runs = Plain(self, numbers) if sums is None else Summed(self, numbers, sums)
            kept: list[Numbers] = []
            outputs: Numbers = ()
            state = [leaf._data for leaf in self._leaves]
            done = 0
            while done < times:
                more, outputs, updates = runs.many(times - done, kept.append if keep else None, state)
                state[: len(updates)] = updates
                done += more
                if done < times:  # That run failed, or may have.
                    outputs, updates = runs.one(state, f"run {done}: ")
                    state[: len(updates)] = updates
                    done += 1
                    if keep:
                        kept.append(outputs)
            self._store(state[: len(self._tape.updates)])
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
        self._check_summable()
        width = len(self._tape.input_labels)
        buffer = read_rows(rows, width)
        into = None if out is None else read_out(out, len(self._tape.outputs))
        with self._lock:
            if self._native is not None:
                totals: Numbers | None = self._native.sum_leaves(buffer, into)
                if totals is not None:
                    return totals
            totals = self._sum(rows_of(buffer, width), [leaf._data for leaf in self._leaves], "")
            if into is None:
                return totals
            into[:] = array("d", totals)
            return ()

    # --- The parts of a run -------------------------------------------------------------------------------------------

    @functools.cached_property
    def _places(self) -> dict[Value, int]:
        """The place of each leaf."""
        return {leaf: place for place, leaf in enumerate(self._leaves)}

    def _read(self, numbers: Sequence[float]) -> list[float]:
        """The numbers given for the inputs, as floats."""
        wanted = len(self._tape.input_labels)
        if len(numbers) != wanted:
            raise TypeError(f"the program takes {count(wanted, 'number')}, one for each input, not {len(numbers)}")
        return [n if type(n) is float else real_number(n, "an input of a program") for n in numbers]

    def _check_summable(self) -> None:
        """Raise ValueError if there is nothing to sum over rows."""
        if self._tape.updates:
            raise ValueError("rows are summed before an update: put the updates in a program that takes the sums")
        if not self._tape.input_labels:
            raise ValueError("sum takes rows of inputs, and this program has no inputs")

    def _run(self, held: list[float], where: str) -> tuple[Numbers, Numbers]:
        """One run in Python: (outputs, updates), all finite."""
        try:
            outputs, updates = self._python.run(*held)
        except FAILURES:
            return self._replayed(held, where)
        if all(map(math.isfinite, outputs)) and all(map(math.isfinite, updates)):
            return outputs, updates
        return self._replayed(held, where)

    def _replayed(self, held: list[float], where: str) -> tuple[Numbers, Numbers]:
        """One run, slowly, to raise the error of the operation that fails; (outputs, updates) if none does."""
        tape = self._tape
        try:
            computed = replay(tape, held)
        except NodeError as failure:
            raise self._named(failure, where) from None
        outputs = tuple(computed[position] for position in tape.outputs)
        updates = tuple(computed[position] for position in tape.updates)
        for index, (number, position) in enumerate(zip(outputs, tape.outputs, strict=True)):
            if not math.isfinite(number):
                label = tape.labels[position]
                raise ArithmeticError(f"{where}output {index}{f' ({label!r})' if label else ''} is {number!r}")
        for index, (number, leaf) in enumerate(zip(updates, self._leaves, strict=False)):
            if not math.isfinite(number):
                old = held[len(tape.input_labels) + index]
                name = leaf.label or f"leaf {index}"
                raise ArithmeticError(f"{where}the update would make {name} {number!r}, from {old!r}")
        return outputs, updates

    def _named(self, failure: NodeError, where: str) -> Exception:
        """The error of an operation, saying in which run or row and in which line of the source it happened."""
        line = ""
        lines = [p for p, instruction in enumerate(self.instructions) if instruction.node == failure.position]
        if lines:
            line = f" in `{PythonSource(self._listing).line(lines[-1])}`"
        error = failure.error
        return type(error)(f"{where}{error.args[-1]}{line}")

    def _store(self, updates: Sequence[float]) -> None:
        """Give the updated leaves their next numbers."""
        store_data(self._leaves[: len(updates)], updates)

    def _native_call(self, numbers: Sequence[float]) -> Numbers:
        """One run of the machine code."""
        if len(numbers) == len(self._tape.input_labels):
            outputs: Numbers | None = self._native.call(numbers)
            if outputs is not None:
                return outputs
        held = [*self._read(numbers), *(leaf._data for leaf in self._leaves)]
        outputs, updates = self._replayed(held, "")
        self._store(updates)
        return outputs

    def _sum(self, rows: Sequence[Sequence[float]], leaves: list[float], where: str) -> Numbers:
        """The sums of the outputs over ``rows``, in Python."""
        if not rows:
            return (0.0,) * len(self._tape.outputs)
        done, totals = self._python.sum_rows(rows, *leaves)
        if done == len(rows) and all(map(math.isfinite, totals)):
            return totals
        totals = (0.0,) * len(self._tape.outputs)
        for index, row in enumerate(rows):  # One at a time, to find the one that fails.
            outputs, _ = self._run([*row, *leaves], f"{where}row {index}: ")
            totals = tuple(total + output for total, output in zip(totals, outputs, strict=True))
        for index, total in enumerate(totals):
            if not math.isfinite(total):
                raise OverflowError(f"{where}the sum of output {index} over {len(rows)} rows is {total!r}")
        return totals

    # --- Copies -------------------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._tape, self._leaves, *self._kind)


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
