"""Trainings of a few epochs are not worth a program, but these are here to test programs: they cost nothing."""

import pytest
from support.program_checks import BACKENDS

from nn import planning


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """The kinds of programs that trainings make, in order."""
    kinds = []
    for kind in ("Rows", "WholeBatch"):
        original = getattr(planning, kind)
        monkeypatch.setattr(planning, kind, lambda *a, o=original, k=kind: kinds.append(k) or o(*a))
    for backend in BACKENDS:
        monkeypatch.setitem(planning.COSTS, backend, planning.Cost(0.0, 0.0, 0.0, 2_500))
    return kinds
