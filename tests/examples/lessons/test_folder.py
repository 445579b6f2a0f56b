"""The learner's folder: what `start` writes, where it is found, and what is kept in it."""

import ast
import json
from pathlib import Path

import pytest

from examples.lessons.exercises import folder as files
from examples.lessons.exercises.folder import PROGRESS, FolderError, Progress
from examples.lessons.exercises.merging import find_piece, is_blank, parsed_model, replace_piece
from examples.lessons.exercises.table import EXERCISES, FILES, model

WRITTEN = {"value.py", "network.py", "matrices.py", "beyond.py", "README.md", PROGRESS}


def names_in(folder):
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("file", FILES)
def test_a_template_is_our_file_with_dots_for_the_pieces(file):
    text = files.template(file)
    pieces = {piece for exercise in EXERCISES for piece in exercise.pieces if exercise.file == file}
    tree = ast.parse(text)
    for piece in pieces:
        function = find_piece(tree, piece)
        assert is_blank(function)
        assert ast.get_docstring(function) == ast.get_docstring(find_piece(parsed_model(file), piece))
        tree = replace_piece(tree, piece, find_piece(parsed_model(file), piece))
    assert ast.dump(tree) == ast.dump(parsed_model(file)), "nothing else differs"
    ours = iter(model(file).splitlines())
    assert all(line in ours for line in text.splitlines() if line.strip() != "..."), "verbatim, in our order"


def test_start_writes_all_files_and_overwrites_none(tmp_path):
    folder = tmp_path / "deep" / "mine"
    files.start(folder)
    assert names_in(folder) == WRITTEN
    assert (folder / "value.py").read_text(encoding="utf-8") == files.template("value")
    assert (folder / "README.md").read_text(encoding="utf-8").count("\n") == 10
    (folder / "value.py").write_text("precious")
    with pytest.raises(FolderError, match=r"something in .*mine already \(README.md, beyond.py, matrices.py\)"):
        files.start(folder)
    assert (folder / "value.py").read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "refused"),
    [("value.py", True), ("notes.txt", True), (PROGRESS, True), (".gitignore", False)],
)
def test_start_takes_a_folder_in_which_nothing_is_to_be_seen(tmp_path, name, refused):
    (tmp_path / name).write_text("precious")
    if refused:
        with pytest.raises(FolderError, match=rf"already \({name}\)"):
            files.start(tmp_path)
    else:
        files.start(tmp_path)
    assert names_in(tmp_path) == ({name} if refused else {name, *WRITTEN})
    assert (tmp_path / name).read_text() == "precious"


def test_start_refuses_a_file(tmp_path):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(FileExistsError, match="is a file, not a directory"):
        files.start(tmp_path / "mine")


@pytest.mark.parametrize("is_there", [False, True])
def test_a_start_that_fails_leaves_nothing(tmp_path, monkeypatch, is_there):
    folder = tmp_path / "mine"
    if is_there:
        folder.mkdir()
        (folder / ".hidden").write_text("precious")
    write = Path.write_text

    def full_disk(path, text, **options):
        write(path, text[:10], **options)
        if path.name == "matrices.py":
            raise OSError("no space left")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="no space left"):
        files.start(folder)
    assert folder.exists() == is_there
    assert not is_there or names_in(folder) == {".hidden"}


@pytest.mark.parametrize(
    ("folders", "given", "found"),
    [
        (["."], None, "."),
        ([".", "mine"], None, "."),
        (["mine"], None, "mine"),
        (["mine", "yours"], "yours", "yours"),
        (["mine", "yours"], None, r"which folder is it\? Add --folder mine, or another of mine, yours"),
        ([], None, "no folder of exercises is here: make one with `python -m examples.lessons start my_engine`"),
        (["a/b"], None, "or name yours with --folder"),
        (["mine"], "other", "other was not made by `start`: make a folder with"),
    ],
)
def test_a_folder_is_found(tmp_path, monkeypatch, folders, given, found):
    monkeypatch.chdir(tmp_path)
    for folder in folders:
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, PROGRESS).write_text("{}")
    if found in folders:
        assert files.find_folder(given and Path(given)) == Path(found)
    else:
        with pytest.raises(FolderError, match=found):
            files.find_folder(given and Path(given))


def test_progress_is_kept(tmp_path):
    progress = Progress(["add", "tanh"], {"add": 2}, "rules")
    files.keep_progress(tmp_path, progress)
    assert files.read_progress(tmp_path) == progress
    assert names_in(tmp_path) == {PROGRESS}


DAMAGED = [
    "",
    "{",
    "[]",
    "3",
    '{"solved": 3}',
    '{"solved": [3]}',
    '{"hints": {"add": "2"}}',
    '{"hints": []}',
    '{"x": 1}',
]


@pytest.mark.parametrize("text", [*DAMAGED, '{"at": null}', "\udcff"], ids=ascii)
def test_a_damaged_file_is_named_with_its_cure(tmp_path, text):
    (tmp_path / PROGRESS).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(FolderError, match=rf"{PROGRESS} is damaged \(.*\): write {{}} into it, and .* check"):
        files.read_progress(tmp_path)
    (tmp_path / PROGRESS).write_text("{}")
    assert files.read_progress(tmp_path) == Progress()


def test_the_exercise_that_the_learner_is_at():
    at = lambda *progress: files.current_exercise(Progress(*progress)).name  # noqa: E731
    assert at() == "remember"
    assert at(["remember", "tanh"]) == "add"
    assert at(["remember"], {}, "order") == "order", "the last check stopped there"
    assert at(["remember", "order"], {}, "order") == "add", "and it is solved since"
    with pytest.raises(FolderError, match=r"all exercises are solved: .* finish"):
        at([exercise.name for exercise in EXERCISES])


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_each_exercise_has_three_hints_and_a_solution(exercise):
    hints = files.hints_of(exercise)
    assert len(set(hints)) == 3
    progress = Progress()
    shown = [files.next_hints(progress, exercise) for _ in range(5)]
    assert shown == [*(([hint], False) for hint in hints), *[(list(hints), True)] * 2]
    assert progress.hints == {exercise.name: 3}
    solution = dict(files.solution_of(exercise))
    assert list(solution) == list(exercise.pieces)
    for piece, text in solution.items():
        assert f"{text}\n" in model(exercise.file)
        assert text.lstrip().startswith(f"def {piece.rpartition('.')[2]}(")


def test_a_missing_file_is_empty_and_another_encoding_is_named(tmp_path):
    files.start(tmp_path)
    assert files.read_texts(tmp_path) == {file: files.template(file) for file in FILES}
    (tmp_path / "network.py").write_bytes("# é".encode("latin-1"))
    with pytest.raises(FolderError, match="not in UTF-8"):
        files.read_texts(tmp_path)
    (tmp_path / "network.py").unlink()
    assert files.read_texts(tmp_path)["network"] == ""


def test_the_file_is_json_that_a_person_can_read(tmp_path):
    files.start(tmp_path)
    assert json.loads((tmp_path / PROGRESS).read_text()) == {"solved": [], "hints": {}, "at": ""}
