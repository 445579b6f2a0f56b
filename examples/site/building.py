"""From sources to a directory of pages: all is written and checked elsewhere first, and then put in place at once."""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

from examples.outputs import prepare_directory
from examples.site import AS_IT_IS, course, exercises, home, primitives, reference, spelling
from examples.site.links import broken_links
from examples.site.live import write as write_live
from viz import GraphvizError
from viz.images import image

MAKERS: tuple[Callable[[Path], None], ...] = (
    course.write,
    exercises.write,
    primitives.write,
    reference.write,
    home.write,
)
"""What writes sources, in this order."""

NEEDED = ("sphinx", "myst_parser", "furo", "numpy", "matplotlib", "llvmlite")
INSTALL = "python -m pip install '.[site]'"
MARK = ("objects.inv", b"# Project: seegrad\n")
"""A file, and a line in it, by which a site is known: no other directory is replaced."""


class SiteError(Exception):
    """The site was not written; the message says why, and what to do."""


def check_tools() -> None:
    """SiteError where something is missing that the site is made with."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        raise SiteError(f"the site is made with {', '.join(missing)}: {INSTALL}")
    try:
        image("digraph {}", "svg")
    except GraphvizError as error:
        raise SiteError(str(error)) from None


def build(output: Path, live: bool) -> Iterator[str]:
    """Write the site into a directory, and yield a line on each thing done; SiteError leaves what was there."""
    output = output.resolve()
    check_replaceable(output)
    prepare_directory(output.parent)
    with tempfile.TemporaryDirectory("-output", f".{output.name}-", output.parent) as scratch:
        sources, pages = Path(scratch) / "sources", Path(scratch) / "pages"
        (sources / AS_IT_IS).mkdir(parents=True)
        yield "Every lesson is run, and every picture is drawn: this takes a minute or so"
        for make in [*([write_live] if live else []), *MAKERS]:  # First what may not be there.
            make(sources)
        run_sphinx("html", sources, pages, live)
        (pages / ".buildinfo").unlink()  # It differs each time, for the folder of the sources does.
        yield f"{len(list(pages.rglob('*.html')))} pages are written"
        yield check_spelling(sources, live)
        if broken := broken_links(pages):
            raise SiteError("links lead nowhere:\n" + "\n".join(broken))
        yield "Links are right"
        check_replaceable(output)  # Something else may have come there meanwhile.
        replace(output, pages, Path(scratch) / "before")
    yield f"Open {output / 'index.html'}"


def check_replaceable(output: Path) -> None:
    """SiteError if that place holds anything but a site."""
    if output.exists() and not output.is_dir():
        raise SiteError(f"{output} is a file, not a directory: choose another --output")
    if output.is_mount():
        raise SiteError(f"{output} is where another disk begins, and cannot be replaced: choose a directory in it")
    mark, line = output / MARK[0], MARK[1]
    if output.exists() and any(output.iterdir()) and not (mark.is_file() and line in mark.read_bytes()):
        raise SiteError(f"what is in {output} is not a site, and would be lost: choose another --output")


def replace(output: Path, pages: Path, before: Path) -> None:
    """Put pages in the place of a directory, and what was there at ``before``; if that fails, it is there again."""
    if output.exists():
        output.rename(before)
    try:
        pages.rename(output)
    except BaseException:
        if before.exists():
            before.rename(output)
        raise


def run_sphinx(builder: str, sources: Path, pages: Path, live: bool) -> None:
    """Run one of Sphinx's builders; SiteError if it has anything to complain about."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    overrides = {"html_extra_path": [str(sources / AS_IT_IS)]}
    here, doctrees, said = Path(__file__).parent, sources.with_name("doctrees"), StringIO()
    tags = ["live"] if live else []
    try:
        with patch_docutils(here), docutils_namespace():
            app = Sphinx(sources, here, pages, doctrees, builder, overrides, status=None, warning=said, tags=tags)
            app.build()
    except SphinxError as error:
        raise SiteError(f"Sphinx says: {error}") from None
    if complaints := re.sub(rf"\x1b\[[\d;]*m|[./]*{sources}/", "", said.getvalue()).strip():
        raise SiteError(f"Sphinx says:\n{complaints}")


def check_spelling(sources: Path, live: bool) -> str:
    """Check the words of all pages, and return a line that says so, or what was missing; SiteError for a wrong word."""
    if missing := spelling.missing_tool():
        return f"Spelling was not checked: there is no {missing}"
    shutil.copyfile(spelling.WORDS, sources / spelling.WORDS.name)  # Enchant opens it for writing, too.
    run_sphinx("spelling", sources, sources.with_name("spelling"), live)
    return "Spelling is right"
