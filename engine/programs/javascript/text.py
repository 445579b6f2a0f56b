"""A program as a text in JavaScript.

    function run(numbers) {
      const [x, w, b] = numbers;
      const z = w * x + b;
      const y = tanh(z);
      return finished([y], []);
    }

The functions that it calls stand above it, computed as the C library computes them, so that the results have Python's
bits. It needs nothing else, and changes nothing: whoever calls it stores the updates.
"""

from __future__ import annotations

from engine.programs.javascript.library import text as library_text
from engine.programs.javascript.source import JavaScriptSource, LoopSource
from engine.programs.plan import Plan

LONGEST = 1_000
"""The number of nodes from which a program is written as loops: browsers hardly optimise longer functions."""


class JavaScript(str):
    """The text of a program; as a str, with all that it calls.

    function  the text of ``run`` alone
    calls     the names that it calls, see `engine.extend.javascript_library`
    """

    function: str
    calls: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan) -> JavaScript:
        """The text of a program."""
        is_long = len(plan.tape.nodes) > LONGEST
        return cls.written(LoopSource(plan.nests) if is_long else JavaScriptSource(plan.listing))

    @classmethod
    def written(cls, source: JavaScriptSource | LoopSource) -> JavaScript:
        """The text of a function, and all that it calls."""
        function = source.function()  # First: while it is written, the source notes what it calls.
        calls = tuple(sorted({*source.calls, "finished"}))
        text = cls(f"{library_text(calls)}\n{function}")
        text.function, text.calls = function, calls
        return text
