"""Formulas that write LLVM's language: where ``x`` is a `Number`, ``x * x + 1.0`` adds two lines and names the second.

x = Number(Lines(1), "%x")                        %t1 = fmul double %x, %x
where(x < 0.0, -x, x * x + 1.0)                   %t2 = fadd double %t1, 0x3FF0000000000000
                                                  ...
"""

from __future__ import annotations

from engine.machine.text import Lines


class Number:
    """What a line computes in each lane: a double, a 64-bit integer (``i64``) or a truth (``i1``).

    A Python number beside it stands for the same number in every lane.
    """

    def __init__(self, code: Lines, name: str, kind: str = "double") -> None:
        self.code = code
        self.name = name
        self.kind = kind

    @property
    def type(self) -> str:
        """The type, with the lanes: ``<4 x double>``."""
        return {"double": self.code.type, "i64": self.code.integers, "i1": self.code.truth}[self.kind]

    def operand(self, other: Number | float) -> str:
        """The name of another number; a Python number's literal, as one of this kind."""
        if isinstance(other, Number):
            return other.name
        return self.code.everywhere("i64", str(other)) if self.kind == "i64" else self.code.constant(other)

    def write(self, instruction: str, other: Number | float, kind: str = "") -> Number:
        """The line of an instruction with two operands; what it computes is of the same kind unless given."""
        line = f"{instruction} {self.type} {self.name}, {self.operand(other)}"
        return Number(self.code, self.code.emit(line), kind or self.kind)

    def convert(self, instruction: str, kind: str) -> Number:
        """The line that makes another kind of it."""
        made = Number(self.code, "", kind)
        made.name = self.code.emit(f"{instruction} {self.type} {self.name} to {made.type}")
        return made

    # --- Doubles; sums of integers ------------------------------------------------------------------------------------

    def __add__(self, other: Number | float) -> Number:
        return self.write("add" if self.kind == "i64" else "fadd", other)

    def __sub__(self, other: Number | float) -> Number:
        return self.write("sub" if self.kind == "i64" else "fsub", other)

    def __rsub__(self, other: float) -> Number:
        return Number(self.code, self.operand(other)) - self

    def __mul__(self, other: Number | float) -> Number:
        return self.write("fmul", other)

    __rmul__ = __mul__

    def __truediv__(self, other: Number | float) -> Number:
        return self.write("fdiv", other)

    def __rtruediv__(self, other: float) -> Number:
        return Number(self.code, self.operand(other)) / self

    def __neg__(self) -> Number:
        return Number(self.code, self.code.neg(self.name))

    def __abs__(self) -> Number:
        return self.call("fabs")

    def call(self, name: str, *others: Number | float) -> Number:
        """A function that LLVM has an instruction for."""
        return Number(self.code, self.code.intrinsic(name, [self.name, *map(self.operand, others)]))

    # --- Comparisons: false where one is NaN --------------------------------------------------------------------------

    def __lt__(self, other: Number | float) -> Number:
        return self.write("fcmp olt", other, "i1")

    def __le__(self, other: Number | float) -> Number:
        return self.write("fcmp ole", other, "i1")

    def __ge__(self, other: Number | float) -> Number:
        return self.write("fcmp oge", other, "i1")

    def __invert__(self) -> Number:
        return self.write("xor", True)

    # --- Bits; integers -----------------------------------------------------------------------------------------------

    def __and__(self, other: Number | int) -> Number:
        return self.write("and", other)

    def __or__(self, other: int) -> Number:
        return self.write("or", other)

    def __lshift__(self, places: int) -> Number:
        return self.write("shl", places)

    def __rshift__(self, places: int) -> Number:
        """With copies of the sign."""
        return self.write("ashr", places)

    def bits(self) -> Number:
        """The bits of a double as an integer."""
        return self.convert("bitcast", "i64")

    def from_bits(self) -> Number:
        """The double of these bits."""
        return self.convert("bitcast", "double")

    def entry_of(self, table: str) -> Number:
        """The entry of a table of integers that this one is the index of."""
        code = self.code
        if code.lanes == 1:
            return Number(code, code.load(table, self.name, "i64"), "i64")
        vector = "poison"
        for lane in range(code.lanes):
            index = code.emit(f"extractelement {self.type} {self.name}, i32 {lane}")
            entry = code.load(table, index, "i64")
            vector = code.emit(f"insertelement {self.type} {vector}, i64 {entry}, i32 {lane}")
        return Number(code, vector, "i64")


def fma(x: Number, y: Number | float, z: Number | float) -> Number:
    """x * y + z, rounded once."""
    return x.call("fma", y, z)


def copysign(x: Number, y: Number) -> Number:
    """|x| with the sign of y."""
    return x.call("copysign", y)


def where(condition: Number, yes: Number | float, no: Number | float) -> Number:
    """``yes`` where the condition holds, else ``no``."""
    code = condition.code
    names = [x.name if isinstance(x, Number) else code.constant(x) for x in (yes, no)]
    return Number(code, code.select(condition.name, *names))
