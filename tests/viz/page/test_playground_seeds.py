"""Many seeds in the playground, in a browser: counted as Python counts them, and shown."""

import statistics

from support.playground_pages import (
    SEEDS,
    XOR_INPUTS,
    XOR_TARGETS,
    expected,
    press_on,
    rest,
    shown,
    trained,
    type_into,
    xor_model,
)

from engine import no_grad
from examples.study.summary import wilson_interval
from nn import Adam, binary_cross_entropy

STEPS = 60


def needed(seed, steps, rate):
    """After how many steps every answer is on its target's side and stays there up to the last step; None if never."""
    model = xor_model(seed)
    optimizer = Adam(model.parameters(), rate)
    last_wrong = 0
    for step in range(steps + 1):
        with no_grad():
            answers = [model(x).data for x in XOR_INPUTS]
        if not all((2 * target - 1) * (answer - 0.5) > 0 for answer, target in zip(answers, XOR_TARGETS, strict=True)):
            last_wrong = step + 1
        if step < steps:
            optimizer.zero_grad()
            binary_cross_entropy([model(x) for x in XOR_INPUTS], XOR_TARGETS).backward()
            optimizer.step()
    return last_wrong if last_wrong <= steps else None


def train_many(page, count=SEEDS, steps=STEPS):
    """Train so many seeds for so many steps each, to the end."""
    for label, number in (("Number of seeds", count), ("Steps for each", steps)):
        type_into(page, page.all(f"#trials input[aria-label='{label}']")[0], str(number))
    page.find("trials-run").click()
    page.wait(lambda: page.text("trials-run") == "Train many")


def test_the_seeds_that_learn_are_those_that_learn_in_python_and_as_soon(xor):
    for rate in (0.1, 0.5):
        type_into(xor, xor.find("rate-number"), str(rate))
        train_many(xor)
        expected_steps = [needed(seed, STEPS, rate) for seed in range(SEEDS)]
        learned = [count for count in expected_steps if count is not None]
        assert 0 < len(learned) < SEEDS
        assert xor.run("return seedsView.trials.results.map(({ needed }) => needed)") == expected_steps
        said = [button.get_attribute("title") for button in xor.all("#trials .strip button")]
        assert said == [
            f"seed {seed}: {'not learned' if count is None else f'learned in {count} steps'}"
            for seed, count in enumerate(expected_steps)
        ]
        low, high = (f"{100 * end:.1f} %" for end in wilson_interval(len(learned), SEEDS))
        half = statistics.median_low(learned)
        assert xor.all("#trials .verdict")[0].text == (
            f"{len(learned)} of {SEEDS} learn: {100 * len(learned) / SEEDS:.1f} % (95 % interval {low} to {high}). "
            f"Half of them needed {half} steps or fewer."
        )
        texts = [text.text for text in xor.all("#trials .needed text")]
        assert texts[:4] == ["0", "steps needed", str(max(learned)), "0"]
        assert texts[4] in ("1 seed", "2 seeds", "3 seeds"), "how high the highest column is"
        chart = xor.all("#trials .needed")[0].get_attribute("aria-label")
        assert chart == f"Steps needed: from {min(learned)} to {max(learned)}, half of them at most {half}"


def test_the_answers_after_the_last_step_count(xor):
    """As many steps as the first seed that learns needs are enough, one less is not."""
    seed, count = next((seed, count) for seed in range(SEEDS) if (count := needed(seed, STEPS, 0.1)))
    for steps, found in ((count, count), (count - 1, None)):
        train_many(xor, seed + 1, steps)
        assert xor.run("return seedsView.trials.results.at(-1).needed") == found == needed(seed, steps, 0.1)


def test_intervals_are_those_of_the_studies_in_every_bit(xor):
    cases = [
        (successes, trials)
        for trials in (1, 2, 7, 100, 1000)
        for successes in range(0, trials + 1, max(1, trials // 9))
    ]
    found = xor.run("return arguments[0].map(([successes, trials]) => wilsonInterval(successes, trials))", cases)
    assert [tuple(interval) for interval in found] == [wilson_interval(*case) for case in cases]


def test_a_square_loads_its_seed_and_the_arrows_go_from_square_to_square(xor):
    train_many(xor, 5, 2)
    xor.all("#trials .strip button")[3].click()
    assert (shown(xor), xor.find("seed").get_property("value")) == (expected(trained(0, seed=3)), "3")
    press_on(xor, xor.all("#trials .strip button")[0], "\ue014", "\ue014", "\ue012", "\ue007")
    assert (shown(xor), xor.find("seed").get_property("value")) == (expected(trained(0, seed=1)), "1")
    assert xor.text("steps") == "0"
    stops = [button.get_attribute("tabindex") for button in xor.all("#trials .strip button")]
    assert stops == ["-1", "0", "-1", "-1", "-1"]


def test_it_can_be_stopped_and_what_is_changed_ends_it(xor):
    type_into(xor, xor.all("#trials input")[1], "100000")
    for act in (lambda: xor.find("trials-run").click(), lambda: xor.find("add").click()):
        xor.find("trials-run").click()
        assert xor.text("trials-run") == "Stop"
        act()
        assert xor.text("trials-run") == "Train many"
    assert xor.all("#trials .verdict")[0].is_displayed() is False, "they were trained on other data"
    train_many(xor, 10_000, 0)
    assert len(xor.all("#trials .strip button")) == SEEDS
    assert [field.get_property("value") for field in xor.all("#trials input")] == [str(SEEDS), "1"]
    loops = """
    const waiting = new Set();
    window.requestAnimationFrame = (act) => { waiting.add(act); return act; };
    window.cancelAnimationFrame = (act) => waiting.delete(act);
    seedsView.steps.value = 100000;
    for (const act of ["start", "stop", "start"]) seedsView[act]();
    return [...waiting].filter((act) => act !== frame).length;
    """
    assert xor.run(loops) == 1, "begun again at once, they are trained once"


def test_a_seed_whose_training_fails_has_not_learned(xor):
    xor.run(
        """
        problem.advance = (numbers) => {
          if (numbers[0] !== training.first[0]) throw new RangeError("too large");
          return Problem.prototype.advance.call(problem, numbers);
        };
        """
    )
    train_many(xor, 2, 5)
    assert xor.run("return seedsView.trials.results") == [{"needed": None, "failed": 1}, {"needed": None, "failed": 0}]
    assert xor.all("#trials .strip button")[0].get_attribute("title") == "seed 0: failed in step 1"
    train_many(xor, 1, 1)
    assert xor.run("return seedsView.trials.results[0].failed") is None, "it ends before the step that fails"
    rest(xor)
