"""A process of its own for the learner's code, with limits of time and memory, which answers questions.

This file is both ends of it: `Worker` is used by the checker, and `serve` runs in the process. They speak in lines of
JSON, over pipes that the learner's code does not see: its own output is caught, and it finds nothing to read.

In a page there are no processes: there the checker uses `Here`, which is what `serve` uses in its process.
"""

import contextlib
import io
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, Self

from examples.lessons.exercises.merging import Engine, their_engine
from examples.lessons.exercises.questions import Answer, Line, Question, ask
from examples.lessons.exercises.table import FILES

SECONDS = 2.0
"""How long the learner's code may compute before it answers one question."""
WATCHED_SECONDS = 5.0
"""The same where each of its lines is watched, which makes it slow."""
PATIENCE = 20.0
"""How long the checker waits for an answer, in seconds: a process may sleep, or the machine be busy."""
MEMORY = 2 * 2**30
"""How much the process may reserve, in bytes; NumPy alone takes a quarter of it."""

ROOT = Path(__file__).resolve().parents[3]


class Worker:
    """The learner's engine in a process of its own, which is started again when it was lost.

    Use it as a context manager. folder is where the learner's code looks for modules of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._engine: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def load(self, texts: Mapping[str, str], lent: Iterable[str]) -> None:
        """Use the learner's files with these texts from now on, with the pieces ``lent`` from ours."""
        self._engine = {"texts": dict(texts), "lent": sorted(lent)}
        if self._process:
            self._send(self._engine)

    def ask(self, question: Question) -> tuple[list[Answer], str]:
        """Return the learner's answers to a question, and what their code printed meanwhile."""
        if self._process is None:
            self._start()
            self._send(self._engine)
        self._send({"lines": question.lines, "only_if": question.only_if})
        try:
            line = self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            line = json.dumps([[["", "TimeoutError", f"no answer came within {PATIENCE:g} seconds"]], ""])
            self._stop()
        if not line:
            line = json.dumps([[["", "SystemExit", "the process ended before it answered"]], ""])
            self._stop()
        answers, printed = json.loads(line)
        return [Answer(*answer) for answer in answers], printed

    def _start(self) -> None:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "examples.lessons.exercises.worker"],
            cwd=self._folder,
            # Threads of NumPy's would reserve memory for themselves.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._lines = queue.Queue()
        threading.Thread(target=pump, args=(self._process.stdout, self._lines), daemon=True).start()

    def _send(self, message: Mapping[str, Any]) -> None:
        # A process that ended is noticed by the answer that does not come.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()
            self._process = None


class Here:
    """The learner's engine in this process, used as a `Worker` is. What it computes without end, it stops itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder.resolve())
        self._engine = Engine({}.__getitem__)

    def __enter__(self) -> Self:
        sys.path.append(self._folder)
        return self

    def __exit__(self, *_: object) -> None:
        sys.path.remove(self._folder)

    def load(self, texts: Mapping[str, str], lent: Iterable[str]) -> None:
        """Use the learner's files with these texts from now on, with the pieces ``lent`` from ours."""
        self._engine = their_engine(texts, lent)

    def ask(self, question: Question) -> tuple[list[Answer], str]:
        """Return the learner's answers to a question, and what their code printed meanwhile."""
        with contextlib.redirect_stdout(io.StringIO()) as printed, time_limit():
            answers = ask(self._engine, question)
        return answers, printed.getvalue()[:1000]


def worker_for(folder: Path) -> Worker | Here:
    """Return who answers for the learner's engine: a process of its own, or this one in a page."""
    return Here(folder) if sys.platform == "emscripten" else Worker(folder)


def pump(stream: io.TextIOBase, lines: "queue.Queue[str]") -> None:
    """Put each line of a stream into a queue, and an empty text at its end."""
    with stream:
        for line in stream:
            lines.put(line)
    lines.put("")


def serve() -> None:
    """Answer questions, one line of JSON each, until the input ends."""
    inlet = os.fdopen(os.dup(0), encoding="utf-8")
    outlet = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with Path(os.devnull).open("r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    limit_memory()
    with Here(Path.cwd()) as here:
        for line in inlet:
            message = json.loads(line)
            if "texts" in message:
                here.load(**message)
                continue
            lines = tuple(Line(text, tuple(asks)) for text, asks in message["lines"])
            outlet.write(json.dumps(here.ask(Question(lines, message["only_if"]))) + "\n")
            outlet.flush()


def limit_memory() -> None:
    """Let this process reserve `MEMORY` at most, where the system can see to it."""
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@contextlib.contextmanager
def time_limit():
    """Raise TimeoutError in the code of the block when it has computed for too long."""
    if not hasattr(signal, "setitimer"):
        with watched():
            yield
        return
    signal.signal(signal.SIGVTALRM, lambda *_: out_of_time(SECONDS))
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)


@contextlib.contextmanager
def watched():
    """Raise TimeoutError at a line of the learner's files when the time is over: a way that needs no system.

    Python 3.11 tells nothing of a loop that stands in one line.
    """
    end = time.monotonic() + WATCHED_SECONDS
    files = {f"{file}.py" for file in FILES}

    def at_line(*_: object) -> Callable:
        if time.monotonic() > end:
            out_of_time(WATCHED_SECONDS)
        return at_line

    def at_call(frame: FrameType, *_: object) -> Callable | None:
        return at_line if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)


def out_of_time(seconds: float) -> NoReturn:
    """Raise TimeoutError."""
    raise TimeoutError(f"no answer within {seconds:g} seconds of computing")


if __name__ == "__main__":
    serve()
