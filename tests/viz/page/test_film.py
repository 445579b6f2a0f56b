"""The film of both passes: read by a parser of XML, and played in a browser against the steps of the player."""

import re
import xml.etree.ElementTree as ET

import pytest
from support.drawn_graphs import HOSTILE, neuron
from support.picture_reading import contrast
from support.player_graphs import backwards, network, screens, shared, uses

import viz
from engine import Value, relu, sqrt, topological_order
from viz.notation import printable, shortened
from viz.page.layout import LONGEST_TITLE
from viz.page.player.film import film as films

SVG = "{http://www.w3.org/2000/svg}"

# What is to be seen: (data, gradient) of each box, the caption, the edge along which a gradient flows, how many marked
# boxes and partials, and the edges along which a gradient has flown.
SEEN = """
const isShown = (found) => getComputedStyle(found).visibility === "visible";
const texts = (within, start) => [...within.querySelectorAll("text")].filter(isShown)
  .map((text) => text.textContent).filter((text) => text.startsWith(start)).map((text) => text.slice(start.length));
const shown = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
return [
  [...document.querySelectorAll(".node")].map((node) => [texts(node, "data "), texts(node, "grad ")]),
  shown("text[style]:not(.name)").map((text) => text.textContent).join(" "),
  shown(".going").map((use) => use.getAttribute("href")),
  shown("rect.current").length,
  shown(".partial:not(.now)").length,
  shown(".passed").map((use) => use.getAttribute("href")),
];
"""
SEEK = """
for (const animation of document.getAnimations()) {
  animation.pause();
  animation.currentTime = 1000 * arguments[0];
}
return document.getAnimations().length;
"""


def undefined():
    """A graph with a partial that does not exist, and with a branch that is not taken."""
    x = Value(0.0, "x")
    return sqrt(x) + relu(x - 1.0) * 3.0


def infinite():
    """A graph with numbers that are infinite, and that are none."""
    big = Value(1e308, "big") * 10.0
    return big * 0.0 + big**-1.0


def texts_of(svg):
    """All texts of an SVG, by a parser of XML."""
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.browser
@pytest.mark.parametrize("graph", [shared, lambda: neuron()[0], lambda: Value(2.0, "alone")])
def test_each_moment_shows_what_the_step_of_the_player_shows(page, tmp_path, graph):
    page.move(True)
    value = graph()
    made = viz.player(value, tmp_path / "film.svg", seconds_per_step=0.5)
    page.visit((tmp_path / "film.svg").as_uri())
    steps, turn = made.film.passes.steps, len(made.film.passes.steps) - len(backwards(value))
    partials = sum(1 for node in topological_order(value) for _ in uses(node))
    passed = []
    for at, screen in enumerate(screens(value)):
        assert page.run(SEEK, 0.5 * (at + 0.5)) > 0
        boxes, caption, flowing, marked, known, behind = page.run(SEEN)
        assert [tuple(" ".join(texts) or "·" for texts in box) for box in boxes] == screen
        assert caption == " ".join(steps[at].sentence.split())
        passed += flowing
        assert len(flowing) == (at > turn)
        assert marked == (at > 0) + (at > turn)
        assert (known == partials) or at < turn
        assert sorted(behind) == sorted(passed)
    assert len(set(passed)) == partials
    page.run(SEEK, 0.5 * (len(steps) + 1.5))
    end = page.run(SEEN)
    assert [tuple(text for (text,) in box) for box in end[0]] == screen
    assert (end[1].startswith("data is the value"), end[2:4]) == (True, [[], 0])
    page.move(False)
    assert page.run(SEEK, 0) == 0
    assert page.run(SEEN) == end, "where nothing moves, there is the end"


@pytest.mark.browser
@pytest.mark.parametrize("graph", [shared, lambda: neuron()[0], lambda: network()[0], undefined, infinite])
def test_the_sentences_are_those_of_the_page(page, graph):
    made = viz.player(graph())
    page.open(made)
    said = page.run("return run.steps.map((step) => sentence(step, record, run, format))")
    assert said == [step.sentence for step in made.film.passes.steps]
    assert page.run("return meaning(record.nodes.at(-1).name)") in " ".join(texts_of(made.film.svg())[-3:])


