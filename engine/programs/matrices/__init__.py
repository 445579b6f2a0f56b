"""A program in NumPy's terms, derived from its loops: ``Z1 = X @ W1 + b1``.

Read in this order: `text` (what a user sees), `formulas` (the loops as formulas over arrays), `reader` (how they are
found), `textbook` (how people write them), `expressions` (arrays in NumPy's terms), `writer` (a formula as an
expression), `functions` (what NumPy lacks), `roles` (names).
"""
