"""Beyond backward: derivatives that travel with the numbers, derivatives of derivatives, and a compiler's pass."""

import math


class Dual:
    """A number and its derivative by one input, which go through a computation together: (value, tangent)."""

    def __init__(self, value, tangent=0.0):
        self.value = value
        self.tangent = tangent

    def __add__(self, other):
        """Exercise 26, dual: return the Dual of self + other; `as_dual(other)` makes a number a Dual."""
        other = as_dual(other)
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other):
        """Exercise 26, dual: return the Dual of self * other, by the product rule; other may be a number."""
        other = as_dual(other)
        return Dual(self.value * other.value, self.value * other.tangent + self.tangent * other.value)

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -as_dual(other)

    def __rsub__(self, other):
        return as_dual(other) + -self


def as_dual(number):
    """Return a Dual as it is, and a number as a Dual that does not depend on the input: its tangent is 0.0."""
    return number if isinstance(number, Dual) else Dual(number)


def sin(x):
    """Exercise 26, dual: return the sine of x: a float for a float, and a Dual for a Dual, by the chain rule.

    The value of a Dual may be a Dual itself, as in exercise 27; so call this `sin` and `cos` on it, not math.sin.
    """
    if isinstance(x, Dual):
        return Dual(sin(x.value), cos(x.value) * x.tangent)
    return math.sin(x)


def cos(x):
    """Exercise 26, dual: return the cosine of x, in the same way."""
    if isinstance(x, Dual):
        return Dual(cos(x.value), -sin(x.value) * x.tangent)
    return math.cos(x)


def derivative(f, x):
    """Exercise 26, dual: return f'(x), the derivative of f, which takes and returns one number, at the number x.

    Call f once, with a Dual. If f does not use its argument, it returns a plain number: `as_dual` helps.
    """
    return as_dual(f(Dual(x, 1.0))).tangent


def second_derivative(f, x):
    """Exercise 27, second: return f''(x), exactly, so not by small steps. The tangent of a Dual may be a Dual too."""
    return derivative(lambda point: derivative(f, point), x)


def live_code(tape, outputs):
    """Exercise 28, dead-code: return the list of those instructions of the tape that the outputs depend on, in order.

    A tape is a list of instructions (name, operation, operands), such as ("c", "*", ("a", "b")) for c = a * b. The
    operands are names, of instructions before this one, or of inputs, which have no instruction. No two instructions
    have one name. outputs is a list of names. Leave the tape as it is.
    """
    needed, live = set(outputs), []
    for name, operation, operands in reversed(tape):
        if name in needed:
            live.append((name, operation, operands))
            needed.update(operands)
    return live[::-1]
