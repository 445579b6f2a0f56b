"""Classic mistakes in value.py, each written out as the piece that a learner would hand in.

They are parsed, never imported. The docstring completes the sentence "-0.5 is what you get …".
"""

# Exercise 1, remember


@instead_of("value.Value.__init__")
def operands_in_a_set(self, data, operands=(), partials=(), operation=""):
    """when the operands are kept in a set: in x * x it keeps x only once"""
    self.data = float(data)
    self.grad = 0.0
    self.operands = tuple(dict.fromkeys(operands))
    self.partials = tuple(partials)
    self.operation = operation


@instead_of("value.Value.__init__")
def whole_numbers(self, data, operands=(), partials=(), operation=""):
    """with int() in place of float(): what stands after the point is cut off"""
    self.data = float(int(data))
    self.grad = 0.0
    self.operands = tuple(operands)
    self.partials = tuple(partials)
    self.operation = operation


@instead_of("value.Value.__init__")
def grad_is_none(self, data, operands=(), partials=(), operation=""):
    """when grad begins as None, as PyTorch has it, and not as 0.0"""
    self.data = float(data)
    self.grad = None
    self.operands = tuple(operands)
    self.partials = tuple(partials)
    self.operation = operation


@instead_of("value.Value.__init__")
def partials_from_operands(self, data, operands=(), partials=(), operation=""):
    """with the line for the operands copied, and its right side not changed"""
    self.data = float(data)
    self.grad = 0.0
    self.operands = tuple(operands)
    self.partials = tuple(operands)
    self.operation = operation


# Exercise 2, add


@instead_of("value.Value.__add__")
def sum_without_memory(self, other):
    """when the new Value is given its number, but not what it was made from"""
    return Value(self.data + as_value(other).data)


@instead_of("value.Value.__add__")
def sum_with_partials_of_a_product(self, other):
    """with the partials of a product: each operand gets the other's number"""
    other = as_value(other)
    return Value(self.data + other.data, (self, other), (other.data, self.data), "+")


@instead_of("value.Value.__add__")
def sum_with_numbers_as_partials(self, other):
    """with the numbers themselves as partials: a partial says how fast the result grows, not how large a term is"""
    other = as_value(other)
    return Value(self.data + other.data, (self, other), (self.data, other.data), "+")


@instead_of("value.Value.__add__")
def operation_for_partials(self, other):
    """with the name of the operation in the place of the partials: `Value(data, operands, partials, operation)`"""
    other = as_value(other)
    return Value(self.data + other.data, (self, other), "+")


@instead_of("value.Value.__add__")
def sum_in_place(self, other):
    """when the left operand itself is changed and returned: a sum is a new Value"""
    self.data += as_value(other).data
    return self


@instead_of("value.Value.__add__")
def half_of_each_term(self, other):
    """with half of the change for each term: that is a mean, not a sum"""
    other = as_value(other)
    return Value(self.data + other.data, (self, other), (0.5, 0.5), "+")


# Exercise 3, multiply


@instead_of("value.Value.__mul__")
def product_without_memory(self, other):
    """when the new Value is given its number, but not what it was made from"""
    return Value(self.data * as_value(other).data)


@instead_of("value.Value.__mul__")
def product_with_partials_of_a_sum(self, other):
    """with the partials of a sum: 1 for each"""
    other = as_value(other)
    return Value(self.data * other.data, (self, other), (1.0, 1.0), "*")


@instead_of("value.Value.__mul__")
def product_as_both_partials(self, other):
    """with the product itself as the partial by each factor"""
    other = as_value(other)
    product = self.data * other.data
    return Value(product, (self, other), (product, product), "*")


@instead_of("value.Value.__mul__")
def product_rule_of_two_functions(self, other):
    """with the whole product rule for each factor, a'b + ab' with a' = b' = 1: a partial lets one factor move alone"""
    other = as_value(other)
    total = self.data + other.data
    return Value(self.data * other.data, (self, other), (total, total), "*")


@instead_of("value.Value.__mul__")
def partials_with_grad(self, other):
    """with grad in the partials: it is 0.0 until `backward` comes, and only `backward` multiplies by it"""
    other = as_value(other)
    return Value(self.data * other.data, (self, other), (other.data * self.grad, self.data * other.grad), "*")


