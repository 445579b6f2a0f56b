"""A program's machine code, called from Python: arrays of numbers in, arrays of numbers out.

The numbers of inputs and leaves lie in one array, which the code reads and writes. A call costs about a microsecond,
most of it to move numbers between Values and the array: the functions that do so are written out for each program.
"""

from __future__ import annotations

import ctypes
import functools
import struct
import textwrap
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from engine.leaves import store_data
from engine.machine.code import Options
from engine.machine.compiler import Machine, exact_functions, missing_functions, vector_width
from engine.machine.loops import drive_module, repeat_module
from engine.machine.math import FAST
from engine.machine.rows import sum_module
from engine.machine.text import Lines
from engine.manners import real_number
from engine.programs.listing import Listing
from engine.programs.plan import Plan
from engine.programs.tape import Keep, Numbers
from engine.value import Value

SLICE = 50_000_000
"""How many instructions run between two looks at Ctrl-C: some hundredths of a second."""

LONGEST = 20_000
"""The number of instructions up to which LLVM takes its usual care, not the least."""

MOST_KEPT = 10_000
"""Of how many runs the outputs are kept before they are handed over."""

MOST_NAMED = 1_000
"""The number of leaves up to which the functions that move their numbers name each."""

_STEP = (ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
_SUM = (ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
_DRIVE = (ctypes.c_int64, *[ctypes.c_void_p] * 3, ctypes.c_int64, *[ctypes.c_void_p] * 3)
_DRIVE += (ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


def load_machine_code(plan: Plan, leaves: Sequence[Value], fast_math: bool) -> NativeBackend | None:
    """The machine code of a program; None if it calls a function that only Python computes."""
    return None if missing_functions(plan.listing.kinds) else NativeBackend(plan.listing, leaves, fast_math)


class NativeBackend:
    """A listing as machine code. Its functions are compiled when they are first needed, each once.

    It answers as `engine.programs.python_backend.PythonBackend` does; a run that it has not done may be a false alarm.
    """

    def __init__(self, listing: Listing, leaves: Sequence[Value], fast_math: bool) -> None:
        self.listing = listing
        self.leaves = leaves
        self.fast_math = fast_math
        self.inputs = len(listing.inputs)
        self.updated = len(listing.updates)
        self.count = len(listing.outputs)
        self.numbers = _doubles([0.0] * (self.inputs + len(leaves)))
        self.outputs = _doubles([0.0] * self.count)

    @functools.cached_property
    def options(self) -> Options:
        """How the listing is compiled."""
        kinds = self.listing.kinds
        vectors = tuple(name for name in FAST if name in kinds) if self.fast_math else exact_functions(kinds)
        return Options(vectors, self.fast_math, vector_width())

    @functools.cached_property
    def machine(self) -> Machine:
        """The compiled `repeat`, which is also a single run."""
        # Without arguments, on the program's own arrays: the quickest to call from Python.
        numbers, outputs = (f"ptr inttoptr (i64 {_address(held)} to ptr)" for held in (self.numbers, self.outputs))
        code = Lines(1)
        code.emit(f"call i64 @repeat({numbers}, {outputs}, i64 1, i64 0)", "runs")
        return Machine(self.source + code.define("i64 @run()", "i64 %runs"), self.level)

    @functools.cached_property
    def sum_machine(self) -> Machine:
        """The compiled `sum`."""
        return Machine(sum_module(self.listing, self.options), self.level)

    @property
    def level(self) -> int:
        """How much care LLVM takes."""
        return 2 if len(self.listing.instructions) <= LONGEST else 0

    @functools.cached_property
    def source(self) -> str:
        """The text of `repeat` in LLVM's language."""
        return repeat_module(self.listing, self.options)

    @functools.cached_property
    def call(self) -> Callable[[Sequence[float]], Numbers | None]:
        """``call(inputs)``: one run on the leaves, which get their next numbers: outputs; None if that failed."""
        return _written_call(self)

    @functools.cached_property
    def sum(self) -> Callable[[memoryview, memoryview | None], tuple[int, Numbers]]:
        """``sum(rows, out)``: (rows done: all or none, their outputs summed); () if ``out`` has the sums."""
        return _written_sum(self)

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

        runs, outputs = self._in_portions(times, keep, len(self.listing.instructions), portion)
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

            work = len(self.listing.instructions) + row_count * len(other.listing.instructions)
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


# --- Written-out functions --------------------------------------------------------------------------------------------


def _written_call(backend: NativeBackend) -> Callable[[Sequence[float]], Numbers | None]:
    """The function `NativeBackend.call`, written out for the program's leaves."""
    updated = backend.leaves[: backend.updated]
    for leaf in updated:
        leaf._b = True  # From now on its data may be another than a graph was made with.
    if len(updated) > MOST_NAMED:
        writing = "store(updated, unpack(numbers, offset))"
    else:
        named = "".join(f"leaf{index}._number, " for index in range(len(updated)))
        writing = f"{named}= unpack(numbers, offset)" if updated else "pass"
    text = f"""
def function(given):
    for number in given:
        if type(number) is not float:
            given = [real_number(number, "an input of a program") for number in given]
            break
    pack(numbers, 0, *given, {_reading(backend.leaves)})
    if run() != 1:
        return None
    {writing}
    return results(outputs)
"""
    names = {
        "run": ctypes.PYFUNCTYPE(ctypes.c_int64)(backend.machine.address("run")),
        "unpack": struct.Struct(f"{len(updated)}d").unpack_from,
        "offset": 8 * backend.inputs,
        "updated": updated,
        "store": store_data,
        "real_number": real_number,
    }
    function: Callable[[Sequence[float]], Numbers | None] = _built(backend, text, names)
    return function


def _written_sum(backend: NativeBackend) -> Callable[[memoryview, memoryview | None], tuple[int, Numbers]]:
    """The function `NativeBackend.sum`, written out for the program's leaves."""
    text = f"""
def function(rows, out):
    pack(numbers, 0, *blank, {_reading(backend.leaves)})
    count = rows.nbytes // width
    with Pinned(rows) as rows_at:
        if add_up(rows_at, count, numbers_at, totals_at):
            return 0, zeros
    if out is None:
        return count, results(outputs)
    out[:] = view
    return count, ()
"""
    names = {
        "add_up": ctypes.CFUNCTYPE(*_SUM)(backend.sum_machine.address("sum")),
        "numbers_at": ctypes.c_void_p(_address(backend.numbers)),
        "totals_at": ctypes.c_void_p(_address(backend.outputs)),
        "view": memoryview(backend.outputs)[: backend.count],
        "Pinned": Pinned,
        "width": 8 * backend.inputs,
        "blank": (0.0,) * backend.inputs,
        "zeros": (0.0,) * backend.count,
    }
    function: Callable[[memoryview, memoryview | None], tuple[int, Numbers]] = _built(backend, text, names)
    return function


def _reading(leaves: Sequence[Value]) -> str:
    """The arguments that hand the numbers of the leaves to ``pack``."""
    few = len(leaves) <= MOST_NAMED
    return ", ".join(f"leaf{i}._number" for i in range(len(leaves))) if few else "*[leaf._number for leaf in leaves]"


def _built(backend: NativeBackend, text: str, names: dict[str, Any]) -> Any:
    """The function of this text; as parameters of a function around it, the names are quick to find."""
    names |= {"numbers": backend.numbers, "outputs": backend.outputs, "leaves": backend.leaves}
    names["pack"] = struct.Struct(f"{backend.inputs + len(backend.leaves)}d").pack_into
    names["results"] = struct.Struct(f"{backend.count}d").unpack_from
    names |= {f"leaf{index}": leaf for index, leaf in enumerate(backend.leaves[:MOST_NAMED])}
    made: dict[str, Any] = {}
    exec(f"def build({', '.join(names)}):\n{textwrap.indent(text, '    ')}    return function\n", {}, made)
    return made["build"](**names)
