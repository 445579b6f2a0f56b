"""The evaluation trace, against the tables of Baydin et al. (JMLR 18, 2018) and against `backward`."""

import re

import pytest

import engine
import viz
from engine import StaleGraphError, Value
from nn import MLP
from viz.notation import number
from viz.record import Record


def sections(value):
    """The rows of a trace, as lists of cells, under (part, section)."""
    found = {}
    for line in viz.trace(value).splitlines():
        if not line.strip():
            continue
        if not line.startswith(" "):
            part = line
        elif not line.startswith("    "):
            rows = found.setdefault((part, line.strip()), [])
        else:
            rows.append(re.split(r" {2,}", line.strip()))
    return found


def contributions(value):
    """(target, what it is made of, contribution, sum so far) of each row of the reverse part."""
    rows = sections(value)["Reverse adjoint trace", "contributions"]
    for target, product, _numbers, contribution, total in rows:
        yield target.removesuffix(" +="), product, float(contribution[2:]), float(total.rpartition("= ")[2])


def textbook_example():
    """f(x1, x2) = ln(x1) + x1 x2 - sin(x2) at (2, 5), its results labelled as in the tables."""
    x1, x2 = Value(2.0, "x1"), Value(5.0, "x2")
    v1, v2, v3 = x1.log(), x1 * x2, x2.sin()
    v4 = v1 + v2
    v5 = v4 - v3
    for index, node in enumerate((v1, v2, v3, v4, v5), start=1):
        node.label = f"v{index}"
    return v5


def test_the_forward_primal_trace_of_table_2():
    trace = sections(textbook_example())
    assert trace["Forward primal trace", "inputs"] == [["x1", "= 2"], ["x2", "= 5"]]
    rows = {row[0]: row[1:] for row in trace["Forward primal trace", "intermediate results"]}
    published = {
        "v1": ("= log(x1)", "= log(2)", 0.693),
        "v2": ("= x1 * x2", "= 2 * 5", 10),
        "v3": ("= sin(x2)", "= sin(5)", -0.959),
        "v4": ("= v1 + v2", "= 0.69315 + 10", 10.693),
        "v5": ("= v4 - v3", "= 10.693 - (-0.95892)", 11.652),
    }
    assert set(rows) == set(published)
    for name, (symbols, numbers, result) in published.items():
        assert rows[name][:2] == [symbols, numbers]
        assert float(rows[name][2][2:]) == pytest.approx(result, abs=5e-4)
    assert trace["Forward primal trace", "output"] == [["v5", "= 11.652"]]


def test_the_local_partials_of_table_3():
    rows = sections(textbook_example())["Local partials", "of each result by its operands"]
    assert {row[0]: row[1:] for row in rows} == {
        "∂v1/∂x1": ["= 1 / x1", "= 0.5"],
        "∂v2/∂x1": ["= x2", "= 5"],
        "∂v2/∂x2": ["= x1", "= 2"],
        "∂v3/∂x2": ["= cos(x2)", "= 0.28366"],
        "∂v4/∂v1": ["= 1"],
        "∂v4/∂v2": ["= 1"],
        "∂v5/∂v4": ["= 1"],
        "∂v5/∂v3": ["= -1"],
    }


