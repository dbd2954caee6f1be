# SPDX-License-Identifier: Apache-2.0
"""What is shown of a signed PDF is what its signature covers: never what was added, never a guess."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest
from tests.unit.formats_pdf.test_foreign import CERTIFICATES, SIGNER, approved
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf import flaws_updates
from tests.vectors.signed_pdf.cases import Case
from tests.vectors.signed_pdf.good import BELIEVED, judged, leveled, renewed, sign, twin
from tests.vectors.signed_pdf.making import LATER, NOW

from gakusho.formats import Anchors, Level
from gakusho.formats._pdf.rules import take_apart
from gakusho.formats._pdf.text import folded, shown_text
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.report import Headline, Report
from gakusho.model.signed_document import SignedDocument, TimeBasis, Trust
from gakusho.verifier import document_words
from gakusho.verifier.report_json import as_json
from gakusho.verifier.report_pdf import evidence_pdf


def document(report: Report) -> SignedDocument:
    assert report.document is not None
    return report.document


@cache
def retitled() -> bytes:
    """Give a document of ours with another title and another file inside, added after it was signed."""
    signed = leveled("P-256", Level.B_T)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as opened:
        info, size = opened.docinfo.objgen[0], int(opened.trailer.Size)
        root, started = opened.Root.objgen[0], signed.rfind(b"startxref")
    previous = int(signed[started:].split()[1])
    out.write(signed)
    at = out.tell()
    out.write(b"%d 0 obj\n<< /Title (Doctor of everything) >>\nendobj\n" % info)
    table = out.tell()
    out.write(b"xref\n%d 1\n%010d 00000 n \n" % (info, at))
    trailer = (size, root, info, previous, table)
    out.write(
        b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % trailer
    )
    return out.getvalue()


def test_a_document_of_ours_is_told_with_who_when_and_how_long() -> None:
    data = renewed(2)
    found = document(judged(data))
    assert found.covered
    assert not found.changed
    assert found.title == "学位授与証明書 髙橋 𠮷子"
    assert found.pages == 1
    assert [(one.name, one.media_type) for one in found.attachments] == [
        ("open-badges-3.json", "application/vc")
    ]
    assert found.attachments[0].size == len(take_apart(data).inside[0].data)
    assert found.signer == found.certificate_issuer == "東都学芸大学"
    assert (found.trust, (found.trusted_by or "").partition("#")[0]) == (
        Trust.PUBLISHED,
        "did:web:tohto.example",
    )
    assert (found.signed_at, found.basis, found.time_authority) == (NOW, TimeBasis.PROVEN, "Tokei Time")
    assert (found.level, len(found.renewals), found.signatures) == ("B-LTA", 3, 1)
    assert found.renew_before is not None
    assert found.renew_before > LATER
    assert found.length < len(data)
    assert data[: found.length].endswith(b"%%EOF\n")


@pytest.mark.parametrize(
    ("level", "basis", "believed"),
    [
        (Level.B_B, TimeBasis.CLAIMED, BELIEVED),
        (Level.B_T, TimeBasis.PROVEN, BELIEVED),
        (Level.B_T, TimeBasis.STATED, Anchors()),
        (Level.B_LTA, TimeBasis.STATED, Anchors()),
    ],
)
def test_a_time_is_proven_only_by_an_authority_that_is_believed(
    level: Level, basis: TimeBasis, believed: Anchors
) -> None:
    found = document(judged(leveled("P-256", level), anchors=believed))
    assert (found.basis, found.level) == (basis, level.value)
    assert (found.time_authority is None) is (basis is TimeBasis.CLAIMED)


def test_after_the_last_time_stamp_ran_out_nothing_is_said_to_be_kept() -> None:
    late = datetime(2060, 1, 1, tzinfo=UTC)
    report = judged(leveled("P-256", Level.B_LTA), now=late)
    assert document(report).renew_before is None
    said = dict(document_words.facts(document(report), "en", str))
    assert "no longer holds" in said["How long it can be proven"]


def test_a_strangers_document_is_told_as_signed_by_nobody_known_until_an_authority_vouches() -> None:
    stranger = document(judged(approved(2)))
    assert (stranger.covered, stranger.trust, stranger.signatures) == (True, Trust.NOBODY, 2)
    assert stranger.trusted_by is None
    vouched = Anchors(signers=(take_apart(approved(2)).approvals[0].certificates[-1],))
    report = judged(approved(2), anchors=vouched)
    assert (document(report).trust, document(report).trusted_by) == (
        Trust.AUTHORITY,
        document(report).certificate_issuer,
    )


def test_what_was_added_later_is_not_shown_and_the_reader_is_told() -> None:
    report = judged(retitled())
    found = document(report)
    assert report.headline is Headline.NOT_GENUINE
    assert (found.covered, found.changed) == (True, True)
    assert found.title == document(judged(leveled("P-256", Level.B_T))).title
    assert found.length == len(leveled("P-256", Level.B_T))
    for language in ("ja", "en"):
        assert len(document_words.cautions(report, language)) == 2
        assert dict(document_words.facts(found, language, str))


@pytest.mark.parametrize("case", flaws_updates.CASES, ids=lambda case: case.name)
def test_whatever_was_saved_after_signing_what_is_shown_stays_the_same(case: Case) -> None:
    good, flawed = twin(case.twin), case.make(twin(case.twin))
    found, true = judged(flawed).document, document(judged(good))
    if found is None or not found.covered:
        assert found in (None, SignedDocument(covered=False))
        return
    assert found.changed
    same = ("title", "pages", "attachments", "length", "signer")
    assert [getattr(found, name) for name in same] == [getattr(true, name) for name in same]


@pytest.mark.parametrize("place", [300, -400])
def test_where_no_signature_covers_the_file_nothing_of_it_is_shown(place: int) -> None:
    data = bytearray(leveled("P-256", Level.B_T))
    data[place if place > 0 else data.rindex(b"endstream") + place] ^= 1
    report = judged(bytes(data))
    assert report.headline is Headline.NOT_GENUINE
    assert report.document == SignedDocument(covered=False)
    assert document_words.facts(report.document, "en", str) == []
    assert len(document_words.cautions(report, "en")) == 1


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", paper(), b'{"a": 1}'])
def test_what_is_no_signed_document_is_not_told_as_one(data: bytes) -> None:
    assert judged(data).document is None


def test_it_is_told_the_same_of_bytes_that_were_not_just_checked() -> None:
    data = leveled("P-256", Level.B_LTA)
    report = judged(data)
    assert FORMAT.signed_document(bytes(bytearray(data)), report.checks) == report.document


def test_a_strangers_title_is_one_bounded_line_without_hidden_characters() -> None:
    with pikepdf.open(io.BytesIO(paper())) as opened:
        opened.docinfo["/Title"] = "Degree\n\u202egnp.exe" + "x" * 1_000
        out = io.BytesIO()
        opened.save(out)
    signed = sign(out.getvalue() + b"\n", SIGNER, CERTIFICATES, permission=None)
    title = document(judged(signed)).title
    assert title is not None
    assert title.startswith("Degree gnp.exe")
    assert len(title) <= 201


def test_programs_and_the_printed_report_get_the_same() -> None:
    report = judged(renewed(2))
    told = as_json(report)["document"]
    assert (told["covered"], told["trust"], told["time_basis"]) == (True, "published", "proven")
    assert told["attachments"][0]["name"] == "open-badges-3.json"
    assert len(told["renewals"]) == 3
    assert as_json(replace(report, document=None))["document"] is None
    for language, words in (("ja", "署名された文書"), ("en", "The signed document")):
        paged = evidence_pdf(report, code="K7QF-2M9P", link="https://v.example/r/K", language=language)
        with pikepdf.open(io.BytesIO(paged)) as opened:
            printed = shown_text(opened)
        for expected in (words, "東都学芸大学", "open-badges-3.json", "Tokei Time"):
            assert folded(expected) in printed
