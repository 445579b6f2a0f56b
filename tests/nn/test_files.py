"""Models as files: exact, all or nothing, checked by round trip, and nothing but what was saved."""

import json
import math
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Value, files
from nn import MLP, Layer, Module, Neuron

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and limits are those of POSIX")
LOOP: list = []
LOOP.append(LOOP)
NAME = "layers[0].neurons[0].w[0]"


class Line(Module):
    """Its constructor takes nothing, so it has nothing to describe."""

    def __init__(self):
        self.slope, self.offset = Value(0.0, "slope"), Value(1.0, "offset")


class Undescribed(Module):
    def __init__(self, size):
        self.numbers = [Value(0.0) for _ in range(size)]


class Inherited(MLP):
    def __init__(self, hidden):
        super().__init__([2, hidden, 1])


class Tied(MLP):
    def __init__(self, sizes, hidden="tanh", output="sigmoid"):
        super().__init__(sizes, hidden, output)
        self.layers[0].neurons[1].w = self.layers[0].neurons[0].w


class Configured(Neuron):
    def __init__(self, options):
        super().__init__(2)
        self.options = options

    def architecture(self):
        return {"options": self.options}


class Stepping(Module):
    def __init__(self, step=0.0):
        self.step = step + 0.25

    def architecture(self):
        return {"step": self.step}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


@pytest.fixture
def saved(path):
    """A file, and what it says."""
    MLP([2, 2, 1], hidden="relu", output="linear", seed=3).save(path)
    return json.loads(path.read_text())


def refused(path, by_model, by_class=""):
    """Neither a model nor a class takes the file, and the model is untouched; every message can be printed."""
    model = MLP([2, 2, 1], hidden="relu", output="linear", seed=8)
    before = model.state_dict()
    for load, message in ((model.load, by_model), (MLP.load, by_class or by_model)):
        with pytest.raises(ValueError, match=message) as caught:
            load(path)
        assert str(path) in str(caught.value)
        str(caught.value).encode("utf-8")
    assert model.state_dict() == before


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
        Configured({"a": [1, None]}),
        Tied([2, 2, 1]),
        Line(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_a_class_builds_from_the_file_what_was_saved_and_a_model_is_filled_in_place(model, path):
    model.parameters()[0].data = 0.25
    model.save(path)
    loaded = type(model).load(path)
    assert repr(loaded) == repr(model)
    assert loaded.state_dict() == model.state_dict()
    assert [p.label for p in loaded.parameters()] == [p.label for p in model.parameters()]
    parameters = loaded.parameters()
    parameters[0].data = 0.5
    assert loaded.load(str(path)) is loaded
    assert loaded.state_dict() == model.state_dict()
    assert all(a is b for a, b in zip(loaded.parameters(), parameters, strict=True))


def test_whole_numbers_and_options_in_any_order_are_read(path):
    model = Configured({"a": 1, "b": 2})
    model.save(path)
    text = path.read_text().replace("0.0", "3")
    path.write_text(json.dumps(json.loads(text) | {"architecture": {"options": {"b": 2, "a": 1}}}))
    assert model.load(path) is model
    assert Configured.load(path).options == {"a": 1, "b": 2}
    assert model.b.data == 3.0


def network_with(number):
    model = MLP([2, 2, 1])
    model.layers[1].neurons[0].w[1].data = number
    return model


def shared():
    model = MLP([2, 2, 1])
    model.layers[0].neurons[1].w = model.layers[0].neurons[0].w
    return model


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (network_with(-math.inf), ValueError, r"layers\[1\]\.neurons\[0\]\.w\[1\] is -inf.*nothing was saved"),
        (network_with(math.nan), ValueError, "is nan.*nothing was saved"),
        (MLP([2, 1], output=lambda x: x), TypeError, r"architecture\(\) returns .*'<lambda>'.*engine\.register"),
        (Configured({1, 2}), TypeError, r"nothing was saved: JSON has no form for \{1, 2\}, which architecture\(\)"),
        (Configured([{"a": {1: 2}}]), TypeError, r"1 is a name in what architecture\(\) returns, but no string"),
        (Configured(math.nan), ValueError, r"Configured\.load could not build it again: NaN is not a number"),
        (
            Configured(LOOP),
            ValueError,
            r"nothing was saved: JSON cannot hold what architecture\(\) returns: .*recursion",
        ),
        (Undescribed(2), ValueError, r"missing 1 required positional argument: 'size'\. Let architecture\(\) return"),
        (Inherited(2), ValueError, r"unexpected keyword argument 'sizes'\. Let architecture\(\) return"),
        (
            shared(),
            ValueError,
            r"MLP\.load could not .* 7 parameters, where its architecture makes 9\. Let architecture",
        ),
        (Stepping(), ValueError, r"step is 0.25 in the file and 0.5 in the model\. Let architecture\(\) return"),
    ],
    ids=lambda item: type(item).__name__ if isinstance(item, Module) else "",
)
def test_a_model_that_could_not_be_loaded_is_not_saved(model, error, message, path):
    path.write_text("as before")
    with pytest.raises(error, match=message):
        model.save(path)
    assert path.read_text() == "as before"


