# SPDX-License-Identifier: Apache-2.0
"""No good file is refused: every level, key and kind of page, also where another program certified it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pikepdf
import PIL.Image
import PIL.ImageDraw
import pytest
from cryptography import x509
from pyhanko.sign.fields import MDPPerm
from tests.fakes.archive import TIME, authority
from tests.fakes.university import University as Aoba
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf import good
from tests.vectors.signed_pdf.certificates import STAMPING, Usage, certificate, key, root
from tests.vectors.signed_pdf.containers import raw
from tests.vectors.signed_pdf.flaws_beside import _masked_picture
from tests.vectors.signed_pdf.flaws_places import in_stream
from tests.vectors.signed_pdf.flaws_times import stamped
from tests.vectors.signed_pdf.good import Lists, judged, leveled, page, renewed, school, twin
from tests.vectors.signed_pdf.making import LATER, NOW, award, issued, university
from tests.vectors.signed_pdf.others import by_pyhanko, openssl, pkcs7_builder, with_container
from tests.vectors.signed_pdf.tokens import token

from gakusho.formats import Anchors, Level, format_named
from gakusho.formats._pdf.look import check_seal
from gakusho.formats._pdf.templates import KINDS, LANGUAGES
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.award import SealImage
from gakusho.model.report import Headline, Knowledge, Outcome, Report

KEYS = ("P-256", "P-384", "RSA-2048", "RSA-3072", "RSA-4096")


def believed(report: Report) -> dict[str, dict[str, str]]:
    """Give the facts of each check of a report that is valid throughout."""
    assert report.outcome is Outcome.VALID, [one for one in report.checks if one.outcome != Outcome.VALID]
    return {check.code: dict(check.facts) for check in report.checks}


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("kind", KEYS)
def test_every_level_with_every_kind_of_key_is_valid(kind: str, level: Level) -> None:
    found = believed(judged(leveled(kind, level), school(kind)))
    assert found["pdf.time"]["level"] == level.value
    assert found["pdf.time"]["assurance"] == ("claimed" if level is Level.B_B else "proven")


@pytest.mark.parametrize("times", [1, 2, good.RENEWALS])
def test_a_time_stamp_renewed_again_and_again_stays_valid(times: int) -> None:
    found = believed(judged(renewed(times)))
    assert found["pdf.time"]["assurance"] == "proven"
    assert found["pdf.archive"]["stamps"] == str(times + 1)


def test_a_store_that_another_program_packed_with_the_page_as_it_was_is_valid() -> None:
    assert believed(judged(in_stream(twin("as issued"))))["pdf.coverage"]["reason"] == "lasting"


@pytest.mark.parametrize("level", [Level.B_B, Level.B_LTA])
def test_the_registrars_own_page_is_valid(level: Level) -> None:
    own = leveled("P-256", level, page=paper(pages=3))
    assert believed(judged(own))["pdf.carried"]["page"] == "own"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_page_is_valid(kind: str, language: str) -> None:
    found = believed(judged(issued(award(kind, language))))
    assert "learner.name" in found["pdf.matches-credential"]["compared"]


def _seal(transparent: bool) -> SealImage:
    """Give a picture of a seal, the ground of which is clear or white."""
    with PIL.Image.new("RGBA", (400, 400), (255, 255, 255, 0 if transparent else 255)) as picture:
        PIL.ImageDraw.Draw(picture).rectangle((20, 20, 380, 380), outline=(190, 30, 30, 255), width=24)
        out = io.BytesIO()
        picture.save(out, "PNG")
    return SealImage(image=check_seal(out.getvalue())[0], size=24)


@pytest.mark.parametrize("transparent", [True, False], ids=["clear", "white"])
@pytest.mark.parametrize("kind", ["diploma", "diploma-vertical", "transcript"])
def test_a_seal_over_the_signatorys_name_hides_nothing_that_is_compared(kind: str, transparent: bool) -> None:
    plain = award(kind)
    believed(judged(issued(replace(plain, document=replace(plain.document, seal=_seal(transparent))))))


@pytest.mark.parametrize("paper_size", ["a3", "b4", "b5", "letter"])
def test_every_size_of_paper_is_valid(paper_size: str) -> None:
    plain = award("graduation")
    changed = replace(plain.document, paper=paper_size, addressee="株式会社北風商事", purpose="就職")
    believed(judged(issued(replace(plain, document=changed))))


@pytest.mark.parametrize(("language", "held"), [("ja", "landscape"), ("ja-en", "portrait")])
def test_a_diploma_held_the_other_way_is_valid(language: str, held: str) -> None:
    plain = award("diploma", language)
    believed(judged(issued(replace(plain, document=replace(plain.document, orientation=held)))))


def test_a_picture_that_lets_the_words_through_hides_nothing() -> None:
    def faint(document: pikepdf.Pdf) -> None:
        _masked_picture(document, mask=b"\x20")
        sheet = document.pages[0].obj
        sheet.Contents = document.make_stream(sheet.Contents.read_bytes().replace(b"/Forged Do", b""))

    believed(judged(good.ours(good.rewritten(page(), faint))))


_DESIGNED = b"""
q 0.2 0.2 0.4 rg 20 812 300 20 re f 1 G 1 w 20 822 m 320 822 l S Q
q 1 g BT /%b 10 Tf 30 816 Td <0001> Tj ET Q
q 1 G 0.5 w 20 9 m 500 9 l S 0.5 G 0.1 w BT 2 Tr /%b 12 Tf 30 12 Td [500 <0001>] TJ
[<0001> 400 <0002> 500] TJ ET Q
"""


def test_what_a_designer_draws_beside_the_words_does_no_harm() -> None:
    """White lines and letters on a dark ground, a white line on paper, letters with outlines."""

    def change(document: pikepdf.Pdf) -> None:
        sheet = document.pages[0].obj
        font = next(iter(sheet.Resources.Font.keys())).lstrip("/").encode()
        drawn = sheet.Contents.read_bytes() + _DESIGNED % (font, font)
        sheet.Contents = document.make_stream(drawn)

    believed(judged(good.ours(good.rewritten(page(), change))))


def _by_pyhanko(pades: bool) -> bytes:
    here = school("RSA-2048")
    return by_pyhanko(
        page(),
        raw(here.document),
        here.certificates,
        pades=pades,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: _by_pyhanko(pades=True),
        lambda: _by_pyhanko(pades=False),
        lambda: with_container(page(), openssl(raw(school().document), school().certificates)),
        lambda: with_container(page(), pkcs7_builder(raw(school().document), school().certificates)),
    ],
    ids=["pyHanko, PAdES", "pyHanko, PKCS #7", "OpenSSL", "cryptography"],
)
def test_a_page_that_another_program_certified_with_our_key_is_valid(make: Callable[[], bytes]) -> None:
    believed(judged(make()))


# --- what time proves ---------------------------------------------------------------------------------


def _at(data: bytes, when: timedelta, anchors: Anchors = good.BELIEVED) -> Report:
    return judged(data, now=NOW + when, anchors=anchors)


AFTER_THE_SIGNERS_CERTIFICATE = timedelta(days=1000)


def test_an_archive_outlives_the_certificate_that_signed_and_nothing_less_does() -> None:
    last = x509.load_der_x509_certificate(school().certificates[0]).not_valid_after_utc
    assert last < NOW + AFTER_THE_SIGNERS_CERTIFICATE
    assert _at(twin("B-B"), AFTER_THE_SIGNERS_CERTIFICATE).outcome is Outcome.UNKNOWN
    long_lived = _long_lived_stamp()
    assert _at(long_lived, AFTER_THE_SIGNERS_CERTIFICATE).outcome is Outcome.VALID


def _long_lived_stamp(chain: tuple[bytes, ...] = ()) -> bytes:
    """The page with a time-stamp whose certificate lives longer than the signer's."""
    holder = key("P-256", "long-lived")
    usage = Usage(purposes=STAMPING, critical=True)
    above = authority(TIME)
    leaf = certificate(holder, subject=TIME, usage=usage, ends=NOW + timedelta(days=3000))
    return stamped(
        lambda signature: token(signature, holder=holder, chain=chain or (leaf, above.certificate))
    )