# Exercise 4, numbers


@instead_of("value.as_value")
def always_a_new_leaf(number):
    """when a Value becomes a new leaf as well: the graph is cut there, and nothing flows back"""
    return Value(number.data if isinstance(number, Value) else number)


@instead_of("value.as_value")
def whole_leaves(number):
    """when a number loses what stands after its point, by int()"""
    return number if isinstance(number, Value) else Value(int(number))


@instead_of("value.Value.__radd__")
def number_on_the_left_without_memory(self, other):
    """when the number on the left is added to the data alone: the new Value does not know x"""
    return Value(other + self.data)


@instead_of("value.Value.__rmul__")
def factor_on_the_left_without_memory(self, other):
    """when the number on the left is multiplied by the data alone: the new Value does not know x"""
    return Value(other * self.data)


# Exercise 5, subtract


@instead_of("value.Value.__neg__")
def negative_by_a_product(self):
    """when -x is made as x * -1: two operands instead of one"""
    return self * -1.0


@instead_of("value.Value.__neg__")
def negative_without_memory(self):
    """when -x is given its number, but not what it was made from"""
    return Value(-self.data)


@instead_of("value.Value.__sub__")
def difference_by_a_sum(self, other):
    """when a - b is made as a + (-b): two operations instead of one"""
    return self + -as_value(other)


@instead_of("value.Value.__sub__")
def distance(self, other):
    """when the difference loses its sign: a - b may be negative"""
    other = as_value(other)
    return Value(abs(self.data - other.data), (self, other), (1.0, -1.0), "-")


@instead_of("value.Value.__rsub__")
def number_on_the_left_subtracted(self, other):
    """when `2 - x` gives x - 2: for `-`, unlike `+`, the sides matter"""
    return self - other


# Exercise 6, divide


@instead_of("value.Value.__truediv__")
def derivative_of_the_reciprocal(self, other):
    """with the derivative of 1 / b as the partial by b: the a above the line is missing"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1.0 / other.data, -1.0 / other.data**2), "/")


@instead_of("value.Value.__truediv__")
def one_over_each(self, other):
    """with 1 / b and 1 / a as the partials, as if both sides of `/` were alike"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1.0 / other.data, 1.0 / self.data), "/")


@instead_of("value.Value.__truediv__")
def quotient_with_partials_of_a_product(self, other):
    """with the partials of a product"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (other.data, self.data), "/")


@instead_of("value.Value.__truediv__")
def ratio_of_derivatives(self, other):
    """with the derivatives of above and below, 1 and 1, divided by each other: that is not the quotient rule"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1.0, 1.0), "/")


@instead_of("value.Value.__truediv__")
def quotient_by_a_power(self, other):
    """when a / b is made as a * b ** -1: two operations instead of one"""
    return self * as_value(other) ** -1


@instead_of("value.Value.__truediv__")
def whole_quotient(self, other):
    """with `//`, which rounds down"""
    other = as_value(other)
    quotient = self.data // other.data
    return Value(quotient, (self, other), (1.0 / other.data, -quotient / other.data), "/")


@instead_of("value.Value.__rtruediv__")
def one_over_x(self, other):
    """with 1 / x: the number on the left need not be 1"""
    return Value(1.0) / self


@instead_of("value.Value.__rtruediv__")
def number_on_the_left_divides(self, other):
    """when `2 / x` gives x / 2: the number on the left is the one above the line"""
    return self / other


# Exercise 7, power


@instead_of("value.Value.__pow__")
def lowered_exponent_in_front(self, exponent):
    """when the exponent is lowered before it comes to the front: n - 1 stands there in place of n"""
    return Value(self.data**exponent, (self,), ((exponent - 1) * self.data ** (exponent - 1),), "**")


@instead_of("value.Value.__pow__")
def one_from_the_power(self, exponent):
    """when the 1 is taken from the power and not from the exponent: `**` binds first, so write (n - 1)"""
    return Value(self.data**exponent, (self,), (exponent * self.data**exponent - 1,), "**")


