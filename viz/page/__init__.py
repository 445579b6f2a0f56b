"""The player's page: its template, scripts and styles, and the layout of the graph in it."""
