# SPDX-License-Identifier: Apache-2.0
"""Files by content: complete or absent, the same twice, damage found; on a folder and through fsspec."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from gakusho.errors import NotFoundError, SettingsError, UnreachableError
from gakusho.store.files import Files


@pytest.fixture(params=["folder", "fsspec"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(str(tmp_path / "files") if request.param == "folder" else f"memory://{tmp_path.name}")


def test_a_file_is_found_by_its_digest(files: Files) -> None:
    digest = files.put(b"abc")
    assert digest == hashlib.sha256(b"abc").hexdigest()
    assert files.put(b"abc") == digest
    assert files.get(digest) == b"abc"
    assert files.has(digest)
    assert not files.has("0" * 64)


def test_what_is_not_there_is_not_found(files: Files) -> None:
    with pytest.raises(NotFoundError):
        files.get("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_digest_is_a_name(files: Files, name: str) -> None:
    with pytest.raises(NotFoundError):
        files.get(name)
    with pytest.raises(NotFoundError):
        files.has(name)


def test_damage_is_found(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    digest = files.put(b"abc")
    next(tmp_path.glob("*/*")).write_bytes(b"abd")
    with pytest.raises(UnreachableError) as refused:
        files.get(digest)
    assert refused.value.code == "file-damaged"


def test_a_full_disk_is_said_and_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(str(tmp_path))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UnreachableError) as refused:
        files.put(b"abc")
    assert refused.value.code == "files-full"
    assert "No space left" in str(refused.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_many_putting_the_same_leave_one(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    data = b"x" * 100_000
    threads = [threading.Thread(target=files.put, args=(data,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert files.get(hashlib.sha256(data).hexdigest()) == data


def test_a_place_nobody_knows_is_refused() -> None:
    with pytest.raises(SettingsError):
        Files("nowhere://x")
