"""A picture in TikZ: LaTeX sets it, whatever its labels are, and what it shows is read back from the PDF."""

import itertools
import random
from collections import Counter

import pytest
from support.drawn_graphs import HOSTILE, network, whole_batch
from support.typesetting import typeset

import nn
import viz
from engine import Value, scope, topological_order
from viz.graphs.tex import formula, plain

# Texts that mean something to TeX, or that it has no letters for.
HOSTILE_TEX = [
    *("%", "#1", "a_b^c", "$x$", "\\par", "\\end{tikzpicture}", "^^M", "~", "a & b", "{", "\\\\", "`` ''"),
    *('"a', "<<>>", "?`", "---", "x_{1}", "x ** 2 ** 3", "x′′", "x′ ** 2", "2x", "1e5e5", "a\n\nb", "١"),
    *("Привет", "é ü ß Ł ø", "x² ﬁ"),
]


def expression():
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
    f = ((a * b + c) * a / c) ** 2
    f.label = "f"
    f.backward()
    return f


def loss():
    model = network((2, 2, 1))
    loss = nn.binary_cross_entropy([model([1.0, 0.5])], [1.0])
    loss.backward()
    return loss


def columns():
    """A loop whose nodes have a column for each of their numbers, and no gradients yet."""
    return sum((Value(float(number), f"a[{number}]") ** 2 for number in (3, 5, 7)), Value(1.0, "b"))


def hostile(labels):
    """A chain in which each label is the name of a leaf, an operand in an expression and the title of a part."""
    result = Value(1.0, "x")
    for label in labels:
        result = scope(label, note=label)(lambda x, label=label: x * Value(1.0, label))(result)
    return result


EXPRESSION = expression()

PICTURES = {
    "expression": (expression, {}),
    "down": (expression, {"direction": "down"}),
    "operation": (loss, {}),
    "neurons": (loss, {"by": "neuron", "colors": "gradient", "title": "50% of a_b & {c}"}),
    "layers": (loss, {"by": "layer"}),
    "folded": (lambda: whole_batch(network((2, 4, 1))), {"fold": True}),
    "forwards": (columns, {"fold": True}),
    "small": (expression, {"size": (4, 3)}),
    "low": (loss, {"size": (50, 2)}),
    "bare": (expression, {"gradients": False, "legend": False, "digits": 2}),
    "marked": (
        lambda: EXPRESSION,
        {"marks": {EXPRESSION: "too large & more", (EXPRESSION, 0): "yours", EXPRESSION.operands[0]: ""}},
    ),
    "hostile": (lambda: hostile(HOSTILE + HOSTILE_TEX), {}),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """The pictures as LaTeX sets them, by name."""
    folder = tmp_path_factory.mktemp("tikz")
    for name, (make, options) in PICTURES.items():
        viz.draw(make(), folder / f"{name}.tex", **options)
    return typeset({name: (folder / f"{name}.tex").read_text(encoding="utf-8") for name in PICTURES})


def written(number, digits=5):
    return f"{number:.{digits}g}"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "make"), [("expression", expression), ("down", expression), ("operation", loss)])
def test_every_number_of_the_graph_is_read_back_from_the_paper(pictures, name, make):
    nodes = topological_order(make())
    words = [word for word, _ in pictures[name].words]
    following = {kind: Counter(b for a, b in itertools.pairwise(words) if a == kind) for kind in ("data", "grad")}
    assert following["data"] == Counter(written(node.data) for node in nodes)
    assert following["grad"] == Counter(written(node.grad) for node in nodes)
    partials = [written(partial) for node in nodes for operand, partial in node.edges if isinstance(operand, Value)]
    assert not Counter(partials) + following["data"] + following["grad"] - Counter(words)


@pytest.mark.slow
def test_a_mark_stands_below_its_number(pictures):
    words = pictures["marked"].words
    for number, first in (("1", "too"), ("1.6", "yours")):
        (mark,) = (at for word, at in words if word == first)
        near = [at for word, at in words if word == number and at[0] < mark[2] + 20 and mark[0] < at[2] + 20]
        assert any(0 < mark[1] - at[1] < 20 for at in near)
    assert "toolarge&more" in pictures["marked"].text


@pytest.mark.slow
def test_names_and_expressions_are_maths(pictures):
    text = pictures["expression"].text
    for expected in ("v1=a*b", "v2=v1+c", "v3=v2*a", "v4=v3/c"):
        assert expected in text
    assert "v12=tanh(v11)" in pictures["operation"].text
    assert text.count("data") == 8
    legend = "inputoperationresultonanedge:localpartial∂result/∂operand"
    assert all(word in text for word in (legend, "input", "operation", "result"))


