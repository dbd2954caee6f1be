# SPDX-License-Identifier: Apache-2.0
"""The library's front door."""

from __future__ import annotations

import doctest
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fakes.university import NOW, University

import gakusho
from gakusho import library
from gakusho.errors import UnreadableError
from gakusho.fetch import document_path
from gakusho.model.report import Headline, Outcome


def test_examples_in_the_documentation_run() -> None:
    found = doctest.testmod(library)
    assert found.attempted > 10
    assert found.failed == 0


def test_names_are_had_from_the_package() -> None:
    assert gakusho.verify is library.verify
    assert gakusho.issue is library.issue
    with pytest.raises(AttributeError):
        _ = gakusho.nothing


def test_verifies_offline_from_a_folder_of_documents(tmp_path: Path) -> None:
    university = University()
    for url, data in university.documents.items():
        path = tmp_path / "documents" / document_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    file = tmp_path / "badge.json"
    file.write_bytes(university.sealed())

    report = library.verify(file, offline=True, documents=tmp_path / "documents", at=NOW)
    assert report.outcome is Outcome.VALID
    assert report.issuer is not None
    assert report.issuer.source is not None
    assert report.issuer.source.startswith("documents/aoba.example/")

    alone = library.verify(file, offline=True, at=NOW)
    assert alone.outcome is Outcome.UNKNOWN
    assert alone.headline is Headline.NOT_CHECKED


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        library.verify(tmp_path / "none.json", offline=True)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        library.verify(b"{}", offline=True, at=datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point


def test_issues_with_documents_at_hand() -> None:
    university = University()
    sealed = library.issue(
        university.award(), key=university.key, documents=university.documents, at=NOW.astimezone(UTC)
    )
    assert json.loads(sealed[0].data)["id"] == university.award().id
