"""`Training` of the pages, in Node: steps, failures, what is compared and what is kept, and the curve in a browser."""

import base64
import json
from array import array

import pytest
from support.node import run_javascript
from support.playgrounds import TRAINING, made

# Doubles its first number in every step; the second is the rate, and 100 is too large for the first.
DOUBLING = """
function advance(numbers) {
  const [number, rate] = numbers;
  if (number * rate > 100) throw new RangeError(`${number} is too large`);
  return { loss: number, numbers: Float64Array.of(number * rate, rate) };
}
const references = REFERENCES;
const training = new Training({ advance, numbers: [1, 2], references });
const said = () => {
  const found = training.comparison;
  return found === null ? [-1, -1, -1] : [found.steps, Number(found.equal), found.largest];
};
"""


def encoded(*numbers):
    """Doubles as base64."""
    return base64.b64encode(array("d", numbers)).decode()


def in_training(text, references=((2, 4.0), (4, 16.5))):
    """What a text returns that has a training which doubles a number."""
    given = json.dumps([{"steps": steps, "numbers": encoded(number)} for steps, number in references])
    return list(run_javascript(TRAINING + DOUBLING.replace("REFERENCES", given) + text))


NOTHING = [-1, -1, -1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("return [...training.numbers, training.steps, training.losses.length];", [1, 2, 0, 0]),
        ("training.step(); return [...training.numbers, training.steps, training.loss];", [2, 2, 1, 1]),
        ("training.run(3); return [training.numbers[0], training.steps];", [8, 3]),
        ("training.run(9); return [training.numbers[0], training.steps];", [64, 6]),
        ("training.run(9, 0); return [training.steps];", [1]),
        ("return [training.step(), training.steps].map(Number);", [1, 1]),
        (
            "training.run(3); training.reset(); return [...training.numbers, training.steps, training.losses.length];",
            [1, 2, 0, 0],
        ),
        ("training.reset([3, 2]); training.step(); return [training.numbers[0]];", [6]),
        ("const start = [1, 2]; training.reset(start); training.step(); return start;", [1, 2]),
        ("training.set(1, 3); training.run(2); return [training.numbers[0]];", [9]),
    ],
)
def test_steps_go_on_from_the_numbers_that_there_are(text, found):
    assert in_training(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("return said();", NOTHING),
        ("training.step(); return said();", NOTHING),
        ("training.run(2); return said();", [2, 1, 0]),
        ("training.run(3); return said();", [2, 1, 0]),
        ("training.run(5); return said();", [4, 0, 0.5]),
        ("training.run(2); training.changed(); return said();", NOTHING),
        ("training.set(1, 2); training.run(2); return said();", NOTHING),
        ("training.changed(); training.reset(); training.run(2); return said();", [2, 1, 0]),
        ("training.run(2); training.reset(); return said();", NOTHING),
        ("training.reset([1, 3]); training.run(2); return said();", NOTHING),
        ("training.reset([3, 2]); training.reset([1, 2]); training.run(2); return said();", [2, 1, 0]),
    ],
)
def test_the_numbers_are_compared_as_long_as_nothing_is_changed(text, found):
    assert in_training(text) == found


def test_zero_and_its_negative_are_not_the_same_bits():
    text = "training.reset([0, 2]); return [difference([0], Float64Array.of(-0)).equal].map(Number);"
    assert in_training(text) == [0]


def test_a_step_that_fails_changes_nothing_and_says_why_until_something_is_changed():
    text = """
    training.run(20);
    const texts = [training.failure];
    const before = [...training.numbers, training.steps, Number(training.step())];
    training.set(1, 0.5);
    texts.push(training.failure);
    training.step();
    if (texts[0] !== "64 is too large" || texts[1] !== null) throw new Error(texts);
    return [...before, training.numbers[0], training.steps];
    """
    assert in_training(text) == [64, 2, 6, 0, 32, 7]
    with pytest.raises(RuntimeError, match="TypeError: a mistake in the page"):
        in_training("training.advance = () => { throw new TypeError('a mistake in the page'); }; training.step();")


def test_of_a_long_training_every_so_many_losses_are_kept():
    text = """
    training.set(1, 1);
    training.run(100_000);
    return [training.losses.length, training.stride, training.losses[3].step, training.losses.at(-1).step];
    """
    length, stride, fourth, last = in_training(text, ())
    assert 1_000 <= length < 2_000
    assert (stride, fourth) == (64, 192)
    assert last > 100_000 - 64


CURVE = """
const room = document.createElement("div");
room.style.cssText = "width: 500px; height: 150px";
document.body.append(room);
const curve = new LossCurve(room);
curve.show(arguments[0].map((loss, step) => ({ step, loss })));
const path = curve.svg.querySelector(".losses");
const points = path ? path.getAttribute("d").slice(1).split(" L").map((point) => point.split(",").map(Number)) : [];
const texts = [...curve.svg.querySelectorAll("text")].map((text) => text.textContent);
return [points, texts, curve.svg.getAttribute("aria-label")];
"""


@pytest.mark.parametrize(
    ("losses", "marks"),
    [
        ([2.0, 1.5, 1.0, 0.5], ["0", "0.5", "1", "1.5", "2"]),
        ([0.74, 0.71, 0.68], ["0.68", "0.7", "0.72", "0.74"]),
        ([1.0, 0.1, 0.01, 0.001], ["0.001", "0.01", "0.1", "1"]),
        ([3.0, 1.0, 0.12], ["0.2", "0.5", "1", "2"]),
        ([1.0, 1e-300], None),
        ([0.0, 0.0], ["0"]),
        ([-3.0, -7.0, -5.0], ["-7", "-6", "-5", "-4", "-3"]),
        ([float(step % 7) for step in range(20_000)], None),
        ([5.0], None),
    ],
)
def test_the_curve_falls_with_the_loss_and_says_its_numbers(page, losses, marks):
    page.open(made("curve")[2])
    points, texts, label = page.run(CURVE, losses)
    assert len(points) == len(losses) if len(losses) < 500 else 250 < len(points) <= 501
    assert all(0 <= x <= 500 and 0 <= y <= 150 for x, y in points)
    if len(losses) < 500:
        order = sorted(range(len(losses)), key=losses.__getitem__)
        heights = [points[place][1] for place in order]
        assert heights == sorted(heights, reverse=True)
    assert marks is None or texts[: len(marks)] == marks
    assert ("log scale" in texts) == (min(losses) > 0 and max(losses) > 20 * min(losses))
    assert f"at step {len(losses) - 1}" in label
    assert page.run(CURVE, []) == [[], [], "Loss by step: no steps yet"]
