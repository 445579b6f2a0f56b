"""A graph with parts that are called several times, and by itself which of its nodes each call computes."""

from engine import Value, scope, topological_order


class Called:
    """``outer``, called twice, with ``inner`` in it, called twice each time; what they computed is noted as it is."""

    def __init__(self):
        self.calls = []
        x, y, w = Value(0.5, "x"), Value(-1.25, "y"), Value(2.0, "w")
        inner = self._noted("inner", scope("inner", "tanh")(lambda a: (a * w).tanh()))
        outer = self._noted("outer", scope("outer")(lambda a, b: inner(a) + inner(b)))
        one = outer(x, y)
        self.root = outer(one, x * y) * one
        self.root.label = "f"

    def _noted(self, name, function):
        """The function, which notes what each call computes."""

        def call(*inputs):
            result = function(*inputs)
            given = set(topological_order(*inputs))
            made = [node for node in topological_order(result) if node not in given and not node.is_leaf]
            self.calls.append((name, made))
            return result

        return call

    def stops(self, opened):
        """The steps at which something is complete in the picture, while the parts of these names are open."""
        nodes = topological_order(self.root)
        results = [node for node in nodes if not node.is_leaf]
        first = 1 + len(results)
        pairs = [(node, operand) for node in reversed(nodes) for operand, _ in node.edges if isinstance(operand, Value)]
        forward = {self._seen(node, opened): 1 + at for at, node in enumerate(results)}
        backward = {self._seen(node, opened, at): first + 1 + at for at, (node, _) in enumerate(pairs)}
        return sorted([0, *forward.values(), first, *backward.values()])

    def _seen(self, node, opened, use=None):
        """What a step at a node is part of: the outermost call that is closed, else the node, or its use."""
        around = [index for index, (name, made) in enumerate(self.calls) if name not in opened and node in made]
        # A call is noted when it ends: the outermost comes last.
        return ("call", max(around)) if around else (node, use)


def called_twice():
    """The graph alone."""
    return Called().root
