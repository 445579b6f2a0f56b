"""The engine's speed and memory, measured beside other ways to do the same: ``python -m examples.benchmark``."""
