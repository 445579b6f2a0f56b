"""``python -m examples.study``: see `examples.study.command`."""

from examples.command import run_command


def main() -> int:
    """Run the command; to import it takes longest, and Ctrl-C may come then, too."""
    from examples.study.command import main

    return main()


if __name__ == "__main__":
    run_command(main)
