"""A picture in a notebook: SVG whose text can be selected, in the colours of a light page or a dark one."""

from __future__ import annotations

import hashlib
import re

from viz.palette import BACKWARD, BACKWARD_DARK, FAINT, FAINT_DARK, LOOKS, css_variables

_NAME = "computation-graph"

# JupyterLab and Visual Studio Code say whether their page is dark; elsewhere, the system does.
_DARK_PAGE = 'body[data-jp-theme-light="false"] .{0}, body.vscode-dark .{0}'
_LIGHT_BY_CHOICE = ':not([data-jp-theme-light="true"]):not(.vscode-light)'


def inline_html(svg: str) -> str:
    """An SVG of Graphviz as HTML, whose style touches nothing else on the page, not even another such picture."""
    picture = re.sub(r"^.*?(?=<svg)", "", svg, count=1, flags=re.DOTALL)
    mark = hashlib.sha256(picture.encode("utf-8")).hexdigest()[:8]
    picture = re.sub(r'(<(?:g|a|svg)\b[^>]*?\bid=")', rf"\g<1>{_NAME}-{mark}-", picture)
    return f'<div class="{_NAME}">\n<style>\n{_style()}</style>\n{picture}</div>'


def _style() -> str:
    """The style of all such pictures."""
    colors = {"paper": "white, #1b1b1b", "ink": "black, #f0f0f0", "frame": "#fafaf7, #232323"}
    colors |= {"faint": f"{FAINT}, {FAINT_DARK}", "backward": f"{BACKWARD}, {BACKWARD_DARK}"}
    variables = " ".join(f"--{name}: light-dark({pair});" for name, pair in colors.items())
    rules = [
        f".{_NAME} {{ color-scheme: light; {css_variables()} {variables} overflow-x: auto; }}",
        f"@media (prefers-color-scheme: dark) {{ body{_LIGHT_BY_CHOICE} .{_NAME} {{ color-scheme: dark; }} }}",
        f"{_DARK_PAGE.format(_NAME)} {{ color-scheme: dark; }}",
        *(f".{_NAME} {selector} {{ {declarations} }}" for selector, declarations in _declarations().items()),
    ]
    return "\n".join(rules) + "\n"


def _declarations() -> dict[str, str]:
    """What the shapes and texts of the SVG take from the variables. A fill that shows a gradient stays as it is."""
    shapes = ':is(polygon, path)[fill]:not([fill="none"], [fill="transparent"])'
    outlines = ':is(polygon, path, polyline)[stroke]:not([stroke="transparent"])'
    found = {
        '.graph polygon[fill="white"]': "fill: var(--paper);",
        f'text[fill="{FAINT.lower()}"]': "fill: var(--faint);",
        f'text[fill="{BACKWARD.lower()}"]': "fill: var(--backward);",
        ":is(.node, .cluster) text:not([fill])": "fill: var(--ink);",
        ".edge path": "stroke: var(--faint);",
        ".edge polygon": "fill: var(--faint); stroke: var(--faint);",
        f".cluster {shapes}": "fill: var(--frame);",
        ".graded text:not([fill])": "fill: black;",
        f'.graded text[fill="{FAINT.lower()}"]': f"fill: {FAINT};",
        f'.graded text[fill="{BACKWARD.lower()}"]': f"fill: {BACKWARD};",
    }
    for role in LOOKS:
        found[f".node.{role} {shapes}"] = f"fill: var(--{role}-fill);"
        found[f".node.{role} {outlines}"] = f"stroke: var(--{role}-line);"
    return found
