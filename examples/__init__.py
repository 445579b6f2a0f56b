"""Programs that use the engine, one file a command: ``python -m examples.xor``.

Some need packages that the engine itself does not. Where one is missing, they say in one line what to install.
"""

import sys
from types import TracebackType

OPTIONAL = ("distributed", "graphviz", "llvmlite", "matplotlib", "micrograd", "numpy", "tqdm")


def say_what_to_install(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Serve as `sys.excepthook`: print one line for an optional package that is missing, else the traceback."""
    if isinstance(error, ModuleNotFoundError) and error.name in OPTIONAL:
        cure = f"python -m pip install {error.name}"
        message = str(error) if cure in str(error) else f"this needs {error.name}: {cure}"
        print(f"error: {message}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, traceback)


# Here, not in `run_command`: packages are missed when a command is imported, before its first line runs.
sys.excepthook = say_what_to_install
