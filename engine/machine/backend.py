"""A program's machine code, called from Python: arrays of numbers in, arrays of numbers out.

The numbers of inputs and leaves lie in one array, which the code reads and writes. A call costs about a microsecond.
"""

from __future__ import annotations

import ctypes
import functools
import struct
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from engine.machine.code import Options
from engine.machine.compiler import Machine, exact_functions, missing_functions, vector_width
from engine.machine.leaves import calling, reading, slots_of, storing
from engine.machine.loops import drive_module, repeat_module
from engine.machine.math import FAST
from engine.machine.rows import sum_module
from engine.machine.sharing import shared
from engine.programs.arguments import read_numbers
from engine.programs.plan import Plan
from engine.programs.tape import Keep, Numbers
from engine.recording import LATEST_WRITE
from engine.value import Value

SLICE = 50_000_000
"""How many instructions run between two looks at Ctrl-C: some hundredths of a second."""

MOST_KEPT = 10_000
"""Of how many runs the outputs are kept before they are handed over."""

_STEP = (ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
_SUM = (ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
_DRIVE = (ctypes.c_int64, *[ctypes.c_void_p] * 3, ctypes.c_int64, *[ctypes.c_void_p] * 3)
_DRIVE += (ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


def load_machine_code(plan: Plan, leaves: Sequence[Value], fast_math: bool) -> NativeBackend | None:
    """The machine code of a program; None if it calls a function that only Python computes."""
    return None if missing_functions(plan.nests.kinds) else NativeBackend(plan, leaves, fast_math)


class NativeBackend:
    """A program as machine code. Its functions are compiled when they are first needed, each once.

    It answers as `engine.programs.python_backend.PythonBackend` does; a run that it has not done may be a false alarm.
    """

    def __init__(self, plan: Plan, leaves: Sequence[Value], fast_math: bool) -> None:
        self.nests = shared(plan.nests)
        self.leaves = leaves
        self.fast_math = fast_math
        self.inputs = len(plan.tape.input_labels)
        self.updated = len(plan.tape.updates)
        self.count = len(plan.tape.outputs)
        self.numbers = _doubles([0.0] * (self.inputs + len(leaves)))
        self.outputs = _doubles([0.0] * self.count)
        self.slots = slots_of(leaves)
        self.seen: list[object] = [self]  # What `LATEST_WRITE` held when the leaves were read.
        self.room = array("Q", [0] * max(1, self.updated))

    @functools.cached_property
    def options(self) -> Options:
        """How the program is compiled."""
        kinds = self.nests.kinds
        vectors = tuple(name for name in FAST if name in kinds) if self.fast_math else exact_functions(kinds)
        return Options(vectors, self.fast_math, vector_width())

    @functools.cached_property
    def machine(self) -> Machine:
        """The compiled `repeat`, and `call`, which is a single run on the leaves."""
        # On the program's own arrays, without arguments: the quickest to call from Python.
        stored = storing(_address(self.slots), self.leaves_at, _address(self.room), self.updated)
        called = calling(_address(self.numbers), _address(self.outputs))
        return Machine("".join([self.source, self.reading, stored, called]))

    @functools.cached_property
    def sum_machine(self) -> Machine:
        """The compiled `sum`."""
        return Machine(sum_module(self.nests, self.options) + self.reading)

    @property
    def leaves_at(self) -> int:
        """Where the numbers of the leaves begin."""
        return _address(self.numbers) + 8 * self.inputs

    @property
    def reading(self) -> str:
        """The text of a function that fetches them."""
        return reading(_address(self.slots), self.leaves_at, len(self.leaves))

    @functools.cached_property
    def source(self) -> str:
        """The text of `repeat` in LLVM's language."""
        return repeat_module(self.nests, self.options)

    @functools.cached_property
    def call(self) -> Callable[[Sequence[float]], Numbers | None]:
        """``call(inputs)``: one run on the leaves, which get their next numbers: outputs; None if that failed."""
        for leaf in self.leaves[: self.updated]:
            leaf._b = True  # From now on its data may be another than a graph was made with.
        functions = ctypes.PYFUNCTYPE(ctypes.c_int64)
        afresh, again = (functions(self.machine.address(name)) for name in ("call", "call_again"))
        pack = struct.Struct(f"{self.inputs}d").pack_into
        results = struct.Struct(f"{self.count}d").unpack_from
        numbers, outputs, updated, written, seen = self.numbers, self.outputs, self.updated, LATEST_WRITE, self.seen

        def call(given: Sequence[float]) -> Numbers | None:
            if given:
                pack(numbers, 0, *read_numbers(given))
            before = latest = written[0]
            if updated:
                written[0] = before = object()
            done = again() if seen[0] is latest else afresh()
            if updated:
                latest = object()
                # Another thread may have set a leaf meanwhile: then its number is not here.
                seen[0], written[0] = latest if written[0] is before else None, latest
            else:
                seen[0] = latest
            return results(outputs) if done == 1 else None

        return call

    @functools.cached_property
    def sum(self) -> Callable[[memoryview, memoryview | None], tuple[int, Numbers]]:
        """``sum(rows, out)``: (rows done: all or none, their outputs summed); () if ``out`` has the sums."""
        read = ctypes.PYFUNCTYPE(None)(self.sum_machine.address("read"))
        add_up = ctypes.CFUNCTYPE(*_SUM)(self.sum_machine.address("sum"))
        numbers_at, totals_at = (ctypes.c_void_p(_address(held)) for held in (self.numbers, self.outputs))
        view, zeros = memoryview(self.outputs)[: self.count], (0.0,) * self.count
        results = struct.Struct(f"{self.count}d").unpack_from

        def sum_rows(rows: memoryview, out: memoryview | None) -> tuple[int, Numbers]:
            count = rows.nbytes // (8 * self.inputs)
            latest = LATEST_WRITE[0]
            if self.seen[0] is not latest:
                read()
                self.seen[0] = latest
            with Pinned(rows) as rows_at:
                if add_up(rows_at, count, numbers_at, totals_at):
                    return 0, zeros
            if out is None:
                return count, results(view)
            out[:] = view
            return count, ()

        return sum_rows

    @functools.cached_property
    def run_times(self) -> Callable[..., int]:
        """The compiled `repeat` as a function of Python."""
        return ctypes.CFUNCTYPE(*_STEP)(self.machine.address("repeat"))

    def repeat(self, times: int, keep: Keep, *numbers: float) -> tuple[int, Numbers, Numbers]:
        """Up to ``times`` runs: (runs done, outputs of the last, updated leaves after it)."""
        held = _doubles(numbers)
        function = self.run_times

        def portion(asked: int, room: int, stride: int) -> int:
            """Make ``asked`` runs."""
            return int(function(_address(held), room, asked, stride))

        runs, outputs = self._in_portions(times, keep, self.nests.work, portion)
        return runs, outputs, tuple(held[self.inputs : self.inputs + self.updated])

    def repeat_sums(
        self,
        other: NativeBackend,
        rows: memoryview,
        times: int,
        keep: Keep,
        state: Sequence[float],
        other_state: Sequence[float],
        shared: Sequence[tuple[int, int]],
    ) -> tuple[int, Numbers, Numbers]:
        """`repeat` with inputs that ``other`` sums over ``rows`` before each run; its leaves follow ours.

        shared  pairs (place among its leaves, place among ours) of those that both have
        """
        ours = _doubles((*[0.0] * self.inputs, *state))
        followed = list(other_state)
        for theirs, place in shared:
            followed[theirs] = state[place]
        theirs_held = _doubles((*[0.0] * other.inputs, *followed))
        source = array("q", [self.inputs + place for _, place in shared] or [0])
        target = array("q", [other.inputs + theirs for theirs, _ in shared] or [0])
        function = ctypes.CFUNCTYPE(*_DRIVE)(_driver().address("drive"))
        row_count = rows.nbytes // (8 * other.inputs)
        adding, updating = other.sum_machine.address("sum"), self.machine.address("repeat")

        with Pinned(rows) as rows_at:

            def portion(asked: int, room: int, stride: int) -> int:
                """Make ``asked`` runs, each after its sums."""
                arguments = (adding, updating, rows_at, row_count, _address(theirs_held), _address(ours), room)
                return int(function(*arguments, asked, stride, _address(source), _address(target), len(shared)))

            work = self.nests.work + row_count * other.nests.work
            runs, outputs = self._in_portions(times, keep, work, portion)
        return runs, outputs, tuple(ours[self.inputs : self.inputs + self.updated])

    def _in_portions(
        self, times: int, keep: Keep, work: int, portion: Callable[[int, int, int], int]
    ) -> tuple[int, Numbers]:
        """Make many runs, some at a time, so that Ctrl-C is heard; (runs done, outputs of the last)."""
        largest = max(1, SLICE // max(1, work))
        stride = self.count if keep else 0
        done = 0
        outputs: Numbers = ()
        while done < times:
            asked = min(largest, times - done, MOST_KEPT if keep else times)
            room = _doubles([0.0] * max(self.count, stride * asked))
            runs = portion(asked, _address(room), stride)
            if runs:
                start = stride * (runs - 1)
                outputs = tuple(room[start : start + self.count])
            if keep:
                for run in range(runs):
                    keep(tuple(room[stride * run : stride * (run + 1)]))
            done += runs
            if runs < asked:
                break
        return done, outputs


@functools.cache
def _driver() -> Machine:
    """The loop of `NativeBackend.repeat_sums`, the same for all programs."""
    return Machine(drive_module())


def _doubles(numbers: Sequence[float]) -> array[float]:
    """An array of at least one double."""
    return array("d", numbers or (0.0,))


def _address(numbers: array[Any]) -> int:
    """Where an array's numbers are."""
    return numbers.buffer_info()[0]


_Buffer = ctypes.c_void_p * 11
"""Python's own ``Py_buffer`` (https://docs.python.org/3/c-api/buffer.html), which begins with the address."""


class Pinned:
    """``with Pinned(buffer) as address``: a buffer, a read-only one too, that stays where it is meanwhile."""

    def __init__(self, view: memoryview) -> None:
        self.view = view
        self.buffer = _Buffer()

    def __enter__(self) -> int:
        ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(self.view), self.buffer, 0)
        return self.buffer[0] or 0

    def __exit__(self, *_exception: object) -> None:
        ctypes.pythonapi.PyBuffer_Release(self.buffer)
