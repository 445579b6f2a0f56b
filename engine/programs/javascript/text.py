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


def source_of(plan: Plan) -> JavaScriptSource | LoopSource:
    """What writes the function of a program."""
    return LoopSource(plan.nests) if len(plan.tape.nodes) > LONGEST else JavaScriptSource(plan.listing)


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
        return cls.written(source_of(plan))

    @classmethod
    def written(cls, source: JavaScriptSource | LoopSource) -> JavaScript:
        """The text of a function, and all that it calls."""
        # First: while it is written, the source notes what it calls.
        function = "".join([f"{line}\n" for line, _ in source.function()])
        calls = tuple(sorted({*source.calls, "finished"}))
        text = cls(f"{library_text(calls)}\n{function}")
        text.function, text.calls = function, calls
        return text
