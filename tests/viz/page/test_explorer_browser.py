"""The explorer as a reader uses it, in a browser: what is lit against the links, keyboard, address, and looks."""

import pytest
from support.explored_graphs import Lines, neuron
from support.looks import PAGE_TEXTS, check_references, nameless
from support.picture_reading import contrast

import viz
from engine import Value

UP, DOWN, LEFT, RIGHT, HOME, END, ESCAPE = "\ue013", "\ue015", "\ue012", "\ue014", "\ue011", "\ue010", "\ue00c"

LIT = """
function lines() {
  const rows = [...document.querySelectorAll(".row[data-lit]:not(.gone)")];
  return rows.map(({ dataset }) => [stages[links.stageOf[dataset.line]].name, Number(dataset.place), dataset.lit]);
}
"""
EACH = """
return arguments[0].map(([name, place]) => {
  const { section } = panes[stages.findIndex((about) => about.name === name)];
  section.querySelector(`[data-place="${place}"]`).click();
  return lines();
});
"""
SHOWN = 'return [...document.querySelectorAll(".pane:not([hidden]) h2")].map((found) => found.textContent);'
CHOSEN = 'return [...document.querySelectorAll("[aria-selected=true] .code")].map((found) => found.textContent.trim());'


@pytest.fixture(scope="module")
def explored():
    """The lines of a neuron, and its page."""
    value, leaves = neuron()
    return Lines(value, leaves), viz.explorer(value, wrt=leaves)


@pytest.fixture
def everything(page, explored):
    """The page of the neuron with all its stages open."""
    lines, made = explored
    page.size(1440, 900)
    return page.open(made, "#open=" + ",".join(name.replace(" ", "%20") for name in lines.names), opened=None)


def lit(page):
    """{line: how it is lit}, in the stages that are open."""
    return {(name, place): how for name, place, how in page.run(f"{LIT} return lines();")}


def test_each_line_lights_what_it_came_from_and_became(everything, explored):
    lines, _ = explored
    some = [*lines.texts][::7]
    for line, found in zip(some, everything.run(LIT + EACH, some), strict=True):
        assert {(name, place): how for name, place, how in found} == lines.lit(line), line
    assert everything.run(LIT + EACH, some[-1:]) == [[]], "a second click lets go"


def test_the_sigmoid_from_the_picture_to_python(everything, explored):
    lines, _ = explored
    place = [text.partition(" = ")[0] for (stage, _), text in lines.texts.items() if stage == "graph"].index("a")
    everything.click_node(place)
    assert everything.run(CHOSEN) == ["a = sigmoid(z)"]
    expected = lines.lit(("graph", place + 1))
    assert lit(everything) == expected
    many = {stage: sum(line[0] == stage for line in expected) for stage in lines.names}
    assert many["instructions"] == 14 > many["drop_dead"] > many["python"] > 3
    story = everything.text("story")
    assert f"It became 14 instructions ({many['skip_calls']} after all passes)" in story
    assert "drop_dead dropped 1" in story
    gone = everything.run(
        'return [...document.querySelectorAll(".gone[data-lit] .fate")].map((one) => one.textContent)'
    )
    assert sorted(gone) == ["dropped", "now line 12", "now line 13", "now line 14"]
    assert everything.all("#graph .node[data-lit]")[0].text.startswith("a")
    assert {part.text for part in everything.all("#formulas [data-lit=chosen]")} >= {"a"}


def test_a_piece_of_the_formula_is_a_node(everything, explored):
    lines, _ = explored
    piece = everything.all("#formulas [data-node]")[0]
    everything.run("arguments[0].dispatchEvent(new MouseEvent('click', { bubbles: true }))", piece)
    name = piece.text
    (chosen,) = everything.run(CHOSEN)
    assert chosen.startswith(f"{name} = ")
    assert lit(everything) == lines.lit(lines.find("graph", chosen))


def test_the_gradient_is_drawn_too_and_its_nodes_are_lines(everything):
    (_, gradient) = everything.all("#which button")
    gradient.click()
    everything.find("zoom-fit").click()
    names = [name.get_attribute("textContent") for name in everything.all("#graph .node .name")]
    everything.click_node(names.index("∂loss/∂b"))
    assert everything.run(CHOSEN)[0].startswith("b_grad = ")
    assert "It belongs to the derivative of 3 nodes." in everything.text("story")