@instead_of("value.Value.__pow__")
def rule_of_an_integral(self, exponent):
    """with the rule of the integral, x ** (n + 1) / (n + 1), in place of the derivative"""
    power = exponent + 1
    return Value(self.data**exponent, (self,), (self.data**power / power if power else 0.0,), "**")


@instead_of("value.Value.__pow__")
def rule_of_an_exponential(self, exponent):
    """with the rule of n ** x, whose variable stands above: x ** n times a logarithm"""
    result = self.data**exponent
    return Value(result, (self,), (result * math.log(abs(self.data)),), "**")


@instead_of("value.Value.__pow__")
def times_for_a_power(self, exponent):
    """with `*` in place of `**` in the derivative"""
    return Value(self.data**exponent, (self,), (exponent * self.data * (exponent - 1),), "**")


@instead_of("value.Value.__pow__")
def always_a_square(self, exponent):
    """with 2 * x, the derivative of a square, for every exponent"""
    return Value(self.data**exponent, (self,), (2.0 * self.data,), "**")


@instead_of("value.Value.__pow__")
def exponent_as_an_operand(self, exponent):
    """when the exponent is a second operand: it is a plain number here, and gets no gradient"""
    result = self.data**exponent
    return Value(
        result, (self, as_value(exponent)), (exponent * self.data ** (exponent - 1), result * math.log(self.data)), "**"
    )


# Exercise 8, tanh


@instead_of("value.Value.tanh")
def tanh_taken_twice(self):
    """when tanh is taken once more in the partial: the result is a tanh already"""
    result = math.tanh(self.data)
    return Value(result, (self,), (1.0 - math.tanh(result) ** 2,), "tanh")


@instead_of("value.Value.tanh")
def tanh_with_partial_of_the_sigmoid(self):
    """with r * (1 - r), the partial of the sigmoid"""
    result = math.tanh(self.data)
    return Value(result, (self,), (result * (1.0 - result),), "tanh")


@instead_of("value.Value.tanh")
def tanh_squared_too_late(self):
    """with (1 - r) ** 2 as the partial: it is 1 - r ** 2"""
    result = math.tanh(self.data)
    return Value(result, (self,), ((1.0 - result) ** 2,), "tanh")


@instead_of("value.Value.tanh")
def one_over_cosh(self):
    """with 1 / cosh(x) as the partial: cosh is squared there"""
    return Value(math.tanh(self.data), (self,), (1.0 / math.cosh(self.data),), "tanh")


@instead_of("value.Value.tanh")
def sine_over_cosine(self):
    """with tan, sin over cos, in place of tanh, sinh over cosh"""
    result = math.tan(self.data)
    return Value(result, (self,), (1.0 - result * result,), "tanh")


@instead_of("value.Value.tanh")
def tanh_of_half(self):
    """with exp(x) where exp(2 * x) stands: that is the tanh of x / 2"""
    result = math.tanh(self.data / 2.0)
    return Value(result, (self,), (1.0 - result * result,), "tanh")


@instead_of("value.Value.tanh")
def sigmoid_for_tanh(self):
    """with the sigmoid in place of tanh: it runs from 0 to 1, tanh from -1 to 1"""
    result = 1.0 / (1.0 + math.exp(-self.data))
    return Value(result, (self,), (result * (1.0 - result),), "tanh")


# Exercise 9, rules


@instead_of("value.rules")
def power_rule_for_exp():
    """with the rule of x ** n for exp: there the variable stands below, here it is the exponent"""
    return {
        "exp": (math.exp, lambda x, r: x * math.exp(x - 1.0)),
        "log": (math.log, lambda x, r: 1.0 / x),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: -math.sin(x)),
        "sqrt": (math.sqrt, lambda x, r: 0.5 / r),
        "sigmoid": (lambda x: 1.0 / (1.0 + math.exp(-x)), lambda x, r: r * (1.0 - r)),
        "softplus": (lambda x: math.log1p(math.exp(x)), lambda x, r: 1.0 / (1.0 + math.exp(-x))),
    }


