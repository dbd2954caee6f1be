# SPDX-License-Identifier: Apache-2.0
"""Awards are found by whatever is known, and what happens to them is seen by whoever verifies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, approved, issue_all, learners, open_desk

from gakusho.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from gakusho.fetch import MemoryFetcher
from gakusho.issuer import awards, batches, publication
from gakusho.issuer._status_lists import PUBLISHED
from gakusho.model.report import Headline
from gakusho.store.tables import AwardRow, Event, Mail, StatusPublication
from gakusho.store.work import Work, Workplace
from gakusho.verifier.verify import verify


@pytest.fixture
def beginning() -> Beginning:
    return issued


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def issued(workplace: Workplace) -> Desk:
    with workplace.work() as work:
        made = open_desk(work)
        batch = approved(work, made, learners(8))
    issue_all(workplace, batch.id)
    return made


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("S000003", 1),
        ("s00000", 8),
        ("2026-000005", 1),
        ("高橋", 2),
        ("髙橋 太郎", 1),
        ("たかはし", 2),
        ("ﾀﾅｶ", 2),
        ("Tanaka", 2),
        ("taro sato", 1),
        ("花子", 3),
        ("nobody", 0),
        ("   ", 8),
        ("・", 0),
        ("%", 0),
    ],
)
def test_people_are_found_however_the_name_is_written(
    workplace: Workplace, desk: Desk, query: str, count: int
) -> None:
    with workplace.work(read_only=True) as work:
        found = awards.find(work, desk.institution.id, query=query)
    assert len(found) == count, [view.name.full for view in found]


def test_pages_follow_each_other_newest_first(workplace: Workplace, desk: Desk) -> None:
    with workplace.work(read_only=True) as work:
        seen: list[str] = []
        after = None
        while page := awards.find(work, desk.institution.id, after=after, limit=3):
            seen += [view.id for view in page]
            after = page[-1].id
    assert len(seen) == len(set(seen)) == 8
    assert seen == sorted(seen, reverse=True)


def test_another_institution_finds_and_changes_nothing(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        other = open_desk(work, slug="other")
        [view] = awards.find(work, desk.institution.id, limit=1)
        assert awards.find(work, other.institution.id) == []
        with pytest.raises(NotFoundError):
            awards.award(work, other.institution.id, view.id)
        with pytest.raises(NotFoundError):
            awards.revoke(work, other.approver, [view.id], "mine now")


def test_suspended_reinstated_revoked_is_what_a_stranger_sees(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        view = awards.find(work, desk.institution.id)[0]
    assert _headline(workplace, view.id) is Headline.VALID
    with workplace.work() as work:
        assert awards.suspend(work, desk.approver, [view.id], "調査中") == 1
        assert awards.suspend(work, desk.approver, [view.id], "調査中") == 0
    assert _headline(workplace, view.id) is Headline.SUSPENDED
    with workplace.work() as work:
        assert awards.reinstate(work, desk.approver, [view.id], "調査を終えた") == 1
    assert _headline(workplace, view.id) is Headline.VALID
    with workplace.work() as work:
        assert awards.revoke(work, desk.approver, [view.id], "誤って発行した") == 1
        after = awards.award(work, desk.institution.id, view.id)
        assert (after.state, after.state_reason) == ("revoked", "誤って発行した")
    assert _headline(workplace, view.id) is Headline.REVOKED
    with workplace.work() as work:
        with pytest.raises(ConflictError):
            awards.reinstate(work, desk.approver, [view.id], "いや")
        acts = [event.act for event in work.session.scalars(select(Event).where(Event.subject == view.id))]
        assert sorted(acts) == ["award.reinstate", "award.revoke", "award.suspend"]
        notices = work.session.scalars(select(Mail).where(Mail.kind == "status")).all()
        assert len(notices) == 3
        assert all("理由" in mail.body and "Reason" in mail.body for mail in notices)


def test_of_many_awards_all_change_or_none(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        ids = [view.id for view in awards.find(work, desk.institution.id)]
        awards.revoke(work, desk.approver, ids[:1], "one")
    with workplace.work() as work:
        with pytest.raises(ConflictError):
            awards.suspend(work, desk.approver, ids, "all")
        assert {view.state for view in awards.find(work, desk.institution.id)} == {"active", "revoked"}
        assert awards.suspend(work, desk.approver, ids[1:], "the rest") == 7


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_without_a_reason_nothing_is_revoked(workplace: Workplace, desk: Desk, reason: str) -> None:
    with workplace.work() as work, pytest.raises(InputError):
        awards.revoke(work, desk.approver, [awards.find(work, desk.institution.id)[0].id], reason)


def test_who_only_prepares_revokes_nothing(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work, pytest.raises(ForbiddenError):
        awards.revoke(work, desk.preparer, [awards.find(work, desk.institution.id)[0].id], "so")


def test_a_corrected_award_replaces_the_old_one_after_approval(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        old = awards.find(work, desk.institution.id, query="S000003")[0]
        row = work.session.get(AwardRow, old.id)
        assert row is not None
        row.holder_id = desk.preparer.person_id
        batch = awards.correct(work, desk.preparer, old.id, {"name": "田中 改子"})
        assert awards.award(work, desk.institution.id, old.id).state == "active"
        submitted = batches.submit(work, desk.preparer, batch.id)
        batches.approve(work, desk.approver, batch.id, submitted.content_digest or "")
    assert issue_all(workplace, batch.id) == 1
    with workplace.work() as work:
        before = awards.award(work, desk.institution.id, old.id)
        assert before.state == "superseded"
        assert before.superseded_by is not None
        new = awards.award(work, desk.institution.id, before.superseded_by)
        assert new.name.full == "田中 改子"
        assert new.student_number == "S000003"
        assert work.session.get_one(AwardRow, new.id).holder_id == desk.preparer.person_id
        letter = work.session.scalars(select(Mail).where(Mail.award_id == new.id)).one()
        assert "訂正" in letter.subject
    assert _headline(workplace, old.id) is Headline.REPLACED
    assert _headline(workplace, before.superseded_by) is Headline.VALID
    with workplace.work() as work, pytest.raises(ConflictError):
        awards.correct(work, desk.preparer, old.id, {"name": "もう一度"})


def test_a_correction_that_changes_nothing_is_refused(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work, pytest.raises(InputError):
        awards.correct(work, desk.preparer, awards.find(work, desk.institution.id)[0].id, {})


def test_the_verification_code_leads_to_the_award(workplace: Workplace, desk: Desk) -> None:
    with workplace.work(read_only=True) as work:
        view = awards.find(work, desk.institution.id)[0]
        assert awards.by_verify_code(work, view.verify_code) == (view, desk.institution.id)
        with pytest.raises(NotFoundError):
            awards.by_verify_code(work, "x" * 32)
        assert awards.full(work, view.id).learner.student_number == view.student_number


def test_a_status_list_is_signed_once_until_something_changes(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        view = awards.find(work, desk.institution.id)[0]
        url = awards.full(work, view.id).status[0].list_id
        first = publication.document(work, url)
        assert first is not None
    with workplace.work(read_only=True) as work:
        assert publication.document(work, url) == first
    with workplace.work() as work:
        awards.revoke(work, desk.approver, [view.id], "so")
    with workplace.work(read_only=True) as work:
        assert not publication.is_fresh(work)
        changed = publication.document(work, url)
        assert changed != first
    with workplace.work() as work:
        assert publication.refresh(work) == len(PUBLISHED)
        assert publication.is_fresh(work)
    tomorrow = workplace.at(lambda: datetime.now(UTC) + timedelta(days=1))
    with tomorrow.work() as work:
        assert publication.refresh(work) == len(PUBLISHED)
    with workplace.work() as work:
        kept = publication.document(work, url)
        assert publication.document(work, url) == kept
        assert len(work.session.scalars(select(StatusPublication)).all()) == len(PUBLISHED)


@pytest.mark.parametrize(
    "url",
    [
        "https://sakura.example/",
        "https://other.example/.well-known/did.json",
        "http://sakura.example/.well-known/did.json",
        "https://sakura.example/.well-known/did.json?x=1",
        "https://sakura.example/i/sakura/status/2/revocation",
        "https://sakura.example/i/sakura/status/1/other",
        "https://other.example/i/sakura/status/1/revocation",
        "https://sakura.example/i/../did.json",
    ],
)
def test_of_other_addresses_we_say_nothing(workplace: Workplace, desk: Desk, url: str) -> None:
    with workplace.work(read_only=True) as work:
        assert publication.document(work, url) is None
        own = publication.document(work, "https://sakura.example/.well-known/did.json")
        assert own is not None
        assert b"did:web:sakura.example" in own


def test_awards_are_found_by_the_state_of_their_claim(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        ids = [view.id for view in awards.find(work, desk.institution.id)]
        _claim(work, ids)
    with workplace.work(read_only=True) as work:
        for position, claim in enumerate(awards.CLAIMS[1:]):
            found = awards.find(work, desk.institution.id, claim=claim)
            assert [(view.id, view.claim) for view in found] == [(ids[position], claim)]
        assert len(awards.find(work, desk.institution.id, claim="not-sent")) == 4
        with pytest.raises(InputError):
            awards.find(work, desk.institution.id, claim="lost")
        with pytest.raises(InputError):
            awards.find(work, desk.institution.id, state="lost")


def _claim(work: Work, ids: list[str]) -> None:
    for award_id, claim in zip(ids, awards.CLAIMS[1:], strict=False):
        mail = work.session.scalars(select(Mail).where(Mail.award_id == award_id)).one()
        mail.state = "failed" if claim == "failed" else "sent"
        row = work.session.get_one(AwardRow, award_id)
        row.claim_opened_at = work.now if claim in {"opened", "claimed"} else None
        row.claimed_at = work.now if claim == "claimed" else None


def _headline(place: Workplace, award_id: str) -> Headline:
    with place.work() as work:
        fetcher = MemoryFetcher(publication.documents_of(work, [award_id]), now=lambda: work.now)
        data = awards.sealed(work, award_id, "open-badges-3").data
        return verify(data, now=work.now, fetcher=fetcher).headline
