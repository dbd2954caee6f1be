# SPDX-License-Identifier: Apache-2.0
"""Documents are made at the level that was asked for, never less; updates leave what was signed alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import pikepdf
import pytest
from tests.fakes.archive import SIGNED, Lists, document_key, tsa
from tests.vectors.signed_pdf.making import asking, award, university

from gakusho.errors import GakushoError, InputError, SettingsError, UnreachableError
from gakusho.formats import DocumentKey, Level
from gakusho.formats._pdf import pades_lasting
from gakusho.formats._pdf.pades_lasting import Keeping, document_stamps
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.report import Outcome
from gakusho.proof.revocation import Evidence


def written(key: DocumentKey, count: int = 1) -> list[bytes]:
    given = [replace(award(), id=f"urn:uuid:5b8e7c1e-0000-4000-8000-{place:012}") for place in range(count)]
    return [one.data for one in FORMAT.write(given, university().sealing(document_key=key))]


@cache
def made(level: Level) -> bytes:
    return written(document_key(level=level))[0]


@dataclass
class Counting:
    """A time-stamping authority that counts, and may be away or wordy."""

    away: bool = False
    padding: int = 0
    asked: list[bytes] = field(default_factory=list)

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        self.asked.append(digest)
        if self.away:
            raise UnreachableError("The authority is away.", code="timestamp")
        return tsa().stamp(digest, algorithm)


@dataclass
class Away:
    """Revocation lists that cannot be had."""

    def evidence(self, chain: Sequence[bytes]) -> Evidence:
        raise UnreachableError("No list can be had.", code="revocation")


@pytest.mark.parametrize(("level", "stamps", "store"), [("B-T", 0, 0), ("B-LT", 0, 2), ("B-LTA", 1, 2)])
def test_each_level_holds_what_it_is_named_for(level: str, stamps: int, store: int) -> None:
    data = made(Level(level))
    assert len(document_stamps(data)) == stamps
    with pikepdf.open(io.BytesIO(data)) as document:
        kept = len(document.Root.DSS.CRLs) if "/DSS" in document.Root else 0
        assert kept == store, "one of the signer's authority, one of the time-stamp's"
        permission = document.Root.Perms.DocMDP.Reference[0].TransformParams.P
        assert permission == 1


@pytest.mark.parametrize("level", list(Level))
def test_what_was_signed_stands_untouched_before_what_was_added(level: Level) -> None:
    checks = {check.code: check for check in FORMAT.checks(made(level), asking())}
    for code in ("pdf.signature", "pdf.byte-range", "pdf.certified", "pdf.clean-start-and-end"):
        assert checks[code].outcome is Outcome.VALID, checks[code]


def test_the_time_stamp_is_made_of_the_signature_and_the_last_one_of_the_whole_document() -> None:
    counting = Counting()
    written(replace(document_key(level=Level.B_LTA), timestamper=counting))
    assert len(counting.asked) == 2
    [stamp] = document_stamps(made(Level.B_LTA))
    assert stamp.time == SIGNED


def test_revocation_data_are_asked_for_once_a_batch() -> None:
    key = document_key(level=Level.B_LTA)
    written(key, 3)
    assert isinstance(key.revocations, Lists)
    assert len(key.revocations.asked) == 2, "the signer's chain and the time-stamp's"


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
def test_nothing_less_is_given_when_the_authority_is_away(level: Level) -> None:
    key = document_key(level=level)
    assert written(replace(key, timestamper=Counting()))
    with pytest.raises(UnreachableError, match="away"):
        written(replace(key, timestamper=Counting(away=True)))


@pytest.mark.parametrize("level", [Level.B_LT, Level.B_LTA])
def test_nothing_less_is_given_when_a_list_cannot_be_had(level: Level) -> None:
    with pytest.raises(UnreachableError, match="No list"):
        written(replace(document_key(level=level), revocations=Away()))
    assert written(replace(document_key(level=Level.B_T), revocations=Away())), "it needs none"


def test_a_level_without_what_it_needs_is_an_error_before_anything_is_signed() -> None:
    without_time = {level: replace(document_key(level=level), timestamper=None) for level in Level}
    without_lists = {level: replace(document_key(level=level), revocations=None) for level in Level}
    for key in (
        *(without_time[level] for level in (Level.B_T, Level.B_LT, Level.B_LTA)),
        *(without_lists[level] for level in (Level.B_LT, Level.B_LTA)),
    ):
        with pytest.raises(SettingsError) as caught:
            written(key)
        assert caught.value.code == "document-level"
    assert written(without_time[Level.B_B])
    assert written(without_lists[Level.B_T])


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LTA])
def test_a_token_longer_than_expected_gets_its_room(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    from gakusho.formats._pdf import pades_certify

    monkeypatch.setattr(pades_certify, "TOKEN_ROOM", 100)
    monkeypatch.setattr(pades_lasting._Shared, "room", 100)
    counting = Counting()
    [data] = written(replace(document_key(level=level), timestamper=counting))
    checks = {check.code: check for check in FORMAT.checks(data, asking())}
    assert checks["pdf.signature"].outcome is Outcome.VALID
    assert checks["pdf.byte-range"].outcome is Outcome.VALID
    assert len(document_stamps(data)) == (level is Level.B_LTA)


def test_an_archived_document_is_extended_again_and_again() -> None:
    first = made(Level.B_LTA)
    keeping = Keeping(tsa(), Lists())
    second = keeping.extended(first)
    third = keeping.extended(second)
    assert second.startswith(first)
    assert third.startswith(second)
    assert [len(document_stamps(one)) for one in (first, second, third)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("begun", "level", "stamps"),
    [
        (Level.B_B, Level.B_T, 1),
        (Level.B_B, Level.B_LT, 1),
        (Level.B_B, Level.B_LTA, 2),
        (Level.B_T, Level.B_LT, 0),
        (Level.B_T, Level.B_LTA, 1),
        (Level.B_LT, Level.B_LTA, 1),
    ],
)
def test_a_document_is_raised_behind_what_was_signed(begun: Level, level: Level, stamps: int) -> None:
    raised = Keeping(tsa(), Lists()).raised(made(begun), level)
    assert raised.startswith(made(begun)), "who has the earlier bytes has the beginning of these"
    assert len(document_stamps(raised)) == stamps
    outcomes = {check.code: check.outcome for check in FORMAT.checks(raised, asking())}
    for code in ("pdf.signature", "pdf.coverage", "pdf.certified", "pdf.byte-range"):
        assert outcomes[code] is Outcome.VALID, code
    with pikepdf.open(io.BytesIO(raised)) as document:
        kept = len(document.Root.DSS.CRLs) if "/DSS" in document.Root else 0
    before = 2 if begun.lasts else 0
    assert kept == before + (2 if level.lasts else 0), "of the signer's authority and of the time-stamp's"


def test_nothing_is_raised_without_a_time_stamp_or_revocation_data() -> None:
    begun = made(Level.B_B)
    for keeping in (Keeping(Counting(away=True), Lists()), Keeping(tsa(), Away())):
        with pytest.raises(UnreachableError):
            keeping.raised(begun, Level.B_LTA)
    assert Keeping(tsa(), Away()).raised(begun, Level.B_T), "it needs none"


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T, Level.B_LT])
def test_what_is_no_archive_is_not_extended(level: Level) -> None:
    with pytest.raises(InputError) as caught:
        Keeping(tsa(), Lists()).extended(made(level))
    assert caught.value.code == "pdf.not-archived"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nnothing", b"\0" * 2000])
def test_broken_bytes_are_refused_in_words(data: bytes) -> None:
    keeping = Keeping(tsa(), Lists())
    with pytest.raises(GakushoError):
        keeping.extended(data)
    with pytest.raises(GakushoError):
        keeping.raised(data, Level.B_T)
