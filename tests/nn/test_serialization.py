"""Models as files: exact, all or nothing, and nothing but what was saved."""

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


class Polynomial(Module):
    def __init__(self, degree=1):
        self.coefficients = [Value(0.0) for _ in range(degree + 1)]

    def architecture(self):
        return {"degree": len(self.coefficients) - 1}


class Undescribed(Module):
    def __init__(self, size):
        self.numbers = [Value(0.0) for _ in range(size)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


@pytest.fixture
def saved(path):
    """A file, and what it says."""
    MLP([2, 2, 1], hidden="relu", output="linear", seed=3).save(path)
    return json.loads(path.read_text())


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=4, max_size=4))
def test_every_finite_float_comes_back_bit_for_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("models") / "model.json"
    model = Neuron(3)
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    model.save(path)
    assert [p.data.hex() for p in Neuron.load(path).parameters()] == [number.hex() for number in numbers]


@pytest.mark.parametrize(
    "model",
    [MLP([2, 3, 2, 1], hidden="gelu", output="linear", seed=9), Layer(3, 2, "elu"), Neuron(4, "sin"), Polynomial(3)],
    ids=lambda model: type(model).__name__,
)
def test_a_class_builds_from_the_file_what_was_saved(model, path):
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


@pytest.mark.skipif(os.name != "posix", reason="permissions and links are those of POSIX")
def test_permissions_and_links_survive_a_save(path):
    MLP([2, 1]).save(path)
    path.chmod(0o600)
    link = path.with_name("link.json")
    link.symlink_to(path)
    MLP([2, 1], seed=5).save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MLP.load(path).state_dict() == MLP([2, 1], seed=5).state_dict()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be replaced")
def test_who_reads_while_a_model_is_saved_reads_the_whole_old_one(path):
    MLP([2, 2, 1], seed=1).save(path)
    whole = path.read_text()
    with path.open() as reader:
        beginning = reader.read(50)
        MLP([2, 8, 1], seed=2).save(path)
        assert beginning + reader.read() == whole


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_parameter_that_json_cannot_hold_is_refused(path, number):
    MLP([2, 2, 1]).save(path)
    before = path.read_bytes()
    model = MLP([2, 2, 1])
    model.layers[1].neurons[0].w[1].data = number
    with pytest.raises(ValueError, match=r"parameter layers\[1\]\.neurons\[0\]\.w\[1\] is .*nothing was saved"):
        model.save(path)
    assert path.read_bytes() == before


def test_a_function_of_ones_own_cannot_be_saved_by_name(path):
    def squash(x):
        return x / (1.0 + abs(x))

    with pytest.raises(TypeError, match=r"the function 'squash' cannot be saved.*engine\.register"):
        MLP([2, 2, 1], hidden=squash).save(path)
    assert not path.exists()


def test_an_architecture_has_to_be_json(path):
    model = Polynomial()
    model.architecture = lambda: {"degree": {1, 2}}
    with pytest.raises(TypeError, match=r"cannot be saved with \{1, 2\} of type set"):
        model.save(path)


def test_a_directory_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no directory .*absent to save model\.json in"):
        MLP([2, 1]).save(tmp_path / "absent" / "model.json")


def refused(path, message):
    """Neither a class nor a model takes the file, and the model is untouched."""
    model = MLP([2, 2, 1], hidden="relu", output="linear", seed=8)
    before = model.state_dict()
    with pytest.raises(ValueError, match=message) as caught:
        model.load(path)
    assert str(path) in str(caught.value)
    with pytest.raises(ValueError, match=message):
        MLP.load(path)
    assert model.state_dict() == before


def refused_by_class(path, message):
    """A class builds nothing from the file."""
    with pytest.raises(ValueError, match=f"does not hold a complete MLP .*: {message}"):
        MLP.load(path)


@pytest.mark.usefixtures("saved")
def test_a_truncated_file_is_refused_wherever_it_ends(path):
    content = path.read_bytes().rstrip()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        refused(path, "not complete JSON")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not complete JSON"),
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


