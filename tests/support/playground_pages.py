"""Playgrounds to open in a browser, what Python says of them, and what a reader sees of one."""

import functools

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

import viz
from engine import no_grad
from nn import MLP, SGD, Adam, binary_cross_entropy, mean_squared_error
from viz.notation import number

XOR_INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
XOR_TARGETS = [0.0, 1.0, 1.0, 0.0]
RATE = 0.1
SEEDS = 12


def xor_model(seed=0, sizes=(2, 3, 1)):
    """A small network for XOR: some of its seeds fail to learn it."""
    return MLP(list(sizes), hidden="tanh", output="sigmoid", initializer="xavier", seed=seed)


@functools.cache
def xor_playground(sizes=(2, 3, 1), **named):
    """XOR from the seed 0, with a dozen seeds; the inputs are called a and b."""
    model = xor_model(0, sizes)
    optimizer = Adam(model.parameters(), RATE)
    named = {"title": "XOR", "about": "Which of the two is 1?", "names": ("a", "b")} | named
    data = XOR_INPUTS, XOR_TARGETS
    return viz.playground(model, *data, loss=binary_cross_entropy, optimizer=optimizer, seeds=SEEDS, **named)


@functools.cache
def line_playground():
    """Three inputs and numbers as targets, with a rate that can be too large: there is no plane, and no class."""
    model = MLP([3, 4, 1], hidden="relu", output="linear", initializer="he", seed=0)
    inputs = [[a, b, c] for a in (0.0, 1.0) for b in (0.0, 1.0) for c in (0.0, 2.0)]
    return viz.playground(
        model, inputs, list(map(sum, inputs)), loss=mean_squared_error, optimizer=SGD(model.parameters(), 0.05)
    )


def trained(steps, seed=0, rate=RATE, inputs=XOR_INPUTS, targets=XOR_TARGETS):
    """The network for XOR after some steps, one by one."""
    model = xor_model(seed)
    optimizer = Adam(model.parameters(), rate)
    for _ in range(steps):
        optimizer.zero_grad()
        binary_cross_entropy([model(x) for x in inputs], targets).backward()
        optimizer.step()
    return model


def expected(model, inputs=XOR_INPUTS, targets=XOR_TARGETS):
    """What the page should show of a network: its loss, how many answers are right, and the answers."""
    with no_grad():
        answers = [model(x).data for x in inputs]
    # An answer on the threshold itself is on nobody's side.
    right = sum(answer > 0.5 if target else answer < 0.5 for answer, target in zip(answers, targets, strict=True))
    loss = binary_cross_entropy(answers, targets)
    return number(loss), f"{right} of {len(targets)}", [number(answer) for answer in answers]


def shown(page):
    """The loss, how many answers are right, and the answers that the page shows, once it has come to rest."""
    rest(page)
    answers = page.run("return [...document.querySelectorAll('#samples .answer')].map((cell) => cell.textContent)")
    return page.text("loss"), page.text("score"), answers


def rest(page):
    """Wait until nothing runs, and the pictures are as fine as they become."""
    page.wait(lambda: page.run("return !isRunning && !isDrawing()"))


def press_on(page, element, *keys):
    """Give the focus to an element, then press keys."""
    page.run("arguments[0].focus()", element)
    page.press(*keys)


def type_into(page, element, text):
    """Replace what stands in a field."""
    page.run("arguments[0].select?.()", element)
    element.send_keys(text, "\ue007")


def at_share(page, right, up):
    """Pointer actions that begin over the plane, at these shares of its width and height."""
    plane = page.driver.find_element(By.CSS_SELECTOR, "#plane svg")
    page.run("arguments[0].scrollIntoView({ block: 'center' })", plane)
    width, height = plane.size["width"], plane.size["height"]
    offset = round((right - 0.5) * width), round((0.5 - up) * height)
    return ActionChains(page.driver).move_to_element_with_offset(plane, *offset)


def points(page):
    """What is said of each point in the plane."""
    rest(page)
    return [point.get_attribute("aria-label") for point in page.all("#plane .point")]
