"""Optimizers against their update rules, written out in NumPy, and one formula against itself on Values."""

import math
import pickle

import numpy as np
import pytest

from engine import Program, Value, no_grad, topological_order
from nn import SGD, Adam, AdamW, CosineSchedule, ExponentialSchedule, Neuron, Optimizer, RMSProp, StepSchedule, train

START = np.array([1.5, -0.25, 3.0])
GRADIENTS = np.random.default_rng(3).normal(size=(12, 3))


def sgd(rate=0.1, momentum=0.0, nesterov=False, weight_decay=0.0):
    w, v = START.copy(), np.zeros(3)
    for gradient in GRADIENTS:
        g = gradient + weight_decay * w
        v = momentum * v + g
        w = w - rate * (g + momentum * v if nesterov else v)
        yield w


def rmsprop(rate=0.01, decay=0.99, epsilon=1e-8, weight_decay=0.0):
    w, s = START.copy(), np.zeros(3)
    for gradient in GRADIENTS:
        g = gradient + weight_decay * w
        s = decay * s + (1.0 - decay) * g**2
        w = w - rate * g / (np.sqrt(s) + epsilon)
        yield w


def adam(rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, decoupled=0.0):
    w, m, s = START.copy(), np.zeros(3), np.zeros(3)
    for step, gradient in enumerate(GRADIENTS, start=1):
        g = gradient + weight_decay * w
        w = w - rate * decoupled * w
        m = beta1 * m + (1.0 - beta1) * g
        s = beta2 * s + (1.0 - beta2) * g**2
        w = w - rate * (m / (1.0 - beta1**step)) / (np.sqrt(s / (1.0 - beta2**step)) + epsilon)
        yield w


RULES = [
    (SGD, {}, sgd()),
    (SGD, {"learning_rate": 0.03, "weight_decay": 0.2}, sgd(0.03, weight_decay=0.2)),
    (SGD, {"momentum": 0.8, "weight_decay": 0.1}, sgd(momentum=0.8, weight_decay=0.1)),
    (SGD, {"momentum": 0.7, "nesterov": True, "weight_decay": 0.1}, sgd(0.1, 0.7, True, 0.1)),
    (RMSProp, {}, rmsprop()),
    (RMSProp, {"learning_rate": 0.1, "decay": 0.9, "epsilon": 1e-3}, rmsprop(0.1, 0.9, 1e-3)),
    (RMSProp, {"weight_decay": 0.3}, rmsprop(weight_decay=0.3)),
    (Adam, {}, adam()),
    (Adam, {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}, adam(0.1, 0.5, 0.9, 1e-3)),
    (Adam, {"learning_rate": 0.1, "weight_decay": 0.3}, adam(0.1, weight_decay=0.3)),
    (AdamW, {}, adam(decoupled=0.01)),
    (AdamW, {"learning_rate": 0.1, "weight_decay": 0.3}, adam(0.1, decoupled=0.3)),
]
each_rule = pytest.mark.parametrize(("kind", "settings"), [rule[:2] for rule in RULES], ids=str)


def fresh(kind, settings):
    return kind([Value(number) for number in START], **settings)


def stepped(optimizer, gradient):
    """The parameters after a step along a gradient."""
    for parameter, number in zip(optimizer.parameters, gradient, strict=True):
        parameter.grad = float(number)
    optimizer.step()
    return [parameter.data for parameter in optimizer.parameters]


@pytest.mark.parametrize(("kind", "settings", "reference"), RULES, ids=lambda x: str(x).split(" at 0x")[0][:40])
def test_steps_follow_the_published_rule_and_a_pickled_optimizer_goes_on_where_it_was(kind, settings, reference):
    optimizer = fresh(kind, settings)
    for gradient, expected in zip(GRADIENTS, reference, strict=True):
        twin = pickle.loads(pickle.dumps(optimizer))
        found = stepped(optimizer, gradient)
        np.testing.assert_allclose(found, expected, rtol=1e-13)
        assert stepped(twin, gradient) == found


