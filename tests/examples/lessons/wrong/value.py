"""Wrong solutions of exercises 1 to 14, as people write them; the checker's report must say what the docstring says.

They are parsed, never imported.
"""

# Exercise 1, remember


@instead_of("value.Value.__init__")
def names_of_micrograd(self, data, _children=(), _op="", label=""):
    """should be '3.0', and yours is '3'"""
    self.data = data
    self.grad = 0
    self._prev = set(_children)
    self._op = _op
    self._backward = lambda: None


@instead_of("value.Value.__init__")
def data_untouched(self, data, operands=(), partials=(), operation=""):
    """an int, instead of a float"""
    self.data, self.grad, self.operands, self.partials, self.operation = data, 0.0, operands, partials, operation


@instead_of("value.Value.__init__")
def private_names(self, data, operands=(), partials=(), operation=""):
    """operands"""
    self.data = float(data)
    self.grad = 0.0
    self._operands = operands
    self._partials = partials
    self._operation = operation


@instead_of("value.Value.__init__")
def local_variables(self, data, operands=(), partials=(), operation=""):
    """data"""
    data = float(data)
    grad = 0.0
    operands = tuple(operands)
    partials = tuple(partials)


@instead_of("value.Value.__init__")
def nothing_but_data(self, data):
    """operands"""
    self.data = float(data)
    self.grad = 0.0


@instead_of("value.Value.__init__")
def gradient_spelled_out(self, data, operands=(), partials=(), operation=""):
    """grad"""
    self.data = float(data)
    self.gradient = 0.0
    self.operands = operands
    self.partials = partials
    self.operation = operation


@instead_of("value.Value.__init__")
def tuples_in_tuples(self, data, operands=(), partials=(), operation=""):
    """operands"""
    self.data, self.grad = float(data), 0.0
    self.operands = (operands,)
    self.partials = (partials,)
    self.operation = operation


@instead_of("value.Value.__init__")
def returns_itself(self, data, operands=(), partials=(), operation=""):
    """should return None"""
    self.data = float(data)
    self.grad = 0.0
    self.operands = operands
    self.partials = partials
    self.operation = operation
    return self


@instead_of("value.Value.__init__")
def grad_begins_with_one(self, data, operands=(), partials=(), operation=""):
    """grad"""
    self.data = float(data)
    self.grad = 1.0
    self.operands = operands
    self.partials = partials
    self.operation = operation


@instead_of("value.Value.__init__")
def grad_as_pytorch_has_it(self, data, operands=(), partials=(), operation=""):
    """PyTorch"""
    self.data = float(data)
    self.grad = None
    self.operands = operands
    self.partials = partials
    self.operation = operation


@instead_of("value.Value.__init__")
def without_operation(self, data, operands=(), partials=(), operation=""):
    """operation"""
    self.data = float(data)
    self.grad = 0.0
    self.operands = operands
    self.partials = partials


# Exercise 2, add


@instead_of("value.Value.__add__", exercise="add")
def plain_number(self, other):
    """a new Value, and yours is"""
    return self.data + other.data


@instead_of("value.Value.__add__", exercise="add")
def printed(self, other):
    """return"""
    print(self.data + other.data)


@instead_of("value.Value.__add__", exercise="add")
def result_not_returned(self, other):
    """return"""
    out = Value(self.data + other.data, (self, other), (1.0, 1.0), "+")


@instead_of("value.Value.__add__", exercise="add")
def no_memory(self, other):
    """what it was made from"""
    out = Value(self.data + other.data)
    return out


@instead_of("value.Value.__add__", exercise="add")
def arguments_of_micrograd(self, other):
    """in the place of the partials"""
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


@instead_of("value.Value.__add__", exercise="add")
def numbers_as_partials(self, other):
    """how fast the result grows"""
    return Value(self.data + other.data, (self, other), (self.data, other.data), "+")


@instead_of("value.Value.__add__", exercise="add")
def in_place(self, other):
    """new Value"""
    self.data = self.data + other.data
    self.operands = (self, other)
    self.partials = (1.0, 1.0)
    self.operation = "+"
    return self


@instead_of("value.Value.__add__", exercise="add")
def numbers_as_operands(self, other):
    """operands"""
    return Value(self.data + other.data, (self.data, other.data), (1.0, 1.0), "+")


