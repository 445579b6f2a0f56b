"""The training in the playground's page, run in Node and in Chromium, against the engine: equal in every bit."""

import functools
from array import array

import pytest
from support.playgrounds import BEGIN, SETTINGS, content, in_node, made

from nn import train

RUN = """
training.run(STEPS);
if (training.failure !== null) throw new Error(training.failure);
const { steps, equal, largest } = training.comparison;
return [steps, Number(equal), largest, training.loss, ...training.numbers];
"""

TRAININGS = [
    ("xor", 10_000),
    ("squares", 10_000),
    ("momentum", 10_000),
    ("logits", 1_000),
    ("deep", 10),
    ("curve", 10),
]


@functools.cache
def trained(name, steps):
    """The numbers after a training by `nn.train` whose steps are graphs of all samples, and the last loss."""
    setting = SETTINGS[name]
    model, optimizer, _ = setting.make(seeds=0)
    backend = "eager" if name == "deep" else "python"
    history = train(model, *setting.samples, setting.loss, optimizer, steps, backend=backend, progress=False)
    state = [number for state in [*optimizer.state, optimizer.shared] for number in state]
    return [*(p.data for p in model.parameters()), *state, optimizer.learning_rate], history.losses[-1]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "steps"), TRAININGS)
def test_the_page_trains_as_nn_does_to_the_last_bit_in_node(name, steps):
    _, _, page = made(name)
    compared, equal, largest, loss, *numbers = in_node(page, RUN.replace("STEPS", str(steps)))
    expected, last_loss = trained(name, steps)
    assert (compared, equal, largest) == (steps, 1.0, 0.0)
    assert array("d", numbers).tobytes() == array("d", expected).tobytes()
    assert loss == last_loss


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classes", "one hot"])
def test_where_the_order_of_sums_is_another_the_page_has_the_bits_of_the_programs(name):
    _, _, page = made(name)
    compared, equal, largest, *_, rate = in_node(page, RUN.replace("STEPS", "1000"))
    assert (compared, equal, largest, rate) == (1000, 1.0, 0.0, 0.02)
    _, _, _, _, *numbers = in_node(page, RUN.replace("STEPS", "10"))
    assert numbers == pytest.approx(trained(name, 10)[0], rel=1e-9, abs=1e-12)


def test_every_page_with_two_inputs_is_trained_in_chromium_to_the_last_bit(page):
    for name in ("xor", "squares", "momentum"):
        page.open(made(name)[2])
        script = f"""
            const content = JSON.parse(document.getElementById("content").textContent);
            {BEGIN} training.run(10_000); return [training.comparison, [...training.numbers], training.failure];
        """
        comparison, numbers, failure = page.run(f"return (() => {{ {script} }})();")
        assert (comparison, failure) == ({"steps": 10_000, "equal": True, "largest": 0}, None)
        assert array("d", numbers).tobytes() == array("d", trained(name, 10_000)[0]).tobytes()


def test_the_budget_says_how_far_a_page_is_compared_and_nothing_else():
    found = {name: [reference["steps"] for reference in content(made(name)[2])["references"]] for name in SETTINGS}
    assert found["xor"] == [1, 10, 100, 1_000, 10_000]
    assert found["deep"] == [1, 10, 100]