def test_a_parameter_is_trained_once_even_if_given_twice_and_one_without_gradient_stays():
    idle, used = Value(1.0), Value(1.0)
    optimizer = SGD(iter([idle, used, used]), learning_rate=0.5)
    assert optimizer.parameters == [idle, used]
    used.grad = 1.0
    optimizer.step()
    assert (idle.data, used.data) == (1.0, 0.5)


class Reckless(Optimizer):
    """Follows the gradient to wherever it leads."""

    def formula(self, parameter, gradient, state, learning_rate):
        if gradient == 7.0:
            raise ZeroDivisionError("no way from here")
        return parameter - learning_rate * gradient if gradient < 9.0 else Value(7.0), (state[0] + gradient,)


@pytest.mark.parametrize(
    ("gradient", "error", "message"),
    [
        (-math.inf, ArithmeticError, "the step would make weight inf"),
        (-1e308, ArithmeticError, "the step would make weight inf"),
        (7.0, ArithmeticError, "no way from here"),
        (9.0, TypeError, "the formula of Reckless takes a real number"),
    ],
)
def test_a_step_that_fails_changes_no_parameter_and_no_state(gradient, error, message):
    first, second = Value(1.0), Value(2.0, label="weight")
    optimizer = Reckless([first, second], 10.0, (0.0,))
    assert stepped(optimizer, [0.5, 0.5]) == [-4.0, -3.0]
    with pytest.raises(error, match=message):
        stepped(optimizer, [0.5, gradient])
    assert (first.data, second.data, optimizer.state) == (-4.0, -3.0, [(0.5,), (0.5,)])
    assert stepped(optimizer, [0.5, 0.5]) == [-9.0, -8.0]


def test_a_state_that_is_not_finite_is_refused_too():
    optimizer = RMSProp([Value(1.0)])
    with pytest.raises(ArithmeticError, match=r"the step would make parameter 0 .*state \(inf,\)"):
        stepped(optimizer, [1e200])
    assert optimizer.state == [(0.0,)]


def test_zero_grad_the_learning_rate_and_repr():
    optimizer = SGD([Value(1.0)], momentum=0.9)
    settings = "learning_rate=0.1, momentum=0.9, nesterov=False, weight_decay=0.0"
    assert repr(optimizer) == f"SGD({settings}) of 1 parameter"
    optimizer.learning_rate = 0
    assert stepped(optimizer, [2.0]) == [1.0]
    optimizer.zero_grad()
    assert not optimizer.parameters[0].has_grad
    with pytest.raises(ValueError, match="the learning rate is a finite number of at least 0, not -1"):
        optimizer.learning_rate = -1
    assert optimizer.learning_rate == 0.0


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda w: SGD([]), ValueError, "SGD was given no parameters to train"),
        (lambda w: Adam(Neuron(1)), TypeError, r"Adam takes a list of parameters, as model\.parameters\(\) gives"),
        (lambda w: SGD([1.0]), TypeError, "SGD trains Values, not 1.0 of type float"),
        (lambda w: SGD(np.array([[w, 1.0]])), TypeError, "SGD trains Values, not 1.0 of type float"),
        (lambda w: SGD([w + 1.0]), ValueError, "SGD trains leaves; .* is the result of an operation"),
        (lambda w: SGD([w], math.nan), ValueError, "the learning rate .* not nan"),
        (lambda w: SGD([w], "0.1"), TypeError, "the learning rate takes a real number, not '0.1'"),
        (lambda w: SGD([w], momentum=1.0), ValueError, "momentum is at least 0 and below 1, not 1.0"),
        (lambda w: SGD([w], nesterov=True), ValueError, "nesterov is a kind of momentum"),
        (lambda w: SGD([w], weight_decay=-1), ValueError, "weight_decay is a finite number of at least 0"),
        (lambda w: RMSProp([w], decay=1), ValueError, "decay is at least 0 and below 1, not 1"),
        (lambda w: RMSProp([w], epsilon=0), ValueError, "epsilon is a finite number above 0, not 0"),
        (lambda w: RMSProp([w], weight_decay=math.inf), ValueError, "weight_decay"),
        (lambda w: Adam([w], beta1=1.0), ValueError, "beta1 is at least 0 and below 1"),
        (lambda w: Adam([w], beta2=-0.5), ValueError, "beta2 is at least 0 and below 1"),
        (lambda w: Adam([w], epsilon=-1e-8), ValueError, "epsilon"),
        (lambda w: AdamW([w], epsilon=1e-150), ValueError, "epsilon is at least 1e-140, not 1e-150"),
        (lambda w: AdamW([w], weight_decay=-1), ValueError, "weight_decay"),
        (lambda w: Optimizer([w], 0.1), TypeError, "abstract method '?formula"),
        (lambda w: SGD([w]).updates(Value(2.0) * 2), ValueError, "depends on no parameter that is trained"),
    ],
)
def test_settings_that_make_no_sense_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build(Value(1.0))


