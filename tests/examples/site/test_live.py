"""Python in the pages of the site, in Chromium, from a server: lessons run, and an exercise is solved."""

import functools
import http.server
import shutil
import threading

import pytest
from selenium.webdriver.common.keys import Keys

from examples.lessons.reading import read_lesson
from examples.site import AS_IT_IS, building, live
from examples.site.course import outputs_of, page_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings(r"ignore:.* is deprecated\. Check CHANGES for Sphinx"),
]

LESSON = 3
OTHERS = (1, 2, 4, 5, 6, 7, 9)
PATIENCE = 90
"""In seconds, on a busy machine; Python starts in three."""


def small(folder):
    """A page maker: the code of one lesson, and a page for exercises."""
    lesson = read_lesson(LESSON)
    lesson = lesson._replace(cells=[cell for cell in lesson.cells if not cell.prose])
    page = page_of(lesson, outputs_of(lesson), folder / AS_IT_IS)
    (folder / "lesson.md").write_text(f"# Lesson\n\n{page}")
    (folder / "exercises.md").write_text('# Exercises\n\n<div id="workshop"></div>\n')
    (folder / "index.md").write_text("# Site\n\n```{toctree}\nlesson\nexercises\n```\n")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that says nothing, and has an icon for whoever asks."""

    def log_message(self, *_):
        pass

    def send_error(self, code, message=None, explain=None):
        super().send_error(204 if self.path == "/favicon.ico" else code, message, explain)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The directory of a site with Python, and its address."""
    if not (shutil.which("npm") and live.installed()):
        pytest.skip("Python for pages is not here: npm install --global pyodide @viz-js/viz")
    output = tmp_path_factory.mktemp("live") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "MAKERS", (small,))
        patch.setattr(building, "check_spelling", lambda *_: "")
        list(building.build(output, live=True))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=output)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield output, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def press(page, text):
    """Press the button that says this, and give the page."""
    (found,) = (button for button in page.all("button") if button.text == text and button.is_displayed())
    page.run("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", found)
    found.click()
    return page


def texts(page, selector):
    return page.run("return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)", selector)


def wait_until_done(page):
    page.wait(lambda: not [button for button in page.all("button") if button.text == "Stop"], PATIENCE)


def steps_in_frame(page):
    """The steps of the player that the page shows."""
    (frame,) = page.all(".lesson-output iframe")
    page.run("arguments[0].loading = 'eager'", frame)
    page.driver.switch_to.frame(frame)
    try:
        page.wait(lambda: page.all("#count"))
        return page.text("count")
    finally:
        page.driver.switch_to.default_content()


def test_a_lesson_runs_as_when_its_page_was_made_and_an_endless_loop_is_stopped(page, site):
    _, address = site
    page.visit(f"{address}/lesson.html")
    built = texts(page, ".lesson-output pre")
    steps = steps_in_frame(page)
    assert len(built) == 2
    wait_until_done(press(page, "Run all cells"))
    assert texts(page, ".lesson-output pre") == built
    assert steps_in_frame(page) == steps
    page.all(".lesson-cell .live-tools button:nth-child(2)")[0].click()
    area = page.driver.switch_to.active_element
    area.send_keys(Keys.CONTROL, Keys.END)
    area.send_keys(Keys.ENTER, "while True:", Keys.ENTER, "paid.", Keys.CONTROL, Keys.ENTER)
    wait_until_done(page)
    assert area.get_property("value").endswith('"total", "paid"\nwhile True:\n    paid.')
    (error,) = texts(page, ".live-error")
    assert error.endswith("SyntaxError: invalid syntax\n")
    assert texts(page, ".editor-numbers .wrong") == ["11"]
    area.send_keys(Keys.BACKSPACE * 5, "pass", Keys.CONTROL, Keys.ENTER)
    page.wait(lambda: texts(page, ".live-status") == ["Python is at work …"], PATIENCE)
    wait_until_done(press(page, "Stop"))
    assert texts(page, ".live-error") == ["stopped: the next run begins anew.\n"]


RUN_LESSONS = """
const python = new Python(() => {});
const found = window.found = {};
(async () => {
  for (const [lesson, cells] of Object.entries(arguments[0])) {
    found[lesson] = [];
    for (const [cell, code] of cells) {
      let printed = "";
      const answer = await python.ask({ call: "run", cell, code }, (text) => { printed += text; });
      found[lesson].push([printed + answer.error + answer.missed, answer.files.map(([name]) => name)]);
    }
  }
  python.stop();
})().catch((error) => { found.error = String(error); }).finally(() => { found.done = true; });
"""


