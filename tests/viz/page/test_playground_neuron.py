"""The network of the playground in a browser: its diagram, and a neuron that is opened."""

from support.playground_pages import (
    XOR_INPUTS,
    XOR_TARGETS,
    press_on,
    rest,
    trained,
    xor_model,
)

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


def test_an_opened_neuron_ends_with_the_gradients_that_python_has(xor):
    for index, steps in ((0, 0), (2, 1), (3, 2)):
        xor.all("#network .neuron")[index].click()
        xor.choose("neuron-sample", "a = 1, b = 0; target 1")
        for count in (steps, steps + 1):
            xor.find("neuron-last").click()
            found = sorted((data, gradient) for role, data, gradient in opened_numbers(xor) if role == "parameter")
            assert found == neuron_numbers(trained(count), index)
            if count == steps:
                xor.find("neuron-train").click()
        xor.find("neuron-close").click()


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
    assert any(text.startswith("Now backwards: the layers behind it pass") for text in said)
    assert sum(".grad += ∂" in text for text in said) == len(xor.all("#graph .edge"))
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