def test_a_file_is_replaced_whole_or_not_at_all_and_nothing_is_left_beside_it(path, monkeypatch):
    for seed in (1, 2):
        MLP([2, 2, 1], seed=seed).save(path)
    before = path.read_bytes()
    assert MLP.load(path).state_dict() == MLP([2, 2, 1], seed=2).state_dict()

    def no_space(_descriptor):
        raise OSError("no space left on device")

    monkeypatch.setattr(files.os, "fsync", no_space)
    with pytest.raises(OSError, match="no space left"):
        MLP([2, 2, 1], seed=3).save(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@posix
def test_permissions_links_and_readers_survive_a_save(path):
    MLP([2, 1]).save(path)
    path.chmod(0o600)
    link = path.with_name("link.json")
    link.symlink_to(path)
    whole = path.read_text()
    with path.open() as reader:
        beginning = reader.read(50)
        MLP([2, 1], seed=5).save(link)
        assert beginning + reader.read() == whole
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.with_name("plain").touch()
    MLP([2, 1]).save(path.with_name("new.json"))
    assert path.with_name("new.json").stat().st_mode == path.with_name("plain").stat().st_mode
    assert MLP.load(path).state_dict() == MLP([2, 1], seed=5).state_dict()


@posix
def test_what_the_system_refuses_names_the_target_and_replaces_nothing(tmp_path):
    model, longest, pipe, circle = MLP([2, 1]), tmp_path / ("m" * 255), tmp_path / "pipe", tmp_path / "circle"
    model.save(longest)
    assert MLP.load(longest).sizes == [2, 1]
    os.mkfifo(pipe)
    circle.symlink_to(circle)
    refused = [(f"{longest}m", "nothing was written"), (pipe, "not a regular file"), (circle, "symbolic links")]
    for path, message in refused:
        with pytest.raises(OSError, match=message) as caught:
            model.save(path)
        assert caught.value.filename == str(path)
    assert (pipe.is_fifo(), circle.is_symlink()) == (True, True)
    with pytest.raises(OSError, match="symbolic links"):
        MLP.load(circle)
    with pytest.raises(FileNotFoundError, match=r"no directory .*absent' to write 'model\.json' into"):
        model.save(tmp_path / "absent" / "model.json")
    for load in (MLP.load, model.load):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "absent.json")


@pytest.mark.usefixtures("saved")
def test_a_truncated_file_is_refused_wherever_it_ends(path):
    content = path.read_bytes().rstrip()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        refused(path, "not complete JSON")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "not complete JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", 'does not say "format"'),
        (b'{"format": "1", "format": "2"}', "the name 'format' occurs twice"),
    ],
)
def test_what_is_not_a_model_at_all_is_refused(path, content, message):
    path.write_bytes(content)
    refused(path, message)


@pytest.mark.parametrize(
    ("keys", "entry", "by_model", "by_class"),
    [
        (["format"], "another model", 'does not say "format"', ""),
        (["version"], 2, "written in version 2; this program reads version 1", ""),
        (["kind"], "Layer", "holds a module of class Layer, not MLP", ""),
        (["kind"], 5, "an entry 'kind' of type str", ""),
        (["kind"], "\ud800", "ud800", ""),
        (["architecture"], ..., "an entry 'architecture' of type dict", ""),
        (["parameters"], [0.5], "an entry 'parameters' of type dict", ""),
        (["epoch"], 3, "an entry 'epoch', which means nothing", ""),
        (["parameters", NAME], ..., r"missing are layers\[0\]\.neurons\[0\]\.w\[0\]; unknown are none", "8 .* makes 9"),
        (["parameters", "layers[9]"], 1.0, r"missing are none; unknown are layers\[9\]", "there are 10 .* makes 9"),
        (["parameters", "\ud800"], 1.0, "ud800", "parameters"),
        (["architecture", "hidden"], ..., "hidden is missing in the file and 'relu' in the model", "hidden is missing"),
        (["architecture", "hidden"], "rule", "hidden is 'rule'", "a complete MLP .*no activation 'rule'"),
        (["architecture", "sizes"], [2.0, 2, 1], r"sizes is \[2\.0, 2, 1\] in the file", "whole number, not 2.0"),
        (["architecture", "sizes"], [2, 3, 1], "sizes is", "9 parameters, where its architecture makes 13"),
        (["architecture", "sizes"], ..., "sizes is missing", "missing 1 required positional argument: 'sizes'"),
        (["architecture", "seed"], 3, "seed is in the file and unknown to the model", "seed is in the file"),
        (["architecture", "\ud800"], 1, "ud800", ""),
    ],
)
def test_a_changed_file_is_refused_in_words(path, saved, keys, entry, by_model, by_class):
    section = saved if len(keys) == 1 else saved[keys[0]]
    section[keys[-1]] = entry
    if entry is ...:
        del section[keys[-1]]
    path.write_text(json.dumps(saved))
    refused(path, by_model, by_class)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"0.5"', "w\\[0\\] is '0.5', not a number"),
        ("NaN", "NaN is not a number in JSON"),
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


@pytest.mark.parametrize(
    ("model", "size"),
    [
        (MLP([2, 1]), {"sizes": [2, 1_000_000_000, 1]}),
        (Layer(2, 1), {"inputs": 2, "outputs": 1_000_000_000}),
        (Neuron(2), {"inputs": 1_000_000_000}),
    ],
)
def test_a_small_file_does_not_build_a_giant(path, model, size):
    model.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"architecture": size}))
    with pytest.raises(ValueError, match="there are 3 parameters, where its architecture makes"):
        type(model).load(path)
