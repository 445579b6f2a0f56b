"""The public surface, pinned: a name that appears or goes is a decision, not an accident."""

import inspect
import pickle
import traceback

import pytest

import engine
from engine import Value

SIGNATURES = {
    "Primitive": "name value partials symbol domain kink at_kink seconds",
    "Program": "inputs outputs updates backend fast_math",
    "Value": "data label _op _children",
    "grad": "function",
    "gradcheck": "function point order eps atol rtol",
    "gradients": "output leaves seed",
    "hessian": "function",
    "hvp": "function point vector",
    "jacobian": "function",
    "jvp": "function point tangent",
    "no_grad": "function",
    "primitives_table": "",
    "recording": "",
    "register": "row",
    "scope": "name note",
    "source": "name",
    "topological_order": "roots",
    "value_and_grad": "function",
    "vjp": "function point",
}
ERRORS = {"DomainError", "GradcheckError", "LostGradientWarning", "RecordingError", "StaleGraphError"}
READ_ONLY = {"edges", "has_grad", "is_leaf", "operands", "operation", "partials"}
ATTRIBUTES = READ_ONLY | {"backward", "data", "detach", "grad", "label", "zero_grad"}
ARCS = {f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "tan2")}
NAMES_FOR_NUMPY = ARCS | {"conjugate", "hypot", "deg2rad", "rad2deg"}
NAMES_OF_MICROGRAD = {"m", "v"}  # With an error that says where they can be.

PRIMITIVES = {row.name for row in engine.primitives_table()}
BUILTINS = {"abs", "pow"}
UNARY = {row.name for row in engine.primitives_table() if len(row.partials) == 1}


def test_the_names_of_the_engine():
    assert sorted(engine.__all__) == sorted(SIGNATURES.keys() | ERRORS | PRIMITIVES - BUILTINS)
    namespace = {}
    exec("from engine import *", namespace)
    assert set(engine.__all__) <= set(namespace)
    assert not namespace.keys() & BUILTINS
    with pytest.raises(AttributeError, match="'engine' has no attribute 'nosuch'"):
        engine.nosuch  # noqa: B018


@pytest.mark.parametrize("name", sorted(SIGNATURES.keys() | ERRORS | PRIMITIVES))
def test_every_name_says_what_it_is_and_takes_what_it_took(name):
    thing = getattr(engine, name)
    assert inspect.getdoc(thing)
    assert name in dir(engine)
    if name in SIGNATURES:
        assert " ".join(inspect.signature(thing).parameters) == SIGNATURES[name]


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_says_where_it_is_imported_from(name):
    error = getattr(engine, name)("why")
    assert traceback.format_exception_only(error) == [f"engine.{name}: why\n"]
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.args) == (type(error), ("why",))


def test_the_attributes_of_a_value():
    public = {name for name in dir(Value) if not name.startswith("_")}
    assert public == ATTRIBUTES | UNARY | NAMES_FOR_NUMPY | NAMES_OF_MICROGRAD
    assert all(inspect.getdoc(getattr(Value, name)) for name in public)
    assert str(inspect.signature(Value.backward).parameters["seed"]) == "seed: 'float' = 1.0"


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        *((Value(1.0) * 2, name) for name in sorted(READ_ONLY)),
        (Value(1.0), "lable"),
        (engine.primitives_table()[0], "value"),
    ],
)
def test_what_cannot_be_assigned(thing, name):
    with pytest.raises(AttributeError):
        setattr(thing, name, None)
