"""`playground`: what is in its page against the model, and what it refuses."""

import copy
import pickle
import random
import re
import sys

import pytest
from support.commands import printed_by_processes
from support.drawn_graphs import HOSTILE
from support.player_graphs import shared
from support.playgrounds import SETTINGS, XOR, ByHand, content, in_node, made, programs

import viz
from engine import Value, no_grad, scope, topological_order
from nn import MLP, SGD, Adam, losses
from viz.page.playground import content as playground_content

ANSWERS = """
const parameters = content.parameters.map(({ data }) => data);
return content.samples.flatMap(({ inputs }) => answersProgram(Float64Array.of(...inputs, ...parameters)).outputs);
"""


def page_of(model, inputs=XOR[0], targets=XOR[1], loss=losses.mean_squared_error, **options):
    """A page in which a model is trained by gradient descent."""
    optimizer = options.pop("optimizer", None) or SGD(model.parameters())
    return viz.playground(model, inputs, targets, loss=loss, optimizer=optimizer, **{"seeds": 0} | options)


def unscoped(forward):
    """A model of three parameters and a function of them and an input."""

    class Model:
        def __init__(self):
            self.given = [Value(0.5, "a"), Value(-0.25, "b"), Value(1.0, "c")]

        def parameters(self):
            return self.given

        def __call__(self, x):
            return forward(self.given, x)

    return Model()


# --- What the page has ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SETTINGS)
def test_parameters_samples_settings_and_layers_are_those_given(name):
    setting = SETTINGS[name]
    model, optimizer, page = made(name)
    found = content(page)
    assert [(p["name"], p["data"]) for p in found["parameters"]] == [(p.label, p.data) for p in model.parameters()]
    inputs, targets = ([x if isinstance(x, list) else [x] for x in column] for column in setting.samples)
    assert [(s["inputs"], s["targets"]) for s in found["samples"]] == list(zip(inputs, targets, strict=True))
    assert found["state"] == [number for state in [*optimizer.state, optimizer.shared] for number in state]
    assert (found["rate"], found["reduction"]) == (optimizer.learning_rate, setting.loss.reduction)
    assert (page.parameters, page.samples) == (len(model.parameters()), len(inputs))
    assert repr(page) == f"<Playground of {page.parameters} parameters and {page.samples} samples>"
    called = [parameter["name"] for parameter in found["parameters"]]
    for index, (layer, shown) in enumerate(zip(model.layers, found["layers"], strict=True)):
        assert (shown["name"], shown["activation"]) == (f"layer{index}", layer.activation)
        for place, neuron in enumerate(shown["neurons"]):
            label = f"layer{index}.neuron{place}"
            assert (neuron["name"], called[neuron["bias"]]) == (label, f"{label}.b")
            assert [called[weight] for weight in neuron["weights"]] == [f"{label}.w[{i}]" for i in range(layer.inputs)]


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_neurons_and_predictions_answer_as_in_the_model(name):
    model, _, page = made(name)
    found = content(page)
    answers = list(in_node(page, ANSWERS))
    neurons = [neuron["output"] for layer in found["layers"] for neuron in layer["neurons"]]
    width = len(answers) // len(found["samples"])
    for sample in found["samples"]:
        row, answers = answers[:width], answers[width:]
        expected, given = [], sample["inputs"]
        for layer in model.layers:
            given = layer.forward(given)
            expected += [output.data for output in given]
        assert [row[place] for place in neurons] == expected
        assert [row[place] for place in found["predictions"]] == [output.data for output in given]


