"""The page that plays a graph step by step."""
