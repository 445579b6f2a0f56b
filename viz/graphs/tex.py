"""Names, expressions and numbers as LaTeX sets them: in maths where nothing gets lost by it, else as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# A character and its command in maths.
_PAIR = re.compile("(.)([A-Za-z]+) ?")
_GREEK: dict[str, str] = dict(
    _PAIR.findall(
        "αalpha βbeta γgamma δdelta εepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi πpi ρrho σsigma τtau "
        "υupsilon φphi χchi ψpsi ωomega ΓGamma ΔDelta ΘTheta ΛLambda ΞXi ΠPi ΣSigma ΥUpsilon ΦPhi ΨPsi ΩOmega"
    )
)
_COMMANDS: dict[str, str] = _GREEK | dict(
    _PAIR.findall(
        "×times ·cdot ⋅cdot ∂partial …dots →to ←gets ∞infty ′prime ±pm ÷div ≤le ≥ge ≠ne ≈approx ∇nabla ∈in ∏prod ∑sum"
    )
)

# An empty group behind what TeX would join with its neighbour to another character.
_ESCAPED: dict[str, str] = {character: f"\\{character}" for character in "$&#%_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    **{character: character + "{}" for character in "-,`'?!"},
    **{character: f"{{\\{command}}}" for character, command in _PAIR.findall("ßss æae ÆAE œoe ŒOE øo ØO łl ŁL")},
    "\u00a0": "~",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
}
_ACCENTS = dict(
    zip("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327", "`'^~=u.\"rHvc", strict=True)
)
_RAISED = {"<sub>": "_", "<super>": "^"}

_FUNCTIONS = {"arg", "cos", "cosh", "exp", "ln", "log", "max", "min", "sin", "sinh", "tan", "tanh"}
_OPERATORS = {",": r",\;", "*": r"\cdot ", "×": r"\times ", "…": r"\dots ", "Σ": r"\textstyle\sum ", "**": "{*}{*}"}
_TOKEN = re.compile(
    r"""\s*(?:
        \*\*\ (?:\((?P<enclosed>-?[\w.]+)\)|(?P<power>[\w.]+))(?![\w.(\[′])
        |(?P<number>[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?)(?!\w)
        |(?P<operator>\*\*|Σ(?=\s)|[-+*/=(),\[\]×…])
        |(?P<name>[^\W\d_][\w.]*)(?P<prime>′?)
    )""",
    re.VERBOSE,
)
# White space has no meaning in maths: beside these it may go.
_LOST_SPACE = re.compile(r"(?<![-+*/=×…,Σ])\s(?![-+*/=×…])|\s\s")

MISSING = "graphmissing"
"""The command for a character that pdfLaTeX cannot set: it shows the number of the character."""


@dataclass(frozen=True)
class Text:
    """A text in LaTeX, and how many characters wide it is, about."""

    tex: str
    width: float

    def within(self, command: str) -> Text:
        """The text as the argument of a command: ``\\textbf``."""
        return Text(f"{command}{{{self.tex}}}", self.width) if self.tex else self


def formula(text: str) -> Text:
    """A name, an expression or numbers: as maths, or as text if maths would not tell as much."""
    maths = _maths(text)
    return Text(f"${maths}$", sum(map(_width, text))) if maths else plain(text)


def plain(text: str) -> Text:
    """Text that looks as it is, whatever is in it; it is ASCII, so no encoding matters."""
    composed = unicodedata.normalize("NFC", text)
    pieces = map(_character, re.sub("^ |(?<= ) ", "\u00a0", composed))
    return Text("".join(pieces), sum(map(_width, composed)))


def tabular(columns: str, lines: Iterable[str]) -> str:
    """Lines as a table of cells, without rules and margins."""
    body = r"\\".join(lines)
    return rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}{body}\end{{tabular}}"


def _width(character: str) -> float:
    """How many characters wide a character is."""
    return 4.0 if MISSING in _character(character) else 2.5 if character in "…×Σ" else 1.0


def _character(character: str) -> str:
    """One character of a text."""
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character in _COMMANDS:
        return rf"\ensuremath{{\{_COMMANDS[character]}}}"
    if character.isascii():
        return character
    base, *more = unicodedata.decomposition(character).split() or [""]
    if base in _RAISED and (raised := chr(int(more[0], 16))).isalnum() and raised.isascii():
        return rf"\ensuremath{{{_RAISED[base]}{{{raised}}}}}"
    if more and not base.startswith("<") and (letter := chr(int(base, 16))).isascii():
        accent = _ACCENTS.get(chr(int(more[0], 16)))
        return rf"{{\{accent}{{{letter}}}}}" if accent else _missing(character)
    return _missing(character)


def _missing(character: str) -> str:
    """What stands for a character that pdfLaTeX cannot set."""
    return rf"\{MISSING}{{{ord(character):X}}}"


def _maths(text: str) -> str | None:
    """A text as maths; None if it has in it what maths would lose or set as something else."""
    if not text or _LOST_SPACE.search(text.strip()):
        return None
    pieces: list[str] = []
    place = 0
    while found := _TOKEN.match(text, place):
        piece = _piece(found, text[found.end() : found.end() + 1])
        if piece is None or (pieces and pieces[-1][:1] == piece[:1] == "^"):
            return None
        pieces.append(piece)
        place = found.end()
    return "".join(pieces) if place == len(text) else None


def _piece(found: re.Match[str], following: str) -> str | None:
    """One piece of a formula, by what follows it."""
    exponent = found["enclosed"] or found["power"]
    if exponent:
        inner = _maths(exponent)
        return f"^{{{inner}}}" if inner else None
    if found["number"]:
        return re.sub(r"e([+-])(\d+)", r"\\mathrm{e}{\1}\2", found["number"])
    if found["operator"] == "…" and found[0] != "…":
        return r"\;\dots\;"
    if found["operator"]:
        return _OPERATORS.get(found["operator"], found["operator"])
    name = _name(found["name"], following)
    return name and name + ("'" if found["prime"] else "")


def _name(name: str, following: str) -> str | None:
    """A name in a formula: ``x1`` with an index, the functions of mathematics upright."""
    letter = _GREEK.get(name[0])
    first = rf"\{letter} " if letter else name[0]
    if re.fullmatch("[0-9]+", name[1:]) and (letter or name.isascii()):
        return f"{first}_{{{name[1:]}}}"
    if len(name) == 1 and (letter or name.isascii()):
        return first
    if not name.isascii():
        return None
    if following in ("(", "′") and name in _FUNCTIONS:
        return f"\\{name}"
    escaped = name.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}" if following == "(" else rf"\mathit{{{escaped}}}"
