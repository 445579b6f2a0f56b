"""How the playground looks and whom it serves: sizes of screens and texts, colours, a screen reader, the keyboard."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from support.looks import PAGE_TEXTS, check_references, nameless
from support.picture_reading import contrast
from support.playground_pages import line_playground, press_on, rest, type_into, xor_playground

SIZES = [(390, 844, True), (900, 760, False), (1280, 800, False), (1920, 1080, False)]

SMALL_TEXTS = """
const isText = (child) => child.nodeType === Node.TEXT_NODE && child.data.trim();
const hasText = (found) => [...found.childNodes].some(isText);
const all = [...document.querySelectorAll("body *:not(script)")];
const shown = all.filter((found) => found.getClientRects().length);
const scale = (found) => (found.ownerSVGElement ? found.getScreenCTM().a : 1);
const size = (found) => parseFloat(getComputedStyle(found).fontSize) * scale(found);
return shown.filter((found) => hasText(found) && size(found) < 11).map((found) => found.textContent);
"""


def train_and_open(page):
    """Have something in each part of the page."""
    page.press("\ue014", "\ue014")
    type_into(page, page.all("#trials input")[1], "3")
    page.find("trials-run").click()
    page.wait(lambda: page.text("trials-run") == "Train many")
    rest(page)


@pytest.mark.parametrize(("width", "height", "is_mobile"), SIZES)
@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 16, 16, 1)], ids=["small", "deep"])
def test_the_page_fits_every_screen_and_no_text_is_smaller_than_eleven_pixels(page, sizes, width, height, is_mobile):
    page.size(width, height, is_mobile)
    page.open(xor_playground(sizes))
    train_and_open(page)
    assert page.run("return [document.documentElement.scrollWidth, innerWidth]") == [width, width]
    boxes = page.run(
        """
        const inside = [...document.querySelectorAll("#network > *, #plane, #run, #step, #reset, #curve, #comparison")];
        scrollTo(0, 0);
        return inside.map((found) => {
          const { left, top, right, bottom } = found.getBoundingClientRect();
          return [found.id || found.className.baseVal || found.className, left, top, right, bottom];
        });
        """
    )
    assert all(0 <= left < right <= width for _, left, _, right, _ in boxes), boxes
    if is_mobile:
        assert all(
            min(found.size.values()) >= 24 for found in page.all("#controls button, #controls select, .strip button")
        )
        assert all(box[4] <= height for box in boxes if box[0] in ("run", "plane")), "the answer is beside the button"
    elif width > 1000:
        assert all(bottom <= height for *_, bottom in boxes), "on one screen"
    overlaps = page.run(
        """
        const pictures = [...document.querySelectorAll(".neuron canvas, .input-box canvas")];
        const all = pictures.map((found) => found.getBoundingClientRect());
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
        return all.filter((box, place) => all.slice(place + 1).some((other) => meet(box, other))).length;
        """
    )
    assert overlaps == 0
    press_on(page, page.all("#network .neuron")[1])
    assert page.run(SMALL_TEXTS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", [xor_playground, line_playground])
def test_text_has_the_contrast_that_wcag_asks_for(page, make, scheme):
    page.scheme(scheme)
    page.open(make())
    if make is xor_playground:
        train_and_open(page)
    texts = page.run(f"{PAGE_TEXTS} return found;")
    assert len(texts) > 50
    assert {(kind, text) for kind, text, *colors in texts if contrast(*colors) < 4.5} == set()


def test_a_screen_reader_finds_names_headings_and_references(xor):
    train_and_open(xor)
    assert nameless(xor) == []
    assert xor.run("return [document.documentElement.lang, document.title]") == ["en", "XOR"]
    assert len(xor.all("main")) == len(xor.all("h1")) == 1
    check_references(xor)
    press_on(xor, xor.all("#network .neuron")[0], "\ue007")
    assert nameless(xor, "#opened") == []
    assert xor.find("opened").accessible_name == "Inside layer0.neuron0"


def test_the_tabulator_reaches_all_that_can_be_used_and_shows_where_it_is(xor):
    rest(xor)
    expected = xor.run(
        """
        const used = [...document.querySelectorAll("button, select, input, [tabindex]")];
        const reached = used.filter((found) => found.getClientRects().length && found.tabIndex >= 0);
        reached.forEach((found, place) => { found.dataset.place = place; });
        return reached.length;
        """
    )
    seen = set()
    for _ in range(expected + 3):
        xor.press("\ue004")
        place, marks = xor.run(
            """
            const found = document.activeElement;
            const marked = [found, ...found.querySelectorAll("*")].map((part) => getComputedStyle(part));
            const isMarked = ({ outlineStyle, outlineWidth, strokeWidth }) =>
              (outlineStyle === "solid" && parseFloat(outlineWidth) >= 2) || strokeWidth === "4px";
            return [found.dataset.place, marked.some(isMarked)];
            """
        )
        assert marks or place is None
        seen.add(place)
    # Of the boxes that choose a class, the one that is chosen stands for all.
    assert len(seen - {None}) == expected - 1


@pytest.mark.parametrize(("width", "height", "is_mobile"), SIZES)
@pytest.mark.parametrize("name", ["petal length", "x" * 300], ids=["usual", "long"])
def test_names_of_inputs_and_answers_stay_on_the_page(page, name, width, height, is_mobile):
    page.size(width, height, is_mobile)
    page.open(xor_playground(names=(name, name), answers=(name,)))
    rest(page)
    assert page.run("return document.documentElement.scrollWidth") == width
    tags = page.run(
        """
        const inside = [...document.querySelectorAll("#network .tag, .axis b, #shown")];
        return inside.map((found) => [found.getBoundingClientRect(), found.scrollWidth > found.clientWidth + 1]);
        """
    )
    assert all(box["left"] >= 0 and box["right"] <= width for box, _ in tags)
    assert name == "x" * 300 or is_mobile or not any(is_cut for _, is_cut in tags), "a usual name is not cut"


def test_what_has_the_focus_is_not_below_the_controls(page):
    page.size(1280, 520)
    page.open(xor_playground())
    page.run("document.querySelector('#trials input').focus()")
    hidden = """
    const { activeElement } = document;
    const { x, y, width } = activeElement.getBoundingClientRect();
    const above = document.elementFromPoint(x + width / 2, y + 3)?.closest("#controls");
    return Boolean(above) && !above.contains(activeElement);
    """
    for _ in range(38):
        ActionChains(page.driver).key_down("\ue008").send_keys("\ue004").key_up("\ue008").perform()
        assert not page.run(hidden)
    assert page.run("return document.activeElement.closest('#controls') !== null")