@pytest.mark.slow
def test_the_graph_of_each_neuron_leads_from_what_it_is_given_to_its_output():
    found = content(made("deep")[2])["sample"]
    assert len(found["layouts"]) == 2, "one for neurons of two inputs, one for those of sixteen"
    assert len(found["neurons"]) == 33
    for neuron in found["neurons"]:
        nodes, layout = neuron["nodes"], found["layouts"][neuron["layout"]]
        edges = [(found["edges"][edge]["source"], found["edges"][edge]["target"]) for edge in neuron["edges"]]
        assert {end for edge in edges for end in edge} == set(nodes)
        assert [node for node in nodes if node not in {source for source, _ in edges}] == [nodes[-1]]
        view, sizes = layout["view"], layout["sizes"]
        assert (len(sizes), len(view["nodes"]), len(view["lines"])) == (len(nodes), 3 * len(nodes), 4 * len(edges))
        lefts = view["nodes"][1::3]
        assert all(left + size["width"] <= view["width"] + 1 for left, size in zip(lefts, sizes, strict=True))
    names = [node["name"] for node in found["nodes"]]
    assert [names[place] for place in (*found["inputs"], *found["targets"])] == ["x0", "x1", "y0"]


def test_a_model_written_by_hand_has_its_neurons_too():
    page = page_of(ByHand(), targets=[-1, 1, 1, -1], loss=losses.hinge, names=["left", "right"], answers=["verdict"])
    found = content(page)
    called = [parameter["name"] for parameter in found["parameters"]]
    assert (found["inputs"], found["outputs"], called[-1]) == (["left", "right"], ["verdict"], "factor")
    first, last = found["layers"]
    hidden = [(n["name"], [called[w] for w in n["weights"]], called[n["bias"]]) for n in first["neurons"]]
    assert hidden == [("h0", ["p0", "q0"], "r0"), ("h1", ["p1", "q1"], "r1")]
    assert (first["activation"], last["neurons"][0]["bias"]) == ("tanh", None)
    assert [called[weight] for weight in last["neurons"][0]["weights"]] == ["s", "t"]
    assert found["predictions"] == [3], "the answer times the factor, behind the three neurons"


skipping = scope("second")(lambda a, b, x: b * x[0] + a * x[1])


@pytest.mark.parametrize(
    ("forward", "reason"),
    [
        (lambda p, x: p[0] * x[0] + p[1] * x[1] + p[2], "no names.*engine.scope"),
        (lambda p, x: scope("pair")(lambda x: (p[0] * x[0], p[1] * x[1]))(x)[0] * p[2], None),
        (lambda p, x: sum(scope("pair")(lambda x: (p[0] * x[0], p[1] * x[1]))(x)), "pair gives 2 numbers"),
        (lambda p, x: scope("odd")(lambda x: p[0] * x[0] + x[1])(x), "odd does not multiply x1 by one parameter"),
        (
            lambda p, x: scope("odd")(lambda x: p[0] * x[0] + p[1] * x[0])(x),
            "odd does not multiply x0 by one parameter",
        ),
        (
            lambda p, x: scope("b")(lambda h, x: p[1] * h + p[2] * x)(scope("a")(lambda x: p[0] * x)(x[0]), x[1]),
            "b takes numbers that are not those of one layer before it",
        ),
    ],
)
def test_without_neurons_in_layers_the_page_says_why(forward, reason):
    found = content(page_of(unscoped(forward)))
    assert re.search(reason or "^$", found["noLayers"])
    assert bool(found["layers"]) == (reason is None)
    assert found["predictions"]


@pytest.mark.parametrize("used", [0, 1])
def test_a_loss_need_not_use_all_answers(used):
    loss = declared(lambda predictions, targets: sum(row[0] * row[0] * used for row in predictions) / len(predictions))
    found = content(page_of(MLP([2, 3, 2]), targets=[[0, 1]] * 4, loss=loss))
    assert (found["noLayers"], found["layers"]) == ("the loss does not depend on all that the model answers", [])
    assert len(found["predictions"]) == 2


def test_an_answer_may_be_a_number():
    found = content(page_of(unscoped(lambda p, x: [p[0] * x[0], 0.5]), targets=[[0, 1]] * 4))
    assert (len(found["predictions"]), found["outputs"]) == (2, ["answer 0", "answer 1"])


def test_a_page_is_the_same_in_no_grad():
    model = MLP([2, 2, 1])
    expected = page_of(model)
    with no_grad():
        assert page_of(model) == expected


