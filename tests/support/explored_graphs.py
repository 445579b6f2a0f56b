"""Graphs for the explorer, what its page was given, and which lines have to be lit: written down once more."""

import json
import re

from engine import Value
from engine.extend import stages_of

GRAPHS = ("graph", "gradient")
LISTINGS = re.compile(r"instructions|fold_constants|simplify|share|drop_guards|drop_dead|skip_calls")


def neuron():
    """A neuron's squared error, and the leaves by which it is derived."""
    x, w, b, y = Value(0.5, "x"), Value(-1.2, "w"), Value(0.3, "b"), Value(1.0, "y")
    z = w * x + b
    z.label = "z"
    a = z.sigmoid()
    a.label = "a"
    loss = (a - y) ** 2
    loss.label = "loss"
    return loss, [w, b]


def content_of(made):
    """The data in a page, by a parser of JSON that knows no NaN."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    (text,) = re.findall(r'<script type="application/json" id="content">(.*?)</script>', made.html, re.DOTALL)
    return json.loads(text, parse_constant=refuse)


class Lines:
    """The lines of all stages as (name of the stage, place from 1 on), and the ways between them."""

    def __init__(self, value, leaves):
        self.stages = stages_of(value, leaves)
        self.names = [stage.name for stage in self.stages]
        self.texts = {
            (stage.name, place): line.text for stage in self.stages for place, line in enumerate(stage.lines, 1)
        }
        self.links = {
            ((self.names[number], source + 1), (stage.name, place))
            for stage in self.stages
            for place, line in enumerate(stage.lines, 1)
            for number, source in line.sources
        }

    def find(self, stage, text):
        """The line of a stage with this text, but for the space around it."""
        (found,) = [line for line, own in self.texts.items() if line[0] == stage and own.strip() == text]
        return found

    def _spread(self, start, links):
        """A line and what links lead to from it; a constant that is met on the way ends it, but for passes."""
        ends = {}
        for begin, end in links:
            if self._goes_on(start, begin, end):
                ends.setdefault(begin, set()).add(end)
        found, new = {start}, {start}
        while new:
            new = set().union(*(ends.get(begin, ()) for begin in new)) - found
            found |= new
        return found

    def _goes_on(self, start, begin, end):
        """Whether a way goes on through a line."""
        is_constant = self.texts[begin].startswith("constant ") and begin != start
        return not is_constant or (
            self.names.index(end[0]) > self.names.index(begin[0]) and bool(LISTINGS.match(end[0]))
        )

    def lit(self, chosen):
        """{line: how} for the line that is chosen."""
        derivative = {link for link in self.links if {link[0][0], link[1][0]} <= {*GRAPHS}}
        down = self.links - derivative
        up = {(end, begin) for begin, end in down}
        makers, made = self._spread(chosen, up), self._spread(chosen, down)
        nodes = {line for line in makers if line[0] in GRAPHS}
        apart = self._stages_apart(chosen[0])
        same = {line for node in nodes for line in self._spread(node, down) if line[0] in apart}
        return {
            **dict.fromkeys(same, "same"),
            **dict.fromkeys((end for begin, end in derivative if begin == chosen), "derived"),
            **dict.fromkeys(made, "became"),
            **dict.fromkeys((begin for begin, end in derivative if end in nodes), "of"),
            **dict.fromkeys(makers, "from"),
            chosen: "chosen",
        }

    def _stages_apart(self, name):
        """The stages that are neither before nor after a stage."""
        links = {(begin[0], end[0]) for begin, end in self.links}
        before, after = {name}, {name}
        for _ in self.names:
            before |= {begin for begin, end in links if end in before}
            after |= {end for begin, end in links if begin in after}
        return {*self.names} - before - after