def test_every_lesson_that_needs_only_python_gives_its_output(page, site):
    """All in one worker: a start costs more than a lesson."""
    lessons = {number: read_lesson(number) for number in OTHERS}
    codes = {
        number: [[place, cell.text] for place, cell in enumerate(lesson.cells) if not cell.prose]
        for number, lesson in lessons.items()
    }
    page.visit(f"{site[1]}/index.html").run(RUN_LESSONS, codes)
    expected = {
        str(number): [
            [output.printed, [*output.files]]
            for cell, output in zip(lesson.cells, outputs_of(lesson), strict=True)
            if not cell.prose
        ]
        for number, lesson in lessons.items()
    }
    page.wait(lambda: page.run("return window.found.done"), PATIENCE)
    found = page.run("return window.found")
    assert found == expected | {"done": True}


def write(page, old, new):
    """Type into the editor, in the place of some text."""
    page.run(
        """
        const area = document.querySelector(".editor textarea");
        const [exercise, text] = arguments[0];
        const start = area.value.indexOf(text, area.value.indexOf(exercise));
        area.focus();
        area.setSelectionRange(start, start + text.length);
        document.execCommand("insertText", false, arguments[1]);
        """,
        old,
        new,
    )


def reported(page):
    """Press Check; the paragraphs of the report."""
    wait_until_done(press(page, "Check"))
    return texts(page, ".live-report > *")


LEAF = """self.data, self.grad = float(data), 0.0
        self.operands, self.partials, self.operation = tuple(operands), tuple(partials), operation"""
PRODUCT = 'return Value(self.data * other.data, (self, other), (self.data, other.data), "*")'


def test_an_exercise_is_solved_in_the_page_and_a_wrong_answer_has_its_name_and_picture(page, site):
    page.visit(f"{site[1]}/exercises.html#exercise=3")
    assert texts(page, ".live-task p")[0] == "In value.py, after lesson 1:"
    assert texts(page, ".live-task p")[1].startswith("__mul__: return the product")
    write(page, ["Exercise 1, ", "..."], LEAF)
    write(page, ["Exercise 3, ", "..."], PRODUCT)
    said = reported(page)
    assert "1 is what you get with the two partials exchanged." in said
    (picture,) = page.all(".live-report img")
    assert picture.get_property("naturalWidth") > 200
    press(page, "Hint")
    press(page, "Next hint (1 of 3 seen)")
    assert len(page.all(".live-hint")) == 2
    write(page, ["Exercise 3, ", "(self.data, other.data)"], "(other.data, self.data)")
    assert "3 (multiply) is right." in reported(page)
    page.visit(f"{site[1]}/exercises.html")
    assert texts(page, "option")[:4] == ["1. remember ✓", "2. add", "3. multiply ✓", "4. numbers"]
    assert "(other.data, self.data)" in page.run("return document.querySelector('.editor textarea').value")
    page.run("location.hash = '#exercise=21'")
    page.wait(lambda: texts(page, ".live-report p"))
    assert "This one needs NumPy" in texts(page, ".live-report p")[0]


@pytest.mark.parametrize(("printed", "shown"), [("", ["then", "figure"]), ("now", ["now", "figure"])])
def test_where_a_package_is_missing_stands_what_the_page_was_made_with_but_for_what_is_printed(
    printed, shown, page, site
):
    page.visit(f"{site[1]}/lesson.html")
    found = page.run(
        """
        const holder = document.createElement("div");
        holder.innerHTML = "<div><div><pre>x</pre></div></div><div><pre>then</pre><figure>figure</figure></div>";
        const [block, output] = holder.children;
        const cell = new Cell(block, {});
        output.replaceChildren();
        if (arguments[0]) cell.print(arguments[0]);
        cell.finish({ missed: "numpy", files: [], error: "" }, 8);
        return [...output.querySelectorAll("pre, figure")].map((found) => found.textContent);
        """,
        printed,
    )
    assert found == shown


@pytest.mark.parametrize("name", ["lesson", "exercises"])
def test_from_disk_the_page_says_how_to_serve_it(name, page, site):
    output, _ = site
    page.visit((output / f"{name}.html").as_uri())
    page.wait(lambda: page.all(".live-note"))
    if name == "exercises":
        press(page, "Check")
    for said in texts(page, ".live-note"):
        assert f"python -m http.server -d {output}, then open http://localhost:8000 instead." in said
