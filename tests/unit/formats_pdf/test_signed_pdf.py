# SPDX-License-Identifier: Apache-2.0
"""The format's verbs: recognize, write, read, check."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
import time_machine
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf.attacks import sign
from tests.vectors.signed_pdf.making import LATER, NOW, asking, award, badge, issued, university

from gakusho.errors import (
    InputError,
    KeyMaterialError,
    LimitError,
    MissingGlyphError,
    UnknownFormatError,
    UnreadableError,
)
from gakusho.formats import Carries, DocumentKey, Format
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.rules import take_apart
from gakusho.formats._pdf.typesetting import typeset
from gakusho.formats.signed_pdf import FORMAT, MAX_BYTES
from gakusho.model.learner import PersonName
from gakusho.model.report import Outcome, combined
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey


class Counting:
    """A document key that counts how often it signed."""

    def __init__(self, signer: Signer) -> None:
        self.signer, self.signed = signer, 0

    @property
    def public_key(self) -> PublicKey:
        return self.signer.public_key

    def sign(self, data: bytes) -> bytes:
        self.signed += 1
        return self.signer.sign(data)


def test_it_is_a_format_that_carries_others() -> None:
    assert isinstance(FORMAT, Format)
    assert isinstance(FORMAT, Carries)
    assert FORMAT.recognizes(b"%PDF-1.7")
    assert FORMAT.recognizes(b"\n\n%PDF-1.7"), "to be refused by name, not passed over"
    assert not FORMAT.recognizes(b"{}")
    assert not FORMAT.recognizes(b' {"name": "%PDF-1.7"}')


def test_reading_gives_the_award_of_the_attached_credential() -> None:
    given = award()
    reading = FORMAT.read(issued(given))
    assert reading.award.id == given.id
    assert reading.award.learner.name == given.learner.name
    assert reading.award.issue_number == given.issue_number
    assert reading.carried == (badge(given, university()).data,) or len(reading.carried) == 1


def test_one_name_that_cannot_be_set_stops_a_batch_before_anything_is_signed() -> None:
    school = university()
    key = Counting(school.document)
    bad = award()
    bad = replace(bad, learner=replace(bad.learner, name=PersonName(full="山田 𓀀子")))
    sealing = school.sealing(document_key=DocumentKey(signer=key, certificates=school.certificates))
    with pytest.raises(MissingGlyphError):
        FORMAT.write([award(), award(), bad], sealing)
    assert key.signed == 0
    assert len(FORMAT.write([award(), award()], sealing)) == key.signed == 2


def test_without_a_document_key_nothing_is_written() -> None:
    with pytest.raises(InputError, match="document key"):
        FORMAT.write([award()], university().sealing(document_key=None))


def test_a_key_that_pdf_readers_do_not_know_is_refused() -> None:
    school = university()
    wrong = DocumentKey(signer=school.credential, certificates=school.certificates)
    with pytest.raises(KeyMaterialError, match="Ed25519"):
        FORMAT.write([award()], school.sealing(document_key=wrong))
    bare = DocumentKey(signer=school.document, certificates=())
    with pytest.raises(KeyMaterialError, match="no certificate"):
        FORMAT.write([award()], school.sealing(document_key=bare))


def test_an_own_paper_is_valid_and_its_page_is_said_to_be_not_compared() -> None:
    data = issued(paper=paper())
    checks = {check.code: check for check in FORMAT.checks(data, asking())}
    assert combined(check.outcome for check in checks.values()) is Outcome.VALID
    assert checks["pdf.carried"].facts["page"] == "own"
    assert "pdf.matches-credential" not in checks


def test_a_bad_paper_stops_the_batch_with_its_codes() -> None:
    with pytest.raises(InputError) as caught:
        issued(paper=b"%PDF-1.7\nnothing")
    assert caught.value.code == "paper.broken"


def test_the_same_award_gives_the_same_page_whatever_the_signature() -> None:
    first, second = issued(), issued()
    end = first.index(b"%%EOF")
    assert first[:end] == second[:end]


def test_with_a_deterministic_key_the_same_award_gives_the_same_file() -> None:
    school = university(kind="RSA-3072")
    with time_machine.travel("2026-03-26T00:00:00Z"):
        first = issued(school=school)
    with time_machine.travel("2031-01-01T00:00:00Z"):
        assert issued(school=school) == first, "nothing reads the clock or chance"


def test_signing_leaves_title_and_archive_metadata_as_the_page_has_them() -> None:
    with pikepdf.open(io.BytesIO(issued())) as document:
        assert str(document.docinfo["/Title"]) == "学位授与証明書 髙橋 𠮷子"
        assert "/ModDate" not in document.docinfo or str(document.docinfo["/ModDate"]).startswith(
            "D:20260325"
        )
        metadata = document.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert "学位授与証明書 髙橋 𠮷子" in metadata


def test_the_claimed_time_is_that_of_the_sealing() -> None:
    checks = {check.code: check for check in FORMAT.checks(issued(), asking())}
    assert checks["pdf.time"].facts["claimed_time"] == NOW.isoformat()
    assert checks["pdf.time"].facts["assurance"] == "claimed"


def test_a_document_from_the_future_is_not_valid() -> None:
    early = asking(now=NOW - timedelta(days=2))
    assert combined(check.outcome for check in FORMAT.checks(issued(), early)) is Outcome.INVALID


def test_a_signed_pdf_of_others_is_told_apart_and_never_valid() -> None:
    school = university()
    data = sign(paper() + b"\n", school.document, school.certificates, permission=None)
    checks = {check.code: check for check in FORMAT.checks(data, asking())}
    assert checks["pdf.signature"].outcome is Outcome.VALID
    assert checks["pdf.certified"].outcome is Outcome.UNKNOWN
    assert checks["pdf.certified"].facts["reason"] == "signed-not-locked"
    assert checks["pdf.carried"].outcome is Outcome.UNKNOWN
    assert combined(check.outcome for check in checks.values()) is Outcome.UNKNOWN
    with pytest.raises(UnknownFormatError, match="no credential"):
        FORMAT.read(data)


def test_a_certified_page_without_a_credential_is_unknown() -> None:
    page = typeset("diploma", page_data(award("diploma"), link=None), at=NOW) + b"\n"
    data = sign(page, university().document, university().certificates)
    outcomes = {check.code: check.outcome for check in FORMAT.checks(data, asking())}
    assert outcomes["pdf.certified"] is Outcome.VALID
    assert combined(outcomes.values()) is Outcome.UNKNOWN


def test_an_unsigned_pdf_is_said_to_be_unsigned() -> None:
    checks = {check.code: check for check in FORMAT.checks(paper(), asking())}
    assert checks["pdf.certified"].outcome is Outcome.INVALID
    assert checks["pdf.certified"].facts["reason"] == "unsigned"
    with pytest.raises(UnreadableError, match="not signed"):
        FORMAT.read(paper())


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    class Declared(bytes):
        def __len__(self) -> int:
            return MAX_BYTES + 1

    data = Declared(b"%PDF-1.7")
    with pytest.raises(LimitError):
        FORMAT.read(data)
    [check] = FORMAT.checks(data, asking())
    assert (check.code, check.outcome) == ("pdf.readable", Outcome.INVALID)


@pytest.mark.parametrize(
    "data", [b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-" + b"\0" * 5000, b"x" * 900 + b"%PDF-1.4"]
)
def test_rubbish_is_a_finding_not_an_error(data: bytes) -> None:
    [check] = FORMAT.checks(data, asking(now=LATER))
    assert (check.code, check.outcome) == ("pdf.readable", Outcome.INVALID)
    with pytest.raises(UnreadableError):
        FORMAT.read(data)


def test_what_is_attached_stands_under_its_formats_name() -> None:
    with pikepdf.open(io.BytesIO(issued())) as document:
        assert list(document.attachments) == ["open-badges-3.json"]


@pytest.mark.parametrize(
    ("again", "times", "end"),
    [
        (b"obj ", 10_000_000, b""),
        (b"obj ", 5_000_000, b"startxref 9 %%EOF"),
        (b"\n", 20_000_000, b"startxref\n9\n%%EOF\n"),
    ],
    ids=["one endless line", "an end on an endless line", "endless empty lines"],
)
def test_a_document_without_an_end_is_refused_at_once(again: bytes, times: int, end: bytes) -> None:
    data = b"%PDF-1.7\n" + again * times + end
    started = time.process_time()
    assert take_apart(data).examination.problem == "the end of the document is missing"
    assert time.process_time() - started < 1
