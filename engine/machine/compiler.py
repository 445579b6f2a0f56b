"""Compiling LLVM's language to this processor's: the one file that imports llvmlite."""

from __future__ import annotations

import array
import ctypes
import ctypes.util
import functools
import random
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.formulas import MATH
from engine.machine.math import EXACT, exp_table, functions
from engine.machine.text import Lines, cut, module
from engine.programs.kinds import KINDS, LIBRARY

try:
    import llvmlite.binding as llvm
except ImportError as error:
    raise ModuleNotFoundError(
        "backend='llvm' needs llvmlite: python -m pip install llvmlite", name="llvmlite"
    ) from error

LONGEST_TEXT = 60_000
"""About how many letters are compiled at a time: some hundredths of a second."""

CARE = 2
"""How much care LLVM takes with the choice of instructions: 0 to 3."""

PATIENCE = 0.1
"""For how many seconds the wait for LLVM may be deaf, where the system lets no signal end it."""


class Machine:
    """A module, compiled, without LLVM's passes: they took two thirds of the time and made no program faster.

    text  the module in LLVM's language: functions stand after those that they call

    Ctrl-C is answered at once: a long text is compiled in pieces, and in a thread of its own.
    """

    def __init__(self, text: str) -> None:
        self._modules: list[Any] = []
        self._engine: Any = None
        _in_steps(self._compile(text))

    def _compile(self, text: str) -> Iterator[None]:
        """Compile piece after piece."""
        self._target = _target()
        for name, operands in re.findall(r'declare double @"math\.(\w+)\.(\d+)"', text):
            llvm.add_symbol(f"math.{name}.{operands}", ctypes.cast(getattr(_library(), name), ctypes.c_void_p).value)
        for piece in cut(text, LONGEST_TEXT):
            parsed = llvm.parse_assembly(piece)
            parsed.triple = self._target.triple
            parsed.data_layout = str(self._target.target_data)
            self._modules.append(parsed)
            if self._engine is None:
                self._engine = llvm.create_mcjit_compiler(parsed, self._target)
            else:
                self._engine.add_module(parsed)
            self._engine.finalize_object()
            yield

    def address(self, name: str) -> int:
        """The address of a function."""
        return int(self._engine.get_function_address(name))

    @property
    def assembly(self) -> str:
        """The processor's instructions as text."""
        return _emitted(self._target, self._modules)


def assembly_of(text: str) -> str:
    """The processor's instructions for a module that is not called."""
    target = _target()
    parsed = llvm.parse_assembly(text)
    parsed.triple, parsed.data_layout = target.triple, str(target.target_data)
    return _emitted(target, [parsed])


def _emitted(target: Any, modules: Sequence[Any]) -> str:
    """The processor's instructions for these modules."""
    texts: list[str] = []

    def emit() -> Iterator[None]:
        """Take one module after the other."""
        for part in modules:
            texts.append(str(target.emit_assembly(part)))
            yield

    _in_steps(emit())
    return "\n".join(texts)


def _in_steps(steps: Iterator[None]) -> None:
    """Take some steps, each a call of LLVM, in a thread, which stops after the running one if Ctrl-C ends the wait.

    Python raises KeyboardInterrupt in the main thread only: never in the midst of such a call, whose result would be
    lost and whose lock might stay closed.
    """
    waiting = True
    failures: list[BaseException] = []

    def take() -> None:
        """Take the steps while somebody waits for them."""
        try:
            for _ in steps:
                if not waiting:
                    return
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=take, name="llvm")
    try:
        thread.start()
        while thread.is_alive():
            thread.join(PATIENCE)
    finally:
        waiting = False
    if failures:
        raise failures[0]


def _target() -> Any:
    """The processor at hand, as LLVM sees it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=cpu, features=features, opt=CARE, jit=True)


@functools.cache
def vector_width() -> int:
    """How many doubles to compute at once: as many as fit into a register of this processor, at least 4."""
    return 8 if llvm.get_host_cpu_features().get("avx512f") else 4


@functools.cache
def _library() -> ctypes.CDLL:
    """The C library's mathematical functions, which Python itself is linked with."""
    return ctypes.CDLL(ctypes.util.find_library("m"))


def missing_functions(kinds: Iterable[str]) -> list[str]:
    """The kinds of instructions that are Python's own: machine code has nothing to call for them."""
    rows = [KINDS[kind] for kind in kinds if kind in KINDS]
    absent = [row for row in rows if row.llvm == LIBRARY and not hasattr(_library(), row.name)]
    return sorted(row.name for row in rows if not row.llvm or row in absent)


def exact_functions(wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the functions ``wanted`` that `engine.machine.math` computes with the bits of Python's `math`."""
    return tuple(name for name in EXACT if name in wanted and _is_exact(name))


@functools.cache
def _is_exact(name: str) -> bool:
    """Whether the function gives the same bits as `math` for thousands of numbers of all sizes."""
    draw = random.Random(name)
    reach = (1e-300, 1e-17, 1e-9, 1e-3, 0.1, 0.35, 0.5, 1.04, 2.0, 8.0, 22.0, 40.0, 300.0, 600.0)
    numbers = [draw.uniform(-bound, bound) for bound in reach for _ in range(300)] + [0.0, -0.0, 1.0, -1.0]
    given = array.array("d", numbers)
    return mapped(name, given, fast=False).tobytes() == array.array("d", map(MATH[name], given)).tobytes()


def mapped(name: str, numbers: array.array[float], fast: bool) -> array.array[float]:
    """What a function of `engine.machine.math` gives for many numbers, four at a time."""
    vector = "<4 x double>"
    code = Lines(4)
    with code.loop("i", "%count"):
        x = code.emit(f"load {vector}, ptr {code.at('%from', '%i', vector)}, align 8")
        y = code.call(f"{name}.v4", [x], vector)
        code.do(f"store {vector} {y}, ptr {code.at('%to', '%i', vector)}, align 8")
    loop = code.define("void @map(ptr %from, ptr %to, i64 %count)")
    machine = Machine(module(exp_table(), functions([name], 4, fast), loop))
    padded = numbers + array.array("d", [0.0] * (-len(numbers) % 4))
    results = array.array("d", bytes(8 * len(padded)))
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    kind(machine.address("map"))(padded.buffer_info()[0], results.buffer_info()[0], len(padded) // 4)
    return results[: len(numbers)]
