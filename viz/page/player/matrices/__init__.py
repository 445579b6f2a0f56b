"""The same numbers as matrices: which nodes they are made of, and the panel that shows them."""