def test_a_time_that_a_borrowed_name_stamped_proves_nothing() -> None:
    above, holder = key("P-256", "false time"), key("P-256", "long-lived")
    false, usage = root(above, TIME), Usage(purposes=STAMPING, critical=True)
    leaf = certificate(
        holder, subject=TIME, issuer=(above, false), usage=usage, ends=NOW + timedelta(days=3000)
    )
    forged = _long_lived_stamp((leaf, false))
    found = believed(judged(forged))
    assert found["pdf.time"]["assurance"] == "stated", "the signature itself is good; its time is not proven"
    assert _at(forged, AFTER_THE_SIGNERS_CERTIFICATE).outcome is not Outcome.VALID


def test_a_time_stamp_proves_nothing_where_nobody_is_believed() -> None:
    found = believed(judged(twin("time-stamped by hand"), anchors=Anchors()))
    assert found["pdf.time"]["assurance"] == "stated"
    assert _at(_long_lived_stamp(), AFTER_THE_SIGNERS_CERTIFICATE, Anchors()).outcome is not Outcome.VALID


def test_a_certificate_revoked_later_is_no_reason_against_a_time_that_is_proven() -> None:
    revoked = leveled("P-256", Level.B_LT, Lists(revoked=[(7, NOW - timedelta(days=1))]))
    assert judged(revoked).outcome is Outcome.INVALID
    later = leveled("P-256", Level.B_LT, Lists(revoked=[(7, NOW + timedelta(days=5))]))
    assert judged(later).outcome is Outcome.VALID
    assert judged(later, anchors=Anchors()).outcome is Outcome.UNKNOWN, (
        "whoever has the key can write any date"
    )


