"""Writing functions in LLVM's language, for single numbers or for vectors of them.

A line has one instruction, and its result a name that nothing else has. A label begins a *block*, lines that always run
together; a branch ends it. So the same name cannot become another number in each round of a loop: a `phi` at the top of
the loop takes the number from the block that control comes from. `Lines.loop` and `Lines.when` write labels, branches
and `phi`s. This adds up the first ``%count`` numbers of an array:

    code = Lines(1)
    with code.loop("i", "%count", sum=("double", "0.0")) as loop:
        loop.next["sum"] = code.add("%sum", code.load("%numbers", "%i"))
    print(code.define("double @total(ptr %numbers, i64 %count)", "double %sum"))

    define double @total(ptr %numbers, i64 %count) {
    entry:
      br label %i.loop
    i.loop:
      %i = phi i64 [ 0, %entry ], [ %i.next, %i.body ]
      %sum = phi double [ 0.0, %entry ], [ %t3, %i.body ]
      %i.more = icmp ult i64 %i, %count
      br i1 %i.more, label %i.body, label %i.end
    i.body:
      %t1 = getelementptr double, ptr %numbers, i64 %i
      %t2 = load double, ptr %t1
      %t3 = fadd double %sum, %t2
      %i.next = add i64 %i, 1
      br label %i.loop
    i.end:
      ret double %sum
    }
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager


def literal(number: float) -> str:
    """A number as LLVM reads it without losing a bit: the sixteen digits of its bits."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', number))[0]:016X}"


