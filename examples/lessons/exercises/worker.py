"""A process of its own for the learner's code, with limits of time and memory, which answers questions.

This file is both ends of it: `Worker` is used by the checker, and `serve` runs in the process. They speak in lines of
JSON, over pipes that the learner's code does not see: its own output is caught, and it finds nothing to read.
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
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from examples.lessons.exercises.merging import their_engine
from examples.lessons.exercises.questions import Answer, Line, Question, ask

SECONDS = 2.0
"""How long the learner's code may compute before it answers one question."""
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
    sys.path.append(str(Path.cwd()))
    limit_memory()
    engine = None
    for line in inlet:
        message = json.loads(line)
        if "texts" in message:
            engine = their_engine(message["texts"], message["lent"])
            continue
        lines = tuple(Line(text, tuple(asks)) for text, asks in message["lines"])
        question = Question(lines, message["only_if"])
        with contextlib.redirect_stdout(io.StringIO()) as printed, time_limit():
            answers = ask(engine, question)
        outlet.write(json.dumps([answers, printed.getvalue()[:1000]]) + "\n")
        outlet.flush()


def limit_memory() -> None:
    """Let this process reserve `MEMORY` at most, where the system can see to it."""
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@contextlib.contextmanager
def time_limit():
    """Raise TimeoutError in the code of the block when it has computed for `SECONDS`, where the system can do it."""

    def out_of_time(*_: object) -> None:
        raise TimeoutError(f"no answer within {SECONDS:g} seconds of computing")

    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGVTALRM, out_of_time)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)


if __name__ == "__main__":
    serve()
