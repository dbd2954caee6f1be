# SPDX-License-Identifier: Apache-2.0
"""Every pinned document is byte for byte the one its manifest names, and nothing lies beside them."""

from __future__ import annotations

import hashlib
import json
from importlib import resources

import pytest

from gakusho.formats import _contexts

FOLDER = resources.files("gakusho.formats") / "_documents"


@pytest.mark.parametrize("entry", _contexts.manifest(), ids=lambda entry: entry["file"])
def test_a_document_has_its_length_and_digest(entry: dict[str, object]) -> None:
    data = (FOLDER / str(entry["file"])).read_bytes()
    assert len(data) == entry["bytes"]
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    assert "@context" in json.loads(data)
    assert entry["license"]
    assert entry["source"]


def test_the_manifest_names_every_context_and_no_file_twice() -> None:
    files = [entry["file"] for entry in _contexts.manifest()]
    assert len(files) == len(set(files))
    named = {
        name.name for name in FOLDER.iterdir() if name.is_file() and "@context" in _members(name.read_bytes())
    }
    assert named <= set(files)


def _members(data: bytes) -> dict[str, object]:
    members = json.loads(data)
    return members if isinstance(members, dict) else {}


def test_the_digest_the_recommendation_prints_holds() -> None:
    # Verifiable Credentials Data Model 2.0, appendix B.1
    data = _contexts.document("https://www.w3.org/ns/credentials/v2")
    assert (
        hashlib.sha256(data).hexdigest() == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
    )


def test_several_contents_of_one_address_are_kept_newest_first() -> None:
    url = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
    digests = [hashlib.sha256(content).hexdigest()[:12] for content in _contexts.contents(url)]
    assert digests == ["3d34f4d4ef1b", "01d87cc8b535", "ef2fa9c7846d"]
    assert _contexts.contents("https://unknown.example") == ()
    with pytest.raises(KeyError):
        _contexts.document("https://unknown.example")
