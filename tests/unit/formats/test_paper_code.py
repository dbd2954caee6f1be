# SPDX-License-Identifier: Apache-2.0
"""Codes on paper: what fits, what is said, what is read from a picture, and that the tables stay."""

from __future__ import annotations

import hashlib
import io
import json
import random
from dataclasses import replace

import pytest
import segno
from PIL import Image
from tests.fakes import scans
from tests.fakes.scans import Look
from tests.fakes.university import NOW, University
from tests.vectors.paper_code import cases

from gakusho.errors import GakushoError, InputError, KeyMaterialError, LimitError, UnreadableError
from gakusho.fetch import OfflineFetcher
from gakusho.formats import _paper_tables
from gakusho.formats.paper_code import FORMAT
from gakusho.model.award import Award, StatusEntry
from gakusho.model.report import Headline, Outcome
from gakusho.verifier.sentences import sentence
from gakusho.verifier.verify import verify

SEALING = cases.SEALING


def written(award: Award) -> str:
    """Give the text of an award's code."""
    return FORMAT.write([award], SEALING)[0].data.decode()


@pytest.fixture(scope="module")
def transcript() -> str:
    """The code of a transcript of 60 courses."""
    return written(cases.transcript(60))


@pytest.fixture(scope="module")
def paper(transcript: str) -> Image.Image:
    """It on a sheet of paper, at the smallest size it is printed in."""
    return scans.sheet([transcript])


def test_a_transcript_of_60_courses_fits_into_a_code_of_version_25(transcript: str) -> None:
    code = segno.make(transcript, error="m", boost_error=False)
    assert (int(code.version), code.mode) <= (25, "alphanumeric")
    assert code.symbol_size(border=4)[0] * 0.33 < 45  # millimeters
    results = FORMAT.read(transcript.encode()).award.results
    assert [(one.name, one.value, one.credits, one.term) for one in results] == [
        (one.name, one.value, one.credits, one.term) for one in cases.transcript(60).results
    ]


def test_what_is_printed_on_a_certificate_is_all_in_the_code() -> None:
    award = cases.diploma()
    read = FORMAT.read(written(award).encode()).award
    for member in ("id", "awarded_on", "valid_from", "valid_until", "issue_number", "narrative", "status"):
        assert getattr(read, member) == getattr(award, member), member
    assert (read.learner.name, read.learner.birth_date) == (award.learner.name, award.learner.birth_date)
    assert (read.achievement.name, read.achievement.type) == (award.achievement.name, award.achievement.type)
    assert (read.document.addressee, read.document.purpose) == ("株式会社みどり製作所", "就職活動")
    assert (read.issuer.id, read.issuer.name) == (award.issuer.id, award.issuer.name)


def test_results_that_do_not_fit_are_counted_and_named_as_a_loss() -> None:
    sealed = FORMAT.write([cases.transcript(200)], SEALING)[0]
    assert "results" in sealed.losses
    reading = FORMAT.read(sealed.data)
    assert reading.award.results == ()
    assert [check.code for check in FORMAT.cautions(reading)] == ["paper.compare", "paper.results-left-out"]
    assert FORMAT.cautions(reading)[1].facts["got"] == "200"


def test_an_institution_without_a_p_256_key_is_told() -> None:
    with pytest.raises(KeyMaterialError):
        FORMAT.write([cases.diploma()], University.by_key().sealing)


@pytest.mark.parametrize(
    "award",
    [
        replace(cases.diploma(), id="https://aoba.example/1"),
        replace(
            cases.diploma(),
            status=(
                StatusEntry(
                    id="x", kind="Other", purpose="message", list_id="https://a.example", index=1, size=2
                ),
            ),
        ),
        replace(cases.diploma(), narrative="\u202eabc"),
    ],
)
def test_what_cannot_be_said_is_refused_before_it_is_signed(award: Award) -> None:
    with pytest.raises(InputError):
        written(award)


def test_the_tables_never_change() -> None:
    """Codes on paper cannot be called back: what a number means today it means for ever."""
    told = json.dumps(_paper_tables.tables(), sort_keys=True, ensure_ascii=False).encode()
    assert (
        hashlib.sha256(told).hexdigest() == "d27fd507f9483803caf7fcae72985f0d20dbcb0b501f892e05af95116374812e"
    )


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(degrees=-3, blur=0.6),
        Look(dots=300, degrees=90.8, blur=0.8, quality=40),
        Look(dots=300, degrees=182, noise=25),
    ],
    ids=["office", "crooked", "sideways", "upside-down"],
)
def test_a_transcript_is_read_from_a_scan(look: Look, paper: Image.Image, transcript: str) -> None:
    picture = scans.seen(paper, look)
    assert FORMAT.is_picture(picture)
    assert FORMAT.in_picture(picture).decode() == transcript


def test_a_picture_of_a_paper_is_verified_as_its_code_is(paper: Image.Image, transcript: str) -> None:
    documents = University.with_document_key()
    code = documents.sealed(cases.transcript(60), "paper-code").decode()
    picture = scans.seen(scans.sheet([code, "https://aoba.example/v/abc"], module=0.4))
    report = documents.verify(picture)
    assert (report.headline, report.format) == (Headline.VALID, "paper-code")
    assert [check.code for check in report.checks][:2] == ["picture.code", "format.recognized"]
    assert "paper.compare" in [check.code for check in report.warnings]


@pytest.mark.parametrize("flaw", ["too many pixels", "a bomb", "cut off"])
def test_a_picture_that_is_not_looked_at_is_no_forgery(flaw: str) -> None:
    """A telephone with 200 million pixels, or a broken upload, says nothing about the paper."""
    taken = io.BytesIO()
    if flaw == "cut off":
        Image.new("L", (600, 600), 200).save(taken, "JPEG")
        data = taken.getvalue()[:-900]
    else:
        side = 8_100 if flaw == "too many pixels" else 16_000
        Image.new("1", (side, side)).save(taken, "TIFF", compression="group4")
        data = taken.getvalue()
    report = verify(data, now=NOW, fetcher=OfflineFetcher())
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED), report.checks
    assert report.checks[0].facts["reason"] == "picture"
    assert "smaller" in sentence(report.checks[0], "en")


def test_a_picture_without_a_signed_code_could_not_be_checked() -> None:
    report = cases.found("")
    assert report.outcome is Outcome.UNKNOWN
    with pytest.raises(UnreadableError, match="No signed code") as caught:
        FORMAT.in_picture(scans.seen(scans.sheet(["https://aoba.example/v/abc"], module=0.6)))
    assert caught.value.facts["got"] == "https://aoba.example/v/abc"


def test_two_signed_codes_in_one_picture_are_not_chosen_between() -> None:
    sheet = scans.sheet([written(cases.diploma()), written(replace(cases.diploma(), issue_number="2"))])
    with pytest.raises(UnreadableError) as caught:
        FORMAT.in_picture(scans.seen(sheet, Look(dots=250)))
    assert caught.value.code == "picture-several"


def test_a_picture_with_too_many_pixels_is_not_opened() -> None:
    bomb = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    with pytest.raises(LimitError):
        FORMAT.in_picture(bomb.getvalue())


def test_spoiled_pictures_are_errors_with_a_reason() -> None:
    chance = random.Random(4)
    whole = scans.seen(scans.sheet(["GK1:ABC"], module=1).resize((800, 1100)))
    for _ in range(30):
        data = bytearray(whole[: chance.randrange(4, len(whole))])
        for _ in range(20):
            data[chance.randrange(3, len(data))] = chance.randrange(256)
        with pytest.raises(GakushoError):
            FORMAT.in_picture(bytes(data))
