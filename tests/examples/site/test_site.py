"""The site as it is built by its command, and as it is read in a browser, from disk."""

import re
import subprocess
from html import unescape

import pytest
from selenium.webdriver.common.keys import Keys
from support.browser import Page
from support.commands import ROOT, command

from examples.lessons.exercises.table import EXERCISES
from examples.lessons.reading import lesson_paths, read_lesson
from examples.site.home import PARTS

pytestmark = pytest.mark.slow

WIDTHS = (390, 900, 1440)
HARMLESS = "Blocked autofocusing"
"""What Chromium says of a live page that is not alone."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, which the command has written without leaving anything beside it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [*command("site"), "--output", str(folder / "pages")], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Links are right" in done.stdout
    assert list(folder.iterdir()) == [folder / "pages"]
    return folder / "pages"


@pytest.fixture
def reader(driver, site):
    """A browser on the site, in which nothing fails and nothing is asked of the network."""
    page = Page(driver, site)
    page.console()
    page.requested()
    yield page
    assert [message for message in page.console() if HARMLESS not in str(message)] == []
    assert {address.partition(":")[0] for address in page.requested()} <= {"file", "data", "blob"}
    page.reset()


def text_of(path):
    """The text of a page, without its elements."""
    return unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))


def test_every_lesson_is_there_with_its_code_and_exercises(site):
    for number, path in lesson_paths().items():
        page = site / "course" / f"{path.stem}.html"
        text = text_of(page)
        lesson = read_lesson(number)
        for cell in lesson.cells:
            assert cell.prose or cell.text.strip() in text
        places = set(re.findall(r'id="exercise-(\d+)"', page.read_text()))
        assert places == {str(exercise.number) for exercise in EXERCISES if exercise.lesson == number}
    assert "15.0" in text_of(site / "course" / "01_a_number_that_remembers.html")


def test_the_sidebar_leads_to_every_part(site):
    home = (site / "index.html").read_text()
    for name, (title, _) in PARTS.items():
        assert f'<a class="reference internal" href="{name}.html">{title}</a>' in home


def entry(page, name):
    """The description of a name in a page of the API: as HTML and as text."""
    text = page.read_text(encoding="utf-8")
    start = text.index(f'id="{name}"')
    described = text[start : text.find('<dl class="py ', start)]
    return described, " ".join(unescape(re.sub(r"<[^>]+>", "", described)).split())


def test_the_api_says_what_docstrings_say_with_links(site):
    values, gradients, networks = (
        site / "api" / f"{page}.html" for page in ("engine.values", "engine.gradients", "nn.networks")
    )
    _, text = entry(values, "engine.Value")
    assert "class engine.Value(data: Any, label: str = '')" in text
    assert "Bases" not in text
    assert not re.search(r'id="engine\.Value\.(tanh|m|arctan)"', values.read_text())
    assert 'href="../primitives.html#engine.tanh"' in values.read_text()
    described, text = entry(gradients, "engine.gradients")
    assert "Raises: StaleGraphError – naming the leaf" in text
    assert 'href="#engine.StaleGraphError"' in described
    described, text = entry(networks, "nn.MLP")
    assert "Bases: Module" in text
    assert "sizes – the number of inputs" in text
    assert 'href="#module-nn.activations"' in described
    assert 'id="nn.initializers.he_normal"' in networks.read_text()


def test_pages_of_all_kinds_are_no_wider_than_their_window(reader, site):
    wide = []
    for path in sorted(path for path in site.rglob("*.html") if "furo" in path.read_text())[::4]:
        reader.visit(path.as_uri())
        for width in WIDTHS:
            reader.size(width, 900)
            if reader.run("return document.documentElement.scrollWidth > innerWidth"):
                wide.append((path.name, width))
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_pictures_can_be_read_in_both_schemes(scheme, reader, site):
    reader.scheme(scheme)
    reader.visit((site / "course" / "01_a_number_that_remembers.html").as_uri())
    paper, ink = (
        sum(map(int, re.findall(r"\d+", reader.run(f"return getComputedStyle(document.body).{name}"))[:3]))
        for name in ("backgroundColor", "color")
    )
    assert (paper > 600 and ink < 200) if scheme == "light" else (paper < 120 and ink > 500)
    assert reader.run("return [...document.images].every(image => image.complete && image.naturalWidth > 100)")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("saturated", "course/06_a_neuron.html"),
        ("topological order", "course/05_topological_order.html"),
        ("gradcheck", "api/engine.gradients.html"),
        ("softplus", "primitives.html"),
        ("save model", "api/nn.networks.html"),
        ("drop_guards", "explorer.html"),
    ],
)
def test_a_search_finds_pages_from_disk(words, found, reader, site):
    reader.visit(f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}")
    reader.wait(lambda: reader.run("return document.querySelectorAll('#search-results li a').length"))
    links = reader.run("return [...document.querySelectorAll('#search-results li a')].map(link => link.href)")
    assert any(found in link for link in links[:3]), links


def test_a_live_page_plays_inside_of_its_lesson(reader, site):
    reader.size(1440, 900)
    reader.visit((site / "course" / "04_fan_out_adds.html").as_uri())
    (frame,) = reader.all("iframe")
    reader.run("arguments[0].scrollIntoView()", frame)
    reader.driver.switch_to.frame(frame)
    try:
        reader.wait(lambda: reader.all("#play"))
        reader.all("h1")[0].click()
        reader.press(Keys.ARROW_RIGHT)
        assert reader.step[0] == 1
    finally:
        reader.driver.switch_to.default_content()
