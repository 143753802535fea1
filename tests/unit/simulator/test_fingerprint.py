"""What the simulator draws is named by its code: a change is another name, a comment is not."""

from pathlib import Path

from inference.simulator.fingerprint import fingerprint_of

CODE = 'def width() -> int:\n    """In px."""\n    return 3\n'


def named(folder: Path, code: str) -> str:
    (folder / "scenes").mkdir(exist_ok=True)
    (folder / "scenes" / "board.py").write_text(code)
    return fingerprint_of(folder)


def test_another_number_is_another_simulator(tmp_path: Path) -> None:
    assert named(tmp_path, CODE) != named(tmp_path, CODE.replace("3", "4"))


def test_comments_docstrings_and_layout_draw_nothing(tmp_path: Path) -> None:
    told_better = '# A board.\ndef width(\n) -> int:\n    """Of the board, in pixels."""\n    return 3\n'
    assert named(tmp_path, CODE) == named(tmp_path, told_better)


def test_a_new_scene_is_another_simulator(tmp_path: Path) -> None:
    before = named(tmp_path, CODE)
    (tmp_path / "scenes" / "maze.py").write_text(CODE)
    assert fingerprint_of(tmp_path) != before