@instead_of("value.Value.apply")
def partial_by_the_result(self, name):
    """when partial(r, x) is called: first comes x, then the result"""
    value, partial = rules()[name]
    result = value(self.data)
    return Value(result, (self,), (partial(result, self.data),), name)


@instead_of("value.Value.apply")
def applied_without_memory(self, name):
    """when the new Value is given its number, but not what it was made from"""
    return Value(rules()[name][0](self.data))


# Exercise 10, relu


@instead_of("value.Value.relu")
def relu_that_leaks(self):
    """with a small slope left of the kink: that is the leaky relu"""
    data = self.data if self.data > 0.0 else 0.01 * self.data
    return Value(data, (self,), (1.0 if self.data > 0.0 else 0.01,), "relu")


@instead_of("value.Value.relu")
def half_at_the_kink(self):
    """with a half at the kink: that may be defended, but 0 is asked for"""
    return Value(max(self.data, 0.0), (self,), (0.5 * ((self.data > 0.0) + (self.data >= 0.0)),), "relu")


@instead_of("value.Value.relu")
def size(self):
    """with |x| in place of relu: left of 0, relu is 0"""
    return Value(abs(self.data), (self,), (1.0 if self.data > 0.0 else -1.0,), "relu")


@instead_of("value.Value.relu")
def relu_without_memory(self):
    """when x itself is returned, or a new 0: relu makes a new Value, with x as its operand"""
    return self if self.data > 0.0 else Value(0.0)


@instead_of("value.Value.relu")
def step_for_relu(self):
    """with 1 for every positive x: that is a step, relu gives x itself"""
    positive = 1.0 if self.data > 0.0 else 0.0
    return Value(positive, (self,), (positive,), "relu")


# Exercises 11, 12 and 14: backward


@instead_of("value.Value.backward")
def seed_is_the_data(self):
    """when the walk begins with the result's number: the derivative of a result by itself is 1"""
    order = topological_order(self)
    for node in order:
        if node.operands:
            node.grad = 0.0
    self.grad += self.data
    for node in reversed(order):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial


@instead_of("value.Value.backward")
def recursion_with_old_shares(self):
    """when each use of a Value passes its whole grad on, old shares once more: wait until all uses have given theirs"""
    for node in topological_order(self):
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0

    def pass_on(node):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial
            pass_on(operand)

    pass_on(self)


@instead_of("value.Value.backward")
def first_come_first_served(self):
    """when a Value passes its grad on before all of its uses have given their shares, level by level"""
    for node in topological_order(self):
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0
    queue, seen = [self], {self}
    for node in queue:
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial
            if operand not in seen:
                seen.add(operand)
                queue.append(operand)


@instead_of("value.Value.backward")
def depth_first(self):
    """when a Value passes its grad on as soon as the walk first comes to it, depth first"""
    for node in topological_order(self):
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0
    stack, seen = [self], set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            for operand, partial in zip(node.operands, node.partials):
                operand.grad += node.grad * partial
                stack.append(operand)


@instead_of("value.Value.backward")
def first_share_only(self):
    """when a Value that was seen gets no more shares: it must not be walked twice, but each use counts"""
    order = topological_order(self)
    for node in order:
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0
    seen = set()
    for node in reversed(order):
        for operand, partial in zip(node.operands, node.partials):
            if operand not in seen:
                seen.add(operand)
                operand.grad += node.grad * partial


@instead_of("value.Value.backward")
def one_share_for_each_result(self):
    """when x gets one share from each result: in x * x it is used twice by one result, and gets two"""
    order = topological_order(self)
    for node in order:
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0
    for node in reversed(order):
        for operand, partial in dict(zip(node.operands, node.partials)).items():
            operand.grad += node.grad * partial


@instead_of("value.Value.backward")
def mean_of_the_shares(self):
    """with the mean of the shares: they add up"""
    order = topological_order(self)
    uses = [operand for node in order for operand in node.operands]
    for node in order:
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0
    for node in reversed(order):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial / uses.count(operand)


@instead_of("value.Value.backward")
def product_of_the_shares(self):
    """when the shares are multiplied: along a path one multiplies, over the paths one adds"""
    order = topological_order(self)
    for node in order:
        if node.operands:
            node.grad = 0.0
    self.grad += 1.0
    for node in reversed(order):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad = (operand.grad or 1.0) * node.grad * partial


