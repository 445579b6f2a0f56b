"""Record a graph once, run it many times; each kind of instruction is one row of a table.

Read in this order: `program` (what a user sees), `arguments` (what users hand over, checked), `tape` (the graph made
flat), `kinds` (the table of instructions), `listing` (a program as a list of them), `lowering` (rows of the table of
primitives become instructions), `rules` and `passes` (fewer instructions), `python` (the text that runs). Then the
other way to write a program, for large graphs: `rolling` (the loops in a tape) with `forest` (its trees), `ragged`
(sums of different lengths) and `affine` (columns of numbers as loops), `nests` (loops around short listings),
`python_loops` (the text that runs), `reading`, `arrays`, `names`, `loops`, `loop_text`, `places` (the text for a
reader, and for errors), `matrices` (the same in NumPy's terms). `plan` chooses between the two; `python_backend` and
`runs` run what was chosen. `javascript` writes both in another language; `powers` is a table that it shares with
machine code. Last, `stages`: all of these side by side, each line with what it was made from, by `derived` (whose
derivative a node is), `history` (what a pass made of an instruction) and `rounds` (the nodes behind a loop).
"""
