"""A program in NumPy's terms, derived from its loops: see `engine.programs.matrices.text`."""
