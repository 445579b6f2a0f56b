"""Rosenbrock's function: every method against its rule, written out with the derivatives, and what is printed."""

import re
from itertools import pairwise
from random import Random

import pytest

import engine
from examples import rosenbrock
from examples.rosenbrock import full_step, newton, run_optimizer, searched_step
from nn import SGD, Adam

START = (-1.2, 1.0)


def f(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def gradient(x, y):
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def second_derivatives(x, y):
    return 1200 * x * x - 400 * y + 2, -400 * x, 200.0


def test_the_minimum_is_one_and_its_curvatures_are_known():
    assert rosenbrock.rosenbrock(1.0, 1.0) == 0.0
    assert engine.grad(rosenbrock.rosenbrock)(1.0, 1.0) == (0.0, 0.0)
    # The roots of λ² - 1002 λ + 400, which is the characteristic polynomial of [[802, -400], [-400, 200]].
    roots = rosenbrock.eigenvalues([[802.0, -400.0], [-400.0, 200.0]])
    assert [root * root - 1002 * root + 400 for root in roots] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert roots[0] < 1 < roots[1]


def descend(rate, momentum, steps, start=START):
    """Gradient descent with momentum, until a number is too large for its fourth power."""
    x, y = start
    vx = vy = 0.0
    points = [start]
    for _ in range(steps):
        gx, gy = gradient(x, y)
        vx, vy = momentum * vx + gx, momentum * vy + gy
        x, y = x - rate * vx, y - rate * vy
        if max(abs(x), abs(y)) > 1e75:
            break
        points.append((x, y))
    return points


@pytest.mark.parametrize("backend", ["python", "llvm"])
@pytest.mark.parametrize(
    ("start", "optimizer", "settings", "expected"),
    [
        (START, SGD, (0.0019,), descend(0.0019, 0.0, 300)),
        (START, SGD, (0.003, 0.9), descend(0.003, 0.9, 300)),
        ((-3.0, -4.0), SGD, (0.0019,), descend(0.0019, 0.0, 1000, (-3.0, -4.0))),  # These two diverge.
        ((-3.0, -4.0), SGD, (0.0019, 0.9), descend(0.0019, 0.9, 1000, (-3.0, -4.0))),
    ],
    ids=["descent", "momentum", "too-large", "momentum-too-large"],
)
def test_a_program_takes_the_steps_of_the_rule(start, optimizer, settings, expected, backend):
    steps = 300 if start == START else 1000
    found = run_optimizer(start, lambda leaves: optimizer(leaves, *settings), steps, backend)
    assert bool(found.failure) == (len(expected) <= steps)
    assert len(found.points) == len(found.values) == len(expected) > 2
    for point, value, wanted in zip(found.points, found.values, expected, strict=True):
        assert point == pytest.approx(wanted, rel=1e-9, abs=1e-9)
        assert value == pytest.approx(f(*point), rel=1e-12)


def test_what_fails_at_the_start_has_been_at_the_start():
    found = run_optimizer((1e70, 1.0), lambda leaves: Adam(leaves, 0.1), 10, "python")
    assert found.points == [(1e70, 1.0)]
    assert "inf" in found.failure
    # det H = 80,000 (x² - y) + 400, which is 0 where y = x² + 0.005.
    found = newton((0.0, 0.005), full_step, 10)
    assert found.points == [(0.0, 0.005)]
    assert "singular" in found.failure


def test_full_steps_from_the_classical_start():
    x, y = START
    found = newton(START, full_step, 30)
    # The course that is known of it: up at once, over the ridge twice, then as good as there.
    assert found.values[:5] == pytest.approx([24.2, 4.731884, 1411.845, 0.0559655, 0.3131891], rel=1e-5)
    assert found.values[6] <= 1e-12 < found.values[5]
    for point in found.points[:5]:
        assert point == pytest.approx((x, y), rel=1e-9)
        (gx, gy), (a, b, c) = gradient(x, y), second_derivatives(x, y)
        x, y = x - (c * gx - b * gy) / (a * c - b * b), y - (a * gy - b * gx) / (a * c - b * b)


def test_damped_steps_lead_down_to_the_minimum_from_anywhere():
    random = Random(7)
    starts = [(random.uniform(-10, 10), random.uniform(-10, 10)) for _ in range(20)]
    starts += [START, (0.0, 0.005), (0.0, 100.0), (0.5, 0.255), (1.0, 1.0), (-50.0, 1.0), (0.0, -1e6)]
    indefinite = 0
    for start in starts:
        a, b, c = second_derivatives(*start)
        indefinite += a * c - b * b <= 0
        found = newton(start, searched_step, 500)
        assert found.failure == ""
        assert found.points[-1] == pytest.approx((1.0, 1.0), abs=1e-6)
        assert found.values[-1] <= 1e-12
        for point, following in pairwise(found.points):
            slope = sum(g * (there - here) for g, here, there in zip(gradient(*point), point, following, strict=True))
            assert slope < 0
            assert f(*following) <= f(*point) + 1e-4 * slope * (1 - 1e-9)
    assert indefinite > 4


@pytest.fixture
def report_of(monkeypatch, tmp_path, capsys):
    """What the command prints, and the cells of each method; no pictures are made."""
    monkeypatch.setattr(rosenbrock, "show_plots", lambda directory, make: None)

    def run(*arguments):
        rosenbrock.main([*arguments, "--backend", "python", "--output", str(tmp_path)])
        report = capsys.readouterr().out
        names = "|".join(method.name for method in rosenbrock.METHODS)
        lines = re.finditer(rf"^({names}) +(.*)$", report, flags=re.MULTILINE)
        return report, {found[1]: re.split(r"  +", found[2].strip()) for found in lines}

    return run


def test_the_report(report_of):
    report, lines = report_of("--steps", "1000")
    assert "from (-1.2, 1), where f = 24.2;" in report
    momentum = [f(*point) for point in descend(0.003, 0.9, 1000)]
    reached = [next(k for k, value in enumerate(momentum) if value <= goal) for goal in (1e-4, 1e-12)]
    assert lines["momentum 0.9"][:3] == ["rate 0.003", *map(str, reached)]
    assert lines["gradient descent"][1:3] == ["> 1,000"] * 2
    x, y = descend(0.0019, 0.0, 1000)[-1]
    assert lines["gradient descent"][3:5] == [f"({x:.4g}, {y:.4g})", f"{f(x, y):.1e}"]
    assert lines["Newton"][2] == "6"
    assert int(lines["damped Newton"][2]) < 30
    assert "a condition number of 2508" in " ".join(report.split())
    assert report.isascii()
    assert max(map(len, report.splitlines())) <= 108
    assert all(len(cells) == 6 for cells in lines.values())  # Two spaces are between any two columns.


def test_what_diverges_is_reported_and_the_rest_goes_on(report_of):
    report, lines = report_of("--start", "-3", "-4", "--steps", "100")
    for name in ("gradient descent", "momentum 0.9"):
        assert lines[name][1:3] == ["diverged"] * 2
        assert f"\n{name}: diverged, iteration 5 cannot be computed: " in report
    assert lines["Adam"][1] == "> 100"
    assert int(lines["damped Newton"][2]) <= 100
