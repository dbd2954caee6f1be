# SPDX-License-Identifier: Apache-2.0
"""What is issued was verified first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.errors import ConflictError, InputError, UnknownFormatError
from gakusho.formats import CredentialKey, Endorses, format_named
from gakusho.issuer import endorsing
from gakusho.issuer.issue import issue
from gakusho.model.award import Award
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.report import Outcome, Report
from gakusho.model.sealed import Sealed
from gakusho.model.text import Text
from gakusho.verifier.verify import Inquiry

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


def test_what_stands_inside_a_page_is_verified_once_and_said_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    university = University.with_document_key()
    seen: list[tuple[int, bytes]] = []
    original = Inquiry.verify

    def verify(self: Inquiry, data: bytes, *, depth: int = 0) -> Report:
        seen.append((depth, data))
        return original(self, data, depth=depth)

    monkeypatch.setattr(Inquiry, "verify", verify)
    page, badge = issue(
        [university.award()],
        formats=["signed-pdf", "open-badges-3"],
        sealing=university.sealing,
        documents=university.documents,
    )
    assert seen == [(0, badge.data), (0, page.data)]
    fresh = original(Inquiry(now=NOW, fetcher=university.fetcher()), page.data)
    knowing = Inquiry(now=NOW, fetcher=university.fetcher())
    knowing.reported[badge.data] = original(knowing, badge.data)
    assert original(knowing, page.data) == fresh
    assert fresh.outcome is Outcome.VALID
    assert [report.format for report in fresh.carried] == ["open-badges-3"]


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


def endorsed_by(agency: University, comment: str = "よい課程です。") -> bytes:
    form: object = format_named("vc-jwt")
    assert isinstance(form, Endorses)
    said = Endorsement(
        id="urn:uuid:e0000000-0000-4000-8000-000000000001",
        endorser=Issuer(id=agency.did, name=Text.of(ja="認証機構")),
        endorsed_id=UNIVERSITY.award().achievement.id,
        comment=comment,
        valid_from=NOW - timedelta(days=1),
    )
    return form.endorse(said, agency.sealing).data


def test_anothers_endorsement_may_be_unknown_here_but_never_invalid() -> None:
    agency = University(did="did:web:agency.example", signer=MemorySigner(b"a" * 32))
    good, other = endorsed_by(agency), endorsed_by(agency, "最高の課程です。")
    forged = b".".join((good.split(b".")[0], other.split(b".")[1], good.split(b".")[2]))
    award = UNIVERSITY.award()
    for word, documents, fine in (
        (good, UNIVERSITY.documents, True),  # its key is published elsewhere
        (good, {**agency.documents, **UNIVERSITY.documents}, True),
        (forged, {**agency.documents, **UNIVERSITY.documents}, False),
    ):
        said = replace(award, achievement=replace(award.achievement, endorsements=(word,)))

        def sealed(said: Award = said, documents: dict[str, bytes] = documents) -> list[Sealed]:
            return issue([said], formats=["open-badges-3"], sealing=UNIVERSITY.sealing, documents=documents)

        if fine:
            assert len(sealed()) == 1
        else:
            with pytest.raises(ConflictError) as caught:
                sealed()
            assert caught.value.code == "own-output"


def test_an_endorsement_of_ones_own_must_be_valid_here() -> None:
    own = endorsed_by(UNIVERSITY)
    unpublished = endorsed_by(replace(UNIVERSITY, signer=MemorySigner(b"q" * 32), documents={}))
    award = UNIVERSITY.award()
    for word, fine in ((own, True), (unpublished, False)):
        said = replace(award, achievement=replace(award.achievement, endorsements=(word,)))
        if fine:
            assert issue(
                [said],
                formats=["open-badges-3"],
                sealing=UNIVERSITY.sealing,
                documents=UNIVERSITY.documents,
            )
        else:
            with pytest.raises(ConflictError):
                issue(
                    [said],
                    formats=["open-badges-3"],
                    sealing=UNIVERSITY.sealing,
                    documents=UNIVERSITY.documents,
                )


def test_only_a_word_of_the_thing_itself_that_holds_now_is_taken() -> None:
    agency = University.by_key(b"a" * 32)
    word, of = endorsed_by(agency), UNIVERSITY.award().achievement.id
    inquiry = Inquiry(now=NOW, fetcher=agency.fetcher())
    assert endorsing.taken(word + b"\n", of=of, verify=inquiry.verify) == word
    head, _, signature = word.split(b".")
    forged = b".".join((head, endorsed_by(agency, "最高です。").split(b".")[1], signature))
    for data, wanted, code in (
        (word, "urn:uuid:another", "endorsement-unfit"),
        (UNIVERSITY.sealed(), of, "endorsement-unfit"),
        (b"x" * 70_000, of, "endorsement-unfit"),
        (b"well done", of, "endorsement-unfit"),
        (forged, of, "endorsement-not-valid"),
    ):
        with pytest.raises(InputError) as caught:
            endorsing.taken(data, of=wanted, verify=inquiry.verify)
        assert caught.value.code == code


def test_a_format_that_writes_no_endorsements_says_which_do() -> None:
    said = Endorsement(
        id="urn:uuid:e",
        endorser=UNIVERSITY.profile(),
        endorsed_id="urn:uuid:a",
        comment="よい",
        valid_from=NOW,
    )
    with pytest.raises(InputError) as caught:
        endorsing.endorse(said, form="signed-pdf", sealing=UNIVERSITY.sealing, documents={})
    assert caught.value.code == "no-endorsements"
    assert set(str(caught.value.facts["expected"]).split(", ")) == {"vc-jwt", "verifiable-credential"}
    with pytest.raises(ConflictError):
        endorsing.endorse(said, form="vc-jwt", sealing=UNIVERSITY.sealing, documents={})
    done = endorsing.endorse(said, form="vc-jwt", sealing=UNIVERSITY.sealing, documents=UNIVERSITY.documents)
    assert UNIVERSITY.verify(done.data).outcome is Outcome.VALID
