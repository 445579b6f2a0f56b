"""The README's pictures: written where they show something else than before, and kept where they do not."""

import struct
import zlib

import pytest

import viz
from examples import pictures
from examples.browser import NoBrowserError
from examples.command import INTERRUPTED
from examples.pictures import mark_of, marked, write


def test_a_picture_is_written_where_it_shows_something_else(tmp_path):
    path = tmp_path / "picture.svg"
    for content, source, said in [
        (b"<svg>1</svg>", "graph", "written"),
        (b"<svg>2</svg>", "graph", "kept: it shows the same"),  # by another version of Graphviz
        (b"<svg>2</svg>", "other graph", "written"),
        (b"<svg>3</svg>", "", "written"),
        (b"<svg>3</svg>", "", "kept: it shows the same"),
    ]:
        assert write(path, content, source) == said
    assert path.read_bytes() == b"<svg>3</svg>"


@pytest.mark.parametrize("name", sorted({*pictures.makers()} - {pictures.HEAT_MAP}))
def test_the_pictures_of_the_readme_are_current(name, monkeypatch):
    monkeypatch.setattr(pictures, "browser", Camera())
    _, source = pictures.makers()[name]()
    assert mark_of(source) in (pictures.FOLDER / name).read_bytes()


class Camera:
    """Stands for a browser: takes the same photograph, of other pixels each time, of whatever it is shown."""

    taken = 0

    def get(self, address):
        assert address.startswith("file://")

    def execute_script(self, _script):
        return False

    def get_screenshot_as_png(self):
        self.taken += 1
        parts = [(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes([0, self.taken])))]
        chunks = ((kind + data, len(data)) for kind, data in [*parts, (b"IEND", b"")])
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", length) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk, length in chunks
        )

    def __call__(self, width, height):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def test_a_photograph_knows_what_it_is_of(monkeypatch, way, tmp_path):
    image = pytest.importorskip("PIL.Image")
    assert way
    monkeypatch.setattr(pictures, "browser", Camera())
    (first, source), (again, same) = (pictures.photograph("playground.png") for _ in range(2))
    assert first != again
    assert source == same
    (tmp_path / "a.png").write_bytes(marked(first, source))
    with image.open(tmp_path / "a.png") as shown:
        shown.load()
        assert (shown.size, shown.info["Source"]) == ((1, 1), mark_of(source).decode())
    monkeypatch.setattr(pictures, "HIDDEN", 3)
    assert pictures.photograph("playground.png")[1] != source


@pytest.fixture
def quick(monkeypatch):
    """One drawing, and stand-ins for what takes long."""
    monkeypatch.setattr(pictures, "drawn", lambda picture: (b"<svg/>", viz.to_dot(pictures.expression())))
    monkeypatch.setattr(pictures, "film", lambda: (b"<svg/>", "film"))
    monkeypatch.setattr(pictures, "study_recipes", lambda: (b"<svg/>", ""))
    monkeypatch.setattr(pictures, "photograph", lambda name: (b"\x89PNG", name))


def test_pictures_go_into_another_directory_and_those_of_the_readme_stay(quick, tmp_path, capsys, monkeypatch):
    before = {path: path.read_bytes() for path in pictures.FOLDER.iterdir()}
    for said in ("written", "kept: it shows the same"):
        assert pictures.main(["--output", str(tmp_path / "new")]) == 0
        assert capsys.readouterr().out.count(f"  {said}\n") == len(before)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {path.name for path in before}

    def no_browser(_name):
        raise NoBrowserError("no Chromium")

    monkeypatch.setattr(pictures, "photograph", no_browser)
    assert pictures.main(["--output", str(tmp_path / "new")]) == 1
    assert "error: playground.png is as it was: no Chromium" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in pictures.FOLDER.iterdir()} == before


def test_ctrl_c_in_the_study_ends_the_pictures_too(monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(pictures, "study", lambda _arguments: INTERRUPTED)
    with pytest.raises(KeyboardInterrupt):
        pictures.study_recipes()
