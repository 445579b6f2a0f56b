"""Leaves that machine code reads and stores: their bits, the objects that hold them, and memory that runs out."""

import ctypes
import sys
from array import array

import pytest
from support.program_checks import SPECIAL, needs, same_bits

from engine import Program, Value
from engine.machine import leaves as moving

needs("llvm")

from engine.machine.compiler import Machine  # noqa: E402 - needs llvmlite


class Named(Value):
    """A Value with room for attributes."""


def rotation(numbers):
    """Leaves of either class, and a program by which each takes the number of the next."""
    leaves = [(Named if index % 3 else Value)(number) for index, number in enumerate(numbers)]
    return leaves, Program(updates=zip(leaves, [*leaves[1:], leaves[0]], strict=True), backend="llvm")


def data_of(leaves):
    return [leaf.data for leaf in leaves]


def test_every_bit_is_read_and_stored_whatever_the_user_put_there():
    leaves, rotate = rotation(SPECIAL)
    rotate()
    assert same_bits(data_of(leaves), [*SPECIAL[1:], SPECIAL[0]])
    for leaf, number in zip(leaves, SPECIAL, strict=True):
        leaf.data = number
    rotate()
    assert same_bits(data_of(leaves), [*SPECIAL[1:], SPECIAL[0]])
    assert {type(number) for number in data_of(leaves)} == {float}


def test_a_number_that_somebody_else_holds_stays_what_it_is():
    number = float("0.1")
    held = [number] * 3
    leaves, rotate = rotation([number, number, 0.25])
    before = sys.getrefcount(number)
    rotate()
    assert sys.getrefcount(number) == before - 2, "two leaves have let go of it"
    assert held == [0.1] * 3
    assert data_of(leaves) == [0.1, 0.25, 0.1]


def test_a_run_that_fails_touches_no_leaf():
    x, w = Value(1.0, "x"), Value(0.5, "w")
    step = Program([x], [1.0 / x], [(w, w + 1.0)], backend="llvm")
    held = w.data
    with pytest.raises(ZeroDivisionError):
        step(0.0)
    assert w.data is held


def test_calls_leave_no_objects_behind():
    _, rotate = rotation([float(index) for index in range(1_000)])
    rotate()
    before = sys.getallocatedblocks()
    for _ in range(50):
        rotate()
    assert sys.getallocatedblocks() - before < 500


@pytest.mark.parametrize("most", [0, 2, 3])
def test_where_memory_runs_out_no_leaf_is_changed_and_what_was_made_is_given_up(most, monkeypatch):
    made = []

    @ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_double)
    def make(number):
        """Python's function, but for a limit."""
        if len(made) == most:
            return None
        made.append(number)
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(number))
        return id(number)

    find = moving._function
    monkeypatch.setattr(
        moving,
        "_function",
        lambda name: moving._pointer(ctypes.cast(make, ctypes.c_void_p).value) if "From" in name else find(name),
    )
    leaves = [Value(1.0), Value(2.0), Value(3.0)]
    slots, numbers, room = moving.slots_of(leaves), array("d", [10.5, 20.5, 30.5]), array("Q", [0, 0, 0])
    addresses = (held.buffer_info()[0] for held in (slots, numbers, room))
    machine = Machine(moving.storing(*addresses, 3))
    ctypes.PYFUNCTYPE(None)(machine.address("store"))()
    changed = most == 3
    assert data_of(leaves) == ([10.5, 20.5, 30.5] if changed else [1.0, 2.0, 3.0])
    del leaves
    others = [float(index) for index in range(most)]
    assert [sys.getrefcount(number) for number in made] == [sys.getrefcount(number) for number in others]
