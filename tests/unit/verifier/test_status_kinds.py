# SPDX-License-Identifier: Apache-2.0
"""Every kind of status list that is in use: what it says is believed once the list itself is genuine."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.university import University

from gakusho.model.report import Check, Headline, Outcome
from gakusho.status.bitstring import MINIMUM_LENGTH, STATUS
from gakusho.verifier.newest import NewestLists
from gakusho.verifier.verify import Inquiry

LIST = "https://aoba.example/lists/7"
V1 = "https://www.w3.org/2018/credentials/v1"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"
SUBJECT = {"id": "did:example:learner"}
MESSAGES = [
    {"status": f"0x{value:x}", "message": word} for value, word in enumerate(("ok", "late", "gone", "?"))
]


def packed(index: int | None, entries: int = MINIMUM_LENGTH) -> str:
    bits = bytearray(entries // 8)
    if index is not None:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def credential(status: Mapping[str, Any], *contexts: str) -> dict[str, Any]:
    return {
        "@context": [V1, *contexts, INTEGRITY],
        "id": "urn:uuid:7c7a1f0e-0d2f-4f7e-9f0e-1a2b3c4d5e6f",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:aoba.example",
        "issuanceDate": "2026-03-25T00:00:00Z",
        "credentialSubject": SUBJECT,
        "credentialStatus": dict(status),
    }


def legacy(kind: str, index: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give a credential and the unsigned list it points to, in one of the older kinds."""
    context, subject, more, entry = {
        "StatusList2021": (
            "https://w3id.org/vc/status-list/2021/v1",
            "StatusList2021",
            {"statusPurpose": "revocation"},
            {
                "type": "StatusList2021Entry",
                "statusPurpose": "revocation",
                "statusListIndex": "94567",
                "statusListCredential": LIST,
            },
        ),
        "RevocationList2020": (
            "https://w3id.org/vc-revocation-list-2020/v1",
            "RevocationList2020",
            {},
            {
                "type": "RevocationList2020Status",
                "revocationListIndex": "94567",
                "revocationListCredential": LIST,
            },
        ),
    }[kind]
    listed = {
        "@context": [V1, context, INTEGRITY],
        "id": LIST,
        "type": ["VerifiableCredential", f"{kind}Credential"],
        "issuer": "did:web:aoba.example",
        "issuanceDate": "2026-03-25T00:00:00Z",
        "credentialSubject": {"id": f"{LIST}#list", "type": subject, "encodedList": packed(index), **more},
    }
    return credential({"id": f"{LIST}#94567", **entry}, context), listed


def status_check(university: University, data: bytes, **more: Any) -> tuple[Check, Headline]:
    report = Inquiry(now=university.now, fetcher=university.fetcher(), **more).verify(data)
    (check,) = [one for one in report.checks if one.code.startswith("status.")]
    return check, report.headline


@pytest.mark.parametrize("kind", ["StatusList2021", "RevocationList2020"])
@pytest.mark.parametrize(
    ("index", "outcome", "headline"),
    [(None, Outcome.VALID, Headline.VALID), (94567, Outcome.INVALID, Headline.REVOKED)],
)
def test_older_lists_of_bits_are_read(
    kind: str, index: int | None, outcome: Outcome, headline: Headline
) -> None:
    university = University()
    given, listed = legacy(kind, index)
    university.documents[LIST] = university.signed(listed)
    check, found = status_check(university, university.signed(given))
    assert (check.outcome, found) == (outcome, headline)


@pytest.mark.parametrize("kind", ["StatusList2021", "RevocationList2020"])
def test_an_older_list_signed_by_nobody_or_somebody_else_is_unknown(kind: str) -> None:
    university, other = University(), University.by_key(b"o" * 32)
    given, listed = legacy(kind, None)
    data = university.signed(given)
    for found in (json.dumps(listed).encode(), other.signed({**listed, "issuer": other.did})):
        university.documents[LIST] = found
        check, headline = status_check(university, data)
        assert (check.outcome, headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)


