"""Python in a page, without a page: cells are run, exercises checked, and what a page lends is used."""

import base64
import json
import sys
import time
import zipfile
from types import SimpleNamespace

import pytest

from engine import Value
from examples.lessons.exercises import checking, worker
from examples.lessons.exercises.checking import check
from examples.lessons.exercises.folder import PROGRESS, find_folder, read_progress, start, template
from examples.lessons.exercises.table import EXERCISES, FILES, model
from examples.lessons.exercises.worker import Here
from examples.lessons.reading import read_lesson
from examples.site import AS_IT_IS, in_page, live
from examples.site.in_page import exercises
from examples.site.in_page.cells import Session
from viz import GraphvizError, draw
from viz.images import image
from viz.page import layout

NEW = {"solved": [], "hints": {}, "at": ""}
BLANK = {file: template(file) for file in FILES}


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A directory for what is written, and the learner's engine in this process, as in a page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checking, "worker_for", Here)


# --- Cells -----------------------------------------------------------------------------------------------------------


def test_cells_run_on_the_names_of_those_before_and_give_what_they_wrote(here, capsys):
    session = Session()
    assert session.run(1, "from pathlib import Path\na = 2") == {"error": "", "missed": "", "files": []}
    code = "Path('z.txt').write_text('first')\nprint(a)\nPath('a.txt').write_text('second')"
    assert session.run(3, code)["files"] == [["z.txt", "first"], ["a.txt", "second"]]
    assert capsys.readouterr().out == "2\n"


def test_the_lesson_that_takes_times_bears_the_coarse_clock_of_a_browser(here, monkeypatch, capsys):
    exact = time.perf_counter
    monkeypatch.setattr(time, "perf_counter", lambda: exact() // 1e-4 * 1e-4)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    session = Session()
    cells = [cell.text for cell in read_lesson(10).cells if not cell.prose]
    found = [session.run(place, code) for place, code in enumerate(cells)]
    assert [(cell["error"], cell["missed"]) for cell in found] == [("", ""), ("", "matplotlib")]
    assert capsys.readouterr().out.count(": reverse ") == 3


def test_a_picture_has_its_dark_colours(here):
    code = "import viz\nfrom engine import Value\nviz.draw(Value(1.0, 'x') * 2, 'x.svg')"
    (picture,) = Session().run(1, code)["files"]
    assert "prefers-color-scheme: dark" in picture[1]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("a = 1\na / 0", '  File "cell 7", line 2, in <module>\n    a / 0\n'),
        ("a b", '  File "cell 7", line 1\n    a b\n'),
        ("import no_such", '  File "cell 7", line 1, in <module>\n    import no_such\nModuleNotFoundError'),
        ("raise SystemExit(1)", "SystemExit: 1\n"),
        ("nothing", "NameError: name 'nothing' is not defined\n"),
    ],
)
def test_what_goes_wrong_is_told_with_the_lines_of_the_cell_alone(code, said, here):
    found = Session().run(7, code)
    assert found["missed"] == ""
    assert said in found["error"]
    assert "cells.py" not in found["error"]


def test_a_package_is_missed_when_it_is_called_and_by_the_cells_that_build_on_it(here, monkeypatch, capsys):
    for package in ("numpy", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, package, None)
    session = Session()
    assert session.run(1, "import numpy as np\nfrom matplotlib.pyplot import subplots\nprint('so far')")["missed"] == ""
    assert session.run(2, "a = np.linalg.solve(1, 2)") == {"error": "", "missed": "numpy", "files": []}
    assert session.run(3, "print(a)")["missed"] == "numpy"
    assert session.run(4, "subplots(2)")["missed"] == "matplotlib"
    assert session.run(5, "print('no need')") == {"error": "", "missed": "", "files": []}
    assert capsys.readouterr().out == "so far\nno need\n"


# --- Exercises -------------------------------------------------------------------------------------------------------


def solved(**texts):
    """The texts of our solutions, but for these."""
    return {file: model(file) for file in FILES} | texts


def asked(call, **arguments):
    """What a page gets for a call."""
    return json.loads(in_page.answer(json.dumps({"call": call, **arguments})))


def test_a_wrong_answer_has_its_name_and_its_picture(here):
    wrong = model("value").replace("(other.data, self.data)", "(self.data, other.data)")
    found = asked("check", number=3, texts=solved(value=wrong), progress=NEW)
    assert not found["right"]
    assert "is what you get with the two partials exchanged." in found["report"]
    assert "yours: " in found["picture"]
    assert found["progress"]["solved"] == ["remember", "add"]
    assert found["progress"]["at"] == "multiply"


def test_a_right_answer_leads_on(here):
    found = asked("check", number=3, texts=solved(), progress=NEW)
    assert found["right"]
    assert found["picture"] == ""
    assert "1 (remember), 2 (add), 3 (multiply) are right." in " ".join(found["report"].split())


def test_what_needs_a_package_that_is_not_here_stays_as_it_was(here, monkeypatch):
    monkeypatch.setattr(exercises.importlib.util, "find_spec", lambda name: None)
    kept = NEW | {"solved": ["forward", "biases"]}
    found = asked("check", number=26, texts=solved(value=BLANK["value"]), progress=kept)
    in_matrices = {exercise.name for exercise in EXERCISES if exercise.file == "matrices"}
    assert set(found["progress"]["solved"]) & in_matrices == {"forward", "biases"}
    assert "dual" in found["progress"]["solved"]


