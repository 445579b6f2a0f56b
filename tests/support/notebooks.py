"""Notebooks: run by Jupyter, and opened in a JupyterLab that has nothing from outside."""

import contextlib
import json
import os
import re
import subprocess
import sys

import nbclient
import nbformat
import pytest

# It asks nobody for news, for a newer version or for extensions.
QUIET = {
    "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    "LabApp.news_url": "None",
    "LabApp.extension_manager": "readonly",
}

# Light or dark as the reader prefers, and all cells, even those below the window.
SETTINGS = {
    "apputils-extension/themes": {"adaptive-theme": True},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


def executed(folder, cells):
    """A notebook of these cells after a kernel of this Python has run it; Jupyter's files are in the folder."""
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "this"}
    kernel = folder / "kernels" / "this_python"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    with pytest.MonkeyPatch.context() as patch:
        for name, place in {"JUPYTER_PATH": ".", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}.items():
            patch.setenv(name, str(folder / place))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")  # else jupyter_core < 6 warns that this will be so
        nbclient.NotebookClient(notebook, kernel_name="this_python", timeout=120).execute()
    return notebook


@contextlib.contextmanager
def jupyterlab(books, home):
    """A JupyterLab that shows the notebooks in one folder and keeps its own files in another: name -> address.

    ``home / "data"`` has the signatures of notebooks that are trusted.
    """
    for name, settings in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(settings))
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    places |= {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    options = [f"--{name}={value}" for name, value in {**QUIET, "ServerApp.root_dir": books}.items()]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", *options],
        env=os.environ | {name: str(home / place) for name, place in places.items()},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        origin, token = _address(server.stderr)
        yield lambda name: f"{origin}/doc/tree/{name}{token}"
    finally:
        server.terminate()
        server.communicate()


def _address(log):
    """What a server says of its address, as soon as it can be reached there: origin and token."""
    said = []
    for line in log:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab(\?token=\w+)", line):
            return found.groups()
        said.append(line)
    raise AssertionError("".join(said))
