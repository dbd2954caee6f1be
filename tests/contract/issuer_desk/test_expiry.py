# SPDX-License-Identifier: Apache-2.0
"""The end of the certificate is told in time, once at each threshold, and kept to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from tests.fakes.authority import Authority
from tests.fakes.copies import Beginning
from tests.fakes.desk import BADGES, Desk, approved, learners, open_desk

from gakusho.errors import ConflictError, KeyMaterialError
from gakusho.formats import DocumentKey
from gakusho.formats._pdf.pades_certify import Certifier
from gakusho.issuer import certification, events, expiry, institutions, issuing
from gakusho.issuer.choices import Choices
from gakusho.store.tables import Mail, SealedRow
from gakusho.store.work import Workplace

PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)
DAYS = 100


def ends_soon(place: Workplace) -> Desk:
    """Begin with a certificate that ends in a hundred days."""
    with place.work() as work:
        desk = open_desk(work)
        asked = certification.request(
            work, desk.administrator, certification.Named(organization="さくら大学", country="JP")
        )
        chain = Authority(now=work.now).answer(asked, days=DAYS)
        data = b"".join(one.public_bytes(Encoding.PEM) for one in chain)
        certification.answer(work, desk.administrator, data)
        return desk


@pytest.fixture
def beginning() -> Beginning:
    return ends_soon


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def at(workplace: Workplace, days: float) -> Workplace:
    """Give the place as many days from now."""
    moment = datetime.now(UTC) + timedelta(days=days)
    return workplace.at(lambda: moment)


def test_administrators_are_told_once_at_each_threshold(workplace: Workplace, desk: Desk) -> None:
    told = []
    for days in (0, 9, 11, 12, 69, 71, 94, 95, 101, 130):
        with at(workplace, days).work() as work:
            told.append(expiry.watch(work))
    assert told == [0, 0, 1, 0, 0, 1, 1, 0, 1, 0], "90, 30, 7 days before, and when it is over"
    with workplace.work(read_only=True) as work:
        wanted = select(Mail.recipient, Mail.subject, Mail.body).where(Mail.kind == "certificate")
        mails = work.session.execute(wanted.order_by(Mail.id)).all()
        stages = [one.detail["stage"] for one in events.events(work, desk.institution.id, act="key.ends")]
    assert {mail.recipient for mail in mails} == {"administer@sakura.example"}
    assert "さくら大学" in mails[0].body
    assert "ends in 89 days" in mails[0].body
    assert "has ended" in mails[-1].subject
    assert all("/console/sakura/settings/document-key" in mail.body for mail in mails)
    assert stages[::-1] == ["90", "30", "7", "ended"]


def test_the_stage_is_that_of_the_threshold_passed_last(workplace: Workplace, desk: Desk) -> None:
    stages = []
    for days in (9, 10.5, 70.5, 93.5, 100.5):
        with at(workplace, days).work(read_only=True) as work:
            stages.append(expiry.end(work, desk.institution.id).stage)
    assert stages == ["", "90", "30", "7", "ended"]


def test_a_batch_with_documents_stops_before_anything_is_signed(workplace: Workplace, desk: Desk) -> None:
    late = at(workplace, DAYS + 1)
    with late.work() as work:
        batch = approved(work, desk, learners(1), choices=PAGES)
        badges = approved(work, desk, learners(1, first=2), choices=BADGES)
    with pytest.raises(ConflictError) as caught:
        issuing.issue_some(late, batch.id)
    assert caught.value.code == "certificate-expired"
    with late.work() as work:
        issuing.fail(work, batch.id, caught.value)
        assert work.session.scalars(select(SealedRow)).all() == []
    assert issuing.issue_some(late, badges.id) == 1, "what needs no document key goes on"
    with late.work() as work:
        institutions.rotate_key(work, desk.administrator, "document")
        assert issuing.ticket(work, batch.id)
    assert issuing.issue_some(late, batch.id) == 1


def test_no_document_is_certified_outside_the_validity_of_its_certificate(
    workplace: Workplace, desk: Desk
) -> None:
    with workplace.work(read_only=True) as work:
        key = institutions.sealing(work, desk.institution.id, verification_link=lambda _: None).document_key
    assert isinstance(key, DocumentKey)
    for days in (DAYS + 1, -2_000):
        with pytest.raises(KeyMaterialError) as caught:
            Certifier(key).certify(b"%PDF-", at=datetime.now(UTC) + timedelta(days=days))
        assert caught.value.code == "certificate-expired"