# --- who it is ----------------------------------------------------------------------------------------


def test_a_good_file_of_another_university_is_told_as_the_others() -> None:
    """In the flow of one university, the file of another says whose it is, whatever its page shows."""
    other = university("minato.example")
    here = university()
    imitating = replace(other, issuer=replace(other.issuer, name=here.issuer.name))
    report = judged(issued(award(issuer=imitating.issuer), imitating))
    believed(report)
    assert report.issuer is not None
    assert (report.issuer.id, report.issuer.domain) == (other.issuer.id, "minato.example")
    assert report.issuer.knowledge is Knowledge.DOMAIN
    mine = judged(twin("as issued")).issuer
    assert mine is not None
    assert mine.domain == "tohto.example"


def test_a_signature_from_the_future_is_refused() -> None:
    assert judged(twin("as issued"), now=LATER).outcome is Outcome.VALID
    assert judged(twin("as issued"), now=NOW - timedelta(days=2)).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("purpose", "headline"),
    [
        ("refresh", Headline.REPLACED),
        ("revocation", Headline.REVOKED),
        ("suspension", Headline.SUSPENDED),
    ],
)
def test_a_document_that_was_replaced_or_withdrawn_is_told_so(purpose: str, headline: Headline) -> None:
    """An old issue number on a page with a perfect signature: the credential's status list tells."""
    aoba = Aoba.with_document_key()
    given = aoba.award()
    inside = format_named("open-badges-3").write([given], aoba.sealing)[0]
    data = FORMAT.write([given], replace(aoba.sealing, companions={given.id: (inside,)}))[0].data
    assert aoba.verify(data).headline is Headline.VALID
    aoba.mark(given, purpose)
    assert aoba.verify(data).headline is headline
