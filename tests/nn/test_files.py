"""Models as files: exact, all or nothing, checked by round trip, and nothing but what was saved."""

import json
import math
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn.files
from engine import Value
from nn import MLP, Layer, Module, Neuron

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and limits are those of POSIX")
NAME = "layers[0].neurons[0].w[0]"


class Polynomial(Module):
    def __init__(self, degree=1):
        self.coefficients = [Value(0.0) for _ in range(degree + 1)]

    def architecture(self):
        return {"degree": len(self.coefficients) - 1}


class Undescribed(Module):
    def __init__(self, size):
        self.numbers = [Value(0.0) for _ in range(size)]


class Tied(MLP):
    def __init__(self, sizes, hidden="tanh", output="sigmoid"):
        super().__init__(sizes, hidden, output)
        self.layers[0].neurons[1].w = self.layers[0].neurons[0].w


class Fragile(Neuron):
    def __init__(self, inputs, activation="tanh"):
        super().__init__({2: 2}[inputs], activation)


class Configured(Neuron):
    def __init__(self, options):
        super().__init__(2)
        self.options = options

    def architecture(self):
        return {"options": self.options}


class Doubling(Polynomial):
    def __init__(self, degree):
        super().__init__(2 * degree)


class Stepping(Module):
    def __init__(self, step):
        self.step = step + 0.25

    def architecture(self):
        return {"step": self.step}


class Renaming(Module):
    def __init__(self, names=("a",)):
        self.table = {name + "_": Value(0.0) for name in names}
        self.names = names

    def architecture(self):
        return {"names": list(self.table)}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


@pytest.fixture
def saved(path):
    """A file, and what it says."""
    MLP([2, 2, 1], hidden="relu", output="linear", seed=3).save(path)
    return json.loads(path.read_text())


def changed(path, model, **sections):
    """Save a model and put other sections into the file."""
    model.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | sections))


def refused(path, message):
    """Neither a class nor a model takes the file, and the model is untouched; every message can be printed."""
    model = MLP([2, 2, 1], hidden="relu", output="linear", seed=8)
    before = model.state_dict()
    for load in (model.load, MLP.load):
        with pytest.raises(ValueError, match=message) as caught:
            load(path)
        assert str(path) in str(caught.value)
        str(caught.value).encode("utf-8")
    assert model.state_dict() == before


# --- What is saved ----------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=4, max_size=4))
def test_every_finite_float_comes_back_bit_for_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("models") / "model.json"
    model = Neuron(3)
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    model.save(path)
    assert [p.data.hex() for p in Neuron.load(path).parameters()] == [number.hex() for number in numbers]


@pytest.mark.parametrize(
    "model",
    [
        MLP([2, 3, 2, 1], hidden="gelu", output="linear", seed=9),
        Layer(3, 2, "elu"),
        Neuron(4, "sin"),
        Polynomial(3),
        Tied([2, 2, 1]),
    ],
    ids=lambda model: type(model).__name__,
)
def test_a_class_builds_from_the_file_what_was_saved(model, path):
    model.parameters()[0].data = 0.25
    model.save(path)
    loaded = type(model).load(path)
    assert repr(loaded) == repr(model)
    assert loaded.state_dict() == model.state_dict()
    assert [p.label for p in loaded.parameters()] == [p.label for p in model.parameters()]


def test_a_model_is_filled_in_place_and_returned(path):
    source = MLP([2, 3, 1], seed=1)
    source.save(path)
    model = MLP([2, 3, 1], seed=2)
    parameters = model.parameters()
    assert model.load(str(path)) is model
    assert all(a is b for a, b in zip(model.parameters(), parameters, strict=True))
    assert model.state_dict() == source.state_dict()


def test_a_module_that_does_not_describe_itself_is_filled_but_not_built(path):
    model = Undescribed(2)
    model.numbers[1].data = 0.1
    model.save(path)
    assert Undescribed(2).load(path).state_dict() == {"numbers[0]": 0.0, "numbers[1]": 0.1}
    with pytest.raises(ValueError, match=r"Undescribed.*missing 1 required positional argument: 'size'"):
        Undescribed.load(path)


def test_the_order_of_options_in_a_file_means_nothing(path):
    model = Configured({"a": 1, "b": 2})
    changed(path, model, architecture={"options": {"b": 2, "a": 1}})
    assert model.load(path) is model
    assert Configured.load(path).options == {"a": 1, "b": 2}


def test_a_whole_number_is_a_number(path, saved):
    saved["parameters"][NAME] = 3
    path.write_text(json.dumps(saved))
    assert MLP.load(path).state_dict()[NAME] == 3.0


# --- What is not saved ------------------------------------------------------------------------------------------------


