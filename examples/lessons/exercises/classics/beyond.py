"""Classic mistakes in beyond.py, each written out as the piece that a learner would hand in.

They are parsed, never imported. The docstring completes the sentence "-0.5 is what you get …".
"""

# Exercise 26, dual


@instead_of("beyond.Dual.__add__")
def sum_with_product_rule(self, other):
    """with the product rule for a sum: of a sum, the tangents add up"""
    other = as_dual(other)
    return Dual(self.value + other.value, self.value * other.tangent + self.tangent * other.value)


@instead_of("beyond.Dual.__mul__")
def product_of_the_tangents(self, other):
    """with the product of the tangents: the derivative of a product is not the product of the derivatives"""
    other = as_dual(other)
    return Dual(self.value * other.value, self.tangent * other.tangent)


@instead_of("beyond.Dual.__mul__")
def sum_of_the_tangents(self, other):
    """with the sum of the tangents: each goes with the value of the other factor"""
    other = as_dual(other)
    return Dual(self.value * other.value, self.tangent + other.tangent)


@instead_of("beyond.Dual.__mul__")
def own_value_with_own_tangent(self, other):
    """with each tangent times its own value: each goes with the value of the other factor"""
    other = as_dual(other)
    return Dual(self.value * other.value, self.value * self.tangent + other.value * other.tangent)


@instead_of("beyond.Dual.__mul__")
def term_with_both_tangents(self, other):
    """with the product of the tangents added: it is of second order, and belongs to no derivative"""
    other = as_dual(other)
    mixed = self.value * other.tangent + self.tangent * other.value
    return Dual(self.value * other.value, mixed + self.tangent * other.tangent)


@instead_of("beyond.Dual.__mul__")
def number_as_a_factor(self, other):
    """when a factor that is a number leaves the tangent as it is: 3 * x changes three times as fast as x"""
    if isinstance(other, Dual):
        return Dual(self.value * other.value, self.value * other.tangent + self.tangent * other.value)
    return Dual(self.value * other, self.tangent)


@instead_of("beyond.Dual.__mul__")
def complex_product(self, other):
    """with the rule of complex numbers: for a dual number, the square of the small part is 0, not -1"""
    other = as_dual(other)
    value = self.value * other.value - self.tangent * other.tangent
    return Dual(value, self.value * other.tangent + self.tangent * other.value)


@instead_of("beyond.sin")
def sine_of_the_tangent(x):
    """with the sine of the tangent: by the chain rule it is cos(value) * tangent"""
    return Dual(sin(x.value), sin(x.tangent)) if isinstance(x, Dual) else math.sin(x)


@instead_of("beyond.sin")
def cosine_of_the_tangent(x):
    """with the cosine of the tangent: by the chain rule it is cos(value) * tangent"""
    return Dual(sin(x.value), cos(x.tangent)) if isinstance(x, Dual) else math.sin(x)


@instead_of("beyond.sin")
def sine_of_the_value_alone(x):
    """when a Dual loses its tangent in the sine"""
    return sin(x.value) if isinstance(x, Dual) else math.sin(x)


@instead_of("beyond.sin")
def sine_of_floats_only(x):
    """with math.sin of the value: it takes no Dual, and the value may be one"""
    return Dual(math.sin(x.value), math.cos(x.value) * x.tangent) if isinstance(x, Dual) else math.sin(x)


@instead_of("beyond.cos")
def cosine_of_floats_only(x):
    """with math.cos of the value: it takes no Dual, and the value may be one"""
    return Dual(math.cos(x.value), -math.sin(x.value) * x.tangent) if isinstance(x, Dual) else math.cos(x)


@instead_of("beyond.cos")
def cosine_of_the_value_alone(x):
    """when a Dual loses its tangent in the cosine"""
    return cos(x.value) if isinstance(x, Dual) else math.cos(x)


@instead_of("beyond.derivative")
def seed_is_the_number(f, x):
    """when the input's tangent is x itself: the derivative of x by itself is 1"""
    return as_dual(f(Dual(x, x))).tangent


@instead_of("beyond.derivative")
def value_for_tangent(f, x):
    """when the value is returned: the derivative is the tangent"""
    return as_dual(f(Dual(x, 1.0))).value


@instead_of("beyond.derivative")
def dual_for_tangent(f, x):
    """when the whole Dual is returned: the derivative is its tangent"""
    return as_dual(f(Dual(x, 1.0)))


# Exercise 27, second


@instead_of("beyond.second_derivative")
def first_derivative(f, x):
    """with the first derivative"""
    return derivative(f, x)


@instead_of("beyond.second_derivative")
def derivative_squared(f, x):
    """with the square of the first derivative: f'' is the derivative of f', not its square"""
    return derivative(f, x) ** 2


