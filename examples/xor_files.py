"""The files of an XOR run: the model as JSON, its evaluation trace, pictures of its graphs, pages and plots.

A file is complete or not there: each is written under another name, then renamed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import viz
from engine import Value
from engine.extend import replace_file
from examples import xor_network
from examples.answers import answer_program
from examples.matrices.comparison import INPUTS, TARGETS
from examples.outputs import explain
from examples.xor_network import SAMPLE, Run
from nn import MLP

LARGEST_PICTURE = 1600
"""In nodes: Graphviz lays that many out in some ten seconds. Beyond, its time grows faster than their square."""

SAMPLE_TEXT = "{} xor {}".format(*INPUTS[SAMPLE])
IMAGES = (".svg", ".png")
PAGES = ("playground.html", "neuron.html", "backprop.html")
GRAPHS = ("neuron", "sample-loss", "batch-loss", "neurons", "layers")
PLOTS = ("loss", "boundary", "weights")
FILES = (
    "trace.txt",
    *(f"{graph}{ending}" for graph in GRAPHS for ending in (*IMAGES, ".dot")),
    *PAGES,
    *(f"{plot}{ending}" for plot in PLOTS for ending in IMAGES),
)
"""The names of all files that a run may write, besides the model."""


@dataclass
class Folder:
    """The files of one run, in a directory that exists.

    written    what each complete file holds, by its name
    missing    why a picture was not made, by its name
    no_images  why the graphs are DOT text, if they are
    reused     whether an earlier run has left its model there
    """

    directory: Path
    written: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    no_images: str = ""
    reused: bool = False

    def save_model(self, model: MLP) -> None:
        """Write ``model.json``, which ``MLP.load`` reads."""
        self.reused = (self.directory / "model.json").is_file()
        model.save(self.directory / "model.json")
        self.written["model.json"] = "the trained network, for MLP.load"

    def write_all(self, model: MLP, run: Run) -> None:
        """Write all other files, print a line for each as soon as it is complete, and say what is missing."""
        print(f"\nFiles in {self.directory}")
        for name, description in self.written.items():
            print(f"  {name:<17} {description}")
        self.write_trace(model)
        self.write_graphs(model)
        self.write_pages(model, run)
        self.write_plots(model, run)
        for name, reason in self.missing.items():
            print(f"  {name:<17} not made: {reason}")
        if self.reused:
            self.remove_earlier()
        if PAGES[0] in self.written:
            print(f"\nOpen this first: {self.directory / PAGES[0]}")
        if self.no_images:
            print()
            explain(f"The graphs are DOT text: {self.no_images}.")
            print(f"With Graphviz, run this again, or: dot -Tsvg -O {self.directory / '*.dot'}")

    def remove_earlier(self) -> None:
        """Remove the files of an earlier run that this one did not write: they show another network."""
        earlier = [name for name in FILES if name not in self.written and (self.directory / name).is_file()]
        for name in earlier:
            (self.directory / name).unlink()
        if earlier:
            print(f"  removed, as of an earlier run: {', '.join(earlier)}")

    def write(self, name: str, description: str, save: Callable[[Path], object]) -> None:
        """Let ``save`` write a file, and print a line for it."""
        save(self.directory / name)
        self.written[name] = description
        print(f"  {name:<17} {description}", flush=True)

    def write_trace(self, model: MLP) -> None:
        """Write the evaluation trace of the loss on one sample."""
        sizes = "-".join(map(str, model.sizes))
        text = f"The loss of a {sizes} network on {SAMPLE_TEXT} = {TARGETS[SAMPLE]}\n\n"
        text += f"{viz.trace(xor_network.sample_graph(model))}\n"
        description = f"forward and backward on {SAMPLE_TEXT}, number by number"
        self.write("trace.txt", description, lambda path: replace_file(path, text.encode("utf-8")))

    def write_graphs(self, model: MLP) -> None:
        """Draw each graph as SVG and PNG; as DOT text where there is no Graphviz, and not at all if it is too large."""
        for stem, subject, output, options in drawings(model):
            try:
                drawing = viz.draw(output, max_nodes=LARGEST_PICTURE, **options)
                subject += f", {drawing.nodes} nodes"
                for ending in IMAGES:
                    self.write(stem + ending, subject, drawing.save)
            except viz.TooManyNodesError as error:
                self.missing[f"{stem}.svg"] = over_the_limit(error)
            except viz.GraphvizError as error:
                self.no_images = str(error)
                self.write(f"{stem}.dot", subject, drawing.save)

    def write_pages(self, model: MLP, run: Run) -> None:
        """Write the page that trains the network, and those that step through backpropagation, before any training."""
        beginner = xor_network.new_network(model.sizes[1], seed=0)
        beginner.load_state_dict(run.states[0])
        for name, (description, make) in zip(PAGES, pages(beginner), strict=True):
            try:
                page = make()
            except viz.TooManyNodesError as error:
                self.missing[name] = over_the_limit(error)
            except viz.GraphvizError as error:
                self.no_images = str(error)
                self.missing[name] = "Graphviz has to lay out its graph"
            else:
                self.write(name, description, page.save)

    def write_plots(self, model: MLP, run: Run) -> None:
        """Plot how the training went."""
        try:
            from viz import plots
        except ImportError as error:
            self.missing["loss.svg"] = str(error)
            return
        ask = answer_program(model)
        made = (
            (plots.loss_curves({"loss": run.losses, "largest error": run.errors}), "loss and largest error by epoch"),
            (plots.decision_boundary(lambda x: ask(*x)[0], INPUTS, TARGETS), "what the network answers everywhere"),
            (plots.weights_over_time(run.states), "every parameter by epoch"),
        )
        for stem, (plot, description) in zip(PLOTS, made, strict=True):
            for ending in IMAGES:
                self.write(stem + ending, description, plot.save)


def pages(beginner: MLP) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield (description, what makes it) of each page, for the network before its training: its gradients are large."""
    title = f"Learning XOR: a {'-'.join(map(str, beginner.sizes))} network"
    yield (
        "train the network in a page, and open its neurons",
        lambda: viz.playground(
            beginner,
            INPUTS,
            TARGETS,
            title=title,
            about="XOR: answer 1 if exactly one of a and b is 1.",
            names=("a", "b"),
            max_nodes=LARGEST_PICTURE,
            **xor_network.recipe(beginner),
        ),
    )
    graphs = (
        ("one untrained neuron, on two samples", xor_network.lesson_graph(beginner), {}),
        ("the untrained network, beside matrices", xor_network.tutorial_graph(beginner), beginner.to_value_matrices()),
    )
    for subject, loss, shown in graphs:
        options = {"title": f"Backpropagation in XOR: {subject}", "matrices": shown, "max_nodes": LARGEST_PICTURE}
        yield f"backpropagation step by step: {subject}", functools.partial(viz.player, loss, **options)


def drawings(model: MLP) -> Iterator[tuple[str, str, Value, dict[str, Any]]]:
    """Yield (name, subject, graph, how to draw it) of each picture. A graph holds its gradients until the next."""
    yield "neuron", f"one hidden neuron on {SAMPLE_TEXT}", xor_network.neuron_graph(model), {}
    yield "sample-loss", f"the loss on {SAMPLE_TEXT}", xor_network.sample_graph(model), {}
    batch = xor_network.batch_graph(model)
    yield "batch-loss", "the loss on all four samples, folded into one", batch, {"fold": True}
    yield "neurons", "the same by neuron, coloured by gradient", batch, {"by": "neuron", "colors": "gradient"}
    yield "layers", "the same by layer", batch, {"by": "layer"}


def over_the_limit(error: viz.TooManyNodesError) -> str:
    """Say why a picture is missing."""
    return f"its {error.nodes:,} nodes are over the limit of {LARGEST_PICTURE:,}"