def shared():
    model = MLP([2, 2, 1])
    model.layers[0].neurons[1].w = model.layers[0].neurons[0].w
    return model


def with_number(number):
    model = MLP([2, 2, 1])
    model.layers[1].neurons[0].w[1].data = number
    return model


def squash(x):
    return x / (1.0 + abs(x))


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (with_number(math.inf), ValueError, r"layers\[1\]\.neurons\[0\]\.w\[1\] is inf.*nothing was saved"),
        (with_number(-math.inf), ValueError, "is -inf.*nothing was saved"),
        (with_number(math.nan), ValueError, "is nan.*nothing was saved"),
        (MLP([2, 2, 1], hidden=squash), TypeError, r"the function 'squash' cannot be saved.*engine\.register"),
        (Configured({1, 2}), TypeError, r"cannot be saved with \{1, 2\} of type set"),
        (shared(), ValueError, "there are 7 parameters, where its architecture makes 9, so load could not build it"),
        (Renaming(), ValueError, r"missing are table\['a__'\]; unknown are table\['a_'\], so load could not build it"),
        (Doubling(1), ValueError, r"missing are coefficients\[3\], .*so load could not build it"),
        (Stepping(7.25), ValueError, r"step is 7\.5 in the file and 7\.75 in the model, so load could not build it"),
    ],
    ids=lambda item: type(item).__name__ if isinstance(item, Module) else "",
)
def test_a_model_that_could_not_be_loaded_is_not_saved(model, error, message, path):
    path.write_text("as before")
    with pytest.raises(error, match=message):
        model.save(path)
    assert path.read_text() == "as before"


def test_a_file_is_replaced_and_nothing_is_left_beside_it(path):
    MLP([2, 2, 1], seed=1).save(path)
    MLP([2, 2, 1], seed=2).save(path)
    assert MLP.load(path).state_dict() == MLP([2, 2, 1], seed=2).state_dict()
    assert list(path.parent.iterdir()) == [path]


def test_a_save_that_fails_leaves_the_old_file_whole(path, monkeypatch):
    MLP([2, 2, 1], seed=1).save(path)
    before = path.read_bytes()

    def no_space(_descriptor):
        raise OSError("no space left on device")

    monkeypatch.setattr(nn.files.os, "fsync", no_space)
    with pytest.raises(OSError, match="no space left"):
        MLP([2, 2, 1], seed=2).save(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@posix
def test_permissions_and_links_survive_a_save(path):
    MLP([2, 1]).save(path)
    path.chmod(0o600)
    link = path.with_name("link.json")
    link.symlink_to(path)
    MLP([2, 1], seed=5).save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MLP.load(path).state_dict() == MLP([2, 1], seed=5).state_dict()


@posix
def test_who_reads_while_a_model_is_saved_reads_the_whole_old_one(path):
    MLP([2, 2, 1], seed=1).save(path)
    whole = path.read_text()
    with path.open() as reader:
        beginning = reader.read(50)
        MLP([2, 8, 1], seed=2).save(path)
        assert beginning + reader.read() == whole


def test_a_name_of_the_greatest_length_can_be_saved(tmp_path):
    path = tmp_path / ("m" * 255)
    MLP([2, 1]).save(path)
    assert MLP.load(path).sizes == [2, 1]


@posix
def test_an_error_of_the_system_names_the_target(tmp_path):
    path = tmp_path / ("m" * 300)
    with pytest.raises(OSError, match="nothing was saved") as caught:
        MLP([2, 1]).save(path)
    assert caught.value.filename == str(path)
    with pytest.raises(FileNotFoundError, match=r"no directory .*absent to save model\.json in"):
        MLP([2, 1]).save(tmp_path / "absent" / "model.json")
    for load in (MLP.load, MLP([2, 1]).load):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "absent.json")


@posix
def test_a_pipe_is_not_replaced_by_a_file(path):
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        MLP([2, 1]).save(path)
    assert path.is_fifo()


# --- What is not loaded -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("saved")
def test_a_truncated_file_is_refused_wherever_it_ends(path):
    content = path.read_bytes().rstrip()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        refused(path, "not complete JSON")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"weights", "not complete JSON"),
        (b"\xff\xfe\x00", "not complete JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", 'does not say "format"'),
        (b"3", 'does not say "format"'),
        (b"{}", 'does not say "format"'),
        (b'{"format": "1", "format": "2"}', "the name 'format' occurs twice"),
    ],
)
def test_what_is_no_model_at_all_is_refused(path, content, message):
    path.write_bytes(content)
    refused(path, message)


