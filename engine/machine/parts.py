"""A long function as several: each carries out some nests, and all share the memory of a `Frame`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from engine.machine.code import Code, Options, with_functions
from engine.machine.frame import Frame
from engine.machine.kernels import Kernel, KernelWriter
from engine.machine.memory import Place
from engine.machine.sharing import apart
from engine.machine.text import module
from engine.programs.affine import Access
from engine.programs.nests import Nests


class Parts:
    """Functions that take ``parameters``, and one that calls them; they set ``@alarm`` where something fails."""

    parameters: str

    def __init__(self, nests: Nests, options: Options) -> None:
        self.nests = nests = apart(nests)
        self.options = options
        self.frame = Frame(nests)
        self.functions: list[str] = []
        self.new_code: Callable[[Options], Code] = Code
        self.new_writer: Callable[..., KernelWriter] = KernelWriter

    def part(self, kernels: Iterable[Kernel], places: Callable[[Access], Place]) -> str:
        """The call of a new function that carries out some nests."""
        code = self.new_code(self.options)
        for kernel in kernels:
            self.new_writer(code, places, self.frame.tables).write(kernel)
        name = f"@part{len(self.functions)}"
        self.functions.append(code.define(f"internal void {name}({self.parameters}) noinline"))
        return f"call void {name}({self.parameters.replace('noalias ', '')})"

    def call(self, code: Code, call: str, **arguments: str) -> None:
        """Add a call with these arguments; others are those of the caller that have the same name."""
        given = {"frame": "@frame", "alarm": "@alarm", **arguments}
        code.do(re.sub(r"%(\w+)", lambda found: given.get(found[1], found[0]), call))

    def module(self, *functions: str) -> str:
        """The text of all functions, given those that are no parts, and are called before them or call them."""
        *before, driver = functions
        parts = [*before, *self.functions, driver]
        return module(self.frame.text(), "@alarm = internal global i8 0\n", with_functions(self.options, parts), *parts)
