"""The executor of a Dask cluster, by dask.distributed.

The workers need Python, and NumPy or llvmlite if the study does. They are sent the code of this checkout.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

PACKAGES = ("engine", "nn", "examples")
ENDINGS = (".py", ".csv")
"""What the workers need of this checkout: files with these endings in these packages."""

PATIENCE = 30
"""In seconds: how long to wait for the scheduler, and then for a first worker."""


class ClusterError(Exception):
    """A cluster cannot be used; the message says what is missing."""


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """Give the executor of the cluster whose scheduler is at ``address``, such as ``tcp://127.0.0.1:8786``.

    Work whose worker is lost is done again by another; if none is left, it waits for one. Raises ClusterError if
    anything is missing: dask.distributed, the scheduler, a worker, this code or another package on a worker; and if one
    piece of work loses its worker too often.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.comm import CommClosedError, get_address_host_port
    except ModuleNotFoundError:
        raise ClusterError("Dask is missing: python -m pip install distributed") from None
    try:
        get_address_host_port(address, strict=True)  # A client takes a minute to give up a malformed address.
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"no scheduler at {address!r}: start one with `dask scheduler` ({error})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ClusterError(f"the cluster has no workers: start one with `dask worker {address}`") from None
        _send_code(client)
        try:
            with client.get_executor() as executor:
                yield executor
        except (CancelledError, CommClosedError):
            raise ClusterError("the scheduler was lost") from None
        except KilledWorker:
            raise ClusterError("one piece of work lost its worker several times: look into the workers' logs") from None
        except ModuleNotFoundError as error:
            raise ClusterError(f"a worker lacks {error.name}: install it there") from None


def _send_code(client: Any) -> None:
    """Send the packages to the workers unless they have them; ClusterError if one has others."""
    if not _differing(client):
        return
    with tempfile.TemporaryDirectory() as folder:
        # Each version has a name of its own: a worker may still be reading the one before.
        path = Path(folder, f"seegrad_{fingerprint()[:16]}.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name, file in _sources():
                archive.writestr(name, file.read_bytes())
        client.upload_file(str(path))
    if differing := _differing(client):
        raise ClusterError(f"the worker {differing[0]} has other code of this project: restart it")


def _differing(client: Any) -> list[str]:
    """Return the addresses of the workers that have other code than this process, or none."""
    found = client.run(fingerprint, on_error="return")
    return [address for address, theirs in found.items() if theirs != fingerprint()]


@cache
def fingerprint() -> str:
    """Return a text that is the same where the packages are the same.

    It stays what it was at the first call: a worker that has imported the packages keeps them, whatever it is sent.
    """
    digest = hashlib.sha256()
    for name, file in _sources():
        digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources() -> list[tuple[str, Traversable]]:
    """Return the files of the packages, in folders or in a zip file, sorted by their paths."""
    found = []
    entries = [(package, files(package)) for package in PACKAGES]
    while entries:
        path, entry = entries.pop()
        if entry.is_dir():
            entries += [(f"{path}/{inner.name}", inner) for inner in entry.iterdir()]
        elif path.endswith(ENDINGS):
            found.append((path, entry))
    return sorted(found, key=lambda pair: pair[0])
