"""The examples as commands: missing packages, wrong arguments, pipes that close, Ctrl-C, Python without docstrings."""

import os
import re
import subprocess
import sys

import pytest
from support.commands import ROOT, command, interrupt, interruptible

from examples import compare, pictures, tutorial, xor
from examples.benchmark import __main__ as benchmark
from examples.command import run_command

EXAMPLES = sorted(
    path.parent.name if path.stem == "__main__" else path.stem
    for path in (ROOT / "examples").rglob("*.py")
    if "    run_command(main)" in path.read_text(encoding="utf-8")
)

RUN = """
import runpy, sys
sys.modules.update(dict.fromkeys({missing!r}))  # None there: Python says that such a module is not found
for name in {names!r}:
    sys.argv = ["command", *{arguments!r}]
    print("#", name, flush=True)
    print("#", name, file=sys.stderr, flush=True)
    try:
        runpy.run_module(f"examples.{{name}}", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        assert not ended.code, ended.code
    except ModuleNotFoundError:
        sys.excepthook(*sys.exc_info())
"""


def run(names, arguments, missing=(), options=()):
    """(output, errors) of each example, run in one process where some packages cannot be imported."""
    code = RUN.format(names=names, arguments=arguments, missing=missing)
    done = subprocess.run([sys.executable, *options, "-c", code], cwd=ROOT, capture_output=True, text=True)
    outputs, errors = (
        {name: text for name, _, text in (part.partition("\n") for part in stream.split("# ")[1:])}
        for stream in (done.stdout, done.stderr)
    )
    return {name: (outputs[name], errors[name]) for name in names}


def test_help_needs_no_docstrings_and_makes_nothing():
    assert len(EXAMPLES) >= 10
    before = {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()}
    for name, (output, errors) in run(EXAMPLES, ["--help"], options=["-OO"]).items():
        assert output.startswith(f"usage: python -m examples.{name} ")
        assert errors == ""
    assert {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()} == before


# --- Packages that are missing ----------------------------------------------------------------------------------------


def test_without_optional_packages_a_command_works_or_says_in_one_line_what_to_install():
    packages = ["graphviz", "llvmlite", "matplotlib", "micrograd", "numpy", "pygraphviz", "tqdm"]
    for name, (output, errors) in run(EXAMPLES, ["--help"], packages).items():
        if errors:
            assert re.fullmatch(rf"error: .*: python -m pip install ({'|'.join(packages)})\n", errors), errors
        else:
            assert output.startswith(f"usage: python -m examples.{name} ")


@pytest.mark.parametrize("missing", ["numpy", "micrograd"])
def test_the_benchmark_says_what_it_needs_before_it_starts(missing):
    cure = f"error: this needs {missing}: python -m pip install {missing}\n"
    assert run(["benchmark"], ["--rounds", "1"], [missing])["benchmark"] == ("", cure)


def test_a_missing_package_ends_a_process_in_one_line_and_anything_else_in_a_traceback():
    code = "import sys; sys.modules['numpy'] = None; import examples.xor"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "error: this needs numpy: python -m pip install numpy\n")
    code = "import examples; import examples.no_such_module"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'examples.no_such_module'\n")


# --- Arguments that are wrong -----------------------------------------------------------------------------------------


FROM_1 = "is not a whole number from 1 up"


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        (tutorial, "--seed -1", "argument --seed: '-1' is not a whole number from 0 to 4294967295"),
        (tutorial, "--seeds 0", "argument --seeds: '0' is not a whole number from 1 to 10000"),
        (tutorial, "--hidden 1001", "argument --hidden: '1001' is not a whole number from 1 to 1000"),
        (tutorial, "--epochs many", f"argument --epochs: 'many' {FROM_1}"),
        (tutorial, "--seed 1 --seeds 5", "argument --seeds: not allowed with argument --seed"),
        (compare, "--seed 4294967296", "'4294967296' is not a whole number from 0 to 4294967295"),
        (benchmark, "--rounds 0", f"argument --rounds: '0' {FROM_1}"),
        (xor, "--seed -1", "argument --seed: '-1' is not a whole number from 0 up"),
        (xor, "--check-seeds 0", f"argument --check-seeds: '0' {FROM_1}"),
        (xor, "--check-seeds 3 --seed 0", "not allowed with argument --check-seeds"),
        (xor, "--check-seeds 3 --output x", "not allowed with argument --check-seeds, which writes no files"),
        (xor, "--output file", "argument --output: 'file' is a file, not a directory"),
        (xor, "--output file/in", "argument --output: 'file/in' cannot be made a directory: Not a directory"),
    ],
)
def test_a_wrong_argument_gives_the_usage_and_status_2_before_anything_runs(
    module, arguments, message, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        module.main(arguments.split())
    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.err.startswith(f"usage: python -m {module.__name__.removesuffix('.__main__')} ")
    assert captured.err.endswith(f"{message}\n")
    assert captured.out == ""
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "mine")]


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
@pytest.mark.parametrize("closed", [1, 2, None])
def test_an_output_that_is_closed_or_has_few_letters_is_no_error(closed):
    streams = {name: None if number == closed else subprocess.PIPE for number, name in ((1, "stdout"), (2, "stderr"))}
    streams |= {"env": {**os.environ, "PYTHONIOENCODING": "ascii"}, "preexec_fn": closed and (lambda: os.close(closed))}
    done = subprocess.run([*command("compare", "-Werror"), "--epochs", "2"], cwd=ROOT, **streams)
    assert (done.returncode, done.stderr or b"") == (0, b"")
    if closed != 1:
        assert b"\n  by the engine, eager " in done.stdout
        assert "L = ½ Σ".encode("ascii", errors="replace") in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="streams are closed as POSIX does it")
@pytest.mark.slow
def test_a_pool_of_processes_survives_a_closed_output(tmp_path):
    options = ["--seeds", "2", "--epochs", "2", "--output", str(tmp_path)]
    close = {"stderr": subprocess.PIPE, "preexec_fn": lambda: os.close(1)}
    done = subprocess.run([*command("study", "-Werror"), *options], cwd=ROOT, **close)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "table.csv").exists()