class Lines:
    """The lines of a function, and the declarations of what they call.

    lanes  how many numbers an operation takes at once; 1 for plain doubles
    flags  the freedom that LLVM has to change last digits; none by default
    """

    def __init__(self, lanes: int, flags: str = "") -> None:
        self.lanes = lanes
        self.flags = flags
        self.type = "double" if lanes == 1 else f"<{lanes} x double>"
        self.truth = "i1" if lanes == 1 else f"<{lanes} x i1>"
        self.integers = "i64" if lanes == 1 else f"<{lanes} x i64>"
        self.suffix = "f64" if lanes == 1 else f"v{lanes}f64"
        self.lines: list[str] = []
        self.called: set[str] = set()
        self.results = 0
        self.label = "entry"

    def emit(self, text: str, name: str = "") -> str:
        """Add a line; the name of its result, a new one unless given."""
        if not name:
            self.results += 1
            name = f"t{self.results}"
        self.lines.append(f"  %{name} = {text}")
        return f"%{name}"

    def text(self) -> str:
        """The lines so far."""
        return "\n".join(self.lines)

    def define(self, head: str, result: str = "void") -> str:
        """The function of these lines. ``head`` is its type, name and parameters; ``result`` is what it returns."""
        return f"define {head} {{\nentry:\n{self.text()}\n  ret {result}\n}}\n"

    # --- Branches and loops -------------------------------------------------------------------------------------------

    def begin(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.label = label

    def branch(self, condition: str, yes: str, no: str) -> None:
        """End a block: go on at the label ``yes`` if the condition holds, else at ``no``."""
        self.lines.append(f"  br i1 {condition}, label %{yes}, label %{no}")

    def jump(self, label: str) -> None:
        """End a block: go on at a label."""
        self.lines.append(f"  br label %{label}")

    def phi(self, name: str, kind: str, sources: dict[str, str]) -> str:
        """The line that makes ``%name`` the number that belongs to the label control comes from."""
        return f"  %{name} = phi {kind} {', '.join(f'[ {number}, %{label} ]' for label, number in sources.items())}"

    @contextmanager
    def loop(self, name: str, times: str, **carried: tuple[str, str]) -> Iterator[Carried]:
        """``for name in range(times)`` around the lines of a ``with`` block; ``%name`` counts.

        carried  name=(type, start): numbers that a round hands to the next by ``loop.next[name]``; after the loop the
                 names hold what the last complete round has handed on
        """
        before = self.label
        self.jump(f"{name}.loop")
        self.begin(f"{name}.loop")
        top = len(self.lines)
        self.branch(self.emit(f"icmp ult i64 %{name}, {times}", f"{name}.more"), f"{name}.body", f"{name}.end")
        self.begin(f"{name}.body")
        loop = Carried(self, name)
        yield loop
        loop.next[name] = self.emit(f"add i64 %{name}, 1", f"{name}.next")
        self.lines[top:top] = [
            self.phi(each, kind, {before: start, self.label: loop.next[each]})
            for each, (kind, start) in {name: ("i64", "0"), **carried}.items()
        ]
        self.jump(f"{name}.loop")
        self.begin(f"{name}.end")

    @contextmanager
    def when(self, name: str, condition: str, **carried: tuple[str, str]) -> Iterator[Carried]:
        """``if condition`` around the lines of a ``with`` block.

        carried  name=(type, otherwise): numbers that the lines may replace by ``when.next[name]``
        """
        before = self.label
        self.branch(condition, f"{name}.then", f"{name}.end")
        self.begin(f"{name}.then")
        then = Carried(self, name)
        yield then
        sources = {each: {before: other, self.label: then.next[each]} for each, (_, other) in carried.items()}
        self.jump(f"{name}.end")
        self.begin(f"{name}.end")
        self.lines += [self.phi(each, kind, sources[each]) for each, (kind, _) in carried.items()]

    # --- Numbers ------------------------------------------------------------------------------------------------------

    def everywhere(self, kind: str, one: str) -> str:
        """A literal in every lane."""
        return one if self.lanes == 1 else f"<{', '.join([f'{kind} {one}'] * self.lanes)}>"

    def constant(self, number: float) -> str:
        """A number, or a truth, in every lane."""
        if isinstance(number, bool):
            return self.everywhere("i1", str(number).lower())
        return self.everywhere("double", literal(number))

    def spread(self, scalar: str) -> str:
        """One computed number in every lane."""
        if self.lanes == 1:
            return scalar
        first = self.emit(f"insertelement {self.type} poison, double {scalar}, i32 0")
        return self.emit(f"shufflevector {self.type} {first}, {self.type} poison, <{self.lanes} x i32> zeroinitializer")

    def gather(self, scalars: list[str]) -> str:
        """A vector of these numbers."""
        vector = "poison"
        for lane, scalar in enumerate(scalars):
            vector = self.emit(f"insertelement {self.type} {vector}, double {scalar}, i32 {lane}")
        return vector

    def lane(self, vector: str, index: int) -> str:
        """One number of a vector."""
        return self.emit(f"extractelement {self.type} {vector}, i32 {index}")

    # --- Arithmetic ---------------------------------------------------------------------------------------------------

    def binary(self, name: str, x: str, y: str) -> str:
        """``fadd``, ``fsub``, ``fmul`` or ``fdiv``."""
        return self.emit(f"{name} {self.flags}{self.type} {x}, {y}")

    def add(self, x: str, y: str) -> str:
        """x + y."""
        return self.binary("fadd", x, y)

    def mul(self, x: str, y: str) -> str:
        """x * y."""
        return self.binary("fmul", x, y)

    def neg(self, x: str) -> str:
        """-x."""
        return self.emit(f"fneg {self.flags}{self.type} {x}")

    def abs(self, x: str) -> str:
        """|x|."""
        return self.intrinsic("fabs", [x])

    def select(self, condition: str, yes: str, no: str) -> str:
        """``yes`` where the condition holds, else ``no``."""
        return self.emit(f"select {self.truth} {condition}, {self.type} {yes}, {self.type} {no}")

    def intrinsic(self, name: str, operands: list[str]) -> str:
        """Call a function that LLVM has an instruction for."""
        self.called.add(f"declare {self.type} @llvm.{name}.{self.suffix}({', '.join([self.type] * len(operands))})")
        typed = ", ".join(f"{self.type} {operand}" for operand in operands)
        return self.emit(f"call {self.type} @llvm.{name}.{self.suffix}({typed})")

    def any(self, truth: str) -> str:
        """Whether a condition holds in any lane."""
        if self.lanes == 1:
            return truth
        self.called.add(f"declare i1 @llvm.vector.reduce.or.v{self.lanes}i1({self.truth})")
        return self.emit(f"call i1 @llvm.vector.reduce.or.v{self.lanes}i1({self.truth} {truth})")

    def call_library(self, name: str, operands: list[str]) -> str:
        """Call a function of `math` on plain doubles."""
        function = f'@"math.{name}.{len(operands)}"'
        parameters = ", ".join(["double"] * len(operands))
        self.called.add(f"declare double {function}({parameters}) memory(none) nounwind willreturn")
        return self.emit(f"call double {function}({', '.join(f'double {operand}' for operand in operands)})")

    def each_lane(self, name: str, operands: list[str]) -> str:
        """Call a function of `math` for one lane after the other."""
        if self.lanes == 1:
            return self.call_library(name, operands)
        lanes = [[self.lane(operand, index) for operand in operands] for index in range(self.lanes)]
        return self.gather([self.call_library(name, taken) for taken in lanes])

    # --- Memory -------------------------------------------------------------------------------------------------------

    def at(self, array: str, index: int | str, kind: str = "double", name: str = "") -> str:
        """The address of an entry of an array."""
        return self.emit(f"getelementptr {kind}, ptr {array}, i64 {index}", name)

    def load(self, array: str, index: int | str, kind: str = "double", name: str = "") -> str:
        """An entry of an array."""
        return self.emit(f"load {kind}, ptr {self.at(array, index, kind)}", name)

    def store(self, number: str, array: str, index: int | str, kind: str = "double") -> None:
        """Store an entry of an array."""
        self.lines.append(f"  store {kind} {number}, ptr {self.at(array, index, kind)}")

    def copy(self, source: str, target: str, size: int) -> None:
        """Copy bytes from one address to another."""
        self.called.add("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
        self.lines.append(f"  call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {size}, i1 false)")

    def clear(self, array: str, size: int) -> None:
        """Fill bytes with zeros."""
        self.called.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
        self.lines.append(f"  call void @llvm.memset.p0.i64(ptr {array}, i8 0, i64 {size}, i1 false)")


class Carried:
    """The inside of a loop or a branch: ``next`` has what the carried names become at its end."""

    def __init__(self, code: Lines, name: str) -> None:
        self.code = code
        self.name = name
        self.next: dict[str, str] = {}
        self.exits = 0

    def leave_if(self, condition: str) -> None:
        """Leave a loop at once; its names hold what they held in this round."""
        self.exits += 1
        self.code.branch(condition, f"{self.name}.end", f"{self.name}.body{self.exits}")
        self.code.begin(f"{self.name}.body{self.exits}")
