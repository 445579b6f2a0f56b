"""Programs as JavaScript, many in one run of Node or of a browser, beside what Python gives."""

import itertools
import math
from array import array

from support.node import bytes_of, run_javascript

from engine.extend import javascript_library, read_data
from engine.programs.javascript.source import JavaScriptSource, LoopSource
from engine.programs.javascript.text import JavaScript

TEXTS = {
    "straight": lambda program: JavaScript.written(JavaScriptSource(program._runner.plan.listing)),
    "loops": lambda program: JavaScript.written(LoopSource(program._runner.plan.nests)),
}
FAILED = math.nan
"""What stands for each result of a run that failed: no run gives NaN."""

RUN = """
let at = 0;
const found = [];
for (const [program, runs, width, size] of programs) {
  for (let run = 0; run < runs; run += 1) {
    const given = numbers.slice(at, at + width);
    at += width;
    try {
      const { outputs, updates } = program(given);
      found.push(...outputs, ...updates);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      found.push(...new Array(size).fill(NaN));
    }
  }
}
return found;
"""


def run_programs(programs, points, form, run=run_javascript):
    """For each program and each of its points, the numbers of its inputs: the outputs and updates."""
    texts = [TEXTS[form](program) for program in programs]
    tapes = [program._runner.tape for program in programs]
    counts = [len(tape.outputs) + len(tape.updates) for tape in tapes]
    given = [
        [[*point, *read_data(program.leaves)] for point in some] for program, some in zip(programs, points, strict=True)
    ]
    library = javascript_library({name for text in texts for name in text.calls})
    rows = [
        f"[{text.function}, {len(runs)}, {len(runs[0])}, {count}],"
        for text, runs, count in zip(texts, given, counts, strict=True)
    ]
    text = f"{library}\nconst programs = [{''.join(rows)}];{RUN}"
    found = iter(run(text, list(itertools.chain(*itertools.chain(*given)))))
    return [[list(itertools.islice(found, count)) for _ in runs] for runs, count in zip(given, counts, strict=True)]


PAGE = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<script>
"use strict";
function main(numbers) {
%s
}
</script>
"""


def runs_in(page, folder):
    """What `run_javascript` does, in a browser's page that may run its own script and nothing else."""

    def run(text, numbers):
        file = folder / "program.html"
        file.write_text(PAGE % text, encoding="utf-8")
        script = """
        const numbers = new Float64Array(Uint32Array.from(arguments[0]).buffer);
        return [...new Uint32Array(Float64Array.from(main(numbers)).buffer)];
        """
        sent = array("I", bytes_of(numbers)).tolist()
        return array("d", array("I", page.visit(file.as_uri()).run(script, sent)).tobytes())

    return run


def by_python(program, point):
    """The same by Python: nothing is stored."""
    count = len(program._runner.tape.outputs) + len(program._runner.tape.updates)
    before = read_data(program.leaves)
    try:
        return [*program(*point), *read_data(program.leaves)[: count - len(program._runner.tape.outputs)]]
    except (ArithmeticError, ValueError):
        return [FAILED] * count
    finally:
        for leaf, number in zip(program.leaves, before, strict=True):
            leaf.data = number