@each_rule
def test_updates_are_the_step_as_expressions(kind, settings):
    """Carried out by hand, they give the bits of backward() and step(), and so over several steps."""
    stepping, recording = fresh(kind, settings), fresh(kind, settings)
    for _ in range(4):
        losses = []
        for optimizer in (stepping, recording):
            a, b, c = optimizer.parameters
            losses.append((a * b).tanh() + b * c * c + (a - c) ** 2)
        before = [parameter.data for parameter in recording.parameters]
        pairs = recording.updates(losses[1])
        assert [parameter.data for parameter in recording.parameters] == before
        stepping.zero_grad()
        losses[0].backward()
        stepping.step()
        following = {leaf: expression.data for leaf, expression in pairs}
        assert [following[parameter] for parameter in recording.parameters] == [p.data for p in stepping.parameters]
        remembered = [number for leaf, number in following.items() if leaf not in recording.parameters]
        assert remembered == [number for state in (*stepping.state, stepping.shared) for number in state]
        for leaf, number in following.items():
            leaf.data = number
        recording.state, recording.shared = list(stepping.state), stepping.shared


class Slowing(Optimizer):
    """Step n is 1/n of the first; the state adds up the steps. ``growth`` counts them."""

    def __init__(self, parameters, growth=lambda steps: (steps + 1.0,)):
        super().__init__(parameters, 0.5, (0.0,), (0.0,))
        self.growth = growth

    def advance(self, shared):
        return self.growth(*shared)

    def formula(self, parameter, gradient, state, learning_rate):
        way, steps = state
        step = learning_rate * gradient / steps
        return parameter - step, (way + step,)


@pytest.mark.parametrize("backend", ["eager", "python"])
def test_what_all_parameters_share_is_remembered_once(backend):
    a, b = Value(0.0, "a"), Value(0.0, "b")
    optimizer = Slowing([a, b])
    if backend == "eager":
        step = optimizer.step
        a.grad, b.grad = 4.0, -8.0
    else:
        pairs = optimizer.updates_from([Value(4.0), Value(-8.0)])
        assert [leaf.label for leaf, _ in pairs] == ["a", "a.state[0]", "b", "b.state[0]", "shared[0]"]
        step = Program(updates=pairs)
    for n in range(1, 5):
        step()
        way = 2.0 * sum(1.0 / k for k in range(1, n + 1))
        assert (a.data, b.data) == pytest.approx((-way, 2.0 * way), rel=1e-15)
        if backend == "eager":
            assert (optimizer.state, optimizer.shared) == ([(-a.data,), (-b.data,)], (float(n),))


@pytest.mark.parametrize(
    ("growth", "error", "message"),
    [
        (lambda steps: steps, TypeError, r"Slowing\.advance returns .* a tuple of 1 numbers as before, not 1\.0"),
        (lambda steps: (steps, steps), TypeError, r"Slowing\.advance returns"),
        (lambda steps: (None,), TypeError, "the formula of Slowing takes a real number, not None"),
        (lambda steps: (math.inf,), ArithmeticError, r"the step would make the shared state \(inf,\), from \(1\.0,\)"),
    ],
)
def test_a_shared_state_that_makes_no_sense_is_refused_and_nothing_is_changed(growth, error, message):
    optimizer = Slowing([Value(1.0)])
    stepped(optimizer, [2.0])
    optimizer.growth = growth
    with pytest.raises(error, match=message):
        stepped(optimizer, [2.0])
    assert (optimizer.parameters[0].data, optimizer.state, optimizer.shared) == (0.0, [(1.0,)], (1.0,))


