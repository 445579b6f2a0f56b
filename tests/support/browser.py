"""A headless Chromium, and the backprop player in it: what it shows, and what a reader does to it."""

import contextlib
import itertools
import json
import struct

import pytest

selenium = pytest.importorskip("selenium", reason="selenium is not installed: it drives the browser")

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

from examples.browser import NoBrowserError, browser, prefer, resize  # noqa: E402

NOT_YET = "·"


@contextlib.contextmanager
def chromium():
    """A browser with a profile of its own, which notes its console and its requests, and in which nothing moves."""
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(browser(1280, 900, still=True))
        except NoBrowserError as error:
            pytest.skip(str(error))
        yield opened


def bits(number):
    """All bits of a float, as hexadecimal digits: JSON has neither nan nor a sign of zero."""
    return struct.pack(">d", number).hex()


def from_bits(digits):
    """The float of such digits."""
    return struct.unpack(">d", bytes.fromhex(digits))[0]


# The same two functions, for scripts that run in the page.
BITS = """
const view = new DataView(new ArrayBuffer(8));
function bits(number) {
  view.setFloat64(0, number);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}
function fromBits(digits) {
  view.setBigUint64(0, BigInt("0x" + digits));
  return view.getFloat64(0);
}
"""


class Page:
    """A player that is open in a browser; each page is written into ``folder`` under a name of its own."""

    _numbers = itertools.count()

    def __init__(self, driver, folder):
        self.driver = driver
        self._folder = folder

    def open(self, player, fragment="", opened="operations"):
        """Show a player, from the beginning or as the fragment of its address says, with what is to be open in it.

        Gives the page. With ``opened=None``, the page decides what is open.
        """
        if opened is not None:
            fragment = f"{fragment or '#step=0'}&open={opened}"
        file = self._folder / f"player{next(self._numbers)}.html"
        player.save(file)
        return self.visit(file.as_uri() + fragment)

    def visit(self, address):
        """Show what is at an address, loaded anew; gives the page."""
        if self.driver.current_url.partition("#")[0] == address.partition("#")[0]:
            self.driver.get("about:blank")  # or only the fragment would change
        self.driver.get(address)
        return self

    def run(self, script, *arguments):
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, name):
        """The element with this id."""
        return self.driver.find_element(By.ID, name)

    def all(self, selector):
        """The elements that a selector of CSS finds."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, name):
        """The text of the element with this id, shown or not."""
        return self.run("return document.getElementById(arguments[0]).textContent", name)

    @property
    def step(self):
        """Which step is shown, and how many there are after the first, as the page says."""
        at, last = self.text("count").split(" of ")
        return int(at), int(last)

    def shown(self):
        """(data, gradient, "should be …", whether it is marked) of each node, in order."""
        script = """
        return [...document.querySelectorAll("#graph .node")].map((node) => {
          const text = (kind) => node.querySelector(`.${kind}`).textContent;
          return [text("data"), text("gradient"), text("should"), node.classList.contains("wrong")];
        });
        """
        return self.run(script)

    def numbers(self):
        """(data, gradient) of each node, as text."""
        return [(data.removeprefix("data "), grad.removeprefix("grad ")) for data, grad, *_ in self.shown()]

    def marked(self):
        """{place of the node: right gradient} of the nodes that are marked as wrong."""
        shown = enumerate(self.shown())
        return {place: should.removeprefix("should be ") for place, (*_, should, wrong) in shown if wrong or should}

    def everything(self):
        """All that changes from step to step."""
        return self.run(
            """
            const texts = (selector) => [...document.querySelectorAll(selector)].map((found) =>
              [found.textContent, [...found.classList].sort().join(" ")]);
            return [texts("#graph g"), texts("#trace tr"), texts("#matrices button"), texts("#sentence"),
              texts("#count"), texts("#verdict"), document.getElementById("slider").value];
            """
        )

    def press(self, *keys):
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def focus(self, name):
        """Give the focus to the element with this id."""
        self.run("document.getElementById(arguments[0]).focus()", name)

    def go(self, step):
        """Move the slider to a step, as dragging it does."""
        script = "slider.value = arguments[0]; slider.dispatchEvent(new Event('input', { bubbles: true }));"
        self.run(f"const slider = document.getElementById('slider'); {script}", step)

    def choose(self, name, text):
        """Choose an option by what it says."""
        Select(self.find(name)).select_by_visible_text(text)

    def show_panel(self, name):
        """Open a panel, if it is not open, by its button."""
        (button,) = self.all(f"#tools [aria-controls={name}]")
        if button.get_attribute("aria-pressed") == "false":
            button.click()

    def choose_node(self, name):
        """Choose a node by its name, in the panel that explains it."""
        self.show_panel("explain")
        self.choose("node", name)

    def make_mistakes(self, *mistakes):
        """Switch these mistakes on and all others off, by their boxes."""
        for box in self.all("#mistakes input"):
            if box.is_selected() != (box.get_attribute("value") in mistakes):
                box.click()

    def click_node(self, place):
        """Click a node of the graph in its middle."""
        ActionChains(self.driver).move_to_element(self.all("#graph .node")[place]).click().perform()

    def wait(self, is_so, patience=30):
        """Wait until a condition holds, at most so many seconds."""
        WebDriverWait(self.driver, timeout=patience, poll_frequency=0.02).until(lambda _: is_so())

    def size(self, width, height, is_mobile=False):
        """Let the page have this size."""
        resize(self.driver, width, height, is_mobile)

    def scheme(self, scheme):
        """Prefer "light" or "dark" colours."""
        prefer(self.driver, scheme)

    def move(self, is_moving):
        """Have a reader who lets things move, or who prefers that nothing does."""
        feature = {"name": "prefers-reduced-motion", "value": "no-preference" if is_moving else "reduce"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def reset(self):
        """Have the size and the colours of before."""
        resize(self.driver, 1280, 900)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def console(self):
        """What the page has said in the console since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requested(self):
        """The addresses that have been requested since it was last asked."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [request["request"]["url"] for request in sent]


def play_by_hand(page):
    """Let timers run only when `tick` is called, which gives the delay that was asked for."""
    page.run("window.waiting = []; window.setTimeout = (act, delay) => waiting.push([act, delay]);"
             "window.clearTimeout = (number) => { if (number) waiting[number - 1] = null; };")  # fmt: skip


def tick(page):
    """Run the timer that moves the player on, and give its delay; None if no timer is set."""
    return page.run(
        """
        const next = waiting.findIndex((timer) => timer && String(timer[0]).includes("stepOn"));
        if (next < 0) return null;
        const [act, delay] = waiting[next];
        waiting[next] = null;
        act();
        return delay;
        """
    )
