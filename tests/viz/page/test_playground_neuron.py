"""The network of the playground in a browser: its diagram, and a neuron that is opened."""

import pytest
from support.playground_pages import (
    XOR_INPUTS,
    XOR_TARGETS,
    line_playground,
    press_on,
    rest,
    trained,
    xor_model,
    xor_playground,
)

from engine import no_grad
from nn import binary_cross_entropy
from viz.notation import number

SPACE, LEFT, RIGHT, HOME, END, ENTER, ESCAPE = "\ue00d", "\ue012", "\ue014", "\ue011", "\ue010", "\ue007", "\ue00c"
SAMPLE = 2


def neuron_numbers(model, index):
    """(data, gradient) of the parameters of a neuron, in order, for the loss of one sample."""
    hidden, (last,) = model.layers[0].neurons, model.layers[1].neurons
    neuron = [*hidden, last][index]
    model.zero_grad()
    loss = binary_cross_entropy([model(XOR_INPUTS[SAMPLE])], [XOR_TARGETS[SAMPLE]])
    loss.backward()
    return sorted((number(node.data + 0.0), number(node.grad + 0.0)) for node in neuron.parameters())


def opened_numbers(page):
    """[(role, data, gradient)] of the nodes in the opened neuron."""
    script = """
    return [...document.querySelectorAll("#graph .node")].map((node) => [
      [...node.classList].find((name) => ["input", "parameter", "operation", "result"].includes(name)),
      node.querySelector(".data").textContent.replace("data ", ""),
      node.querySelector(".gradient").textContent.replace("grad ", "")]);
    """
    return page.run(script)


@pytest.mark.parametrize("index", [0, 2, 3])
def test_an_opened_neuron_ends_with_the_gradients_that_python_has(page, index):
    page.open(xor_playground())
    page.press(RIGHT, RIGHT)
    page.all("#network .neuron")[index].click()
    page.choose("neuron-sample", "a = 1, b = 0; target 1")
    page.find("neuron-last").click()
    found = sorted((data, gradient) for role, data, gradient in opened_numbers(page) if role == "parameter")
    assert found == neuron_numbers(trained(2), index)
    page.find("neuron-train").click()
    found = sorted((data, gradient) for role, data, gradient in opened_numbers(page) if role == "parameter")
    assert found == neuron_numbers(trained(3), index)


@pytest.mark.parametrize("steps", [0, 4, 30])
def test_a_neuron_opens_on_the_point_that_is_most_wrong(page, steps):
    page.open(xor_playground(), f"#steps={steps}")
    model = trained(steps)
    with no_grad():
        losses = [binary_cross_entropy([model(x)], [y]).data for x, y in zip(XOR_INPUTS, XOR_TARGETS, strict=True)]
    for neuron in page.all("#network .neuron")[2:]:
        neuron.click()
        assert page.find("neuron-sample").get_property("value") == str(losses.index(max(losses)))
        page.press(ESCAPE)


@pytest.mark.parametrize(("index", "giver"), [(0, "the layers after it"), (3, "the loss")])
def test_it_says_where_the_gradient_comes_from_and_what_a_step_moved(page, index, giver):
    page.open(xor_playground(), "#steps=2")
    page.all("#network .neuron")[index].click()
    assert f"From {giver} comes ∂loss/∂" in page.text("neuron-context")
    assert "raise the value by a tiny ε, and the loss of the point grows by grad · ε" in page.text("meaning")
    page.find("neuron-train").click()
    before, after = ([*model.layers[0].neurons, *model.layers[1].neurons][index] for model in (trained(2), trained(3)))
    model = trained(2)
    model.zero_grad()
    binary_cross_entropy([model(x) for x in XOR_INPUTS], XOR_TARGETS).backward()
    slopes = [*model.layers[0].neurons, *model.layers[1].neurons][index].parameters()
    moves = []
    for one, other, slope in zip(before.parameters(), after.parameters(), slopes, strict=True):
        why = "for" if (other.data - one.data) * slope.grad < 0 else "though"
        numbers = f"{number(one.data)} → {number(other.data)}, {why} its grad was {number(slope.grad)}"
        moves.append((abs(other.data - one.data), numbers))
    said = page.text("neuron-moved")
    for _, numbers in sorted(moves, reverse=True)[:3]:
        assert numbers in said
    assert ("; and 1 more. " in said) == (len(moves) == 4)
    assert said.endswith("the average of the losses of all points (4). How far to go is the rule of Adam.")