@instead_of("value.Value.__add__", exercise="add")
def operation_in_words(self, other):
    """operation"""
    return Value(self.data + other.data, (self, other), (1.0, 1.0), "add")


@instead_of("value.Value.__add__", exercise="add")
def sum_of_values(self, other):
    """RecursionError"""
    return Value(self + other, (self, other), (1.0, 1.0), "+")


@instead_of("value.Value.__add__", exercise="add")
def no_operation(self, other):
    """operation"""
    return Value(self.data + other.data, (self, other), (1, 1))


# Exercise 3, multiply


@instead_of("value.Value.__mul__", exercise="multiply")
def partials_swapped(self, other):
    """partials exchanged"""
    out = Value(self.data * other.data, (self, other), (self.data, other.data), "*")
    return out


@instead_of("value.Value.__mul__", exercise="multiply")
def copied_from_add(self, other):
    """the partials of a sum"""
    return Value(self.data * other.data, (self, other), (1.0, 1.0), "*")


@instead_of("value.Value.__mul__", exercise="multiply")
def operation_copied_from_add(self, other):
    """operation"""
    return Value(self.data * other.data, (self, other), (other.data, self.data), "+")


@instead_of("value.Value.__mul__", exercise="multiply")
def data_times_value(self, other):
    """RecursionError"""
    return Value(self.data * other, (self, other), (other.data, self.data), "*")


@instead_of("value.Value.__mul__", exercise="multiply")
def one_partial_for_both(self, other):
    """not iterable"""
    return Value(self.data * other.data, (self, other), other.data * self.data, "*")


@instead_of("value.Value.__mul__", exercise="multiply")
def values_as_partials(self, other):
    """partials"""
    return Value(self.data * other.data, (self, other), (other, self), "*")


@instead_of("value.Value.__mul__", exercise="multiply")
def chain_rule_too_early(self, other):
    """grad in the partials"""
    return Value(self.data * other.data, (self, other), (other.data * self.grad, self.data * other.grad), "*")


@instead_of("value.Value.__mul__", exercise="multiply")
def school_product_rule(self, other):
    """product rule"""
    derivative = 1.0 * other.data + self.data * 1.0
    return Value(self.data * other.data, (self, other), (derivative, derivative), "*")


@instead_of("value.Value.__mul__", exercise="multiply")
def still_adds(self, other):
    """data"""
    return Value(self.data + other.data, (self, other), (other.data, self.data), "*")


# Exercise 4, numbers


@instead_of("value.as_value")
def wraps_everything(number):
    """wrapped once more"""
    return Value(number)


@instead_of("value.as_value")
def the_wrong_way_round(number):
    """the graph is cut"""
    if isinstance(number, Value):
        return Value(number.data)
    return number


@instead_of("value.as_value")
def forgets_the_number(number):
    """without `return`"""
    if isinstance(number, Value):
        return number


@instead_of("value.as_value")
def whole_numbers_only(number):
    """should be a new Value, and yours is 2.5"""
    if isinstance(number, int):
        return Value(number)
    return number


@instead_of("value.as_value")
def cuts_the_graph(number):
    """cut"""
    return Value(number.data) if isinstance(number, Value) else Value(number)


@instead_of("value.as_value")
def refuses(number):
    """ValueError"""
    if not isinstance(number, Value):
        raise ValueError("expected a Value")
    return number


@instead_of("value.Value.__radd__", exercise="numbers")
def other_plus_self(self, other):
    """calls the same method again"""
    return other + self


@instead_of("value.Value.__radd__", exercise="numbers")
def plain_sum(self, other):
    """a new Value, and yours is"""
    return self.data + other


@instead_of("value.Value.__rmul__", exercise="numbers")
def rmul_copied_from_radd(self, other):
    """still adds"""
    return self + other


@instead_of("value.Value.__add__", exercise="numbers")
def add_as_it_was(self, other):
    """has no attribute 'data'"""
    return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")


@instead_of("value.Value.__mul__", exercise="numbers")
def number_as_operand(self, other):
    """operands"""
    factor = other.data if isinstance(other, Value) else other
    return Value(self.data * factor, (self, other), (factor, self.data), "*")


