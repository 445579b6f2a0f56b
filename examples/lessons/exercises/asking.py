"""What each exercise asks: the questions, from small to large, made at random but the same at every check."""

import re
from collections.abc import Callable
from functools import cache
from random import Random

from engine import primitives_table
from examples.lessons.exercises.graphs import NAMES, random_lines
from examples.lessons.exercises.lines import (
    array,
    gradients,
    names,
    number,
    numbers_text,
    program,
    record,
    remembered,
    value,
    values,
)
from examples.lessons.exercises.questions import Question
from examples.lessons.exercises.rows import points_of
from examples.lessons.exercises.table import Exercise

RULES = ("exp", "log", "sin", "cos", "sqrt", "sigmoid", "softplus")
STRICT = {  # how a step looks, whose operands and partials are asked for
    "add": ("{} + {}",),
    "multiply": ("{} * {}",),
    "numbers": ("{} + 2.0", "{} * 3.0", "{} + {}", "{} * {}"),
    "subtract": ("{} - {}", "-{}", "{} - 2.0"),
    "divide": ("{} / {}", "{} / 2.0"),
    "power": ("{} ** 2", "{} ** 3", "{} ** -1", "{} ** 0.5", "{} ** 2.5"),
    "tanh": ("{}.tanh()",),
    "rules": tuple(f"{{}}.apply('{name}')" for name in RULES),
    "relu": ("{}.relu()",),
}
FREE = {  # may be made of other steps: only the number and the gradients are asked for
    "numbers": ("2.0 + {}", "3 * {}"),
    "subtract": ("2.0 - {}",),
    "divide": ("3.0 / {}",),
}
ALL = [form for forms in STRICT.values() for form in forms] + [form for forms in FREE.values() for form in forms]

DIAMONDS = (  # c is used twice, on ways to the result that are not equally long, or on both sides of it
    ["a = Value(1.5)", "b = Value(-0.7)", "c = a * b", "d = -c", "e = c * d"],
    ["a = Value(1.5)", "b = Value(-0.7)", "c = a * b", "d = -c", "e = d * c"],
    ["a = Value(1.5)", "b = Value(-0.7)", "c = a * b", "d = -c", "e = c.tanh()", "f = d * e"],
)
PAIRS = ("{} + {}", "{} * {}", "{} - {}", "{} / {}", "{}.tanh()")


@cache
def questions_for(exercise: Exercise) -> tuple[Question, ...]:
    """Return what an exercise asks, the smallest questions first."""
    return tuple(QUESTIONS[exercise.name](Random(exercise.number)))


def remember(_: Random) -> list[Question]:
    """Ask for the five attributes of a leaf, and of Values with operands."""
    leaf = ("x.data", "str(x.data)", "x.grad", "x.operands", "x.partials", "x.operation")
    pair = ("a = Value(1.5)", "b = Value(-0.7)")
    return [
        program(("x = Value(3)", *leaf)),
        program(*pair, ("c = Value(2.2, (a, b), (1.0, -3.0), '-')", *remembered("c"))),
        program(
            *pair, ("c = Value(2.25, (a, a), (1.5, 1.5), '*')", *remembered("c")), ("d = Value(-2.5)", *remembered("d"))
        ),
    ]


def steps(name: str, *special: str) -> Callable[[Random], list[Question]]:
    """Return what makes the questions about an operation: each form of it, graphs of some, and the special lines."""

    def questions(generator: Random) -> list[Question]:
        strict = [random_lines(generator, [form], 1) for form in STRICT[name] * 3]
        strict += [random_lines(generator, STRICT[name], 3) for _ in range(4)]
        asked = [[*map(record, lines)] for lines in [*strict, *special]]
        for form in FREE.get(name, ()) * 3:
            *leaves, last = random_lines(generator, [form], 1)
            asked.append([*leaves, (last, last[0], f"{last[0]}.data"), (f"{last[0]}.backward()", *gradients(leaves))])
        return [program(*lines) for lines in asked]

    return questions


