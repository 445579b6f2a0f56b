"""Files that are complete or not there: the engine's, under the name by which pages and examples know it."""

from engine.extend import replace_file

__all__ = ["replace_file"]