# Exercise 5, subtract


@instead_of("value.Value.__neg__")
def times_minus_one(self):
    """two operands instead of one"""
    return self * -1


@instead_of("value.Value.__neg__")
def negative_leaf(self):
    """should be 1, and yours is 0"""
    return Value(-self.data, operation="-")


@instead_of("value.Value.__neg__")
def negative_of_itself(self):
    """RecursionError"""
    return Value(-self, (self,), (-1.0,), "-")


@instead_of("value.Value.__neg__")
def negative_without_a_comma(self):
    """not iterable"""
    return Value(-self.data, (self), (-1.0), "-")


@instead_of("value.Value.__sub__")
def plus_minus(self, other):
    """two operations"""
    return self + (-other)


@instead_of("value.Value.__sub__")
def sub_copied_from_add(self, other):
    """minus"""
    other = as_value(other)
    return Value(self.data - other.data, (self, other), (1.0, 1.0), "-")


@instead_of("value.Value.__sub__")
def operands_swapped(self, other):
    """operands"""
    other = as_value(other)
    return Value(self.data - other.data, (other, self), (1.0, -1.0), "-")


@instead_of("value.Value.__rsub__")
def self_minus_other(self, other):
    """the sides"""
    return self - other


@instead_of("value.Value.__rsub__")
def other_minus_self(self, other):
    """calls the same method again"""
    return other - self


@instead_of("value.Value.__sub__")
def sub_without_numbers(self, other):
    """has no attribute 'data'"""
    return Value(self.data - other.data, (self, other), (1.0, -1.0), "-")


# Exercise 6, divide


@instead_of("value.Value.__truediv__")
def minus_forgotten(self, other):
    """minus"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1 / other.data, self.data / other.data**2), "/")


@instead_of("value.Value.__truediv__")
def numerator_forgotten(self, other):
    """a above the line"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1 / other.data, -1 / other.data**2), "/")