@pytest.mark.parametrize("column", [(1.7e308, -1.7e308), (1e17, 1e17), (5e-324, 0.0), (-3.0, -3.0)])
def test_the_plane_has_a_width_that_is_a_number_whatever_the_inputs_are(column):
    shown = content(page_of(unscoped(lambda p, x: p[0] + p[1]), [[x, 0.0] for x in column], [0, 1]))["range"]
    width = shown["high"][0] - shown["low"][0]
    assert 0 < width < float("inf")
    assert all(shown["low"][0] < x < shown["high"][0] for x in column) or abs(column[0]) > 1e308


def test_a_parameter_that_is_infinite_and_not_used_is_in_the_page_as_it_is():
    model = unscoped(lambda p, x: p[0] * x[0] + p[1] * x[1])
    model.given[2].data = float("inf")
    page = page_of(model, optimizer=SGD(model.given[:2]))
    assert content(page)["parameters"][2]["data"] == "Infinity"
    assert in_node(page, "training.run(2); return training.numbers;")[2] == float("inf")


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("xor", (0.0, 1.0, False, 0.5)),
        ("logits", (0.0, 1.0, False, 0.0)),
        ("classes", (0.0, 1.0, True, 0.0)),
        ("one hot", (0.0, 1.0, False, 0.5)),
        ("curve", None),
    ],
)
def test_two_targets_are_classes_with_the_answer_between_them(name, classes):
    found = content(made(name)[2])["classes"]
    assert (found and tuple(found[key] for key in ("low", "high", "byNumber", "threshold"))) == classes


def test_a_loss_may_refuse_the_class_that_no_sample_has():
    found = content(page_of(MLP([2, 1], output="linear"), targets=[1, 1, 1, 1], loss=losses.hinge))
    assert found["classes"]["threshold"] == 0.5


def test_the_page_says_why_there_is_no_network(page):
    page.open(page_of(unscoped(lambda p, x: p[0] * x[0] + p[1] * x[1] + p[2])))
    assert page.find("no-network").text.startswith("There is no picture of the network: its parts have no names")
    assert not page.find("network-pane").is_displayed()
    page.open(made("xor")[2])
    assert not page.find("no-network").is_displayed()


@pytest.mark.slow
def test_parameters_that_the_optimizer_does_not_have_stay():
    model = MLP([2, 2, 1])
    page = page_of(model, optimizer=Adam(model.parameters()[:4], 0.1))
    numbers = list(in_node(page, "training.run(100); return [...training.numbers, Number(training.comparison.equal)];"))
    stayed = [parameter.data for parameter in model.parameters()]
    assert numbers[4:9] == stayed[4:]
    assert all(now != before for now, before in zip(numbers[:4], stayed, strict=False))
    assert numbers[-1] == 1.0


# --- Seeds ------------------------------------------------------------------------------------------------------------


def seeds_of(page):
    """The parameters of each seed in a page."""
    found = content(page)
    count = len(found["parameters"])
    numbers = list(in_node(page, "return doubles(content.seeds);"))
    return [numbers[start : start + count] for start in range(0, len(numbers), count)]


@pytest.mark.slow
@pytest.mark.parametrize("initializer", ["xavier", "normal"])
def test_seeds_begin_as_new_networks_with_the_initializer_of_the_model_do(initializer):
    model = MLP([2, 3, 1], initializer=initializer, seed=4)
    page = page_of(model, seeds=7)
    new = [MLP([2, 3, 1], initializer=initializer, seed=seed) for seed in range(7)]
    assert seeds_of(page) == [[p.data for p in network.parameters()] for network in new]
    assert content(page)["seed"] == 4


@pytest.mark.slow
def test_seeds_are_as_many_as_there_is_room_for_and_may_come_from_a_function(monkeypatch):
    monkeypatch.setattr(playground_content, "MOST_SEED_BYTES", 8 * 9 * 5 + 1)
    model = MLP([2, 2, 1])
    page = page_of(model, seeds=100, reinitialize=lambda seed: MLP([2, 2, 1], initializer="he", seed=seed))
    assert seeds_of(page) == [[p.data for p in MLP([2, 2, 1], initializer="he", seed=s).parameters()] for s in range(5)]
    assert content(page)["seed"] is None
    by_hand = content(page_of(ByHand(), targets=[-1, 1, 1, -1], loss=losses.hinge, seeds=5))
    assert (by_hand["seeds"], by_hand["seed"]) == ("", None), "nobody knows how it begins"