def test_a_step_of_adam_has_two_numbers_for_each_parameter_and_two_for_all():
    """Its instructions, too: those of a further parameter have no part in the powers."""
    sizes = []
    for count in (1, 2, 3):
        weights = [Value(float(index)) for index in range(count)]
        pairs = Adam(weights).updates_from([Value(1.0) for _ in weights])
        assert len(pairs) == 3 * count + 2
        powers = [leaf for leaf, _ in pairs[-2:]]
        sizes.append([i.kind for i in Program(updates=pairs).instructions].count("mul"))
        assert all(set(powers) & set(topological_order(following)) for _, following in pairs[::3][:count])
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0] == sizes[0] - 2


class Returning(Optimizer):
    """Whose formula returns what it was made with."""

    def __init__(self, parameters, result, initial_state=()):
        super().__init__(parameters, 0.1, initial_state)
        self.result = result

    def formula(self, parameter, gradient, state, learning_rate):
        return self.result


def test_updates_are_values_of_a_graph_whatever_the_formula_gives_and_in_a_block_that_records_nothing():
    w = Value(2.0, "w")
    pairs = Returning([w], (1.0, (3.0,)), (0.0,)).updates(w * w)
    described = [(leaf.label, type(following), following.data) for leaf, following in pairs]
    assert described == [("w", Value, 1.0), ("w.state[0]", Value, 3.0)]
    loss = w * w
    with no_grad():
        ((_, following),) = SGD([w]).updates(loss)
    assert w in topological_order(following)


@pytest.mark.parametrize("result", [1.0, (1.0,), (1.0, 2.0), (1.0, ()), (1.0, (1.0, 2.0)), [1.0, (1.0,)]], ids=repr)
def test_a_formula_that_returns_something_else_is_refused_by_both(result):
    w = Value(2.0)
    optimizer = Returning([w], result, (0.0,))
    for step in (optimizer.step, lambda: optimizer.updates(w * w)):
        with pytest.raises(TypeError, match=r"the formula of Returning returns .* a tuple of 1 numbers as before, not"):
            step()
    assert (w.data, optimizer.state) == (2.0, [(0.0,)])


def test_schedules_fall_by_a_factor_or_by_half_a_wave():
    schedule = StepSchedule(0.8, every=3, factor=0.5)
    assert [schedule(epoch) for epoch in range(8)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2]
    assert StepSchedule(1.0, every=10)(10) == 0.1
    assert ExponentialSchedule(0.0, 10.0)(400) == 0.0
    for epoch in (0, 1, 7, 100):
        expected = 2.0 * math.exp(epoch * math.log(0.9))
        assert ExponentialSchedule(2.0, factor=0.9)(epoch) == pytest.approx(expected, rel=1e-13)

    schedule = CosineSchedule(0.5, epochs=12, final=0.1)
    known = {0: 0.5, 2: 0.3 + 0.1 * math.sqrt(3.0), 4: 0.4, 6: 0.3, 8: 0.2, 12: 0.1, 13: 0.1, 1000: 0.1}
    for epoch, rate in known.items():
        assert schedule(epoch) == pytest.approx(rate, rel=1e-14)


@pytest.mark.parametrize("optimizer", [RMSProp, Adam, AdamW])
@pytest.mark.parametrize("gradient", [1e-300, 1e-170, 1e-153, 1e-145, 1e-139, 1e140])
def test_a_step_is_right_where_the_square_of_the_gradient_is_too_small_for_a_float(optimizer, gradient):
    """The first step of RMSProp with decay 0, and of Adam, is rate · g / (|g| + epsilon)."""
    settings = {"decay": 0.0} if optimizer is RMSProp else {"beta2": 0.5} | {"weight_decay": 0.0}
    weight = Value(0.0)
    weight.grad = gradient
    optimizer([weight], 0.5, epsilon=1e-140, **settings).step()
    assert weight.data == pytest.approx(-0.5 * gradient / (gradient + 1e-140), rel=1e-12)


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
def test_settings_of_a_schedule_out_of_range_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build()
