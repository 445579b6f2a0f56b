"""Schedules against their closed forms."""

import math
import pickle

import pytest

from nn import SGD, CosineSchedule, ExponentialSchedule, Neuron, StepSchedule, train


def test_step_and_exponential_schedules_fall_by_a_factor():
    schedule = StepSchedule(0.8, every=3, factor=0.5)
    assert [schedule(epoch) for epoch in range(8)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2]
    assert StepSchedule(1.0, every=10)(10) == 0.1
    for epoch in (0, 1, 7, 100):
        expected = 2.0 * math.exp(epoch * math.log(0.9))
        assert ExponentialSchedule(2.0, factor=0.9)(epoch) == pytest.approx(expected, rel=1e-13)


def test_cosine_schedule_is_half_a_wave():
    schedule = CosineSchedule(0.5, epochs=12, final=0.1)
    known = {0: 0.5, 2: 0.3 + 0.1 * math.sqrt(3.0), 4: 0.4, 6: 0.3, 8: 0.2, 12: 0.1, 13: 0.1, 1000: 0.1}
    for epoch, rate in known.items():
        assert schedule(epoch) == pytest.approx(rate, rel=1e-14)


@pytest.mark.parametrize(
    "schedule", [StepSchedule(0.5, 10), ExponentialSchedule(0.5, 0.99), CosineSchedule(0.5, 20)], ids=repr
)
def test_a_schedule_sets_the_rate_before_each_epoch(schedule):
    rates = []

    class Observed(SGD):
        """An optimizer with a step of its own: no program takes its place."""

        def step(self):
            rates.append(self.learning_rate)
            super().step()

    neuron = Neuron(1)
    train(neuron, [[1.0]], [0.5], optimizer=Observed(neuron.parameters()), epochs=25, schedule=schedule)
    assert rates == [schedule(epoch) for epoch in range(25)]
    assert pickle.loads(pickle.dumps(schedule)) == schedule


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: StepSchedule(-0.1, 5), ValueError, "initial is a finite number of at least 0, not -0.1"),
        (lambda: StepSchedule(0.1, 0), ValueError, "every is at least 1, not 0"),
        (lambda: StepSchedule(0.1, 5, 0.0), ValueError, "factor is a finite number above 0, not 0.0"),
        (lambda: ExponentialSchedule("0.1", 0.9), TypeError, "initial takes a real number, not '0.1'"),
        (lambda: CosineSchedule(0.1, 0), ValueError, "epochs is at least 1, not 0"),
        (lambda: CosineSchedule(0.1, 5, math.nan), ValueError, "final is a finite number of at least 0, not nan"),
        (lambda: CosineSchedule(0.1, 5)(-1), ValueError, "the epoch is at least 0, not -1"),
        (lambda: ExponentialSchedule(0.1, 2.0)(10_000), OverflowError, "learning rate 0.1 times 2.0 to the power"),
        (lambda: StepSchedule(1e308, 1, 10.0)(1), OverflowError, "the learning rate .* is too large"),
    ],
)
def test_settings_out_of_range_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build()