# --- The page ---------------------------------------------------------------------------------------------------------

PROGRAM = """
from support.playgrounds import SETTINGS
print(SETTINGS["xor"].make(seeds=3)[2].html)
"""


@pytest.mark.slow
def test_another_process_makes_the_same_page():
    assert printed_by_processes(PROGRAM) == SETTINGS["xor"].make(seeds=3)[2].html + "\n"


@pytest.mark.slow
def test_without_machine_code_it_is_the_same_page(monkeypatch):
    page = SETTINGS["momentum"].make(seeds=0)[2]
    asked = []
    monkeypatch.setattr(sys.modules["viz.playground"], "find_spec", asked.append)
    assert SETTINGS["momentum"].make(seeds=0)[2] == page
    assert asked == ["llvmlite"]


@pytest.mark.slow
def test_neither_model_nor_optimizer_nor_any_number_is_changed():
    setting = SETTINGS["xor"]
    model = MLP(setting.sizes)
    optimizer = Adam(model.parameters(), 0.1)
    losses.mean_squared_error([model(x) for x in XOR[0]], XOR[1]).backward()
    optimizer.step()
    before = pickle.dumps((model, optimizer))
    grads = [parameter.grad for parameter in model.parameters()]
    first = viz.playground(model, *setting.samples, loss=setting.loss, optimizer=optimizer, seeds=2)
    assert pickle.dumps((model, optimizer)) == before
    assert [parameter.grad for parameter in model.parameters()] == grads
    assert all(node.is_leaf for node in topological_order(*model.parameters())), "no derivative is left in its graph"
    again, twin = copy.deepcopy((model, optimizer))
    copied = viz.playground(again, *setting.samples, loss=setting.loss, optimizer=twin, seeds=2)
    assert first.html == copied.html
    assert content(first)["state"][0] != 0.0, "the state of the optimizer goes on"


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(HOSTILE), 9))
def test_no_name_gets_out_of_its_place(start):
    model = ByHand()
    labels = HOSTILE[start : start + 9]
    for parameter, label in zip(model.parameters(), labels, strict=False):
        parameter.label = label
    named = {"names": [f"{labels[0]} a", f"{labels[-1]} b"], "answers": [labels[1]], "title": labels[2]}
    page = page_of(model, targets=[-1, 1, 1, -1], loss=losses.hinge, **named)
    found = content(page)
    assert [p["name"] for p in found["parameters"]][:1] == [viz.notation.printable(labels[0])]
    assert page.html.count("</script") == made("xor")[2].html.count("</script")
    assert not re.search(r"<!--|</?script", programs(page), re.IGNORECASE)
    assert len(in_node(page, "training.run(3); return training.numbers;")) == 10


def test_a_page_is_written_and_shown_as_a_player_is(tmp_path):
    _, _, page = made("curve")
    page.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_bytes() == page.html.encode()
    with pytest.raises(ValueError, match=r"a playground can be saved as \.html"):
        page.save(tmp_path / "page.pdf")
    bundle = page._repr_mimebundle_()
    assert bundle["text/plain"] == repr(page)
    assert "srcdoc=" in bundle["text/html"]


# --- Errors -----------------------------------------------------------------------------------------------------------


def undeclared(predictions, targets):
    """A loss that does not say how it sums."""
    return losses.mean_squared_error(predictions, targets)


def declared(loss):
    """A loss that says that it is a mean."""
    loss.reduction = "mean"
    return loss


def wrong(predictions, targets):
    """A loss that says it is a sum, and is a mean."""
    return losses.mean_squared_error(predictions, targets)


