"""Writing functions in LLVM's language, for single numbers or for vectors of them.

Each line is one instruction, and gives its result a name of its own. A label begins a *block*: lines that always run
together, up to a branch. Names are never assigned twice, so a number that changes in a loop needs a ``phi`` at its top,
which picks a number by the block that control came from. `Lines.loop` and `Lines.when` write labels, branches and phis.
This adds up the first ``%count`` numbers of an array:

    code = Lines(1)
    with code.loop("i", "%count", sum=("double", "0.0")) as becomes:
        becomes["sum"] = code.add("%sum", code.load("%numbers", "%i"))
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

import re
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


def literal(number: float) -> str:
    """A number as LLVM reads it without losing a bit: the sixteen digits of its bits."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', number))[0]:016X}"


def module(*texts: str) -> str:
    """These arrays and functions as one text, with declarations of the functions of `math` that they call."""
    text = "\n".join(filter(None, texts))
    for name, operands in sorted(set(re.findall(r'@"math\.(\w+)\.(\d+)"', text))):
        types = ", ".join(["double"] * int(operands))
        text += f'declare double @"math.{name}.{operands}"({types}) memory(none) nounwind willreturn\n'
    return text


_PIECE = re.compile(r"^(?:@|declare ).*\n|^define [^}]*}\n", re.MULTILINE)
_NAME = re.compile(r'@(?:"[^"]+"|[\w.]+)')


def cut(text: str, longest: int) -> list[str]:
    """A module as several of about ``longest`` letters, each of which declares what it uses of the others.

    In ``text``, arrays and functions stand before the functions that use them, and so they do in what is returned.
    """
    if len(text) <= longest:
        return [text]
    pieces = [re.sub(r"(= |^define )(internal|private) ", r"\1", found[0], count=1) for found in _PIECE.finditer(text)]
    known = {_name(piece): _declaration(piece) for piece in pieces}
    groups: list[list[str]] = [[]]
    for piece in pieces:
        if piece.startswith("declare"):
            continue
        if groups[-1] and sum(map(len, groups[-1])) + len(piece) > longest:
            groups.append([])
        groups[-1].append(piece)
    modules = []
    for group in groups:
        lines = "".join(group)
        strange = set(_NAME.findall(lines)) - {_name(piece) for piece in group}
        modules.append(lines + "".join(known[name] for name in sorted(strange) if name in known))
    return modules


def _name(piece: str) -> str:
    """The name of an array or a function."""
    found = _NAME.search(piece)
    assert found
    return found[0]


def _declaration(piece: str) -> str:
    """The line that says of what kind an array or a function is, which stands elsewhere."""
    head = piece[: piece.index("\n")]
    if head.startswith("@"):
        return re.sub(r"= (\w+) (\[.*?\]).*", r"= external \1 \2\n", head)
    return re.sub(r" %[\w.]+", "", head[: head.rindex(")") + 1]).replace("define", "declare", 1) + "\n"


