"""Right solutions of exercises 26 to 28, of another kind than ours. They are parsed, never imported."""


@instead_of("beyond.Dual.__mul__")
def case_by_case(self, other):
    if not isinstance(other, Dual):
        return Dual(self.value * other, self.tangent * other)
    return Dual(self.value * other.value, other.value * self.tangent + other.tangent * self.value)


@instead_of("beyond.sin")
def floats_first(x):
    if isinstance(x, float):
        return math.sin(x)
    return Dual(sin(x.value), x.tangent * cos(x.value))


@instead_of("beyond.derivative")
def without_as_dual(f, x):
    y = f(Dual(x, 1))
    return y.tangent if isinstance(y, Dual) else 0


@instead_of("beyond.second_derivative")
def dual_of_duals(f, x):
    y = f(Dual(Dual(x, 1.0), Dual(1.0, 0.0)))
    return as_dual(as_dual(y).tangent).tangent


@instead_of("beyond.live_code")
def until_nothing_changes(tape, outputs):
    live, before = set(outputs), None
    while live != before:
        before = set(live)
        for name, _, operands in tape:
            if name in live:
                live |= set(operands)
    return [line for line in tape if line[0] in live]
