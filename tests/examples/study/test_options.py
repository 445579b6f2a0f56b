"""The command line of a study: its presets and options, and what is refused."""

import importlib.util
from pathlib import Path

import pytest
from support.commands import refusal

from examples.study import command
from examples.study.options import read_options
from examples.study.recipes import Recipe


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """What is written goes to a directory that is gone after the test."""
    monkeypatch.chdir(tmp_path)


def test_a_preset_is_options_which_others_replace(capsys):
    options = read_options(["--preset", "tutorial"])
    assert options.recipes == [Recipe((2,), "sigmoid", "half_sum_of_squares", "tutorial", "sgd", 0.1)]
    assert (options.seeds, options.problem.epochs, options.problem.accuracy) == (range(1_000), 10_000, 1.0)
    assert (options.problem.data, options.problem.options) == ("xor", ())
    assert len(read_options(["--preset", "xor"]).recipes) == 324
    options = read_options(["--rates", "0.5", "--preset", "xor", "--hidden", "2", "4,4"])
    assert {recipe.rate for recipe in options.recipes} == {0.5}
    assert {recipe.hidden for recipe in options.recipes} == {(2,), (4, 4)}
    assert {recipe.activation for recipe in options.recipes} == {"sigmoid", "tanh", "relu"}
    with pytest.raises(SystemExit):
        read_options(["--help"])
    assert "324 recipes for XOR" in " ".join(capsys.readouterr().out.split())


def test_data_have_options_and_a_directory_of_their_own():
    given = ["--data", "moons", "--samples", "30", "--noise", "0.2", "--data-seed", "5"]
    problem = read_options(given).problem
    assert len(problem.samples) == 30
    assert (problem.accuracy, problem.allowed) == (0.95, 1)
    assert problem.samples.inputs != read_options([*given, "--data-seed", "6"]).problem.samples.inputs
    parity = read_options(["--data", "parity", "--bits", "4"]).problem
    assert (len(parity.samples), parity.accuracy, parity.allowed) == (16, 1.0, 0)
    for arguments, name in (([], "xor"), (["--data", "circles"], "circles"), (["--preset", "tutorial"], "tutorial")):
        assert read_options(arguments).output == Path("study-output", name)
        assert Path("study-output", name).is_dir()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--data iris --noise 0.1", "argument --noise: not allowed with --data iris"),
        ("--activations log", "argument --activations: invalid choice: 'log'"),
        ("--hidden 2,,2", "argument --hidden: '' is not a whole number from 1 to 50000"),
        ("--hidden 100000000", "argument --hidden: '100000000' is not a whole number from 1 to 50000"),
        ("--hidden 2 300,300", "argument --hidden: this makes 91,501 parameters, and at most 50,000 are held in"),
        (
            "--data moons --samples 1000000000",
            "argument --samples: '1000000000' is not a whole number from 2 to 100000",
        ),
        ("--seeds 300000", "the grid, --seeds: this makes 1,800,000 trainings, and at most 500,000 are held in memory"),
        ("--epochs 1000001", "argument --epochs: '1000001' is not a whole number from 1 to 1000000"),
        ("--workers 1000000", "argument --workers: '1000000' is not a whole number from 1 to "),
        ("--output=", "argument --output: '' is no directory; the one you are in is '.'"),
        ("--dask=", "argument --dask: '' is no address, as tcp://127.0.0.1:8786 is"),
        ("--hidden 2 2,2 --initializers he tutorial", "tutorial draws the weights of one hidden layer only"),
        ("--rates 0", "argument --rates: '0' is not a number above 0"),
        ("--preset all", "argument --preset: invalid choice: 'all'"),
        ("--data spirals --samples 1", "argument --samples: '1' is not a whole number from 2 to 100000"),
        ("--preset tutorial", "by NumPy, which is missing: python -m pip install numpy"),
    ],
)
def test_wrong_arguments_end_in_a_usage_message_and_make_nothing(arguments, message, tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "numpy" else find(name))
    assert message in refusal(command.main, *arguments.split())
    assert list(tmp_path.iterdir()) == []
