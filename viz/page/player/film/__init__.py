"""The passes as a film: an SVG that plays by itself."""
