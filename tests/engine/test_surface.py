"""The public surface, pinned: a name that appears or goes is a decision, not an accident."""

import inspect

import pytest

import engine
from engine import Primitive, Value

NAMES = {
    "DomainError",
    "GradcheckError",
    "Primitive",
    "Program",
    "RecordingError",
    "StaleGraphError",
    "Value",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "primitives_table",
    "recording",
    "register",
    "scope",
    "source",
    "topological_order",
    "value_and_grad",
    "vjp",
}
ATTRIBUTES = {
    "backward",
    "data",
    "detach",
    "edges",
    "grad",
    "has_grad",
    "is_leaf",
    "label",
    "operands",
    "operation",
    "partials",
    "zero_grad",
}
NAMES_FOR_NUMPY = {"arcsin", "arccos", "arctan"}
FIELDS = ["name", "value", "partials", "symbol", "domain", "kink", "at_kink"]

PRIMITIVES = {row.name for row in engine.primitives_table()}
BUILTINS = {"abs", "pow"}
UNARY = {row.name for row in engine.primitives_table() if len(row.partials) == 1}


def test_the_names_of_the_engine():
    assert set(engine.__all__) - PRIMITIVES == NAMES
    assert set(engine.__all__) >= PRIMITIVES - BUILTINS
    assert len(engine.__all__) == len(set(engine.__all__))


@pytest.mark.parametrize("name", sorted(NAMES | PRIMITIVES))
def test_every_name_is_there_and_says_what_it_is(name):
    assert inspect.getdoc(getattr(engine, name))
    assert name in dir(engine)


def test_a_star_import_gives_the_names():
    namespace = {}
    exec("from engine import *", namespace)
    assert set(engine.__all__) <= set(namespace)
    assert not namespace.keys() & BUILTINS


def test_the_attributes_of_a_value():
    public = {name for name in dir(Value) if not name.startswith("_")}
    assert public - UNARY - NAMES_FOR_NUMPY == ATTRIBUTES
    assert public >= UNARY | NAMES_FOR_NUMPY


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_every_attribute_says_what_it_is(name):
    assert inspect.getdoc(getattr(Value, name))


def test_what_is_read_only():
    x = Value(1.0) * 2
    for name in ("has_grad", "is_leaf", "operation", "operands", "partials", "edges"):
        with pytest.raises(AttributeError):
            setattr(x, name, None)


def test_a_value_has_no_room_for_misspelled_attributes():
    with pytest.raises(AttributeError):
        Value(1.0).lable = "x"


def test_the_columns_of_the_table():
    assert list(inspect.signature(Primitive).parameters) == FIELDS
    row = engine.primitives_table()[0]
    with pytest.raises(AttributeError):
        row.value = "x - y"


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("Value", ["data", "label"]),
        ("gradients", ["output", "leaves", "seed"]),
        ("gradcheck", ["function", "point", "order", "eps", "atol", "rtol"]),
        ("grad", ["function"]),
        ("value_and_grad", ["function"]),
        ("jacobian", ["function"]),
        ("hessian", ["function"]),
        ("vjp", ["function", "point"]),
        ("jvp", ["function", "point", "tangent"]),
        ("hvp", ["function", "point", "vector"]),
        ("topological_order", ["roots"]),
        ("register", ["row"]),
        ("source", ["name"]),
    ],
)
def test_the_parameters_of_the_functions(name, signature):
    assert list(inspect.signature(getattr(engine, name)).parameters) == signature


def test_the_parameters_of_backward():
    assert str(inspect.signature(Value.backward).parameters["seed"]) == "seed: 'float' = 1.0"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'engine' has no attribute 'nosuch'"):
        engine.nosuch  # noqa: B018
