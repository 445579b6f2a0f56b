"""Pictures as LaTeX sets them: text and places are read from the PDF by poppler's pdftotext."""

import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCUMENT = r"""\documentclass{article}
\usepackage{tikz}
\begin{document}
%s
\end{document}
"""

# Each picture on a page of its size and a margin of 10 bp; LaTeX's own margins are 72.27 pt.
PAGE = r"""\setbox0\hbox{\input{%s}}
\pdfpagewidth=\dimexpr\wd0+20bp\pdfpageheight=\dimexpr\ht0+\dp0+20bp
\shipout\vbox{\kern-72.27pt\kern10bp\hbox{\kern-72.27pt\kern10bp\box0}}"""

# Characters that a paper has where a program has others.
TYPED = str.maketrans("−·∗’‘”ˆ˜", "-**'`\"^~") | {ord("ﬁ"): "fi", ord("ﬂ"): "fl", ord("ﬀ"): "ff"}


@dataclass
class Typeset:
    """A picture in points: its size, and each word with its left, top, right and bottom side."""

    width: float
    height: float
    words: list[tuple[str, tuple[float, ...]]]

    @property
    def text(self):
        """All text in the order of the file, without spaces, in the characters of a program."""
        return "".join(word for word, _ in self.words)


def typeset(pictures):
    """{name: `Typeset`} of pictures in TikZ by name, by one run of pdfLaTeX."""
    for program in ("pdflatex", "pdftotext"):
        if not shutil.which(program):
            pytest.skip(f"no `{program}` on the PATH (Debian: apt install texlive-pictures poppler-utils)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture, text in pictures.items():
            (folder / f"{picture}.tex").write_text(text, encoding="utf-8")
        (folder / "all.tex").write_text(DOCUMENT % "\n".join(PAGE % picture for picture in pictures))
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
        subprocess.run(["pdftotext", "-bbox", "all.pdf", "all.html"], cwd=folder, check=True)
        return dict(zip(pictures, _pages((folder / "all.html").read_text(encoding="utf-8")), strict=True))


def _pages(text):
    """The pages in what pdftotext writes."""
    for page in ElementTree.fromstring(text).iter("{http://www.w3.org/1999/xhtml}page"):
        sides = ("xMin", "yMin", "xMax", "yMax")
        words = [(word.text.translate(TYPED), tuple(float(word.get(side)) for side in sides)) for word in page]
        yield Typeset(float(page.get("width")) - 20, float(page.get("height")) - 20, words)
