"""The executor of a Dask cluster (the extra ``cluster``).

The workers need Python, and NumPy or llvmlite where the study does. The code of this checkout is sent to them.
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
"""What the workers need of this checkout."""

ENDINGS = (".py", ".csv")

PATIENCE = 30
"""In seconds: how long to wait for the scheduler, and then for a first worker."""


class ClusterError(Exception):
    """A cluster cannot be used; the message says what is missing."""


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """Give the executor of the cluster whose scheduler is at ``address``, as ``tcp://127.0.0.1:8786``.

    A block whose worker is lost is run again by another; where none is left, it waits for one. Raises ClusterError
    without dask.distributed, if no scheduler answers or it is lost, if it has no worker, if one has other code of these
    packages, and if a block has lost its worker too often.
    """
    with _connected(address) as client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ClusterError(f"the cluster has no workers: start one with `dask worker {address}`") from None
        _send_code(client)
        with _named_losses(), client.get_executor() as executor:
            yield executor


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Give a client of the scheduler; ClusterError if there is none."""
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ModuleNotFoundError:
        raise ClusterError("Dask is missing: python -m pip install 'scalargrad[cluster]'") from None
    try:
        get_address_host_port(address, strict=True)  # A client that finds it wrong takes a minute to go away.
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"no scheduler at {address!r}: start one with `dask scheduler` ({error})") from None
    with client:
        yield client


@contextmanager
def _named_losses() -> Iterator[None]:
    """Say in words what was lost, if the block ends because of that."""
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError):
        raise ClusterError("the scheduler was lost") from None
    except KilledWorker:
        raise ClusterError("one block has lost its worker several times: look into the workers' logs") from None
    except ModuleNotFoundError as error:
        raise ClusterError(f"a worker lacks {error.name}: install it there") from None


# --- Code on the workers ----------------------------------------------------------------------------------------------


def _send_code(client: Any) -> None:
    """Send the packages to the workers unless they have them; ClusterError if one has others."""
    wanted = fingerprint()
    if not _differing(client, wanted):
        return
    with tempfile.TemporaryDirectory() as folder:
        client.upload_file(str(_packed(Path(folder))))
    if differing := _differing(client, wanted):
        raise ClusterError(f"the worker {differing[0]} has other code of this project: restart it")


def _differing(client: Any, wanted: str) -> list[str]:
    """Return the addresses of the workers that have not the code with this fingerprint, or none."""
    found = client.run(fingerprint, on_error="return")
    return [address for address, fingerprint in found.items() if fingerprint != wanted]


@cache
def fingerprint() -> str:
    """Return a text that is the same where the packages are the same: as they were when this was first asked.

    A worker that has once imported them keeps them, whatever it is sent later.
    """
    digest = hashlib.sha256()
    for package in PACKAGES:
        for name, file in _sources(files(package), package):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _packed(folder: Path) -> Path:
    """Write the packages into a file from which they can be imported."""
    # Another version goes by another name: a worker may still be reading the one before.
    path = folder / f"scalargrad_{fingerprint()[:16]}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for package in PACKAGES:
            for name, file in _sources(files(package), package):
                archive.writestr(name, file.read_bytes())
    return path


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the files of a package, in a folder or in a zip file, each with its path."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(ENDINGS):
            yield f"{name}/{entry.name}", entry
