"""Drawings of computation graphs. Read `outline` (what is drawn), then `dot` (how it looks), then `drawing`."""
