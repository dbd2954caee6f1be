# SPDX-License-Identifier: Apache-2.0
"""docs/conformance.md lists the requirements that the tests name, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools import conformance


def test_the_page_lists_every_requirement_that_a_test_names_and_no_other() -> None:
    listed = conformance.shown(conformance.PAGE.read_text("utf-8"))
    stated = conformance.stated()
    assert stated, "no test names a requirement"
    assert listed == stated, "run: make conformance"


def test_no_requirement_listed_failed() -> None:
    assert not re.search(r"\*\*[0-9]+ fail", conformance.PAGE.read_text("utf-8"))


def test_a_requirement_added_to_a_test_is_missed_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tests" / "vectors"
    folder.mkdir(parents=True)
    (folder / "test_new.py").write_text(
        '@pytest.mark.requirement("EdDSA 3.2.2", "new")\ndef test_new(): pass\n', "utf-8"
    )
    monkeypatch.setattr(conformance, "ROOT", tmp_path)
    assert conformance.stated() == {("EdDSA 3.2.2", "new", "tests/vectors/test_new.py")}


def test_what_is_written_is_read_back_and_a_failure_is_told() -> None:
    outcomes = {
        "tests/vectors/test_a.py::test_x[1]": {
            "requirements": [["EdDSA 3.2.2", "a|b"]],
            "outcome": "passed",
        },
        "tests/vectors/test_a.py::test_x[2]": {
            "requirements": [["EdDSA 3.2.2", "a|b"]],
            "outcome": "failed",
        },
        "tests/vectors/test_a.py::test_y": {"requirements": [["did:key", "c"]], "outcome": "passed"},
    }
    page = conformance.page(outcomes)  # type: ignore[arg-type]  # as JSON gives it
    assert conformance.shown(page) == {
        ("EdDSA 3.2.2", "a|b", "tests/vectors/test_a.py"),
        ("did:key", "c", "tests/vectors/test_a.py"),
    }
    assert "**1 fail, 0 skipped**, 1 pass" in page
