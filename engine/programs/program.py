"""`Program`: a graph recorded once, to be run many times without a graph.

    loss = mean_squared_error([model(x) for x in X], Y)          # build the graph once, as always
    step = Program(outputs=[loss], updates=optimizer.updates(loss))
    for epoch in range(10_000):
        (value,) = step()

The graph becomes a tape (`tape`), the tape a list of small instructions (`lowering`), a shorter list (`passes`), and
that a text: Python (`python`) or LLVM's language (`engine.machine.code`). In a large graph, the loops are found
(`rolling`) and written down (`python_loops`). Gradients are ordinary nodes of the graph by then: nothing in this
package knows what a derivative is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

from engine.collector import collector_paused
from engine.programs.arguments import counted, read_inputs, read_out, read_rows, read_updates, read_values, rows_of
from engine.programs.javascript.text import JavaScript
from engine.programs.listing import Instruction
from engine.programs.loop_text import loop_text
from engine.programs.loops import Writer
from engine.programs.matrices.text import Matrices
from engine.programs.plan import Plan
from engine.programs.python_backend import PythonBackend
from engine.programs.runs import Repetition, Runner, SummedRepetition
from engine.programs.tape import Numbers, Tape, record
from engine.registration import find_operation
from engine.states import holding, new_lock
from engine.value import Value

BACKENDS = ("python", "llvm")


class Program:
    """The expressions ``outputs`` and ``updates`` as functions of ``inputs`` and of the leaves they are made of.

    inputs     leaf Values: the numbers that a call takes, in this order
    outputs    Values: what a call returns
    updates    pairs (leaf, expression for its next number): all are computed from the old numbers, then stored at once;
               an `nn.Optimizer` gives them for a step of training
    backend    "python" needs nothing; "llvm" compiles to machine code, with the same results to the last bit, and needs
               llvmlite. A program that calls what Python's `math` computes itself (gamma, lgamma, hypot, remainder,
               degrees, radians) runs in Python on either
    fast_math  for "llvm": sums may be taken in another order, a * b + c rounded once, and exp, tanh and log computed
               several at once, right to 2 units in the last place. It is faster, and differs in the last digit or two

    When which pays: in `repeat`, an instruction runs in some 0.02 µs in Python and 0.0005 µs in machine code; recorded
    anew, it takes 0.35 µs. It is made in 70 µs in Python, so a program pays from some 200 runs on. Where a graph has
    loops, machine code is made in 10 µs an instruction, beginning at 0.1 s, and pays from some 500 runs on (60,000 if
    it has but a hundred instructions); each row of a sum is a run. ``python -m examples.benchmark`` measures both. From
    some thousand operations on, Python's text consists of loops, too: it is made in a tenth of the time, and runs 1 to
    2 times as long. Ctrl-C is answered at once while a program is made.

    Leaves that are neither inputs nor updated are read at each call; numbers written in the expressions are constants.
    A run that meets a domain error, or an output or update that is infinite or NaN, raises what the engine would raise,
    and every leaf keeps the number it had before the call.

    Raises TypeError for anything but Values; ValueError for an input that is not a leaf, an update of a result, of an
    input or of one leaf twice, and for an unknown backend; ModuleNotFoundError if llvmlite is missing.

    Programs can be pickled and deep-copied, leaves included; they compile again where they arrive. Several threads may
    call one program: each call waits for the one before. A copy for each thread has leaves of its own.
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
        with collector_paused():
            tape, leaves = record(given, read_values(outputs, "output"), read_updates(updates, given))
        self._build(tape, leaves, backend, fast_math)

    def _build(self, tape: Tape, leaves: tuple[Value, ...], backend: str, fast_math: bool) -> None:
        """Compile a tape for these leaves."""
        self._options = (backend, fast_math)
        self._lock = new_lock()
        plan = Plan(tape)
        self._runner = Runner(plan, leaves, _load_backend(plan, leaves, backend, fast_math))

    @property
    def backend(self) -> str:
        """What was asked for: "python" or "llvm"; see `Program` for when the second runs in Python all the same."""
        return self._options[0]

    @property
    def fast_math(self) -> bool:
        """Whether the last digits may differ, for speed."""
        return self._options[1]

    @property
    def leaves(self) -> tuple[Value, ...]:
        """The leaves that a call reads: first those that it updates."""
        return self._runner.leaves

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The steps of a run, each after those it needs: see `engine.programs.listing.Instruction`."""
        return self._runner.plan.listing.instructions

    @property
    def size(self) -> int:
        """How many instructions a run takes; of a long program, how many operations were recorded."""
        plan = self._runner.plan  # A long one may never be written out as instructions.
        return len(plan.tape.nodes) if plan.is_long else len(self.instructions)

    @property
    def loops(self) -> str:
        """The loops that were found in the graph, as text; also of programs that are short enough to run without."""
        return loop_text(Writer(self._runner.plan.nests))

    @property
    def source(self) -> str:
        """The Python text of a run: an instruction a line, with the labels as names; of a long program, loops."""
        return self._runner.python.source

    @property
    def matrices(self) -> Matrices:
        """The program in NumPy's terms, ``Z1 = X @ W1 + b1``: its loops as products of matrices and sums along axes.

        As a str, a text that Python can run, with an array ``numbers`` of the inputs and then the `leaves`: it makes
        the array ``outputs``, and stores the updates in ``numbers``. The last digits may differ.
        """
        return Matrices(self._runner.plan.nests)

    @property
    def javascript(self) -> JavaScript:
        """The same in JavaScript: ``run(numbers)``, with the functions that it calls.

        ``numbers`` is an array, typed or not, of the inputs and then of the `leaves`. It returns
        ``{outputs, updates}``, in every bit what a call in Python gives, or throws a RangeError, and changes nothing.
        Of a long program, loops. Where an operation fails, Python looks again whether that matters: the slope of a
        branch that was not taken may be infinite. JavaScript throws there, too.

        The functions of the C library are those of the GNU C library 2.36, on processors that multiply and add in one;
        but copysign takes the sign of a NaN for a plus.
        """
        return JavaScript.of(self._runner.plan)

    @property
    def native_source(self) -> str:
        """The same in LLVM's language; ValueError for backend "python"."""
        return str(self._machine().source)

    @property
    def assembly(self) -> str:
        """The machine code of `repeat` as this processor's assembly; ValueError for backend "python"."""
        return str(self._machine().machine.assembly)

    def _machine(self) -> Any:
        if self._runner.backend is self._runner.python:
            cure = "choose backend='llvm'" if self.backend == "python" else "it calls a function that Python computes"
            raise ValueError(f"this program runs in Python and has no machine code: {cure}")
        return self._runner.backend

    def __repr__(self) -> str:
        tape = self._runner.tape
        counts = [counted(len(tape.input_labels), "input"), counted(len(self.leaves), "leaf", "leaves")]
        counts += [counted(len(tape.outputs), "output"), counted(len(tape.updates), "update")]
        size = counted(self.size, "operation" if self._runner.plan.is_long else "instruction")
        return f"<Program of {size} ({self.backend}): {', '.join(counts)}>"

    def __call__(self, *numbers: float) -> Numbers:
        """The outputs for these numbers of the inputs, as floats; the updated leaves get their next numbers.

        Raises TypeError for a wrong number of inputs and for anything but real numbers; where a run fails, an
        ArithmeticError: ZeroDivisionError, OverflowError, or `engine.DomainError`, which is also a ValueError. Where
        several operations fail, it names them, and so that at which the engine would have stopped.
        """
        runner = self._runner
        if len(numbers) == runner.width:
            outputs: Numbers | None = holding(self._lock, runner.quick, numbers)
            if outputs is not None:
                return outputs
        return holding(self._lock, runner.call, numbers)

    def repeat(self, times: int, *numbers: float, keep: bool = False, sums: tuple[Program, Any] | None = None) -> Any:
        """Run ``times`` times without leaving the program; returns the outputs of the last run.

        0 runs give () and only compile what more of them will need, which the first run would do otherwise.

        keep  return the outputs of every run instead, as a list
        sums  (program, rows): the inputs of each run are ``program.sum(rows)``, computed anew, in place of ``numbers``

        Nothing is stored until all runs are done. The error of a run that fails names it, counted from 0.
        """
        if not isinstance(times, int) or isinstance(times, bool):
            raise TypeError(f"the number of runs is an int, not {times!r} of type {type(times).__name__}")
        if times < 0:
            raise ValueError(f"the number of runs is at least 0, not {times}")
        inner = _summing(sums)
        if inner is None:
            return holding(self._lock, self._repeat, times, numbers, keep)
        first, second = sorted((self, inner), key=id)  # In one order, so that no two wait for each other.
        return holding(first._lock, holding, second._lock, self._repeat, times, numbers, keep, sums)

    def _repeat(
        self, times: int, numbers: tuple[float, ...], keep: bool, sums: tuple[Program, Any] | None = None
    ) -> Any:
        if sums:
            runs: Repetition = SummedRepetition(self._runner, numbers, sums[0]._runner, sums[1])
        else:
            runs = Repetition(self._runner, numbers)
        kept: list[Numbers] = []
        outputs = runs.make(times, kept.append if keep else None)
        return kept if keep else outputs

    def sum(self, rows: Any, out: Any = None) -> Numbers:
        """The sums of the outputs over many rows of inputs.

        rows  a buffer of C-contiguous doubles (an array, a memoryview, a NumPy array), which is not copied, or a
              sequence of rows; each row has one number for each input
        out   a buffer of doubles, one for each output, to write the sums to; () is returned then

        The sums are taken row after row, so both backends give the same bits, but for ``fast_math``. Raises ValueError
        for a program with updates or without inputs, for rows of another width and for a buffer that is not contiguous;
        TypeError for other types; and the errors of a call, naming the row, counted from 0.
        """
        runner = self._runner
        runner.check_summable()
        buffer = read_rows(rows, runner.width)
        into = None if out is None else read_out(out, len(runner.tape.outputs))
        return holding(self._lock, self._sum, buffer, into)

    def _sum(self, buffer: memoryview, into: memoryview | None) -> Numbers:
        runner = self._runner
        done, totals = runner.backend.sum(buffer, into)  # type: tuple[int, Numbers]
        if 8 * runner.width * done != buffer.nbytes:
            totals = runner.add_up(rows_of(buffer, runner.width), runner.numbers(), "")
        if into is None or not totals:
            return totals
        into[:] = array("d", totals)
        return ()

    def __getstate__(self) -> tuple[Any, ...]:
        return self._runner.tape, self.leaves, *self._options

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for name in {node.operation for node in state[0].nodes}:
            find_operation(name)  # Of an operation that is unknown here, say so now.
        self._build(*state)


def _load_backend(plan: Plan, leaves: tuple[Value, ...], backend: str, fast_math: bool) -> Any:
    """What runs a program: machine code, if it is wanted and there is code for all that is called; else Python."""
    if backend == "llvm":
        from engine.machine.backend import load_machine_code  # Here alone, for it needs llvmlite.

        native = load_machine_code(plan, leaves, fast_math)
        if native:
            return native
    return PythonBackend(plan, leaves)


def _summing(sums: Any) -> Program | None:
    """The program of ``sums=(program, rows)``, if there is one; TypeError for anything but such a pair."""
    if sums is None:
        return None
    if not isinstance(sums, tuple) or len(sums) != 2 or not isinstance(sums[0], Program):
        raise TypeError(f"sums is a pair (program, rows), not {sums!r}")
    return sums[0]
