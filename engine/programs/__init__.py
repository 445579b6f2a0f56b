"""Each instruction once: record a graph, then run it many times.

Read in this order: `program` (what a user sees), `tape` (the graph made flat), `kinds` (the table of instructions),
`listing` (a program as a list of them), `lowering` (rows of the table of primitives become instructions), `rules` and
`passes` (fewer instructions), `python` (the text that runs), `python_backend` and `runs` (running it).
"""
