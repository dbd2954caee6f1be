# SPDX-License-Identifier: Apache-2.0
"""What is issued was verified first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.errors import ConflictError, InputError, UnknownFormatError
from gakusho.formats import CredentialKey
from gakusho.issuer.issue import issue
from gakusho.model.report import Outcome

UNIVERSITY = University()


def test_every_award_is_had_in_every_format_in_order() -> None:
    awards = [UNIVERSITY.award(number) for number in (1, 2, 3)]
    sealed = issue(
        awards,
        formats=["vc-jwt", "open-badges-3", "vc-jwt"],
        sealing=UNIVERSITY.sealing,
        documents=UNIVERSITY.documents,
    )
    assert [(one.award_id, one.format) for one in sealed] == [
        (award.id, form) for award in awards for form in ("vc-jwt", "open-badges-3")
    ]
    assert all(UNIVERSITY.verify(one.data).outcome is Outcome.VALID for one in sealed)


def test_a_batch_of_none_is_nothing() -> None:
    assert issue([], formats=["open-badges-3"], sealing=UNIVERSITY.sealing, documents={}) == []


def test_a_key_that_is_not_published_issues_nothing() -> None:
    stranger = replace(
        UNIVERSITY.sealing,
        credential_key=CredentialKey(signer=MemorySigner(b"x" * 32), verification_method=UNIVERSITY.key_id),
    )
    with pytest.raises(ConflictError) as caught:
        issue(
            [UNIVERSITY.award()], formats=["open-badges-3"], sealing=stranger, documents=UNIVERSITY.documents
        )
    assert caught.value.code == "own-output"
    assert "proof.signature" in str(caught.value.facts["got"])


def test_an_award_without_its_status_list_is_not_issued() -> None:
    documents = {url: data for url, data in UNIVERSITY.documents.items() if "revocation" not in url}
    with pytest.raises(ConflictError) as caught:
        issue(
            [UNIVERSITY.award()], formats=["open-badges-3"], sealing=UNIVERSITY.sealing, documents=documents
        )
    assert caught.value.facts["got"] == "status.revocation unknown"


def test_an_award_of_another_issuer_is_not_issued() -> None:
    other = replace(UNIVERSITY.award().issuer, id="did:web:other.example")
    with pytest.raises(ConflictError):
        issue(
            [UNIVERSITY.award(issuer=other)],
            formats=["open-badges-3"],
            sealing=UNIVERSITY.sealing,
            documents=UNIVERSITY.documents,
        )


def test_an_award_that_begins_later_may_be_issued_today() -> None:
    award = UNIVERSITY.award(valid_from=NOW + timedelta(days=30))
    assert issue(
        [award], formats=["open-badges-3"], sealing=UNIVERSITY.sealing, documents=UNIVERSITY.documents
    )


def test_wrong_use_is_refused() -> None:
    award = UNIVERSITY.award()
    with pytest.raises(InputError):
        issue([award, award], formats=["open-badges-3"], sealing=UNIVERSITY.sealing, documents={})
    with pytest.raises(InputError):
        issue([award], formats=[], sealing=UNIVERSITY.sealing, documents={})
    with pytest.raises(UnknownFormatError):
        issue([award], formats=["paper"], sealing=UNIVERSITY.sealing, documents={})
