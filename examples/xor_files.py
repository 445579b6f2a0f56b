"""What the XOR run leaves on disk: the model as JSON, its evaluation trace as text, its graphs as images.

A file is complete or not there: each is written under another name, then renamed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import viz
from engine import Value, topological_order
from examples.comparison import INPUTS, TARGETS
from examples.xor_graphs import SAMPLE, batch_graph, neuron_graph, sample_graph
from nn import MLP
from viz.files import replace_file

LARGEST_PICTURE = 1600
"""In nodes: what Graphviz lays out in some ten seconds. Beyond, its time grows faster than their square."""


def prepare_directory(path: Path) -> None:
    """Make the directory unless it is there; OSError, in words for the user, if no file can be put there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FileExistsError(f"{str(path)!r} is a file, not a directory") from None
    except OSError as error:
        raise OSError(f"{str(path)!r} cannot be made a directory: {error.strerror}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError(f"{str(path)!r} is a directory that nothing can be written into")


@dataclass
class Folder:
    """The files of one run, in a directory that is there.

    written    the complete files: what each holds, by its name
    missing    the pictures that were not drawn, each with the reason
    no_images  why the graphs are DOT text, if they are
    """

    directory: Path
    written: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    no_images: str = ""

    def save_model(self, model: MLP) -> None:
        """Write ``model.json``, which ``MLP.load`` reads."""
        model.save(self.directory / "model.json")
        self.written["model.json"] = "the trained network, for MLP.load"

    def write_graphs(self, model: MLP) -> Iterator[str]:
        """Write the trace and draw the graphs; yield the name of each file when it is complete.

        The loss on all samples is too wide for a bitmap.
        """
        sample = "{} xor {}".format(*INPUTS[SAMPLE])
        heading = f"The loss of a {'-'.join(map(str, model.sizes))} network on {sample} = {TARGETS[SAMPLE]}"
        text = f"{heading}\n\n{viz.trace(sample_graph(model))}\n"
        replace_file(self.directory / "trace.txt", text.encode("utf-8"))
        self.written["trace.txt"] = f"forward and backward on {sample}, number by number"
        yield "trace.txt"
        yield from self._draw(model, neuron_graph(model), f"one hidden neuron on {sample}", "neuron", (".svg", ".png"))
        yield from self._draw(model, sample_graph(model), f"the loss on {sample}", "sample-loss", (".svg", ".png"))
        yield from self._draw(model, batch_graph(model), "the loss on all four samples", "batch-loss", (".svg",))

    def _draw(self, model: MLP, output: Value, subject: str, stem: str, endings: tuple[str, ...]) -> Iterator[str]:
        """Draw a graph in each format; as DOT text where there is no Graphviz, and not at all if it is too large."""
        nodes = len(topological_order(output))
        if nodes > LARGEST_PICTURE:
            self.missing[stem + endings[0]] = f"its {nodes:,} nodes are over the limit of {LARGEST_PICTURE:,}"
            return
        drawing = viz.draw(output, parameters=model.parameters(), max_nodes=LARGEST_PICTURE)
        description = f"{subject}, {nodes} nodes"
        try:
            for ending in endings:
                yield self._save(drawing, stem + ending, description)
        except viz.GraphvizError as error:
            self.no_images = str(error)
            yield self._save(drawing, f"{stem}.dot", description)

    def _save(self, drawing: viz.Drawing, name: str, description: str) -> str:
        """Write a drawing and return its name."""
        drawing.save(self.directory / name)
        self.written[name] = description
        return name
