"""A program as JavaScript: what a page runs, with Python's bits.

Read in this order: `text` (what a user sees), `source` (straight programs, and loops), `expressions` (signs, calls and
parentheses), `library` (the functions of the C library, computed as it does: the ``.js`` files beside it), `rows` (the
table of primitives, for pages that compute a graph anew).
"""
