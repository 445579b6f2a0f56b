"""Writing LLVM's language: lines of a function, on one number or on a vector of them."""

from __future__ import annotations

import struct


def literal(number: float) -> str:
    """A number as LLVM reads it without losing a bit: the sixteen digits of its bits."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', number))[0]:016X}"


class Lines:
    """The lines of a function, each with a result of its own; what they call is declared at the end.

    lanes  how many numbers an operation takes at once; 1 for plain doubles
    flags  what LLVM may do to arithmetic that changes last digits; nothing unless given
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

    def emit(self, text: str) -> str:
        """Add a line; the name of its result."""
        self.results += 1
        name = f"%t{self.results}"
        self.lines.append(f"  {name} = {text}")
        return name

    def text(self) -> str:
        """The lines so far."""
        return "\n".join(self.lines)

    def take(self) -> str:
        """The lines so far, which are not kept: the next begin another part of the function."""
        text, self.lines = self.text(), []
        return text

    # --- Numbers ------------------------------------------------------------------------------------------------------

    def everywhere(self, kind: str, one: str) -> str:
        """A literal in every lane."""
        return one if self.lanes == 1 else f"<{', '.join([f'{kind} {one}'] * self.lanes)}>"

    def constant(self, number: float) -> str:
        """A number, or a truth, in every lane."""
        if isinstance(number, bool):
            return self.everywhere("i1", str(number).lower())
        return self.everywhere("double", literal(number))

    def integer(self, number: int) -> str:
        """An integer in every lane."""
        return self.everywhere("i64", str(number))

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

    def sub(self, x: str, y: str) -> str:
        """x - y."""
        return self.binary("fsub", x, y)

    def mul(self, x: str, y: str) -> str:
        """x * y."""
        return self.binary("fmul", x, y)

    def div(self, x: str, y: str) -> str:
        """x / y."""
        return self.binary("fdiv", x, y)

    def neg(self, x: str) -> str:
        """-x."""
        return self.emit(f"fneg {self.flags}{self.type} {x}")

    def fma(self, x: str, y: str, z: str) -> str:
        """x * y + z, rounded once."""
        return self.intrinsic("fma", [x, y, z])

    def abs(self, x: str) -> str:
        """|x|."""
        return self.intrinsic("fabs", [x])

    def copysign(self, x: str, y: str) -> str:
        """|x| with the sign of y."""
        return self.intrinsic("copysign", [x, y])

    def select(self, condition: str, yes: str, no: str) -> str:
        """``yes`` where the condition holds, else ``no``."""
        return self.emit(f"select {self.truth} {condition}, {self.type} {yes}, {self.type} {no}")

    def intrinsic(self, name: str, operands: list[str]) -> str:
        """Call what LLVM has an instruction for."""
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

    # --- Bits ---------------------------------------------------------------------------------------------------------

    def to_bits(self, x: str) -> str:
        """The bits of doubles as integers."""
        return self.emit(f"bitcast {self.type} {x} to {self.integers}")

    def from_bits(self, x: str) -> str:
        """The doubles of these bits."""
        return self.emit(f"bitcast {self.integers} {x} to {self.type}")

    def power_of_two(self, k: str) -> str:
        """2^k for whole numbers from -1022 to 1023."""
        shifted = self.to_bits(self.emit(f"fadd {self.type} {k}, {self.constant(1.5 * 2.0**52 + 1023.0)}"))
        return self.from_bits(self.emit(f"shl {self.integers} {shifted}, {self.integer(52)}"))

    def lookup(self, table: str, index: str) -> str:
        """The 64-bit entries of a table, one for each lane."""
        if self.lanes == 1:
            place = self.emit(f"getelementptr i64, ptr {table}, i64 {index}")
            return self.emit(f"load i64, ptr {place}")
        vector = "poison"
        for lane in range(self.lanes):
            one = self.emit(f"extractelement {self.integers} {index}, i32 {lane}")
            place = self.emit(f"getelementptr i64, ptr {table}, i64 {one}")
            entry = self.emit(f"load i64, ptr {place}")
            vector = self.emit(f"insertelement {self.integers} {vector}, i64 {entry}, i32 {lane}")
        return vector

    # --- Memory -------------------------------------------------------------------------------------------------------

    def load(self, array: str, index: int, kind: str = "double") -> str:
        """The entry at ``index`` of an array."""
        place = self.emit(f"getelementptr {kind}, ptr {array}, i64 {index}")
        return self.emit(f"load {kind}, ptr {place}")

    def store(self, number: str, array: str, index: int, kind: str = "double") -> None:
        """Store an entry of an array."""
        place = self.emit(f"getelementptr {kind}, ptr {array}, i64 {index}")
        self.lines.append(f"  store {kind} {number}, ptr {place}")
