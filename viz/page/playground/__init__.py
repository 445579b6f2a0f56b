"""The page in which a network learns."""
