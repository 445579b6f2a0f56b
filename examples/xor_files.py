"""What the XOR run leaves on disk: the model as JSON, its evaluation trace, pictures of its graphs, pages and plots.

A file is complete or not there: each is written under another name, then renamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import viz
from engine import Value
from examples.comparison import INPUTS, TARGETS
from examples.xor_graphs import SAMPLE, batch_graph, lesson_graph, neuron_graph, sample_graph, tutorial_graph
from examples.xor_training import Run, new_network
from nn import MLP
from viz.files import replace_file

LARGEST_PICTURE = 1600
"""In nodes: what Graphviz lays out in some ten seconds. Beyond, its time grows faster than their square."""


GRAPHS = ("neuron", "sample-loss", "batch-loss", "neurons", "layers")
PAGES = ("neuron.html", "backprop.html")
PLOTS = ("loss", "boundary", "weights")
FILES = (
    "trace.txt",
    *(f"{graph}{ending}" for graph in GRAPHS for ending in (".svg", ".png", ".dot")),
    *PAGES,
    *(f"{plot}{ending}" for plot in PLOTS for ending in (".svg", ".png")),
)
"""The names of all files that a run may write, but for the model."""


def over_the_limit(error: viz.TooManyNodesError) -> str:
    """Say why a picture is missing."""
    return f"its {error.nodes:,} nodes are over the limit of {LARGEST_PICTURE:,}"


@dataclass
class Folder:
    """The files of one run, in a directory that is there.

    written    the complete files: what each holds, by its name
    missing    the pictures that were not made, each with the reason
    no_images  why the graphs are DOT text, if they are
    reused     whether a run has left its model there before
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

    def write_all(self, model: MLP, run: Run) -> Iterator[str]:
        """Write the trace, the graphs, the pages and the plots; yield the name of each file when it is complete."""
        sample = "{} xor {}".format(*INPUTS[SAMPLE])
        heading = f"The loss of a {'-'.join(map(str, model.sizes))} network on {sample} = {TARGETS[SAMPLE]}"
        text = f"{heading}\n\n{viz.trace(sample_graph(model))}\n"
        replace_file(self.directory / "trace.txt", text.encode("utf-8"))
        self.written["trace.txt"] = f"forward and backward on {sample}, number by number"
        yield "trace.txt"
        yield from self._write_graphs(model, sample)
        yield from self._write_pages(model, run)
        yield from self._write_plots(model, run)

    def remove_earlier(self) -> list[str]:
        """Remove the files of an earlier run that this one did not write, and return their names.

        They would show another network beside this one. Where no run was before, such files are the user's.
        """
        if not self.reused:
            return []
        earlier = [name for name in FILES if name not in self.written and (self.directory / name).is_file()]
        for name in earlier:
            (self.directory / name).unlink()
        return earlier

    def _write_graphs(self, model: MLP, sample: str) -> Iterator[str]:
        """Draw one neuron, one sample and all of them, by operation; then all by neuron and by layer."""
        yield from self._draw("neuron", f"one hidden neuron on {sample}", neuron_graph(model))
        yield from self._draw("sample-loss", f"the loss on {sample}", sample_graph(model))
        batch = batch_graph(model)
        yield from self._draw("batch-loss", "the loss on all four samples, folded into one", batch, fold=True)
        yield from self._draw(
            "neurons", "the same by neuron, coloured by gradient", batch, by="neuron", colors="gradient"
        )
        yield from self._draw("layers", "the same by layer", batch, by="layer")

    def _draw(self, stem: str, subject: str, output: Value, **options: Any) -> Iterator[str]:
        """Draw a graph as SVG and PNG; as DOT text where there is no Graphviz, and not at all if it is too large."""
        try:
            drawing = viz.draw(output, max_nodes=LARGEST_PICTURE, **options)
        except viz.TooManyNodesError as error:
            self.missing[f"{stem}.svg"] = over_the_limit(error)
            return
        description = f"{subject}, {drawing.nodes} nodes"
        try:
            for ending in (".svg", ".png"):
                yield self._save(drawing, stem + ending, description)
        except viz.GraphvizError as error:
            self.no_images = str(error)
            yield self._save(drawing, f"{stem}.dot", description)

    def _write_pages(self, model: MLP, run: Run) -> Iterator[str]:
        """Write the pages that step through backpropagation: in one neuron, and in the network before its training."""
        beginner = new_network(model.sizes[1], 0)
        beginner.load_state_dict(run.states[0])
        pages = {
            "neuron.html": ("one neuron, two samples", lesson_graph(model), {}),
            "backprop.html": (
                "the first gradient, beside matrices",
                tutorial_graph(beginner),
                beginner.to_value_matrices(),
            ),
        }
        for name, (subject, loss, matrices) in pages.items():
            title = f"Backpropagation in XOR: {subject}"
            try:
                page = viz.player(loss, title=title, matrices=matrices, max_nodes=LARGEST_PICTURE)
            except viz.TooManyNodesError as error:
                self.missing[name] = over_the_limit(error)
            except viz.GraphvizError as error:
                self.no_images = str(error)
                self.missing[name] = "Graphviz has to lay its graph out"
            else:
                yield self._save(page, name, f"backpropagation in {page.steps} steps: {subject}")

    def _write_plots(self, model: MLP, run: Run) -> Iterator[str]:
        """Plot how the training went."""
        try:
            from viz import plots
        except ImportError as error:
            self.missing["loss.svg"] = str(error)
            return
        curves = {"loss": run.losses, "largest error": run.errors}
        made = {
            "loss": (plots.loss_curves(curves), "loss and largest error by epoch"),
            "boundary": (plots.decision_boundary(model, INPUTS, TARGETS), "what the network answers everywhere"),
            "weights": (plots.weights_over_time(run.states), "every parameter by epoch"),
        }
        for stem, (plot, description) in made.items():
            for ending in (".svg", ".png"):
                yield self._save(plot, stem + ending, description)

    def _save(self, picture: viz.Drawing | viz.Player | Any, name: str, description: str) -> str:
        """Write a picture and return its name."""
        picture.save(self.directory / name)
        self.written[name] = description
        return name