@pytest.mark.browser
def test_every_text_stands_out_on_a_light_screen_and_on_a_dark_one(page, tmp_path):
    value, parameters = neuron()
    viz.player(value, tmp_path / "film.svg", parameters=parameters)
    papers = set()
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        page.visit((tmp_path / "film.svg").as_uri())
        paper, *texts = page.run(
            """
            const fill = (found) => getComputedStyle(found).fill.match(/[\\d.]+/g).map(Number);
            const paper = document.querySelector(".paper");
            const ground = (text) => text.closest(".node")?.querySelector("rect:not(.outer)") ?? paper;
            const texts = [...document.querySelectorAll("text")];
            return [fill(paper), ...texts.map((text) => [fill(text), fill(ground(text))])];
            """
        )
        papers.add(tuple(paper))
        assert min(contrast(*pair) for pair in texts) >= 4.5
    assert len(papers) == 2


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 8))
def test_every_label_is_a_text(start):
    labels = HOSTILE[start : start + 8]
    total = sum((Value(1.0, label) for label in [*labels, "\ud800", "a\udc00\x00\x1b", "\u202eevil"]), Value(0.0))
    total.label = labels[0]
    svg = viz.player(total, title=labels[0]).film.svg()
    shown = ET.fromstring(svg.encode("utf-8"))
    kinds = {"svg", "title", "style", "marker", "path", "rect", "g", "text", "use"}
    assert {found.tag.removeprefix(SVG) for found in shown.iter()} == kinds
    boxes = [group for group in shown.iter(f"{SVG}g") if group.get("class") == "node"]
    names = {box.find(f"{SVG}text").text for box in boxes}
    assert {shortened(printable(label), LONGEST_TITLE) for label in labels} | {
        "\\ud800",
        "a\\udc00\\x00\\x1b",
        "\\u202eevil",
    } <= names
    assert shown.find(f"{SVG}title").text == printable(labels[0])


def test_a_film_is_small_needs_nothing_else_and_is_the_same_in_every_process():
    made = viz.player(shared(), seconds_per_step=0.25)
    svg = made.film.svg()
    assert len(viz.player(network()[0]).film.svg()) < 1300 * len(viz.player(network()[0]).film.passes.steps)
    assert not re.search(r"url\((?!#)|@import|<script|href=\"(?!#)", svg)
    assert f"animation: {0.25 * (made.steps + 1 + 3):g}s infinite" in svg
    assert made.film.svg() == viz.player(shared(), seconds_per_step=0.25).film.svg() != viz.player(shared()).film.svg()


@pytest.mark.parametrize("name", ["film.svg", "film.SVG"])
def test_a_film_is_written_into_the_file(tmp_path, name):
    made = viz.player(shared(), tmp_path / name)
    assert (tmp_path / name).read_bytes() == made.film.svg().encode("utf-8")


@pytest.mark.parametrize(
    ("path", "options", "error", "words"),
    [
        ("film.gif", {}, ValueError, r"a player can be saved as \.html or \.svg, but '.*film\.gif' does not end in"),
        *(
            ("film.svg", {"seconds_per_step": pace}, ValueError, "seconds_per_step is .*, but a film")
            for pace in (0, -1.0, float("inf"), float("nan"))
        ),
        ("film.svg", {"seconds_per_step": "1"}, TypeError, "seconds_per_step takes a real number, not '1'"),
        ("film.svg", {}, ValueError, r"would have 14 steps, more than 13: play a part .*\.html"),
    ],
)
def test_what_cannot_be_filmed_is_refused(tmp_path, monkeypatch, path, options, error, words):
    monkeypatch.setattr(films, "MOST_STEPS", 13)
    with pytest.raises(error, match=words):
        viz.player(shared(), tmp_path / path, **options)
    assert [*tmp_path.iterdir()] == []
