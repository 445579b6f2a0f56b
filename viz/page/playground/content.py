"""What the playground's page shows and runs, as plain data and as a script."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from numbers import Integral
from typing import Any

from engine import Program, Value, no_grad
from engine.extend import javascript_library, javascript_primitives
from viz.graphs.outline import Outline
from viz.notation import plain, printable
from viz.page.content import graph_content, json_number
from viz.page.learning import Learning, encoded, page_programs
from viz.page.playground.network import NoNetworkError, find_layers, layers_content, pictures
from viz.page.samples import Classes, Sample, classes_of, plane_of
from viz.record import Record

MOST_SEED_BYTES = 1_000_000
"""How many bytes the parameters of all seeds take in a page, at most: of a large model there are fewer seeds."""


def page_content(
    learning: Learning, record: Record, drawn: Outline, samples: Sequence[Sample]
) -> tuple[dict[str, Any], str]:
    """The numbers, the neurons and the graph of a sample, and the script that computes with them.

    Raises GraphvizError where there is no Graphviz to lay out the neurons.
    """
    try:
        layers, missing = find_layers(record, learning.x, learning.predictions, learning.parameters), ""
    except NoNetworkError as error:
        layers, missing = [], str(error)
    neurons = [neuron for layer in layers for neuron in layer]
    answers = list(dict.fromkeys([*(neuron.output for neuron in neurons), *learning.predictions]))
    graph = graph_content(record, drawn)
    places = {node: place for place, node in enumerate(record.uses)}
    leaves = {"inputs": learning.x, "targets": learning.y, "parameters": learning.parameters}
    content = {
        "range": plane_of(samples),
        "samples": [{"inputs": sample.inputs, "targets": sample.targets} for sample in samples],
        "reduction": "mean" if learning.is_mean else "sum",
        "parameters": [
            {"name": record.full_names.get(parameter, printable(parameter.label)), "data": json_number(parameter.data)}
            for parameter in learning.parameters
        ],
        "state": learning.state,
        "rate": learning.rate.data,
        "layers": layers_content(layers, learning.x, answers, learning.parameters),
        "noLayers": missing,
        "predictions": [answers.index(prediction) for prediction in learning.predictions],
        "sample": graph
        | pictures(record, drawn, graph, neurons)
        | {kind: [places.get(leaf) for leaf in found] for kind, found in leaves.items()},
    }
    operations = dict.fromkeys(node["operation"] for node in graph["nodes"] if "operation" in node)
    return content, _script(page_programs(learning, answers), list(operations))


def _script(programs: dict[str, Program], operations: Sequence[str]) -> str:
    """The programs under their names, and the table of primitives. What they call has no names outside."""
    texts = {name: program.javascript for name, program in programs.items()}
    calls = sorted({call for text in texts.values() for call in text.calls})
    functions = [text.function.replace("function run(", f"function {name}(", 1) for name, text in texts.items()]
    return "\n".join(
        [
            _enclosed([javascript_library(calls), *functions], list(texts)),
            _enclosed([javascript_primitives(operations)], ["PRIMITIVES", "NO_PATH"]),
        ]
    )


def _enclosed(texts: Sequence[str], names: Sequence[str]) -> str:
    """Texts that define these names, and others that nobody else sees."""
    defined = ", ".join(names)
    return "\n".join([f"const {{ {defined} }} = (() => {{", *texts, f"return {{ {defined} }};", "})();\n"])


# --- Seeds ------------------------------------------------------------------------------------------------------------


def starts(model: Any, reinitialize: Callable[[int], Any] | None, seeds: int) -> Iterator[list[float]]:
    """The parameters of the model for each seed; nothing for a model that nobody knows how to reinitialize."""
    if not isinstance(seeds, Integral) or isinstance(seeds, bool) or seeds < 0:
        raise ValueError(f"seeds is a whole number of at least 0, not {seeds!r}")
    if reinitialize is None:
        if not hasattr(model, "reinitialize"):
            return
        reinitialize = _of_copy(model)
    count = len(list(model.parameters()))
    for seed in range(min(seeds, MOST_SEED_BYTES // (8 * max(count, 1)))):
        made = reinitialize(seed)
        if not callable(getattr(made, "parameters", None)):
            raise TypeError(f"reinitialize({seed}) gives a model with the parameters of that seed, not {made!r}")
        numbers = [parameter.data for parameter in made.parameters()]
        if len(numbers) != count:
            raise ValueError(f"reinitialize({seed}) gives {len(numbers)} parameters, but the model has {count}")
        yield numbers


def _of_copy(model: Any) -> Callable[[int], Any]:
    """From a seed to a copy of the model with the parameters of that seed."""
    own = copy.deepcopy(model)

    def reinitialized(seed: int) -> Any:
        """The copy."""
        own.reinitialize(seed=seed)
        return own

    return reinitialized


def seeds_content(found: Iterator[list[float]], start: Sequence[float]) -> dict[str, Any]:
    """All parameters for each seed, one seed after the other, and the seed that the model itself has."""
    encoded_start = encoded(start)
    whole = [[*numbers, *start[len(numbers) :]] for numbers in found]
    return {
        "seeds": encoded([number for numbers in whole for number in numbers]),
        "seed": next((seed for seed, numbers in enumerate(whole) if encoded(numbers) == encoded_start), None),
    }


# --- Classes ----------------------------------------------------------------------------------------------------------


def classes_content(samples: Sequence[Sample], outputs: int, loss: Any) -> dict[str, Any] | None:
    """How the targets name classes, and the threshold between two: where the loss does not care which of them is right.

    None if the targets are other numbers.
    """
    classes = classes_of(samples, outputs)
    if classes is None:
        return None
    middle = 0.0 if classes.by_number else (classes.low + classes.high) / 2
    equal = [at for at in (middle, 0.0) if outputs == 1 and _is_indifferent(loss, at, classes)]
    low, high, by_number = classes
    return {"low": low, "high": high, "byNumber": by_number, "threshold": equal[0] if equal else middle}


def _is_indifferent(loss: Any, answer: float, classes: Classes) -> bool:
    """Whether an answer has the same loss for both targets; not if the loss refuses one that no sample has."""
    with no_grad(), suppress(ValueError, ArithmeticError):
        first, second = (plain(loss([Value(answer)], [target])) for target in (classes.low, classes.high))
        return abs(first - second) < 1e-9
    return False
