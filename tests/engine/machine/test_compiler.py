"""Long programs are compiled in pieces, which Ctrl-C may end."""

import builtins
import os
import signal
import threading
from array import array
from random import Random

import pytest
from support.program_checks import needs

import engine
import nn
from engine import Program, Value
from engine.programs import plan

needs("llvm")

from engine.machine import backend as backend_room  # noqa: E402 - needs llvmlite
from engine.machine import compiler, loops  # noqa: E402

ROWS = array("d", [Random(1).uniform(-1, 1) for _ in range(4 * 37)])


def network(backend, updates=False, **options):
    """Loss and gradient of a network, or a step of Adam, with calls of tanh, exp and log and a part without inputs."""
    model = nn.MLP([3, 5, 4, 2], seed=3)
    given = [Value(0.1 * i, f"x{i}") for i in range(4)]
    weights = model.parameters()
    with engine.recording():
        loss = nn.cross_entropy([model(given[:3])], [1]) * given[3] + sum(map(engine.exp, weights[:9]), Value(0.0))
        if updates:
            return Program(given, [loss], nn.Adam(weights).updates(loss), backend, **options)
        return Program(given, [loss, *engine.gradients(loss, weights)], (), backend, **options)


@pytest.mark.slow
def test_in_pieces_a_program_computes_the_same(monkeypatch):
    for room, name, size in [(compiler, "LONGEST_TEXT", 1), (loops, "LONGEST_SHORT", 20)]:
        monkeypatch.setattr(room, name, size)
    numbers = [0.1, -0.2, 0.3, 0.4]
    gradient, twin = network("llvm"), network("python")
    assert gradient(*numbers) == twin(*numbers)
    assert gradient.sum(ROWS) == pytest.approx(twin.sum(ROWS), rel=1e-12)
    assert network("llvm", fast_math=True).sum(ROWS) == pytest.approx(twin.sum(ROWS), rel=1e-9)
    step, twin = network("llvm", updates=True), network("python", updates=True)
    assert step.repeat(5, *numbers, keep=True) == twin.repeat(5, *numbers, keep=True)
    assert "part1" in step.assembly
    weight = Value(1.0, "w")
    failing = Program(outputs=[engine.exp(weight * number) for number in range(30)], backend="llvm")
    weight.data = 100.0
    with pytest.raises(OverflowError, match=r"exp has no value at x = 800\.0"):
        failing()


def test_ctrl_c_is_answered_while_llvm_compiles_and_later_programs_compile(monkeypatch):
    """LLVM, at work in another thread, cannot be stopped: here it waits until Ctrl-C has been answered."""
    answered = threading.Event()
    parsed = []

    def parse(text, parse_assembly=compiler.llvm.parse_assembly):
        parsed.append(threading.current_thread())
        if len(parsed) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            assert answered.wait(timeout=60)
        return parse_assembly(text)

    monkeypatch.setattr(compiler, "LONGEST_TEXT", 1)
    with monkeypatch.context() as patched:
        patched.setattr(compiler.llvm, "parse_assembly", parse)
        program = network("llvm")
        with pytest.raises(KeyboardInterrupt):
            program(0.1, 0.2, 0.3, 0.4)
        answered.set()
        parsed[0].join()
    assert len(parsed) == 2, "it stops after what it was doing"
    assert program(0.1, 0.2, 0.3, 0.4) == network("python")(0.1, 0.2, 0.3, 0.4)


@pytest.mark.parametrize("backend", ["python", "llvm"])
@pytest.mark.parametrize("longest", [0, 4_000])
def test_no_run_at_all_compiles_what_runs_need(backend, longest, monkeypatch):
    monkeypatch.setattr(plan, "LONGEST", longest)
    x, total, weight = Value(1.0), Value(0.0), Value(0.5)
    inner = Program([x], [weight * x], backend=backend)
    step = Program([total], [total + weight], [(weight, weight - total * 0.1)], backend)
    rows = array("d", [1.0, 2.0])
    assert step.repeat(0, sums=(inner, rows)) == ()
    assert step.repeat(0, 1.0, keep=True) == []
    monkeypatch.setattr(builtins, "compile", None)
    monkeypatch.setattr(backend_room, "Machine", None)
    assert step.repeat(2, sums=(inner, rows)) == (0.35 * 3.0 + 0.35,)
    assert len(step.repeat(3, 1.0, keep=True)) == 3
