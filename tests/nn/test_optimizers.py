"""Optimizers against their update rules, written out in NumPy, and one formula against itself on Values."""

import copy
import math
import pickle

import numpy as np
import pytest

from engine import Value, no_grad, topological_order
from nn import SGD, Adam, AdamW, Module, Optimizer, RMSProp

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
    (SGD, {"momentum": 0.9}, sgd(momentum=0.9)),
    (SGD, {"momentum": 0.8, "weight_decay": 0.1}, sgd(momentum=0.8, weight_decay=0.1)),
    (SGD, {"momentum": 0.9, "nesterov": True}, sgd(momentum=0.9, nesterov=True)),
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
SETTINGS = [rule[:2] for rule in RULES]


def fresh(kind, settings):
    return kind([Value(number) for number in START], **settings)


@pytest.mark.parametrize(
    ("kind", "settings", "reference"), [(k, s, list(r)) for k, s, r in RULES], ids=lambda x: str(x)[:40]
)
def test_steps_follow_the_published_rule(kind, settings, reference):
    optimizer = fresh(kind, settings)
    for gradient, expected in zip(GRADIENTS, reference, strict=True):
        for parameter, number in zip(optimizer.parameters, gradient, strict=True):
            parameter.grad = float(number)
        optimizer.step()
        np.testing.assert_allclose([p.data for p in optimizer.parameters], expected, rtol=1e-13)


@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=str)
def test_the_formula_gives_the_same_bits_on_values_as_on_floats(kind, settings):
    optimizer = fresh(kind, settings)
    rate = optimizer.learning_rate
    number, state = START[0], optimizer.state[0]
    value, values = Value(number), tuple(map(Value, state))
    for gradient in GRADIENTS[:, 0].tolist():
        number, state = optimizer.formula(number, gradient, state, rate)
        value, values = optimizer.formula(value, Value(gradient), values, Value(rate))
        assert type(number) is float or type(number) is np.float64
        assert isinstance(value, Value)
        assert value.data == number
        assert tuple(part.data for part in values) == state
    assert not value.is_leaf


@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=str)
def test_a_formula_changes_nothing_and_remembers_nothing(kind, settings):
    optimizer = fresh(kind, settings)
    before = copy.deepcopy([parameter.data for parameter in optimizer.parameters]), list(optimizer.state)
    first = optimizer.formula(1.0, 0.5, optimizer.state[0], 0.1)
    assert optimizer.formula(1.0, 0.5, optimizer.state[0], 0.1) == first
    assert ([parameter.data for parameter in optimizer.parameters], optimizer.state) == before


@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=str)
def test_a_formula_takes_the_learning_rate_it_is_given(kind, settings):
    usual, slow = fresh(kind, settings), fresh(kind, settings | {"learning_rate": 0.007})
    state = usual.state[0]
    assert usual.formula(1.0, 0.5, state, 0.007) == slow.formula(1.0, 0.5, state, slow.learning_rate)
    assert usual.formula(1.0, 0.5, state, 0.007) != usual.formula(1.0, 0.5, state, usual.learning_rate)


def test_the_first_step_of_adam_has_the_size_of_the_rate_whatever_the_gradient():
    for gradient in (1e-3, 1.0, -1e6):
        optimizer = Adam([Value(0.0)], learning_rate=0.01, epsilon=1e-12)
        optimizer.parameters[0].grad = gradient
        optimizer.step()
        assert optimizer.parameters[0].data == pytest.approx(-math.copysign(0.01, gradient), rel=1e-8)


def test_momentum_reaches_its_terminal_velocity():
    optimizer = SGD([Value(0.0)], learning_rate=0.1, momentum=0.5)
    (parameter,) = optimizer.parameters
    parameter.grad = 1.0
    for _ in range(60):
        before = parameter.data
        optimizer.step()
    assert before - parameter.data == pytest.approx(0.1 / (1.0 - 0.5), rel=1e-12)


def test_a_parameter_without_gradient_counts_as_gradient_zero():
    idle, used = Value(1.0), Value(1.0)
    optimizer = SGD([idle, used], learning_rate=0.5)
    used.grad = 1.0
    optimizer.step()
    assert (idle.data, used.data) == (1.0, 0.5)
    adam = Adam([idle])
    adam.step()
    assert idle.data == 1.0


