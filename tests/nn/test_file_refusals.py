"""Saved models that would cost too much or cannot be built, and places where nothing can be saved."""

import json
import os

import pytest

from nn import MLP, Layer, Neuron


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


def changed(path, model, **sections):
    """Save a model and put other sections into the file."""
    model.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | sections))


@pytest.mark.parametrize(
    ("model", "architecture"),
    [
        (MLP([2, 1]), {"sizes": [2, 1_000_000_000, 1]}),
        (Layer(2, 1), {"inputs": 2, "outputs": 1_000_000_000}),
        (Neuron(2), {"inputs": 1_000_000_000}),
    ],
)
def test_a_small_file_does_not_build_a_giant(path, model, architecture):
    changed(path, model, architecture=architecture)
    with pytest.raises(ValueError, match="there are 3 parameters, where its architecture makes"):
        type(model).load(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": None}, "hidden is missing in the file and 'relu' in this model"),
        ({"sizes": [2.0, 2, 1]}, r"sizes is \[2\.0, 2, 1\] in the file"),
        ({"seed": 3}, "seed is in the file and unknown to this model"),
    ],
)
def test_neither_way_of_loading_takes_another_architecture(path, changes, message):
    model = MLP([2, 2, 1], hidden="relu", seed=3)
    architecture = {name: item for name, item in (model.architecture() | changes).items() if item is not None}
    changed(path, model, architecture=architecture)
    before = model.state_dict()
    with pytest.raises(ValueError, match=message):
        model.load(path)
    assert model.state_dict() == before
    with pytest.raises(ValueError, match="does not hold a complete MLP"):
        MLP.load(path)


def test_a_version_is_a_number(path):
    changed(path, MLP([2, 1]), version=True)
    with pytest.raises(ValueError, match="in version True; this program reads version 1"):
        MLP.load(path)


def test_a_network_that_shares_weights_is_not_saved_as_one_that_does_not(path):
    model = MLP([2, 2, 1])
    model.layers[0].neurons[1].w = model.layers[0].neurons[0].w
    with pytest.raises(ValueError, match="there are 7 parameters, where its architecture makes 9, so load could not"):
        model.save(path)
    assert not path.exists()


class Tied(MLP):
    def __init__(self, sizes, hidden="tanh", output="sigmoid"):
        super().__init__(sizes, hidden, output)
        self.layers[0].neurons[1].w = self.layers[0].neurons[0].w


def test_a_class_that_shares_in_its_constructor_is_saved_and_built(path):
    model = Tied([2, 2, 1])
    model.parameters()[0].data = 0.25
    model.save(path)
    assert Tied.load(path).state_dict() == model.state_dict()


class Fragile(Neuron):
    def __init__(self, inputs, activation="tanh"):
        super().__init__({2: 2}[inputs], activation)


def test_whatever_a_constructor_raises_says_which_file_it_is(path):
    changed(path, Fragile(2), architecture={"inputs": 3})
    with pytest.raises(ValueError, match=r"model\.json does not hold a complete Fragile"):
        Fragile.load(path)


def test_nested_text_is_refused_in_words(path):
    nested = []
    for _ in range(400):
        nested = [nested]
    changed(path, MLP([2, 1]), architecture={"sizes": nested})
    for load in (MLP.load, MLP([2, 1]).load):
        with pytest.raises(ValueError, match=r"model\.json"):
            load(path)


@pytest.mark.parametrize(
    "sections",
    [
        {"kind": "\ud800"},
        {"parameters": {"\ud800": 1.0, "b": 1.0, "w": 2.0}},
        {"parameters": {"\ud800": "x"}},
        {"architecture": {"sizes": [2, 1], "hidden": "tanh", "output": "sigmoid", "\ud800": 1}},
    ],
)
def test_every_message_can_be_printed(path, sections):
    changed(path, MLP([2, 1]), **sections)
    for load in (MLP.load, MLP([2, 1]).load):
        with pytest.raises(ValueError, match="ud800") as caught:
            load(path)
        str(caught.value).encode("utf-8")


def test_a_name_of_the_greatest_length_can_be_saved(tmp_path):
    path = tmp_path / ("m" * 255)
    MLP([2, 1]).save(path)
    assert MLP.load(path).sizes == [2, 1]


@pytest.mark.skipif(os.name != "posix", reason="limits and pipes are those of POSIX")
def test_an_error_of_the_system_names_the_target(tmp_path):
    path = tmp_path / ("m" * 300)
    with pytest.raises(OSError, match="nothing was saved") as caught:
        MLP([2, 1]).save(path)
    assert caught.value.filename == str(path)


@pytest.mark.skipif(os.name != "posix", reason="limits and pipes are those of POSIX")
def test_a_pipe_is_not_replaced_by_a_file(path):
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        MLP([2, 1]).save(path)
    assert path.is_fifo()


class Configured(Neuron):
    def __init__(self, options):
        super().__init__(2)
        self.options = options

    def architecture(self):
        return {"options": self.options}


def test_the_order_of_options_in_a_file_means_nothing(path):
    model = Configured({"a": 1, "b": 2})
    changed(path, model, architecture={"options": {"b": 2, "a": 1}})
    assert model.load(path) is model
    assert Configured.load(path).options == {"a": 1, "b": 2}
