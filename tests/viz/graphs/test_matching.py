"""Two graphs beside each other: of one random change exactly that is marked, and all else is the same or follows."""

import random

import pytest

import engine
from engine import Value
from viz.compare import sides_of
from viz.graphs.matching import matched
from viz.record import Record

ONE, TWO = ("tanh", "sin", "neg"), ("add", "sub", "mul", "logaddexp")
LEAVES = 5


def a_program(generator, size):
    """{name: (operation, operands)} of a graph, in which an operand is a name or a number; a leaf has its number."""
    lines = {f"x{count}": ("", [generator.uniform(0.5, 2.0)]) for count in range(LEAVES)}
    for count in range(size):
        earlier = list(lines)[-8:]
        kind = generator.choice(ONE + TWO + TWO)
        operands = generator.sample(earlier, 1 + (kind in TWO))
        if kind in TWO and generator.random() < 0.2:
            operands[1] = round(generator.uniform(0.5, 2.0), 3)
        lines[f"v{count}"] = (kind, operands)
    return lines


def needed(lines, roots):
    """The lines that the results need, in order."""
    found = set(roots)
    for name, (_, operands) in reversed(lines.items()):
        if name in found:
            found.update(operand for operand in operands if operand in lines)
    return {name: line for name, line in lines.items() if name in found}


def recorded(lines, roots, labelled):
    """The Values of a program by name, after a backward pass from the sum of the results' numbers."""
    made = {}
    for name, (kind, operands) in needed(lines, roots).items():
        values = [made.get(operand, operand) for operand in operands]
        made[name] = getattr(engine, kind)(*values) if kind else Value(values[0], name if labelled else "")
    for root in roots:
        made[root].backward()
    return made


def changed(generator, lines, root, change):
    """A copy of a program with one change, and its result; None where there is no place for it."""
    inner = [name for name, (kind, _) in needed(lines, [root]).items() if kind]
    name = generator.choice(inner)
    kind, operands = lines[name]
    place = generator.randrange(len(operands))
    after = dict(lines)
    if change == "leaf":
        leaf = generator.choice([x for x in needed(lines, [root]) if not lines[x][0]])
        after[leaf] = ("", [lines[leaf][1][0] + 0.3])
    elif change == "operation":
        after[name] = (generator.choice([x for x in (TWO if kind in TWO else ONE) if x != kind]), operands)
    elif change == "swap" and len(operands) == 2:
        after[name] = (kind, operands[::-1])
    elif change == "number" and isinstance(operands[-1], float):
        after[name] = (kind, [operands[0], operands[1] + 0.25])
    elif change == "reroute":
        before = list(lines)[: list(lines).index(name)]
        others = [other for other in before if other in needed(lines, [root]) and other not in operands]
        if not others:
            return None
        after[name] = (kind, [*operands[:place], generator.choice(others), *operands[place + 1 :]])
    elif change == "insert" and isinstance(operands[place], str):
        after = {}
        for other, line in lines.items():
            if other == name:
                after["new"] = ("softplus", [operands[place]])
                line = (kind, [*operands[:place], "new", *operands[place + 1 :]])
            after[other] = line
    elif change == "bypass" and name != root:
        instead = operands[0]
        after = {other: (kind, [instead if x == name else x for x in xs]) for other, (kind, xs) in lines.items()}
    elif change == "wrap":
        after["new"] = ("softplus", [root])
        return after, "new"
    else:
        return None
    return after, root


def is_ambiguous(mine, theirs):
    """Whether something is computed twice, or in both graphs by lines of different names."""
    names = []
    for lines in (mine, theirs):
        written = {}
        for name, (kind, operands) in lines.items():
            written[name] = f"{kind}({', '.join(written.get(operand, str(operand)) for operand in operands)})"
        names.append({text: name for name, text in written.items()})
        if len(names[-1]) < len(lines):
            return True
    return any(names[1].get(text, name) != name for text, name in names[0].items())


def said(sides):
    """What is marked in each graph, without what follows."""
    found = []
    for side, other in (sides, sides[::-1]):
        marks = side.differences(other, "there", 9, gradients=True)
        found.append({key[0] if isinstance(key, tuple) else key for key, mark in marks.items() if not mark.follows})
    return found


CHANGES = ("leaf", "operation", "swap", "number", "reroute", "insert", "bypass", "wrap")


@pytest.mark.parametrize("labelled", [True, False], ids=["labelled", "unlabelled"])
@pytest.mark.parametrize("change", CHANGES)
def test_of_one_change_exactly_that_is_marked(change, labelled):
    generator = random.Random(f"{change} {labelled}")
    tried = 0
    while tried < 40:
        lines = a_program(generator, generator.choice([6, 12, 30]))
        root = list(lines)[-1]
        if (found := changed(generator, lines, root, change)) is None:
            continue
        after, result = found
        mine, theirs = needed(lines, [root]), needed(after, [result])
        if is_ambiguous(mine, theirs):
            continue
        tried += 1
        first, second = recorded(lines, [root], labelled), recorded(after, [result], labelled)
        edited = {name for name in mine.keys() & theirs.keys() if mine[name] != theirs[name]}
        expected = []
        for own, other, top in ((mine, theirs, root), (theirs, mine, result)):
            alone = own.keys() - other.keys()
            used = {x for name in own.keys() & other.keys() for x in own[name][1] if own[name][0] == other[name][0]}
            expected.append(edited | (alone & (used | {top})))
        sides = sides_of([first[root]], [second[result]])
        names = [{value: name for name, value in made.items()} for made in (first, second)]
        marked = [{names[i][node] for node in nodes} for i, nodes in enumerate(said(sides))]
        assert marked == expected, f"{mine}\n\n{theirs}"
        turned = said(sides_of([second[result]], [first[root]]))
        assert [{names[1 - i][node] for node in nodes} for i, nodes in enumerate(turned)] == expected[::-1]
        again = matched(Record([first[root]]), Record([second[result]]))
        assert list(again.items()) == list(sides[0].partners.items())


def test_it_does_not_matter_which_graph_comes_first():
    generator = random.Random(7)
    for _ in range(40):
        first, second = (Record([list(recorded_any(generator).values())[-1]]) for _ in range(2))
        turned = matched(second, first)
        assert dict(matched(first, second)) == {other: node for node, other in turned.items()}


def recorded_any(generator):
    """The Values of any program."""
    lines = a_program(generator, 12)
    return recorded(lines, [list(lines)[-1]], labelled=False)


def test_one_operation_in_a_long_chain():
    graphs = []
    for factor in (0.5, 0.25):
        total = Value(1.0)
        for count in range(3000):
            total = total * factor if count == 1500 else total + 1.0
        graphs.append(total)
    sides = sides_of(graphs[:1], graphs[1:])
    assert len(sides[0].partners) == 3001
    assert [len(nodes) for nodes in said(sides)] == [1, 1]
