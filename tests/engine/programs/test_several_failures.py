"""Where several operations of one run fail, the program names that at which the engine stops, whatever its order."""

import pytest
from support.program_checks import program

import engine
from engine import Value, gradients


def log_first(a, b):
    u = engine.log(a)
    v = engine.sqrt(b)
    return v * u  # On the way from here, sqrt comes first.


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