@pytest.mark.parametrize(
    ("section", "entry", "message"),
    [
        ("format", "another model", 'does not say "format"'),
        ("version", 2, "written in version 2; this program reads version 1"),
        ("version", None, "written in version None"),
        ("version", True, "written in version True"),
        ("kind", "Layer", "holds a module of class Layer, not MLP"),
        ("kind", 5, "an entry 'kind' of type str"),
        ("kind", "\ud800", "ud800"),
        ("architecture", [2, 2, 1], "an entry 'architecture' of type dict"),
        ("parameters", [0.5], "an entry 'parameters' of type dict"),
        ("parameters", {"\ud800": 1.0}, "parameters"),
        ("parameters", {"\ud800": "x"}, "ud800"),
        ("epoch", 3, "an entry 'epoch', which means nothing"),
        *((section, ..., section) for section in ("version", "kind", "architecture", "parameters")),
    ],
)
def test_a_file_with_a_wrong_section_or_without_one_is_refused(path, saved, section, entry, message):
    changed = {name: item for name, item in (saved | {section: entry}).items() if item is not ...}
    path.write_text(json.dumps(changed))
    refused(path, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"0.5"', "w\\[0\\] is '0.5', not a number"),
        ("null", "is None, not a number"),
        ("true", "is True, not a number"),
        ("[1.0]", "not a number"),
        ("NaN", "NaN is not a number in JSON"),
        ("-Infinity", "-Infinity is not a number in JSON"),
        ("1e999", "too large for a float"),
        ("1" + "0" * 400, "too large for a float"),
        ("1" + "0" * 5000, "not a saved MLP"),
    ],
    ids=lambda text: text[:20],
)
def test_a_parameter_that_is_not_a_finite_number_is_refused(path, saved, text, message):
    saved["parameters"][NAME] = "here"
    path.write_text(json.dumps(saved).replace('"here"', text))
    refused(path, message)


def test_missing_and_unknown_parameters_are_refused(path, saved):
    number = saved["parameters"].pop(NAME)
    for added, by_model, by_class in [
        ({}, r"missing are layers\[0\]\.neurons\[0\]\.w\[0\]; unknown are none", "there are 8 .* makes 9"),
        ({"layers[9]": 1.0}, r"unknown are layers\[9\]", r"unknown are layers\[9\]"),
        ({"layers[9]": 1.0, NAME: number}, r"missing are none; unknown are layers\[9\]", "there are 10 .* makes 9"),
    ]:
        path.write_text(json.dumps(saved | {"parameters": saved["parameters"] | added}))
        with pytest.raises(ValueError, match=by_model):
            MLP([2, 2, 1], "relu", "linear").load(path)
        with pytest.raises(ValueError, match=f"does not hold a complete MLP .*: .*{by_class}"):
            MLP.load(path)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MLP([2, 2, 1], hidden="tanh", output="linear"), "hidden is 'relu' in the file and 'tanh' in the model"),
        (MLP([2, 3, 1], hidden="relu", output="linear"), r"sizes is \[2, 2, 1\] in the file and \[2, 3, 1\]"),
        (MLP([2, 2, 1], hidden="relu", output=lambda x: x), "output is 'linear' in the file and '<function"),
        (Layer(2, 2), "holds a module of class MLP, not Layer"),
    ],
)
@pytest.mark.usefixtures("saved")
def test_a_model_of_another_architecture_is_not_filled(path, model, message):
    before = model.state_dict()
    with pytest.raises(ValueError, match=message):
        model.load(path)
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("changes", "by_model", "by_class"),
    [
        ({"hidden": ...}, "hidden is missing in the file and 'relu' in the model", "hidden is missing in the file"),
        ({"sizes": [2.0, 2, 1]}, r"sizes is \[2\.0, 2, 1\] in the file", "whole number, not 2.0"),
        ({"sizes": [2, "2", 1]}, "sizes is", "whole number, not '2'"),
        ({"sizes": [2, 3, 1]}, "sizes is", "9 parameters, where its architecture makes 13"),
        ({"sizes": ...}, "sizes is missing", "missing 1 required positional argument: 'sizes'"),
        ({"hidden": "rule"}, "hidden is 'rule'", "no activation 'rule'"),
        ({"seed": 3}, "seed is in the file and unknown to the model", "seed is in the file"),
        ({"depth": 3}, "depth is in the file", "unexpected keyword argument 'depth'"),
        ({"\ud800": 1}, "ud800", "ud800"),
    ],
)
def test_neither_way_of_loading_takes_another_architecture(path, saved, changes, by_model, by_class):
    changed = saved["architecture"] | changes
    architecture = {name: item for name, item in changed.items() if item is not ...}
    path.write_text(json.dumps(saved | {"architecture": architecture}))
    refused(path, f"{by_model}|does not hold a complete MLP .*: .*{by_class}")


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
