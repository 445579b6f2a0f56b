"""Lines of LLVM's language that carry their numbers down to the processor, as they do for debuggers.

LLVM says for each instruction of the processor, by ``.loc``, which line it is for. It forgets that of an instruction
that it moves: out of a loop, where it always gives the same, or to where its result is needed. So it is told to move
none (``optnone``). What puts a number aside for later counts as part of the line before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.machine.compiler import assembly_of

FIXED = (
    "!llvm.dbg.cu = !{!0}",
    "!llvm.module.flags = !{!2, !3}",
    "!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, isOptimized: true, emissionKind: LineTablesOnly)",
    '!1 = !DIFile(filename: "program", directory: "")',
    '!2 = !{i32 7, !"Dwarf Version", i32 4}',
    '!3 = !{i32 2, !"Debug Info Version", i32 3}',
    "!4 = !DISubroutineType(types: !{null})",
)
FIRST = 5
"""The first number that no fixed line has."""


class Located:
    """Functions of a module, each of whose lines carries its number, counted from 0."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.metadata = [*FIXED]

    def function(self, text: str) -> str:
        """A function with the numbers of its lines, which follow those of the functions before it."""
        head, *body = filter(None, text.splitlines())
        scope = FIRST + len(self.lines)
        name = head.partition("@")[2].partition("(")[0]
        self.names.add(name)
        kind = f'name: "{name}", scope: !1, file: !1, line: {len(self.lines) + 1}, type: !4, unit: !0'
        self.metadata.append(f"!{scope} = distinct !DISubprogram({kind}, spFlags: DISPFlagDefinition)")
        self.lines.append(head)
        found = [head.replace(" {", f" noinline optnone !dbg !{scope} {{")]
        for line in body:
            place = FIRST + len(self.lines)
            self.lines.append(line)
            if line.startswith(" "):
                line = f"{line}, !dbg !{place}"
                self.metadata.append(f"!{place} = !DILocation(line: {len(self.lines)}, scope: !{scope})")
            found.append(line)
        return "".join([f"{line}\n" for line in found])

    def assembly(self, module: str) -> Iterator[tuple[str, int]]:
        """The processor's instructions and labels for these functions, each with its line's number; -1 for none."""
        inside, number = False, -1
        for line in assembly_of("\n".join([module, *self.metadata])).splitlines():
            label = line.partition(":")[0].lstrip("._")  # Systems have different marks before a name.
            inside = label in self.names or (inside and not label.startswith("Lfunc_end"))
            location = re.match(r"\s+\.loc\s+\d+ (\d+)", line)
            number = int(location[1]) - 1 if location else number
            if inside and not re.match(r"\s+(\.|#|;|//)|\.?L(tmp|func)|\s*$", line):
                yield line.expandtabs().rstrip(), number if line[0].isspace() else -1