def test_the_keyboard_alone_chooses_and_goes_from_stage_to_stage(page, explored):
    lines, made = explored
    page.open(made, "#open=instructions,python", opened=None)
    page.press(DOWN)
    assert page.run(CHOSEN) == [lines.texts["instructions", 1]]
    page.press(DOWN, DOWN)
    assert page.run(CHOSEN) == [lines.texts["instructions", 3]]
    page.press(END)
    last = [text for (stage, _), text in lines.texts.items() if stage == "instructions"][-1]
    assert page.run(CHOSEN) == [last]
    became = [place for (stage, place), _ in lines.lit(lines.find("instructions", last)).items() if stage == "python"]
    page.press(RIGHT, RIGHT, UP)
    assert page.run(CHOSEN) == [lines.texts["python", min(became) - 1].strip()]
    page.press(HOME, LEFT, HOME)
    assert page.run(CHOSEN) == [lines.texts["instructions", 1]]
    page.press(ESCAPE)
    assert lit(page) == {}


def test_the_address_leads_back(page, explored):
    lines, made = explored
    page.open(made, "#line=share%202:8&open=share%202,loops", opened=None)
    page.wait(lambda: page.run(SHOWN) == ["share 2", "Loops"])
    assert page.run(CHOSEN) == [lines.texts["share 2", 8]]
    page.press(DOWN)
    page.run("press('python')")
    page.driver.refresh()
    assert page.run(SHOWN) == ["share 2", "Python", "Loops"]
    assert page.run(CHOSEN) == [lines.texts["share 2", 9]]
    expected = lines.lit(("share 2", 9)).items()
    assert lit(page) == {line: how for line, how in expected if line[0] in ("share 2", "python", "loops")}


@pytest.mark.parametrize(
    "address", ["#line=share:0", "#line=share:999", "#line=x:1&open=x,__proto__", "#line=&at=x", "#%%%"]
)
def test_a_wrong_address_is_as_none(page, explored, address):
    page.open(explored[1], address, opened=None)
    assert lit(page) == {}
    assert page.all("#graph .node")
    assert page.run(SHOWN)


def test_a_button_of_the_way_opens_and_closes_its_stage(page, explored):
    page.open(explored[1], "", opened=None)
    before = page.run(SHOWN)
    (button,) = [one for one in page.all("#rail .chip") if one.text.startswith("share\n")]
    button.click()
    assert sorted(page.run(SHOWN)) == sorted([*before, "share"])
    assert button.get_attribute("aria-pressed") == "true"
    (close,) = [one for one in page.all(".close-pane") if one.accessible_name == "Close share"]
    close.click()
    assert page.run(SHOWN) == before


def test_on_a_telephone_there_is_one_stage_at_a_time(page, explored):
    page.size(390, 844, is_mobile=True)
    page.open(explored[1], "#line=graph:7&at=share", opened=None)
    assert page.run(SHOWN) == ["share"]
    page.find("forth").click()
    assert page.run(SHOWN) == ["drop_guards"]
    for _ in range(9):
        page.find("back").click()
    assert page.run(SHOWN) == []
    assert page.find("formula").is_displayed()
    assert not page.find("picture").is_displayed()


WIDE = """
const wide = [...document.querySelectorAll("body, header, main, .pane, .row, #words, #words p, .pane-head, .chip")];
return wide.filter((one) => one.getClientRects().length && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 200));
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 900, 1440])
def test_nothing_is_clipped_and_all_can_be_read(page, explored, width, scheme):
    page.size(width, 900, is_mobile=width < 600)
    page.scheme(scheme)
    page.open(explored[1], "#line=graph:7&open=instructions,share%202,drop_dead,python&at=share%202", opened=None)
    assert page.run(WIDE) == []
    texts = page.run(f"{PAGE_TEXTS} return found;")
    assert len(texts) > 60
    assert {(kind, text) for kind, text, *colors in texts if contrast(*colors) < 4.5} == set()


def test_a_screen_reader_finds_names(everything):
    assert nameless(everything) == []
    check_references(everything)


def test_a_label_is_shown_as_it_is(page):
    x = Value(2.0, "<b>x</b>")
    page.open(viz.explorer(x * x), "#line=graph:1&open=graph", opened=None)
    assert "<b>x</b>" in [name.text for name in page.all("#graph .node .name")]
    assert "<b>x</b>" in [part.text for part in page.all("#formulas [data-node]")]