class Reckless(Optimizer):
    """Follows the gradient to wherever it leads."""

    def formula(self, parameter, gradient, state, learning_rate):
        if gradient == 7.0:
            raise ZeroDivisionError("no way from here")
        return parameter - learning_rate * gradient, (state[0] + gradient,)


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        (math.nan, "the step would make weight nan"),
        (math.inf, "the step would make weight -inf"),
        (-1e308, "the step would make weight inf"),
        (7.0, "no way from here"),
    ],
)
def test_a_step_that_fails_changes_no_parameter_and_no_state(gradient, message):
    first, second = Value(1.0), Value(2.0, label="weight")
    optimizer = Reckless([first, second], 10.0, (0.0,))
    first.grad, second.grad = 0.5, 0.5
    optimizer.step()
    before = (first.data, second.data, list(optimizer.state))
    second.grad = gradient
    with pytest.raises(ArithmeticError, match=message):
        optimizer.step()
    assert (first.data, second.data, optimizer.state) == before
    second.grad = 0.5
    optimizer.step()
    assert (first.data, second.data) == (-9.0, -8.0)


def test_a_state_that_is_not_finite_is_refused_too():
    optimizer = RMSProp([Value(1.0)])
    optimizer.parameters[0].grad = 1e200
    with pytest.raises(ArithmeticError, match=r"the step would make parameter 0 .*state \(inf,\)"):
        optimizer.step()
    assert optimizer.state == [(0.0,)]


def test_zero_grad_and_the_learning_rate():
    optimizer = SGD([Value(1.0)])
    optimizer.parameters[0].grad = 2.0
    optimizer.learning_rate = 0
    optimizer.step()
    assert optimizer.parameters[0].data == 1.0
    optimizer.zero_grad()
    assert not optimizer.parameters[0].has_grad
    with pytest.raises(ValueError, match="the learning rate is a finite number of at least 0, not -1"):
        optimizer.learning_rate = -1
    assert optimizer.learning_rate == 0.0


def test_parameters_are_trained_once_each_even_if_given_twice():
    parameter = Value(1.0)
    optimizer = SGD(iter([parameter, parameter]), learning_rate=0.5)
    assert optimizer.parameters == [parameter]
    parameter.grad = 1.0
    optimizer.step()
    assert parameter.data == 0.5


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda w: SGD([]), ValueError, "SGD was given no parameters to train"),
        (lambda w: Adam(Module()), TypeError, r"Adam takes a list of parameters, as model\.parameters\(\) gives"),
        (lambda w: SGD([1.0]), TypeError, "SGD trains Values, not 1.0 of type float"),
        (lambda w: SGD([[w]]), TypeError, "in one flat list"),
        (lambda w: SGD(np.array([[w]])), TypeError, "in one flat list"),
        (lambda w: SGD([w], 10**400), OverflowError, "the learning rate cannot hold"),
        (lambda w: SGD([w + 1.0]), ValueError, "SGD trains leaves; .* is the result of an operation"),
        (lambda w: SGD([w], -0.1), ValueError, "the learning rate is a finite number of at least 0, not -0.1"),
        (lambda w: SGD([w], math.nan), ValueError, "the learning rate .* not nan"),
        (lambda w: SGD([w], "0.1"), TypeError, "the learning rate takes a real number, not '0.1'"),
        (lambda w: SGD([w], momentum=1.0), ValueError, "momentum is at least 0 and below 1, not 1.0"),
        (lambda w: SGD([w], momentum=-0.1), ValueError, "momentum is at least 0"),
        (lambda w: SGD([w], nesterov=True), ValueError, "nesterov is a kind of momentum"),
        (lambda w: SGD([w], weight_decay=-1), ValueError, "weight_decay is a finite number of at least 0"),
        (lambda w: RMSProp([w], decay=1), ValueError, "decay is at least 0 and below 1, not 1"),
        (lambda w: RMSProp([w], epsilon=0), ValueError, "epsilon is a finite number above 0, not 0"),
        (lambda w: RMSProp([w], weight_decay=math.inf), ValueError, "weight_decay"),
        (lambda w: Adam([w], beta1=1.0), ValueError, "beta1 is at least 0 and below 1"),
        (lambda w: Adam([w], beta2=-0.5), ValueError, "beta2 is at least 0 and below 1"),
        (lambda w: Adam([w], epsilon=-1e-8), ValueError, "epsilon"),
        (lambda w: AdamW([w], weight_decay=-1), ValueError, "weight_decay"),
        (lambda w: Optimizer([w], 0.1), TypeError, "abstract method '?formula"),
    ],
)
def test_settings_that_make_no_sense_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build(Value(1.0))


