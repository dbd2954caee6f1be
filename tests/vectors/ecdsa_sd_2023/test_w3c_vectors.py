# SPDX-License-Identifier: Apache-2.0
"""The W3C vectors of ecdsa-sd-2023: base proof and derived proof made again, byte for byte; and forgeries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
import pytest
from tests.fakes.deterministic import DeterministicSigner
from tests.fakes.did_keys import lookup

from gakusho.errors import GakushoError
from gakusho.formats import recognize
from gakusho.formats._contexts import contexts
from gakusho.model.report import Outcome
from gakusho.proof import ProofOptions, multibase
from gakusho.proof.data_integrity import derived, proof_checks
from gakusho.proof.suites._sd_values import base_value, derived_value
from gakusho.proof.suites._skolem import Skolemized, relabeled
from gakusho.proof.suites.ecdsa_sd_2023 import SUITE, _labels, _signed

FOLDER = Path(__file__).parent
Json = dict[str, Any]


def load(name: str) -> Json:
    loaded: Json = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


VALUES = load("values.json")
HMAC_KEY = bytes.fromhex(VALUES["hmacKey"])


def unsigned() -> Json:
    return {name: value for name, value in load("base.json").items() if name != "proof"}


def flaws(document: Json) -> list[tuple[str, Outcome]]:
    checks = proof_checks(document, now=datetime(2024, 1, 1, tzinfo=UTC), lookup=lookup, contexts=contexts())
    return [(check.code, check.outcome) for check in checks if check.outcome is not Outcome.VALID]


def lines(pointers: list[str]) -> list[int]:
    """Give the places of what the pointers choose among all statements."""
    parts = Skolemized(unsigned(), contexts())
    labels = _labels(parts.statements, HMAC_KEY)
    chosen = set(relabeled(parts.selected(pointers), labels))
    return [place for place, line in enumerate(relabeled(parts.statements, labels)) if line in chosen]


def test_the_pointers_choose_the_published_statements() -> None:
    mandatory = list(SUITE.mandatory(load("base.json")["proof"]))
    assert lines(mandatory) == VALUES["mandatoryIndexes"]
    assert lines(VALUES["selectivePointers"]) == VALUES["selectiveIndexes"]
    assert lines([*mandatory, *VALUES["selectivePointers"]]) == VALUES["combinedIndexes"]


def test_what_the_issuer_signs_has_the_published_hashes() -> None:
    base = load("base.json")
    value = base_value(base["proof"])
    parts = Skolemized(unsigned(), contexts())
    all_lines = relabeled(parts.statements, _labels(parts.statements, HMAC_KEY))
    mandatory = [all_lines[place] for place in VALUES["mandatoryIndexes"]]
    assert hashlib.sha256("".join(mandatory).encode()).hexdigest() == VALUES["mandatoryHash"]
    signed = _signed(unsigned(), base["proof"], contexts(), value.public_key, mandatory)
    assert signed[:32].hex() == VALUES["proofHash"]
    assert signed[-32:].hex() == VALUES["mandatoryHash"]


def test_signing_again_gives_the_published_base_proof() -> None:
    base = load("base.json")
    proof = SUITE.base_proof(
        unsigned(),
        signer=DeterministicSigner("P-256", VALUES["baseKeyPair"]["secretKeyMultibase"]),
        options=ProofOptions(
            verification_method=base["proof"]["verificationMethod"],
            created=datetime(2023, 8, 15, 23, 36, 38, tzinfo=UTC),
            mandatory_pointers=SUITE.mandatory(base["proof"]),
        ),
        contexts=contexts(),
        hmac_key=HMAC_KEY,
        one_time=DeterministicSigner("P-256", VALUES["proofKeyPair"]["secretKeyMultibase"]),
    )
    assert proof == base["proof"]


def test_deriving_gives_the_published_document_and_proof() -> None:
    shown = derived(load("base.json"), pointers=VALUES["selectivePointers"], contexts=contexts())
    assert shown == load("derived.json")
    value = derived_value(shown["proof"])
    assert list(value.mandatory) == VALUES["adjMandatoryIndexes"]


def test_the_derived_proof_verifies() -> None:
    assert flaws(load("derived.json")) == []


def test_a_base_proof_is_not_for_verifiers() -> None:
    assert flaws(load("base.json")) == [("proof.signature", Outcome.UNKNOWN)]


@pytest.mark.parametrize("pointers", [[""], [], ["/credentialSubject/sails/0"], ["/credentialSubject"]])
def test_whatever_is_chosen_verifies(pointers: list[str]) -> None:
    shown = derived(load("base.json"), pointers=pointers, contexts=contexts())
    assert flaws(shown) == []
    assert shown["issuer"] == unsigned()["issuer"]


@pytest.mark.parametrize(
    "pointer", ["/nothing", "/credentialSubject/sails/9", "/type/x", "issuer", "/credentialSubject/sails/01"]
)
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str) -> None:
    with pytest.raises(GakushoError):
        derived(load("base.json"), pointers=[pointer], contexts=contexts())


def test_deriving_from_another_document_gives_nothing_that_verifies() -> None:
    base = load("base.json")
    base["credentialSubject"]["sailNumber"] = "Mars101"
    assert flaws(derived(base, pointers=[""], contexts=contexts())) == [("proof.signature", Outcome.INVALID)]
    del base["credentialSubject"]["boards"]
    with pytest.raises(GakushoError):
        derived(base, pointers=[""], contexts=contexts())


def test_a_derived_document_is_not_derived_from_again() -> None:
    with pytest.raises(GakushoError):
        derived(load("derived.json"), pointers=[""], contexts=contexts())


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["credentialSubject"].update(sailNumber="Mars101"),
        lambda d: d["credentialSubject"]["boards"][0].update(year=2023),
        lambda d: d["credentialSubject"]["sails"].pop(),
        lambda d: d["credentialSubject"]["boards"].pop(),
        lambda d: d["credentialSubject"].update(sailName="Kihei"),
        lambda d: d.update(issuer="https://vc.example/somebody"),
        lambda d: d["proof"].update(created="2023-08-16T23:36:38Z"),
    ],
)
def test_a_changed_part_or_one_left_out_does_not_verify(change: Any) -> None:
    document = load("derived.json")
    change(document)
    assert ("proof.signature", Outcome.INVALID) in flaws(document)


def rewritten(**parts: Any) -> Json:
    document = load("derived.json")
    value = replace(derived_value(document["proof"]), **parts)
    document["proof"]["proofValue"] = value.written()
    return document


def test_the_parts_of_the_proof_cannot_be_exchanged() -> None:
    value = derived_value(load("derived.json")["proof"])
    assert flaws(rewritten()) == []
    swapped = (value.signatures[1], value.signatures[0], *value.signatures[2:])
    numbers = list(value.labels)
    crossed = {**value.labels, numbers[0]: value.labels[numbers[1]], numbers[1]: value.labels[numbers[0]]}
    other_key = (
        multibase.CODECS["P-256"]
        + DeterministicSigner("P-256", VALUES["baseKeyPair"]["secretKeyMultibase"]).public_key.material
    )
    for parts in (
        {"signatures": swapped},
        {"signatures": value.signatures[:-1]},
        {"labels": crossed},
        {"labels": {k: v for k, v in value.labels.items() if k != numbers[0]}},
        {"labels": {**value.labels, 99: bytes(32)}},
        {"mandatory": value.mandatory[:-1]},
        {"mandatory": (*value.mandatory, 10_000)},
        {"public_key": other_key},
        {"public_key": b"\xed\x01" + bytes(33)},
        {"signature": bytes(64)},
    ):
        assert ("proof.signature", Outcome.INVALID) in flaws(rewritten(**parts)), parts


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        cbor2.dumps([]),
        cbor2.dumps([bytes(64), bytes(35), [], {}, [], []]),
        cbor2.dumps([bytes(64), bytes(36), [], {}, []]),
        cbor2.dumps([bytes(64), bytes(35), [bytes(63)], {}, []]),
        cbor2.dumps([bytes(64), bytes(35), [], {"0": bytes(32)}, []]),
        cbor2.dumps([bytes(64), bytes(35), [], {0: bytes(31)}, []]),
        cbor2.dumps([bytes(64), bytes(35), [], {0: bytes(32), 1: bytes(32)}, []]),
        cbor2.dumps([bytes(64), bytes(35), [], {}, [1, 1]]),
        cbor2.dumps([bytes(64), bytes(35), [], {}, [-1]]),
        cbor2.dumps([bytes(64), bytes(35), [], {}, [True]]),
        cbor2.dumps(cbor2.CBORTag(64, [bytes(64), bytes(35), [], {}, []])),
        cbor2.dumps([cbor2.CBORTag(64, bytes(64)), bytes(35), [], {}, []]),
        cbor2.dumps([bytes(64), bytes(35), [bytes(64)] * 5_000, {}, []]),
        b"\x9f" + cbor2.dumps(bytes(64)) + cbor2.dumps(bytes(35)) + b"\x80\xa0\x80\xff",
        cbor2.dumps([bytes(64), bytes(35), [], {}, []]) + b"\x00",
        b"\x81" * 100_000,
        b"\x9b" + b"\xff" * 8,
    ],
)
def test_any_other_cbor_is_refused_and_nothing_breaks(body: bytes) -> None:
    document = load("derived.json")
    document["proof"]["proofValue"] = "u" + multibase.base64url(b"\xd9\x5d\x01" + body)
    assert ("proof.signature", Outcome.INVALID) in flaws(document)


@pytest.mark.parametrize("value", [None, "", "z" + "1" * 90, "u", "u*", "u2V0C", "u2V0BhQ==", "u" * 600_000])
def test_any_other_text_is_refused(value: object) -> None:
    document = load("derived.json")
    document["proof"]["proofValue"] = value
    assert ("proof.signature", Outcome.INVALID) in flaws(document)


def test_the_badge_that_1edtech_derived_verifies_and_is_read_as_one() -> None:
    badge = load("one_edtech_derived.json")
    assert flaws(badge) == []
    assert recognize(json.dumps(badge).encode()).name == "open-badges-3-sd"
    badge["credentialSubject"]["achievement"]["name"] = "Leadership"
    assert flaws(badge) == [("proof.signature", Outcome.INVALID)]
