"""What the tests of programs share: programs on both backends, beside the eager engine."""

import math

import pytest

from engine import Program

BACKENDS = ["python", "llvm"]


def bits(number):
    """A float by which 0.0 and -0.0 differ and NaN equals NaN."""
    return "nan" if math.isnan(number) else (number, math.copysign(1.0, number))


def same_bits(first, second):
    """Whether two sequences hold the same floats, to the last bit."""
    return [*map(bits, first)] == [*map(bits, second)]


def needs(backend):
    """Skip where the backend cannot run."""
    if backend == "llvm":
        pytest.importorskip("llvmlite", reason="machine code needs llvmlite, the extra native")


def program(backend, inputs=(), outputs=(), updates=(), **options):
    """A program, or a skipped test."""
    needs(backend)
    return Program(inputs, outputs, updates, backend, **options)


each_backend = pytest.mark.parametrize("backend", BACKENDS)
