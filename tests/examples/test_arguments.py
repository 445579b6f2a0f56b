"""Arguments of the examples: what is wrong with one is said before anything runs."""

import argparse

import pytest

from examples import arguments
from examples.arguments import add_backend, real_number, whole_number


@pytest.mark.parametrize(
    ("kind", "accepted", "refused", "message"),
    [
        (real_number(), ["-1e300", "0", " 2.5"], ["nan", "inf", "x", ""], "is not a number$"),
        (real_number(0.0), ["0", "1e-9", "7"], ["-1e-9", "inf", "-inf"], "is not a number from 0 up$"),
        (real_number(0.0, above=True), ["1e-9"], ["0", "-0", "-1"], "is not a number above 0$"),
        (real_number(0.0, 1.0), ["0", "0.5", "1"], ["1.0001", "-0.1", "nan"], "is not a number from 0 to 1$"),
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

    monkeypatch.setattr(arguments, "has_llvm", lambda: True)
    assert parser().parse_args([]).backend == "llvm"
    monkeypatch.setattr(arguments, "has_llvm", lambda: False)
    assert parser().parse_args([]).backend == "python"
    with pytest.raises(SystemExit):
        parser().parse_args(["--backend", "llvm"])
    assert "llvm needs llvmlite: python -m pip install llvmlite" in capsys.readouterr().err
