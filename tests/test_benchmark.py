"""The benchmark measures what it says: the same programs, agreeing gradients, and a report that can be read."""

import subprocess
import sys
from typing import ClassVar

import pytest

from engine import Value
from examples import benchmark, workloads


@pytest.mark.parametrize("name", workloads.WORKLOADS)
def test_a_gradient_by_central_differences(name):
    """The loss is recomputed by a class of plain numbers that records nothing, in place of Value."""
    found = benchmark.gradient(Value, name)
    for index in (0, len(found) // 2, len(found) - 1):
        ahead, behind = (_loss(name, index, eps) for eps in (1e-6, -1e-6))
        assert found[index] == pytest.approx((ahead - behind) / 2e-6, rel=1e-4, abs=1e-7)


class _Number(float):
    """A float with micrograd's methods; ``backward`` keeps it as the loss of the step."""

    losses: ClassVar[list[float]] = []
    grad = 0.0

    def __init__(self, _number: float) -> None:
        self.data = 0.0

    def relu(self) -> "_Number":
        return _Number(max(self, 0.0))

    def backward(self) -> None:
        self.losses.append(float(self))


for _operator in ("add", "radd", "mul", "rmul", "sub", "pow"):
    _plain = getattr(float, f"__{_operator}__")
    setattr(_Number, f"__{_operator}__", lambda a, b, plain=_plain: _Number(plain(a, float(b))))


def _loss(name: str, index: int, eps: float) -> float:
    """The loss of a workload's first step with one parameter shifted."""
    made: list[_Number] = []

    def value(number: float) -> _Number:
        made.append(_Number(number + eps * (len(made) == index)))
        return made[-1]

    workloads.WORKLOADS[name](value).step()
    return _Number.losses[-1]


def test_the_chain_is_a_geometric_series():
    pairs = 50
    result = workloads.chain(Value, pairs)
    ratio = 0.999**pairs
    assert result.data == pytest.approx(ratio + 0.001 * (1 - ratio) / 0.001, rel=1e-12)


def test_moons_lie_on_their_half_circles_without_noise():
    samples = workloads.moons(100, noise=0.0, seed=1)
    assert sum(label for _, label in samples) == 0
    for (x, y), label in samples:
        center = (0.0, 0.0) if label < 0 else (1.0, 0.5)
        assert (x - center[0]) ** 2 + (y - center[1]) ** 2 == pytest.approx(1.0)
        assert (y >= 0.0) if label < 0 else (y <= 0.5)


def test_an_operation_holds_a_bounded_number_of_bytes():
    assert 100 < benchmark.bytes_per_node(Value, 20_000) <= 300


def test_the_report():
    pytest.importorskip("micrograd")
    run = subprocess.run(
        [sys.executable, "-m", "examples.benchmark", "--rounds", "1"], capture_output=True, text=True, check=True
    )
    assert "agree" in run.stdout
    for name in workloads.WORKLOADS:
        (line,) = [line for line in run.stdout.splitlines() if line.startswith(name)]
        assert line.endswith("x")
    assert "1,000,000 multiply-adds" in run.stdout


def test_bad_arguments_get_a_usage_message():
    with pytest.raises(SystemExit) as stop:
        benchmark.main(["--rounds", "0"])
    assert stop.value.code == 2
