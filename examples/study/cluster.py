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
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
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
    name, content = archive()
    if not _differing(client, name):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        client.upload_file(str(path))
    if differing := _differing(client, name):
        raise ClusterError(f"the worker {differing[0]} has other code of this project: restart it")


def archive() -> tuple[str, bytes]:
    """Return the packages as a zip file, and its name, which is another for other code."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*")):
            if path.suffix in ENDINGS:
                # A file of no date: the same code has the same bytes.
                packed.writestr(zipfile.ZipInfo(path.relative_to(ROOT).as_posix()), path.read_bytes())
    return f"seegrad_{hashlib.sha256(stream.getvalue()).hexdigest()[:16]}.zip", stream.getvalue()


@cache
def loaded() -> str:
    """Return the name of the archive that this process has the packages from, or, of a folder, that they would make.

    It stays what it was at the first call: a worker that has imported the packages keeps them, whatever it is sent.
    """
    return archive()[0] if ROOT.is_dir() else ROOT.name


def _differing(client: Any, name: str) -> list[str]:
    """Return the addresses of the workers that do not have the packages from this archive."""
    found = client.run(loaded, on_error="return")
    return [address for address, theirs in found.items() if theirs != name]
