"""``python -m examples.study``: see `examples.study.command`."""

from examples.command import run_command
from examples.study.command import main

if __name__ == "__main__":
    run_command(main)
