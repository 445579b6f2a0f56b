"""Optimizers: formulas that turn a parameter and its gradient into a better parameter.

Each is one pure function, ``formula``, in plain operators and `sqrt`: on floats it is a step of training, on Values it
records that step as a graph. What an optimizer remembers of a parameter from step to step is a tuple of numbers, its
*state*. What is the same for all parameters, as a count of steps is, it remembers once: the *shared* state, for which
there is a second pure function, ``advance``. The rules are those that PyTorch documents, so that known settings carry
over.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Final

from engine import Value, gradients, sqrt, topological_order
from engine.extend import as_value, collector_paused, real_number, recorded, store_data
from nn.checks import fraction, nonnegative, positive, read_parameters

State = tuple[Any, ...]
"""The numbers remembered of one parameter, or for all: floats, or Values where a step is recorded."""


class Optimizer(ABC):
    """The base class: subclass it, give it the state to start from, and write ``formula``.

    parameters      the Values to train, each once
    learning_rate   the size of a step, at least 0; assign to it at any time, by hand or from a schedule
    initial_state   the state of every parameter before the first step
    initial_shared  the shared state before the first step, if there is any: then write ``advance``, too

    Raises ValueError if there are no parameters or one is the result of an operation; TypeError for other things.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float,
        initial_state: State = (),
        initial_shared: State = (),
    ) -> None:
        self.parameters: Final = read_parameters(parameters, type(self).__name__)
        self.learning_rate = learning_rate
        self.state: list[State] = [initial_state] * len(self.parameters)
        """What is remembered of each parameter, in their order."""
        self.shared = initial_shared
        """What is remembered once for all parameters."""

    @property
    def learning_rate(self) -> float:
        """The size of a step."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: float) -> None:
        """Take a finite number of at least 0; else ValueError, or TypeError for what is not a number."""
        self._learning_rate = nonnegative(learning_rate, "the learning rate")

    @abstractmethod
    def formula(self, parameter: Any, gradient: Any, state: State, learning_rate: Any) -> tuple[Any, State]:
        """Return (new parameter, new state) from the old ones: the update rule, on floats or on Values.

        The state is given with the shared state of this step behind it, and returned without. The formula reads nothing
        else that changes between steps and changes nothing, so any of these may be a Value.
        """

    def advance(self, shared: State) -> State:
        """Return the shared state of this step from that of the step before: called once, before ``formula``."""
        return shared

    def step(self) -> None:
        """Move every parameter by the formula, with the gradient that it has now (0 if none was computed).

        All new numbers are computed before they are stored at once. Raises ArithmeticError, naming the parameter, if
        one is infinite or NaN; then every parameter and the state are as they were.
        """
        what = f"the formula of {type(self).__name__}"
        shared = tuple(real_number(part, what) for part in self._advanced(self.shared))
        if not all(map(math.isfinite, shared)):
            raise ArithmeticError(f"the step would make the shared state {shared!r}, from {self.shared!r}")
        updates: list[tuple[float, State]] = []
        for parameter, state in zip(self.parameters, self.state, strict=True):
            found, after = self._apply(parameter.data, parameter.grad, state, shared, self._learning_rate)
            number, remembered = real_number(found, what), tuple(real_number(part, what) for part in after)
            if not (math.isfinite(number) and all(map(math.isfinite, remembered))):
                raise ArithmeticError(
                    f"the step would make {parameter.label or f'parameter {len(updates)}'} {number!r} with the state "
                    f"{remembered!r}, from {parameter.data!r} with the gradient {parameter.grad!r}: a smaller learning "
                    "rate may help"
                )
            updates.append((number, remembered))
        numbers, states = map(list, zip(*updates, strict=True))
        store_data(self.parameters, numbers, map(vars(self).update, [{"state": states, "shared": shared}]))

    def updates(self, loss: Value, learning_rate: Value | float | None = None) -> list[tuple[Value, Value]]:
        """Return the next step as expressions: (leaf, its next value) for each parameter and each number of the state.

        The gradient is that of ``loss``, as an expression in the Values of its graph (see `engine.gradients`). The
        leaves of the state are made here. Nothing is changed: a program that stores the values all at once takes the
        step that ``loss.backward()`` and `step` would take. The learning rate is a number in them unless it is given as
        a Value. Works inside ``no_grad()``, too. Raises ValueError if the loss depends on none of the parameters.
        """
        with recorded():
            adjoints = gradients(loss, self.parameters)
            self.check_reach(loss)
        return self.updates_from(adjoints, learning_rate)

    @collector_paused()
    def updates_from(
        self, adjoints: Iterable[Value], learning_rate: Value | float | None = None
    ) -> list[tuple[Value, Value]]:
        """Return `updates` for gradients that are given, one for each parameter in their order."""
        rate = self._learning_rate if learning_rate is None else learning_rate
        pairs: list[tuple[Value, Any]] = []
        with recorded():
            before = _leaves(self.shared, "shared")
            shared = self._advanced(before)
            for parameter, gradient, numbers in zip(self.parameters, adjoints, self.state, strict=True):
                state = _leaves(numbers, f"{parameter.label}.state")
                following, after = self._apply(parameter, gradient, state, shared, rate)
                pairs += [(parameter, following), *zip(state, after, strict=True)]
            pairs += zip(before, shared, strict=True)
        return [(leaf, as_value(expression)) for leaf, expression in pairs]

    def check_reach(self, loss: Value) -> None:
        """Raise ValueError if ``loss`` depends on none of the parameters: training would change nothing."""
        if set(self.parameters).isdisjoint(topological_order(loss)):
            raise ValueError("the loss depends on no parameter that is trained: is it computed inside no_grad()?")

    def _advanced(self, shared: State) -> State:
        """Return what ``advance`` gives; TypeError unless that is a state as long as before."""
        after = self.advance(shared)
        if not _is_like(after, shared):
            what = f"{type(self).__name__}.advance returns the new shared state"
            raise TypeError(f"{what}, a tuple of {len(shared)} numbers as before, not {after!r}")
        return after

    def _apply(self, parameter: Any, gradient: Any, state: State, shared: State, rate: Any) -> tuple[Any, State]:
        """Return what the formula gives; TypeError unless that is a number and a state as long as before."""
        following = self.formula(parameter, gradient, (*state, *shared), rate)
        if not (_is_like(following, (0, 0)) and _is_like(following[1], state)):
            raise TypeError(
                f"the formula of {type(self).__name__} returns (new parameter, new state), the state a tuple of "
                f"{len(state)} numbers as before, not {following!r}"
            )
        return following

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def __repr__(self) -> str:
        settings = [("learning_rate", self.learning_rate), *vars(self).items()]
        listed = ", ".join(
            f"{name}={item!r}" for name, item in settings if type(item) in (bool, float) and name[0] != "_"
        )
        count = len(self.parameters)
        return f"{type(self).__name__}({listed}) of {count} parameter{'' if count == 1 else 's'}"


class SGD(Optimizer):
    """Gradient descent, with momentum v if wanted: v ← momentum · v + gradient, parameter ← parameter - rate · v.

    momentum      in [0, 1); 0 is plain gradient descent, as in the tutorial
    nesterov      step by gradient + momentum · v instead: the gradient is taken as if a step ahead (Sutskever et al.
                  2013, "On the importance of initialization and momentum in deep learning", in PyTorch's form)
    weight_decay  at least 0; adds weight_decay · parameter to the gradient, as ½ weight_decay · Σ w² in the loss would

    Raises ValueError for a setting out of its range and for ``nesterov`` without momentum.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.1,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.momentum: Final = fraction(momentum, "momentum")
        self.nesterov: Final = bool(nesterov)
        self.weight_decay: Final = nonnegative(weight_decay, "weight_decay")
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov is a kind of momentum: give a momentum above 0, usually 0.9")
        super().__init__(parameters, learning_rate, (0.0,) if self.momentum else ())

    def formula(self, parameter: Any, gradient: Any, state: State, learning_rate: Any) -> tuple[Any, State]:
        """Return one step; the state is (v,), or empty without momentum."""
        gradient = _decayed(gradient, parameter, self.weight_decay)
        if not self.momentum:
            return parameter - learning_rate * gradient, ()
        velocity = self.momentum * state[0] + gradient
        direction = gradient + self.momentum * velocity if self.nesterov else velocity
        return parameter - learning_rate * direction, (velocity,)


class RMSProp(Optimizer):
    """Gradient descent with each gradient divided by the root of its running mean square s.

    s ← decay · s + (1 - decay) · gradient²,  parameter ← parameter - rate · gradient / (√s + epsilon): Tieleman and
    Hinton 2012, "Lecture 6.5: rmsprop", with PyTorch's settings.

    decay in [0, 1), epsilon at least 1e-140, weight_decay (added to the gradient, as in `SGD`) at least 0; else
    ValueError.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.01,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.decay: Final = fraction(decay, "decay")
        self.epsilon: Final = _read_epsilon(epsilon)
        self.weight_decay: Final = nonnegative(weight_decay, "weight_decay")
        super().__init__(parameters, learning_rate, (0.0,))

    def formula(self, parameter: Any, gradient: Any, state: State, learning_rate: Any) -> tuple[Any, State]:
        """Return one step; the state is (s,)."""
        gradient = _decayed(gradient, parameter, self.weight_decay)
        square = self.decay * state[0] + (1.0 - self.decay) * (gradient * gradient)
        return parameter - learning_rate * gradient / (sqrt(square) + self.epsilon), (square,)


class Adam(Optimizer):
    """Running means m of the gradient and s of its square, corrected for having started at 0.

    m ← beta1 · m + (1 - beta1) · gradient,  s ← beta2 · s + (1 - beta2) · gradient²,
    parameter ← parameter - rate · (m / (1 - beta1ᵗ)) / (√(s / (1 - beta2ᵗ)) + epsilon): Kingma and Ba 2015
    (arXiv:1412.6980), algorithm 1.

    beta1 and beta2 in [0, 1), epsilon at least 1e-140, weight_decay (added to the gradient, as in `SGD`) at least 0;
    else ValueError.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.beta1: Final = fraction(beta1, "beta1")
        self.beta2: Final = fraction(beta2, "beta2")
        self.epsilon: Final = _read_epsilon(epsilon)
        self.weight_decay: Final = nonnegative(weight_decay, "weight_decay")
        # The count of steps is kept as the two powers that it is needed for: numbers that a formula can carry on.
        super().__init__(parameters, learning_rate, (0.0, 0.0), (1.0, 1.0))

    def advance(self, shared: State) -> State:
        """Return (beta1ᵗ, beta2ᵗ)."""
        return self.beta1 * shared[0], self.beta2 * shared[1]

    def formula(self, parameter: Any, gradient: Any, state: State, learning_rate: Any) -> tuple[Any, State]:
        """Return one step; the state is (m, s)."""
        return self._adapted(parameter, _decayed(gradient, parameter, self.weight_decay), state, learning_rate)

    def _adapted(self, parameter: Any, gradient: Any, state: State, learning_rate: Any) -> tuple[Any, State]:
        """Return one step of the rule, without weight decay."""
        mean, square, power1, power2 = state
        mean = self.beta1 * mean + (1.0 - self.beta1) * gradient
        square = self.beta2 * square + (1.0 - self.beta2) * (gradient * gradient)
        scale = sqrt(square / (1.0 - power2)) + self.epsilon
        return parameter - learning_rate * (mean / (1.0 - power1)) / scale, (mean, square)


class AdamW(Adam):
    """Adam whose weight decay is not a gradient: parameter ← parameter · (1 - rate · weight_decay), then Adam's step.

    So every weight decays alike, however its gradient is scaled: Loshchilov and Hutter 2019 (arXiv:1711.05101),
    algorithm 2, with the decay times the learning rate as in PyTorch. The settings are those of `Adam`.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, learning_rate, beta1, beta2, epsilon, weight_decay)

    def formula(self, parameter: Any, gradient: Any, state: State, learning_rate: Any) -> tuple[Any, State]:
        """Return one step; the state is that of `Adam`."""
        shrunk = parameter * (1.0 - learning_rate * self.weight_decay)
        return self._adapted(shrunk, gradient, state, learning_rate)


def _is_like(found: Any, state: State) -> bool:
    """Return whether a formula has returned a tuple of the length of ``state``."""
    return isinstance(found, tuple) and len(found) == len(state)


def _leaves(numbers: State, name: str) -> State:
    """Return a leaf for each number of a state."""
    return tuple(Value(number, f"{name}[{index}]") for index, number in enumerate(numbers))


def _decayed(gradient: Any, parameter: Any, weight_decay: float) -> Any:
    """Return the gradient of the loss + ½ weight_decay · parameter²."""
    return gradient + weight_decay * parameter if weight_decay else gradient


def _read_epsilon(epsilon: float) -> float:
    """Return epsilon as a float; ValueError unless it outweighs every gradient that is too small to be squared."""
    checked = positive(epsilon, "epsilon")
    if checked < 1e-140:
        raise ValueError(
            f"epsilon is at least 1e-140, not {epsilon!r}: the square of a gradient below 1e-152 is too small"
        )
    return checked