@instead_of("value.Value.backward")
def leaves_only(self):
    """when only the leaves have a gradient after the walk: here each Value in the graph keeps its own"""
    gradients = dict.fromkeys(topological_order(self), 0.0)
    gradients[self] = 1.0
    for node in reversed(list(gradients)):
        for operand, partial in zip(node.operands, node.partials):
            gradients[operand] += gradients[node] * partial
    for node, gradient in gradients.items():
        if not node.operands:
            node.grad += gradient


@instead_of("value.Value.backward")
def nothing_from_zero(self):
    """when nothing starts from 0 again: on a second call the inner Values pass on their old grad once more"""
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial


@instead_of("value.Value.backward")
def leaves_from_zero(self):
    """when the leaves start from 0, and the inner Values add up: it is the other way round"""
    order = topological_order(self)
    for node in order:
        if not node.operands:
            node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial


@instead_of("value.Value.backward")
def zero_while_walking(self):
    """when a grad is set to 0 during the walk, just before a share comes: earlier shares are lost"""
    order = topological_order(self)
    self.grad = 1.0
    for node in reversed(order):
        for operand, partial in zip(node.operands, node.partials):
            if operand.operands:
                operand.grad = 0.0
            operand.grad += node.grad * partial


@instead_of("value.Value.backward")
def second_call_does_nothing(self):
    """when a second call does nothing: the leaves are to add the gradient once more"""
    if self.grad:
        return
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial


# Exercise 13, order


@instead_of("value.topological_order")
def results_first(root):
    """with the results first: in this list the operands come first, and root stands at the end"""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.insert(0, node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands))
    return order


@instead_of("value.topological_order")
def walk_turned_round(root):
    """when the list is the walk down from root, turned round: a Value joins it before all its operands are there"""
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack.extend(node.operands)
    return order[::-1]


@instead_of("value.topological_order")
def levels_turned_round(root):
    """when the list is made of levels, by the shortest way to root: where one way is longer, a Value comes too early"""
    order, seen = [root], {root}
    for node in order:
        for operand in node.operands:
            if operand not in seen:
                seen.add(operand)
                order.append(operand)
    return order[::-1]


@instead_of("value.topological_order")
def seen_too_early(root):
    """when a Value counts as seen as soon as it is put on the stack: it may lie deep there, and come too late"""
    order, seen, stack = [], {root}, [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
            continue
        stack.append((node, True))
        for operand in reversed(node.operands):
            if operand not in seen:
                seen.add(operand)
                stack.append((operand, False))
    return order


@instead_of("value.topological_order")
def once_for_each_use(root):
    """when nobody notes which Values were seen: each stands in the list once for each use"""
    order, stack = [], [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands))
    return order


@instead_of("value.topological_order")
def same_number_same_value(root):
    """when Values with equal data are taken for one: two different Values may have the same number"""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
        elif node.data not in seen:
            seen.add(node.data)
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands))
    return order


@instead_of("value.topological_order")
def without_leaves(root):
    """when the leaves are left out: they are what the gradients are for"""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
        elif node.operands and node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands))
    return order


@instead_of("value.topological_order")
def without_root(root):
    """when root itself is left out: it stands at the end"""
    order, seen, stack = [], {root}, [(operand, False) for operand in reversed(root.operands)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands))
    return order


@instead_of("value.topological_order")
def appended_in_the_loop(root):
    """when a Value is appended inside the loop over its operands: once for each of them, and a leaf never"""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand in node.operands:
                visit(operand)
                order.append(node)

    visit(root)
    return order


@instead_of("value.topological_order")
def always_root(root):
    """when it is always root that is appended, and not the Value that the walk has come to"""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand in node.operands:
                visit(operand)
            order.append(root)

    visit(root)
    return order


@instead_of("value.topological_order")
def by_recursion(root):
    """by recursion: Python gives up after about 1,000 calls inside each other"""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand in node.operands:
                visit(operand)
            order.append(node)

    visit(root)
    return order
