"""What is drawn of a graph: its nodes, edges, names and roles; and how numbers are written."""

import pickle

import pytest
from support.drawn_graphs import drawn_nodes, outline

import engine
import viz
from engine import Primitive, Value
from engine.extend import Undefined
from viz.notation import number


def test_an_edge_for_every_value_among_three_operands():
    condition, x = Value(0.0, "c"), Value(4.0, "x")
    drawn = outline(engine.where(condition, 7.0, x))
    assert [drawn.nodes[edge.source].name for edge in drawn.edges] == ["c", "x"]
    assert [edge.partials for edge in drawn.edges] == [(0.0,), (1.0,)]


x, long_name = Value(2.0, "x"), "a_name_that_never_seems_to_end"


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (x + 1, "x + 1"),
        (10 / x, "10 / x"),
        (x**-1, "x ** (-1)"),
        (2**x, "2 ** x"),
        (x - -0.5, "x - (-0.5)"),
        (x * 1e-7, "x * 1e-07"),
        (x * -1e-7, "x * (-1e-07)"),
        (-x, "-x"),
        (abs(x), "abs(x)"),
        (engine.where(x, 1, 0), "where(x, 1, 0)"),
        (Value(1.0, "x1*w1") + Value(1.0, "x2 w2"), "(x1*w1) + (x2 w2)"),
        (Value(1.0, "x1*w1") - Value(1.0, "-b"), "(x1*w1) - (-b)"),
        (engine.maximum(Value(1.0, "x1*w1"), Value(1.0, "x2 w2")), "maximum(x1*w1, x2 w2)"),
        (Value(1.0, "a b") * Value(2.0, "a  b"), "(a b) * (a  b)"),
        (Value(1.0, long_name) * 2, "a_name_that_…eems_to_end * 2"),
    ],
)
def test_how_expressions_are_written(value, expression):
    """Numbers stand in the expression, labels that are no names in parentheses, and long names are shortened."""
    assert drawn_nodes(value)["v1"].expression == expression


def test_the_symbol_of_a_registered_operation(open_table):
    root = engine.register(Primitive("root", "sqrt(x)", ("0.5 / r",), symbol="√"))
    peak = engine.register(Primitive("peak", "maximum(x, y)", ("step(x - y)", "step(y - x)"), symbol="max"))
    x = Value(4.0, "x")
    assert drawn_nodes(root(x))["v1"].expression == "√x"
    assert drawn_nodes(peak(x, 2))["v1"].expression == "max(x, 2)"


@pytest.mark.parametrize(
    ("function", "partial"),
    [(engine.tanh, "tanh′(x, v1)"), (engine.relu, "relu′(x)"), (lambda x: x**x, "∂pow/∂y(x, x, v1)")],
)
def test_the_partials_of_rows_with_second_derivatives_are_written_as_functions(function, partial):
    x = Value(4.0, "x")
    (slope,) = engine.gradients(function(x), [x])
    assert partial in [node.expression for node in drawn_nodes(slope).values()]


def test_every_node_has_a_name_of_its_own():
    x, again, taken, blank = Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "v2"), Value(4.0, "  ")
    total = (x + again) + (taken + blank) * Value(5.0, "x#2")
    assert sorted(drawn_nodes(total)) == ["v1", "v2", "v3", "v4", "v5", "x", "x#2", "x#3", "x1"]
    assert drawn_nodes(total)["v5"].expression == "v1 + v4"


def test_roles():
    x, w, unused = Value(1.0, "x"), Value(2.0, "w"), Value(3.0)
    product = x * w
    result = product.tanh()
    roles = {node.name: node.role for node in outline(result, parameters=iter([w, unused])).nodes}
    assert roles == {"x": "input", "w": "parameter", "v1": "operation", "v2": "result"}
    assert [node.role for node in outline([product, result]).nodes] == ["input", "input", "result", "result"]
    assert [node.role for node in outline(x).nodes] == ["input"]
    assert [node.role for node in outline(w, parameters=[w]).nodes] == ["parameter"]


def test_a_gradient_of_zero_is_not_a_gradient_that_was_not_computed():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    product = x * y
    assert [node.gradient for node in outline(product).nodes] == [None, None, None]
    (product * 0).backward()
    assert [node.gradient for node in outline(product).nodes] == [0.0, 0.0, 0.0]
    x.zero_grad()
    assert drawn_nodes(product)["x"].gradient is None
    x.grad = 0.0
    assert drawn_nodes(product)["x"].gradient == 0.0


def test_numbers_have_five_significant_digits():
    for text in ("0", "2", "-4", "100000", "-9999999", "1e+07", "1e+300", "3e-07", "nan", "inf", "-inf"):
        assert number(float(text)) == text
    rounded = {24.70408163265306: "24.704", 0.7071067811865476: "0.70711", -3.14159e-07: "-3.1416e-07"}
    rounded |= {
        -0.0: "0",
        5e-324: "4.9407e-324",
        1234567.8: "1.2346e+06",
        7: "7",
        Undefined(ValueError("none")): "undefined",
    }
    assert {value: number(value) for value in rounded} == rounded


def test_the_cap_says_how_many_nodes_there_are_and_what_to_do():
    total = sum((Value(1.0) for _ in range(100)), Value(0.0))
    words = r"would have 201 nodes, more than max_nodes=200: .*draw a part .* max_nodes=201"
    with pytest.raises(viz.TooManyNodesError, match=words) as caught:
        outline(total, max_nodes=200)
    assert len(outline(total, max_nodes=201).nodes) == 201
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (twin.nodes, str(twin)) == (201, str(caught.value)), "it comes back from another process"


square = x * x
LISTED = r"a list of Values, as model.parameters\(\) gives"


@pytest.mark.parametrize(
    ("value", "options", "message"),
    [
        *((wrong, {}, "a drawing is of a Value or a list of Values, not of ") for wrong in (3.0, "x", [square, 2.0])),
        ([], {}, "the list is empty"),
        *((square, {"parameters": wrong}, LISTED) for wrong in (x, 3, object())),
        (square, {"parameters": [x, 1.0]}, r"parameters takes Values, not 1\.0 of type float"),
        (square, {"parameters": [square]}, "is not a parameter: it is the result of mul, not a leaf"),
        (square, {"max_nodes": None}, "max_nodes is a whole number, not None"),
        (square, {"max_nodes": 5e2}, r"max_nodes is a whole number, not 500\.0"),
        (square, {"max_nodes": True}, "max_nodes is a whole number, not True"),
        (square, {"fold": "no"}, "fold is True or False, not 'no'"),
        (square, {"by": "nonsense"}, "by 'operation', 'neuron' or 'layer', not by 'nonsense'"),
        (square, {"colors": "nonsense"}, "the 'role' of a node or its 'gradient', not 'nonsense'"),
        (square, {"direction": "up"}, "to the 'right' or 'down', not 'up'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(value, options, message):
    for function in (viz.draw, viz.to_dot):
        with pytest.raises((ValueError, TypeError), match=message):
            function(value, **options)
