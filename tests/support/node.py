"""JavaScript that runs in Node: doubles go in, doubles come out, and no bit of them is lost on the way."""

import shutil
import subprocess
import tempfile
from array import array
from pathlib import Path

import pytest

SCRIPT = """"use strict";
const fs = require("fs");

function main(numbers) {
%s
}

const { buffer, byteOffset, length } = fs.readFileSync(0);
const numbers = new Float64Array(buffer.slice(byteOffset, byteOffset + length));
fs.writeFileSync(1, new Uint8Array(Float64Array.from(main(numbers)).buffer));
"""


def bytes_of(numbers):
    """Doubles as this machine has them, unless they are bytes already."""
    return numbers if isinstance(numbers, bytes) else array("d", numbers).tobytes()


def run_javascript(text, numbers=()):
    """What a text returns, as an array of doubles: it is the body of a function of ``numbers``, a Float64Array.

    ``numbers`` are any floats, or the bytes of doubles as this machine has them. Where the text throws or is no
    JavaScript, a RuntimeError has what Node says.
    """
    node = shutil.which("node")
    if not node:
        pytest.skip("no `node` on the PATH: install Node.js (Debian: apt install nodejs)")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.js")
        script.write_text(SCRIPT % text, encoding="utf-8")
        finished = subprocess.run([node, script], input=bytes_of(numbers), capture_output=True, check=False)
    if finished.returncode:
        raise RuntimeError(f"Node failed:\n{finished.stderr.decode()}")
    results = array("d")
    results.frombytes(finished.stdout)
    return results
