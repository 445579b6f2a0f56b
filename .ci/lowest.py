"""Print the lowest version that pyproject.toml allows of everything it requires, as constraints for pip."""

import re
import tomllib
from itertools import chain
from pathlib import Path

settings = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
project = settings["project"]
lists = [settings["build-system"]["requires"], project["dependencies"], *project["optional-dependencies"].values()]
lowest = {}
for requirement in chain.from_iterable(lists):
    if requirement.startswith(project["name"] + "["):  # Extras of its own: their lists are read, too.
        continue
    if not (bound := re.fullmatch(r"([\w-]+)>=([\w.]+)", requirement)):
        raise SystemExit(f"pyproject.toml requires {requirement!r}: write NAME>=VERSION, with a version that was tried")
    name, version = bound.groups()
    if lowest.setdefault(name, version) != version:
        raise SystemExit(f"pyproject.toml bounds {name} twice: by {lowest[name]} and by {version}")
for name, version in lowest.items():
    print(f"{name}=={version}")
