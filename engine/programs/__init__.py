"""Each instruction once: record a graph, then run it many times.

Read in this order: `program` (what a user sees), `tape` (the graph made flat), `lowering` (rows of the table of
primitives become small instructions), `passes` (fewer of them), `python` (the text that runs).
"""