def test_the_reverse_adjoint_trace_of_table_3():
    value = textbook_example()
    bar = {name: f"{name}.grad" for name in ("v1", "v2", "v3", "v4", "v5", "x1", "x2")}
    trace = sections(value)
    assert trace["Reverse adjoint trace", "output"] == [[bar["v5"], "= 1"]]
    sums = {}
    for target, product, contribution, total in contributions(value):
        source, operand = re.fullmatch(r"\S+ · ∂(\w+)/∂(\w+)", product).groups()
        assert product.startswith(f"{bar[source]} · ")
        assert target == bar[operand]
        assert sums.get(target, 0.0) + contribution == pytest.approx(total, abs=1e-4)
        sums[target] = total
    published = {"v4": 1, "v3": -1, "v1": 1, "v2": 1, "x1": 5.5, "x2": 1.716}
    assert sums == {bar[name]: pytest.approx(adjoint, abs=5e-4) for name, adjoint in published.items()}
    x2_rows = [row[2] for row in contributions(value) if row[0] == bar["x2"]]
    assert sorted(x2_rows) == pytest.approx([-0.284, 2], abs=5e-4)
    x1_rows = [row[2] for row in contributions(value) if row[0] == bar["x1"]]
    assert sorted(x1_rows) == [0.5, 5]
    assert trace["Reverse adjoint trace", "inputs"] == [[bar["x1"], "= 5.5"], [bar["x2"], "= 1.7163"]]


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (lambda x: x**2, "2 * x"),
        (lambda x: x**3, "3 * (x * x)"),
        (lambda x: x**-1, "-v1 / x"),
        (lambda x: 2**x, "v1 * 0.69315"),
        (lambda x: x * 0.25, None),
        (lambda x: 3 / x, "-v1 / x"),
        (lambda x: x.tanh(), "1 - v1 * v1"),
        (lambda x: x.relu(), "1 where x > 0"),
        (lambda x: engine.maximum(1, x), "0 where 1 > x"),
        (lambda x: engine.where(2.0, x, 1.0), None),
        (lambda x: engine.where(0.0, x, 1.0), None),
        (lambda x: x.erf(), "1.1284 * exp(-x * x)"),
    ],
)
def test_the_formula_of_a_partial_in_the_names_of_the_operands(function, formula):
    x = Value(0.5, "x")
    value = function(x)
    ((_, *cells),) = sections(value)["Local partials", "of each result by its operands"]
    (partial,) = (partial for partial in value.partials if partial is not None)
    assert cells == ([f"= {formula}"] if formula else []) + [f"= {partial:.5g}"]
    formula = formula and formula.partition(" where ")[0]
    if formula:
        names = {**vars(engine), "x": 0.5, "v1": value.data}
        assert eval(formula, names) == pytest.approx(partial, rel=1e-4)


def test_squares_undefined_partials_and_labels_that_are_no_names():
    x, zero = Value(3.0, "x"), Value(0.0, "x")
    assert [row[2:] for row in contributions(x * x)] == [(3, 3), (3, 6)]
    text = viz.trace(zero.sqrt() * 2 + zero)
    assert re.search(r"∂v1/∂x +=  ?0\.5 / v1 += undefined", text)
    assert re.search(r"= 2 · undefined += undefined +→ x\.grad = undefined", text)
    assert re.search(r"inputs\n +x\.grad += undefined$", text)
    text = viz.trace(Value(2.0, "x*w") - Value(3.0, "two words"))
    assert "v1         = (x*w) - (two words)  = 2 - 3  = -1" in text
    assert "∂v1/∂(two words)" in text
    assert "(x*w).grad +=" in text


def test_a_leaf_by_itself():
    assert viz.trace(Value(3.0)) == (
        "Forward primal trace\n  inputs\n    x1  = 3\n  output\n    x1  = 3\n\n"
        "Reverse adjoint trace\n  output\n    x1.grad  = 1\n  inputs\n    x1.grad  = 1"
    )


def test_a_weight_has_one_name_in_the_trace_the_drawing_and_the_player():
    """As few dotted pieces of its label as tell it apart: of one neuron ``w[0]``, of two with their names."""
    model = MLP([1, 2, 1], seed=0)
    hidden = model.layers[0].forward([Value(0.5, "x")])
    for value, expected in ((hidden[1], "w[0]"), (hidden[0] + hidden[1], "neuron1.w[0]")):
        weight = model.layers[0].neurons[1].w[0]
        assert weight.label == "layer0.neuron1.w[0]"
        assert Record([value]).names[weight] == expected
        assert [expected, f"= {number(weight.data)}"] in sections(value)["Forward primal trace", "inputs"]
        assert f'tooltip="{expected}, parameter' in viz.to_dot(value)
        assert f'"name":"{expected}"' in viz.player(value).html.replace('": "', '":"')


def test_what_cannot_be_traced_is_refused():
    for wrong in (3.0, None, [Value(1.0)]):
        with pytest.raises(TypeError, match="a trace is of a Value, not of"):
            viz.trace(wrong)
    x = Value(2.0, "x")
    value = x * x
    x.data = 5.0
    with pytest.raises(StaleGraphError, match="'x'"):
        viz.trace(value)
