"""``python -m examples.study``: see `examples.study.command`."""

from examples.command import run_command


def main() -> int:
    """Run the command. It is imported here, so that Ctrl-C during the import, too, ends it without a traceback."""
    from examples.study.command import main

    return main()


if __name__ == "__main__":
    run_command(main)
