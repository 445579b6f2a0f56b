"""The examples as commands: pipes that close, Ctrl-C, arguments that are wrong, and Python without docstrings."""

import os
import subprocess
import sys

import pytest
from support.commands import ROOT, command, interrupt, interruptible

from examples import pictures, tutorial
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
@pytest.mark.slow
def test_help_needs_no_docstrings_and_makes_nothing(name):
    before = {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()}
    shown = subprocess.run([*command(name, "-OO"), "--help"], cwd=ROOT, capture_output=True, text=True)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"usage: python -m examples.{name}")
    assert {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()} == before


def test_an_unknown_argument_makes_no_picture(monkeypatch):
    monkeypatch.setattr(pictures, "PICTURES", {"expression.svg": None})
    monkeypatch.setattr(sys, "argv", ["pictures", "--all"])
    with pytest.raises(SystemExit) as ended:
        pictures.main()
    assert ended.value.code == 2


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


@pytest.mark.parametrize(("result", "status"), [(None, 0), (0, 0), (1, 1)])
def test_the_exit_status_is_what_main_returns(result, status):
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: result)
    assert ended.value.code == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hidden", "1001"], "argument --hidden: '1001' is not a whole number from 1 to 1000"),
        (["--seeds", "10001"], "argument --seeds: '10001' is not a whole number from 1 to 10000"),
    ],
)
def test_the_tutorial_limits_what_has_to_fit_into_memory(arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        tutorial.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