def test_the_folder_is_taken_away_to_a_terminal_and_brought_back(here, tmp_path):
    texts, progress = solved(), {"solved": ["add"], "hints": {"add": 2}, "at": "multiply"}
    packed = asked("pack", texts=texts, progress=progress)
    (tmp_path / packed["name"]).write_bytes(base64.b64decode(packed["content"]))
    zipfile.ZipFile(tmp_path / packed["name"]).extractall(tmp_path)
    assert vars(read_progress(find_folder(None))) == progress
    assert (tmp_path / "my_engine" / "value.py").read_text() == texts["value"]
    assert asked("unpack", **packed) == {"error": "", "texts": texts, "progress": progress}


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("value.py", b"x = 1", {"error": "", "texts": {"value": "x = 1"}, "progress": None}),
        ("values.py", b"x = 1", {"error": "values.py is neither one of value.py, network.py, matrices.py, beyond.py "
                                 "nor a zip file with one of them."}),
        ("value.py", b"\xff", {"error": "value.py cannot be read: 'utf-8' codec can't decode byte 0xff in position 0: "
                               "invalid start byte"}),
        ("mine.zip", b"x", {"error": "mine.zip cannot be read: File is not a zip file"}),
        (PROGRESS, b"[]", {"error": f"{PROGRESS} cannot be read: examples.lessons.exercises.folder.Progress() argument "
                           "after ** must be a mapping, not list"}),
    ],
)  # fmt: skip
def test_what_is_brought(name, content, found):
    assert asked("unpack", name=name, content=base64.b64encode(content).decode()) == found


@pytest.mark.parametrize(
    ("line", "seconds", "said"),
    [("while True:\n            self", 0.05, "TimeoutError"), ("return self * other", 9.0, "RecursionError")],
)
def test_the_learners_code_is_stopped_in_this_process_too(line, seconds, said, here, monkeypatch, tmp_path):
    monkeypatch.delattr(worker.signal, "setitimer", raising=False)
    monkeypatch.setattr(worker, "WATCHED_SECONDS", seconds)
    (ours,) = (found for found in model("value").splitlines() if "return Value(self.data * other.data" in found)
    start(tmp_path / "mine")
    text = model("value").replace(ours.strip(), line)
    (tmp_path / "mine" / "value.py").write_text(text)
    before = sys.gettrace(), [*sys.path]
    failure = check(tmp_path / "mine", EXERCISES[2]).failure
    assert failure.got.value == said
    assert "(value.py, line " in failure.got.detail
    assert (sys.gettrace(), sys.path) == before


# --- What the page lends ---------------------------------------------------------------------------------------------


@pytest.fixture
def emscripten(monkeypatch):
    """A page, in which there are no threads: gives what sets what its Graphviz does."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.delattr(layout, "ThreadPoolExecutor")

    def lend(made):
        monkeypatch.setitem(sys.modules, "graphviz_of_page", SimpleNamespace(image=made))

    return lend


def test_pictures_are_made_by_the_graphviz_of_the_page_with_the_letters_that_it_knows(emscripten, tmp_path):
    def made(dot, image_format):
        assert "Helvetica" not in dot
        assert image_format == "svg"
        return '<svg><text font-family="Arial">x</text></svg>'

    emscripten(made)
    draw(Value(1.0, "x") * 2, tmp_path / "x.svg")
    assert 'font-family="Helvetica,Arial,sans-serif"' in (tmp_path / "x.svg").read_text()
    assert layout.lay_out([]) == []


def test_without_it_and_where_it_fails_the_reason_is_given(emscripten):
    with pytest.raises(GraphvizError, match="the page that runs this has none"):
        image("digraph {}", "svg")

    def fails(dot, image_format):
        raise RuntimeError("Error: syntax error in line 1")

    emscripten(fails)
    with pytest.raises(GraphvizError, match="could not draw the graph as svg: Error: syntax error in line 1"):
        image("digraph {", "svg")


# --- What is fetched -------------------------------------------------------------------------------------------------


@pytest.fixture
def registry(monkeypatch, tmp_path):
    """An npm with nothing installed, whose cache is in ``tmp_path``; gives what it was asked, and sets what it does."""
    said = []
    found = SimpleNamespace(said=said, packages=live.FETCHED, status=0)

    def run(command, **_):
        said.append(command[1:])
        folder = tmp_path / "seegrad" / "npm" / "node_modules"
        for name in found.packages if "install" in command else ():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"fetched")
        return SimpleNamespace(returncode=found.status, stdout=f"{tmp_path}\n", stderr="no network\n")

    monkeypatch.setattr(live.subprocess, "run", run)
    monkeypatch.setattr(live.shutil, "which", lambda name: name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return found


def test_packages_are_fetched_once(registry, tmp_path):
    for _ in range(2):
        folder = tmp_path / "sources"
        live.write(folder)
        place = folder / AS_IT_IS / live.PLACE
        assert (place / "pyodide.asm.wasm").read_bytes() == b"fetched"
        live.shutil.rmtree(folder)
    assert [command[0] for command in registry.said] == ["root", "install", "root"]
    assert registry.said[1][-2:] == [f"{name}@{version}" for name, version in live.PACKAGES.items()]


def test_what_cannot_be_fetched_is_said(registry, monkeypatch, tmp_path):
    registry.status = 1
    with pytest.raises(live.LiveError, match="npm could not fetch pyodide @viz-js/viz for --live: no network"):
        live.write(tmp_path / "sources")
    monkeypatch.setattr(live.shutil, "which", lambda name: None)
    with pytest.raises(live.LiveError, match=r"--live needs npm, .*: install Node\.js"):
        live.write(tmp_path / "more")


def test_the_packages_of_this_project_are_the_same_bytes_each_time(tmp_path):
    for name in ("one.zip", "two.zip"):
        live.write_project(tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    names = zipfile.ZipFile(tmp_path / "one.zip").namelist()
    assert {"engine/__init__.py", "viz/page/base.css", "examples/lessons/exercises/hints.toml"} <= set(names)
    assert not [name for name in names if "pycache" in name]