@instead_of("value.Value.__truediv__")
def square_forgotten(self, other):
    """squared"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1 / other.data, -self.data / other.data), "/")


@instead_of("value.Value.__truediv__")
def reciprocals(self, other):
    """alike"""
    other = as_value(other)
    return Value(self.data / other.data, (self, other), (1 / other.data, 1 / self.data), "/")


@instead_of("value.Value.__truediv__")
def times_power(self, other):
    """two operations"""
    return self * other**-1


@instead_of("value.Value.__truediv__")
def rounds_down(self, other):
    """rounds down"""
    other = as_value(other)
    data = self.data // other.data
    return Value(data, (self, other), (1 / other.data, -data / other.data), "/")


@instead_of("value.Value.__truediv__")
def divides_values(self, other):
    """RecursionError"""
    other = as_value(other)
    return Value(self / other, (self, other), (1 / other.data, -self.data / other.data**2), "/")


@instead_of("value.Value.__rtruediv__")
def self_over_other(self, other):
    """above the line"""
    return self / other


@instead_of("value.Value.__rtruediv__")
def one_over_self(self, other):
    """with 1 / x"""
    return Value(1.0) / self


# Exercise 7, power


@instead_of("value.Value.__pow__")
def not_lowered(self, exponent):
    """not lowered"""
    return Value(self.data**exponent, (self,), (exponent * self.data**exponent,), "**")


@instead_of("value.Value.__pow__")
def not_in_front(self, exponent):
    """the front"""
    out = self.data**exponent
    return Value(out, (self,), (self.data ** (exponent - 1),), "**")


@instead_of("value.Value.__pow__")
def parentheses_forgotten(self, exponent):
    """`**` binds first"""
    return Value(self.data**exponent, (self,), (exponent * self.data**exponent - 1,), "**")


@instead_of("value.Value.__pow__")
def exponent_is_operand(self, exponent):
    """a second operand"""
    exponent = as_value(exponent)
    x, n = self.data, exponent.data
    return Value(x**n, (self, exponent), (n * x ** (n - 1), x**n * math.log(x)), "**")


@instead_of("value.Value.__pow__")
def by_repetition(self, exponent):
    """should be 1, and yours is 2"""
    out = self
    for _ in range(int(exponent) - 1):
        out = out * self
    return out


@instead_of("value.Value.__pow__")
def caret(self, exponent):
    """unsupported operand"""
    return Value(self.data ^ exponent, (self,), (exponent * self.data ^ (exponent - 1),), "**")


@instead_of("value.Value.__pow__")
def exponent_with_data(self, exponent):
    """has no attribute 'data'"""
    n = exponent.data
    return Value(self.data**n, (self,), (n * self.data ** (n - 1),), "**")


@instead_of("value.Value.__pow__")
def label_of_micrograd(self, exponent):
    """operation"""
    return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),), f"**{exponent}")


@instead_of("value.Value.__pow__")
def partial_without_a_comma(self, exponent):
    """not iterable"""
    return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1)), "**")


# Exercise 8, tanh


@instead_of("value.Value.tanh")
def x_for_the_result(self):
    """1 - x ** 2"""
    x = self.data
    return Value(math.tanh(x), (self,), (1 - x**2,), "tanh")


@instead_of("value.Value.tanh")
def tan(self):
    """sin over cos"""
    t = math.tan(self.data)
    return Value(t, (self,), (1 - t**2,), "tanh")


@instead_of("value.Value.tanh")
def square_too_late(self):
    """(1 - r) ** 2"""
    t = math.tanh(self.data)
    return Value(t, (self,), ((1 - t) ** 2,), "tanh")


@instead_of("value.Value.tanh")
def sigmoid_rule(self):
    """sigmoid"""
    t = math.tanh(self.data)
    return Value(t, (self,), (t * (1 - t),), "tanh")


@instead_of("value.Value.tanh")
def comma_forgotten(self):
    """object is not iterable"""
    t = math.tanh(self.data)
    return Value(t, (self), (1 - t**2), "tanh")


@instead_of("value.Value.tanh")
def tanh_of_a_value(self):
    """real number"""
    t = math.tanh(self)
    return Value(t, (self,), (1 - t**2,), "tanh")


@instead_of("value.Value.tanh")
def half_the_exponent(self):
    """tanh of x / 2"""
    x = self.data
    t = (math.exp(x) - 1) / (math.exp(x) + 1)
    return Value(t, (self,), (1 - t**2,), "tanh")


@instead_of("value.Value.tanh")
def partial_forgotten(self):
    """partials"""
    return Value(math.tanh(self.data), (self,), operation="tanh")


@instead_of("value.Value.tanh")
def tanh_as_a_number(self):
    """a new Value, and yours is"""
    return math.tanh(self.data)


# Exercise 9, rules


@instead_of("value.rules")
def a_table_without_logarithm():
    """'log'"""
    return {
        "exp": (math.exp, lambda x, r: r),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: -math.sin(x)),
        "sqrt": (math.sqrt, lambda x, r: 0.5 / r),
        "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x, r: r * (1 - r)),
        "softplus": (lambda x: math.log(1 + math.exp(x)), lambda x, r: 1 / (1 + math.exp(-x))),
    }


@instead_of("value.rules")
def a_table_of_text():
    """not callable"""
    return {
        "exp": ("exp(x)", "r"),
        "log": ("log(x)", "1 / x"),
        "sin": ("sin(x)", "cos(x)"),
        "cos": ("cos(x)", "-sin(x)"),
        "sqrt": ("sqrt(x)", "0.5 / r"),
        "sigmoid": ("1 / (1 + exp(-x))", "r * (1 - r)"),
        "softplus": ("log(1 + exp(x))", "1 / (1 + exp(-x))"),
    }


@instead_of("value.rules")
def a_list_of_rules():
    """list indices"""
    return [("exp", math.exp, lambda x, r: r), ("log", math.log, lambda x, r: 1 / x)]


@instead_of("value.rules")
def partials_of_x_alone():
    """argument"""
    return {
        "exp": (math.exp, math.exp),
        "log": (math.log, lambda x: 1 / x),
        "sin": (math.sin, math.cos),
        "cos": (math.cos, lambda x: -math.sin(x)),
        "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
        "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        "softplus": (lambda x: math.log(1 + math.exp(x)), lambda x: 1 / (1 + math.exp(-x))),
    }


@instead_of("value.rules")
def cosine_without_minus():
    """cos"""
    return {
        "exp": (math.exp, lambda x, r: r),
        "log": (math.log, lambda x, r: 1 / x),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: math.sin(x)),
        "sqrt": (math.sqrt, lambda x, r: 0.5 / r),
        "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x, r: r * (1 - r)),
        "softplus": (lambda x: math.log(1 + math.exp(x)), lambda x, r: 1 / (1 + math.exp(-x))),
    }


@instead_of("value.rules")
def sigmoid_in_terms_of_x():
    """sigmoid"""
    return {
        "exp": (math.exp, lambda x, r: r),
        "log": (math.log, lambda x, r: 1 / x),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: -math.sin(x)),
        "sqrt": (math.sqrt, lambda x, r: 1 / (2 * r)),
        "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x, r: x * (1 - x)),
        "softplus": (lambda x: math.log(1 + math.exp(x)), lambda x, r: 1 / (1 + math.exp(-x))),
    }


@instead_of("value.rules")
def exponential_as_a_power():
    """x ** n for exp"""
    return {
        "exp": (math.exp, lambda x, r: x * math.exp(x - 1)),
        "log": (math.log, lambda x, r: 1 / x),
        "sin": (math.sin, lambda x, r: math.cos(x)),
        "cos": (math.cos, lambda x, r: -math.sin(x)),
        "sqrt": (math.sqrt, lambda x, r: 0.5 / r),
        "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x, r: r * (1 - r)),
        "softplus": (lambda x: math.log(1 + math.exp(x)), lambda x, r: 1 / (1 + math.exp(-x))),
    }


@instead_of("value.Value.apply", exercise="rules")
def apply_swaps(self, name):
    """partial(r, x)"""
    f, df = rules()[name]
    out = f(self.data)
    return Value(out, (self,), (df(out, self.data),), name)


@instead_of("value.Value.apply", exercise="rules")
def apply_gives_a_number(self, name):
    """a new Value, and yours is"""
    return rules()[name][0](self.data)


@instead_of("value.Value.apply", exercise="rules")
def apply_stores_a_function(self, name):
    """partials"""
    value, partial = rules()[name]
    return Value(value(self.data), (self,), (partial,), name)


# Exercise 10, relu


@instead_of("value.Value.relu")
def slope_one_at_zero(self):
    """>="""
    return Value(max(0, self.data), (self,), (1.0 if self.data >= 0 else 0.0,), "relu")


@instead_of("value.Value.relu")
def always_slope_one(self):
    """flat"""
    return Value(0.0 if self.data < 0 else self.data, (self,), (1.0,), "relu")


@instead_of("value.Value.relu")
def slope_is_the_result(self):
    """slope of 1"""
    out = max(0.0, self.data)
    return Value(out, (self,), (out,), "relu")


@instead_of("value.Value.relu")
def x_or_nothing(self):
    """new Value"""
    if self.data > 0:
        return self
    return Value(0.0)


@instead_of("value.Value.relu")
def maximum_of_values(self):
    """not supported between"""
    return Value(max(0, self), (self,), (1.0 if self.data > 0 else 0.0,), "relu")


@instead_of("value.Value.relu")
def the_other_half(self):
    """data"""
    return Value(min(self.data, 0.0), (self,), (1.0 if self.data < 0 else 0.0,), "relu")


@instead_of("value.Value.relu")
def only_where_positive(self):
    """None"""
    if self.data > 0:
        return Value(self.data, (self,), (1.0,), "relu")


@instead_of("value.Value.relu")
def upper_case(self):
    """operation"""
    return Value(max(0.0, self.data), (self,), (float(self.data > 0),), "ReLU")


# Exercise 11, backward


@instead_of("value.Value.backward", exercise="backward")
def no_seed(self):
    """without a beginning"""
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="backward")
def operands_before_results(self):
    """results before operands"""
    self.grad = 1.0
    for v in topological_order(self):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="backward")
def seed_data(self):
    """by itself is 1"""
    self.grad = self.data
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="backward")
def only_the_first_level(self):
    """operands of the last operation"""
    self.grad = 1.0
    for i in range(len(self.operands)):
        self.operands[i].grad = self.grad * self.partials[i]


@instead_of("value.Value.backward", exercise="backward")
def operands_call_backward(self):
    """the chain is cut"""
    self.grad = 1.0
    for child, partial in zip(self.operands, self.partials):
        child.backward()
        child.grad = self.grad * partial


@instead_of("value.Value.backward", exercise="backward")
def no_chain(self):
    """the chain is cut"""
    self.grad = 1.0
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.grad = partial


@instead_of("value.Value.backward", exercise="backward")
def closures_of_micrograd(self):
    """_prev"""
    topo = []
    visited = set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(self)
    self.grad = 1
    for v in reversed(topo):
        v._backward()


@instead_of("value.Value.backward", exercise="backward")
def gradients_returned(self):
    """without a beginning"""
    gradients = {self: 1.0}
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            gradients[child] = gradients.get(child, 0.0) + gradients[v] * partial
    return gradients


@instead_of("value.Value.backward", exercise="backward")
def never_ends(self):
    """does a loop never end"""
    self.grad = 1.0
    stack = [self]
    while stack:
        v = stack[-1]
        for child, partial in zip(v.operands, v.partials):
            child.grad = v.grad * partial
            stack.append(child)


@instead_of("value.Value.backward", exercise="backward")
def steps_on_the_data(self):
    """nothing is passed on"""
    self.grad = 1.0
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.data += v.grad * partial


@instead_of("value.Value.backward", exercise="backward")
def expected_numbers_printed(self):
    """only what it returns counts"""
    self.grad = 1.0
    for v in topological_order(self):
        print(v, "grad", v.grad)


# Exercise 12, fan-out


@instead_of("value.Value.backward", exercise="fan_out")
def assignment(self):
    """`=` in place of `+=`"""
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad = node.grad * partial


@instead_of("value.Value.backward", exercise="fan_out")
def without_order(self):
    """old shares"""

    def step(node):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial
            step(operand)

    self.grad = 1.0
    step(self)


@instead_of("value.Value.backward", exercise="fan_out")
def breadth_first(self):
    """level by level"""
    self.grad = 1.0
    todo, visited = [self], {self}
    while todo:
        node = todo.pop(0)
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial
            if operand not in visited:
                visited.add(operand)
                todo.append(operand)


@instead_of("value.Value.backward", exercise="fan_out")
def seen_operands_skipped(self):
    """each use counts"""
    self.grad = 1.0
    seen = set()
    for node in reversed(topological_order(self)):
        for operand, partial in zip(node.operands, node.partials):
            if operand in seen:
                continue
            operand.grad += node.grad * partial
            seen.add(operand)


@instead_of("value.Value.backward", exercise="fan_out")
def shares_in_a_dictionary(self):
    """used twice by one result"""
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        shares = dict(zip(node.operands, node.partials))
        for operand in shares:
            operand.grad += node.grad * shares[operand]


@instead_of("value.Value.backward", exercise="fan_out")
def average(self):
    """mean"""
    nodes = topological_order(self)
    count = {node: sum(list(other.operands).count(node) for other in nodes) for node in nodes}
    self.grad = 1.0
    for node in reversed(nodes):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial / count[operand]


@instead_of("value.Value.backward", exercise="fan_out")
def zero_first(self):
    """in place of `+=`"""
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        for operand in node.operands:
            operand.grad = 0.0
        for operand, partial in zip(node.operands, node.partials):
            operand.grad += node.grad * partial


@instead_of("value.Value.backward", exercise="fan_out")
def largest_share(self):
    """grad"""
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        for operand, partial in zip(node.operands, node.partials):
            operand.grad = max(operand.grad, node.grad * partial, key=abs)


# Exercise 13, order


@instead_of("value.topological_order")
def recursive(root):
    """by recursion"""
    topo = []
    visited = set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v.operands:
                build_topo(child)
            topo.append(v)

    build_topo(root)
    return topo


@instead_of("value.topological_order")
def reversed_in_place(root):
    """None"""
    order, stack, seen = [], [root], set()
    while stack:
        v = stack.pop()
        if v not in seen:
            seen.add(v)
            order.append(v)
            stack.extend(v.operands)
    return order.reverse()


@instead_of("value.topological_order")
def preorder_reversed(root):
    """before all its operands"""
    order, stack, seen = [], [root], set()
    while stack:
        v = stack.pop()
        if v not in seen:
            seen.add(v)
            order.append(v)
            stack.extend(v.operands)
    order.reverse()
    return order


@instead_of("value.topological_order")
def levels(root):
    """levels"""
    order, seen = [], set()
    queue = [root]
    while queue:
        v = queue.pop(0)
        if v in seen:
            continue
        seen.add(v)
        order.append(v)
        queue += v.operands
    return list(reversed(order))


@instead_of("value.topological_order")
def root_first(root):
    """results first"""
    order, stack, seen = [], [(root, False)], set()
    while stack:
        v, ready = stack.pop()
        if ready:
            order.append(v)
        elif v not in seen:
            seen.add(v)
            stack.append((v, True))
            for child in reversed(v.operands):
                stack.append((child, False))
    return order[::-1]


@instead_of("value.topological_order")
def as_a_set(root):
    """set"""
    found, stack = set(), [root]
    while stack:
        v = stack.pop()
        found.add(v)
        stack.extend(v.operands)
    return found


@instead_of("value.topological_order")
def no_leaves(root):
    """leaves"""
    order, stack, seen = [], [(root, False)], set()
    while stack:
        v, ready = stack.pop()
        if ready:
            order.append(v)
        elif v.operands and v not in seen:
            seen.add(v)
            stack.append((v, True))
            for child in reversed(v.operands):
                stack.append((child, False))
    return order


@instead_of("value.topological_order")
def nothing_noted(root):
    """once for each use"""
    order, stack = [], [(root, False)]
    while stack:
        v, ready = stack.pop()
        if ready:
            order.append(v)
        else:
            stack.append((v, True))
            for child in reversed(v.operands):
                stack.append((child, False))
    return order


@instead_of("value.topological_order")
def visited_on_push(root):
    """put on the stack"""
    order, stack, visited = [], [(root, False)], {root}
    while stack:
        v, ready = stack.pop()
        if ready:
            order.append(v)
        else:
            stack.append((v, True))
            for child in reversed(v.operands):
                if child not in visited:
                    visited.add(child)
                    stack.append((child, False))
    return order


@instead_of("value.topological_order")
def sorted_by_data(root):
    """order"""
    found, stack = {root}, [root]
    while stack:
        for child in stack.pop().operands:
            if child not in found:
                found.add(child)
                stack.append(child)
    return sorted(found, key=lambda v: v.data)


# Exercise 14, twice


@instead_of("value.Value.backward", exercise="twice")
def as_micrograd_does(self):
    """nothing starts from 0"""
    self.grad = 1
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="twice")
def all_from_zero(self):
    """leaves start from 0"""
    topo = topological_order(self)
    for v in topo:
        v.grad = 0.0
    self.grad = 1.0
    for v in reversed(topo):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="twice")
def zero_after_the_walk(self):
    """only the leaves"""
    topo = topological_order(self)
    self.grad = 1.0
    for v in reversed(topo):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial
    for v in topo:
        if v.operands:
            v.grad = 0.0


@instead_of("value.Value.backward", exercise="twice")
def leaves_instead(self):
    """other way round"""
    topo = topological_order(self)
    for v in topo:
        if len(v.operands) == 0:
            v.grad = 0.0
    self.grad = 1.0
    for v in reversed(topo):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="twice")
def done_once(self):
    """second call does nothing"""
    if self.grad != 0.0:
        return
    self.grad = 1.0
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="twice")
def seed_adds_up(self):
    """whose 1 adds up"""
    topo = topological_order(self)
    for v in topo:
        if v.operands and v is not self:
            v.grad = 0.0
    self.grad += 1.0
    for v in reversed(topo):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="twice")
def forbidden(self):
    """RuntimeError"""
    if self.grad:
        raise RuntimeError("trying to go backward through the graph a second time")
    self.grad = 1.0
    for v in reversed(topological_order(self)):
        for child, partial in zip(v.operands, v.partials):
            child.grad += v.grad * partial


@instead_of("value.Value.backward", exercise="twice")
def zero_at_each_share(self):
    """during the walk"""
    topo = topological_order(self)
    self.grad = 1.0
    for v in reversed(topo):
        for child, partial in zip(v.operands, v.partials):
            if child.operands:
                child.grad = 0.0
            child.grad += v.grad * partial
