"""What a notebook shows: where it is trusted, a picture of selectable text, or a page to play with; else, an image.

A viewer that does not trust a notebook drops scripts, styles and frames, and all of an SVG but its texts. JupyterLab
and GitHub then still show an image that stands in the HTML; Visual Studio Code, and LaTeX, the bitmap beside it.
"""

from __future__ import annotations

import hashlib
import html
import re
from base64 import b64encode

from viz.images import SMALL_BITMAP, GraphvizError, image
from viz.palette import INK_DARK, dark

_NAME = "computation-graph"

_SMALLEST = 0.65
"""So far a wide picture shrinks to fit the page, with text of 11 pixels; one that is wider still scrolls."""

_LARGEST = 1_000_000
"""Of an SVG with more characters, there is no bitmap: one that can be read would take too much of the notebook."""

# JupyterLab and Visual Studio Code say whether their page is dark; elsewhere, the system does.
_DARK_PAGE = 'body[data-jp-theme-light="false"] .{0}, body.vscode-dark .{0}'
_LIGHT_BY_CHOICE = ':not([data-jp-theme-light="true"]):not(.vscode-light)'

# The image becomes what it shows. Those of other outputs stay images: they may be of a notebook that is not trusted.
_SCRIPT = f"""\
for (const image of document.currentScript.parentElement.querySelectorAll(".{_NAME} > img")) {{
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (letter) => letter.charCodeAt(0));
  const picture = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml");
  picture.documentElement.setAttribute("style", image.getAttribute("style"));
  image.replaceWith(document.adoptNode(picture.documentElement));
}}
"""

_HOW_TO_PLAY = (
    "To play with it, trust the notebook (in Jupyter, by the command Trust Notebook) or run the cell again, or open "
    'the file that its method <code>save("page.html")</code> writes.'
)


def picture_bundle(plain: str, dot: str) -> dict[str, str]:
    """What a notebook shows of a picture, given as DOT text, by mime type: if it can't be made, a text says why."""
    try:
        svg = _svg(dot)
        live = f"<style>\n{_style(svg)}</style>\n{_picture(plain, svg)}\n<script>\n{_SCRIPT}</script>"
        return {"text/html": _scrolling(live, f'class="{_NAME}" '), **_beside(plain, dot, svg)}
    except GraphvizError as error:
        return {"text/plain": f"{plain}: {error}"}


def page_bundle(plain: str, dot: str, page: str, film: str = "") -> dict[str, str]:
    """What a notebook shows of a page: a frame, which cannot reach the notebook, and hides what stands behind it.

    That is an image: the film, an SVG that plays by itself, or else the picture, given as DOT text.
    """
    frame = (
        '<iframe sandbox="allow-scripts" style="width: 100%; height: 760px; border: 1px solid #8888" '
        f'title="{_title(plain)}" srcdoc="{html.escape(page)}"></iframe>'
    )
    try:
        svg = _svg(dot)
        still = _image(plain, film) if film else _scrolling(_picture(plain, svg))
        beside = _beside(plain, dot, svg)
    except GraphvizError as error:
        still, beside = f"<p>No image: {html.escape(str(error))}</p>", {"text/plain": plain}
    hiding = f"<style>.{_NAME} > iframe ~ * {{ display: none; }}</style>"
    whole = f'<div class="{_NAME}">\n{hiding}\n{frame}\n<p>{_title(plain)}. {_HOW_TO_PLAY}</p>\n{still}\n</div>'
    return {"text/html": whole, **beside}


def _svg(dot: str) -> str:
    """A picture as SVG, with ids that nothing else on the page has."""
    svg = re.sub(r"^.*?(?=<svg)", "", image(dot, "svg").decode("utf-8"), count=1, flags=re.DOTALL)
    mark = hashlib.sha256(svg.encode("utf-8")).hexdigest()[:8]
    return re.sub(r'(<(?:g|a|svg)\b[^>]*?\bid=")', rf"\g<1>{_NAME}-{mark}-", svg)


def _beside(plain: str, dot: str, svg: str) -> dict[str, str]:
    """What stands beside the HTML, by mime type: a bitmap and a text, or a text why there is no bitmap."""
    if len(svg) > _LARGEST:
        return {"text/plain": f"{plain}: too large for a bitmap in a notebook; save it as a file"}
    return {"image/png": _base64(image(dot, "png", SMALL_BITMAP)), "text/plain": plain}


def _picture(plain: str, svg: str) -> str:
    """An SVG of Graphviz as an image that can be read."""
    (width,) = re.findall(r'^<svg width="([\d.]+)pt"', svg)
    return _image(plain, svg, f"min-width: {round(_SMALLEST * float(width))}pt; ")


def _image(plain: str, svg: str, style: str = "") -> str:
    """An SVG as an image, as wide as there is room: no script runs in it."""
    source = f"data:image/svg+xml;base64,{_base64(svg.encode('utf-8'))}"
    return f'<img alt="{_title(plain)}" style="{style}max-width: 100%; height: auto" src="{source}">'


def _scrolling(content: str, attributes: str = "") -> str:
    """What is wider than the page, as something that scrolls by itself."""
    return f'<div {attributes}style="overflow-x: auto">\n{content}\n</div>'


def _title(plain: str) -> str:
    """The name of what is shown, for an attribute."""
    return html.escape(plain.strip("<>"))


def _base64(content: bytes) -> str:
    """Bytes in base 64."""
    return b64encode(content).decode("ascii")


def _style(svg: str) -> str:
    """A style that touches nothing else: on a dark page, the picture has dark colours."""
    rules = [
        f".{_NAME} {{ color-scheme: light; }}",
        f"@media (prefers-color-scheme: dark) {{ body{_LIGHT_BY_CHOICE} .{_NAME} {{ color-scheme: dark; }} }}",
        f"{_DARK_PAGE.format(_NAME)} {{ color-scheme: dark; }}",
        f".{_NAME} svg a:hover {{ text-decoration: none; }}",
        f".{_NAME} text:not([fill]) {{ fill: light-dark(black, {INK_DARK}); }}",
    ]
    for kind, color in sorted(set(re.findall(r'\b(fill|stroke)="(#[0-9a-f]{6}|white)"', svg))):
        rules.append(f'.{_NAME} [{kind}="{color}"] {{ {kind}: light-dark({color}, {dark(color)}); }}')
    return "\n".join(rules) + "\n"
