"""Docstrings become reStructuredText that docutils reads without a complaint, and no word is lost."""

import importlib
import inspect
import re
from collections import Counter

import pytest

from examples.site.docstrings import summary, to_rst

core = pytest.importorskip("docutils.core", reason="the site needs the extra `site`")
nodes = pytest.importorskip("docutils.nodes")

BLOCKS = {
    "a paragraph becomes a line": ("One\ntwo.", "One two."),
    "characters mean themselves": ("a * b_ |c| \\", r"a \* b\_ \|c\| \\"),
    "code, names and stress": ("``a*b`` of `Value`: *all* of it", r"``a*b`` of <Value>\ : *all* of it"),
    "code beside letters": ("×``4``×", r"×\ ``4``\ ×"),
    "an aligned list of parameters": ("x  a number,\n   any\ny  `where`", ":param x: a number, any\n:param y: <where>"),
    "an aligned list of others": ("x  a number\nz  none", "``x``\n   a number\n``z``\n   none"),
    "a list with a heading": ("Do.\n\nFiles\n    `a`  one\n    `b`  two", "Do.\n\nFiles\n\n<a>\n   one\n<b>\n   two"),
    "terms with spaces": ("Do\n\n    2 / n   for relu\n            (He)", "Do\n\n``2 / n``\n   for relu (He)"),
    "code in Python": (
        "Do.\n\n    a = 1  # or\n\n    b = 2  # so\n\nEnd",
        "Do.\n\n.. code-block:: python\n\n   a = 1  # or\n\n   b = 2  # so\n\nEnd",
    ),
    "code in columns": (
        "Do\n\n    @a(1)   class B:\n    def c():    @a\n\nEnd",
        "Do\n\n.. code-block:: text\n\n   @a(1)   class B:\n   def c():    @a\n\nEnd",
    ),
    "a numbered list": ("1. One,\n   two.\n2. *Three*", "1. One, two.\n2. *Three*"),
    "what is raised": (
        "It is. Raises TypeError and ValueError as `a` says; KeyError, with a name, if not and OSError if so.",
        "It is.\n\n:raises TypeError, ValueError: as <a> says\n"
        ":raises KeyError: with a name, if not\n:raises OSError: if so",
    ),
    "what is raised, told within a text": ("Raises TypeError for x. Then y.", "Raises TypeError for x. Then y."),
    "what is raised by others": ("Raises as `a` does.", "Raises as <a> does."),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_each_kind_of_block(name):
    text, expected = BLOCKS[name]
    assert "\n".join(to_rst(text, ("x", "y"), "<{}>".format)) == expected


def test_the_summary_is_the_first_sentence():
    assert summary("Of 2.5 *x*\nand `y`. More.\n\nMuch more.", "<{}>".format) == r"Of 2.5 *x* and <y>\ ."


PACKAGES = ("engine", "engine.extend", "nn", "nn.initializers", "nn.losses", "nn.training", "viz", "viz.plots")


def documented(package):
    """Every docstring of the public names of a package and of their members, with the names of parameters."""
    module = importlib.import_module(package)
    things = [module, *(getattr(module, name) for name in getattr(module, "__all__", ()))]
    things += [member for thing in things if isinstance(thing, type) for member in vars(thing).values()]
    for thing in things:
        if inspect.getdoc(thing) and not isinstance(thing, (str, float, tuple, dict)):
            try:
                parameters = list(inspect.signature(thing).parameters)
            except (TypeError, ValueError):
                parameters = []
            yield inspect.getdoc(thing), parameters


def words(text):
    return Counter(re.findall(r"\w+", text))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_docstring_is_read_without_a_complaint_and_without_losing_a_word(package):
    texts = list(documented(package))
    pages = ["\n".join(to_rst(text, parameters)) for text, parameters in texts]
    source = "\n\n----\n\n".join(re.sub("code-block", "code", page) for page in pages)
    tree = core.publish_doctree(source, settings_overrides={"report_level": 5, "syntax_highlight": "none"})
    assert [problem.astext() for problem in tree.findall(nodes.system_message)] == []
    lost = words("\n".join(text for text, _ in texts)) - words(tree.astext())
    assert set(lost) <= {"Raises", "and", "or", "1", "2", "3"}  # The numbers of a list are not its text.


def test_lists_of_parameters_are_found_in_every_docstring():
    pages = [line for package in PACKAGES for text, names in documented(package) for line in to_rst(text, names)]
    aligned = re.compile(r"\w+ {2,}\w")
    assert [line for line in pages if aligned.match(line)] == []
    assert sum(line.startswith(":param ") for line in pages) > 100
