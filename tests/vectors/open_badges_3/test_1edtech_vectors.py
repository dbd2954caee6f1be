# SPDX-License-Identifier: Apache-2.0
"""Open Badges that 1EdTech signed with its own implementation."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gakusho.fetch import OfflineFetcher
from gakusho.formats import Asking, format_named, recognize
from gakusho.model.report import Check, Headline, Outcome
from gakusho.proof import VerificationMethod
from gakusho.proof.keys import PublicKey
from gakusho.status.bitstring import STATUS
from gakusho.verifier.verify import verify, verify_proof

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
FILES = sorted(path.name for path in HERE.glob("*.json"))


def stated_key(method_id: str) -> VerificationMethod:
    """Give the key that the id itself spells out, as 1EdTech's validator does; who has it is not known."""
    did, _, fragment = method_id.partition("#")
    multikey = fragment or did.removeprefix("did:key:")
    return VerificationMethod(
        id=method_id,
        controller=did,
        key=PublicKey.from_multikey(multikey),
        purposes=frozenset({"assertionMethod"}),
    )


def checks(data: bytes) -> dict[str, Check]:
    found = recognize(data).checks(data, Asking(now=NOW, lookup=stated_key))
    return {check.code: check for check in found}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_as_it_was_published(name: str) -> None:
    sources = (HERE / "SOURCES.md").read_text("utf-8")
    stated = re.search(rf"`{re.escape(name)}`.*`([0-9a-f]{{64}})`", sources)
    assert stated is not None
    assert hashlib.sha256((HERE / name).read_bytes()).hexdigest() == stated.group(1)


@pytest.mark.parametrize("name", FILES)
def test_the_signature_fits_and_covers_everything(name: str) -> None:
    found = checks((HERE / name).read_bytes())
    assert found["proof.signature"].outcome is Outcome.VALID
    assert found["proof.complete"].outcome is Outcome.VALID
    assert found["format.rules"].outcome is Outcome.VALID


@pytest.mark.parametrize("name", FILES)
def test_a_changed_letter_is_found(name: str) -> None:
    data = (HERE / name).read_bytes()
    changed = re.sub(rb'"(name|encodedList)": "([^"]+)"', rb'"\1": "\2x"', data, count=1)
    assert changed != data
    assert checks(changed)["proof.signature"].outcome is Outcome.INVALID


def test_the_badges_are_read() -> None:
    form = format_named("open-badges-3")
    names = {
        name: form.read((HERE / name).read_bytes()).award.achievement.name.best()
        for name in FILES
        if name != "testlist.json"
    }
    assert names == {
        "credential-status-revoked.json": "Achievement 1",
        "simple-did-key-method.json": "test 1",
        "simple-did-web-method.json": "Teamwork",
        "simple-err-expired.json": "Teamwork",
    }


def test_the_revoked_badge_is_marked_in_the_list() -> None:
    badge = format_named("open-badges-3").read((HERE / "credential-status-revoked.json").read_bytes())
    listed = format_named("verifiable-credential").read((HERE / "testlist.json").read_bytes())
    assert STATUS.look_up(badge.status[0], listed.claims) == 1


def test_a_key_nobody_here_can_ask_for_leaves_it_open() -> None:
    data = (HERE / "simple-did-web-method.json").read_bytes()
    report = verify(data, now=NOW, fetcher=OfflineFetcher())
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)


def test_a_good_proof_by_somebody_else_is_not_the_issuers() -> None:
    data = (HERE / "simple-did-key-method.json").read_bytes()
    assert verify_proof(data, now=NOW, fetcher=OfflineFetcher()).outcome is Outcome.VALID
    assert verify(data, now=NOW, fetcher=OfflineFetcher()).headline is Headline.NOT_GENUINE
