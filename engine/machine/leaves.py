"""Leaves in LLVM's language: machine code reads their numbers and stores new ones, with no step of Python between.

The number of a Value is an object, as everything in Python is: the Value holds its address, in a *slot*. To read a leaf
is to follow two addresses. To store a number is to make an object, and to exchange its address for that in the slot:
that cannot fail, so nothing is changed until all objects are made. What concerns the objects themselves is left to
Python's own functions (https://docs.python.org/3/c-api/float.html). In Python, a leaf would take three times as long.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Sequence
from typing import Any

from engine.machine.text import Lines
from engine.value import Value


def slots_of(leaves: Sequence[Value]) -> array[int]:
    """The addresses of the slots in which these leaves hold their numbers."""
    probe, size = Value(0.5), ctypes.sizeof(ctypes.c_void_p)
    words = (ctypes.c_size_t * (Value.__basicsize__ // size)).from_address(id(probe))
    place = size * list(words).index(id(probe._number))
    return array("Q", [id(leaf) + place for leaf in leaves] or [0])


def reading(slots: int, numbers: int, count: int) -> str:
    """``void read()``: put the numbers of ``count`` leaves into an array; the addresses of it and of their slots."""
    code = Lines(1)
    with code.loop("i", str(count)):
        number = code.load(code.load(_pointer(slots), "%i", "ptr"), 0, "ptr")
        code.store(code.emit(f"call double {_function('PyFloat_AsDouble')}(ptr {number})"), _pointer(numbers), "%i")
    return code.define("void @read()")


def storing(slots: int, numbers: int, room: int, count: int) -> str:
    """``void store()``: give ``count`` leaves the numbers in an array.

    room  an array of as many addresses: of the new objects, then of the old ones; or still of the new ones, if there is
          no memory for all. Those that are left there are given up
    """
    code = Lines(1)
    places, held, objects = map(_pointer, (slots, numbers, room))
    with code.loop("made", str(count)):
        new = code.emit(f"call ptr {_function('PyFloat_FromDouble')}(double {code.load(held, '%made')})")
        code.leave_if(code.emit(f"icmp eq ptr {new}, null"), "made")
        code.store(new, objects, "%made", "ptr")
    with code.when("all", code.emit(f"icmp eq i64 %made, {count}")), code.loop("i", str(count)):
        slot = code.load(places, "%i", "ptr")
        old = code.load(slot, 0, "ptr")
        code.store(code.load(objects, "%i", "ptr"), slot, 0, "ptr")
        code.store(old, objects, "%i", "ptr")
    with code.loop("left", "%made"):
        code.do(f"call void {_function('Py_DecRef')}(ptr {code.load(objects, '%left', 'ptr')})")
    return code.define("void @store()")


def calling(numbers: int, outputs: int) -> str:
    """``i64 call()``: read the leaves, run once, and store what they become; 0, and no leaf is changed, if it fails.

    ``i64 call_again()`` does not read them: their numbers are there from the call before.
    """
    code = Lines(1)
    runs = code.emit(f"call i64 @repeat(ptr {_pointer(numbers)}, ptr {_pointer(outputs)}, i64 1, i64 0)")
    with code.when("done", code.emit(f"icmp eq i64 {runs}, 1")):
        code.do("call void @store()")
    again = code.define("i64 @call_again()", f"i64 {runs}")
    code = Lines(1)
    code.do("call void @read()")
    return again + code.define("i64 @call()", f"i64 {code.emit('call i64 @call_again()')}")


def _pointer(address: int) -> str:
    """An address as LLVM reads it."""
    return f"inttoptr (i64 {address} to ptr)"


def _function(name: str) -> str:
    """A function of Python's C interface."""
    function: Any = getattr(ctypes.pythonapi, name)
    return _pointer(ctypes.cast(function, ctypes.c_void_p).value or 0)
