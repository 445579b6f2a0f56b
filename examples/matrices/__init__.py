"""The other side of the comparison: a tutorial's network in NumPy, beside the same network on the engine."""
