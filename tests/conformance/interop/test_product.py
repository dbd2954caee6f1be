# SPDX-License-Identifier: Apache-2.0
"""The badge the product issues, and the one inside its PDF, verify in Digital Bazaar's implementation."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.interop.test_digital_bazaar import node, run
from tests.fakes.university import University

from gakusho.formats import _contexts, format_named
from gakusho.issuer.issue import issue

__all__ = ["node"]


def given(university: University, credential: Any) -> dict[str, Any]:
    pinned = {url: json.loads(_contexts.document(url)) for url in _contexts.contexts().urls}
    published = json.loads(university.documents["https://aoba.example/.well-known/did.json"])
    return {
        "credential": credential,
        "documents": {**pinned, published["id"]: published},
        "now": "2026-06-01T00:00:00Z",
    }


@pytest.fixture
def university() -> University:
    return University.with_document_key()


def test_the_badge_verifies_elsewhere(node: str, university: University) -> None:  # a fixture
    badge = json.loads(university.sealed())
    assert run(node, "verify.mjs", given(university, badge)) == {"verified": True}
    badge["credentialSubject"]["achievement"]["name"] += "!"
    assert run(node, "verify.mjs", given(university, badge))["verified"] is False


def test_the_badge_inside_the_pdf_verifies_elsewhere(
    node: str,  # a fixture
    university: University,
    tmp_path: Path,
) -> None:
    sealed = issue(
        [university.award()],
        formats=["open-badges-3", "signed-pdf"],
        sealing=university.sealing,
        documents=university.documents,
    )
    pdf = tmp_path / "degree.pdf"
    pdf.write_bytes(next(s.data for s in sealed if s.format == "signed-pdf"))
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(pdf)], check=True, timeout=30)
    [attached] = tmp_path.glob("*.json")
    assert format_named("open-badges-3").recognizes(attached.read_bytes())
    badge = json.loads(attached.read_bytes())
    assert run(node, "verify.mjs", given(university, badge)) == {"verified": True}
