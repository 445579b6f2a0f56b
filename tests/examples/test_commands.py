"""The examples as commands: missing packages, wrong arguments, pipes that close, Ctrl-C, Python without docstrings."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import ROOT, command, interrupt, interruptible

from examples import arguments as checks
from examples import classify, compare, microgpt, micrograd_demo, pictures, rosenbrock, sine, tutorial, xor
from examples.arguments import add_backend, real_number, whole_number
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


PACKAGES = ["graphviz", "llvmlite", "matplotlib", "micrograd", "numpy", "pygraphviz", "tqdm"]


@pytest.mark.parametrize(("missing", "options"), [((), ["-OO"]), (PACKAGES, ())], ids=["no docstrings", "no packages"])
def test_each_command_has_help_or_says_in_one_line_what_to_install_and_makes_nothing(missing, options):
    assert len(EXAMPLES) >= 10
    before = {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()}
    for name, (output, errors) in run(EXAMPLES, ["--help"], missing, options).items():
        if errors and missing:
            assert re.fullmatch(rf"error: .*: python -m pip install ({'|'.join(missing)})\n", errors), errors
        else:
            assert output.startswith(f"usage: python -m examples.{name} ")
            assert errors == ""
    assert {path: path.stat().st_mtime_ns for path in pictures.FOLDER.iterdir()} == before


@pytest.mark.parametrize("missing", ["numpy", "micrograd"])
def test_the_benchmark_says_what_it_needs_before_it_starts(missing):
    cure = f"error: this needs {missing}: python -m pip install {missing}\n"
    assert run(["benchmark"], ["--rounds", "1"], [missing])["benchmark"] == ("", cure)


def test_a_module_that_is_no_package_to_install_ends_in_a_traceback():
    code = "import examples; import examples.no_such_module"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'examples.no_such_module'\n")


FROM_1 = "is not a whole number from 1 to 1000000"
WRITERS = {classify: "moons ", rosenbrock: "", sine: "", micrograd_demo: "", pictures: ""}


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        (tutorial, "--seed -1", "argument --seed: '-1' is not a whole number from 0 to 4294967295"),
        (tutorial, "--epochs many", f"argument --epochs: 'many' {FROM_1}"),
        (tutorial, "--seeds 10000 --hidden 1000", "--seeds, --hidden: this makes 10,000,000 hidden neurons, and at"),
        (tutorial, "--seed 1 --seeds 5", "argument --seeds: not allowed with argument --seed"),
        (compare, "--seed 4294967296", "'4294967296' is not a whole number from 0 to 4294967295"),
        (compare, "--hidden 100000000", "argument --hidden: '100000000' is not a whole number from 1 to 1000"),
        (compare, f"--epochs {'9' * 30}", f"9' {FROM_1}"),
        (benchmark, "--rounds 0", "argument --rounds: '0' is not a whole number from 1 to 1000"),
        (xor, "--seed -1", "argument --seed: '-1' is not a whole number from 0 up"),
        (xor, "--check-seeds 3 --seed 0", "not allowed with argument --check-seeds"),
        (xor, "--check-seeds 3 --output x", "not allowed with argument --check-seeds, which writes no files"),
        (xor, "--hidden 100000000", "argument --hidden: '100000000' is not a whole number from 1 to 2000000"),
        (xor, "--epochs 60000 --hidden 9", "--hidden, --epochs: this makes 2,220,037 numbers, every parameter after"),
        (xor, "--check-seeds 100001", "argument --check-seeds: '100001' is not a whole number from 1 to 100000"),
        (xor, "--output=", "argument --output: '' is no directory; the one you are in is '.'"),
        (xor, "--output loop", "argument --output: 'loop' is a link that leads nowhere"),
        (xor, "--output loop/in", "argument --output: 'loop/in' cannot be made a directory: Too many levels of symb"),
        *((module, f"{needed}--output=", "argument --output: '' is no") for module, needed in WRITERS.items()),
        (classify, f"moons --hidden {'100 ' * 6}", "argument --hidden: this makes 50,500 parameters, and at most 50,"),
        (classify, "moons --splits 1001", "argument --splits: '1001' is not a whole number from 1 to 1000"),
        (classify, "moons --epochs 1000001", f"argument --epochs: '1000001' {FROM_1}"),
        (classify, "roses", "invalid choice: 'roses'"),
        (classify, "iris --noise 0.1", "argument --noise: not allowed with iris, which was measured, not drawn"),
        (classify, "moons --noise 11", "argument --noise: '11' is not a number from 0 to 10"),
        (classify, "", "the following arguments are required: DATASET"),
        (microgpt, "--steps 0", "argument --steps: '0' is not a whole number from 1 to 100000"),
        (rosenbrock, "--start 1e200 1", "argument --start: the function is too large for a float there"),
        (rosenbrock, "--steps 200001", "argument --steps: '200001' is not a whole number from 1 to 200000"),
        (sine, "--noise -0.1", "argument --noise: '-0.1' is not a number from 0 to 10"),
        (sine, "--epochs 0", f"argument --epochs: '0' {FROM_1}"),
        (sine, "--backend numpy", "argument --backend: invalid choice: 'numpy'"),
        (xor, "--output file", "argument --output: 'file' is a file, not a directory"),
        (xor, "--output file/in", "argument --output: 'file/in' cannot be made a directory: Not a directory"),
    ],
)
def test_a_wrong_argument_gives_the_usage_and_status_2_before_anything_runs(
    module, arguments, message, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SystemExit) as ended:
        module.main(arguments.split())
    output, errors = capsys.readouterr()
    assert (ended.value.code, output) == (2, "")
    assert errors.startswith(f"usage: python -m {module.__name__.removesuffix('.__main__')} ")
    assert message in errors
    assert {path.name for path in tmp_path.iterdir()} == {"file", "loop"}
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("kind", "accepted", "refused", "message"),
    [
        (real_number(), ["-1e300", "0", " 2.5"], ["nan", "inf", "x", ""], "is not a number$"),
        (real_number(0.0), ["0", "1e-9", "7"], ["-1e-9", "inf", "-inf"], "is not a number from 0 up$"),
        (real_number(0.0, 1.0, above=True), ["0.5", "1"], ["0", "2"], "is not a number above 0 to 1$"),
        (whole_number(1), ["1", "900"], ["0", "1.0", ""], "is not a whole number from 1 up$"),
        (whole_number(1, 3), ["1", "3"], ["4", "-1"], "is not a whole number from 1 to 3$"),
    ],
)
def test_a_number_is_taken_within_its_bounds_and_refused_with_them(kind, accepted, refused, message):
    assert [kind(text) for text in accepted] == [float(text) for text in accepted]
    for text in refused:
        with pytest.raises(argparse.ArgumentTypeError, match=message):
            kind(text)


def test_machine_code_is_the_default_where_it_can_be_made_and_else_refused_with_the_cure(monkeypatch, capsys):
    def parser():
        made = argparse.ArgumentParser()
        add_backend(made)
        return made

    monkeypatch.setattr(checks, "has_llvm", lambda: True)
    assert parser().parse_args([]).backend == "llvm"
    monkeypatch.setattr(checks, "has_llvm", lambda: False)
    assert parser().parse_args([]).backend == "python"
    with pytest.raises(SystemExit):
        parser().parse_args(["--backend", "llvm"])
    assert "llvm needs llvmlite: python -m pip install llvmlite" in capsys.readouterr().err


posix = pytest.mark.skipif(os.name != "posix", reason="signals, and streams that close, are those of POSIX")


SHORT = [
    *("tutorial", "compare --epochs 2", "xor --epochs 2 --output {}", "xor --check-seeds 1 --epochs 2"),
    *("classify moons --epochs 1 --splits 2 --output {}", "rosenbrock --steps 5 --output {}"),
    *("sine --epochs 1 --output {}", "micrograd_demo --output {}", "study --seeds 1 --epochs 2 --output {}"),
    *("pictures --output {}", "benchmark --rounds 1"),
    *("microgpt --steps 2 --samples 2 --backend eager", "lessons", "site --output {}"),
]


def test_each_command_has_its_turn():
    assert {line.split()[0] for line in SHORT} == set(EXAMPLES)


@posix
@pytest.mark.parametrize("to", ["a reader that has gone", "a full disk"])
@pytest.mark.parametrize("line", ["tutorial", *(pytest.param(line, marks=pytest.mark.slow) for line in SHORT[1:])])
def test_what_nobody_can_read_ends_a_command_without_a_traceback(line, to, tmp_path):
    name, *options = line.format(tmp_path).split()
    if to == "a full disk":
        if not Path("/dev/full").exists():
            pytest.skip("there is no full disk to write to")
        with Path("/dev/full").open("w") as full:
            done = subprocess.run([*command(name), *options], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
        assert re.fullmatch(r".*error: .*No space left on device.*\n", done.stderr), done.stderr
        assert done.returncode == 1
        return
    running = subprocess.Popen([*command(name), *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == 1


def test_memory_that_is_exhausted_is_said(capsys):
    def ask_for_more():
        raise MemoryError

    with pytest.raises(SystemExit, match="1"):
        run_command(ask_for_more)
    assert capsys.readouterr().err == "error: out of memory: ask for less\n"


@posix
@pytest.mark.parametrize(
    "name", ["tutorial", "benchmark", "micrograd_demo --backend eager --output {}", "site --output {}/site"]
)
def test_ctrl_c_ends_a_command_and_its_children_without_a_traceback(name, tmp_path):
    pytest.importorskip("micrograd")
    name, *options = name.format(tmp_path).split()
    running = interruptible([*command(name, "-u"), *options])
    running.stdout.readline()
    interrupt(running)
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("closed", [1, 2, None])
def test_an_output_that_is_closed_or_has_few_letters_is_no_error(closed):
    streams = {name: None if number == closed else subprocess.PIPE for number, name in ((1, "stdout"), (2, "stderr"))}
    streams |= {"env": {**os.environ, "PYTHONIOENCODING": "ascii"}, "preexec_fn": closed and (lambda: os.close(closed))}
    done = subprocess.run([*command("compare", "-Werror"), "--epochs", "2"], cwd=ROOT, **streams)
    assert (done.returncode, done.stderr or b"") == (0, b"")
    if closed != 1:
        assert b"\nAfter 2 epochs no parameter " in done.stdout
        assert "L = ½ Σ".encode("ascii", errors="replace") in done.stdout