def numbers(generator: Random) -> list[Question]:
    """Ask for `as_value`, then for sums and products with numbers."""
    leaf = ("b", "b.data", "b.grad", "b.operands", "b.partials", "b.operation")
    return [
        program("a = Value(1.5)", ("b = as_value(a)", "b is a")),
        program(("b = as_value(2.5)", *leaf), ("c = as_value(3)", "c.data", "str(c.data)")),
        *steps("numbers")(generator),
    ]


def rules(generator: Random) -> list[Question]:
    """Ask for the functions that the exercise names, then for those of the engine's table that the learner has too."""
    table = program(("table = rules()", *(f"{name!r} in table" for name in RULES)))
    asked = [table, *steps("rules")(generator)]
    for row in primitives_table():
        if len(row.partials) == 1 and row.name not in RULES:
            lines: list[str] = []
            for x, leaf, result in zip(points_of(row), NAMES[::2], NAMES[1::2], strict=False):
                lines += [f"{leaf} = Value({x})", f"{result} = {leaf}.apply({row.name!r})"]
            asked.append(Question(program(*map(record, lines)).lines, f"{row.name!r} in rules()"))
    return asked


def passes(*sizes: int, shared: bool, twice: bool = False) -> Callable[[Random], list[Question]]:
    """Return what makes questions about `backward`: on random graphs of so many steps, once or twice."""

    def questions(generator: Random) -> list[Question]:
        asked = [] if twice else [program("a = Value(1.5)", ("a.backward()", "a.grad"))]
        graphs = [random_lines(generator, PAIRS if shared else ALL, size, shared=shared) for size in sizes]
        for lines in [*graphs, *(DIAMONDS if shared else ())]:
            calls = [lines[-1]] if not twice else [lines[-2], lines[-1], lines[-1]]
            asked.append(program(*lines, *((f"{call[0]}.backward()", *gradients(lines)) for call in calls)))
        return asked

    return questions


def order(generator: Random) -> list[Question]:
    """Ask whether each Value stands once in the order, after its operands: any order that does is right."""
    asked = [program("a = Value(1.5)", ("order = topological_order(a)", "len(order)", "order[0] is a"))]
    for size in (1, 1, 2, 2, 3, 4, 5, 6, 8):
        lines = random_lines(generator, PAIRS, size)
        edges = [(name, line[0]) for line in lines for name in names(lines) if name in re.findall(r"\w+", line[4:])]
        counts = [f"order.count({name})" for name in reversed(names(lines))]
        before = [f"order.index({one}) < order.index({other})" for one, other in reversed(edges)]
        asked.append(program(*lines, (f"order = topological_order({lines[-1][0]})", *counts, *before)))
    twins = ("a = Value(1.5)", "b = Value(1.5)", "c = a * b")
    asked.append(program(*twins, ("order = topological_order(c)", "order.count(a)", "order.count(b)", "len(order)")))
    chain = ("a = Value(1.5)", "b = a", "for _ in range(5_000): b = b + 1.0")
    return [*asked, program(*chain, ("order = topological_order(b)", "len(order)"))]


def neuron(generator: Random) -> list[Question]:
    """Ask for the answer of a neuron, and for its derivatives by weights, bias and inputs."""
    asked = []
    for size in (1, 2, 2, 3, 3):
        lines = [f"x = {values(generator, size)}", f"w = {values(generator, size)}", f"b = {value(generator)}"]
        grads = ("b.grad", *(f"{name}[{i}].grad" for name in "wx" for i in range(size)))
        asked.append(program(*lines, ("y = neuron(x, w, b)", "y", "y.data", "b.data"), ("y.backward()", *grads)))
    numbers = program(
        "x = [0.5, -2.0]", "w = [Value(1.5), Value(0.4)]", "b = Value(-0.3)", ("y = neuron(x, w, b)", "y.data")
    )
    return [*asked, numbers]