def test_the_rule_of_a_plain_step_is_said(page):
    page.open(line_playground())
    page.all("#network .neuron")[4].click()
    page.find("neuron-train").click()
    assert page.text("neuron-moved").endswith("Each number became: number - 0.05 · grad.")


def test_a_neuron_is_opened_by_enter_run_by_keys_and_closed_by_escape(xor):
    neuron = xor.all("#network .neuron")[1]
    press_on(xor, neuron, ENTER)
    assert xor.find("opened").is_displayed()
    assert xor.text("neuron-name") == "Inside layer0.neuron1"
    last = int(xor.text("neuron-count").split(" of ")[1])
    xor.run("setTimeout = () => 1")
    for key, step in [(RIGHT, 1), (RIGHT, 2), (LEFT, 1), (END, last), (RIGHT, last), (HOME, 0), (LEFT, 0)]:
        xor.press(key)
        assert xor.text("neuron-count") == f"{step} of {last}"
    xor.press(SPACE)
    assert xor.text("neuron-play") == "Pause"
    xor.press(SPACE, ESCAPE)
    assert xor.text("neuron-play") == "Play"
    assert not xor.find("opened").is_displayed()
    rest(xor)
    assert xor.text("steps") == "0"
    assert xor.run("return document.activeElement === arguments[0]", neuron)


def test_play_runs_to_the_end_and_says_each_step(xor):
    xor.all("#network .neuron")[0].click()
    xor.run(
        """
        const wait = setTimeout;
        setTimeout = (act) => wait(act, 0);
        window.said = new Set();
        const sentence = document.getElementById("neuron-sentence");
        const observer = new MutationObserver(() => said.add(sentence.textContent));
        observer.observe(sentence, { childList: true, characterData: true, subtree: true });
        """
    )
    xor.find("neuron-play").click()
    last = xor.text("neuron-count").split(" of ")[1]
    xor.wait(lambda: xor.text("neuron-count") == f"{last} of {last}")
    said = xor.run("return [...said]")
    assert len(said) == int(last)
    assert any(text.startswith("Now backwards: from the layers after it comes") for text in said)
    assert sum(".grad · ∂" in text for text in said) == len(xor.all("#graph .edge"))
    assert xor.text("neuron-play") == "Play"


def test_lines_have_the_size_and_the_sign_of_their_weights_and_numbers_when_looked_at(xor):
    rest(xor)
    model = xor_model()
    weights = [w.data for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    links = xor.run(
        """
        const lines = [...document.querySelectorAll(".link")];
        const sign = ({ classList }) => ["below", "above"].filter((name) => classList.contains(name)).join();
        return lines.map((line) => [sign(line), Number(line.getAttribute("stroke-width"))]);
        """
    )
    assert [sign for sign, _ in links] == ["above" if weight >= 0 else "below" for weight in weights]
    ordered = [width for _, (_, width) in sorted(zip(map(abs, weights), links, strict=True))]
    assert ordered == sorted(ordered)
    assert ordered[0] < ordered[-1]
    press_on(xor, xor.all("#network .neuron")[2])
    numbers = [text.text for text in xor.all("#network .weights text")]
    assert numbers == [number(w.data) for w in model.layers[0].neurons[2].w]
    assert all(text in xor.text("readout") for text in numbers)