@pytest.mark.slow
def test_parts_are_frames_with_titles_or_nodes_with_rows(pictures):
    for title in ("layer0tanh", "neuron0tanh", "neuron1tanh", "layer1sigmoid"):
        assert title in pictures["operation"].text
    for row in ("gradientnorm", "input10.5", "w[0]", "50%ofab&{c}"):
        assert row in pictures["neurons"].text
    assert "gradient,ofapartitsnorm" in pictures["neurons"].text
    assert "output(2)" in pictures["layers"].text
    assert "×4×4" in pictures["folded"].text
    assert "data92549" in pictures["forwards"].text
    assert "gradnotcomputed" in pictures["forwards"].text


@pytest.mark.slow
def test_what_is_not_wanted_is_not_there(pictures):
    text = pictures["bare"].text
    assert "grad" not in text
    assert "input" not in text
    assert "0.8" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(PICTURES) - {"hostile"}))
def test_no_text_lies_on_another_and_all_of_it_is_on_the_page(pictures, name):
    picture = pictures[name]
    for _, (left, top, right, bottom) in picture.words:
        assert 0 <= left < right <= picture.width + 20
        assert 0 <= top < bottom <= picture.height + 20
    for (_, one), (_, other) in itertools.combinations(picture.words, 2):
        width = min(one[2], other[2]) - max(one[0], other[0])
        height = min(one[3], other[3]) - max(one[1], other[1])
        smallest = min(side[3] - side[1] for side in (one, other))
        assert width < 0.5 or height < 0.5 * smallest, (one, other)


@pytest.mark.slow
def test_a_picture_is_no_larger_than_it_may_be_and_no_smaller_than_needed(pictures):
    small, low = pictures["small"], pictures["low"]
    assert 0.9 * 4 * 72 < small.width <= 4 * 72 + 1
    assert small.height < 3 * 72
    assert 0.9 * 2 * 72 < low.height <= 2 * 72 + 1


def test_what_tex_has_no_lengths_for_is_an_error_that_names_the_cure(tmp_path):
    with pytest.raises(ValueError, match=r"no picture of more than 222 inches, and this one has [0-9]+: draw a part"):
        viz.draw(hostile(["x"] * 150), tmp_path / "long.tex")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_any_label_is_read_back_as_text(pictures):
    text = pictures["hostile"].text
    for label in (label for label in HOSTILE + HOSTILE_TEX if label.isascii() and "**" not in label):
        # LaTeX draws the underscore; as a name in a formula, white space is lost.
        assert "".join(label.split()).replace("_", "") in text, label
    for character in "💥日本שП":
        assert f"{ord(character):X}" in text


def random_texts(count):
    """Texts of characters that mean something to TeX, and of any others that a drawing may be given."""
    source = random.Random(1)
    special = [*"\\{}$&#%_^~<>|\"`'?!-,;:[]()=+*/.0123456789eExyz ΣβΩ×…′²₁éßŁ", "**", " ** ", "\\par", "\\x", "e-05"]
    anything = map(chr, (*range(0xA0, 0x2600), *range(0x1F300, 0x1F340)))
    printable = [character for character in anything if character.isprintable()]
    for _ in range(count):
        alphabet = special + source.sample(printable, 10) * source.randrange(2)
        yield "".join(source.choices(alphabet, k=source.randint(1, 12)))


@pytest.mark.slow
def test_any_text_can_be_set():
    texts = list(random_texts(1000))
    lines = [f"{formula(text).tex} {plain(text).tex}\\par" for text in texts]
    picture = "\n".join([r"\vbox{\def\graphmissing#1{[#1]}", *lines, "}"])
    assert len(typeset({"texts": picture})["texts"].words) > len(texts)


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("x1", "$x_{1}$"),
        ("v10 = x1 * w1", r"$v_{10}=x_{1}\cdot w_{1}$"),
        ("β2", r"$\beta _{2}$"),
        ("w[0]", "$w[0]$"),
        ("layer0.w", r"$\mathit{layer0.w}$"),
        ("x_1", r"$\mathit{x\_1}$"),
        ("tanh(v4)", r"$\tanh(v_{4})$"),
        ("tanh′(a, b)", r"$\tanh'(a,\;b)$"),
        ("relu(z)", r"$\mathrm{relu}(z)$"),
        ("x ** 2", "$x^{2}$"),
        ("x ** (-0.5)", "$x^{-0.5}$"),
        ("b + Σ w * x", r"$b+\textstyle\sum w\cdot x$"),
        ("-1.08 … 0.5", r"$-1.08\;\dots\;0.5$"),
        ("1e-05", r"$1\mathrm{e}{-}05$"),
        ("×4×8", r"$\times 4\times 8$"),
        ("hidden layer", "hidden layer"),
        ("two  spaces", "two ~spaces"),
        ("x ** 2 ** 3", "x ** 2 ** 3"),
        ("2x", "2x"),
        ("x²", r"x\ensuremath{^{2}}"),
        ("é", r"{\'{e}}"),
        ("本", r"\graphmissing{672C}"),
        ("50%", r"50\%"),
        ("--x", "$--x$"),
        ("-->", r"-{}-{}\textgreater{}"),
        ("", ""),
    ],
)
def test_maths_where_it_tells_as_much_else_text(text, tex):
    assert formula(text).tex == tex
