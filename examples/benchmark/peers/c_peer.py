"""The problems in C, which the machine's own C compiler translates into a temporary directory."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from ctypes import CDLL, POINTER, Array, Structure, byref, c_double, c_long
from functools import cache
from pathlib import Path

from examples.benchmark.problems import Network, Solution

COMPILER = shutil.which("gcc") or shutil.which("cc")
BLOCK = 20
"""The number of rows is rounded up to a multiple of this, as in kernels.c."""


class XorSamples(Structure):
    """The four samples of XOR, as kernels.c has them."""

    _fields_ = [("rate", c_double), ("x0", c_double * 4), ("x1", c_double * 4), ("target", c_double * 4)]


class DemoSamples(Structure):
    """The samples of the demo and what is the same in every step, as kernels.c has them."""

    _fields_ = [
        ("rows", c_long),
        *((name, c_double) for name in ("mean", "rate", "penalty")),
        *((name, POINTER(c_double)) for name in ("x0", "x1", "target")),
    ]


def solve(problem: Network, fast: bool = False) -> Solution | None:
    """Solve XOR and the demo; None for others, and where there is no C compiler.

    ``fast`` lets the compiler reorder sums and take several exponentials at once.
    """
    name = {((2, 2, 1), "sigmoid"): "xor", ((2, 16, 16, 1), "relu"): "demo"}.get((problem.sizes, problem.hidden))
    if COMPILER is None or name is None:
        return None
    library, seconds = compiled(fast)
    write_gradient, advance = library[f"{name}_gradient"], library[f"{name}_advance"]
    samples, state = samples_of(problem), parameters(problem)

    def gradient() -> list[float]:
        start = parameters(problem)
        slopes = type(start)()
        write_gradient(byref(samples), start, slopes)
        return list(slopes)

    return Solution(gradient, lambda count: advance(c_long(count), byref(samples), state), seconds)


def samples_of(problem: Network) -> Structure:
    """Copy the samples; in the demo add rows whose target of 0 makes them count for nothing."""
    rows = len(problem.targets)
    xor = problem.hidden == "sigmoid"
    padded = rows if xor else -(-rows // BLOCK) * BLOCK
    columns = [
        (c_double * padded)(*column)
        for samples in (problem.inputs, problem.targets)
        for column in zip(*samples, strict=True)
    ]
    if xor:
        return XorSamples(problem.rate, *columns)
    return DemoSamples(padded, 1.0 / rows, problem.rate, problem.penalty, *columns)


def parameters(problem: Network) -> Array[c_double]:
    """Copy the parameters of the problem into a flat array."""
    numbers = problem.parameters()
    return (c_double * len(numbers))(*numbers)


@cache
def compiled(fast: bool) -> tuple[CDLL, float]:
    """Compile kernels.c, load it, and say how many seconds that took.

    Compiling and linking are two commands because linking under -ffast-math would have the library change, as it is
    loaded, how the whole process rounds numbers near zero.
    """
    begin = time.perf_counter()
    flags = ["-O3", "-march=native", "-fPIC", *(["-ffast-math"] if fast else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, part, whole = Path(__file__).with_name("kernels.c"), folder / "kernels.o", folder / "kernels.so"
        subprocess.run([str(COMPILER), *flags, "-c", str(source), "-o", str(part)], check=True)
        subprocess.run([str(COMPILER), "-shared", str(part), "-o", str(whole), "-lm"], check=True)
        library = CDLL(str(whole))  # which stays in memory when the file is gone
    return library, time.perf_counter() - begin
