# SPDX-License-Identifier: Apache-2.0
"""What every format promises, whichever files lie in the folder."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes.university import NOW, University

from gakusho.errors import GakushoError
from gakusho.formats import (
    Asking,
    Bakes,
    Carries,
    Format,
    Hosted,
    Pages,
    Presents,
    Reading,
    formats,
    recognize,
    set_on_pages,
    to_show,
)
from gakusho.issuer.issue import issue
from gakusho.model.problem import Severity
from gakusho.model.report import Check, Headline, Knowledge, Outcome
from gakusho.verifier.directory import Directory

FORMATS = formats()
PLAIN = [name for name, form in FORMATS.items() if not isinstance(form, Carries)]
PAGED = set_on_pages(FORMATS)
CARRYING = [name for name, form in FORMATS.items() if isinstance(form, Carries)]
JUNK = [b"", b"\x00", b"{}", b"{", b"[]", b"%PDF-", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"a.b.c", b"\xff" * 64]


@pytest.fixture(scope="module")
def university() -> University:
    return University.with_document_key()


@pytest.fixture(scope="module")
def written(university: University) -> dict[str, bytes]:
    """One award in every format, as issuing gives it."""
    sealed = issue(
        [university.award()],
        formats=[*PLAIN, *CARRYING],
        sealing=university.sealing,
        documents=university.documents,
    )
    for one in sealed:
        university.host(one.format, one.data)
    return {one.format: one.data for one in sealed}


@pytest.fixture(scope="module")
def shown(written: dict[str, bytes]) -> dict[str, bytes]:
    """The same as verifiers see it when nothing is held back."""
    return {name: to_show(FORMATS[name], data) for name, data in written.items()}


@pytest.fixture(params=FORMATS)
def form(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_it_says_what_it_is(form: Format) -> None:
    assert form.name == form.name.lower().replace("_", "-").strip()
    assert form.media_type.count("/") == 1
    assert form.extension.isalnum()


def test_its_output_is_its_own_and_nobody_elses(
    form: Format, written: dict[str, bytes], shown: dict[str, bytes]
) -> None:
    for data in (written[form.name], shown[form.name]):
        assert recognize(data).name == form.name
        assert [other.name for other in FORMATS.values() if other.recognizes(data)] == [form.name]


def test_its_output_is_valid_to_the_strict_verifier(
    form: Format, shown: dict[str, bytes], university: University
) -> None:
    report = university.verify(shown[form.name])
    assert [(c.code, dict(c.facts)) for c in report.checks if c.outcome is not Outcome.VALID] == []
    assert (report.headline, report.format) == (Headline.VALID, form.name)
    assert report.issuer is not None
    assert report.issuer.knowledge is Knowledge.DOMAIN


def test_it_says_whose_award_it_is_and_where_its_status_is(
    form: Format, written: dict[str, bytes], university: University
) -> None:
    reading = form.read(written[form.name])
    assert isinstance(reading, Reading)
    award = university.award()
    assert reading.award.valid_from == award.valid_from
    assert reading.award.learner.name.full == award.learner.name.full
    if isinstance(form, Hosted):
        # The issuer is an address, and revokes there.
        assert reading.award.id.endswith(award.id.removeprefix("urn:uuid:"))
        assert reading.award.issuer.id in university.documents
        return
    assert reading.award.id == award.id
    assert reading.award.issuer.id == award.issuer.id
    assert reading.status == award.status


def test_a_revoked_award_is_revoked_in_it(form: Format, shown: dict[str, bytes]) -> None:
    university = University.with_document_key()
    university.host(form.name, shown[form.name])
    university.mark(university.award(), "revocation")
    assert university.verify(shown[form.name]).headline is Headline.REVOKED


@pytest.mark.parametrize("part", range(8))
def test_a_changed_byte_is_found(
    part: int, form: Format, shown: dict[str, bytes], university: University
) -> None:
    data = shown[form.name]
    place = len(data) * (2 * part + 1) // 16
    changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    assert university.verify(changed).outcome is not Outcome.VALID


@pytest.mark.parametrize("data", JUNK)
def test_recognizing_never_raises(form: Format, data: bytes) -> None:
    assert isinstance(form.recognizes(data), bool)


@pytest.mark.parametrize("data", JUNK)
def test_reading_junk_is_an_error_with_a_reason(form: Format, data: bytes) -> None:
    with pytest.raises(GakushoError) as caught:
        form.read(data)
    assert caught.value.code
    assert caught.value.action


def test_checks_are_checks_and_one_is_of_a_signature(
    form: Format, written: dict[str, bytes], university: University
) -> None:
    directory = Directory(fetcher=university.fetcher(), now=NOW)
    found = form.checks(
        written[form.name], Asking(now=NOW, lookup=directory.method, fetch=university.fetcher().fetch)
    )
    assert all(isinstance(check, Check) and "." in check.code for check in found)
    assert any("signature" in check.code or check.code == "hosted.assertion" for check in found)


def test_what_it_cannot_say_is_named(form: Format, university: University) -> None:
    if isinstance(form, Carries):
        return
    award = university.award()
    sealed = form.write([award], university.sealing)[0]
    assert (sealed.format, sealed.media_type, sealed.extension) == (
        form.name,
        form.media_type,
        form.extension,
    )
    read = form.read(sealed.data).award
    if read != award:
        assert sealed.losses


def test_some_formats_have_abilities() -> None:
    assert any(isinstance(form, Bakes) for form in FORMATS.values())
    assert any(isinstance(form, Presents) for form in FORMATS.values())
    assert any(isinstance(form, Pages) for form in FORMATS.values())


@pytest.mark.parametrize("form", PAGED)
def test_a_page_is_drawn_before_anything_is_signed(form: Pages, university: University) -> None:
    with_link, without = (
        form.preview(university.award(), verification_link=link)
        for link in ("https://aoba.example/v/1", None)
    )
    assert with_link.startswith(b"\x89PNG\r\n\x1a\n")
    assert with_link != without


@pytest.mark.parametrize("form", PAGED)
@pytest.mark.parametrize("data", JUNK)
def test_what_is_no_page_of_the_institutions_is_told(form: Pages, data: bytes) -> None:
    assert Severity.ERROR in {problem.severity for problem in form.check_paper(data)}


@pytest.mark.parametrize("form", PAGED)
def test_what_its_fonts_lack_is_told_with_the_field(form: Pages, university: University) -> None:
    award = university.award()
    assert form.unwritable(award) == []
    name = replace(award.learner.name, full="髙橋 \U00013000")
    found = form.unwritable(replace(award, learner=replace(award.learner, name=name)))
    assert [(where, "U+13000" in characters) for where, characters in found] == [("name.full", True)]


def test_abilities_are_asked_of_the_formats_chosen() -> None:
    assert set_on_pages(FORMATS) == [form for form in FORMATS.values() if isinstance(form, Pages)]
    assert set_on_pages(name for name, form in FORMATS.items() if not isinstance(form, Pages)) == []
