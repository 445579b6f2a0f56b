"""The examples as commands: missing packages, wrong arguments, pipes that close, Ctrl-C, Python without docstrings."""

import os
import subprocess
import sys

import pytest
from support.commands import ROOT, command, interrupt, interruptible

from examples import compare, pictures, tutorial
from examples.benchmark import __main__ as benchmark
from examples.command import run_command

EXAMPLES = [
    "benchmark",
    "classify",
    "compare",
    "micrograd_demo",
    "pictures",
    "rosenbrock",
    "sine",
    "study",
    "tutorial",
    "xor",
]


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_needs_no_docstrings_and_makes_nothing(name):
    before = {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()}
    shown = subprocess.run([*command(name, "-OO"), "--help"], cwd=ROOT, capture_output=True, text=True)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"usage: python -m examples.{name}")
    assert {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()} == before


# --- Packages that are missing ----------------------------------------------------------------------------------------

WITHOUT = """
import runpy, sys
sys.modules.update(dict.fromkeys({packages!r}))  # None there: Python says that such a module is not found
sys.argv = ["command", *{arguments!r}]
runpy.run_module("examples.{name}", run_name="__main__", alter_sys=True)
"""
"""Runs an example where some packages cannot be imported."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_optional_packages_a_command_works_or_says_in_one_line_what_to_install(name):
    packages = ["graphviz", "llvmlite", "matplotlib", "micrograd", "numpy", "pygraphviz", "tqdm"]
    code = WITHOUT.format(packages=packages, arguments=["--help"], name=name)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        assert (done.stdout.partition(":")[0], done.stderr) == ("usage", "")
    else:
        (line,) = done.stderr.splitlines()
        assert any(line.endswith(f": python -m pip install {package}") for package in packages), line


@pytest.mark.parametrize("missing", ["numpy", "micrograd"])
def test_the_benchmark_says_what_it_needs_before_it_starts(missing):
    code = WITHOUT.format(packages=[missing], arguments=["--rounds", "1"], name="benchmark")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: this needs {missing}: python -m pip install {missing}\n"


def test_what_is_no_missing_package_has_its_traceback():
    code = "import examples; import examples.no_such_module"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'examples.no_such_module'\n")


# --- Arguments that are wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "name", "arguments", "message"),
    [
        (tutorial, "tutorial", ["--seed", "-1"], "argument --seed: '-1' is not a whole number from 0 to 4294967295"),
        (tutorial, "tutorial", ["--seeds", "0"], "argument --seeds: '0' is not a whole number from 1 to 10000"),
        (tutorial, "tutorial", ["--seeds", "10001"], "argument --seeds: '10001' is not a whole number from 1 to 10000"),
        (tutorial, "tutorial", ["--hidden", "1001"], "argument --hidden: '1001' is not a whole number from 1 to 1000"),
        (tutorial, "tutorial", ["--epochs", "many"], "argument --epochs: 'many' is not a whole number from 1 up"),
        (tutorial, "tutorial", ["--seed", "1", "--seeds", "5"], "argument --seeds: not allowed with argument --seed"),
        (compare, "compare", ["--seed", str(2**32)], "'4294967296' is not a whole number from 0 to 4294967295"),
        (compare, "compare", ["--epochs", "0"], "argument --epochs: '0' is not a whole number from 1 up"),
        (compare, "compare", ["--hidden", "1.5"], "argument --hidden: '1.5' is not a whole number from 1 up"),
        (benchmark, "benchmark", ["--rounds", "0"], "argument --rounds: '0' is not a whole number from 1 up"),
    ],
)
def test_a_wrong_argument_gives_the_usage_and_status_2(module, name, arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        module.main(arguments)
    errors = capsys.readouterr().err
    assert ended.value.code == 2
    assert errors.startswith(f"usage: python -m examples.{name}")
    assert errors.endswith(f"{message}\n")


def test_an_unknown_argument_makes_no_picture(monkeypatch):
    monkeypatch.setattr(pictures, "PICTURES", {"expression.svg": None})
    monkeypatch.setattr(sys, "argv", ["pictures", "--all"])
    with pytest.raises(SystemExit) as ended:
        pictures.main()
    assert ended.value.code == 2


# --- How a command ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("result", "status"), [(None, 0), (0, 0), (1, 1)])
def test_the_exit_status_is_what_main_returns(result, status):
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: result)
    assert ended.value.code == status


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals are those of POSIX")
def test_a_reader_that_has_gone_is_no_error():
    running = subprocess.Popen(command("tutorial"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == 1


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals are those of POSIX")
@pytest.mark.parametrize("name", ["tutorial", "benchmark"])
def test_ctrl_c_ends_a_command_and_its_children_without_a_traceback(name):
    if name == "benchmark":
        pytest.importorskip("micrograd")
    running = interruptible(command(name, "-u"))
    running.stdout.readline()
    interrupt(running)


@pytest.mark.skipif(os.name != "posix", reason="streams are closed as POSIX does it")
@pytest.mark.parametrize("changes", [{"preexec_fn": lambda: os.close(1)}, {"preexec_fn": lambda: os.close(2)}, {}])
@pytest.mark.slow
def test_an_output_that_is_closed_or_has_few_letters_is_no_error(changes, tmp_path):
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    options = ["--seeds", "2", "--epochs", "2", "--output", str(tmp_path)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | changes
    done = subprocess.run([*command("study", "-Werror"), *options], cwd=ROOT, env=surroundings, **streams)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"95 % interval" in (done.stdout or b"95 % interval")
    assert (tmp_path / "table.csv").exists()
