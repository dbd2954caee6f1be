# SPDX-License-Identifier: Apache-2.0
"""The document key is certified by an authority of others: the request it is given, and its answer."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from tests.fakes.authority import SERVER_AUTH, Authority, publishing
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, a_desk, approved, learners

from gakusho.errors import ConflictError, ForbiddenError, InputError
from gakusho.fetch import MemoryFetcher, Services
from gakusho.issuer import certification, institutions, issuing, publication
from gakusho.issuer.certification import Named
from gakusho.issuer.choices import Choices
from gakusho.model.report import Outcome
from gakusho.store.tables import AwardRow, Key, SealedRow
from gakusho.store.work import Work, Workplace
from gakusho.verifier.verify import verify

PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)
SAKURA = Named(organization="国立大学法人さくら大学", country="JP", organization_id="NTRJP-1234567890123")
Chain = list[x509.Certificate]


@pytest.fixture
def kind() -> str:
    """What is kept of a key is the same on both databases; test_institutions.py tests it on both."""
    return "sqlite"


@pytest.fixture
def beginning() -> Beginning:
    return a_desk


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def request(workplace: Workplace, desk: Desk, subject: Named = SAKURA) -> bytes:
    with workplace.work(read_only=True) as work:
        return certification.request(work, desk.administrator, subject)


def pem(chain: Chain) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in chain)


def answer(workplace: Workplace, desk: Desk, data: bytes) -> institutions.KeyView:
    with workplace.work() as work:
        return certification.answer(work, desk.administrator, data)


def documents(work: Work) -> list[bytes]:
    rows = work.session.scalars(
        select(SealedRow).where(SealedRow.format == "signed-pdf").order_by(SealedRow.award_id)
    )
    return [row.data or work.files.get(row.file or "") for row in rows]


def test_a_request_names_the_institution_as_the_authority_knows_it(workplace: Workplace, desk: Desk) -> None:
    asked = x509.load_pem_x509_csr(request(workplace, desk))
    assert asked.is_signature_valid
    values = {one.oid: one.value for one in asked.subject}
    assert values[NameOID.ORGANIZATION_NAME] == values[NameOID.COMMON_NAME] == SAKURA.organization
    assert values[NameOID.COUNTRY_NAME] == "JP"
    assert values[NameOID.ORGANIZATION_IDENTIFIER] == SAKURA.organization_id
    usage = asked.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    said = subprocess.run(
        ["openssl", "req", "-verify", "-noout"],
        input=request(workplace, desk),
        capture_output=True,
        check=True,
    )
    assert b"OK" in said.stdout + said.stderr


def test_whom_requests_name_is_remembered(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        first = certification.named(institutions.institution(work, desk.institution.id))
        assert (first.organization, first.country) == ("さくら大学", "JP")
        view = certification.name(work, desk.administrator, SAKURA)
        assert certification.named(view) == SAKURA


UNFIT = (
    Named(organization="", country="JP"),
    Named(organization="さ" * 65, country="JP"),
    Named(organization="Sakura\nUniversity", country="JP"),
    Named(organization="Sakura", country="Japan"),
    Named(organization="Sakura", country="JP", organization_id="1234567890123"),
    Named(organization="Sakura", country="JP", organization_id="NTRJP-12"),
)


def test_a_subject_no_authority_could_certify_is_refused(workplace: Workplace, desk: Desk) -> None:
    for subject in UNFIT:
        with pytest.raises(InputError) as caught:
            request(workplace, desk, subject)
        assert caught.value.code == "certificate-subject", subject


FORMS: dict[str, Callable[[Chain], bytes]] = {
    "PEM, the root first": lambda chain: pem(chain[::-1]),
    "PKCS #7 in DER": lambda chain: pkcs7.serialize_certificates(chain, Encoding.DER),
    "PKCS #7 in PEM, with an old one": lambda chain: pkcs7.serialize_certificates(
        [Authority().certify(chain[0].public_key(), "Old", begins=-900, days=-1), *chain], Encoding.PEM
    ),
}


def test_an_answer_is_taken_in_whatever_order_and_form(workplace: Workplace, desk: Desk) -> None:
    asked = request(workplace, desk)
    for form, written in FORMS.items():
        chain = Authority().answer(asked)
        view = answer(workplace, desk, written(chain))
        assert (view.purpose, view.state) == ("document", "active")
        with workplace.work(read_only=True) as work:
            sealing = institutions.sealing(work, desk.institution.id, verification_link=lambda _: None)
        assert sealing.document_key is not None
        found = [x509.load_der_x509_certificate(one) for one in sealing.document_key.certificates]
        assert found == chain, form


def test_documents_from_before_and_after_are_valid(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        before = approved(work, desk, learners(1), choices=PAGES)
    issuing.issue_some(workplace, before.id)
    answer(workplace, desk, pem(Authority().answer(request(workplace, desk))))
    with workplace.work() as work:
        after = approved(work, desk, learners(1, first=2), choices=PAGES)
    issuing.issue_some(workplace, after.id)
    with workplace.work(read_only=True) as work:
        published = publication.documents_of(work, list(work.session.scalars(select(AwardRow.id))))
        both = documents(work)
        keys = [one for one in institutions.keys(work, desk.institution.id) if one.purpose == "document"]
    assert [key.state for key in keys] == ["active", "retired"], "the old id stays published"
    signers = set()
    for data in both:
        report = verify(
            data, now=datetime.now(UTC), fetcher=MemoryFetcher(published, now=lambda: datetime.now(UTC))
        )
        assert all(check.outcome is Outcome.VALID for check in report.checks)
        signers.add(next(check.facts["signer"] for check in report.checks if check.code == "pdf.carried"))
    assert signers == {"Sakura University", SAKURA.organization}


def test_a_certificate_its_authority_revoked_signs_nothing_more(workplace: Workplace, desk: Desk) -> None:
    """At B-B nothing of it would be in the document; a list that cannot be had now stops no batch there."""
    authority, revoked = Authority(), list[x509.Certificate]()
    with publishing(lambda: authority.revoked(*revoked)) as port:
        named = Services.of([f"127.0.0.1:{port}"])
        place = replace(workplace, services=replace(named, seconds=30))  # however busy this machine is
        at = f"http://127.0.0.1:{port}/list.crl"
        chain = authority.answer(request(place, desk), lists=at)
        answer(place, desk, pem(chain))
        with place.work() as work:
            batches = [approved(work, desk, learners(1, first=n), choices=PAGES).id for n in (1, 2, 3)]
        assert issuing.issue_some(place, batches[0]) == 1
        revoked.append(chain[0])
        then = place.at(lambda: place.clock() + timedelta(hours=2))
        with pytest.raises(ConflictError) as caught:
            issuing.issue_some(then, batches[1])
        assert caught.value.code == "certificate-revoked"
        with place.work() as work:
            issuing.fail(work, batches[1], caught.value)
            assert len(documents(work)) == 1
            assert issuing.unfinished(work) == [batches[0], batches[2]], "it waits for another key"
    assert issuing.issue_some(place.at(lambda: place.clock() + timedelta(hours=4)), batches[2]) == 1


def test_a_key_certified_again_keeps_its_id(workplace: Workplace, desk: Desk) -> None:
    asked = request(workplace, desk)
    first = answer(workplace, desk, pem(Authority().answer(asked)))
    renewed = Authority().answer(asked, days=1_000)
    assert answer(workplace, desk, pem(renewed)).id == first.id
    with workplace.work(read_only=True) as work:
        kept = work.session.get_one(Key, first.id).certificates
        assert len(kept) == 3
    with pytest.raises(ConflictError) as caught:
        answer(workplace, desk, pem(renewed))
    assert caught.value.code == "certificate-known"


FLAWS: dict[str, tuple[str, Callable[[bytes], Chain]]] = {
    "another key": (
        "certificate-key",
        lambda _: [
            Authority().certify(ec.generate_private_key(ec.SECP256R1()).public_key(), "X"),
            *Authority().chain,
        ],
    ),
    "the authority missing": ("certificate-link", lambda asked: Authority().answer(asked)[:1]),
    "the middle one missing": ("certificate-link", lambda asked: Authority().answer(asked)[::2]),
    "ended": ("certificate-time", lambda asked: Authority().answer(asked, days=-1)),
    "not begun": ("certificate-time", lambda asked: Authority().answer(asked, begins=10)),
    "of an authority": ("certificate-use", lambda asked: Authority().answer(asked, ca=True)),
    "for encryption": ("certificate-use", lambda asked: Authority().answer(asked, signs=False)),
    "for a web server": ("certificate-use", lambda asked: Authority().answer(asked, purpose=SERVER_AUTH)),
}


def test_an_answer_with_one_flaw_is_refused_and_nothing_changes(workplace: Workplace, desk: Desk) -> None:
    asked = request(workplace, desk)
    with workplace.work() as work:
        before = institutions.keys(work, desk.institution.id)
        for flaw, (code, made) in FLAWS.items():
            with pytest.raises(InputError) as caught:
                certification.answer(work, desk.administrator, pem(made(asked)))
            assert caught.value.code == code, flaw
        for data in (b"", b"-----BEGIN CERTIFICATE-----\n", b"\x30\x82", bytes(200_001)):
            with pytest.raises(InputError) as caught:
                certification.answer(work, desk.administrator, data)
            assert caught.value.code == "certificate-file"
        assert institutions.keys(work, desk.institution.id) == before
        assert certification.answer(work, desk.administrator, pem(Authority().answer(asked))), "the good twin"


def test_only_an_administrator_has_keys_certified(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        for act in (
            lambda: certification.request(work, desk.preparer, SAKURA),
            lambda: certification.name(work, desk.preparer, SAKURA),
            lambda: certification.answer(work, desk.preparer, b""),
        ):
            with pytest.raises(ForbiddenError):
                act()