class Lines:
    """The lines of a function.

    lanes  how many numbers an operation takes at once; 1 for plain doubles
    flags  the freedom that LLVM has to change last digits; none by default
    """

    def __init__(self, lanes: int, flags: str = "") -> None:
        self.flags = flags
        self.lines: list[str] = []
        self.results = 0
        self.label = "entry"
        self.widen(lanes)

    def widen(self, lanes: int) -> None:
        """Take so many numbers at once from here on."""
        self.lanes = lanes
        self.type = "double" if lanes == 1 else f"<{lanes} x double>"
        self.truth = "i1" if lanes == 1 else f"<{lanes} x i1>"
        self.integers = "i64" if lanes == 1 else f"<{lanes} x i64>"
        self.suffix = "f64" if lanes == 1 else f"v{lanes}f64"

    def emit(self, text: str, name: str = "") -> str:
        """Add a line; the name of its result, a new one unless given."""
        if not name:
            self.results += 1
            name = f"t{self.results}"
        self.lines.append(f"  %{name} = {text}")
        return f"%{name}"

    def fresh(self, name: str) -> str:
        """A name that nothing has yet."""
        self.results += 1
        return f"{name}{self.results}"

    def do(self, text: str) -> None:
        """Add a line that has no result."""
        self.lines.append(f"  {text}")

    def define(self, head: str, result: str = "void") -> str:
        """The function of these lines. ``head`` is its type, name and parameters; ``result`` is what it returns."""
        lines = "\n".join(self.lines)
        return f"define {head} {{\nentry:\n{lines}\n  ret {result}\n}}\n"

    # --- Branches and loops -------------------------------------------------------------------------------------------

    def begin(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.label = label

    @contextmanager
    def loop(self, name: str, times: str, **carried: tuple[str, str]) -> Iterator[dict[str, str]]:
        """``for name in range(times)`` around the lines of a ``with`` block; ``%name`` counts.

        carried  name=(type, start): numbers that a round hands to the next one. The ``with`` block is given a
                 dictionary, and puts there what each becomes. After the loop, the names hold the last of them.
        """
        before, becomes = self.label, dict[str, str]()
        self.do(f"br label %{name}.loop")
        self.begin(f"{name}.loop")
        top = len(self.lines)
        self.emit(f"icmp ult i64 %{name}, {times}", f"{name}.more")
        self.do(f"br i1 %{name}.more, label %{name}.body, label %{name}.end")
        self.begin(f"{name}.body")
        yield becomes
        becomes[name] = self.emit(f"add i64 %{name}, 1", f"{name}.next")
        phis = [
            f"  %{each} = phi {type_} [ {start}, %{before} ], [ {becomes[each]}, %{self.label} ]"
            for each, (type_, start) in {name: ("i64", "0"), **carried}.items()
        ]
        self.lines[top:top] = phis
        self.do(f"br label %{name}.loop")
        self.begin(f"{name}.end")

    def leave_if(self, condition: str, name: str) -> None:
        """Leave the loop ``name`` at once if the condition holds; what it carries stays as it was in this round."""
        self.results += 1
        self.do(f"br i1 {condition}, label %{name}.end, label %{name}.body{self.results}")
        self.begin(f"{name}.body{self.results}")

    @contextmanager
    def when(self, name: str, condition: str, **carried: tuple[str, str]) -> Iterator[dict[str, str]]:
        """``if condition`` around the lines of a ``with`` block.

        carried  name=(type, otherwise): numbers that the block may change. The ``with`` block is given a dictionary,
                 and puts there what each becomes.
        """
        before, becomes = self.label, dict[str, str]()
        self.do(f"br i1 {condition}, label %{name}.then, label %{name}.end")
        self.begin(f"{name}.then")
        yield becomes
        then = self.label
        self.do(f"br label %{name}.end")
        self.begin(f"{name}.end")
        for each, (type_, otherwise) in carried.items():
            self.emit(f"phi {type_} [ {otherwise}, %{before} ], [ {becomes[each]}, %{then} ]", each)

    # --- Numbers ------------------------------------------------------------------------------------------------------

    def everywhere(self, type_: str, one: str) -> str:
        """A literal in every lane."""
        return one if self.lanes == 1 else f"<{', '.join([f'{type_} {one}'] * self.lanes)}>"

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

    def gather(self, scalars: list[str], type_: str = "double") -> str:
        """A vector of these numbers; a single one as itself."""
        if len(scalars) == 1:
            return scalars[0]
        vector = "poison"
        for lane, scalar in enumerate(scalars):
            vector = self.emit(f"insertelement <{len(scalars)} x {type_}> {vector}, {type_} {scalar}, i32 {lane}")
        return vector

    def listed(self, numbers: Sequence[float]) -> str:
        """A literal with a number for each lane."""
        texts = [literal(number) for number in numbers]
        return texts[0] if self.lanes == 1 else f"<{', '.join([f'double {text}' for text in texts])}>"

    def shuffled(self, first: str, second: str, order: Sequence[int], width: int) -> str:
        """A vector of lanes of two vectors of ``width`` numbers, those of the second counted from ``width`` on."""
        type_ = f"<{width} x double>"
        mask = ", ".join(f"i32 {lane}" for lane in order)
        return self.emit(f"shufflevector {type_} {first}, {type_} {second}, <{len(order)} x i32> <{mask}>")

    def split(self, vector: str, type_: str = "double") -> list[str]:
        """The numbers in the lanes of a vector."""
        if self.lanes == 1:
            return [vector]
        typed = f"<{self.lanes} x {type_}> {vector}"
        return [self.emit(f"extractelement {typed}, i32 {lane}") for lane in range(self.lanes)]

    # --- Arithmetic ---------------------------------------------------------------------------------------------------

    def add(self, x: str, y: str) -> str:
        """x + y."""
        return self.emit(f"fadd {self.flags}{self.type} {x}, {y}")

    def select(self, condition: str, yes: str, no: str) -> str:
        """``yes`` where the condition holds, else ``no``."""
        return self.emit(f"select {self.truth} {condition}, {self.type} {yes}, {self.type} {no}")

    # --- Calls --------------------------------------------------------------------------------------------------------

    def call(self, function: str, operands: Sequence[str], type_: str) -> str:
        """Call a function of operands and result of the same type."""
        return self.emit(f"call {type_} @{function}({', '.join(f'{type_} {operand}' for operand in operands)})")

    def intrinsic(self, name: str, operands: Sequence[str]) -> str:
        """Call a function that LLVM has an instruction for."""
        return self.call(f"llvm.{name}.{self.suffix}", operands, self.type)

    def any(self, truth: str) -> str:
        """Whether a condition holds in any lane."""
        if self.lanes == 1:
            return truth
        return self.emit(f"call i1 @llvm.vector.reduce.or.v{self.lanes}i1({self.truth} {truth})")

    def each_lane(self, name: str, operands: Sequence[str]) -> str:
        """Call a function of `math` for one lane after the other."""
        lanes = zip(*map(self.split, operands), strict=True)
        return self.gather([self.call(f'"math.{name}.{len(operands)}"', scalars, "double") for scalars in lanes])

    # --- Memory -------------------------------------------------------------------------------------------------------

    def at(self, array: str, index: int | str, type_: str = "double") -> str:
        """The address of an entry of an array."""
        return self.emit(f"getelementptr {type_}, ptr {array}, i64 {index}")

    def load(self, array: str, index: int | str, type_: str = "double", name: str = "") -> str:
        """An entry of an array."""
        return self.emit(f"load {type_}, ptr {self.at(array, index, type_)}", name)

    def store(self, number: str, array: str, index: int | str, type_: str = "double") -> None:
        """Store an entry of an array."""
        self.do(f"store {type_} {number}, ptr {self.at(array, index, type_)}")

    def clear(self, array: str, size: int) -> None:
        """Fill bytes with zeros."""
        self.do(f"call void @llvm.memset.p0.i64(ptr {array}, i8 0, i64 {size}, i1 false)")
