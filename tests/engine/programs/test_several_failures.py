"""Where several operations of one run fail, the program names that at which the engine stops, whatever its order."""

import pytest
from support.program_checks import each_backend, program

import engine
from engine import Value, gradients


def log_first(a, b):
    u = engine.log(a)
    v = engine.sqrt(b)
    return v * u  # On the way from here, sqrt comes first.


def layers(a, b):
    """Two layers: the engine computes one after the other, a walk from the result goes through both at once."""
    first = [engine.log(a), engine.sqrt(b), engine.asin(b - 3.0)]
    second = [engine.sqrt(first[0]), engine.log(b), 1.0 / (b + 2.0)]
    return second[2] * second[1] * second[0] + first[2] * first[1] * first[0]


@each_backend
@pytest.mark.parametrize("function", [log_first, layers])
@pytest.mark.parametrize("point", [(-1.0, -2.0), (0.0, -3.0), (-1.0, 2.5), (3.0, -2.0)])
def test_the_program_names_what_the_engine_names(function, point, backend):
    leaves = [Value(2.0, "a"), Value(2.5, "b")]
    compiled = program(backend, leaves, [function(*leaves)])
    with pytest.raises((ArithmeticError, ValueError)) as eager:
        function(*[Value(number, name) for number, name in zip(point, "ab", strict=True)])
    for run in (compiled, lambda *point: compiled.repeat(3, *point), lambda *point: compiled.sum([point])):
        with pytest.raises((ArithmeticError, ValueError)) as raised:
            run(*point)
        assert eager.value.args[-1] in str(raised.value)


a, b = Value(2.0, "a"), Value(2.5, "b")
twice, many = engine.sqrt(engine.log(a)) * engine.sqrt(engine.log(a)), sum(engine.log(i * a) for i in range(1, 10))
NAMED = [
    ([log_first(a, b)], -1.0, ["sqrt", "log"]),
    ([twice], -1.0, ["log"]),  # once; nor the root of what is not there
    ([many], -1.0, ["log"] * 5 + ["4 more like these"]),
    ([engine.log(a), *gradients(engine.log(a), [a])], 0.0, ["log"]),  # nor the derivative 1 / a
]


@pytest.mark.parametrize(("outputs", "number", "named"), NAMED)
def test_what_follows_from_a_failure_is_not_named(outputs, number, named):
    compiled = program("python", [a, b], outputs)
    with pytest.raises(engine.DomainError) as raised:
        compiled(number, -2.0)
    assert [part.split(" has no value at ")[0] for part in str(raised.value).split("; and ")] == named
