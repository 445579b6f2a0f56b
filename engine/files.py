"""Files that are complete or not there."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Give the file this content, so that whoever looks sees the old content or the new, never half of it.

    A link stays a link, and a file keeps its permissions; anything but a regular file (a pipe, a directory) is refused.
    An OSError names the file, not the scratch file beside it, of which a user knows nothing, and says what is there.
    """
    target = Path(os.path.realpath(path))  # `Path.resolve` raises other errors for links in a circle, or none.
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no directory {str(target.parent)!r} to write {target.name!r} into")
    scratch = target.with_name(f".{secrets.token_hex(8)}.part")
    there = False
    try:
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        there = target.is_file()
        if target.exists() and not there:
            raise OSError(errno.EEXIST, "this is not a regular file")
        scratch.write_bytes(content)
        with scratch.open("r+b") as file:
            os.fsync(file.fileno())
        if there:
            shutil.copymode(target, scratch)
        scratch.replace(target)
    except OSError as error:
        left = "the file that was there is as it was" if there else "nothing was written"
        raise OSError(error.errno, f"{error.strerror or error}; {left}", str(target)) from None
    finally:
        scratch.unlink(missing_ok=True)
