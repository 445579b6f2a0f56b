"""Numbers that remember how they were made, and derivatives found by walking back along that memory.

A Value has five attributes:

    data       the number, a float
    grad       the derivative of a result by this number: 0.0 until `backward` puts it there
    operands   the Values that it was computed from, a tuple; () for a leaf, which was not computed
    partials   for each operand, the local partial: the derivative of this Value by that operand, a float
    operation  how it was computed, for pictures: "+", "*", "tanh"; "" for a leaf
"""

import math


class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, operands=(), partials=(), operation=""):
        """Exercise 1, remember: keep all five attributes: data as a float, grad as 0.0, the two tuples, the text."""
        self.data = float(data)
        self.grad = 0.0
        self.operands = tuple(operands)
        self.partials = tuple(partials)
        self.operation = operation

    def __add__(self, other):
        """Exercise 2, add: return a new Value: the sum, made by "+" from (self, other), with the two partials of a sum.

        So far, other is a Value. Exercise 4 comes back to this method and the next, for ``x + 2`` and ``x * 2``.
        """
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __mul__(self, other):
        """Exercise 3, multiply: return the product, "*", with two partials. The partial by one factor is … what?"""
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "*")

    def __radd__(self, other):
        """Exercise 4, numbers: Python calls this for ``2 + x``: other is the number on the left."""
        return as_value(other) + self

    def __rmul__(self, other):
        """Exercise 4, numbers: Python calls this for ``2 * x``."""
        return as_value(other) * self

    def __neg__(self):
        """Exercise 5, subtract: return -x as one operation, "-", with one operand."""
        return Value(-self.data, (self,), (-1.0,), "-")

    def __sub__(self, other):
        """Exercise 5, subtract: return self - other as one operation, "-", with two partials; other may be a number."""
        other = as_value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0), "-")

    def __rsub__(self, other):
        """Exercise 5, subtract: Python calls this for ``2 - x``."""
        return as_value(other) - self

    def __truediv__(self, other):
        """Exercise 6, divide: return self / other as one operation, "/", with two partials; other may be a number."""
        other = as_value(other)
        quotient = self.data / other.data
        return Value(quotient, (self, other), (1.0 / other.data, -quotient / other.data), "/")

    def __rtruediv__(self, other):
        """Exercise 6, divide: Python calls this for ``2 / x``."""
        return as_value(other) / self

    def __pow__(self, exponent):
        """Exercise 7, power: return x ** exponent, "**". The exponent is a plain number, so x is the only operand."""
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),), "**")

    def tanh(self):
        """Exercise 8, tanh: return tanh(x) for any x, "tanh". Its partial is simple in terms of the result."""
        result = math.tanh(self.data)
        return Value(result, (self,), (1.0 - result * result,), "tanh")

    def apply(self, name):
        """Exercise 9, rules: return the function of that name in `rules()` of this Value; its name is the operation."""
        value, partial = rules()[name]
        result = value(self.data)
        return Value(result, (self,), (partial(self.data, result),), name)

    def relu(self):
        """Exercise 10, relu: return x where x is positive, else 0, "relu". At the kink, x = 0, take the partial 0."""
        return Value(max(self.data, 0.0), (self,), (1.0 if self.data > 0.0 else 0.0,), "relu")

    def backward(self):
        """Exercise 11, backward: put into the grad of every Value in the graph the derivative of self by it.

        Begin with 1.0 for self. Then go from results to operands: each Value passes grad * partial on to each operand.
        The Values stand in `topological_order(self)` operands first; it is exercise 13, and works before you write it.

        Exercise 12, fan-out: a Value that is used twice gets a share by each use, and its grad is their sum.

        Exercise 14, twice: on a second call, leaves add the new gradient to what they have; all others start from 0.0.
        """
        order = topological_order(self)
        for node in order:
            if node.operands:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            for operand, partial in zip(node.operands, node.partials):
                operand.grad += node.grad * partial


def as_value(number):
    """Exercise 4, numbers: return a Value as it is, a number as a new leaf; then use it in `__add__` and `__mul__`."""
    return number if isinstance(number, Value) else Value(number)


def rules():
    """Exercise 9, rules: return a table, a dict from a function's name to two functions of floats: value and partial.

    value(x) is the result r; partial(x, r) is its derivative, which may use r as well. Write exp, log, sin, cos, sqrt,
    sigmoid and softplus, which is log(1 + exp(x)), and any other that you like.
    """
    return {
        "exp": (math.exp, lambda x, r: r),
        "log": (math.log, lambda x, r: 1.0 / x),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: -math.sin(x)),
        "sqrt": (math.sqrt, lambda x, r: 0.5 / r),
        "sigmoid": (lambda x: 1.0 / (1.0 + math.exp(-x)), lambda x, r: r * (1.0 - r)),
        "softplus": (lambda x: math.log1p(math.exp(x)), lambda x, r: 1.0 / (1.0 + math.exp(-x))),
    }


def topological_order(root):
    """Exercise 13, order: return a list of all Values that root was computed from, and root itself, at the end.

    Each stands in the list once, after all of its operands. Mind long chains: Python's recursion ends at 1,000 calls.
    """
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands))
    return order