@instead_of("beyond.second_derivative")
def derivative_at_the_derivative(f, x):
    """with f' at the number f'(x): f'' asks how f' changes at x"""
    return derivative(f, derivative(f, x))


@instead_of("beyond.second_derivative")
def derivative_of_a_number(f, x):
    """when what is derived the second time no longer depends on x: a constant, whose derivative is 0"""
    first = derivative(f, x)
    return derivative(lambda point: first, x)


@instead_of("beyond.second_derivative")
def taylor_coefficient(f, x):
    """with half of it, the coefficient in the Taylor series: the derivative is 2! times that"""
    return derivative(lambda point: derivative(f, point), x) / 2.0


@instead_of("beyond.second_derivative")
def second_derivative_of_f_of_f(f, x):
    """with the derivative of f(f(x)): derive f', and do not apply f twice"""
    return derivative(lambda point: f(f(point)), x)


@instead_of("beyond.second_derivative")
def seed_with_a_tangent(f, x):
    """when the inner seed has a tangent as well, Dual(1.0, 1.0): that adds f' to the result"""
    return as_dual(as_dual(f(Dual(Dual(x, 1.0), Dual(1.0, 1.0)))).tangent).tangent


@instead_of("beyond.second_derivative")
def third_derivative(f, x):
    """with the third derivative"""
    return derivative(lambda a: derivative(lambda b: derivative(f, b), a), x)


# Exercise 28, dead_code


@instead_of("beyond.live_code")
def outputs_and_their_operands(tape, outputs):
    """with the outputs and what they read directly: what those read is needed as well, and so on"""
    needed = set(outputs)
    for name, _, operands in tape:
        if name in outputs:
            needed.update(operands)
    return [instruction for instruction in tape if instruction[0] in needed]


@instead_of("beyond.live_code")
def operands_of_dead_code(tape, outputs):
    """when what a dead instruction reads stays, too: the reader must be live itself"""
    needed, live = set(outputs), []
    for name, operation, operands in reversed(tape):
        if name in needed:
            live.append((name, operation, operands))
        needed.update(operands)
    return live[::-1]


@instead_of("beyond.live_code")
def first_operand_only(tape, outputs):
    """when only the first operand of an instruction is followed"""
    needed, live = set(outputs), []
    for name, operation, operands in reversed(tape):
        if name in needed:
            live.append((name, operation, operands))
            needed.update(operands[:1])
    return live[::-1]


@instead_of("beyond.live_code")
def first_output_followed(tape, outputs):
    """when only the first output is followed"""
    needed, live = set(outputs[:1]), []
    for name, operation, operands in reversed(tape):
        if name in needed:
            live.append((name, operation, operands))
            needed.update(operands)
    return live[::-1]


@instead_of("beyond.live_code")
def dead_instead_of_live(tape, outputs):
    """with the dead instructions: return the live ones"""
    needed, dead = set(outputs), []
    for name, operation, operands in reversed(tape):
        if name in needed:
            needed.update(operands)
        else:
            dead.append((name, operation, operands))
    return dead[::-1]


@instead_of("beyond.live_code")
def names_only(tape, outputs):
    """with the names alone: return the whole instructions"""
    needed, live = set(outputs), []
    for name, _, operands in reversed(tape):
        if name in needed:
            live.append(name)
            needed.update(operands)
    return live[::-1]


@instead_of("beyond.live_code")
def outputs_forgotten(tape, outputs):
    """without the outputs' own instructions: they are live themselves"""
    needed, live = set(outputs), []
    for name, operation, operands in reversed(tape):
        if name in needed:
            needed.update(operands)
            if name not in outputs:
                live.append((name, operation, operands))
    return live[::-1]


@instead_of("beyond.live_code")
def once_for_each_use(tape, outputs):
    """when an instruction is listed once for each use: list it once"""
    instructions = {instruction[0]: instruction for instruction in tape}
    live, waiting = [], list(outputs)
    for name in waiting:
        if name in instructions:
            live.append(instructions[name])
            waiting.extend(instructions[name][2])
    return sorted(live, key=tape.index)


@instead_of("beyond.live_code")
def in_the_order_of_the_walk(tape, outputs):
    """in the order of a walk from the outputs: keep the order of the tape"""
    instructions, live = {instruction[0]: instruction for instruction in tape}, []

    def visit(name):
        if name in instructions and instructions[name] not in live:
            for operand in instructions[name][2]:
                visit(operand)
            live.append(instructions[name])

    for name in outputs:
        visit(name)
    return live


@instead_of("beyond.live_code")
def everything_before_the_outputs(tape, outputs):
    """when everything before the last output stays: some of it no output reads"""
    last = max((place for place, line in enumerate(tape) if line[0] in outputs), default=-1)
    return tape[: last + 1]
