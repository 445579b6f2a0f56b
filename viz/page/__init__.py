"""What the pages share: the record of a graph and its replay, the picture of it, numbers, and the file they become."""
