"""Formulas that write LLVM's language: where ``x`` is a `Number`, ``x * x + 1.0`` adds two lines and names the second.

x = Number(Lines(1), "%x")
where(x < 0.0, -x, x * x + 1.0)

%t1 = fcmp olt double %x, 0x0000000000000000
%t2 = fneg double %x
%t3 = fmul double %x, %x
%t4 = fadd double %t3, 0x3FF0000000000000
%t5 = select i1 %t1, double %t2, double %t4
"""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.text import Lines


def _operator(
    doubles: str, integers: str = "", result: str = "", swapped: bool = False
) -> Callable[[Number, Number | float], Number]:
    """The method of an operator, which writes this instruction.

    integers  the instruction for numbers that are not doubles, if it has another name
    result    the type of what it computes, if that is another than the operands'
    swapped   whether the method's own number is the second operand
    """

    def write(x: Number, y: Number | float) -> Number:
        operands = (x.operand(y), x.name) if swapped else (x.name, x.operand(y))
        instruction = doubles if x.lane == "double" else integers or doubles
        return Number(x.code, x.code.emit(f"{instruction} {x.type} {', '.join(operands)}"), result or x.lane)

    return write


class Number:
    """What a line computes in each lane: a double, a 64-bit integer (``i64``) or a truth (``i1``).

    ``lane`` is the type of one lane, ``type`` that of all, say ``<4 x double>``. A Python number beside it stands for
    the same number in every lane. Comparisons with a NaN are false.
    """

    def __init__(self, code: Lines, name: str, lane: str = "double") -> None:
        self.code = code
        self.name = name
        self.lane = lane
        self.type = {"double": code.type, "i64": code.integers, "i1": code.truth}[lane]

    __add__ = _operator("fadd", "add")
    __sub__ = _operator("fsub", "sub")
    __rsub__ = _operator("fsub", "sub", swapped=True)
    __mul__ = __rmul__ = _operator("fmul")
    __truediv__ = _operator("fdiv")
    __rtruediv__ = _operator("fdiv", swapped=True)
    __lt__ = _operator("fcmp olt", result="i1")
    __le__ = _operator("fcmp ole", result="i1")
    __ge__ = _operator("fcmp oge", result="i1")
    __and__ = _operator("and")
    __or__ = _operator("or")
    __lshift__ = _operator("shl")
    __rshift__ = _operator("ashr")

    def __invert__(self) -> Number:
        return Number(self.code, self.code.emit(f"xor {self.type} {self.name}, {self.code.constant(True)}"), "i1")

    def __neg__(self) -> Number:
        return Number(self.code, self.code.emit(f"fneg {self.type} {self.name}"))

    def __abs__(self) -> Number:
        return self.call("fabs")

    def operand(self, other: Number | float) -> str:
        """The name of another number; of a Python number, the literal in every lane, of this type."""
        if isinstance(other, Number):
            return other.name
        return self.code.everywhere("i64", str(other)) if self.lane == "i64" else self.code.constant(other)

    def call(self, name: str, *others: Number | float) -> Number:
        """A function that LLVM has an instruction for."""
        return Number(self.code, self.code.intrinsic(name, [self.name, *map(self.operand, others)]))

    def convert(self, instruction: str, lane: str) -> Number:
        """The number as another type: by ``bitcast`` with the same bits, by ``sitofp`` with the same value."""
        to = Number(self.code, "", lane).type
        return Number(self.code, self.code.emit(f"{instruction} {self.type} {self.name} to {to}"), lane)

    def bits(self) -> Number:
        """The bits of a double as an integer."""
        return self.convert("bitcast", "i64")

    def from_bits(self) -> Number:
        """The double of these bits."""
        return self.convert("bitcast", "double")

    def entry_of(self, table: str) -> Number:
        """The entry of a table of integers that has this index."""
        code, lanes = self.code, self.code.lanes
        address = code.emit(f"getelementptr i64, ptr {table}, {self.type} {self.name}")
        if lanes == 1:
            return Number(code, code.emit(f"load i64, ptr {address}"), "i64")
        operands = f"<{lanes} x ptr> {address}, i32 8, {code.truth} {code.constant(True)}, {self.type} poison"
        gathered = f"call {self.type} @llvm.masked.gather.v{lanes}i64.v{lanes}p0({operands})"
        return Number(code, code.emit(gathered), "i64")


def fma(x: Number, y: Number | float, z: Number | float) -> Number:
    """x * y + z, rounded once."""
    return x.call("fma", y, z)


def where(condition: Number, yes: Number | float, no: Number | float) -> Number:
    """``yes`` where the condition holds, else ``no``."""
    code = condition.code
    names = [x.name if isinstance(x, Number) else code.constant(x) for x in (yes, no)]
    return Number(code, code.select(condition.name, *names))


def otherwise(usual: Number, yes: Number, write: Callable[[], Number]) -> Number:
    """``yes`` where the condition holds, else what ``write`` writes: lines skipped if it holds in all lanes."""
    code = usual.code
    name = code.fresh("rare")
    with code.when(name, code.any((~usual).name), **{f"{name}.result": (code.type, yes.name)}) as becomes:
        becomes[f"{name}.result"] = where(usual, yes, write()).name
    return Number(code, f"%{name}.result")
