# SPDX-License-Identifier: Apache-2.0
"""A claim link makes a credential one person's, once, and an ended link gives nothing away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, learners
from tests.fakes.holders import Class, class_of, two_learners

from gakusho.errors import ConflictError, NotFoundError
from gakusho.holder import accounts, claim, wallet
from gakusho.holder.claim import ClaimState
from gakusho.issuer import awards, delivery
from gakusho.store.tables import AwardRow
from gakusho.store.work import Workplace

HANAKO = "learner1@students.example"


@pytest.fixture
def beginning() -> Beginning:
    return two_learners


@pytest.fixture
def made(workplace: Workplace, found: Desk) -> Class:
    return class_of(workplace, found)


def test_looking_claims_nothing_and_is_noted(made: Class) -> None:
    token = made.claim_token(HANAKO)
    with made.work() as work:
        view = claim.look(work, token)
        claim.mark_opened(work, token)
        assert view.state is ClaimState.OPEN
        assert view.credential is not None
        assert view.credential.title.get("ja") == "学士（文学）"
        assert view.email == HANAKO
        assert view.expires_at > work.now + timedelta(days=60)
        row = work.session.get(AwardRow, view.credential.id)
        assert row is not None
        assert row.holder_id is None
        assert row.claim_opened_at == work.now
        assert accounts.person_by_email(work, HANAKO) is None


def test_claiming_signs_in_and_takes_everything_for_the_address(made: Class) -> None:
    made.issue([{**learners(1)[0], "issue_number": "2026-000901", "student_number": "S9"}])
    with made.work() as work:
        claimed = claim.claim(work, made.claim_token(HANAKO, which=0))
    assert len(claimed.award_ids) == 2
    with made.work() as work:
        session = accounts.session(work, claimed.session_token)
        assert session is not None
        assert session.person.id == claimed.person_id
        assert {v.id for v in wallet.credentials(work, claimed.person_id)} == set(claimed.award_ids)
        desk_view = awards.award(work, made.desk.institution.id, claimed.award_ids[0])
        assert desk_view.claim == "claimed"


def test_a_link_claims_once(made: Class) -> None:
    token = made.claim_token(HANAKO)
    with made.work() as work:
        claim.claim(work, token)
    with made.work() as work:
        view = claim.look(work, token)
        assert view.state is ClaimState.CLAIMED
        assert view.credential is None
        assert view.email == ""
    with pytest.raises(ConflictError), made.work() as work:
        claim.claim(work, token)


def test_many_claims_at_once_have_one_owner(made: Class) -> None:
    token = made.claim_token(HANAKO)

    def once(_: int) -> str | None:
        try:
            with made.work() as work:
                return claim.claim(work, token).person_id
        except ConflictError:
            return None

    with ThreadPoolExecutor(6) as pool:
        owners = {owner for owner in pool.map(once, range(6)) if owner}
    assert len(owners) == 1
    with made.work() as work:
        person = accounts.person_by_email(work, HANAKO)
        assert person is not None
        assert {person.id} == owners
        assert len(wallet.credentials(work, person.id)) == 1


def test_an_expired_link_shows_nothing_and_leads_to_a_new_mail(made: Class) -> None:
    token = made.claim_token(HANAKO)
    with made.work() as work:
        made.clock.now = claim.look(work, token).expires_at
    with made.work() as work:
        view = claim.look(work, token)
        assert view.state is ClaimState.EXPIRED
        assert view.credential is None
        assert view.email == ""
        assert delivery.queue_claims(work, [claim.renewable(work, token)], resent=True) == 1
    with pytest.raises(ConflictError), made.work() as work:
        claim.renewable(work, token)  # a mail went out just now
    with made.work() as work:
        assert claim.look(work, made.claim_token(HANAKO)).state is ClaimState.OPEN


def test_a_resent_mail_withdraws_the_link_before_it(made: Class) -> None:
    old = made.claim_token(HANAKO)
    with made.work() as work:
        award = claim.look(work, old).credential
        assert award is not None
        delivery.resend_claim(work, made.desk.preparer, award.id)
    with made.work() as work:
        assert claim.look(work, old).state is ClaimState.WITHDRAWN
        assert claim.look(work, made.claim_token(HANAKO)).state is ClaimState.OPEN


def test_a_revoked_credential_cannot_be_claimed(made: Class) -> None:
    token = made.claim_token(HANAKO)
    with made.work() as work:
        award = claim.look(work, token).credential
        assert award is not None
        awards.revoke(work, made.desk.approver, [award.id], "誤発行")
    with made.work() as work:
        view = claim.look(work, token)
        assert view.state is ClaimState.REVOKED
        assert view.credential is None


def test_an_unknown_link_is_not_found(made: Class) -> None:
    for token in ("", "x", "A" * 32, "é" * 500):
        with pytest.raises(NotFoundError), made.work() as work:
            claim.look(work, token)


def test_what_waits_under_another_address_is_offered_and_taken(made: Class) -> None:
    person_id, award_id = made.holder()
    made.issue([{**learners(1)[0], "issue_number": "2026-000902", "student_number": "S9"}])
    with made.work() as work:
        assert len(claim.waiting_for(work, person_id)) == 1
        assert claim.take_waiting(work, person_id) == 1
        assert claim.take_waiting(work, person_id) == 0
        assert len(wallet.credentials(work, person_id)) == 2
        assert award_id in {v.id for v in wallet.credentials(work, person_id)}
