# SPDX-License-Identifier: Apache-2.0
"""Records that 1EdTech signed with its own implementation, and their forged twins."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gakusho.fetch import OfflineFetcher
from gakusho.formats import Asking, _jose, format_named, recognize
from gakusho.model.report import Check, Headline, Outcome
from gakusho.proof import VerificationMethod
from gakusho.proof.keys import PublicKey
from gakusho.verifier.verify import verify, verify_proof

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 1, tzinfo=UTC)
FILES = ("simple.json", "simple_v1.json", "complex.json")
OLD = FILES[1:]


def stated_key(method_id: str) -> VerificationMethod:
    """Give the key that the id itself spells out, as 1EdTech's validator does; who has it is not known."""
    did, _, fragment = method_id.partition("#")
    return VerificationMethod(
        id=method_id,
        controller=did,
        key=PublicKey.from_multikey(fragment or did.removeprefix("did:key:")),
        purposes=frozenset({"assertionMethod"}),
    )


def checks(data: bytes) -> dict[str, Check]:
    found = recognize(data).checks(data, Asking(now=NOW, lookup=stated_key))
    return {check.code: check for check in found}


def of_proof(data: bytes) -> set[Outcome]:
    return {check.outcome for code, check in checks(data).items() if code.startswith(("proof.", "format."))}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_the_one_that_is_described(name: str) -> None:
    stated = re.search(
        rf"`{re.escape(name)}` \|.*`([0-9a-f]{{64}})`", (HERE / "SOURCES.md").read_text("utf-8")
    )
    assert stated is not None
    assert hashlib.sha256((HERE / name).read_bytes()).hexdigest() == stated.group(1)


@pytest.mark.parametrize("name", FILES)
def test_the_record_and_all_inside_it_are_what_1edtech_signed(name: str) -> None:
    data = (HERE / name).read_bytes()
    assert recognize(data).name == "clr-2"
    assert of_proof(data) == {Outcome.VALID}
    inside = recognize(data).read(data).carried
    assert len(inside) == (1 if name == "simple.json" else 6)
    for one in inside:
        assert of_proof(one) == {Outcome.VALID}


@pytest.mark.parametrize("name", FILES)
def test_a_changed_letter_inside_is_found_outside_and_inside(name: str) -> None:
    text = (HERE / name).read_text("utf-8")
    forged = text.replace("Teamwork Badge", "Leadership Badge").replace("Intro to Health", "Head of Health")
    assert forged != text
    assert checks(forged.encode())["proof.signature"].outcome is Outcome.INVALID
    inside = recognize(forged.encode()).read(forged.encode()).carried
    assert [checks(one)["proof.signature"].outcome for one in inside].count(Outcome.INVALID) == 1


@pytest.mark.parametrize("name", FILES)
def test_a_record_without_a_proof_is_not_believed(name: str) -> None:
    document = json.loads((HERE / name).read_bytes())
    del document["proof"]
    assert checks(json.dumps(document).encode())["proof.present"].outcome is Outcome.INVALID


def test_the_record_as_a_token_and_the_token_inside_are_what_1edtech_signed() -> None:
    data = (HERE / "simple.jwt").read_bytes()
    assert hashlib.sha256(data).hexdigest() in (HERE / "SOURCES.md").read_text("utf-8")
    outside = _jose.taken_apart(data)
    [inside] = outside.claims["vc"]["credentialSubject"]["verifiableCredential"]
    for token in (outside, _jose.taken_apart(inside.encode())):
        key = _jose.header_key(token)
        assert key is not None
        assert (key.algorithm, _jose.fits(token, key)) == ("RSA", True)
        assert not _jose.fits(replace(token, signed=token.signed + b"A"), key)
    report = verify(data, now=NOW, fetcher=OfflineFetcher())
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)
    assert report.format == "clr-2-jwt"
    assert report.credential is not None
    assert [one.achievement.name.best() for one in report.credential.components] == ["Achievement 1"]
    assert [(one.format, one.headline) for one in report.carried] == [("vc-jwt", Headline.NOT_CHECKED)]
    forged = data[:-8] + b"AAAAAAAA"
    assert verify(forged, now=NOW, fetcher=OfflineFetcher()).headline is Headline.NOT_GENUINE


def test_what_the_records_say_is_read() -> None:
    form = format_named("clr-2")
    simple = form.read((HERE / "simple.json").read_bytes()).award
    assert simple.achievement.name.best() == "Achievement 1"
    assert [one.achievement.name.best() for one in simple.components] == ["Teamwork"]
    assert simple.components[0].issuer.id != simple.issuer.id
    program = form.read((HERE / "complex.json").read_bytes()).award
    assert program.achievement.name.best() == "Nurse Assistant 1 Program with Licensure"
    assert [one.achievement.name.best() for one in program.components][1] == "Health Careers 1"
    assert program.components[1].results[0].value == "A"
    assert {one.type for one in program.associations} == {"isParentOf", "isPartOf"}
    assert program.partial is False


@pytest.mark.parametrize("name", OLD)
def test_a_good_proof_by_nobody_known_is_a_good_proof_and_no_more(name: str) -> None:
    data = (HERE / name).read_bytes()
    assert verify_proof(data, now=NOW, fetcher=OfflineFetcher()).outcome is Outcome.VALID
    assert verify(data, now=NOW, fetcher=OfflineFetcher()).headline is Headline.NOT_GENUINE


def test_a_key_nobody_here_can_ask_for_leaves_it_open() -> None:
    data = (HERE / "simple.json").read_bytes()
    report = verify(data, now=NOW, fetcher=OfflineFetcher())
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)
