"""Files that are complete or not there."""

from __future__ import annotations

import errno
import secrets
import shutil
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Give the file this content, so that whoever looks sees the old content or the new, never half of it.

    A link stays a link, and a file keeps its permissions; anything but a regular file (a pipe, a directory) is refused.
    An OSError names the file, not the scratch file beside it, of which a user knows nothing.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no directory {str(target.parent)!r} to write {target.name!r} into")
    scratch = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if target.exists() and not target.is_file():
            raise OSError(errno.EEXIST, "this is not a regular file")
        scratch.write_bytes(content)
        if target.is_file():
            shutil.copymode(target, scratch)
        scratch.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    finally:
        scratch.unlink(missing_ok=True)
