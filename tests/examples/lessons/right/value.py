"""Right solutions of exercises 1 to 14 that look unlike ours: the checker must accept them.

They are parsed, never imported. The docstring says what is unusual.
"""


@instead_of("value.Value.__init__")
def lists(self, data, operands=(), partials=(), operation=""):
    """lists in place of tuples"""
    self.data = float(data)
    self.grad = 0.0
    self.operands = list(operands)
    self.partials = list(partials)
    self.operation = str(operation)


@instead_of("value.Value.__init__")
def floats_of_numpy(self, data, operands=(), partials=(), operation=""):
    """NumPy's floats, and attributes of the learner's own besides the five"""
    import numpy as np

    self.data = np.float64(data)
    self.grad = np.float64(0)
    self.operands, self.partials, self.operation = operands, partials, operation
    self._backward = lambda: None
    self.label = ""


@instead_of("value.Value.__add__", exercise="numbers")
def made_step_by_step(self, other):
    """the new Value is filled in after it was made, whole numbers as partials"""
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data)
    out.operands = (self, other)
    out.partials = (1, 1)
    out.operation = "+"
    return out


@instead_of("value.as_value")
def asks_forgiveness(number):
    """tries what is not a Value, and makes leaves of a subclass"""

    class Constant(Value):
        pass

    try:
        number.operands
    except AttributeError:
        return Constant(number)
    return number


@instead_of("value.Value.__radd__", exercise="numbers")
def self_plus_other(self, other):
    """the operands of `2 + x` the other way round, as micrograd has them"""
    return self + other


@instead_of("value.Value.__rmul__", exercise="numbers")
def self_times_other(self, other):
    """the operands of `2 * x` the other way round, as micrograd has them"""
    return self.__mul__(other)


@instead_of("value.Value.__rsub__", exercise="subtract")
def called_by_name(self, other):
    """the method is called by its name"""
    return Value(other).__sub__(self)


@instead_of("value.Value.__rsub__", exercise="subtract")
def minus_self_plus_other(self, other):
    """`2 - x` made of two operations"""
    return -self + other


@instead_of("value.Value.__truediv__")
def quotient_rule(self, other):
    """the quotient rule of the school book"""
    a, b = self, as_value(other)
    u, v = a.data, b.data
    return Value(u / v, (a, b), ((1 * v - u * 0) / v**2, (0 * v - u * 1) / v**2), "/")


@instead_of("value.Value.tanh")
def from_exponentials(self):
    """from exponentials, with another formula for the partial: rounded differently"""
    up, down = math.exp(self.data), math.exp(-self.data)
    return Value((up - down) / (up + down), [self], [(2.0 / (up + down)) ** 2], "tanh")


@instead_of("value.rules")
def partials_without_the_result():
    """partials that never use the result, softplus by log1p, more rows than were asked for"""

    def sigmoid(x):
        return math.exp(x) / (1 + math.exp(x))

    return {
        "exp": (math.exp, lambda x, r: math.exp(x)),
        "log": (math.log, lambda x, r: x**-1),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: math.sin(-x)),
        "sqrt": (lambda x: x**0.5, lambda x, r: 0.5 * x**-0.5),
        "sigmoid": (sigmoid, lambda x, r: sigmoid(x) * sigmoid(-x)),
        "softplus": (lambda x: math.log1p(math.exp(x)), lambda x, r: sigmoid(x)),
        "square": (lambda x: x * x, lambda x, r: 2 * x),
        "tan": (math.tan, lambda x, r: 1 + r * r),
    }


@instead_of("value.Value.relu")
def by_a_product(self):
    """True and False as numbers"""
    positive = self.data > 0
    return Value(self.data * positive, (self,), (float(positive),), "relu")


@instead_of("value.Value.backward", exercise="backward")
def on_a_tree(self):
    """recursion with `=`: enough where each Value is used once"""

    def pass_on(node, gradient):
        node.grad = gradient
        for operand, partial in zip(node.operands, node.partials):
            pass_on(operand, gradient * partial)

    pass_on(self, 1.0)


@instead_of("value.Value.backward", exercise="fan_out")
def sum_over_paths(self):
    """no order at all: the sum over all paths, found by recursion"""

    def pass_on(node, gradient):
        node.grad += gradient
        for operand, partial in zip(node.operands, node.partials):
            pass_on(operand, gradient * partial)

    pass_on(self, 1.0)


@instead_of("value.Value.backward", exercise="fan_out")
def pulled_not_pushed(self):
    """each Value asks its uses for their shares, instead of being given them"""
    order = topological_order(self)
    uses = {node: [] for node in order}
    for node in order:
        for operand, partial in zip(node.operands, node.partials):
            uses[operand].append((node, partial))
    self.grad = 1.0
    for node in reversed(order[:-1]):
        node.grad = sum(user.grad * partial for user, partial in uses[node])


@instead_of("value.topological_order")
def kahn(root):
    """Kahn's algorithm: a Value joins the list, results first, when all of its uses are there; then turned round"""
    uses, found = {root: 0}, [root]
    for node in found:
        for operand in node.operands:
            if operand not in uses:
                uses[operand] = 0
                found.append(operand)
            uses[operand] += 1
    order = [root]
    for node in order:
        for operand in node.operands:
            uses[operand] -= 1
            if uses[operand] == 0:
                order.append(operand)
    return order[::-1]


@instead_of("value.topological_order")
def by_the_standard_library(root):
    """Python's own graphlib"""
    import graphlib

    operands = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in operands:
            operands[node] = node.operands
            stack.extend(node.operands)
    return list(graphlib.TopologicalSorter(operands).static_order())


@instead_of("value.topological_order")
def by_depth(root):
    """sorted by the length of the longest path to a leaf, found by going round until nothing changes"""
    depth, stack = {}, [root]
    while stack:
        node = stack[-1]
        missing = [operand for operand in node.operands if operand not in depth]
        if missing:
            stack.extend(missing)
        else:
            depth[stack.pop()] = 1 + max((depth[operand] for operand in node.operands), default=0)
    return sorted(depth, key=depth.get)


@instead_of("value.Value.backward", exercise="twice")
def in_a_dictionary(self):
    """gradients of this call in a dictionary, written into grad at the end"""
    order = topological_order(self)
    gradients = dict.fromkeys(order, 0.0)
    gradients[self] = 1.0
    for node in order[::-1]:
        for operand, partial in zip(node.operands, node.partials):
            gradients[operand] += gradients[node] * partial
    for node, gradient in gradients.items():
        node.grad = gradient if node.operands else node.grad + gradient


@instead_of("value.Value.backward", exercise="twice")
def with_its_own_order(self):
    """finds its order itself, and returns itself"""
    waiting, nodes = {self: 0}, [self]
    for node in nodes:
        for operand in node.operands:
            if operand not in waiting:
                nodes.append(operand)
            waiting[operand] = waiting.get(operand, 0) + 1
    for node in nodes:
        node.grad *= not node.operands
    self.grad = 1.0
    ready = [self]
    while ready:
        node = ready.pop()
        for i, operand in enumerate(node.operands):
            operand.grad += node.grad * node.partials[i]
            waiting[operand] -= 1
            if not waiting[operand]:
                ready.append(operand)
    return self
