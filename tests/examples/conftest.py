"""What the tests of several commands share."""

import errno
from itertools import count
from pathlib import Path

import pytest


@pytest.fixture
def full_disk_at(monkeypatch):
    """Lets the disk be full from the n-th file on."""

    def fill(number):
        write, written = Path.write_bytes, count(1)

        def write_or_not(path, content):
            if next(written) >= number:
                raise OSError(errno.ENOSPC, "no space left on device", str(path))
            return write(path, content)

        monkeypatch.setattr(Path, "write_bytes", write_or_not)

    return fill
