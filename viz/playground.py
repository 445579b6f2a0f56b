"""`playground`: a page in which a model is trained, by whoever opens it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from engine import Value, no_grad
from viz.graphs.drawing import drawing_of
from viz.graphs.outline import by_operation, outline
from viz.graphs.style import Style
from viz.notation import plain, printable
from viz.page.document import Page, document, text_of
from viz.page.learning import Course, learn
from viz.page.playground.content import classes_content, page_content, seeds_content, starts
from viz.page.samples import Sample, read_samples, shaped
from viz.record import Record

_CHECKED = 8
"""How many samples are computed together, too, to see what the loss is of several."""


@dataclass(frozen=True, repr=False)
class Playground(Page):
    """A page that trains a model, which is as it was when the page was made. A notebook shows it in a frame.

    html        the page
    drawing     a picture of the graph of the first sample, by layer, for a notebook that is not trusted
    parameters  how many numbers are trained
    samples     how many samples there are at the beginning
    """

    parameters: int
    samples: int

    def __repr__(self) -> str:
        return f"<Playground of {self.parameters} parameters and {self.samples} samples>"


def playground(
    model: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: Callable[[list[Any], list[Any]], Value],
    optimizer: Any,
    path: str | os.PathLike[str] | None = None,
    title: str = "",
    about: str = "",
    names: Iterable[str] = (),
    answers: Iterable[str] = (),
    seeds: int = 100,
    reinitialize: Callable[[int], Any] | None = None,
    max_nodes: int = 2_000,
) -> Playground:
    """Make a page that trains ``model`` on samples, into a file if one is named.

    model         what can be called with the inputs of a sample and has ``parameters()``, as `nn.MLP` is
    inputs        one entry for each sample: a number or a list of numbers
    targets       one entry for each sample, likewise, as the loss takes it
    loss          (predictions, targets) -> one Value. Its ``reduction`` says whether it is the "mean" or the "sum" over
                  the samples, as those of `nn` do
    optimizer     one of `nn`, made of the model's parameters; it begins with the state that it has
    path          a file name that ends in ``.html``
    title         the heading
    about         a sentence on the problem, shown below it
    names         what the inputs are called, else x0, x1, …
    answers       what the outputs are called, else "answer", or "answer 0", "answer 1", …
    seeds         from how many seeds the page can train anew
    reinitialize  seed -> a model with the parameters of that seed. Without it, a copy of the model is used, if that has
                  a method ``reinitialize(seed=…)``
    max_nodes     the most nodes that the graph of a sample may have

    The page is one file that needs no network. It shows the neurons, if functions of the model have names
    (`engine.scope`; those of `nn` have), the answer over the plane, if there are two inputs, and the loss. It computes
    what the engine computes, in every bit, and says so after 1, 10, 100, … steps, as far as the engine ran ahead. Of a
    model with one output, the parameters are those of ``nn.train`` with all samples in one batch and one graph; of
    others, the order of additions may be another.

    Nothing changes: neither the model nor the optimizer, and no leaf. Raises TypeError for what is no model, loss or
    optimizer and for samples that are not numbers; ValueError for no samples, for lengths that differ, for a loss
    without a ``reduction`` or with a wrong one, for an optimizer of other parameters, for a graph that is too large and
    for another ending; ArithmeticError for a sample that has no loss; GraphvizError where there is no Graphviz to lay
    out the neurons.
    """
    _check(model, loss, optimizer)
    samples = read_samples(inputs, targets)
    called = _names(names, [f"x{place}" for place in range(len(samples[0].inputs))])
    learning = learn(model, loss, optimizer, samples[0], called)
    outputs = range(len(learning.predictions))
    said = _names(answers, ["answer"] if len(outputs) == 1 else [f"answer {place}" for place in outputs])
    record = Record([learning.loss], learning.parameters)
    drawn = by_operation(
        record,
        max_nodes,
        "the graph of a sample has {nodes} nodes, more than max_nodes={most}: take a smaller model, or allow them with "
        "max_nodes={nodes}",
    )
    course = Course(learning, samples, "llvm" if find_spec("llvmlite") else "python")
    _check_sum(model, loss, samples[:_CHECKED], course.losses()[:_CHECKED])
    content, script = page_content(learning, record, drawn, samples)
    content |= {
        "title": text_of("title", title) or f"{type(model).__name__}: learning from {len(samples)} samples",
        "about": text_of("about", about),
        "inputs": called,
        "outputs": said,
        "classes": classes_content(samples, len(outputs), loss),
        "lossName": printable(getattr(loss, "__name__", type(loss).__name__)),
        "optimizerName": type(optimizer).__name__,
        "references": list(course.references()),
        **seeds_content(starts(model, reinitialize, seeds), learning.start),
    }
    page = document("playground/playground.html", content["title"], {"content": content}, {"programs": script})
    drawing = drawing_of(outline(record, max_nodes, "layer"), Style(gradients=False))
    made = Playground(page, drawing, len(learning.parameters), len(samples))
    if path is not None:
        made.save(path)
    return made


def _check(model: Any, loss: Any, optimizer: Any) -> None:
    """Raise the error that names what cannot be trained, and what to do."""
    if not callable(model) or not callable(getattr(model, "parameters", None)):
        raise TypeError(
            f"a playground trains a model that can be called and has parameters(), as nn.MLP has, not {model!r}"
        )
    if not callable(loss):
        raise TypeError(f"loss is a function of (predictions, targets), as nn.mean_squared_error is, not {loss!r}")
    reduction = getattr(loss, "reduction", None)
    if reduction not in ("mean", "sum"):
        name = getattr(loss, "__name__", "loss")
        raise ValueError(
            f"the page adds up the loss of each sample: say whether {name} is the mean or the sum over the samples by "
            f'{name}.reduction = "mean" (or "sum"), not {reduction!r}'
        )
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "updates_from", None)):
        raise TypeError(f"the optimizer is one of nn, as in SGD(model.parameters()), not {optimizer!r}")
    trained, own = list(optimizer.parameters), set(model.parameters())
    for parameter in trained:
        if parameter not in own:
            raise ValueError(
                f"the optimizer trains {parameter!r}, which is no parameter of the model: make it of model.parameters()"
            )


def _names(names: Iterable[str], default: Sequence[str]) -> list[str]:
    """What inputs or outputs are called."""
    found: list[Any] = list(names) if isinstance(names, Iterable) else [names]
    if isinstance(names, str) or not all(isinstance(name, str) for name in found):
        raise TypeError(f"names are a list of texts, not {names!r}")
    if found and len(found) != len(default):
        raise ValueError(f"there are {len(found)} names for {len(default)} numbers: {', '.join(default)}")
    return [printable(name) for name in found] or list(default)


def _check_sum(model: Any, loss: Any, samples: Sequence[Sample], losses: Sequence[float]) -> None:
    """Raise ValueError unless the loss of some samples is the mean or the sum of theirs, as its reduction says."""

    def together(chosen: Sequence[Sample]) -> float:
        """The loss of some samples, computed as ever."""
        answers = [model(shaped(sample.inputs, sample.bare_input)) for sample in chosen]
        return plain(loss(answers, [shaped(sample.targets, sample.bare_target) for sample in chosen]))

    with no_grad():
        first, whole = together(samples[:1]), together(samples)
    if not math.isclose(first, losses[0], rel_tol=1e-9, abs_tol=1e-12):
        raise ValueError(
            f"the loss of the first sample is {losses[0]!r} when it is recorded, and then {first!r}: a page can only "
            "repeat what was recorded, so the model may not draw random numbers"
        )
    expected = sum(losses) / (len(samples) if loss.reduction == "mean" else 1)
    if abs(whole - expected) > 1e-9 * sum(map(abs, losses)) + 1e-12:
        raise ValueError(
            f"the reduction of the loss is {loss.reduction!r}, but the loss of the first {len(samples)} samples is "
            f"{whole!r}, not {expected!r}: correct its reduction"
        )
