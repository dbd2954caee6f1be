# SPDX-License-Identifier: Apache-2.0
"""Approved rows become credentials, each once, all or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from tests.fakes.desk import approved, issue_all, learners, open_desk

from gakusho.errors import ConflictError, GakushoError
from gakusho.fetch import MemoryFetcher
from gakusho.issuer import awards, batches, institutions, issuing, publication
from gakusho.issuer.choices import Choices
from gakusho.model.report import Headline, Outcome
from gakusho.store.tables import AwardRow, Batch, BatchRow, ClaimLink, Mail, SealedRow, SearchKey
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify


def test_every_row_becomes_one_credential_that_verifies(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(12))
    assert issue_all(workplace, batch.id) == 12
    assert issue_all(workplace, batch.id) == 0
    with workplace.work() as work:
        seen = awards.find(work, desk.institution.id, batch_id=batch.id)
        assert len(seen) == 12
        assert {view.claim for view in seen} == {"not-sent"}
        documents = publication.documents_of(work, [view.id for view in seen])
        fetcher = MemoryFetcher(documents, now=lambda: work.now)
        for view in seen:
            report = verify(awards.sealed(work, view.id, "open-badges-3").data, now=work.now, fetcher=fetcher)
            assert report.outcome is Outcome.VALID, report.checks
        places = work.session.execute(select(AwardRow.status_list_id, AwardRow.status_index)).all()
        assert len(set(places)) == 12
        assert work.session.scalar(select(func.count()).select_from(Mail)) == 12
        assert work.session.scalar(select(func.count()).select_from(ClaimLink)) == 12
        progress = batches.progress(work, desk.institution.id, batch.id)
        assert (progress.state, progress.issued, progress.total) == ("issued", 12, 12)


@pytest.mark.parametrize("did", ["did:web:sakura.example:law", "did:key"])
def test_a_page_and_a_badge_of_one_award_share_identity_and_status(workplace: Workplace, did: str) -> None:
    with workplace.work() as work:
        desk = open_desk(work, did=did)
        batch = approved(work, desk, learners(2), choices=Choices())
    assert issue_all(workplace, batch.id) == 2
    with workplace.work() as work:
        [first, _] = awards.find(work, desk.institution.id)
        assert first.formats == ("open-badges-3", "signed-pdf")
        fetcher = MemoryFetcher(publication.documents_of(work, [first.id]), now=lambda: work.now)
        reports = [
            verify(awards.sealed(work, first.id, name).data, now=work.now, fetcher=fetcher)
            for name in first.formats
        ]
        for report in reports:
            assert report.headline is Headline.VALID, report.checks
            assert report.credential is not None
            assert report.credential.id == f"urn:uuid:{first.id}"
            in_bits = [one for one in awards.full(work, first.id).status if one.kind != "TokenStatusList"]
            assert list(report.credential.status) == in_bits
        # a page is large and lies with the files; its bytes are found all the same
        kept = work.session.get_one(SealedRow, (first.id, "signed-pdf"))
        assert kept.file is not None
        assert kept.data is None


def test_a_chunk_in_one_transaction_is_the_same(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(5))
    with workplace.work() as work:
        assert issuing.issue_chunk(work, batch.id, limit=3) == 3
    with workplace.work() as work:
        assert issuing.issue_chunk(work, batch.id, limit=3) == 2
        assert issuing.issue_chunk(work, batch.id, limit=3) == 0


def test_a_batch_that_was_not_approved_is_not_issued(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = batches.create_from_rows(
            work, desk.preparer, achievement_id=desk.achievement_id, rows=learners(1), papers=None,
            choices=Choices(formats=("open-badges-3",)), name="",
        )  # fmt: skip
    with pytest.raises(ConflictError), workplace.work() as work:
        issuing.issue_chunk(work, batch.id)


def test_a_row_changed_behind_the_approval_stops_the_batch(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(3))
    with workplace.work() as work:
        row = work.session.get(BatchRow, (batch.id, 2))
        assert row is not None
        row.fields = {**row.fields, "name": "別人"}
    with pytest.raises(ConflictError) as refused:
        issuing.issue_some(workplace, batch.id)
    assert refused.value.code == "batch-changed"


@pytest.mark.parametrize("table", ["awards", "sealed", "search_keys", "claim_links", "mails"])
def test_a_fault_at_any_table_leaves_nothing_half_done(workplace: Workplace, table: str) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(4))
    _fail_at_the_third_insert(workplace, table)
    with pytest.raises(Exception, match="fault"):
        issuing.issue_some(workplace, batch.id)
    with workplace.work() as work:
        for kept in (AwardRow, SealedRow, SearchKey, ClaimLink, Mail):
            assert work.session.scalar(select(func.count()).select_from(kept)) == 0
        reserved = {row.number: row.reserved for row in work.session.scalars(select(BatchRow))}
        assert all(reserved.values())
    _mend(workplace, table)
    assert issue_all(workplace, batch.id) == 4
    with workplace.work() as work:
        rows = work.session.scalars(select(BatchRow)).all()
        # the second try signs under the identity that was written down before the first
        assert {row.number: row.award_id for row in rows} == {
            number: kept["award_id"] for number, kept in reserved.items() if kept
        }


def test_why_a_batch_stopped_is_kept_and_forgotten_when_it_goes_on(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(1))
        issuing.fail(
            work, batch.id, GakushoError("The disk is full.", code="files-full", action="Make room.")
        )
    with workplace.work() as work:
        assert issuing.unfinished(work) == []
        failure = batches.progress(work, desk.institution.id, batch.id).failure
        assert failure is not None
        assert failure["code"] == "files-full"
        assert failure["action"] == "Make room."
        assert issuing.ticket(work, batch.id, asked=False) is None, "it went on although nobody asked"
        assert issuing.ticket(work, batch.id) == batch.content_digest
        assert issuing.unfinished(work) == [batch.id]


def test_a_clock_behind_the_approval_issues_nothing(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(1))
        kept = work.session.get(Batch, batch.id)
        assert kept is not None
        kept.approved_at = work.now + timedelta(days=366)
    with pytest.raises(ConflictError) as refused:
        issuing.issue_some(workplace, batch.id)
    assert refused.value.code == "clock"


def test_what_was_signed_before_a_rotation_still_verifies(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work)
        batch = approved(work, desk, learners(2))
    issue_all(workplace, batch.id)
    with workplace.work() as work:
        before = {key.id for key in institutions.keys(work, desk.institution.id)}
        new = institutions.rotate_key(work, desk.administrator, "credential")
        assert new.id not in before
        states = [k.state for k in institutions.keys(work, desk.institution.id) if k.purpose == "credential"]
        assert states == ["active", "retired"]
    with workplace.work() as work:
        [first, _] = awards.find(work, desk.institution.id)
        fetcher = MemoryFetcher(publication.documents_of(work, [first.id]), now=lambda: work.now)
        report = verify(awards.sealed(work, first.id, "open-badges-3").data, now=work.now, fetcher=fetcher)
        assert report.headline is Headline.VALID, report.checks


def _fail_at_the_third_insert(place: Workplace, table: str) -> None:
    with place.database.connection() as connection:
        if place.database.is_sqlite:
            connection.execute(
                text(
                    f"CREATE TRIGGER fault BEFORE INSERT ON {table} WHEN (SELECT count(*) FROM {table}) >= 2 "
                    "BEGIN SELECT RAISE(ABORT, 'fault'); END"
                )
            )
        else:
            connection.execute(
                text(
                    "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF (SELECT count(*) FROM {table}) >= 2 THEN RAISE EXCEPTION 'fault'; END IF; "
                    "RETURN NEW; END $$"
                )
            )
            connection.execute(
                text(f"CREATE TRIGGER fault BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fault()")
            )


def _mend(place: Workplace, table: str) -> None:
    with place.database.connection() as connection:
        suffix = "" if place.database.is_sqlite else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER fault{suffix}"))
