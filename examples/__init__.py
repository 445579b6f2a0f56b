"""Runnable lessons, each a ``python -m examples.<name>``; the matrix reference in NumPy and comparisons with it."""