def layer(generator: Random) -> list[Question]:
    """Ask for the answers of layers of several sizes, and for derivatives by what they are made of."""
    asked = []
    for inputs, neurons in ((1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (2, 3)):
        weights = ", ".join(values(generator, inputs) for _ in range(neurons))
        lines = [f"x = {values(generator, inputs)}", f"weights = [{weights}]", f"biases = {values(generator, neurons)}"]
        last = neurons - 1
        grads = (f"biases[{last}].grad", *(f"weights[{last}][{i}].grad" for i in range(inputs)), "x[0].grad")
        asked.append(program(*lines, ("y = layer(x, weights, biases)", "y"), (f"y[{last}].backward()", *grads)))
    return asked


def network(generator: Random) -> list[Question]:
    """Ask for answers and parameters of networks of several shapes."""
    asked = []
    for sizes in ([1, 1], [2, 1], [1, 2], [2, 2, 1], [2, 3, 1], [3, 2, 2], [1, 2, 2, 1]):
        made = f"model = MLP({sizes}, random.Random({generator.randrange(100)}))"
        asked.append(program(made, (f"y = model({numbers_text(generator, sizes[0])})", "y")))
        asked.append(program(made, ("found = model.parameters()", "found")))
    mine = ("parameters = model.parameters()", "parameters[0] is model.weights[0][0][0]")
    return [*asked, program("model = MLP([2, 1], random.Random(0))", mine)]


def loss(generator: Random) -> list[Question]:
    """Ask for the mean of squares, and for its derivative by each answer."""
    asked = []
    for size in (1, 2, 2, 3, 5):
        lines = [f"answers = {values(generator, size)}", f"targets = {numbers_text(generator, size)}"]
        grads = tuple(f"answers[{i}].grad" for i in range(size))
        call = ("loss = mean_squared_error(answers, targets)", "loss", "loss.data")
        asked.append(program(*lines, call, ("loss.backward()", *grads)))
    return asked


def sgd(generator: Random) -> list[Question]:
    """Ask for data and gradients after a step, and after a second one, which has nothing left to do."""
    asked = []
    for size in (1, 2, 3):
        lines = [f"p = {values(generator, size)}"]
        lines += [f"p[{i}].grad = {number(generator)}" for i in range(size)]
        after = tuple(f"p[{i}].{what}" for what in ("data", "grad") for i in range(size))
        rate = generator.choice((0.1, 0.5, 0.03))
        asked.append(program(*lines, (f"sgd_step(p, {rate})", *after), (f"sgd_step(p, {rate})", *after)))
    return asked


def train(generator: Random) -> list[Question]:
    """Ask for the losses and for what a model has become."""
    asked = []
    for samples, epochs in ((1, 1), (2, 1), (1, 2), (2, 2), (3, 3)):
        model = f"model = MLP([2, 2, 1], random.Random({generator.randrange(100)}))"
        inputs = f"inputs = [{', '.join(numbers_text(generator, 2) for _ in range(samples))}]"
        targets = f"targets = {numbers_text(generator, samples)}"
        first = ("model.weights[0][0][0].data", "model.biases[1][0].data", "model.weights[0][0][0].grad")
        call = f"losses = train(model, inputs, targets, 0.5, {epochs})"
        asked.append(program(model, inputs, targets, (call, "losses", *first)))
    return asked


def matrices(call: str, shapes: str, *results: str) -> Callable[[Random], list[Question]]:
    """Return what makes questions about a function of matrices, whose shapes are given as ``"X=nk W=km"``.

    Letters stand for sizes: n samples, k inputs, m hidden neurons, p outputs, and 1. In some questions no size is equal
    to another, so that no transpose fits by accident; in others all are, so that a wrong one fits, and gives numbers.
    """

    def questions(generator: Random) -> list[Question]:
        asked = []
        for sizes in ((2, 2, 3, 1), (2, 2, 2, 2), (1, 2, 2, 1), (4, 2, 3, 1), (3, 4, 2, 5)):
            size = {**dict(zip("nkmp", sizes, strict=True)), "1": 1}
            lines = []
            for text in shapes.split():
                name, (rows, columns) = text.split("=")
                low = 0.1 if name.startswith("A") else -1.5
                lines.append(f"{name} = {array(generator, size[rows], size[columns], low)}")
            arguments = tuple(text.split("=")[0] for text in shapes.split())
            asked.append(program(*lines, (call, *arguments, *results)))
        return asked

    return questions


def dual(generator: Random) -> list[Question]:
    """Ask for sums, products, sines of Duals, of numbers, and of Duals of Duals, and for derivatives."""
    pair = ("x = Dual(1.5, 2.0)", "y = Dual(-0.7, 0.3)")
    results = [program(*pair, (f"z = {text}", "z.value", "z.tangent", "x.value")) for text in DUALS]
    inner = "x = Dual(Dual(1.5, 2.0), Dual(-0.7, 0.3))"
    parts = ("z.value.value", "z.value.tangent", "z.tangent.value", "z.tangent.tangent")
    results += [program(inner, (f"z = {function}(x)", *parts)) for function in ("sin", "cos")]
    results.insert(0, program(("y = sin(0.5)", "y"), ("z = cos(0.5)", "z")))
    return results + [program((f"d = derivative({function}, {number(generator)})", "d")) for function in FUNCTIONS]


def second(generator: Random) -> list[Question]:
    """Ask for second derivatives of several functions."""
    return [program((f"d = second_derivative({function}, {number(generator)})", "d")) for function in FUNCTIONS]


def dead_code(generator: Random) -> list[Question]:
    """Ask for what is alive in random tapes."""
    asked = []
    for size in (1, 2, 3, 4, 5, 6, 7, 8):
        tape = []
        for name in NAMES[2 : 2 + size]:
            operands = [generator.choice(NAMES[: 2 + len(tape)][-4:]) for _ in range(generator.choice((1, 2, 2)))]
            tape.append((name, {1: "-", 2: generator.choice("+*")}[len(operands)], tuple(operands)))
        outputs = sorted(generator.sample([name for name, *_ in tape], k=generator.choice((1, min(size, 2)))))
        asked.append(program(f"tape = {tape}", (f"live = live_code(tape, {outputs})", "live", "tape")))
    return [*asked, program(("live = live_code([], [])", "live"))]


DUALS = (
    "x + y",
    "x * y",
    "x * x",
    "x + 2.0",
    "2.0 + x",
    "x * 3.0",
    "3.0 * x",
    "x - y",
    "sin(x)",
    "cos(y)",
    "sin(x * y)",
)
FUNCTIONS = (
    "lambda x: x * x",
    "lambda x: x * x * x + 1e6",
    "lambda x: sin(x)",
    "lambda x: cos(x) + 2.0 * x",
    "lambda x: x * sin(x) * x",
    "lambda x: sin(x * x) - x",
    "lambda x: sin(cos(x))",
    "lambda x: 3.0",
)

QUESTIONS: dict[str, Callable[[Random], list[Question]]] = {
    "remember": remember,
    "add": steps("add"),
    "multiply": steps("multiply", ["a = Value(0.0)", "b = Value(3.0)", "c = a * b"]),
    "numbers": numbers,
    "subtract": steps("subtract"),
    "divide": steps("divide"),
    "power": steps("power", ["a = Value(0.0)", "b = a ** 2"], ["a = Value(-1.5)", "b = a ** 3"]),
    "tanh": steps("tanh", ["a = Value(800.0)", "b = a.tanh()"]),
    "rules": rules,
    "relu": steps("relu", ["a = Value(-1.5)", "b = a.relu()"], ["a = Value(0.0)", "b = a.relu()"]),
    "backward": passes(1, 1, 1, 2, 2, 3, 3, 4, 5, shared=False),
    "fan_out": passes(1, 1, 2, 2, 3, 3, 4, 5, 6, 8, shared=True),
    "order": order,
    "twice": passes(1, 1, 2, 2, 3, 4, 5, shared=True, twice=True),
    "neuron": neuron,
    "layer": layer,
    "network": network,
    "loss": loss,
    "sgd": sgd,
    "train": train,
    "forward": matrices(
        "Z1, A1, Z2, A2 = forward(X, W1, b1, W2, b2)", "X=nk W1=km b1=1m W2=mp b2=1p", "Z1", "A1", "Z2", "A2"
    ),
    "output_delta": matrices("delta2 = output_delta(A2, Y)", "A2=np Y=np", "delta2"),
    "hidden_delta": matrices("delta1 = hidden_delta(delta2, W2, A1)", "delta2=np W2=mp A1=nm", "delta1"),
    "weights": matrices("dW = weight_gradient(A, delta)", "A=nm delta=np", "dW"),
    "biases": matrices("db = bias_gradient(delta)", "delta=nm", "db"),
    "dual": dual,
    "second": second,
    "dead_code": dead_code,
}