@pytest.mark.parametrize(
    ("listed", "outcome"),
    [
        ({"issuer": "did:web:aoba.example", "revokedCredentials": []}, Outcome.VALID),
        (
            {
                "issuer": "did:web:aoba.example",
                "revokedCredentials": [{"id": "urn:uuid:7c7a1f0e-0d2f-4f7e-9f0e-1a2b3c4d5e6f"}],
            },
            Outcome.INVALID,
        ),
        ({"issuer": "did:web:other.example", "revokedCredentials": []}, Outcome.UNKNOWN),
        ({"issuer": "did:web:aoba.example"}, Outcome.UNKNOWN),
        ([], Outcome.UNKNOWN),
    ],
    ids=["not listed", "listed", "another's list", "no list", "no object"],
)
def test_a_list_of_1edtech_goes_by_the_id_of_the_credential(listed: Any, outcome: Outcome) -> None:
    university = University()
    university.documents[LIST] = json.dumps(listed).encode()
    extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    given = credential({"id": LIST, "type": "1EdTechRevocationList"}, extensions)
    check, _ = status_check(university, university.signed(given))
    assert check.outcome is outcome


def with_message(
    value: int, messages: list[dict[str, str]] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:aoba.example",
        "credentialSubject": SUBJECT,
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "message",
            "statusListIndex": "5",
            "statusListCredential": LIST,
            "statusSize": 2,
            "statusMessage": MESSAGES if messages is None else messages,
        },
    }
    listed = STATUS.write(
        list_id=LIST,
        issuer_id="did:web:aoba.example",
        purpose="message",
        length=MINIMUM_LENGTH,
        values={5: value},
        size=2,
    )
    return given, listed


def test_the_message_of_a_value_is_told_in_the_issuers_words() -> None:
    university = University()
    for value, word in enumerate(("ok", "late", "gone", "?")):
        given, listed = with_message(value)
        university.documents[LIST] = university.signed(listed)
        check, headline = status_check(university, university.signed(given))
        assert (check.outcome, check.facts["got"], headline) == (Outcome.VALID, word, Headline.VALID)


def test_messages_that_do_not_fit_the_size_are_unknown_never_fine() -> None:
    university = University()
    given, listed = with_message(0, MESSAGES[:3])
    university.documents[LIST] = university.signed(listed)
    check, _ = status_check(university, university.signed(given))
    assert (check.outcome, check.facts["reason"]) == (Outcome.UNKNOWN, "status-entry")


def test_an_older_list_is_not_taken_for_todays_once_a_newer_was_seen() -> None:
    university = University()
    badge = university.sealed()
    old = university.documents[university.list_id("revocation")]
    newest = NewestLists()
    assert Inquiry(now=university.now, fetcher=university.fetcher(), newest=newest).verify(
        badge
    ).headline is (Headline.VALID)
    later = university.status_list("revocation", validFrom="2026-03-31T00:00:00Z")
    for data, outcome in ((later, Outcome.VALID), (old, Outcome.UNKNOWN), (later, Outcome.VALID)):
        university.documents[university.list_id("revocation")] = data
        report = Inquiry(now=university.now, fetcher=university.fetcher(), newest=newest).verify(badge)
        (check,) = [one for one in report.checks if one.code == "status.revocation"]
        assert check.outcome is outcome
    assert check.facts.get("reason") is None


def test_of_lists_signed_at_about_the_same_time_either_may_come_last() -> None:
    newest, moment, name = NewestLists(), University().now, "https://x.example/1"
    assert not newest.is_older(name, moment)
    assert not newest.is_older(name, moment - timedelta(minutes=5))
    assert newest.is_older(name, moment - timedelta(minutes=5, seconds=1)), "the newest is remembered"


def test_the_memory_of_lists_is_bounded() -> None:
    newest, moment = NewestLists(most=3), University().now
    for number in range(5):
        assert not newest.is_older(f"https://x.example/{number}", moment)
    assert newest.is_older("https://x.example/4", moment - timedelta(days=1))
    assert not newest.is_older("https://x.example/0", moment - timedelta(days=1))


def test_an_entry_without_an_id_goes_by_no_list_of_ids() -> None:
    university = University()
    university.documents[LIST] = b'{"issuer": "did:web:aoba.example", "revokedCredentials": []}'
    extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    given = credential({"id": LIST, "type": "1EdTechRevocationList"}, extensions)
    del given["id"]
    check, _ = status_check(university, university.signed(given))
    assert check.outcome is Outcome.UNKNOWN
    assert replace(check) == check
