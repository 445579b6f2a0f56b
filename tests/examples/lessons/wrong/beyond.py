"""Solutions of exercises 26 to 28 as learners get them wrong. The docstring must stand in the checker's report.

They are parsed, never imported.
"""

# Exercise 26, dual


@instead_of("beyond.Dual.__add__")
def __add__(self, other):
    """AttributeError"""
    return Dual(self.value + other.value, self.tangent + other.tangent)


@instead_of("beyond.Dual.__add__")
def __add__(self, other):
    """tuple"""
    other = as_dual(other)
    return (self.value + other.value, self.tangent + other.tangent)


@instead_of("beyond.Dual.__add__")
def __add__(self, other):
    """x.value"""
    other = as_dual(other)
    self.value += other.value
    self.tangent += other.tangent
    return self


@instead_of("beyond.Dual.__mul__")
def __mul__(self, other):
    """product of the tangents"""
    other = as_dual(other)
    return Dual(self.value * other.value, self.tangent * other.tangent)


@instead_of("beyond.Dual.__mul__")
def __mul__(self, other):
    """its own value"""
    other = as_dual(other)
    value = self.value * other.value
    tangent = self.tangent * self.value + other.tangent * other.value
    return Dual(value, tangent)


@instead_of("beyond.Dual.__mul__")
def __mul__(self, other):
    """leaves the tangent as it is"""
    if isinstance(other, Dual):
        return Dual(self.value * other.value, self.tangent * other.value + self.value * other.tangent)
    return Dual(self.value * other, self.tangent)


@instead_of("beyond.sin")
def sin(x):
    """takes no Dual"""
    if isinstance(x, Dual):
        return Dual(math.sin(x.value), math.cos(x.value) * x.tangent)
    return math.sin(x)


@instead_of("beyond.sin")
def sin(x):
    """the chain rule multiplies it by the tangent"""
    if isinstance(x, Dual):
        return Dual(sin(x.value), cos(x.value))
    return math.sin(x)


@instead_of("beyond.sin")
def sin(x):
    """AttributeError"""
    return Dual(math.sin(x.value), math.cos(x.value) * x.tangent)


@instead_of("beyond.sin")
def sin(x):
    """RecursionError"""
    if isinstance(x, Dual):
        return Dual(sin(x), cos(x) * x.tangent)
    return math.sin(x)


@instead_of("beyond.cos")
def cos(x):
    """without the minus"""
    if isinstance(x, Dual):
        return Dual(cos(x.value), sin(x.value) * x.tangent)
    return math.cos(x)


@instead_of("beyond.derivative")
def derivative(f, x):
    """tangent is 0"""
    return as_dual(f(Dual(x))).tangent


@instead_of("beyond.derivative")
def derivative(f, x):
    """should be"""
    h = 1e-6
    return (f(x + h) - f(x - h)) / (2 * h)


@instead_of("beyond.derivative")
def derivative(f, x):
    """Dual is returned"""
    return f(Dual(x, 1.0))


# Exercise 27, second


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """should be"""
    h = 1e-4
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """a constant"""
    d = derivative(f, x)
    return derivative(lambda x: d, x)


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """TypeError"""
    return derivative(derivative(f, x), x)


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """f' at the number f'(x)"""
    return derivative(f, derivative(f, x))


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """not its square"""
    d = derivative(f, x)
    return d * d


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """a constant"""
    return f(Dual(Dual(x, 1.0), 0.0)).tangent.tangent


@instead_of("beyond.second_derivative")
def second_derivative(f, x):
    """that adds f'"""
    y = f(Dual(Dual(x, 1.0), Dual(1.0, 1.0)))
    return as_dual(as_dual(y).tangent).tangent


# Exercise 28, dead_code


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """the outputs' own instructions alone"""
    live = []
    needed = set(outputs)
    for name, operation, operands in tape:
        if name in needed:
            live.append((name, operation, operands))
            needed |= set(operands)
    return live


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """the reader must be live itself"""
    used = set(outputs)
    for _, _, operands in tape:
        for operand in operands:
            used.add(operand)
    result = []
    for instruction in tape:
        if instruction[0] in used:
            result.append(instruction)
    return result


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """in the order of the walk back"""
    live = []
    needed = set(outputs)
    for name, op, operands in tape[::-1]:
        if name in needed:
            live.append((name, op, operands))
            for operand in operands:
                needed.add(operand)
    return live


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """outputs' own instructions alone"""
    live = []
    needed = set(outputs)
    for instruction in reversed(tape):
        if instruction[0] in needed:
            live.insert(0, instruction)
            needed.add(instruction[2])
    return live


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """None"""
    needed = outputs
    live = []
    for name, op, operands in reversed(tape):
        if name in needed:
            needed += operands
            live.append((name, op, operands))
    return live.reverse()


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """len(tape)"""
    needed = set(outputs)
    for instruction in reversed(list(tape)):
        if instruction[0] in needed:
            needed.update(instruction[2])
        else:
            tape.remove(instruction)
    return tape


@instead_of("beyond.live_code")
def live_code(tape, outputs):
    """KeyError"""
    by_name = {name: (name, op, operands) for name, op, operands in tape}
    live = set()

    def visit(name):
        live.add(name)
        for operand in by_name[name][2]:
            visit(operand)

    for name in outputs:
        visit(name)
    return [instruction for instruction in tape if instruction[0] in live]
