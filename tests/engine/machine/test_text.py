"""Loops and branches in LLVM's language: what they compute, and how they read."""

import ctypes
import inspect
from array import array

import pytest
from support.program_checks import needs

from engine.machine import numbers, text
from engine.machine.numbers import Number, where
from engine.machine.text import Lines

needs("llvm")

from engine.machine.compiler import Machine  # noqa: E402 - needs llvmlite


def compiled(code, name, result, *arguments):
    """A function of these lines as one of Python."""
    machine = Machine(code)
    function = ctypes.CFUNCTYPE(result, *arguments)(machine.address(name))
    function.machine = machine  # Its code lasts as long as the machine.
    return function


def total(code):
    """The example of the module's docstring."""
    with code.loop("i", "%count", sum=("double", "0.0")) as becomes:
        becomes["sum"] = code.add("%sum", code.load("%numbers", "%i"))
    return code.define("double @total(ptr %numbers, i64 %count)", "double %sum")


def documented(module):
    """A module's docstring, its examples moved to the margin."""
    return inspect.cleandoc(module.__doc__).replace("\n    ", "\n")


def test_the_examples_read_as_documented():
    assert total(Lines(1)).strip() in documented(text)
    code = Lines(1)
    x = Number(code, "%x")
    where(x < 0.0, -x, x * x + 1.0)
    assert "\n".join(code.lines).replace("\n  ", "\n").strip() in documented(numbers)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_loop_carries_a_number_and_may_run_no_times(count):
    function = compiled(total(Lines(1)), "total", ctypes.c_double, ctypes.c_void_p, ctypes.c_int64)
    numbers = array("d", [1.0, 2.0, 4.0, 8.0, 16.0])
    assert function(numbers.buffer_info()[0], count) == sum(numbers[:count])


@pytest.mark.parametrize(("most", "expected"), [(0, 0), (7, 6), (10, 10), (11, 10), (1_000, 55)])
def test_a_loop_that_is_left_keeps_what_it_had(most, expected):
    """1 + 2 + 3 + … up to 10, as long as the sum stays below ``most``."""
    code = Lines(1)
    with code.loop("i", "10", sum=("i64", "0")) as becomes:
        one = code.emit("add i64 %i, 1")
        more = code.emit(f"add i64 %sum, {one}")
        code.leave_if(code.emit(f"icmp ugt i64 {more}, %most"), "i")
        becomes["sum"] = more
    function = compiled(code.define("i64 @f(i64 %most)", "i64 %sum"), "f", ctypes.c_int64, ctypes.c_int64)
    assert function(most) == expected


def test_loops_and_branches_stand_in_one_another():
    """How many pairs i, j below ``count`` have i < j; and the last such i."""
    code = Lines(1)
    with code.loop("i", "%count", found=("i64", "0"), last=("i64", "-1")) as outside:
        with code.loop("j", "%count", inner=("i64", "%found"), place=("i64", "%last")) as inside:
            less = code.emit("icmp ult i64 %i, %j")
            with code.when("less", less, kept=("i64", "%inner"), at=("i64", "%place")) as becomes:
                becomes |= {"kept": code.emit("add i64 %inner, 1"), "at": "%i"}
            inside |= {"inner": "%kept", "place": "%at"}
        outside |= {"found": "%inner", "last": "%place"}
    result = code.emit("add i64 %found, %last")
    function = compiled(code.define("i64 @pairs(i64 %count)", f"i64 {result}"), "pairs", ctypes.c_int64, ctypes.c_int64)
    assert [function(count) for count in range(6)] == [-1, -1, 1 + 0, 3 + 1, 6 + 2, 10 + 3]
