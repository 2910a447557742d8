from __future__ import annotations

from pathlib import Path

import pytest

from scripts._code_hash import hash_file, hash_sources

CODE = '''"""What it is."""

from __future__ import annotations


def double(x: int) -> int:
    """Twice x."""
    # because
    return 2 * x
'''
SAME = {
    "comment": CODE.replace("because", "for another reason"),
    "docstring": CODE.replace("Twice x", "x, twice"),
    "layout": CODE.replace("return 2 * x", "return (\n        2 * x\n    )"),
}
OTHER = {
    "number": CODE.replace("2 * x", "3 * x"),
    "type": CODE.replace("2 * x", "2.0 * x"),
    "operator": CODE.replace("2 * x", "2 + x"),
    "name": CODE.replace("double", "twice"),
    "default": CODE.replace("x: int", "x: int = 1"),
    "statement": CODE.replace("    return", "    x += 1\n    return"),
    "order": CODE.replace("2 * x", "x * 2"),
    "text": CODE.replace("return 2 * x", "return len('2')"),
}


def hashed(folder: Path, text: str) -> str:
    path = folder / "code.py"
    path.write_text(text, encoding="utf-8")
    return hash_file(path)


@pytest.mark.parametrize("change", SAME)
def test_what_changes_nothing_that_is_done_changes_no_hash(change: str, tmp_path: Path) -> None:
    assert SAME[change] != CODE
    assert hashed(tmp_path, SAME[change]) == hashed(tmp_path, CODE)


@pytest.mark.parametrize("change", OTHER)
def test_what_changes_what_is_done_changes_the_hash(change: str, tmp_path: Path) -> None:
    assert OTHER[change] != CODE
    assert hashed(tmp_path, OTHER[change]) != hashed(tmp_path, CODE)


def test_other_files_are_hashed_by_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")
    before = hash_file(tmp_path / "a.yaml")
    (tmp_path / "a.yaml").write_bytes(b"a: 1 # one\n")
    assert hash_file(tmp_path / "a.yaml") != before


def test_the_hash_is_the_same_everywhere(tmp_path: Path) -> None:
    # A literal: another version of Python must come to the same.
    assert hashed(tmp_path, CODE) == "abfe9b2904d6"


def test_patterns(tmp_path: Path) -> None:
    for name in ("a/b.py", "a/__pycache__/b.py", "a/c/d.py", "a/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    assert list(hash_sources(tmp_path, ["a/**/*.py", "a/b.py"])) == ["a/b.py", "a/c/d.py"]
    with pytest.raises(FileNotFoundError, match="no file matches"):
        hash_sources(tmp_path, ["a/**/*.py", "b/*.py"])