def test_repr_says_the_settings():
    assert repr(SGD([Value(1.0)], momentum=0.9)) == (
        "SGD(learning_rate=0.1, momentum=0.9, nesterov=False, weight_decay=0.0) of 1 parameter"
    )


@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=str)
def test_a_pickled_optimizer_goes_on_where_it_was(kind, settings):
    optimizer = fresh(kind, settings)
    twins = [optimizer, pickle.loads(pickle.dumps(optimizer))]
    for gradient in GRADIENTS:
        for twin in twins:
            for parameter, number in zip(twin.parameters, gradient, strict=True):
                parameter.grad = float(number)
            twin.step()
    assert [p.data for p in twins[0].parameters] == [p.data for p in twins[1].parameters]


@pytest.mark.parametrize(("kind", "settings"), SETTINGS, ids=str)
def test_updates_are_the_step_as_expressions(kind, settings):
    """Carried out by hand, they give the bits of backward() and step(), and so over several steps."""
    stepping, recording = fresh(kind, settings), fresh(kind, settings)
    for _ in range(4):
        for optimizer in (stepping, recording):
            a, b, c = optimizer.parameters
            optimizer.loss = (a * b).tanh() + b * c * c + (a - c) ** 2
        before = [parameter.data for parameter in recording.parameters]
        pairs = recording.updates(recording.loss)
        assert [parameter.data for parameter in recording.parameters] == before
        stepping.zero_grad()
        stepping.loss.backward()
        stepping.step()
        following = {leaf: expression.data for leaf, expression in pairs}
        assert [following[parameter] for parameter in recording.parameters] == [p.data for p in stepping.parameters]
        remembered = [number for leaf, number in following.items() if leaf not in recording.parameters]
        assert remembered == [number for state in stepping.state for number in state]
        for leaf, number in following.items():
            leaf.data = number
        recording.state = list(stepping.state)


class Returning(Optimizer):
    """Whose formula returns what it was made with."""

    def __init__(self, parameters, result, initial_state=()):
        super().__init__(parameters, 0.1, initial_state)
        self.result = result

    def formula(self, parameter, gradient, state, learning_rate):
        return self.result


def test_updates_are_values_even_where_the_formula_gives_numbers():
    w = Value(2.0, "w")
    pairs = Returning([w], (1.0, (3.0,)), (0.0,)).updates(w * w)
    assert [(leaf.label, type(following), following.data) for leaf, following in pairs] == [
        ("w", Value, 1.0),
        ("w.state[0]", Value, 3.0),
    ]


def test_updates_are_recorded_in_a_block_that_records_nothing():
    w = Value(2.0)
    loss = w * w
    with no_grad():
        ((_, following),) = SGD([w]).updates(loss)
    assert w in topological_order(following)


def test_updates_of_a_loss_of_something_else_are_refused():
    with pytest.raises(ValueError, match="depends on no parameter that is trained"):
        SGD([Value(1.0)]).updates(Value(2.0) * 2)
    with pytest.raises(TypeError, match=r"gradients takes Values, not 3\.0"):
        SGD([Value(1.0)]).updates(3.0)


@pytest.mark.parametrize("result", [1.0, (1.0,), (1.0, 2.0), (1.0, ()), (1.0, (1.0, 2.0)), [1.0, (1.0,)]], ids=repr)
def test_a_formula_that_returns_something_else_is_refused_by_both(result):
    w = Value(2.0)
    optimizer = Returning([w], result, (0.0,))
    for step in (optimizer.step, lambda: optimizer.updates(w * w)):
        with pytest.raises(TypeError, match=r"the formula of Returning returns .* a tuple of 1 numbers as before, not"):
            step()
    assert (w.data, optimizer.state) == (2.0, [(0.0,)])


def test_a_step_whose_formula_gives_no_number_changes_nothing():
    class Strange(SGD):
        def formula(self, parameter, gradient, state, learning_rate):
            return (parameter + 1.0 if parameter < 2.0 else Value(7.0)), state

    first, second = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match="the formula of Strange takes a real number"):
        Strange([first, second]).step()
    assert (first.data, second.data) == (1.0, 2.0)
