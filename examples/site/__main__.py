"""The command ``python -m examples.site``: write the site."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from examples.arguments import directory
from examples.command import run_command
from examples.lessons.reading import LessonError
from examples.site.building import SiteError, build, check_tools
from examples.site.live import LiveError


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site as the command line says, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.site", description="Write course, gallery and reference as pages that open from disk."
    )
    parser.add_argument(
        "--output", type=directory, default="site-output", metavar="DIR", help="where it goes (default: %(default)s)"
    )
    parser.add_argument("--live", action="store_true", help="let lessons and exercises run in the page")
    options = parser.parse_args(arguments)
    try:
        check_tools()
        for line in build(options.output, options.live):
            print(line, flush=True)
    except (SiteError, LessonError, LiveError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    run_command(main)