NAME = "layers[0].neurons[0].w[0]"


@pytest.mark.parametrize(
    ("section", "entry", "message"),
    [
        ("format", "another model", 'does not say "format"'),
        ("version", 2, "written in version 2; this program reads version 1"),
        ("version", None, "written in version None"),
        ("kind", "Layer", "holds a module of class Layer, not MLP"),
        ("kind", 5, "an entry 'kind' of type str"),
        ("architecture", [2, 2, 1], "an entry 'architecture' of type dict"),
        ("parameters", [0.5], "an entry 'parameters' of type dict"),
        ("epoch", 3, "an entry 'epoch', which means nothing"),
    ],
)
def test_a_file_with_a_wrong_section_is_refused(path, saved, section, entry, message):
    path.write_text(json.dumps(saved | {section: entry}))
    refused(path, message)


@pytest.mark.parametrize("section", ["version", "kind", "architecture", "parameters"])
def test_a_file_without_a_section_is_refused(path, saved, section):
    del saved[section]
    path.write_text(json.dumps(saved))
    refused(path, section)


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
def test_a_parameter_that_is_no_finite_number_is_refused(path, saved, text, message):
    saved["parameters"][NAME] = "here"
    path.write_text(json.dumps(saved).replace('"here"', text))
    refused(path, message)


def test_a_whole_number_is_a_number(path, saved):
    saved["parameters"][NAME] = 3
    path.write_text(json.dumps(saved))
    assert MLP.load(path).state_dict()[NAME] == 3.0


def test_missing_and_unknown_parameters_are_refused(path, saved):
    number = saved["parameters"].pop(NAME)
    path.write_text(json.dumps(saved))
    with pytest.raises(ValueError, match=r"missing are layers\[0\]\.neurons\[0\]\.w\[0\]; unknown are none"):
        MLP([2, 2, 1], "relu", "linear").load(path)
    refused_by_class(path, "there are 8 parameters, where its architecture makes 9")
    saved["parameters"] |= {"layers[9]": 1.0}
    path.write_text(json.dumps(saved))
    refused(path, r"missing are layers\[0\]\.neurons\[0\]\.w\[0\]; unknown are layers\[9\]")
    saved["parameters"] |= {NAME: number}
    path.write_text(json.dumps(saved))
    refused_by_class(path, "there are 10 parameters, where its architecture makes 9")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MLP([2, 2, 1], hidden="tanh", output="linear"), "hidden is 'relu' in the file and 'tanh' in this model"),
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
    ("architecture", "message"),
    [
        ({"sizes": [2, 3, 1], "hidden": "relu", "output": "linear"}, "9 parameters, where its architecture makes 13"),
        ({"sizes": [2, "2", 1], "hidden": "relu", "output": "linear"}, "whole number, not '2'"),
        ({"sizes": [2, 2, 1], "hidden": "rule", "output": "linear"}, "no activation 'rule'"),
        ({"sizes": [2, 2, 1], "depth": 3}, "unexpected keyword argument 'depth'"),
        ({}, "missing 1 required positional argument: 'sizes'"),
    ],
)
def test_an_architecture_that_cannot_be_built_is_refused(path, saved, architecture, message):
    path.write_text(json.dumps(saved | {"architecture": architecture}))
    with pytest.raises(ValueError, match=f"does not hold a complete MLP .*: .*{message}"):
        MLP.load(path)


def test_a_module_that_does_not_describe_itself_is_filled_but_not_built(path):
    model = Undescribed(2)
    model.numbers[1].data = 0.1
    model.save(path)
    assert Undescribed(2).load(path).state_dict() == {"numbers[0]": 0.0, "numbers[1]": 0.1}
    with pytest.raises(ValueError, match=r"Undescribed.*missing 1 required positional argument: 'size'"):
        Undescribed.load(path)


def test_a_file_that_is_not_there_is_an_error_of_the_system(path):
    with pytest.raises(FileNotFoundError):
        MLP.load(path)
    with pytest.raises(FileNotFoundError):
        MLP([2, 1]).load(path)
