"""Formulas as MathML: computed from what a browser is given, they have the numbers of the table and of the graph."""

import re
from xml.etree import ElementTree

import pytest

from engine import Value, maximum, primitives_table, tanh, where
from engine.extend import FAILURES, FLOATS
from tests.support.mathml import computed, python
from viz.mathml import equations, formula
from viz.record import Record

POINTS = ({"x": 0.3, "y": 0.7, "z": -2.0}, {"x": -1.25, "y": 2.0, "z": 0.5}, {"x": 3.5, "y": 3.5, "z": 1.0})


@pytest.mark.parametrize("row", primitives_table(), ids=lambda row: row.name)
def test_every_formula_of_the_table_shows_what_it_computes(row):
    compared = 0
    for point in POINTS:
        try:
            numbers = {**point, "r": eval(row.value, FLOATS, point), "d": 0.6}
        except FAILURES:
            continue
        for text in (row.value, *row.partials, *row.seconds):
            try:
                expected = eval(text, FLOATS, numbers)
            except FAILURES:
                continue
            assert computed(formula(text), numbers) == pytest.approx(expected, rel=1e-12, abs=1e-15), text
            compared += 1
    assert compared


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a - (b - c)", "a-(b-c)"),
        ("a - (-b)", "a-(-b)"),
        ("(a + b) * c", "(a+b)*c"),
        ("-a * a", "-pow(a,2)"),
        ("pow(-x, 2)", "pow((-x),2)"),
        ("pow(x / y, 2)", "pow((((x)/(y))),2)"),
        ("y / h / h", "((y)/(pow(h,2)))"),
        ("-1 / x", "-((1)/(x))"),
        ("hypot(1, x) * hypot(1, x)", "pow((sqrt(1+pow(x,2))),2)"),
        ("exp(x / y)", "exp(((x)/(y)))"),
        ("exp(-abs(x))", "pow(e,-abs(x))"),
        ("1e-300 + 2.5e30", "pow(10,-300)+2.5*pow(10,30)"),
        ("x1 + w", "x1+w"),
        ("not_known(x, 1)", "not_known(x,1)"),
        ("-1 < x < abs(y)", "-1<x<abs(y)"),
        ("(a if x else b) if x == x else x", "((x)ifx!=nanelse(a)ifx!=0else(b)ifTrueelseNone)"),
    ],
)
def test_a_formula_is_written_as_in_textbooks(text, shown):
    assert python(ElementTree.fromstring(formula(text))).replace(" ", "") == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x +", "'x \\+' is not a Python expression"),
        ("x[0]", "'x\\[0\\]' may not contain x\\[0\\]"),
        ("'a' + x", "may not contain 'a'"),
        ("f(x=1)", r"may not contain f\(x=1\)"),
        ("1 if x in y else 0", "may not contain x in y"),
    ],
)
def test_what_is_no_formula_is_refused_by_name(text, message):
    with pytest.raises(ValueError, match=message):
        formula(text)


def computed_graph(roots):
    """The numbers that the equations of a graph give, by the identity of the node, and the equations."""
    record = Record(roots)
    identities = {node: f"n{count}" for count, node in enumerate(record.uses)}
    found = equations(roots, record.names, identities.__getitem__)
    numbers = {identities[node]: node.data for node in record.uses if node.is_leaf}
    for equation in found:
        left, right = equation.split("<mo>=</mo>", 1)
        (name,) = re.findall(r'data-node="(\w+)"', left)
        # In the place of a name, the identity of its node: labels need not be names in Python.
        markup = f"<mrow>{right}".removesuffix("</math>")
        tree = ElementTree.fromstring(markup)
        for element in tree.iter("mrow"):
            if "data-node" in element.attrib and element[0].tag in ("mi", "msub", "mtext"):
                known = ElementTree.SubElement(element, "mi")
                known.text = element.get("data-node")
                element[:] = [known]
        numbers[name] = computed(ElementTree.tostring(tree, "unicode"), numbers)
    return {node: numbers.get(identity) for node, identity in identities.items()}, found


def a_graph():
    """A graph with everything in it: names of all kinds, choices, powers, numbers, and results that are used twice."""
    x, y, w = Value(2.0, "x"), Value(-3.0, "y & <z>"), Value(0.5, "w[0]")
    h = tanh(w * x + y * 0.25)
    return [((h - 1) ** 2 + (x / y).exp() - -(x * h) + where(x, y, h) + maximum(x, 0) * 1e-7 * -2 + 9).sqrt()]


def a_chain():
    total = Value(1.0)
    for count in range(60):
        total = total + count
    return [total]


@pytest.mark.parametrize(("make", "count"), [(a_graph, 2), (a_chain, 3), (lambda: [Value(3.0, "x")], 0)])
def test_the_equations_of_a_graph_give_its_numbers(make, count):
    roots = make()
    numbers, found = computed_graph(roots)
    assert len(found) == count
    for node, number in numbers.items():
        assert number is None or number == pytest.approx(node.data, rel=1e-12)
    assert numbers[roots[0]] is not None


def test_a_derivative_is_a_fraction_and_an_index_stands_below():
    x = Value(2.0)
    root = x * x
    (found,) = equations([root], {x: "layer0.w[3]", root: "∂f/∂x1"}, lambda node: "n")
    below = "<mo>∂</mo><msub><mi>x</mi><mtext>1</mtext></msub>"
    assert f"<mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow>{below}</mrow></mfrac></mrow><mo>=</mo>" in found
    assert found.count('<mrow data-node="n"><msub><mi>layer0.w</mi><mtext>3</mtext></msub></mrow>') == 2


def test_equations_stand_for_results_for_labels_and_for_what_is_used_twice():
    x = Value(2.0, "x")
    twice = x * x
    named = twice + 1
    named.label = "named"
    root = twice * (named.exp() + 1)
    numbers, found = computed_graph([root])
    assert [node for node, number in numbers.items() if number is not None] == [x, twice, named, root]
    assert all(f'data-node="n{count}"' in found[-1] for count in range(1, 6))