wrong.reduction = "sum"
NETWORK = MLP([2, 2, 1], output="linear")
RANDOM = unscoped(lambda p, x: random.random() * p[0] + p[1] * x[0])
NOTHING = unscoped(lambda p, x: [])
LATER = unscoped(lambda p, x: (p[0] * number for number in x))
NO_LOSSES = [declared(lambda predictions, targets, made=made: made) for made in (0.5, None, "x", [Value(1.0)])]
LOGARITHM = unscoped(lambda p, x: (p[0] * x[0] + p[1]).log())


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"model": len}, TypeError, r"a model that can be called and has parameters\(\)"),
        ({"model": shared()}, TypeError, "a playground trains a model"),
        ({"inputs": [], "targets": []}, ValueError, "there are no samples"),
        ({"targets": [0, 1]}, ValueError, "there are 4 inputs, but 2 targets"),
        ({"inputs": 3}, TypeError, "inputs and targets are lists"),
        ({"inputs": [[0, 0], [0, "1"], [1, 0], [1, 1]]}, TypeError, "input 1 takes a real number, not '1'"),
        ({"inputs": [[0, 0], [0, float("nan")], [1, 0], [1, 1]]}, ValueError, "input 1 has the number nan"),
        ({"inputs": [[0, 0], [0], [1, 0], [1, 1]]}, ValueError, "sample 1 has another shape than sample 0"),
        ({"targets": [0, [1], 1, 0]}, ValueError, "sample 1 has another shape"),
        ({"loss": 3}, TypeError, "loss is a function of"),
        ({"loss": undeclared}, ValueError, r'undeclared\.reduction = "mean"'),
        ({"loss": wrong}, ValueError, "the reduction of the loss is 'sum', but the loss of the first 4 samples is"),
        ({"model": RANDOM}, ValueError, "may not draw random numbers"),
        *(({"model": model}, TypeError, "a model answers with a Value") for model in (NOTHING, LATER)),
        *(({"loss": loss}, TypeError, "a loss gives one Value, computed from") for loss in NO_LOSSES),
        ({"inputs": dict(enumerate(XOR[0]))}, TypeError, "inputs and targets are lists"),
        ({"inputs": [{0.0, 1.0}] * 4}, TypeError, "input 0 takes a real number"),
        ({"optimizer": SGD}, TypeError, "the optimizer is one of nn"),
        ({"optimizer": None}, TypeError, r"the optimizer is one of nn, as in SGD\(model\.parameters\(\)\)"),
        ({"optimizer": SGD(MLP([2, 1]).parameters())}, ValueError, "is no parameter of the model"),
        ({"max_nodes": 20}, viz.TooManyNodesError, r"has \d+ nodes, more than max_nodes=20: take a smaller model"),
        ({"names": ["a"]}, ValueError, "there are 1 names for 2 numbers: x0, x1"),
        *(({"names": given}, TypeError, "names are a list of texts") for given in ("ab", None, 3)),
        ({"answers": [1]}, TypeError, "names are a list of texts"),
        *(({"seeds": given}, ValueError, "seeds is a whole number of at least 0") for given in (-1, 2.0, True)),
        ({"reinitialize": lambda seed: None}, TypeError, r"reinitialize\(0\) gives a model.*not None"),
        *(({name: None}, TypeError, f"{name} is a text, not None") for name in ("title", "about")),
        ({"seeds": 2, "reinitialize": lambda seed: MLP([2, 1])}, ValueError, r"reinitialize\(0\) gives 3 parameters"),
        ({"model": LOGARITHM, "inputs": [[5.0], [0.0]], "targets": [0, 1]}, ArithmeticError, "in sample 1: .*log"),
        ({"inputs": [[1], [2], [3], [4]]}, ValueError, "takes 2 inputs"),
        ({"path": "page.pdf"}, ValueError, r"does not end in \.html"),
    ],
)
def test_what_cannot_be_trained_is_refused(changes, error, words):
    model = changes.get("model", NETWORK)
    trained = model if hasattr(model, "parameters") else NETWORK
    given = {"model": model, "inputs": XOR[0], "targets": XOR[1], "loss": losses.mean_squared_error}
    with pytest.raises(error, match=words):
        viz.playground(**given | {"optimizer": SGD(trained.parameters())} | changes)
