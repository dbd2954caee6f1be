# SPDX-License-Identifier: Apache-2.0
"""Files appear together, complete, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from gakusho.cli.staging import Staging, write_all
from gakusho.errors import UnreachableError


def test_what_is_written_together_is_there_and_can_be_undone(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "deep" / "new"
    old.write_bytes(b"before")
    undo = write_all({old: b"after", new: b"fresh"})
    assert (old.read_bytes(), new.read_bytes()) == (b"after", b"fresh")
    undo()
    assert old.read_bytes() == b"before"
    assert not new.exists()


def test_one_file_that_cannot_be_written_leaves_all_as_they_were(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"before")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreachableError) as raised:
        write_all({old: b"after", tmp_path / "folder": b"a folder stands in the way"})
    assert raised.value.code == "not-written"
    assert old.read_bytes() == b"before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "old"]


def test_staged_files_move_out_together(tmp_path: Path) -> None:
    with Staging(tmp_path / "out" / "deep") as staging:
        staging.put("a", b"1")
        staging.put("b", b"2")
        assert not (tmp_path / "out" / "deep" / "a").exists()
        staging.move_out()
    assert sorted(each.name for each in (tmp_path / "out" / "deep").iterdir()) == ["a", "b"]


def failing_in(folder: Path, name: str) -> None:
    with Staging(folder) as staging:
        staging.put(name, b"other")
        raise ZeroDivisionError


def test_a_failure_leaves_no_file_and_no_folder_that_was_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        failing_in(tmp_path / "out" / "deep", "a")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_what_was_there_before(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"keep")
    with pytest.raises(ZeroDivisionError):
        failing_in(tmp_path, "mine")
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine").read_bytes() == b"keep"
