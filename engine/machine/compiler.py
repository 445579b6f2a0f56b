"""Compiling LLVM's language to this processor's: the one file that imports llvmlite."""

from __future__ import annotations

import array
import ctypes
import ctypes.util
import functools
import math
import random
import re
from collections.abc import Iterable
from typing import Any

from engine.formulas import MATH
from engine.machine.math import EXACT, exp_table, functions
from engine.machine.text import Lines

try:
    import llvmlite.binding as llvm
except ImportError as error:
    raise ModuleNotFoundError(
        "backend='llvm' compiles with llvmlite, which is missing: python -m pip install llvmlite", name="llvmlite"
    ) from error

_LIBRARY = (
    "acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erfc exp exp2 expm1 fmod log log1p log2 log10 pow "
    "sin sinh tan tanh"
)
"""The functions for which Python's `math` calls the C library and changes nothing about a finite result."""


class Machine:
    """A module, compiled.

    LLVM's own passes are left out. `engine.programs.passes` has been there before, and what they still find made no
    program of the benchmark faster, while it took two thirds of the time to compile. Choosing instructions, registers
    and their order is what LLVM is needed for.

    text   what it says, in LLVM's language
    level  how much care LLVM takes with that: 0 to 3
    """

    def __init__(self, text: str, level: int = 2) -> None:
        for name, operands in set(re.findall(r'declare double @"math\.(\w+)\.(\d+)"', text)):
            llvm.add_symbol(f"math.{name}.{operands}", ctypes.cast(getattr(_library(), name), ctypes.c_void_p).value)
        target = _target(level)
        module = llvm.parse_assembly(text)
        module.triple = target.triple
        module.data_layout = str(target.target_data)
        self._module, self._target = module, target
        self._engine = llvm.create_mcjit_compiler(module, target)
        self._engine.finalize_object()
        self._places: dict[str, int] = {}

    def address(self, name: str) -> int:
        """Where a function is."""
        if name not in self._places:
            self._places[name] = self._engine.get_function_address(name)
        return self._places[name]

    @property
    def assembly(self) -> str:
        """The instructions of the processor, as its assembler writes them."""
        return str(self._target.emit_assembly(self._module))


def _target(level: int) -> Any:
    """The processor at hand, as LLVM sees it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=cpu, features=features, opt=level, jit=True)


def vector_width() -> int:
    """How many doubles fit into a register of this processor, from 4 up."""
    return 8 if llvm.get_host_cpu_features().get("avx512f") else 4


@functools.cache
def _library() -> ctypes.CDLL:
    """The C library's mathematical functions: those that Python itself is linked with."""
    return ctypes.CDLL(ctypes.util.find_library("m"))


def missing_functions(operations: Iterable[str]) -> list[str]:
    """The functions of `math` among ``operations`` that Python computes itself: machine code has nothing to call."""
    there = _LIBRARY.split()
    needed = {name for name in operations if name in MATH and name not in ("fabs", "sqrt", "copysign")}
    return sorted(name for name in needed if name not in there or not hasattr(_library(), name))


def exact_functions(wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the functions ``wanted`` that `engine.machine.math` has with the bits of this machine's `math`."""
    return tuple(name for name in EXACT if name in wanted and _is_exact(name))


@functools.cache
def _is_exact(name: str) -> bool:
    """Whether the function gives the same bits as `math` in thousands of places, of all sizes."""
    draw = random.Random(name)
    reach = (1e-300, 1e-17, 1e-9, 1e-3, 0.1, 0.35, 0.5, 1.04, 2.0, 8.0, 22.0, 40.0, 300.0, 600.0)
    numbers = [draw.uniform(-bound, bound) for bound in reach for _ in range(300)] + [0.0, -0.0, 1.0, -1.0]
    given = array.array("d", numbers)
    found = mapped(name, given, fast=False)
    function = MATH[name]
    return all(_same(function(x), y) for x, y in zip(given, found, strict=True))


def _same(x: float, y: float) -> bool:
    """Whether two numbers have the same bits."""
    return x == y and math.copysign(1.0, x) == math.copysign(1.0, y)


def mapped(name: str, numbers: array.array[float], fast: bool) -> array.array[float]:
    """What a function of `engine.machine.math` gives for many numbers, four at a time."""
    vector = "<4 x double>"
    called: set[str] = set()
    definition = functions([name], 4, fast, called)
    code = Lines(4)
    with code.loop("i", "%count"):
        x = code.emit(f"load {vector}, ptr {code.at('%from', '%i', vector)}, align 8")
        y = code.emit(f"call {vector} @{name}.v4({vector} {x})")
        code.lines.append(f"  store {vector} {y}, ptr {code.at('%to', '%i', vector)}, align 8")
    loop = code.define("void @map(ptr %from, ptr %to, i64 %count)")
    machine = Machine("\n".join([*sorted(called), exp_table(), definition, loop]))
    padded = numbers + array.array("d", [0.0] * (-len(numbers) % 4))
    results = array.array("d", bytes(8 * len(padded)))
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    kind(machine.address("map"))(padded.buffer_info()[0], results.buffer_info()[0], len(padded) // 4)
    return results[: len(numbers)]
